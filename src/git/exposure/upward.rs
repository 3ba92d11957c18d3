//! From an object upwards: which trees hold it, at any depth.

use crate::git::names::{Forest, Part};

/// So many runs of trees are looked at for one credential; only made-up trees have more. Beyond them
/// the search ends.
const MOST_STEPS: usize = 1 << 26;

/// And so many for all of them together.
const MOST_IN_ALL: usize = 1 << 31;

/// A place in a tree: the tree, and which of its entries.
type Place = (u32, u32);

/// The forest, seen from below.
pub(super) struct Upward<'a> {
    forest: &'a Forest,
    /// The trees that copy from each tree.
    copies: Lists<u32>,
    /// For each tree the places where a tree has it as an entry of its own.
    above: Lists<Place>,
    /// Runs that may still be looked at.
    left: usize,
}

/// A list for each number.
struct Lists<T> {
    ends: Vec<u32>,
    all: Vec<T>,
}

impl<T: Copy + Default> Lists<T> {
    /// Gathers what `each` gives for the numbers below `count`; it is asked twice.
    fn gather(count: usize, each: impl Fn(&mut dyn FnMut(u32, T))) -> Self {
        let mut ends = vec![0u32; count];
        each(&mut |number, _| {
            if let Some(end) = ends.get_mut(number as usize) {
                *end += 1;
            }
        });
        let mut sum = 0;
        for end in &mut ends {
            sum += std::mem::replace(end, sum);
        }
        // Each end begins at its list's start and moves with what is put there.
        let mut all = vec![T::default(); sum as usize];
        each(&mut |number, value| {
            if let Some(end) = ends.get_mut(number as usize) {
                if let Some(slot) = all.get_mut(*end as usize) {
                    *slot = value;
                }
                *end += 1;
            }
        });
        Self { ends, all }
    }

    fn of(&self, number: u32) -> &[T] {
        let end = self.ends.get(number as usize).copied().unwrap_or(0);
        let before = number
            .checked_sub(1)
            .and_then(|n| self.ends.get(n as usize));
        let start = before.copied().unwrap_or(0);
        self.all
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }
}

/// The trees that hold something.
pub(super) struct Holding {
    bits: Vec<u64>,
    list: Vec<u32>,
    /// Whether the search was given up.
    pub cut: bool,
}

impl Holding {
    pub(super) fn new(trees: usize) -> Self {
        Self {
            bits: vec![0; trees.div_ceil(64)],
            list: Vec::new(),
            cut: false,
        }
    }

    /// Whether a tree is among them.
    pub(super) fn has(&self, tree: u32) -> bool {
        let word = self.bits.get(tree as usize / 64);
        word.is_some_and(|word| word >> (tree % 64) & 1 == 1)
    }

    /// Adds a tree; false when it was there.
    fn add(&mut self, tree: u32) -> bool {
        let Some(word) = self.bits.get_mut(tree as usize / 64) else {
            return false;
        };
        let bit = 1 << (tree % 64);
        let new = *word & bit == 0;
        if new {
            *word |= bit;
            self.list.push(tree);
        }
        new
    }

    fn clear(&mut self) {
        for tree in self.list.drain(..) {
            if let Some(word) = self.bits.get_mut(tree as usize / 64) {
                *word = 0;
            }
        }
        self.cut = false;
    }
}

impl<'a> Upward<'a> {
    pub(super) fn new(forest: &'a Forest) -> Self {
        let count = forest.count();
        let trees = || 0..count as u32;
        Self {
            forest,
            copies: Lists::gather(count, |put| {
                for tree in trees() {
                    if let Some(base) = forest.base(tree) {
                        put(base, tree);
                    }
                }
            }),
            above: Lists::gather(count, |put| {
                for tree in trees() {
                    for (at, entry) in forest.own(tree) {
                        if let Some(below) = forest.tree(entry.object) {
                            put(below, (tree, at));
                        }
                    }
                }
            }),
            left: MOST_IN_ALL,
        }
    }

    /// All trees that hold what stands at these places, themselves included, at any depth.
    pub(super) fn holding(&mut self, places: &[Place], holding: &mut Holding) {
        holding.clear();
        let mut open = places.to_vec();
        let mut done = 0;
        let most = MOST_STEPS.min(self.left);
        let mut steps = 0;
        loop {
            while let Some((tree, at)) = open.pop() {
                holding.add(tree);
                for &copy in self.copies.of(tree) {
                    for part in self.forest.parts(copy) {
                        steps += 1;
                        if let Part::Base { start, from, count } = part
                            && (from..from.saturating_add(count)).contains(&at)
                        {
                            open.push((copy, start + (at - from)));
                        }
                    }
                }
                if steps > most {
                    holding.cut = true;
                    self.left -= most;
                    return;
                }
            }
            let Some(&tree) = holding.list.get(done) else {
                self.left -= steps;
                return;
            };
            done += 1;
            open.extend_from_slice(self.above.of(tree));
        }
    }
}
