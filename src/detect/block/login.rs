//! Passwords that a format binds: what they mean.

use base64::Engine as _;

use super::BlockHit;
use crate::detect::anchor::Login;
use crate::rule::Block;

const BASE64: base64::engine::GeneralPurpose = base64::engine::GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    base64::engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

/// The password of a login: without the percent signs of a URL, and behind the user in base64.
pub(super) fn read(bytes: &[u8], login: &Login) -> Option<BlockHit> {
    let text = login.run.of(bytes);
    let value = match login.label {
        "docker" | "npmrc" => basic(text)?,
        "npmrc-token" | "netrc" | "nuget" => text.to_vec(),
        _ => percent(text),
    };
    Some(BlockHit {
        block: Block::Login,
        start: login.run.start,
        end: login.run.end,
        value,
        label: login.label,
    })
}

/// What stands behind the colon of a decoded text, or all of it; none when it is no text.
fn basic(text: &[u8]) -> Option<Vec<u8>> {
    let decoded = BASE64.decode(text).ok()?;
    let printable = decoded
        .iter()
        .all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    let password =
        memchr::memchr(b':', &decoded).map_or(&decoded[..], |colon| &decoded[colon + 1..]);
    (printable && password.len() >= 4).then(|| password.to_vec())
}

/// Percent-encoded bytes as they are meant (RFC 3986, section 2.1).
fn percent(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|code| str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                out.push(code);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(*byte);
                rest = tail;
            }
        }
    }
    out
}
