//! Commits and annotated tags, read from bytes that strangers wrote.
//!
//! Of a commit only what its graph needs must be right: the tree and the parents, in the form that
//! git itself demands. Everything else is read as far as it goes: an author without a date is an
//! author at time 0, as for git, and any other header is passed over.

use bstr::ByteSlice;
use gix::ObjectId;
use gix::hash::Kind as Hash;
use gix::objs::Kind;
use thiserror::Error;

use crate::finding::CommitInfo;

/// The longest text of a name or a summary that is kept, in bytes.
const LONGEST: usize = 1000;

/// Why a commit or tag can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Malformed {
    /// The commit's first line is not `tree <id>`.
    #[error("the commit does not begin with the id of a tree")]
    Tree,
    /// A `parent` line without an id; counted from 1.
    #[error("parent {0} of the commit is no object id")]
    Parent(usize),
    /// The tag's first line is not `object <id>`.
    #[error("the tag does not begin with the id of an object")]
    Target,
    /// The tag's second line is not `type <kind>`.
    #[error("the tag does not say of what kind its object is")]
    Kind,
}

/// Who wrote something, and when: the value of an `author`, `committer` or `tagger` header, or the
/// like part of a line in a ref's log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Identity<'a> {
    /// `Name <mail>`, as written: any bytes.
    pub who: &'a [u8],
    /// Seconds since 1970-01-01 UTC; 0 when there is no such number, the nearest when it is
    /// beyond 64 bits.
    pub time: i64,
    /// Offset from UTC, in seconds, less than 100 hours; 0 when it is missing or malformed.
    pub offset: i32,
}

impl<'a> Identity<'a> {
    /// Reads `Name <mail> seconds offset`. The last `>` ends the mail address, as for git.
    pub fn parse(value: &'a [u8]) -> Self {
        let Some(close) = value.rfind_byte(b'>') else {
            let who = value.trim();
            return Self {
                who,
                ..Self::default()
            };
        };
        let (who, rest) = value.split_at_checked(close + 1).unwrap_or((value, b""));
        let mut words = rest.fields();
        Self {
            who: who.trim(),
            time: words.next().map_or(0, seconds),
            offset: words.next().and_then(offset).unwrap_or(0),
        }
    }

    /// `Name <mail>` as text: invalid UTF-8 is replaced, and it is cut after a thousand bytes.
    pub fn text(&self) -> String {
        text(self.who)
    }
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit<'a> {
    /// Its tree.
    pub tree: ObjectId,
    /// Its parents, in order.
    pub parents: Vec<ObjectId>,
    /// Who wrote it; empty when there is no such header.
    pub author: Identity<'a>,
    /// Who committed it; empty when there is no such header.
    pub committer: Identity<'a>,
    /// Where the message begins: after the first empty line, or at the end when there is none.
    pub message_start: usize,
    data: &'a [u8],
}

impl<'a> Commit<'a> {
    /// Reads the content of a commit object.
    ///
    /// # Errors
    ///
    /// When it does not begin with `tree <id>`, or a `parent` line right after it holds no id.
    pub fn parse(data: &'a [u8], hash: Hash) -> Result<Self, Malformed> {
        let (head, message_start) = head(data);
        let mut lines = head.split_str(b"\n").peekable();
        let tree = lines
            .next()
            .and_then(|line| id(line.strip_prefix(b"tree ")?, hash))
            .ok_or(Malformed::Tree)?;
        let mut parents = Vec::new();
        while let Some(hex) = lines.peek().and_then(|line| line.strip_prefix(b"parent ")) {
            let number = parents.len() + 1;
            parents.push(id(hex, hash).ok_or(Malformed::Parent(number))?);
            lines.next();
        }
        let mut author = None;
        let mut committer = None;
        for line in lines {
            if let Some(value) = line.strip_prefix(b"author ") {
                author.get_or_insert_with(|| Identity::parse(value));
            } else if let Some(value) = line.strip_prefix(b"committer ") {
                committer.get_or_insert_with(|| Identity::parse(value));
            }
        }
        Ok(Self {
            tree,
            parents,
            author: author.unwrap_or_default(),
            committer: committer.unwrap_or_default(),
            message_start,
            data,
        })
    }

    /// The message, as written.
    pub fn message(&self) -> &'a [u8] {
        self.data.get(self.message_start..).unwrap_or_default()
    }

    /// The first line of the message that is not blank, as text: invalid UTF-8 is replaced, and it
    /// is cut after a thousand bytes.
    pub fn summary(&self) -> String {
        summary(self.message())
    }

    /// What reports say about it.
    pub fn info(&self, id: ObjectId) -> CommitInfo {
        CommitInfo {
            id,
            author: self.author.text(),
            time: self.author.time,
            committed: self.committer.time,
            offset: self.author.offset,
            summary: self.summary(),
        }
    }

    /// What a walk needs of it.
    pub fn links(self) -> Links {
        Links {
            tree: self.tree,
            parents: self.parents,
            committed: self.committer.time,
        }
    }
}

/// What a walk over commits needs of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The commit's tree.
    pub tree: ObjectId,
    /// Its parents, in order, as written: those of a shallow boundary too.
    pub parents: Vec<ObjectId>,
    /// When it was committed, in seconds since 1970-01-01 UTC, if its clock was right.
    pub committed: i64,
}

/// An annotated tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The object that it names.
    pub target: ObjectId,
    /// The kind that it says the object has.
    pub kind: Kind,
    /// The name it was made with, as written; empty when there is none.
    pub name: &'a [u8],
    /// Who made it; empty when there is no such header (git's oldest tags).
    pub tagger: Identity<'a>,
    /// Where the message begins.
    pub message_start: usize,
    data: &'a [u8],
}

impl<'a> Tag<'a> {
    /// Reads the content of a tag object.
    ///
    /// # Errors
    ///
    /// When it does not begin with `object <id>` and `type <kind>`.
    pub fn parse(data: &'a [u8], hash: Hash) -> Result<Self, Malformed> {
        let (head, message_start) = head(data);
        let mut lines = head.split_str(b"\n");
        let target = lines
            .next()
            .and_then(|line| id(line.strip_prefix(b"object ")?, hash))
            .ok_or(Malformed::Target)?;
        let kind = lines
            .next()
            .and_then(|line| Kind::from_bytes(line.strip_prefix(b"type ")?).ok())
            .ok_or(Malformed::Kind)?;
        let mut name = None;
        let mut tagger = None;
        for line in lines {
            if let Some(value) = line.strip_prefix(b"tag ") {
                name.get_or_insert(value);
            } else if let Some(value) = line.strip_prefix(b"tagger ") {
                tagger.get_or_insert_with(|| Identity::parse(value));
            }
        }
        Ok(Self {
            target,
            kind,
            name: name.unwrap_or_default(),
            tagger: tagger.unwrap_or_default(),
            message_start,
            data,
        })
    }

    /// The message, as written; a signature follows it.
    pub fn message(&self) -> &'a [u8] {
        self.data.get(self.message_start..).unwrap_or_default()
    }

    /// The first line of the message that is not blank, as text.
    pub fn summary(&self) -> String {
        summary(self.message())
    }
}

/// An object id in hexadecimal, of a hash's full length, and nothing else.
pub(super) fn id(hex: &[u8], hash: Hash) -> Option<ObjectId> {
    let fits = hex.len() == hash.len_in_hex();
    fits.then(|| ObjectId::from_hex(hex).ok()).flatten()
}

/// The headers with their last line end, and where the message begins.
fn head(data: &[u8]) -> (&[u8], usize) {
    match data.find(b"\n\n") {
        Some(at) => (data.get(..=at).unwrap_or(data), at + 2),
        None => (data, data.len()),
    }
}

fn summary(message: &[u8]) -> String {
    let first = message.lines().find(|line| !line.trim().is_empty());
    text(first.unwrap_or_default().trim())
}

fn text(bytes: &[u8]) -> String {
    let mut out = String::from_utf8_lossy(bytes.get(..LONGEST).unwrap_or(bytes)).into_owned();
    if bytes.len() > LONGEST {
        // The cut may have halved a character.
        out.truncate(out.trim_end_matches('\u{fffd}').len());
        out.push('…');
    }
    out
}

/// The number at the beginning, kept within 64 bits.
fn seconds(word: &[u8]) -> i64 {
    let (negative, digits) = match word.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, word),
    };
    let value = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0_i64, |sum, byte| {
            sum.saturating_mul(10)
                .saturating_add(i64::from(byte - b'0'))
        });
    if negative { -value } else { value }
}

/// `+hhmm` or `-hhmm` in seconds.
fn offset(word: &[u8]) -> Option<i32> {
    let (sign, digits) = word.split_first()?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: &[u8; 4] = digits.try_into().ok()?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let [h1, h2, m1, m2] = digits.map(|digit| i32::from(digit - b'0'));
    Some(sign * ((h1 * 10 + h2) * 3600 + (m1 * 10 + m2) * 60))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const TREE: &str = "1111111111111111111111111111111111111111";
    const PARENT: &str = "2222222222222222222222222222222222222222";

    fn sha1(hex: &str) -> ObjectId {
        ObjectId::from_hex(hex.as_bytes()).unwrap()
    }

    #[test]
    fn a_whole_commit() {
        let data = format!(
            "tree {TREE}\nparent {PARENT}\nparent {TREE}\nauthor A <B> C <a@b.c> 1700000000 +0130\n\
             committer D <d@e> 1700000001 -0800\nencoding latin-1\ngpgsig -----BEGIN\n author no\n \n tree\n\n\
             \n  first line \nsecond\n"
        );
        let commit = Commit::parse(data.as_bytes(), Hash::Sha1).unwrap();
        assert_eq!(commit.tree, sha1(TREE));
        assert_eq!(commit.parents, [sha1(PARENT), sha1(TREE)]);
        assert_eq!(commit.author.who, b"A <B> C <a@b.c>");
        assert_eq!(
            (commit.author.time, commit.author.offset),
            (1_700_000_000, 5400)
        );
        assert_eq!(commit.committer.offset, -28800);
        assert_eq!(commit.message(), b"\n  first line \nsecond\n");
        let info = commit.info(sha1(PARENT));
        assert_eq!(info.summary, "first line");
        assert_eq!((info.time, info.committed), (1_700_000_000, 1_700_000_001));
    }

    #[test]
    fn absurd_dates_are_numbers_all_the_same() {
        let long = "9".repeat(400);
        for (date, time, offset) in [
            (format!("{long} +0000"), i64::MAX, 0),
            (format!("-{long} +9999"), -i64::MAX, 99 * 3600 + 99 * 60),
            ("1 +99999999999".to_owned(), 1, 0),
            ("1".to_owned(), 1, 0),
            ("1x2 0100".to_owned(), 1, 0),
            ("- -".to_owned(), 0, 0),
            (String::new(), 0, 0),
            ("\u{663}\u{664} +\u{661}\u{661}".to_owned(), 0, 0),
        ] {
            let value = format!("A <a@b> {date}");
            let read = Identity::parse(value.as_bytes());
            assert_eq!((read.time, read.offset), (time, offset), "{date}");
            assert_eq!(read.who, b"A <a@b>");
        }
        assert_eq!(Identity::parse(b" nobody 5 +0000").who, b"nobody 5 +0000");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let read = |text: String| Commit::parse(text.as_bytes(), Hash::Sha1).map(|_| ());
        assert_eq!(read(String::new()), Err(Malformed::Tree));
        assert_eq!(read(format!("parent {PARENT}\n")), Err(Malformed::Tree));
        assert_eq!(read(format!("tree {TREE}0\n")), Err(Malformed::Tree));
        assert_eq!(read(format!("\n\ntree {TREE}\n")), Err(Malformed::Tree));
        assert_eq!(read(format!("tree {TREE}")), Ok(()));
        let two = format!("tree {TREE}\nparent {PARENT}\nparent x\n\n");
        assert_eq!(read(two), Err(Malformed::Parent(2)));
        let tree = format!("tree {TREE}\n");
        assert_eq!(
            Commit::parse(tree.as_bytes(), Hash::Sha256),
            Err(Malformed::Tree)
        );
    }

    #[test]
    fn sha256_commits() {
        let (tree, parent) = ("3".repeat(64), "4".repeat(64));
        let data = format!("tree {tree}\nparent {parent}\n\nm");
        let commit = Commit::parse(data.as_bytes(), Hash::Sha256).unwrap();
        assert_eq!(commit.parents, [sha1(&parent)]);
        assert_eq!(commit.summary(), "m");
        assert_eq!(commit.author, Identity::default());
    }

    #[test]
    fn tags() {
        let data = format!("object {TREE}\ntype commit\ntag v1\ntagger T <t@u> 5 +0000\n\ntext\n");
        let tag = Tag::parse(data.as_bytes(), Hash::Sha1).unwrap();
        assert_eq!(
            (tag.target, tag.kind, tag.name),
            (sha1(TREE), Kind::Commit, &b"v1"[..])
        );
        assert_eq!((tag.tagger.time, tag.message()), (5, &b"text\n"[..]));
        let read = |text: String| Tag::parse(text.as_bytes(), Hash::Sha1).map(|_| ());
        assert_eq!(
            read(format!("object {TREE}\ntype comet\n")),
            Err(Malformed::Kind)
        );
        assert_eq!(
            read("object\ntype tree\n".to_owned()),
            Err(Malformed::Target)
        );
        assert_eq!(read(format!("object {TREE}\ntype blob\n")), Ok(()));
    }

    #[test]
    fn long_summaries_are_cut() {
        let data = format!("tree {TREE}\n\n{}", "ä".repeat(900));
        let cut = Commit::parse(data.as_bytes(), Hash::Sha1)
            .unwrap()
            .summary();
        assert!(
            cut.len() <= LONGEST + '…'.len_utf8() && cut.ends_with("ä…"),
            "{cut}"
        );
    }
}
