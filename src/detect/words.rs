//! Names as words: `binanceApiKey2`, `BINANCE_API_KEY_2` and `binance-api-key-2` are all
//! `binance api key 2`.

/// How much of a name is read: its end, since the last word is what the name is about.
const LONGEST: usize = 128;

/// The words of a name, in lower case and in order.
///
/// ASCII letters are lowered; other bytes stay as they are and count as letters, so a word of
/// another script stays whole.
#[derive(Clone, Copy)]
pub struct Words {
    text: [u8; LONGEST],
    /// Where each word ends in `text`; words follow each other without gaps.
    ends: [u8; LONGEST],
    count: usize,
}

/// Splits a name into words: at signs and blanks, where a small letter or a digit is followed by
/// a capital (`apiKey`), before the last of several capitals when a small letter follows
/// (`APIKey`), and where letters and digits meet (`apiKey2`). `OAuth` and plurals of
/// abbreviations (`IDs`) stay whole; `apikey` is one word.
///
/// Of a name over 128 bytes the last 128 are read. Nothing is allocated.
pub fn words(name: &[u8]) -> Words {
    let name = name
        .get(name.len().saturating_sub(LONGEST)..)
        .unwrap_or(name);
    let mut words = Words {
        text: [0; LONGEST],
        ends: [0; LONGEST],
        count: 0,
    };
    let mut length = 0_usize;
    for (place, &byte) in name.iter().enumerate() {
        let kind = Kind::of(byte);
        let before = place
            .checked_sub(1)
            .and_then(|last| name.get(last))
            .copied();
        if kind == Kind::Sign || before.is_some_and(|before| starts(before, kind, name, place)) {
            words.end(length);
        }
        if kind != Kind::Sign
            && let Some(slot) = words.text.get_mut(length)
        {
            *slot = byte.to_ascii_lowercase();
            length += 1;
        }
    }
    words.end(length);
    words
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Small,
    Capital,
    Digit,
    Sign,
}

impl Kind {
    fn of(byte: u8) -> Self {
        match byte {
            b'A'..=b'Z' => Self::Capital,
            b'0'..=b'9' => Self::Digit,
            b'a'..=b'z' | 0x80.. => Self::Small,
            _ => Self::Sign,
        }
    }
}

/// Whether a word begins at `place`, where a byte of `kind` follows `before`.
fn starts(before: u8, kind: Kind, name: &[u8], place: usize) -> bool {
    let next = name.get(place + 1).copied();
    match (Kind::of(before), kind) {
        (Kind::Small | Kind::Capital, Kind::Digit) | (Kind::Digit, Kind::Small | Kind::Capital) => {
            true
        }
        (Kind::Small, Kind::Capital) => true,
        (Kind::Capital, Kind::Capital) => {
            next.is_some_and(|next| Kind::of(next) == Kind::Small)
                && !plural(name, place + 1)
                && !oauth(name, place)
        }
        _ => false,
    }
}

/// Whether a small `s` at `place` ends a word of capitals: `IDs`, `URLsOf`.
fn plural(name: &[u8], place: usize) -> bool {
    name.get(place) == Some(&b's')
        && name
            .get(place + 1)
            .is_none_or(|&next| Kind::of(next) != Kind::Small)
}

/// Whether the `A` of an `OAuth` stands at `place`.
fn oauth(name: &[u8], place: usize) -> bool {
    name.get(place.saturating_sub(1)..)
        .is_some_and(|rest| rest.starts_with(b"OAuth"))
}

impl Words {
    fn end(&mut self, length: usize) {
        if length > self.start(self.count)
            && let Some(end) = self.ends.get_mut(self.count)
        {
            // At most 128.
            *end = length as u8;
            self.count += 1;
        }
    }

    fn start(&self, index: usize) -> usize {
        index
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .map_or(0, |&end| end.into())
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether the name holds no word.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The word at a place, from 0.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        if index >= self.count {
            return None;
        }
        self.text
            .get(self.start(index)..usize::from(*self.ends.get(index)?))
    }

    /// The last word: what the name is about.
    pub fn last(&self) -> Option<&[u8]> {
        self.get(self.count.checked_sub(1)?)
    }

    /// The words in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[u8]> + Clone {
        (0..self.count).filter_map(|index| self.get(index))
    }

    /// Whether a word is among them.
    pub fn contains(&self, word: &[u8]) -> bool {
        self.iter().any(|own| own == word)
    }

    /// Where the given words stand one after the other: the place of the first.
    pub fn find(&self, wanted: &[&[u8]]) -> Option<usize> {
        let last = self.count.checked_sub(wanted.len())?;
        (0..=last).find(|&start| {
            wanted
                .iter()
                .enumerate()
                .all(|(offset, &word)| self.get(start + offset) == Some(word))
        })
    }

    /// The words without their last ones, down to `count`.
    #[must_use]
    pub fn first(mut self, count: usize) -> Self {
        self.count = self.count.min(count);
        self
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.iter().map(String::from_utf8_lossy))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn split(name: &str) -> String {
        words(name.as_bytes())
            .iter()
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn names_are_split() {
        for (name, expected) in [
            ("apiKey2", "api key 2"),
            ("APIKey", "api key"),
            ("apikey", "apikey"),
            ("BINANCE_API_KEY", "binance api key"),
            ("binance-api-key", "binance api key"),
            ("exchange.binance.apiKey", "exchange binance api key"),
            ("HTTPSProxy", "https proxy"),
            ("X-MBX-APIKEY", "x mbx apikey"),
            ("userIDs", "user ids"),
            ("OAuthToken", "oauth token"),
            ("myOAuth2Token", "my oauth 2 token"),
            ("sha256", "sha 256"),
            ("__private__", "private"),
            ("accounts[0].key", "accounts 0 key"),
            ("ключДоступа", "ключДоступа"),
            ("你的_API_KEY", "你的 api key"),
            ("K", "k"),
            ("", ""),
            ("--", ""),
        ] {
            assert_eq!(split(name), expected, "{name}");
        }
    }

    #[test]
    fn words_are_found() {
        let name = words(b"myPublicKeyHex");
        assert_eq!(name.len(), 4);
        assert_eq!(name.find(&[b"public", b"key"]), Some(1));
        assert_eq!(name.find(&[b"key", b"public"]), None);
        assert_eq!(name.last(), Some(&b"hex"[..]));
        assert_eq!(name.first(3).last(), Some(&b"key"[..]));
        assert!(name.contains(b"my") && !name.contains(b"m"));
        assert!(words(b"").find(&[b"a"]).is_none());
    }

    #[test]
    fn long_names_keep_their_end() {
        let name = format!("{}_secretKey", "a".repeat(500));
        let name = words(name.as_bytes());
        assert_eq!(name.len(), 3);
        assert_eq!(name.last(), Some(&b"key"[..]));
        assert_eq!(words("a1".repeat(300).as_bytes()).len(), 128);
    }
}
