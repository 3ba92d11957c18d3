//! SARIF 2.1.0 as GitHub code scanning reads it.
//!
//! GitHub takes severity and precision from the rule, so there is a rule for each id and severity;
//! it shows the first location alone, so there is a result for each file that a credential stands
//! in; it knows a result again by `primaryLocationLineHash`. (docs.github.com, "SARIF support for
//! code scanning".)

mod descriptor;
mod lapse;
mod result;

use std::collections::BTreeMap;
use std::io::{self, Write};

use descriptor::Descriptors;
use lapse::Lapses;
use result::Results;
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, Message, Notification, PhysicalLocation, PropertyBag,
    Run, RunAutomationDetails, Sarif, Tool, ToolComponent, VersionControlDetails,
};

use super::redact::Redactor;
use super::reuse::Reuse;
use super::text::count;
use super::{ReportContext, escape, uri};
use crate::finding::{Finding, Gap, Report, RepositoryInfo};

/// The schema as OASIS publishes it, with its corrections.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// GitHub keeps so many results of a run, and not the worst of them: so the worst are chosen here.
const MOST_RESULTS: usize = 5_000;
/// Gaps told one by one.
const MOST_GAPS: usize = 1_000;

/// Writes the report.
pub fn write(report: &Report, context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&log(report, context))?;
    writeln!(out, "{}", escape::json(&text))
}

fn log(report: &Report, context: &ReportContext<'_>) -> Sarif {
    let redact = context.redactor(report);
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
    let descriptors = Descriptors::new(&findings);
    let results = Results {
        rules: &descriptors,
        redact: &redact,
        reuse: &Reuse::of(report, context.source),
        show_secrets: context.show_secrets,
        source: context.source,
    };
    let mut results: Vec<_> = findings
        .iter()
        .flat_map(|f| results.of(f))
        .take(MOST_RESULTS + 1)
        .collect();
    let mut rules = descriptors.into_rules();
    let lapses = Lapses::new(&report.hygiene, rules.len());
    results.extend(lapses.results(&redact));
    rules.extend(lapses.into_rules());
    let truncated = results.len() > MOST_RESULTS;
    results.truncate(MOST_RESULTS);

    let driver = ToolComponent::builder()
        .name("keyfence")
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(env!("CARGO_PKG_REPOSITORY"))
        .rules(rules)
        .build();
    // A category of its own for each source: the upload of one never closes the alerts of another.
    let category = format!("keyfence/{}/", context.source.as_str());
    let mut run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .automation_details(RunAutomationDetails::builder().id(category).build())
        .column_kind("utf16CodeUnits")
        .invocations(vec![invocation(report, &redact, truncated)])
        .results(results)
        .build();
    run.version_control_provenance = report
        .repository
        .as_ref()
        .and_then(|repository| provenance(repository, &redact))
        .map(|details| vec![details]);
    Sarif::builder()
        .schema(SCHEMA)
        .version("2.1.0")
        .runs(vec![run])
        .build()
}

/// Which repository it was, and which commit it was at; a URL of a remote could hold a password, so it
/// goes by its directory.
fn provenance(repository: &RepositoryInfo, redact: &Redactor) -> Option<VersionControlDetails> {
    let mut details = VersionControlDetails::builder()
        .repository_uri(uri::of_directory(&repository.path, redact)?)
        .build();
    details.revision_id = repository.head.map(|head| head.to_string());
    Some(details)
}

fn invocation(report: &Report, redact: &Redactor, truncated: bool) -> Invocation {
    let mut notifications: Vec<Notification> = report
        .gaps
        .iter()
        .take(MOST_GAPS)
        .map(|gap| not_read(gap, redact))
        .collect();
    if let Some(more @ 1..) = report.gaps.len().checked_sub(MOST_GAPS) {
        notifications.push(notification(
            "error",
            format!("{} more not read.", count(more as u64, "place")),
            None,
        ));
    }
    for note in &report.notes {
        let text = format!("{}.", foreign(redact, note));
        notifications.push(notification("note", text, None));
    }
    if truncated {
        let text =
            format!("This report holds the worst {MOST_RESULTS} results; a JSON report holds all.");
        notifications.push(notification("warning", text, None));
    }
    Invocation::builder()
        .execution_successful(report.gaps.is_empty())
        .tool_execution_notifications(notifications)
        .build()
}

fn not_read(gap: &Gap, redact: &Redactor) -> Notification {
    let help = gap
        .help
        .as_ref()
        .map(|help| format!(" {}.", foreign(redact, help)))
        .unwrap_or_default();
    let text = format!(
        "Not read: {}: {}.{help}",
        foreign(redact, &gap.origin.display()),
        foreign(redact, &gap.what)
    );
    let physical = PhysicalLocation::builder()
        .artifact_location(artifact(redact, &gap.origin))
        .build();
    notification(
        "error",
        text,
        Some(Location::builder().physical_location(physical).build()),
    )
}

fn notification(level: &str, text: String, location: Option<Location>) -> Notification {
    let mut notification = Notification::builder()
        .level(level)
        .message(message(text))
        .build();
    notification.locations = location.map(|location| vec![location]);
    notification
}

/// Where a file stands, relative to what was scanned.
fn artifact(redact: &Redactor, origin: &crate::finding::Origin) -> ArtifactLocation {
    ArtifactLocation::builder()
        .uri(uri::of(origin, redact))
        .build()
}

fn message(text: String) -> Message {
    Message::builder().text(text).build()
}

/// Text from the scanned tree for a message: masked, escaped, and no link (section 3.11.6).
fn foreign(redact: &Redactor, text: &str) -> String {
    escape::terminal(&redact.text(text))
        .replace('[', "\\[")
        .replace(']', "\\]")
}

fn properties(tags: Option<Vec<String>>, more: Value) -> PropertyBag {
    let more: BTreeMap<String, Value> = match more {
        Value::Object(map) => map.into_iter().collect(),
        Value::Null => BTreeMap::new(),
        other => BTreeMap::from([("value".to_owned(), json!(other))]),
    };
    PropertyBag {
        tags,
        additional_properties: more,
    }
}
