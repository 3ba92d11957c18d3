//! The last line: what was looked at, found, suppressed and missed.

use super::ReportContext;
use super::text::{bytes, count, number};
use crate::finding::{Report, Severity, Stats};
use crate::settings::Source;
use crate::suppress::Reason;

/// One line, without a line end.
pub fn line(report: &Report, context: &ReportContext<'_>) -> String {
    let stats = &report.stats;
    let mut out = format!(
        "scanned {} ({}",
        scanned(stats, context.source),
        bytes(stats.bytes)
    );
    if stats.members > 0 {
        out.push_str(&format!(", {}", count(stats.members, "archive member")));
    }
    out.push(')');
    if stats.ignored > 0 {
        out.push_str(&format!(
            ", left out {} that git ignores",
            number(stats.ignored)
        ));
    }
    out.push_str(&format!(
        ": {}",
        count(report.findings.len() as u64, "finding")
    ));
    let found = by_severity(report)
        .filter(|(_, n)| *n > 0)
        .map(|(s, n)| format!("{n} {}", s.as_str()));
    push_list(&mut out, found);
    if report.below_severity > 0 {
        let least = context.fail_on.map_or("none", Severity::as_str);
        out.push_str(&format!(
            "; {} below --fail-on {least}",
            number(report.below_severity as u64)
        ));
    }
    if report.below_confidence > 0 {
        let n = number(report.below_confidence as u64);
        out.push_str(&format!(
            "; {n} below --min-confidence {} not listed",
            context.min_confidence.as_str()
        ));
    }
    if report.older > 0 {
        out.push_str(&format!(
            "; {} in the touched files not listed",
            count(report.older as u64, "older finding")
        ));
    }
    if !report.suppressed.is_empty() {
        out.push_str(&format!(
            "; {} suppressed",
            number(report.suppressed.len() as u64)
        ));
        push_list(
            &mut out,
            by_reason(report)
                .filter(|(_, n)| *n > 0)
                .map(|(r, n)| format!("{n} {}", r.as_str())),
        );
    }
    if !report.hygiene.is_empty() {
        let lapses = report.hygiene.len() as u64;
        out.push_str(&format!("; {} of hygiene", count(lapses, "lapse")));
    }
    if report.hygiene_suppressed > 0 {
        let lapses = report.hygiene_suppressed as u64;
        out.push_str(&format!(
            "; {} of hygiene suppressed",
            count(lapses, "lapse")
        ));
    }
    if !report.gaps.is_empty() {
        out.push_str(&format!(
            "; {} not read",
            count(report.gaps.len() as u64, "place")
        ));
    }
    out
}

/// What was looked at: `12 files`, `3 staged files`, `7 blobs and 2 messages of 2 commits`.
fn scanned(stats: &Stats, source: &Source) -> String {
    match source {
        Source::Worktree => count(stats.files, "file"),
        Source::Staged { .. } => count(stats.blobs, "staged file"),
        Source::Range { .. } | Source::History { .. } => format!(
            "{} and {} of {}",
            count(stats.blobs, "blob"),
            count(stats.messages, "message"),
            count(stats.commits, "commit")
        ),
    }
}

/// Findings by severity, the worst first.
pub(super) fn by_severity(report: &Report) -> impl Iterator<Item = (Severity, usize)> {
    Severity::ALL.into_iter().rev().map(|s| {
        (
            s,
            report.findings.iter().filter(|f| f.severity == s).count(),
        )
    })
}

/// What was suppressed, by reason.
pub(super) fn by_reason(report: &Report) -> impl Iterator<Item = (Reason, usize)> {
    Reason::ALL.into_iter().map(|r| {
        (
            r,
            report.suppressed.iter().filter(|s| s.reason == r).count(),
        )
    })
}

fn push_list(out: &mut String, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if !items.is_empty() {
        out.push_str(&format!(" ({})", items.join(", ")));
    }
}
