//! Confluent Cloud's API secrets: `cflt`, 54 characters, and six that close them: base64 of the CRC-32 of
//! those 54, its lowest byte first.

use super::checksum::crc32;
use super::text::{base64_unpadded, trimmed};
use super::{Evidence, Proof};

/// The six characters that close a secret with this body.
pub(super) fn checksum(body: &str) -> String {
    base64_unpadded(&crc32(body.as_bytes()).to_le_bytes())
}

/// `confluent-secret`. The vendor does not describe the checksum, so that none is refuted.
pub(super) fn prove(value: &[u8]) -> Proof {
    let body = trimmed(value).and_then(|text| text.strip_prefix("cflt"));
    match body.and_then(|body| body.split_at_checked(54)) {
        Some((body, sum)) if checksum(body) == sum => {
            Proof::Proved(Evidence::exact("CRC-32 checksum"))
        }
        _ => Proof::Unknown,
    }
}
