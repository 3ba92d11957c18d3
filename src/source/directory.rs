//! What holds in one directory: its repository, and what git ignores in it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use super::open;
use crate::git::{IndexError, Repository};
use crate::gitignore::{Patterns, Stack};
use crate::platform;

/// The largest `.gitignore` that is read, in bytes: what git reads at most.
const LARGEST: u64 = 100 << 20;

/// What holds for the entries of a directory.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    /// The repository whose work tree it is in.
    repository: Option<Arc<Place>>,
    stack: Stack,
    /// Whether git ignores the directory, so that only what is in the index counts.
    excluded: bool,
}

/// A repository as the walk meets it.
#[derive(Debug)]
struct Place {
    repository: Repository,
    /// How much of a walked path leads to the walk's part of the work tree, in bytes.
    strip: usize,
    /// The way from the work tree's top to there, with a slash at its end, or empty.
    prefix: Vec<u8>,
}

/// What to do with a directory or file.
pub(super) enum Answer {
    /// Go in; what holds inside.
    Enter(Arc<Directory>),
    /// Git ignores it, and nothing in it is in the index.
    Ignored,
}

impl Directory {
    /// What holds in a directory where a walk begins. It is never ignored itself: somebody asked
    /// for it. `strip` is how many bytes of the paths below are not below it.
    pub(super) fn root(path: &Path, strip: usize) -> Self {
        let Some((real, repository)) = platform::real(path)
            .ok()
            .and_then(|real| Repository::discover(&real).map(|found| (real, found)))
        else {
            return Self::default();
        };
        let mut prefix = Vec::new();
        let mut stack = Stack::default();
        if let Ok(below) = real.strip_prefix(&repository.top) {
            let mut dir = repository.top.clone();
            for part in below.components() {
                stack = with_file(&stack, &dir, trimmed(&prefix));
                dir.push(part);
                prefix.extend_from_slice(part.as_os_str().as_encoded_bytes());
                prefix.push(b'/');
            }
        }
        stack = with_file(&stack, path, trimmed(&prefix));
        Self {
            repository: Some(Arc::new(Place {
                repository,
                strip,
                prefix,
            })),
            stack,
            excluded: false,
        }
    }

    /// Whether a file, or a link, in this directory is left out. When the index can't be read,
    /// `fault` is told.
    pub(super) fn leaves_out(&self, path: &[u8], fault: &dyn Fn(&Repository, &IndexError)) -> bool {
        let Some(place) = self.place() else {
            return false;
        };
        let own = place.path(path);
        if !self.excluded && !self.stack.is_ignored(&own, false) {
            return false;
        }
        match place.repository.tracked() {
            Ok(tracked) => !tracked.has(&own),
            Err(error) => {
                fault(&place.repository, error);
                true
            }
        }
    }

    /// What to do with a directory in this one.
    pub(super) fn below(
        self: &Arc<Self>,
        path: &Path,
        fault: &dyn Fn(&Repository, &IndexError),
    ) -> Answer {
        let bytes = path.as_os_str().as_encoded_bytes();
        let mut inside = None;
        if let Some(place) = self.place() {
            let own = place.path(bytes);
            if self.excluded || self.stack.is_ignored(&own, true) {
                match place.repository.tracked() {
                    Ok(tracked) if tracked.has_whole(&own) => {
                        // All of it is tracked: as if there were no patterns.
                        inside = Some(Self::default());
                    }
                    Ok(tracked) if tracked.has_below(&own) => {
                        let mut excluded = Self::clone(self);
                        excluded.excluded = true;
                        inside = Some(excluded);
                    }
                    Ok(_) => return Answer::Ignored,
                    Err(error) => {
                        fault(&place.repository, error);
                        return Answer::Ignored;
                    }
                }
            }
        }
        if let Some(repository) = Repository::at(path) {
            // A repository in a repository: its own rules alone.
            return Answer::Enter(Arc::new(Self {
                stack: with_file(&Stack::default(), path, b""),
                repository: Some(Arc::new(Place {
                    repository,
                    strip: bytes.len() + 1,
                    prefix: Vec::new(),
                })),
                excluded: false,
            }));
        }
        if let Some(inside) = inside {
            return Answer::Enter(Arc::new(inside));
        }
        if let Some(place) = &self.repository
            && let Some(patterns) = read(path)
        {
            let mut inside = Self::clone(self);
            inside.stack = self.stack.with(&place.path(bytes), patterns);
            return Answer::Enter(Arc::new(inside));
        }
        Answer::Enter(Arc::clone(self))
    }

    /// The repository, when anything could be ignored.
    fn place(&self) -> Option<&Place> {
        let place = self.repository.as_deref()?;
        (self.excluded || !self.stack.is_empty()).then_some(place)
    }
}

impl Place {
    /// A walked path, relative to the work tree's top.
    fn path(&self, walked: &[u8]) -> Vec<u8> {
        let below = walked.get(self.strip..).unwrap_or_default();
        let mut out = Vec::with_capacity(self.prefix.len() + below.len());
        out.extend_from_slice(&self.prefix);
        out.extend_from_slice(below);
        if std::path::MAIN_SEPARATOR != '/' {
            for byte in &mut out {
                if *byte == b'\\' {
                    *byte = b'/';
                }
            }
        }
        out
    }
}

fn trimmed(prefix: &[u8]) -> &[u8] {
    prefix.strip_suffix(b"/").unwrap_or(prefix)
}

fn with_file(stack: &Stack, path: &Path, own: &[u8]) -> Stack {
    match read(path) {
        Some(patterns) => stack.with(own, patterns),
        None => stack.clone(),
    }
}

/// The `.gitignore` in a directory. None when there is none, when it is a link (git follows none
/// since 2.32), no regular file, or can't be read: the walk meets it as a file too and tells.
fn read(dir: &Path) -> Option<Patterns> {
    let bytes = open::small(&dir.join(".gitignore"), LARGEST).ok()??;
    Some(Patterns::parse(&bytes)).filter(|patterns| !patterns.is_empty())
}

/// The directories met so far, for the entries that follow on any thread.
pub(super) struct Directories {
    shards: Vec<RwLock<Shard>>,
    hasher: RandomState,
}

type Shard = HashMap<Box<[u8]>, Arc<Directory>>;

impl Directories {
    pub(super) fn new() -> Self {
        Self {
            shards: (0..32).map(|_| RwLock::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    fn shard(&self, path: &[u8]) -> Option<&RwLock<Shard>> {
        let at = self.hasher.hash_one(path) % self.shards.len().max(1) as u64;
        self.shards.get(usize::try_from(at).ok()?)
    }

    pub(super) fn insert(&self, path: &[u8], directory: Arc<Directory>) {
        if let Some(shard) = self.shard(path) {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.insert(path.into(), directory);
        }
    }

    pub(super) fn get(&self, path: &[u8]) -> Option<Arc<Directory>> {
        let shard = self
            .shard(path)?
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        shard.get(path).cloned()
    }
}
