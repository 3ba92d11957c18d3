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
