//! The packs of all object directories.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use gix::hash::{Kind, oid};

use crate::error::reason;
use crate::git::Fault;
use crate::git::pack::Pack;

/// How often packs are listed anew, at most: each time keeps what vanished meanwhile open.
const ROUNDS: usize = 16;

/// All packs, in the order of the object directories, by name within each. They are numbered; those
/// that appear during the run follow.
pub(super) struct Packs {
    hash: Kind,
    /// Whether their indexes are checked as a whole.
    whole: bool,
    dirs: Vec<PathBuf>,
    first: Vec<Pack>,
    /// What was found when an object was missed: a pack that replaced others or loose objects.
    later: [OnceLock<Vec<Pack>>; ROUNDS],
    listed: Mutex<Listed>,
    pub(super) promisor: bool,
}

/// What was seen of the directories.
struct Listed {
    /// When each was last changed.
    changed: Vec<Option<SystemTime>>,
    /// Every pack that was opened, or could not be.
    known: HashSet<PathBuf>,
    rounds: usize,
}

impl Packs {
    /// Opens every pack in the `pack` directories of these object directories.
    pub(super) fn open(
        objects: &[PathBuf],
        hash: Kind,
        whole: bool,
        faults: &mut Vec<Fault>,
    ) -> Self {
        let dirs: Vec<_> = objects.iter().map(|dir| dir.join("pack")).collect();
        let mut listed = Listed {
            // Before they are listed: what comes in meanwhile is seen as a change.
            changed: dirs.iter().map(|dir| changed(dir)).collect(),
            known: HashSet::new(),
            rounds: 0,
        };
        let mut promisor = false;
        let first = list(
            &dirs,
            (hash, whole),
            &mut listed.known,
            &mut promisor,
            faults,
        );
        Self {
            hash,
            whole,
            dirs,
            first,
            later: Default::default(),
            listed: Mutex::new(listed),
            promisor,
        }
    }

    /// Those that were there from the start.
    pub(super) fn first(&self) -> &[Pack] {
        &self.first
    }

    /// All, with their numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = (u32, &Pack)> {
        let later = self.later.iter().map_while(OnceLock::get).flatten();
        (0..).zip(self.first.iter().chain(later))
    }

    /// The pack of this number.
    pub(super) fn get(&self, number: u32) -> Option<&Pack> {
        let at = usize::try_from(number).ok()?;
        match self.first.get(at) {
            Some(pack) => Some(pack),
            None => self.all().nth(at).map(|(_, pack)| pack),
        }
    }

    /// Where an object stands, if not in one that `skip` tells.
    pub(super) fn find(
        &self,
        id: &oid,
        skip: impl Fn(u32, u64) -> bool,
    ) -> Option<(u32, &Pack, u32)> {
        self.all().find_map(|(number, pack)| {
            let entry = pack.find(id)?;
            (!skip(number, pack.offset(entry))).then_some((number, pack, entry))
        })
    }

    /// Opens packs that appeared since; whether there are any. Packs that vanish stay mapped, so only
    /// what moved into a new one (`git gc`, `git repack`) can be missed.
    pub(super) fn relist(&self) -> bool {
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let now: Vec<_> = self.dirs.iter().map(|dir| changed(dir)).collect();
        if now == listed.changed {
            return false;
        }
        let Some(room) = self.later.get(listed.rounds) else {
            return false;
        };
        listed.changed = now;
        // A pack that is still being written is not known to be damaged: what is missed for it is
        // told as missing.
        let mut faults = Vec::new();
        let new = list(
            &self.dirs,
            (self.hash, self.whole),
            &mut listed.known,
            &mut false,
            &mut faults,
        );
        for file in faults.into_iter().filter_map(|fault| fault.file) {
            listed.known.remove(&file);
        }
        let any = !new.is_empty();
        if any {
            listed.rounds += 1;
            let _ = room.set(new);
        }
        any
    }
}

fn changed(dir: &Path) -> Option<SystemTime> {
    dir.metadata().and_then(|kind| kind.modified()).ok()
}

/// Opens the packs that are not known yet.
fn list(
    dirs: &[PathBuf],
    (hash, whole): (Kind, bool),
    known: &mut HashSet<PathBuf>,
    promisor: &mut bool,
    faults: &mut Vec<Fault>,
) -> Vec<Pack> {
    let mut out = Vec::new();
    for dir in dirs {
        let names = match names(dir) {
            Ok(names) => names,
            Err(cause) => {
                if cause.kind() != io::ErrorKind::NotFound {
                    faults.push(Fault::file(dir, reason(&cause)));
                }
                continue;
            }
        };
        *promisor |= names.iter().any(|name| has_end(name, "promisor"));
        let packs = names.iter().filter(|name| has_end(name, "pack"));
        for path in packs {
            if !known.insert(path.clone()) {
                continue;
            }
            match Pack::open_checked(path, hash, whole) {
                Ok(pack) => {
                    if let Some(complaint) = pack.complaint() {
                        faults.push(Fault::file(path, complaint));
                    }
                    out.push(pack);
                }
                // Removed since it was listed: its objects are in another one.
                Err(_) if path.symlink_metadata().is_err() => {
                    known.remove(path);
                }
                Err(error) => faults.push(Fault::file(path, error.to_string())),
            }
        }
        for path in names.iter().filter(|name| has_end(name, "idx")) {
            let pack = path.with_extension("pack");
            if names.binary_search(&pack).is_err() && path.symlink_metadata().is_ok() {
                faults.push(Fault::file(path, "its pack is missing"));
            }
        }
    }
    out
}

/// The paths in a directory, sorted.
fn names(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for entry in dir.read_dir()? {
        out.push(entry?.path());
    }
    out.sort_unstable();
    Ok(out)
}

/// Whether this is a file of a pack, finished and in its place: `pack-….pack`. Git takes any name
/// before the extension, and writes unfinished ones as `tmp_…` without.
fn has_end(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}
