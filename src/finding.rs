//! What a scan finds, and what the reports read.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use gix::ObjectId;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::hygiene::Lapse;
pub use crate::rule::{Confidence, Role, Rule, Severity};
use crate::suppress::Reason;

/// A secret value: never shown by `Debug` or `Display`, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the value.
    pub fn new(value: &[u8]) -> Self {
        Self(Zeroizing::new(value.to_vec()))
    }

    /// The value itself. Only `--show-secrets` may print it.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The value with all but a few characters replaced, for a reader to recognise it:
    /// at most the first four, and the last two of values of 24 bytes and more.
    pub fn masked(&self) -> String {
        mask(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// Masks a value: how much stays depends on its length alone.
/// A text of several words or lines, such as a seed phrase, shows nothing.
pub fn mask(value: &[u8]) -> String {
    if value.iter().any(u8::is_ascii_whitespace) {
        return "****".to_owned();
    }
    let (head, tail) = match value.len() {
        0..16 => (0, 0),
        16..24 => (3, 0),
        24.. => (4, 2),
    };
    let plain = |b: &u8| {
        if b.is_ascii_graphic() {
            *b as char
        } else {
            '·'
        }
    };
    let mut out: String = value[..head].iter().map(plain).collect();
    out.push_str("****");
    out.extend(value[value.len() - tail..].iter().map(plain));
    out
}

/// Identifies a leaked value across moves, renames, rebases and versions of the rules: the first
/// 16 bytes of `SHA-256("keyfence/v1\0" + value)` of the most secret part's decoded value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 16]);

impl Fingerprint {
    /// The fingerprint of a value that nobody can guess.
    pub fn of_value(value: &[u8]) -> Self {
        Self::hash(&[b"keyfence/v1\0", value])
    }

    /// The fingerprint of a value that could be guessed (a password): of its place instead, so
    /// that the value can't be tried against it.
    pub fn of_place(rule: &str, path: &[u8], masked_line: &str) -> Self {
        Self::hash(&[
            b"keyfence/v1/place\0",
            rule.as_bytes(),
            b"\0",
            path,
            b"\0",
            masked_line.as_bytes(),
        ])
    }

    /// Reads what `Display` writes: 32 hexadecimal digits, of any case.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let mut out = [0; 16];
        for (byte, digits) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(out))
    }

    fn hash(pieces: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for piece in pieces {
            hash.update(piece);
        }
        let mut out = [0; 16];
        out.copy_from_slice(&hash.finalize()[..16]);
        Self(out)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// One place where content stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Path below the scanned root, with `/` between its parts; raw bytes as the system gives
    /// them. For standard input the name given for it.
    pub path: Arc<[u8]>,
    /// Members of archives below it, outermost first (`app.jar` holds `conf/app.properties`).
    pub members: Vec<Arc<[u8]>>,
    /// What kind of place it is.
    pub kind: OriginKind,
}

/// The kind of an [`Origin`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OriginKind {
    /// A file of the work tree.
    File,
    /// The target text of a symbolic link.
    Link,
    /// Standard input.
    Stdin,
    /// A blob of a git repository, at its path below the repository's top; an empty path when no tree
    /// names it.
    Blob(ObjectId),
    /// A blob that the index holds, at its path below the work tree's top.
    Staged(ObjectId),
    /// The text of a commit: its message, author and other headers. The path is empty.
    Commit(ObjectId),
    /// The text of an annotated tag. The path is empty.
    Tag(ObjectId),
    /// An object of another kind, or of none that is known: one that can't be read.
    Object(ObjectId),
    /// The names of refs and the lines of their logs. The path is that of the file below the git directory.
    Refs,
}

impl OriginKind {
    /// The git object that holds the content.
    pub fn object(&self) -> Option<ObjectId> {
        match self {
            Self::Blob(id)
            | Self::Staged(id)
            | Self::Commit(id)
            | Self::Tag(id)
            | Self::Object(id) => Some(*id),
            Self::File | Self::Link | Self::Stdin | Self::Refs => None,
        }
    }
}

impl Origin {
    /// Path and members as text for people and machines alike: members follow after `!/`;
    /// invalid UTF-8 is replaced. Content without a path goes by its object: `blob 1a2b3c4`, with the
    /// first ten digits of its id. Not escaped: reports do that.
    pub fn display(&self) -> String {
        let mut out = String::from_utf8_lossy(&self.path).into_owned();
        let what = match self.kind {
            OriginKind::Commit(_) => "commit ",
            OriginKind::Tag(_) => "tag ",
            OriginKind::Object(_) => "object ",
            _ => "blob ",
        };
        if let Some(id) = self.kind.object().filter(|_| out.is_empty()) {
            out = format!("{what}{}", id.to_hex_with_len(10));
        }
        for member in &self.members {
            out.push_str("!/");
            out.push_str(&String::from_utf8_lossy(member));
        }
        out
    }
}

/// Where a part stands. Lines and columns count from 1; end columns are exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First byte in the content as stored.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
    /// Line of the first byte.
    pub line: u32,
    /// Column of the first byte, in characters (Unicode scalar values; bytes where not UTF-8).
    pub column: u32,
    /// The same column in UTF-16 code units, as SARIF counts.
    pub column_utf16: u32,
    /// Line of the last byte.
    pub end_line: u32,
    /// Column one past the last byte, in characters.
    pub end_column: u32,
    /// The same column in UTF-16 code units.
    pub end_column_utf16: u32,
}

impl Span {
    /// The begin of a content: what is told of a file as a whole.
    pub const START: Self = Self {
        start: 0,
        end: 0,
        line: 1,
        column: 1,
        column_utf16: 1,
        end_line: 1,
        end_column: 1,
        end_column_utf16: 1,
    };
}

/// A line of content for people to look at: every secret in it is masked, control characters are
/// replaced, long lines are cut around the mark.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Excerpt {
    /// Line number.
    pub line: u32,
    /// The masked text.
    pub text: String,
    /// Columns of `text` to underline, in characters from 0, end exclusive.
    pub mark: (u32, u32),
    /// What the mark is: the part's name.
    pub label: &'static str,
}

/// One place where a whole finding stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Where the content stands.
    pub origin: Origin,
    /// The span of each part, in the order of [`Finding::parts`]; none where this place lacks it. A place
    /// without any is a name: that of the file, of a directory above it or of a member of an archive.
    pub spans: Vec<Option<Span>>,
    /// The lines to show, in line order.
    pub excerpts: Vec<Excerpt>,
    /// The hash of the first span's line by which GitHub recognises it, for files of the work
    /// tree (`report::line_hash`); computed over masked text where a value could be guessed.
    pub line_hash: Option<String>,
    /// Which of the spans to point at first: in scans of what is staged and of commits that of a part on
    /// a new line, where there is one; else the first.
    pub lead: usize,
}

impl Place {
    /// The part to point at first; where it does not stand here, the first that does.
    pub fn first_span(&self) -> Option<&Span> {
        let lead = self.spans.get(self.lead).and_then(Option::as_ref);
        lead.or_else(|| self.spans.iter().flatten().next())
    }
}

/// One part of a found credential.
#[derive(Clone, Debug)]
pub struct FoundPart {
    /// The rule's name for it: `key`, `secret`, …
    pub name: &'static str,
    /// What it is for.
    pub role: Role,
    /// Whether harm can be done with it.
    pub secret: bool,
    /// The decoded value.
    pub value: Secret,
    /// What the proof says, where the part has one: `base58check and curve range`.
    pub proved: Option<String>,
}

/// One leaked credential, all its parts together.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that names it.
    pub rule: &'static Rule,
    /// Rule id for reports, one for each severity: `bybit`, `bybit-key`, `bybit-testnet`.
    pub id: String,
    /// What it can do.
    pub severity: Severity,
    /// How sure we are.
    pub confidence: Confidence,
    /// Whether the context says test net.
    pub testnet: bool,
    /// The parts, the most secret first.
    pub parts: Vec<FoundPart>,
    /// Why it was placed at this provider, the strongest first:
    /// "named by `BYBIT_API_KEY` on line 3".
    pub why: Vec<String>,
    /// What can be said in public about it: (`address`, `0x…`), (`account`, `1234…`).
    pub identities: Vec<(&'static str, String)>,
    /// Identity across scans.
    pub fingerprint: Fingerprint,
    /// Where it stands, in order; at least one.
    pub places: Vec<Place>,
    /// Since when and where a repository's history holds it; none outside of history scans.
    pub exposure: Option<Box<Exposure>>,
}

impl Finding {
    /// The values of its parts, for what masks them.
    pub fn values(&self) -> impl Iterator<Item = Hidden> {
        self.parts.iter().map(|part| Hidden {
            value: part.value.clone(),
            secret: part.secret,
        })
    }

    /// One line: what was found and by which provider.
    pub fn title(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|p| p.name).collect();
        let what = match parts.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            Some((one, _)) => (*one).to_owned(),
            None => String::new(),
        };
        let net = if self.testnet { " (test net)" } else { "" };
        format!("{} {what}{net}", self.rule.provider)
    }
}

/// Where a repository's history holds a credential, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// The oldest commit that brought it in, with the place there; none when no commit reaches it.
    pub first: Option<Sighting>,
    /// The newest commit whose tree still holds it, with a place there.
    pub last: Option<Sighting>,
    /// The newest commit that took it out, when neither `HEAD` nor the tip of a branch holds it any more: a
    /// tag or a pull request's ref always will.
    pub removed: Option<CommitInfo>,
    /// Where it stands in the tree of `HEAD`: (path, line). Empty when it does not.
    pub in_head: Vec<(Arc<[u8]>, u32)>,
    /// Names of the refs whose history holds it, in order: branches, remote branches, tags, stashes, notes,
    /// a detached `HEAD`. At most [`Exposure::MOST_REFS`].
    pub refs: Vec<String>,
    /// How many refs there are in all.
    pub ref_count: usize,
    /// Whether a ref reaches it. When not, only reflogs do, or nothing at all: it is still in the object
    /// store until git collects it.
    pub reachable: bool,
    /// Whether a reflog reaches it, where no ref does.
    pub in_reflog: bool,
    /// From the first commit to the one that took it out, or to the day of the scan, in whole days.
    pub days: Option<u32>,
    /// How many versions of files, and messages, hold it.
    pub versions: usize,
    /// How many commits brought it in: have it, while none of their parents does. Several when it came in
    /// on several branches, or came back.
    pub introductions: usize,
}

impl Exposure {
    /// How many names of refs are kept.
    pub const MOST_REFS: usize = 20;
}

/// A commit that holds a credential, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The commit.
    pub commit: CommitInfo,
    /// The path in its tree; empty for the commit's own message.
    pub path: Arc<[u8]>,
    /// The line of the first part there, from 1.
    pub line: u32,
}

/// A commit, as reports name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitInfo {
    /// Its id.
    pub id: ObjectId,
    /// The author: `Name <mail>`, as written; invalid UTF-8 is replaced.
    pub author: String,
    /// When the author wrote it, in seconds since 1970-01-01 UTC.
    pub time: i64,
    /// When it was committed, in seconds since 1970-01-01 UTC.
    pub committed: i64,
    /// The author's offset from UTC, in seconds.
    pub offset: i32,
    /// The first line of the message.
    pub summary: String,
}

/// A value that no output may show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The value.
    pub value: Secret,
    /// Whether harm can be done with it.
    pub secret: bool,
}

impl Hidden {
    /// The value, and whether harm can be done with it.
    pub fn parts(&self) -> (&[u8], bool) {
        (self.value.expose(), self.secret)
    }
}

/// A candidate or finding that is not reported, and why.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The rule that would have reported it.
    pub rule: &'static Rule,
    /// The part's name.
    pub part: &'static str,
    /// Why it is not reported.
    pub reason: Reason,
    /// Where that was decided, or the reason somebody gave: the allow comment's text, the ignore entry.
    pub detail: String,
    /// Where the content stands.
    pub origin: Origin,
    /// Where in it.
    pub span: Span,
}

/// Something that was not read, and so not looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// Where.
    pub origin: Origin,
    /// What happened, in words for the user: "permission denied".
    pub what: String,
    /// What to do about it, when there is something.
    pub help: Option<String>,
}

/// What a scan looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Files of the work tree, and standard input.
    pub files: u64,
    /// Members of archives.
    pub members: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Files left out since git ignores them.
    pub ignored: u64,
    /// Git blobs read.
    pub blobs: u64,
    /// Commits and tags whose text was read.
    pub messages: u64,
    /// Commits looked at: of the whole history, or of a range.
    pub commits: u64,
    /// Pointers of Git LFS to what is not here.
    pub pointers: u64,
}

/// All that a scan has to tell.
#[derive(Debug, Default)]
pub struct Report {
    /// What to list, in order: worst first, then by place.
    pub findings: Vec<Finding>,
    /// What the hygiene checks found wrong, in order: no leaks, and never counted as such.
    pub hygiene: Vec<Lapse>,
    /// Lapses that the configuration suppresses: counted, not listed.
    pub hygiene_suppressed: usize,
    /// Findings below `--min-confidence`: counted, not listed.
    pub below_confidence: usize,
    /// Findings listed that do not reach `--fail-on`.
    pub below_severity: usize,
    /// What was not reported, and why.
    pub suppressed: Vec<Suppressed>,
    /// What was not looked at.
    pub gaps: Vec<Gap>,
    /// Values that are masked besides those of the findings: what stands in names, and credentials that are
    /// not listed.
    pub hidden: Vec<Hidden>,
    /// What was looked at.
    pub stats: Stats,
    /// Findings in the touched files that are older than what was scanned (a range, the index): counted,
    /// not listed.
    pub older: usize,
    /// What a reader should know of how it was scanned, and that is no gap. May quote the repository:
    /// escape it.
    pub notes: Vec<String>,
    /// The repository that was scanned; none for files.
    pub repository: Option<RepositoryInfo>,
}

/// A repository, as reports name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryInfo {
    /// Its work tree's top directory, or its git directory when it is bare; absolute.
    pub path: PathBuf,
    /// The commit that `HEAD` is; none when it is unborn or cannot be told.
    pub head: Option<ObjectId>,
}
