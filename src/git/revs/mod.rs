//! Which commits a range means: `A..B`, `A...B`, `B ^A`, the newest, those since a day, and those that
//! a push sends or brings.
//!
//! [`Range`] says it as ids, whichever way it was asked for; [`Range::commits`] then walks. Names are
//! read and resolved by ourselves: gix's parser takes what could be an abbreviated id for one before
//! it looks for a branch of that name (`cafe`, `beef`), where git does the opposite, and its errors
//! don't say what to do.

mod bottoms;
mod difference;
mod error;
mod graph;
mod logged;
mod names;
mod order;
mod reader;
mod spec;
mod stored;
mod updates;

use bstr::BString;
use gix::ObjectId;

use super::refs::Refs;
use super::{Fault, Layout};
use difference::Difference;
pub use error::{Candidate, RangeError};
use graph::Graph;
use names::Names;
pub use reader::{CommitReader, Objects};
use spec::Spec;
pub use updates::{Update, pre_push, pre_receive};

/// A repository, as far as names of commits need it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Where it is.
    pub layout: &'a Layout,
    /// Its refs.
    pub refs: &'a Refs,
    /// Its objects.
    pub objects: &'a dyn Objects,
}

/// A set of commits: all that some commits reach and that others don't.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// Commits that belong to it, with all that they reach.
    pub tips: Vec<ObjectId>,
    /// Commits that don't, nor anything that they reach.
    pub excluded: Vec<ObjectId>,
    /// Only those committed at this moment or later, in seconds since 1970-01-01 UTC.
    pub since: Option<i64>,
    /// Only so many of them: those that `git log` shows first.
    pub last: Option<usize>,
}

/// The commits of a [`Range`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commits {
    /// Each once: the newest first, and none before a commit that it is an ancestor of.
    pub ids: Vec<ObjectId>,
    /// Commits of the range whose parents a shallow clone left out: what lies behind them may belong
    /// to the range, and was not seen.
    pub cut: Vec<ObjectId>,
    /// Commits of the range that the store lacks or that can't be read, and so all that lies behind
    /// them alone.
    pub faults: Vec<Fault>,
    /// Whether something that the excluded commits reach is not there: the range may then hold
    /// commits that should have been left out. None of its own is missing for that.
    pub excluded_cut: bool,
}

impl Range {
    /// What words select, as git-rev-list(1) takes them: `A..B`, `A...B`, `B`, `^A`, `B^!`, `B^@`,
    /// `B^-`; all of them are one range.
    ///
    /// # Errors
    ///
    /// When a word is malformed, or names no commit that is there.
    pub fn select(view: View<'_>, words: &[BString]) -> Result<Self, RangeError> {
        let names = Names::new(view);
        let mut out = Self::default();
        let mut rooted = false;
        for word in words {
            match Spec::parse(word)? {
                Spec::One(name) => out.tips.push(names.commit(&name)?),
                Spec::Not(name) => out.excluded.push(names.commit(&name)?),
                Spec::Between(from, to) => {
                    out.excluded.push(names.commit(&from)?);
                    out.tips.push(names.commit(&to)?);
                }
                Spec::Either(one, other) => {
                    let pair = [names.commit(&one)?, names.commit(&other)?];
                    out.excluded.extend(common(view, pair));
                    out.tips.extend(pair);
                }
                Spec::Parents(name) => {
                    // A root has none: that is an empty range.
                    rooted = true;
                    out.tips.extend(names.parents(&name)?);
                }
                Spec::Alone(name) => {
                    out.tips.push(names.commit(&name)?);
                    out.excluded.extend(names.parents_out(&name)?);
                }
                Spec::Without(name, number) => {
                    let id = names.commit(&name)?;
                    let parents = names.parents_out(&name)?;
                    let parent = parents.get(number - 1);
                    let parent = parent.ok_or_else(|| names.no_parent(&name, id))?;
                    out.tips.push(id);
                    out.excluded.push(*parent);
                }
            }
        }
        if out.tips.is_empty() && !rooted {
            return Err(RangeError::NoTip);
        }
        Ok(out)
    }

    /// All that `HEAD` reaches: nothing on a branch without commits.
    ///
    /// # Errors
    ///
    /// When `HEAD` leads to no commit that is there.
    pub fn head(view: View<'_>) -> Result<Self, RangeError> {
        let tips = match Names::new(view).commit(&spec::Name::head()) {
            Ok(id) => vec![id],
            Err(RangeError::Unborn { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(Self {
            tips,
            ..Self::default()
        })
    }

    /// Those committed at this moment or later, in seconds since 1970-01-01 UTC. Each commit is
    /// asked, as by git's `--since-as-filter`: the plain `--since` stops at older ones, and so misses
    /// newer ones behind a commit whose clock was wrong.
    #[must_use]
    pub fn since(mut self, moment: i64) -> Self {
        self.since = Some(moment);
        self
    }

    /// The first so many, in the order in which `git log` shows them.
    #[must_use]
    pub fn last(mut self, count: usize) -> Self {
        self.last = Some(count);
        self
    }

    /// Walks: all commits of the range, second parents included. Parents of the commits in `shallow`
    /// (sorted) are not followed, as for git.
    pub fn commits(&self, reader: &dyn CommitReader, shallow: &[ObjectId]) -> Commits {
        let mut graph = Graph::new(reader, shallow);
        let difference = Difference::walk(&mut graph, self);
        let inside = difference.inside(&graph, self);
        let mut out = Commits {
            excluded_cut: difference.excluded_cut(&graph),
            ..Commits::default()
        };
        difference.gaps(&graph, self, &inside, &mut out);
        out.ids = order::newest_first(&graph, &inside);
        out
    }
}

/// Commits whose reach is all that both of two reach: at least their merge bases.
///
/// These are the edge of what `one` reaches alone: the parents, outside of it, of its commits, and
/// `one` itself when `other` reaches it. Whatever both reach lies behind that edge: on the way to it
/// from `one`, the first commit that `other` reaches is an edge.
fn common(view: View<'_>, [one, other]: [ObjectId; 2]) -> Vec<ObjectId> {
    let mut graph = Graph::new(view.objects, &view.layout.shallow);
    let alone = Range {
        tips: vec![one],
        excluded: vec![other],
        ..Range::default()
    };
    let difference = Difference::walk(&mut graph, &alone);
    let inside = difference.inside(&graph, &alone);
    if inside.is_empty() {
        return vec![one];
    }
    let mut out = Vec::new();
    for commit in &inside {
        let parents = graph.parents(*commit).iter();
        out.extend(
            parents
                .filter(|parent| difference.is_out(**parent))
                .map(|parent| graph.id(*parent)),
        );
    }
    out.sort_unstable();
    out.dedup();
    out
}
