//! Checks of a repository that find no leaks, but the ways to them: what `.gitignore` does not cover,
//! secret files in git, permissions.
//!
//! They are told in a part of their own in every report, and never counted as findings.
//!
//! A [`Ground`] is the repository, opened once; its [`Rules`] say what becomes of a path, exactly as git
//! would; a [`Survey`] is the whole answer.

pub mod checklist;
mod checks;
mod content;
mod entering;
mod fix;
mod ground;
mod lapse;
mod lapses;
mod project;
mod protected;
pub mod signs;
mod survey;
mod verdict;
mod walk;

pub use checks::CHECKS;
pub use content::Content;
pub use entering::{Entering, entering};
pub use fix::{Edit, HEADING, Plan, diff};
pub use ground::Ground;
pub use lapse::{Check, Lapse, sort};
pub use lapses::lapses;
pub use protected::{Protected, Protection};
pub use survey::{Coverage, Depth, FileState, Leaked, Survey};
pub use verdict::{Answer, Local, Rules, Verdict};
pub use walk::OnDisk;
