//! Where the words of a text stand: the same as [`crate::rule::words`] gives, 64 bytes at a time and
//! without their hashes.
//!
//! Whether a word begins at a byte shows in the byte before it, itself and the two behind it, so the
//! beginnings in a block are a few operations on the masks of its small letters, capitals and digits.

use wide::u8x16;

/// How many bytes are looked at together.
const WIDTH: usize = 64;

/// Where the words of a text begin and end, a bit for each byte of it, 64 in a word.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    /// The first byte of each word.
    pub(super) starts: Vec<u64>,
    /// The byte behind the last of each.
    stops: Vec<u64>,
}

impl Bounds {
    /// Marks the words of a text.
    pub(super) fn mark(&mut self, text: &[u8]) {
        self.starts.clear();
        self.stops.clear();
        let (blocks, rest) = text.as_chunks::<WIDTH>();
        self.starts.reserve(blocks.len() + 1);
        self.stops.reserve(blocks.len() + 1);
        let mut before = Kinds::default();
        let mut base = 0;
        let mut step = |block: &[u8; WIDTH]| {
            let kinds = Kinds::of(block);
            let (starts, stops) = kinds.bounds(before, text, base);
            self.starts.push(starts);
            self.stops.push(stops);
            before = kinds;
            base += WIDTH;
        };
        for block in blocks {
            step(block);
        }
        // A last block of its own, even for no bytes: the NULs behind the text close its last word.
        let mut last = [0; WIDTH];
        if let Some(head) = last.get_mut(..rest.len()) {
            head.copy_from_slice(rest);
        }
        step(&last);
    }

    /// Where the word that begins at `start` ends.
    pub(super) fn end(&self, start: usize) -> Option<usize> {
        let mut block = (start + 1) / WIDTH;
        let mut bits = self.stops.get(block)? & (!0 << ((start + 1) % WIDTH));
        while bits == 0 {
            block += 1;
            bits = *self.stops.get(block)?;
        }
        Some(block * WIDTH + bits.trailing_zeros() as usize)
    }

    /// Whether a word begins at an offset.
    pub(super) fn begins(&self, at: usize) -> bool {
        let bits = self.starts.get(at / WIDTH);
        bits.is_some_and(|bits| bits >> (at % WIDTH) & 1 == 1)
    }

    /// The word in front of the one that begins at `start`.
    pub(super) fn before(&self, start: usize) -> Option<(usize, usize)> {
        let mut block = start / WIDTH;
        let mut bits = self.starts.get(block)? & !(!0 << (start % WIDTH));
        while bits == 0 {
            block = block.checked_sub(1)?;
            bits = *self.starts.get(block)?;
        }
        let found = block * WIDTH + 63 - bits.leading_zeros() as usize;
        Some((found, self.end(found)?))
    }
}

/// Which bytes of a block are of which kind: bit `i` stands for byte `i`.
#[derive(Clone, Copy, Default)]
struct Kinds {
    /// Small letters, and bytes beyond ASCII.
    lower: u64,
    upper: u64,
    digit: u64,
}

impl Kinds {
    #[inline(always)]
    fn of(block: &[u8; WIDTH]) -> Self {
        let mut all = Self::default();
        let (parts, _) = block.as_chunks::<16>();
        for (index, part) in parts.iter().enumerate() {
            let bytes = u8x16::new(*part);
            let lower = within(bytes, b'a', 26).to_bitmask() | bytes.to_bitmask();
            let upper = within(bytes, b'A', 26).to_bitmask();
            let digit = within(bytes, b'0', 10).to_bitmask();
            all.lower |= u64::from(lower) << (index * 16);
            all.upper |= u64::from(upper) << (index * 16);
            all.digit |= u64::from(digit) << (index * 16);
        }
        all
    }

    fn all(self) -> u64 {
        self.lower | self.upper | self.digit
    }

    /// Where words begin, and which bytes stand right behind one. `before` is of the block before.
    #[inline(always)]
    fn bounds(self, before: Self, text: &[u8], base: usize) -> (u64, u64) {
        let back = |mask: u64, before: u64| mask << 1 | before >> 63;
        let any = self.all();
        let lower = back(self.lower, before.lower);
        let upper = back(self.upper, before.upper);
        let digit = back(self.digit, before.digit);
        let follows = lower | upper | digit;
        let next = |at: usize| {
            let byte = text.get(base + at);
            u64::from(byte.is_some_and(|b| b.is_ascii_lowercase() || !b.is_ascii()))
        };
        let (one, two) = (next(WIDTH), next(WIDTH + 1));
        let lower1 = self.lower >> 1 | one << 63;
        let lower2 = self.lower >> 2 | one << 62 | two << 63;
        let starts = any & !follows
            | self.upper & (lower | digit)
            | self.lower & digit
            // The last of several capitals begins the word of small letters behind it.
            | self.upper & upper & lower1 & lower2;
        (starts, follows & (!any | starts))
    }
}

/// 0xff where a byte is one of the `count` bytes from `first` on.
#[inline(always)]
fn within(bytes: u8x16, first: u8, count: u8) -> u8x16 {
    let offset = bytes - u8x16::splat(first);
    offset.min(u8x16::splat(count - 1)).simd_eq(offset)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn agree(text: &[u8]) -> bool {
        let mut bounds = Bounds::default();
        bounds.mark(text);
        let starts = (0..text.len()).filter(|at| bounds.begins(*at));
        let found: Vec<_> = starts.map(|at| (at, bounds.end(at).unwrap())).collect();
        let all: Vec<_> = crate::rule::words(text).map(|w| (w.start, w.end)).collect();
        let behind = |pair: &[(usize, usize)]| bounds.before(pair[1].0) == Some(pair[0]);
        found == all && all.windows(2).all(behind)
    }

    #[test]
    fn words_over_the_border_of_a_block_are_whole() {
        for shift in 0..80 {
            let text = format!("{}OKXApi userIDs V5Client äöü 3commas", " ".repeat(shift));
            assert!(agree(text.as_bytes()), "{shift}");
        }
    }

    proptest::proptest! {
        #[test]
        fn they_are_the_words_of_the_rules(text in "[a-cA-C0-1 _ä]{0,300}", bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            proptest::prop_assert!(agree(text.as_bytes()));
            proptest::prop_assert!(agree(&bytes));
        }
    }
}
