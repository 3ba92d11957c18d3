//! The rules of a run: one for each finding id and severity.

use serde_json::json;
use serde_sarif::sarif::{MultiformatMessageString, ReportingConfiguration, ReportingDescriptor};

use super::properties;
use crate::finding::{Confidence, Finding, Severity};
use crate::report::docs;
use crate::report::text::cut;

/// GitHub's limit for a description; the texts of rules are shorter.
const MOST_TEXT: usize = 1024;
const MOST_NAME: usize = 255;

/// The rules that the results refer to, in order of first use.
pub(super) struct Descriptors(Vec<Entry>);

struct Entry {
    /// The finding id, or where two severities share it, the id with the severity after it.
    id: String,
    finding_id: String,
    severity: Severity,
    /// GitHub shows one precision a rule: that of the least sure of its results.
    confidence: Confidence,
    rule: ReportingDescriptor,
}

impl Descriptors {
    pub(super) fn new(findings: &[&Finding]) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        for finding in findings {
            if let Some(entry) = entries
                .iter_mut()
                .find(|e| e.finding_id == finding.id && e.severity == finding.severity)
            {
                entry.confidence = entry.confidence.min(finding.confidence);
                continue;
            }
            let mut id = finding.id.clone();
            if entries.iter().any(|e| e.id == id) {
                id = format!("{id}-{}", finding.severity.as_str());
            }
            entries.push(Entry {
                rule: descriptor(&id, finding),
                id,
                finding_id: finding.id.clone(),
                severity: finding.severity,
                confidence: finding.confidence,
            });
        }
        Self(entries)
    }

    /// The rule id of a finding, and where it stands in the list.
    pub(super) fn of(&self, finding: &Finding) -> Option<(&str, i64)> {
        let mut entries = (0..).zip(&self.0);
        let (index, entry) =
            entries.find(|(_, e)| e.finding_id == finding.id && e.severity == finding.severity)?;
        Some((&entry.id, index))
    }

    pub(super) fn into_rules(self) -> Vec<ReportingDescriptor> {
        let with_properties = |entry: Entry| {
            let mut rule = entry.rule;
            let tags = ["security", "secret", "credentials"]
                .map(str::to_owned)
                .into();
            let said = json!({
                "precision": precision(entry.confidence),
                "security-severity": security_severity(entry.severity),
                "problem.severity": problem_severity(entry.severity),
            });
            rule.properties = Some(properties(Some(tags), said));
            rule
        };
        self.0.into_iter().map(with_properties).collect()
    }
}

fn descriptor(id: &str, finding: &Finding) -> ReportingDescriptor {
    let rule = finding.rule;
    let title = finding.title();
    let about = if rule.about.is_empty() {
        &title
    } else {
        rule.about
    };
    let mut descriptor = ReportingDescriptor::builder()
        .id(id)
        .name(cut(&title, MOST_NAME))
        .short_description(text(cut(&format!("Leaked: {title}"), MOST_TEXT)))
        .full_description(text(cut(about, MOST_TEXT)))
        .help(
            MultiformatMessageString::builder()
                .text(help(finding, false))
                .markdown(help(finding, true))
                .build(),
        )
        .default_configuration(
            ReportingConfiguration::builder()
                .level(level(finding.severity))
                .build(),
        )
        .build();
    let vendor = || rule.page.or(rule.remedy.revoke).map(str::to_owned);
    descriptor.help_uri = docs::url(rule).or_else(vendor);
    descriptor
}

/// What to do, as text or as Markdown.
fn help(finding: &Finding, markdown: bool) -> String {
    let rule = finding.rule;
    let mut out = String::new();
    if !rule.about.is_empty() {
        out.push_str(rule.about);
        out.push_str("\n\n");
    }
    out.push_str(if markdown {
        "### What to do now\n\n"
    } else {
        "What to do now:\n"
    });
    if rule.remedy.steps.is_empty() {
        out.push_str("1. Revoke it where it was issued, look for use by others, and issue a new one that is kept out of the code.\n");
    }
    for (i, step) in rule.remedy.steps.iter().enumerate() {
        out.push_str(&format!("{}. {step}\n", i + 1));
    }
    out.push_str("\nIt stays valid until it is revoked, also when the line is gone.\n");
    for (what, url) in [
        ("Revoke it", rule.remedy.revoke),
        ("About these credentials", rule.page),
    ] {
        match url {
            Some(url) if markdown => out.push_str(&format!("\n[{what}]({url})\n")),
            Some(url) => out.push_str(&format!("{what}: {url}\n")),
            None => {}
        }
    }
    out
}

pub(super) fn text(text: String) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

/// SARIF's three levels.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// GitHub: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low.
pub(super) fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
        Severity::Info => "0.5",
    }
}

pub(super) fn problem_severity(severity: Severity) -> &'static str {
    match level(severity) {
        "note" => "recommendation",
        level => level,
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "very-high",
        Confidence::Likely => "high",
        Confidence::Possible => "medium",
    }
}
