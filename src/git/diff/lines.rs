//! Which lines of a text are not in an older version of it.

use std::ops::Range;

use gix_imara_diff::{Algorithm, Diff, InternedInput, TokenSource};

use crate::decode::text;

/// The most lines of a version, and the most bytes, that are compared; of larger ones every line counts as
/// added.
const MOST_LINES: usize = 1 << 21;
const MOST_BYTES: usize = 64 << 20;

/// U+FEFF in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The lines of a version that an older one has not.
#[derive(Debug)]
pub struct Added(Option<Vec<Range<u32>>>);

impl Added {
    /// Compares two versions of a file, as they are stored; UTF-16 and UTF-32 are decoded as for a scan.
    ///
    /// Lines are told apart as git's histogram diff does, with its heuristic for where a group of added
    /// lines begins; but a last line without line end is the same line as one with it, so that what is
    /// written after it does not make it new.
    pub fn between(before: &[u8], after: &[u8]) -> Self {
        let (old, new) = (text::to_text(before), text::to_text(after));
        let before = old.as_ref().map_or(before, |text| text.text.as_bytes());
        let after = new.as_ref().map_or(after, |text| text.text.as_bytes());
        // A byte order mark is no part of the first line.
        let before = before.strip_prefix(MARK).unwrap_or(before);
        let after = after.strip_prefix(MARK).unwrap_or(after);
        let fits = |text: &[u8]| {
            text.len() <= MOST_BYTES && memchr::memchr_iter(b'\n', text).count() <= MOST_LINES
        };
        if !fits(before) || !fits(after) {
            return Self::all();
        }
        let input = InternedInput::new(Lines(before), Lines(after));
        let mut diff = Diff::compute(Algorithm::Histogram, &input);
        diff.postprocess_lines(&input);
        // Those that only take lines away are at no line.
        let added = diff.hunks().map(|hunk| hunk.after);
        Self(Some(added.filter(|lines| !lines.is_empty()).collect()))
    }

    /// Every line is added: there is no older version.
    pub fn all() -> Self {
        Self(None)
    }

    /// Whether a line is added; the first one is 1.
    pub fn has(&self, line: u32) -> bool {
        let Some(added) = &self.0 else {
            return true;
        };
        let line = line.saturating_sub(1);
        let at = added.partition_point(|lines| lines.end <= line);
        added.get(at).is_some_and(|lines| lines.contains(&line))
    }
}

/// Lines without their line feed; a carriage return belongs to the line.
#[derive(Clone, Copy)]
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.0).unwrap_or(self.0.len());
        let (line, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.get(1..).unwrap_or_default();
        Some(line)
    }
}

impl<'a> TokenSource for Lines<'a> {
    type Token = &'a [u8];
    type Tokenizer = Self;

    fn tokenize(&self) -> Self {
        *self
    }

    fn estimate_tokens(&self) -> u32 {
        u32::try_from(self.0.len() / 32).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::Added;

    fn added(before: &str, after: &str) -> Vec<u32> {
        let added = Added::between(before.as_bytes(), after.as_bytes());
        (1..=10).filter(|line| added.has(*line)).collect()
    }

    #[test]
    fn added_and_changed_lines_and_no_others() {
        assert_eq!(added("a\nb\nc\n", "a\nx\nc\nd\n"), [2, 4]);
        assert!(added("a\nb\nc\n", "a\nc\n").is_empty());
        assert_eq!(added("", "a\nb\n"), [1, 2]);
        assert!(added("a\nb\n", "b\n").is_empty());
    }

    #[test]
    fn a_missing_line_end_makes_no_line_new() {
        assert_eq!(added("a\nb", "a\nb\nc\n"), [3]);
        assert!(added("a\nb\n", "a\nb").is_empty());
        assert!(added("a\nb", "a\nb\n").is_empty());
        assert_eq!(added("a\nb", "a\nb\n\n"), [3]);
    }

    #[test]
    fn a_carriage_return_is_part_of_the_line() {
        assert_eq!(added("a\nb\n", "a\r\nb\r\n"), [1, 2]);
    }

    #[test]
    fn wide_text_is_compared_as_text() {
        let wide = |text: &str| -> Vec<u8> {
            let marked = format!("\u{feff}{text}");
            marked.encode_utf16().flat_map(u16::to_le_bytes).collect()
        };
        let added = Added::between(&wide("one\ntwo\n"), &wide("one\nnew\ntwo\n"));
        let lines: Vec<u32> = (1..=4).filter(|line| added.has(*line)).collect();
        assert_eq!(lines, [2]);
        // From one encoding to another nothing changes.
        let added = Added::between(b"\xef\xbb\xbfone\ntwo\n", &wide("one\ntwo\n"));
        assert!(!added.has(1) && !added.has(2));
    }

    #[test]
    fn two_lines_that_repeat_without_end_take_no_time() {
        // In time that grows with the square of the lines this would be minutes.
        let lines = |mut seed: u32| -> String {
            let mut line = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if seed >> 31 == 0 { "a\n" } else { "b\n" }
            };
            (0..100_000).map(|_| line()).collect()
        };
        let began = std::time::Instant::now();
        let after = format!("{}new\n", lines(2));
        let added = Added::between(lines(1).as_bytes(), after.as_bytes());
        assert!(added.has(100_001));
        assert!(began.elapsed().as_secs() < 30);
    }

    #[test]
    fn without_an_older_version_all_is_new() {
        assert!(Added::all().has(1) && Added::all().has(u32::MAX));
    }
}
