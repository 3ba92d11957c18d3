//! GitLab's routable tokens: seven base36 digits close them, the CRC-32 of all before
//! (<https://docs.gitlab.com/security/tokens/>, `lib/authn/token_field/generator/routable_token.rb`).

use super::checksum::crc32;
use super::text::{digits, trimmed};
use super::{Evidence, Proof};

const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The seven digits that close a token, from all that stands before them.
pub(super) fn checksum(rest: &str) -> String {
    digits(crc32(rest.as_bytes()), BASE36, 7)
}

/// `gitlab-token`: `glpat-<payload>.<version and length><checksum>`. Older tokens have no
/// checksum, and tests hold made-up ones: nothing is refuted.
pub(super) fn prove(value: &[u8]) -> Proof {
    let text = trimmed(value).filter(|text| text.starts_with("gl") && text.contains('.'));
    let Some(text) = text else {
        return Proof::Unknown;
    };
    match text.split_at_checked(text.len().saturating_sub(7)) {
        Some((rest, sum)) if checksum(rest) == sum => {
            Proof::Proved(Evidence::exact("CRC-32 checksum"))
        }
        _ => Proof::Unknown,
    }
}
