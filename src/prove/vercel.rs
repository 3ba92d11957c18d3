//! Vercel's tokens: six base62 digits close them, the CRC-32 of the fifty characters behind the prefix.
//! The formula was read off published tokens: a token without it is not refuted.

use super::github::checksum;
use super::text::trimmed;
use super::{Evidence, Proof};

/// The prefixes, and what they are (<https://vercel.com/docs/rest-api>).
pub(super) const KINDS: [(&str, &str); 5] = [
    ("vcp_", "personal token"),
    ("vci_", "integration token"),
    ("vca_", "app access token"),
    ("vcr_", "app refresh token"),
    ("vck_", "AI gateway key"),
];

/// `vercel-token`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(text) = trimmed(value) else {
        return Proof::Refuted("not text");
    };
    let kinds = KINDS.iter();
    let mut kinds = kinds.filter_map(|(prefix, kind)| Some((text.strip_prefix(prefix)?, kind)));
    let Some((token, kind)) = kinds.next() else {
        return Proof::Unknown;
    };
    match token.split_at_checked(50) {
        Some((body, sum)) if checksum(body) == sum => {
            Proof::Proved(Evidence::exact("CRC-32 checksum").with("kind", *kind))
        }
        _ => Proof::Unknown,
    }
}
