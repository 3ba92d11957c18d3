//! Whether git keeps a path out, for everyone or here alone.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::ground::Ground;
use crate::git::tree::Mode;
use crate::gitignore::{Deciding, Lookup, Patterns, Stack};
use crate::platform;
use crate::source::open;

/// The largest `.gitignore` that is read, in bytes: what git reads at most.
const LARGEST: u64 = 100 << 20;

/// What becomes of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Ignored by rules that every clone has.
    Covered,
    /// Ignored by rules of this machine alone.
    OnlyHere,
    /// `git add .` would commit it.
    Uncovered,
    /// In the index, whatever the rules say.
    Tracked,
}

impl Verdict {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::OnlyHere => "only-here",
            Self::Uncovered => "uncovered",
            Self::Tracked => "tracked",
        }
    }
}

/// Why a rule holds on this machine alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    /// It stands in `.git/info/exclude` or in a file for all repositories of this user.
    Excludes,
    /// It stands in a `.gitignore` that is not in the index.
    Untracked,
    /// It stands in a `.gitignore` that is not in the index, and is ignored itself.
    Ignored,
    /// It stands in a `.gitignore` of the index, on a line that is not staged.
    Unstaged,
    /// It stands in a `.gitignore` that is a symbolic link: git follows none since version 2.32.
    Link,
}

impl Local {
    /// What is wrong with the rule's file, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Excludes => "no clone has this file",
            Self::Untracked => "this file is not in git",
            Self::Ignored => "this file is itself ignored, and not in git",
            Self::Unstaged => "this line is not staged",
            Self::Link => "this file is a symbolic link, which git does not follow",
        }
    }
}

/// What becomes of a path, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What becomes of it.
    pub verdict: Verdict,
    /// The line that decides: the one that covers it, or takes it back in; none where no line fits.
    pub deciding: Option<Deciding>,
    /// Why the line holds here alone.
    pub local: Option<Local>,
    /// The line of this machine alone that takes back in what every clone ignores.
    pub taken_back: Option<Deciding>,
}

/// All rules that decide about the paths of a repository.
#[derive(Debug)]
pub struct Rules<'a> {
    ground: &'a Ground,
    /// As the index has them.
    cloned: Lookup<'a>,
    /// As git reads them here.
    here: Lookup<'a>,
    /// The same with `.gitignore` files that are links.
    linked: Lookup<'a>,
}

impl<'a> Rules<'a> {
    pub(super) fn new(ground: &'a Ground) -> Self {
        let mut base = Stack::default();
        for file in &ground.local {
            base = base.with_file(&file.name, Patterns::parse(&file.bytes));
        }
        let here = |links: bool| {
            let disk = Disk {
                top: &ground.top,
                closed: RefCell::default(),
                links,
            };
            Lookup::new(base.clone(), Box::new(move |dir| disk.patterns(dir)))
        };
        Self {
            ground,
            cloned: Lookup::new(
                Stack::default(),
                Box::new(|dir| ground.cloned.get(dir).cloned()),
            ),
            here: here(false),
            linked: here(true),
        }
    }

    /// What becomes of a path below the work tree's top; a slash at its end names a directory.
    pub fn answer(&self, path: &[u8]) -> Answer {
        let is_dir = self.is_dir(path);
        let listed = self.ground.listing.get(path);
        if listed.is_some_and(|listed| listed.mode != Mode::Submodule) {
            return Answer {
                verdict: Verdict::Tracked,
                deciding: self.cloned.verdict(path, is_dir).deciding,
                local: None,
                taken_back: None,
            };
        }
        self.coverage(path, is_dir)
    }

    /// The same whether it is tracked or not.
    pub fn coverage(&self, path: &[u8], is_dir: bool) -> Answer {
        let cloned = self.cloned.verdict(path, is_dir);
        let here = self.here.verdict(path, is_dir);
        if cloned.ignored {
            return Answer {
                verdict: Verdict::Covered,
                deciding: cloned.deciding,
                local: None,
                taken_back: here.deciding.filter(|_| !here.ignored),
            };
        }
        let mut local = None;
        if here.ignored {
            local = here.deciding.map(|own| (self.why_local(&own), own));
        } else {
            let linked = self.linked.verdict(path, is_dir);
            if linked.ignored {
                local = linked.deciding.map(|own| (Local::Link, own));
            }
        }
        match local {
            Some((why, deciding)) => Answer {
                verdict: Verdict::OnlyHere,
                deciding: Some(deciding),
                local: Some(why),
                taken_back: None,
            },
            None => Answer {
                verdict: Verdict::Uncovered,
                deciding: cloned.deciding,
                local: None,
                taken_back: None,
            },
        }
    }

    /// Whether every clone ignores a directory as a whole.
    pub fn closes(&self, dir: &[u8]) -> bool {
        self.cloned.verdict(dir, true).ignored
    }

    fn why_local(&self, deciding: &Deciding) -> Local {
        if deciding.file.is_some() {
            return Local::Excludes;
        }
        let file = deciding.path();
        match self.ground.listing.get(&file) {
            Some(listed) if listed.settled && listed.mode == Mode::File => Local::Unstaged,
            Some(_) => Local::Untracked,
            None if self.here.verdict(&file, false).ignored => Local::Ignored,
            None => Local::Untracked,
        }
    }

    fn is_dir(&self, path: &[u8]) -> bool {
        path.ends_with(b"/") || self.ground.listing.has_below(path) || {
            let full = self.ground.full(path);
            full.symlink_metadata().is_ok_and(|found| found.is_dir())
        }
    }
}

/// The `.gitignore` files as they stand in the work tree.
struct Disk<'a> {
    top: &'a PathBuf,
    /// Directories that are none, or links to some: nothing below them is read.
    closed: RefCell<HashSet<Box<[u8]>>>,
    links: bool,
}

impl Disk<'_> {
    fn patterns(&self, dir: &[u8]) -> Option<Arc<Patterns>> {
        let path = platform::below(self.top, dir);
        if !dir.is_empty() {
            let above = memchr::memrchr(b'/', dir).and_then(|slash| dir.get(..slash));
            let mut closed = self.closed.borrow_mut();
            if above.is_some_and(|above| closed.contains(above))
                || !path.symlink_metadata().is_ok_and(|found| found.is_dir())
            {
                closed.insert(dir.into());
                return None;
            }
        }
        let file = path.join(".gitignore");
        let found = match open::small(&file, LARGEST) {
            Err(_) if self.links && file.is_symlink() => {
                let target = platform::real(&file).ok()?;
                open::small(&target, LARGEST)
            }
            found => found,
        };
        let bytes = found.ok()??;
        Some(Arc::new(Patterns::parse(&bytes)))
    }
}
