//! NEAR's secret keys: `ed25519:` and an Ed25519 pair in base58
//! (<https://docs.near.org/protocol/access-keys>).

use super::secp256k1::Key;
use super::text::{hex, trimmed};
use super::{Evidence, Proof, base58, ed25519};

/// `near-key`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some((kind, digits)) = trimmed(value).and_then(|text| text.split_once(':')) else {
        return Proof::Refuted("no kind before the key");
    };
    let Some(bytes) = base58::decode(digits) else {
        return Proof::Refuted("base58 does not decode");
    };
    match (kind, bytes.len()) {
        ("ed25519", 32) => Proof::Refuted("a public key"),
        ("ed25519", 64) => match ed25519::pair(&bytes) {
            Some(public) => Proof::Proved(
                Evidence::exact("Ed25519, the public half belongs to the seed")
                    .with("NEAR implicit account", hex(&public)),
            ),
            None => Proof::Refuted("64 bytes, but no Ed25519 pair"),
        },
        ("secp256k1", 64) => Proof::Refuted("a public key"),
        ("secp256k1", 32) if Key::new(&bytes).is_some() => {
            Proof::Proved(Evidence::exact("in the range of secp256k1"))
        }
        _ => Proof::Refuted("not the length of a key"),
    }
}
