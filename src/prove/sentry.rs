//! Organisation tokens of Sentry: `sntrys_`, base64 of an object with issue time, URL and organisation, and a
//! secret (<https://github.com/getsentry/rfcs/blob/main/text/0091-ci-upload-tokens.md>).

use super::text::{decoded_object, trimmed};
use super::{Evidence, Proof};

/// `sentry-org-token`: shows the organisation.
pub(super) fn prove(value: &[u8]) -> Proof {
    let body = trimmed(value).and_then(|text| text.strip_prefix("sntrys_"));
    let object = body.and_then(|body| body.split_once('_'));
    let Some(object) = object.and_then(|(object, _)| decoded_object(object)) else {
        return Proof::Refuted("does not decode to an object");
    };
    let org = object.get("org").and_then(|org| org.as_str());
    let Some(org) = org.filter(|_| object.contains_key("iat")) else {
        return Proof::Refuted("names no organisation and time");
    };
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let slug = org.len() <= 50 && org.bytes().all(letters);
    Proof::Proved(
        Evidence::exact("decodes to organisation and time")
            .with_some("organisation", slug.then(|| org.to_owned())),
    )
}
