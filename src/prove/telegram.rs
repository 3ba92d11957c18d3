//! Telegram's bot tokens: the bot's number and 35 characters
//! (<https://core.telegram.org/bots/api#authorizing-your-bot>).

use super::text::trimmed;
use super::{Evidence, Proof};

/// `telegram-token`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some((id, secret)) = trimmed(value).and_then(|text| text.split_once(':')) else {
        return Proof::Refuted("no bot number before the secret");
    };
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit()) && !id.starts_with('0');
    if !is_number || !(5..=16).contains(&id.len()) {
        return Proof::Refuted("not the number of a bot");
    }
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if secret.len() != 35 || !secret.bytes().all(letters) {
        return Proof::Refuted("not the secret of a bot");
    }
    Proof::Proved(Evidence::loose("bot number and secret").with("bot id", id))
}
