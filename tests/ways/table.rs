//! The score, as figures and as a table: by group, by exchange, and each way that failed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::judge::{Judged, Outcome};

/// Some of so many.
#[derive(Clone, Copy, Default)]
struct Share {
    good: usize,
    all: usize,
}

impl Share {
    fn add(&mut self, good: bool) {
        self.good += usize::from(good);
        self.all += 1;
    }

    /// In hundredths; all of nothing is all.
    #[expect(clippy::cast_precision_loss, reason = "counts of a corpus are small")]
    fn percent(self) -> f64 {
        if self.all == 0 {
            100.0
        } else {
            self.good as f64 * 100.0 / self.all as f64
        }
    }

    /// In hundredths; of nothing there is nothing.
    fn percent_of_none(self) -> f64 {
        if self.all == 0 { 0.0 } else { self.percent() }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.all == 0 {
            return write!(f, "{:>18}", "-");
        }
        write!(
            f,
            "{:>18}",
            format!("{:.1} ({}/{})", self.percent(), self.good, self.all)
        )
    }
}

/// One line of the table.
#[derive(Clone, Copy, Default)]
struct Line {
    /// Keys and ids found.
    keys: Share,
    /// Secrets found; where a way holds no secret, its key.
    secrets: Share,
    /// Passphrases and memos found.
    phrases: Share,
    named: Share,
    joined: Share,
    /// Cases with a false alarm.
    alarms: Share,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for share in [
            self.secrets,
            self.keys,
            self.phrases,
            self.named,
            self.joined,
            self.alarms,
        ] {
            write!(f, "{share}")?;
        }
        Ok(())
    }
}

impl Line {
    fn add(&mut self, judged: &Judged<'_>) {
        for verdict in &judged.verdicts {
            let has_secret = verdict.parts.iter().any(|(name, _)| is_secret(name));
            for (name, outcome) in &verdict.parts {
                let found = *outcome != Outcome::Missed;
                match name.as_str() {
                    "secret" | "pem" => self.secrets.add(found),
                    "key" if has_secret => self.keys.add(found),
                    "key" => self.secrets.add(found),
                    _ => self.phrases.add(found),
                }
                if found {
                    self.named.add(*outcome == Outcome::Found);
                }
            }
            if let Some(joined) = verdict.joined {
                self.joined.add(joined);
            }
        }
        self.alarms.add(!judged.false_alarms.is_empty());
    }
}

fn is_secret(part: &str) -> bool {
    matches!(part, "secret" | "pem")
}

/// The whole score.
pub(crate) struct Score {
    total: Line,
    /// False alarms in cases that hold a credential, and in those that hold none.
    beside: Share,
    noise: Share,
    groups: BTreeMap<String, Line>,
    issuers: BTreeMap<&'static str, Line>,
    /// How many exchanges each way ran for.
    cases: BTreeMap<String, usize>,
    /// By way: what went wrong, and for which exchanges.
    failures: BTreeMap<String, BTreeMap<String, BTreeSet<&'static str>>>,
}

impl Score {
    pub(crate) fn new(cases: Vec<Judged<'_>>) -> Self {
        let mut score = Self {
            total: Line::default(),
            groups: BTreeMap::new(),
            issuers: BTreeMap::new(),
            beside: Share::default(),
            noise: Share::default(),
            cases: BTreeMap::new(),
            failures: BTreeMap::new(),
        };
        for judged in cases {
            let case = judged.case;
            score.total.add(&judged);
            let noise = case.expected.is_empty();
            let alarms = if noise {
                &mut score.noise
            } else {
                &mut score.beside
            };
            alarms.add(!judged.false_alarms.is_empty());
            *score.cases.entry(case.way.clone()).or_default() += 1;
            score
                .groups
                .entry(case.group.clone())
                .or_default()
                .add(&judged);
            score.issuers.entry(case.issuer).or_default().add(&judged);
            for problem in problems(&judged) {
                let way = score.failures.entry(case.way.clone()).or_default();
                way.entry(problem).or_default().insert(case.issuer);
            }
        }
        score
    }

    pub(crate) fn secrets_found(&self) -> f64 {
        self.total.secrets.percent()
    }

    pub(crate) fn provider_named(&self) -> f64 {
        self.total.named.percent()
    }

    pub(crate) fn parts_joined(&self) -> f64 {
        self.total.joined.percent()
    }

    pub(crate) fn alarms_in_noise(&self) -> f64 {
        self.noise.percent_of_none()
    }

    pub(crate) fn alarms_beside(&self) -> f64 {
        self.beside.percent_of_none()
    }
}

fn problems(judged: &Judged<'_>) -> Vec<String> {
    let mut problems = Vec::new();
    for verdict in &judged.verdicts {
        for (name, outcome) in &verdict.parts {
            match outcome {
                Outcome::Missed => problems.push(format!("{name} missed")),
                Outcome::Misnamed(rule) => problems.push(format!("{name} taken for {rule}'s")),
                Outcome::Found => {}
            }
        }
        // Parts that were missed can't be joined: that is told once.
        let all = verdict
            .parts
            .iter()
            .all(|(_, outcome)| *outcome != Outcome::Missed);
        if all && verdict.joined == Some(false) {
            problems.push("parts apart".to_owned());
        }
    }
    problems.extend(
        judged
            .false_alarms
            .iter()
            .map(|rule| format!("false alarm of {rule}")),
    );
    problems
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = [
            "secrets",
            "keys",
            "phrases",
            "named",
            "joined",
            "alarms (cases)",
        ];
        write!(f, "{:<16}", "")?;
        for head in heads {
            write!(f, "{head:>18}")?;
        }
        writeln!(f, "\n{:<16}{}\n", "all", self.total)?;
        for (name, line) in &self.groups {
            writeln!(f, "{name:<16}{line}")?;
        }
        writeln!(f)?;
        for (name, line) in &self.issuers {
            writeln!(f, "{name:<16}{line}")?;
        }
        writeln!(
            f,
            "\nfalse alarms in cases without a credential {}",
            self.noise
        )?;
        writeln!(
            f,
            "false alarms beside a credential           {}",
            self.beside
        )?;
        let ways = self.cases.len();
        writeln!(f, "\n{} of {ways} ways failed", self.failures.len())?;
        for (way, problems) in &self.failures {
            writeln!(f, "{way}")?;
            for (problem, issuers) in problems {
                let all = self.cases.get(way) == Some(&issuers.len());
                let names: Vec<_> = issuers.iter().copied().collect();
                let names = if all {
                    "all".to_owned()
                } else {
                    names.join(" ")
                };
                writeln!(f, "    {problem}: {names}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::judge;
    use crate::reading::Reported;
    use crate::{tree, way};

    /// The whole corpus, and what a report without fault would say of it.
    fn faultless() -> (Vec<tree::Case>, Vec<Reported>) {
        let cases: Vec<_> = way::all().iter().flat_map(tree::cases).collect();
        let report = |(number, case): (usize, &tree::Case)| {
            let finding = |credential: &tree::Expected| Reported {
                rule: credential.rules.last().unwrap().clone(),
                secrets: credential
                    .parts
                    .iter()
                    .map(|(_, forms)| forms[0].clone())
                    .collect(),
                cases: vec![number],
            };
            case.expected.iter().map(finding).collect::<Vec<_>>()
        };
        let findings = cases.iter().enumerate().flat_map(report).collect();
        (cases, findings)
    }

    #[test]
    fn a_report_without_fault_has_the_full_score_and_silence_has_none() {
        let (cases, mut findings) = faultless();
        let score = Score::new(judge(&cases, &findings));
        assert!(score.failures.is_empty(), "{score}");
        let all = |share: f64| (share - 100.0).abs() < f64::EPSILON;
        assert!(all(score.secrets_found()) && all(score.provider_named()));
        assert!(all(score.parts_joined()) && score.alarms_in_noise() == 0.0);
        assert!(score.alarms_beside() == 0.0);

        findings.clear();
        let score = Score::new(judge(&cases, &findings));
        assert!(score.secrets_found() == 0.0 && score.parts_joined() == 0.0);
        assert!(
            score
                .to_string()
                .contains("env/plain.env\n    key missed: all")
        );
    }

    #[test]
    fn a_wrong_name_and_a_stranger_cost_points() {
        let (cases, mut findings) = faultless();
        "nobody".clone_into(&mut findings[0].rule);
        findings[1].secrets.push("more".to_owned());
        let quiet = cases
            .iter()
            .position(|case| case.expected.is_empty())
            .unwrap();
        let stranger = |case| Reported {
            rule: "nobody".to_owned(),
            secrets: vec!["x".to_owned()],
            cases: vec![case],
        };
        findings.extend([stranger(0), stranger(quiet)]);
        let score = Score::new(judge(&cases, &findings));
        assert!(score.provider_named() < 100.0);
        assert!(score.alarms_in_noise() > 0.0 && score.alarms_beside() > 0.0);
        assert!((score.secrets_found() - 100.0).abs() < f64::EPSILON);
    }
}
