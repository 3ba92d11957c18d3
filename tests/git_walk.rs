//! Every object of a store, handed out once: equal to what git names, whatever the shape of the packs;
//! and when they are damaged, handed out under its true name or named as lost.
#![cfg(unix)] // the judge is git on a system with links
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_types,
    missing_docs
)]

#[path = "git_walk/damage.rs"]
mod damage;
#[path = "git_walk/hostile.rs"]
mod hostile;
#[path = "git_walk/limits.rs"]
mod limits;
#[allow(dead_code)]
#[path = "git_store/packer.rs"]
mod packer;
#[allow(dead_code)]
#[path = "git_store/repo.rs"]
mod repo;
#[path = "git_walk/shapes.rs"]
mod shapes;
#[path = "git_walk/walked.rs"]
mod walked;
