//! What a scan finds, and what the reports read.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

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
}

impl Origin {
    /// Path and members as text for people and machines alike: members follow after `!/`;
    /// invalid UTF-8 is replaced. Not escaped: reports do that.
    pub fn display(&self) -> String {
        let mut out = String::from_utf8_lossy(&self.path).into_owned();
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
    /// The span of each part, in the order of [`Finding::parts`]; none where this place lacks it.
    pub spans: Vec<Option<Span>>,
    /// The lines to show, in line order.
    pub excerpts: Vec<Excerpt>,
    /// The hash of the first span's line by which GitHub recognises it, for files of the work
    /// tree (`report::line_hash`); computed over masked text where a value could be guessed.
    pub line_hash: Option<String>,
}

impl Place {
    /// The first part that stands here.
    pub fn first_span(&self) -> Option<&Span> {
        self.spans.iter().flatten().next()
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
}

impl Finding {
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
}

/// All that a scan has to tell.
#[derive(Debug, Default)]
pub struct Report {
    /// What to list, in order: worst first, then by place.
    pub findings: Vec<Finding>,
    /// Findings below `--min-confidence`: counted, not listed.
    pub below_confidence: usize,
    /// Findings listed that do not reach `--fail-on`.
    pub below_severity: usize,
    /// What was not reported, and why.
    pub suppressed: Vec<Suppressed>,
    /// What was not looked at.
    pub gaps: Vec<Gap>,
    /// What was looked at.
    pub stats: Stats,
}
