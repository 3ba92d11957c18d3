//! What a commit would record: the index against the tree of `HEAD`.
//!
//! Directories that the index knows the tree of (gitformat-index(5), "Cache tree") and `HEAD` has the same
//! are passed over whole: git writes a commit's trees from what the index knows of them, so what lies below
//! would be committed as `HEAD` has it, whatever the entries say. For the same reason a known tree that is
//! not `HEAD`'s is not believed blindly: the entries must make it, or it is compared as well.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;

use super::diff::tree::{Trees, join};
use super::diff::{Change, Standing};
use super::index::{Cached, Entry, Fields, Index, IndexError};
use super::tree::Mode;
use super::{Fault, Layout, Store};

/// What is staged.
#[derive(Debug, Default)]
pub struct Staged {
    /// The files that differ from `HEAD`, in order of path and id, each with what `HEAD` has at its path.
    /// Of a path in conflict both sides: each may be what is committed in the end. Submodules, and paths
    /// that are only intended to be added, have no content.
    pub changes: Vec<Change>,
    /// What `HEAD` has and the index has not.
    gone: Vec<(Arc<[u8]>, ObjectId, bool)>,
    /// What can't be read, and so was not compared.
    pub faults: Vec<Fault>,
}

impl Staged {
    /// Compares the index at `path` with `HEAD`'s tree, none on a branch without commits. `git_dir` is
    /// where a split index has its shared one. No index at all is an empty one.
    ///
    /// # Errors
    ///
    /// When the index is damaged, can't be read, or asks for what is not known here.
    pub fn read(
        path: &Path,
        git_dir: &Path,
        head: Option<ObjectId>,
        store: &Store,
    ) -> Result<Self, IndexError> {
        let Some(index) = Index::read(path, git_dir, &[store.hash()])? else {
            return Ok(Self::default());
        };
        let mut walk = Walk {
            index: &index,
            trees: Trees::new(store),
            store,
            out: Self::default(),
            open: vec![Level {
                entries: index.entries(),
                prefix: 0,
                head,
                node: index.cached().and_then(Cached::top),
                beside: false,
            }],
        };
        while let Some(level) = walk.open.pop() {
            walk.level(&level);
        }
        let mut out = walk.out;
        let by_place = |a: &Change, b: &Change| (&a.path, a.id).cmp(&(&b.path, b.id));
        out.changes.sort_by(by_place);
        out.changes
            .dedup_by(|a, b| a.path == b.path && a.id == b.id);
        Ok(out)
    }

    /// The files that `HEAD` has and the index has not, in order.
    pub fn gone(&self, store: &Store) -> Vec<Standing> {
        let mut trees = Trees::new(store);
        let mut out = Vec::new();
        for (path, id, is_tree) in &self.gone {
            if !is_tree {
                out.push(Standing {
                    path: Arc::clone(path),
                    id: *id,
                });
                continue;
            }
            out.extend(trees.gone(*id, None).into_iter().map(|file| Standing {
                path: join(path, &file.path),
                id: file.id,
            }));
        }
        out.sort();
        out
    }
}

/// Where the index is: `GIT_INDEX_FILE`, as git gives it to a hook of `git commit -a` and
/// `git commit PATH`; relative to the work tree's top as for git.
pub fn index_path(git_dir: &Path, work_tree: Option<&Path>, named: Option<PathBuf>) -> PathBuf {
    match named.filter(|path| !path.as_os_str().is_empty()) {
        Some(path) => work_tree.map_or_else(|| path.clone(), |top| top.join(&path)),
        None => git_dir.join("index"),
    }
}

/// The index that a commit is made from. Git tells its hooks (`GIT_INDEX_FILE`); what runs in a container is told
/// nothing. While `git commit -a`, `-p` or `PATH` runs its hook, the index as it will be is `index.lock` (git's
/// `prepare_index`), whole already: without this the old index would be read there, and nothing seem staged. Of
/// `git commit PATH` it holds what else is staged as well. A lock that is not whole is another program's at work, which
/// then is none of a commit's.
pub fn committed_path(layout: &Layout, named: Option<PathBuf>) -> PathBuf {
    let work_tree = layout.work_tree.as_deref();
    let named = named.filter(|path| !path.as_os_str().is_empty());
    if named.is_none() {
        let lock = layout.git_dir.join("index.lock");
        if matches!(
            Index::read(&lock, &layout.git_dir, &[layout.hash]),
            Ok(Some(_))
        ) {
            return lock;
        }
    }
    index_path(&layout.git_dir, work_tree, named)
}

/// The blob that would be committed at a path; none when the index has no file there.
///
/// # Errors
///
/// As those of [`Staged::read`].
pub fn staged_at(
    index: &Path,
    git_dir: &Path,
    hash: gix::hash::Kind,
    path: &[u8],
) -> Result<Option<ObjectId>, IndexError> {
    let Some(index) = Index::read(index, git_dir, &[hash])? else {
        return Ok(None);
    };
    let entries = index.entries();
    let at = entries.partition_point(|entry| index.path(entry) < path);
    let here = entries.get(at).filter(|entry| index.path(entry) == path);
    let fields = here.map(|entry| index.fields(entry));
    let file = fields.filter(|fields| {
        fields.stage == 0 && !fields.intended && !fields.is_gitlink() && !fields.is_tree()
    });
    Ok(file.map(|fields| fields.id))
}

/// A directory, and all entries below it.
struct Level<'i> {
    entries: &'i [Entry],
    /// How much of their paths leads here, with the slash.
    prefix: usize,
    /// What `HEAD` has here.
    head: Option<ObjectId>,
    /// What the index knows of it.
    node: Option<usize>,
    /// Whether the index has a directory around it as a whole tree, too, which says what is gone.
    beside: bool,
}

struct Walk<'i, 's> {
    index: &'i Index,
    store: &'s Store,
    trees: Trees<'s>,
    out: Staged,
    open: Vec<Level<'i>>,
}

/// What `HEAD`'s tree has under a name.
struct Before {
    id: ObjectId,
    is_tree: bool,
    seen: bool,
}

impl<'i> Walk<'i, '_> {
    fn level(&mut self, level: &Level<'i>) {
        let known = self.known(level);
        if known.is_some() && known == level.head {
            return;
        }
        let index = self.index;
        let mut head = self.head(level.head);
        let below: HashMap<&[u8], usize> = match (index.cached(), level.node) {
            (Some(cached), Some(node)) => cached.below(node).into_iter().collect(),
            _ => HashMap::new(),
        };
        // What the entries make of this directory, if it is to be checked.
        let mut made = known.is_some().then(Vec::new);
        let mut rest = level.entries;
        while let Some(first) = rest.first() {
            let name = self.name(first, level.prefix);
            let slash = memchr::memchr(b'/', name);
            let name = name.get(..slash.unwrap_or(name.len())).unwrap_or(name);
            let count = match slash {
                Some(slash) => self.covered(rest, level.prefix + slash + 1),
                None => 1,
            };
            let (these, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            rest = after;
            let node = below.get(name).copied();
            let fields = index.fields(first);
            if let Some(tree) = &mut made {
                let id = match slash {
                    Some(_) => self.known_below(these, node),
                    None => Some(fields.id).filter(|_| fields.stage == 0),
                };
                let mode = slash.map_or(fields.mode, |_| 0o040_000);
                match id {
                    Some(id) if slash.is_some() || !fields.intended => {
                        tree_entry(tree, mode, name, &id);
                    }
                    Some(_) => {}
                    None => made = None,
                }
            }
            let before = head.get_mut(name);
            match slash {
                Some(slash) => {
                    let before = before.filter(|before| before.is_tree).map(|before| {
                        before.seen = true;
                        before.id
                    });
                    self.directory(Level {
                        entries: these,
                        prefix: level.prefix + slash + 1,
                        head: before,
                        node,
                        beside: level.beside,
                    });
                }
                None => {
                    let path = index.path(first);
                    let alone = rest.first().is_none_or(|next| index.path(next) != path);
                    let before = before.filter(|before| !before.is_tree);
                    self.file(path, &fields, alone, before);
                }
            }
        }
        let path = self.prefix(level);
        if let Some(tree) = known {
            self.check(tree, made, level.head, &path);
        }
        if level.beside {
            return;
        }
        let gone = head.into_iter().filter(|(_, before)| !before.seen);
        let gone = gone.map(|(name, before)| (join(&path, &name), before.id, before.is_tree));
        self.out.gone.extend(gone);
    }

    /// What a directory's tree is, if the index knows it, and as far as the count of its entries tells.
    fn known(&self, level: &Level<'_>) -> Option<ObjectId> {
        let (count, tree) = self.index.cached()?.tree(level.node?)?;
        (count as usize == level.entries.len()).then_some(tree)
    }

    fn known_below(&self, entries: &[Entry], node: Option<usize>) -> Option<ObjectId> {
        match entries {
            [one] if self.index.fields(one).is_tree() => Some(self.index.fields(one).id),
            _ => {
                let (count, tree) = self.index.cached()?.tree(node?)?;
                (count as usize == entries.len()).then_some(tree)
            }
        }
    }

    /// `HEAD`'s entries here, by name.
    fn head(&mut self, tree: Option<ObjectId>) -> HashMap<Vec<u8>, Before> {
        let mut out = HashMap::new();
        let Some(tree) = tree else {
            return out;
        };
        let read = self.trees.entries(&tree, &mut |entry| {
            let mode = entry.mode();
            if mode != Mode::Submodule {
                let before = Before {
                    id: entry.id.to_owned(),
                    is_tree: mode == Mode::Tree,
                    seen: false,
                };
                out.insert(entry.name.to_vec(), before);
            }
        });
        if let Err(fault) = read {
            // Whatever is below counts as new; but that `HEAD` can't be read is worth a word.
            self.out.faults.push(fault);
        }
        out
    }

    /// A path from the level's directory on.
    fn name(&self, entry: &Entry, prefix: usize) -> &'i [u8] {
        let path = self.index.path(entry);
        path.get(prefix..).unwrap_or_default()
    }

    /// The level's directory.
    fn prefix(&self, level: &Level<'_>) -> Vec<u8> {
        let first = level.entries.first();
        let path = first.map_or(&[][..], |first| self.index.path(first));
        let end = level.prefix.saturating_sub(1);
        path.get(..end).unwrap_or_default().to_vec()
    }

    /// How many of the entries begin with as much as the first one does.
    fn covered(&self, entries: &[Entry], prefix: usize) -> usize {
        let begin = |entry: &Entry| self.index.path(entry).get(..prefix);
        let first = entries.first().and_then(begin);
        entries.partition_point(|entry| begin(entry) == first)
    }

    /// A directory: one of a sparse index as a whole, or what is to be compared next. It can be both: what
    /// `git update-index --cacheinfo` adds below a sparse directory stands beside it.
    fn directory(&mut self, level: Level<'i>) {
        let whole = level.entries.split_first().filter(|(first, _)| {
            self.name(first, level.prefix).is_empty() && self.index.fields(first).is_tree()
        });
        let Some((whole, rest)) = whole else {
            self.open.push(level);
            return;
        };
        let path = self.index.path(whole);
        let path = path.strip_suffix(b"/").unwrap_or(path);
        self.tree(path, self.index.fields(whole).id, level.head);
        if !rest.is_empty() {
            self.open.push(Level {
                entries: rest,
                node: None,
                beside: true,
                ..level
            });
        }
    }

    /// `alone` says that the next entry has another path.
    fn file(&mut self, path: &[u8], entry: &Fields, alone: bool, before: Option<&mut Before>) {
        let before = before.map(|before| {
            before.seen = true;
            before.id
        });
        if before != Some(entry.id) && self.has_content(entry, alone) {
            self.out.changes.push(Change {
                path: Arc::from(path),
                id: entry.id,
                before: vec![before],
            });
        }
    }

    /// Whether an entry has content of its own. What only looks as if it had none, by damage or by craft,
    /// has it all the same.
    fn has_content(&self, entry: &Fields, alone: bool) -> bool {
        let is_blob = || matches!(self.store.header(&entry.id), Ok(Some((Kind::Blob, _))));
        if entry.is_gitlink() {
            // Git stores no blob for one.
            is_blob()
        } else if entry.intended {
            entry.id != ObjectId::empty_blob(self.store.hash())
        } else {
            // The ancestor of a conflict is in the history already, and its sides follow it.
            entry.stage != 1 || alone
        }
    }

    /// Compares a whole tree.
    fn tree(&mut self, path: &[u8], tree: ObjectId, head: Option<ObjectId>) {
        if Some(tree) == head {
            return;
        }
        let changes = self.trees.changes(tree, &[head], &mut self.out.faults);
        let below = changes.into_iter().map(|change| Change {
            path: join(path, &change.path),
            ..change
        });
        self.out.changes.extend(below);
        if let Some(head) = head {
            let gone = self.trees.gone(head, Some(tree)).into_iter();
            let gone = gone.map(|file| (join(path, &file.path), file.id, false));
            self.out.gone.extend(gone);
        }
    }

    /// Compares the tree that the index knows for a directory, unless it is what the entries make. Git
    /// takes one that the object store lacks for unknown, and makes it of the entries.
    fn check(
        &mut self,
        tree: ObjectId,
        made: Option<Vec<u8>>,
        head: Option<ObjectId>,
        path: &[u8],
    ) {
        let made = made
            .and_then(|made| gix::objs::compute_hash(self.store.hash(), Kind::Tree, &made).ok());
        if made != Some(tree) && self.store.contains(&tree) {
            self.tree(path, tree, head);
        }
    }
}

/// Appends an entry to a tree's data, as git writes it.
fn tree_entry(tree: &mut Vec<u8>, mode: u32, name: &[u8], id: &ObjectId) {
    tree.extend_from_slice(format!("{mode:o} ").as_bytes());
    tree.extend_from_slice(name);
    tree.push(0);
    tree.extend_from_slice(id.as_bytes());
}
