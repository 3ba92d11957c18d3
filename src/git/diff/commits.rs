//! What the commits of a range bring.

use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;
use rayon::prelude::*;

use super::tree::Trees;
use super::{Bringing, Change, Standing, Version, commit};
use crate::finding::CommitInfo;
use crate::git::commits::Commit;
use crate::git::{Fault, Store};

/// Under how many paths one blob is scanned.
const PATHS: usize = 64;

/// How many neighbouring commits one thread compares in a row, since their trees are mostly the same.
const ROW: usize = 32;

/// A commit of the range.
#[derive(Clone, Debug)]
pub struct Member {
    /// What reports say about it.
    pub info: CommitInfo,
    /// Its tree.
    pub tree: ObjectId,
    /// The trees of its parents; none where a parent can't be read, and so all counts as new against it.
    pub parents: Vec<Option<ObjectId>>,
}

/// What the commits of a range bring.
#[derive(Debug, Default)]
pub struct Brought {
    /// The commits, the newest first: none comes after one of its parents.
    pub commits: Vec<Member>,
    /// Every version of a file that one of them has and none of its parents has at the same path, in order
    /// of path and id. Of a blob that stands under very many paths not all are named.
    pub versions: Vec<Version>,
    /// What can't be read, and so was not compared.
    pub faults: Vec<Fault>,
}

impl Brought {
    /// Compares each of these commits with its parents, on the threads of the current pool. A commit in
    /// `shallow`, which is sorted, has none.
    pub fn of(store: &Store, ids: &[ObjectId], shallow: &[ObjectId]) -> Self {
        let mut out = Self::default();
        let read = read(store, ids, shallow, &mut out.faults);
        out.commits = members(store, newest_first(read));
        let rows: Vec<_> = out.commits.par_chunks(ROW).collect();
        let compared: Vec<_> = rows
            .par_iter()
            .map(|row| {
                let mut trees = Trees::new(store);
                let mut faults = Vec::new();
                let compare =
                    |member: &Member| trees.changes(member.tree, &member.parents, &mut faults);
                let changes: Vec<Vec<Change>> = row.iter().map(compare).collect();
                (changes, faults)
            })
            .collect();
        let mut versions = BTreeMap::new();
        let mut paths: HashMap<ObjectId, usize> = HashMap::new();
        let mut commit = 0;
        for (changes, faults) in compared {
            out.faults.extend(faults);
            for mut changes in changes {
                changes.sort_by(|a, b| (&a.path, a.id).cmp(&(&b.path, b.id)));
                for change in changes {
                    take(change, commit, &mut versions, &mut paths);
                }
                commit += 1;
            }
        }
        out.versions = versions
            .into_iter()
            .map(|((path, id), by)| Version { path, id, by })
            .collect();
        out
    }

    /// Adds trees and blobs that no commit brings. All of them is new.
    pub fn add_plain(&mut self, store: &Store, plain: &[(Kind, ObjectId)]) {
        for (kind, id) in plain {
            let changes = match kind {
                Kind::Tree => Trees::new(store).changes(*id, &[], &mut self.faults),
                _ => vec![Change {
                    path: Arc::from([]),
                    id: *id,
                    before: Vec::new(),
                }],
            };
            // Older than all: no commit has this number.
            let commit = self.commits.len();
            self.versions
                .extend(changes.into_iter().map(|change| Version {
                    path: change.path,
                    id: change.id,
                    by: vec![Bringing {
                        commit,
                        before: Vec::new(),
                    }],
                }));
        }
    }

    /// The files that a parent of a commit has at paths where the commit has none, in order.
    pub fn gone(&self, store: &Store, commit: usize, parent: usize) -> Vec<Standing> {
        let Some(member) = self.commits.get(commit) else {
            return Vec::new();
        };
        let Some(Some(before)) = member.parents.get(parent) else {
            return Vec::new();
        };
        let mut gone = Trees::new(store).gone(*before, Some(member.tree));
        gone.sort();
        gone
    }
}

fn take(
    change: Change,
    commit: usize,
    versions: &mut BTreeMap<(Arc<[u8]>, ObjectId), Vec<Bringing>>,
    paths: &mut HashMap<ObjectId, usize>,
) {
    let Change { path, id, before } = change;
    let slot = versions.entry((path, id));
    if let std::collections::btree_map::Entry::Vacant(_) = slot {
        let paths = paths.entry(id).or_insert(0);
        *paths += 1;
        if *paths > PATHS {
            return;
        }
    }
    slot.or_default().push(Bringing { commit, before });
}

/// A commit as far as it was read, with the ids of its parents.
struct Read {
    info: CommitInfo,
    tree: ObjectId,
    parents: Vec<ObjectId>,
}

fn read(
    store: &Store,
    ids: &[ObjectId],
    shallow: &[ObjectId],
    faults: &mut Vec<Fault>,
) -> Vec<Read> {
    let one = |id: &ObjectId| -> Result<Read, Fault> {
        let data = commit(store, *id)?;
        let commit = Commit::parse(&data, store.hash())
            .map_err(|error| Fault::object(*id, error.to_string()))?;
        let boundary = shallow.binary_search(id).is_ok();
        Ok(Read {
            info: commit.info(*id),
            tree: commit.tree,
            parents: if boundary { Vec::new() } else { commit.parents },
        })
    };
    let mut out = Vec::with_capacity(ids.len());
    let all: Vec<_> = ids.par_iter().map(one).collect();
    for commit in all {
        match commit {
            Ok(commit) => out.push(commit),
            Err(fault) => faults.push(fault),
        }
    }
    out
}

/// Puts children before their parents, and where that leaves a choice, the commit with the later date
/// first.
fn newest_first(commits: Vec<Read>) -> Vec<Read> {
    let numbers: HashMap<ObjectId, usize> = (0..)
        .zip(&commits)
        .map(|(number, commit)| (commit.info.id, number))
        .collect();
    let mut children = vec![0_usize; commits.len()];
    let parents = |commit: &Read| -> Vec<usize> {
        let known = commit.parents.iter().filter_map(|id| numbers.get(id));
        known.copied().collect()
    };
    for parent in commits.iter().flat_map(parents) {
        if let Some(children) = children.get_mut(parent) {
            *children += 1;
        }
    }
    let key = |number: usize, commit: &Read| (commit.info.committed, commit.info.id, number);
    let mut open: BinaryHeap<_> = (0..)
        .zip(&commits)
        .filter(|(number, _)| children.get(*number) == Some(&0))
        .map(|(number, commit)| key(number, commit))
        .collect();
    let mut order = Vec::with_capacity(commits.len());
    while let Some((_, _, number)) = open.pop() {
        order.push(number);
        let Some(commit) = commits.get(number) else {
            continue;
        };
        for parent in parents(commit) {
            let (Some(children), Some(commit)) = (children.get_mut(parent), commits.get(parent))
            else {
                continue;
            };
            *children = children.saturating_sub(1);
            if *children == 0 {
                open.push(key(parent, commit));
            }
        }
    }
    let mut commits: Vec<Option<Read>> = commits.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(|number| commits.get_mut(number)?.take())
        .collect()
}

/// Looks up the trees of the parents, most of which are commits of the range themselves.
fn members(store: &Store, commits: Vec<Read>) -> Vec<Member> {
    let own: HashMap<ObjectId, ObjectId> = commits
        .iter()
        .map(|commit| (commit.info.id, commit.tree))
        .collect();
    let tree = |id: &ObjectId| -> Option<ObjectId> {
        if let Some(tree) = own.get(id) {
            return Some(*tree);
        }
        let data = commit(store, *id).ok()?;
        let commit = Commit::parse(&data, store.hash()).ok()?;
        Some(commit.tree)
    };
    commits
        .into_par_iter()
        .map(|commit| Member {
            parents: commit.parents.iter().map(tree).collect(),
            info: commit.info,
            tree: commit.tree,
        })
        .collect()
}
