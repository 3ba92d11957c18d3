//! Annotations of GitHub Actions: workflow commands on standard output.
//!
//! (docs.github.com, "Workflow commands for GitHub Actions".) GitHub shows ten errors, ten warnings and ten
//! notices of a step: the worst are written as commands, the others as plain lines.

use std::borrow::Cow;
use std::io::{self, Write};

use super::entry::{Entry, entries};
use super::redact::Redactor;
use super::remark::remarks;
use super::{ReportContext, escape, summary};
use crate::finding::{Report, Severity};

/// What GitHub shows of one kind in one step.
const MOST_OF_A_KIND: usize = 10;

/// The kinds, the worst first.
const KINDS: [&str; 3] = ["error", "warning", "notice"];

/// Writes the report.
pub fn write(report: &Report, context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let redact = Redactor::new(report);
    let mut commands: Vec<(&str, String, String)> = Vec::new();
    for gap in &report.gaps {
        let path = redact.text(&gap.origin.display()).into_owned();
        let help = gap
            .help
            .as_ref()
            .map(|help| format!("; {}", redact.text(help)));
        let what = format!(
            "{path}: {}{}",
            redact.text(&gap.what),
            help.unwrap_or_default()
        );
        let place = format!("title={}", property("keyfence could not read this"));
        commands.push(("error", place, escape::terminal(&what).into_owned()));
    }
    for entry in entries(report, context, &redact) {
        commands.push((kind(&entry), properties(&entry), message(&entry)));
    }
    for remark in remarks(report, context, &redact) {
        let kind = match remark.lapse.severity {
            _ if remark.fails => "error",
            Severity::Info => "notice",
            _ => "warning",
        };
        let (path, line) = (&remark.path, remark.line());
        let place = format!(
            "file={},line={line},title={}",
            property(path),
            property(&format!(
                "{}: {}",
                remark.lapse.severity.as_str(),
                remark.title
            ))
        );
        let what = format!("{}:{line}: {}", escape::terminal(path), remark.sentence);
        commands.push((kind, place, what));
    }
    for kind in KINDS {
        let of_kind = commands.iter().filter(|(its, ..)| *its == kind);
        for (n, (_, properties, message)) in of_kind.enumerate() {
            if n < MOST_OF_A_KIND {
                writeln!(out, "::{kind} {properties}::{}", data(message))?;
            } else {
                writeln!(out, "{kind}: {message}")?;
            }
        }
    }
    if context.summary {
        writeln!(out, "keyfence {}", summary::line(report, context))?;
    }
    Ok(())
}

fn kind(entry: &Entry<'_>) -> &'static str {
    match entry.finding.severity {
        _ if entry.fails => "error",
        Severity::Info => "notice",
        _ => "warning",
    }
}

fn message(entry: &Entry<'_>) -> String {
    format!(
        "{}:{}: {} Fingerprint {}",
        escape::terminal(&entry.path),
        entry.start_line(),
        entry.sentence,
        entry.finding.fingerprint
    )
}

fn properties(entry: &Entry<'_>) -> String {
    let title = format!("{}: {}", entry.finding.severity.as_str(), entry.title());
    let mut out = String::new();
    if entry.is_file {
        out.push_str(&format!(
            "file={},line={}",
            property(&entry.path),
            entry.start_line()
        ));
        if let Some(span) = entry.span {
            out.push_str(&format!(",endLine={}", entry.end_line()));
            // Columns within one line alone mean something.
            if span.line == span.end_line {
                out.push_str(&format!(
                    ",col={},endColumn={}",
                    span.column, span.end_column
                ));
            }
        }
        out.push(',');
    }
    out.push_str(&format!("title={}", property(&title)));
    out
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property. Of what would fool a terminal line ends alone have a form of their own here; where
/// there is more, the text is escaped as a whole.
fn property(text: &str) -> String {
    let only_lines = text.replace(['\r', '\n'], "");
    let shown = match escape::terminal(&only_lines) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(_) => escape::terminal(text),
    };
    data(&shown).replace(':', "%3A").replace(',', "%2C")
}
