//! Loose refs: one file each below `refs/` (gitrepository-layout(5)).

use std::path::Path;

use gix::hash::Kind as Hash;

use super::files::{self, File};
use super::follow::Found;
use super::kind::per_worktree;
use super::told::Told;
use super::value::{Value, linked};
use super::worktrees::{Worktree, Worktrees};
use crate::git::Layout;
use crate::platform;
use crate::source::open;

/// The largest file of a ref, in bytes: the longest name twice over.
const LARGEST: u64 = 1 << 14;

/// Reads the refs that all worktrees share, and those of each worktree.
pub(super) fn read(layout: &Layout, trees: &Worktrees, found: &mut Found, told: &mut Told) {
    for tree in trees.iter() {
        for file in files::below(&tree.dir.join("refs"), b"refs", &passed_over, told) {
            // git reads nothing else from a linked worktree's own directory.
            if tree.main || per_worktree(&file.name) {
                take(&file, tree, layout.hash, found, told);
            }
        }
    }
}

fn take(file: &File, tree: &Worktree, hash: Hash, found: &mut Found, told: &mut Told) {
    let value = if file.kind.is_symlink() {
        link(&file.path, &file.name).map_err(str::to_owned)
    } else {
        whole(&file.path, LARGEST).and_then(|bytes| Ok(Value::parse(&bytes, hash)?))
    };
    match value {
        Ok(value) => found.add(tree.full(&file.name), value, None),
        Err(what) => told.damaged(&file.path, what),
    }
}

/// The ref that an old symbolic link names.
pub(super) fn link(path: &Path, name: &[u8]) -> Result<Value, &'static str> {
    std::fs::read_link(path)
        .ok()
        .and_then(|text| linked(&platform::slashed(&text), name))
        .map(Value::Symbolic)
        .ok_or("the ref is a symbolic link that leads away from the refs; it is not followed")
}

/// The whole of a regular file.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn whole(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    match open::small(path, most) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err("it is no regular file".to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
            Err(format!("it has more than {most} bytes"))
        }
        Err(error) => Err(crate::error::reason(&error)),
    }
}

/// What git never takes for a ref: hidden files, and the locks of updates.
fn passed_over(name: &[u8]) -> bool {
    name.starts_with(b".") || name.ends_with(b".lock")
}
