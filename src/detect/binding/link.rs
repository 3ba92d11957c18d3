//! From a value to the name left of it: which construct stands there, one link after the other.

use std::ops::Range;

use super::argument::{argument, fallback, listed, opened};
use super::name::{assigned, keyed, unquote};
use super::text::{Text, is_name, is_quote};
use super::{Binding, NameKind, table};
use crate::detect::role::{self, Says};

/// How far a bracket's other end may be.
pub(super) const BUDGET: usize = 4096;

/// How many wrappers (`Some(String::from("…"))`) are looked through.
const WRAPPERS: usize = 6;

/// Words before a value that are no names.
pub(super) const KEYWORDS: &[&str] = &[
    "return", "await", "new", "else", "then", "in", "is", "not", "and", "or", "yield", "throw",
    "print", "echo", "const", "let", "var", "case", "when", "raise", "puts", "export", "set", "if",
    "unless", "to", "the", "a", "val", "local", "final", "static", "public",
];

/// Schemes before a credential in a header.
const SCHEMES: &[&str] = &[
    "bearer",
    "basic",
    "token",
    "apikey",
    "jwt",
    "bitstamp",
    "bitso",
    "splunk",
    "ssws",
    "accesskey",
    "geniekey",
];

/// Follows the links left of `at` and adds what they name.
pub(super) fn follow(text: &Text<'_>, mut at: usize, binding: &mut Binding) {
    for _ in 0..WRAPPERS {
        let named = binding.names.len();
        match step(text, at, binding) {
            Some(further) if further < at => at = further,
            _ => break,
        }
        // Once something is named, only what it is assigned to names it again; brackets and
        // neighbours are for those who look outwards.
        let end = text.skip_blanks_back(at);
        if binding.names.len() > named
            && !matches!(text.before(end), Some(b'=' | b':' | b'>' | b'-'))
        {
            break;
        }
    }
}

pub(super) fn lower(text: &Text<'_>, span: Range<usize>) -> String {
    String::from_utf8_lossy(text.slice(span)).to_lowercase()
}

/// One link. `Some` when the next link left of the given offset may name more.
pub(super) fn step(text: &Text<'_>, at: usize, binding: &mut Binding) -> Option<usize> {
    let end = text.skip_blanks_back(at);
    if text.slice(end..at).contains(&b'\t') && table::tabbed(text, at, binding) {
        return None;
    }
    if at - end >= table::GAP && text.at(at) != Some(b'\t') && table::spaced(text, at, binding) {
        return None;
    }
    let byte = text.before(end)?;
    match byte {
        b'=' => assigned(text, end - 1, binding),
        b'>' if text.before(end - 1) == Some(b'=') => assigned(text, end - 2, binding),
        b'>' if text.before(end - 1) == Some(b'-') => keyed(text, end - 2, binding),
        b'<' if is_binary(text, end, at, binding) => Some(end - 2),
        b'-' if text.before(end - 1) == Some(b'<') => assigned(text, end - 2, binding),
        b'-' if text.before(end - 1) == Some(b':') => {
            let name = text.name_back(end - 2);
            binding.push(name.clone(), NameKind::Lookup);
            let open = name.start.saturating_sub(2);
            (text.slice(open..name.start) == b"${").then_some(open)
        }
        b'-' => item(text, end - 1, binding),
        b':' => keyed(text, end - 1, binding),
        b'(' => argument(text, end - 1, 0, binding),
        b'[' | b'{' => opened(text, end - 1, 0, binding),
        b';' => {
            let row = text.slice(text.line_start(end)..end);
            let index = row.iter().filter(|b| **b == b';').count();
            binding.index.get_or_insert(index);
            table::separated(text, at, index, b';', binding);
            None
        }
        b',' => listed(text, end, binding),
        b'*' => emphasis(text, end, binding),
        b'/' if end < at => slashed(text, end, binding),
        b'|' if text.before(end - 1) == Some(b'|') => fallback(text, end - 2, binding),
        b'|' if let Some(start) = closure(text, end) => Some(start),
        b'|' => {
            table::markdown(text, at, binding);
            None
        }
        b'?' => fallback(
            text,
            end - usize::from(text.before(end - 1) == Some(b'?')) - 1,
            binding,
        ),
        b'+' | b'.'
            if text
                .before(text.skip_blanks_back(end - 1))
                .is_some_and(is_quote) =>
        {
            // "part" + "part": go on left of the first.
            let close = text.skip_blanks_back(end - 1) - 1;
            text.string_back(close)
        }
        b'\n' | b'\\' => broken_line(text, end, binding),
        quote
            if text.slice(end.saturating_sub(3).max(text.low)..end) == [quote; 3]
                && is_quote(quote) =>
        {
            Some(end - 3)
        }
        quote if is_quote(quote) => quoted_word(text, end, binding),
        byte if is_name(byte) || byte == b'%' => word(text, end, binding),
        _ => None,
    }
}

/// Behind the stars that close an emphasis: the name in it, with its colon or without: `**Key:** …`, `*API key* …`.
fn emphasis(text: &Text<'_>, end: usize, binding: &mut Binding) -> Option<usize> {
    let mut close = end;
    while text.before(close) == Some(b'*') {
        close -= 1;
    }
    if text.before(close) == Some(b':') {
        return keyed(text, close - 1, binding);
    }
    let line = text.line_start(close);
    let open = memchr::memrchr(b'*', text.slice(line..close)).map(|at| line + at + 1)?;
    if text.trim(open..close) != (open..close) {
        return None;
    }
    let name = open..close;
    let words = |b: &u8| is_name(*b) || matches!(b, b' ' | b'/');
    if (2..=64).contains(&name.len()) && text.slice(name.clone()).iter().all(words) {
        binding.push(name, NameKind::Holder);
    }
    None
}

/// The second of `Name: value / value`, behind its slash.
fn slashed(text: &Text<'_>, end: usize, binding: &mut Binding) -> Option<usize> {
    const LEAST: usize = 8;
    let close = text.skip_blanks_back(end - 1);
    let line = text.line_start(close);
    let own = |b: &u8| !b.is_ascii_whitespace() && !is_quote(*b);
    let head = text.slice(line..close);
    let start = close - head.iter().rev().take_while(|b| own(b)).count();
    let colon = text.skip_blanks_back(start);
    if close == end - 1
        || close - start < LEAST
        || colon == start
        || text.before(colon) != Some(b':')
    {
        return None;
    }
    binding.index.get_or_insert(1);
    keyed(text, colon - 1, binding)
}

/// A line that begins with the value: after `=`, `(`, `,` and the like on the line above.
fn broken_line(text: &Text<'_>, end: usize, binding: &mut Binding) -> Option<usize> {
    let above = text.skip_space_back(end);
    match text.before(above)? {
        b'=' | b'(' | b'[' | b'{' | b',' => step(text, above, binding),
        b':' => {
            // A key of YAML, or a label; `key:` of an object may stand alone too.
            step(text, above, binding)
        }
        quote if is_quote(quote) => {
            // The first line of a string of several.
            let open = if text.slice(above.saturating_sub(3).max(text.low)..above) == [quote; 3] {
                above - 3
            } else {
                above - 1
            };
            step(text, open, binding)
        }
        b'|' | b'>' => {
            // A block scalar of YAML: `key: |`.
            let colon = text.skip_blanks_back(above - 1);
            (text.before(colon) == Some(b':'))
                .then(|| step(text, colon, binding))
                .flatten()
        }
        _ => None,
    }
}

/// What follows an option in the line that holds `at`.
fn option(text: &Text<'_>, option: &[u8], at: usize) -> Option<Range<usize>> {
    let line = text.line_start(at)..text.line_end(at);
    let found = memchr::memmem::find(text.slice(line.clone()), option)?;
    let behind = line.start + found + option.len();
    let start = text.trim(behind..line.end).start;
    let word = text.slice(start..line.end);
    let length = word.iter().position(u8::is_ascii_whitespace);
    let end = start + length.unwrap_or(word.len());
    (start > behind && end > start).then(|| unquote(text, start..end))
}

/// The dash of the only item of a list in YAML: what the list is called is the item's name, if it says what the item
/// is for; `examples` do not. Recorded requests have such lists for each of their headers.
fn item(text: &Text<'_>, dash: usize, binding: &mut Binding) -> Option<usize> {
    let line = text.line_start(dash)..text.line_end(dash);
    let own = text.indent(line.start);
    let head = text.trim(line.start..dash);
    // `Secret - value`, `> Secret - value`
    let spoken = text.slice(head.clone());
    let spoken = &spoken[spoken
        .iter()
        .rposition(|b| matches!(b, b'>' | b',' | b';'))
        .map_or(0, |at| at + 1)..];
    if text.before(dash) == Some(b' ')
        && text.at(dash + 1) == Some(b' ')
        && spoken.len() <= 40
        && role::of_name(spoken) != Says::Nothing
    {
        return keyed(text, dash, binding);
    }
    let above = text.line_above(line.start)?;
    let key = text.trim(above.clone());
    let indent = text.indent(above.start);
    let next = text.line_below(line.end).filter(|next| {
        text.indent(next.start) == own && text.slice(text.trim(next.clone())).starts_with(b"-")
    });
    if !head.is_empty()
        || indent > own
        || next.is_some()
        || text.before(key.end) != Some(b':')
        || text.first(&above) == Some(b'-')
    {
        return None;
    }
    let name = text.slice(key.start..key.end - 1);
    if role::of_name(name) != Says::Nothing && !lower(text, key.clone()).contains("pub") {
        keyed(text, key.end - 1, binding);
    }
    None
}

/// The quote of `<<"…">>`, a binary of Erlang.
fn is_binary(text: &Text<'_>, end: usize, quote: usize, binding: &Binding) -> bool {
    let close = text.skip_quotes(binding.value.end);
    binding.quoted
        && end == quote
        && text.before(end - 1) == Some(b'<')
        && text.slice(close..close + 2) == b">>"
}

/// Where the arguments begin of a closure that gives the value: `|_| "…"`.
fn closure(text: &Text<'_>, end: usize) -> Option<usize> {
    const LONGEST: usize = 24;
    let mut start = end - 1;
    while end - start <= LONGEST
        && text
            .before(start)
            .is_some_and(|b| is_name(b) || matches!(b, b' ' | b',' | b'&' | b':'))
    {
        start -= 1;
    }
    let opens = text.before(start) == Some(b'|')
        && text.before(text.skip_blanks_back(start - 1)) == Some(b'(');
    opens.then(|| start - 1)
}

/// A quoted word left of the value: `"--api-key" "…"`, `"key" => "…"` without its arrow.
fn quoted_word(text: &Text<'_>, end: usize, binding: &mut Binding) -> Option<usize> {
    let open = text.string_back(end - 1)?;
    if text.slice(open + 1..end - 1).len() <= 64 {
        binding.push(open + 1..end - 1, NameKind::Holder);
    }
    None
}

/// A bare word left of the value: `ENV KEY value`, `--api-key value`, `Bearer value`, `x or "…"`.
fn word(text: &Text<'_>, end: usize, binding: &mut Binding) -> Option<usize> {
    // A piece of what goes on behind its point: `k3j9x0q2w1.` of an id and its secret.
    let on = text.at(end).is_some_and(is_name);
    if on && text.before(end) == Some(b'.') {
        return None;
    }
    let name = text.name_back(end);
    let word = lower(text, name.clone());
    if word == "or" || word == "default" || word == "else" {
        return fallback(text, name.start, binding);
    }
    // `the private key is …`
    if word == "is" && text.before(name.start) == Some(b' ') {
        keyed(text, name.start, binding);
        return None;
    }
    if SCHEMES.contains(&word.as_str()) {
        return Some(text.skip_blanks_back(name.start));
    }
    if word == "return" {
        if let Some(function) = function_of(text, name.start) {
            binding.push(function, NameKind::Holder);
        }
        return None;
    }
    if KEYWORDS.contains(&word.as_str()) {
        return None;
    }
    if word == "u" && text.before(name.start) == Some(b'-') || word == "--user" {
        binding.index.get_or_insert(0);
        binding.push(name, NameKind::Callee);
        return None;
    }
    // `gh secret set API_SECRET --body …`
    let set = || {
        ["secret set", "variable set"]
            .iter()
            .find_map(|set| option(text, set.as_bytes(), name.start))
    };
    if matches!(word.as_str(), "--body" | "--value")
        && let Some(own) = option(text, b"--name", name.start).or_else(set)
    {
        // `aws ssm put-parameter --name /bot/api_key --value …`
        binding.push(own, NameKind::Holder);
        return None;
    }
    if let Some(sign) = wide_sign(text.slice(name.clone())) {
        return keyed(text, name.end - sign, binding);
    }
    binding.push(name, NameKind::Holder);
    None
}

/// The function whose first statement this `return` is, if its name says what it gives: `def api_secret():` above
/// it, `apiSecret() {` before it.
fn function_of(text: &Text<'_>, at: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 200;
    let start = text.line_start(at);
    let own = text.trim(start..at);
    let head = match own.is_empty() {
        true => text.trim(text.line_above(start)?),
        false => own,
    };
    let code = text.slice(head.clone());
    if code.len() > LONGEST || !(code.ends_with(b"{") || code.ends_with(b":")) {
        return None;
    }
    // Go's methods have what they belong to in parentheses of their own.
    let opens = memchr::memchr_iter(b'(', code).map(|open| text.name_back(head.start + open));
    opens.take(2).find(|name| {
        let text = text.slice(name.clone());
        !text.is_empty() && role::of_name(text) != Says::Nothing
    })
}

/// How long the sign is that a name ends with and that belongs to no name, in bytes: the wide colon of Chinese and
/// Japanese, an arrow.
pub(super) fn wide_sign(name: &[u8]) -> Option<usize> {
    let signs = ["：", "→"];
    let sign = signs.iter().find(|sign| name.ends_with(sign.as_bytes()));
    sign.map(|sign| sign.len())
}
