//! Mapbox's tokens: `sk.` (secret), `pk.` (public) or `tk.` (temporary), base64 of an object with user (`u`) and
//! token id (`a`), and a signature (<https://docs.mapbox.com/api/accounts/tokens/>).

use super::text::{decoded_object, trimmed};
use super::{Evidence, Proof};

/// `mapbox-token`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let mut parts = trimmed(value).unwrap_or_default().split('.').skip(1);
    let object = parts.next().and_then(decoded_object);
    match object {
        Some(object) if object.contains_key("u") && object.contains_key("a") => {
            Proof::Proved(Evidence::exact("decodes to user and token id"))
        }
        _ => Proof::Refuted("does not decode to a user and a token id"),
    }
}
