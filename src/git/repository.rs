//! Where a repository is.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bstr::ByteSlice;

use super::index::{IndexError, Tracked};
use crate::platform;
use crate::source::open;

/// A repository with a work tree.
#[derive(Debug)]
pub struct Repository {
    /// Its work tree's top directory.
    pub top: PathBuf,
    /// Its git directory: of a linked worktree that worktree's own, with its index.
    pub git_dir: PathBuf,
    tracked: OnceLock<Result<Tracked, IndexError>>,
}

impl Repository {
    /// The repository whose work tree holds this directory. The path must be absolute, and
    /// without links when what lies above is to be found.
    pub fn discover(dir: &Path) -> Option<Self> {
        dir.ancestors().find_map(Self::at)
    }

    /// The repository whose work tree has this directory as its top: it holds a `.git` that is a
    /// git directory, or a file that names one.
    pub fn at(top: &Path) -> Option<Self> {
        let dot_git = top.join(".git");
        let kind = std::fs::metadata(&dot_git).ok()?;
        let git_dir = if kind.is_dir() {
            dot_git
        } else {
            linked(&dot_git)?
        };
        is_git_dir(&git_dir).then(|| Self {
            top: top.to_owned(),
            git_dir,
            tracked: OnceLock::new(),
        })
    }

    /// The paths in the index, read when first asked for.
    ///
    /// # Errors
    ///
    /// When the index can't be read; the same error each time.
    pub fn tracked(&self) -> Result<&Tracked, &IndexError> {
        self.tracked
            .get_or_init(|| Tracked::read(&self.git_dir))
            .as_ref()
    }
}

/// Whether a directory is a git directory: a repository's, or a linked worktree's or submodule's.
/// One that lost its `HEAD` is taken for plain content.
pub fn is_git_dir(dir: &Path) -> bool {
    dir.join("HEAD").symlink_metadata().is_ok()
        && (dir.join("objects").is_dir() || dir.join("commondir").is_file())
}

/// The directory that a `.git` file names: `gitdir: <path>`, relative to the file's directory
/// (gitrepository-layout(5)).
pub(super) fn linked(file: &Path) -> Option<PathBuf> {
    let text = open::small(file, 1 << 16).ok()??;
    let path = text
        .strip_prefix(b"gitdir: ")?
        .trim_end_with(|c| matches!(c, '\n' | '\r'));
    platform::named(file.parent()?, path)
}
