//! Pieces of text that are known to matter nowhere, by a keyed hash: the same identifiers stand in a
//! text many times, and in every version of it.
//!
//! The hash is NH (RFC 4418, section 5.2), folded from 128 bits to 64 by a multilinear function. Two
//! different pieces collide with a chance of at most 2⁻⁶³ over the choice of the key, whoever chose the
//! pieces, and the key is drawn anew in each process. So a piece that matters is passed over with a chance
//! below 2⁻⁴⁵, though every entry of the set were made against it.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

/// The longest piece that is kept, in bytes.
pub(super) const LONGEST: usize = 512;

/// What a hash is made with.
struct Key {
    /// One for each eight bytes of a piece.
    words: [u64; LONGEST / 8],
    fold: [u128; 4],
}

static KEY: LazyLock<Key> = LazyLock::new(|| {
    let state = RandomState::new();
    let wide = |at: usize| {
        u128::from(state.hash_one((at, 'h'))) << 64 | u128::from(state.hash_one((at, 'l')))
    };
    Key {
        words: std::array::from_fn(|at| state.hash_one(at)),
        fold: std::array::from_fn(wide),
    }
});

/// A set of at most `SIZE` hashes that forgets the older of two in one place.
pub(super) struct Known<const SIZE: usize> {
    key: &'static Key,
    entries: Vec<[u64; 2]>,
}

impl<const SIZE: usize> Default for Known<SIZE> {
    fn default() -> Self {
        Self {
            key: &KEY,
            entries: Vec::new(),
        }
    }
}

impl<const SIZE: usize> std::fmt::Debug for Known<SIZE> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").finish_non_exhaustive()
    }
}

impl<const SIZE: usize> Known<SIZE> {
    /// The hash of a piece of at most [`LONGEST`] bytes, with a few bits that belong to it.
    pub(super) fn hash(&self, piece: &[u8], more: u32) -> u64 {
        let mut sum = 0u128;
        let mut keys = self.key.words.iter();
        let mut mix = |part: u128| {
            let mut key = || keys.next().copied().unwrap_or_default();
            let one = (part as u64).wrapping_add(key());
            let two = ((part >> 64) as u64).wrapping_add(key());
            sum = sum.wrapping_add(u128::from(one) * u128::from(two));
        };
        let (pairs, rest) = piece.as_chunks::<16>();
        for pair in pairs {
            mix(u128::from_le_bytes(*pair));
        }
        if !rest.is_empty() {
            let mut last = [0; 16];
            if let Some(head) = last.get_mut(..rest.len()) {
                head.copy_from_slice(rest);
            }
            mix(u128::from_le_bytes(last));
        }
        // Pieces that differ in nothing but zeros at their end differ in their length.
        let length = (piece.len() as u64) << 32 | u64::from(more);
        let [start, high, low, long] = self.key.fold;
        let folded = start
            .wrapping_add(high.wrapping_mul(sum >> 64))
            .wrapping_add(low.wrapping_mul(u128::from(sum as u64)))
            .wrapping_add(long.wrapping_mul(u128::from(length)));
        // An empty place holds 0.
        ((folded >> 64) as u64).max(1)
    }

    /// The hash of a piece of any length: of the hashes of its parts, and so on. Each level adds to the chance
    /// of a collision what one hash has.
    pub(super) fn hash_long(&self, piece: &[u8], more: u32) -> u64 {
        if piece.len() <= LONGEST {
            return self.hash(piece, more);
        }
        let parts = piece.chunks(LONGEST).map(|part| self.hash(part, more));
        let hashes: Vec<u8> = parts.flat_map(u64::to_le_bytes).collect();
        self.hash_long(&hashes, more)
    }

    /// Whether a hash is in the set.
    #[inline]
    pub(super) fn has(&self, hash: u64) -> bool {
        self.entries
            .get(Self::place(hash))
            .is_some_and(|both| both.contains(&hash))
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    /// Adds a hash.
    pub(super) fn add(&mut self, hash: u64) {
        if self.entries.is_empty() {
            self.entries = vec![[0; 2]; (SIZE / 2).max(1)];
        }
        if let Some([first, second]) = self.entries.get_mut(Self::place(hash)) {
            *second = *first;
            *first = hash;
        }
    }

    fn place(hash: u64) -> usize {
        (hash >> 32) as usize % (SIZE / 2).max(1)
    }
}
