//! From the top-level trees down to every path, one depth of directories after the other.

use super::forest::{Entry, Forest};
use super::found::Found;

/// A tree counts at this many directories at most: the shallowest, and of equally deep ones the first
/// in the order of their names from the top down. Made-up trees stand in billions of directories.
pub const MOST_DIRECTORIES: u8 = 16;

/// Directories with longer paths, in bytes, are not entered. It bounds their depth too.
pub const LONGEST_PATH: u32 = 1 << 16;

/// So many entries are looked at in all, or eight times as many as there are; only made-up trees need
/// more.
const MOST_STEPS: usize = 1 << 28;

/// A directory: the one that holds it, its name, and the length of its path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directory {
    pub parent: u32,
    pub name: u32,
    pub length: u32,
}

/// The top directory, which is its own parent.
pub(super) const TOP: u32 = 0;

/// Finds the directories of trees, and with them the paths of all that they name.
pub(super) struct Spread<'a> {
    forest: &'a Forest,
    /// All directories, those of a depth in the order of their names.
    pub directories: Vec<Directory>,
    pub found: Found,
    /// In how many directories each tree was entered.
    entered: Vec<u8>,
    /// Entries that may still be looked at.
    left: usize,
    /// Whether paths were left out that are too long or too many.
    pub cut: bool,
}

impl<'a> Spread<'a> {
    pub(super) fn new(forest: &'a Forest, objects: usize) -> Self {
        Self {
            forest,
            directories: vec![Directory {
                parent: TOP,
                name: 0,
                length: 0,
            }],
            found: Found::new(objects),
            entered: vec![0; forest.count()],
            left: MOST_STEPS.max(forest.entries.len().saturating_mul(8)),
            cut: false,
        }
    }

    /// Whether a tree was entered.
    pub(super) fn entered(&self, tree: u32) -> bool {
        self.entered.get(tree as usize).is_some_and(|n| *n > 0)
    }

    /// Enters these trees as top directories, and all that lies below.
    pub(super) fn enter(&mut self, tops: impl Iterator<Item = u32>) {
        let mut level: Vec<(u32, u32)> = tops.map(|tree| (tree, TOP)).collect();
        self.admit(&mut level);
        while !level.is_empty() {
            let mut below = Vec::new();
            for &(tree, directory) in &level {
                // What is as in the base has been, or will be, found there.
                let base = self.forest.base(tree);
                let inherits =
                    base.is_some_and(|base| level.binary_search(&(base, directory)).is_ok());
                if inherits {
                    for (_, entry) in self.forest.own(tree) {
                        self.take(entry, directory, &mut below);
                    }
                } else {
                    for entry in self.forest.entries(tree) {
                        self.take(entry, directory, &mut below);
                    }
                }
                if self.left == 0 {
                    self.cut = true;
                    return;
                }
            }
            level = self.descend(below);
        }
    }

    /// Takes what one entry names in a directory.
    fn take(&mut self, entry: Entry, directory: u32, below: &mut Vec<(u32, u32, u32)>) {
        self.left = self.left.saturating_sub(1);
        match self.forest.tree(entry.object) {
            Some(tree) => below.push((directory, entry.name, tree)),
            None => self.found.add(entry.object, directory, entry.name),
        }
    }

    /// Numbers the directories of the next depth, and says which trees stand there.
    fn descend(&mut self, mut below: Vec<(u32, u32, u32)>) -> Vec<(u32, u32)> {
        below.sort_unstable();
        below.dedup();
        let mut level = Vec::with_capacity(below.len());
        let mut last = None;
        for (parent, name, tree) in below {
            if last != Some((parent, name)) {
                last = Some((parent, name));
                let above = self
                    .directories
                    .get(parent as usize)
                    .map_or(0, |d| d.length);
                let length = above + 1 + self.forest.words.get(name).len() as u32;
                self.directories.push(Directory {
                    parent,
                    name,
                    length,
                });
            }
            let directory = self.directories.len() as u32 - 1;
            match self.directories.last() {
                Some(own) if own.length <= LONGEST_PATH => level.push((tree, directory)),
                _ => self.cut = true,
            }
        }
        self.admit(&mut level);
        level
    }

    /// Sorts by tree and directory, and leaves out the directories that are too many for their tree.
    fn admit(&mut self, level: &mut Vec<(u32, u32)>) {
        level.sort_unstable();
        level.dedup();
        level.retain(|(tree, _)| match self.entered.get_mut(*tree as usize) {
            Some(entered) if *entered < MOST_DIRECTORIES => {
                *entered += 1;
                true
            }
            _ => false,
        });
    }
}
