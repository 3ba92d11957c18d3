//! Does `.gitignore` protect the secrets: the program over made-up repositories, with git as the judge.
//!
//! `KEYFENCE_SEED=…` repeats a run, `KEYFENCE_PUZZLES=…` says how many puzzles.
#![cfg(unix)] // the judge is git on a system with links and permission bits
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs
)]

#[path = "hygiene/chance.rs"]
mod chance;
#[path = "hygiene/checklist.rs"]
mod checklist;
#[path = "hygiene/fix.rs"]
mod fix;
#[path = "hygiene/matchers.rs"]
mod matchers;
#[path = "hygiene/named.rs"]
mod named;
#[path = "hygiene/oracle.rs"]
mod oracle;
#[path = "hygiene/puzzle.rs"]
mod puzzle;
#[path = "hygiene/report.rs"]
mod report;
#[path = "hygiene/world.rs"]
mod world;
