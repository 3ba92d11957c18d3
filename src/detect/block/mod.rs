//! Values that are no run of characters: lists of bytes, armour, key files.

use crate::detect::anchor::{Anchors, Run};
use crate::rule;

mod armor;
mod bytes;
mod keystore;
mod login;

/// A value that spans more than a run, decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct BlockHit {
    /// What it is.
    pub block: rule::Block,
    /// Its first byte in the blob.
    pub start: usize,
    /// The byte after its last one.
    pub end: usize,
    /// What it means: the bytes of a list, the text of an armour or of a key file.
    pub value: Vec<u8>,
    /// Of a login, the kind of URL or file.
    pub label: &'static str,
}

impl std::fmt::Debug for BlockHit {
    /// Without the value, which is a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlockHit")
            .field("block", &self.block)
            .field("start", &self.start)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

/// Adds the blocks that stand at a blob's anchors, kind by kind, each in the order of the text.
/// Linear in the length of the blob. Phrases are found elsewhere (`detect::phrase`).
pub fn blocks(bytes: &[u8], anchors: &Anchors, out: &mut Vec<BlockHit>) {
    for run in &anchors.numbers {
        out.extend(bytes::read(bytes, *run));
    }
    for run in &anchors.armor {
        out.extend(armor::read(bytes, *run));
    }
    keystore::find(bytes, &anchors.keystore, out);
    out.extend(anchors.logins.iter().filter_map(|l| login::read(bytes, l)));
}

/// Whether a stretch of numbers is a list that [`blocks`] adds.
pub fn is_list(bytes: &[u8], run: Run) -> bool {
    bytes::read(bytes, run).is_some()
}

/// Whether no such list lies over a stretch of a text: something in it is no number, or none of a byte.
pub fn parts_lists(stretch: &[u8]) -> bool {
    bytes::parts(stretch)
}

/// The spans of all armour, public keys and certificates included: nothing in them is a value of
/// another kind.
pub fn armor_spans(anchors: &Anchors) -> &[Run] {
    &anchors.armor
}

#[cfg(test)]
mod tests;
