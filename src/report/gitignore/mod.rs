//! What `keyfence gitignore` says: for people, as JSON, as lines with tabs.

mod human;
mod json;
mod tsv;

use std::io::{self, Write};

use super::escape;
use super::redact::Redactor;
use crate::finding::Finding;
use crate::gitignore::Deciding;
use crate::hygiene::{Answer, Ground, Local, Survey};

/// The ways to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// For people.
    Human,
    /// One document, `gitignore.schema.json` says its form.
    Json,
    /// `verdict TAB path` lines.
    Tsv,
}

impl Shape {
    /// The shape of a word of the command line.
    pub fn of(word: &str) -> Self {
        match word {
            "json" => Self::Json,
            "tsv" => Self::Tsv,
            _ => Self::Human,
        }
    }
}

/// What is told, and how.
pub struct Told<'a> {
    /// The repository.
    pub ground: &'a Ground,
    /// The answer.
    pub survey: &'a Survey,
    /// The exit code.
    pub exit: u8,
    /// Whether to colour.
    pub color: bool,
    /// Whether it goes to a terminal, which raw names could fool.
    pub terminal: bool,
    /// Whether people are told what to do next.
    pub advice: bool,
}

impl Told<'_> {
    /// Writes the answer for the whole repository.
    pub fn write(&self, shape: Shape, out: &mut dyn Write) -> io::Result<()> {
        match shape {
            Shape::Human => human::write(self, out),
            Shape::Json => json::write(self, out),
            Shape::Tsv => tsv::write(self, out),
        }
    }

    /// Writes the answers for given paths, each as it was asked for.
    pub fn paths(
        &self,
        answers: &[(Vec<u8>, Answer)],
        shape: Shape,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match shape {
            Shape::Human => human::paths(self, answers, out),
            Shape::Json => json::paths(self, answers, out),
            Shape::Tsv => tsv::paths(self, answers, out),
        }
    }

    fn redact(&self) -> Redactor {
        self.survey.redactor()
    }
}

/// `.gitignore:12: !.env`. The text of files outside of the repository is not shown.
fn rule(deciding: &Deciding) -> String {
    let path = deciding.path();
    let path = String::from_utf8_lossy(&path);
    if is_foreign(deciding) {
        return format!("{path}:{}", deciding.line);
    }
    let text = String::from_utf8_lossy(&deciding.text);
    format!("{path}:{}: {text}", deciding.line)
}

/// Whether the line stands in a file outside of the repository, that a stranger's configuration may name.
fn is_foreign(deciding: &Deciding) -> bool {
    deciding
        .file
        .as_ref()
        .is_some_and(|file| !file.starts_with(b".git/"))
}

/// Why a path has its verdict, in words; empty where there is nothing to say.
fn because(answer: &Answer) -> String {
    let mut out = answer.deciding.as_ref().map(rule).unwrap_or_default();
    if let Some(local) = answer.local {
        out.push_str(&format!(" ({})", local.as_str()));
        if matches!(local, Local::Unstaged | Local::Untracked) {
            out.push_str("; `git add` it");
        }
    }
    if let Some(own) = &answer.taken_back {
        out.push_str(&format!("; but here {} takes it back in", rule(own)));
    }
    out
}

/// What was found in a file: `Binance key and secret (critical)`.
fn named(findings: &[Finding], found: &[usize]) -> Vec<String> {
    let found = found.iter().filter_map(|index| findings.get(*index));
    found
        .map(|own| format!("{} ({})", own.title(), own.severity.as_str()))
        .collect()
}

/// Text from the repository for a terminal: masked and escaped.
fn foreign(redact: &Redactor, text: &str) -> String {
    escape::terminal(&redact.text(text)).into_owned()
}
