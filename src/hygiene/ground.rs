//! The repository that is checked, opened once.

use std::path::{Path, PathBuf};

use super::verdict::Rules;
use crate::error::Error;
use crate::git::tree::Mode;
use crate::git::{Fault, Layout, Listing, LocalExcludes, Store, hooks_dir, local_excludes, staged};
use crate::gitignore::Tree;
use crate::platform;
use crate::settings::Env;

/// The largest `.gitignore` that is read, in bytes: what git reads at most.
const LARGEST: u64 = 100 << 20;

/// A repository with a work tree, and what of it the checks need.
pub struct Ground {
    /// Where it keeps what.
    pub layout: Layout,
    /// Its objects.
    pub store: Store,
    /// What the index lists.
    pub listing: Listing,
    /// The work tree's top, absolute, without links.
    pub top: PathBuf,
    /// The way from the top to the directory that was asked for, with a slash at its end, or empty.
    pub prefix: Vec<u8>,
    /// The `.gitignore` files of the index.
    pub(super) cloned: Tree,
    /// The ignore files of this machine alone.
    pub(super) local: Vec<LocalExcludes>,
    /// The directory of the hooks that git runs here.
    pub hooks: PathBuf,
    /// What of all that can't be read.
    pub faults: Vec<Fault>,
}

impl std::fmt::Debug for Ground {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ground({})", self.top.display())
    }
}

impl Ground {
    /// Opens the repository that holds a directory. Only with `outside` are the ignore files of this user
    /// read, that stand outside of the repository.
    ///
    /// # Errors
    ///
    /// When there is none, when it has no work tree, or when its index can't be read.
    pub fn open(dir: &Path, env: Env<'_>, outside: bool) -> Result<Self, Error> {
        let layout = Layout::open(dir, env)?;
        let Some(top) = layout.work_tree.clone() else {
            return Err(Error::Usage {
                what: "a bare repository has no work tree, and no .gitignore holds in it"
                    .to_owned(),
                help: "name a directory of a clone that has one".to_owned(),
            });
        };
        let (store, mut faults) = Store::open_checked(&layout, env, false);
        faults.splice(0..0, layout.faults.iter().cloned());
        let listing = Listing::read(&layout, &store, env).map_err(|cause| Error::Index {
            path: staged::index_path(
                &layout.git_dir,
                layout.work_tree.as_deref(),
                env("GIT_INDEX_FILE").map(Into::into),
            ),
            cause,
        })?;
        faults.extend(listing.faults.iter().cloned());
        let mut prefix = Vec::new();
        let real = platform::real(dir).ok();
        if let Some(below) = real.as_ref().and_then(|dir| dir.strip_prefix(&top).ok())
            && !below.as_os_str().is_empty()
        {
            prefix.extend_from_slice(&platform::slashed(below));
            prefix.push(b'/');
        }
        let mut out = Self {
            local: local_excludes(&layout, env, outside),
            hooks: hooks_dir(&layout, env, outside),
            cloned: Tree::default(),
            layout,
            store,
            listing,
            top,
            prefix,
            faults,
        };
        out.read_ignore_files();
        Ok(out)
    }

    /// The rules that decide about its paths.
    pub fn rules(&self) -> Rules<'_> {
        Rules::new(self)
    }

    /// A path below the top as the system takes it.
    pub fn full(&self, path: &[u8]) -> PathBuf {
        platform::below(&self.top, path)
    }

    /// What git would read of the `.gitignore` files of the index after a checkout into an empty
    /// directory: not those that are links.
    fn read_ignore_files(&mut self) {
        for listed in self.listing.all() {
            let Some(dir) = listed.path.strip_suffix(b".gitignore") else {
                continue;
            };
            let dir = match dir {
                [] => dir,
                [dir @ .., b'/'] => dir,
                _ => continue,
            };
            if !listed.settled || listed.mode != Mode::File {
                continue;
            }
            match self.store.read(&listed.id, LARGEST) {
                Ok(Some(object)) => self.cloned.insert(dir, &object.data),
                Ok(None) => self.faults.push(Fault::object(
                    listed.id,
                    "the blob of a .gitignore is missing",
                )),
                Err(fault) => self.faults.push(fault),
            }
        }
    }
}
