//! Cardano's signing keys: bech32 (CIP-5) or the CBOR of a `.skey` file.

use super::text::{hex, trimmed, unhex};
use super::{Evidence, Proof, bech32, ed25519};

/// `cardano-key`: a human-readable part that ends in `sk` or `xsk` (also `xprv`), or `cborHex`
/// of 32 bytes (5820…) or 128 (5880…).
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(text) = trimmed(value) else {
        return Proof::Refuted("not text");
    };
    match unhex(text).as_deref() {
        Some([0x58, 0x20, seed @ ..]) if seed.len() == 32 => {
            let public = ed25519::public(&super::hash::head(seed));
            let evidence = Evidence::loose("CBOR of 32 bytes");
            return Proof::Proved(evidence.with("public key", hex(&public)));
        }
        Some([0x58, 0x80, rest @ ..]) if rest.len() == 128 => {
            return Proof::Proved(Evidence::loose("CBOR of 128 bytes"));
        }
        Some(_) => return Proof::Refuted("not the CBOR of a signing key"),
        None => {}
    }
    let Some((name, bytes)) = bech32::decode(text) else {
        return Proof::Refuted("bech32 checksum fails");
    };
    let secret = name.rsplit('_').next();
    match (secret, bytes.len()) {
        (Some("vk" | "xvk" | "vkh" | "xpub"), _) => Proof::Refuted("a public key"),
        // An xsk is an extended key of 64 bytes and a chain code of 32; older ones hold the
        // public key as well.
        (Some("sk"), 32 | 64) | (Some("xsk" | "xprv"), 96 | 128) => {
            Proof::Proved(Evidence::exact("bech32 checksum").with("key", name))
        }
        _ => Proof::Refuted("not the prefix and length of a signing key"),
    }
}
