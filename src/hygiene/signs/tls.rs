//! Certificates of an exchange that are not checked.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::Hit;
use super::code::Code;
use super::evidence::Evidence;
use super::table::{TLS, TLS_OFF, finder};
use crate::finding::Severity;

static OFF: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| finder(TLS_OFF.iter()));

/// Adds the settings that turn the check off, in a text that works with an exchange.
pub(super) fn find(code: &Code, evidence: &Evidence<'_>, out: &mut Vec<Hit>) {
    let Some(off) = OFF.as_ref() else {
        return;
    };
    for found in off.find_iter(&code.text) {
        let at = found.start();
        let before = at.checked_sub(1).and_then(|at| code.text.get(at));
        let whole = !before.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        // Of a prefix like `ssl.` or a longer name like `_create_unverified_context` only the former is whole.
        let whole = whole || code.text.get(at) == Some(&b'_');
        let line = code.line(at);
        let has = |word: &[u8]| memchr::memmem::find(line, word).is_some();
        // A token's signature is something else; a setting that is asked for is not made.
        let other = has(b"jwt") || has(b"decode(") || has(b"== ") || has(b"assert");
        let on = has(b"NODE_TLS_REJECT_UNAUTHORIZED") && !(has(b"0") && has(b"="));
        if whole && !other && !on && evidence.client() {
            out.push(Hit {
                check: &TLS,
                severity: Severity::Low,
                span: found.start()..found.end(),
                what: "this code does not check who answers for the exchange",
                next: "Check certificates again; where a proxy or a private authority stands between, trust its \
                       certificate by file instead of every certificate.",
            });
        }
    }
}
