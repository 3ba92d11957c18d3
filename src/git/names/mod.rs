//! The names of blobs, and what trees, commits and tags name that the store lacks.
//!
//! One pass over all commits, tags and trees ([`Reader`]) keeps every tree as it stands in the pack, as
//! a list of runs of its base's entries and of its own ([`Forest`]): only entries that a delta brought
//! are looked up. [`Names`] are then found from the top-level trees downwards: in a directory that the
//! base stood in as well, only a tree's own entries can bring a new name.

mod forest;
mod found;
mod frame;
mod graph;
mod history;
mod merge;
mod missing;
mod objects;
mod part;
mod reader;
mod recent;
mod spread;
mod words;

pub use forest::{All, DEEPEST, Entry, Forest, NONE, Part};
pub use found::MOST_PATHS;
pub use graph::Graph;
pub use history::{History, Wrong};
pub use missing::Missing;
pub use objects::Objects;
pub use reader::Reader;
pub use spread::{LONGEST_PATH, MOST_DIRECTORIES};
pub use words::Words;

use std::collections::HashSet;
use std::sync::Arc;

use found::Places;
use spread::{Directory, Spread, TOP};

/// The paths at which objects stand in the trees of commits and tags; of objects that none of those
/// reaches, in trees that nothing names.
#[derive(Debug)]
pub struct Names {
    directories: Vec<Directory>,
    places: Places,
    words: Arc<Words>,
    /// Whether something was not entered, since its paths would have been too long or it was one of
    /// too many; only made-up trees are like that. That one object or tree stands in more places than are
    /// kept does not count.
    pub cut: bool,
}

impl Names {
    /// Follows all trees of a history from the top.
    pub fn new(history: &History) -> Self {
        let forest = &history.forest;
        let objects = history.count as usize + history.absent.len();
        let mut spread = Spread::new(forest, objects);
        let tops = history.graph.tops();
        spread.enter(tops.filter_map(|object| forest.tree(object)));
        // What nothing names any more is still there: it begins at trees that no tree names.
        let mut named = vec![false; forest.count()];
        let all = 0..forest.count() as u32;
        for tree in all.clone().flat_map(|tree| forest.own(tree)) {
            let named = forest
                .tree(tree.1.object)
                .and_then(|tree| named.get_mut(tree as usize));
            if let Some(named) = named {
                *named = true;
            }
        }
        let loose = |tree: &u32| {
            !spread.entered(*tree) && named.get(*tree as usize).is_some_and(|named| !named)
        };
        let loose: Vec<u32> = all.filter(loose).collect();
        if !loose.is_empty() {
            spread.found.close();
            spread.enter(loose.into_iter());
        }
        Self {
            directories: spread.directories,
            places: spread.found.places(),
            words: Arc::clone(&forest.words),
            cut: spread.cut,
        }
    }

    /// The paths of an object, without a slash at the start: the shallowest first, equally deep ones in
    /// the order of their names from the top down; at most [`MOST_PATHS`]. None for an object that no
    /// tree names.
    pub fn of(&self, object: u32) -> impl ExactSizeIterator<Item = Vec<u8>> {
        let places = self.places.of(object);
        places
            .iter()
            .map(|(directory, name)| self.path(*directory, *name))
    }

    /// The objects with one of these words as a name in their path, each with such a path.
    pub fn with(&self, words: &HashSet<u32>) -> Vec<(u32, Vec<u8>)> {
        if words.is_empty() {
            return Vec::new();
        }
        // A directory comes after the one that holds it; the top has no name.
        let mut below: Vec<bool> = Vec::with_capacity(self.directories.len());
        for (number, own) in (0..).zip(&self.directories) {
            let above = below.get(own.parent as usize).copied().unwrap_or(false);
            below.push(number != TOP && (above || words.contains(&own.name)));
        }
        let is_below = |number: u32| below.get(number as usize).is_some_and(|own| *own);
        self.places
            .all()
            .filter(|(_, (directory, name))| is_below(*directory) || words.contains(name))
            .map(|(object, (directory, name))| (object, self.path(directory, name)))
            .collect()
    }

    /// How many objects have more paths than [`Names::of`] tells, at least: a tree that stands in more
    /// than [`MOST_DIRECTORIES`] has its blobs there too, uncounted.
    pub fn capped(&self) -> usize {
        self.places.capped()
    }

    fn path(&self, mut directory: u32, name: u32) -> Vec<u8> {
        let mut parts = vec![name];
        while directory != TOP {
            let Some(own) = self.directories.get(directory as usize) else {
                break;
            };
            parts.push(own.name);
            directory = own.parent;
        }
        let mut path = Vec::new();
        for part in parts.into_iter().rev() {
            path.extend_from_slice(self.words.get(part));
            path.push(b'/');
        }
        path.pop();
        path
    }
}
