//! The shortcuts find what the long way finds, whatever was read before.
#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::ops::Range;
use std::sync::LazyLock;

use base64::Engine as _;
use proptest::prelude::*;

use super::{Reach, Scratch, Since, detect, detect_since, is_inert, stays_inert};
use crate::rule::{Set, forge};
use crate::stretch::{Stretch, fresh};

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
        1 => "((abandon|army|cat|code|file|list|index|zoo|x)[ =,.\"]{1,3}){5,200}\n".prop_map(String::into_bytes),
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
    fn what_is_inert_holds_nothing(text in texts(), cuts in cuts(), path in 0..EXAMPLES.1.len()) {
        let path = EXAMPLES.1[path];
        prop_assume!(!path.ends_with(".ipynb"));
        let mut thorough = Scratch::default();
        thorough.thorough = true;
        let (other, more, less) = without(&text, &cuts);
        let to_more = stretches(&text, &more, &less);
        let to_less = stretches(&other, &less, &more);
        let steps = [
            (&other, &text, &more, &to_more),
            (&text, &other, &less, &to_less),
        ];
        for (base, text, fresh, copied) in steps {
            let inert = SHARED.with_borrow_mut(|scratch| {
                let seen = detect(Set::builtin(), text, path.as_bytes(), &|_| true, scratch);
                let flagged = is_inert(Set::builtin(), text, scratch);
                assert_eq!(seen.reach == Reach::Inert, flagged);
                assert_eq!(seen.trace.inert, flagged);
                let base = detect(Set::builtin(), base, path.as_bytes(), &|_| true, scratch).trace;
                let since = Since { base: &base, fresh, copied };
                let stays = base.inert.then(|| stays_inert(Set::builtin(), text, since, scratch));
                flagged || stays.flatten().is_some_and(|trace| trace.inert)
            });
            if inert {
                let nothing = "[] []".to_owned();
                prop_assert_eq!(found(text, path, &mut thorough), nothing);
            }
        }
    }

    #[test]
    fn what_a_base_taught_changes_nothing(text in texts(), cuts in cuts(), path in 0..EXAMPLES.1.len()) {
        let path = EXAMPLES.1[path];
        let mut thorough = Scratch::default();
        thorough.thorough = true;
        let (other, more, less) = without(&text, &cuts);
        // Back and forth, each text with what the one before taught.
        let whole = vec![0..other.len(); 1];
        let to_more = stretches(&text, &more, &less);
        let to_less = stretches(&other, &less, &more);
        let steps = [
            (&other, &whole[..], &[][..]),
            (&text, &more, &to_more),
            (&other, &less, &to_less),
            (&text, &more, &to_more),
        ];
        let mut base = super::Trace::default();
        for (text, fresh, copied) in steps {
            let since = Since { base: &base, fresh, copied };
            let mut seen = SHARED.with_borrow_mut(|scratch| {
                detect_since(Set::builtin(), text, path.as_bytes(), &|_| true, Some(since), scratch)
            });
            base = std::mem::take(&mut seen.trace);
            let seen = format!("{:?} {:?}", seen.found, seen.held);
            prop_assert_eq!(seen, found(text, path, &mut thorough));
        }
    }

    #[test]
    fn deltas_change_nothing(text in texts(), steps in steps(), path in 0..EXAMPLES.1.len()) {
        let path = EXAMPLES.1[path];
        let mut thorough = Scratch::default();
        thorough.thorough = true;
        let (mut text, mut copied) = (text, Vec::new());
        let mut base = super::Trace::default();
        for step in steps {
            let fresh = fresh(&copied, text.len());
            let since = Since { base: &base, fresh: &fresh, copied: &copied };
            let mut seen = SHARED.with_borrow_mut(|scratch| {
                detect_since(Set::builtin(), &text, path.as_bytes(), &|_| true, Some(since), scratch)
            });
            base = std::mem::take(&mut seen.trace);
            let seen = format!("{:?} {:?}", seen.found, seen.held);
            prop_assert_eq!(seen, found(&text, path, &mut thorough));
            (text, copied) = delta(&text, &step);
        }
    }
}

/// What a delta does: how much of the base it copies, from where on from the last copy's end, and what it
/// inserts behind.
type Instruction = (usize, isize, Vec<u8>);

fn steps() -> impl Strategy<Value = Vec<Vec<Instruction>>> {
    let insert = prop_oneof![
        3 => Just(Vec::new()),
        2 => texts().prop_map(|text| text.into_iter().take(300).collect()),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ];
    let skip = prop_oneof![
        6 => 0..80isize,
        1 => -2000..2000isize,
    ];
    let one = (
        prop_oneof![2 => 0..200usize, 3 => 0..4000usize],
        skip,
        insert,
    );
    prop::collection::vec(prop::collection::vec(one, 1..7), 2..5)
}

fn delta(base: &[u8], instructions: &[Instruction]) -> (Vec<u8>, Vec<Stretch>) {
    let (mut out, mut copied) = (Vec::new(), Vec::<Stretch>::new());
    let mut from = 0;
    for (length, skip, insert) in instructions {
        let length = (*length).min(base.len() - from);
        if length > 0 {
            let at = out.len();
            match copied.last_mut() {
                Some(last) if last.at + last.length == at && last.from + last.length == from => {
                    last.length += length;
                }
                _ => copied.push(Stretch { at, from, length }),
            }
        }
        out.extend_from_slice(&base[from..from + length]);
        out.extend_from_slice(insert);
        from = (from + length).saturating_add_signed(*skip).min(base.len());
    }
    (out, copied)
}

/// What a text has from another: all but these ranges of it, which stand for those of the other.
fn stretches(text: &[u8], fresh: &[Range<usize>], instead: &[Range<usize>]) -> Vec<Stretch> {
    let (mut at, mut from) = (0, 0);
    let (end, none) = (text.len()..text.len(), 0..0);
    let mut out = Vec::new();
    for (place, other) in fresh.iter().zip(instead).chain([(&end, &none)]) {
        let length = place.start - at;
        if length > 0 {
            out.push(Stretch { at, from, length });
        }
        (at, from) = (place.end, other.end.max(from + length));
    }
    out
}

/// A phrase in a page: its words are no stretch of words, and were lost in versions of the page.
#[test]
fn words_in_elements_are_found_in_a_version_of_a_page() {
    let set = Set::builtin();
    let phrase = forge::fill(set, set.get("bip39").unwrap(), "«seed»").unwrap();
    let items: String = phrase
        .split_whitespace()
        .map(|word| format!("<li>{word}</li>\n"))
        .collect();
    let filler = "<p>x = call(y), a line of 1984</p>\n".repeat(40);
    let base = format!("{filler}<ol>\n{items}</ol>\n{filler}");
    let line = "<p>one more</p>\n";
    let version = format!("{line}{base}");
    let copied = [Stretch {
        at: line.len(),
        from: 0,
        length: base.len(),
    }];
    let mut scratch = Scratch::default();
    let read = detect(set, base.as_bytes(), b"a.html", &|_| true, &mut scratch);
    assert_eq!(read.found.len(), 1);
    let since = Since {
        base: &read.trace,
        fresh: &fresh(&copied, version.len()),
        copied: &copied,
    };
    let text = version.as_bytes();
    let seen = detect_since(set, text, b"a.html", &|_| true, Some(since), &mut scratch);
    assert_eq!(seen.found.len(), 1);
}

#[test]
fn what_stands_far_from_a_change_is_found_again() {
    let line = b"x = call(y)  # a line\n";
    let filler = line.repeat(20);
    for (number, example) in EXAMPLES.0.iter().enumerate().step_by(5) {
        let text = written(example, (number % 6) as u8);
        let base = [&filler, text.as_bytes(), &filler].concat();
        let version = [line, &*base, line].concat();
        let copied = [Stretch {
            at: line.len(),
            from: 0,
            length: base.len(),
        }];
        let fresh = fresh(&copied, version.len());
        let seen = SHARED.with_borrow_mut(|scratch| {
            let trace = detect(Set::builtin(), &base, b"a", &|_| true, scratch).trace;
            let since = Since {
                base: &trace,
                fresh: &fresh,
                copied: &copied,
            };
            detect_since(
                Set::builtin(),
                &version,
                b"a",
                &|_| true,
                Some(since),
                scratch,
            )
        });
        let mut thorough = Scratch::default();
        thorough.thorough = true;
        let expected = found(&version, "a", &mut thorough);
        assert_eq!(
            format!("{:?} {:?}", seen.found, seen.held),
            expected,
            "{text}"
        );
    }
}

fn cuts() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..1500usize, 0..60usize), 1..5)
}

/// A text without some pieces; where they stand in it, and where they would in what is left.
fn without(
    text: &[u8],
    cuts: &[(usize, usize)],
) -> (Vec<u8>, Vec<Range<usize>>, Vec<Range<usize>>) {
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
    (other, more, less)
}
