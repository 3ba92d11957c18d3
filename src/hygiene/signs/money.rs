//! Calls that move money: withdrawals, loans, transfers.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::Hit;
use super::code::Code;
use super::evidence::Evidence;
use super::table::{CALLS, MOVES, OTHERS, PATHS, Wants, finder};
use crate::rule::words;

/// Adds the calls of methods and the requests of paths.
pub(super) fn find(code: &Code, evidence: &Evidence<'_>, out: &mut Vec<Hit>) {
    calls(code, evidence, out);
    paths(code, out);
}

/// Any of the methods' names; which one it is, the word around it says.
static NAMES: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| finder(["ithdraw", "orrow", "oan", "ransfer"].iter()));

fn calls(code: &Code, evidence: &Evidence<'_>, out: &mut Vec<Hit>) {
    let Some(names) = NAMES.as_ref() else {
        return;
    };
    let bare = &code.bare;
    let mut passed = 0;
    for found in names.find_iter(bare) {
        if found.start() < passed {
            continue;
        }
        let name = word(bare, found.start());
        passed = name.end;
        let text = bare.get(name.clone()).unwrap_or_default();
        let Some((_, kind, wants)) = CALLS.iter().find(|(call, ..)| call.as_bytes() == text) else {
            continue;
        };
        let opens = bare.get(name.end) == Some(&b'(');
        let Some(receiver) = receiver(code, name.start).filter(|_| opens) else {
            continue;
        };
        let last = last_name(receiver);
        let other = words(last)
            .map(|w| last.get(w.start..w.end).unwrap_or_default())
            .any(|word| {
                OTHERS
                    .iter()
                    .any(|o| word.eq_ignore_ascii_case(o.as_bytes()))
            });
        let named = || Evidence::named(receiver);
        let counts = match wants {
            Wants::Nothing => !matches!(last, b"self" | b"this" | b"super" | b"cls"),
            Wants::Exchange => !other && (named() || evidence.client()),
            Wants::Receiver => !other && named(),
        };
        if counts && let Some(move_) = MOVES.get(*kind) {
            out.push(Hit {
                check: move_.check,
                severity: move_.severity,
                span: name,
                what: move_.call,
                next: move_.next,
            });
        }
    }
}

/// The word around an offset.
fn word(text: &[u8], at: usize) -> std::ops::Range<usize> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let head = text.get(..at).unwrap_or_default();
    let tail = text.get(at..).unwrap_or_default();
    let start = head.iter().rposition(|b| !is_word(b)).map_or(0, |n| n + 1);
    let end = tail.iter().position(|b| !is_word(b)).unwrap_or(tail.len());
    start..at + end
}

/// The object a method is called on, as it is written: `self.exchange`, `client`. None for what is no
/// call of a method: a function, a definition.
fn receiver(code: &Code, start: usize) -> Option<&[u8]> {
    let before = code.before(start);
    let object = before
        .strip_suffix(b"?.")
        .or_else(|| before.strip_suffix(b"."))
        .or_else(|| before.strip_suffix(b"->"))?
        .trim_ascii_end();
    let part = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'_' | b'.' | b'$' | b'[' | b']' | b'(' | b')' | b'>' | b'?'
            )
    };
    let from = object.iter().rposition(|b| !part(b)).map_or(0, |n| n + 1);
    object.get(from..)
}

/// The last name of a chain: `exchange` of `self.exchange`.
fn last_name(receiver: &[u8]) -> &[u8] {
    let end = receiver
        .iter()
        .rposition(|b| b.is_ascii_alphanumeric() || *b == b'_')
        .map_or(0, |n| n + 1);
    let head = receiver.get(..end).unwrap_or_default();
    let start = head
        .iter()
        .rposition(|b| !(b.is_ascii_alphanumeric() || *b == b'_'))
        .map_or(0, |n| n + 1);
    head.get(start..).unwrap_or_default()
}

static REQUESTS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| finder(PATHS.iter().map(|(path, ..)| path)));

fn paths(code: &Code, out: &mut Vec<Hit>) {
    let Some(requests) = REQUESTS.as_ref() else {
        return;
    };
    let text = &code.text;
    let mut found = requests.find_iter(text).peekable();
    if found.peek().is_none() || is_table(text) {
        return;
    }
    for hit in found {
        let Some((_, kind, posts)) = PATHS.get(hit.pattern().as_usize()) else {
            continue;
        };
        let goes_on =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-');
        if text.get(hit.end()).is_some_and(goes_on) {
            continue;
        }
        // `@Path("…")`, a `case` of a server that answers for the exchange.
        let line = code.line(hit.start()).trim_ascii_start();
        let defines = [
            &b"@"[..],
            b"case ",
            b"[",
            b"path:",
            b"endpoint:",
            b"\"path\"",
        ];
        if defines.iter().any(|word| line.starts_with(word))
            || *posts && !posts_near(text, hit.start())
        {
            continue;
        }
        if let Some(move_) = MOVES.get(*kind) {
            out.push(Hit {
                check: move_.check,
                severity: move_.severity,
                span: hit.start()..hit.end(),
                what: move_.path,
                next: move_.next,
            });
        }
    }
}

/// Whether the text is a client's list of paths, or an exchange's description: it names many.
fn is_table(text: &[u8]) -> bool {
    const MANY: usize = 10;
    let quoted = |at: usize| {
        let head = text.get(at.saturating_sub(48)..at).unwrap_or_default();
        let path = head
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_'));
        let start = head.len() - path.count();
        start
            .checked_sub(1)
            .and_then(|at| head.get(at))
            .is_some_and(|b| matches!(b, b'"' | b'\'' | b'`'))
    };
    let versions = memchr::memmem::find_iter(text, b"v")
        .filter(|at| {
            text.get(at + 1).is_some_and(u8::is_ascii_digit)
                && text.get(at + 2) == Some(&b'/')
                && at
                    .checked_sub(1)
                    .and_then(|at| text.get(at))
                    .is_some_and(|b| matches!(b, b'/' | b'"' | b'\'' | b'`'))
        })
        .filter(|at| quoted(*at));
    versions.take(MANY).count() == MANY
}

/// Whether `POST` stands within a few lines.
fn posts_near(text: &[u8], at: usize) -> bool {
    const NEAR: usize = 240;
    let end = at.saturating_add(NEAR).min(text.len());
    let around = text.get(at.saturating_sub(NEAR)..end).unwrap_or_default();
    words(around).any(|word| {
        around
            .get(word.start..word.end)
            .is_some_and(|word| word.eq_ignore_ascii_case(b"post"))
    })
}
