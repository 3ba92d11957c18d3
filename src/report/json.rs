//! One JSON document; `report.schema.json` at the top of the repository says its form.

use std::io::{self, Write};

use serde::Serialize;

use super::ReportContext;
use super::stream::{Items, pretty};
use super::view::{
    GapView, LapseView, SCHEMA_VERSION, SummaryView, SuppressedView, TOOL, Tool, Viewer,
};
use crate::finding::Report;

#[derive(Serialize)]
struct Document<'a, F> {
    schema_version: u32,
    tool: Tool,
    summary: SummaryView<'a>,
    findings: F,
    hygiene: Vec<LapseView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<Vec<SuppressedView<'a>>>,
    gaps: Vec<GapView>,
}

/// Writes the report.
pub fn write(report: &Report, context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let viewer = Viewer::new(report, context);
    let suppressed = || {
        report
            .suppressed
            .iter()
            .map(|s| viewer.suppressed(s))
            .collect()
    };
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tool: TOOL,
        summary: SummaryView::new(report, context, &viewer),
        // There may be very many.
        findings: Items(|| report.findings.iter().map(|own| viewer.finding(own))),
        hygiene: report.hygiene.iter().map(|l| viewer.lapse(l)).collect(),
        suppressed: context.show_suppressed.then(suppressed),
        gaps: report.gaps.iter().map(|g| viewer.gap(g)).collect(),
    };
    pretty(&document, out)
}
