//! The examination of the engine: a corpus of ways in which people hold exchange credentials in
//! the files of a bot project (and of what only looks like it), each a small text with slots,
//! filled with made-up values and scanned by the built program in one run.
//!
//! How a way reads: `tests/ways/README.md`. `KEYFENCE_WAYS=dotenv/` runs those whose name holds
//! the text, and keeps their tree for a look.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_types
)]

#[path = "ways/credential.rs"]
mod credential;
#[path = "ways/fill.rs"]
mod fill;
#[path = "ways/issuer.rs"]
mod issuer;
#[path = "ways/judge.rs"]
mod judge;
#[path = "ways/random.rs"]
mod random;
#[path = "ways/reading.rs"]
mod reading;
#[path = "ways/table.rs"]
mod table;
#[path = "ways/tree.rs"]
mod tree;
#[path = "ways/way.rs"]
mod way;

use std::process::Command;

/// Of 100 secrets, how many must be found at likely or above. Raise it as the engine grows,
/// never lower it: 97 is the target, 99 is beyond.
const SECRETS_FOUND: f64 = 99.2;
/// Of 100 found values, how many must name the right provider (target 93, beyond 97).
const PROVIDER_NAMED: f64 = 99.9;
/// Of 100 credentials of several parts, how many must be one finding (target 90, beyond 97).
const PARTS_JOINED: f64 = 99.2;
/// Of 100 cases without a credential, in how many something may be reported (target 1, beyond
/// 0.2). Lower it as the engine grows.
const ALARMS_IN_NOISE: f64 = 0.2;
/// Of 100 cases with a credential, in how many something else may be reported as well.
const ALARMS_BESIDE: f64 = 0.0;

#[test]
fn every_way_to_hold_a_credential() {
    let filter = std::env::var("KEYFENCE_WAYS").unwrap_or_default();
    let ways: Vec<_> = way::all()
        .into_iter()
        .filter(|w| w.name.contains(&filter))
        .collect();
    assert!(!ways.is_empty(), "no way's name holds {filter:?}");
    let cases: Vec<_> = ways.iter().flat_map(tree::cases).collect();
    let directory = tempfile::tempdir().unwrap();
    tree::write(directory.path(), &cases);

    let output = Command::new(env!("CARGO_BIN_EXE_keyfence"))
        .args([
            "scan",
            "--format",
            "json",
            "--no-ignore",
            "--isolated",
            "--show-secrets",
        ])
        .arg(directory.path())
        .output()
        .unwrap();
    print!("{}", String::from_utf8_lossy(&output.stderr));
    // A program that says nothing is not excused: it scores nothing.
    let findings = reading::findings(&output.stdout).unwrap_or_else(|problem| {
        println!("no report to read: {problem}");
        Vec::new()
    });
    let score = table::Score::new(judge::judge(&cases, &findings));
    println!("{score}");
    if !filter.is_empty() {
        println!("the tree is in {}", directory.keep().display());
    }

    assert!(
        score.secrets_found() >= SECRETS_FOUND,
        "too few secrets were found"
    );
    assert!(
        score.provider_named() >= PROVIDER_NAMED,
        "the wrong provider was named too often"
    );
    assert!(
        score.parts_joined() >= PARTS_JOINED,
        "parts of one credential stand apart too often"
    );
    assert!(
        score.alarms_in_noise() <= ALARMS_IN_NOISE,
        "too many false alarms where nothing is to be found"
    );
    assert!(
        score.alarms_beside() <= ALARMS_BESIDE,
        "too many false alarms beside a credential"
    );
}
