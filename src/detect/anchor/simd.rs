//! The sweep with the widest instructions of the machine it runs on.
//!
//! The one file where `unsafe` is allowed: to call code for AVX2 after asking the processor for it,
//! and to load 32 bytes into a register. Elsewhere the safe crate does the same.
#![allow(unsafe_code)]

use super::Anchors;
use super::{portable, stretch};

/// Finds everything but rare literals.
pub(super) fn sweep(bytes: &[u8], out: &mut Anchors) {
    #[cfg(target_arch = "x86_64")]
    if x86_wide::available() {
        // SAFETY: every feature that `x86_wide::sweep` enables was just found on this processor.
        return unsafe { x86_wide::sweep(bytes, out) };
    } else if x86::available() {
        // SAFETY: every feature that `x86::sweep` enables was just found on this processor.
        return unsafe { x86::sweep(bytes, out) };
    }
    stretch::sweep(bytes, out, portable::masks);
}

/// The masks that [`sweep`] may work with on this processor.
#[cfg(test)]
pub(super) fn masks(block: &super::class::Block) -> Vec<super::class::Masks> {
    #[cfg_attr(not(target_arch = "x86_64"), allow(unused_mut))] // one way there
    let mut all = vec![portable::masks(block)];
    #[cfg(target_arch = "x86_64")]
    {
        if x86::available() {
            // SAFETY: every feature that `x86::masks` enables was just found on this processor.
            all.push(unsafe { x86::masks(block) });
        }
        if x86_wide::available() {
            // SAFETY: every feature that `x86_wide::masks` enables was just found on this processor.
            all.push(unsafe { x86_wide::masks(block) });
        }
    }
    all
}

/// The same without `unsafe`, on any processor.
#[cfg(test)]
pub(super) fn portable_sweep(bytes: &[u8], out: &mut Anchors) {
    stretch::sweep(bytes, out, portable::masks);
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use crate::detect::anchor::class::{Block, Masks};
    use crate::detect::anchor::{Anchors, stretch};

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
        stretch::sweep(bytes, out, |block| masks(block));
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
        let mut all = [0; 9];
        for (mask, (a, b)) in all.iter_mut().zip(a.into_iter().zip(b)) {
            *mask = u64::from(a) | u64::from(b) << 32;
        }
        Masks::new(all)
    }

    /// Bytes `+ - /`: high nibble 2.
    pub(super) const MARK: u8 = 1;
    /// Digits: high nibble 3.
    pub(super) const DIGIT: u8 = 1 << 1;
    /// `A`-`O`, `a`-`o`: high nibbles 4 and 6.
    pub(super) const EARLY: u8 = 1 << 2;
    /// `P`-`Z`, `p`-`z`: high nibbles 5 and 7.
    pub(super) const LATE: u8 = 1 << 3;
    /// `_`: high nibble 5.
    pub(super) const LINE: u8 = 1 << 4;
    /// Tab, LF, CR: high nibble 0.
    pub(super) const BLANK: u8 = 1 << 5;
    /// Space and comma: high nibble 2.
    pub(super) const COMMA: u8 = 1 << 6;
    /// `A`-`F`, `a`-`f`: high nibbles 4 and 6.
    pub(super) const HEX: u8 = 1 << 7;

    /// The groups that a byte with this low nibble may belong to; those of its high nibble decide.
    pub(super) const LOW: [u8; 16] = [
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
    pub(super) const HIGH: [u8; 16] = [
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

    /// The masks of 32 bytes, in the order of [`Masks::new`].
    #[inline]
    #[target_feature(enable = "avx2")]
    fn half(bytes: __m256i) -> [u32; 9] {
        let nibble = _mm256_set1_epi8(0x0f);
        let low = _mm256_shuffle_epi8(table(LOW), bytes);
        let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), nibble);
        // A byte from 0x80 on takes 0 from the first table, so it is in no group.
        let groups = _mm256_and_si256(low, _mm256_shuffle_epi8(table(HIGH), high));
        let lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
        let hex_mark = _mm256_cmpeq_epi8(lower, _mm256_set1_epi8(b'x' as i8));
        let is = |byte: u8| _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte as i8));
        let either =
            |one: u8, other: u8| _mm256_movemask_epi8(_mm256_or_si256(is(one), is(other))) as u32;
        [
            any(groups, MARK | DIGIT | EARLY | LATE | LINE),
            any(groups, EARLY | LATE),
            _mm256_movemask_epi8(bytes) as u32,
            any(groups, DIGIT | BLANK | COMMA | HEX) | _mm256_movemask_epi8(hex_mark) as u32,
            either(b'\\', b'%'),
            _mm256_movemask_epi8(is(b'k')) as u32,
            either(b'c', b'd'),
            _mm256_movemask_epi8(is(b'-')) as u32,
            _mm256_movemask_epi8(is(b'B')) as u32,
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

/// The same 64 bytes at a time.
#[cfg(target_arch = "x86_64")]
mod x86_wide {
    use std::arch::x86_64::*;

    use super::x86::{BLANK, COMMA, DIGIT, EARLY, HEX, HIGH, LATE, LINE, LOW, MARK};
    use crate::detect::anchor::class::{Block, Masks};
    use crate::detect::anchor::{Anchors, stretch};

    /// Whether this processor has what [`sweep`] needs.
    pub(super) fn available() -> bool {
        super::x86::available()
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
    }

    /// The sweep, compiled for AVX-512 as a whole.
    #[target_feature(enable = "avx512f,avx512bw,avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn sweep(bytes: &[u8], out: &mut Anchors) {
        stretch::sweep(bytes, out, |block| masks(block));
    }

    /// The masks of a block.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn masks(block: &Block) -> Masks {
        // SAFETY: the block is 64 bytes long, the load needs no alignment.
        let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let low = _mm512_shuffle_epi8(table(LOW), bytes);
        let nibble = _mm512_and_si512(_mm512_srli_epi16::<4>(bytes), _mm512_set1_epi8(0x0f));
        // A byte from 0x80 on takes 0 from the first table, so it is in no group.
        let groups = _mm512_and_si512(low, _mm512_shuffle_epi8(table(HIGH), nibble));
        let any = |bits: u8| _mm512_test_epi8_mask(groups, _mm512_set1_epi8(bits as i8));
        let lower = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
        let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte as i8));
        Masks::new([
            any(MARK | DIGIT | EARLY | LATE | LINE),
            any(EARLY | LATE),
            _mm512_movepi8_mask(bytes),
            any(DIGIT | BLANK | COMMA | HEX)
                | _mm512_cmpeq_epi8_mask(lower, _mm512_set1_epi8(b'x' as i8)),
            is(b'\\') | is(b'%'),
            is(b'k'),
            is(b'c') | is(b'd'),
            is(b'-'),
            is(b'B'),
        ])
    }

    /// A table of 16 bytes, once for each quarter of the register.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn table(bytes: [u8; 16]) -> __m512i {
        let both = u128::from_le_bytes(bytes);
        let (low, high) = (both as i64, (both >> 64) as i64);
        _mm512_set_epi64(high, low, high, low, high, low, high, low)
    }
}
