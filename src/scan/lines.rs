//! Lines and columns of a text.

use std::ops::Range;

use crate::finding::Span;

/// Where lines begin and columns stand; each answer costs the same wherever it is asked.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t [u8],
    first: u32,
    /// Where each line but the first begins; made when first asked for.
    starts: Option<Vec<u32>>,
    /// Characters and UTF-16 units before some offsets, in order, as far as it was asked for.
    counts: Vec<Count>,
}

/// Every so many bytes there is a count.
const STEP: usize = 1 << 10;

/// Characters and UTF-16 units before an offset.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    at: usize,
    characters: usize,
    units: usize,
}

impl Count {
    /// With what stands between it and `to`. What is no character counts as one.
    fn to(mut self, text: &[u8], to: usize) -> Self {
        let between = &text[self.at..to];
        if between.is_ascii() {
            self.characters += between.len();
            self.units += between.len();
            self.at = to;
            return self;
        }
        for chunk in between.utf8_chunks() {
            let invalid = usize::from(!chunk.invalid().is_empty());
            self.characters += chunk.valid().chars().count() + invalid;
            self.units += chunk.valid().encode_utf16().count() + invalid;
        }
        self.at = to;
        self
    }
}

impl<'t> Lines<'t> {
    /// Of a text whose first byte is on line `first`.
    pub(super) fn new(text: &'t [u8], first: u32) -> Self {
        Self {
            text,
            first,
            starts: None,
            counts: vec![Count::default()],
        }
    }

    /// The line that holds the byte at `at`, and the line's span without its end.
    pub(super) fn line(&mut self, at: usize) -> (u32, Range<usize>) {
        let text = self.text;
        let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let starts = self.starts.get_or_insert_with(|| {
            memchr::memchr_iter(b'\n', text)
                .map(|end| short(end + 1))
                .collect()
        });
        let number = starts.partition_point(|start| *start as usize <= at);
        let start = match number {
            0 => 0,
            _ => starts[number - 1] as usize,
        };
        let end = starts
            .get(number)
            .map_or(text.len(), |next| *next as usize - 1);
        let end = if text[start..end].ends_with(b"\r") {
            end - 1
        } else {
            end
        };
        let number = self.first.saturating_add(short(number));
        (number, start..end.max(at))
    }

    /// The span of a range; `stored` gives the offset in the content as stored.
    pub(super) fn span(&mut self, range: &Range<usize>, stored: &dyn Fn(usize) -> u64) -> Span {
        let (line, start) = self.line(range.start);
        let (column, column_utf16) = self.columns(start.start, range.start);
        let last = range.end.max(range.start + 1) - 1;
        let (end_line, end) =
            self.line(last.min(self.text.len().saturating_sub(1)).max(range.start));
        let (end_column, end_column_utf16) = self.columns(end.start, range.end.max(end.start));
        Span {
            start: stored(range.start),
            end: stored(range.end),
            line,
            column,
            column_utf16,
            end_line,
            end_column,
            end_column_utf16,
        }
    }

    /// The columns, in characters and in UTF-16 units, of an offset on the line that begins at
    /// `start`.
    fn columns(&mut self, start: usize, at: usize) -> (u32, u32) {
        let (start, at) = (self.count(start), self.count(at));
        let column = |from: usize, to: usize| u32::try_from(to - from + 1).unwrap_or(u32::MAX);
        (
            column(start.characters, at.characters),
            column(start.units, at.units),
        )
    }

    fn count(&mut self, at: usize) -> Count {
        let mut last = self.counts.last().copied().unwrap_or_default();
        while last.at + STEP <= at {
            // Four bytes behind each other that go on from another: the last one is no part of a
            // character.
            let next = last.at + STEP;
            let inside = self.text[next..].iter().take(3);
            let inside = inside.take_while(|byte| **byte & 0xc0 == 0x80).count();
            last = last.to(self.text, next + inside);
            self.counts.push(last);
        }
        let near = self.counts.partition_point(|count| count.at <= at);
        let near = near.checked_sub(1).and_then(|near| self.counts.get(near));
        near.copied().unwrap_or_default().to(self.text, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let text = "a\nßö𝄞 key\r\nlast".as_bytes();
        let mut lines = Lines::new(text, 7);
        let start = text.windows(3).position(|w| w == b"key").unwrap_or(0);
        let span = lines.span(&(start..start + 3), &|at| at as u64);
        assert_eq!((span.line, span.column, span.column_utf16), (8, 5, 6));
        assert_eq!(
            (span.end_line, span.end_column, span.end_column_utf16),
            (8, 8, 9)
        );
        let whole = lines.span(&(0..text.len()), &|at| at as u64);
        assert_eq!((whole.line, whole.end_line, whole.end_column), (7, 9, 5));
        assert_eq!(lines.line(3).1, 2..start + 3);
    }

    #[test]
    fn columns_of_long_lines_count_as_those_of_short_ones() {
        let mut text = b"first\n".to_vec();
        for n in 0..3000_u32 {
            text.extend("aé値𝄞".bytes());
            text.extend(&[0x80, 0xbf, 0x80, 0xe2, 0x82, 0x80, 0x80][..n as usize % 8]);
        }
        let mut lines = Lines::new(&text, 1);
        for at in (6..text.len()).rev().step_by(101) {
            if text[at] & 0xc0 == 0x80 {
                continue;
            }
            let plain = Count {
                at: 6,
                ..Count::default()
            };
            let plain = plain.to(&text, at);
            assert_eq!(
                lines.columns(6, at),
                (plain.characters as u32 + 1, plain.units as u32 + 1),
                "{at}"
            );
        }
    }
}
