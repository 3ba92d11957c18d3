//! What one thread has read.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};

use gix::ObjectId;
use gix::objs::Kind;
use gix::oid;

use super::forest::{Entry, NONE, OWN, Run};
use super::frame::Frame;
use super::objects::Objects;
use super::recent::Recent;
use super::words::Words;
use crate::git::pack::Stretch;
use crate::git::tree::{self, Entries, Mode};

/// A tree that was read: the base is an object still.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read {
    pub number: u32,
    pub base: u32,
    /// Where its runs begin and end.
    pub runs: (u32, u32),
    pub count: u32,
}

/// A commit that was read: the parents are objects still.
#[derive(Debug, Clone, Copy)]
pub(super) struct Committed {
    pub number: u32,
    pub tree: u32,
    pub parents: u32,
    pub time: i64,
}

/// An object that something names and the store lacks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Absent {
    /// Its number in this part.
    pub local: u32,
    pub kind: Kind,
    /// The commit or tag with the least number that names it; [`NONE`] when only trees do.
    pub by: u32,
}

/// What one thread has read. Absent objects are numbered after those of the store, by part.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub trees: Vec<Read>,
    pub runs: Vec<Run>,
    pub entries: Vec<Entry>,
    pub words: Words,
    pub commits: Vec<Committed>,
    pub parents: Vec<u32>,
    pub tags: Vec<(u32, u32)>,
    pub absent: HashMap<ObjectId, Absent>,
    /// Objects that are of another kind than what names them says.
    pub misnamed: HashSet<(u32, Kind)>,
    /// Trees, commits and tags whose content is damaged.
    pub damaged: Vec<(u32, String)>,
    pub recent: Recent,
    /// Where the entries of the tree in work begin.
    starts: Vec<u32>,
}

impl Part {
    /// Takes a tree: what lies in `stretches` is its base's, the rest its own. Returns the frame for
    /// its dependants, when it can have some.
    pub(super) fn tree(
        &mut self,
        objects: &dyn Objects,
        number: u32,
        data: &[u8],
        hash: gix::hash::Kind,
        base: Option<(u32, &Frame)>,
        stretches: &[Stretch],
    ) -> Option<Frame> {
        self.starts.clear();
        let runs = self.runs.len() as u32;
        let mut entries = Entries::new(data, hash);
        if let Some((_, frame)) = base {
            for stretch in stretches {
                self.follow(objects, &mut entries, frame, stretch);
            }
        }
        while self.own(objects, &mut entries) {}
        self.trees.push(Read {
            number,
            base: base.map_or(NONE, |(base, _)| base),
            runs: (runs, self.runs.len() as u32),
            count: self.starts.len() as u32,
        });
        if let Some(damage) = entries.damage() {
            self.damaged.push((number, damage.to_string()));
        }
        self.starts.push(entries.at() as u32);
        objects.is_base(number).then(|| Frame {
            depth: base.map_or(0, |(_, frame)| frame.depth + 1),
            starts: self.starts.as_slice().into(),
        })
    }

    /// Reads up to the end of a copied stretch.
    fn follow(
        &mut self,
        objects: &dyn Objects,
        entries: &mut Entries<'_>,
        frame: &Frame,
        stretch: &Stretch,
    ) {
        let Some(end) = stretch.at.checked_add(stretch.length) else {
            return;
        };
        while entries.at() < end {
            if let Some(ahead) = entries.at().checked_sub(stretch.at) {
                self.copy(entries, frame, stretch, ahead);
            }
            // What the stretch cuts off, or what the base's entries don't frame.
            if entries.at() < end && !self.own(objects, entries) {
                return;
            }
        }
    }

    /// Takes the entries that lie in a stretch, from `ahead` bytes into it, as the base has them.
    fn copy(&mut self, entries: &mut Entries<'_>, frame: &Frame, stretch: &Stretch, ahead: usize) {
        let source = stretch.from.saturating_add(ahead);
        let Ok(first) = frame
            .starts
            .binary_search_by(|own| (*own as usize).cmp(&source))
        else {
            return;
        };
        let end = stretch.from.saturating_add(stretch.length);
        let whole = frame.starts.get(first..).unwrap_or_default();
        let count = whole.partition_point(|start| *start as usize <= end);
        let Some((&last, whole)) = whole.get(..count).and_then(<[u32]>::split_last) else {
            return;
        };
        if whole.is_empty() || entries.end() < entries.at() + (last as usize - source) {
            return;
        }
        let start = self.starts.len() as u32;
        let continues = self
            .last()
            .is_some_and(|run| run.at & OWN == 0 && run.at + (start - run.start) == first as u32);
        if !continues {
            let at = first as u32;
            self.runs.push(Run { start, at });
        }
        let (here, there) = (entries.at() as u32, source as u32);
        self.starts
            .extend(whole.iter().map(|start| start - there + here));
        entries.skip_to(entries.at() + (last - there) as usize);
    }

    /// Reads one entry; false at the end and at damage.
    fn own(&mut self, objects: &dyn Objects, entries: &mut Entries<'_>) -> bool {
        let at = entries.at();
        let Some(Ok(entry)) = entries.next() else {
            return false;
        };
        let own = self.entry(objects, &entry);
        if self.last().is_none_or(|run| run.at & OWN == 0) {
            self.runs.push(Run {
                start: self.starts.len() as u32,
                at: self.entries.len() as u32 | OWN,
            });
        }
        self.entries.push(own);
        self.starts.push(at as u32);
        true
    }

    /// The last run of the tree in work.
    fn last(&self) -> Option<&Run> {
        self.runs.last().filter(|_| !self.starts.is_empty())
    }

    /// An entry with its name and what it names by their numbers.
    fn entry(&mut self, objects: &dyn Objects, entry: &tree::Entry<'_>) -> Entry {
        let kind = match entry.mode() {
            Mode::Tree => Kind::Tree,
            Mode::File | Mode::Link => Kind::Blob,
            odd => {
                let object = match odd {
                    Mode::Submodule => None,
                    _ => objects.find(entry.id),
                };
                return Entry {
                    name: self.words.add(entry.name),
                    object: object.unwrap_or(NONE),
                };
            }
        };
        if let Some(known) = self.recent.get(entry.id)
            && known.said == kind
        {
            if self.words.get(known.entry.name) != entry.name {
                known.entry.name = self.words.add(entry.name);
            }
            return known.entry;
        }
        let own = Entry {
            name: self.words.add(entry.name),
            object: self.find(objects, entry.id, kind, NONE),
        };
        self.recent.put(entry.id, own, kind);
        own
    }

    /// The number of an object that should be there.
    pub(super) fn find(&mut self, objects: &dyn Objects, id: &oid, kind: Kind, by: u32) -> u32 {
        if let Some(number) = objects.find(id) {
            if objects.kind(number).is_some_and(|is| is != kind) {
                self.misnamed.insert((number, kind));
            }
            return number;
        }
        // Git knows the empty tree without having it.
        if id.is_empty_tree() {
            return NONE;
        }
        let local = self.absent.len() as u32;
        let absent = match self.absent.entry(id.to_owned()) {
            Slot::Occupied(slot) => slot.into_mut(),
            Slot::Vacant(slot) => slot.insert(Absent { local, kind, by }),
        };
        absent.by = absent.by.min(by);
        // The order of reading must not show.
        absent.kind = rank(absent.kind, kind);
        (objects.count() as u32).saturating_add(absent.local)
    }
}

/// Of two kinds that one absent object is said to have, the one that matters more.
pub(super) fn rank(a: Kind, b: Kind) -> Kind {
    let order = |kind| match kind {
        Kind::Commit => 0,
        Kind::Tree => 1,
        Kind::Blob => 2,
        Kind::Tag => 3,
    };
    if order(a) <= order(b) { a } else { b }
}
