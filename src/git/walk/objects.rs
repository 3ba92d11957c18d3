//! What a census needs of a store.

use std::io::Read;

use gix::ObjectId;
use gix::hash::oid;
use gix::objs::Kind;

use crate::git::Fault;
use crate::git::pack::Pack;

/// The objects that a census is taken of.
pub trait Objects: Sync {
    /// The kind of hash that names the objects.
    fn hash(&self) -> gix::hash::Kind;

    /// All packs.
    fn packs(&self) -> &[Pack];

    /// The names of all loose objects, in any order, and what could not be listed.
    fn loose(&self) -> (Vec<ObjectId>, Vec<Fault>);

    /// The kind and size of an object by its header's word.
    ///
    /// # Errors
    ///
    /// When no copy of the header can be read.
    fn header(&self, id: &oid) -> Result<Option<(Kind, u64)>, Fault>;

    /// An object of at most so many bytes, from whichever copy can be read.
    ///
    /// # Errors
    ///
    /// When no copy can be read, or it is larger.
    fn read(&self, id: &oid, most: u64) -> Result<Option<(Kind, Vec<u8>)>, Fault>;

    /// Hands an object to `take`: kind, size, and content as it is inflated. When a copy can't be read
    /// to its end, the next one is handed out from its start.
    ///
    /// # Errors
    ///
    /// When there is no such object, or no copy can be read to its end. `take` may have been called then.
    fn stream(&self, id: &oid, take: &mut dyn FnMut(Kind, u64, &mut dyn Read))
    -> Result<(), Fault>;
}
