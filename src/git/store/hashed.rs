//! Whether content is what its name says.

use gix::hash::{Hasher, oid};
use gix::objs::Kind;

/// What is said when it is not.
pub(super) const DIFFERS: &str = "its content does not fit its name";

/// A hasher that has seen the header of an object.
pub(super) fn hasher(hash: gix::hash::Kind, kind: Kind, size: u64) -> Hasher {
    let mut hasher = gix::hash::hasher(hash);
    hasher.update(&gix::objs::encode::loose_header(kind, size));
    hasher
}

/// Whether all that the hasher has seen comes to this name. A SHA-1 that was made to collide does not.
pub(super) fn fits(hasher: Hasher, id: &oid) -> bool {
    hasher.try_finalize().is_ok_and(|found| *found == *id)
}

/// Whether an object has this name.
pub(super) fn is(id: &oid, kind: Kind, data: &[u8]) -> bool {
    let mut hasher = hasher(id.kind(), kind, data.len() as u64);
    hasher.update(data);
    fits(hasher, id)
}
