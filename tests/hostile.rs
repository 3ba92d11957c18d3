//! Hostile input and hostile surroundings: the built program scans what strangers may hand it.
//!
//! A case passes only if every planted secret is reported at its line, nothing forbidden is, no
//! value and no raw terminal code is in any output, and every gap is told (exit code and message).
#![cfg(unix)] // it makes pipes, devices, links and names that are no text
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    // The tests run the program, git to prepare trees, a shell and strace.
    clippy::disallowed_types,
    clippy::disallowed_methods
)]

#[path = "hostile/archive.rs"]
mod archive;
#[path = "hostile/case.rs"]
mod case;
#[path = "hostile/encoding.rs"]
mod encoding;
#[path = "hostile/env.rs"]
mod env;
mod fifo;
#[path = "hostile/flood.rs"]
mod flood;
#[path = "hostile/ignore.rs"]
mod ignore;
#[path = "hostile/name.rs"]
mod name;
mod packer;
#[path = "hostile/planted.rs"]
mod planted;
#[path = "hostile/race.rs"]
mod race;
#[allow(dead_code)]
#[path = "ways/random.rs"]
mod random;
#[path = "hostile/redact.rs"]
mod redact;
#[path = "hostile/size.rs"]
mod size;
#[path = "hostile/special.rs"]
mod special;
#[path = "hostile/trace.rs"]
mod trace;
