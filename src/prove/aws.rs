//! AWS access key ids: base32 behind the prefix, with the account's number in it
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>; the bits are
//! told in "AWS Access Key ID Formats" by Aidan Steele and "A short note on AWS KEY ID" by
//! Tal Be'ery).

use super::text::{trimmed, unbase32};
use super::{Evidence, Proof};

/// The prefixes of credentials; others (`AIDA`, `AROA`, …) name users, roles and the like.
const KEYS: [&str; 4] = ["AKIA", "ASIA", "ABIA", "ACCA"];

/// `aws-key-id`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some((prefix, rest)) = trimmed(value).and_then(|text| text.split_at_checked(4)) else {
        return Proof::Refuted("not the length of a key id");
    };
    if !KEYS.contains(&prefix) {
        return Proof::Refuted("not the prefix of a key id");
    }
    if !matches!(rest.len(), 12 | 16) {
        return Proof::Refuted("not the length of a key id");
    }
    let Some(bytes) = unbase32(rest) else {
        // Peers disagree whether ids beyond base32 exist.
        return Proof::Unknown;
    };
    let evidence = Evidence::loose("base32 decodes");
    // Ids from before 2019 hold no account: their first character is at most P.
    if rest < "Q" {
        return Proof::Proved(evidence);
    }
    Proof::Proved(evidence.with("AWS account", format!("{:012}", account(&bytes))))
}

/// Forty bits of the first six bytes, behind the first bit.
fn account(bytes: &[u8]) -> u64 {
    let first = bytes.iter().take(6);
    let number = first.fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    (number & 0x7fff_ffff_ff80) >> 7
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::text::base32;

    #[test]
    fn the_account_stands_in_the_id() {
        let number = 123_456_789_012u64;
        let bytes = ((1u64 << 47) | number << 7).to_be_bytes();
        let id = base32(&[&bytes[2..], &[1, 2, 3, 4]].concat());
        let proof = prove(format!("AKIA{id}").as_bytes());
        let account = ("AWS account", number.to_string());
        assert!(matches!(proof, Proof::Proved(evidence) if evidence.public == [account]));
    }

    #[test]
    fn ids_of_users_are_no_keys() {
        let id = format!("AIDA{}", "A".repeat(16));
        assert!(matches!(prove(id.as_bytes()), Proof::Refuted(_)));
    }
}
