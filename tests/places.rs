//! The places where people meet keyfence: the hook, a baseline, `init`, `explain`, `doctor`, the Action. The built
//! program is run as they run it, in repositories that git builds.
#![cfg(unix)] // modes and links are what it is about
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    // The tests run the program, and git around it.
    clippy::disallowed_types,
    clippy::disallowed_methods
)]

#[path = "places/action.rs"]
mod action;
#[path = "places/baseline.rs"]
mod baseline;
#[path = "places/explain.rs"]
mod explain;
#[path = "places/ground.rs"]
mod ground;
#[path = "places/hook.rs"]
mod hook;
#[path = "places/init.rs"]
mod init;
#[allow(dead_code)]
#[path = "hostile/planted.rs"]
mod planted;
#[allow(dead_code)]
#[path = "ways/random.rs"]
mod random;
#[path = "places/stages.rs"]
mod stages;
