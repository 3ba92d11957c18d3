//! Words of a text, and the lists that hold them.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::prove::{LISTS, lists_of, may_be_listed, monero_index, slip39_index};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The number of the SLIP-39 list, after the ten of BIP-39.
pub(super) const SLIP39: usize = LISTS.len();

/// The number of Monero's list, after that.
pub(super) const MONERO: usize = SLIP39 + 1;

/// The longest word of a list takes 33 bytes in NFKD (Korean), and no more in any other form.
const LONGEST: usize = 48;

/// The shortest take three: three letters, or a Chinese character.
const SHORTEST: usize = 3;

/// A word: a maximal run of letters, or one Chinese character.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Word {
    /// The first byte.
    pub(super) start: usize,
    /// The byte after the last one.
    pub(super) end: usize,
    /// The lists that hold it, one bit each, once someone has asked.
    lists: Option<u16>,
}

impl Word {
    /// The lists that hold the word, one bit each: 0 to 9 for BIP-39, [`SLIP39`], [`MONERO`].
    pub(super) fn lists(&mut self, bytes: &[u8]) -> u16 {
        if let Some(lists) = self.lists {
            return lists;
        }
        let lists = self.look_up(bytes);
        self.lists = Some(lists);
        lists
    }

    /// Whether a list, by its number, is known to hold the word.
    pub(super) fn is_in(&self, list: usize) -> bool {
        self.lists.unwrap_or_default() >> list & 1 == 1
    }

    /// The bytes of the word.
    pub(super) fn of<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// The word in NFKD and lower case, as the lists have it.
    pub(super) fn text(&self, bytes: &[u8]) -> String {
        let mut buffer = [0; LONGEST];
        normal(self.of(bytes), &mut buffer)
            .unwrap_or_default()
            .to_owned()
    }

    fn look_up(&self, bytes: &[u8]) -> u16 {
        // No list has a word so short, however it is written.
        if self.end - self.start < SHORTEST {
            return 0;
        }
        if is_numbered(bytes, self.start, self.end) {
            return 0;
        }
        let mut buffer = [0; LONGEST];
        let Some(text) = normal(self.of(bytes), &mut buffer) else {
            return 0;
        };
        if !may_be_listed(text) {
            return 0;
        }
        RECENT.with_borrow_mut(|recent| recent.lists(text))
    }
}

fn all_lists(text: &str) -> u16 {
    let slip39 = u16::from(slip39_index(text).is_some()) << SLIP39;
    let monero = u16::from(monero_index(text).is_some()) << MONERO;
    lists_of(text).fold(slip39 | monero, |lists, (list, _)| lists | 1 << list)
}

thread_local! {
    static RECENT: RefCell<Recent> = RefCell::default();
}

/// The lists of words of at most sixteen bytes that were looked up last: a text has the same ones many times.
struct Recent([(u128, u16); RECENT_WORDS]);

const RECENT_WORDS: usize = 512;

impl Default for Recent {
    fn default() -> Self {
        Self([(0, 0); RECENT_WORDS])
    }
}

impl Recent {
    fn lists(&mut self, text: &str) -> u16 {
        let mut bytes = [0; 16];
        let Some(head) = bytes.get_mut(..text.len()) else {
            return all_lists(text);
        };
        head.copy_from_slice(text.as_bytes());
        let key = u128::from_le_bytes(bytes);
        let mixed = (key as u64 ^ (key >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let Some(place) = self.0.get_mut((mixed >> 32) as usize % RECENT_WORDS) else {
            return all_lists(text);
        };
        if place.0 != key {
            *place = (key, all_lists(text));
        }
        place.1
    }
}

/// Whether a digit stands beside a word: `word1 word2 …` are names, not words. The code of a space in a URL is
/// no digit.
pub(super) fn is_numbered(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let is_space = || {
        bytes
            .get(..start)
            .is_some_and(|text| text.ends_with(b"%20"))
    };
    is_digit(bytes.get(end)) || is_digit(before) && !is_space()
}

/// Whether a word joins the last one of a list to the others: `one, two and three`.
pub(super) fn joins(word: &[u8]) -> bool {
    JOINERS
        .iter()
        .any(|joiner| word.eq_ignore_ascii_case(*joiner))
}

/// The words that [`joins`] means: no list has them.
pub(super) const JOINERS: [&[u8; 3]; 2] = [b"and", b"und"];

/// A word in NFKD and lower case, written to `buffer`; none where no list has a word so long.
fn normal<'a>(word: &[u8], buffer: &'a mut [u8; LONGEST]) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let mut length = 0;
    if word.is_ascii() {
        // Twelve letters: Monero's.
        if word.len() > 12 {
            return None;
        }
        for byte in word {
            *buffer.get_mut(length)? = byte.to_ascii_lowercase();
            length += 1;
        }
    } else {
        let text = str::from_utf8(word).ok()?;
        for letter in text.nfkd().flat_map(char::to_lowercase) {
            let place = buffer.get_mut(length..length + letter.len_utf8())?;
            letter.encode_utf8(place);
            length += letter.len_utf8();
        }
    }
    str::from_utf8(buffer.get(..length)?).ok()
}

/// What a character is to a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Part of a word.
    Letter,
    /// A word of its own.
    Chinese,
    /// Anything else.
    Other,
}

/// The kind of a character. Bytes that are no UTF-8 are given as U+FFFD, which is no letter.
pub(super) fn kind(letter: char) -> Kind {
    match letter {
        'a'..='z' | 'A'..='Z' => Kind::Letter,
        '\0'..='\x7f' => Kind::Other,
        '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Kind::Chinese,
        // What stands most in texts and in binary files, told without a table: Latin, kana, Hangul;
        // punctuation, arrows, boxes, pictures, private characters, what is no UTF-8.
        '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' => Kind::Letter,
        '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{ac00}'..='\u{d7a3}' => Kind::Letter,
        '\u{80}'..='\u{a9}'
        | '\u{2000}'..='\u{2070}'
        | '\u{2190}'..='\u{245f}'
        | '\u{2500}'..='\u{2bff}'
        | '\u{3000}'..='\u{3004}'
        | '\u{3008}'..='\u{3020}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{ff00}'..='\u{ff20}'
        | '\u{fff0}'..='\u{ffff}'
        | '\u{1f000}'..='\u{1f12f}'
        | '\u{1f18a}'..='\u{1faff}' => Kind::Other,
        _ => kept(letter),
    }
}

/// How many characters share an entry of [`KEPT`].
const SHARE: u32 = 32;

/// Of each 32 characters of the first planes, once one of them was looked up: a bit for each, whether it is
/// a letter, above them one that says that they were looked up.
static KEPT: [AtomicU64; 0x2_0000 / SHARE as usize] =
    [const { AtomicU64::new(0) }; 0x2_0000 / SHARE as usize];

/// [`looked_up`], remembered: random bytes read as text have letters of all scripts.
fn kept(letter: char) -> Kind {
    let number = u32::from(letter);
    let Some(entry) = KEPT.get((number / SHARE) as usize) else {
        return looked_up(letter);
    };
    let mut bits = entry.load(Ordering::Relaxed);
    if bits == 0 {
        bits = 1 << SHARE;
        for bit in 0..SHARE {
            let beside = char::from_u32(number / SHARE * SHARE + bit);
            let is_letter = beside.is_some_and(|letter| looked_up(letter) == Kind::Letter);
            bits |= u64::from(is_letter) << bit;
        }
        entry.store(bits, Ordering::Relaxed);
    }
    if bits >> (number % SHARE) & 1 == 1 {
        Kind::Letter
    } else {
        Kind::Other
    }
}

/// The same for any character beyond ASCII and the Chinese ones, as Unicode's tables have it.
fn looked_up(letter: char) -> Kind {
    if letter.is_alphabetic() || is_combining_mark(letter) {
        Kind::Letter
    } else {
        Kind::Other
    }
}

/// The words of a stretch, in order.
pub(super) struct Words<'a> {
    text: &'a [u8],
    at: usize,
    offset: usize,
}

impl<'a> Words<'a> {
    /// The words between two offsets; none where the offsets lie outside.
    pub(super) fn new(bytes: &'a [u8], start: usize, end: usize) -> Self {
        Self {
            text: bytes.get(start..end).unwrap_or_default(),
            at: 0,
            offset: start,
        }
    }

    fn letter(&self) -> Option<(Kind, usize)> {
        let rest = self.text.get(self.at..)?;
        match rest.first()? {
            byte if byte.is_ascii() => Some((kind(char::from(*byte)), 1)),
            _ => {
                let (letter, length) = bstr::decode_utf8(rest);
                let letter = letter.unwrap_or(char::REPLACEMENT_CHARACTER);
                Some((kind(letter), length.max(1)))
            }
        }
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        // ASCII byte by byte, anything else letter by letter.
        let kind = loop {
            let byte = self.text.get(self.at)?;
            if byte.is_ascii_alphabetic() {
                break Kind::Letter;
            }
            if byte.is_ascii() {
                self.at += 1;
                continue;
            }
            match self.letter()? {
                (Kind::Other, length) => self.at += length,
                (kind, _) => break kind,
            }
        };
        let start = self.at;
        if kind == Kind::Chinese {
            self.at += self.letter()?.1;
        } else {
            loop {
                let rest = self.text.get(self.at..).unwrap_or_default();
                self.at += rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
                match self.letter() {
                    Some((Kind::Letter, length)) => self.at += length,
                    _ => break,
                }
            }
        }
        Some(Word {
            start: self.offset + start,
            end: self.offset + self.at,
            lists: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, LONGEST, SHORTEST, kind, lists_of, looked_up, normal, slip39_index};

    #[test]
    fn no_list_has_a_shorter_word() {
        let two = ('a'..='z').flat_map(|a| ('a'..='z').map(move |b| [a, b].iter().collect()));
        let one = ('\0'..'\u{800}').map(String::from);
        for text in one.chain(two) {
            assert!(text.len() < SHORTEST);
            let mut buffer = [0; LONGEST];
            let normal = normal(text.as_bytes(), &mut buffer).unwrap_or_default();
            let listed = slip39_index(normal).is_some() || lists_of(normal).next().is_some();
            assert!(!listed, "{text:?}");
        }
    }

    #[test]
    fn what_is_told_without_a_table_is_what_the_table_has() {
        for letter in '\u{80}'..=char::MAX {
            let found = kind(letter);
            if found != Kind::Chinese {
                assert_eq!(found, looked_up(letter), "{letter:?}");
            }
        }
    }
}
