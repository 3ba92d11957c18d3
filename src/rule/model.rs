//! What a rule is once it has been read: plain data that a constant can hold.
//!
//! The build script and the loader of users' own rules make the same values; the build script
//! prints them with `{:?}`, so every `Debug` form here is also a Rust expression.

use std::fmt;

/// A list that lives as long as the program.
#[derive(Clone, Copy)]
pub struct List<T: 'static>(pub &'static [T]);

impl<T> std::ops::Deref for List<T> {
    type Target = [T];
    fn deref(&self) -> &'static [T] {
        self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("List(&[")?;
        for item in self.0 {
            write!(f, "{item:?},")?;
        }
        f.write_str("])")
    }
}

impl<T> From<Vec<T>> for List<T> {
    /// Rules live as long as the program: the vector is leaked on purpose.
    fn from(items: Vec<T>) -> Self {
        Self(items.leak())
    }
}

/// What the credential can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing, no leak: an encrypted key, an uncovered pattern without a file.
    Info,
    /// Test net, public half, read-only.
    Low,
    /// Reads private data, or one half of a credential.
    Medium,
    /// Trades or writes.
    High,
    /// Moves funds or owns the machine.
    Critical,
}

impl Severity {
    /// All severities, lowest first.
    pub const ALL: [Self; 5] = [
        Self::Info,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::Critical,
    ];

    /// The word that files, flags and reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// How sure we are that it is a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A random value under a secret-like name.
    Possible,
    /// A shape with its context, or a pair.
    Likely,
    /// Proved, or a shape that nothing else has.
    Certain,
}

impl Confidence {
    /// All confidences, lowest first.
    pub const ALL: [Self; 3] = [Self::Possible, Self::Likely, Self::Certain];

    /// The word that files, flags and reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// What a part is for, and so which names may hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The half that is sent in clear: API key, access key, client id.
    Key,
    /// The half that signs.
    Secret,
    /// A short text chosen by the user or the provider, needed beside key and secret.
    Passphrase,
    /// A memo or label needed beside key and secret.
    Memo,
    /// A user, account or customer number needed beside key and secret.
    Id,
    /// A value that is sent whole and suffices alone.
    Token,
    /// A private key of a wallet, a host or a certificate.
    PrivateKey,
    /// A seed phrase or seed.
    Seed,
    /// A password.
    Password,
}

/// What must stand beside a part's shape before it is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The shape says it all.
    Nothing,
    /// A name of the part's role or one of the part's own names.
    Name,
    /// The provider must be named by the context.
    Context,
    /// Another part of the same credential must stand near.
    Pair,
}

/// A span that is no run of token characters, found by a finder of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// A BIP-39 or Electrum phrase: words of one list.
    Words,
    /// 32 or 64 numbers from 0 to 255 in brackets.
    Bytes,
    /// `-----BEGIN … -----` armour.
    Armor,
    /// An Ethereum V3 keystore or another JSON key file that says what it is.
    Keystore,
    /// Any value that looks drawn by a machine, under a name of the part's role.
    Value,
    /// A password that a URL or a file binds, of a kind that the part's `names` list.
    Login,
}

/// A set of ASCII bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Class(pub u128);

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Class({:#x})", self.0)
    }
}

impl Class {
    /// Whether the class holds this byte.
    #[inline]
    pub const fn has(self, byte: u8) -> bool {
        let half = if byte < 64 {
            self.0 as u64
        } else {
            (self.0 >> 64) as u64
        };
        byte < 128 && half >> (byte & 63) & 1 == 1
    }

    /// How many bytes the class holds.
    pub const fn size(self) -> u32 {
        self.0.count_ones()
    }

    /// The bytes of the class, in order.
    pub fn bytes(self) -> impl Iterator<Item = u8> {
        (0..128u8).filter(move |b| self.has(*b))
    }
}

/// One stretch of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seg {
    /// These bytes, as they are.
    Lit(&'static str),
    /// Between `1` and `2` bytes of a class, as many as stand there.
    Run(Class, u16, u16),
}

/// The shape of a value: its stretches one after another.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// What stands before the anchor, first stretch first (`123456789:` of a Telegram token).
    pub lead: List<Seg>,
    /// From the anchor on: it starts where a run of 16 or more token characters starts, or after
    /// a character in such a run that ends a word.
    pub body: List<Seg>,
}

/// One part of a credential.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// What the part is called in findings: `key`, `secret`, `passphrase`, …
    pub name: &'static str,
    /// The id a finding of this part alone takes, if not `<rule>-<part>`.
    pub kind: Option<&'static str>,
    /// What it is for.
    pub role: Role,
    /// Whether who has it can do harm with it.
    pub secret: bool,
    /// What must stand beside the shape.
    pub need: Need,
    /// Names that hold this part, beyond the common names of its role; lower case, words only
    /// (`bitmex_api_id` is `bitmex api id`).
    pub names: List<&'static str>,
    /// The shapes it may have.
    pub shapes: List<Shape>,
    /// Found by a finder of its own instead of by shape.
    pub block: Option<Block>,
    /// Checked by this proof (`prove::prover`).
    pub proof: Option<&'static str>,
    /// Severity when found without the other parts.
    pub severity: Severity,
    /// Confidence where everything needed is there but nothing is proved.
    pub confidence: Confidence,
}

/// What places a value at a provider.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Words in names, object keys, sections, paths, imports: lower case.
    pub words: List<&'static str>,
    /// Request headers, lower case.
    pub headers: List<&'static str>,
    /// Hosts, lower case.
    pub hosts: List<&'static str>,
    /// Functions and classes whose arguments hold the parts, as written.
    pub calls: List<&'static str>,
    /// Packages and modules, as written.
    pub imports: List<&'static str>,
    /// File names or path ends that hold its credentials, as written.
    pub files: List<&'static str>,
    /// Words that say it is play money, lower case.
    pub testnet: List<&'static str>,
    /// Words that say the provider's word means something else here, lower case.
    pub not: List<&'static str>,
}

/// What to do about a leak.
#[derive(Clone, Copy, Debug)]
pub struct Remedy {
    /// The page where the credential is revoked.
    pub revoke: Option<&'static str>,
    /// What to do, in order.
    pub steps: List<&'static str>,
    /// Days after which the credential should be replaced anyway.
    pub rotate_days: Option<u16>,
}

/// A part that an example must find.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// The rule, when it is not the example's own.
    pub rule: Option<&'static str>,
    /// The part.
    pub part: &'static str,
    /// The line it starts on, from 1.
    pub line: u32,
    /// The confidence it must have, when that is what the example shows.
    pub confidence: Option<Confidence>,
    /// The severity its finding must have, when that is what the example shows.
    pub severity: Option<Severity>,
}

/// An example or counter-example; slots («key») stand for made-up values.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The path the text stands at.
    pub path: &'static str,
    /// The text with slots.
    pub text: &'static str,
    /// What must be found at `likely` or above, and nothing else.
    pub finds: List<Expected>,
    /// Why nothing is found, for counter-examples.
    pub why: Option<&'static str>,
    /// The line of the rule file the example starts on.
    pub line: u32,
}

/// One provider's rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Stable id in kebab case.
    pub id: &'static str,
    /// Who issues the credential.
    pub provider: &'static str,
    /// The folder the rule stands in: exchange, wallet, cloud, …
    pub domain: &'static str,
    /// The file it was read from, below `rules/`, or the user's path.
    pub file: &'static str,
    /// The provider's own page on these credentials.
    pub page: Option<&'static str>,
    /// What the credential is, in a sentence or two.
    pub about: &'static str,
    /// What places a value at the provider.
    pub context: Context,
    /// The parts, in the order the provider hands them out.
    pub parts: List<Part>,
    /// How many lines apart parts may stand.
    pub within: u32,
    /// Severity of a whole credential.
    pub pair: Severity,
    /// Severity on a test net.
    pub testnet: Severity,
    /// What to do about a leak.
    pub remedy: Remedy,
    /// SHA-256 of values published in documentation, sorted.
    pub samples: List<[u8; 32]>,
    /// Examples and counter-examples.
    pub examples: List<Example>,
}
