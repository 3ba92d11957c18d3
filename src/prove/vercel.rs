//! Vercel's tokens: six base62 digits close them, the CRC-32 of the fifty characters behind the prefix.
//! The formula was read off published tokens: a token without it is not refuted.

use super::Proof;
use super::github::closed;

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
    closed(value, &KINDS, |body| body == 50)
}
