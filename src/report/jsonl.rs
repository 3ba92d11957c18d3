//! One JSON object a line: findings, then lapses of hygiene, what was suppressed (on request), gaps, and the summary
//! last. `type` says which; the rest is as in the JSON report.

use std::io::{self, Write};

use serde::Serialize;

use super::view::{SCHEMA_VERSION, SummaryView, TOOL, Tool, Viewer};
use super::{ReportContext, escape};
use crate::finding::Report;

#[derive(Serialize)]
struct Line<T> {
    r#type: &'static str,
    #[serde(flatten)]
    rest: T,
}

#[derive(Serialize)]
struct Last<'a> {
    schema_version: u32,
    tool: Tool,
    #[serde(flatten)]
    summary: SummaryView<'a>,
}

/// Writes the report.
pub fn write(report: &Report, context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let viewer = Viewer::new(report, context);
    for finding in &report.findings {
        line("finding", viewer.finding(finding), out)?;
    }
    for lapse in &report.hygiene {
        line("hygiene", viewer.lapse(lapse), out)?;
    }
    if context.show_suppressed {
        for suppressed in &report.suppressed {
            line("suppressed", viewer.suppressed(suppressed), out)?;
        }
    }
    for gap in &report.gaps {
        line("gap", viewer.gap(gap), out)?;
    }
    let summary = SummaryView::new(report, context, &viewer);
    line(
        "summary",
        Last {
            schema_version: SCHEMA_VERSION,
            tool: TOOL,
            summary,
        },
        out,
    )
}

fn line(kind: &'static str, rest: impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string(&Line { r#type: kind, rest })?;
    writeln!(out, "{}", escape::json(&text))
}
