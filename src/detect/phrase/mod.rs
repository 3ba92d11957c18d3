//! Seed phrases: 12 to 33 words of one list, however they are written down.
//!
//! ```text
//! stretches -> words -> segments of list words (skip 12 at a time) -> runs of one list
//!      -> windows of a phrase's length -> checksum, or alone beside a keyword -> phrases
//! ```
//!
//! One random window of 12 words in 16 has a right checksum, so a window in the middle of a longer
//! run is no phrase: it must be the whole run, or stand alone in its line, string, list or field.

mod gap;
mod items;
mod skim;
mod window;
mod word;

#[cfg(test)]
mod tests;

use gap::Gap;
pub use items::{find as find_items, phrases_of_items};
pub use skim::{may_hold, parts_phrases};
use word::{Word, Words, joins};

/// A seed phrase, or what may be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The first byte of the first word.
    pub start: usize,
    /// The byte after the last word.
    pub end: usize,
    /// The words in NFKD and lower case.
    pub words: Vec<String>,
    /// The list that holds all of them: a place in [`crate::prove::LISTS`], or one past its end for
    /// SLIP-39, two for Monero.
    pub list: usize,
    /// Whether the checksum of BIP-39, or Monero's, holds. Where it does not, the phrase stands alone beside a
    /// keyword and may be one of Electrum, TON or Algorand, or is a share of SLIP-39: a proof tells.
    pub valid: bool,
}

/// The fewest words of a phrase.
const FEWEST: usize = 12;

/// The most words that are looked at together: a longer text is cut, at a line's end if there is one.
const SEGMENT: usize = 4096;

/// Finds the phrases in the given stretches (start and end offsets) and adds them to `out`, in the
/// order of the text and free of overlaps. Linear in the length of the stretches.
pub fn phrases(
    bytes: &[u8],
    stretches: impl IntoIterator<Item = (usize, usize)>,
    out: &mut Vec<Phrase>,
) {
    let mut segment = Vec::new();
    for (start, end) in stretches {
        let words = Words::new(bytes, start, end).filter(|word| !joins(word.of(bytes)));
        scan(bytes, words, &mut segment, |words| {
            window::judge(bytes, words, out);
        });
    }
}

/// Whether a stretch holds a phrase, or would if a keyword stood beside it.
pub fn may_be(bytes: &[u8], start: usize, end: usize) -> bool {
    let mut may = false;
    let words = Words::new(bytes, start, end).filter(|word| !joins(word.of(bytes)));
    scan(bytes, words, &mut Vec::new(), |words| {
        may = may || window::may_be(bytes, words);
    });
    may
}

/// Finds the segments of list words. Where word 12 is in no list no phrase holds it, so the eleven
/// in front of it are not looked up.
fn scan(
    bytes: &[u8],
    mut words: impl Iterator<Item = Word>,
    segment: &mut Vec<Word>,
    mut judge: impl FnMut(&[Word]),
) {
    let mut ahead = [Word::default(); FEWEST];
    let mut kept = 0;
    loop {
        for place in ahead.iter_mut().skip(kept) {
            let Some(word) = words.next() else {
                return;
            };
            *place = word;
        }
        let stranger = ahead.iter_mut().rposition(|word| word.lists(bytes) == 0);
        if let Some(stranger) = stranger {
            ahead.rotate_left(stranger + 1);
            kept = FEWEST - (stranger + 1);
            continue;
        }
        kept = 0;
        segment.clear();
        segment.extend_from_slice(&ahead);
        for mut word in words.by_ref() {
            if word.lists(bytes) == 0 {
                break;
            }
            segment.push(word);
            if segment.len() == SEGMENT {
                let cut = cut(bytes, segment);
                judge(segment.get(..cut).unwrap_or_default());
                segment.drain(..cut);
            }
        }
        judge(segment);
    }
}

/// Where to cut a segment that is too long: behind the last line's end of its second half.
fn cut(bytes: &[u8], segment: &[Word]) -> usize {
    let mut gaps = segment.windows(2).skip(segment.len() / 2);
    let cut = gaps.rposition(|pair| {
        let [left, right] = pair else {
            return false;
        };
        let gap = bytes.get(left.end..right.start).unwrap_or_default();
        gap.contains(&b'\n') || Gap::between(bytes, left.end, right.start).is_hard()
    });
    cut.map_or(segment.len(), |at| segment.len() / 2 + at + 1)
}
