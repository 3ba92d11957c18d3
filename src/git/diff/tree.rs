//! What a tree holds that none of some others has at the same place.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::Arc;

use gix::objs::Kind;
use gix::{ObjectId, oid};

use super::{Change, LARGEST, Standing};
use crate::git::tree::{Entries, Entry, Mode};
use crate::git::{Fault, Object, Store};

/// Under how many paths the same comparison of trees is made: a tree of trees that name one another many
/// times over has more paths than anybody can walk.
const PATHS: u32 = 64;

/// The longest path that is told, in bytes; what lies deeper is compared all the same, and bears the
/// path's begin.
const LONGEST: usize = 1 << 16;

/// The trees that are kept, in bytes.
const KEPT: usize = 32 << 20;

/// Reads trees, and keeps the last ones: those of neighbouring commits are mostly the same.
pub struct Trees<'s> {
    store: &'s Store,
    kept: HashMap<ObjectId, Arc<[u8]>>,
    bytes: usize,
}

impl std::fmt::Debug for Trees<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trees({} kept)", self.kept.len())
    }
}

impl<'s> Trees<'s> {
    /// Reads them from there.
    pub fn new(store: &'s Store) -> Self {
        Self {
            store,
            kept: HashMap::new(),
            bytes: 0,
        }
    }

    /// A tree's data.
    ///
    /// # Errors
    ///
    /// When there is none, or none that can be read.
    pub fn read(&mut self, id: &oid) -> Result<Arc<[u8]>, Fault> {
        if let Some(data) = self.kept.get(id) {
            return Ok(Arc::clone(data));
        }
        let data: Arc<[u8]> = match self.store.read(id, LARGEST)? {
            Some(Object {
                kind: Kind::Tree,
                data,
            }) => data.into(),
            Some(_) => return Err(Fault::object(id, "it is no tree")),
            // Git never stores it.
            None if id == ObjectId::empty_tree(id.kind()).as_ref() => Arc::from([]),
            None => return Err(Fault::missing(id, "the tree is missing")),
        };
        if self.bytes.saturating_add(data.len()) > KEPT {
            self.kept.clear();
            self.bytes = 0;
        }
        self.bytes += data.len();
        self.kept.insert(id.to_owned(), Arc::clone(&data));
        Ok(data)
    }

    /// Hands out the entries of a tree, as far as they can be read.
    ///
    /// # Errors
    ///
    /// When the tree can't be read, or not to its end.
    pub fn entries(&mut self, id: &oid, each: &mut dyn FnMut(&Entry<'_>)) -> Result<(), Fault> {
        let data = self.read(id)?;
        for entry in Entries::new(&data, self.store.hash()) {
            each(&entry.map_err(|damage| Fault::object(id, damage.to_string()))?);
        }
        Ok(())
    }

    /// The file at a path in a tree; none where there is none, or none that can be found.
    pub fn find(&mut self, tree: ObjectId, path: &[u8]) -> Option<ObjectId> {
        let mut id = tree;
        let mut names = path.split(|byte| *byte == b'/').peekable();
        while let Some(name) = names.next() {
            let is_tree = names.peek().is_some();
            let data = self.read(&id).ok()?;
            id = Entries::new(&data, self.store.hash())
                .flatten()
                .find(|entry| key(entry) == Some((name, is_tree)))?
                .id
                .to_owned();
        }
        Some(id)
    }

    /// The files of a tree that differ from what each of the parents' trees has at the same path, in no
    /// order; a change of permissions alone is none. Only what differs is read. A parent without a tree
    /// has no files.
    ///
    /// What of the tree itself can't be read becomes a fault. What of a parent can't be read counts as not
    /// there: more is new then, never less.
    pub fn changes(
        &mut self,
        tree: ObjectId,
        parents: &[Option<ObjectId>],
        faults: &mut Vec<Fault>,
    ) -> Vec<Change> {
        let mut walk = Walk::default();
        walk.push(Arc::from([]), tree, parents.to_vec());
        while let Some(directory) = walk.open.pop() {
            if let Err(fault) = self.directory(&directory, &mut walk) {
                faults.push(fault);
            }
        }
        walk.changes
    }

    /// The files of a tree whose paths another one has not, in no order: what a commit that goes from the
    /// one to the other takes away. What can't be read is left out.
    pub fn gone(&mut self, tree: ObjectId, after: Option<ObjectId>) -> Vec<Standing> {
        let mut changes = self.changes(tree, &[after], &mut Vec::new());
        changes.retain(|change| change.before.iter().all(Option::is_none));
        let standing = |change: Change| Standing {
            path: change.path,
            id: change.id,
        };
        changes.into_iter().map(standing).collect()
    }

    fn directory(&mut self, directory: &Directory, walk: &mut Walk) -> Result<(), Fault> {
        let hash = self.store.hash();
        let data = self.read(&directory.tree)?;
        let parents: Vec<_> = directory
            .parents
            .iter()
            .map(|id| id.and_then(|id| self.read(&id).ok()))
            .collect();
        let mut parents: Vec<Beside<'_>> = parents
            .iter()
            .map(|data| Beside::new(data.as_deref().unwrap_or_default(), hash))
            .collect();
        for entry in Entries::new(&data, hash) {
            let entry =
                entry.map_err(|damage| Fault::object(directory.tree, damage.to_string()))?;
            let mode = entry.mode();
            if mode == Mode::Submodule {
                continue;
            }
            let is_tree = mode == Mode::Tree;
            let beside: Vec<Option<ObjectId>> = parents
                .iter_mut()
                .map(|parent| parent.find(entry.name, is_tree))
                .collect();
            if beside.iter().flatten().any(|id| **id == *entry.id) {
                continue;
            }
            let path = join(&directory.path, entry.name);
            if is_tree {
                walk.push(path, entry.id.to_owned(), beside);
            } else {
                walk.changes.push(Change {
                    path,
                    id: entry.id.to_owned(),
                    before: beside,
                });
            }
        }
        Ok(())
    }
}

/// A directory that is still to be compared.
struct Directory {
    path: Arc<[u8]>,
    tree: ObjectId,
    parents: Vec<Option<ObjectId>>,
}

#[derive(Default)]
struct Walk {
    open: Vec<Directory>,
    /// How often the same trees were compared, each time at another path.
    seen: HashMap<(ObjectId, Vec<Option<ObjectId>>), u32>,
    changes: Vec<Change>,
}

impl Walk {
    fn push(&mut self, path: Arc<[u8]>, tree: ObjectId, parents: Vec<Option<ObjectId>>) {
        let times = match self.seen.entry((tree, parents.clone())) {
            Slot::Occupied(slot) => slot.into_mut(),
            Slot::Vacant(slot) => slot.insert(0),
        };
        *times += 1;
        if *times <= PATHS {
            self.open.push(Directory {
                path,
                tree,
                parents,
            });
        }
    }
}

/// A parent's tree, asked for one name after the other. Mostly they come in its own order; from the first
/// one on that does not, they are looked up.
struct Beside<'a> {
    all: Entries<'a>,
    next: Entries<'a>,
    by_name: Option<HashMap<(&'a [u8], bool), ObjectId>>,
}

impl<'a> Beside<'a> {
    fn new(data: &'a [u8], hash: gix::hash::Kind) -> Self {
        let all = Entries::new(data, hash);
        Self {
            next: all.clone(),
            all,
            by_name: None,
        }
    }

    /// What it has under this name: a tree or a file, as asked.
    fn find(&mut self, name: &[u8], is_tree: bool) -> Option<ObjectId> {
        if self.by_name.is_none()
            && let Some(Ok(entry)) = self.next.next()
            && key(&entry) == Some((name, is_tree))
        {
            return Some(entry.id.to_owned());
        }
        let all = &self.all;
        let by_name = self.by_name.get_or_insert_with(|| {
            let entries = all.clone().flatten();
            entries
                .filter_map(|entry| Some((key(&entry)?, entry.id.to_owned())))
                .collect()
        });
        by_name.get(&(name, is_tree)).copied()
    }
}

/// By what an entry is found: its name, and whether it is a tree. A submodule has no content here.
fn key<'a>(entry: &Entry<'a>) -> Option<(&'a [u8], bool)> {
    match entry.mode() {
        Mode::Submodule => None,
        mode => Some((entry.name, mode == Mode::Tree)),
    }
}

/// A path with one more name; never longer than what is told.
pub(in crate::git) fn join(path: &[u8], name: &[u8]) -> Arc<[u8]> {
    let mut out = Vec::with_capacity(path.len() + name.len() + 1);
    out.extend_from_slice(path);
    if !path.is_empty() {
        out.push(b'/');
    }
    out.extend_from_slice(name);
    out.truncate(LONGEST);
    out.into()
}
