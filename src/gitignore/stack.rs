//! The `.gitignore` files from the repository's top down to one directory.

use std::sync::Arc;

use super::patterns::{Pattern, Patterns};

/// The line that decides about a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deciding {
    /// The directory of the `.gitignore` file, relative to the repository's top; empty at the top.
    pub dir: Arc<[u8]>,
    /// The file, where it is no `.gitignore`: the name it was given.
    pub file: Option<Arc<[u8]>>,
    /// The line in it, from 1.
    pub line: u32,
    /// The pattern as it stands there.
    pub text: Box<[u8]>,
}

impl Deciding {
    /// The file's path, relative to the repository's top, or the name it was given.
    pub fn path(&self) -> Vec<u8> {
        match &self.file {
            Some(file) => file.to_vec(),
            None if self.dir.is_empty() => b".gitignore".to_vec(),
            None => [&*self.dir, b"/.gitignore"].concat(),
        }
    }
}

/// Whether git ignores a path, and which line says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is ignored.
    pub ignored: bool,
    /// The line that decides, also when it is one that takes the path back in; none when no
    /// pattern fits.
    pub deciding: Option<Deciding>,
}

/// The pattern files that apply in one directory. Cheap to clone; the files above are shared.
#[derive(Clone, Debug, Default)]
pub struct Stack(Option<Arc<Level>>);

#[derive(Debug)]
struct Level {
    above: Stack,
    /// Directory of the file, relative to the top, without a slash at the end.
    dir: Arc<[u8]>,
    /// Its name, where it is no `.gitignore`.
    file: Option<Arc<[u8]>>,
    patterns: Arc<Patterns>,
}

impl Stack {
    /// This stack and the patterns of a `.gitignore` file in `dir`, which lies below all the
    /// files that are there already; relative to the repository's top, `/` between its parts.
    #[must_use]
    pub fn with(&self, dir: &[u8], patterns: impl Into<Arc<Patterns>>) -> Self {
        self.on_top(dir, None, patterns.into())
    }

    /// This stack and the patterns of a file that holds for the whole tree and goes by this name.
    #[must_use]
    pub fn with_file(&self, name: &[u8], patterns: impl Into<Arc<Patterns>>) -> Self {
        self.on_top(b"", Some(name.into()), patterns.into())
    }

    fn on_top(&self, dir: &[u8], file: Option<Arc<[u8]>>, patterns: Arc<Patterns>) -> Self {
        if patterns.is_empty() {
            return self.clone();
        }
        Self(Some(Arc::new(Level {
            above: self.clone(),
            dir: dir.into(),
            file,
            patterns,
        })))
    }

    /// Whether no pattern applies at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether git ignores this path by a pattern of its own. The path is relative to the
    /// repository's top. What lies in an ignored directory is ignored whatever this says: who
    /// walks down does not get there, who asks for single paths uses [`super::Tree`].
    pub fn is_ignored(&self, path: &[u8], is_dir: bool) -> bool {
        self.find(path, is_dir).is_some_and(|(_, own)| !own.negated)
    }

    /// The same with the line that decides.
    pub fn verdict(&self, path: &[u8], is_dir: bool) -> Verdict {
        match self.find(path, is_dir) {
            Some((level, own)) => Verdict {
                ignored: !own.negated,
                deciding: Some(Deciding {
                    dir: Arc::clone(&level.dir),
                    file: level.file.clone(),
                    line: own.line,
                    text: own.text.clone(),
                }),
            },
            None => Verdict::default(),
        }
    }

    fn find(&self, path: &[u8], is_dir: bool) -> Option<(&Level, &Pattern)> {
        let mut stack = self;
        while let Some(level) = &stack.0 {
            let below = match path.strip_prefix(&*level.dir) {
                Some(below) if level.dir.is_empty() => Some(below),
                Some([b'/', below @ ..]) => Some(below),
                _ => None,
            };
            if let Some(own) = below.and_then(|below| level.patterns.last_match(below, is_dir)) {
                return Some((level, own));
            }
            stack = &level.above;
        }
        None
    }
}
