//! Why keyfence could not run: each error says what happened, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::git::revs::RangeError;
use crate::git::{IndexError, LayoutError};
use crate::report::escape;
use crate::rule::RuleError;
use crate::source::SourceError;

/// What ends a run with exit code 2.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path named by the user is not there.
    #[error("{} does not exist", shown(.0))]
    Missing(PathBuf),
    /// A file that the run depends on cannot be read.
    #[error("cannot read {}: {}", shown(.path), reason(.cause))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// Standard input cannot be read.
    #[error("cannot read standard input: {}", reason(.0))]
    Stdin(io::Error),
    /// The configuration says something that cannot be.
    #[error("{}: {what}", at(.path, *.line))]
    Config {
        /// The configuration file.
        path: PathBuf,
        /// The line, from 1, where it is known.
        line: Option<usize>,
        /// What is wrong.
        what: String,
        /// What to write instead.
        help: String,
    },
    /// A rule file of the user's own is broken.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A rule id that no loaded rule has.
    #[error("there is no rule `{}`", escape::word(.id))]
    UnknownRule {
        /// The id as given.
        id: String,
        /// The most similar id, if one is similar.
        nearest: Option<String>,
    },
    /// Flags or environment variables that say something that cannot be.
    #[error("{what}")]
    Usage {
        /// What is wrong.
        what: String,
        /// What to write instead.
        help: String,
    },
    /// There is no repository, or none that can be read as a whole.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The words for a range of commits name none.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// The index cannot be read, so that nothing is known of what is staged.
    #[error("{}: {cause}", shown(.path))]
    Index {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: IndexError,
    },
    /// A report cannot be written.
    #[error("cannot write {target}: {}", reason(.cause))]
    Write {
        /// The file, or "standard output".
        target: String,
        /// What the system says.
        cause: io::Error,
    },
    /// The system gives no threads.
    #[error("cannot start a thread to scan with")]
    Threads,
}

impl From<SourceError> for Error {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Threads => Self::Threads,
            SourceError::Root { path, source } | SourceError::List { path, source } => {
                match source.kind() {
                    io::ErrorKind::NotFound => Self::Missing(path),
                    _ => Self::Read {
                        path,
                        cause: source,
                    },
                }
            }
        }
    }
}

impl Error {
    /// What the user can do; none where the message already says it.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Missing(_) => {
                "check the path; `keyfence scan` without a path scans the current directory".into()
            }
            Self::Read { cause, .. } => match cause.kind() {
                io::ErrorKind::PermissionDenied => {
                    "give yourself the right to read it, or leave it out".into()
                }
                io::ErrorKind::NotFound => "check the path".into(),
                _ => "check that it is a readable, regular file".into(),
            },
            Self::Stdin(_) => "check what is piped into keyfence".into(),
            Self::Config { help, .. } | Self::Usage { help, .. } => help.clone(),
            Self::Rule(error) => error.help(),
            Self::UnknownRule {
                nearest: Some(id), ..
            } => format!("did you mean `{id}`? `keyfence rules list` lists all"),
            Self::UnknownRule { nearest: None, .. } => {
                "`keyfence rules list` lists all rules".into()
            }
            Self::Layout(error) => error.help(),
            Self::Range(error) => return error.help(),
            Self::Index { cause, .. } => match cause {
                IndexError::Read(_) => "check that it is a readable, regular file".into(),
                IndexError::Damaged(_) => {
                    "if git can't read it either (`git status`), delete it and make it anew with `git reset`"
                        .into()
                }
                IndexError::Unknown(_) => {
                    "write it in a form that is known: `git update-index --index-version 2`".into()
                }
            },
            Self::Write { cause, .. } => match cause.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "free some space, or write the report elsewhere; no part of it was left behind"
                        .into()
                }
                _ => "check that the directory exists and that you may write to it".into(),
            },
            Self::Threads => "raise the limit of processes or memory that holds for this user or container".into(),
        })
    }
}

/// A path for an error message: escaped, in backticks.
fn shown(path: &Path) -> String {
    format!("`{}`", escape::terminal(&path.to_string_lossy()))
}

/// A file and line for an error message.
fn at(path: &Path, line: Option<usize>) -> String {
    let path = escape::terminal(&path.to_string_lossy()).into_owned();
    match line {
        Some(line) => format!("{path}:{line}"),
        None => path,
    }
}

/// What the system says, without Rust's `(os error 2)`, beginning in lower case.
pub fn reason(cause: &io::Error) -> String {
    let text = cause.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => "unknown error".to_owned(),
    }
}
