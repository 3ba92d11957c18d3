//! JFrog's reference tokens: base64 of `reftkn:01:`, the moment they end, and a random part
//! (<https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens>).

use super::date::date;
use super::text::{trimmed, unbase64};
use super::{Evidence, Proof};

/// `jfrog-reference`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let bytes = trimmed(value).and_then(unbase64);
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let mut parts = text.iter().flat_map(|text| text.split(':'));
    let (Some("reftkn"), Some("01"), Some(moment), Some(rest), None) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return Proof::Refuted("not base64 of `reftkn:01:…`");
    };
    match moment.parse::<u64>() {
        Ok(moment) if rest.len() >= 16 => Proof::Proved(
            Evidence::exact("decodes to a reference token")
                .with_some("expires", (moment > 0).then(|| date(moment)).flatten()),
        ),
        _ => Proof::Refuted("not base64 of `reftkn:01:…`"),
    }
}
