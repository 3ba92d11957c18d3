//! Which paths git ignores: one matcher, equal to git's, fed with bytes.
//!
//! It opens nothing and knows nothing but what it is given: the caller reads the `.gitignore`
//! files in its own safe way. The scan uses [`Stack`] while it walks down; who asks for single paths
//! uses [`Tree`], or, for many of them or with files that are read when they are needed, [`Lookup`].
//!
//! The rules are those of gitignore(5). Where that page is silent, git itself decides, and
//! `tests/gitignore.rs` asks it.

mod glob;
mod lookup;
mod patterns;
mod stack;
mod tree;

pub use lookup::Lookup;
pub use patterns::{Pattern, Patterns};
pub use stack::{Deciding, Stack, Verdict};
pub use tree::Tree;
