//! keyfence finds leaked exchange, broker, bot, wallet and general credentials.
//!
//! ```text
//! argv -> Settings -> source --blobs--> anchors -> candidates -> bindings -> context + pairing
//!      -> proofs -> suppressions -> findings -> report -> exit code
//! ```

pub mod cli;
pub mod command;
pub mod config;
pub mod date;
pub mod decode;
pub mod detect;
pub mod error;
pub mod exit;
pub mod finding;
pub mod git;
pub mod gitignore;
pub mod hygiene;
mod literals;
mod misread;
pub mod nearest;
pub mod output;
mod platform;
pub mod progress;
pub mod prove;
pub mod regular;
pub mod report;
pub mod rule;
pub mod scan;
pub mod settings;
pub mod setup;
pub mod source;
pub mod stretch;
pub mod suppress;
mod threads;
