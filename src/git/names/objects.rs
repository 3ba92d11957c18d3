//! What the names need to know of the object store.

use gix::ObjectId;
use gix::objs::Kind;
use gix::oid;

use crate::git::walk::Census;

/// The objects of a store, numbered from 0 without holes.
pub trait Objects: Sync {
    /// How many there are.
    fn count(&self) -> usize;
    /// The number of an object, when it is there.
    fn find(&self, id: &oid) -> Option<u32>;
    /// The id of the object with this number; null when there is none.
    fn id(&self, number: u32) -> ObjectId;
    /// Its kind, when that can be told without decoding it.
    fn kind(&self, number: u32) -> Option<Kind>;
    /// Whether others may be read as deltas of it.
    fn is_base(&self, _number: u32) -> bool {
        true
    }
}

impl Objects for Census<'_> {
    fn count(&self) -> usize {
        self.len()
    }

    fn find(&self, id: &oid) -> Option<u32> {
        self.find(id)
    }

    fn id(&self, number: u32) -> ObjectId {
        self.id(number)
    }

    fn kind(&self, number: u32) -> Option<Kind> {
        self.kind(number)
    }

    fn is_base(&self, number: u32) -> bool {
        self.is_base(number)
    }
}
