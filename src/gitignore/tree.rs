//! All `.gitignore` files of a tree, to be asked for single paths.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::patterns::Patterns;
use super::stack::{Stack, Verdict};

/// The `.gitignore` files of a tree by their directories.
#[derive(Clone, Debug, Default)]
pub struct Tree(BTreeMap<Box<[u8]>, Arc<Patterns>>);

impl Tree {
    /// Adds the bytes of the `.gitignore` file in `dir`: relative to the repository's top, `/`
    /// between its parts, empty for the top itself.
    pub fn insert(&mut self, dir: &[u8], bytes: &[u8]) {
        self.0.insert(dir.into(), Arc::new(Patterns::parse(bytes)));
    }

    /// The patterns of the file in a directory.
    pub fn get(&self, dir: &[u8]) -> Option<&Arc<Patterns>> {
        self.0.get(dir)
    }

    /// Whether git ignores a path, relative to the repository's top. A path in an ignored
    /// directory is ignored by the line that ignores the directory; nothing can take it back in.
    pub fn verdict(&self, path: &[u8], is_dir: bool) -> Verdict {
        let mut stack = Stack::default();
        if let Some(top) = self.0.get(&b""[..]) {
            stack = stack.with(b"", Arc::clone(top));
        }
        for slash in memchr::memchr_iter(b'/', path) {
            let dir = path.get(..slash).unwrap_or_default();
            let verdict = stack.verdict(dir, true);
            if verdict.ignored {
                return verdict;
            }
            if let Some(patterns) = self.0.get(dir) {
                stack = stack.with(dir, Arc::clone(patterns));
            }
        }
        stack.verdict(path, is_dir)
    }
}
