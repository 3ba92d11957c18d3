//! Holds what was reported against what should have been.

use std::collections::{BTreeMap, HashSet};

use crate::reading::Reported;
use crate::tree::{Case, Expected};

/// What became of one part of a credential.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Missed,
    Found,
    /// Found, under this rule.
    Misnamed(String),
}

/// What became of one credential.
pub(crate) struct Verdict {
    /// Each part's name, without exchange and number, and what became of it.
    pub(crate) parts: Vec<(String, Outcome)>,
    /// Whether all parts stand in one finding; `None` for a credential of one part.
    pub(crate) joined: Option<bool>,
}

/// What became of one case.
pub(crate) struct Judged<'a> {
    pub(crate) case: &'a Case,
    pub(crate) verdicts: Vec<Verdict>,
    /// The rules of findings that hold nothing which was to be found, or only what another holds.
    pub(crate) false_alarms: Vec<String>,
}

/// Judges every case.
pub(crate) fn judge<'a>(cases: &'a [Case], findings: &[Reported]) -> Vec<Judged<'a>> {
    let mut by_case: BTreeMap<usize, Vec<&Reported>> = BTreeMap::new();
    for finding in findings {
        for number in finding.cases.iter().collect::<HashSet<_>>() {
            by_case.entry(*number).or_default().push(finding);
        }
    }
    let none = Vec::new();
    let one = |(number, case)| judge_case(case, by_case.get(&number).unwrap_or(&none));
    cases.iter().enumerate().map(one).collect()
}

fn judge_case<'a>(case: &'a Case, findings: &[&Reported]) -> Judged<'a> {
    let verdicts = case
        .expected
        .iter()
        .map(|credential| verdict(credential, findings))
        .collect();
    // The findings that hold most come first, so that a second report of a part is the alarm.
    let mut by_worth: Vec<_> = findings
        .iter()
        .map(|finding| {
            let held: HashSet<(usize, usize)> = held(case, finding);
            let right = case
                .expected
                .iter()
                .any(|credential| credential.rules.contains(&finding.rule));
            (held.len(), right, held, finding)
        })
        .collect();
    by_worth.sort_by(|a, b| (b.0, b.1, &a.3.rule).cmp(&(a.0, a.1, &b.3.rule)));
    let mut covered = HashSet::new();
    let mut false_alarms = Vec::new();
    for (_, _, held, finding) in by_worth {
        if held.is_subset(&covered) {
            false_alarms.push(finding.rule.clone());
        }
        covered.extend(held);
    }
    Judged {
        case,
        verdicts,
        false_alarms,
    }
}

/// Which parts of which credentials of the case a finding holds.
fn held(case: &Case, finding: &Reported) -> HashSet<(usize, usize)> {
    let mut held = HashSet::new();
    for (which, credential) in case.expected.iter().enumerate() {
        for (part, (_, forms)) in credential.parts.iter().enumerate() {
            if holds(finding, forms) {
                held.insert((which, part));
            }
        }
    }
    held
}

/// Line breaks may be reported as they stand or as they are meant.
fn holds(finding: &Reported, forms: &[String]) -> bool {
    let secrets = || {
        finding
            .secrets
            .iter()
            .map(|secret| secret.replace("\\n", "\n"))
    };
    secrets().any(|secret| forms.iter().any(|form| form == secret.trim()))
}

fn verdict(credential: &Expected, findings: &[&Reported]) -> Verdict {
    let parts = credential
        .parts
        .iter()
        .map(|(name, forms)| {
            let holders: Vec<_> = findings
                .iter()
                .filter(|finding| holds(finding, forms))
                .collect();
            let outcome = match holders.first() {
                None => Outcome::Missed,
                Some(_) if holders.iter().any(|f| credential.rules.contains(&f.rule)) => {
                    Outcome::Found
                }
                Some(holder) => Outcome::Misnamed(holder.rule.clone()),
            };
            let name = name.split('#').next().unwrap_or(name);
            (name.rsplit('.').next().unwrap_or(name).to_owned(), outcome)
        })
        .collect();
    let all_in = |finding: &&Reported| {
        credential
            .parts
            .iter()
            .all(|(_, forms)| holds(finding, forms))
    };
    let joined = (credential.parts.len() > 1).then(|| findings.iter().any(all_in));
    Verdict { parts, joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> Case {
        let part = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
        Case {
            way: "test/one".to_owned(),
            group: "test".to_owned(),
            issuer: "okx",
            path: ".env".to_owned(),
            bytes: Vec::new(),
            expected: vec![Expected {
                rules: vec!["okx".to_owned()],
                parts: vec![part("key", "k"), part("secret", "s")],
            }],
        }
    }

    fn reported(rule: &str, secrets: &[&str]) -> Reported {
        let secrets = secrets.iter().map(|&secret| secret.to_owned()).collect();
        Reported {
            rule: rule.to_owned(),
            secrets,
            cases: vec![0],
        }
    }

    #[test]
    fn one_finding_with_all_parts_is_right() {
        let cases = [case()];
        let judged = judge(&cases, &[reported("okx", &["k", "s"])]);
        assert_eq!(judged[0].verdicts[0].joined, Some(true));
        assert!(
            judged[0].verdicts[0]
                .parts
                .iter()
                .all(|part| part.1 == Outcome::Found)
        );
        assert!(judged[0].false_alarms.is_empty());
    }

    #[test]
    fn parts_apart_are_found_and_not_joined() {
        let cases = [case()];
        let judged = judge(&cases, &[reported("okx", &["k"]), reported("gate", &["s"])]);
        assert_eq!(judged[0].verdicts[0].joined, Some(false));
        assert_eq!(
            judged[0].verdicts[0].parts[1].1,
            Outcome::Misnamed("gate".to_owned())
        );
        assert!(judged[0].false_alarms.is_empty());
    }

    #[test]
    fn a_second_report_and_a_stranger_are_false_alarms() {
        let cases = [case()];
        let findings = [
            reported("generic", &["s"]),
            reported("okx", &["k", "s"]),
            reported("gate", &["x"]),
        ];
        let judged = judge(&cases, &findings);
        assert_eq!(judged[0].false_alarms, ["generic", "gate"]);
        assert_eq!(judged[0].verdicts[0].parts[1].1, Outcome::Found);
    }

    #[test]
    fn silence_is_a_miss() {
        let cases = [case()];
        let judged = judge(&cases, &[]);
        assert_eq!(judged[0].verdicts[0].parts[0].1, Outcome::Missed);
        assert_eq!(judged[0].verdicts[0].joined, Some(false));
    }
}
