//! Every use of gix.
//!
//! Nothing here runs a program or obeys a repository's configuration.

pub mod commits;
pub mod diff;
mod excludes;
pub mod exposure;
mod fault;
mod file;
mod index;
pub mod layout;
pub mod lfs;
mod listing;
pub mod names;
pub mod pack;
mod past;
pub mod refs;
mod repository;
pub mod revs;
pub mod staged;
pub mod store;
pub mod tree;
pub mod walk;

pub use excludes::{LocalExcludes, hooks_dir, local_excludes};
pub use fault::Fault;
pub use index::{IndexError, Tracked};
pub use layout::{Layout, LayoutError};
pub use listing::{Listed, Listing};
pub use past::{PastFile, Wanted, past_files};
pub use repository::{Repository, is_git_dir};
pub use store::{Object, Store};
