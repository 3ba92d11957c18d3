//! A byte buffer that is used again and again without being cleared.

use std::ops::Deref;

/// What follows the content as room to write in, in bytes: the inflater is fastest as long as 260
/// bytes of output are left.
pub(super) const SLACK: usize = 320;

/// Bytes, in memory that stays initialised from one use to the next: what is overwritten anyway is
/// not zeroed first.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// The memory it holds, in bytes, in use or not.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Sets the content's length. Up to the room that [`Buffer::room`] made.
    pub(super) fn fill(&mut self, length: usize) {
        self.filled = length.min(self.bytes.len());
    }

    /// All its memory from the start, at least so many bytes and the slack.
    pub(super) fn room(&mut self, length: usize) -> &mut [u8] {
        let wanted = length.saturating_add(SLACK);
        if self.bytes.len() < wanted {
            self.bytes.resize(wanted, 0);
        }
        &mut self.bytes
    }

    /// Takes over bytes.
    pub fn set(&mut self, bytes: Vec<u8>) {
        self.filled = bytes.len();
        self.bytes = bytes;
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }
}
