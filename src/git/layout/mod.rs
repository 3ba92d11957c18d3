//! Where a repository keeps what, and how it is to be read.
//!
//! Read by ourselves, not through gix: `gix::open` wants an intact `HEAD` and configuration, follows
//! includes and global files, and judges by the owner. Here nothing is obeyed, so nothing needs to
//! be trusted; and a damaged repository is the one whose objects must still be scanned.

pub(super) mod config;
mod discover;
mod error;
mod format;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use gix::ObjectId;
use gix::hash::Kind;

use super::fault::Fault;
use super::file;
use crate::error::reason;
use crate::platform;
use discover::{Place, discover, is_head, real};
pub use error::LayoutError;
use format::Format;

/// The largest list of shallow commits that is read, in bytes: a million of them.
const LARGEST_SHALLOW: u64 = 64 << 20;

/// Where a repository keeps what, and how it is to be read (gitrepository-layout(5)).
#[derive(Debug)]
pub struct Layout {
    /// The git directory: of a linked worktree its own. Absolute, without links.
    pub git_dir: PathBuf,
    /// Where `objects`, `refs` and `packed-refs` are. Absolute, without links.
    pub common_dir: PathBuf,
    /// The objects directory: `objects` of the common directory, or what `GIT_OBJECT_DIRECTORY` names.
    pub objects: PathBuf,
    /// The work tree's top directory; none when bare, or when it is not known where.
    pub work_tree: Option<PathBuf>,
    /// The hash that names objects.
    pub hash: Kind,
    /// Whether the configuration says that a remote promised what is absent (a partial clone). The
    /// object store may say so too.
    pub promisor: bool,
    /// The commits whose parents are lawfully absent, sorted.
    pub shallow: Vec<ObjectId>,
    /// What of the layout is damaged: `HEAD`, the configuration, `shallow`. The objects can be read
    /// all the same.
    pub faults: Vec<Fault>,
}

impl Layout {
    /// Finds and opens the repository of a directory: any directory in a work tree or in a git
    /// directory, or a bare repository. `env` gives the environment's variables: `GIT_DIR`,
    /// `GIT_COMMON_DIR`, `GIT_OBJECT_DIRECTORY` and `GIT_WORK_TREE` count as they do for git
    /// (git(1)); relative ones start at the current directory.
    ///
    /// Reads `HEAD`, `commondir`, `config`, `config.worktree` and `shallow`, and no file outside of
    /// the repository. Who owns it does not matter, since nothing in it is obeyed.
    ///
    /// # Errors
    ///
    /// When there is no repository, or when it is kept in a way that can't be read as a whole.
    pub fn open(dir: &Path, env: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, LayoutError> {
        let place = discover(dir, env)?;
        let objects = match env("GIT_OBJECT_DIRECTORY").filter(|value| !value.is_empty()) {
            Some(named) => PathBuf::from(named),
            None => place.common_dir.join("objects"),
        };
        match objects.metadata() {
            Ok(kind) if kind.is_dir() => {}
            Err(cause) if cause.kind() == std::io::ErrorKind::PermissionDenied => {
                return Err(LayoutError::Read {
                    path: objects,
                    cause,
                });
            }
            _ => {
                return Err(LayoutError::NoObjects {
                    git_dir: place.git_dir,
                    objects,
                });
            }
        }
        let mut faults = Vec::new();
        if !is_head(&place.git_dir) {
            let what = match place.git_dir.join("HEAD").symlink_metadata() {
                Ok(_) => "it names neither a reference nor an object",
                Err(_) => "it is missing",
            };
            faults.push(Fault::file(place.git_dir.join("HEAD"), what));
        }
        let format = Format::read(&place.git_dir, &place.common_dir, &mut faults);
        let hash = format.hash(&place.git_dir)?;
        let shallow = shallow(&place.common_dir, hash, &mut faults);
        let work_tree = work_tree(dir, &place, &format, env);
        Ok(Self {
            git_dir: place.git_dir,
            common_dir: place.common_dir,
            objects,
            work_tree,
            hash,
            promisor: format.promisor(),
            shallow,
            faults,
        })
    }
}

/// A variable of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Section, subsection and name, with dots between: `hook.keyfence.command`. All but the subsection is in
    /// lower case; invalid UTF-8 is replaced.
    pub name: String,
    /// Its value; none when it stands without `=`.
    pub value: Option<String>,
}

/// The variables of a configuration file, in order. What git could not read either is passed over.
pub fn variables(bytes: &[u8]) -> Vec<Variable> {
    let mut all = Vec::new();
    config::read(bytes, &mut |variable| {
        let mut name = variable.section.to_str_lossy().into_owned();
        for part in variable.subsection.iter().chain([&variable.key]) {
            name.push('.');
            name.push_str(&part.to_str_lossy());
        }
        all.push(Variable {
            name,
            value: variable
                .value
                .as_ref()
                .map(|value| value.to_str_lossy().into_owned()),
        });
    });
    all
}

/// The work tree's top, as git finds it (git-config(1), `core.worktree`).
fn work_tree(
    dir: &Path,
    place: &Place,
    format: &Format,
    env: &dyn Fn(&str) -> Option<OsString>,
) -> Option<PathBuf> {
    if let Some(named) = env("GIT_WORK_TREE") {
        return real(Path::new(&named)).ok();
    }
    if format.bare == Some(true) {
        return None;
    }
    if let Some(named) = &format.worktree {
        return real(&platform::named(&place.git_dir, named)?).ok();
    }
    if place.top.is_some() {
        return place.top.clone();
    }
    // Named by `GIT_DIR`: the current directory is the top, unless git says that there is none.
    let implicit = env("GIT_IMPLICIT_WORK_TREE").is_none_or(|value| value != "0");
    (env("GIT_DIR").is_some() && implicit)
        .then(|| real(dir).ok())
        .flatten()
}

/// The commits whose parents were left out of a shallow clone (gitrepository-layout(5), `shallow`).
fn shallow(common_dir: &Path, hash: Kind, faults: &mut Vec<Fault>) -> Vec<ObjectId> {
    let path = common_dir.join("shallow");
    let bytes = match file::small_if_any(&path, LARGEST_SHALLOW) {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(cause) => {
            faults.push(Fault::file(path, reason(&cause)));
            return Vec::new();
        }
    };
    let mut out = Vec::new();
    for (line, text) in (1_usize..).zip(bytes.lines()) {
        match ObjectId::from_hex(text.trim_end()) {
            Ok(id) if id.kind() == hash => out.push(id),
            _ => {
                let what = format!("line {line} is no commit's id; the rest was read");
                if faults
                    .iter()
                    .all(|fault| fault.file.as_ref() != Some(&path))
                {
                    faults.push(Fault::file(&path, what));
                }
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}
