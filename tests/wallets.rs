//! The examination of wallet material: seed phrases, private keys, key files and the tokens that
//! bots keep beside them, in the ways in which people hold them, and what only looks like them.
//!
//! How a holding reads: `tests/wallets/README.md`. `KEYFENCE_WALLETS=phrases/` runs those whose
//! name holds the text, and keeps their tree for a look.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::indexing_slicing
)]

#[path = "wallets/fill.rs"]
mod fill;
#[path = "wallets/form.rs"]
mod form;
#[path = "wallets/holding.rs"]
mod holding;
#[path = "wallets/judge.rs"]
mod judge;
#[path = "wallets/kind.rs"]
mod kind;
#[path = "wallets/phrase.rs"]
mod phrase;

use std::process::Command;

/// Of 100 values, how many must be found at likely or above (target 98, beyond 100).
const FOUND: f64 = 99.5;
/// Of 100 found values, how many must be called what they are.
const NAMED: f64 = 99.5;
/// Of 100 found values with a public half that can be derived, how many must show it.
const SHOWN: f64 = 99.0;

#[test]
fn every_way_to_hold_a_wallet() {
    let filter = std::env::var("KEYFENCE_WALLETS").unwrap_or_default();
    let holdings = holding::all();
    let cases: Vec<_> = holdings
        .iter()
        .filter(|holding| holding.name.contains(&filter))
        .flat_map(fill::cases)
        .collect();
    assert!(!cases.is_empty(), "no holding's name has {filter:?}");
    let directory = tempfile::tempdir().unwrap();
    fill::write(directory.path(), &cases);

    let output = Command::new(env!("CARGO_BIN_EXE_keyfence"))
        .args(["scan", "--format", "json", "--no-ignore", "--isolated"])
        .arg("--show-secrets")
        .arg(directory.path())
        .output()
        .unwrap();
    print!("{}", String::from_utf8_lossy(&output.stderr));
    let score = judge::judge(&cases, &output.stdout);
    println!("{score}");
    if !filter.is_empty() {
        println!("the tree is in {}", directory.keep().display());
    }

    assert!(score.found() >= FOUND, "too few values were found");
    assert!(score.named() >= NAMED, "too many have the wrong name");
    assert!(score.shown() >= SHOWN, "too few show their public half");
    assert_eq!(score.alarms(), 0, "false alarms");
}
