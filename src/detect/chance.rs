//! Words that stand in a text by chance: letters in the middle of a digest, a word of a seed phrase.

use std::ops::Range;

use super::random::{looks_random, randomness};
use crate::prove::english_index;

/// The shortest run in which a word may stand by chance, in bytes.
const RUN: usize = 24;
/// The same of letters and digits, for a word of a few letters.
const SHORT_RUN: usize = 16;
/// How many letters are a few: six letters in a row spell a given word in one of 300 million cases.
const FEW: usize = 5;
/// Bits for each character with which a run of base64 is no path and no name with signs in it.
const BASE64: f32 = 1.0;
/// How much of a run is looked at either way, in bytes.
const REACH: usize = 64;

/// Whether a word names nobody here: it is a piece of a value that a machine drew, such as `bce` in a digest,
/// or one of a phrase of BIP-39's words, such as `gate`.
pub(super) fn by_chance(bytes: &[u8], word: &Range<usize>) -> bool {
    in_value(bytes, word) || in_phrase(bytes, word)
}

fn in_value(bytes: &[u8], word: &Range<usize>) -> bool {
    let piece = run(bytes, word, u8::is_ascii_alphanumeric);
    // A value that tells its provider by itself is all of its run.
    let whole = piece.len() == word.len();
    let least = if word.len() < FEW { SHORT_RUN } else { RUN };
    if !whole && piece.len() >= least {
        return piece
            .strip_prefix(b"0x")
            .unwrap_or(piece)
            .iter()
            .all(u8::is_ascii_hexdigit)
            || looks_random(piece);
    }
    in_base64(bytes, word, whole)
}

/// Whether a word of a few letters stands in base64, whose signs part it: between two of them only when nothing but
/// base64 has what stands there.
fn in_base64(bytes: &[u8], word: &Range<usize>, whole: bool) -> bool {
    let random = |run: &[u8]| run.len() >= RUN && randomness(run) >= BASE64 && looks_random(run);
    let classic = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let url = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if word.len() >= FEW {
        return false;
    }
    let run_of = run(bytes, word, classic);
    random(run_of) && (!whole || run_of.contains(&b'+')) || !whole && random(run(bytes, word, url))
}

/// The run of bytes of a kind around a word.
fn run<'b>(bytes: &'b [u8], word: &Range<usize>, kind: impl Fn(&u8) -> bool) -> &'b [u8] {
    let low = word.start.saturating_sub(REACH);
    let high = word.end.saturating_add(REACH).min(bytes.len());
    let head = bytes.get(low..word.start).unwrap_or_default();
    let tail = bytes.get(word.end..high).unwrap_or_default();
    let before = head.iter().rev().take_while(|byte| kind(byte)).count();
    let behind = tail.iter().take_while(|byte| kind(byte)).count();
    bytes
        .get(word.start - before..word.end + behind)
        .unwrap_or_default()
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
    fn words_in_base64_name_nobody() {
        let alnum = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnopqrstuvwxyz0123456789";
        let mut seed = Seed(3);
        let mut drawn = |length| String::from_utf8(seed.value(alnum, length)).unwrap();
        for _ in 0..50 {
            let [a, b, c, d] = [5, 13, 9, 12].map(&mut drawn);
            for text in [
                format!("\"base64\": \"{a}+{b}/{c}7BpX{d}=\""),
                format!("\"base64\": \"{a}+{b}/BpX/{c}{d}=\""),
                format!("\"code\": \"{a}-{b}_{c}7BpX{d}\""),
                format!("\"nonce\": \"BpX{d}9\""),
            ] {
                assert!(stands(&text, "BpX"), "{text}");
            }
        }
        let hex = String::from_utf8(Seed(4).value(b"0123456789abcdef", 32)).unwrap();
        for text in [
            format!("https://host.example/bpx/{hex}"),
            format!("bpxKey_{hex}"),
            format!("/api/v1/bpx/accounts/{hex}/orders"),
            "application/vnd.bpx+json".to_owned(),
        ] {
            assert!(!stands(&text, "bpx"), "{text}");
        }
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
