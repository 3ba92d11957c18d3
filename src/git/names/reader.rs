//! Reads all commits, tags and trees, each once, on many threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gix::ObjectId;
use gix::hash;
use gix::objs::Kind;

use super::forest::{DEEPEST, NONE};
use super::frame::Frames;
use super::history::History;
use super::merge;
use super::objects::Objects;
use super::part::{Committed, Part};
use super::recent::Recent;
use crate::git::commits::{Commit, Tag};
use crate::git::pack::Stretch;
use crate::git::walk::Seen;

/// Entries of trees kept for each object of the store, when there are more than [`FEWEST`] in all.
/// A history keeps about four; only made-up trees, the same entries over and over, keep more.
const EACH: usize = 32;

/// Entries of trees that are kept in any case: 256 MiB of them.
const FEWEST: usize = 1 << 25;

/// Entries are numbered with 31 bits; a tree that is begun is finished.
const MOST: usize = (1 << 31) - (1 << 28);

/// Collects what commits, tags and trees say. Fed by a walk over the object store, from any thread.
pub struct Reader<'a> {
    objects: &'a dyn Objects,
    hash: hash::Kind,
    /// The commits whose parents are lawfully absent, by number.
    shallow: Vec<u32>,
    parts: Vec<Mutex<Part>>,
    frames: Frames,
    /// Entries that may still be kept.
    left: AtomicUsize,
}

impl<'a> Reader<'a> {
    /// Nothing read yet. `shallow` are the commits at the boundary of a shallow clone, whose parents
    /// are lawfully absent; `threads` is how many will feed it, for them not to wait for each other.
    pub fn new(
        objects: &'a dyn Objects,
        hash: hash::Kind,
        shallow: &[ObjectId],
        threads: usize,
    ) -> Self {
        let mut shallow: Vec<u32> = shallow.iter().filter_map(|id| objects.find(id)).collect();
        shallow.sort_unstable();
        Self {
            objects,
            hash,
            shallow,
            parts: (0..threads.max(1)).map(|_| Mutex::default()).collect(),
            frames: Frames::default(),
            left: AtomicUsize::new(objects.count().saturating_mul(EACH).clamp(FEWEST, MOST)),
        }
    }

    /// Takes an object of a walk over a census; blobs don't matter.
    pub fn object(&self, seen: &Seen<'_>) {
        match seen.kind {
            Kind::Commit => self.commit(seen.number, seen.data),
            Kind::Tag => self.tag(seen.number, seen.data),
            Kind::Tree => self.tree(seen.number, seen.data, seen.base, seen.copied),
            Kind::Blob => {}
        }
    }

    /// Takes the content of a commit.
    pub fn commit(&self, number: u32, data: &[u8]) {
        let mut part = self.part();
        let commit = match Commit::parse(data, self.hash) {
            Ok(commit) => commit,
            Err(malformed) => return part.damaged.push((number, malformed.to_string())),
        };
        let parents = part.parents.len() as u32;
        let tree = part.find(self.objects, &commit.tree, Kind::Tree, number);
        let shallow = self.shallow.binary_search(&number).is_ok();
        for parent in &commit.parents {
            let parent = if shallow {
                self.objects.find(parent).unwrap_or(NONE)
            } else {
                part.find(self.objects, parent, Kind::Commit, number)
            };
            part.parents.push(parent);
        }
        part.commits.push(Committed {
            number,
            tree,
            parents,
            time: commit.committer.time,
        });
    }

    /// Takes the content of an annotated tag.
    pub fn tag(&self, number: u32, data: &[u8]) {
        let mut part = self.part();
        match Tag::parse(data, self.hash) {
            Ok(tag) => {
                let target = part.find(self.objects, &tag.target, tag.kind, number);
                part.tags.push((number, target));
            }
            Err(malformed) => part.damaged.push((number, malformed.to_string())),
        }
    }

    /// Takes the content of a tree. Where it was made from a base, by a delta, `stretches` says what
    /// it copied from there, in order; all else counts as its own.
    pub fn tree(&self, number: u32, data: &[u8], base: Option<u32>, stretches: &[Stretch]) {
        let mut part = self.part();
        if self.left.load(Ordering::Relaxed) == 0 {
            let what = "it is one of too many trees with too many entries";
            return part.damaged.push((number, what.to_owned()));
        }
        let frame = base
            .and_then(|base| Some((base, self.frames.get(base)?)))
            .filter(|(_, frame)| frame.depth < DEEPEST);
        let base = frame.as_ref().map(|(base, frame)| (*base, &**frame));
        let before = part.entries.len();
        let frame = part.tree(self.objects, number, data, self.hash, base, stretches);
        let own = part.entries.len() - before;
        drop(part);
        if let Some(frame) = frame {
            self.frames.put(number, frame);
        }
        let less = |left: usize| Some(left.saturating_sub(own));
        let _ = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// All that was read.
    pub fn finish(self) -> History {
        // What only reading needed goes first.
        drop(self.frames);
        let parts = self.parts.into_iter();
        let parts = parts.map(|part| part.into_inner().unwrap_or_else(PoisonError::into_inner));
        let parts = parts.map(|mut part| {
            part.recent = Recent::default();
            part
        });
        merge::merge(parts.collect(), self.objects)
    }

    fn part(&self) -> MutexGuard<'_, Part> {
        let at = rayon::current_thread_index().unwrap_or(0) % self.parts.len();
        self.parts[at]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
