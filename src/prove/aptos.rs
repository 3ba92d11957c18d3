//! Aptos' private keys with the prefix of AIP-80.

use super::hash::sha3_256;
use super::secp256k1::Key;
use super::text::{hex, trimmed, unhex_exact};
use super::{Evidence, Proof, ed25519};

/// `aptos-key`: `ed25519-priv-0x…` or `secp256k1-priv-0x…`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some((kind, digits)) = trimmed(value).and_then(|text| text.split_once("-priv-0x")) else {
        return Proof::Refuted("not the prefix of a private key");
    };
    let Some(key) = unhex_exact::<32>(digits) else {
        return Proof::Refuted("not 32 bytes of hexadecimal digits");
    };
    // The authentication key of one signer: the public key and a byte for the scheme. For
    // secp256k1 the scheme is "any key" (2), around kind, length and uncompressed key.
    let (kind, preimage) = match kind {
        "ed25519" => ("Ed25519", [&ed25519::public(&key)[..], &[0]].concat()),
        "secp256k1" => match Key::new(&key) {
            Some(key) => (
                "secp256k1",
                [&[1, 65], &key.uncompressed()[..], &[2]].concat(),
            ),
            None => return Proof::Refuted("out of the range of secp256k1"),
        },
        _ => return Proof::Refuted("not the prefix of a private key"),
    };
    let address = format!("0x{}", hex(&sha3_256(&preimage)));
    Proof::Proved(
        Evidence::exact("prefix and 32 bytes")
            .with("key", kind)
            .with("Aptos address", address),
    )
}
