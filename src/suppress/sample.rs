//! Values that were published: documentation samples and well-known development keys, known by
//! their SHA-256, so that the values themselves stand nowhere.

use sha2::{Digest, Sha256};

/// Whether the hash of a value, or of the same hex digits written in another way, is in `sorted`.
///
/// `sorted` holds SHA-256 hashes in ascending order. A value of hex digits, with or without `0x`,
/// is looked up in small letters and in capitals, with and without the prefix; a phrase of several
/// words also in small letters with one blank between words. At most six hashes are made.
pub fn is_sample(sorted: &[[u8; 32]], value: &[u8]) -> bool {
    let listed = |text: &[u8]| sorted.binary_search(&Sha256::digest(text).into()).is_ok();
    if sorted.is_empty() {
        return false;
    }
    if listed(value) {
        return true;
    }
    let digits = value
        .strip_prefix(b"0x")
        .or_else(|| value.strip_prefix(b"0X"))
        .unwrap_or(value);
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit) {
        let (small, capital) = (digits.to_ascii_lowercase(), digits.to_ascii_uppercase());
        return listed(digits)
            || listed(&small)
            || listed(&capital)
            || listed(&[b"0x", &small[..]].concat())
            || listed(&[b"0x", &capital[..]].concat());
    }
    if value.iter().any(u8::is_ascii_whitespace) {
        let words: Vec<Vec<u8>> = value
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty())
            .map(<[u8]>::to_ascii_lowercase)
            .collect();
        return listed(&words.join(&b' '));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(values: &[&str]) -> Vec<[u8; 32]> {
        let mut list: Vec<[u8; 32]> = values
            .iter()
            .map(|value| Sha256::digest(value).into())
            .collect();
        list.sort_unstable();
        list
    }

    #[test]
    fn samples_are_known_in_every_form() {
        let list = list(&["abandon abandon about", "00ffab", "0x11ee", "sAmple"]);
        for value in [
            "00ffab",
            "0x00ffab",
            "0X00FFAB",
            "00FFAB",
            "11ee",
            "0x11EE",
            "sAmple",
            "Abandon  abandon\nabout",
        ] {
            assert!(is_sample(&list, value.as_bytes()), "{value}");
        }
        for value in ["", "0x", "00ffac", "sample", "abandon abandon", "0x00ffab0"] {
            assert!(!is_sample(&list, value.as_bytes()), "{value}");
        }
        assert!(!is_sample(&[], b"00ffab"));
    }
}
