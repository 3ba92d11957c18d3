//! GitHub's tokens: six base62 digits close them, the CRC-32 of the thirty before
//! (<https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>).

use super::checksum::crc32;
use super::text::{digits, trimmed};
use super::{Evidence, Proof};

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The prefixes whose tokens close with a checksum, and what they are.
pub(super) const KINDS: [(&str, &str); 5] = [
    ("ghp_", "personal access token"),
    ("gho_", "OAuth token"),
    ("ghu_", "user-to-server token"),
    ("ghs_", "installation token"),
    ("ghr_", "refresh token"),
];

/// The six digits that close a token with this body.
pub(super) fn checksum(body: &str) -> String {
    digits(crc32(body.as_bytes()), BASE62, 6)
}

/// `github-token`. The forms change (newer `ghs_` tokens hold a JWT), so that a token without the
/// checksum is not refuted.
pub(super) fn prove(value: &[u8]) -> Proof {
    closed(value, &KINDS, |body| body >= 30)
}

/// Tokens of these prefixes and kinds that six digits close: the checksum of a body of a length that `fits`.
pub(super) fn closed(
    value: &[u8],
    kinds: &[(&str, &'static str)],
    fits: impl Fn(usize) -> bool,
) -> Proof {
    let Some(text) = trimmed(value) else {
        return Proof::Refuted("not text");
    };
    let mut kinds = kinds
        .iter()
        .filter_map(|(prefix, kind)| Some((text.strip_prefix(prefix)?, kind)));
    let Some((token, kind)) = kinds.next() else {
        return Proof::Unknown;
    };
    match token.split_at_checked(token.len().saturating_sub(6)) {
        Some((body, sum)) if fits(body.len()) && checksum(body) == sum => {
            Proof::Proved(Evidence::exact("CRC-32 checksum").with("kind", *kind))
        }
        _ => Proof::Unknown,
    }
}
