//! The security checklist of a trading bot: twelve lines, each with its evidence and the next step.
//!
//! What only an exchange could say is not known here, and says where to look: nothing uses the network.

mod custody;
mod evidence;
mod gate;
mod keys;
mod leaks;
mod marks;
mod people;

use crate::error::Error;
use crate::exit::Exit;
use crate::settings::Env;
pub use evidence::Evidence;

/// How a line of the list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing speaks against it.
    Passed,
    /// Something is wrong.
    Failed,
    /// It can't be told from here.
    Unknown,
}

impl State {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unknown => "not known",
        }
    }
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// From 1.
    pub number: u8,
    /// A name that stays: `withdrawals-off`.
    pub id: &'static str,
    /// What should be so.
    pub title: &'static str,
    /// Whether it is.
    pub state: State,
    /// What speaks for that.
    pub evidence: Vec<String>,
    /// What to do next; pages to look at among it.
    pub next: Vec<String>,
}

impl Item {
    fn new(number: u8, id: &'static str, title: &'static str) -> Self {
        Self {
            number,
            id,
            title,
            state: State::Unknown,
            evidence: Vec::new(),
            next: Vec::new(),
        }
    }

    fn state(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    fn saying(mut self, text: impl Into<String>) -> Self {
        self.evidence.push(text.into());
        self
    }

    fn all(mut self, texts: impl IntoIterator<Item = String>) -> Self {
        let before = self.evidence.len();
        let mut texts = texts.into_iter();
        self.evidence.extend(texts.by_ref().take(MOST));
        let more = texts.count();
        if more > 0 && self.evidence.len() > before {
            self.evidence.push(format!("and {more} more"));
        }
        self
    }

    fn next(mut self, text: impl Into<String>) -> Self {
        self.next.push(text.into());
        self
    }

    fn then(mut self, texts: impl IntoIterator<Item = String>) -> Self {
        self.next.extend(texts.into_iter().take(MOST));
        self
    }
}

/// Pieces of evidence told of one line.
const MOST: usize = 12;

/// The whole list.
#[derive(Debug)]
pub struct Checklist {
    /// Its lines, in order.
    pub items: Vec<Item>,
    /// What could not be read, and so was not looked at.
    pub gaps: Vec<String>,
}

impl Checklist {
    /// Gathers the evidence of a repository, and judges it.
    ///
    /// # Errors
    ///
    /// When there is no repository with a work tree, or the configuration is broken.
    pub fn take(
        dir: &std::path::Path,
        args: &crate::cli::ConfigArgs,
        env: Env<'_>,
    ) -> Result<(Self, Evidence), Error> {
        let evidence = Evidence::gather(dir, args, env)?;
        let items = vec![
            keys::scope(&evidence),
            keys::addresses(&evidence),
            leaks::code(&evidence),
            leaks::history(&evidence),
            leaks::gitignore(&evidence),
            keys::reuse(&evidence),
            keys::age(&evidence),
            keys::sub_accounts(&evidence),
            leaks::revoked(&evidence),
            custody::third_parties(&evidence),
            people::people(&evidence),
            gate::gate(&evidence),
        ];
        let gaps = evidence.gaps();
        Ok((Self { items, gaps }, evidence))
    }

    /// How many lines stand so.
    pub fn count(&self, state: State) -> usize {
        self.items.iter().filter(|item| item.state == state).count()
    }

    /// What the process says: a failed line, or with `strict` one that is not known, is a finding.
    pub fn exit(&self, strict: bool) -> Exit {
        if self.count(State::Failed) > 0 || strict && self.count(State::Unknown) > 0 {
            Exit::Findings
        } else if !self.gaps.is_empty() {
            Exit::Incomplete
        } else {
            Exit::Clean
        }
    }
}
