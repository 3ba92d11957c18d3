//! Where a word of a run may begin behind a sign that joins it to the one before.
//!
//! Pictures and fonts stand in texts as runs of megabytes, so the signs are searched for in sixteen bytes at a time.

use std::ops::Range;

use wide::u8x16;

const WIDTH: usize = 16;

/// Signs that may end a word within a run.
pub(super) fn joins(byte: u8) -> bool {
    matches!(byte, b'-' | b'_' | b'/' | b'+')
}

/// The offsets in a range of a text at which no such sign stands, and right before which one does.
pub(super) struct Joints<'t> {
    text: &'t [u8],
    /// Where the block begins that was read last.
    base: usize,
    /// A bit for each sign of it that was not looked at.
    signs: u32,
    end: usize,
}

impl<'t> Joints<'t> {
    /// Those in a range, its first byte left out.
    pub(super) fn new(text: &'t [u8], range: Range<usize>) -> Self {
        let mut joints = Self {
            text,
            base: range.start,
            signs: 0,
            end: range.end.min(text.len()),
        };
        joints.read();
        joints
    }

    fn read(&mut self) {
        let rest = self.text.get(self.base..self.end).unwrap_or_default();
        let block = rest.first_chunk::<WIDTH>().copied().unwrap_or_else(|| {
            let mut block = [0; WIDTH];
            if let Some(head) = block.get_mut(..rest.len()) {
                head.copy_from_slice(rest);
            }
            block
        });
        let bytes = u8x16::new(block);
        let is = |sign: u8| bytes.simd_eq(u8x16::splat(sign));
        self.signs = (is(b'-') | is(b'_') | is(b'/') | is(b'+')).to_bitmask();
    }
}

impl Iterator for Joints<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            while self.signs != 0 {
                let behind = self.base + self.signs.trailing_zeros() as usize + 1;
                self.signs &= self.signs - 1;
                if behind < self.end && self.text.get(behind).is_some_and(|byte| !joins(*byte)) {
                    return Some(behind);
                }
            }
            self.base += WIDTH;
            if self.base >= self.end {
                return None;
            }
            self.read();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Joints, joins};

    proptest::proptest! {
        #[test]
        fn they_are_found_byte_by_byte(text in "[a-z0-9_+/-]{0,100}|([a-z0-9]{0,40}[/_+-]{1,3}){0,5}", start in 0..40usize, length in 0..120usize) {
            let text = text.as_bytes();
            let end = (start + length).min(text.len());
            let one_by_one: Vec<usize> = (start + 1..end)
                .filter(|at| joins(text[at - 1]) && !joins(text[*at]))
                .collect();
            let found: Vec<usize> = Joints::new(text, start..end).collect();
            proptest::prop_assert_eq!(found, one_by_one);
        }
    }
}
