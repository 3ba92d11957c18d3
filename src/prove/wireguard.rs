//! WireGuard's private keys: 32 bytes in base64, which `wg genkey` clamps for Curve25519
//! (<https://www.wireguard.com/>, RFC 7748 section 5).

use super::text::{trimmed, unbase64};
use super::{Evidence, Proof};

/// `wireguard-key`: a key that is not clamped may be a preshared one, or made elsewhere.
pub(super) fn prove(value: &[u8]) -> Proof {
    let bytes = trimmed(value).and_then(unbase64);
    let Some(bytes) = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) else {
        return Proof::Refuted("not base64 of 32 bytes");
    };
    if bytes[0] & 7 == 0 && bytes[31] & 0xc0 == 0x40 {
        Proof::Proved(Evidence::loose("base64 of 32 bytes, clamped"))
    } else {
        Proof::Unknown
    }
}
