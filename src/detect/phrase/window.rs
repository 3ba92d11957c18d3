//! Which windows of a run of list words are phrases.

use super::gap::Gap;
use super::word::{MONERO, SLIP39, Word};
use super::{FEWEST, Phrase};
use crate::prove::{Proof, prover, word_index};
use sha2::{Digest, Sha256};

/// How many words a phrase of BIP-39 has.
const LENGTHS: [usize; 5] = [12, 15, 18, 21, 24];

/// The most words of a phrase of BIP-39.
const MOST: usize = 24;

/// How far in front of a phrase a keyword may stand, and how far behind it, in bytes.
const BEFORE: usize = 160;
const AFTER: usize = 64;

/// How far in front of a phrase that does not end its run its name may stand, in bytes.
const ANNOUNCED: usize = 32;

/// How many words of the list may stand behind it: more belong to a longer one.
const BEHIND: usize = 4;

/// How many cells of a row may stand in front of a phrase's words.
const NAMES: usize = 2;

/// What announces a phrase and hardly anything else: "restore" and "wallet" stand in any Chinese sentence of
/// a wallet's program.
const STRONG: [&str; 7] = [
    "mnemonic",
    "seed",
    "phrase",
    "bip39",
    "bip-39",
    "助记词",
    "助記詞",
];

/// What announces one that may be a sentence: a database has its "seed", too, and a text its "phrase".
const SURE: [&str; 8] = [
    "mnemonic",
    "seed phrase",
    "seed_phrase",
    "seedphrase",
    "bip39",
    "bip-39",
    "助记词",
    "助記詞",
];

/// What people call a phrase. Looked for in lower and upper case.
const KEYWORDS: [&str; 24] = [
    "mnemonic",
    "seed",
    "phrase",
    "recovery",
    "recover",
    "restore",
    "wallet",
    "backup",
    "secret",
    "bip39",
    "bip-39",
    "metamask",
    "ledger",
    "trezor",
    "electrum",
    "keypair",
    "semilla",
    "frase",
    "助记词",
    "助記詞",
    "恢复",
    "ニーモニック",
    "니모닉",
    "복구",
];

/// Words of the English list that stand in front of a phrase rather than begin it.
const LEADING: [&str; 8] = [
    "seed", "phrase", "secret", "word", "key", "private", "list", "input",
];

/// A window of a segment: places of words.
#[derive(Clone, Copy)]
struct Window {
    start: usize,
    end: usize,
    list: usize,
}

impl Window {
    fn len(self) -> usize {
        self.end - self.start
    }
}

/// A segment of words that some list holds, and what stands around each.
struct Segment<'a> {
    bytes: &'a [u8],
    words: &'a [Word],
    /// In front of each word, and behind the last.
    gaps: Vec<Gap>,
    /// The number in front of each word, if there is one.
    numbers: Vec<Option<u16>>,
    /// Whether a keyword is taken to stand beside every window.
    keyword: bool,
}

/// Finds the phrases of a segment.
pub(super) fn judge(bytes: &[u8], words: &[Word], out: &mut Vec<Phrase>) {
    if let Some(segment) = Segment::new(bytes, words, false) {
        segment.judge(out);
    }
}

/// Whether a segment holds a phrase, or would if a keyword stood beside it.
pub(super) fn may_be(bytes: &[u8], words: &[Word]) -> bool {
    Segment::new(bytes, words, true).is_some_and(|segment| {
        let windows = segment.all_windows();
        windows
            .into_iter()
            .any(|window| segment.weigh(window).is_some())
    })
}

impl<'a> Segment<'a> {
    fn new(bytes: &'a [u8], words: &'a [Word], keyword: bool) -> Option<Self> {
        let (first, last) = (words.first()?, words.last()?);
        if words.len() < FEWEST {
            return None;
        }
        let mut gaps = Vec::with_capacity(words.len() + 1);
        gaps.push(Gap::before(bytes, first.start));
        let pairs = words.iter().zip(words.iter().skip(1));
        gaps.extend(pairs.map(|(left, right)| Gap::between(bytes, left.end, right.start)));
        gaps.push(Gap::after(bytes, last.end));
        let before = |word: &Word| number_before(bytes, word.start);
        Some(Self {
            bytes,
            words,
            gaps,
            numbers: words.iter().map(before).collect(),
            keyword,
        })
    }

    fn all_windows(&self) -> Vec<Window> {
        let mut windows = Vec::new();
        for list in 0..=MONERO {
            self.runs(list, &mut windows);
        }
        windows
    }

    fn judge(&self, out: &mut Vec<Phrase>) {
        let mut found: Vec<(Window, bool)> = Vec::new();
        for window in self.all_windows() {
            if let Some(valid) = self.weigh(window) {
                found.push((window, valid));
            }
        }
        // The right checksum of more words is less likely chance; a word beside the phrase
        // ("seed" in front of it) makes a longer window without any.
        found.sort_by_cached_key(|(window, valid)| {
            let other = !valid && !self.proves(*window);
            (!valid, other, usize::MAX - window.len(), window.start)
        });
        let mut taken = vec![false; self.words.len()];
        found.retain(|(window, _)| {
            let Some(places) = taken.get_mut(window.start..window.end) else {
                return false;
            };
            let free = !places.contains(&true);
            if free {
                places.fill(true);
            }
            free
        });
        found.sort_by_key(|(window, _)| window.start);
        let phrases = found.into_iter();
        out.extend(phrases.filter_map(|(window, valid)| self.phrase(window, valid)));
    }

    /// The windows of each maximal run of words of one list.
    fn runs(&self, list: usize, out: &mut Vec<Window>) {
        let mut start = 0;
        for run in self
            .words
            .chunk_by(|left, right| left.is_in(list) == right.is_in(list))
        {
            let end = start + run.len();
            if run.len() >= FEWEST && run.first().is_some_and(|word| word.is_in(list)) {
                self.windows(Window { start, end, list }, out);
            }
            start = end;
        }
    }

    /// The parts of a run that may be phrases by where they stand.
    fn windows(&self, run: Window, out: &mut Vec<Window>) {
        self.add(run, out);
        let mut start = run.start;
        for at in run.start + 1..run.end {
            if self.gap(at).is_hard() {
                self.add(
                    Window {
                        start,
                        end: at,
                        ..run
                    },
                    out,
                );
                start = at;
            }
        }
        if start > run.start {
            self.add(Window { start, ..run }, out);
        }
        self.beginnings(Window { start, ..run }, out);
        // Words with the same gap between them all: a line, a string, a list.
        let mut start = run.start;
        while start + 1 < run.end {
            let inner = self.gap(start + 1);
            let mut end = start + 2;
            while end < run.end && self.gap(end) == inner {
                end += 1;
            }
            if (start, end) != (run.start, run.end) {
                self.add(Window { start, end, ..run }, out);
            }
            start = end - 1;
        }
        self.lines(run, out);
        self.rows(run, out);
        self.numbered(run, out);
    }

    /// Windows of whole lines that are alike: the same between all words, the same between all lines, and something
    /// else around them, as the end of a comment. Lines of as many words each are told from others, too.
    fn lines(&self, run: Window, out: &mut Vec<Window>) {
        for start in run.start..run.end {
            if !self.gap(start).ends_line() {
                continue;
            }
            let windows = LENGTHS.iter().map(|length| Window {
                start,
                end: start + length,
                ..run
            });
            let windows = windows.take_while(|window| window.end <= run.end);
            out.extend(windows.filter(|window| self.is_of_lines(run, *window)));
        }
    }

    fn is_of_lines(&self, run: Window, window: Window) -> bool {
        let (mut inline, mut line) = (None, None);
        let (mut lengths, mut length) = (Vec::new(), 1);
        for at in window.start + 1..window.end {
            let gap = self.gap(at);
            let known = match gap {
                Gap::Line(_) => {
                    lengths.push(length);
                    length = 0;
                    &mut line
                }
                Gap::Soft(_) => &mut inline,
                _ => return false,
            };
            length += 1;
            if *known.get_or_insert(gap) != gap {
                return false;
            }
        }
        let Some(line) = line.filter(|_| inline.is_some()) else {
            return false;
        };
        let begins = window.start == run.start || self.gap(window.start) != line;
        let ends = self.gap(window.end).ends_line();
        let other = window.end == run.end || self.gap(window.end) != line;
        let first = lengths.first().copied().unwrap_or_default();
        let even = lengths.iter().all(|length| *length == first) && length <= first;
        begins && ends && (other || even && run.end - window.end <= BEHIND)
    }

    /// Windows of rows that begin with a name, as of a table: `main;word;…;word`.
    fn rows(&self, run: Window, out: &mut Vec<Window>) {
        for end in run.start + FEWEST + 1..=run.end {
            if !self.gap(end).ends_line() {
                continue;
            }
            for length in LENGTHS {
                for names in 1..=NAMES {
                    let Some(first) = end.checked_sub(length + names) else {
                        continue;
                    };
                    let inner = self.gap(end - 1);
                    let alike = first >= run.start
                        && self.gap(first).ends_line()
                        && (first + 1..end).all(|at| self.gap(at) == inner);
                    let window = Window {
                        start: end - length,
                        end,
                        ..run
                    };
                    if alike && self.gap(first) != inner && self.stands_by(window, &KEYWORDS) {
                        out.push(window);
                    }
                }
            }
        }
    }

    /// Windows of words that are numbered from one on, in any order: of two columns each line has a word of both.
    fn numbered(&self, run: Window, out: &mut Vec<Window>) {
        for start in run.start..run.end {
            if !matches!(self.numbers.get(start), Some(Some(0 | 1))) {
                continue;
            }
            let windows = (12..=25).map(|length| Window {
                start,
                end: start + length,
                ..run
            });
            let windows = windows.take_while(|window| window.end <= run.end);
            for window in windows {
                if self.order(window).is_some() {
                    self.push(window, out);
                }
            }
        }
    }

    /// The words of a window by their numbers, where these are all the numbers from one on (or zero).
    fn order(&self, window: Window) -> Option<Vec<Word>> {
        let numbers = self.numbers.get(window.start..window.end)?;
        let first = usize::from((*numbers.first()?)?);
        let mut ordered = vec![None; window.len()];
        for (number, word) in numbers.iter().zip(self.words(window)) {
            let place = usize::from((*number)?).checked_sub(first)?;
            let free = ordered.get_mut(place)?;
            if free.replace(*word).is_some() {
                return None;
            }
        }
        ordered.into_iter().collect()
    }

    /// The beginnings of a run that goes on behind a phrase: `the seed is: word … word keep it safe`. A right checksum
    /// and a colon or quote behind the name of a phrase must tell such a window.
    fn beginnings(&self, run: Window, out: &mut Vec<Window>) {
        let goes_on = self.gap(run.start).is_hard() && !self.gap(run.end).is_hard();
        if run.list >= SLIP39 || !goes_on || !self.announced(run.start) {
            return;
        }
        for length in LENGTHS {
            let end = run.start + length;
            if end < run.end && run.end - end <= BEHIND {
                out.push(Window { end, ..run });
            }
        }
    }

    /// Whether a word that hardly anything but a phrase has for a name stands right in front of a word.
    fn announced(&self, at: usize) -> bool {
        let Some(word) = self.words.get(at) else {
            return false;
        };
        let from = word.start.saturating_sub(ANNOUNCED);
        let before = self.bytes.get(from..word.start).unwrap_or_default();
        self.keyword || holds_one(before, &STRONG)
    }

    /// Adds a window, and what is left of it without the words that announce a phrase.
    fn add(&self, window: Window, out: &mut Vec<Window>) {
        self.push(window, out);
        let head = self.words.get(window.start..window.end).unwrap_or_default();
        let leads = |word: &Word| {
            let word = word.of(self.bytes);
            LEADING
                .iter()
                .any(|lead| word.eq_ignore_ascii_case(lead.as_bytes()))
        };
        // A phrase may have one of these words itself.
        for (start, word) in (window.start + 1..).zip(head.iter().take(4)) {
            if leads(word) {
                self.push(Window { start, ..window }, out);
            }
        }
    }

    /// Adds a window if it has the length of a phrase.
    fn push(&self, window: Window, out: &mut Vec<Window>) {
        let fits = match window.list {
            SLIP39 => matches!(window.len(), 20 | 33),
            MONERO => matches!(window.len(), 13 | 25),
            0 => matches!(window.len(), 12 | 13 | 15 | 18 | 21 | 24 | 25),
            _ => matches!(window.len(), 12 | 15 | 18 | 21 | 24),
        };
        let inner = window.start + 1..(window.end - 1).max(window.start + 1);
        let joined = inner
            .into_iter()
            .any(|at| matches!(self.gap(at), Gap::Join(_)));
        if fits && !joined {
            out.push(window);
        }
    }

    /// Whether a window is a phrase (with a right checksum: true) or may be one (false).
    fn weigh(&self, window: Window) -> Option<bool> {
        let alone = self.is_alone(window);
        if window.list == SLIP39 {
            return alone.then_some(false);
        }
        if window.list == MONERO {
            let together = alone && self.holds_together(window);
            return (together && self.proves(window)).then_some(true);
        }
        let indices = self.indices(window)?;
        // An excerpt of the list itself, as its documentation and tests have it.
        if indices.is_sorted_by(|one, next| one < next) {
            return None;
        }
        let valid = checksum_holds(&indices);
        // Chinese without spaces is a sentence as well: nearly all its characters are on the list.
        let joined = (window.start + 1..window.end).any(|at| self.gap(at) == Gap::Empty);
        let mut distinct = indices.clone();
        distinct.sort_unstable();
        distinct.dedup();
        // A random phrase of 12 words repeats more than two once in a thousand; program text, whose
        // identifiers come back, passes the checksum of 12 words once in sixteen.
        let random = distinct.len() + 2 >= indices.len() || distinct.len() <= 2;
        if valid
            && !joined
            && random
            && (self.holds_together(window) || alone && self.stands_by(window, &KEYWORDS))
        {
            return Some(true);
        }
        let listed = matches!(self.gap(window.end - 1), Gap::Join(_));
        let other = window.list == 0 && matches!(window.len(), 12 | 13 | 24 | 25) && !listed;
        let candidate = valid || other;
        let together = candidate && alone && self.holds_together(window);
        let keywords: &[&str] = if joined { &SURE } else { &KEYWORDS };
        (together && self.stands_by(window, keywords)).then_some(valid)
    }

    /// Whether no word outside continues the window with the gap that its own words have.
    fn is_alone(&self, window: Window) -> bool {
        let joined = [window.start, window.end].map(|at| matches!(self.gap(at), Gap::Join(_)));
        joined == [false; 2]
            && self.gap(window.start) != self.gap(window.start + 1)
            && self.gap(window.end) != self.gap(window.end - 1)
    }

    /// Whether nothing that ends a phrase stands between its words, unless between all of them.
    fn holds_together(&self, window: Window) -> bool {
        if self.order(window).is_some() {
            return true;
        }
        let inner = self.gap(window.start + 1);
        let mut gaps = (window.start + 1..window.end).map(|at| self.gap(at));
        gaps.clone().all(|gap| gap == inner) || !gaps.any(Gap::is_hard)
    }

    /// Whether a window is proved to be a phrase of another kind than BIP-39.
    fn proves(&self, window: Window) -> bool {
        let name = match window.len() {
            _ if window.list == MONERO => "monero-mnemonic",
            12 | 13 => "electrum-seed",
            24 => "ton-mnemonic",
            25 => "algorand-mnemonic",
            _ => "slip39",
        };
        let words = self.texts(window).join(" ");
        prover(name).is_some_and(|prove| matches!(prove(words.as_bytes()), Proof::Proved(_)))
    }

    fn gap(&self, at: usize) -> Gap {
        self.gaps.get(at).copied().unwrap_or(Gap::Wide)
    }

    fn words(&self, window: Window) -> &[Word] {
        self.words.get(window.start..window.end).unwrap_or_default()
    }

    /// The words as the list has them, in their order.
    fn texts(&self, window: Window) -> Vec<String> {
        let text = |word: &Word| word.text(self.bytes);
        match self.order(window) {
            Some(words) => words.iter().map(text).collect(),
            None => self.words(window).iter().map(text).collect(),
        }
    }

    fn indices(&self, window: Window) -> Option<Vec<u16>> {
        let words = self.texts(window).into_iter();
        words.map(|word| word_index(window.list, &word)).collect()
    }

    /// Whether one of these words stands near.
    fn stands_by(&self, window: Window, keywords: &[&str]) -> bool {
        if self.keyword {
            return true;
        }
        let words = self.words(window);
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return false;
        };
        let before = self
            .bytes
            .get(first.start.saturating_sub(BEFORE)..first.start);
        let after = self.bytes.get(last.end..).unwrap_or_default();
        let after = after.get(..AFTER).unwrap_or(after);
        holds_one(before.unwrap_or_default(), keywords) || holds_one(after, keywords)
    }

    fn phrase(&self, window: Window, valid: bool) -> Option<Phrase> {
        let words = self.words(window);
        Some(Phrase {
            start: words.first()?.start,
            end: words.last()?.end,
            words: self.texts(window),
            list: window.list,
            valid,
        })
    }
}

/// The number in front of a word, no further from it than a bracket, a point and a blank.
fn number_before(bytes: &[u8], word: usize) -> Option<u16> {
    let head = bytes.get(word.saturating_sub(8)..word)?;
    let end = head.iter().rposition(u8::is_ascii_digit)? + 1;
    let marks = head.get(end..)?;
    let digits = head.get(..end)?;
    let start = digits.iter().rposition(|byte| !byte.is_ascii_digit());
    let digits = digits.get(start.map_or(0, |at| at + 1)..)?;
    let near = !marks.contains(&b'\n') && digits.len() <= 2;
    near.then(|| str::from_utf8(digits).ok()?.parse().ok())
        .flatten()
}

fn holds_one(text: &[u8], keywords: &[&str]) -> bool {
    keywords.iter().any(|keyword| {
        let mut places = text.windows(keyword.len());
        places.any(|place| place.eq_ignore_ascii_case(keyword.as_bytes()))
    })
}

/// Whether the last bits are those of the entropy's SHA-256: one bit for three words
/// (<https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki>).
fn checksum_holds(indices: &[u16]) -> bool {
    if !indices.len().is_multiple_of(3) || indices.len() > MOST {
        return false;
    }
    let checksum = indices.len() / 3;
    let entropy = checksum * 4;
    let mut bytes = [0u8; MOST * 11 / 8];
    let bits = indices
        .iter()
        .flat_map(|index| (0..11).rev().map(move |bit| index >> bit & 1));
    for (at, bit) in bits.enumerate() {
        if let Some(byte) = bytes.get_mut(at / 8) {
            *byte |= u8::from(bit == 1) << (7 - at % 8);
        }
    }
    let (Some(data), Some(last)) = (bytes.get(..entropy), bytes.get(entropy)) else {
        return false;
    };
    let digest = Sha256::digest(data);
    digest
        .first()
        .is_some_and(|first| (first ^ last) >> (8 - checksum) == 0)
}
