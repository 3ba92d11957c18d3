//! All trees at once, small enough for memory.
//!
//! A pack stores a tree as a delta of another one. So does the forest: a tree is a list of runs, each
//! either of entries of its own or of its base's. Every question about trees is answered from it,
//! without decoding one again: a history of 168,000 trees with 57 million entries takes some 25 MB.

use std::sync::Arc;

use super::words::Words;

/// No tree, or no object.
pub const NONE: u32 = u32::MAX;

/// How many bases at most one has to follow to read a tree.
pub const DEEPEST: u8 = 64;

/// One entry of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its name, by number.
    pub name: u32,
    /// What it names: an object of the store by its number, an absent one by its number after those, or
    /// [`NONE`] for a submodule.
    pub object: u32,
}

/// A stretch of entries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// How many entries of the tree stand before it.
    pub start: u32,
    /// Where it is taken from: an entry of the base, or, with the top bit, an own one.
    pub at: u32,
}

/// The bit of [`Run::at`] that says that the entries are the tree's own.
pub(super) const OWN: u32 = 1 << 31;

/// One tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tree {
    /// Its number in the store.
    pub number: u32,
    /// The tree whose entries it copies, or [`NONE`].
    pub base: u32,
    /// Where its runs begin; they end where the next tree's begin.
    pub runs: u32,
    /// How many entries it has.
    pub count: u32,
}

/// Every tree that could be read, in the order of their numbers in the store.
#[derive(Debug, Default)]
pub struct Forest {
    pub(super) trees: Vec<Tree>,
    pub(super) runs: Vec<Run>,
    pub(super) entries: Vec<Entry>,
    /// For each object of the store the tree that it is.
    pub(super) of: Vec<u32>,
    /// The names of entries, in the order of their bytes.
    pub words: Arc<Words>,
}

/// A run of a tree.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// The first one's place in the tree, and the entries.
    Own(u32, &'a [Entry]),
    /// Entries of the base.
    Base {
        /// The first one's place in the tree.
        start: u32,
        /// The first one's place in the base.
        from: u32,
        /// How many.
        count: u32,
    },
}

impl Forest {
    /// How many trees there are.
    pub fn count(&self) -> usize {
        self.trees.len()
    }

    /// The tree that an object is; none when it is no tree, or one that could not be read.
    pub fn tree(&self, object: u32) -> Option<u32> {
        let tree = self.of.get(object as usize).copied()?;
        (tree != NONE).then_some(tree)
    }

    /// The number in the store of a tree.
    pub fn number(&self, tree: u32) -> u32 {
        self.trees.get(tree as usize).map_or(NONE, |t| t.number)
    }

    /// The tree whose entries this one copies.
    pub fn base(&self, tree: u32) -> Option<u32> {
        let base = self.trees.get(tree as usize)?.base;
        (base != NONE).then_some(base)
    }

    /// The entries that a tree does not have from its base, each with its place in the tree.
    pub fn own(&self, tree: u32) -> impl Iterator<Item = (u32, Entry)> {
        self.parts(tree).flat_map(|part| {
            let (start, entries) = match part {
                Part::Own(start, entries) => (start, entries),
                Part::Base { start, .. } => (start, &[][..]),
            };
            (start..).zip(entries.iter().copied())
        })
    }

    /// All entries of a tree, in its order.
    pub fn entries(&self, tree: u32) -> All<'_> {
        let count = self.trees.get(tree as usize).map_or(0, |t| t.count);
        All {
            forest: self,
            open: vec![(tree, 0, count)],
            own: &[],
        }
    }

    /// The runs of a tree, in its order.
    pub fn parts(&self, tree: u32) -> impl Iterator<Item = Part<'_>> {
        let (runs, count) = self.runs(tree);
        runs.iter()
            .enumerate()
            .map(move |(at, run)| self.part(*run, runs.get(at + 1).map_or(count, |r| r.start)))
    }

    fn runs(&self, tree: u32) -> (&[Run], u32) {
        let at = tree as usize;
        let Some(tree) = self.trees.get(at) else {
            return (&[], 0);
        };
        let end = self.trees.get(at + 1).map(|t| t.runs as usize);
        let end = end.unwrap_or(self.runs.len());
        let runs = self.runs.get(tree.runs as usize..end);
        (runs.unwrap_or_default(), tree.count)
    }

    fn part(&self, run: Run, end: u32) -> Part<'_> {
        let count = end.saturating_sub(run.start);
        if run.at & OWN == 0 {
            let (start, from) = (run.start, run.at);
            return Part::Base { start, from, count };
        }
        let at = (run.at & !OWN) as usize;
        let own = self.entries.get(at..at + count as usize);
        Part::Own(run.start, own.unwrap_or_default())
    }
}

/// All entries of a tree.
#[derive(Debug)]
pub struct All<'a> {
    forest: &'a Forest,
    /// Ranges of entries still to come, the next one last; at most two for each base followed.
    open: Vec<(u32, u32, u32)>,
    own: &'a [Entry],
}

impl Iterator for All<'_> {
    type Item = Entry;

    #[inline]
    fn next(&mut self) -> Option<Entry> {
        loop {
            if let Some((entry, rest)) = self.own.split_first() {
                self.own = rest;
                return Some(*entry);
            }
            let (tree, from, to) = self.open.pop()?;
            let (runs, count) = self.forest.runs(tree);
            let to = to.min(count);
            if from >= to {
                continue;
            }
            let at = runs.partition_point(|run| run.start <= from);
            let end = runs.get(at).map_or(count, |run| run.start);
            let Some(run) = at.checked_sub(1).and_then(|at| runs.get(at)) else {
                continue;
            };
            if end < to {
                self.open.push((tree, end, to));
            }
            let to = end.min(to);
            match self.forest.part(*run, end) {
                Part::Own(start, own) => {
                    let range = (from - start) as usize..(to - start) as usize;
                    self.own = own.get(range).unwrap_or_default();
                }
                Part::Base {
                    start, from: first, ..
                } => {
                    let base = self
                        .forest
                        .trees
                        .get(tree as usize)
                        .map_or(NONE, |t| t.base);
                    self.open
                        .push((base, first + (from - start), first + (to - start)));
                }
            }
        }
    }
}
