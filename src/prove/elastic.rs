//! Elasticsearch's API keys as they are sent: base64 of id, colon and key
//! (<https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-security-create-api-key>).

use super::text::{trimmed, unbase64};
use super::{Evidence, Proof};

/// `elastic-api-key`: an id of twenty and a key of twenty-two characters of URL-safe base64.
pub(super) fn prove(value: &[u8]) -> Proof {
    let text = trimmed(value).and_then(unbase64);
    let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let fits = |text: &str, length: usize| text.len() == length && text.bytes().all(letters);
    match text.as_deref().and_then(|text| text.split_once(':')) {
        Some((id, key)) if fits(id, 20) && fits(key, 22) => {
            Proof::Proved(Evidence::exact("decodes to id and key"))
        }
        _ => Proof::Refuted("does not decode to an id and a key"),
    }
}
