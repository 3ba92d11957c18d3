//! The hash by which GitHub recognises a line: `primaryLocationLineHash`.
//!
//! As `github/codeql-action/upload-sarif` computes it (`src/fingerprints.ts`): over the 100
//! characters from the line's start on that are neither blank nor tab, line ends all read as LF,
//! the end of the file as U+FFFF and then zeros, the sum over UTF-16 units of `unit * 37^(99-i)`,
//! modulo 2^64, in hex; after it a colon, and which line with this hash it is, from 1.

use std::collections::{HashMap, HashSet};

/// Units that a line's hash covers; they may reach into the lines after it.
const BLOCK: usize = 100;
const FACTOR: u64 = 37;
const END_OF_FILE: u16 = 0xffff;

/// The hashes of the lines asked for (counted from 1; LF, CR and CRLF each end a line), in the
/// order asked; none where the content has no such line.
///
/// `content` is the whole file. A caller masks values that could be guessed in it first: the hash
/// of a line holds the text of the line, and of what follows within the block.
pub fn line_hashes(content: &[u8], lines: &[u32]) -> Vec<Option<String>> {
    let wanted: HashSet<u32> = lines.iter().copied().collect();
    let mut found = HashMap::new();
    let mut hasher = Hasher::new(|line, hash, count| {
        if wanted.contains(&line) {
            found.insert(line, format!("{hash:x}:{count}"));
        }
    });
    for chunk in content.utf8_chunks() {
        chunk
            .valid()
            .encode_utf16()
            .for_each(|unit| hasher.read(unit));
        if !chunk.invalid().is_empty() {
            hasher.read(char::REPLACEMENT_CHARACTER as u16);
        }
    }
    hasher.finish();
    lines.iter().map(|line| found.get(line).cloned()).collect()
}

/// A hash that rolls over the last [`BLOCK`] units.
struct Hasher<F> {
    window: [u16; BLOCK],
    /// The line that starts at the unit in the same place of the window; 0 for none.
    starts: [u32; BLOCK],
    /// Where the oldest unit of the window is, and the next one goes.
    at: usize,
    hash: u64,
    line: u32,
    line_start: bool,
    after_cr: bool,
    /// How many lines had each hash.
    seen: HashMap<u64, u32>,
    /// Takes a line, its hash, and which line with this hash it is.
    found: F,
}

impl<F: FnMut(u32, u64, u32)> Hasher<F> {
    fn new(found: F) -> Self {
        Self {
            window: [0; BLOCK],
            starts: [0; BLOCK],
            at: 0,
            hash: 0,
            line: 0,
            line_start: true,
            after_cr: false,
            seen: HashMap::new(),
            found,
        }
    }

    fn read(&mut self, unit: u16) {
        let (tab, lf, cr, space) = (0x09, 0x0a, 0x0d, 0x20);
        if unit == space || unit == tab || (self.after_cr && unit == lf) {
            self.after_cr = false;
            return;
        }
        self.after_cr = unit == cr;
        let unit = if unit == cr { lf } else { unit };
        self.emit();
        if self.line_start {
            self.line = self.line.saturating_add(1);
            self.starts[self.at] = self.line;
        }
        self.line_start = unit == lf;
        self.roll(unit);
    }

    fn finish(mut self) {
        self.read(END_OF_FILE);
        for _ in 0..BLOCK {
            self.emit();
            self.roll(0);
        }
    }

    /// The window's oldest unit started a line: its block is complete.
    fn emit(&mut self) {
        let line = std::mem::take(&mut self.starts[self.at]);
        if line > 0 {
            let count = self.seen.entry(self.hash).or_insert(0);
            *count = count.saturating_add(1);
            (self.found)(line, self.hash, *count);
        }
    }

    fn roll(&mut self, unit: u16) {
        const OLDEST: u64 = FACTOR.wrapping_pow(BLOCK as u32);
        let oldest = u64::from(std::mem::replace(&mut self.window[self.at], unit));
        self.hash = self
            .hash
            .wrapping_mul(FACTOR)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(OLDEST.wrapping_mul(oldest));
        self.at = (self.at + 1) % BLOCK;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, without rolling.
    fn plain(text: &str) -> String {
        let mut units: Vec<u16> = text.replace([' ', '\t'], "").encode_utf16().collect();
        units.push(END_OF_FILE);
        units.resize(BLOCK.max(units.len()), 0);
        let hash = units[..BLOCK].iter().fold(0u64, |h, u| {
            h.wrapping_mul(FACTOR).wrapping_add(u64::from(*u))
        });
        format!("{hash:x}:1")
    }

    #[test]
    fn each_line_hashes_what_follows_it() {
        let text =
            "first line\n\tsecond = 'ünï 🔑'\r\nthird\rfourth".to_owned() + &"x".repeat(150) + "\n";
        let normal = text.replace("\r\n", "\n").replace('\r', "\n");
        let lines: Vec<u32> = (1..=6).collect();
        let found = line_hashes(text.as_bytes(), &lines);
        let mut rest = normal.as_str();
        for (line, hash) in lines.iter().zip(&found).take(5) {
            assert_eq!(hash.as_deref(), Some(plain(rest).as_str()), "line {line}");
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
        assert_eq!(found[5], None);
    }

    #[test]
    fn equal_lines_are_counted() {
        let text = ("same\n".to_owned() + &"y".repeat(120) + "\n").repeat(2);
        let found = line_hashes(text.as_bytes(), &[1, 3]);
        let [Some(first), Some(second)] = found.as_slice() else {
            unreachable!("both lines exist")
        };
        assert_ne!(first, second);
        assert_eq!(first.split(':').next(), second.split(':').next());
        assert!(first.ends_with(":1") && second.ends_with(":2"));
    }

    /// Hashes that the upload action computes, as its own tests list them.
    #[test]
    fn the_upload_action_agrees() {
        assert_eq!(
            line_hashes(b"", &[1]),
            [Some(concat!("c129715d", "7a2bc9a3:1").to_owned())]
        );
        let text = "Lorem ipsum dolor sit amet.\n".repeat(10);
        let found = line_hashes(text.as_bytes(), &[1, 6, 7, 10]);
        let expected = [
            concat!("a7f2ff13", "bc495cf2:1"),
            concat!("a7f2ff13", "bc495cf2:6"),
            concat!("a7f2ff14", "81e87703:1"),
            concat!("cc97dc7b", "1d7d8f7b:1"),
        ];
        assert_eq!(found, expected.map(|hash| Some(hash.to_owned())));
        let mixed = " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n";
        let expected = [
            concat!("e9496ae3", "ebfced30:1"),
            concat!("b3edc88f", "2938467e:1"),
        ];
        assert_eq!(
            line_hashes(mixed.as_bytes(), &[1, 5]),
            expected.map(|h| Some(h.to_owned()))
        );
    }
}
