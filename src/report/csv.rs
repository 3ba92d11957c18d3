//! Comma-separated values (RFC 4180, with line feeds): a row for each finding at a file, then for each
//! lapse of hygiene and each gap.
//!
//! Spreadsheets run what begins with `=`, `+`, `-` or `@` (OWASP, "CSV injection"): such a path gets `./` in
//! front, which is the same path, and such a text a `'`.

use std::io::{self, Write};

use super::entry::{Entry, entries};
use super::redact::Redactor;
use super::remark::remarks;
use super::{ReportContext, escape};
use crate::date::moment;
use crate::finding::Report;

/// The columns.
const COLUMNS: [&str; 17] = [
    "severity",
    "confidence",
    "id",
    "rule",
    "provider",
    "title",
    "path",
    "line",
    "column",
    "commit",
    "author",
    "date",
    "masked",
    "why",
    "fails",
    "fingerprint",
    "revoke",
];

/// Writes the report.
pub fn write(report: &Report, context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let redact = Redactor::new(report);
    row(&COLUMNS.map(str::to_owned), out)?;
    for entry in entries(report, context, &redact) {
        row(&cells(&entry, &redact), out)?;
    }
    for remark in remarks(report, context, &redact) {
        let told = [
            (0, remark.lapse.severity.as_str().to_owned()),
            (2, remark.lapse.check.id.to_owned()),
            (3, remark.lapse.check.id.to_owned()),
            (5, text(&remark.title)),
            (6, path(&remark.path)),
            (7, remark.line().to_string()),
            (13, text(&remark.sentence)),
            (14, remark.fails.to_string()),
            (15, remark.identity()),
        ];
        row(&filled(told), out)?;
    }
    for gap in &report.gaps {
        let told = [
            (0, "not read".to_owned()),
            (6, path(&redact.text(&gap.origin.display()))),
            (13, text(&redact.text(&gap.what))),
        ];
        row(&filled(told), out)?;
    }
    Ok(())
}

/// A row with these columns alone.
fn filled<const N: usize>(told: [(usize, String); N]) -> [String; 17] {
    let mut cells: [String; 17] = std::array::from_fn(|_| String::new());
    for (at, value) in told {
        if let Some(cell) = cells.get_mut(at) {
            *cell = value;
        }
    }
    cells
}

fn cells(entry: &Entry<'_>, redact: &Redactor) -> [String; 17] {
    let finding = entry.finding;
    let commit = entry.commit;
    [
        finding.severity.as_str().to_owned(),
        finding.confidence.as_str().to_owned(),
        text(&finding.id),
        text(finding.rule.id),
        text(finding.rule.provider),
        text(&finding.title()),
        path(&entry.path),
        entry.start_line().to_string(),
        entry.span.map_or(1, |span| span.column).to_string(),
        commit.map(|c| c.id.to_string()).unwrap_or_default(),
        commit
            .map(|c| text(&redact.text(&c.author)))
            .unwrap_or_default(),
        commit
            .and_then(|c| moment(c.time, c.offset))
            .unwrap_or_default(),
        text(&entry.masked),
        text(
            &finding
                .why
                .first()
                .map(|why| redact.text(why))
                .unwrap_or_default(),
        ),
        entry.fails.to_string(),
        finding.fingerprint.to_string(),
        text(finding.rule.remedy.revoke.unwrap_or_default()),
    ]
}

fn row(cells: &[String; 17], out: &mut dyn Write) -> io::Result<()> {
    let quoted: Vec<String> = cells
        .iter()
        .map(|cell| {
            if cell.contains(['"', ',']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        })
        .collect();
    writeln!(out, "{}", quoted.join(","))
}

/// Whether a spreadsheet would run it.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@'])
}

fn text(text: &str) -> String {
    let guard = if is_formula(text) { "'" } else { "" };
    format!("{guard}{}", escape::terminal(text))
}

fn path(path: &str) -> String {
    let guard = if is_formula(path) { "./" } else { "" };
    format!("{guard}{}", escape::terminal(path))
}
