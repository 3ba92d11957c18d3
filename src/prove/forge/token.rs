//! Made-up tokens of services, and plain encodings.

use super::{ALNUM, Dice};
use crate::prove::text::{base32, base64, base64_unpadded, base64url, base64url_padded, hex};
use crate::prove::{base58 as base58_text, discord as discord_token, github as github_token};
use crate::prove::{encoded, gitlab as gitlab_token};

/// 2025-01-01: the last moment that a made-up value tells.
const LATEST: u64 = 1_735_689_600;

pub(in crate::prove) fn aws(dice: &mut Dice) -> Option<String> {
    let prefix = dice.pick(&["AKIA", "AKIA", "ASIA"])?;
    // The first bit is set in all ids that hold an account.
    let mut bytes = dice.bytes::<10>();
    bytes[0] |= 0x80;
    Some(format!("{prefix}{}", base32(&bytes)))
}

pub(in crate::prove) fn base58(dice: &mut Dice) -> Option<String> {
    Some(base58_text::encode(&dice.bytes::<32>()))
}

pub(in crate::prove) fn base64_32(dice: &mut Dice) -> Option<String> {
    Some(base64(&dice.bytes::<32>()))
}

pub(in crate::prove) fn base64_64(dice: &mut Dice) -> Option<String> {
    Some(base64(&dice.bytes::<64>()))
}

pub(in crate::prove) fn fernet(dice: &mut Dice) -> Option<String> {
    Some(base64url_padded(&dice.bytes::<32>()))
}

pub(in crate::prove) fn discord(dice: &mut Dice) -> Option<String> {
    let since = LATEST * 1000 - discord_token::EPOCH;
    // Two years after the start at the earliest, so that the number has 17 digits or more.
    let moment = since / 2 + dice.below(since / 2);
    let id = (moment << 22 | dice.below(1 << 22)).to_string();
    let id = base64_unpadded(id.as_bytes());
    let moment = base64url(&dice.bytes::<5>())
        .chars()
        .take(6)
        .collect::<String>();
    let signature = dice.text(ALNUM, 38)?;
    Some(format!("{id}.{moment}.{signature}"))
}

pub(in crate::prove) fn github(dice: &mut Dice) -> Option<String> {
    let (prefix, _) = dice.pick(&github_token::KINDS)?;
    let body = dice.text(ALNUM, 30)?;
    Some(format!("{prefix}{body}{}", github_token::checksum(&body)))
}

pub(in crate::prove) fn gitlab(dice: &mut Dice) -> Option<String> {
    let payload = base64url(&dice.bytes::<32>());
    // 17 is the payload's length, 43, in base 36.
    let rest = format!("glpat-{payload}.01.17");
    let checksum = gitlab_token::checksum(&rest);
    Some(rest + &checksum)
}

pub(in crate::prove) fn jwt(dice: &mut Dice) -> Option<String> {
    let header = base64url(br#"{"alg":"HS256","typ":"JWT"}"#);
    let moment = LATEST - dice.below(100_000_000);
    let payload = format!(r#"{{"sub":"{}","iat":{moment}}}"#, dice.below(1 << 40));
    let payload = base64url(payload.as_bytes());
    let signature = base64url(&dice.bytes::<32>());
    Some(format!("{header}.{payload}.{signature}"))
}

pub(in crate::prove) fn object_id(dice: &mut Dice) -> Option<String> {
    let since = encoded::OBJECT_IDS_SINCE;
    let moment = u32::try_from(since + dice.below(LATEST - since)).ok()?;
    let bytes = [&moment.to_be_bytes()[..], &dice.bytes::<8>()].concat();
    Some(hex(&bytes))
}

pub(in crate::prove) fn telegram(dice: &mut Dice) -> Option<String> {
    let id = 100_000_000 + dice.below(7_000_000_000);
    Some(format!("{id}:AA{}", dice.text(ALNUM, 33)?))
}

pub(in crate::prove) fn uuid(dice: &mut Dice) -> Option<String> {
    let digits = uuid_hex(dice)?;
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| digits.get(range));
    let groups: Option<Vec<&str>> = groups.into_iter().collect();
    Some(groups?.join("-"))
}

pub(in crate::prove) fn uuid_hex(dice: &mut Dice) -> Option<String> {
    let mut bytes = dice.bytes::<16>();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Some(hex(&bytes))
}
