//! The sweep with the widest instructions of the machine it runs on.
//!
//! The one file where `unsafe` is allowed: to call code for AVX2 after asking the processor for it,
//! and to load 32 bytes into a register. Elsewhere the safe crate does the same.
#![allow(unsafe_code)]

use super::Anchors;
use super::{portable, sweep};

/// Finds runs, numbers and words.
pub(super) fn sweep(bytes: &[u8], out: &mut Anchors) {
    #[cfg(target_arch = "x86_64")]
    if x86::available() {
        // SAFETY: every feature that `x86::sweep` enables was just found on this processor.
        return unsafe { x86::sweep(bytes, out) };
    }
    portable_sweep(bytes, out);
}

/// The masks that [`sweep`] works with.
#[cfg(test)]
pub(super) fn masks(block: &super::class::Block) -> super::class::Masks {
    #[cfg(target_arch = "x86_64")]
    if x86::available() {
        // SAFETY: every feature that `x86::masks` enables was just found on this processor.
        return unsafe { x86::masks(block) };
    }
    portable::masks(block)
}

/// The same without `unsafe`, on any processor.
pub(super) fn portable_sweep(bytes: &[u8], out: &mut Anchors) {
    sweep::sweep(bytes, out, portable::masks);
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use crate::detect::anchor::class::{Block, Masks};
    use crate::detect::anchor::{Anchors, sweep};

    /// Whether this processor has what [`sweep`] needs.
    pub(super) fn available() -> bool {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt")
    }

    /// The sweep, compiled for AVX2 as a whole.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn sweep(bytes: &[u8], out: &mut Anchors) {
        sweep::sweep(bytes, out, |block| masks(block));
    }

    /// The masks of a block.
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn masks(block: &Block) -> Masks {
        // SAFETY: the block is 64 bytes long, the loads need no alignment.
        let (low, high) = unsafe {
            let start = block.as_ptr().cast::<__m256i>();
            (_mm256_loadu_si256(start), _mm256_loadu_si256(start.add(1)))
        };
        let (a, b) = (half(low), half(high));
        let join = |index: usize| u64::from(a[index]) | u64::from(b[index]) << 32;
        Masks {
            token: join(0),
            letter: join(1),
            high: join(2),
            number: join(3),
        }
    }

    /// Bytes `+ - /`: high nibble 2.
    const MARK: u8 = 1;
    /// Digits: high nibble 3.
    const DIGIT: u8 = 1 << 1;
    /// `A`-`O`, `a`-`o`: high nibbles 4 and 6.
    const EARLY: u8 = 1 << 2;
    /// `P`-`Z`, `p`-`z`: high nibbles 5 and 7.
    const LATE: u8 = 1 << 3;
    /// `_`: high nibble 5.
    const LINE: u8 = 1 << 4;
    /// Tab, LF, CR: high nibble 0.
    const BLANK: u8 = 1 << 5;
    /// Space and comma: high nibble 2.
    const COMMA: u8 = 1 << 6;
    /// `A`-`F`, `a`-`f`: high nibbles 4 and 6.
    const HEX: u8 = 1 << 7;

    /// The groups that a byte with this low nibble may belong to; those of its high nibble decide.
    const LOW: [u8; 16] = [
        DIGIT | LATE | COMMA,
        DIGIT | LATE | EARLY | HEX,
        DIGIT | LATE | EARLY | HEX,
        DIGIT | LATE | EARLY | HEX,
        DIGIT | LATE | EARLY | HEX,
        DIGIT | LATE | EARLY | HEX,
        DIGIT | LATE | EARLY | HEX,
        DIGIT | LATE | EARLY,
        DIGIT | LATE | EARLY,
        DIGIT | LATE | EARLY | BLANK,
        LATE | EARLY | BLANK,
        EARLY | MARK,
        EARLY | COMMA,
        EARLY | MARK | BLANK,
        EARLY,
        EARLY | MARK | LINE,
    ];

    /// The groups that a byte with this high nibble may belong to.
    const HIGH: [u8; 16] = [
        BLANK,
        0,
        MARK | COMMA,
        DIGIT,
        EARLY | HEX,
        LATE | LINE,
        EARLY | HEX,
        LATE,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
    ];

    /// Token, letter, high and number masks of 32 bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn half(bytes: __m256i) -> [u32; 4] {
        let nibble = _mm256_set1_epi8(0x0f);
        let low = _mm256_shuffle_epi8(table(LOW), bytes);
        let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), nibble);
        // A byte from 0x80 on takes 0 from the first table, so it is in no group.
        let groups = _mm256_and_si256(low, _mm256_shuffle_epi8(table(HIGH), high));
        let lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
        let hex_mark = _mm256_cmpeq_epi8(lower, _mm256_set1_epi8(b'x' as i8));
        [
            any(groups, MARK | DIGIT | EARLY | LATE | LINE),
            any(groups, EARLY | LATE),
            _mm256_movemask_epi8(bytes) as u32,
            any(groups, DIGIT | BLANK | COMMA | HEX) | _mm256_movemask_epi8(hex_mark) as u32,
        ]
    }

    /// Which bytes have one of the bits.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn any(groups: __m256i, bits: u8) -> u32 {
        let kept = _mm256_and_si256(groups, _mm256_set1_epi8(bits as i8));
        !(_mm256_movemask_epi8(_mm256_cmpeq_epi8(kept, _mm256_setzero_si256())) as u32)
    }

    /// A table of 16 bytes, once for each half of the register.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn table(bytes: [u8; 16]) -> __m256i {
        let both = u128::from_le_bytes(bytes);
        let (low, high) = (both as i64, (both >> 64) as i64);
        _mm256_set_epi64x(high, low, high, low)
    }
}
