//! Rules: what a credential looks like, as data.

mod called;
mod file;
pub mod forge;
mod head;
mod index;
mod lead;
mod led;
mod model;
mod shape;
mod words;

use std::path::{Path, PathBuf};

use crate::report::escape;
use crate::{misread, nearest, regular};

pub use called::{Called, OwnName};
pub use head::{Head, Kinds, kinds_of};
pub use index::{Alphabet, Index, Literal, MAX_LENGTH, MentionKind, PartRef, ShapeEntry};
pub use lead::LEAD;
pub use model::*;
pub use shape::{MIN_RUN, is_token};
pub use words::{Word, Words, hash, words};

#[allow(clippy::unreadable_literal)]
mod builtin {
    use super::called::{Called, OwnName};
    use super::head::Head;
    use super::index::MentionKind::*;
    use super::index::*;
    use super::lead::{Leads, Rest};
    use super::led::Led;
    use super::model::{
        Block::*, Class, Confidence::*, Context, Example, Expected, List, Need::*, Part, Remedy,
        Role::*, Rule, Seg::*, Severity::*, Shape,
    };
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}

/// A rule is short; what is longer is none.
const MAX_BYTES: u64 = 1 << 20;

/// The rules of a scan and their index.
#[derive(Clone, Copy, Debug)]
pub struct Set {
    rules: &'static [Rule],
    index: &'static Index,
}

/// A rule file of the user's that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// It can't be read.
    #[error("cannot read {}: {}", shown(.path), crate::error::reason(.cause))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// It is no rule.
    #[error("{}:{line}: {}", shown(.path), escape::terminal(.what))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u32,
        /// What is wrong.
        what: String,
        /// What to write instead.
        help: String,
    },
    /// Two rules have one id.
    #[error("{}: there is a rule `{id}` already", shown(.path))]
    Twice {
        /// The file of the second.
        path: PathBuf,
        /// The id.
        id: &'static str,
        /// Where the first stands.
        first: &'static str,
    },
}

impl RuleError {
    /// What the user can do.
    pub fn help(&self) -> String {
        match self {
            Self::Read { .. } => "a rule is a readable, regular file of at most 1 MiB".to_owned(),
            Self::Invalid { help, .. } => escape::terminal(help).into_owned(),
            Self::Twice { first, .. } => format!(
                "it stands in {}; give this one another id",
                escape::terminal(first)
            ),
        }
    }
}

/// A path for an error message.
fn shown(path: &Path) -> String {
    escape::terminal(&path.to_string_lossy()).into_owned()
}

impl Set {
    /// The rules compiled in.
    pub fn builtin() -> Self {
        Self {
            rules: builtin::RULES,
            index: &builtin::INDEX,
        }
    }

    /// The rules compiled in and those of these files.
    ///
    /// # Errors
    ///
    /// Names the file, the line and what is wrong with the first bad one; two rules of one id are
    /// an error.
    pub fn load(files: &[PathBuf]) -> Result<Self, RuleError> {
        Self::with(files, false)
    }

    /// The rules of these files and those compiled in that have other ids: how the author of a
    /// rule tries a changed one.
    ///
    /// # Errors
    ///
    /// Names the file, the line and what is wrong with the first bad one.
    pub fn replacing(files: &[PathBuf]) -> Result<Self, RuleError> {
        Self::with(files, true)
    }

    fn with(files: &[PathBuf], replace: bool) -> Result<Self, RuleError> {
        if files.is_empty() {
            return Ok(Self::builtin());
        }
        let mut rules = builtin::RULES.to_vec();
        let mut own: Vec<&str> = Vec::new();
        for path in files {
            let rule = read(path)?;
            match rules.iter_mut().find(|r| r.id == rule.id) {
                Some(first) if replace && !own.contains(&rule.id) => *first = rule,
                Some(first) => {
                    return Err(RuleError::Twice {
                        path: path.clone(),
                        id: rule.id,
                        first: first.file,
                    });
                }
                None => rules.push(rule),
            }
            own.push(rule.id);
        }
        let rules: &'static [Rule] = rules.leak();
        Ok(Self {
            rules,
            index: Box::leak(Box::new(index::build(rules))),
        })
    }

    /// The rules, by id; those of the user follow.
    pub fn rules(&self) -> &'static [Rule] {
        self.rules
    }

    /// The index over [`Set::rules`].
    pub fn index(&self) -> &'static Index {
        self.index
    }

    /// The rule of this id.
    pub fn get(&self, id: &str) -> Option<&'static Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// A part and its rule.
    pub fn part(&self, part: PartRef) -> (&'static Rule, &'static Part) {
        let rule = &self.rules[usize::from(part.rule)];
        (rule, &rule.parts.0[usize::from(part.part)])
    }
}

/// Reads one rule file of the user's.
///
/// # Errors
///
/// Names the file, the line and what is wrong.
pub fn read(path: &Path) -> Result<Rule, RuleError> {
    let unread = |cause| RuleError::Read {
        path: path.to_owned(),
        cause,
    };
    let bytes = regular::read(path, MAX_BYTES).map_err(unread)?;
    let text =
        String::from_utf8(bytes).map_err(|_| unread(std::io::Error::other("it is not UTF-8")))?;
    let name = path.to_string_lossy();
    file::parse(&text, &name, "user", crate::prove::NAMES).map_err(|error| RuleError::Invalid {
        path: path.to_owned(),
        line: error.line,
        what: error.what,
        help: error.help,
    })
}
