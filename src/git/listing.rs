//! What the index lists, path by path: what every clone of the next commit has.

use std::ffi::OsString;

use gix::ObjectId;

use super::diff::tree::Trees;
use super::index::{Index, IndexError};
use super::staged::index_path;
use super::tree::Mode;
use super::{Fault, Layout, Store};

/// One path of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Below the work tree's top, `/` between its parts.
    pub path: Box<[u8]>,
    /// What stands there: its type bits as in trees.
    pub mode: Mode,
    /// The blob; of a submodule its commit.
    pub id: ObjectId,
    /// Whether git would write the content at a checkout: not of a path in conflict, nor of one that
    /// is only intended to be added.
    pub settled: bool,
}

/// All paths of an index, directories of a sparse one opened.
#[derive(Debug, Default)]
pub struct Listing {
    /// Sorted by path, each once.
    listed: Vec<Listed>,
    /// What of sparse directories can't be read.
    pub faults: Vec<Fault>,
}

/// More paths than this in one sparse directory are no work tree's.
const MOST: usize = 5_000_000;

impl Listing {
    /// Reads the index that git would: the repository's, or what `GIT_INDEX_FILE` names. None at all is
    /// an empty one.
    ///
    /// # Errors
    ///
    /// When it is damaged, can't be read, or asks for what is not known here.
    pub fn read(
        layout: &Layout,
        store: &Store,
        env: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, IndexError> {
        let named = env("GIT_INDEX_FILE").map(Into::into);
        let path = index_path(&layout.git_dir, layout.work_tree.as_deref(), named);
        let mut out = Self::default();
        let Some(index) = Index::read(&path, &layout.git_dir, &[layout.hash])? else {
            return Ok(out);
        };
        out.listed.reserve(index.entries().len());
        let mut sparse = Vec::new();
        for entry in index.entries() {
            let fields = index.fields(entry);
            let path = index.path(entry);
            if fields.is_tree() {
                sparse.push((path.to_vec(), fields.id));
                continue;
            }
            let listed = Listed {
                path: path.into(),
                mode: Mode::of(fields.mode),
                id: fields.id,
                settled: fields.stage == 0 && !fields.intended,
            };
            // The sides of a conflict.
            if out
                .listed
                .last()
                .is_none_or(|last| last.path != listed.path)
            {
                out.listed.push(listed);
            }
        }
        if !sparse.is_empty() {
            out.open(sparse, store);
        }
        Ok(out)
    }

    /// All paths, in order.
    pub fn all(&self) -> &[Listed] {
        &self.listed
    }

    /// What stands at a path.
    pub fn get(&self, path: &[u8]) -> Option<&Listed> {
        let at = self.listed.binary_search_by(|own| (*own.path).cmp(path));
        self.listed.get(at.ok()?)
    }

    /// Whether anything stands below a directory.
    pub fn has_below(&self, dir: &[u8]) -> bool {
        let below = [dir, b"/"].concat();
        let at = self.listed.partition_point(|own| *own.path < *below);
        self.listed
            .get(at)
            .is_some_and(|own| own.path.starts_with(&below))
    }

    /// Takes in what lies in the sparse directories, which are trees.
    fn open(&mut self, mut open: Vec<(Vec<u8>, ObjectId)>, store: &Store) {
        let mut trees = Trees::new(store);
        while let Some((dir, tree)) = open.pop() {
            let mut below = Vec::new();
            let read = trees.entries(&tree, &mut |entry| {
                let mut path = dir.clone();
                path.extend_from_slice(entry.name);
                if entry.mode() == Mode::Tree {
                    path.push(b'/');
                    below.push((path, entry.id.to_owned()));
                } else if self.listed.len() < MOST {
                    self.listed.push(Listed {
                        path: path.into(),
                        mode: entry.mode(),
                        id: entry.id.to_owned(),
                        settled: true,
                    });
                }
            });
            self.faults.extend(read.err());
            // Trees that name one another many times over have more paths than anybody can walk.
            if self.listed.len() < MOST && open.len() < MOST {
                open.append(&mut below);
            }
        }
        self.listed.sort_by(|a, b| a.path.cmp(&b.path));
        self.listed.dedup_by(|a, b| a.path == b.path);
    }
}
