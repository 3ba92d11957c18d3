//! Rare literals: headers of armour, words of key files. One search finds them all.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::{Anchors, Run, armor};

/// The literals. A search for a handful of them at once runs at the speed of one.
static MARKERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?-u)-----BEGIN |PuTTY-User-Key-File-|kdfparams|pkcs8|tendermint/PrivKey"#).ok()
});

/// Whether one of those literals stands in a run of token characters that are long enough for a run.
pub(super) fn in_run(run: &[u8]) -> bool {
    [&b"PuTTY-User-Key-File-"[..], b"tendermint/PrivKey"]
        .iter()
        .any(|literal| memchr::memmem::find(run, literal).is_some())
}

/// Adds headers, armour spans and places of key files.
pub(super) fn find(bytes: &[u8], out: &mut Anchors) {
    let Some(markers) = MARKERS.as_ref() else {
        return;
    };
    for found in markers.find_iter(bytes) {
        let at = found.start();
        match found.as_bytes() {
            b"-----BEGIN " | b"PuTTY-User-Key-File-" => out.headers.push(at),
            b"pkcs8" if !is_quoted(bytes, at, found.end()) => {}
            _ => out.keystore.push(at),
        }
    }
    armor(bytes, out);
}

/// Adds the spans of the armour whose headers are known. A span ends where the next header starts at the latest,
/// so no byte is read twice.
pub(super) fn armor(bytes: &[u8], out: &mut Anchors) {
    let mut text = Vec::new();
    let ends = out.headers.iter().skip(1).copied().chain([bytes.len()]);
    for (start, end) in out.headers.iter().zip(ends) {
        let limited = bytes.get(..end).unwrap_or_default();
        if let Some(read) = armor::read(limited, *start, &mut text) {
            out.armor.push(Run {
                start: *start,
                end: read.end,
            });
        }
    }
}

/// Whether quotes, maybe escaped, stand around a word.
fn is_quoted(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    let after = bytes.get(end);
    matches!(before, Some(b'"' | b'\'')) && matches!(after, Some(b'"' | b'\'' | b'\\'))
}
