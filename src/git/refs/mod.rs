//! Every name that a repository has for a commit: branches, tags and all other refs, `HEAD` and its
//! kin of each worktree, and their logs.
//!
//! The files are read by ourselves (gitrepository-layout(5), git-pack-refs(1)): the formats are tiny,
//! and nothing that stands in a git directory may make us wait, follow a link out of it, or stop.

mod files;
mod follow;
mod head;
mod kind;
mod logs;
mod loose;
mod packed;
mod root;
mod told;
mod value;
mod worktrees;

use gix::ObjectId;

use super::{Fault, Layout};
pub use head::head;
pub use kind::RefKind;
pub use logs::{LogEntry, LogLine, log, logs};
use told::Told;

/// A name, and the object that it leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref {
    /// The full name, any bytes: `refs/heads/main`, `HEAD`; of another worktree
    /// `worktrees/<its name>/HEAD`, of the main one seen from a linked one `main-worktree/HEAD`
    /// (as git-worktree(1) names them).
    pub name: Vec<u8>,
    /// The object it leads to, symbolic refs followed: often a commit, or an annotated tag, but
    /// anything may stand there. Nobody has looked whether the store holds it.
    pub target: ObjectId,
    /// What the annotated tag `target` leads to in the end, where `packed-refs` says it: a
    /// stranger's word.
    pub peeled: Option<ObjectId>,
    /// The ref that a symbolic ref names, as written.
    pub symbolic: Option<Vec<u8>>,
}

impl Ref {
    /// What it is.
    pub fn kind(&self) -> RefKind {
        RefKind::of(&self.name)
    }

    /// The name as git shows it, any bytes: `main`, `origin/main`, `tags/v1`, `stash`,
    /// `refs/pull/7/head`, `HEAD`.
    pub fn display(&self) -> &[u8] {
        kind::display(&self.name)
    }
}

/// A symbolic ref that names a ref which is not there: an unborn branch, or one that was deleted. It
/// leads to no object, so nothing is missed by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dangling {
    /// Its own name.
    pub name: Vec<u8>,
    /// The name that is not there.
    pub names: Vec<u8>,
}

/// All refs of a repository.
#[derive(Debug, Default)]
pub struct Refs {
    /// By name. `FETCH_HEAD` and `MERGE_HEAD` may stand there several times, in the order of their
    /// lines; any other name once.
    pub refs: Vec<Ref>,
    /// By name.
    pub dangling: Vec<Dangling>,
    /// What could not be read, or leads nowhere.
    pub faults: Vec<Fault>,
    /// What the worktree that we are in is called by others: `main-worktree/`, `worktrees/<name>/`;
    /// its own refs are listed without it.
    pub own: Vec<u8>,
}

impl Refs {
    /// The ref of this full name; the first line's where there are several.
    pub fn get(&self, name: &[u8]) -> Option<&Ref> {
        let name = name.strip_prefix(&*self.own).unwrap_or(name);
        let at = self.refs.partition_point(|own| *own.name < *name);
        self.refs.get(at).filter(|own| own.name == name)
    }
}

/// Reads all refs: loose and packed ones, those of each worktree, `HEAD` and what else of the kind
/// stands in the git directories.
pub fn all(layout: &Layout) -> Refs {
    let mut told = Told::default();
    let mut found = follow::Found::default();
    let trees = worktrees::all(layout, &mut told);
    loose::read(layout, &trees, &mut found, &mut told);
    packed::read(layout, &mut found, &mut told);
    for tree in trees.iter() {
        root::read(tree, layout.hash, &mut found, &mut told);
    }
    let (refs, dangling) = found.follow(&trees, &mut told);
    Refs {
        refs,
        dangling,
        faults: told.finish(),
        own: worktrees::own_name(layout),
    }
}
