//! Where the words of a text stand: the same as [`crate::rule::words`] gives, 64 bytes at a time and
//! without their hashes.
//!
//! Whether a word begins at a byte shows in the byte before it, itself and the two behind it, so the
//! beginnings in a block are a few operations on the masks of its small letters, capitals and digits.

use wide::u8x16;

/// How many bytes are looked at together.
const WIDTH: usize = 64;

/// Calls `found` with the first byte of each word and the byte behind its last, in order.
pub(super) fn spans(text: &[u8], mut found: impl FnMut(usize, usize)) {
    let (blocks, rest) = text.as_chunks::<WIDTH>();
    let mut before = Kinds::default();
    let mut open = 0;
    let mut base = 0;
    let mut step = |block: &[u8; WIDTH]| {
        let kinds = Kinds::of(block);
        let (starts, stops) = kinds.bounds(before, text, base);
        let mut left = stops;
        while left != 0 {
            let stop = left.trailing_zeros();
            let earlier = starts & ((1 << stop) - 1);
            let start = if earlier == 0 {
                open
            } else {
                base + 63 - earlier.leading_zeros() as usize
            };
            found(start, base + stop as usize);
            left &= left - 1;
        }
        if starts != 0 {
            open = base + 63 - starts.leading_zeros() as usize;
        }
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
    use super::*;

    fn agree(text: &[u8]) -> bool {
        let mut found = Vec::new();
        spans(text, |start, end| found.push((start, end)));
        found
            .into_iter()
            .eq(crate::rule::words(text).map(|w| (w.start, w.end)))
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
