//! Objects that further deltas may build on.
//!
//! Versions of one file or tree, and neighbouring commits, stand in one chain of deltas. Read one
//! after another without this, each would be rebuilt from the chain's root: the square of its length.

use gix::objs::Kind;

/// How many bytes are kept, in each cache.
const BUDGET: usize = 12 << 20;

/// The largest object that is kept, in bytes.
const LARGEST: usize = BUDGET / 8;

/// How many objects are kept, at most.
const SLOTS: usize = 2048;

/// Where an entry stands: the pack's number, the offset in it.
pub(super) type Place = (u32, u64);

/// What it took to rebuild an object: the same, whether on the way something was kept or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    /// How many entries it is made of.
    pub(super) depth: usize,
    /// How many bytes were made.
    pub(super) work: u64,
    /// Whether all checksums were compared, and fit.
    pub(super) checked: bool,
}

impl Default for Way {
    fn default() -> Self {
        Self {
            depth: 0,
            work: 0,
            checked: true,
        }
    }
}

impl Way {
    /// One entry more.
    pub(super) fn add(&mut self, work: u64, checked: bool) {
        self.depth = self.depth.saturating_add(1);
        self.work = self.work.saturating_add(work);
        self.checked &= checked;
    }
}

/// An object at its place.
pub(super) struct Kept {
    place: Place,
    pub(super) kind: Kind,
    pub(super) data: Vec<u8>,
    pub(super) way: Way,
}

/// A cache without order: a place has one slot, and takes it from whoever was there.
pub(super) struct Cache {
    slots: Vec<Option<Kept>>,
    bytes: usize,
    /// The slot that is emptied next when bytes are short.
    hand: usize,
}

impl Cache {
    pub(super) fn new() -> Self {
        Self {
            slots: Vec::new(),
            bytes: 0,
            hand: 0,
        }
    }

    pub(super) fn get(&self, place: Place) -> Option<&Kept> {
        let kept = self.slots.get(slot(place))?.as_ref()?;
        (kept.place == place).then_some(kept)
    }

    pub(super) fn put(&mut self, place: Place, kind: Kind, data: &[u8], way: Way) {
        if data.len() > LARGEST {
            return;
        }
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        let Some(slot) = self.slots.get_mut(slot(place)) else {
            return;
        };
        // The memory of what was there serves again, unless it is far too large.
        let mut memory = match slot.take() {
            Some(old) => {
                self.bytes = self.bytes.saturating_sub(old.data.capacity());
                old.data
            }
            None => Vec::new(),
        };
        memory.clear();
        if memory.capacity() > data.len().saturating_mul(2).saturating_add(256) {
            memory = Vec::new();
        }
        memory.reserve_exact(data.len());
        memory.extend_from_slice(data);
        self.bytes = self.bytes.saturating_add(memory.capacity());
        *slot = Some(Kept {
            place,
            kind,
            data: memory,
            way,
        });
        while self.bytes > BUDGET {
            self.hand = (self.hand + 1) % SLOTS;
            let Some(slot) = self.slots.get_mut(self.hand) else {
                return;
            };
            if slot.as_ref().is_some_and(|kept| kept.place != place)
                && let Some(old) = slot.take()
            {
                self.bytes = self.bytes.saturating_sub(old.data.capacity());
            }
        }
    }
}

/// Offsets are spread by multiplication (Knuth, 6.4): neighbours fall far apart.
fn slot((pack, offset): Place) -> usize {
    let mixed = (offset ^ u64::from(pack) << 48).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 48) as usize % SLOTS
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_fits_and_never_more() {
        let mut cache = Cache::new();
        let data = vec![7; LARGEST / 3];
        for offset in 0..10_000 {
            cache.put((1, offset), Kind::Tree, &data, Way::default());
            assert_eq!(cache.get((1, offset)).unwrap().data, data);
            assert!(cache.get((2, offset)).is_none());
            let held: usize = cache
                .slots
                .iter()
                .flatten()
                .map(|kept| kept.data.capacity())
                .sum();
            assert!(held == cache.bytes && held <= BUDGET);
        }
        for offset in 0..10_000 {
            cache.put((1, offset), Kind::Blob, b"small", Way::default());
        }
        assert!(cache.slots.iter().flatten().count() > SLOTS / 2);
        cache.put((3, 3), Kind::Blob, &vec![0; LARGEST + 1], Way::default());
        assert!(cache.get((3, 3)).is_none());
    }
}
