//! Service account tokens of 1Password: `ops_` and base64 of an object with the sign-in address and the keys
//! (<https://developer.1password.com/docs/service-accounts/>).

use super::text::{decoded_object, trimmed};
use super::{Evidence, Proof};

/// `onepassword-token`: shows where it signs in.
pub(super) fn prove(value: &[u8]) -> Proof {
    let body = trimmed(value).and_then(|text| text.strip_prefix("ops_"));
    let Some(object) = body.and_then(decoded_object) else {
        return Proof::Refuted("does not decode to an object");
    };
    let address = object.get("signInAddress").and_then(|a| a.as_str());
    let Some(address) = address.filter(|_| object.contains_key("muk")) else {
        return Proof::Refuted("holds no sign-in address and key");
    };
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let host = address.len() <= 60 && address.bytes().all(letters);
    Proof::Proved(
        Evidence::exact("decodes to sign-in address and key")
            .with_some("sign-in address", host.then(|| address.to_owned())),
    )
}
