//! Why a repository can't be scanned at all.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::reason;
use crate::report::escape;

/// Why there is no repository to scan, or none that can be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// Neither the directory nor one above it is a repository.
    #[error("{} is in no git repository", shown(.0))]
    None(PathBuf),
    /// What `GIT_DIR` names is no git directory.
    #[error("GIT_DIR is {}, which is no git directory", shown(.0))]
    NotGitDir(PathBuf),
    /// The directory, or a file that leads on from it, can't be read.
    #[error("cannot read {}: {}", shown(.path), reason(.cause))]
    Read {
        /// What can't be read.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// A `.git` file (gitrepository-layout(5)) that does not say where the git directory is.
    #[error("{} does not say where its git directory is", shown(.0))]
    Unlinked(PathBuf),
    /// A `.git` or `commondir` file that names no git directory.
    #[error("{} names {}, which is no git directory", shown(.file), shown(.target))]
    Dangling {
        /// The file.
        file: PathBuf,
        /// What it names.
        target: PathBuf,
    },
    /// There is no object store.
    #[error("the repository {} has no directory {}", shown(.git_dir), shown(.objects))]
    NoObjects {
        /// The git directory.
        git_dir: PathBuf,
        /// Where its objects should be.
        objects: PathBuf,
    },
    /// `core.repositoryFormatVersion` is none that is known.
    #[error("the repository {} has the format version {}, and 0 and 1 are known", shown(.git_dir), escape::word(.version))]
    Version {
        /// The git directory.
        git_dir: PathBuf,
        /// As written.
        version: String,
    },
    /// An extension that changes how the repository is read, and is not known.
    #[error("the repository {} uses the unknown extension `{}`", shown(.git_dir), escape::word(.name))]
    Extension {
        /// The git directory.
        git_dir: PathBuf,
        /// In lower case, without `extensions.`.
        name: String,
    },
    /// An extension that git allows in format version 1 alone.
    #[error("the repository {} has format version 0, and the extension `{}` that only version 1 knows", shown(.git_dir), escape::word(.name))]
    Early {
        /// The git directory.
        git_dir: PathBuf,
        /// In lower case, without `extensions.`.
        name: String,
    },
    /// Its references are kept in a way that is not read.
    #[error("the repository {} keeps its references in the format `{}`, which keyfence does not read", shown(.git_dir), escape::word(.format))]
    RefStorage {
        /// The git directory.
        git_dir: PathBuf,
        /// As written.
        format: String,
    },
    /// Its objects are named by a hash that is not known.
    #[error("the repository {} names its objects by the hash `{}`, which keyfence does not know", shown(.git_dir), escape::word(.format))]
    ObjectFormat {
        /// The git directory.
        git_dir: PathBuf,
        /// As written.
        format: String,
    },
}

impl LayoutError {
    /// What the user can do.
    pub fn help(&self) -> String {
        match self {
            Self::None(_) => {
                "name a directory of the repository, or the bare repository itself".into()
            }
            Self::NotGitDir(_) => "correct GIT_DIR, or unset it".into(),
            Self::Read { cause, .. } => match cause.kind() {
                io::ErrorKind::NotFound => "check the path".into(),
                io::ErrorKind::PermissionDenied => "give yourself the right to read it".into(),
                _ => "check that it is readable".into(),
            },
            Self::Unlinked(_) => "it should read `gitdir: ` and a path; restore it".into(),
            Self::Dangling { .. } => "scan the main repository instead; if it was moved, \
                 `git worktree repair` or `git submodule absorbgitdirs` there mends the link; in a container \
                 that is given the work tree alone, run keyfence outside of it"
                .into(),
            Self::NoObjects { .. } => {
                "nothing of its history is there to scan: restore it, or clone it afresh".into()
            }
            Self::Version { .. } | Self::Extension { .. } => {
                "update keyfence, or scan a fresh clone made with defaults: `git clone --bare --mirror`"
                    .into()
            }
            Self::Early { .. } => {
                "git refuses it too; if the extension is in use, say so with \
                 `git config --file config core.repositoryFormatVersion 1` in the git directory"
                    .into()
            }
            Self::RefStorage { format, .. } if format == "reftable" => {
                "change it with `git refs migrate --ref-format=files` (git 2.46 or newer), or scan a \
                 clone made with `git clone --mirror --ref-format=files`; a clone lacks what no \
                 reference reaches"
                    .into()
            }
            Self::RefStorage { .. } => {
                "scan a clone made with `git clone --mirror --ref-format=files`; a clone lacks what \
                 no reference reaches"
                    .into()
            }
            Self::ObjectFormat { .. } => "update keyfence: sha1 and sha256 are known".into(),
        }
    }
}

/// A path for an error message: escaped, in backticks.
fn shown(path: &Path) -> String {
    format!("`{}`", escape::terminal(&path.to_string_lossy()))
}
