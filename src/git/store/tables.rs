//! Which entry of a pack's index an offset belongs to.
//!
//! An index is sorted by name; a delta names its base by offset. Only who reads many objects, or
//! meets damage, needs this: until then names are compared instead of checksums.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::git::pack::Pack;

/// After how many look-ups tables are made. A hook reads a few hundred objects; the table of a large
/// pack takes as long as to read some thousands.
const WORTH: u32 = 4000;

/// For each of the first packs, once it is worth it, the numbers of its entries in the order of their
/// offsets.
pub(super) struct Tables {
    tables: Vec<OnceLock<Box<[u32]>>>,
    asked: AtomicU32,
}

impl Tables {
    pub(super) fn new(packs: usize) -> Self {
        let mut tables = Vec::new();
        tables.resize_with(packs, OnceLock::new);
        Self {
            tables,
            asked: AtomicU32::new(0),
        }
    }

    /// The number of the entry at an offset, if it is cheap to say.
    pub(super) fn number(&self, pack: &Pack, at: u32, offset: u64) -> Option<u32> {
        if self.asked.load(Ordering::Relaxed) < WORTH {
            self.asked.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        search(self.slot(at)?, pack, offset)
    }

    /// The number of the entry at an offset.
    pub(super) fn find(&self, pack: &Pack, at: u32, offset: u64) -> Option<u32> {
        match self.slot(at) {
            Some(slot) => search(slot, pack, offset),
            None => (0..pack.count()).find(|number| pack.offset(*number) == offset),
        }
    }

    fn slot(&self, at: u32) -> Option<&OnceLock<Box<[u32]>>> {
        self.tables.get(usize::try_from(at).ok()?)
    }
}

fn search(slot: &OnceLock<Box<[u32]>>, pack: &Pack, offset: u64) -> Option<u32> {
    let table = slot.get_or_init(|| {
        let numbers = 0..pack.count();
        let mut keys: Vec<_> = numbers
            .map(|number| (pack.offset(number), number))
            .collect();
        keys.sort_unstable();
        keys.into_iter().map(|(_, number)| number).collect()
    });
    let found = table.binary_search_by_key(&offset, |number| pack.offset(*number));
    table.get(found.ok()?).copied()
}
