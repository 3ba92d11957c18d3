//! Where the repository of a directory is.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::error::LayoutError;
use crate::git::file;
use crate::git::repository::linked;
use crate::platform;

/// The largest file that names a directory, in bytes.
const LARGEST: u64 = 1 << 16;

/// The directories of a repository.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) git_dir: PathBuf,
    pub(super) common_dir: PathBuf,
    /// The directory that holds `.git`, if it was found by that name.
    pub(super) top: Option<PathBuf>,
}

/// Values of the environment, by name.
type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The repository that `GIT_DIR` names, or the nearest one that holds the directory.
///
/// A git directory is taken for one by its `objects`, also when its `HEAD` is damaged or lost, where
/// git would look further up: what it holds is scanned, and the damage told.
pub(super) fn discover(dir: &Path, env: Env<'_>) -> Result<Place, LayoutError> {
    if let Some(named) = env("GIT_DIR").filter(|value| !value.is_empty()) {
        return named_place(Path::new(&named), env);
    }
    let start = real(dir)?;
    for dir in start.ancestors() {
        if let Some(place) = below(dir, env)? {
            return Ok(place);
        }
        if is_bare(dir, env) {
            let top = (dir.file_name() == Some(".git".as_ref()))
                .then(|| dir.parent().map(Path::to_owned))
                .flatten();
            return place(dir, top, env);
        }
    }
    Err(LayoutError::None(dir.to_owned()))
}

/// What `GIT_DIR` names: a git directory, or a file that names one.
fn named_place(named: &Path, env: Env<'_>) -> Result<Place, LayoutError> {
    let named = real(named)?;
    let dir = if named.is_file() {
        link(&named)?
    } else {
        named
    };
    if !looks_like_git_dir(&dir, env) {
        return Err(LayoutError::NotGitDir(dir));
    }
    place(&dir, None, env)
}

/// The repository of `dir/.git`.
fn below(dir: &Path, env: Env<'_>) -> Result<Option<Place>, LayoutError> {
    let dot_git = dir.join(".git");
    let Ok(kind) = dot_git.metadata() else {
        return Ok(None);
    };
    let git_dir = if kind.is_dir() {
        // An empty one, or one without anything of git's: git looks further up as well.
        if !looks_like_git_dir(&dot_git, env) {
            return Ok(None);
        }
        real(&dot_git)?
    } else if kind.is_file() {
        let file = real(&dot_git)?;
        let target = link(&file)?;
        if !looks_like_git_dir(&target, env) {
            return Err(LayoutError::Dangling { file, target });
        }
        target
    } else {
        return Ok(None);
    };
    place(&git_dir, Some(dir.to_owned()), env).map(Some)
}

/// The git directory that a `.git` file names.
fn link(file: &Path) -> Result<PathBuf, LayoutError> {
    let target = linked(file).ok_or_else(|| LayoutError::Unlinked(file.to_owned()))?;
    platform::real(&target).map_err(|_| LayoutError::Dangling {
        file: file.to_owned(),
        target,
    })
}

/// A directory of git's own name: anything of git's in it will do.
fn looks_like_git_dir(dir: &Path, env: Env<'_>) -> bool {
    dir.join("HEAD").symlink_metadata().is_ok()
        || dir.join("commondir").is_file()
        || dir.join("objects").is_dir()
        || env("GIT_OBJECT_DIRECTORY").is_some() && dir.join("refs").is_dir()
}

/// A directory of any name: it must look like more than a tree that happens to hold `objects`.
fn is_bare(dir: &Path, env: Env<'_>) -> bool {
    let has = |name: &str| dir.join(name).is_dir();
    let head = || dir.join("HEAD").symlink_metadata().is_ok();
    if dir.join("commondir").is_file() {
        return head() && dir.join("gitdir").is_file();
    }
    let objects = || has("objects") || env("GIT_OBJECT_DIRECTORY").is_some();
    if has("refs") {
        objects() && (head() || dir.join("config").is_file())
    } else {
        objects() && is_head(dir)
    }
}

/// Whether `HEAD` is what git takes for one: `ref: refs/…`, a link to `refs/…`, or an object's id.
pub(super) fn is_head(git_dir: &Path) -> bool {
    let path = git_dir.join("HEAD");
    if let Ok(target) = path.read_link() {
        return target.starts_with("refs");
    }
    let Ok(bytes) = file::small(&path, LARGEST) else {
        return false;
    };
    match bytes.strip_prefix(b"ref:") {
        Some(name) => name.trim_start().starts_with(b"refs/"),
        None => {
            let digits = bytes.iter().take_while(|byte| byte.is_ascii_hexdigit());
            matches!(digits.count(), 40 | 64)
        }
    }
}

/// A git directory with its common directory.
fn place(git_dir: &Path, top: Option<PathBuf>, env: Env<'_>) -> Result<Place, LayoutError> {
    let git_dir = git_dir.to_owned();
    let common_dir = match env("GIT_COMMON_DIR").filter(|value| !value.is_empty()) {
        Some(named) => real(Path::new(&named))?,
        None => common_dir(&git_dir)?,
    };
    Ok(Place {
        git_dir,
        common_dir,
        top,
    })
}

/// The directory that `commondir` names, relative to the git directory; without it the git directory
/// (gitrepository-layout(5)).
fn common_dir(git_dir: &Path) -> Result<PathBuf, LayoutError> {
    let file = git_dir.join("commondir");
    let read = |cause| LayoutError::Read {
        path: file.clone(),
        cause,
    };
    let Some(text) = file::small_if_any(&file, LARGEST).map_err(read)? else {
        return Ok(git_dir.to_owned());
    };
    let text = text.trim_end_with(|c| matches!(c, '\n' | '\r'));
    let target =
        platform::named(git_dir, text).ok_or_else(|| read(io::ErrorKind::InvalidData.into()))?;
    match platform::real(&target) {
        Ok(dir) if dir.is_dir() => Ok(dir),
        _ => Err(LayoutError::Dangling { file, target }),
    }
}

/// An absolute path without links.
pub(super) fn real(path: &Path) -> Result<PathBuf, LayoutError> {
    platform::real(path).map_err(|cause| LayoutError::Read {
        path: path.to_owned(),
        cause,
    })
}
