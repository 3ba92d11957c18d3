//! Lists of 32 or 64 bytes: a Solana key file, `vec![…]`, `new byte[]{…}`, Go's print of a slice.

use super::BlockHit;
use crate::detect::anchor::Run;
use crate::rule::Block;

/// The lengths of a seed and of a key pair (RFC 8032), in bytes.
const SEED: usize = 32;
const PAIR: usize = 64;

/// The list that fills a stretch of numbers, if brackets stand around it; a list of 64 may stand in
/// quotes instead, or alone behind `=` or `:`.
pub(super) fn read(bytes: &[u8], run: Run) -> Option<BlockHit> {
    let start = run.start.checked_sub(1)?;
    let open = *bytes.get(start)?;
    let close = bytes.get(run.end).copied().unwrap_or(b'\n');
    let value = numbers(run.of(bytes))?;
    let in_brackets = matches!((open, close), (b'[', b']') | (b'{', b'}') | (b'(', b')'));
    let in_quotes = open == close && matches!(open, b'"' | b'\'' | b'`');
    let fits = match value.len() {
        PAIR => in_brackets || in_quotes || is_alone(open, run, bytes),
        SEED => in_brackets && !is_table(&value),
        _ => false,
    };
    (fits && !is_constant(&value)).then_some(BlockHit {
        block: Block::Bytes,
        start,
        end: (run.end + 1).min(bytes.len()),
        value,
        label: "",
    })
}

/// Whether a list is all that stands behind a name's `=` or `:`. The stretch takes in the white space
/// around it.
fn is_alone(open: u8, run: Run, bytes: &[u8]) -> bool {
    let ends = run.of(bytes).last().is_some_and(|byte| *byte == b'\n');
    matches!(open, b'=' | b':') && (ends || run.end >= bytes.len())
}

/// Whether a list never lies over this stretch of a text. The numbers at its ends may be parts of longer ones.
pub(super) fn parts(stretch: &[u8]) -> bool {
    let of_list = |b: &u8| b.is_ascii_hexdigit() || b.is_ascii_whitespace() || b"xX,".contains(b);
    let between = |b: &u8| b.is_ascii_whitespace() || *b == b',';
    let mut inner = stretch.splitn(2, between).skip(1);
    let inner = inner.next().unwrap_or_default();
    let whole = inner
        .iter()
        .rposition(between)
        .and_then(|end| inner.get(..end));
    let mut numbers = whole.unwrap_or_default().split(between);
    !stretch.iter().all(of_list)
        || numbers.any(|number| !number.is_empty() && number_of(number).is_none())
}

/// The numbers of a stretch, if there are at most 64 and each is a byte.
fn numbers(text: &[u8]) -> Option<Vec<u8>> {
    let mut values = Vec::with_capacity(PAIR);
    let mut rest = text.trim_ascii_start();
    while !rest.is_empty() {
        if values.len() == PAIR {
            return None;
        }
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let (number, after) = rest.split_at_checked(length)?;
        values.push(number_of(number)?);
        // A comma, white space or both: Go prints `[1 2 3]`.
        rest = after.trim_ascii_start();
        rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
    }
    Some(values)
}

/// A byte in decimal, or in hexadecimal after `0x`.
fn number_of(text: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(text).ok()?;
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) if matches!(hex.len(), 1 | 2) => u8::from_str_radix(hex, 16).ok(),
        None if matches!(text.len(), 1..=3) => text.parse().ok(),
        _ => None,
    }
}

/// All the same, as a buffer of zeros is.
fn is_constant(values: &[u8]) -> bool {
    values
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a == b))
}

/// What 32 random bytes are with a chance of less than one in a million: in order, in equal steps,
/// of few values, or all below 128 as text and small numbers are.
fn is_table(values: &[u8]) -> bool {
    let steps = |test: fn(u8, u8) -> bool| {
        values
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if test(*a, *b)))
    };
    let mut seen = [false; 256];
    for value in values {
        if let Some(slot) = seen.get_mut(usize::from(*value)) {
            *slot = true;
        }
    }
    let step = |pair: &[u8]| match pair {
        [a, b] => b.wrapping_sub(*a),
        _ => 0,
    };
    let mut all = values.windows(2).map(step);
    let first = all.next();
    steps(|a, b| a <= b)
        || steps(|a, b| a >= b)
        || all.all(|next| Some(next) == first)
        || seen.iter().filter(|seen| **seen).count() < 16
        || values.iter().all(|value| *value < 128)
}
