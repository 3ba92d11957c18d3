//! The shortcuts find what the long way finds, whatever was read before.
#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::sync::LazyLock;

use base64::Engine as _;
use proptest::prelude::*;

use super::{Reach, Scratch, detect, is_inert, stays_inert};
use crate::rule::{Set, forge};

/// The lines of all rules' examples, in groups of a few, and the paths that they stand at.
static EXAMPLES: LazyLock<(Vec<String>, Vec<&str>)> = LazyLock::new(|| {
    let set = Set::builtin();
    let mut texts = Vec::new();
    let mut paths = vec!["", "a.py", "note.ipynb", "package-lock.json"];
    for rule in set.rules() {
        for example in rule.examples.iter() {
            let text = forge::fill(set, rule, example.text).unwrap();
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            texts.extend(lines.chunks(3).map(|lines| lines.concat()));
            texts.push(text);
            paths.push(example.path);
        }
    }
    (texts, paths)
});

/// Ways in which a text stands in another.
fn written(text: &str, way: u8) -> String {
    match way {
        0 => format!("{text:?}"),
        1 => text
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'\n' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect(),
        2 => base64::engine::general_purpose::STANDARD.encode(text),
        3 => text.replace('/', "\\/").replace('=', "\\u003d"),
        4 => text.replace('\n', "\r\n"),
        _ => text.to_owned(),
    }
}

fn texts() -> impl Strategy<Value = Vec<u8>> {
    let (examples, _) = &*EXAMPLES;
    let example = (0..examples.len(), 0..24u8).prop_map(|(at, way)| written(&examples[at], way));
    let part = prop_oneof![
        8 => example.clone().prop_map(String::into_bytes),
        2 => (example.clone(), 0..400usize, 0..400usize).prop_map(|(text, from, length)| {
            // A piece, cut anywhere.
            text.into_bytes().into_iter().skip(from).take(length).collect()
        }),
        2 => "[ -~]{0,60}\n".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..20),
        1 => "([a-z]{3,8} ){10,30}\n".prop_map(String::into_bytes),
        1 => (1..4u32).prop_map(|lines| "x = call(y)  # a line\n".repeat(400 * lines as usize).into_bytes()),
    ];
    prop::collection::vec(part, 1..7).prop_map(|parts| parts.concat())
}

thread_local! {
    /// One for all texts, so that each is read with what was learnt of the others.
    static SHARED: RefCell<Scratch> = RefCell::default();
}

fn found(text: &[u8], path: &str, scratch: &mut Scratch) -> String {
    let all = |_: &crate::rule::Rule| true;
    let detected = detect(Set::builtin(), text, path.as_bytes(), &all, scratch);
    format!("{:?} {:?}", detected.found, detected.held)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn shortcuts_change_nothing(text in texts(), path in 0..EXAMPLES.1.len(), cut in 0..200usize) {
        let path = EXAMPLES.1[path];
        let mut thorough = Scratch::default();
        thorough.thorough = true;
        // The text, and a version of it that lacks a piece.
        let mut version = text.clone();
        version.drain(text.len() / 2..(text.len() / 2 + cut).min(text.len()));
        for text in [&text, &version, &text] {
            let expected = found(text, path, &mut thorough);
            let short = SHARED.with_borrow_mut(|scratch| found(text, path, scratch));
            prop_assert_eq!(short, expected);
        }
    }

    #[test]
    fn what_is_inert_holds_nothing(text in texts(), cuts in prop::collection::vec((0..1500usize, 0..60usize), 1..5), path in 0..EXAMPLES.1.len()) {
        let path = EXAMPLES.1[path];
        prop_assume!(!path.ends_with(".ipynb"));
        let mut thorough = Scratch::default();
        thorough.thorough = true;
        // A text with pieces that another lacks.
        let (mut other, mut more, mut less) = (Vec::new(), Vec::new(), Vec::new());
        let mut at = 0;
        for (skip, length) in cuts {
            let start = (at + skip).min(text.len());
            let end = (start + length).min(text.len());
            other.extend_from_slice(&text[at..start]);
            more.push(start..end);
            less.push(other.len()..other.len());
            at = end;
        }
        other.extend_from_slice(&text[at..]);
        for (base, text, fresh) in [(&other, &text, &more), (&text, &other, &less)] {
            let inert = SHARED.with_borrow_mut(|scratch| {
                let detected = detect(Set::builtin(), text, path.as_bytes(), &|_| true, scratch);
                let flagged = is_inert(Set::builtin(), text, scratch);
                assert_eq!(detected.reach == Reach::Inert, flagged);
                let stays = is_inert(Set::builtin(), base, scratch)
                    && stays_inert(Set::builtin(), text, fresh, scratch);
                flagged || stays
            });
            if inert {
                let nothing = "[] []".to_owned();
                prop_assert_eq!(found(text, path, &mut thorough), nothing);
            }
        }
    }
}
