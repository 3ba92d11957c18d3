#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Phrase, SEGMENT, phrases};
use crate::prove::LISTS;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::time::Instant;
use unicode_normalization::UnicodeNormalization;

const TEXTS: [&str; 10] = [
    include_str!("../../prove/wordlists/english.txt"),
    include_str!("../../prove/wordlists/japanese.txt"),
    include_str!("../../prove/wordlists/korean.txt"),
    include_str!("../../prove/wordlists/spanish.txt"),
    include_str!("../../prove/wordlists/chinese_simplified.txt"),
    include_str!("../../prove/wordlists/chinese_traditional.txt"),
    include_str!("../../prove/wordlists/french.txt"),
    include_str!("../../prove/wordlists/italian.txt"),
    include_str!("../../prove/wordlists/czech.txt"),
    include_str!("../../prove/wordlists/portuguese.txt"),
];

/// A made-up phrase of so many words, by the definition of BIP-39.
fn words(list: usize, count: usize, seed: u8) -> Vec<&'static str> {
    let entropy = Sha256::digest([seed, u8::try_from(count).unwrap(), 7]);
    let entropy = &entropy[..count / 3 * 4];
    let digest = Sha256::digest(entropy);
    let bits = entropy
        .iter()
        .chain(&digest)
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    let bits: Vec<u8> = bits.take(count * 11).collect();
    let lines: Vec<_> = TEXTS[list].lines().collect();
    let index = |bits: &[u8]| bits.iter().fold(0, |sum, bit| sum << 1 | usize::from(*bit));
    bits.chunks(11).map(|bits| lines[index(bits)]).collect()
}

/// The same with a wrong checksum and no other checksum of BIP-39 in it.
fn wrong(count: usize, seed: u8) -> Vec<&'static str> {
    let lines: Vec<_> = TEXTS[0].lines().collect();
    let mut words: Vec<_> = words(0, 24, seed).into_iter().cycle().take(count).collect();
    for word in lines {
        *words.last_mut().unwrap() = word;
        if find(&words.join(" ")).is_empty() {
            return words;
        }
    }
    panic!("no wrong checksum");
}

fn find(text: &str) -> Vec<Phrase> {
    let mut out = Vec::new();
    phrases(text.as_bytes(), [(0, text.len())], &mut out);
    out
}

/// The one phrase of a text.
#[track_caller]
fn one(text: &str) -> Phrase {
    let mut found = find(text);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found.remove(0)
}

fn english() -> Vec<&'static str> {
    words(0, 12, 1)
}

#[test]
fn every_language_and_length_is_found() {
    for list in 0..LISTS.len() {
        for count in [12, 15, 18, 21, 24] {
            let words = words(list, count, 3);
            let phrase = words.join(" ");
            for phrase in [phrase.clone(), phrase.nfc().collect()] {
                let text = format!("x1: \"{phrase}\"");
                let found = one(&text);
                assert_eq!(&text[found.start..found.end], phrase);
                assert_eq!(found.words, words);
                assert!(found.valid && found.list == list, "{found:?}");
            }
        }
    }
}

#[test]
fn every_way_to_write_it_down_is_found() {
    let words = english();
    let numbered = |form: fn(usize, &str) -> String| {
        let lines = words
            .iter()
            .zip(1..)
            .map(|(word, number)| form(number, word));
        lines.collect::<Vec<_>>().join("\n")
    };
    let wrapped: Vec<_> = words.chunks(4).map(|line| line.join(" ")).collect();
    let texts = [
        words.join(" "),
        words.join("\u{3000}"),
        words.join(", "),
        words.join(","),
        words.join("\n"),
        words.join("\r\n"),
        words.join("-"),
        words.join("_"),
        words.join("\t").to_uppercase(),
        format!("[\"{}\"]", words.join("\", \"")),
        format!("['{}',]", words.join("',\n    '")),
        format!("const a = `{}`;", words.join(" ")),
        format!("- {}\n", words.join("\n- ")),
        numbered(|number, word| format!("{number}. {word}")),
        numbered(|number, word| format!("  {number:2}) {word}")),
        numbered(|number, word| format!("\"{number}\": \"{word}\",")),
        numbered(|number, word| format!("{number}. {}{}", word[..1].to_uppercase(), &word[1..])),
        wrapped.join("\n"),
        format!("MNEMONIC=\"{}\"", wrapped.join(" \\\n")),
        format!(
            "s = (\"{} \"\n     \"{}\")",
            words[..6].join(" "),
            words[6..].join(" ")
        ),
    ];
    for text in texts {
        let found = one(&text);
        assert_eq!(found.words, words, "{text}");
        assert!(found.valid);
    }
}

/// Words around a phrase may be on the list too.
#[test]
fn what_announces_a_phrase_is_no_part_of_it() {
    let phrase = english().join(" ");
    for text in [
        format!("seed phrase: {phrase}"),
        format!("SECRET_SEED={phrase}\nOTHER=1"),
        format!("my secret seed {phrase}"),
        format!("secret phrase\n{phrase}\n\nlater"),
        format!("Account.from_mnemonic(\"{phrase}\", \"army\")"),
        format!("bot,army,{phrase},army"),
        format!("army:\n  seed: {phrase}\n  army: 1"),
        format!("<key>seed</key><string>{phrase}</string>"),
    ] {
        let found = one(&text);
        assert_eq!(&text[found.start..found.end], phrase, "{text}");
    }
}

#[test]
fn phrases_side_by_side_are_told_apart() {
    let (one, two) = (words(0, 12, 1).join(" "), words(0, 18, 2).join(" "));
    for text in [
        format!("{one}\n{two}\n"),
        format!("[\"{one}\", \"{two}\"]"),
        format!("a={one}\nb={two}"),
    ] {
        let found: Vec<_> = find(&text)
            .into_iter()
            .map(|phrase| phrase.words.join(" "))
            .collect();
        assert_eq!(found, [one.clone(), two.clone()], "{text}");
    }
}

/// Among 512 words there are some 30 windows of 12 with a right checksum, and as many of others.
#[test]
fn longer_runs_hold_no_phrase() {
    let list: Vec<_> = TEXTS[0].lines().collect();
    for separator in [" ", "\n", ", "] {
        assert_eq!(find(&list.join(separator)), []);
        for seed in 0..8 {
            let words: Vec<_> = (0..8)
                .flat_map(|part| words(0, 24, seed * 8 + part))
                .collect();
            assert_eq!(find(&words.join(separator)), []);
        }
    }
}

/// Documentation and tests show the list's beginning, in its order.
#[test]
fn excerpts_of_the_list_are_no_phrases() {
    let list: Vec<_> = TEXTS[0].lines().collect();
    for start in 0..256 {
        assert_eq!(
            find(&format!("seed: {}", list[start..start + 12].join(" "))),
            []
        );
    }
}

#[test]
fn prose_and_code_hold_no_phrase() {
    let licence = include_str!("../../../Cargo.toml");
    let text = "The owner of a wallet keeps its words on paper, never in a file; whoever can read \
        them may move every coin, and no bank will give the money back. That is why this program \
        looks at each change before it leaves the machine, and why it would rather stop you once \
        too often than let one phrase pass. Please report any case where it was wrong about it.";
    let names = "word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12";
    let code = include_str!("window.rs");
    for text in [licence, text, names, code, &text.repeat(50)] {
        assert_eq!(find(text), []);
    }
}

/// Any twelve characters of Chinese prose may be on the list.
#[test]
fn chinese_without_spaces_needs_a_keyword() {
    let phrase = words(4, 12, 5).concat();
    assert_eq!(find(&format!("标题，{phrase}。")), []);
    // "Restore" is a word of any sentence.
    assert_eq!(find(&format!("验证后才能恢复。\n{phrase}。")), []);
    // What a database is filled with.
    assert_eq!(find(&format!("脚本 seed/backfill “{phrase}” 职责")), []);
    // Twelve characters of a list of longer words.
    let pairs: Vec<String> = phrase
        .chars()
        .collect::<Vec<_>>()
        .chunks(2)
        .map(|two| two.iter().collect())
        .collect();
    assert_eq!(find(&format!("zh:a(\"{}\")", pairs.join("\",\""))), []);
    let text = format!("助记词：{phrase}\n");
    let found = one(&text);
    assert_eq!(&text[found.start..found.end], phrase);
    assert_eq!(found.list, 4);
}

#[test]
fn other_schemes_are_handed_on_beside_a_keyword() {
    for count in [12, 13, 24, 25] {
        let words = wrong(count, 4);
        let found = one(&format!("mnemonic = \"{}\"", words.join(" ")));
        assert!(!found.valid);
        assert_eq!(found.words, words);
        // `seed` is on the list, too.
        assert_eq!(one(&format!("seed = \"{}\"", words.join(" "))).words, words);
        assert_eq!(find(&format!("title = \"{}\"", words.join(" "))), []);
        // Of 13 or 25 words the first 12 or 24 may be a phrase, with words behind it.
        if count % 12 == 0 {
            let text = format!("mnemonic = \"{} and more\"", words.join(" "));
            assert_eq!(find(&text), []);
        }
    }
}

#[test]
fn words_behind_a_phrase_that_is_announced_do_not_hide_it() {
    let phrase = words(0, 12, 7).join(" ");
    for text in [
        format!("here is the seed: {phrase} keep it safe"),
        format!("mnemonic = \"{phrase} open all night\" # a note"),
    ] {
        let found = one(&text);
        assert_eq!(&text[found.start..found.end], phrase, "{text}");
    }
    let unannounced = format!("title: {phrase} keep it safe");
    assert_eq!(find(&unannounced), []);
}

#[test]
fn shares_of_slip39_are_handed_on() {
    let list: Vec<_> = include_str!("../../prove/wordlists/slip39.txt")
        .lines()
        .collect();
    for count in [20, 33] {
        let words: Vec<_> = list
            .iter()
            .step_by(29)
            .rev()
            .cycle()
            .take(count)
            .copied()
            .collect();
        let found = one(&words.join(" "));
        assert_eq!(
            (found.words.len(), found.list, found.valid),
            (count, LISTS.len(), false)
        );
    }
}

#[test]
fn stretches_are_looked_at_alone() {
    let phrase = english().join(" ");
    let text = format!("{phrase}\n\n{phrase}\n");
    let mut out = Vec::new();
    phrases(
        text.as_bytes(),
        [(0, 3), (phrase.len() + 2, text.len())],
        &mut out,
    );
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].start, phrase.len() + 2);
    phrases(
        text.as_bytes(),
        [(9, 3), (5, usize::MAX), (usize::MAX, usize::MAX)],
        &mut out,
    );
    assert_eq!(out.len(), 1);
}

/// A long text of list words is cut into segments at line ends.
#[test]
fn phrases_in_a_flood_of_list_words_are_found() {
    let phrase = english().join(" ");
    let line = format!("{}\n", words(0, 24, 9)[..10].join(" "));
    let text = format!(
        "{}{phrase}\n{}",
        line.repeat(SEGMENT / 10),
        line.repeat(SEGMENT / 10)
    );
    assert_eq!(one(&text).words.join(" "), phrase);
}

#[test]
fn floods_take_linear_time() {
    let start = Instant::now();
    let phrase = format!("\"{}\"\n", english().join(" "));
    let texts = [
        "zoo ".repeat(200_000),
        "zoo\n".repeat(200_000),
        "的".repeat(200_000),
        "zoo".repeat(200_000),
        format!("{}x ", "zoo ".repeat(11)).repeat(20_000),
        " ".repeat(800_000),
        phrase.repeat(5_000),
    ];
    let found: Vec<_> = texts.iter().map(|text| find(text).len()).collect();
    assert_eq!(found, [0, 0, 0, 0, 0, 0, 5_000]);
    assert!(start.elapsed().as_secs() < 60);
}

proptest! {
    #[test]
    fn hostile_bytes_are_harmless(
        pieces in prop::collection::vec(
            prop_oneof![
                "zoo|的|あいさつ|ábaco|\u{301}| |\n|\u{3000}|\"|1|seed".prop_map(String::into_bytes),
                prop::collection::vec(any::<u8>(), 0..4),
            ],
            0..200,
        ),
        cut in 0usize..400,
    ) {
        let bytes = pieces.concat();
        let mut out = Vec::new();
        phrases(&bytes, [(cut.min(bytes.len()), bytes.len()), (0, cut)], &mut out);
        for phrase in out {
            prop_assert!(phrase.start < phrase.end && phrase.end <= bytes.len());
            prop_assert!((12..=33).contains(&phrase.words.len()));
        }
    }
}

/// The first cell of a row is its name, which another list may hold.
#[test]
fn a_row_of_cells_is_told_from_its_name() {
    let words = english();
    for text in [
        format!("army;{}\n# wallet", words.join(";")),
        format!("wallet;w1;w2\narmy;{}\n", words.join(";")),
        format!("wallet rows\narmy,{},12\n", words.join(",")),
    ] {
        assert_eq!(one(&text).words, words, "{text}");
    }
}

/// Comments end where the code goes on, and its first words may be on the list.
#[test]
fn lines_of_a_phrase_end_where_others_begin() {
    for (count, per_line) in [(12, 6), (12, 4), (24, 6), (15, 5), (18, 7)] {
        let words = words(0, count, 5);
        let lines = |mark: &str| {
            let lines = words.chunks(per_line).map(|line| line.join(" "));
            lines.collect::<Vec<_>>().join(mark)
        };
        for text in [
            format!("def f():\n    # {}\n    pass\n", lines("\n    # ")),
            format!("// {}\nrun(1)\n", lines("\n// ")),
            format!("#!/bin/sh\n# {}\nrun\n", lines("\n# ")),
            format!("# {}\nreturn x1\n", lines("\n# ")),
            format!("army = 1\n# {}\narmy actor = 1\n", lines("\n# ")),
            format!("my words\n\n{}\ncall the bank\n", lines("\n")),
        ] {
            if count % per_line != 0 && text.contains("bank") {
                continue;
            }
            assert_eq!(one(&text).words, words, "{text}");
        }
    }
}

/// Two columns are read row by row; the numbers tell the order.
#[test]
fn numbers_tell_the_order_of_words() {
    for count in [12, 24] {
        let words = words(0, count, 6);
        let half = count / 2;
        let rows = |form: fn(usize, &str, usize, &str) -> String| {
            let rows = (0..half).map(|at| form(at + 1, words[at], at + half + 1, words[at + half]));
            rows.collect::<Vec<_>>().join("\n")
        };
        for text in [
            rows(|one, left, two, right| format!("{one:2}. {left:<10}{two:2}. {right}")),
            rows(|one, left, two, right| format!("{one}) {left} {two}) {right}")),
            rows(|one, left, two, right| format!("{one}: {left}, {two}: {right}")),
        ] {
            let text = format!("seed\n{text}\n\ncall me\n");
            assert_eq!(one(&text).words, words, "{text}");
        }
    }
}

/// `seed` in front of a numbered list, and words of the list that are themselves names of phrases.
#[test]
fn numbered_lists_behind_a_name_are_found() {
    for seed in 0..20 {
        let words = words(0, 24, seed);
        for form in [
            |n, w: &str| format!("{n}: {w}"),
            |n: usize, w: &str| format!("({n}) {w}"),
        ] {
            let lines = words
                .iter()
                .zip(1..)
                .map(|(word, number)| form(number, word));
            let text = format!(
                "seed\n{}\n\ncall the bank\n",
                lines.collect::<Vec<_>>().join("\n")
            );
            assert_eq!(one(&text).words, words, "{text}");
        }
    }
}

#[test]
fn a_phrase_in_a_url_and_one_in_a_sentence_are_found() {
    let words = english();
    let (last, head) = words.split_last().unwrap();
    for text in [
        format!(
            "https://w.example.org/import?mnemonic={}\n",
            words.join("%20")
        ),
        format!("words: {} and {last}\n", head.join(", ")),
        format!("words: {}, and {last}.\n", head.join(", ")),
        format!("Wörter: {} und {last}\n", head.join(", ")),
    ] {
        assert_eq!(one(&text).words, words, "{text}");
    }
}

/// Monero's words are on a list of their own.
#[test]
fn phrases_of_monero_are_found() {
    for seed in 0..20 {
        let phrase = crate::prove::forge("monero-mnemonic", seed).unwrap();
        let words: Vec<_> = phrase.split(' ').collect();
        for text in [
            format!("Monero mnemonic: {phrase}\n"),
            format!("XMR_SEED=\"{phrase}\"\n"),
            format!("{{\"seed\": [\"{}\"]}}\n", words.join("\", \"")),
        ] {
            let found = one(&text);
            assert_eq!(found.words, words, "{text}");
        }
        let (first, rest) = phrase.split_once(' ').unwrap();
        assert_eq!(find(&format!("{rest} {first}")), []);
    }
}

/// Each word in an element of its own, or behind a name with its number.
#[test]
fn words_that_stand_one_by_one_are_found() {
    for count in [12, 24] {
        let words = words(0, count, 9);
        let each = |form: fn(usize, &str) -> String| {
            let items = words
                .iter()
                .zip(1..)
                .map(|(word, number)| form(number, word));
            items.collect::<Vec<_>>()
        };
        for text in [
            each(|_, word| format!("<li>{word}</li>")).join("\n"),
            format!(
                "<h2>Recovery phrase</h2>\n<ol>{}</ol>",
                each(|_, word| format!("<li class=\"word\">{word}</li>")).join("\n      ")
            ),
            each(|_, word| format!("<span>{word}</span>")).concat(),
            each(|number, word| format!("<tr><td>{number}</td><td>{word}</td></tr>")).concat(),
            each(|number, word| format!("<p>{number}. {word}</p>")).join("\n"),
            each(|number, word| format!("WORD{number}={word}")).join("\n"),
            each(|number, word| format!("export SEED_WORD_{number:02}=\"{word}\"")).join("\n"),
            each(|number, word| format!("  word_{number}: {word}")).join("\n"),
            each(|number, word| format!("\"word{number}\": \"{word}\"")).join(", "),
        ] {
            let text = format!("army\n{text}\narmy of ants\n");
            let (mut places, mut found) = (Vec::new(), Vec::new());
            super::find_items(text.as_bytes(), &mut places);
            super::phrases_of_items(text.as_bytes(), &places, &mut found);
            let [phrase] = found.as_slice() else {
                panic!("{text}: {found:?}");
            };
            assert_eq!(phrase.words, words, "{text}");
            assert!(text[phrase.start..].starts_with(words[0]), "{text}");
            assert!(text[..phrase.end].ends_with(words[count - 1]), "{text}");
        }
    }
}

/// A page of single words and settings with numbers are no phrases.
#[test]
fn single_words_in_elements_are_no_phrase() {
    let list: Vec<_> = TEXTS[0].lines().skip(300).take(200).collect();
    for text in [
        list.iter()
            .map(|word| format!("<td>{word}</td>\n"))
            .collect::<String>(),
        list.iter()
            .zip(1..)
            .map(|(word, number)| format!("item{number} = {word}\n"))
            .collect(),
    ] {
        let (mut places, mut found) = (Vec::new(), Vec::new());
        super::find_items(text.as_bytes(), &mut places);
        super::phrases_of_items(text.as_bytes(), &places, &mut found);
        assert_eq!(found, []);
    }
}
