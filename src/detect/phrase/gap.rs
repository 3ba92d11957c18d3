//! What stands between two words of a phrase.

use super::word::{Kind, kind};

/// The longest gap that is looked at, in bytes.
const LONGEST: usize = 48;

/// What separates two words, with numbers, blanks and indentation evened out: in a numbered list
/// `\n1. ` and `\n12. ` are the same gap, in an array all `", "` are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing: Chinese without spaces.
    Empty,
    /// Something within a line: its digest.
    Soft(u64),
    /// The end of a line, with what stands around it: its digest.
    Line(u64),
    /// A word that joins the last one of a list to the others: its digest.
    Join(u64),
    /// What ends a phrase: a colon, an equals sign, a bracket, an empty line. Its digest.
    Hard(u64),
    /// No other word stands near.
    Wide,
}

impl Gap {
    /// Whether a phrase never reaches over this gap.
    pub(super) fn is_hard(self) -> bool {
        matches!(self, Self::Hard(_) | Self::Wide)
    }

    /// Whether a line ends here, or more.
    pub(super) fn ends_line(self) -> bool {
        matches!(self, Self::Line(_)) || self.is_hard()
    }

    /// What stands between two offsets.
    pub(super) fn between(bytes: &[u8], start: usize, end: usize) -> Self {
        match bytes.get(start..end) {
            Some([]) => Self::Empty,
            Some(gap) if gap.len() <= LONGEST => class(gap),
            _ => Self::Wide,
        }
    }

    /// What stands between a word that starts here and the word before it.
    pub(super) fn before(bytes: &[u8], start: usize) -> Self {
        let head = bytes.get(start.saturating_sub(LONGEST)..start);
        let head = head.unwrap_or_default();
        let mut rest = head;
        while !rest.is_empty() {
            let (letter, length) = bstr::decode_last_utf8(rest);
            if is_word(letter) {
                return Self::between(bytes, start - (head.len() - rest.len()), start);
            }
            rest = rest.get(..rest.len() - length.max(1)).unwrap_or_default();
        }
        Self::Wide
    }

    /// What stands between a word that ends here and the word after it.
    pub(super) fn after(bytes: &[u8], end: usize) -> Self {
        let tail = bytes.get(end..).unwrap_or_default();
        let tail = tail.get(..LONGEST).unwrap_or(tail);
        let mut rest = tail;
        while !rest.is_empty() {
            let (letter, length) = bstr::decode_utf8(rest);
            if is_word(letter) {
                return Self::between(bytes, end, end + (tail.len() - rest.len()));
            }
            rest = rest.get(length.max(1)..).unwrap_or_default();
        }
        Self::Wide
    }
}

fn is_word(letter: Option<char>) -> bool {
    letter.is_some_and(|letter| kind(letter) != Kind::Other)
}

/// The class of a gap that is not empty.
fn class(gap: &[u8]) -> Gap {
    let mut digest = Digest::default();
    let (mut lines, mut blank, mut digit, mut hard) = (0, false, false, false);
    let (mut line, mut join) = (false, false);
    let mut rest = gap;
    while !rest.is_empty() {
        let (letter, length) = bstr::decode_utf8(rest);
        rest = rest.get(length.max(1)..).unwrap_or_default();
        match letter.unwrap_or(char::REPLACEMENT_CHARACTER) {
            '\n' => (lines, line) = (lines + 1, true),
            letter if letter.is_whitespace() => blank = true,
            letter => {
                digest.space(lines, blank);
                hard |= lines > 1;
                (lines, blank) = (0, false);
                let number = letter.is_ascii_digit();
                if !(number && digit) {
                    digest.add(if number { '0' } else { letter });
                }
                digit = number;
                hard |= is_hard(letter) || letter.is_control();
                join |= letter.is_alphabetic();
                continue;
            }
        }
        digit = false;
    }
    digest.space(lines, blank);
    hard |= lines > 1;
    match (hard, join, line) {
        (true, ..) => Gap::Hard(digest.0),
        (_, true, _) => Gap::Join(digest.0),
        (_, _, true) => Gap::Line(digest.0),
        _ => Gap::Soft(digest.0),
    }
}

/// Punctuation that does not stand between the words of a phrase. Neither do control characters: among them stand the
/// names of a font's glyphs, each behind its length
/// (<https://learn.microsoft.com/typography/opentype/spec/post#version-20>).
fn is_hard(letter: char) -> bool {
    matches!(
        letter,
        ':' | '=' | ';' | '(' | '[' | ']' | '{' | '}' | '<' | '?' | '!' | '：' | '；' | '。'
    )
}

/// FNV-1a: equal gaps are told from unequal ones, nothing else hangs on it.
struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    fn add(&mut self, letter: char) {
        self.0 = (self.0 ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3);
    }

    /// One blank, one line end or an empty line, whatever the indentation.
    fn space(&mut self, lines: u32, blank: bool) {
        match lines {
            0 if blank => self.add(' '),
            0 => {}
            1 => self.add('\n'),
            _ => {
                self.add('\n');
                self.add('\n');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        class(one.as_bytes()) == class(other.as_bytes())
    }

    #[test]
    fn numbers_and_indentation_do_not_count() {
        assert!(same("\n1. ", "\r\n   12.  "));
        assert!(same("\", \"", "\",  \""));
        assert!(same(" ", "\u{3000}"));
        assert!(!same("\", \"", "\"], \""));
        assert!(!same(" ", "\n"));
        assert!(!same("\n", "\n\n"));
    }

    #[test]
    fn phrases_end_at_colons_and_empty_lines() {
        for gap in [
            ": ", " = \"", "\n\n", "：", "([\"", "\n  \n", "\u{5}", "\u{8}\n",
        ] {
            assert!(class(gap.as_bytes()).is_hard(), "{gap:?}");
        }
        for gap in [" ", "\n", ", ", "\", \"", "\n3) ", "-", "_", "\" +\n  \""] {
            assert!(!class(gap.as_bytes()).is_hard(), "{gap:?}");
        }
    }

    #[test]
    fn gaps_at_the_rim() {
        assert_eq!(Gap::before(b"  word", 2), Gap::Wide);
        assert_eq!(Gap::before(b"a  word", 3), class(b" "));
        assert_eq!(Gap::after(b"word \xff", 4), Gap::Wide);
        assert_eq!(Gap::after("word，a".as_bytes(), 4), class("，".as_bytes()));
        assert_eq!(Gap::after(b"word", 9), Gap::Wide);
    }
}
