//! What a repository's configuration says about how it is to be read.

use std::path::Path;

use gix::hash::Kind;

use super::config::{self, Variable};
use super::error::LayoutError;
use crate::error::reason;
use crate::git::Fault;
use crate::git::file;

/// The largest configuration that is read, in bytes: a hundred times what 10,000 branches take.
const LARGEST: u64 = 64 << 20;

/// Extensions that git honours in every format version (git-config(1), `extensions.*`), and that
/// change nothing here but the two that are read.
const OLD: [&str; 4] = ["noop", "preciousobjects", "partialclone", "worktreeconfig"];

/// Extensions that git honours in format version 1 alone.
const NEW: [&str; 6] = [
    "noop-v1",
    "objectformat",
    "compatobjectformat",
    "refstorage",
    "relativeworktrees",
    "submodulepathconfig",
];

/// The part of the configuration that says how a repository is to be read.
#[derive(Debug, Default)]
pub(super) struct Format {
    /// As written.
    version: Option<Vec<u8>>,
    object_format: Option<Vec<u8>>,
    ref_storage: Option<Vec<u8>>,
    /// Every extension, with its name in lower case.
    extensions: Vec<String>,
    partial_clone: bool,
    promisor: bool,
    worktree_config: bool,
    /// `core.bare`.
    pub(super) bare: Option<bool>,
    /// `core.worktree`.
    pub(super) worktree: Option<Vec<u8>>,
}

impl Format {
    /// Reads `config` of the common directory, and `config.worktree` of the git directory where
    /// that counts. None at all is an old, plain repository. What can't be read is a fault, not an
    /// error: the objects are still there.
    pub(super) fn read(git_dir: &Path, common_dir: &Path, faults: &mut Vec<Fault>) -> Self {
        let mut out = Self::default();
        each(&common_dir.join("config"), faults, &mut |variable| {
            out.take(variable);
        });
        // In a linked worktree these two of the common configuration are the main one's.
        if git_dir != common_dir {
            out.bare = None;
            out.worktree = None;
        }
        if out.worktree_config {
            each(&git_dir.join("config.worktree"), faults, &mut |variable| {
                out.take_core(variable);
            });
        }
        out
    }

    /// The hash that names objects.
    ///
    /// # Errors
    ///
    /// When git would refuse the repository, or its references or objects can't be read here.
    pub(super) fn hash(&self, git_dir: &Path) -> Result<Kind, LayoutError> {
        let git_dir = git_dir.to_owned();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        // Without a version git takes no extension into account.
        let Some(written) = &self.version else {
            return Ok(Kind::Sha1);
        };
        let version = match config::number(written) {
            Some(version @ 0..=1) => version,
            _ => {
                return Err(LayoutError::Version {
                    git_dir,
                    version: text(written),
                });
            }
        };
        let new = |name: &str| NEW.contains(&name);
        for name in &self.extensions {
            let name = name.clone();
            if version == 0 && new(&name) {
                return Err(LayoutError::Early { git_dir, name });
            }
            if version == 1 && !new(&name) && !OLD.contains(&&*name) {
                return Err(LayoutError::Extension { git_dir, name });
            }
        }
        if let Some(format) = self.ref_storage.as_deref().filter(|it| *it != b"files") {
            let format = text(format);
            return Err(LayoutError::RefStorage { git_dir, format });
        }
        match self.object_format.as_deref() {
            None | Some(b"sha1") => Ok(Kind::Sha1),
            Some(b"sha256") => Ok(Kind::Sha256),
            Some(format) => Err(LayoutError::ObjectFormat {
                git_dir,
                format: text(format),
            }),
        }
    }

    /// Whether objects may be absent because a remote promised them (gitrepository-layout(5),
    /// partial-clone).
    pub(super) fn promisor(&self) -> bool {
        self.partial_clone || self.promisor
    }

    fn take(&mut self, variable: &Variable) {
        self.take_core(variable);
        let value = || variable.value.clone().unwrap_or_default();
        let truth = || config::truth(variable.value.as_deref()).unwrap_or(false);
        match (&*variable.section, &variable.subsection, &*variable.key) {
            (b"core", None, b"repositoryformatversion") => self.version = Some(value()),
            (b"extensions", subsection, key) => {
                let mut name = String::from_utf8_lossy(key).into_owned();
                if let Some(subsection) = subsection {
                    name = format!("{}.{name}", String::from_utf8_lossy(subsection));
                }
                match &*name {
                    "objectformat" => self.object_format = Some(value()),
                    "refstorage" => self.ref_storage = Some(value()),
                    "partialclone" => self.partial_clone = true,
                    "worktreeconfig" => self.worktree_config = truth(),
                    _ => {}
                }
                if !self.extensions.contains(&name) {
                    // More than these is damage, and the first unknown one ends it anyway.
                    if self.extensions.len() < OLD.len() + NEW.len() + 1 {
                        self.extensions.push(name);
                    }
                }
            }
            (b"remote", Some(_), b"promisor") => self.promisor |= truth(),
            (b"remote", Some(_), b"partialclonefilter") => self.promisor = true,
            _ => {}
        }
    }

    fn take_core(&mut self, variable: &Variable) {
        match (&*variable.section, &variable.subsection, &*variable.key) {
            (b"core", None, b"bare") => self.bare = config::truth(variable.value.as_deref()),
            (b"core", None, b"worktree") => self.worktree.clone_from(&variable.value),
            _ => {}
        }
    }
}

/// Reads a configuration file, if there is one.
fn each(path: &Path, faults: &mut Vec<Fault>, take: &mut dyn FnMut(&Variable)) {
    match file::small_if_any(path, LARGEST) {
        Ok(None) => {}
        Ok(Some(bytes)) => {
            if let Some(line) = config::read(&bytes, take) {
                let what = format!("line {line} is no git configuration; the rest was read");
                faults.push(Fault::file(path, what));
            }
        }
        Err(cause) => {
            let what = format!(
                "it can't be read ({}); git's defaults are taken for it",
                reason(&cause)
            );
            faults.push(Fault::file(path, what));
        }
    }
}
