//! Phrases whose words stand one by one, each in an element of markup or behind a name with its number:
//! `<li>word</li>`, `WORD1=word`. What stands between them has letters, so these are no stretches of words.
//!
//! The few places that may hold such a phrase are read as a list without its tags and names, which is judged as any
//! other.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::skim::heads_of;
use super::{FEWEST, Phrase, phrases};
use crate::detect::anchor::Run;

/// The most bytes between two words: less than what is read around a change, a word with its marks taken off.
const GLUE: usize = 72;

/// How much of the text in front of the first word is read with the list, in bytes: keywords stand there.
const BEFORE: usize = 160;

/// How far around the twelfth name the others may stand, in bytes.
const NAMES_BEFORE: usize = 1000;
const NAMES_BEHIND: usize = 1000;

/// The longest name of a word, in bytes.
const NAME: usize = 40;

/// The number of the twelfth name. Small parts of texts are read in great number: the searcher is made once.
static TWELFTH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"12"));

/// Where such phrases may stand, in order and free of overlaps.
pub fn find(bytes: &[u8], out: &mut Vec<Run>) {
    out.clear();
    let mut row: Option<(Range<usize>, usize)> = None;
    for at in memchr::memchr_iter(b'<', bytes) {
        let Some(word) = element(bytes, at) else {
            continue;
        };
        row = match row {
            Some((row, count)) if word.start <= row.end + GLUE => {
                Some((row.start..word.end, count + 1))
            }
            row => {
                close(row, out);
                Some((word, 1))
            }
        };
    }
    close(row, out);
    for at in TWELFTH.find_iter(bytes) {
        if named(bytes, at + 2).is_none() {
            continue;
        }
        add(
            out,
            at.saturating_sub(NAMES_BEFORE)..(at + NAMES_BEHIND).min(bytes.len()),
        );
    }
}

fn close(row: Option<(Range<usize>, usize)>, out: &mut Vec<Run>) {
    if let Some((row, count)) = row
        && count >= FEWEST
    {
        add(out, row.start.saturating_sub(BEFORE)..row.end + 1);
    }
}

fn add(out: &mut Vec<Run>, span: Range<usize>) {
    let after = out.partition_point(|known| known.end < span.start);
    match out.get_mut(after) {
        Some(known) if known.start <= span.end => {
            known.start = known.start.min(span.start);
            known.end = known.end.max(span.end);
        }
        _ => out.insert(
            after,
            Run {
                start: span.start,
                end: span.end,
            },
        ),
    }
}

/// Whether no such phrase lies over a stretch that is longer than what stands between two of its words.
pub(super) fn parts(stretch: &[u8]) -> bool {
    let mut tags = memchr::memchr_iter(b'<', stretch);
    let mut marks = memchr::memchr2_iter(b'=', b':', stretch);
    !tags.any(|at| element(stretch, at).is_some())
        && !marks.any(|at| {
            let head = stretch.get(..at).unwrap_or_default();
            let end = head.iter().rposition(|byte| !is_mark(*byte));
            end.is_some_and(|end| named(stretch, end + 1).is_some())
        })
}

/// The word in front of a closing tag, if a list may hold it and it is all that stands in its element.
fn element(bytes: &[u8], tag: usize) -> Option<Range<usize>> {
    if bytes.get(tag + 1) != Some(&b'/') {
        return None;
    }
    let head = bytes.get(..tag)?;
    let end = head.iter().rposition(|byte| !byte.is_ascii_whitespace())? + 1;
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    let floor = end.saturating_sub(GLUE);
    let letters = head
        .get(floor..end)?
        .iter()
        .rev()
        .take_while(|b| is_letter(b));
    let start = end - letters.count();
    // Its number and what parts it from the word may stand in front.
    let before = head.get(start.saturating_sub(GLUE)..start)?;
    let mark = before.iter().rposition(|byte| {
        !byte.is_ascii_whitespace() && !matches!(byte, b'0'..=b'9' | b'.' | b')' | b':' | b'#')
    })?;
    (before.get(mark) == Some(&b'>') && is_listed(bytes, start..end)).then_some(start..end)
}

/// Marks between a name and the word behind it, and around both.
fn is_mark(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b']' | b'=' | b':')
}

/// Where a word begins behind a name whose number ends here, if a list may hold it.
fn named(bytes: &[u8], end: usize) -> Option<usize> {
    let name = name_before(bytes, end)?;
    let marks = bytes.get(end..)?.iter().take(8);
    let start = end + marks.take_while(|byte| is_mark(**byte)).count();
    let marks = bytes.get(end..start)?;
    let parted = marks.contains(&b'=') || marks.contains(&b':');
    let letters = bytes.get(start..)?.iter().take(NAME);
    let length = letters.take_while(|b| b.is_ascii_alphabetic() || !b.is_ascii());
    let word = start..start + length.count();
    (parted && name.start < end && is_listed(bytes, word)).then_some(start)
}

/// The name that ends here with a number: letters first.
fn name_before(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    let head = bytes.get(end.saturating_sub(NAME)..end)?;
    let inside = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'[');
    let length = head.iter().rev().take_while(inside).count();
    let name = head.get(head.len() - length..)?;
    let digits = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let fits = name.first()?.is_ascii_alphabetic() && matches!(digits, 1 | 2);
    fits.then_some(end - length..end)
}

fn is_listed(bytes: &[u8], word: Range<usize>) -> bool {
    let letters = bytes.get(word.clone()).unwrap_or_default();
    letters.len() >= 3 && (!letters.is_ascii() || heads_of(bytes, word.start) != 0)
}

/// Finds the phrases in these places and adds them to `out`, but for those that overlap what stands there.
pub fn phrases_of_items(bytes: &[u8], places: &[Run], out: &mut Vec<Phrase>) {
    let mut found = Vec::new();
    for place in places {
        let list = List::read(bytes, place.start..place.end);
        found.clear();
        phrases(&list.text, [(0, list.text.len())], &mut found);
        for mut phrase in found.drain(..) {
            let (Some(start), Some(last)) = (
                list.places.get(phrase.start),
                list.places.get(phrase.end.saturating_sub(1)),
            ) else {
                continue;
            };
            (phrase.start, phrase.end) = (*start, last + 1);
            let overlaps = |other: &Phrase| other.start < phrase.end && phrase.start < other.end;
            if !out.iter().any(overlaps) {
                out.push(phrase);
            }
        }
    }
}

/// A part of a text without tags and with numbers in the place of names.
#[derive(Default)]
struct List {
    text: Vec<u8>,
    /// Where each byte stands in the text.
    places: Vec<usize>,
}

impl List {
    fn read(bytes: &[u8], span: Range<usize>) -> Self {
        let mut list = Self::default();
        let mut at = span.start;
        while at < span.end {
            let rest = bytes.get(at..span.end).unwrap_or_default();
            if let Some(length) = tag(rest) {
                list.put(b'|', at);
                at += length;
                continue;
            }
            list.put(rest.first().copied().unwrap_or_default(), at);
            at += 1;
            if let Some(word) = named(bytes, at).filter(|word| *word < span.end) {
                list.name(bytes, at);
                at = word;
            }
        }
        list
    }

    fn put(&mut self, byte: u8, place: usize) {
        self.text.push(byte);
        self.places.push(place);
    }

    /// Takes back a name that ends with a number, with all that makes its line a statement (`export`), and puts the
    /// number.
    fn name(&mut self, bytes: &[u8], end: usize) {
        let name = name_before(bytes, end).map_or(0, |name| name.len());
        let mut length = self.text.len().saturating_sub(name);
        let head = self.text.get(..length).unwrap_or_default();
        let line = head
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        let statement = head.get(line..).unwrap_or_default();
        if statement
            .iter()
            .all(|b| b.is_ascii_alphabetic() || b" -\t".contains(b))
        {
            length = line;
        }
        self.text.truncate(length);
        self.places.truncate(length);
        let digits = bytes.get(..end).unwrap_or_default().iter().rev();
        let digits = digits.take_while(|byte| byte.is_ascii_digit()).count();
        for at in end - digits..end {
            self.put(bytes.get(at).copied().unwrap_or_default(), at);
        }
        self.put(b'.', end - 1);
        self.put(b' ', end - 1);
    }
}

/// The length of the tag that a text begins with.
fn tag(text: &[u8]) -> Option<usize> {
    let [b'<', first, ..] = text else {
        return None;
    };
    if !first.is_ascii_alphabetic() && *first != b'/' {
        return None;
    }
    let text = text.get(..256).unwrap_or(text);
    memchr::memchr(b'>', text).map(|end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::parts;
    use crate::detect::nothing::AROUND;

    /// What is read around a change must show that a phrase may lie over it.
    #[test]
    fn no_stretch_of_such_a_phrase_parts_it() {
        let words = ["abandon", "zoo", "army", "cat"];
        let each = |form: &dyn Fn(usize, &str) -> String| {
            let words = words.iter().cycle().take(24).zip(1..);
            words
                .map(|(word, number)| form(number, word))
                .collect::<String>()
        };
        let class = "c".repeat(40);
        for text in [
            each(&|_, word| format!("<li class=\"{class}\">{word}</li>\n")),
            each(&|number, word| format!("<td>{number}</td>\n<td> {word} </td>\n")),
            each(&|number, word| format!("RECOVERY_PHRASE_WORD_{number}=\"{word}\"\n")),
        ] {
            for stretch in text.as_bytes().windows(AROUND) {
                assert!(!parts(stretch), "{}", String::from_utf8_lossy(stretch));
            }
        }
        for plain in ["<p>A page of <b>plain text</b>.</p>", "x = 1\ny2: 30\n", ""] {
            assert!(parts(plain.as_bytes()), "{plain}");
        }
    }
}
