//! Lapses of hygiene: their rules, one for each check and severity, and their results.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use serde_json::json;
use serde_sarif::sarif::{
    Location, PhysicalLocation, Region, ReportingConfiguration, ReportingDescriptor, Result,
    ResultLevel,
};
use sha2::{Digest, Sha256};

use super::descriptor::{level, problem_severity, security_severity, text};
use super::{artifact, foreign, message, properties};
use crate::finding::{Origin, OriginKind, Severity};
use crate::hygiene::{Check, Lapse};
use crate::report::redact::Redactor;

/// The rules and results of lapses.
pub(super) struct Lapses<'a> {
    lapses: &'a [Lapse],
    /// The id, the check and the severity of each rule, in order of first use.
    rules: Vec<(String, &'static Check, Severity)>,
    /// How many rules stand before them.
    first: usize,
}

impl<'a> Lapses<'a> {
    pub(super) fn new(lapses: &'a [Lapse], first: usize) -> Self {
        let mut rules: Vec<(String, &'static Check, Severity)> = Vec::new();
        for lapse in lapses {
            let (check, severity) = (lapse.check, lapse.severity);
            if rules
                .iter()
                .any(|own| own.1.id == check.id && own.2 == severity)
            {
                continue;
            }
            let taken = rules.iter().any(|own| own.0 == check.id);
            let id = if taken {
                format!("{}-{}", check.id, severity.as_str())
            } else {
                check.id.to_owned()
            };
            rules.push((id, check, severity));
        }
        Self {
            lapses,
            rules,
            first,
        }
    }

    pub(super) fn results(&self, redact: &Redactor) -> Vec<Result> {
        let mut prints: HashMap<String, usize> = HashMap::new();
        let result = |lapse| self.result(lapse, redact, &mut prints);
        self.lapses.iter().filter_map(result).collect()
    }

    /// `prints` counts what has the same hash.
    fn result(
        &self,
        lapse: &Lapse,
        redact: &Redactor,
        prints: &mut HashMap<String, usize>,
    ) -> Option<Result> {
        let at = self
            .rules
            .iter()
            .position(|own| own.1.id == lapse.check.id && own.2 == lapse.severity)?;
        let id = &self.rules.get(at)?.0;
        let mut sentence = format!("{}.", foreign(redact, &lapse.title));
        for why in &lapse.why {
            sentence.push_str(&format!(" {}.", foreign(redact, why)));
        }
        if !lapse.steps.is_empty() {
            let steps: Vec<String> = lapse.steps.iter().map(|s| foreign(redact, s)).collect();
            sentence.push_str(&format!(" What to do: {}.", steps.join("; ")));
        }
        // GitHub shows no result without a place: what concerns the whole stands at .gitignore.
        let whole = Origin {
            path: b".gitignore"[..].into(),
            members: Vec::new(),
            kind: OriginKind::File,
        };
        let origin = lapse.origin.as_ref().unwrap_or(&whole);
        let physical = PhysicalLocation::builder()
            .artifact_location(artifact(redact, origin))
            .region(
                Region::builder()
                    .start_line(lapse.line.unwrap_or(1))
                    .build(),
            )
            .build();
        let mut hash = Sha256::new();
        for piece in [
            lapse.check.id.as_bytes(),
            &origin.path,
            lapse.title.as_bytes(),
        ] {
            hash.update(piece);
            hash.update(b"\0");
        }
        let mut print: String = hash
            .finalize()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let same = prints.entry(print.clone()).or_default();
        *same += 1;
        print.push_str(&format!(":{same}"));
        let mut result = Result::builder()
            .rule_id(id.clone())
            .rule_index((self.first + at) as i64)
            .message(message(sentence))
            .locations(vec![
                Location::builder().physical_location(physical).build(),
            ])
            .partial_fingerprints(BTreeMap::from([(
                "primaryLocationLineHash".to_owned(),
                print,
            )]))
            .properties(properties(
                None,
                json!({ "severity": lapse.severity.as_str() }),
            ))
            .build();
        result.level = ResultLevel::from_str(level(lapse.severity)).ok();
        Some(result)
    }

    pub(super) fn into_rules(self) -> Vec<ReportingDescriptor> {
        self.rules.into_iter().map(rule).collect()
    }
}

fn rule((id, check, severity): (String, &'static Check, Severity)) -> ReportingDescriptor {
    let mut rule = ReportingDescriptor::builder()
        .id(id)
        .name(check.title.to_owned())
        .short_description(text(check.title.to_owned()))
        .full_description(text(check.about.to_owned()))
        .help(text(check.about.to_owned()))
        .default_configuration(
            ReportingConfiguration::builder()
                .level(level(severity))
                .build(),
        )
        .build();
    let tags = ["security", "hygiene"].map(str::to_owned).into();
    let said = json!({
        "precision": "very-high",
        "security-severity": security_severity(severity),
        "problem.severity": problem_severity(severity),
    });
    rule.properties = Some(properties(Some(tags), said));
    rule
}
