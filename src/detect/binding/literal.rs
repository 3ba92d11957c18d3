//! The literal that holds a value: its quotes, and what stands before the value inside it.

use std::ops::Range;

use super::signs::Signs;
use super::text::{Text, is_name, is_quote};
use super::{Binding, NameKind, link, markup, name};

/// A quoted string or an unquoted word.
#[derive(Debug)]
pub(super) struct Literal {
    /// The content.
    pub(super) inner: Range<usize>,
    /// The content with quotes, their escapes and prefixes (`b"`, `@"`).
    pub(super) outer: Range<usize>,
    /// The quote.
    pub(super) quote: Option<u8>,
}

/// How much of a line is read to tell whether a value stands in a string.
const LINE: usize = 2000;

pub(super) fn around(text: &Text<'_>, candidate: &Range<usize>) -> Literal {
    if let Some(open) = open_quote(text, candidate.start) {
        let quote = text.bytes[open];
        let escaped = text.before(open) == Some(b'\\');
        let mut start = open;
        // `"""…`
        if text.slice(open.saturating_sub(2).max(text.low)..open) == [quote, quote] {
            start -= 2;
        }
        while text.before(start) == Some(b'\\') {
            start -= 1;
        }
        let end = close_quote(text, candidate.end, quote, escaped);
        let mut outer_end = (end + 1 + usize::from(escaped)).min(text.high);
        // reStructuredText writes code between two of them.
        if quote == b'`' && text.before(start) == Some(quote) && text.at(outer_end) == Some(quote) {
            start -= 1;
            outer_end += 1;
        }
        // A string that holds a string and nothing else: `"\"…\""`.
        if escaped && text.before(start) == Some(quote) && text.at(outer_end) == Some(quote) {
            start -= 1;
            outer_end += 1;
        }
        return Literal {
            inner: open + 1..end,
            outer: prefix(text, start)..outer_end,
            quote: Some(quote),
        };
    }
    let stop = |b: u8| b.is_ascii_whitespace() || is_quote(b) || b"=:,;(){}[]<>|&".contains(&b);
    let mut start = candidate.start;
    while text.before(start).is_some_and(|b| !stop(b)) {
        start -= 1;
    }
    while start < candidate.start && text.bytes[start] == b'-' {
        start += 1; // `${NAME:-value}`, `-pvalue`
    }
    start = scheme(text, start).unwrap_or(start);
    let mut end = candidate.end;
    while text.at(end).is_some_and(|b| !stop(b) && b != b'\\') {
        end += 1;
    }
    let cdata = text.slice(start.saturating_sub(9).max(text.low)..start) == b"<![CDATA[";
    let outer = if cdata { start - 9 } else { start }..end;
    // `*value*` and `**value**`: no value begins and ends with such a sign.
    while start < candidate.start
        && end > candidate.end
        && text.bytes[start] == b'*'
        && text.bytes[end - 1] == b'*'
    {
        (start, end) = (start + 1, end - 1);
    }
    Literal {
        inner: start..end,
        outer,
        quote: None,
    }
}

/// Where the scheme begins of a URL whose `//` stands here: `https://…` without quotes is one word.
fn scheme(text: &Text<'_>, slashes: usize) -> Option<usize> {
    const LONGEST: usize = 12;
    if text.slice(slashes..slashes + 2) != b"//" || text.before(slashes) != Some(b':') {
        return None;
    }
    let mut start = slashes - 1;
    while text.before(start).is_some_and(|b| b.is_ascii_lowercase()) && slashes - start <= LONGEST {
        start -= 1;
    }
    (start + 1 < slashes).then_some(start)
}

/// The quote that opens the string around `at`, if it stands in one.
fn open_quote(text: &Text<'_>, at: usize) -> Option<usize> {
    if text.before(at).is_some_and(is_quote) {
        let quote = at - 1;
        // `'` after a letter is an apostrophe, or the quote of a prefixed string.
        return Some(quote);
    }
    let floor = text.line_start(at).max(at.saturating_sub(LINE));
    let mut open: Option<usize> = None;
    let mut signs = Signs::of_strings(text.bytes);
    let mut from = match floor > text.line_start(at) {
        true => outside(text, &mut signs, floor..at),
        false => floor,
    };
    while let Some(here) = signs.from(from, at) {
        let byte = text.bytes[here];
        from = here + 1;
        match open {
            _ if byte == b'\\' => from = here + 2,
            Some(start) if byte == text.bytes[start] => open = None,
            None if is_quote(byte) => {
                let apostrophe = byte == b'\''
                    && here > floor
                    && text.bytes[here - 1].is_ascii_alphanumeric()
                    && !is_prefix(text, here);
                if !apostrophe {
                    open = Some(here);
                }
            }
            _ => {}
        }
    }
    let open = open?;
    // A quote that never closes on the line is none, but for the last line of a window.
    let close = close_quote(text, at, text.bytes[open], false);
    (text.at(close) == Some(text.bytes[open])).then_some(open)
}

/// Where the text is outside of strings, in a part of a line that may begin inside of one: in front of the first
/// quote that can only open a string, or behind the first that can only close one. The part's start if there is
/// none.
fn outside(text: &Text<'_>, signs: &mut Signs<'_>, part: Range<usize>) -> usize {
    let mut from = part.start;
    while let Some(at) = signs.from(from, part.end) {
        from = at + 1;
        if text.bytes[at] == b'\\' {
            from = at + 2;
            continue;
        }
        let before = text.before(text.skip_blanks_back(at));
        let opens = before.is_some_and(|b| b":,=([{+".contains(&b));
        let behind = text.at(text.skip_space(at + 1));
        let closes = behind.is_some_and(|b| b":,;)]}+".contains(&b));
        match (opens, closes) {
            (true, false) => return at,
            (false, true) => return at + 1,
            _ => {}
        }
    }
    part.start
}

fn close_quote(text: &Text<'_>, from: usize, quote: u8, escaped: bool) -> usize {
    let mut at = from;
    while let Some(byte) = text.at(at) {
        if byte == b'\n' {
            return at;
        }
        if byte == b'\\' {
            if escaped && text.at(at + 1) == Some(quote) {
                return at;
            }
            if escaped && text.at(at + 1) == Some(b'\\') && text.at(at + 2) == Some(quote) {
                return at;
            }
            at += 2;
            continue;
        }
        if byte == quote {
            return at;
        }
        at += 1;
    }
    at.min(text.high)
}

fn is_prefix(text: &Text<'_>, quote: usize) -> bool {
    prefix(text, quote) < quote
}

/// Where the letters that may stand right before a quote begin: `b"`, `rb'`, `@"`, `$@"`, `L"`, `r#"`.
fn prefix(text: &Text<'_>, quote: usize) -> usize {
    let mut start = quote;
    while start > text.low
        && quote - start < 3
        && matches!(
            text.bytes[start - 1],
            b'b' | b'r' | b'u' | b'f' | b'B' | b'R' | b'U' | b'F' | b'L' | b'@' | b'$' | b'#'
        )
    {
        start -= 1;
    }
    if text
        .before(start)
        .is_some_and(|b| is_name(b) && b != b'$' && b != b'@')
    {
        quote
    } else {
        start
    }
}

/// What stands before the value inside its literal: `Bearer …`, `https://…/…`, `key=…&secret=…`,
/// `X-MBX-APIKEY: …`, `<token>…`.
pub(super) fn inside(
    text: &Text<'_>,
    literal: &Literal,
    candidate: &Range<usize>,
    binding: &mut Binding,
) {
    let inner = Text::new(text.bytes, literal.inner.start, text.high);
    let head = inner.slice(literal.inner.start..candidate.start);
    if head.len() <= 80
        && head.ends_with(b":")
        && !head.iter().any(u8::is_ascii_whitespace)
        && let Some(option) = name::user_option(text, literal.outer.start)
    {
        // `-u "user:password"`
        binding.index = Some(1);
        binding.push(option, NameKind::Callee);
        return;
    }
    if markup::closes(&inner, candidate) {
        // `'<token>…</token>'`
        markup::element_text(&inner, candidate, binding);
        return;
    }
    // `Secret Key：…`: the words before the sign stand apart, the value does not.
    if literal.quote.is_none() && link::wide_sign(head).is_some() {
        binding.value.start = candidate.start;
        link::follow(text, candidate.start, binding);
        return;
    }
    if let Some(scheme) = memchr::memmem::find(head, b"://") {
        let start = literal.inner.start + scheme + 3;
        let mut end = start;
        while inner.at(end).is_some_and(|b| is_name(b) || b == b':') && end < candidate.start {
            end += 1;
        }
        link::follow(&inner, candidate.start, binding);
        binding.push(start..end, NameKind::Url);
        if literal.quote.is_none() {
            link::follow(text, literal.outer.start, binding);
        }
    } else {
        link::follow(&inner, candidate.start, binding);
    }
}

/// Which half a value is of `key:secret`, all of a literal, and where that literal begins: both look drawn, which
/// no name, host or path does.
pub(super) fn half(text: &Text<'_>, candidate: &Range<usize>) -> Option<(usize, usize)> {
    let part = |b: u8| b.is_ascii_alphanumeric() || b"-_+/=.".contains(&b);
    let (first, second) = if text.at(candidate.end) == Some(b':') {
        let mut end = candidate.end + 1;
        while text.at(end).is_some_and(part) && end - candidate.end < LINE {
            end += 1;
        }
        (candidate.clone(), candidate.end + 1..end)
    } else if text.before(candidate.start) == Some(b':') {
        let mut start = candidate.start - 1;
        // `NAME=key:secret`: what pads base64 stands at its end.
        while text.before(start).is_some_and(|b| part(b) && b != b'=')
            && candidate.start - start < LINE
        {
            start -= 1;
        }
        (start..candidate.start - 1, candidate.clone())
    } else {
        return None;
    };
    let quote = text.before(first.start)?;
    let ends = match is_quote(quote) {
        true => text.at(second.end) == Some(quote),
        false => text
            .at(second.end)
            .is_none_or(|b| b.is_ascii_whitespace() || b == b'#'),
    };
    let begins = is_quote(quote)
        || quote == b'='
        || quote == b' ' && {
            let sign = text.before(text.skip_blanks_back(first.start));
            matches!(sign, Some(b':' | b'='))
        };
    let outer = first.start - usize::from(is_quote(quote));
    let halves = begins
        && ends
        && drawn(text.slice(first.clone()))
        && drawn(text.slice(second))
        && name::user_option(text, outer).is_none();
    halves.then_some((usize::from(first != *candidate), outer))
}

/// Whether a word changes between digits, capitals and small letters as no name does, or is a long number.
fn drawn(word: &[u8]) -> bool {
    const LEAST: usize = 10;
    let class = |b: &u8| match b {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        _ => 3,
    };
    let changes = word
        .windows(2)
        .filter(|pair| class(&pair[0]) != class(&pair[1]))
        .count();
    let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
    word.len() >= LEAST && (digits >= 2 && changes >= 5 || digits == word.len() && digits >= 15)
}

/// The type that a string is read as: `let wallet: LocalWallet = "…".parse()?`, `"…".parse::<LocalWallet>()`.
pub(super) fn parsed(text: &Text<'_>, literal: &Literal, binding: &mut Binding) {
    let end = literal.outer.end;
    let Some(rest) = text.slice(end..text.high).strip_prefix(b".parse") else {
        return;
    };
    let kind = if rest.starts_with(b"::<") {
        let start = end + b".parse::<".len();
        let length = rest.iter().skip(3).take_while(|b| is_name(**b)).count();
        start..start + length
    } else {
        let equals = text.skip_blanks_back(literal.outer.start);
        if text.before(equals) != Some(b'=') {
            return;
        }
        let kind = text.name_back(text.skip_blanks_back(equals - 1));
        if text.before(text.skip_blanks_back(kind.start)) != Some(b':') {
            return;
        }
        kind
    };
    binding.push(kind, NameKind::Callee);
}

/// The place of a user or a password in a URL (`scheme://user:password@host`): its number, the scheme that it is
/// an argument of, and the host that it is sent to (RFC 3986, section 3.2.1).
pub(super) fn account(text: &Text<'_>, candidate: &Range<usize>, binding: &mut Binding) {
    let part =
        |byte: u8| !(byte.is_ascii_whitespace() || is_quote(byte) || b"/@<>".contains(&byte));
    let mut end = candidate.end;
    if text.at(end) == Some(b':') {
        end += 1;
        while end - candidate.end < LINE && text.at(end).is_some_and(part) {
            end += 1;
        }
    }
    if text.at(end) != Some(b'@') {
        return;
    }
    let mut start = candidate.start;
    while candidate.start - start < LINE && text.before(start).is_some_and(part) {
        start -= 1;
    }
    let user = text.slice(start..candidate.start);
    let Some(scheme) = start.checked_sub(3).filter(|at| *at >= text.low) else {
        return;
    };
    if text.slice(scheme..start) != b"://" || !(user.is_empty() || user.ends_with(b":")) {
        return;
    }
    let host = end + 1;
    let mut end = host;
    while end - host < LINE && text.at(end).is_some_and(is_name) {
        end += 1;
    }
    binding.index = Some(usize::from(!user.is_empty()));
    binding.push(text.name_back(scheme), NameKind::Callee);
    binding.push(host..end, NameKind::Url);
}
