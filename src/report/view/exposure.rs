//! The JSON form of an exposure.

use serde::Serialize;

use super::PathView;
use crate::date::moment;
use crate::finding::{CommitInfo, Exposure, Sighting};
use crate::report::redact::Redactor;
use crate::settings::Source;

#[derive(Serialize)]
pub(in crate::report) struct ExposureView {
    first: Option<SightingView>,
    versions: usize,
    #[serde(flatten)]
    whole: Option<WholeView>,
}

/// What a scan of the whole history knows, and one of some commits does not.
#[derive(Serialize)]
struct WholeView {
    last: Option<SightingView>,
    removed: Option<CommitView>,
    in_head: Vec<LineOfPath>,
    refs: Vec<String>,
    ref_count: usize,
    introductions: usize,
    reachable: bool,
    in_reflog: bool,
    days: Option<u32>,
}

#[derive(Serialize)]
struct SightingView {
    #[serde(flatten)]
    commit: CommitView,
    #[serde(flatten)]
    place: LineOfPath,
}

#[derive(Serialize)]
struct LineOfPath {
    #[serde(flatten)]
    path: PathView,
    line: u32,
}

#[derive(Serialize)]
struct CommitView {
    commit: String,
    author: String,
    /// By the author's clock; none where the calendar has no such moment.
    date: Option<String>,
    /// In UTC.
    committed: Option<String>,
    summary: String,
}

impl ExposureView {
    /// Of what was scanned depends how much there is to tell.
    pub(in crate::report) fn new(exposure: &Exposure, source: &Source, redact: &Redactor) -> Self {
        let at = |path: &[u8], line: u32| LineOfPath {
            path: PathView::new(path, redact),
            line,
        };
        let sighting = |sighting: &Sighting| SightingView {
            commit: commit(&sighting.commit, redact),
            place: at(&sighting.path, sighting.line),
        };
        let whole = || WholeView {
            last: exposure.last.as_ref().map(sighting),
            removed: exposure.removed.as_ref().map(|c| commit(c, redact)),
            in_head: exposure
                .in_head
                .iter()
                .map(|(path, line)| at(path, *line))
                .collect(),
            refs: exposure
                .refs
                .iter()
                .map(|name| redact.text(name).into_owned())
                .collect(),
            ref_count: exposure.ref_count,
            introductions: exposure.introductions,
            reachable: exposure.reachable,
            in_reflog: exposure.in_reflog,
            days: exposure.days,
        };
        Self {
            first: exposure.first.as_ref().map(sighting),
            versions: exposure.versions,
            whole: matches!(source, Source::History { .. }).then(whole),
        }
    }
}

fn commit(commit: &CommitInfo, redact: &Redactor) -> CommitView {
    CommitView {
        commit: commit.id.to_string(),
        author: redact.text(&commit.author).into_owned(),
        date: moment(commit.time, commit.offset),
        committed: moment(commit.committed, 0),
        summary: redact.text(&commit.summary).into_owned(),
    }
}
