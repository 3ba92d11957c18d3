//! What an index holds: which paths, and which blob each of them would be committed with.
//!
//! The file is decoded here and not by gix: gix descends into the cached trees by recursion, which a
//! hostile index can drive through the stack's end, and expands what nobody asked for.

mod cached;
mod entry;
mod file;
mod link;
#[cfg(test)]
mod tests;

use std::path::Path;

use gix::hash::Kind;
use thiserror::Error;

pub(super) use cached::Cached;
pub(super) use entry::{Entry, Fields};
pub(super) use file::Index;

/// Why an index can't be read.
#[derive(Debug, Error)]
pub enum IndexError {
    /// The file can't be read.
    #[error("the index can't be read: {0}")]
    Read(#[from] std::io::Error),
    /// It is no index, or a damaged one.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// It is an index of a kind that is not known here.
    #[error("the index can't be read: {0}")]
    Unknown(String),
}

/// The paths of an index, relative to the work tree's top.
#[derive(Debug, Default)]
pub struct Tracked {
    /// Sorted.
    paths: Vec<Box<[u8]>>,
    /// Submodules and directories of a sparse index: whatever lies below counts as tracked.
    /// Sorted, without a slash at the end.
    trees: Vec<Box<[u8]>>,
}

impl Tracked {
    /// Reads the index of a git directory, its shared part too. None at all is an empty one.
    ///
    /// # Errors
    ///
    /// When it is damaged, not a regular file, or can't be read.
    pub fn read(git_dir: &Path) -> Result<Self, IndexError> {
        let mut out = Self::default();
        // The kind of hash stands in the configuration, which is not read: the checksum tells.
        let kinds = [Kind::Sha1, Kind::Sha256];
        if let Some(index) = Index::read(&git_dir.join("index"), git_dir, &kinds)? {
            out.take(&index);
        }
        for list in [&mut out.paths, &mut out.trees] {
            if !list.is_sorted() {
                list.sort_unstable();
            }
        }
        Ok(out)
    }

    /// Whether the index holds this path, or a directory as a whole that it is in.
    pub fn has(&self, path: &[u8]) -> bool {
        let in_tree = |slash: usize| path.get(..slash).is_some_and(|dir| self.has_whole(dir));
        self.paths.binary_search_by(|own| (**own).cmp(path)).is_ok()
            || !self.trees.is_empty() && memchr::memchr_iter(b'/', path).any(in_tree)
    }

    /// Whether this directory is a submodule or a sparse directory: what lies below is tracked.
    pub fn has_whole(&self, dir: &[u8]) -> bool {
        self.trees.binary_search_by(|own| (**own).cmp(dir)).is_ok()
    }

    /// Whether the index holds anything below this directory, or the directory itself.
    pub fn has_below(&self, dir: &[u8]) -> bool {
        let below = [dir, b"/"].concat();
        let any = |list: &[Box<[u8]>]| {
            let at = list.partition_point(|own| **own < *below);
            list.get(at).is_some_and(|own| own.starts_with(&below))
        };
        self.has_whole(dir) || any(&self.paths) || any(&self.trees)
    }

    fn take(&mut self, index: &Index) {
        for entry in index.entries() {
            let path = index.path(entry);
            let fields = index.fields(entry);
            if fields.is_gitlink() || fields.is_tree() {
                self.trees
                    .push(path.strip_suffix(b"/").unwrap_or(path).into());
            } else {
                self.paths.push(path.into());
            }
        }
    }
}
