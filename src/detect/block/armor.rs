//! Armour that holds a private key, as the text it would be in a file of its own.

use super::BlockHit;
use crate::detect::anchor::{Run, armor};
use crate::rule::Block;

/// The shortest private key is one of Ed25519 in PKCS #8: 48 bytes, 64 characters (RFC 8410). Less
/// than 40 is no key, nor the better part of one.
const SHORTEST: usize = 40;

/// The private key in an armour's span.
pub(super) fn read(bytes: &[u8], run: Run) -> Option<BlockHit> {
    let mut value = Vec::new();
    let armor = armor::read(bytes.get(..run.end)?, run.start, &mut value)?;
    (armor.private && armor.body >= SHORTEST).then_some(BlockHit {
        block: Block::Armor,
        start: run.start,
        end: run.end,
        value,
        label: "",
    })
}
