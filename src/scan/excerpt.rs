//! A line of content for people: every secret in it masked, cut around the mark.

use std::ops::Range;

use crate::detect::random::looks_random;
use crate::finding::{Excerpt, mask};
use crate::rule::Role;

/// How much of a line is shown around a part, in bytes either way.
const AROUND: usize = 60;

/// The shortest run that is masked for its looks, and how far one is followed beyond what is shown.
const RUN: usize = 16;
const REACH: usize = 256;

/// A span to mask.
#[derive(Clone, Debug)]
pub(super) struct Masked {
    pub(super) span: Range<usize>,
    pub(super) role: Role,
}

/// Those of the masked spans, which are in order and apart, that share a byte with the range.
fn within<'m>(masks: &'m [Masked], range: &Range<usize>) -> &'m [Masked] {
    let first = masks.partition_point(|m| m.span.end <= range.start);
    let last = masks.partition_point(|m| m.span.start < range.end);
    masks.get(first..last).unwrap_or_default()
}

/// The text of `range` with every masked span replaced; the columns of the span `mark` in it, in characters.
pub(super) fn masked(
    text: &[u8],
    range: &Range<usize>,
    masks: &[Masked],
    mark: &Range<usize>,
) -> (String, (u32, u32)) {
    let mut out = String::new();
    let mut at = range.start;
    let mut columns = (0, 0);
    let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    for piece in within(masks, range) {
        let span = piece.span.start.max(range.start)..piece.span.end.min(range.end);
        if span.start < at {
            continue;
        }
        push(&mut out, &text[at..span.start]);
        let before = out.len();
        let whole = &text[piece.span.clone()];
        if whole.starts_with(b"-----BEGIN") && piece.span.start >= range.start {
            // The armour's first line says what it is and nothing more.
            let line = whole
                .iter()
                .position(|b| matches!(b, b'\n' | b'\r' | b'\\'))
                .unwrap_or(whole.len())
                .min(64);
            push(&mut out, &whole[..line.min(span.len())]);
            if line < span.len() {
                out.push_str("****");
            }
        } else if piece.role == Role::Seed || piece.span != span {
            out.push_str("****");
        } else {
            out.push_str(&mask(whole));
        }
        if !mark.is_empty() && piece.span.start <= mark.start && mark.end <= piece.span.end {
            columns = (count(&out[..before]), count(&out));
        }
        at = span.end;
    }
    push(&mut out, &text[at.min(range.end)..range.end]);
    (out, columns)
}

/// The text of `range` for a reader: what is masked, and every other run that looks random, whole or cut.
/// It may be another form of the secret, or a secret that no rule knows.
pub(super) fn shown(
    text: &[u8],
    range: &Range<usize>,
    masks: &[Masked],
    mark: &Range<usize>,
) -> (String, (u32, u32)) {
    let mut all = within(masks, range).to_vec();
    for run in runs(text, range) {
        if within(masks, &run).is_empty() && looks_random(&text[run.clone()]) {
            all.push(Masked {
                span: run,
                role: Role::Seed,
            });
        }
    }
    all.sort_by_key(|m| m.span.start);
    masked(text, range, &all, mark)
}

/// The runs of token characters that share a byte with the range, as far as they may reach.
fn runs(text: &[u8], range: &Range<usize>) -> Vec<Range<usize>> {
    let token = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'%');
    let low = range.start.saturating_sub(REACH);
    let high = range.end.saturating_add(REACH).min(text.len());
    let head = text.get(low..range.start).unwrap_or_default();
    let mut at = range.start - head.iter().rev().take_while(|b| token(b)).count();
    let mut out = Vec::new();
    while at < range.end {
        let rest = text.get(at..high).unwrap_or_default();
        let length = rest.iter().take_while(|b| token(b)).count();
        if length >= RUN {
            out.push(at..at + length);
        }
        at += length + 1;
    }
    out
}

/// The excerpt of one part; `line` is the span of its first line, `masks` all secrets in order.
pub(super) fn excerpt(
    text: &[u8],
    number: u32,
    line: &Range<usize>,
    masks: &[Masked],
    mark: &Range<usize>,
    label: &'static str,
) -> Excerpt {
    let mut start = line.start.max(mark.start.saturating_sub(AROUND));
    let mut end = line.end.min(mark.end.saturating_add(AROUND)).max(start);
    // A cut does not go through another secret, nor through a character.
    for other in within(masks, &(start.saturating_sub(1)..end.saturating_add(1))) {
        if other.span.start < start && start < other.span.end {
            start = other.span.end.min(mark.start);
        }
        if other.span.start < end && end < other.span.end {
            end = other.span.start.max(mark.end).min(line.end);
        }
    }
    while start > line.start && text[start] & 0xc0 == 0x80 {
        start -= 1;
    }
    while end < line.end && text[end] & 0xc0 == 0x80 {
        end += 1;
    }
    let (mut shown, (mut from, mut to)) = shown(text, &(start..end), masks, mark);
    let indent = shown.chars().take_while(|c| c.is_whitespace()).count();
    if start == line.start && indent > 0 {
        shown = shown.chars().skip(indent).collect();
        let indent = u32::try_from(indent).unwrap_or(0);
        (from, to) = (from.saturating_sub(indent), to.saturating_sub(indent));
    }
    if start > line.start {
        shown.insert(0, '…');
        (from, to) = (from + 1, to + 1);
    }
    if end < line.end {
        shown.push('…');
    }
    // There may be very many.
    shown.shrink_to_fit();
    Excerpt {
        line: number,
        text: shown,
        mark: (from, to),
        label,
    }
}

/// Bytes as text: tabs are blanks, other control characters and invalid UTF-8 are replaced.
fn push(out: &mut String, bytes: &[u8]) {
    for c in String::from_utf8_lossy(bytes).chars() {
        out.push(match c {
            '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            c => c,
        });
    }
}
