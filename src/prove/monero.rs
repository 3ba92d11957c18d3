//! Monero's mnemonics: three words for every 32 bits of the seed, and one of them once more as a checksum
//! (<https://docs.getmonero.org/mnemonics/>, `src/mnemonics/electrum-words.cpp` of monero-project/monero).

use super::bip39::words;
use super::checksum::crc32;
use super::wordlist::monero_index;
use super::{Evidence, Proof};

/// By how many letters the words of the English list are told apart.
const PREFIX: usize = 3;

/// `monero-mnemonic`: 25 words, or the 13 of wallets that keep half a seed.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(words) = words(value) else {
        return Proof::Refuted("not text");
    };
    if !matches!(words.len(), 13 | 25) {
        return Proof::Refuted("not the number of words of a Monero seed");
    }
    if words.iter().any(|word| monero_index(word).is_none()) {
        return Proof::Refuted("a word is not in the list");
    }
    let Some((last, seed)) = words.split_last() else {
        return Proof::Refuted("no words");
    };
    if checksum_of(seed) != Some(last.as_str()) {
        return Proof::Refuted("Monero checksum fails");
    }
    Proof::Proved(Evidence::exact("Monero checksum"))
}

/// The word that repeats as a checksum: the CRC-32 of the words' first letters tells which.
pub(super) fn checksum_of<T: AsRef<str>>(seed: &[T]) -> Option<&str> {
    let letters = seed.iter().filter_map(|word| {
        let word = word.as_ref();
        word.get(..PREFIX).or(Some(word))
    });
    let letters: String = letters.collect();
    let place = crc32(letters.as_bytes()) as usize % seed.len().max(1);
    seed.get(place).map(AsRef::as_ref)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twelve words of a row, whose checksum was worked out by hand of the reference.
    #[test]
    fn the_checksum_is_one_of_the_words() {
        let words: Vec<&str> =
            "abbey abducts ability ablaze abnormal abort abrasive absorb abyss academy aces aching"
                .split(' ')
                .collect();
        let last = checksum_of(&words).unwrap_or_default();
        assert_eq!(last, "aching");
        let phrase = format!("{} {last}", words.join(" "));
        assert!(matches!(prove(phrase.as_bytes()), Proof::Proved(_)));
        let other = format!("{} zoom", words.join(" "));
        assert!(matches!(prove(other.as_bytes()), Proof::Refuted(_)));
        assert!(matches!(prove(b"abbey abbey"), Proof::Refuted(_)));
    }
}
