//! The JSON form of findings, gaps and the summary. A change that a reader could stumble over
//! takes a new [`SCHEMA_VERSION`]; `report.schema.json` says it all.

mod exposure;
mod lapse;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

pub(super) use exposure::ExposureView;
pub(super) use lapse::LapseView;

use super::redact::Redactor;
use super::reuse::Reuse;
use super::{ReportContext, docs, summary};
use crate::finding::{
    Excerpt, Finding, FoundPart, Gap, Origin, OriginKind, Place, Report, Severity, Span, Suppressed,
};
use crate::hygiene::Lapse;
use crate::settings::Source;

/// The version of the JSON reports.
pub(super) const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

pub(super) const TOOL: Tool = Tool {
    name: "keyfence",
    version: env!("CARGO_PKG_VERSION"),
};

/// What every view needs: how values are masked.
pub(super) struct Viewer<'c> {
    redact: Redactor,
    reuse: Reuse<'c>,
    source: &'c Source,
    show_secrets: bool,
    fail_on: Option<Severity>,
}

#[derive(Serialize)]
pub(super) struct FindingView<'a> {
    id: &'a str,
    rule: &'a str,
    provider: &'a str,
    domain: &'a str,
    title: String,
    severity: &'static str,
    confidence: &'static str,
    /// Whether it reaches `--fail-on`.
    fails: bool,
    testnet: bool,
    fingerprint: String,
    #[serde(flatten)]
    secret: Value,
    parts: Vec<PartView<'a>>,
    why: Vec<String>,
    identities: BTreeMap<&'a str, String>,
    /// The files that hold the same credential, when there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    used_in: Vec<String>,
    places: Vec<PlaceView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exposure: Option<ExposureView>,
    remedy: RemedyView<'a>,
}

#[derive(Serialize)]
struct PartView<'a> {
    name: &'a str,
    sensitive: bool,
    masked: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    proved: Option<&'a str>,
    #[serde(flatten)]
    secret: Value,
}

/// A value, only with `--show-secrets`: as text, or in base64 where it is none.
#[derive(Default, Serialize)]
struct Value {
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_base64: Option<String>,
}

#[derive(Serialize)]
struct PlaceView<'a> {
    #[serde(flatten)]
    origin: OriginView,
    /// The first part's.
    #[serde(flatten)]
    start: Option<Start>,
    spans: Vec<PartSpan<'a>>,
    lines: Vec<LineView<'a>>,
}

#[derive(Serialize)]
struct Start {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct OriginView {
    kind: &'static str,
    #[serde(flatten)]
    path: PathView,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<String>,
}

#[derive(Serialize)]
struct PathView {
    path: String,
    /// Only where the path is no UTF-8, and holds no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_base64: Option<String>,
}

impl PathView {
    fn new(bytes: &[u8], redact: &Redactor) -> Self {
        let lossy = String::from_utf8_lossy(bytes);
        let path = redact.text(&lossy).into_owned();
        let exact = std::str::from_utf8(bytes).is_ok() || path != *lossy;
        Self {
            path,
            path_base64: (!exact).then(|| STANDARD.encode(bytes)),
        }
    }
}

#[derive(Serialize)]
struct PartSpan<'a> {
    part: &'a str,
    #[serde(flatten)]
    span: SpanView,
}

#[derive(Serialize)]
struct SpanView {
    start: u64,
    end: u64,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct LineView<'a> {
    line: u32,
    text: String,
    mark: (u32, u32),
    part: &'a str,
}

#[derive(Serialize)]
struct RemedyView<'a> {
    revoke: Option<&'a str>,
    steps: &'a [&'static str],
    rotate_days: Option<u16>,
    page: Option<&'a str>,
    docs: Option<String>,
}

#[derive(Serialize)]
pub(super) struct SuppressedView<'a> {
    rule: &'a str,
    part: &'a str,
    reason: &'static str,
    detail: String,
    #[serde(flatten)]
    origin: OriginView,
    #[serde(flatten)]
    span: SpanView,
}

#[derive(Serialize)]
pub(super) struct GapView {
    #[serde(flatten)]
    origin: OriginView,
    what: String,
    help: Option<String>,
}

#[derive(Serialize)]
pub(super) struct SummaryView<'a> {
    /// Whether everything was read.
    complete: bool,
    exit_code: u8,
    fail_on: &'static str,
    min_confidence: &'static str,
    source: &'static str,
    files: u64,
    archive_members: u64,
    bytes: u64,
    git_ignored: u64,
    git_blobs: u64,
    git_messages: u64,
    git_commits: u64,
    findings: usize,
    by_severity: BTreeMap<&'static str, usize>,
    below_fail_on: usize,
    below_min_confidence: usize,
    older: usize,
    suppressed: usize,
    suppressed_by_reason: BTreeMap<&'static str, usize>,
    hygiene: usize,
    hygiene_suppressed: usize,
    gaps: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    config_narrows: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

impl<'a> SummaryView<'a> {
    pub(super) fn new(report: &Report, context: &ReportContext<'a>, viewer: &Viewer<'_>) -> Self {
        Self {
            complete: report.gaps.is_empty(),
            exit_code: context.exit as u8,
            fail_on: context.fail_on.map_or("none", Severity::as_str),
            min_confidence: context.min_confidence.as_str(),
            source: context.source.as_str(),
            files: report.stats.files,
            archive_members: report.stats.members,
            bytes: report.stats.bytes,
            git_ignored: report.stats.ignored,
            git_blobs: report.stats.blobs,
            git_messages: report.stats.messages,
            git_commits: report.stats.commits,
            findings: report.findings.len(),
            by_severity: summary::by_severity(report)
                .map(|(s, n)| (s.as_str(), n))
                .collect(),
            below_fail_on: report.below_severity,
            below_min_confidence: report.below_confidence,
            older: report.older,
            suppressed: report.suppressed.len(),
            suppressed_by_reason: summary::by_reason(report)
                .map(|(r, n)| (r.as_str(), n))
                .collect(),
            hygiene: report.hygiene.len(),
            hygiene_suppressed: report.hygiene_suppressed,
            gaps: report.gaps.len(),
            config_narrows: context.narrows,
            notes: report.notes.iter().map(|note| viewer.text(note)).collect(),
        }
    }
}

impl<'c> Viewer<'c> {
    pub(super) fn new(report: &'c Report, context: &ReportContext<'c>) -> Self {
        Self {
            redact: context.redactor(report),
            reuse: Reuse::of(report, context.source),
            source: context.source,
            show_secrets: context.show_secrets,
            fail_on: context.fail_on,
        }
    }

    pub(super) fn finding<'a>(&self, finding: &'a Finding) -> FindingView<'a> {
        let rule = finding.rule;
        FindingView {
            id: &finding.id,
            rule: rule.id,
            provider: rule.provider,
            domain: rule.domain,
            title: finding.title(),
            severity: finding.severity.as_str(),
            confidence: finding.confidence.as_str(),
            fails: self.fail_on.is_some_and(|least| finding.severity >= least),
            testnet: finding.testnet,
            fingerprint: finding.fingerprint.to_string(),
            secret: finding
                .parts
                .first()
                .map(|p| self.value(p))
                .unwrap_or_default(),
            parts: finding.parts.iter().map(|p| self.part(p)).collect(),
            why: finding.why.iter().map(|why| self.text(why)).collect(),
            identities: finding
                .identities
                .iter()
                .map(|(name, value)| (*name, self.text(value)))
                .collect(),
            used_in: self
                .reuse
                .files(finding)
                .into_iter()
                .map(|file| self.text(file))
                .collect(),
            places: finding
                .places
                .iter()
                .map(|p| self.place(finding, p))
                .collect(),
            exposure: finding
                .exposure
                .as_deref()
                .map(|exposure| ExposureView::new(exposure, self.source, &self.redact)),
            remedy: RemedyView {
                revoke: rule.remedy.revoke,
                steps: rule.remedy.steps.0,
                rotate_days: rule.remedy.rotate_days,
                page: rule.page,
                docs: docs::url(rule),
            },
        }
    }

    fn part<'a>(&self, part: &'a FoundPart) -> PartView<'a> {
        PartView {
            name: part.name,
            sensitive: part.secret,
            masked: part.value.masked(),
            proved: part.proved.as_deref(),
            secret: self.value(part),
        }
    }

    fn value(&self, part: &FoundPart) -> Value {
        let value = part.value.expose();
        match std::str::from_utf8(value) {
            _ if !self.show_secrets => Value::default(),
            Ok(text) => Value {
                secret: Some(text.to_owned()),
                secret_base64: None,
            },
            Err(_) => Value {
                secret: None,
                secret_base64: Some(STANDARD.encode(value)),
            },
        }
    }

    fn place<'a>(&self, finding: &'a Finding, place: &'a Place) -> PlaceView<'a> {
        let spans = finding.parts.iter().zip(&place.spans);
        PlaceView {
            origin: self.origin(&place.origin),
            start: place.first_span().map(|s| Start {
                line: s.line,
                column: s.column,
            }),
            spans: spans
                .filter_map(|(p, s)| {
                    Some(PartSpan {
                        part: p.name,
                        span: span(s.as_ref()?),
                    })
                })
                .collect(),
            lines: place
                .excerpts
                .iter()
                .map(|e| line(self.redact.excerpt(e)))
                .collect(),
        }
    }

    pub(super) fn suppressed<'a>(&self, suppressed: &'a Suppressed) -> SuppressedView<'a> {
        SuppressedView {
            rule: suppressed.rule.id,
            part: suppressed.part,
            reason: suppressed.reason.as_str(),
            detail: self.text(&suppressed.detail),
            origin: self.origin(&suppressed.origin),
            span: span(&suppressed.span),
        }
    }

    pub(super) fn gap(&self, gap: &Gap) -> GapView {
        GapView {
            origin: self.origin(&gap.origin),
            what: self.text(&gap.what),
            help: gap.help.as_ref().map(|help| self.text(help)),
        }
    }

    pub(super) fn lapse<'a>(&self, lapse: &'a Lapse) -> LapseView<'a> {
        let fails = self.fail_on.is_some_and(|least| lapse.severity >= least);
        let origin = lapse.origin.as_ref().map(|origin| self.origin(origin));
        LapseView::new(lapse, fails, origin, &|text| self.text(text))
    }

    fn origin(&self, origin: &Origin) -> OriginView {
        OriginView {
            kind: match origin.kind {
                OriginKind::File => "file",
                OriginKind::Link => "link",
                OriginKind::Stdin => "stdin",
                OriginKind::Blob(_) => "blob",
                OriginKind::Staged(_) => "staged",
                OriginKind::Commit(_) => "commit",
                OriginKind::Tag(_) => "tag",
                OriginKind::Object(_) => "object",
                OriginKind::Refs => "refs",
            },
            path: PathView::new(&origin.path, &self.redact),
            object: origin.kind.object().map(|id| id.to_string()),
            members: origin
                .members
                .iter()
                .map(|m| self.text(&String::from_utf8_lossy(m)))
                .collect(),
        }
    }

    fn text(&self, text: &str) -> String {
        self.redact.text(text).into_owned()
    }
}

fn span(span: &Span) -> SpanView {
    SpanView {
        start: span.start,
        end: span.end,
        line: span.line,
        column: span.column,
        end_line: span.end_line,
        end_column: span.end_column,
    }
}

fn line(excerpt: Excerpt) -> LineView<'static> {
    LineView {
        line: excerpt.line,
        text: excerpt.text,
        mark: excerpt.mark,
        part: excerpt.label,
    }
}
