//! Hedera's private keys: PKCS#8 in hexadecimal digits, with a head that names the curve.

use super::secp256k1::Key;
use super::text::{hex, trimmed, unhex};
use super::{Evidence, Proof, ed25519};

/// DER before the 32 bytes of an Ed25519 key.
pub(super) const ED: &str = "302e020100300506032b657004220420";
/// DER before the 32 bytes of a secp256k1 key.
pub(super) const SECP: &str = "3030020100300706052b8104000a04220420";

/// `hedera-key`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let text = trimmed(value).map(str::to_ascii_lowercase);
    let text = text.as_deref().unwrap_or_default();
    let text = text.strip_prefix("0x").unwrap_or(text);
    let evidence = Evidence::exact("DER head and 32 bytes");
    let key = |head| text.strip_prefix(head).and_then(unhex);
    if let Some(seed) = key(ED) {
        let Ok(seed) = <[u8; 32]>::try_from(seed) else {
            return Proof::Refuted("not 32 bytes");
        };
        let public = hex(&ed25519::public(&seed));
        return Proof::Proved(evidence.with("key", "Ed25519").with("public key", public));
    }
    match key(SECP).as_deref().map(Key::new) {
        Some(Some(key)) => Proof::Proved(
            evidence
                .with("key", "secp256k1")
                .with("Ethereum address", key.ethereum_address()),
        ),
        Some(None) => Proof::Refuted("not a key of secp256k1"),
        None => Proof::Refuted("not the DER head of a private key"),
    }
}
