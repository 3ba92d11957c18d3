//! Which words of a text may lead to a literal: told by their first bytes, since few do.
//!
//! A literal is looked up by one of its words, its anchor. In a text it is a word, the beginning of one that
//! goes on with what is often written together with it, or two words that capitals part.

use super::index::{Index, prefix_slot};
use super::model::List;

/// How many bytes are looked at.
pub const LEAD: usize = 12;

/// Bits of the filter of the first four bytes.
const HEAD_BITS: u32 = 17;

/// What anchors of four bytes and more begin with.
#[derive(Clone, Copy, Debug)]
pub struct Leads {
    /// A bit for the first four bytes of each: [`head_slot`].
    pub heads: List<u64>,
    /// How many bits are set in front of each word of `heads`.
    pub ranks: List<u16>,
    /// What follows, for each bit of `heads`.
    pub rests: List<Rest>,
}

/// How anchors go on behind their first four bytes.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    /// The bits of the next four bytes in which all are the same.
    pub mask: u32,
    /// These bits.
    pub value: u32,
    /// The length of the anchors in bytes where all have the same, no more than [`LONGEST_END`], and end with a
    /// letter; 0 otherwise.
    pub end: u8,
}

/// The longest anchor of which it is asked what stands behind it, in bytes.
const LONGEST_END: usize = 8;

/// Where the filter keeps the first four bytes of a literal.
#[inline]
const fn head_slot(head: u32) -> usize {
    (head.wrapping_mul(0x9E37_79B1) >> (32 - HEAD_BITS)) as usize
}

/// Small letters; digits and bytes beyond ASCII stay as they are.
#[inline]
const fn folded(bytes: [u8; 8]) -> u64 {
    let bytes = u64::from_le_bytes(bytes);
    bytes | (!bytes >> 2 & 0x2020_2020_2020_2020)
}

#[inline]
fn bit(bits: List<u64>, slot: usize) -> bool {
    bits.0
        .get(slot / 64)
        .is_some_and(|bits| bits >> (slot % 64) & 1 == 1)
}

impl Leads {
    /// Those of these anchors, in small letters.
    pub(super) fn of(anchors: &[Vec<u8>]) -> Self {
        let mut slots: std::collections::BTreeMap<usize, Vec<(&[u8], u64)>> =
            std::collections::BTreeMap::new();
        for anchor in anchors {
            let mut bytes = [0; 8];
            let length = anchor.len().min(8);
            bytes[..length].copy_from_slice(&anchor[..length]);
            let bytes = folded(bytes);
            let all = slots.entry(head_slot(bytes as u32)).or_default();
            all.push((anchor, bytes));
        }
        let mut heads = vec![0u64; 1 << HEAD_BITS >> 6];
        for slot in slots.keys() {
            heads[slot / 64] |= 1 << (slot % 64);
        }
        let mut count = 0;
        let ranks: Vec<u16> = heads
            .iter()
            .map(|bits| {
                let before = count;
                count += bits.count_ones() as u16;
                before
            })
            .collect();
        let rests: Vec<Rest> = slots.values().map(|anchors| Rest::of(anchors)).collect();
        Self {
            heads: heads.into(),
            ranks: ranks.into(),
            rests: rests.into(),
        }
    }

    /// How the anchors go on that may begin with these bytes.
    #[inline]
    fn rest(&self, head: u32) -> Option<&'static Rest> {
        let slot = head_slot(head);
        let bits = *self.heads.0.get(slot / 64)?;
        if bits >> (slot % 64) & 1 == 0 {
            return None;
        }
        let below = bits & ((1 << (slot % 64)) - 1);
        let before = usize::from(*self.ranks.0.get(slot / 64)?);
        self.rests.0.get(before + below.count_ones() as usize)
    }
}

impl Rest {
    fn of(anchors: &[(&[u8], u64)]) -> Self {
        let shortest = anchors.iter().map(|(anchor, _)| anchor.len()).min();
        let longest = anchors.iter().map(|(anchor, _)| anchor.len()).max();
        let (shortest, longest) = (shortest.unwrap_or(4), longest.unwrap_or(4));
        let common = (shortest.min(8) - 4) as u32;
        let first = anchors.first().map_or(0, |(_, bytes)| (bytes >> 32) as u32);
        let mut mask = 1u32.checked_shl(common * 8).map_or(u32::MAX, |bit| bit - 1);
        for (_, bytes) in anchors {
            mask &= !((bytes >> 32) as u32 ^ first);
        }
        let letters = anchors
            .iter()
            .all(|(anchor, _)| anchor.last().is_some_and(u8::is_ascii_alphabetic));
        let ends = shortest == longest && longest <= LONGEST_END && letters;
        Self {
            mask,
            value: first & mask,
            end: if ends { longest as u8 } else { 0 },
        }
    }
}

/// Whether an anchor of so many bytes may end here, or be followed by a digit, a capital or what is written
/// together with it, of which two letters are asked.
#[inline]
fn may_end(bytes: &[u8; LEAD], length: usize, goes_on: impl Fn(u8, u8) -> bool) -> bool {
    let at = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let next = at(length);
    !(next.is_ascii_lowercase() || next >= 0x80)
        || at(length - 1).is_ascii_digit()
        || next.is_ascii() && goes_on(next, at(length + 1))
}

impl Index {
    /// Whether a word, in any case, or what it begins with may lead to a literal.
    #[inline]
    pub fn may_begin_literal(&self, word: &[u8]) -> bool {
        let [a, b, c, ..] = *word else { return true };
        let [a, b, c] = [a, b, c].map(|byte| byte.to_ascii_lowercase());
        bit(self.short_literals, prefix_slot([a, b, c]))
            || word.get(3).is_some_and(|d| {
                let head = u32::from_le_bytes([a, b, c, d.to_ascii_lowercase()]);
                bit(self.leads.heads, head_slot(head))
            })
    }

    /// The same of the first bytes of a word of three bytes and more, whatever they belong to: false only where
    /// no literal is looked up by the word, by it and the next one together, or by what it is without what is
    /// written together with it. `goes_on` says whether such a thing begins with two letters.
    #[inline(always)]
    pub fn may_lead(&self, bytes: &[u8; LEAD], goes_on: impl Fn(u8, u8) -> bool) -> bool {
        let [a, b, c, d, e, f, g, h, ..] = *bytes;
        let small = folded([a, b, c, d, e, f, g, h]);
        if let Some(rest) = self.leads.rest(small as u32)
            && (small >> 32) as u32 & rest.mask == rest.value
            && (rest.end == 0 || may_end(bytes, rest.end.into(), &goes_on))
        {
            return true;
        }
        let [a, b, c, ..] = small.to_le_bytes();
        bit(self.short_literals, prefix_slot([a, b, c])) && may_end(bytes, 3, goes_on)
    }
}
