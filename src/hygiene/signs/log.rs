//! Secrets that are written to a log or a terminal.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::Hit;
use super::code::Code;
use super::table::{LOG, WRITES, finder};
use crate::finding::Severity;
use crate::rule::words;

static WRITERS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| finder(WRITES.iter()));

/// The longest list of arguments that is read, in bytes.
const LONGEST: usize = 400;

/// Adds the calls that write a secret.
pub(super) fn find(code: &Code, out: &mut Vec<Hit>) {
    let Some(writers) = WRITERS.as_ref() else {
        return;
    };
    for found in writers.find_iter(&code.bare) {
        let before = found
            .start()
            .checked_sub(1)
            .and_then(|at| code.bare.get(at));
        if before.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
            continue;
        }
        let arguments = arguments(&code.bare, found.end());
        let bare = code.bare.get(arguments.clone()).unwrap_or_default();
        let text = code.text.get(arguments.clone()).unwrap_or_default();
        let inline = code
            .bare
            .get(found.range())
            .unwrap_or_default()
            .ends_with(b"!(");
        let named = secret(bare).or_else(|| secret_in_template(text, inline));
        if let Some(name) = named {
            out.push(Hit {
                check: &LOG,
                severity: Severity::Low,
                span: arguments.start + name.start..arguments.start + name.end,
                what: "this code writes a secret where logs are kept",
                next: "Write that the key is set, or its last four characters, never the key; and clear the logs \
                       that have it.",
            });
        }
    }
}

/// From behind the bracket to the one that closes it.
fn arguments(bare: &[u8], start: usize) -> Range<usize> {
    let rest = bare.get(start..).unwrap_or_default();
    let mut depth = 0usize;
    for (at, byte) in rest.iter().enumerate().take(LONGEST) {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return start..start + at,
            b')' => depth -= 1,
            _ => {}
        }
    }
    start..start
}

/// The first name of a secret among arguments, as it is passed on: whole.
fn secret(bare: &[u8]) -> Option<Range<usize>> {
    // What a function makes of it is something else: `len(secret)`, `mask(secret)`.
    if bare.contains(&b'(') {
        return None;
    }
    let mut at = 0;
    while let Some(range) = next_name(bare, at) {
        at = range.end;
        if counts(bare, &range) {
            return Some(range);
        }
    }
    None
}

/// The same in the braces of an f-string, a template or an inline format: `f"{secret}"`, `${secret}`.
fn secret_in_template(text: &[u8], inline: bool) -> Option<Range<usize>> {
    let mut from = 0;
    while let Some(open) = memchr::memchr(b'{', text.get(from..)?) {
        let start = from + open + 1;
        let close = memchr::memchr(b'}', text.get(start..)?)?;
        let inner = text.get(start..start + close)?;
        let formatted = inner
            .split(|b| matches!(b, b':' | b'!'))
            .next()
            .unwrap_or(inner);
        let formatted = formatted.strip_suffix(b"=").unwrap_or(formatted);
        let whole = next_name(formatted, 0).filter(|name| *name == (0..formatted.len()));
        if let Some(name) = whole
            && counts(formatted, &name)
            && templated(text, start, inline)
        {
            return Some(start..start + name.end);
        }
        from = start + close + 1;
    }
    None
}

/// Whether a brace in a string stands for a value: in `f"…{` and `$"…{`, behind `$` and `#`, and in a
/// macro of Rust (`inline`).
fn templated(text: &[u8], start: usize, inline: bool) -> bool {
    let head = start
        .checked_sub(1)
        .and_then(|at| text.get(..at))
        .unwrap_or_default();
    if matches!(head.last(), Some(b'$' | b'#')) {
        return true;
    }
    let quote = head.iter().rposition(|b| matches!(b, b'"' | b'\'' | b'`'));
    let before = quote
        .and_then(|at| at.checked_sub(1))
        .and_then(|at| head.get(at));
    matches!(before, Some(b'f' | b'F' | b'$')) || inline && quote.is_some()
}

/// The next name with its members: `config.api_secret`.
fn next_name(text: &[u8], from: usize) -> Option<Range<usize>> {
    let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'$');
    let tail = text.get(from..)?;
    let start = from
        + tail
            .iter()
            .position(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'$'))?;
    let rest = text.get(start..)?;
    let end = rest.iter().position(|b| !part(b)).unwrap_or(rest.len());
    Some(start..start + end)
}

/// Whether a name is a secret's, and passed on as it is: no piece of it, no question about it.
fn counts(text: &[u8], name: &Range<usize>) -> bool {
    let after = text.get(name.end..).unwrap_or_default().trim_ascii_start();
    let passed = matches!(
        after.first(),
        None | Some(b',' | b')' | b'}' | b'+' | b'\n' | b';')
    );
    let before = text.get(..name.start).unwrap_or_default().trim_ascii_end();
    let asked = [&b"not"[..], b"!", b"if", b"typeof"]
        .iter()
        .any(|word| before.ends_with(word));
    passed && !asked && is_secret(text.get(name.clone()).unwrap_or_default())
}

/// Whether a name holds a secret, by its last member.
fn is_secret(name: &[u8]) -> bool {
    // What is told of a secret.
    const ABOUT: [&[u8]; 29] = [
        b"name",
        b"id",
        b"ids",
        b"path",
        b"file",
        b"length",
        b"len",
        b"count",
        b"masked",
        b"hash",
        b"type",
        b"error",
        b"exists",
        b"missing",
        b"valid",
        b"status",
        b"url",
        b"index",
        b"prefix",
        b"hint",
        b"env",
        b"var",
        b"preview",
        b"public",
        b"encrypted",
        b"crypted",
        b"cipher",
        b"hidden",
        b"redacted",
    ];
    let last = name
        .rsplit(|b| *b == b'.')
        .find(|part| !part.is_empty())
        .unwrap_or(name);
    let parts: Vec<Vec<u8>> = words(last)
        .map(|word| {
            last.get(word.start..word.end)
                .unwrap_or_default()
                .to_ascii_lowercase()
        })
        .collect();
    let has = |word: &[u8]| parts.iter().any(|part| part == word);
    if ABOUT.iter().any(|word| has(word)) {
        return false;
    }
    let joined = parts.concat();
    has(b"secret") && (has(b"api") || has(b"key") || has(b"client") || has(b"exchange"))
        || has(b"private") && has(b"key")
        || has(b"passphrase")
        || has(b"mnemonic")
        || has(b"seed") && has(b"phrase")
        || [&b"apisecret"[..], b"secretkey", b"privatekey", b"apikey"].contains(&joined.as_slice())
}
