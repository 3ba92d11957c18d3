//! What the layout of lines says: indentation, sections, comments above, labels, headings.

use std::ops::Range;

use super::text::Text;
use super::{Binding, NameKind};

/// How many lines up parents, sections and headings are looked for.
const LINES: usize = 120;
/// How many levels of indentation outwards.
const LEVELS: usize = 6;
/// Longer lines are no names.
const LONG: usize = 160;

pub(super) fn enclosing(text: &Text<'_>, literal: &Range<usize>, binding: &mut Binding) {
    let line = text.line_start(literal.start)..text.line_end(literal.end);
    trailing_comment(text, literal, &line, binding);
    let bare = text.trim(line.clone()) == *literal && binding.names.is_empty();
    if bare {
        label_above(text, &line, binding);
    }
    parents(text, &line, binding);
    comment_above(text, &line, binding);
    if binding.scope.start == line.start && binding.scope.end == line.end {
        binding.scope = block(text, &line);
    }
}

/// `… # binance main account`
fn trailing_comment(
    text: &Text<'_>,
    literal: &Range<usize>,
    line: &Range<usize>,
    binding: &mut Binding,
) {
    let tail = text.slice(literal.end..line.end);
    let mark = [&b"#"[..], b"//", b"--", b"<!--", b"/*", b"; ", b"<-", b"("]
        .iter()
        .filter_map(|mark| {
            let at = memchr::memmem::find(tail, mark)?;
            // The slashes of a URL begin no comment.
            (at == 0 || tail[at - 1] != b':').then_some(at + mark.len())
        })
        .min();
    if let Some(at) = mark {
        let span = text.trim(literal.end + at..line.end);
        if span.len() <= LONG {
            binding.push(span, NameKind::Label);
        }
    }
}

/// A value alone on its line: `API key:` above it, or a short line of words.
fn label_above(text: &Text<'_>, line: &Range<usize>, binding: &mut Binding) {
    let mut above = line.start;
    let mut passed = false;
    for _ in 0..3 {
        let Some(candidate) = text.line_above(above) else {
            return;
        };
        above = candidate.start;
        let span = text.trim(candidate);
        if span.is_empty() {
            continue;
        }
        // The other half of the credential, between the label and this one.
        let alone = text.slice(span.clone());
        let alone = alone.iter().all(u8::is_ascii_graphic)
            && alone.iter().any(u8::is_ascii_digit)
            && !alone.iter().any(|b| b"=:#".contains(b));
        if alone && !passed {
            passed = true;
            continue;
        }
        let words = text.slice(span.clone());
        // A label is words, not another value.
        let label = words.ends_with(b":")
            || words.contains(&b' ')
            || span.len() <= 24 && !words.iter().any(u8::is_ascii_digit);
        if label
            && span.len() <= 60
            && words.iter().any(u8::is_ascii_alphabetic)
            && !words.contains(&b'=')
        {
            binding.push(span, NameKind::Holder);
        }
        return;
    }
}

/// Lines above with less indentation, and the section.
fn parents(text: &Text<'_>, line: &Range<usize>, binding: &mut Binding) {
    let mut indent = text.indent(line.start);
    let mut above = line.start;
    let mut levels = 0;
    for _ in 0..LINES {
        let Some(candidate) = text.line_above(above) else {
            return;
        };
        above = candidate.start;
        let Some(first) = text.first(&candidate) else {
            continue;
        };
        let width = text.indent(candidate.start);
        // Most lines: neither further out, nor a section's or an item's.
        if width > indent || width == indent && !matches!(first, b'[' | b'-') {
            continue;
        }
        let span = text.trim(candidate);
        let head = text.slice(span.clone());
        let section = head.len() <= LONG
            && head[0] == b'['
            && head.ends_with(b"]")
            && !head.contains(&b',')
            && !head.contains(&b'"');
        if section && width <= indent {
            binding.push(span, NameKind::Enclosing);
            return;
        }
        let item = head.starts_with(b"- ") && width < indent.max(1);
        if (width < indent || item) && levels < LEVELS && span.len() <= LONG {
            let closes = head
                .iter()
                .all(|b| matches!(b, b')' | b']' | b'}' | b',' | b';'));
            if !closes {
                binding.push(span, NameKind::Enclosing);
                // A comment stands at any indentation, and encloses nothing.
                if head.starts_with(b"#") {
                    continue;
                }
                if levels == 0 && width < indent {
                    siblings(text, above, indent, binding);
                }
                levels += 1;
            }
            indent = indent.min(width);
        }
    }
}

/// Keys at the same indentation below the parent that tell what the block is for (YAML).
fn siblings(text: &Text<'_>, parent: usize, indent: usize, binding: &mut Binding) {
    let mut end = text.line_end(parent);
    for _ in 0..40 {
        let Some(line) = text.line_below(end) else {
            return;
        };
        end = line.end;
        let span = text.trim(line.clone());
        if span.is_empty() {
            continue;
        }
        let width = text.indent(line.start);
        if width < indent.saturating_sub(2) {
            return;
        }
        let own = binding.value.start >= line.start && binding.value.start <= line.end;
        if own || width > indent || span.len() > LONG {
            continue;
        }
        let head = text.slice(span.clone());
        let head = head.strip_prefix(b"- ").unwrap_or(head);
        let Some(colon) = head.iter().position(|b| matches!(b, b':' | b'=')) else {
            continue;
        };
        let key: Vec<u8> = head[..colon]
            .iter()
            .filter(|b| b.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase)
            .collect();
        let telling = [
            &b"name"[..],
            b"exchange",
            b"exchangeid",
            b"exchangename",
            b"platform",
            b"provider",
            b"venue",
            b"connector",
            b"id",
            b"type",
            b"broker",
            b"host",
            b"url",
            b"baseurl",
            b"testnet",
            b"sandbox",
            b"label",
            b"account",
        ];
        if telling.contains(&key.as_slice()) {
            binding.push(span, NameKind::Sibling);
        }
    }
}

/// A comment or heading over the lines the value stands in, without a blank line between; or a
/// heading of Markdown further up.
fn comment_above(text: &Text<'_>, line: &Range<usize>, binding: &mut Binding) {
    let mut above = line.start;
    let mut blank = false;
    for number in 0..LINES {
        let Some(candidate) = text.line_above(above) else {
            return;
        };
        above = candidate.start;
        let Some(first) = text.first(&candidate) else {
            blank = true;
            continue;
        };
        // Most lines: neither a comment nor a line of signs.
        if number <= 40 && !MARKS.iter().any(|mark| mark.starts_with(&[first])) && first != b'=' {
            continue;
        }
        let span = text.trim(candidate);
        let head = text.slice(span.clone());
        let heading =
            head.starts_with(b"# ") || head.starts_with(b"## ") || head.starts_with(b"###");
        let underline = head.len() >= 3 && head.iter().all(|b| matches!(b, b'=' | b'-'));
        if underline && let Some(title) = text.line_above(above) {
            // `Private Keys` over `============`.
            let title = text.trim(title);
            let words = text.slice(title.clone());
            if (3..=60).contains(&words.len()) && words.iter().any(u8::is_ascii_alphabetic) {
                binding.push(title, NameKind::Label);
                return;
            }
        }
        if underline && blank {
            continue;
        }
        let comment = heading || is_comment(head);
        if comment && (heading || (!blank && number < 8)) && span.len() <= LONG {
            // A line of commented-out code is no comment on this one.
            if head.iter().filter(|b| **b == b'=').count() == 0 || heading {
                binding.push(span, NameKind::Label);
                return;
            }
        }
        if number > 40 {
            return;
        }
    }
}

/// What comments begin with.
const MARKS: [&[u8]; 16] = [
    b"#", b"//", b"--", b";", b"/*", b"* ", b"<!--", b"%", b"REM ", b"rem ", b"::", b"'''",
    b"\"\"\"", b"(*", b"{-", b"===",
];

pub(super) fn is_comment(head: &[u8]) -> bool {
    MARKS.iter().any(|mark| head.starts_with(mark))
}

/// The lines around that belong together: up to the next blank lines, at most ten either way.
fn block(text: &Text<'_>, line: &Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (line.start, line.end);
    for _ in 0..10 {
        match text.line_above(start) {
            Some(above) if !text.trim(above.clone()).is_empty() => start = above.start,
            _ => break,
        }
    }
    for _ in 0..10 {
        match text.line_below(end) {
            Some(below) if !text.trim(below.clone()).is_empty() => end = below.end,
            _ => break,
        }
    }
    start..end
}
