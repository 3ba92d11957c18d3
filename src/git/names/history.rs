//! What one pass over commits, tags and trees tells.

use gix::ObjectId;
use gix::objs::Kind;

use super::forest::Forest;
use super::graph::Graph;

/// What one pass over all commits, tags and trees tells.
#[derive(Debug)]
pub struct History {
    /// The trees.
    pub forest: Forest,
    /// The commits and tags.
    pub graph: Graph,
    /// Objects that something names and the store lacks, by id. They go on numbering where the store's
    /// objects end.
    pub(super) absent: Vec<Absent>,
    /// What is wrong with what was read, by id.
    pub wrong: Vec<Wrong>,
    /// How many objects the store has.
    pub(super) count: u32,
}

impl History {
    /// How many objects the store has.
    pub fn objects(&self) -> usize {
        self.count as usize
    }
}

/// An object that something names and the store lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Absent {
    pub id: ObjectId,
    pub kind: Kind,
    /// The commit or tag with the least number that names it, or `NONE`.
    pub by: u32,
}

/// Something wrong with a commit, tag or tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wrong {
    /// The object.
    pub id: ObjectId,
    /// What is wrong with it, beginning in lower case.
    pub what: String,
}
