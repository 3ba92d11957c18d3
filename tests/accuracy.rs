//! The whole rule pack measured: each rule's credential, made up afresh with right checksums, in some twenty
//! ways to hold one, and the same names over what is no credential.
//!
//! One case in eight is looked at, of each rule others. `KEYFENCE_ACCURACY=some/folder` takes all, and keeps the set and what stands in it there, so that `benches/accuracy.sh`
//! can show it to other scanners; `KEYFENCE_SEED` makes another one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_types,
    missing_docs
)]

#[path = "accuracy/holding.rs"]
mod holding;
#[path = "accuracy/set.rs"]
mod set;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use keyfence::rule::Set;
use serde_json::Value;
use set::Case;

/// Of 100 secrets, how many must be found at likely or above.
const FOUND: f64 = 98.0;
/// Of 100 secrets found, how many must be named by their own rule.
const NAMED: f64 = 98.0;
/// Of 100 credentials of several parts, how many must be one finding.
const JOINED: f64 = 95.0;
/// Of 100 findings, how many must hold a credential of the set.
const PRECISE: f64 = 99.0;

/// What a finding holds: its rule and its values.
struct Reported {
    rule: String,
    values: Vec<String>,
}

#[derive(Clone, Copy, Default)]
struct Share(usize, usize);

impl Share {
    fn add(&mut self, good: bool) {
        self.0 += usize::from(good);
        self.1 += 1;
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of a set are small")]
    fn percent(self) -> f64 {
        if self.1 == 0 {
            100.0
        } else {
            self.0 as f64 * 100.0 / self.1 as f64
        }
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{:.1} ({}/{})", self.percent(), self.0, self.1))
    }
}

#[derive(Default)]
struct Score {
    found: Share,
    named: Share,
    joined: Share,
    precise: Share,
    /// Cases without a credential, and how many of them are quiet.
    quiet: Share,
}

impl Score {
    fn add(&mut self, case: &Case, findings: &[&Reported], misses: &mut BTreeSet<String>) {
        let holds = |finding: &Reported, value: &str| {
            let plain = |text: &str| text.replace("\\n", "\n").trim().to_owned();
            finding.values.iter().any(|own| plain(own) == plain(value))
        };
        for (name, secret, value) in &case.parts {
            if !secret {
                continue;
            }
            let holders: Vec<_> = findings.iter().filter(|f| holds(f, value)).collect();
            self.found.add(!holders.is_empty());
            if holders.is_empty() {
                misses.insert(format!("{} {name}: missed in {}", case.rule.id, case.way));
                continue;
            }
            let right = holders.iter().any(|f| f.rule == case.rule.id);
            self.named.add(right);
            if !right {
                let other = &holders[0].rule;
                misses.insert(format!("{} {name}: {other} in {}", case.rule.id, case.way));
            }
        }
        if case.parts.len() > 1 {
            let all = |f: &&&Reported| case.parts.iter().all(|(_, _, value)| holds(f, value));
            self.joined.add(findings.iter().any(|f| all(&f)));
        }
        for finding in findings {
            let good = case.parts.iter().any(|(_, _, value)| holds(finding, value));
            self.precise.add(good);
            if !good {
                misses.insert(format!(
                    "{}: false alarm of {} in {}",
                    case.rule.id, finding.rule, case.way
                ));
            }
        }
        if case.parts.is_empty() {
            self.quiet.add(findings.is_empty());
        }
    }
}

#[test]
fn the_whole_pack_in_every_way() {
    let seed = std::env::var("KEYFENCE_SEED").unwrap_or_else(|_| "accuracy".to_owned());
    // The whole set takes minutes without optimisation.
    let whole = std::env::var_os("KEYFENCE_ACCURACY");
    let cases = set::cases(Set::builtin(), &seed, if whole.is_some() { 1 } else { 8 });
    let temporary = tempfile::tempdir().unwrap();
    let root = whole.map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    set::write(&root, &cases);

    let findings = findings(&root.join("set"));
    let none = Vec::new();
    let mut total = Score::default();
    let mut domains: BTreeMap<&str, Score> = BTreeMap::new();
    let mut misses = BTreeSet::new();
    for (number, case) in cases.iter().enumerate() {
        let found: Vec<&Reported> = findings.get(&number).unwrap_or(&none).iter().collect();
        total.add(case, &found, &mut BTreeSet::new());
        domains
            .entry(case.rule.domain)
            .or_default()
            .add(case, &found, &mut misses);
    }
    let rules = Set::builtin().rules().len();
    println!("{rules} rules, {} files, seed `{seed}`", cases.len());
    println!(
        "{:<12}{:>20}{:>20}{:>20}{:>20}{:>20}",
        "", "found", "named", "joined", "precise", "quiet"
    );
    for (name, score) in domains
        .iter()
        .map(|(n, s)| (*n, s))
        .chain([("all", &total)])
    {
        let Score {
            found,
            named,
            joined,
            precise,
            quiet,
        } = score;
        println!("{name:<12}{found:>20}{named:>20}{joined:>20}{precise:>20}{quiet:>20}");
    }
    for miss in &misses {
        println!("  {miss}");
    }
    assert!(total.found.percent() >= FOUND, "too few secrets were found");
    assert!(
        total.named.percent() >= NAMED,
        "the wrong rule was named too often"
    );
    assert!(
        total.joined.percent() >= JOINED,
        "parts stand apart too often"
    );
    assert!(total.precise.percent() >= PRECISE, "too many false alarms");
}

/// What the built program reports, by the number of the case.
fn findings(root: &Path) -> BTreeMap<usize, Vec<Reported>> {
    let output = Command::new(env!("CARGO_BIN_EXE_keyfence"))
        .args([
            "scan",
            "--no-ignore",
            "--isolated",
            "--show-secrets",
            "--format",
            "json",
        ])
        .arg(root)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut found: BTreeMap<usize, Vec<Reported>> = BTreeMap::new();
    for finding in list(&report, "findings") {
        let values = || {
            list(&finding, "parts")
                .iter()
                .filter_map(|p| text(&p["secret"]))
                .collect()
        };
        let places = list(&finding, "places");
        let numbers: BTreeSet<usize> = places
            .iter()
            .filter_map(|place| {
                let path = place["path"].as_str()?;
                path.split('/')
                    .find_map(|name| name.strip_prefix('w')?.parse().ok())
            })
            .collect();
        for number in numbers {
            found.entry(number).or_default().push(Reported {
                rule: text(&finding["rule"]).unwrap_or_default(),
                values: values(),
            });
        }
    }
    found
}
