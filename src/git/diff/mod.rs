//! What a commit changes, told from trees and blobs.
//!
//! Never from a diff's text: attributes, `diff.*` settings, a NUL or an odd encoding can hide content from
//! that, but not from here.

pub mod commits;
pub mod lines;
pub mod rename;
pub mod tree;

use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;

use super::{Fault, Object, Store};

/// The largest object that is held in memory, in bytes.
pub const LARGEST: u64 = 64 << 20;

/// The content of a blob; none when it can't be read.
pub(crate) fn blob(store: &Store, id: ObjectId) -> Option<Vec<u8>> {
    match store.read(&id, LARGEST) {
        Ok(Some(Object {
            kind: Kind::Blob,
            data,
        })) => Some(data),
        _ => None,
    }
}

/// The data of a commit.
///
/// # Errors
///
/// When there is none, or none that can be read.
pub(crate) fn commit(store: &Store, id: ObjectId) -> Result<Vec<u8>, Fault> {
    match store.read(&id, LARGEST)? {
        Some(Object {
            kind: Kind::Commit,
            data,
        }) => Ok(data),
        Some(_) => Err(Fault::object(id, "it is no commit")),
        None => Err(Fault::missing(id, "the commit is missing")),
    }
}

/// A file that differs from what each parent has at its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where it stands, below the repository's top.
    pub path: Arc<[u8]>,
    /// Its blob.
    pub id: ObjectId,
    /// What each parent has at the same path, in the order of the parents; none where it has no file there.
    pub before: Vec<Option<ObjectId>>,
}

/// One version of a file that commits bring: a blob at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Where it stands, below the repository's top.
    pub path: Arc<[u8]>,
    /// Its blob.
    pub id: ObjectId,
    /// Who brings it, the newest first; at least one.
    pub by: Vec<Bringing>,
}

/// A commit that brings a version of a file, or the one that would be made of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bringing {
    /// The commit's number, 0 for the newest.
    pub commit: usize,
    /// What each parent has at the same path; none where it has no file there.
    pub before: Vec<Option<ObjectId>>,
}

/// A file that a tree holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// Where it stands, below the repository's top.
    pub path: Arc<[u8]>,
    /// Its blob.
    pub id: ObjectId,
}
