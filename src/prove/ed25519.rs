//! Ed25519 secrets that hold their public half: 64 bytes, seed first.

use super::text::{base64, hex, trimmed, unbase64, unhex};
use super::{Evidence, Proof, base58};
use ed25519_dalek::SigningKey;

/// The public key of a 32-byte seed (RFC 8032).
pub(super) fn public(seed: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

/// The public half of 64 bytes when it belongs to the seed before it: an exact proof.
pub(super) fn pair(bytes: &[u8]) -> Option<[u8; 32]> {
    let (seed, half) = bytes.split_first_chunk::<32>()?;
    let public = public(seed);
    (half == public).then_some(public)
}

const WHAT: &str = "Ed25519, the public half belongs to the seed";

fn proof(bytes: Option<Vec<u8>>, show: fn(&[u8; 32]) -> (&'static str, String)) -> Proof {
    let Some(bytes) = bytes else {
        return Proof::Refuted("does not decode");
    };
    if bytes.len() != 64 {
        return Proof::Refuted("not 64 bytes");
    }
    let Some(public) = pair(&bytes) else {
        return Proof::Refuted("64 bytes, but no Ed25519 pair");
    };
    let (name, text) = show(&public);
    Proof::Proved(Evidence::exact(WHAT).with(name, text))
}

fn solana(public: &[u8; 32]) -> (&'static str, String) {
    ("Solana address", base58::encode(public))
}

/// `ed25519-pair-base58`: a Solana secret key as wallets export it.
pub(super) fn prove_base58(value: &[u8]) -> Proof {
    proof(trimmed(value).and_then(base58::decode), solana)
}

/// `ed25519-pair-base64`.
pub(super) fn prove_base64(value: &[u8]) -> Proof {
    proof(trimmed(value).and_then(unbase64), |public| {
        ("public key", base64(public))
    })
}

/// `ed25519-pair-hex`.
pub(super) fn prove_hex(value: &[u8]) -> Proof {
    proof(trimmed(value).and_then(unhex), |public| {
        ("public key", hex(public))
    })
}

/// `ed25519-pair-bytes`: 64 bytes raw, or a list of numbers as in Solana's `id.json`. 32 bytes
/// may be a seed: nothing tells.
pub(super) fn prove_bytes(value: &[u8]) -> Proof {
    let bytes = list(value).unwrap_or_else(|| value.to_vec());
    match bytes.len() {
        32 => Proof::Unknown,
        _ => proof(Some(bytes), solana),
    }
}

/// The bytes of a list of decimal or `0x` numbers, whatever stands between them.
fn list(value: &[u8]) -> Option<Vec<u8>> {
    let text = trimmed(value)?;
    let numbers = text.split(|c: char| !c.is_ascii_alphanumeric());
    let numbers = numbers.filter(|number| !number.is_empty());
    let bytes = numbers.map(|number| match number.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None => number.parse().ok(),
    });
    let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
    (bytes.len() > 1).then_some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::prove::text::unhex_exact;

    /// RFC 8032, section 7.1, test 1.
    #[test]
    fn the_public_key_is_that_of_the_rfc() {
        let seed = [
            "9d61b19deffd5a60",
            "ba844af492ec2cc4",
            "4449c5697b326919",
            "703bac031cae7f60",
        ];
        let seed = unhex_exact(&seed.concat()).unwrap();
        assert!(hex(&public(&seed)).starts_with("d75a980182b10ab7"));
    }

    #[test]
    fn a_seed_alone_proves_nothing() {
        assert!(matches!(prove_bytes(&[7; 32]), Proof::Unknown));
        assert!(matches!(prove_bytes(b"[1, 2, 3]"), Proof::Refuted(_)));
        assert!(matches!(prove_bytes(&[7; 64]), Proof::Refuted(_)));
    }
}
