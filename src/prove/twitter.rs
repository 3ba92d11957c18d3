//! Bearer tokens of X (Twitter): a row of `A`, the zero bytes that base64 begins with, and a random rest in which
//! `+`, `/` and `=` are percent-encoded (<https://developer.x.com/en/docs/authentication/oauth-2-0>).

use super::text::trimmed;
use super::{Evidence, Proof};

/// How many different characters the rest holds at the least: a random one of seventy has over thirty.
const DIFFERENT: usize = 20;

/// How many zero characters it begins with at most: a token has 21 or 22, data may have any number.
const ZEROS: usize = 30;

/// `twitter-bearer`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let whole = trimmed(value).unwrap_or_default();
    let rest = whole.trim_start_matches('A');
    if whole.len() - rest.len() > ZEROS {
        return Proof::Refuted("too many zero bytes");
    }
    let mut bytes = rest.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    if bytes.len() < DIFFERENT {
        return Proof::Refuted("the rest is not random");
    }
    Proof::Proved(Evidence::exact("zero bytes and a random rest"))
}
