//! Names of tree entries, each kept once.

use std::hash::{BuildHasher, RandomState};

/// The longest name that is kept whole, in bytes: what git's own check calls large
/// (`largePathname`, git-fsck(1)). Of longer ones the start is kept.
pub(super) const LONGEST: usize = 4096;

/// All names together are kept up to so many bytes; later ones count as empty.
const MOST: usize = 1 << 28;

/// A set of names, numbered in the order in which they came.
#[derive(Debug, Default)]
pub struct Words {
    text: Vec<u8>,
    /// Where each ends; it starts where the last one ends.
    ends: Vec<u32>,
    /// Open addressing: the number and one, or zero.
    slots: Vec<u32>,
    hasher: RandomState,
}

impl Words {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// The name with this number; empty when there is none.
    pub fn get(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = match number.checked_sub(1) {
            Some(last) => self.ends.get(last).copied().unwrap_or(0),
            None => 0,
        };
        let end = self.ends.get(number).copied().unwrap_or(start);
        self.text
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }

    /// The number of a name, a new one when it is new.
    pub fn add(&mut self, word: &[u8]) -> u32 {
        let word = word.get(..LONGEST).unwrap_or(word);
        if (self.ends.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let slot = self.slot(word);
        match self.slots.get(slot) {
            Some(&taken) if taken > 0 => return taken - 1,
            _ => {}
        }
        if self.text.len() + word.len() > MOST && !word.is_empty() {
            return self.add(b"");
        }
        self.text.extend_from_slice(word);
        self.ends.push(self.text.len() as u32);
        if let Some(free) = self.slots.get_mut(slot) {
            *free = self.ends.len() as u32;
        }
        self.ends.len() as u32 - 1
    }

    /// The same names in the order of their bytes, and for each old number the new one.
    pub fn sorted(&self) -> (Self, Vec<u32>) {
        let mut order: Vec<u32> = (0..self.ends.len() as u32).collect();
        order.sort_unstable_by(|a, b| self.get(*a).cmp(self.get(*b)));
        let mut sorted = Self::default();
        sorted.text.reserve_exact(self.text.len());
        sorted.ends.reserve_exact(self.ends.len());
        let mut renamed = vec![0; order.len()];
        for (new, old) in (0..).zip(order) {
            sorted.text.extend_from_slice(self.get(old));
            sorted.ends.push(sorted.text.len() as u32);
            if let Some(renamed) = renamed.get_mut(old as usize) {
                *renamed = new;
            }
        }
        (sorted, renamed)
    }

    /// Where the name stands, or the free slot where it would.
    fn slot(&self, word: &[u8]) -> usize {
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = self.hasher.hash_one(word) as usize & mask;
        while let Some(&taken) = self.slots.get(slot) {
            if taken == 0 || self.get(taken - 1) == word {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// Makes room; at most half of the slots are ever taken. The names stay where they are.
    fn grow(&mut self) {
        let size = (self.ends.len() + 1).next_power_of_two() * 4;
        self.slots = vec![0; size];
        for number in 0..self.ends.len() as u32 {
            let slot = self.slot(self.get(number));
            if let Some(free) = self.slots.get_mut(slot) {
                *free = number + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_one_number() {
        let mut words = Words::default();
        for round in 0..2 {
            for number in 0..5000u32 {
                let name = format!("{}", number.wrapping_mul(2_654_435_761));
                assert_eq!(words.add(name.as_bytes()), number, "round {round}");
                assert_eq!(words.get(number), name.as_bytes());
            }
        }
        assert_eq!(words.count(), 5000);
        assert_eq!(words.get(5000), b"");
    }

    #[test]
    fn sorting_keeps_every_name() {
        let mut words = Words::default();
        let names: [&[u8]; 5] = [b"b", b"", b"a", b"\xff", b"ab"];
        let old = names.map(|name| words.add(name));
        let (sorted, renamed) = words.sorted();
        for (old, name) in old.into_iter().zip(names) {
            assert_eq!(sorted.get(renamed[old as usize]), name);
        }
        assert!((1..5).all(|at| sorted.get(at - 1) < sorted.get(at)));
    }

    #[test]
    fn a_long_name_keeps_its_start() {
        let mut words = Words::default();
        let number = words.add(&[b'x'; LONGEST + 9]);
        assert_eq!(words.get(number).len(), LONGEST);
    }
}
