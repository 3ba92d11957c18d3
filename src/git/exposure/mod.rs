//! Since when, until when, and where a repository's history holds a credential.
//!
//! A credential is in a commit when the commit's tree holds, at any path, a blob that holds it, or its
//! own message does: moving it to another file or rewriting the lines around it does not end its
//! exposure. Which trees hold a blob is asked from the bottom up, which commits from there; no
//! object is decoded but the commits that are shown.
//!
//! Only the commits that refs reach count, where one of those holds it; else those that the logs of
//! refs reach; else all. What was amended away or rebased is so not taken for the first commit of what
//! is still there.

mod marks;
mod order;
mod places;
mod timeline;
mod tips;
mod upward;

use gix::ObjectId;

use super::names::{History, Objects};
use super::refs::Ref;
use crate::finding::Exposure;
use timeline::Timeline;

/// At most so many places in the tree of `HEAD` are told of one credential.
pub const MOST_IN_HEAD: usize = 100;

/// A version of a file, or a message, that holds a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// The blob, commit or tag, by its number in the store.
    pub object: u32,
    /// The line of the credential's first part there, from 1.
    pub line: u32,
}

/// All that holds one credential.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// Versions of files, and messages.
    pub objects: Vec<Holder>,
    /// Names of files and directories that hold it themselves, by their numbers among the names of all trees.
    pub names: Vec<u32>,
}

impl From<Vec<Holder>> for Held {
    fn from(objects: Vec<Holder>) -> Self {
        let names = Vec::new();
        Self { objects, names }
    }
}

/// What is known of a repository, for exposures to be told.
pub struct Repository<'a> {
    /// Its commits, tags and trees.
    pub history: &'a History,
    /// Its objects.
    pub objects: &'a dyn Objects,
    /// All refs, `HEAD` among them.
    pub refs: &'a [Ref],
    /// All ids that stand in the logs of refs, in any order.
    pub logged: &'a [ObjectId],
    /// The content of a commit, for those that are shown; none when it can't be read again.
    pub read: &'a dyn Fn(u32) -> Option<Vec<u8>>,
    /// The time of the scan, in seconds since 1970-01-01 UTC.
    pub now: i64,
}

/// What is told of one credential.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attribution {
    /// Its exposure.
    pub exposure: Exposure,
    /// Whether made-up trees kept it from being followed everywhere.
    pub cut: bool,
}

/// Tells for each credential, by what holds it, its exposure.
pub fn attribute(repository: &Repository<'_>, credentials: &[Held]) -> Vec<Attribution> {
    if credentials.is_empty() {
        return Vec::new();
    }
    let mut timeline = Timeline::new(repository, credentials);
    let blocks = credentials.chunks(timeline::BLOCK);
    blocks.flat_map(|block| timeline.block(block)).collect()
}
