//! Reports: one format a file, each a pure function of what was found and how to tell it.

mod commit;
pub mod escape;
pub mod human;
pub mod json;
pub mod jsonl;
pub mod line_hash;
pub mod redact;
pub mod replace_text;
pub mod sarif;
mod site;
pub mod summary;
pub mod text;
pub mod uri;
mod view;

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
    /// The expressions by which a rewriter of git histories finds the secrets: into a file, and with
    /// `--show-secrets` alone.
    ReplaceText,
}

impl Format {
    /// All formats, in the order of the help.
    pub const ALL: [Self; 5] = [
        Self::Human,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::ReplaceText,
    ];

    /// The word that `--format` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
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
