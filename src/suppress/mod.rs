//! Why something is not reported: data and a few named functions, each with its reason.

pub mod baseline;
pub mod encrypted;
pub mod inline;
pub mod lookup;
pub mod path;
pub mod placeholder;
pub mod public;
pub mod sample;
mod vocabulary;

/// The reasons, as they are counted in the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// `your_key_here`, `xxxx`, `<secret>`, `${SECRET}`.
    Placeholder,
    /// A value published in documentation, or a well-known development key.
    Sample,
    /// A value that is public by its nature: a public key, an address, a digest.
    Public,
    /// An encrypted value: SOPS, sealed secrets, ansible-vault.
    Encrypted,
    /// A path that holds no secrets of its own: a lock file, an installed package.
    Path,
    /// An allow comment beside it.
    Inline,
    /// An entry of the ignore list in the configuration.
    Ignore,
    /// A baseline that holds it.
    Baseline,
    /// A proof refuted it.
    Refuted,
}

impl Reason {
    /// All reasons, in the order of the summary.
    pub const ALL: [Self; 9] = [
        Self::Placeholder,
        Self::Sample,
        Self::Public,
        Self::Encrypted,
        Self::Path,
        Self::Inline,
        Self::Ignore,
        Self::Baseline,
        Self::Refuted,
    ];

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Placeholder => "placeholder",
            Self::Sample => "sample",
            Self::Public => "public",
            Self::Encrypted => "encrypted",
            Self::Path => "path",
            Self::Inline => "inline",
            Self::Ignore => "ignore",
            Self::Baseline => "baseline",
            Self::Refuted => "refuted",
        }
    }
}
