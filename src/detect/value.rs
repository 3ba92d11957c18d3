//! What a value looks like by itself, or among the lines around it.

use std::ops::Range;

use super::random;

/// Whether a value is one of three lines or more of one length and nothing but base64: a piece of what was
/// wrapped, such as a key without its armour.
pub(super) fn wrapped(text: &[u8], span: &Range<usize>) -> bool {
    let base64 = |line: &[u8]| {
        line.len() == span.len()
            && line
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
    };
    let head = text.get(..span.start).unwrap_or_default();
    let tail = text.get(span.end..).unwrap_or_default();
    if !(head.is_empty() || head.ends_with(b"\n")) || !(tail.is_empty() || tail.starts_with(b"\n"))
    {
        return false;
    }
    let above = head.rsplit(|b| *b == b'\n').skip(1).take(2);
    let below = tail.split(|b| *b == b'\n').skip(1).take(2);
    let lines = above.take_while(|l| base64(l)).count() + below.take_while(|l| base64(l)).count();
    span.len() >= 40 && lines >= 2
}

/// Words of code behind which a name stands, and never a value.
const DECLARES: [&[u8]; 12] = [
    b"async",
    b"class",
    b"def",
    b"enum",
    b"extends",
    b"function",
    b"implements",
    b"instanceof",
    b"interface",
    b"keyof",
    b"struct",
    b"typeof",
];

/// Whether a word is a name in code: of a function, a class, a type. In a line of minified code, quotes may be
/// told wrong: in quotes only what is called counts.
pub(super) fn declared(text: &[u8], span: &Range<usize>, quoted: bool) -> bool {
    let head = text.get(..span.start).unwrap_or_default();
    let tail = text.get(span.end..).unwrap_or_default();
    if quoted && !tail.starts_with(b"(") {
        return false;
    }
    if tail.starts_with(b"[]") || tail.starts_with(b"()") {
        return true;
    }
    let Some(head) = head.strip_suffix(b" ") else {
        return false;
    };
    let letters = |byte: &&u8| byte.is_ascii_lowercase();
    let length = head.iter().rev().take(16).take_while(letters).count();
    let (rest, word) = head.split_at(head.len() - length);
    let whole = rest.last().is_none_or(|b| !b.is_ascii_alphanumeric());
    whole && DECLARES.contains(&word)
}

/// How much base64 beside a value makes it a piece of what is embedded, in bytes.
const DATA: usize = 256;
/// The same where it looks random, as no path of a URL does.
const DRAWN: usize = 48;

/// Whether a value of letters and digits is cut out of longer data in base64, at one of its `/` and `+`: any
/// short prefix stands in such data by chance.
pub(super) fn of_data(text: &[u8], span: &Range<usize>) -> bool {
    let base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let sign = |byte: Option<&u8>| matches!(byte, Some(b'+' | b'/'));
    let head = text.get(..span.start).unwrap_or_default();
    let tail = text.get(span.end..).unwrap_or_default();
    let value = text.get(span.clone()).unwrap_or_default();
    let data = |length: usize, beside: &[u8]| {
        length == DATA || length >= DRAWN && random::looks_random(beside)
    };
    let before = || {
        let length = head.iter().rev().take(DATA).take_while(base64).count();
        data(length, head.get(head.len() - length..).unwrap_or_default())
    };
    let behind = || {
        let length = tail.iter().take(DATA).take_while(base64).count();
        data(length, tail.get(..length).unwrap_or_default())
    };
    value.iter().all(u8::is_ascii_alphanumeric)
        && (sign(head.last()) && before() || sign(tail.first()) && behind())
}

/// A value without the mark of hexadecimal numbers.
pub(super) fn bare(value: &[u8]) -> &[u8] {
    value.strip_prefix(b"0x").unwrap_or(value)
}

/// Whether a value looks as if a machine drew it; groups of it count together.
pub(super) fn drawn(value: &[u8]) -> bool {
    if random::looks_random(value) {
        return true;
    }
    let dashes = value.iter().filter(|b| **b == b'-').count();
    if dashes < 2 {
        return false;
    }
    let joined: Vec<u8> = value.iter().copied().filter(|b| *b != b'-').collect();
    let digits = joined.iter().filter(|b| b.is_ascii_digit()).count();
    // Groups of words hold few digits.
    random::looks_random(&joined) && digits * 5 >= joined.len()
        || dashes >= 3 && digits * 4 >= joined.len() && !joined.iter().all(u8::is_ascii_digit)
}

/// The same of a candidate, whatever stands before its random part: `0x`, or the parts of a JWT that are base64
/// of text.
pub(super) fn drawn_behind(value: &[u8]) -> bool {
    let value = bare(value);
    drawn(value) || value.contains(&b'.') && drawn(tail(value))
}

/// The random part of a value with a telling prefix or suffix: the last long stretch between its joints, or
/// the end of it all when there are but short groups.
pub(super) fn tail(value: &[u8]) -> &[u8] {
    let joint = |byte: &u8| matches!(byte, b'_' | b'-' | b'.' | b':' | b'/');
    let mut stretches = value.rsplit(joint);
    let stretch = stretches.find(|stretch| stretch.len() >= 12);
    let rest = stretch.unwrap_or(value);
    &rest[rest.len().saturating_sub(24)..]
}

/// Whether what begins here stands behind the scheme of Basic authentication.
pub(super) fn is_basic(text: &[u8], start: usize) -> bool {
    let head = text.get(start.saturating_sub(6)..start).unwrap_or_default();
    head.eq_ignore_ascii_case(b"basic ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{declared, of_data};
    use crate::detect::random::tests::{Seed, alphabets};

    fn alnum(seed: u64, length: usize) -> String {
        let alphabet = alphabets().into_iter().find(|(name, _)| *name == "alnum");
        String::from_utf8(Seed(seed).value(&alphabet.unwrap().1, length)).unwrap()
    }

    #[test]
    fn names_in_code_are_declared() {
        let name = alnum(71, 18);
        for (text, expected) in [
            ("tokens: NAME[];", true),
            ("async NAME(){await x}", true),
            ("<K extends keyof NAME, T>", true),
            ("key = NAME", false),
            ("api key NAME", false),
            ("Api-Key: NAME", false),
        ] {
            let start = text.find("NAME").unwrap();
            let text = text.replace("NAME", &name);
            let span = start..start + name.len();
            assert_eq!(declared(text.as_bytes(), &span, false), expected, "{text}");
        }
    }

    #[test]
    fn pieces_of_embedded_data_are_told() {
        let (value, data) = (alnum(72, 120), alnum(73, 300));
        let piece = alnum(74, 64);
        for (text, expected) in [
            (format!("{data}/{value}"), true),
            (format!("\"{piece}/{value}\""), true),
            (
                format!("https://example.com/an/organization/of/many/words/{value}"),
                false,
            ),
            (format!("{value}+{data}"), true),
            (format!("key={value}"), false),
            (format!("https://example.com/v1/{value}"), false),
        ] {
            let start = text.find(&value).unwrap();
            let span = start..start + value.len();
            assert_eq!(of_data(text.as_bytes(), &span), expected, "{text}");
        }
    }
}
