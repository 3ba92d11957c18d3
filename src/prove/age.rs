//! Identities of age: upper-case bech32 (<https://age-encryption.org/v1>).

use super::text::trimmed;
use super::{Evidence, Proof, bech32};
use curve25519_dalek::MontgomeryPoint;

/// The human-readable part of an X25519 identity.
pub(super) const NAME: &str = "age-secret-key-";
/// That of a post-quantum identity.
pub(super) const HYBRID: &str = "age-secret-key-pq-";

/// `age-key`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some((name, bytes)) = trimmed(value).and_then(bech32::decode) else {
        return Proof::Refuted("bech32 checksum fails");
    };
    let evidence = Evidence::exact("bech32 checksum");
    match (name.as_str(), <[u8; 32]>::try_from(bytes)) {
        (NAME, Ok(secret)) => {
            let public = MontgomeryPoint::mul_base_clamped(secret);
            let recipient = bech32::encode("age", public.as_bytes());
            Proof::Proved(evidence.with_some("age recipient", recipient))
        }
        (HYBRID, Ok(_)) => Proof::Proved(evidence.with("key", "post-quantum")),
        _ => Proof::Refuted("not the prefix and length of an identity"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::prove::text::{hex, unhex};

    /// RFC 7748, section 6.1: Alice's key pair.
    #[test]
    fn the_recipient_is_the_x25519_key() {
        let secret = [
            "77076d0a7318a57d",
            "3c16c17251b26645",
            "df4c2f87ebc0992a",
            "b177fba51db92c2a",
        ];
        let secret = bech32::encode(NAME, &unhex(&secret.concat()).unwrap()).unwrap();
        let Proof::Proved(evidence) = prove(secret.to_uppercase().as_bytes()) else {
            panic!("not proved");
        };
        let (_, recipient) = evidence.public.first().unwrap();
        let (name, public) = bech32::decode(recipient).unwrap();
        assert_eq!(name, "age");
        assert!(hex(&public).starts_with("8520f0098930a754"));
    }
}
