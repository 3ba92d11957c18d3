//! npm's tokens: six base62 digits close them, the CRC-32 of the thirty before
//! (<https://github.blog/security/supply-chain-security/announcing-npms-new-access-token-format/>).

use super::github::checksum;
use super::text::trimmed;
use super::{Evidence, Proof};

/// `npm-token`. Tests hold made-up tokens: nothing is refuted.
pub(super) fn prove(value: &[u8]) -> Proof {
    let token = trimmed(value).and_then(|text| text.strip_prefix("npm_"));
    match token.and_then(|token| token.split_at_checked(30)) {
        Some((body, sum)) if checksum(body) == sum => {
            Proof::Proved(Evidence::exact("CRC-32 checksum"))
        }
        _ => Proof::Unknown,
    }
}
