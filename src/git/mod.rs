//! Every use of gix.
//!
//! Nothing here runs a program or obeys a repository's configuration.

mod index;
mod repository;

pub use index::{IndexError, Tracked};
pub use repository::{Repository, is_git_dir};
