//! Splits names and text into lower-case words: `binanceApiKey`, `BINANCE_API_KEY` and
//! `binance.api-key` are all `binance api key`.

/// One word: the hash of its lower-case letters and digits, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// [`hash`] of the word in lower case.
    pub hash: u64,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const STEP: u64 = 0x0000_0100_0000_01b3;

/// FNV-1a of a word in lower case.
pub const fn hash(word: &[u8]) -> u64 {
    let mut hash = SEED;
    let mut at = 0;
    while at < word.len() {
        hash = (hash ^ word[at].to_ascii_lowercase() as u64).wrapping_mul(STEP);
        at += 1;
    }
    hash
}

/// The words of a text, in order. A word is a stretch of letters of one case, with a capital in front
/// or not; capitals before a capitalised word are a word (`OKXApi` is `okx api`); digits belong to the
/// word before them; bytes beyond ASCII count as letters.
pub fn words(text: &[u8]) -> Words<'_> {
    Words { text, at: 0 }
}

/// Iterator of [`words`].
#[derive(Clone)]
pub struct Words<'t> {
    text: &'t [u8],
    at: usize,
}

const OTHER: u8 = 0;
const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 3;

static KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'a'..=b'z' | 128..=255 => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
};

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let text = self.text;
        let kind = |at: usize| text.get(at).map_or(OTHER, |b| KINDS[usize::from(*b)]);
        let mut start = self.at;
        while start < text.len() && kind(start) == OTHER {
            start += 1;
        }
        if start >= text.len() {
            self.at = start;
            return None;
        }
        let mut end = start + 1;
        if kind(start) == UPPER && kind(end) == UPPER {
            while kind(end) == UPPER {
                end += 1;
            }
            // The last capital belongs to the word that follows, but for a plural or a unit (`IDs`).
            if kind(end) == LOWER && kind(end + 1) == LOWER {
                end -= 1;
            } else {
                while kind(end) == LOWER {
                    end += 1;
                }
            }
        } else if kind(start) != DIGIT {
            while kind(end) == LOWER {
                end += 1;
            }
        }
        while kind(end) == DIGIT {
            end += 1;
        }
        let mut hash = SEED;
        for byte in &text[start..end] {
            hash = (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(STEP);
        }
        self.at = end;
        Some(Word { hash, start, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        words(text.as_bytes())
            .map(|w| text[w.start..w.end].to_lowercase())
            .collect()
    }

    #[test]
    fn names_split_alike_in_every_style() {
        for name in [
            "binanceApiKey",
            "BINANCE_API_KEY",
            "binance.api-key",
            "BinanceAPIKey",
        ] {
            assert_eq!(split(name), ["binance", "api", "key"], "{name}");
        }
        assert_eq!(split("OKXApi"), ["okx", "api"]);
        assert_eq!(split("RestClientV5"), ["rest", "client", "v5"]);
        assert_eq!(split("apiKey2"), ["api", "key2"]);
        assert_eq!(split("3commas_key"), ["3", "commas", "key"]);
        assert_eq!(split("userIDs"), ["user", "ids"]);
        assert_eq!(split(""), Vec::<String>::new());
    }

    #[test]
    fn the_hash_is_of_the_lower_case_word() {
        let word = words(b"ByBit").next();
        assert_eq!(word.map(|w| w.hash), Some(hash(b"by")));
        assert_eq!(hash(b"BYBIT"), hash(b"bybit"));
    }
}
