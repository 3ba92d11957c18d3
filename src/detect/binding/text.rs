//! Moving about in text of any language: lines, blanks, identifiers, quotes.

use std::ops::Range;

/// A text and the lowest offset that may be looked at.
#[derive(Clone, Copy)]
pub(super) struct Text<'t> {
    /// The bytes.
    pub(super) bytes: &'t [u8],
    /// Nothing before this is read.
    pub(super) low: usize,
    /// Nothing from here on is read.
    pub(super) high: usize,
    /// Where the value's line begins, and the value; the same place twice where that is not known.
    line: (usize, usize),
    /// Where the value ends, and its line.
    rest: (usize, usize),
}

/// Bytes that names are made of, in one language or another.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.' | b'-' | b'@') || byte >= 0x80
}

pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

impl<'t> Text<'t> {
    /// The bytes from `low` up to `high`.
    pub(super) fn new(bytes: &'t [u8], low: usize, high: usize) -> Self {
        Self {
            bytes,
            low,
            high,
            line: (low, low),
            rest: (high, high),
        }
    }

    /// The same around a value: the ends of its line are looked for once, since lines may be long.
    pub(super) fn around(self, value: &Range<usize>) -> Self {
        Self {
            line: (self.line_start(value.start), value.start),
            rest: (value.end, self.line_end(value.end)),
            ..self
        }
    }

    /// The byte before `at`.
    pub(super) fn before(&self, at: usize) -> Option<u8> {
        if at > self.low {
            self.bytes.get(at - 1).copied()
        } else {
            None
        }
    }

    pub(super) fn at(&self, at: usize) -> Option<u8> {
        if at < self.high {
            self.bytes.get(at).copied()
        } else {
            None
        }
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'t [u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    /// The start of the line that holds `at`.
    pub(super) fn line_start(&self, at: usize) -> usize {
        let at = at.min(self.high);
        if (self.line.0..=self.line.1).contains(&at) {
            return self.line.0;
        }
        memchr::memrchr(b'\n', &self.bytes[self.low..at.max(self.low)])
            .map_or(self.low, |n| self.low + n + 1)
    }

    /// The end of the line that holds `at`, without its line break.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let at = at.min(self.high);
        if (self.rest.0..=self.rest.1).contains(&at) {
            return self.rest.1;
        }
        memchr::memchr(b'\n', &self.bytes[at..self.high]).map_or(self.high, |n| at + n)
    }

    /// The line above the one that starts at `start`.
    pub(super) fn line_above(&self, start: usize) -> Option<Range<usize>> {
        (start > self.low).then(|| self.line_start(start - 1)..start - 1)
    }

    /// The line below the one that ends at `end`.
    pub(super) fn line_below(&self, end: usize) -> Option<Range<usize>> {
        (end + 1 < self.high).then(|| end + 1..self.line_end(end + 1))
    }

    /// The range without blanks at either end.
    pub(super) fn trim(&self, mut range: Range<usize>) -> Range<usize> {
        while range.start < range.end
            && (is_blank(self.bytes[range.start]) || self.bytes[range.start] == b'\n')
        {
            range.start += 1;
        }
        while range.end > range.start
            && (is_blank(self.bytes[range.end - 1]) || self.bytes[range.end - 1] == b'\n')
        {
            range.end -= 1;
        }
        range
    }

    /// The first byte of a line that is no blank.
    pub(super) fn first(&self, line: &Range<usize>) -> Option<u8> {
        let mut bytes = self.slice(line.clone()).iter().copied();
        bytes.find(|b| !is_blank(*b) && *b != b'\n')
    }

    /// Leading blanks of the line that starts at `start`; a tab counts as four.
    pub(super) fn indent(&self, start: usize) -> usize {
        let mut width = 0;
        for byte in &self.bytes[start..self.high] {
            match byte {
                b' ' => width += 1,
                b'\t' => width += 4,
                _ => break,
            }
        }
        width
    }

    /// Back over blanks on the same line.
    pub(super) fn skip_blanks_back(&self, mut at: usize) -> usize {
        while self.before(at).is_some_and(is_blank) {
            at -= 1;
        }
        at
    }

    /// Back over blanks and line breaks, `\n` written as an escape and line continuations included.
    pub(super) fn skip_space_back(&self, mut at: usize) -> usize {
        loop {
            match self.before(at) {
                Some(b) if is_blank(b) || b == b'\n' => at -= 1,
                Some(b'n') if self.before(at - 1) == Some(b'\\') => at -= 2,
                Some(b'\\') => at -= 1,
                _ => return at,
            }
        }
    }

    /// Forward over the quotes that close a string, and their escapes.
    pub(super) fn skip_quotes(&self, mut at: usize) -> usize {
        while self
            .at(at)
            .is_some_and(|b| is_quote(b) || b == b'\\' || b == b'#')
        {
            at += 1;
        }
        at
    }

    /// Forward over blanks and line breaks.
    pub(super) fn skip_space(&self, mut at: usize) -> usize {
        while self.at(at).is_some_and(|b| is_blank(b) || b == b'\n') {
            at += 1;
        }
        at
    }

    /// The name that ends at `end`: may be empty.
    pub(super) fn name_back(&self, end: usize) -> Range<usize> {
        let mut start = end;
        while let Some(byte) = self.before(start) {
            if is_name(byte) {
                start -= 1;
            } else if byte == b':' && self.before(start - 1) == Some(b':') {
                start -= 2; // a path: `Client::new`
            } else if byte == b'>' && self.before(start - 1) == Some(b'-') && start < end {
                start -= 2; // a member: `client->key`
            } else if byte == b'?' && self.at(start) == Some(b'.') {
                start -= 1; // an optional member: `client?.key`
            } else {
                break;
            }
        }
        // A name does not begin with a sign that only joins names.
        while start < end
            && matches!(self.bytes[start], b'-' | b'.')
            && self.bytes.get(start + 1) != Some(&b'-')
        {
            if self.bytes[start] == b'.' && start + 1 < end {
                break;
            }
            start += 1;
        }
        start..end
    }

    /// Where the string that ends with the quote at `close` begins: the offset of its opening quote on
    /// the same line.
    pub(super) fn string_back(&self, close: usize) -> Option<usize> {
        let quote = self.bytes[close];
        let escaped = self.before(close) == Some(b'\\');
        let low = self.low.max(close.saturating_sub(2000));
        let end = if escaped { close - 1 } else { close };
        let mut signs =
            memchr::memrchr2_iter(quote, b'\n', self.slice(low..end)).map(|at| low + at);
        let found = signs.find(|at| {
            let sign = self.bytes[*at];
            sign == b'\n' || (self.before(*at) == Some(b'\\')) == escaped
        });
        found.filter(|at| self.bytes[*at] == quote)
    }

    /// Where the bracket that closes at `close` opens.
    pub(super) fn bracket_back(&self, close: usize, budget: usize) -> Option<usize> {
        let mut depth = 0usize;
        let floor = self.low.max(close.saturating_sub(budget));
        let mut at = close + 1;
        while at > floor {
            at -= 1;
            match self.bytes[at] {
                b')' | b']' | b'}' => depth += 1,
                b'(' | b'[' | b'{' => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                quote if is_quote(quote) => {
                    if let Some(open) = self.string_back(at) {
                        at = open;
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The closing quote of the string that opens at `open`, on the same line; `open` itself when it
    /// does not close (an apostrophe).
    pub(super) fn string_end(&self, open: usize, limit: usize) -> usize {
        self.string_ends(open, limit).unwrap_or(open)
    }

    /// The same; none when neither the string nor the line ends before `limit`.
    pub(super) fn string_ends(&self, open: usize, limit: usize) -> Option<usize> {
        let quote = self.bytes[open];
        let mut at = open + 1;
        while at < limit {
            match self.bytes[at] {
                b'\\' => at += 1,
                b'\n' => return Some(open),
                byte if byte == quote => return Some(at),
                _ => {}
            }
            at += 1;
        }
        None
    }
}
