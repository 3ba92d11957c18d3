//! What ranges need of an object store.

use gix::objs::Kind;
use gix::{ObjectId, oid};

use crate::git::Fault;
use crate::git::commits::Links;

/// Gives commits.
pub trait CommitReader {
    /// A commit's parents and date; none when the store has no such object.
    ///
    /// # Errors
    ///
    /// When it can't be read, or is no commit.
    fn commit(&self, id: &oid) -> Result<Option<Links>, Fault>;
}

/// Gives what names of commits are about.
pub trait Objects: CommitReader {
    /// What an object is, and for an annotated tag the object that it names; none when the store has
    /// no such object.
    ///
    /// # Errors
    ///
    /// When it can't be read.
    fn kind(&self, id: &oid) -> Result<Option<(Kind, Option<ObjectId>)>, Fault>;

    /// The objects whose ids begin with these hexadecimal digits (lower case, four at least), sorted;
    /// some of them, when they are very many.
    fn beginning_with(&self, digits: &str) -> Vec<ObjectId>;
}
