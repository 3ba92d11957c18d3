//! Made-up tokens of services that close with a checksum or decode to something.

use super::{ALNUM, Dice};
use crate::prove::checksum::crc32;
use crate::prove::marvin::marvin32;
use crate::prove::text::{base32, base64, base64_unpadded, base64url};
use crate::prove::{atlassian as atlassian_token, azure, github as github_token, openai, vercel};

const URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

pub(in crate::prove) fn atlassian(dice: &mut Dice) -> Option<String> {
    let kind = dice.pick(&["ATATT3xFfGF0", "ATCTT3xFfGN0", "ATCTT3xFfGF0"])?;
    let rest = format!("{kind}{}=", dice.text(URL, 171)?);
    Some(format!("{rest}{}", atlassian_token::checksum(&rest)))
}

pub(in crate::prove) fn atlassian_pat(dice: &mut Dice) -> Option<String> {
    let number = dice.below(1_000_000_000_000);
    let bytes = [format!("{number:012}:").as_bytes(), &dice.bytes::<20>()].concat();
    Some(base64_unpadded(&bytes))
}

pub(in crate::prove) fn azure_key(dice: &mut Dice) -> Option<String> {
    let (length, at, mark, seeds, _) = dice.pick(&azure::KINDS)?;
    let letters = dice.pick(seeds)?;
    let alphabet: &[u8] = if mark.starts_with('+') { BASE64 } else { ALNUM };
    let head = dice.text(alphabet, at)?;
    // What follows the mark begins with a letter of A to D or A to P; the rest is the hash's.
    let next = dice.text(b"ABCD", 1)?;
    let fill = "A".repeat(length - at - 5);
    let mut bytes = crate::prove::text::unbase64(&format!("{head}{mark}{next}{fill}"))?;
    let length = bytes.len().checked_sub(4)?;
    let sum = marvin32(bytes.get(..length)?, azure::seed(letters)).to_le_bytes();
    bytes.get_mut(length..)?.copy_from_slice(&sum);
    Some(base64(&bytes))
}

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(in crate::prove) fn azure_unmarked(dice: &mut Dice) -> Option<String> {
    let length = dice.pick(&[32, 64])?;
    Some(base64(&dice.vec(length)))
}

pub(in crate::prove) fn azure_cask(dice: &mut Dice) -> Option<String> {
    let (owner, _) = dice.pick(&azure::OWNERS)?;
    // Until the hash has neither `+` nor `/`, as those who make such keys try.
    for _ in 0..64 {
        let head = dice.text(ALNUM, 52)?;
        let platform = dice.text(ALNUM, 16)?;
        let text = format!("{head}JQQJ99BC{platform}{owner}AAAA");
        let mut bytes = crate::prove::text::unbase64(&text)?;
        let sum = marvin32(bytes.get(..60)?, azure::seed("Default0")).to_le_bytes();
        bytes.get_mut(60..63)?.copy_from_slice(sum.get(..3)?);
        let key = base64(&bytes);
        if key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Some(key);
        }
    }
    None
}

pub(in crate::prove) fn azure_devops(dice: &mut Dice) -> Option<String> {
    let mut bytes = dice.bytes::<32>();
    let rest: Vec<u8> = bytes
        .iter()
        .enumerate()
        .filter(|(at, _)| !azure::PLACES.contains(at))
        .map(|(_, byte)| *byte)
        .collect();
    let sum = crc32(&rest) ^ azure::MASKS[0];
    for (at, byte) in azure::PLACES.iter().zip(sum.to_le_bytes()) {
        *bytes.get_mut(*at)? = byte;
    }
    Some(base32(&bytes).to_ascii_lowercase())
}

pub(in crate::prove) fn bedrock(dice: &mut Dice) -> Option<String> {
    let name = dice.text(LOWER, 4)?;
    let number = dice.below(1_000_000_000_000);
    let secret = base64(&dice.bytes::<33>());
    let text = format!("BedrockAPIKey-{name}-at-{number:012}:{secret}");
    Some(format!("ABSK{}", base64(text.as_bytes())))
}

pub(in crate::prove) fn jfrog(dice: &mut Dice) -> Option<String> {
    let moment = 1_767_225_600 + dice.below(30_000_000);
    let text = format!("reftkn:01:{moment:010}:{}", dice.text(ALNUM, 27)?);
    Some(base64(text.as_bytes()))
}

pub(in crate::prove) fn kubernetes(dice: &mut Dice) -> Option<String> {
    let header = format!(r#"{{"alg":"RS256","kid":"{}"}}"#, dice.text(ALNUM, 43)?);
    let name = dice.text(LOWER, 6)?;
    let payload = format!(
        r#"{{"iss":"kubernetes/serviceaccount","kubernetes.io/serviceaccount/namespace":"{name}","kubernetes.io/serviceaccount/service-account.name":"{name}","sub":"system:serviceaccount:{name}:{name}"}}"#
    );
    let signature = base64url(&dice.bytes::<256>());
    Some(format!(
        "{}.{}.{signature}",
        base64url(header.as_bytes()),
        base64url(payload.as_bytes())
    ))
}

pub(in crate::prove) fn matrix(dice: &mut Dice) -> Option<String> {
    let name = dice.text(LOWER, 7)?;
    let letters = &ALNUM[10..];
    let rest = format!(
        "syt_{}_{}",
        base64_unpadded(name.as_bytes()),
        dice.text(letters, 20)?
    );
    Some(format!("{rest}_{}", github_token::checksum(&rest)))
}

pub(in crate::prove) fn npm(dice: &mut Dice) -> Option<String> {
    let body = dice.text(ALNUM, 30)?;
    Some(format!("npm_{body}{}", github_token::checksum(&body)))
}

pub(in crate::prove) fn openai_key(dice: &mut Dice) -> Option<String> {
    let (prefix, alphabet, half) = dice.pick(&[
        ("sk-", ALNUM, 20),
        ("sk-proj-", URL, 74),
        ("sk-svcacct-", URL, 58),
        ("sk-admin-", URL, 58),
    ])?;
    let (head, tail) = (dice.text(alphabet, half)?, dice.text(alphabet, half)?);
    Some(format!("{prefix}{head}{}{tail}", openai::MARK))
}

pub(in crate::prove) fn pypi(dice: &mut Dice) -> Option<String> {
    let location = dice.pick(&["pypi.org", "pypi.org", "test.pypi.org"])?;
    let identifier = super::token::uuid(dice)?;
    let caveat = format!(r#"[0, {}, {}]"#, dice.below(1 << 31), dice.below(1 << 31));
    let field = |kind: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
        [&[kind, length], content].concat()
    };
    let bytes = [
        vec![2],
        field(1, location.as_bytes()),
        field(2, identifier.as_bytes()),
        vec![0],
        field(2, caveat.as_bytes()),
        vec![0, 0],
        field(6, &dice.bytes::<32>()),
    ];
    Some(format!("pypi-{}", base64url(&bytes.concat())))
}

pub(in crate::prove) fn vercel_token(dice: &mut Dice) -> Option<String> {
    let (prefix, _) = dice.pick(&vercel::KINDS)?;
    let body = dice.text(ALNUM, 50)?;
    Some(format!("{prefix}{body}{}", github_token::checksum(&body)))
}
