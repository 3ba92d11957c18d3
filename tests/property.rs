//! What must hold of any input. The fuzz targets in `fuzz/` look for the same with more patience.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use keyfence::decode;
use keyfence::detect::{Detected, Scratch, detect};
use keyfence::gitignore::Tree;
use keyfence::rule::{Set, forge, read};
use proptest::prelude::*;

fn detected(text: &[u8], path: &str) -> Detected {
    let all = |_: &keyfence::rule::Rule| true;
    detect(
        Set::builtin(),
        text,
        path.as_bytes(),
        &all,
        &mut Scratch::default(),
    )
}

/// A made-up Bybit secret.
fn secret(seed: u32) -> String {
    let set = Set::builtin();
    forge::fill(set, set.get("bybit").unwrap(), &format!("«secret#{seed}»")).unwrap()
}

/// Text that a scanner meets: words, signs, escapes, and bytes that are no text.
fn surroundings() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[ -~]{0,40}".prop_map(String::into_bytes),
        "\\PC{0,12}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..24),
        Just(b"{\"a\": \"b\\\"c\\n\\u00e9\", ".to_vec()),
        Just(b"%7B%22key%22%3A".to_vec()),
        Just(b"-----BEGIN PRIVATE KEY-----\n".to_vec()),
        Just(b"abandon abandon ability able about above ".to_vec()),
        Just(b"client(".to_vec()),
        Just(b"\r\n\t- [x] | ".to_vec()),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Nothing panics, and every span lies in the text.
    #[test]
    fn any_bytes_are_read(text in surroundings(), path in "[a-z./]{0,20}") {
        let seen = detected(&text, &path);
        let parts = seen.found.iter().flat_map(|found| &found.parts);
        let spans = parts.map(|part| &part.span).chain(seen.held.iter().map(|held| &held.span));
        for span in spans {
            prop_assert!(span.start <= span.end && text.get(span.clone()).is_some());
        }
    }

    /// Each byte of a decoded layer comes from a place in the text, in order.
    #[test]
    fn layers_lead_back(text in surroundings(), notebook in any::<bool>()) {
        for layer in decode::layers(&text, notebook) {
            let mut last = 0;
            for at in 0..layer.bytes.len() {
                let origin = layer.origin(at);
                prop_assert!(origin < text.len() && origin >= last, "{at}: {origin} after {last}");
                last = origin;
            }
        }
    }

    /// Strings in strings, whatever stands before: the secret is found where it stands.
    #[test]
    fn a_secret_is_found_where_it_stands(seed in any::<u32>(), before in "[ -~é\n]{0,60}", depth in 0..3usize) {
        let secret = secret(seed);
        let mut text = format!("{before}\nBYBIT_API_SECRET=\"{secret}\"\n");
        for _ in 0..depth {
            text = format!("{{\"note\": {}}}", serde_json::to_string(&text).unwrap());
        }
        let seen = detected(text.as_bytes(), "note.json");
        let spans: Vec<_> = seen
            .found
            .iter()
            .flat_map(|found| &found.parts)
            .filter(|part| part.value == secret.as_bytes())
            .map(|part| text[part.span.clone()].to_owned())
            .collect();
        prop_assert!(spans.contains(&secret), "{spans:?} in {text}");
    }

    /// A value that is masked shows no four characters of its middle.
    #[test]
    fn masks_hide(value in "[!-~]{1,80}") {
        let masked = keyfence::finding::mask(value.as_bytes());
        let shown = masked.chars().filter(|c| *c != '*' && *c != '…').count();
        prop_assert!(shown * 3 <= value.len().max(1), "{value} as {masked}");
    }

    /// Any text of a rule file is read or refused.
    #[test]
    fn any_rule_file_is_read_or_refused(change in any::<prop::sample::Index>(), with in "[ -~\n]{0,6}") {
        let text = include_str!("../rules/exchange/bybit.toml");
        let at = (0..=text.len()).rev().find(|at| *at <= change.index(text.len()) && text.is_char_boundary(*at)).unwrap();
        let text = format!("{}{with}{}", &text[..at], text[at..].chars().skip(1).collect::<String>());
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rule.toml");
        std::fs::write(&path, text).unwrap();
        if let Err(error) = read(&path) {
            prop_assert!(!error.to_string().contains('\n') && !error.help().is_empty());
        }
    }

    /// Any patterns decide about any path.
    #[test]
    fn any_patterns_decide(patterns in "[ -~\\\\*?!/\\[\\]\n]{0,60}", path in "[a-z*\\[/]{1,30}") {
        let mut tree = Tree::default();
        tree.insert(b"", patterns.as_bytes());
        let _ = tree.verdict(path.as_bytes(), false);
    }
}
