//! Commits as reports name them.

use gix::ObjectId;

use super::text::cut;
use crate::date;
use crate::finding::CommitInfo;

/// Digits of an id that people are shown.
const SHORT: usize = 10;
/// Authors are as long as strangers like; names are not.
const MOST_AUTHOR: usize = 80;

/// The first digits of an id.
pub(super) fn short(id: ObjectId) -> String {
    id.to_hex_with_len(SHORT).to_string()
}

/// The author's day: `2021-03-04`.
pub(super) fn day(commit: &CommitInfo) -> String {
    date::day(commit.time, commit.offset)
}

/// `commit 1a2b3c4d5e of 2021-03-04`.
pub(super) fn dated(commit: &CommitInfo) -> String {
    format!("commit {} of {}", short(commit.id), day(commit))
}

/// ` by Ann <ann@example.com>`, or nothing. The author passes through `foreign`, which masks and escapes;
/// it is cut only then, since half a value would not be known again.
pub(super) fn by(commit: &CommitInfo, foreign: &dyn Fn(&str) -> String) -> String {
    match commit.author.trim() {
        "" => String::new(),
        author => format!(" by {}", cut(&foreign(author), MOST_AUTHOR)),
    }
}
