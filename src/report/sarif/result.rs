//! The results of a finding: one for each file it stands in.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::{Map, Value, json};
use serde_sarif::sarif::{Location, PhysicalLocation, Region, Result, ResultLevel};
use sha2::{Digest, Sha256};

use super::descriptor::{Descriptors, level};
use super::{artifact, foreign, message, properties};
use crate::finding::{Finding, Place, Span};
use crate::report::redact::Redactor;

/// GitHub reads so many locations of a result.
const MOST_RELATED: usize = 1_000;

/// The results, in the order of the finding's places.
pub(super) fn of(
    finding: &Finding,
    rules: &Descriptors,
    redact: &Redactor,
    show_secrets: bool,
) -> Vec<Result> {
    let mut files: Vec<Vec<&Place>> = Vec::new();
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for place in &finding.places {
        let file = *known
            .entry((&place.origin.path, &place.origin.members))
            .or_insert_with(|| {
                files.push(Vec::new());
                files.len() - 1
            });
        if let Some(places) = files.get_mut(file) {
            places.push(place);
        }
    }
    files
        .iter()
        .filter_map(|places| result(finding, places, rules, redact, show_secrets))
        .collect()
}

fn result(
    finding: &Finding,
    places: &[&Place],
    rules: &Descriptors,
    redact: &Redactor,
    show_secrets: bool,
) -> Option<Result> {
    let (first, others) = places.split_first()?;
    let (rule_id, rule_index) = rules.of(finding)?;
    // The secret's own place comes first: parts are in that order.
    let mut spans = parts(finding, first);
    let primary = if spans.is_empty() {
        None
    } else {
        Some(spans.remove(0))
    };
    let related: Vec<Location> = (1..)
        .zip(
            spans
                .into_iter()
                .map(|(name, span)| (*first, name, span))
                .chain(others.iter().flat_map(|place| {
                    parts(finding, place)
                        .into_iter()
                        .map(|(name, span)| (*place, name, span))
                })),
        )
        .take(MOST_RELATED)
        .map(|(id, (place, name, span))| {
            Location::builder()
                .id(id)
                .message(message(name.to_owned()))
                .physical_location(physical(place, Some(span), redact))
                .build()
        })
        .collect();

    let fingerprint = finding.fingerprint.to_string();
    let line_hash = first
        .line_hash
        .clone()
        .unwrap_or_else(|| place_hash(rule_id, &fingerprint, first));
    let prints = [
        ("primaryLocationLineHash", line_hash),
        ("keyfence/secret/v1", fingerprint),
    ];
    let mut result = Result::builder()
        .rule_id(rule_id)
        .rule_index(rule_index)
        .message(message(sentence(finding, &related, redact)))
        .locations(vec![
            Location::builder()
                .physical_location(physical(first, primary.map(|(_, span)| span), redact))
                .build(),
        ])
        .partial_fingerprints(
            prints
                .map(|(name, value)| (name.to_owned(), value))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
        )
        .properties(properties(None, said(finding, redact, show_secrets)))
        .build();
    result.level = ResultLevel::from_str(level(finding.severity)).ok();
    result.related_locations = (!related.is_empty()).then_some(related);
    Some(result)
}

/// The parts that stand at a place, with their names.
fn parts<'a>(finding: &'a Finding, place: &'a Place) -> Vec<(&'static str, &'a Span)> {
    finding
        .parts
        .iter()
        .zip(&place.spans)
        .filter_map(|(part, span)| Some((part.name, span.as_ref()?)))
        .collect()
}

fn physical(place: &Place, span: Option<&Span>, redact: &Redactor) -> PhysicalLocation {
    let region = match span {
        Some(span) => Region::builder()
            .start_line(span.line)
            .start_column(span.column_utf16)
            .end_line(span.end_line)
            .end_column(span.end_column_utf16)
            .build(),
        None => Region::builder().start_line(1).build(),
    };
    PhysicalLocation::builder()
        .artifact_location(artifact(redact, &place.origin))
        .region(region)
        .build()
}

/// What was found; the first sentence says it all.
fn sentence(finding: &Finding, related: &[Location], redact: &Redactor) -> String {
    let masked: Vec<String> = finding
        .parts
        .iter()
        .map(|p| format!("{} {}", p.name, foreign(redact, &p.value.masked())))
        .collect();
    let mut out = format!(
        "{} leaked ({}). {} confidence",
        finding.title(),
        masked.join(", "),
        capital(finding.confidence.as_str())
    );
    if let Some(why) = finding.why.first() {
        out.push_str(&format!(": {}", foreign(redact, why)));
    }
    out.push('.');
    for (name, value) in &finding.identities {
        out.push_str(&format!(" {}: {}.", capital(name), foreign(redact, value)));
    }
    for location in related {
        if let (Some(id), Some(name)) = (
            location.id,
            location.message.as_ref().and_then(|m| m.text.as_ref()),
        ) {
            out.push_str(&format!(" See also the [{name}]({id})."));
        }
    }
    out.push_str(" It stays valid until it is revoked");
    match finding.rule.remedy.revoke {
        Some(url) => out.push_str(&format!(": {url}")),
        None => out.push('.'),
    }
    out
}

fn said(finding: &Finding, redact: &Redactor, show_secrets: bool) -> Value {
    let mut said = Map::new();
    said.insert("provider".to_owned(), json!(finding.rule.provider));
    said.insert("severity".to_owned(), json!(finding.severity.as_str()));
    said.insert("confidence".to_owned(), json!(finding.confidence.as_str()));
    said.insert("testnet".to_owned(), json!(finding.testnet));
    for (name, value) in &finding.identities {
        said.insert((*name).to_owned(), json!(redact.text(value)));
    }
    if show_secrets {
        let shown = |value: &[u8]| json!(String::from_utf8_lossy(value));
        if let Some(part) = finding.parts.first() {
            said.insert("secret".to_owned(), shown(part.value.expose()));
        }
        let parts: Map<String, Value> = finding
            .parts
            .iter()
            .map(|p| (p.name.to_owned(), shown(p.value.expose())))
            .collect();
        said.insert("parts".to_owned(), Value::Object(parts));
    }
    Value::Object(said)
}

/// For a place that is no file of the work tree: as stable as the secret and the path.
fn place_hash(rule: &str, fingerprint: &str, place: &Place) -> String {
    let mut hash = Sha256::new();
    for piece in [
        rule.as_bytes(),
        fingerprint.as_bytes(),
        place.origin.display().as_bytes(),
    ] {
        hash.update(piece);
        hash.update(b"\0");
    }
    let mut out: String = hash
        .finalize()
        .iter()
        .take(8)
        .map(|b| format!("{b:02x}"))
        .collect();
    out.push_str(":1");
    out
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
