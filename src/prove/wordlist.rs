//! The word lists of seed phrases, and a word's place in each.
//!
//! The ten lists of BIP-39 (2048 words each), the one of SLIP-39 (1024 words) and Monero's English one
//! (1626 words), in NFKD and in the order of the standards:
//! <https://github.com/bitcoin/bips/tree/master/bip-0039>,
//! <https://github.com/satoshilabs/slips/tree/master/slip-0039>,
//! <https://github.com/monero-project/monero/blob/master/src/mnemonics/english.h>.

use std::sync::LazyLock;

/// How many words a BIP-39 list has: a word stands for 11 bits.
pub(super) const WORDS: usize = 2048;

/// How many words the SLIP-39 list has: a word stands for 10 bits.
pub(super) const SLIP39_WORDS: usize = 1024;

/// How many words Monero's list has: three words stand for 32 bits.
pub(super) const MONERO_WORDS: usize = 1626;

/// The names of the ten BIP-39 lists. A list's number, in this module, is its place here.
pub const LISTS: [&str; 10] = [
    "English",
    "Japanese",
    "Korean",
    "Spanish",
    "Chinese (simplified)",
    "Chinese (traditional)",
    "French",
    "Italian",
    "Czech",
    "Portuguese",
];

static ENGLISH: [&str; WORDS] = lines(include_str!("wordlists/english.txt"));
static SLIP39: [&str; SLIP39_WORDS] = lines(include_str!("wordlists/slip39.txt"));
static MONERO: [&str; MONERO_WORDS] = lines(include_str!("wordlists/monero_english.txt"));

/// The other nine, in the order of [`LISTS`].
const OTHERS: [&str; 9] = [
    include_str!("wordlists/japanese.txt"),
    include_str!("wordlists/korean.txt"),
    include_str!("wordlists/spanish.txt"),
    include_str!("wordlists/chinese_simplified.txt"),
    include_str!("wordlists/chinese_traditional.txt"),
    include_str!("wordlists/french.txt"),
    include_str!("wordlists/italian.txt"),
    include_str!("wordlists/czech.txt"),
    include_str!("wordlists/portuguese.txt"),
];

/// Where the English words that begin with a letter start; one more entry closes the last.
static LETTERS: [u16; 27] = letters();

/// Bits of [`FILTER`].
const FILTER_BITS: usize = 1 << 18;

/// A bit for each word of the twelve lists: most words of a text are in none.
#[allow(long_running_const_eval)]
static FILTER: [u64; FILTER_BITS / 64] = filter();

const fn filter() -> [u64; FILTER_BITS / 64] {
    let mut filter = [0; FILTER_BITS / 64];
    let texts = [
        include_str!("wordlists/english.txt"),
        include_str!("wordlists/slip39.txt"),
        include_str!("wordlists/monero_english.txt"),
    ];
    let mut list = 0;
    while list < texts.len() + OTHERS.len() {
        let text = if list < texts.len() {
            texts[list].as_bytes()
        } else {
            OTHERS[list - texts.len()].as_bytes()
        };
        let mut hash = FILTER_SEED;
        let mut at = 0;
        while at < text.len() {
            if text[at] == b'\n' {
                let slot = slot(hash);
                filter[slot / 64] |= 1 << (slot % 64);
                hash = FILTER_SEED;
            } else {
                hash = stir(hash, text[at]);
            }
            at += 1;
        }
        list += 1;
    }
    filter
}

/// FNV-1a, of 32 bits.
const FILTER_SEED: u32 = 0x811c_9dc5;

const fn stir(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

const fn slot(hash: u32) -> usize {
    (hash ^ hash >> 15) as usize % FILTER_BITS
}

/// Whether a word (NFKD, lower case) may be in a list: true for all that are, and for about one in
/// thirteen of the others.
#[must_use]
pub fn may_be_listed(word: &str) -> bool {
    let slot = slot(word.bytes().fold(FILTER_SEED, stir));
    FILTER
        .get(slot / 64)
        .is_some_and(|bits| bits >> (slot % 64) & 1 == 1)
}

/// Cuts a text of exactly `N` lines, at build time: a list of another length does not compile.
const fn lines<const N: usize>(text: &'static str) -> [&'static str; N] {
    let mut words = [""; N];
    let mut rest = text.as_bytes();
    let mut line = 0;
    while line < N {
        let mut end = 0;
        while rest[end] != b'\n' {
            end += 1;
        }
        let (word, tail) = rest.split_at(end);
        words[line] = match str::from_utf8(word) {
            Ok(word) => word,
            Err(_) => "",
        };
        rest = tail.split_at(1).1;
        line += 1;
    }
    assert!(rest.is_empty());
    words
}

const fn letters() -> [u16; 27] {
    let mut starts = [WORDS as u16; 27];
    let mut index = WORDS;
    while index > 0 {
        index -= 1;
        starts[(ENGLISH[index].as_bytes()[0] - b'a') as usize] = index as u16;
    }
    // No word begins with x: an empty range stands where the next letter starts.
    let mut letter = 26;
    while letter > 0 {
        letter -= 1;
        if starts[letter] == WORDS as u16 {
            starts[letter] = starts[letter + 1];
        }
    }
    starts
}

/// Every word of the other nine lists with its list and index, sorted by word: cut and sorted
/// when the first word that is not ASCII, or no English one, asks.
static SORTED: LazyLock<Vec<(&'static str, u8, u16)>> = LazyLock::new(|| {
    let mut words: Vec<_> = OTHERS
        .iter()
        .zip(1u8..)
        .flat_map(|(text, list)| {
            let places = text.lines().zip(0u16..);
            places.map(move |(word, index)| (word, list, index))
        })
        .collect();
    words.sort_unstable();
    words
});

/// The index (0 to 2047) of a lower-case word in the English BIP-39 list.
#[must_use]
pub fn english_index(word: &[u8]) -> Option<u16> {
    if !(3..=8).contains(&word.len()) {
        return None;
    }
    let letter = usize::from(word.first()?.wrapping_sub(b'a'));
    let start = *LETTERS.get(letter)?;
    let end = *LETTERS.get(letter + 1)?;
    let range = ENGLISH.get(usize::from(start)..usize::from(end))?;
    let offset = range
        .binary_search_by(|known| known.as_bytes().cmp(word))
        .ok()?;
    u16::try_from(offset).ok().map(|offset| start + offset)
}

/// Every list that holds a word (NFKD, lower case) with the word's index there, in the order of
/// the lists. The two Chinese lists share most of their words, English and French a hundred.
pub fn lists_of(word: &str) -> impl Iterator<Item = (usize, u16)> {
    let english = english_index(word.as_bytes()).map(|index| (0, index));
    let first = SORTED.partition_point(|(known, ..)| *known < word);
    let others = SORTED.iter().skip(first);
    let others = others.take_while(move |(known, ..)| *known == word);
    let others = others.map(|&(_, list, index)| (usize::from(list), index));
    english.into_iter().chain(others)
}

/// The index (0 to 2047) of a word (NFKD, lower case) in one list, by the list's number in
/// [`LISTS`].
#[must_use]
pub fn word_index(list: usize, word: &str) -> Option<u16> {
    if list == 0 {
        return english_index(word.as_bytes());
    }
    lists_of(word).find_map(|(found, index)| (found == list).then_some(index))
}

/// The word (NFKD) of an index in one list.
#[must_use]
pub(super) fn word(list: usize, index: u16) -> Option<&'static str> {
    match list.checked_sub(1) {
        None => ENGLISH.get(usize::from(index)).copied(),
        Some(other) => OTHERS.get(other)?.lines().nth(usize::from(index)),
    }
}

/// The index (0 to 1023) of a lower-case word in the SLIP-39 list.
#[must_use]
pub fn slip39_index(word: &str) -> Option<u16> {
    let index = SLIP39.binary_search(&word).ok()?;
    u16::try_from(index).ok()
}

/// The word of an index in the SLIP-39 list.
#[must_use]
pub(super) fn slip39_word(index: u16) -> Option<&'static str> {
    SLIP39.get(usize::from(index)).copied()
}

/// The index (0 to 1625) of a lower-case word in Monero's English list.
#[must_use]
pub fn monero_index(word: &str) -> Option<u16> {
    let index = MONERO.binary_search(&word).ok()?;
    u16::try_from(index).ok()
}

/// The word of an index in Monero's English list.
#[must_use]
pub(super) fn monero_word(index: u16) -> Option<&'static str> {
    MONERO.get(usize::from(index)).copied()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use sha2::{Digest, Sha256};
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn every_word_is_found_where_it_stands() {
        for list in 0..LISTS.len() {
            for index in 0..2048 {
                let word = word(list, index).unwrap();
                assert_eq!(word_index(list, word), Some(index), "{word}");
                assert!(lists_of(word).any(|found| found == (list, index)));
                assert!(may_be_listed(word));
                assert_eq!(word, word.nfkd().collect::<String>());
            }
            assert_eq!(word(list, 2048), None);
        }
        for index in 0..1024 {
            let word = slip39_word(index).unwrap();
            assert_eq!(slip39_index(word), Some(index));
            assert!(may_be_listed(word));
        }
        for index in 0..1626 {
            let word = monero_word(index).unwrap();
            assert_eq!(monero_index(word), Some(index));
            assert!(may_be_listed(word));
        }
    }

    #[test]
    fn strangers_are_in_no_list() {
        for stranger in ["", "a", "xenon", "Abandon", "abandonn", "zzzz", "{", "é"] {
            assert_eq!(lists_of(stranger).count(), 0, "{stranger}");
        }
        assert_eq!(word_index(10, "abandon"), None);
    }

    /// The digest of the list in the BIP's repository.
    #[test]
    fn the_english_list_is_the_published_one() {
        let digest = Sha256::digest(include_str!("wordlists/english.txt"));
        assert_eq!(digest[..4], [0x2f, 0x5e, 0xed, 0x53]);
    }

    #[test]
    fn lists_share_words() {
        let lists: Vec<_> = lists_of("fatigue").map(|(list, _)| list).collect();
        assert_eq!(lists, [0, 6]);
    }
}
