//! Zapier's catch hooks: the address ends in the account's number and six to eight characters
//! (<https://help.zapier.com/hc/en-us/articles/8496288690317>).

use super::text::trimmed;
use super::{Evidence, Proof};

/// `zapier-hook`: the last part is too short to look random by itself; it is no word at least.
pub(super) fn prove(value: &[u8]) -> Proof {
    let text = trimmed(value).and_then(|text| text.split_once("/hooks/catch/"));
    let mut parts = text.map_or("", |(_, parts)| parts).split('/');
    let number = parts.next().unwrap_or_default();
    let hook = parts.next().unwrap_or_default();
    let digits = hook.bytes().filter(u8::is_ascii_digit).count();
    let changing = number
        .bytes()
        .any(|byte| !number.starts_with(char::from(byte)));
    if changing && digits > 0 && digits < hook.len() {
        Proof::Proved(Evidence::loose("account and hook"))
    } else {
        Proof::Refuted("no hook that Zapier made")
    }
}
