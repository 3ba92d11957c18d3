//! The masks of a block through a safe SIMD crate: SSE2 on x86-64, NEON on ARM.

use wide::u8x16;

use super::class::{Block, Masks};

/// The masks of a block.
#[inline(always)]
pub(super) fn masks(block: &Block) -> Masks {
    let mut all = Masks {
        token: 0,
        letter: 0,
        high: 0,
        number: 0,
    };
    let (parts, _) = block.as_chunks::<16>();
    for (index, part) in parts.iter().enumerate() {
        let shift = index * 16;
        let [token, letter, high, number] = quarter(u8x16::new(*part));
        all.token |= u64::from(token) << shift;
        all.letter |= u64::from(letter) << shift;
        all.high |= u64::from(high) << shift;
        all.number |= u64::from(number) << shift;
    }
    all
}

/// Token, letter, high and number masks of 16 bytes.
#[inline(always)]
fn quarter(bytes: u8x16) -> [u32; 4] {
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
