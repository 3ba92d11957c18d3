//! A bot's own API that listens to every network and asks for no password.

use std::ops::Range;

use super::Hit;
use super::code::Code;
use super::evidence::Evidence;
use super::table::OPEN_API;
use crate::finding::Severity;
use crate::suppress::placeholder;

const NEXT: &str = "Bind it to 127.0.0.1 and reach it over SSH or a VPN (in Docker publish the port as \
                    127.0.0.1:8080:8080), and set a long password.";

fn hit(span: Range<usize>, what: &'static str) -> Hit {
    Hit {
        check: &OPEN_API,
        severity: Severity::Low,
        span,
        what,
        next: NEXT,
    }
}

/// Adds the API server of a Freqtrade configuration (docs/rest-api.md), in JSON or in variables.
pub(super) fn find(path: &[u8], text: &[u8], out: &mut Vec<Hit>) {
    let json = path.ends_with(b".json") || path.ends_with(b".json5") || path.ends_with(b".jsonc");
    let key = b"\"listen_ip_address\"";
    for at in memchr::memmem::find_iter(text, key).filter(|_| json) {
        let object = object(text, at);
        let inside = |name: &[u8]| text.get(object.clone()).and_then(|text| value(text, name));
        let everyone = matches!(inside(key), Some(b"\"0.0.0.0\"" | b"\"::\""));
        let off = inside(b"\"enabled\"") == Some(b"false");
        if everyone && !off && open(inside(b"\"password\"")) {
            out.push(hit(
                at..at + key.len(),
                "the bot's API listens to every network, and its password is none",
            ));
        }
    }
    let name = b"FREQTRADE__API_SERVER__LISTEN_IP_ADDRESS";
    if let Some(at) = memchr::memmem::find(text, name) {
        let everyone = line_value(text, at + name.len()) == b"0.0.0.0";
        let password = b"FREQTRADE__API_SERVER__PASSWORD";
        let asks = memchr::memmem::find(text, password)
            .is_some_and(|at| !open(Some(line_value(text, at + password.len()))));
        if everyone && !asks {
            out.push(hit(
                at..at + name.len(),
                "the bot's API listens to every network, and its password is none",
            ));
        }
    }
}

/// Adds a web server of a bot's own that listens to everyone and looks at no secret: a receiver of alerts.
pub(super) fn listens(code: &Code, evidence: &Evidence<'_>, out: &mut Vec<Hit>) {
    const ASKS: [&[u8]; 10] = [
        b"passphrase",
        b"password",
        b"secret",
        b"token",
        b"auth",
        b"hmac",
        b"signature",
        b"login",
        b"x-api-key",
        b"compare_digest",
    ];
    for at in memchr::memmem::find_iter(&code.text, b"0.0.0.0") {
        let line = code.line(at);
        let runs = [
            &b".run("[..],
            b"uvicorn.run(",
            b"serve(",
            b".listen(",
            b"ListenAndServe(",
        ];
        if !runs
            .iter()
            .any(|run| memchr::memmem::find(line, run).is_some())
            || !evidence.client()
        {
            continue;
        }
        // What signs requests to the exchange does not ask who sends one here: a secret that is compared does.
        let lower = code.text.to_ascii_lowercase();
        let asks = lower.split(|byte| *byte == b'\n').any(|line| {
            let compares = [
                &b"=="[..],
                b"!=",
                b"compare",
                b"depends(",
                b"require",
                b"verify",
                b"not in ",
                b" in ",
            ];
            ASKS.iter()
                .any(|word| memchr::memmem::find(line, word).is_some())
                && compares
                    .iter()
                    .any(|word| memchr::memmem::find(line, word).is_some())
        });
        if !asks {
            out.push(hit(
                at..at + 7,
                "a server that trades listens to every network, and asks for no secret",
            ));
        }
    }
}

/// Whether a password is none: absent, empty, or one that everybody knows.
fn open(password: Option<&[u8]>) -> bool {
    let Some(password) = password else {
        return true;
    };
    let bare = password.strip_prefix(b"\"").unwrap_or(password);
    let bare = bare.strip_suffix(b"\"").unwrap_or(bare);
    let looked_up = bare.starts_with(b"${") || bare.starts_with(b"$");
    bare.is_empty() || !looked_up && placeholder::placeholder(bare).is_some()
}

/// The braces around an offset, as far as they are near.
fn object(text: &[u8], at: usize) -> Range<usize> {
    const NEAR: usize = 4096;
    let from = at.saturating_sub(NEAR);
    let head = text.get(from..at).unwrap_or_default();
    let mut depth = 0usize;
    let mut start = from;
    for (back, byte) in head.iter().enumerate().rev() {
        match byte {
            b'}' => depth += 1,
            b'{' if depth == 0 => {
                start = from + back;
                break;
            }
            b'{' => depth -= 1,
            _ => {}
        }
    }
    let mut depth = 0usize;
    let tail = text.get(at..).unwrap_or_default();
    for (on, byte) in tail.iter().enumerate().take(NEAR) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return start..at + on,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    start..at.saturating_add(NEAR).min(text.len())
}

/// What stands behind a name and its colon: a string with its quotes, or a word.
fn value<'t>(text: &'t [u8], name: &[u8]) -> Option<&'t [u8]> {
    let at = memchr::memmem::find(text, name)?;
    let rest = text.get(at + name.len()..)?.trim_ascii_start();
    let rest = rest.strip_prefix(b":")?.trim_ascii_start();
    let end = match rest.strip_prefix(b"\"") {
        Some(inner) => 2 + inner.iter().position(|b| *b == b'"')?,
        None => rest.iter().position(|b| !b.is_ascii_alphanumeric())?,
    };
    rest.get(..end)
}

/// What a variable is set to: behind `=` or `:`, without quotes, to the end of the line.
fn line_value(text: &[u8], at: usize) -> &[u8] {
    let rest = text.get(at..).unwrap_or_default();
    let line = rest
        .split(|b| *b == b'\n')
        .next()
        .unwrap_or_default()
        .trim_ascii();
    let value = line.strip_prefix(b"=").or_else(|| line.strip_prefix(b":"));
    let value = value.unwrap_or_default().trim_ascii();
    let quote = |b: &u8| matches!(b, b'"' | b'\'');
    let start = usize::from(value.first().is_some_and(quote));
    let end = value.len() - usize::from(value.len() > start && value.last().is_some_and(quote));
    value.get(start..end).unwrap_or_default()
}
