//! Holds what was reported against what should have been, and counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::fill::{Case, Wanted, number};
use crate::kind;

/// A part of a finding in one file.
struct Reported {
    rule: String,
    part: String,
    severity: String,
    secret: String,
    facts: BTreeSet<String>,
    span: Range<usize>,
}

#[derive(Default, Clone, Copy)]
struct Count {
    wanted: usize,
    found: usize,
    named: usize,
    facts: usize,
    shown: usize,
    alarms: usize,
}

/// What the program reached.
#[derive(Default)]
pub(crate) struct Score {
    groups: BTreeMap<String, Count>,
    /// What went wrong, by holding, and with which kinds.
    failures: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// Judges every case by the JSON report.
pub(crate) fn judge(cases: &[Case], json: &[u8]) -> Score {
    let mut score = Score::default();
    let reported = match serde_json::from_slice::<Value>(json) {
        Ok(report) => read(&report),
        Err(error) => {
            println!("no report to read: {error}");
            BTreeMap::new()
        }
    };
    let none = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        score.add(case, reported.get(&index).unwrap_or(&none));
    }
    score
}

/// The parts at likely or above, by case.
fn read(report: &Value) -> BTreeMap<usize, Vec<Reported>> {
    let mut by_case: BTreeMap<usize, Vec<Reported>> = BTreeMap::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for finding in list(&report["findings"]) {
        if finding["confidence"] == "possible" {
            continue;
        }
        let secrets: BTreeMap<String, String> = list(&finding["parts"])
            .iter()
            .map(|part| (text(&part["name"]), secret(part)))
            .collect();
        let facts = finding["identities"].as_object();
        let facts: BTreeSet<String> = facts
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect();
        for place in list(&finding["places"]) {
            let Some(case) = number(place["path"].as_str().unwrap_or_default()) else {
                continue;
            };
            for span in list(&place["spans"]) {
                let part = text(&span["part"]);
                let offset =
                    |name: &str| usize::try_from(span[name].as_u64().unwrap_or_default()).unwrap();
                by_case.entry(case).or_default().push(Reported {
                    rule: text(&finding["rule"]),
                    secret: secrets.get(&part).cloned().unwrap_or_default(),
                    severity: text(&finding["severity"]),
                    facts: facts.clone(),
                    span: offset("start")..offset("end"),
                    part,
                });
            }
        }
    }
    by_case
}

/// A part's value as text; a key's bytes as the list that they stand in.
fn secret(part: &Value) -> String {
    if let Some(text) = part["secret"].as_str() {
        return text.to_owned();
    }
    let bytes = STANDARD.decode(part["secret_base64"].as_str().unwrap_or_default());
    let numbers: Vec<String> = bytes
        .unwrap_or_default()
        .iter()
        .map(u8::to_string)
        .collect();
    format!("[{}]", numbers.join(", "))
}

/// A value without what may differ between a text and what it means.
fn normal(value: &str) -> String {
    let value = value.trim().trim_start_matches("0x").replace("\\n", "\n");
    let value: String = value.nfkd().flat_map(char::to_lowercase).collect();
    value.split_whitespace().collect()
}

impl Score {
    fn add(&mut self, case: &Case, reported: &[Reported]) {
        let mut count = Count::default();
        let mut explained = BTreeSet::new();
        let mut problems = Vec::new();
        for wanted in &case.wanted {
            count.wanted += 1;
            // A rule that another holding allows may know no address.
            let facts = if case.rules.is_empty() {
                kind::facts(&wanted.kind)
            } else {
                &[]
            };
            count.facts += usize::from(!facts.is_empty());
            let hits: Vec<usize> = (0..reported.len())
                .filter(|at| holds(&reported[*at], wanted))
                .collect();
            let right = |at: &&usize| {
                let rule = &reported[**at].rule;
                kind::rules(&wanted.kind).contains(&rule.as_str()) || case.rules.contains(rule)
            };
            let Some(best) = hits.iter().find(right).or(hits.first()) else {
                problems.push((
                    format!("{} missed", family(&wanted.kind)),
                    wanted.kind.clone(),
                ));
                continue;
            };
            let found = &reported[*best];
            explained.insert(*best);
            count.found += 1;
            if right(&best) {
                count.named += 1;
            } else {
                problems.push((
                    format!("called {} {}", found.rule, found.part),
                    wanted.kind.clone(),
                ));
            }
            if facts.is_empty() {
                // Nothing to derive.
            } else if facts.iter().all(|fact| found.facts.contains(*fact)) {
                count.shown += 1;
            } else {
                problems.push((format!("no {}", facts.join(", ")), wanted.kind.clone()));
            }
            if kind::is_sealed(&wanted.kind) && found.severity != "info" {
                problems.push((
                    format!("sealed, but {}", found.severity),
                    wanted.kind.clone(),
                ));
                count.alarms += 1;
            }
        }
        for (at, found) in reported.iter().enumerate() {
            if !explained.contains(&at) {
                count.alarms += 1;
                let what = format!("false alarm: {} {}", found.rule, found.part);
                problems.push((
                    what,
                    case.wanted
                        .first()
                        .map_or(String::new(), |w| w.kind.clone()),
                ));
            }
        }
        let name = case.name.split(" of ").next().unwrap_or_default();
        for (problem, kind) in problems {
            let holding = self.failures.entry(name.to_owned()).or_default();
            holding.entry(problem).or_default().push(kind);
        }
        self.groups
            .entry(case.group().to_owned())
            .or_default()
            .sum(count);
    }

    fn total(&self) -> Count {
        let mut total = Count::default();
        for group in self.groups.values() {
            total.sum(*group);
        }
        total
    }

    /// Of 100 values, how many were found.
    pub(crate) fn found(&self) -> f64 {
        share(self.total().found, self.total().wanted)
    }

    /// Of 100 found values, how many have the right name.
    pub(crate) fn named(&self) -> f64 {
        share(self.total().named, self.total().found)
    }

    /// Of 100 values with a public half, how many show it.
    pub(crate) fn shown(&self) -> f64 {
        share(self.total().shown, self.total().facts)
    }

    /// How many reports there were that should not be.
    pub(crate) fn alarms(&self) -> usize {
        self.total().alarms
    }
}

/// Whether a reported part stands where the wanted value does, and is it.
fn holds(reported: &Reported, wanted: &Wanted) -> bool {
    let near = reported.span.start < wanted.span.end && wanted.span.start < reported.span.end;
    near && (normal(&reported.secret) == normal(&wanted.value) || is_file_of(reported, wanted))
}

/// A key file may be reported by the key in it.
fn is_file_of(reported: &Reported, wanted: &Wanted) -> bool {
    wanted.value.starts_with('{')
        && reported.secret.len() > 40
        && wanted.value.contains(&reported.secret)
}

fn family(kind: &str) -> &str {
    if kind.ends_with(|last: char| last.is_ascii_digit()) {
        "phrase"
    } else {
        kind
    }
}

impl Count {
    fn sum(&mut self, other: Self) {
        self.wanted += other.wanted;
        self.found += other.found;
        self.named += other.named;
        self.facts += other.facts;
        self.shown += other.shown;
        self.alarms += other.alarms;
    }
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        100.0
    } else {
        part as f64 * 100.0 / whole as f64
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<16}{:>18}{:>18}{:>18}{:>10}",
            "", "found", "named", "address shown", "alarms"
        )?;
        let groups = self
            .groups
            .iter()
            .map(|(name, count)| (name.as_str(), *count));
        for (name, count) in [("all", self.total())].into_iter().chain(groups) {
            let cell = |part, whole| format!("{:.1} ({part}/{whole})", share(part, whole));
            writeln!(
                f,
                "{name:<16}{:>18}{:>18}{:>18}{:>10}",
                cell(count.found, count.wanted),
                cell(count.named, count.found),
                cell(count.shown, count.facts),
                count.alarms
            )?;
        }
        for (name, problems) in &self.failures {
            writeln!(f, "{name}")?;
            for (problem, kinds) in problems {
                writeln!(f, "    {problem}: {}", kinds.join(" "))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> Case {
        Case {
            name: "group/one of eth".to_owned(),
            path: ".env".to_owned(),
            text: "PRIVATE_KEY=0xab".to_owned(),
            rules: Vec::new(),
            wanted: vec![Wanted {
                kind: "eth".to_owned(),
                value: "0xab".to_owned(),
                span: 12..16,
            }],
        }
    }

    fn report(rule: &str, secret: &str, start: u64) -> Vec<u8> {
        let span = serde_json::json!({"part": "private-key", "start": start, "end": start + 4});
        serde_json::json!({"findings": [{
            "rule": rule, "confidence": "likely", "severity": "critical",
            "parts": [{"name": "private-key", "secret": secret}],
            "identities": {"Ethereum address": "0x"},
            "places": [{"path": "w00000/.env", "spans": [span]}],
        }]})
        .to_string()
        .into_bytes()
    }

    fn figures(json: &[u8]) -> (f64, f64, f64, usize) {
        let score = judge(&[case()], json);
        (score.found(), score.named(), score.shown(), score.alarms())
    }

    #[test]
    fn right_and_wrong_reports_are_told_apart() {
        assert_eq!(
            figures(&report("ethereum-hex", "0xab", 12)),
            (100.0, 100.0, 100.0, 0)
        );
        assert_eq!(figures(&report("wif", "ab", 12)), (100.0, 0.0, 100.0, 0));
        assert_eq!(
            figures(&report("ethereum-hex", "0xcd", 12)),
            (0.0, 100.0, 0.0, 1)
        );
        assert_eq!(
            figures(&report("ethereum-hex", "0xab", 40)),
            (0.0, 100.0, 0.0, 1)
        );
        assert_eq!(figures(b"{}"), (0.0, 100.0, 0.0, 0));
    }
}
