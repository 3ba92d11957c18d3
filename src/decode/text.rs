//! Text that is not made of bytes as ASCII has them: UTF-16 and UTF-32, either way round, with a
//! byte order mark or without.
//!
//! UTF-8, Latin-1 and its kin, and binary files are scanned as they are: a NUL hides nothing.

/// How content is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Scanned as it is.
    #[default]
    Utf8OrBytes,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// UTF-32, low byte first.
    Utf32Le,
    /// UTF-32, high byte first.
    Utf32Be,
}

/// How much of the content decides, in bytes.
const SAMPLE: usize = 4096;

impl Encoding {
    /// Tells the encoding from the begin of the content.
    pub fn detect(bytes: &[u8]) -> Self {
        match bytes {
            [0xff, 0xfe, 0, 0, ..] => return Self::Utf32Le,
            [0, 0, 0xfe, 0xff, ..] => return Self::Utf32Be,
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            _ => {}
        }
        let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
        if memchr::memchr(0, sample).is_none() {
            return Self::Utf8OrBytes;
        }
        [Self::Utf32Le, Self::Utf32Be, Self::Utf16Le, Self::Utf16Be]
            .into_iter()
            .find(|encoding| encoding.plausible(sample))
            .unwrap_or_default()
    }

    /// Bytes of one code unit.
    pub fn unit(self) -> usize {
        match self {
            Self::Utf8OrBytes => 1,
            Self::Utf16Le | Self::Utf16Be => 2,
            Self::Utf32Le | Self::Utf32Be => 4,
        }
    }

    /// How many line ends these bytes hold. They must begin at a whole code unit.
    pub fn lines(self, bytes: &[u8]) -> usize {
        if self == Self::Utf8OrBytes {
            return memchr::memchr_iter(b'\n', bytes).count();
        }
        bytes
            .chunks_exact(self.unit())
            .filter(|unit| self.value(unit) == u32::from(b'\n'))
            .count()
    }

    fn value(self, unit: &[u8]) -> u32 {
        match (self, unit) {
            (Self::Utf16Le, [a, b]) => u16::from_le_bytes([*a, *b]).into(),
            (Self::Utf16Be, [a, b]) => u16::from_be_bytes([*a, *b]).into(),
            (Self::Utf32Le, [a, b, c, d]) => u32::from_le_bytes([*a, *b, *c, *d]),
            (Self::Utf32Be, [a, b, c, d]) => u32::from_be_bytes([*a, *b, *c, *d]),
            _ => u32::MAX,
        }
    }

    /// Whether a sample without a mark reads as text: nothing but characters, no control
    /// characters, ASCII among them, and no ASCII when read byte by byte. Numbers in a binary
    /// file, and strings with a NUL after each, fail one of the four.
    fn plausible(self, sample: &[u8]) -> bool {
        let (mut units, mut ascii, mut bytes_are_ascii) = (0_usize, 0_usize, 0_usize);
        let whole = sample.len() - sample.len() % self.unit();
        let mut rest = sample.get(..whole).unwrap_or_default();
        while !rest.is_empty() {
            let (value, length) = self.next(rest);
            let (unit, left) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            rest = left;
            match value {
                Some('\t' | '\n' | '\r' | ' '..='~') => ascii += 1,
                Some(c) if c.is_control() || u32::from(c) & 0xfffe == 0xfffe => return false,
                Some(_) if unit.iter().all(|byte| matches!(byte, b' '..=b'~')) => {
                    bytes_are_ascii += 1;
                }
                Some(_) => {}
                // A pair that the end of the sample cuts.
                None if rest.is_empty() && sample.len() >= SAMPLE => {}
                None => return false,
            }
            units += 1;
        }
        // One in sixteen: text of any script has spaces, digits or line ends. A quarter of
        // Chinese characters look like two of ASCII; where ASCII prevails that says nothing.
        units >= 4
            && ascii * 16 >= units
            && (ascii * 2 >= units || bytes_are_ascii * 2 <= units - ascii)
    }

    /// The first character and its length in bytes; none where the bytes are none. The bytes
    /// must not be empty.
    fn next(self, bytes: &[u8]) -> (Option<char>, usize) {
        let unit = self.unit();
        let Some(value) = bytes.get(..unit).map(|first| self.value(first)) else {
            return (None, bytes.len());
        };
        if unit == 2
            && (0xd800..0xdc00).contains(&value)
            && let Some(low) = bytes.get(2..4).map(|second| self.value(second))
            && (0xdc00..0xe000).contains(&low)
        {
            let joined = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
            return (char::from_u32(joined), 4);
        }
        (char::from_u32(value), unit)
    }
}

/// Content decoded to UTF-8, with the way back.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// The text. What was no character is U+FFFD.
    pub text: String,
    runs: Vec<Run>,
}

/// Characters in a row that all take the same room on both sides. Pieces are far smaller than 4 GiB, and a text may
/// have a run for each of its characters.
#[derive(Clone, Copy, Debug)]
struct Run {
    text: u32,
    stored: u32,
    text_step: u8,
    stored_step: u8,
}

impl Run {
    fn new(text: usize, stored: usize, text_step: usize, stored_step: usize) -> Self {
        let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let step = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
        Self {
            text: short(text),
            stored: short(stored),
            text_step: step(text_step),
            stored_step: step(stored_step),
        }
    }
}

impl Text {
    /// Adds ASCII characters that are stored at equal distances.
    pub(super) fn spaced(
        &mut self,
        characters: impl Iterator<Item = u8>,
        first: usize,
        distance: usize,
    ) {
        self.runs
            .push(Run::new(self.text.len(), first, 1, distance));
        self.text.extend(characters.map(char::from));
    }

    /// Says where the stored content ends: that is a place too.
    pub(super) fn ended(mut self, stored: usize) -> Self {
        self.runs.push(Run::new(self.text.len(), stored, 1, 0));
        self
    }

    /// The byte offset in the stored content of the character that holds this byte of the text;
    /// the content's end for the text's end and beyond. Never falls when the offset rises.
    pub fn stored(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let at = self.runs.partition_point(|run| run.text as usize <= offset);
        match at.checked_sub(1).and_then(|at| self.runs.get(at)) {
            Some(run) => {
                let characters = (offset - run.text as usize) / usize::from(run.text_step).max(1);
                (run.stored as usize)
                    .saturating_add(characters.saturating_mul(run.stored_step.into()))
            }
            None => 0,
        }
    }
}

/// Decodes content; none when it is scanned as it is.
pub fn to_text(bytes: &[u8]) -> Option<Text> {
    decode(bytes, Encoding::detect(bytes))
}

/// Decodes content, or a window of it, whose encoding is known; none when it is scanned as it
/// is. A window must begin at a whole code unit. A byte order mark is kept, as U+FEFF.
pub fn decode(bytes: &[u8], encoding: Encoding) -> Option<Text> {
    if encoding == Encoding::Utf8OrBytes {
        return None;
    }
    let mut out = Text {
        text: String::with_capacity(bytes.len() / encoding.unit() + 16),
        runs: Vec::new(),
    };
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let (value, length) = encoding.next(rest);
        let value = value.unwrap_or(char::REPLACEMENT_CHARACTER);
        let run = Run::new(out.text.len(), at, value.len_utf8(), length);
        let same =
            |last: &Run| (last.text_step, last.stored_step) == (run.text_step, run.stored_step);
        if !out.runs.last().is_some_and(same) {
            out.runs.push(run);
        }
        out.text.push(value);
        at += length;
    }
    Some(out.ended(bytes.len()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Encoding, decode, to_text};

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn either_way_with_and_without_mark() {
        for text in [
            "API_KEY=abc\r\nx = 1\n",
            "名前 = \"値\"\nkey=1\n",
            "clé: 😀 secret\n",
        ] {
            for (little, encoding) in [(true, Encoding::Utf16Le), (false, Encoding::Utf16Be)] {
                let plain = utf16(text, little);
                assert_eq!(Encoding::detect(&plain), encoding, "{text:?}");
                assert_eq!(to_text(&plain).unwrap().text, text);
                let marked = utf16(&format!("\u{feff}{text}"), little);
                assert_eq!(to_text(&marked).unwrap().text, format!("\u{feff}{text}"));
            }
            let wide: Vec<u8> = text
                .chars()
                .flat_map(|c| u32::from(c).to_le_bytes())
                .collect();
            assert_eq!(to_text(&wide).unwrap().text, text);
            let wide: Vec<u8> = text
                .chars()
                .flat_map(|c| u32::from(c).to_be_bytes())
                .collect();
            assert_eq!(to_text(&wide).unwrap().text, text);
        }
    }

    #[test]
    fn bytes_stay_bytes() {
        let numbers: Vec<u8> = (0..500_u16).flat_map(u16::to_le_bytes).collect();
        for bytes in [
            &b""[..],
            b"plain",
            b"a\0b\0",
            b"key=1\0key=2\0key=3",
            b"caf\xe9 = 1",
            b"A=1\0LONGER_NAME=value\0B=22\0",
            &numbers,
            &[0; 64],
        ] {
            assert_eq!(Encoding::detect(bytes), Encoding::Utf8OrBytes, "{bytes:?}");
            assert!(to_text(bytes).is_none());
        }
    }

    #[test]
    fn the_way_back() {
        let text = "a😀é值\nzz";
        let bytes = utf16(text, true);
        let decoded = decode(&bytes, Encoding::Utf16Le).unwrap();
        let mut stored = 0;
        for (offset, c) in text.char_indices() {
            for inside in 0..c.len_utf8() {
                assert_eq!(decoded.stored(offset + inside), stored, "{c}");
            }
            stored += 2 * c.len_utf16();
        }
        assert_eq!(decoded.stored(text.len()), bytes.len());
        assert_eq!(decoded.stored(text.len() + 9), bytes.len());
    }

    #[test]
    fn characters_of_many_widths_take_little_room() {
        let bytes = utf16(&"a\u{e9}".repeat(1000), true);
        let decoded = decode(&bytes, Encoding::Utf16Le).unwrap();
        assert_eq!(decoded.runs.len(), 2001, "each character is a run");
        assert!(size_of_val(&*decoded.runs) <= 7 * bytes.len());
    }

    #[test]
    fn broken_ends_and_halves() {
        let mut bytes = utf16("ab", true);
        bytes.extend([0x00, 0xd8, b'c', 0, b'd']);
        let decoded = decode(&bytes, Encoding::Utf16Le).unwrap();
        assert_eq!(decoded.text, "ab\u{fffd}c\u{fffd}");
        assert_eq!(decoded.stored(decoded.text.len()), bytes.len());
    }
}
