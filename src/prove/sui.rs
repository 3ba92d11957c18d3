//! Sui's private keys: a flag for the kind and 32 bytes, as bech32 (SIP-15) or base64
//! (`sui.keystore`).

use super::blake2b::blake2b;
use super::secp256k1::Key;
use super::text::{hex, trimmed, unbase64};
use super::{Evidence, Proof, bech32, ed25519};

/// The human-readable part of a private key.
pub(super) const NAME: &str = "suiprivkey";

/// `sui-key`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some((name, bytes)) = trimmed(value).and_then(bech32::decode) else {
        return Proof::Refuted("bech32 checksum fails");
    };
    if name != NAME {
        return Proof::Refuted("not the prefix of a private key");
    }
    flagged(&bytes, Evidence::exact("bech32 checksum and flag"))
}

/// `sui-keystore-key`: base64 of exactly 33 bytes, the first 0 to 2.
pub(super) fn prove_keystore(value: &[u8]) -> Proof {
    let Some(bytes) = trimmed(value).and_then(unbase64) else {
        return Proof::Refuted("not base64");
    };
    flagged(&bytes, Evidence::loose("33 bytes with a flag"))
}

fn flagged(bytes: &[u8], evidence: Evidence) -> Proof {
    let Some((flag, key)) = bytes.split_first_chunk::<1>() else {
        return Proof::Refuted("not 33 bytes");
    };
    let Ok(key) = <&[u8; 32]>::try_from(key) else {
        return Proof::Refuted("not 33 bytes");
    };
    let (kind, public) = match flag {
        [0] => ("Ed25519", Some(ed25519::public(key).to_vec())),
        [1] => match Key::new(key) {
            Some(key) => ("secp256k1", Some(key.compressed())),
            None => return Proof::Refuted("out of the range of secp256k1"),
        },
        [2] => ("P-256", None),
        _ => return Proof::Refuted("not the flag of a key"),
    };
    let address = public.map(|public| {
        let digest: [u8; 32] = blake2b(&[&flag[..], &public].concat());
        format!("0x{}", hex(&digest))
    });
    Proof::Proved(evidence.with("key", kind).with_some("Sui address", address))
}
