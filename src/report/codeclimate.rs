//! Code Quality, as Code Climate's engines write it and GitLab's merge requests show it: one array.
//!
//! (docs.gitlab.com, "Code Quality", "Code Quality report format"; Code Climate's engine specification,
//! "Issues".) GitLab wants fingerprints that are unique, and knows an issue again by them.

use std::io::{self, Write};

use serde_json::json;

use super::ReportContext;
use super::entry::{Entry, entries, identity, steps};
use super::redact::Redactor;
use super::remark::{Remark, remarks};
use super::stream::{Items, pretty};
use crate::finding::{Gap, Report, Severity};

/// Writes the report.
pub fn write(report: &Report, context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let redact = Redactor::new(report);
    let issue = |entry: Entry<'_>| {
        json!({
            "type": "issue",
            "check_name": entry.finding.id,
            "description": entry.sentence,
            "content": { "body": steps(&entry.finding.rule.remedy).join("\n") },
            "categories": ["Security"],
            "severity": severity(entry.finding.severity),
            "fingerprint": identity(&entry),
            "location": {
                "path": entry.path,
                "lines": { "begin": entry.start_line(), "end": entry.end_line() },
            },
        })
    };
    let remarks = remarks(report, context, &redact);
    let lapse = |remark: &Remark<'_>| {
        json!({
            "type": "issue",
            "check_name": remark.lapse.check.id,
            "description": remark.sentence,
            "content": { "body": remark.lapse.check.about },
            "categories": ["Security"],
            "severity": severity(remark.lapse.severity),
            "fingerprint": remark.identity(),
            "location": {
                "path": remark.path,
                "lines": { "begin": remark.line(), "end": remark.line() },
            },
        })
    };
    // What was not read must not look clean.
    let gap = |gap: &Gap| {
        let place = redact.text(&gap.origin.display()).into_owned();
        let what = format!("Not read, and so not scanned: {}", redact.text(&gap.what));
        json!({
            "type": "issue",
            "check_name": "not-read",
            "description": what,
            "categories": ["Security"],
            "severity": "major",
            "fingerprint": gap_identity(&place, &what),
            "location": { "path": place, "lines": { "begin": 1, "end": 1 } },
        })
    };
    let all = || {
        let issues = entries(report, context, &redact).map(issue);
        let lapses = remarks.iter().map(lapse);
        issues.chain(lapses).chain(report.gaps.iter().map(gap))
    };
    pretty(&Items(all), out)
}

fn gap_identity(place: &str, what: &str) -> String {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(format!("{place}\0{what}"));
    hash.iter().take(16).map(|b| format!("{b:02x}")).collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "minor",
        Severity::Medium => "major",
        Severity::High => "critical",
        Severity::Critical => "blocker",
    }
}
