//! The object store of a repository: every pack and loose object of its own and of what it borrows
//! from, read as a stranger's bytes.
//!
//! Not gix-odb: it loads and drops packs behind a fixed number of slots, follows alternates without
//! telling a missing one, believes sizes before it allocates, and gives up at the first bad copy.

mod alternates;
mod cache;
mod chain;
mod damaged;
mod hashed;
mod loose;
mod packs;
mod rebuild;
mod stream;
mod tables;
mod walked;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::hash::oid;
use gix::objs::Kind;

use super::Layout;
use super::fault::Fault;
use super::pack::Pack;
use cache::Place;
use damaged::Damaged;
use packs::Packs;
use rebuild::{Scratch, Trouble};
use tables::Tables;

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// Its content, without the header.
    pub data: Vec<u8>,
}

/// The object store of a repository, opened once.
///
/// Any number of threads may read from it at once. Nothing in it obeys replace refs or grafts.
pub struct Store {
    hash: gix::hash::Kind,
    dirs: Vec<PathBuf>,
    packs: Packs,
    damaged: Damaged,
    tables: Tables,
    idle: Mutex<Vec<Scratch>>,
}

impl Store {
    /// Opens every pack of the repository and of the object directories that it borrows from
    /// (gitrepository-layout(5), `objects/info/alternates`). `env` gives `GIT_OBJECT_DIRECTORY` and
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES` (git(1)).
    ///
    /// What can't be opened is a fault, and the rest is used.
    pub fn open(layout: &Layout, env: &dyn Fn(&str) -> Option<OsString>) -> (Self, Vec<Fault>) {
        Self::open_checked(layout, env, true)
    }

    /// The same; without `whole` the packs' indexes are trusted as git trusts them, which is much faster.
    pub fn open_checked(
        layout: &Layout,
        env: &dyn Fn(&str) -> Option<OsString>,
        whole: bool,
    ) -> (Self, Vec<Fault>) {
        let mut faults = Vec::new();
        let dirs = alternates::directories(&layout.objects, env, &mut faults);
        let packs = Packs::open(&dirs, layout.hash, whole, &mut faults);
        let tables = Tables::new(packs.first().len());
        let store = Self {
            hash: layout.hash,
            dirs,
            packs,
            damaged: Damaged::default(),
            tables,
            idle: Mutex::default(),
        };
        (store, faults)
    }

    /// The hash that names objects.
    pub fn hash(&self) -> gix::hash::Kind {
        self.hash
    }

    /// The packs that were there when the store was opened: of the repository itself first, then of
    /// what it borrows from, sorted by name within each.
    pub fn packs(&self) -> &[Pack] {
        self.packs.first()
    }

    /// The object directories, the repository's own first: absolute, without links, each once.
    pub fn loose_dirs(&self) -> &[PathBuf] {
        &self.dirs
    }

    /// Whether a pack came from a partial clone: then a remote promised what is absent
    /// (gitrepository-layout(5), partial-clone).
    pub fn promisor(&self) -> bool {
        self.packs.promisor
    }

    /// The ids of all loose objects, sorted, each once; and what could not be listed.
    pub fn loose_ids(&self) -> (Vec<ObjectId>, Vec<Fault>) {
        let (mut out, mut faults) = (Vec::new(), Vec::new());
        for dir in &self.dirs {
            loose::ids(dir, self.hash, &mut |id| out.push(id), &mut faults);
        }
        out.sort_unstable();
        out.dedup();
        (out, faults)
    }

    /// Whether there is such an object, sound or damaged.
    pub fn contains(&self, id: &oid) -> bool {
        let here = || {
            self.packs.find(id, |_, _| false).is_some()
                || self.dirs.iter().any(|dir| {
                    let path = loose::path(dir, id);
                    path.symlink_metadata().is_ok()
                })
        };
        here() || self.packs.relist() && here()
    }

    /// An object's kind, and its size in bytes by its header's word. None when there is no such
    /// object.
    ///
    /// # Errors
    ///
    /// When no copy of its header can be read.
    pub fn header(&self, id: &oid) -> Result<Option<(Kind, u64)>, Fault> {
        self.with_scratch(|scratch| {
            self.search(
                id,
                |place, number| scratch.header(self, place, number),
                |dir| Ok(loose::open(dir, id)?.map(|loose| (loose.kind, loose.size))),
                u64::MAX,
            )
        })
    }

    /// Reads an object of at most so many bytes. None when there is no such object.
    ///
    /// Every copy is tried: in all packs, then as a loose object in all directories; each base of a
    /// delta likewise. What is returned was checked: by the crc-32 of every entry that it was made of,
    /// or by its name.
    ///
    /// # Errors
    ///
    /// When no copy can be read, or when it has more bytes.
    pub fn read(&self, id: &oid, most: u64) -> Result<Option<Object>, Fault> {
        self.with_scratch(|scratch| {
            self.search(
                id,
                |place, number| {
                    let kind = scratch.rebuild(self, id, place, number, most)?;
                    let data = scratch.object.to_vec();
                    Ok(Object { kind, data })
                },
                |dir| {
                    let found = loose::read(dir, id, most)?;
                    Ok(found.map(|(kind, data)| Object { kind, data }))
                },
                most,
            )
        })
    }

    /// Tries every copy of an object, until one can be read.
    fn search<T>(
        &self,
        id: &oid,
        mut packed: impl FnMut(Place, u32) -> Result<T, Trouble>,
        mut loose: impl FnMut(&std::path::Path) -> Result<Option<T>, Fault>,
        most: u64,
    ) -> Result<Option<T>, Fault> {
        let mut fault = None;
        loop {
            for (at, pack) in self.packs.all() {
                let Some(number) = pack.find(id) else {
                    continue;
                };
                let place = (at, pack.offset(number));
                let mut tell = |what: String| {
                    fault.get_or_insert_with(|| Fault::object(id, what).within(pack.path()));
                };
                if let Some(why) = self.damaged.get(place) {
                    tell(why.to_string());
                    continue;
                }
                match packed(place, number) {
                    Ok(found) => return Ok(Some(found)),
                    Err(Trouble::At(bad, why)) => {
                        self.damaged.mark(bad, why);
                        tell(why.to_string());
                    }
                    Err(Trouble::TooLarge(size)) => tell(too_large(size, most)),
                    Err(Trouble::Cost(what)) => tell(what.to_owned()),
                }
            }
            for dir in &self.dirs {
                match loose(dir) {
                    Ok(Some(found)) => return Ok(Some(found)),
                    Ok(None) => {}
                    Err(told) => {
                        fault.get_or_insert(told);
                    }
                }
            }
            if !self.packs.relist() {
                return fault.map_or(Ok(None), Err);
            }
        }
    }

    /// The first sound loose copy of an object, of at most so many bytes.
    fn loose(&self, id: &oid, most: u64) -> Option<(Kind, Vec<u8>)> {
        let mut copies = self.dirs.iter().map(|dir| loose::read(dir, id, most));
        copies.find_map(|copy| copy.ok().flatten())
    }

    /// The kind and size of the first loose copy of an object with a sound header.
    fn loose_header(&self, id: &oid) -> Option<(Kind, u64)> {
        let mut copies = self.dirs.iter().map(|dir| loose::open(dir, id));
        let loose = copies.find_map(|copy| copy.ok().flatten())?;
        Some((loose.kind, loose.size))
    }

    /// Lends what reading needs: as many as there are threads at work, and the one that was used last
    /// first, since its cache is the warmest.
    fn with_scratch<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = idle().pop().unwrap_or_else(Scratch::new);
        let out = work(&mut scratch);
        scratch.trim();
        idle().push(scratch);
        out
    }
}

/// What is said of an object that is larger than was asked for.
fn too_large(size: u64, most: u64) -> String {
    format!("it has {size} bytes, and at most {most} are read at once")
}
