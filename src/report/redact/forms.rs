//! Many byte strings to look for in short texts.
//!
//! A report may have a hundred thousand values, each in a dozen forms: an automaton over them would
//! take gigabytes. Here a form is its first eight bytes, its length and a keyed hash.

use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

/// Shorter forms are not taken.
const HEAD: usize = 8;
/// Bits of the filter for each form.
const BITS: usize = 16;

/// The forms.
#[derive(Debug, Default)]
pub(super) struct Forms {
    /// Head, length and hash of each, in order.
    all: Vec<(u64, usize, u64)>,
    /// One bit for each head that is there; a power of two of them.
    filter: Vec<u64>,
    hasher: RandomState,
}

impl Forms {
    /// Adds a form, if it is long enough.
    pub(super) fn add(&mut self, form: &[u8]) {
        if let Some(head) = head(form) {
            let hash = self.hasher.hash_one(form);
            self.all.push((head, form.len(), hash));
        }
    }

    /// Makes the forms ready to be found.
    pub(super) fn finish(&mut self) {
        self.all.sort_unstable();
        self.all.dedup();
        if self.all.is_empty() {
            return;
        }
        let bits = (self.all.len() * BITS).next_power_of_two();
        self.filter = vec![0; bits.div_ceil(64)];
        for at in 0..self.all.len() {
            let (word, bit) = self.bit(self.all[at].0);
            self.filter[word] |= bit;
        }
    }

    /// The places of the forms in a text, in order and apart: the leftmost, of those that begin
    /// there the longest.
    pub(super) fn find_in(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|_| !self.all.is_empty()) {
            let Some(head) = head(rest) else { break };
            match self.longest(head, rest) {
                Some(length) => {
                    out.push(at..at + length);
                    at += length;
                }
                None => at += 1,
            }
        }
        out
    }

    /// The length of the longest form that the text begins with.
    fn longest(&self, head: u64, text: &[u8]) -> Option<usize> {
        let (word, bit) = self.bit(head);
        if self.filter.get(word)? & bit == 0 {
            return None;
        }
        let mut most = text.len();
        loop {
            // The longest lengths first, each once: a text is short, however many forms begin alike.
            let here = self
                .all
                .partition_point(|(h, l, _)| (*h, *l) <= (head, most));
            let (_, length, _) = self.all.get(here.checked_sub(1)?).filter(|f| f.0 == head)?;
            let hash = self.hasher.hash_one(text.get(..*length)?);
            if self.all.binary_search(&(head, *length, hash)).is_ok() {
                return Some(*length);
            }
            most = length.checked_sub(1)?;
        }
    }

    /// Where the filter has the bit of a head.
    fn bit(&self, head: u64) -> (usize, u64) {
        let mixed = (head ^ (head >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let at = usize::try_from(mixed).unwrap_or(0) & (self.filter.len() * 64).saturating_sub(1);
        (at / 64, 1 << (at % 64))
    }
}

fn head(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk::<HEAD>().map(|b| u64::from_le_bytes(*b))
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // a list of ranges is meant
mod tests {
    use super::*;

    fn forms(all: &[&str]) -> Forms {
        let mut forms = Forms::default();
        all.iter().for_each(|form| forms.add(form.as_bytes()));
        forms.finish();
        forms
    }

    #[test]
    fn the_leftmost_longest_is_found() {
        let forms = forms(&["abcdefgh", "abcdefghij", "bcdefghijk", "12345678", "short"]);
        assert_eq!(forms.find_in(b"xabcdefghijk 12345678"), [1..11, 13..21]);
        assert_eq!(forms.find_in(b"xabcdefghi short").first(), Some(&(1..9)));
        assert!(forms.find_in(b"abcdefg").is_empty());
        assert!(
            super::Forms::default()
                .find_in(b"anything at all")
                .is_empty()
        );
    }

    #[test]
    fn each_of_many_is_found() {
        let all: Vec<String> = (0..5000)
            .map(|n| format!("value-{}-{n}", n * 7919))
            .collect();
        let forms = forms(&all.iter().map(String::as_str).collect::<Vec<_>>());
        for form in &all {
            let text = format!("<{form}>");
            let found = forms.find_in(text.as_bytes());
            assert_eq!(found.first(), Some(&(1..form.len() + 1)), "{form}");
        }
        assert!(forms.find_in(b"value-1-5001 and value-2").is_empty());
    }
}
