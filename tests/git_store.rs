//! Repositories of every shape and in every state of damage: found as git finds them, and every
//! object read as git reads it.
#![cfg(unix)] // pipes, links and permission bits are what it is about
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_types,
    missing_docs
)]

#[path = "git_store/alternates.rs"]
mod alternates;
#[path = "git_store/damage.rs"]
mod damage;
mod fifo;
#[path = "git_store/hostile.rs"]
mod hostile;
#[path = "git_store/layout.rs"]
mod layout;
#[path = "git_store/objects.rs"]
mod objects;
#[path = "git_store/packer.rs"]
mod packer;
#[path = "git_store/repo.rs"]
mod repo;
