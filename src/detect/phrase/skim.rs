//! Whether a stretch may hold a phrase at all, by few of its words: most text ends here.
//!
//! The twelve words of a phrase begin at least four bytes apart, so at most eight of them begin within
//! [`STEP`] bytes: of every phrase four words and more begin behind one of the places that lie so far
//! apart. Where the words behind a place are no such four, no phrase lies over it.

use std::ops::Range;

use super::word::{JOINERS, Kind, Word, Words, is_numbered, joins, kind};
use super::{FEWEST, items, may_be};
use crate::detect::anchor::GAP;
use crate::prove::may_be_listed;

/// How far apart the places are where words are looked at, in bytes: half a word of bits.
const STEP: usize = 32;

/// How many words behind such a place a phrase has at least.
const BEHIND: usize = FEWEST - STEP.div_ceil(4);

/// The longest ASCII word of a list, in letters (Monero's).
const LONGEST: usize = 12;

/// Rows of more words than this one way are not looked at closely.
const LONG: usize = 200;

/// Slots of [`HEADS`].
const SLOTS: usize = 1 << 15;

/// By the first four letters of a word, or all three: a bit for each list that may hold it.
#[allow(long_running_const_eval)]
static HEADS: [u8; SLOTS] = heads();

const fn heads() -> [u8; SLOTS] {
    // The other lists have no ASCII words.
    let texts: [&[u8]; 8] = [
        include_bytes!("../../prove/wordlists/english.txt"),
        include_bytes!("../../prove/wordlists/slip39.txt"),
        include_bytes!("../../prove/wordlists/spanish.txt"),
        include_bytes!("../../prove/wordlists/french.txt"),
        include_bytes!("../../prove/wordlists/italian.txt"),
        include_bytes!("../../prove/wordlists/czech.txt"),
        include_bytes!("../../prove/wordlists/portuguese.txt"),
        include_bytes!("../../prove/wordlists/monero_english.txt"),
    ];
    let mut heads = [0; SLOTS];
    // What joins the last word of any list to the others.
    let mut joiner = 0;
    while joiner < JOINERS.len() {
        let [a, b, c] = *JOINERS[joiner];
        heads[slot(u32::from_le_bytes([a, b, c, 0]))] = !0;
        joiner += 1;
    }
    let mut list = 0;
    while list < texts.len() {
        let text = texts[list];
        let mut start = 0;
        while start < text.len() {
            let mut head = [0; 4];
            let mut at = start;
            while at < text.len() && text[at] != b'\n' {
                if at - start < 4 {
                    head[at - start] = text[at];
                }
                at += 1;
            }
            heads[slot(u32::from_le_bytes(head))] |= 1 << list;
            start = at + 1;
        }
        list += 1;
    }
    heads
}

const fn slot(head: u32) -> usize {
    (head.wrapping_mul(0x9E37_79B1) >> 17) as usize
}

/// The lists that may hold the ASCII word that begins here, by its first letters.
#[inline(always)]
pub(super) fn heads_of(bytes: &[u8], word: usize) -> u8 {
    let Some(head) = bytes.get(word..).and_then(|b| b.first_chunk::<4>()) else {
        return !0;
    };
    let mut head = u32::from_le_bytes(*head) | 0x2020_2020;
    // Words of fewer than three letters are in none.
    if !((head >> 24) as u8).is_ascii_lowercase() {
        head &= 0x00ff_ffff;
    }
    HEADS.get(slot(head)).copied().unwrap_or_default()
}

/// How far from a byte the eleven words stand that may be a phrase's together with one that it is in, or stands
/// beside, in bytes: 48 a word in any list's script, and what is between them.
const REACH: usize = 11 * (48 + GAP) + 48 + GAP;

/// Whether a stretch of a text may hold a phrase. `starts` has a bit for each byte of the text, 64 in a
/// word, where a word begins: a letter or a byte beyond ASCII behind another byte.
pub fn may_hold(bytes: &[u8], starts: &[u64], start: usize, end: usize) -> bool {
    if may_hold_ascii(bytes, starts, start, end) {
        return true;
    }
    // What is left are phrases with a byte beyond ASCII in their midst.
    let mut at = start;
    while let Some(first) = high(bytes, at..end) {
        let from = first.saturating_sub(REACH).max(start);
        let mut to = first + REACH;
        while let Some(last) = high(bytes, to - REACH + 1..to.min(end)) {
            to = last + REACH;
        }
        to = to.min(end);
        if may_hold_high(bytes, from, to) && may_be(bytes, start, end) {
            return true;
        }
        at = to;
    }
    false
}

/// The first byte beyond ASCII in a range.
fn high(bytes: &[u8], range: Range<usize>) -> Option<usize> {
    let text = bytes.get(range.clone())?;
    let plain = text.chunks(64).take_while(|chunk| chunk.is_ascii()).count() * 64;
    let rest = text.get(plain..)?.iter();
    Some(range.start + plain + rest.take_while(|byte| byte.is_ascii()).count())
        .filter(|at| *at < range.end)
}

fn may_hold_ascii(bytes: &[u8], starts: &[u64], start: usize, end: usize) -> bool {
    let text = Skim { bytes, starts, end };
    let mut place = start;
    for (block, bits) in starts.iter().enumerate().skip(start / 64) {
        let base = block * 64;
        if base >= end {
            break;
        }
        // The first word that begins in each half; where none does, it is that of the next half.
        for half in [bits & u64::from(u32::MAX), bits & !u64::from(u32::MAX)] {
            if half == 0 {
                continue;
            }
            let mut first = base + half.trailing_zeros() as usize;
            if first < place {
                let left = half & (!0 << (place.min(base + 63) - base));
                if left == 0 || place > base + 63 {
                    continue;
                }
                first = base + left.trailing_zeros() as usize;
            }
            let lists = text.lists(first);
            if lists == 0 || first >= end || !text.is_suspicious(first, lists, start) {
                continue;
            }
            match text.row(first, start) {
                Some((row, whole)) if !whole || may_be(bytes, row.start, row.end) => return true,
                Some((row, _)) => place = place.max(row.end),
                None => {}
            }
        }
    }
    false
}

/// Whether the first byte of a character is that of a script no list is written in, however it is composed: Greek,
/// Cyrillic and those up to Tibetan (UTF-8, RFC 3629).
fn is_in_no_list(first: u8) -> bool {
    matches!(first, 0xce..=0xe0)
}

/// Whether four words in a row of a stretch are in one list, beyond ASCII: there a word may be one character of
/// three bytes, and the marks of a sentence are no letters. Four of the twelve words of a phrase begin behind one of
/// the places.
fn may_hold_high(bytes: &[u8], start: usize, end: usize) -> bool {
    const STEP: usize = 24;
    const { assert!(FEWEST - STEP.div_ceil(3) == BEHIND) };
    let is_letter = |letter: Option<char>| letter.is_some_and(|l| kind(l) == Kind::Letter);
    let mut place = start;
    while place < end {
        let rest = bytes.get(place..end).unwrap_or_default();
        // From the next character on, or the next word when the place lies in one.
        let mut at = place + rest.iter().take_while(|byte| **byte & 0xc0 == 0x80).count();
        let head = bytes.get(start..at).unwrap_or_default();
        if is_letter(bstr::decode_last_utf8(head).0) {
            while let Some(rest) = bytes.get(at..end).filter(|rest| !rest.is_empty()) {
                let (letter, length) = bstr::decode_utf8(rest);
                if !is_letter(letter) {
                    break;
                }
                at += length;
            }
        }
        let words = Words::new(bytes, at, end).filter(|word| !joins(word.of(bytes)));
        let mut row = [Word::default(); BEHIND];
        // The first letters of those of ASCII rule most rows out at less cost.
        let (mut heads, mut count) = (u8::MAX, 0);
        for (place, word) in row.iter_mut().zip(words) {
            let letters = word.of(bytes);
            match letters.first() {
                _ if letters.is_ascii() => heads &= heads_of(bytes, word.start),
                Some(first) if is_in_no_list(*first) => heads = 0,
                _ => {}
            }
            (*place, count) = (word, count + 1);
            if heads == 0 {
                break;
            }
        }
        let first = row[0].start;
        let lists = if heads == 0 {
            0
        } else if count < BEHIND {
            return false;
        } else {
            row.iter_mut().fold(!0, |lists, word| {
                lists & if lists == 0 { 0 } else { word.lists(bytes) }
            })
        };
        if lists != 0 {
            return true;
        }
        place = place.max(first) + STEP;
    }
    false
}

/// Whether no phrase lies over a range of a text: all of its words are in no one list, or they stand too far
/// apart in it.
pub fn parts_phrases(bytes: &[u8], starts: &[u64], range: Range<usize>) -> bool {
    let end = range.end;
    if !items::parts(bytes.get(range.clone()).unwrap_or_default()) {
        return false;
    }
    let text = Skim { bytes, starts, end };
    let rest = |from: usize| bytes.get(from..end).unwrap_or_default().iter();
    let in_word = |byte: &&u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    // What stands in front of the range is not looked at, and no word that began there.
    let mut gap = range.start + rest(range.start).take_while(in_word).count();
    let mut lists = !0;
    let mut word = text.next(range.start + 1);
    while let Some(start) = word {
        if start > gap + GAP {
            return true;
        }
        let length = rest(start).take_while(|b| b.is_ascii_alphabetic()).count();
        gap = start + rest(start).take_while(in_word).count();
        // Behind the word stands what is no letter of any kind.
        if length > 0 && start + length == gap && gap < end {
            lists &= if length > LONGEST {
                0
            } else {
                text.lists(start)
            };
            if lists == 0 {
                return true;
            }
        }
        word = text.next(start + 1);
    }
    end > gap + GAP
}

struct Skim<'a> {
    bytes: &'a [u8],
    starts: &'a [u64],
    end: usize,
}

impl Skim<'_> {
    /// The first word that begins at `at` or behind it, within the stretch.
    #[inline]
    fn next(&self, at: usize) -> Option<usize> {
        let mut block = at / 64;
        let mut bits = self.starts.get(block)? & (!0 << (at % 64));
        while bits == 0 {
            block += 1;
            if block * 64 >= self.end {
                return None;
            }
            bits = *self.starts.get(block)?;
        }
        let found = block * 64 + bits.trailing_zeros() as usize;
        (found < self.end).then_some(found)
    }

    /// Whether this word may be a phrase's together with those around it. `lists` may hold it.
    #[inline]
    fn is_suspicious(&self, first: usize, mut lists: u8, floor: usize) -> bool {
        let mut word = first;
        for _ in 1..BEHIND {
            let Some(next) = self.next(word + 1) else {
                return false;
            };
            word = next;
            lists &= self.lists(word);
            // One list holds all words of a phrase.
            if lists == 0 {
                return false;
            }
        }
        self.has_row(first, lists, floor)
    }

    /// Whether one of these lists may hold as many words in a row as a phrase has, this one among them.
    #[inline(never)]
    fn has_row(&self, first: usize, lists: u8, floor: usize) -> bool {
        (0..u8::BITS).any(|list| {
            let holds = |word: &usize| self.lists(*word) >> list & 1 == 1;
            if lists >> list & 1 == 0 {
                return false;
            }
            let mut count = 1;
            let mut word = first;
            while count < FEWEST
                && let Some(next) = self.next(word + 1).filter(holds)
            {
                (word, count) = (next, count + 1);
            }
            word = first;
            while count < FEWEST
                && let Some(before) = self.previous(word, floor).filter(holds)
            {
                (word, count) = (before, count + 1);
            }
            count == FEWEST
        })
    }

    /// The lists that may hold a word, by its first letters.
    #[inline(always)]
    fn lists(&self, word: usize) -> u8 {
        heads_of(self.bytes, word)
    }

    /// The words in a row around this one that lists hold, where they are as many as a phrase has; and
    /// whether that is all of them.
    #[inline(never)]
    fn row(&self, first: usize, floor: usize) -> Option<(Range<usize>, bool)> {
        let listed = |word: &usize| self.is_listed(*word);
        let (mut from, mut to, mut count) = (first, first, 0);
        let mut next = Some(first).filter(listed);
        while let Some(word) = next {
            (to, count) = (word, count + 1);
            next = self
                .next(word + 1)
                .filter(|word| count < LONG && listed(word));
        }
        if count < BEHIND {
            return None;
        }
        let behind = count;
        while count < behind + LONG
            && let Some(word) = self.previous(from, floor).filter(listed)
        {
            (from, count) = (word, count + 1);
        }
        let length = self.bytes.get(to..self.end)?.iter();
        let end = to + length.take_while(|b| b.is_ascii_alphabetic()).count();
        let whole = behind < LONG && count < behind + LONG;
        (count >= FEWEST).then_some((from..end, whole))
    }

    /// The last word that begins before `at`, not below `floor`.
    fn previous(&self, at: usize, floor: usize) -> Option<usize> {
        let mut block = at / 64;
        let mut bits = self.starts.get(block)? & !(!0 << (at % 64));
        while bits == 0 {
            block = block.checked_sub(1)?;
            if block * 64 + 63 < floor {
                return None;
            }
            bits = *self.starts.get(block)?;
        }
        let found = block * 64 + 63 - bits.leading_zeros() as usize;
        (found >= floor).then_some(found)
    }

    fn is_listed(&self, word: usize) -> bool {
        let rest = self.bytes.get(word..self.end).unwrap_or_default();
        let length = rest.iter().take(LONGEST + 1);
        let length = length.take_while(|b| b.is_ascii_alphabetic()).count();
        let mut letters = [0; LONGEST];
        let (Some(letters), Some(text)) = (letters.get_mut(..length), rest.get(..length)) else {
            return false;
        };
        letters.copy_from_slice(text);
        letters.make_ascii_lowercase();
        !is_numbered(self.bytes, word, word + length)
            && (joins(letters) || str::from_utf8(letters).is_ok_and(may_be_listed))
    }
}

#[cfg(test)]
mod tests {
    use super::super::phrases;
    use super::{may_hold, parts_phrases};
    use crate::detect::anchor::{Anchors, find};
    use proptest::prelude::*;

    /// Texts that are made of list words for the most part.
    fn texts() -> impl Strategy<Value = Vec<u8>> {
        let listed: Vec<&str> = [
            include_str!("../../prove/wordlists/english.txt"),
            include_str!("../../prove/wordlists/french.txt"),
            include_str!("../../prove/wordlists/chinese_simplified.txt"),
            include_str!("../../prove/wordlists/korean.txt"),
        ]
        .iter()
        .flat_map(|list| list.lines().skip(40).take(60))
        .collect();
        let word = (
            prop::sample::select(listed),
            prop::sample::select(vec![
                " ", " ", " ", ", ", "\n", "\", \"", "", "1 ", " the ", " in ", "—", "é",
                "\u{3000}",
            ]),
        );
        let stray = prop::collection::vec(any::<u8>(), 0..3);
        prop::collection::vec((word, stray, 0..40u8), 8..60).prop_map(|parts| {
            let mut out = Vec::new();
            for ((word, gap), stray, rare) in parts {
                out.extend_from_slice(word.as_bytes());
                out.extend_from_slice(gap.as_bytes());
                if rare == 0 {
                    out.extend_from_slice(&stray);
                }
            }
            out
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn no_phrase_stands_in_a_stretch_that_is_skipped(text in texts()) {
            let mut anchors = Anchors::default();
            find(&text, &mut anchors);
            for run in &anchors.words {
                let mut found = Vec::new();
                phrases(&text, [(run.start, run.end)], &mut found);
                let may = may_hold(&text, &anchors.starts, run.start, run.end);
                prop_assert!(may || found.is_empty(), "{:?}", found);
            }
        }

        #[test]
        fn nothing_in_a_phrase_parts_it(text in texts(), from in 0..400usize, length in 0..400usize) {
            let mut anchors = Anchors::default();
            find(&text, &mut anchors);
            let mut found = Vec::new();
            let stretches = anchors.words.iter().map(|run| (run.start, run.end));
            phrases(&text, stretches, &mut found);
            for phrase in found {
                let start = phrase.start + from % (phrase.end - phrase.start);
                let end = phrase.end.min(start + length);
                for range in [start..end, phrase.start..phrase.end] {
                    prop_assert!(!parts_phrases(&text, &anchors.starts, range.clone()), "{:?}", range);
                }
            }
        }
    }

    #[test]
    fn strangers_and_gaps_part_phrases() {
        let parts = |text: &str| {
            let mut anchors = Anchors::default();
            find(text.as_bytes(), &mut anchors);
            parts_phrases(text.as_bytes(), &anchors.starts, 0..text.len())
        };
        // An English word and an Italian one; a word in no list; too far apart; nothing.
        assert!(parts(" abandon accadere zoo "));
        assert!(parts(" abandon xylograph zoo "));
        assert!(parts(" abandon = = = = = = = = = zoo "));
        assert!(parts(&" ".repeat(40)));
        assert!(!parts(" abandon ability zoo "));
        assert!(!parts("xylograph abandon zoo xylograph"));
        assert!(!parts(""));
    }
}
