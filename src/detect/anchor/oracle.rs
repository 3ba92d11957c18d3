//! The same anchors found one byte after another: what the sweep must agree with.
#![allow(clippy::unwrap_used)]

use proptest::collection::vec;
use proptest::prelude::*;

use super::class::{self, Block, WIDTH};
use super::{Anchors, GAP, NUMBERS, RUN, Run, WORDS, simd};

/// Runs, numbers and words by their definition.
fn slow(bytes: &[u8]) -> Anchors {
    Anchors {
        runs: stretches(bytes, class::is_token, RUN)
            .filter(|run| run.of(bytes).iter().any(u8::is_ascii_alphanumeric))
            .collect(),
        numbers: stretches(bytes, class::is_number, NUMBERS)
            .filter(|run| class::count_numbers(run.of(bytes)) >= 32)
            .collect(),
        words: words(bytes),
        starts: starts(bytes),
        escapes: bytes.iter().any(|byte| matches!(byte, b'\\' | b'%')),
        markers: bytes
            .windows(2)
            .any(|pair| matches!(pair, b"kc" | b"kd" | b"-B")),
        ..Anchors::default()
    }
}

fn stretches(bytes: &[u8], class: fn(u8) -> bool, least: usize) -> impl Iterator<Item = Run> {
    let mut start = 0;
    let pieces: Vec<Run> = bytes
        .split(|byte| !class(*byte))
        .map(|piece| {
            let run = Run {
                start,
                end: start + piece.len(),
            };
            start = run.end + 1;
            run
        })
        .filter(|run| run.end - run.start >= least)
        .collect();
    pieces.into_iter()
}

fn words(bytes: &[u8]) -> Vec<Run> {
    let mut found = Vec::new();
    // What stands before the text counts as three bytes of a gap.
    let (mut word, mut letters, mut gap) = (0usize, 0usize, 3usize);
    let (mut start, mut count, mut high) = (0usize, 0u32, 0u32);
    for at in 0..=bytes.len() {
        let byte = bytes.get(at).copied().unwrap_or(0);
        let (word_before, letters_before) = (word, letters);
        letters = if byte.is_ascii_alphabetic() {
            letters + 1
        } else {
            0
        };
        let in_word = byte.is_ascii_alphabetic() || byte >= 0x80;
        word = if in_word { word + 1 } else { 0 };
        gap = if in_word { 0 } else { gap + 1 };
        let breaks = (!in_word && matches!(word_before, 1 | 2))
            || letters > 12
            || letters_before > 12
            || gap > GAP;
        if !breaks {
            count += u32::from(!in_word && word_before > 2);
            high += u32::from(byte >= 0x80);
        }
        if breaks || at == bytes.len() {
            if count.max(high / 3) >= WORDS {
                found.push(Run { start, end: at });
            }
            (start, count, high) = (at + 1, 0, 0);
        }
    }
    found
}

fn starts(bytes: &[u8]) -> Vec<u64> {
    let mut found = vec![0; bytes.len() / WIDTH + 1];
    let mut before = false;
    for (at, byte) in bytes.iter().enumerate() {
        let word = byte.is_ascii_alphabetic() || *byte >= 0x80;
        found[at / WIDTH] |= u64::from(word && !before) << (at % WIDTH);
        before = word;
    }
    found
}

fn fast(bytes: &[u8]) -> [Anchors; 2] {
    let mut found = [Anchors::default(), Anchors::default()];
    let [best, portable] = &mut found;
    simd::sweep(bytes, best);
    simd::portable_sweep(bytes, portable);
    found
}

/// Bytes in stretches of one class each, so that long ones and their borders occur.
fn striped() -> impl Strategy<Value = Vec<u8>> {
    let classes = prop_oneof![
        "[A-Za-z0-9_+/-]{1,150}",
        "[0-9, \t\r\n]{1,150}",
        "(0x[0-9a-f]{2}, ){1,40}",
        "([0-9]{1,3},){1,80}",
        "([a-z]{3,9} ){1,20}",
        "([A-Z]{1,10}[ ,.]{1,18}){1,6}",
        "[一-龥あ-んáéñ ]{1,40}",
        "[_/+-]{1,40}",
        "[(){};:\"]{1,20}",
        "[kcdB\\\\%-]{1,4}",
    ];
    (vec(classes, 0..8), vec(any::<u8>(), 0..4))
        .prop_map(|(parts, tail)| [parts.concat().into_bytes(), tail].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn masks_agree(bytes in vec(any::<u8>(), WIDTH)) {
        let block: Block = bytes.try_into().unwrap();
        for masks in simd::masks(&block) {
            prop_assert_eq!(masks, class::scalar(&block));
        }
    }

    #[test]
    fn anchors_agree(bytes in striped()) {
        let expected = slow(&bytes);
        for found in fast(&bytes) {
            prop_assert_eq!(&found, &expected);
        }
    }

    #[test]
    fn anchors_agree_on_noise(bytes in vec(any::<u8>(), 0..400)) {
        let expected = slow(&bytes);
        for found in fast(&bytes) {
            prop_assert_eq!(&found, &expected);
        }
    }

    /// Where the blocks begin makes no difference. (The gap in front of words may: it is part of
    /// their stretch.)
    #[test]
    fn position_makes_no_difference(bytes in striped(), shift in 1usize..130) {
        let moved = [vec![b';'; shift], bytes.clone()].concat();
        let [mut found, _] = fast(&moved);
        for run in found.runs.iter_mut().chain(&mut found.numbers).chain(&mut found.words) {
            run.start = run.start.saturating_sub(shift);
            run.end -= shift;
        }
        let [expected, _] = fast(&bytes);
        prop_assert_eq!(found.runs, expected.runs);
        prop_assert_eq!(found.numbers, expected.numbers);
        let ends = |runs: &[Run]| runs.iter().map(|run| run.end).collect::<Vec<_>>();
        prop_assert_eq!(ends(&found.words), ends(&expected.words));
    }

    /// A phrase lies inside of one stretch, whatever stands around it.
    #[test]
    fn phrases_are_inside_of_one_stretch(
        before in "([a-zA-Z]{0,12}[ .,;0-9]){0,40}",
        words in vec("[a-z]{3,9}|[A-Z]{3,9}|[áéñ]{2,8}", 12..25),
        gap in "[ ,.\"0-9\n]{1,15}",
        after in "([ .,;0-9][a-zA-Z]{0,12}){0,40}",
    ) {
        let phrase = words.join(&gap);
        let text = format!("{before}{phrase}{after}");
        let (start, end) = (before.len(), before.len() + phrase.len());
        for found in fast(text.as_bytes()) {
            prop_assert!(found.words.iter().any(|run| run.start <= start && end <= run.end));
        }
    }

    #[test]
    fn chinese_needs_no_spaces(before in "[a-z ;]{0,80}", phrase in "[一-龥]{12,24}") {
        let text = format!("{before};{phrase};");
        let start = before.len() + 1;
        for found in fast(text.as_bytes()) {
            let end = start + phrase.len();
            prop_assert!(found.words.iter().any(|run| run.start <= start && end <= run.end));
        }
    }
}
