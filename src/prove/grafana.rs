//! Grafana's tokens (`pkg/components/satokengen`, `pkg/components/apikeygen` in its source).

use super::checksum::crc32;
use super::text::{decoded_object, hex, trimmed};
use super::{Evidence, Proof};

/// The eight digits that close a service account's token whose first part, prefix included, this is.
pub(super) fn checksum(rest: &str) -> String {
    hex(&crc32(rest.as_bytes()).to_le_bytes())
}

/// `grafana-token`: `glsa_`, 32 characters, and behind `_` their CRC-32, its lowest byte first. Tests and
/// documentation hold made-up ones, so that none is refuted.
pub(super) fn prove(value: &[u8]) -> Proof {
    let text = trimmed(value).filter(|text| text.starts_with("glsa_"));
    match text.and_then(|text| text.rsplit_once('_')) {
        Some((rest, sum)) if checksum(rest) == sum => {
            Proof::Proved(Evidence::exact("CRC-32 checksum"))
        }
        _ => Proof::Unknown,
    }
}

/// `grafana-cloud-token`: behind `glc_` base64 of an object with organisation, name and key.
pub(super) fn prove_cloud(value: &[u8]) -> Proof {
    let body = trimmed(value).and_then(|text| text.strip_prefix("glc_"));
    object(body, &["o", "n", "k"])
}

/// `grafana-api-key`: until version 9, base64 of an object with key, name and organisation.
pub(super) fn prove_key(value: &[u8]) -> Proof {
    object(trimmed(value), &["k", "n", "id"])
}

fn object(text: Option<&str>, names: &[&str]) -> Proof {
    match text.and_then(decoded_object) {
        Some(object) if names.iter().all(|name| object.contains_key(*name)) => {
            Proof::Proved(Evidence::exact("decodes to name and key"))
        }
        _ => Proof::Refuted("does not decode to a name and a key"),
    }
}
