//! Nostr's private keys: bech32 `nsec`
//! (<https://github.com/nostr-protocol/nips/blob/master/19.md>).

use super::secp256k1::Key;
use super::text::trimmed;
use super::{Evidence, Proof, bech32};

/// The human-readable part of a private key.
pub(super) const NAME: &str = "nsec";

/// `nostr-key`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some((name, bytes)) = trimmed(value).and_then(bech32::decode) else {
        return Proof::Refuted("bech32 checksum fails");
    };
    if name != NAME {
        return Proof::Refuted("not the prefix of a private key");
    }
    let Some(key) = Key::new(&bytes) else {
        return Proof::Refuted("out of the range of secp256k1");
    };
    let public = key.compressed();
    let public = bech32::encode("npub", public.get(1..).unwrap_or_default());
    Proof::Proved(
        Evidence::exact("bech32 checksum and curve range").with_some("Nostr public key", public),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::prove::text::unhex;

    /// NIP-19's pair.
    #[test]
    fn the_public_key_is_that_of_the_nip() {
        let secret = [
            "67dea2ed018072d6",
            "75f5415ecfaed7d2",
            "597555e202d85b3d",
            "65ea4e58d2d92ffa",
        ];
        let secret = bech32::encode(NAME, &unhex(&secret.concat()).unwrap()).unwrap();
        let Proof::Proved(evidence) = prove(secret.as_bytes()) else {
            panic!("not proved");
        };
        let public = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";
        assert_eq!(evidence.public, [("Nostr public key", public.into())]);
    }
}
