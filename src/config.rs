//! `keyfence.toml`: where it is found, and what it may say.

mod discover;
mod file;
mod staged;

use std::path::{Path, PathBuf};

use globset::GlobMatcher;
use regex::bytes::Regex;

pub use discover::{NAME, discover, of_repository, top};
pub use file::{FIELDS, load, read};
pub use staged::staged;

use crate::finding::{Confidence, Fingerprint, Severity};
use crate::suppress::baseline::Baseline;

/// A configuration, read and checked.
#[derive(Debug)]
pub struct Config {
    /// The file.
    pub path: PathBuf,
    /// The directory it stands in, without links: globs in it count from here.
    pub dir: PathBuf,
    /// The user's own rule files.
    pub rules: Vec<PathBuf>,
    /// When not empty, only these rules run.
    pub only_rules: Vec<String>,
    /// Rules that do not run.
    pub exclude_rules: Vec<String>,
    /// Paths whose findings are suppressed.
    pub excludes: Vec<Exclude>,
    /// Findings that are suppressed.
    pub ignores: Vec<Ignore>,
    /// Files of known findings, as the configuration names them.
    pub baseline_files: Vec<PathBuf>,
    /// The same, read.
    pub baselines: Vec<Baseline>,
    /// What it names and what does not count all the same, for people.
    pub notes: Vec<String>,
    /// The least severity that fails a run; `Some(None)` when nothing does.
    pub fail_on: Option<Option<Severity>>,
    /// The least confidence that is listed.
    pub min_confidence: Option<Confidence>,
    /// Which files must never reach git.
    pub protect: Protect,
}

/// Which files must never reach git, beside or instead of those that are built in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protect {
    /// Whether those that are built in count.
    pub built_in: bool,
    /// Further ones, as lines of a `.gitignore` file.
    pub more: Vec<String>,
    /// What is meant for git, as lines of a `.gitignore` file.
    pub except: Vec<String>,
}

impl Default for Protect {
    fn default() -> Self {
        Self {
            built_in: true,
            more: Vec::new(),
            except: Vec::new(),
        }
    }
}

/// Paths whose findings are suppressed, counted and listed as [`crate::suppress::Reason::Ignore`].
#[derive(Clone, Debug)]
pub struct Exclude {
    /// Matches paths that count from [`Config::dir`], with `/` between their parts.
    pub path: GlobMatcher,
    /// Why, in the user's words.
    pub reason: String,
}

/// A kind of finding that is suppressed: one that meets all the conditions given.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// The finding has this fingerprint.
    pub fingerprint: Option<Fingerprint>,
    /// The decoded value of one of its secret parts matches.
    pub value: Option<Regex>,
    /// It stands at such a path, counted from [`Config::dir`].
    pub path: Option<GlobMatcher>,
    /// Its rule has this id, or the finding itself has.
    pub rule: Option<String>,
    /// Why, in the user's words.
    pub reason: String,
}

impl Ignore {
    /// Whether the entry speaks of rule `rule` (`bybit`) or of the finding id `id` (`bybit-key`).
    pub fn names_rule(&self, rule: &str, id: &str) -> bool {
        self.rule
            .as_deref()
            .is_none_or(|named| named == rule || named == id)
    }

    /// Whether the entry speaks of the path, counted from [`Config::dir`]; none for what is no file.
    pub fn names_path(&self, path: Option<&Path>) -> bool {
        match &self.path {
            Some(glob) => path.is_some_and(|path| glob.is_match(path)),
            None => true,
        }
    }
}

impl Config {
    /// What the file narrows beyond the suppressions that are counted one by one: a line for the
    /// summary, none when it narrows nothing.
    pub fn narrows(&self) -> Option<String> {
        let mut said = Vec::new();
        if let Some(fail_on) = self.fail_on {
            said.push(format!(
                "fail-on {}",
                fail_on.map_or("none", Severity::as_str)
            ));
        }
        if let Some(least) = self.min_confidence {
            said.push(format!("min-confidence {}", least.as_str()));
        }
        if !self.only_rules.is_empty() {
            said.push(format!("only rules {}", self.only_rules.join(", ")));
        }
        if !self.exclude_rules.is_empty() {
            said.push(format!("rules left out: {}", self.exclude_rules.join(", ")));
        }
        if !self.protect.built_in {
            said.push("gitignore built-in false".to_owned());
        }
        if !self.protect.except.is_empty() {
            said.push(format!(
                "gitignore does not protect {}",
                self.protect.except.join(", ")
            ));
        }
        (!said.is_empty()).then(|| format!("{NAME} says {}", said.join("; ")))
    }
}
