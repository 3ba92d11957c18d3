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

/// Adds armour spans and places of key files.
pub(super) fn find(bytes: &[u8], out: &mut Anchors) {
    let Some(markers) = MARKERS.as_ref() else {
        return;
    };
    // A span ends where the next header starts at the latest, so no byte is read twice.
    let mut open = None;
    let mut text = Vec::new();
    for found in markers.find_iter(bytes) {
        let at = found.start();
        match found.as_bytes() {
            b"-----BEGIN " | b"PuTTY-User-Key-File-" => {
                close(bytes, open.replace(at), at, &mut text, out);
            }
            b"pkcs8" if !is_quoted(bytes, at, found.end()) => {}
            _ => out.keystore.push(at),
        }
    }
    close(bytes, open, bytes.len(), &mut text, out);
}

fn close(bytes: &[u8], start: Option<usize>, limit: usize, text: &mut Vec<u8>, out: &mut Anchors) {
    let read =
        start.and_then(|start| Some((start, armor::read(bytes.get(..limit)?, start, text)?)));
    if let Some((start, armor)) = read {
        out.armor.push(Run {
            start,
            end: armor.end,
        });
    }
}

/// Whether quotes, maybe escaped, stand around a word.
fn is_quoted(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    let after = bytes.get(end);
    matches!(before, Some(b'"' | b'\'')) && matches!(after, Some(b'"' | b'\'' | b'\\'))
}
