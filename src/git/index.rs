//! Which paths the index holds.

use std::path::Path;

use gix::hash::Kind;
use gix::index::{State, decode, entry::Mode};
use thiserror::Error;

use crate::source::open;

/// The largest index that is read, in bytes: some five million paths.
const LARGEST: u64 = 1 << 30;

/// Why an index can't be read.
#[derive(Debug, Error)]
pub enum IndexError {
    /// The file can't be read.
    #[error("the index can't be read: {0}")]
    Read(#[from] std::io::Error),
    /// It is no index, or a damaged one.
    #[error("the index is damaged: {0}")]
    Damaged(String),
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
        if let Some(state) = state(&git_dir.join("index"))? {
            out.take(&state);
            if let Some(link) = state.link() {
                // What the split index deletes from the shared one stays: rather read too much.
                let name = format!("sharedindex.{}", link.shared_index_checksum.to_hex());
                let shared = state_of_existing(&git_dir.join(name))?;
                out.take(&shared);
            }
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

    fn take(&mut self, state: &State) {
        for entry in state.entries() {
            let path: &[u8] = entry.path(state);
            if path.is_empty() {
                // Stands for a replaced entry of the shared index.
                continue;
            }
            if entry.mode == Mode::COMMIT || entry.mode == Mode::DIR {
                self.trees
                    .push(path.strip_suffix(b"/").unwrap_or(path).into());
            } else {
                self.paths.push(path.into());
            }
        }
    }
}

/// Decodes an index file; none when there is no such file.
fn state(path: &Path) -> Result<Option<State>, IndexError> {
    match state_of_existing(path) {
        Ok(state) => Ok(Some(state)),
        Err(IndexError::Read(error)) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn state_of_existing(path: &Path) -> Result<State, IndexError> {
    let bytes = open::small(path, LARGEST)?
        .ok_or_else(|| IndexError::Damaged("it is not a regular file".to_owned()))?;
    // The kind of hash stands in the configuration, which is not read: the checksum tells.
    let first = decoded(&bytes, Kind::Sha1);
    match first {
        Ok(state) => Ok(state),
        Err(first) => decoded(&bytes, Kind::Sha256).map_err(|_| IndexError::Damaged(first)),
    }
}

fn decoded(bytes: &[u8], kind: Kind) -> Result<State, String> {
    let length = kind.len_in_bytes();
    let (content, checksum) = bytes
        .len()
        .checked_sub(length)
        .map(|end| bytes.split_at(end))
        .ok_or("it is too short")?;
    // All zeros: written with `index.skipHash`.
    if checksum.iter().any(|byte| *byte != 0) {
        let mut hasher = gix::hash::hasher(kind);
        hasher.update(content);
        let found = hasher.try_finalize().map_err(|error| error.to_string())?;
        if found.as_bytes() != checksum {
            return Err("its checksum does not fit".to_owned());
        }
    }
    let options = decode::Options {
        thread_limit: Some(1),
        // Entries are larger in memory than on disk.
        alloc_limit_bytes: usize::try_from(LARGEST * 4).ok(),
        ..Default::default()
    };
    let time = std::time::SystemTime::UNIX_EPOCH.into();
    // A decoder of hostile bytes that panics must not end the scan.
    std::panic::catch_unwind(|| State::from_bytes(bytes, time, kind, options))
        .map_err(|_| "its decoder failed".to_owned())?
        .map(|(state, _)| state)
        .map_err(|error| error.to_string())
}
