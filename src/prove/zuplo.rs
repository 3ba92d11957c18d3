//! Zuplo's API keys: `zpka_`, 32 characters, and behind `_` their CRC-32 in hexadecimal
//! (<https://zuplo.com/docs/articles/api-key-leak-detection>).

use super::checksum::crc32;
use super::text::trimmed;
use super::{Evidence, Proof};

/// The eight digits that close a key with this body.
pub(super) fn checksum(body: &str) -> String {
    format!("{:08x}", crc32(body.as_bytes()))
}

/// `zuplo-key`. Documentation holds made-up ones, so that none is refuted.
pub(super) fn prove(value: &[u8]) -> Proof {
    let body = trimmed(value).and_then(|text| text.strip_prefix("zpka_"));
    match body.and_then(|body| body.split_once('_')) {
        Some((body, sum)) if checksum(body) == sum => {
            Proof::Proved(Evidence::exact("CRC-32 checksum"))
        }
        _ => Proof::Unknown,
    }
}
