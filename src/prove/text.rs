//! Text to bytes and back: hexadecimal, base32, base64, and numbers in other bases.

use base64::Engine;
use base64::engine::DecodePaddingMode::Indifferent;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD_NO_PAD};
use base64::{alphabet, prelude::BASE64_STANDARD};

/// No credential is longer; what is longer is not looked into.
pub(super) const LONGEST: usize = 1 << 16;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// A candidate as text without blanks around it; none for what is no UTF-8, or too long.
pub(super) fn trimmed(value: &[u8]) -> Option<&str> {
    if value.len() > LONGEST {
        return None;
    }
    str::from_utf8(value).ok().map(str::trim)
}

/// Bytes of hexadecimal digits in pairs, either case, with or without `0x`.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let digits = digits.unwrap_or(text).as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let pairs = digits.chunks_exact(2);
    pairs
        .map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.last()?)?))
        .collect()
}

/// Exactly `N` bytes of hexadecimal digits.
pub(super) fn unhex_exact<const N: usize>(text: &str) -> Option<[u8; N]> {
    unhex(text)?.try_into().ok()
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes of base64, standard or URL-safe, padded or not.
pub(super) fn unbase64(text: &str) -> Option<Vec<u8>> {
    let url = text.contains(['-', '_']);
    let engine = if url { URL_SAFE } else { STANDARD };
    engine.decode(text).ok()
}

/// The JSON object that base64 holds.
pub(super) fn decoded_object(text: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
    serde_json::from_slice(&unbase64(text)?).ok()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub(super) fn base64_unpadded(bytes: &[u8]) -> String {
    STANDARD_NO_PAD.encode(bytes)
}

pub(super) fn base64url(bytes: &[u8]) -> String {
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn base64url_padded(bytes: &[u8]) -> String {
    base64::prelude::BASE64_URL_SAFE.encode(bytes)
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Bytes of unpadded upper-case base32 (RFC 4648); bits left over are dropped.
pub(super) fn unbase32(text: &str) -> Option<Vec<u8>> {
    let digits = text.bytes().map(|byte| {
        let place = BASE32.iter().position(|known| *known == byte)?;
        u16::try_from(place).ok()
    });
    let digits: Option<Vec<u16>> = digits.collect();
    let bits = digits?.into_iter().flat_map(|digit| bits(digit, 5));
    Some(bytes_of(bits))
}

/// Unpadded upper-case base32 (RFC 4648).
pub(super) fn base32(bytes: &[u8]) -> String {
    let bits = bytes.iter().flat_map(|byte| bits(u16::from(*byte), 8));
    let digits = groups(bits, 5).into_iter();
    let digits = digits.filter_map(|digit| BASE32.get(usize::from(digit)));
    digits.map(|digit| char::from(*digit)).collect()
}

/// The lowest `count` bits of a number, the highest first.
pub(super) fn bits(number: u16, count: u32) -> impl Iterator<Item = bool> {
    (0..count).rev().map(move |bit| number >> bit & 1 == 1)
}

/// Whole bytes from bits; what is left over is dropped.
pub(super) fn bytes_of(bits: impl Iterator<Item = bool>) -> Vec<u8> {
    let bits: Vec<bool> = bits.collect();
    let bytes = bits.chunks_exact(8);
    bytes
        .map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | u8::from(*bit)))
        .collect()
}

/// Numbers of `width` bits each; the last is filled up with zeros.
pub(super) fn groups(bits: impl Iterator<Item = bool>, width: usize) -> Vec<u16> {
    let bits: Vec<bool> = bits.collect();
    let groups = bits.chunks(width);
    groups
        .map(|group| {
            let number = group.iter().fold(0, |sum, bit| sum << 1 | u16::from(*bit));
            number << (width - group.len())
        })
        .collect()
}

/// A number written with these digits, at least `width` of them.
pub(super) fn digits(mut number: u32, alphabet: &[u8], width: usize) -> String {
    let base = u32::try_from(alphabet.len()).unwrap_or(1).max(2);
    let mut text = Vec::new();
    while number > 0 || text.len() < width {
        let digit = usize::try_from(number % base).unwrap_or(0);
        text.push(alphabet.get(digit).map_or('0', |byte| char::from(*byte)));
        number /= base;
    }
    text.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn encodings_go_both_ways() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex(&bytes)), Some(bytes.clone()));
        assert_eq!(unbase64(&base64(&bytes)), Some(bytes.clone()));
        assert_eq!(unbase64(&base64url(&bytes)), Some(bytes.clone()));
        assert_eq!(unbase32(&base32(&bytes[..35])).unwrap(), bytes[..35]);
    }

    /// RFC 4648, section 10.
    #[test]
    fn base32_is_that_of_the_rfc() {
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
        assert_eq!(base32(b"foob"), "MZXW6YQ");
    }

    #[test]
    fn numbers_are_filled_up() {
        assert_eq!(
            digits(35, b"0123456789abcdefghijklmnopqrstuvwxyz", 3),
            "00z"
        );
    }
}
