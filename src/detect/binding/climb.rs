//! The brackets around a value, outwards: which object, call or initialiser each belongs to, and
//! what stands beside the value in it that tells the provider.

use std::ops::Range;

use super::brackets::Brackets;
use super::signs::Signs;
use super::text::{Text, is_name, is_quote};
use super::{Binding, NameKind};

/// How many brackets outwards.
const DEPTH: usize = 8;
/// How long a statement in front of a bracket may be, in bytes.
const STATEMENT: usize = 300;
/// How many strings beside the value in a call or list are taken as siblings.
const SIBLINGS: usize = 8;

/// Fields whose value names what the object is for.
const TELLING: &[&[u8]] = &[
    b"name",
    b"exchange",
    b"exchange_id",
    b"exchangeid",
    b"exchangename",
    b"exchange_name",
    b"platform",
    b"provider",
    b"venue",
    b"broker",
    b"market",
    b"source",
    b"type",
    b"id",
    b"connector",
    b"class",
    b"account",
    b"label",
    b"slug",
    b"service",
    b"title",
    b"url",
    b"host",
    b"baseurl",
    b"base_url",
    b"endpoint",
    b"exchange_type",
    b"marketplace",
    b"cex",
    b"dex",
    b"network",
    b"title",
    b"hostname",
    b"rest_url",
    b"api_url",
    b"urls",
    b"sandbox",
    b"testnet",
    b"environment",
    b"mode",
    b"test",
    b"paper",
];

pub(super) fn enclosing(
    text: &Text<'_>,
    literal: &Range<usize>,
    brackets: &mut Brackets,
    binding: &mut Binding,
) {
    let mut at = literal.start;
    let mut scoped = false;
    brackets.enter(text);
    for _ in 0..DEPTH {
        let Some(open) = brackets.outwards(text, at) else {
            break;
        };
        let end = brackets.end(text, open, 8192);
        // The scope of pairing is the innermost bracket that holds more than the value: not `Some("…")`.
        if !scoped && end > literal.end && end - open > literal.len() + 8 {
            binding.scope = open..end;
            scoped = true;
        }
        siblings(text, open, end, binding);
        at = name_bracket(text, open, binding);
    }
}

/// Names the bracket at `open`; gives the offset to go on from.
fn name_bracket(text: &Text<'_>, open: usize, binding: &mut Binding) -> usize {
    let mut end = text.skip_space_back(open);
    // Types and marks between a name and its bracket: `= map[string]string{`, `=> [`, `-> {`, `: {`.
    let mut hops = 0;
    loop {
        match text.before(end) {
            Some(b'=' | b':' | b'>' | b'?' | b'|' | b'&' | b'!') => {
                end = text.skip_blanks_back(end - 1);
                if text.before(end) == Some(b'-')
                    || text.before(end) == Some(b'=')
                    || text.before(end) == Some(b':')
                {
                    end = text.skip_blanks_back(end - 1);
                }
            }
            Some(b']') => match text.bracket_back(end - 1, 400) {
                Some(bracket) => end = bracket,
                None => return open,
            },
            _ => break,
        }
        hops += 1;
        if hops > 4 {
            break;
        }
    }
    match text.before(end) {
        Some(b')') => {
            // A function's head: `function make(exchange) {`, `if (name == "okx") {`.
            let line = text.trim(statement(text, end)..open);
            binding.push(line.clone(), NameKind::Enclosing);
            line.start.min(open)
        }
        Some(quote) if is_quote(quote) => match text.string_back(end - 1) {
            Some(start) => {
                binding.push(start + 1..end - 1, NameKind::Enclosing);
                start
            }
            None => open,
        },
        Some(byte) if is_name(byte) => {
            let name = text.name_back(end);
            let adjacent = end == open && text.bytes[open] != b'[';
            binding.push(
                name.clone(),
                if adjacent {
                    NameKind::Callee
                } else {
                    NameKind::Enclosing
                },
            );
            // `const kraken = new ccxt.pro.kraken({`: what it is assigned to, on the same line.
            let line = statement(text, name.start);
            let head = text.slice(line..name.start);
            if head.contains(&b'=') || head.contains(&b' ') {
                binding.push(text.trim(line..name.start), NameKind::Enclosing);
            }
            name.start
        }
        _ => open,
    }
}

/// Where the statement that holds `at` begins: its line, or what stands behind the last bracket or semicolon
/// in a line that holds a whole file, as minified code and source maps do.
fn statement(text: &Text<'_>, at: usize) -> usize {
    let line = text.line_start(at);
    if at - line <= STATEMENT {
        return line;
    }
    let from = at - STATEMENT;
    let end = |byte: &u8| matches!(byte, b'{' | b'}' | b';');
    let last = text.slice(from..at).iter().rposition(end);
    last.map_or(at, |last| from + last + 1)
}

/// Telling fields and short strings directly in the bracket.
fn siblings(text: &Text<'_>, open: usize, end: usize, binding: &mut Binding) {
    let own = binding.value.clone();
    let close = end.saturating_sub(1).max(open + 1);
    let mut at = open + 1;
    let mut taken = 0;
    let mut depth = 0usize;
    let mut budget = 4096;
    let mut signs = Signs::new(text.bytes);
    while taken < SIBLINGS
        && let Some(sign) = signs.from(at, close)
        && let Some(left) = (budget + at).checked_sub(sign + 1)
    {
        (at, budget) = (sign, left);
        match text.bytes[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            quote if is_quote(quote) => {
                let stop = text.string_end(at, close);
                if depth == 0 && stop > at && !(at < own.start && own.start < stop + 1) {
                    let inner = at + 1..stop;
                    let is_key = text.at(text.skip_space(stop + 1)) == Some(b':');
                    if !is_key && takes(text, at, &inner, text.bytes[open]) {
                        binding.push(inner, NameKind::Sibling);
                        taken += 1;
                    }
                }
                at = stop.max(at);
            }
            _ => {}
        }
        at += 1;
    }
}

/// Whether the string at `quote` tells something: the value of a telling field, or a short word among
/// arguments.
fn takes(text: &Text<'_>, quote: usize, inner: &Range<usize>, bracket: u8) -> bool {
    if inner.len() < 2 || inner.len() > 80 {
        return false;
    }
    let left = text.skip_space_back(quote);
    match text.before(left) {
        Some(b':' | b'=' | b'>') => {
            let mut end = left - 1;
            while end > text.low
                && matches!(
                    text.bytes[end - 1],
                    b'=' | b':' | b' ' | b'"' | b'\'' | b'\\' | b'`'
                )
            {
                end -= 1;
            }
            let key = text.name_back(end);
            let key = text.slice(key).to_ascii_lowercase();
            TELLING.contains(&key.as_slice())
        }
        Some(b',' | b'(' | b'[' | b'{') => bracket != b'{' || inner.len() <= 24,
        _ => false,
    }
}
