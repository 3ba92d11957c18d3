//! One JSON document; `report.schema.json` at the top of the repository says its form.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::view::{
    GapView, LapseView, SCHEMA_VERSION, SummaryView, SuppressedView, TOOL, Tool, Viewer,
};
use super::{ReportContext, escape};
use crate::finding::Report;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    tool: Tool,
    summary: SummaryView<'a>,
    findings: Findings<'a>,
    hygiene: Vec<LapseView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<Vec<SuppressedView<'a>>>,
    gaps: Vec<GapView>,
}

/// The findings, each made when it is written: there may be very many.
struct Findings<'a> {
    viewer: &'a Viewer<'a>,
    report: &'a Report,
}

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let findings = self.report.findings.iter();
        serializer.collect_seq(findings.map(|finding| self.viewer.finding(finding)))
    }
}

/// How many bytes pass at once.
const ENOUGH: usize = 64 << 10;

/// Escapes what passes, line by line: no string of JSON goes on beyond its line.
struct Lines<'w> {
    out: &'w mut dyn Write,
    line: Vec<u8>,
}

impl Lines<'_> {
    fn pass(&mut self, length: usize) -> io::Result<()> {
        let text = std::str::from_utf8(&self.line[..length]).map_err(io::Error::other)?;
        self.out.write_all(escape::json(text).as_bytes())?;
        self.line.drain(..length);
        Ok(())
    }
}

impl Write for Lines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if self.line.len() >= ENOUGH
            && bytes.contains(&b'\n')
            && let Some(end) = self.line.iter().rposition(|b| *b == b'\n')
        {
            self.pass(end + 1)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass(self.line.len())?;
        self.out.flush()
    }
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
        findings: Findings {
            viewer: &viewer,
            report,
        },
        hygiene: report.hygiene.iter().map(|l| viewer.lapse(l)).collect(),
        suppressed: context.show_suppressed.then(suppressed),
        gaps: report.gaps.iter().map(|g| viewer.gap(g)).collect(),
    };
    let mut lines = Lines {
        out,
        line: Vec::new(),
    };
    serde_json::to_writer_pretty(&mut lines, &document)?;
    writeln!(lines)?;
    lines.flush()
}
