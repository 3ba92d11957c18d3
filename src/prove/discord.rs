//! Discord's bot tokens: the bot's number in base64, a moment, a signature
//! (<https://discord.com/developers/docs/reference#snowflakes>).

use super::date::{date, now};
use super::text::{trimmed, unbase64};
use super::{Evidence, Proof};

/// 2015-01-01 in milliseconds since 1970: where Discord's numbers begin.
pub(super) const EPOCH: u64 = 1_420_070_400_000;

/// `discord-token`: the number must be a snowflake from 2015 to now.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(text) = trimmed(value) else {
        return Proof::Refuted("not text");
    };
    let mut parts = text.split('.');
    let (Some(id), Some(moment), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Proof::Refuted("not three parts");
    };
    if moment.len() < 6 || signature.len() < 27 {
        return Proof::Refuted("not the parts of a token");
    }
    let id = unbase64(id).and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(id) = id.filter(|id| (17..=20).contains(&id.len())) else {
        return Proof::Refuted("no number in the first part");
    };
    let Some(seconds) = id.parse::<u64>().ok().map(|id| ((id >> 22) + EPOCH) / 1000) else {
        return Proof::Refuted("no number in the first part");
    };
    if now().is_some_and(|now| seconds > now) {
        return Proof::Refuted("a number from the future");
    }
    Proof::Proved(
        Evidence::exact("a snowflake in the first part")
            .with("bot id", id)
            .with_some("created", date(seconds)),
    )
}
