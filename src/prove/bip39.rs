//! BIP-39 phrases in all ten languages: one list, the right number of words, the checksum
//! (<https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki>).

use super::bip32::Node;
use super::hash::{pbkdf2, sha256};
use super::text::{bits, bytes_of, trimmed};
use super::wordlist::{LISTS, word_index};
use super::{Evidence, Proof};
use unicode_normalization::UnicodeNormalization;

/// The words of a phrase in NFKD and lower case, whatever separates them: blanks, commas,
/// quotes, numbers.
pub(super) fn words(value: &[u8]) -> Option<Vec<String>> {
    let text: String = trimmed(value)?
        .nfkd()
        .flat_map(char::to_lowercase)
        .collect();
    let words = text.split(|c: char| {
        c.is_whitespace() || c.is_ascii_punctuation() || c.is_ascii_digit() || c.is_ascii_control()
    });
    let words = words.filter(|word| !word.is_empty());
    // Longer than any phrase is long enough to be refuted.
    Some(words.take(64).map(str::to_owned).collect())
}

/// The places of all words in one list.
pub(super) fn indices(list: usize, words: &[String]) -> Option<Vec<u16>> {
    words.iter().map(|word| word_index(list, word)).collect()
}

/// Whether the last bits are those of the hash: 4 of them for 12 words, 8 for 24.
fn checksum_holds(indices: &[u16]) -> bool {
    let all: Vec<bool> = indices.iter().flat_map(|index| bits(*index, 11)).collect();
    let (entropy, checksum) = all.split_at(all.len() / 33 * 32);
    let digest = sha256(&bytes_of(entropy.iter().copied()));
    let expected = digest.iter().flat_map(|byte| bits(u16::from(*byte), 8));
    checksum.iter().copied().eq(expected.take(checksum.len()))
}

/// The seed of a phrase without a passphrase.
pub(super) fn seed(words: &[String]) -> [u8; 64] {
    pbkdf2(words.join(" ").as_bytes(), b"mnemonic", 2048)
}

/// `bip39`.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(words) = words(value) else {
        return Proof::Refuted("not text");
    };
    if !matches!(words.len(), 12 | 15 | 18 | 21 | 24) {
        return Proof::Refuted("not the number of words of a BIP-39 phrase");
    }
    let lists = (0..LISTS.len()).filter_map(|list| Some((list, indices(list, &words)?)));
    let mut listed = false;
    for (list, indices) in lists {
        listed = true;
        if !checksum_holds(&indices) {
            continue;
        }
        let master = Node::master(&seed(&words));
        let language = LISTS.get(list).copied().unwrap_or_default();
        let evidence = Evidence::exact("BIP-39 checksum")
            .with("words", words.len().to_string())
            .with("language", language)
            .with_some(
                "Ethereum address",
                master.as_ref().and_then(Node::ethereum_address),
            )
            .with_some(
                "Bitcoin address",
                master.as_ref().and_then(Node::bitcoin_address),
            );
        return Proof::Proved(evidence);
    }
    Proof::Refuted(if listed {
        "BIP-39 checksum fails"
    } else {
        "no list holds all the words"
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::prove::wordlist::word;

    fn fact(value: &str, name: &str) -> Option<String> {
        let Proof::Proved(evidence) = prove(value.as_bytes()) else {
            panic!("not proved");
        };
        let mut facts = evidence.public.into_iter();
        facts.find_map(|(fact, text)| (fact == name).then_some(text))
    }

    fn about() -> String {
        format!("{} about", ["abandon"; 11].join(" "))
    }

    /// BIP-84's account 0, first receiving address, and the Ethereum address that every wallet
    /// shows for this phrase.
    #[test]
    fn addresses_are_those_of_the_wallets() {
        assert_eq!(
            fact(&about(), "Bitcoin address").unwrap(),
            "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"
        );
        assert_eq!(
            fact(&about(), "Ethereum address").unwrap(),
            "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
        );
    }

    /// Trezor's vectors are phrases of repeated bytes: 00, 7f, 80 and ff.
    #[test]
    fn phrases_of_the_vectors_hold() {
        for phrase in [
            [
                "legal", "winner", "thank", "year", "wave", "sausage", "worth", "useful",
            ]
            .join(" ")
                + " legal winner thank yellow",
            [
                "letter", "advice", "cage", "absurd", "amount", "doctor", "acoustic",
            ]
            .join(" ")
                + " avoid letter advice cage above",
            ["zoo"; 11].join(" ") + " wrong",
            ["zoo"; 23].join(" ") + " vote",
            ["abandon"; 17].join(" ") + " agent",
        ] {
            assert!(
                matches!(prove(phrase.as_bytes()), Proof::Proved(_)),
                "{phrase}"
            );
        }
    }

    #[test]
    fn separators_do_not_matter() {
        for separator in [", ", "\",\n \"", "\u{3000}", "\t", "\n1. "] {
            let phrase = about().replace(' ', separator);
            assert!(matches!(prove(phrase.as_bytes()), Proof::Proved(_)));
        }
        assert!(matches!(
            prove(about().to_uppercase().as_bytes()),
            Proof::Proved(_)
        ));
    }

    /// Sixteen zero bytes end in the word that the hash's first four bits (0011) name.
    #[test]
    fn every_language_is_proved() {
        for list in 0..LISTS.len() {
            let zero = word(list, 0).unwrap();
            let phrase = format!("{} {}", [zero; 11].join(" "), word(list, 3).unwrap());
            let composed: String = phrase.nfc().collect();
            assert!(
                matches!(prove(composed.as_bytes()), Proof::Proved(_)),
                "{list}"
            );
        }
    }

    #[test]
    fn others_are_refuted() {
        for (phrase, why) in [
            (["abandon"; 12].join(" "), "BIP-39 checksum fails"),
            (
                ["abandon"; 13].join(" "),
                "not the number of words of a BIP-39 phrase",
            ),
            (["lorem"; 12].join(" "), "no list holds all the words"),
            (
                ["abandon ábaco"; 6].join(" "),
                "no list holds all the words",
            ),
        ] {
            assert!(matches!(prove(phrase.as_bytes()), Proof::Refuted(text) if text == why));
        }
    }
}
