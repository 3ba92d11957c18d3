//! Where the entries of trees begin that later trees are deltas of.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The offsets of a tree's entries, for its dependants: a copied stretch that begins at one of them
/// holds the same entries.
#[derive(Debug)]
pub(super) struct Frame {
    /// How many bases one has to follow to read the tree from the forest.
    pub depth: u8,
    /// Where each entry begins, ascending, and where the last one ends.
    pub starts: Box<[u32]>,
}

/// The frames of the trees that were read lately, those least in use forgotten first. One that is
/// gone costs only memory: the dependant's entries are then kept whole.
#[derive(Debug)]
pub(super) struct Frames {
    shards: Vec<Mutex<Shard>>,
}

#[derive(Debug, Default)]
struct Shard {
    frames: HashMap<u32, (Arc<Frame>, u64)>,
    /// Offsets held in all.
    held: usize,
    clock: u64,
}

const SHARDS: usize = 16;

/// Offsets held by one shard: together 16 MiB.
const ROOM: usize = (16 << 20) / 4 / SHARDS;

impl Default for Frames {
    fn default() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }
}

impl Frames {
    /// The frame of the tree with this number, when it is still there.
    pub(super) fn get(&self, number: u32) -> Option<Arc<Frame>> {
        let mut shard = self.shard(number)?;
        shard.clock += 1;
        let clock = shard.clock;
        let (frame, used) = shard.frames.get_mut(&number)?;
        *used = clock;
        Some(Arc::clone(frame))
    }

    /// Keeps a frame.
    pub(super) fn put(&self, number: u32, frame: Frame) {
        let size = frame.starts.len();
        let Some(mut shard) = self.shard(number).filter(|_| size <= ROOM * 8) else {
            return;
        };
        if shard.held + size > ROOM {
            shard.forget();
        }
        shard.clock += 1;
        shard.held += size;
        let kept = (Arc::new(frame), shard.clock);
        if let Some((old, _)) = shard.frames.insert(number, kept) {
            shard.held = shard.held.saturating_sub(old.starts.len());
        }
    }

    fn shard(&self, number: u32) -> Option<std::sync::MutexGuard<'_, Shard>> {
        let shard = self.shards.get(number as usize % SHARDS)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shard {
    /// Forgets the half that was not used for longest.
    fn forget(&mut self) {
        let mut used: Vec<u64> = self.frames.values().map(|(_, used)| *used).collect();
        let middle = used.len() / 2;
        if used.is_empty() {
            return;
        }
        let limit = *used.select_nth_unstable(middle).1;
        self.frames.retain(|_, (_, used)| *used > limit);
        self.held = self.frames.values().map(|(f, _)| f.starts.len()).sum();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn frame(size: usize) -> Frame {
        Frame {
            depth: 0,
            starts: vec![0; size].into(),
        }
    }

    #[test]
    fn what_is_in_use_stays() {
        let frames = Frames::default();
        for number in 0..1000 {
            frames.put(number * SHARDS as u32, frame(ROOM / 10));
            assert!(frames.get(0).is_some());
        }
        assert!(frames.get(16 * 500).is_none());
        assert!(frames.get(16 * 999).is_some());
        let shard = frames.shards[0].lock().unwrap();
        assert!(shard.held <= ROOM);
    }

    #[test]
    fn the_largest_are_not_kept() {
        let frames = Frames::default();
        frames.put(1, frame(ROOM * 8 + 1));
        assert!(frames.get(1).is_none());
    }
}
