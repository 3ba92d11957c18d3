//! Whether a text works with an exchange.

use std::cell::OnceCell;

use super::code::Code;
use crate::rule::{Set, words};

/// What says that a text, or a name in it, is about an exchange.
pub(super) struct Evidence<'c> {
    code: &'c Code,
    client: OnceCell<bool>,
}

/// Names of objects that only an exchange's client has.
const NAMES: &[&[u8]] = &[b"exchange", b"exch", b"exchanges", b"ccxt", b"cex"];

impl<'c> Evidence<'c> {
    pub(super) fn new(code: &'c Code) -> Self {
        Self {
            code,
            client: OnceCell::new(),
        }
    }

    /// Whether the text loads an exchange's client, or names an exchange's host.
    pub(super) fn client(&self) -> bool {
        *self.client.get_or_init(|| {
            let text = &self.code.text;
            loads(text) || hosts().any(|host| memchr::memmem::find(text, host).is_some())
        })
    }

    /// Whether a name speaks of an exchange: `self.exchange`, `binance_client`.
    pub(super) fn named(name: &[u8]) -> bool {
        let providers = || rules().flat_map(|rule| rule.context.words.iter());
        words(name)
            .map(|word| name.get(word.start..word.end).unwrap_or_default())
            .any(|word| {
                NAMES.iter().any(|known| word.eq_ignore_ascii_case(known))
                    || word.len() > 3
                        && providers().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
            })
    }
}

/// Whether the text says of itself that it is the source of an exchange's client: by its package (Go, named
/// after the exchange) or its namespace (Java, C#), or by the client that it makes (Go).
pub(super) fn is_client_source(code: &Code) -> bool {
    const SPACES: [&[u8]; 6] = [
        b"org.knowm.xchange",
        b"Binance.Net",
        b"Bybit.Net",
        b"Kraken.Net",
        b"com.binance",
        b"com.bybit",
    ];
    let has = |text: &[u8]| memchr::memmem::find(&code.bare, text).is_some();
    if has(b"type Client struct") && has(b"func NewClient(") {
        return true;
    }
    let declared = code.bare.split(|byte| *byte == b'\n').find_map(|line| {
        let line = line.trim_ascii();
        line.strip_prefix(b"package ")
            .or_else(|| line.strip_prefix(b"namespace "))
    });
    declared.is_some_and(|name| {
        let dotted = name.contains(&b'.');
        !dotted && Evidence::named(name) || SPACES.iter().any(|space| name.starts_with(space))
    })
}

/// The rules of those that hold money.
fn rules() -> impl Iterator<Item = &'static crate::rule::Rule> {
    let rules = Set::builtin().rules().iter();
    rules.filter(|rule| matches!(rule.domain, "exchange" | "broker"))
}

fn hosts() -> impl Iterator<Item = &'static [u8]> {
    rules().flat_map(|rule| rule.context.hosts.iter().map(|host| host.as_bytes()))
}

/// Whether a line that loads a package loads an exchange's client.
fn loads(text: &[u8]) -> bool {
    const LOADS: [&[u8]; 6] = [
        b"import", b"require", b"from ", b"use ", b"using ", b"include",
    ];
    text.split(|byte| *byte == b'\n').any(|line| {
        let line = line.trim_ascii();
        let line = line.strip_prefix(b"\"").unwrap_or(line);
        let loading = line.len() <= 300
            && (LOADS.iter().any(|word| line.starts_with(word))
                || memchr::memmem::find(line, b"require(").is_some()
                // In a list of imports of Go.
                || line.starts_with(b"github.com/"));
        loading
            && (stands(line, b"ccxt")
                || rules()
                    .flat_map(|rule| rule.context.imports.iter())
                    .any(|import| stands(line, import.as_bytes())))
    })
}

/// Whether a name stands in a line as a whole.
fn stands(line: &[u8], name: &[u8]) -> bool {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    memchr::memmem::find_iter(line, name).any(|at| {
        let before = at.checked_sub(1).and_then(|at| line.get(at));
        let after = line.get(at + name.len());
        !before.is_some_and(|byte| word(byte) || *byte == b'.') && !after.is_some_and(word)
    })
}
