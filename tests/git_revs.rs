//! Ranges of commits, against git and against plain reachability.
#![cfg(unix)] // the judge is git with hooks that are shell scripts
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_types,
    missing_docs
)]

#[path = "git_revs/made.rs"]
mod made;
#[path = "git_revs/names.rs"]
mod names;
#[path = "git_revs/pushes.rs"]
mod pushes;
#[path = "git_revs/ranges.rs"]
mod ranges;
#[path = "git_store/repo.rs"]
#[allow(dead_code)]
mod repo;
#[path = "git_revs/walks.rs"]
mod walks;
