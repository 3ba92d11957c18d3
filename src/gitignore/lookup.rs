//! Many questions about single paths: what holds in a directory is found out once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::patterns::Patterns;
use super::stack::{Stack, Verdict};

/// Hands out the patterns of the `.gitignore` file in a directory, relative to the repository's top.
type Read<'a> = Box<dyn Fn(&[u8]) -> Option<Arc<Patterns>> + 'a>;

/// Answers for any paths of a tree, whose pattern files are read when a path needs them.
pub struct Lookup<'a> {
    /// What holds in the whole tree, and counts less than any `.gitignore` file.
    base: Stack,
    read: Read<'a>,
    known: RefCell<HashMap<Box<[u8]>, Held>>,
}

/// What holds in a directory.
#[derive(Clone)]
enum Held {
    /// These patterns.
    Open(Stack),
    /// It is ignored, or lies in one that is, and nothing can take it back in.
    Ignored(Verdict),
}

impl fmt::Debug for Lookup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lookup({} directories)", self.known.borrow().len())
    }
}

impl<'a> Lookup<'a> {
    /// `base` holds what counts less than any `.gitignore` file.
    pub fn new(base: Stack, read: Read<'a>) -> Self {
        Self {
            base,
            read,
            known: RefCell::default(),
        }
    }

    /// Whether git ignores a path, relative to the tree's top, and which line says so. A slash at its
    /// end names a directory.
    pub fn verdict(&self, path: &[u8], is_dir: bool) -> Verdict {
        let (path, is_dir) = match path.strip_suffix(b"/") {
            Some(dir) => (dir, true),
            None => (path, is_dir),
        };
        let dir = memchr::memrchr(b'/', path).and_then(|slash| path.get(..slash));
        match self.held(dir.unwrap_or_default()) {
            Held::Open(stack) => stack.verdict(path, is_dir),
            Held::Ignored(verdict) => verdict,
        }
    }

    fn held(&self, dir: &[u8]) -> Held {
        let known = |dir: &[u8]| self.known.borrow().get(dir).cloned();
        if let Some(held) = known(dir) {
            return held;
        }
        // From the deepest directory that is known downwards.
        let mut at = dir;
        let mut held = loop {
            match memchr::memrchr(b'/', at) {
                Some(slash) => at = at.get(..slash).unwrap_or_default(),
                None => {
                    at = b"";
                    break known(b"").unwrap_or_else(|| self.open(b"", &self.base));
                }
            }
            if let Some(held) = known(at) {
                break held;
            }
        };
        self.keep(at, &held);
        while at.len() < dir.len() {
            let Held::Open(stack) = &held else {
                break;
            };
            let from = if at.is_empty() { 0 } else { at.len() + 1 };
            let rest = dir.get(from..).unwrap_or_default();
            let end = memchr::memchr(b'/', rest).map_or(dir.len(), |slash| from + slash);
            at = dir.get(..end).unwrap_or(dir);
            let verdict = stack.verdict(at, true);
            held = if verdict.ignored {
                Held::Ignored(verdict)
            } else {
                self.open(at, stack)
            };
            self.keep(at, &held);
        }
        held
    }

    fn open(&self, dir: &[u8], above: &Stack) -> Held {
        Held::Open(match (self.read)(dir) {
            Some(patterns) => above.with(dir, patterns),
            None => above.clone(),
        })
    }

    fn keep(&self, dir: &[u8], held: &Held) {
        self.known.borrow_mut().insert(dir.into(), held.clone());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::gitignore::Tree;

    #[test]
    fn the_same_as_a_tree_says() {
        let mut tree = Tree::default();
        tree.insert(b"", b"*.log\n/build/\na/b/*\n!a/b/c/\n");
        tree.insert(b"a", b"!x.log\n");
        tree.insert(b"a/b/c", b"*\n!keep\n");
        tree.insert(b"build", b"!*\n");
        let lookup = Lookup::new(Stack::default(), Box::new(|dir| tree.get(dir).cloned()));
        for path in [
            "x.log",
            "a/x.log",
            "a/y.log",
            "a/b/c",
            "a/b/c/keep",
            "a/b/c/d",
            "a/b/d/e/f",
            "build/x/y",
            "build",
            "q/build/x",
        ] {
            for is_dir in [false, true] {
                let path = path.as_bytes();
                assert_eq!(lookup.verdict(path, is_dir), tree.verdict(path, is_dir));
            }
        }
        assert!(lookup.verdict(b"build/", false).ignored);
    }

    #[test]
    fn files_for_the_whole_tree_count_less_and_bear_their_name() {
        let base = Stack::default().with_file(b"exclude", Patterns::parse(b"*.key\n.env\n"));
        let lookup = Lookup::new(
            base,
            Box::new(|dir| {
                dir.is_empty()
                    .then(|| Arc::new(Patterns::parse(b"!.env\n")))
            }),
        );
        let verdict = lookup.verdict(b"a/x.key", false);
        assert_eq!(verdict.deciding.unwrap().path(), b"exclude");
        let verdict = lookup.verdict(b".env", false);
        assert!(!verdict.ignored);
        assert_eq!(verdict.deciding.unwrap().path(), b".gitignore");
    }
}
