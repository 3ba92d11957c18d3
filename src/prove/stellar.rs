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
    let Ok(seed) = <&[u8; 32]>::try_from(seed) else {
        return Proof::Refuted("not 32 bytes");
    };
    // Nobody drew it.
    if seed.iter().all(|byte| Some(byte) == seed.first()) {
        return Proof::Refuted("32 equal bytes");
    }
    let account = address::stellar(ACCOUNT, &ed25519::public(seed));
    Proof::Proved(Evidence::exact("CRC-16 and version").with("Stellar account", account))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_are_no_seed() {
        let mut seed = [7; 32];
        let text = |seed: &[u8; 32]| address::stellar(SEED, seed);
        assert!(matches!(prove(text(&seed).as_bytes()), Proof::Refuted(_)));
        seed[5] = 8;
        assert!(matches!(prove(text(&seed).as_bytes()), Proof::Proved(_)));
    }
}
