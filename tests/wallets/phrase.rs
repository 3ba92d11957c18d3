//! Made-up recovery phrases of BIP-39, in every language and length.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// The lists, by the names of their files.
pub(crate) const LANGUAGES: [&str; 10] = [
    "english",
    "japanese",
    "korean",
    "spanish",
    "chinese_simplified",
    "chinese_traditional",
    "french",
    "italian",
    "czech",
    "portuguese",
];

/// The words of a list as people type them (NFC; the files hold NFKD).
pub(crate) fn list(language: &str) -> &'static [String] {
    static LISTS: OnceLock<Vec<Vec<String>>> = OnceLock::new();
    let lists = LISTS.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/prove/wordlists");
        let read = |name: &&str| {
            let text = fs::read_to_string(root.join(format!("{name}.txt"))).unwrap();
            text.lines().map(|word| word.nfc().collect()).collect()
        };
        LANGUAGES.iter().map(read).collect()
    });
    let place = LANGUAGES.iter().position(|name| *name == language);
    &lists[place.unwrap()]
}

/// The phrase of a number of words whose entropy is the digest of the seed.
pub(crate) fn phrase(language: &str, count: usize, seed: &str) -> String {
    let entropy = Sha256::digest(format!("{language} {count} {seed}"));
    let entropy = &entropy[..count * 4 / 3];
    let bytes = [entropy, &Sha256::digest(entropy)[..]].concat();
    let bit = |at: usize| usize::from(bytes[at / 8] >> (7 - at % 8) & 1);
    let word = |place: usize| {
        let index = (0..11).fold(0, |index, at| index << 1 | bit(place * 11 + at));
        list(language)[index].as_str()
    };
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

/// Words of a list by chance: no phrase, but once in sixteen.
pub(crate) fn words(count: usize, seed: &str) -> String {
    let list = list("english");
    let word = |place: usize| {
        let digest = Sha256::digest(format!("words {place} {seed}"));
        list[usize::from(u16::from_be_bytes([digest[0], digest[1]])) % list.len()].as_str()
    };
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyfence::prove::{Proof, prover};

    #[test]
    fn phrases_of_every_language_and_length_hold() {
        for language in LANGUAGES {
            for count in [12, 15, 18, 21, 24] {
                let phrase = phrase(language, count, "x");
                let proof = prover("bip39").unwrap()(phrase.as_bytes());
                assert!(matches!(proof, Proof::Proved(_)), "{language} {count}");
            }
        }
    }
}
