//! Where a value may stand, found in one pass over the bytes.
//!
//! ```text
//! bytes -> 64 at a time -> bit masks by class (simd, portable) -> sweep: runs, numbers, words
//! bytes -> rare literals (marker) -> armour spans (armor), places of key files
//! ```
//!
//! An anchor says "look here", never "this is one": it may be wrong, but a value of its kind never
//! stands outside one. Everything here is linear in the length of the input, whatever it holds.

pub mod armor;
mod class;
mod login;
mod marker;
mod portable;
mod simd;
mod stretch;

#[cfg(test)]
mod oracle;

use std::ops::Range;

/// A stretch of bytes: offsets from the start of the blob, `end` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Run {
    /// The bytes of the run, or none where the run lies outside.
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start..self.end).unwrap_or_default()
    }
}

/// A password that a format binds, however short it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login {
    /// The password, as it is written.
    pub run: Run,
    /// The kind of URL or file: what rules call it.
    pub label: &'static str,
}

/// The shortest run of token characters that is reported, in bytes.
pub const RUN: usize = 16;

/// The shortest stretch of numbers that is reported, in bytes.
///
/// 32 random bytes in decimal, separated by commas alone, are 113 bytes long on average with a
/// standard deviation of 3.2: 80 lies ten deviations below, 100 would lose one in 50,000.
pub const NUMBERS: usize = 80;

/// The fewest words of a stretch that may be a seed phrase.
pub const WORDS: u32 = 12;

/// The longest stretch of non-letters between two words of a phrase, in bytes: a comma, quotes, a
/// line end, an indentation and a number.
pub const GAP: usize = 15;

/// What `find` found. Each list is in the order of the text and free of overlaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    /// Maximal runs of at least [`RUN`] bytes of `[A-Za-z0-9_+/-]` with a letter or digit in it.
    pub runs: Vec<Run>,
    /// Stretches of at least [`NUMBERS`] bytes with 32 numbers or more, decimal or hexadecimal,
    /// and nothing but commas and white space between them.
    pub numbers: Vec<Run>,
    /// Stretches that may hold a phrase of [`WORDS`] words: of 3 to 12 ASCII letters each, or with
    /// letters beyond ASCII, at most [`GAP`] other bytes apart.
    pub words: Vec<Run>,
    /// Offsets of what armour begins with.
    pub headers: Vec<usize>,
    /// Armour: from `-----BEGIN ` or `PuTTY-User-Key-File-` to the end of it (see [`armor::read`]).
    pub armor: Vec<Run>,
    /// Offsets of words that only a JSON key file holds.
    pub keystore: Vec<usize>,
    /// Passwords in URLs and in the files that programs log in with.
    pub logins: Vec<Login>,
    /// Whether there may be such a file: what stands in it is bound far away.
    pub login_file: bool,
    /// A bit for each byte, 64 in a word: where a letter, or a byte beyond ASCII, stands behind another byte.
    pub starts: Vec<u64>,
    /// Whether there is a `\\` or a `%`.
    pub escapes: bool,
    /// Whether there may be a rare literal that is no part of a run.
    pub markers: bool,
}

impl Anchors {
    /// Whether a run stands in armour.
    pub fn is_armored(&self, run: &Run) -> bool {
        let inside = self.armor.partition_point(|a| a.start <= run.start);
        let armor = inside.checked_sub(1).and_then(|at| self.armor.get(at));
        armor.is_some_and(|armor| run.start < armor.end)
    }

    /// Empties the lists and keeps their memory.
    pub fn clear(&mut self) {
        self.runs.clear();
        self.numbers.clear();
        self.words.clear();
        self.headers.clear();
        self.armor.clear();
        self.keystore.clear();
        self.logins.clear();
        self.login_file = false;
        self.starts.clear();
        (self.escapes, self.markers) = (false, false);
    }
}

/// Finds all anchors of a blob. `out` is cleared first.
pub fn find(bytes: &[u8], out: &mut Anchors) {
    sweep(bytes, out);
    logins(bytes, out);
    markers(bytes, out);
}

/// Finds all but rare literals, and tells what may be said of these. `out` is cleared first.
pub fn sweep(bytes: &[u8], out: &mut Anchors) {
    out.clear();
    out.starts.reserve(bytes.len() / class::WIDTH + 1);
    simd::sweep(bytes, out);
}

/// Adds passwords that a format binds.
pub fn logins(bytes: &[u8], out: &mut Anchors) {
    out.login_file = login::find(bytes, &mut out.logins);
}

/// Adds passwords in URLs to a text that was made from one without any such password and such file: `fresh`
/// are the ranges that are no copy, in order and apart.
pub fn urls_since(bytes: &[u8], fresh: &[Range<usize>], out: &mut Anchors) {
    login::urls_since(bytes, fresh, &mut out.logins);
}

/// Adds armour and key files.
pub fn markers(bytes: &[u8], out: &mut Anchors) {
    marker::find(bytes, out);
}

/// Adds the armour whose headers are known.
pub fn armor_behind_headers(bytes: &[u8], out: &mut Anchors) {
    marker::armor(bytes, out);
}

/// Whether a rare literal stands in a run: [`Anchors::markers`] tells of the others.
pub fn marks(run: &[u8]) -> bool {
    marker::in_run(run)
}
