//! What `keyfence init` sets up and `keyfence doctor` looks at: git's hooks, hook managers, configuration,
//! workflows. Nothing here runs a program; what is to change is planned first, as text.

pub mod block;
pub mod git;
pub mod global;
pub mod hooks;
pub mod ignored;
pub mod manager;
pub mod plan;
pub mod project;
pub mod stage;
