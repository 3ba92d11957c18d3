//! Tezos' secret keys: base58check under four-byte prefixes
//! (`src/lib_crypto/base58.ml` of octez).

use super::blake2b::blake2b;
use super::secp256k1::Key;
use super::text::trimmed;
use super::{Evidence, Proof, base58, ed25519};

/// `edsk`, 54 characters: the seed alone.
pub(super) const ED_SEED: [u8; 4] = [0x0d, 0x0f, 0x3a, 0x07];
/// `edsk`, 98 characters: seed and public half.
pub(super) const ED_PAIR: [u8; 4] = [0x2b, 0xf6, 0x4e, 0x07];
/// `spsk`: secp256k1.
pub(super) const SECP: [u8; 4] = [0x11, 0xa2, 0xe0, 0xc9];
/// `p2sk`: P-256.
pub(super) const P256: [u8; 4] = [0x10, 0x51, 0xee, 0xbd];

/// `tz1`: the address of an Ed25519 key; `tz2`: that of a secp256k1 key.
const TZ1: [u8; 3] = [0x06, 0xa1, 0x9f];
const TZ2: [u8; 3] = [0x06, 0xa1, 0xa1];

/// `tezos-key`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(payload) = trimmed(value).and_then(base58::decode_check) else {
        return Proof::Refuted("base58check fails");
    };
    let Some((prefix, key)) = payload.split_first_chunk::<4>() else {
        return Proof::Refuted("not the prefix of a secret key");
    };
    let address = match (*prefix, key.len()) {
        (ED_SEED, 32) => {
            let seed = super::hash::head(key);
            Some(address(TZ1, &ed25519::public(&seed)))
        }
        (ED_PAIR, 64) => match ed25519::pair(key) {
            Some(public) => Some(address(TZ1, &public)),
            None => return Proof::Refuted("64 bytes, but no Ed25519 pair"),
        },
        (SECP, 32) => match Key::new(key) {
            Some(key) => Some(address(TZ2, &key.compressed())),
            None => return Proof::Refuted("out of the range of secp256k1"),
        },
        (P256, 32) => None,
        _ => return Proof::Refuted("not the prefix of a secret key"),
    };
    Proof::Proved(Evidence::exact("base58check and prefix").with_some("Tezos address", address))
}

fn address(prefix: [u8; 3], public: &[u8]) -> String {
    base58::encode_check(&[&prefix, &blake2b::<20>(public)])
}
