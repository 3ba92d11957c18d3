//! GitLab's secret detection report, version 15 of its schemas.
//!
//! (docs.gitlab.com, "Security scanner integration"; the schemas are those of GitLab's
//! `security-report-schemas`.) A credential of a work tree stands in no commit yet: GitLab's own analyzer
//! writes `0000000` there.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::entry::{Entry, entries, identity, steps};
use super::remark::remarks;
use super::stream::{Items, pretty};
use super::text::cut;
use super::{ReportContext, redact::Redactor};
use crate::date::moment;
use crate::finding::{Report, Severity};

const SCHEMA_VERSION: &str = "15.0.7";
const SCHEMA: &str = "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v15.0.7/dist/secret-detection-report-format.json";
/// The schema's limits.
const MOST_NAME: usize = 255;
const MOST_SOLUTION: usize = 7_000;
/// The commit of what is in none.
const NO_COMMIT: &str = "0000000";

/// Writes the report.
pub fn write(report: &Report, context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let redact = Redactor::new(report);
    let gaps = report.gaps.iter().map(|gap| {
        let place = gap.origin.display();
        json!({ "level": "warn", "value": redact.text(&format!("Not read: {place}: {}", gap.what)) })
    });
    // No leaks, and so no vulnerabilities: but they may be what fails the run.
    let remarks = remarks(report, context, &redact);
    let told = remarks.iter().map(|remark| {
        let level = if remark.fails { "warn" } else { "info" };
        let value = format!("{}:{}: {}", remark.path, remark.line(), remark.sentence);
        json!({ "level": level, "value": value })
    });
    let messages: Vec<Value> = gaps.chain(told).collect();
    let tool = json!({
        "id": "keyfence",
        "name": "keyfence",
        "url": env!("CARGO_PKG_REPOSITORY"),
        "vendor": { "name": "keyfence" },
        "version": env!("CARGO_PKG_VERSION"),
    });
    let scan = json!({
        "analyzer": tool,
        "scanner": tool,
        "type": "secret_detection",
        "start_time": time(context.clock.began),
        "end_time": time(context.clock.ended),
        "status": if report.gaps.is_empty() { "success" } else { "failure" },
        "messages": messages,
    });
    let document = Document {
        scan,
        schema: SCHEMA,
        version: SCHEMA_VERSION,
        vulnerabilities: Items(|| {
            entries(report, context, &redact).map(|own| vulnerability(&own, &redact))
        }),
    };
    pretty(&document, out)
}

#[derive(Serialize)]
struct Document<F> {
    scan: Value,
    schema: &'static str,
    version: &'static str,
    vulnerabilities: F,
}

fn vulnerability(entry: &Entry<'_>, redact: &Redactor) -> Value {
    let finding = entry.finding;
    let mut commit = Map::new();
    commit.insert("sha".to_owned(), json!(NO_COMMIT));
    if let Some(info) = entry.commit {
        commit.insert("sha".to_owned(), json!(info.id.to_string()));
        commit.insert("author".to_owned(), json!(redact.text(&info.author)));
        commit.insert("message".to_owned(), json!(redact.text(&info.summary)));
        if let Some(date) = moment(info.time, info.offset) {
            commit.insert("date".to_owned(), json!(date));
        }
    }
    let mut links = Vec::new();
    for (name, url) in [
        ("Revoke it", finding.rule.remedy.revoke),
        ("About this credential", finding.rule.page),
    ] {
        // The schema takes web addresses alone.
        let web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
        links.extend(
            url.filter(web)
                .map(|url| json!({ "name": name, "url": url })),
        );
    }
    json!({
        "id": identity(entry),
        "name": cut(&entry.title(), MOST_NAME),
        "description": entry.sentence,
        "severity": severity(finding.severity),
        "solution": cut(&steps(&finding.rule.remedy).join("\n"), MOST_SOLUTION),
        "identifiers": [{
            "type": "keyfence_rule_id",
            "name": format!("keyfence rule {}", finding.id),
            "value": finding.id,
        }],
        "links": links,
        "location": {
            "file": entry.path,
            "commit": commit,
            "start_line": entry.start_line(),
            "end_line": entry.end_line(),
        },
        "raw_source_code_extract": entry.line,
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Info",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// `2021-03-04T05:06:07`, UTC, as the schema wants it.
fn time(seconds: i64) -> String {
    let moment = moment(seconds, 0).unwrap_or_default();
    match moment.get(..19) {
        Some(time) => time.to_owned(),
        None => "1970-01-01T00:00:00".to_owned(),
    }
}
