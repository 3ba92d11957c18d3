//! A table in Markdown for the summary of a job or a comment.
//!
//! GitHub shows a summary of at most 1 MiB (docs.github.com, "Adding a job summary"): the worst findings
//! come first, and the others are counted.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::commit::{dated, day};
use super::entry::{Entry, entries};
use super::redact::Redactor;
use super::remark::{Remark, remarks};
use super::text::count;
use super::{ReportContext, escape, summary};
use crate::exit::Exit;
use crate::finding::{Report, Severity};

/// Rows that are written, of findings and of gaps each.
const MOST_ROWS: usize = 500;

/// Writes the report.
pub fn write(report: &Report, context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let redact = Redactor::new(report);
    let entries: Vec<Entry<'_>> = entries(report, context, &redact).collect();
    writeln!(out, "## keyfence: {}\n", verdict(report, context))?;
    if !entries.is_empty() {
        writeln!(
            out,
            "| severity | what | where | value | since | what to do |"
        )?;
        writeln!(out, "|---|---|---|---|---|---|")?;
        for entry in entries.iter().take(MOST_ROWS) {
            writeln!(out, "{}", row(entry))?;
        }
        writeln!(out)?;
        if let Some(more @ 1..) = entries.len().checked_sub(MOST_ROWS) {
            writeln!(out, "… and {}.\n", count(more as u64, "more place"))?;
        }
        writeln!(
            out,
            "A credential that was pushed is known to others: revoke it first; taking the line out is not enough.\n"
        )?;
    }
    let remarks = remarks(report, context, &redact);
    if !remarks.is_empty() {
        writeln!(out, "### Hygiene: no leaks, but the way to them\n")?;
        writeln!(out, "| severity | what | where | what to do |")?;
        writeln!(out, "|---|---|---|---|")?;
        for remark in remarks.iter().take(MOST_ROWS) {
            writeln!(out, "{}", hygiene(remark))?;
        }
        writeln!(out)?;
        if let Some(more @ 1..) = remarks.len().checked_sub(MOST_ROWS) {
            writeln!(out, "… and {}.\n", count(more as u64, "more lapse"))?;
        }
    }
    if !report.gaps.is_empty() {
        writeln!(out, "### Not read\n")?;
        for gap in report.gaps.iter().take(MOST_ROWS) {
            let (place, what) = (gap.origin.display(), redact.text(&gap.what));
            writeln!(out, "- {}: {}", code(&redact.text(&place)), plain(&what))?;
        }
        if let Some(more @ 1..) = report.gaps.len().checked_sub(MOST_ROWS) {
            writeln!(out, "- … and {}", count(more as u64, "more place"))?;
        }
        writeln!(out)?;
    }
    if let Some(narrows) = context.narrows {
        writeln!(out, "{}\n", plain(&redact.text(narrows)))?;
    }
    writeln!(out, "{}", plain(&summary::line(report, context)))
}

/// The heading: whether the run passed, and how much it tells.
fn verdict(report: &Report, context: &ReportContext<'_>) -> String {
    let mut findings = count(report.findings.len() as u64, "finding");
    if !report.hygiene.is_empty() {
        let lapses = count(report.hygiene.len() as u64, "lapse");
        findings.push_str(&format!(", {lapses} of hygiene"));
    }
    match context.exit {
        Exit::Findings => format!("failed, {findings}"),
        Exit::Incomplete => format!("incomplete, {findings}"),
        Exit::CannotRun => "could not run".to_owned(),
        Exit::Clean => format!("passed, {findings}"),
    }
}

fn row(entry: &Entry<'_>) -> String {
    let finding = entry.finding;
    let first = finding.exposure.as_ref().and_then(|e| e.first.as_ref());
    let since = match (first, entry.commit) {
        (Some(first), _) => format!("{} ({})", day(&first.commit), dated(&first.commit)),
        (None, Some(commit)) => dated(commit),
        (None, None) => String::new(),
    };
    let revoke = finding.rule.remedy.revoke.filter(|url| is_plain_url(url));
    let todo = match revoke {
        Some(url) => format!("[revoke it]({url})"),
        None => plain(
            finding
                .rule
                .remedy
                .steps
                .first()
                .copied()
                .unwrap_or("revoke it"),
        ),
    };
    format!(
        "| {} | {} `{}` | {} | {} | {} | {todo} |",
        strong(finding.severity, entry.fails),
        plain(&finding.title()),
        // Ids are made of letters, digits and hyphens.
        finding.id.replace(['`', '|'], ""),
        code(&format!("{}:{}", entry.path, entry.start_line())),
        code(&entry.masked),
        plain(&since),
    )
}

fn hygiene(remark: &Remark<'_>) -> String {
    format!(
        "| {} | {} `{}` | {} | {} |",
        strong(remark.lapse.severity, remark.fails),
        plain(&remark.title),
        remark.lapse.check.id,
        code(&format!("{}:{}", remark.path, remark.line())),
        plain(&remark.steps.join("; ")),
    )
}

/// A severity, strong where it fails the run.
fn strong(severity: Severity, fails: bool) -> String {
    match fails {
        true => format!("**{}**", severity.as_str()),
        false => severity.as_str().to_owned(),
    }
}

/// Whether an address can stand in a link as it is.
fn is_plain_url(url: &str) -> bool {
    url.starts_with("https://")
        && url
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#[@!$&'*+,;=%".contains(&b))
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}

/// Text that Markdown, HTML and tables leave alone: all signs but a few are written as their number
/// (CommonMark, section 2.5: such a sign begins no structure).
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in escape::terminal(text).chars() {
        if c.is_ascii_punctuation() && !",.-/;()".contains(c) {
            _ = write!(out, "&#{};", c as u32); // writing to a String cannot fail
        } else {
            out.push(c);
        }
    }
    out
}
