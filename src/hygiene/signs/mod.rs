//! Signs of danger in a bot's code and settings: no leak, but what makes one worse. A key that is called to
//! withdraw with must be able to withdraw; a bot API that listens to everyone needs no key at all.
//!
//! Lexical, in any of the languages that bots are written in: comments and the contents of strings are
//! blanked first, then a few names are looked for where they stand as calls. A definition is no call, so
//! the source of an exchange's client has none; documentation and tests are passed over.

mod code;
mod evidence;
mod glance;
mod log;
mod money;
mod server;
mod table;
mod tls;

use std::ops::Range;

use super::lapse::{Check, Lapse};
use crate::finding::{Origin, Severity};
use crate::report::docs;
use crate::suppress::path;
use code::Code;

pub use table::CHECKS;

/// A place in a text that shows how a leak would do more harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// What was found, with its rule id: `danger-withdraw-call`.
    pub check: &'static Check,
    /// Low, or info: a sign never fails a scan by default.
    pub severity: Severity,
    /// The line it begins on, from 1.
    pub line: u32,
    /// The bytes that show it: the call's name, the setting.
    pub span: Range<usize>,
    /// What was found here, in a line; it names nothing that only the tree knows.
    pub what: &'static str,
    /// What to do about it.
    pub next: &'static str,
}

impl Sign {
    /// The sign as a hygiene finding at this place.
    #[must_use]
    pub fn lapse(&self, origin: Origin) -> Lapse {
        Lapse::new(self.check, self.severity, self.what)
            .at(origin, Some(self.line))
            .step(self.next)
            .step(format!("More: {}", docs::of_sign(self.check.id)))
    }
}

/// Longer files are generated, or data: their code is not read.
const LONGEST: usize = 1 << 20;

/// The signs in a text that stands at `path`, in the order in which they stand; at most 100.
pub fn signs(path: &[u8], text: &[u8]) -> Vec<Sign> {
    const MOST: usize = 100;
    if text.len() > LONGEST {
        return Vec::new();
    }
    // The path costs less than the text.
    let class = path::classify(path);
    if class.test || class.docs || class.vendored || class.minified || class.source_map {
        return Vec::new();
    }
    if class.lock_file || class.template || table::is_library(path) || !glance::may_hold(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    server::find(path, text, &mut found);
    if let Some(code) = Code::read(path, text)
        && !evidence::is_client_source(&code)
    {
        let evidence = evidence::Evidence::new(&code);
        money::find(&code, &evidence, &mut found);
        tls::find(&code, &evidence, &mut found);
        log::find(&code, &mut found);
        server::listens(&code, &evidence, &mut found);
    }
    found.sort_by_key(|hit| (hit.span.start, hit.span.end));
    found.dedup_by(|b, a| a.check.id == b.check.id && a.span.end > b.span.start);
    found.truncate(MOST);
    number(text, found)
}

/// A sign before its line is known.
#[derive(Debug)]
struct Hit {
    check: &'static Check,
    severity: Severity,
    span: Range<usize>,
    what: &'static str,
    next: &'static str,
}

/// Counts the lines, once over the text; the hits are in order.
fn number(text: &[u8], hits: Vec<Hit>) -> Vec<Sign> {
    let (mut at, mut line) = (0, 1u32);
    let signs = hits.into_iter().map(|hit| {
        let passed = text.get(at..hit.span.start).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', passed).count();
        line = line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        at = hit.span.start.max(at);
        Sign {
            check: hit.check,
            severity: hit.severity,
            line,
            span: hit.span,
            what: hit.what,
            next: hit.next,
        }
    });
    signs.collect()
}

#[cfg(test)]
mod tests;
