//! Brackets and quotes, found 64 bytes at a time: most bytes of a text are none.

use wide::u8x16;

/// How many bytes are looked at together.
const WIDTH: usize = 64;

/// Where the brackets and quotes of a text stand.
pub(super) struct Signs<'t> {
    bytes: &'t [u8],
    /// The block that was looked at last, and a bit for each byte of it.
    last: Option<(usize, u64)>,
}

impl<'t> Signs<'t> {
    pub(super) fn new(bytes: &'t [u8]) -> Self {
        Self { bytes, last: None }
    }

    /// The last sign before `at`, not before `low`.
    pub(super) fn before(&mut self, at: usize, low: usize) -> Option<usize> {
        let last = at.checked_sub(1)?;
        let mut block = last / WIDTH;
        let mut bits = self.block(block) & !0 >> (WIDTH - 1 - last % WIDTH);
        while bits == 0 {
            if block * WIDTH <= low {
                return None;
            }
            block -= 1;
            bits = self.block(block);
        }
        let found = block * WIDTH + (WIDTH - 1) - bits.leading_zeros() as usize;
        (found >= low).then_some(found)
    }

    /// The first sign from `at` on, before `limit`.
    pub(super) fn from(&mut self, at: usize, limit: usize) -> Option<usize> {
        let mut block = at / WIDTH;
        let mut bits = self.block(block) & !0 << (at % WIDTH);
        while bits == 0 {
            block += 1;
            if block * WIDTH >= limit {
                return None;
            }
            bits = self.block(block);
        }
        let found = block * WIDTH + bits.trailing_zeros() as usize;
        (found < limit).then_some(found)
    }

    fn block(&mut self, number: usize) -> u64 {
        if let Some((known, bits)) = self.last
            && known == number
        {
            return bits;
        }
        let bits = self.read(number);
        self.last = Some((number, bits));
        bits
    }

    fn read(&self, number: usize) -> u64 {
        let rest = self.bytes.get(number * WIDTH..).unwrap_or_default();
        if let Some(block) = rest.first_chunk() {
            return signs(block);
        }
        let mut block = [0; WIDTH];
        if let Some(head) = block.get_mut(..rest.len()) {
            head.copy_from_slice(rest);
        }
        signs(&block)
    }
}

/// A bit for each byte that is a bracket or a quote.
#[inline]
fn signs(block: &[u8; WIDTH]) -> u64 {
    let is = |bytes: u8x16, byte: u8| bytes.simd_eq(u8x16::splat(byte));
    let (parts, _) = block.as_chunks::<16>();
    let mut all = 0;
    for (index, part) in parts.iter().enumerate() {
        let bytes = u8x16::new(*part);
        // `[` and `{`, `]` and `}` differ in one bit; so do `(` and `)`.
        let folded = bytes | u8x16::splat(0x20);
        let brackets = is(folded, b'{') | is(folded, b'}') | is(bytes | u8x16::splat(1), b')');
        let quotes = is(bytes, b'"') | is(bytes, b'\'') | is(bytes, b'`');
        all |= u64::from((brackets | quotes).to_bitmask()) << (index * 16);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn none_is_missed(bytes in "[\\PC()\\[\\]{}\"'`a-z ]{0,200}", at in 0usize..220, low in 0usize..220) {
            let bytes = bytes.as_bytes();
            let is = |at: &usize| bytes.get(*at).is_some_and(|b| b"()[]{}\"'`".contains(b));
            let mut signs = Signs::new(bytes);
            for at in [at, low] {
                proptest::prop_assert_eq!(signs.before(at, low), (low..at).rev().find(is));
                proptest::prop_assert_eq!(signs.from(at, low), (at..low).find(is));
            }
        }
    }
}
