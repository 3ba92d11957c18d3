//! The worktrees of a repository: each has a `HEAD` and some refs for itself.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::files::bytes;
use super::kind::per_worktree;
use super::told::Told;
use crate::git::Layout;

/// One worktree.
pub(super) struct Worktree {
    /// What its own refs' names begin with: nothing for the one that we are in.
    pub(super) prefix: Vec<u8>,
    /// Its git directory.
    pub(super) dir: PathBuf,
    /// Whether this is the main one, whose refs stand among the common ones.
    pub(super) main: bool,
}

impl Worktree {
    /// The full name that a ref, named from within this worktree, has.
    pub(super) fn full(&self, name: &[u8]) -> Vec<u8> {
        let qualified = name.starts_with(b"worktrees/") || name.starts_with(b"main-worktree/");
        if per_worktree(name) && !qualified {
            [&*self.prefix, name].concat()
        } else {
            name.to_vec()
        }
    }
}

/// All worktrees.
pub(super) struct Worktrees {
    /// The one that we are in.
    own: Worktree,
    /// The main one, and all linked ones by name.
    others: Vec<Worktree>,
}

impl Worktrees {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Worktree> {
        std::iter::once(&self.own).chain(&self.others)
    }

    /// The worktree that a ref belongs to, and its name there: the one that we are in when it is
    /// common to all.
    pub(super) fn home<'n>(&self, name: &'n [u8]) -> (&Worktree, &'n [u8]) {
        self.others
            .iter()
            .find_map(|tree| Some((tree, name.strip_prefix(&*tree.prefix)?)))
            .unwrap_or((&self.own, name))
    }
}

/// Finds the worktrees (gitrepository-layout(5), `worktrees`).
pub(super) fn all(layout: &Layout, told: &mut Told) -> Worktrees {
    let main = layout.git_dir == layout.common_dir;
    let own = Worktree {
        prefix: Vec::new(),
        dir: layout.git_dir.clone(),
        main,
    };
    let mut others = Vec::new();
    if !main {
        others.push(Worktree {
            prefix: b"main-worktree/".to_vec(),
            dir: layout.common_dir.clone(),
            main: true,
        });
    }
    let root = layout.common_dir.join("worktrees");
    for name in linked(&root, told) {
        let dir = root.join(&name);
        if dir != layout.git_dir {
            others.push(Worktree {
                prefix: [b"worktrees/", bytes(&name), b"/"].concat(),
                dir,
                main: false,
            });
        }
    }
    Worktrees { own, others }
}

/// What the worktree that we are in is called by others; empty when it has no such name.
pub(super) fn own_name(layout: &Layout) -> Vec<u8> {
    if layout.git_dir == layout.common_dir {
        return b"main-worktree/".to_vec();
    }
    let root = layout.common_dir.join("worktrees");
    match layout.git_dir.strip_prefix(root) {
        Ok(name) => [b"worktrees/", bytes(name.as_os_str()), b"/"].concat(),
        Err(_) => Vec::new(),
    }
}

/// The names of the linked worktrees, sorted.
fn linked(root: &Path, told: &mut Told) -> Vec<OsString> {
    let mut names = Vec::new();
    match root.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return names,
        Ok(metadata) if !metadata.is_dir() => {
            told.damaged(root, "it is no directory; links are not followed");
            return names;
        }
        _ => {}
    }
    match std::fs::read_dir(root) {
        Err(error) => told.unreadable(root, &error),
        Ok(entries) => {
            for entry in entries {
                match entry {
                    Ok(entry) if entry.file_type().is_ok_and(|kind| kind.is_dir()) => {
                        names.push(entry.file_name());
                    }
                    // git passes over whatever else stands there.
                    Ok(_) => {}
                    Err(error) => {
                        told.unreadable(root, &error);
                        break;
                    }
                }
            }
        }
    }
    names.sort_unstable();
    names
}
