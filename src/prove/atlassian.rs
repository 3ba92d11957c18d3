//! Atlassian's tokens. Those of the cloud close with eight capital hexadecimal digits, a CRC-32 of all
//! before them; the formula was read off a published token, so that none is refuted by it. Those of Jira
//! and Confluence Data Center are base64 of twelve digits, a colon and twenty bytes
//! (<https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html>).

use super::checksum::crc32;
use super::text::{trimmed, unbase64};
use super::{Evidence, Proof};

/// The eight digits that close a token, from all that stands before them, `=` included.
pub(super) fn checksum(rest: &str) -> String {
    format!("{:08X}", crc32(rest.as_bytes()))
}

/// `atlassian-token`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(text) = trimmed(value) else {
        return Proof::Refuted("not text");
    };
    match text.split_at_checked(text.len().saturating_sub(8)) {
        Some((rest, sum)) if rest.ends_with('=') && checksum(rest) == sum => {
            Proof::Proved(Evidence::exact("CRC-32 checksum"))
        }
        _ => Proof::Unknown,
    }
}

/// `atlassian-pat`.
pub(super) fn prove_pat(value: &[u8]) -> Proof {
    let bytes = trimmed(value).and_then(unbase64);
    match bytes
        .as_deref()
        .and_then(|bytes| bytes.split_at_checked(12))
    {
        Some((digits, [b':', rest @ ..]))
            if digits.iter().all(u8::is_ascii_digit) && rest.len() == 20 =>
        {
            Proof::Proved(Evidence::exact(
                "base64 of twelve digits, a colon and 20 bytes",
            ))
        }
        _ => Proof::Refuted("not base64 of twelve digits, a colon and 20 bytes"),
    }
}
