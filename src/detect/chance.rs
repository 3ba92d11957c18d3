//! Words that stand in a text by chance: letters in the middle of a digest, a word of a seed phrase.

use std::ops::Range;

use super::random::looks_random;
use crate::prove::english_index;

/// The shortest run of letters and digits in which a word may stand by chance, in bytes.
const RUN: usize = 24;
/// How much of a run is looked at either way, in bytes.
const REACH: usize = 64;

/// Whether a word names nobody here: it is a piece of a value that a machine drew, such as `bce` in a digest,
/// or one of a phrase of BIP-39's words, such as `gate`.
pub(super) fn by_chance(bytes: &[u8], word: &Range<usize>) -> bool {
    in_value(bytes, word) || in_phrase(bytes, word)
}

fn in_value(bytes: &[u8], word: &Range<usize>) -> bool {
    let joins = |byte: &&u8| byte.is_ascii_alphanumeric();
    let low = word.start.saturating_sub(REACH);
    let high = word.end.saturating_add(REACH).min(bytes.len());
    let head = bytes.get(low..word.start).unwrap_or_default();
    let tail = bytes.get(word.end..high).unwrap_or_default();
    let before = head.iter().rev().take_while(joins).count();
    let behind = tail.iter().take_while(joins).count();
    // A value that tells its provider by itself is all of its run.
    if before + behind == 0 || before + behind + word.len() < RUN {
        return false;
    }
    let run = bytes.get(word.start - before..word.end + behind);
    let run = run.unwrap_or_default();
    run.strip_prefix(b"0x")
        .unwrap_or(run)
        .iter()
        .all(u8::is_ascii_hexdigit)
        || looks_random(run)
}

/// Whether a word and three of its neighbours are words of the English list, in small letters, a blank apart.
fn in_phrase(bytes: &[u8], word: &Range<usize>) -> bool {
    let listed = |text: &&[u8]| english_index(text).is_some();
    let own = bytes.get(word.clone()).unwrap_or_default();
    if !listed(&own) {
        return false;
    }
    let low = word.start.saturating_sub(REACH);
    let high = word.end.saturating_add(REACH).min(bytes.len());
    let head = bytes.get(low..word.start).unwrap_or_default();
    let tail = bytes.get(word.end..high).unwrap_or_default();
    let before = head.strip_suffix(b" ").map_or(0, |head| {
        let words = head.rsplit(|byte| !byte.is_ascii_lowercase());
        words.take(3).take_while(listed).count()
    });
    let behind = tail.strip_prefix(b" ").map_or(0, |tail| {
        let words = tail.split(|byte| !byte.is_ascii_lowercase());
        words.take(3).take_while(listed).count()
    });
    before + behind >= 3
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::by_chance;
    use crate::detect::random::tests::Seed;

    fn stands(text: &str, word: &str) -> bool {
        let start = text.find(word).unwrap();
        by_chance(text.as_bytes(), &(start..start + word.len()))
    }

    #[test]
    fn words_in_values_and_phrases_name_nobody() {
        let hex = |seed| String::from_utf8(Seed(seed).value(b"0123456789", 16)).unwrap();
        let digest = format!("{}bce{}", hex(1), hex(2));
        assert!(stands(&digest, "bce"));
        let account = format!("0x{}", &digest[..34]);
        assert!(stands(&account, "bce"));
        assert!(stands("churn speed gate patch report train", "gate"));
        // The phrase goes on in the next line.
        assert!(stands("\"alone churn speed gate \"", "gate"));
        assert!(!stands(&digest, &digest));
    }

    #[test]
    fn words_in_names_and_sentences_do() {
        for text in [
            "bce_secret_access_key = 1",
            "BCE-SECRET-ACCESS-KEY",
            "const gate = new Client(",
            "the gate of the exchange",
            "gateSecretKeyForTradingBots",
            "my gate key",
        ] {
            let word = ["bce", "BCE", "gate"];
            let word = word.into_iter().find(|word| text.contains(word)).unwrap();
            assert!(!stands(text, word), "{text}");
        }
    }
}
