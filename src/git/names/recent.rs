//! Entries of trees that were read lately.

use gix::ObjectId;
use gix::objs::Kind;
use gix::oid;

use super::forest::Entry;

/// How many are kept: some 3 MiB a thread.
const KEPT: usize = 1 << 16;

/// What an id was found to be. Trees that are no deltas repeat what their neighbours hold, and finding an
/// object among all costs a microsecond.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    id: ObjectId,
    /// The last entry that named it.
    pub entry: Entry,
    /// What it was said to be.
    pub said: Kind,
}

/// Entries that were read lately, by the ids that they name. One forgets another.
#[derive(Debug, Default)]
pub(super) struct Recent {
    slots: Vec<Option<Known>>,
}

impl Recent {
    /// What is known of an id.
    pub(super) fn get(&mut self, id: &oid) -> Option<&mut Known> {
        let slot = self.slots.get_mut(slot(id))?;
        slot.as_mut().filter(|known| *known.id == *id)
    }

    /// Remembers an id.
    pub(super) fn put(&mut self, id: &oid, entry: Entry, said: Kind) {
        if self.slots.is_empty() {
            self.slots = vec![None; KEPT];
        }
        let id = id.to_owned();
        if let Some(slot) = self.slots.get_mut(slot(&id)) {
            *slot = Some(Known { id, entry, said });
        }
    }
}

/// Ids are as good as random.
fn slot(id: &oid) -> usize {
    let bytes = id.as_bytes().iter().take(4);
    bytes.fold(0, |slot, byte| slot << 8 | usize::from(*byte)) % KEPT
}
