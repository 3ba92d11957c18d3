//! Synapse's access and refresh tokens: `syt_`, the user's name in base64, twenty letters, and the CRC-32 of
//! all before in six base62 digits (`synapse/handlers/auth.py`, `synapse/util/stringutils.py`).

use super::github::checksum;
use super::text::trimmed;
use super::{Evidence, Proof};

/// `matrix-token`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let text = trimmed(value).filter(|text| text.starts_with("syt_") || text.starts_with("syr_"));
    match text.and_then(|text| text.rsplit_once('_')) {
        Some((rest, sum)) if checksum(rest) == sum => {
            Proof::Proved(Evidence::exact("CRC-32 checksum"))
        }
        Some(_) => Proof::Unknown,
        None => Proof::Refuted("not the form of an access token"),
    }
}
