//! Brackets and quotes, quotes and backslashes, found 64 bytes at a time: most bytes of a text are none.

use wide::u8x16;

/// How many bytes are looked at together.
const WIDTH: usize = 64;

/// Where such signs stand in a text.
pub(super) struct Signs<'t> {
    bytes: &'t [u8],
    /// A bit for each byte of a block that is one.
    signs: fn(&[u8; WIDTH]) -> u64,
    /// The block that was looked at last, and a bit for each byte of it.
    last: Option<(usize, u64)>,
}

impl<'t> Signs<'t> {
    /// Brackets and quotes.
    pub(super) fn new(bytes: &'t [u8]) -> Self {
        Self {
            bytes,
            signs: brackets_and_quotes,
            last: None,
        }
    }

    /// Quotes and backslashes.
    pub(super) fn of_strings(bytes: &'t [u8]) -> Self {
        Self {
            bytes,
            signs: quotes_and_slashes,
            last: None,
        }
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
            return (self.signs)(block);
        }
        let mut block = [0; WIDTH];
        if let Some(head) = block.get_mut(..rest.len()) {
            head.copy_from_slice(rest);
        }
        (self.signs)(&block)
    }
}

/// A bit for each byte that is a bracket or a quote.
fn brackets_and_quotes(block: &[u8; WIDTH]) -> u64 {
    bits(block, |bytes| {
        // `[` and `{`, `]` and `}` differ in one bit; so do `(` and `)`.
        let folded = bytes | u8x16::splat(0x20);
        is(folded, b'{') | is(folded, b'}') | is(bytes | u8x16::splat(1), b')') | quotes(bytes)
    })
}

/// A bit for each byte that is a quote or a backslash.
fn quotes_and_slashes(block: &[u8; WIDTH]) -> u64 {
    bits(block, |bytes| is(bytes, b'\\') | quotes(bytes))
}

#[inline]
fn quotes(bytes: u8x16) -> u8x16 {
    is(bytes, b'"') | is(bytes, b'\'') | is(bytes, b'`')
}

#[inline]
fn is(bytes: u8x16, byte: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(byte))
}

#[inline]
fn bits(block: &[u8; WIDTH], signs: impl Fn(u8x16) -> u8x16) -> u64 {
    let (parts, _) = block.as_chunks::<16>();
    let parts = parts.iter().map(|part| signs(u8x16::new(*part)));
    let bits = parts.map(|part| u64::from(part.to_bitmask()));
    bits.enumerate()
        .fold(0, |all, (index, bits)| all | bits << (index * 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn none_is_missed(bytes in "[\\PC()\\[\\]{}\\\\\"'`a-z ]{0,200}", at in 0usize..220, low in 0usize..220) {
            let bytes = bytes.as_bytes();
            let is = |at: &usize| bytes.get(*at).is_some_and(|b| b"()[]{}\"'`".contains(b));
            let mut signs = Signs::new(bytes);
            for at in [at, low] {
                proptest::prop_assert_eq!(signs.before(at, low), (low..at).rev().find(is));
                proptest::prop_assert_eq!(signs.from(at, low), (at..low).find(is));
            }
            let is = |at: &usize| bytes.get(*at).is_some_and(|b| b"\\\"'`".contains(b));
            let mut signs = Signs::of_strings(bytes);
            for at in [at, low] {
                proptest::prop_assert_eq!(signs.from(at, low), (at..low).find(is));
            }
        }
    }
}
