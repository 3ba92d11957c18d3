//! The patterns of one `.gitignore` file, and which of them decides about a path.

use std::collections::HashMap;

use super::glob::{Glob, Set};

/// git reads no larger pattern file (dir.c, `PATTERN_MAX_FILE_SIZE`): it counts as empty.
const LARGEST_FILE: usize = 100 << 20;

/// One line of a `.gitignore` file.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Its line, from 1.
    pub line: u32,
    /// Its text without the line end and what git trims; with its `!` and its slashes.
    pub text: Box<[u8]>,
    /// `!`: what it fits is not ignored.
    pub negated: bool,
    /// `/` at the end: fits directories alone.
    pub dir_only: bool,
    /// No slash but at the end: fits the name in any directory below, else the path from the
    /// file's own directory on.
    by_name: bool,
    /// The bytes that the name or path begins with.
    prefix: Box<[u8]>,
    /// What follows them; none when nothing may follow.
    rest: Option<Glob>,
}

/// The patterns of one `.gitignore` file.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    all: Vec<Pattern>,
    /// Literal names, literal paths and `*suffix` names, each with the patterns that are just
    /// that, in file order: thousands of plain lines cost one look-up.
    names: HashMap<Box<[u8]>, Vec<u32>>,
    paths: HashMap<Box<[u8]>, Vec<u32>>,
    suffixes: HashMap<Box<[u8]>, Vec<u32>>,
    suffix_lengths: Vec<usize>,
    /// The others by their first byte, where it is known.
    by_first: HashMap<(bool, u8), Vec<u32>>,
    others: Vec<u32>,
}

impl Patterns {
    /// Reads the bytes of a `.gitignore` file. Lines that can fit nothing are left out.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut out = Self::default();
        if bytes.len() > LARGEST_FILE {
            return out;
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        for (line, number) in bytes.split(|byte| *byte == b'\n').zip(1_u32..) {
            if line.first() == Some(&b'#') {
                continue;
            }
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // git's lines are C strings.
            let line = memchr::memchr(0, line)
                .and_then(|end| line.get(..end))
                .unwrap_or(line);
            out.add(trimmed(line), number);
        }
        out.suffix_lengths = out.suffixes.keys().map(|suffix| suffix.len()).collect();
        out.suffix_lengths.sort_unstable();
        out.suffix_lengths.dedup();
        out
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The last pattern that fits; the one that decides. The path is relative to the file's
    /// directory, without a slash at either end.
    pub fn last_match(&self, path: &[u8], is_dir: bool) -> Option<&Pattern> {
        let name = match memchr::memrchr(b'/', path) {
            Some(slash) => path.get(slash + 1..).unwrap_or_default(),
            None => path,
        };
        let mut best: Option<u32> = None;
        let fits_kind = |index: &&u32| {
            is_dir
                || self
                    .all
                    .get(**index as usize)
                    .is_some_and(|own| !own.dir_only)
        };
        let mut literal = |list: Option<&Vec<u32>>| {
            best = best.max(
                list.and_then(|list| list.iter().rev().find(fits_kind))
                    .copied(),
            );
        };
        literal(self.names.get(name));
        literal(self.paths.get(path));
        for length in &self.suffix_lengths {
            match name
                .len()
                .checked_sub(*length)
                .and_then(|start| name.get(start..))
            {
                Some(suffix) => literal(self.suffixes.get(suffix)),
                None => break,
            }
        }
        if self.by_first.is_empty() && self.others.is_empty() {
            return self.all.get(best? as usize);
        }
        let bytes: Set = path.iter().copied().collect();
        let mut fitted = |list: Option<&Vec<u32>>| {
            for index in list.into_iter().flatten().rev() {
                if best.is_some_and(|best| best > *index) {
                    return;
                }
                let text = |own: &Pattern| if own.by_name { name } else { path };
                if let Some(own) = self.all.get(*index as usize)
                    && (is_dir || !own.dir_only)
                    && own.fits(text(own), &bytes)
                {
                    best = Some(*index);
                    return;
                }
            }
        };
        fitted(
            name.first()
                .and_then(|byte| self.by_first.get(&(true, *byte))),
        );
        fitted(
            path.first()
                .and_then(|byte| self.by_first.get(&(false, *byte))),
        );
        fitted(Some(&self.others));
        self.all.get(best? as usize)
    }

    fn add(&mut self, line: &[u8], number: u32) {
        let (negated, body) = match line {
            [b'!', body @ ..] => (true, body),
            body => (false, body),
        };
        let (dir_only, body) = match body {
            [body @ .., b'/'] => (true, body),
            body => (false, body),
        };
        let by_name = !body.contains(&b'/');
        let anchored = body.strip_prefix(b"/").unwrap_or(body);
        let literal = anchored
            .iter()
            .position(|byte| b"*?[\\".contains(byte))
            .unwrap_or(anchored.len());
        // git compares the bytes before the first wildcard and matches the rest as a pattern of its
        // own, so that `a**/b` reads as `a` and `**/b`.
        let (prefix, wild) = anchored.split_at(literal);
        if anchored.is_empty() {
            return;
        }
        let rest = match wild {
            [] => None,
            wild => match Glob::new(wild) {
                Some(glob) => Some(glob),
                None => return,
            },
        };
        let Ok(index) = u32::try_from(self.all.len()) else {
            return;
        };
        let list = match (wild, prefix) {
            ([], prefix) if by_name => self.names.entry(prefix.into()).or_default(),
            ([], prefix) => self.paths.entry(prefix.into()).or_default(),
            ([b'*', suffix @ ..], [])
                if by_name && !suffix.iter().any(|b| b"*?[\\".contains(b)) =>
            {
                self.suffixes.entry(suffix.into()).or_default()
            }
            (_, [first, ..]) => self.by_first.entry((by_name, *first)).or_default(),
            (_, []) => &mut self.others,
        };
        list.push(index);
        self.all.push(Pattern {
            line: number,
            text: line.into(),
            negated,
            dir_only,
            by_name,
            prefix: prefix.into(),
            rest,
        });
    }
}

impl Pattern {
    /// Whether the name or path, as the pattern asks for, fits. `bytes` are all that the path has.
    fn fits(&self, text: &[u8], bytes: &Set) -> bool {
        match (text.strip_prefix(&*self.prefix), &self.rest) {
            (Some(left), Some(glob)) => bytes.holds(&glob.needs) && glob.fits(left),
            (Some(left), None) => left.is_empty(),
            (None, _) => false,
        }
    }
}

/// The line without the spaces at its end, but for those after a backslash. Tabs stay.
fn trimmed(line: &[u8]) -> &[u8] {
    let mut end = 0;
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        match byte {
            b' ' => at += 1,
            b'\\' if at + 1 >= line.len() => return line,
            b'\\' => {
                at += 2;
                end = at;
            }
            _ => {
                at += 1;
                end = at;
            }
        }
    }
    line.get(..end).unwrap_or(line)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Patterns, trimmed};

    #[test]
    fn trailing_spaces() {
        for (line, kept) in [
            ("a  ", "a"),
            ("a\\  ", "a\\ "),
            ("a \\  b ", "a \\  b"),
            ("a\t", "a\t"),
            ("a \\", "a \\"),
            ("   ", ""),
        ] {
            assert_eq!(trimmed(line.as_bytes()), kept.as_bytes(), "{line:?}");
        }
    }

    #[test]
    fn last_line_decides() {
        let patterns = Patterns::parse(b"*.log\n!keep.log\nsub/keep.log\nk*\n!/k*.log\n");
        let line = |path: &str| patterns.last_match(path.as_bytes(), false).map(|p| p.line);
        assert_eq!(line("a.log"), Some(1));
        assert_eq!(line("keep.log"), Some(5));
        assert_eq!(line("sub/keep.log"), Some(4));
        assert_eq!(line("other"), None);
    }

    #[test]
    fn ten_thousand_lines_are_quick() {
        let mut text = String::new();
        for n in 0..10_000 {
            text.push_str(&format!(
                "name{n}\n*.x{n}\n/dir/p{n}\nw{n}*.tmp\n*q{n}*x*y\n"
            ));
        }
        let patterns = Patterns::parse(text.as_bytes());
        let start = std::time::Instant::now();
        for n in 0..200 {
            assert!(
                patterns
                    .last_match(format!("some/where/file{n}.py").as_bytes(), false)
                    .is_none()
            );
            assert!(
                patterns
                    .last_match(format!("dir/p{n}").as_bytes(), false)
                    .is_some()
            );
        }
        // Milliseconds when it works, minutes when each line is tried.
        assert!(start.elapsed().as_secs() < 5);
    }
}
