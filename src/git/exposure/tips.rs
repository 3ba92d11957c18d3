//! What refs and their logs reach.

use std::collections::HashMap;

use super::Repository;
use super::marks::Marks;
use crate::git::names::Graph;
use crate::git::refs::{Ref, RefKind};

/// A tag may name a tag, and so on: at most so often from one ref, and from all together. What is made
/// up to have more is not followed to its end.
const MOST_TAGS: usize = 1 << 20;

/// Where a repository's refs and their logs lead.
pub(super) struct Tips {
    /// The refs, in the order in which they are told.
    pub refs: Vec<Tip>,
    /// The refs that lead over a tag, by the tag's object.
    pub over: HashMap<u32, Vec<usize>>,
    /// The commits whose trees count as what is there now: those of branches and `HEAD`s.
    pub now: Vec<u32>,
    /// The commit of `HEAD`.
    pub head: Option<u32>,
    /// Which commits the refs reach.
    pub by_refs: Marks,
    /// Which commits the logs of refs reach.
    pub by_logs: Marks,
    /// The tags that logs name.
    pub logged_tags: Vec<u32>,
}

/// One ref.
pub(super) struct Tip {
    pub name: String,
    /// The object that it leads to in the end: a commit, or whatever else a tag names.
    pub object: u32,
    pub commit: Option<u32>,
}

impl Tips {
    /// Follows refs, and the ids that stand in their logs. `order` is that of all commits.
    pub(super) fn new(repository: &Repository<'_>, order: &[u32]) -> Self {
        let (objects, refs) = (repository.objects, repository.refs);
        let graph = &repository.history.graph;
        let mut tips = Self {
            refs: Vec::new(),
            over: HashMap::new(),
            now: Vec::new(),
            head: None,
            by_refs: Marks::new(graph.count()),
            by_logs: Marks::new(graph.count()),
            logged_tags: Vec::new(),
        };
        let mut sorted: Vec<&Ref> = refs.iter().collect();
        sorted.sort_by_key(|own| (place(own), &own.name));
        let branches = |own: &&Ref| matches!(own.kind(), RefKind::Branch | RefKind::Remote);
        let any_branch = refs.iter().any(|own| branches(&own));
        let mut over = Vec::new();
        let mut left = MOST_TAGS;
        for own in sorted {
            let Some(object) = objects.find(&own.target) else {
                continue;
            };
            over.clear();
            let object = peel(graph, object, &mut over, &mut left);
            let commit = graph.commit(object);
            if own.kind() == RefKind::Pseudo {
                // What an operation left behind keeps nothing, as for git.
                continue;
            }
            if let Some(commit) = commit {
                tips.by_refs.set(commit, true);
                // A repository without branches keeps its history by other refs.
                if branches(&own) || own.kind() == RefKind::Head || !any_branch {
                    tips.now.push(commit);
                }
            }
            if own.name == b"HEAD" {
                tips.head = commit;
            }
            // `HEAD` is told where no branch stands for it.
            if own.kind() == RefKind::Head && own.symbolic.is_some() {
                continue;
            }
            for tag in &over {
                tips.over.entry(*tag).or_default().push(tips.refs.len());
            }
            tips.refs.push(Tip {
                name: String::from_utf8_lossy(own.display()).into_owned(),
                object,
                commit,
            });
        }
        for object in repository.logged.iter().filter_map(|id| objects.find(id)) {
            over.clear();
            let object = peel(graph, object, &mut over, &mut left);
            tips.log(object, &over, graph);
        }
        tips.logged_tags.sort_unstable();
        for reached in [&mut tips.by_refs, &mut tips.by_logs] {
            for commit in order.iter().rev() {
                if reached.has(*commit) {
                    for parent in graph.parents(*commit) {
                        reached.set(*parent, true);
                    }
                }
            }
        }
        tips
    }

    /// Takes what a line of a log leads to, over these tags.
    fn log(&mut self, object: u32, over: &[u32], graph: &Graph) {
        self.logged_tags.extend(over);
        if let Some(commit) = graph.commit(object) {
            self.by_logs.set(commit, true);
        }
    }
}

/// Branches first, then those of remotes, tags, stashes, notes, what else there is, and `HEAD`.
fn place(own: &Ref) -> u8 {
    match own.kind() {
        RefKind::Branch => 0,
        RefKind::Remote => 1,
        RefKind::Tag => 2,
        RefKind::Stash => 3,
        RefKind::Note => 4,
        RefKind::Pull => 5,
        RefKind::Other | RefKind::Pseudo => 6,
        RefKind::Head => 7,
    }
}

/// What an object leads to when tags are followed; `over` takes those tags.
fn peel(graph: &Graph, mut object: u32, over: &mut Vec<u32>, left: &mut usize) -> u32 {
    while *left > 0 {
        match graph.target(object) {
            Some(target) => {
                *left -= 1;
                over.push(object);
                object = target;
            }
            None => break,
        }
    }
    object
}
