//! Reports: one format a file, each a pure function of what was found and how to tell it.

pub mod checklist;
pub mod codeclimate;
mod commit;
pub mod csv;
pub mod docs;
mod entry;
pub mod escape;
pub mod github;
pub mod gitignore;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod line_hash;
pub mod markdown;
pub mod redact;
mod remark;
pub mod replace_text;
mod reuse;
pub mod sarif;
mod site;
mod stream;
pub mod summary;
pub mod text;
pub mod uri;
mod view;

pub use entry::steps;

use std::io::{self, Write};

use crate::exit::Exit;
use crate::finding::{Confidence, Report, Severity};
use crate::settings::Source;

/// The ways to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people, like a compiler's messages.
    Human,
    /// One document, `report.schema.json` says its form.
    Json,
    /// One finding a line, the summary last.
    Jsonl,
    /// SARIF 2.1.0 as GitHub code scanning reads it.
    Sarif,
    /// GitLab's secret detection report.
    Gitlab,
    /// Code Quality, as GitLab's merge requests and Code Climate read it.
    Codeclimate,
    /// JUnit XML: a failure for each finding.
    Junit,
    /// Comma-separated values.
    Csv,
    /// Annotations of GitHub Actions.
    Github,
    /// A table in Markdown.
    Markdown,
    /// The expressions by which a rewriter of git histories finds the secrets: into a file, and with
    /// `--show-secrets` alone.
    ReplaceText,
}

impl Format {
    /// All formats, in the order of the help.
    pub const ALL: [Self; 11] = [
        Self::Human,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Gitlab,
        Self::Codeclimate,
        Self::Junit,
        Self::Csv,
        Self::Github,
        Self::Markdown,
        Self::ReplaceText,
    ];

    /// The word that `--format` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Gitlab => "gitlab",
            Self::Codeclimate => "codeclimate",
            Self::Junit => "junit",
            Self::Csv => "csv",
            Self::Github => "github",
            Self::Markdown => "markdown",
            Self::ReplaceText => "replace-text",
        }
    }

    /// Writes the report.
    pub fn write(
        self,
        report: &Report,
        context: &ReportContext<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match self {
            Self::Human => human::write(report, context, out),
            Self::Json => json::write(report, context, out),
            Self::Jsonl => jsonl::write(report, context, out),
            Self::Sarif => sarif::write(report, context, out),
            Self::Gitlab => gitlab::write(report, context, out),
            Self::Codeclimate => codeclimate::write(report, context, out),
            Self::Junit => junit::write(report, context, out),
            Self::Csv => csv::write(report, context, out),
            Self::Github => github::write(report, context, out),
            Self::Markdown => markdown::write(report, context, out),
            Self::ReplaceText => replace_text::write(report, context, out),
        }
    }
}

/// How to tell it.
#[derive(Clone, Debug)]
pub struct ReportContext<'a> {
    /// The verdict.
    pub exit: Exit,
    /// What was scanned.
    pub source: &'a Source,
    /// The least severity that fails the run.
    pub fail_on: Option<Severity>,
    /// The least confidence that is listed.
    pub min_confidence: Confidence,
    /// Whether to list what was suppressed.
    pub show_suppressed: bool,
    /// Whether to show secrets.
    pub show_secrets: bool,
    /// Whether the human report ends with a summary.
    pub summary: bool,
    /// Whether the human report is coloured.
    pub color: bool,
    /// What the configuration narrows.
    pub narrows: Option<&'a str>,
    /// When the scan ran.
    pub clock: Clock,
}

/// When a scan ran, in seconds since 1970-01-01 UTC. Some formats want it; only those say it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// When it began.
    pub began: i64,
    /// When it ended.
    pub ended: i64,
}

impl ReportContext<'_> {
    /// What masks values in names and notes, unless secrets are to be shown.
    fn redactor(&self, report: &Report) -> redact::Redactor {
        if self.show_secrets {
            redact::Redactor::open()
        } else {
            redact::Redactor::new(report)
        }
    }
}
