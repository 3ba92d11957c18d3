//! Bech32 of any length up to 1023 (BIP-173), without the address rules.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};

/// The human-readable part in lower case and the bytes, when the checksum holds.
pub(super) fn decode(text: &str) -> Option<(String, Vec<u8>)> {
    let checked = CheckedHrpstring::new::<Bech32>(text).ok()?;
    let name = checked.hrp().to_lowercase();
    Some((name, checked.byte_iter().collect()))
}

/// The lower-case text of bytes under a human-readable part.
pub(super) fn encode(name: &str, bytes: &[u8]) -> Option<String> {
    bech32::encode_lower::<Bech32>(Hrp::parse(name).ok()?, bytes).ok()
}
