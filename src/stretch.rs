//! What a content has in common with the one that it was made from.

use std::ops::Range;

/// A stretch of a content that is one of its base's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Where it begins.
    pub at: usize,
    /// Where it begins in the base.
    pub from: usize,
    /// Its length, in bytes.
    pub length: usize,
}

/// The ranges of a content of this length, ascending and apart, that are no copy of its base in one
/// stretch: what was inserted, and as an empty range each place where two stretches meet that are
/// not neighbours in the base, or where the base's start, or perhaps its end, is cut off.
pub fn fresh(copied: &[Stretch], length: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut at, mut source) = (0, 0);
    for stretch in copied {
        if stretch.at > at || stretch.from != source {
            out.push(at..stretch.at);
        }
        (at, source) = (stretch.at + stretch.length, stretch.from + stretch.length);
    }
    out.push(at..length);
    out
}

/// These ranges, ascending, and so many bytes before and behind each, of a content of this length: ascending
/// and apart.
pub fn around(
    ranges: &[Range<usize>],
    before: usize,
    behind: usize,
    length: usize,
) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        let start = range.start.saturating_sub(before);
        let end = range.end.saturating_add(behind).min(length);
        match out.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => out.push(start..end),
        }
    }
    out
}
