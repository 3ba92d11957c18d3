//! Electrum's seeds: the hash of the phrase begins with the version
//! (<https://electrum.readthedocs.io/en/latest/seedphrase.html>).

use super::bip32::{HARD, Node};
use super::bip39::{indices, words};
use super::hash::{hmac_sha512, pbkdf2};
use super::text::hex;
use super::wordlist::LISTS;
use super::{Evidence, Proof, address};
use unicode_normalization::char::is_combining_mark;

/// The phrase as Electrum hashes it: no accents, and nothing between words of East Asian
/// scripts.
fn normalized(words: &[String]) -> String {
    let east_asian = words.iter().all(|word| !word.is_ascii());
    let separator = if east_asian && words.iter().any(|word| word.chars().any(is_cjk)) {
        ""
    } else {
        " "
    };
    let phrase = words.join(separator);
    phrase.chars().filter(|c| !is_combining_mark(*c)).collect()
}

fn is_cjk(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')
}

/// `electrum-seed`: 12 or 13 words of one list whose hash begins 01, 100, 101 or 102.
pub(super) fn prove(value: &[u8]) -> Proof {
    let Some(words) = words(value) else {
        return Proof::Refuted("not text");
    };
    if !matches!(words.len(), 12 | 13) {
        return Proof::Refuted("not the number of words of an Electrum seed");
    }
    if (0..LISTS.len()).all(|list| indices(list, &words).is_none()) {
        return Proof::Refuted("no list holds all the words");
    }
    let phrase = normalized(&words);
    let version = hex(&hmac_sha512(b"Seed version", phrase.as_bytes()));
    let master = || Node::master(&pbkdf2(phrase.as_bytes(), b"electrum", 2048));
    let evidence = Evidence::exact("Electrum seed version");
    Proof::Proved(match version.as_bytes() {
        [b'0', b'1', ..] => {
            let key = master().and_then(|master| master.derive(&[0, 0]));
            let address = key.map(|key| address::pay_to_key_hash(0, &key.compressed()));
            evidence
                .with("kind", "standard")
                .with_some("Bitcoin address", address)
        }
        [b'1', b'0', b'0', ..] => {
            let key = master().and_then(|master| master.derive(&[HARD, 0, 0]));
            let address = key.and_then(|key| address::segwit("bc", &key.compressed()));
            evidence
                .with("kind", "segwit")
                .with_some("Bitcoin address", address)
        }
        [b'1', b'0', b'1' | b'2', ..] => evidence.with("kind", "with a second factor"),
        _ => return Proof::Refuted("not the version of an Electrum seed"),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    /// From Electrum's `tests/test_wallet_vertical.py`: `test_electrum_seed_standard` and
    /// `test_electrum_seed_segwit`.
    #[test]
    fn addresses_are_those_of_electrum() {
        for (phrase, address) in [
            (
                [
                    "cycle", "rocket", "west", "magnet", "parrot", "shuffle", "foot", "correct",
                    "salt", "library", "feed", "song",
                ],
                "1NNkttn1YvVGdqBW4PR6zvc3Zx3H5owKRf",
            ),
            (
                [
                    "bitter", "grass", "shiver", "impose", "acquire", "brush", "forget", "axis",
                    "eager", "alone", "wine", "silver",
                ],
                "bc1q3g5tmkmlvxryhh843v4dz026avatc0zzr6h3af",
            ),
        ] {
            let Proof::Proved(evidence) = prove(phrase.join(" ").as_bytes()) else {
                panic!("not proved: {address}");
            };
            assert!(
                evidence
                    .public
                    .contains(&("Bitcoin address", address.into()))
            );
        }
    }
}
