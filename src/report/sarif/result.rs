//! The results of a finding: one for each file it stands in.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::{Map, Value, json};
use serde_sarif::sarif::{
    Location, LogicalLocation, PhysicalLocation, Region, Result, ResultLevel,
};
use sha2::{Digest, Sha256};

use super::descriptor::{Descriptors, level};
use super::{artifact, foreign, message, properties};
use crate::date::moment;
use crate::finding::{Finding, OriginKind, Place, Span};
use crate::report::redact::Redactor;
use crate::report::reuse::Reuse;
use crate::report::site::{At, Site, held, is_gone, sites};
use crate::report::view::ExposureView;
use crate::settings::Source;

/// GitHub reads so many locations of a result.
const MOST_RELATED: usize = 1_000;

/// What all results need.
pub(super) struct Results<'a> {
    pub(super) rules: &'a Descriptors,
    pub(super) redact: &'a Redactor,
    pub(super) reuse: &'a Reuse<'a>,
    pub(super) show_secrets: bool,
    pub(super) source: &'a Source,
}

impl Results<'_> {
    /// The results of a finding, in the order of its sites.
    pub(super) fn of(&self, finding: &Finding) -> Vec<Result> {
        sites(finding)
            .iter()
            .filter_map(|site| self.result(finding, site))
            .collect()
    }

    fn result(&self, finding: &Finding, site: &Site<'_>) -> Option<Result> {
        let (first, redact) = (site.place, self.redact);
        let (rule_id, rule_index) = self.rules.of(finding)?;
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
                    .map(|(name, span)| (first, name, span))
                    .chain(site.others.iter().flat_map(|place| {
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
        // A line of a history is one of an old version of the file, which changes no more.
        let old = matches!(self.source, Source::History { .. });
        let line_hash = first
            .line_hash
            .clone()
            .filter(|_| !old)
            .unwrap_or_else(|| place_hash(rule_id, &fingerprint, first));
        let prints = [
            ("primaryLocationLineHash", line_hash),
            ("keyfence/v1", fingerprint),
        ];
        let mut location = Location::builder()
            .physical_location(physical(first, primary.map(|(_, span)| span), redact))
            .build();
        location.logical_locations = logical(first).map(|logical| vec![logical]);
        let mut result = Result::builder()
            .rule_id(rule_id)
            .rule_index(rule_index)
            .message(message(self.sentence(finding, site.at, &related)))
            .locations(vec![location])
            .partial_fingerprints(
                prints
                    .map(|(name, value)| (name.to_owned(), value))
                    .into_iter()
                    .collect::<BTreeMap<_, _>>(),
            )
            .properties(properties(None, self.said(finding, site.at)))
            .build();
        result.level = ResultLevel::from_str(level(finding.severity)).ok();
        result.related_locations = (!related.is_empty()).then_some(related);
        Some(result)
    }

    /// What was found; the first sentence says it all.
    fn sentence(&self, finding: &Finding, at: At<'_>, related: &[Location]) -> String {
        let redact = self.redact;
        let masked: Vec<String> = finding
            .parts
            .iter()
            .map(|p| format!("{} {}", p.name, foreign(redact, &p.value.masked())))
            .collect();
        let mut out = format!(
            "{} leaked ({}){}. {} confidence",
            finding.title(),
            masked.join(", "),
            held(finding, at),
            capital(finding.confidence.as_str())
        );
        if let Some(why) = finding.why.first() {
            out.push_str(&format!(": {}", foreign(redact, why)));
        }
        out.push('.');
        for (name, value) in &finding.identities {
            out.push_str(&format!(" {}: {}.", capital(name), foreign(redact, value)));
        }
        if let Some(note) = self.reuse.note(finding) {
            out.push_str(&format!(" {}.", capital(&foreign(redact, &note))));
        }
        for location in related {
            if let (Some(id), Some(name)) = (
                location.id,
                location.message.as_ref().and_then(|m| m.text.as_ref()),
            ) {
                out.push_str(&format!(" See also the [{name}]({id})."));
            }
        }
        match (is_gone(finding, self.source), finding.rule.remedy.revoke) {
            (false, Some(url)) => {
                out.push_str(&format!(" It stays valid until it is revoked: {url}"));
            }
            (false, None) => out.push_str(" It stays valid until it is revoked."),
            (true, revoke) => {
                let revoke = revoke.map(|url| format!(" ({url})")).unwrap_or_default();
                out.push_str(&format!(
                    " No file of HEAD holds it; revoke it all the same{revoke}: it is still valid until rotated."
                ));
            }
        }
        out
    }

    fn said(&self, finding: &Finding, at: At<'_>) -> Value {
        let redact = self.redact;
        let mut said = Map::new();
        said.insert("provider".to_owned(), json!(finding.rule.provider));
        said.insert("severity".to_owned(), json!(finding.severity.as_str()));
        said.insert("confidence".to_owned(), json!(finding.confidence.as_str()));
        said.insert("testnet".to_owned(), json!(finding.testnet));
        for (name, value) in &finding.identities {
            said.insert((*name).to_owned(), json!(redact.text(value)));
        }
        let first = finding.exposure.as_ref().and_then(|e| e.first.as_ref());
        let commit = match at {
            At::Commit(commit) => Some(commit),
            _ => first.map(|sighting| &sighting.commit),
        };
        if let Some(commit) = commit {
            let date = moment(commit.time, commit.offset);
            said.insert("commit".to_owned(), json!(commit.id.to_string()));
            said.insert("author".to_owned(), json!(redact.text(&commit.author)));
            said.insert("date".to_owned(), json!(date));
        }
        if let Some(exposure) = &finding.exposure {
            let view = ExposureView::new(exposure, self.source, redact);
            said.insert("exposure".to_owned(), json!(view));
        }
        if self.show_secrets {
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
}

/// The git object of what is no file.
fn logical(place: &Place) -> Option<LogicalLocation> {
    let (kind, id) = match place.origin.kind {
        OriginKind::Commit(id) => ("commit", id),
        OriginKind::Tag(id) => ("tag", id),
        OriginKind::Blob(id) if place.origin.path.is_empty() => ("blob", id),
        _ => return None,
    };
    let logical = LogicalLocation::builder()
        .kind(kind)
        .name(id.to_string())
        .fully_qualified_name(format!("{kind} {id}"));
    Some(logical.build())
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
