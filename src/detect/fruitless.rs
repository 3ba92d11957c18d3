//! Values that came to nothing, by all that was read to tell: the same lines stand in every version of a
//! file.
//!
//! Nothing is said of a provider that the value may belong to, neither in the text nor by its path. Then all
//! that decides stands near the value (as far as a [binding](super::binding) looks), in the path, and in
//! whether there is any more to the text. All of that is the key, as a hash whose chance to collide
//! [`Known`] tells.

use std::ops::Range;

use super::binding::{BACK, FORWARD};
use super::candidate::Candidate;
use super::known::Known;

/// How many values are remembered.
const VALUES: usize = 1 << 15;

/// Longer values have neighbours beyond the window: lines of their own length.
const LONGEST: usize = 512;

/// How far beyond the window the words at its rims are read, in bytes.
const RIM: usize = 16;

/// The values that came to nothing.
#[derive(Debug, Default)]
pub(super) struct Fruitless {
    known: Known<VALUES>,
}

impl Fruitless {
    /// The key of a value; none when more might be read than a key holds.
    pub(super) fn key(
        &self,
        candidate: &Candidate,
        text: &[u8],
        span: &Range<usize>,
        path: &[u8],
    ) -> Option<u64> {
        if span.len() > LONGEST {
            return None;
        }
        let low = span.start.saturating_sub(BACK + RIM);
        let high = span.end.saturating_add(FORWARD + RIM).min(text.len());
        let blank = |range: Option<&[u8]>| {
            range.is_some_and(|rest| rest.iter().all(u8::is_ascii_whitespace))
        };
        let whole = blank(text.get(..low)) && blank(text.get(high..));
        let shape = candidate
            .shape
            .map_or(0, |shape| std::ptr::from_ref(shape).addr());
        let parts = [
            self.known.hash_long(text.get(low..high)?, u8::from(whole)),
            self.known.hash_long(path, 0),
            (span.start - low) as u64,
            span.len() as u64,
            shape as u64,
            candidate.users.as_ptr().addr() as u64,
        ];
        let parts: [u8; 48] = std::array::from_fn(|at| parts[at / 8].to_le_bytes()[at % 8]);
        Some(self.known.hash(&parts, 0))
    }

    /// Whether the value came to nothing before.
    pub(super) fn has(&self, key: u64) -> bool {
        self.known.has(key)
    }

    /// Notes that the value came to nothing.
    pub(super) fn add(&mut self, key: u64) {
        self.known.add(key);
    }
}
