//! The masks of a block through a safe SIMD crate: SSE2 on x86-64, NEON on ARM.

use wide::u8x16;

use super::class::{Block, Masks};

/// The masks of a block.
#[inline(always)]
pub(super) fn masks(block: &Block) -> Masks {
    let mut all = [0; 9];
    let (parts, _) = block.as_chunks::<16>();
    for (index, part) in parts.iter().enumerate() {
        for (mask, bits) in all.iter_mut().zip(quarter(u8x16::new(*part))) {
            *mask |= u64::from(bits) << (index * 16);
        }
    }
    Masks::new(all)
}

/// The masks of 16 bytes, in the order of [`Masks::new`].
#[inline(always)]
fn quarter(bytes: u8x16) -> [u32; 9] {
    let lower = bytes | u8x16::splat(0x20);
    let letter = within(lower, b'a', 26);
    let digit = within(bytes, b'0', 10);
    // `+` to `/`, of which `,` and `.` differ from 0x2c in one bit only.
    let marks = within(bytes, b'+', 5) & !equal(bytes & u8x16::splat(0xfd), b',');
    let token = letter | digit | marks | equal(bytes, b'_');
    let space = within(bytes, b'\t', 2) | equal(bytes, b'\r') | equal(bytes, b' ');
    let number = digit | within(lower, b'a', 6) | equal(lower, b'x') | equal(bytes, b',') | space;
    [
        token.to_bitmask(),
        letter.to_bitmask(),
        bytes.to_bitmask(),
        number.to_bitmask(),
        (equal(bytes, b'\\') | equal(bytes, b'%')).to_bitmask(),
        equal(bytes, b'k').to_bitmask(),
        (equal(bytes, b'c') | equal(bytes, b'd')).to_bitmask(),
        equal(bytes, b'-').to_bitmask(),
        equal(bytes, b'B').to_bitmask(),
    ]
}

/// 0xff where a byte is one of the `count` bytes from `first` on.
#[inline(always)]
fn within(bytes: u8x16, first: u8, count: u8) -> u8x16 {
    let offset = bytes - u8x16::splat(first);
    equal_to(offset.min(u8x16::splat(count - 1)), offset)
}

#[inline(always)]
fn equal(bytes: u8x16, byte: u8) -> u8x16 {
    equal_to(bytes, u8x16::splat(byte))
}

#[inline(always)]
fn equal_to(left: u8x16, right: u8x16) -> u8x16 {
    left.simd_eq(right)
}
