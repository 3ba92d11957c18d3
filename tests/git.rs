//! The git sources judged from outside: repositories of every shape, whole, damaged and hostile,
//! are built with git and by hand, and the built program scans them.
//!
//! Each case builds, runs and expects: every planted credential is reported, nothing forbidden is,
//! each gap is told (exit code and report), no program that the repository names runs, no value
//! and no raw terminal code comes out, and no byte of the repository changes. All values come from
//! a seed that is fresh in each run; a failure names it (`KEYFENCE_SEED=… cargo test --test git`);
//! with `KEYFENCE_KEEP=1` what was built stays.
#![cfg(unix)] // the judge is git on a system with links and permission bits
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    // The tests run the program, and git to build repositories and as the oracle.
    clippy::disallowed_types,
    clippy::disallowed_methods
)]

#[path = "git/chance.rs"]
mod chance;
#[path = "git/config.rs"]
mod config;
#[path = "git/content.rs"]
mod content;
#[path = "git/damage.rs"]
mod damage;
mod fifo;
#[path = "git/forge.rs"]
mod forge;
#[path = "git/history.rs"]
mod history;
#[path = "git/hooks.rs"]
mod hooks;
#[path = "git/index.rs"]
mod index;
#[path = "git/packs.rs"]
mod packs;
#[allow(dead_code)]
#[path = "hostile/planted.rs"]
mod planted;
#[allow(dead_code)]
#[path = "ways/random.rs"]
mod random;
#[path = "git/range.rs"]
mod range;
#[path = "git/refs.rs"]
mod refs;
#[path = "git/repo.rs"]
mod repo;
#[path = "git/run.rs"]
mod run;
#[path = "git/shapes.rs"]
mod shapes;
#[path = "git/special.rs"]
mod special;
#[path = "git/staged.rs"]
mod staged;
#[path = "git/trace.rs"]
mod trace;
#[path = "git/world.rs"]
mod world;
