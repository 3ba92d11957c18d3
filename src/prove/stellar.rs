//! Stellar's secret seeds: base32 with a version and a CRC-16
//! (<https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0023.md>).

use super::text::{trimmed, unbase32};
use super::{Evidence, Proof, address, checksum, ed25519};

/// Version byte of a seed: the letter S.
pub(super) const SEED: u8 = 18 << 3;
/// Version byte of an account: the letter G.
const ACCOUNT: u8 = 6 << 3;

/// `stellar-seed`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let bytes = trimmed(value).filter(|text| text.len() == 56);
    let Some(bytes) = bytes.and_then(unbase32) else {
        return Proof::Refuted("not 56 characters of base32");
    };
    let Some((payload, crc)) = bytes.split_last_chunk::<2>() else {
        return Proof::Refuted("not 56 characters of base32");
    };
    if checksum::crc16(payload) != u16::from_le_bytes(*crc) {
        return Proof::Refuted("CRC-16 fails");
    }
    let [SEED, seed @ ..] = payload else {
        return Proof::Refuted("not the version of a secret seed");
    };
    let Ok(seed) = seed.try_into() else {
        return Proof::Refuted("not 32 bytes");
    };
    let account = address::stellar(ACCOUNT, &ed25519::public(seed));
    Proof::Proved(Evidence::exact("CRC-16 and version").with("Stellar account", account))
}
