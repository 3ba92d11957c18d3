//! Files that stand, or stood, in a repository's history under names that matter.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use gix::ObjectId;
use gix::objs::Kind;

use super::exposure::{self, Held, Holder};
use super::names::{Names, Reader};
use super::refs::{self, Refs};
use super::walk::{Census, LARGEST, Seen, Visitor};
use super::{Fault, Layout, Store};
use crate::finding::Exposure;

/// A path of a repository's history, and since when it was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastFile {
    /// Below the top, `/` between its parts.
    pub path: Vec<u8>,
    /// All contents that stood there, each once.
    pub blobs: Vec<ObjectId>,
    /// Since when, by whom, and whether `HEAD` still has it, at this path or elsewhere.
    pub exposure: Exposure,
}

/// Which files are looked for.
pub struct Wanted<'a> {
    /// Whether a file of this name could be one. Asked once for each name.
    pub name: &'a dyn Fn(&[u8]) -> bool,
    /// Whether the file at this path is one.
    pub path: &'a dyn Fn(&[u8]) -> bool,
}

/// Looks through all trees that the store holds, whether a ref reaches them or not; by path. Files that
/// were always empty do not count. What can't be read is a fault.
///
/// Only commits, tags and trees are read.
pub fn past_files(
    layout: &Layout,
    store: &Store,
    threads: usize,
    wanted: &Wanted<'_>,
) -> (Vec<PastFile>, Vec<Fault>) {
    let (census, mut faults) = Census::take(store, threads);
    let mut refs = refs::all(layout);
    faults.append(&mut refs.faults);
    let reader = Reader::new(&census, layout.hash, &layout.shallow, threads);
    let take = Take {
        reader: &reader,
        lost: Mutex::default(),
    };
    let kinds = [Kind::Commit, Kind::Tag, Kind::Tree];
    census.walk(&kinds, None, threads, &take);
    faults.append(
        &mut take
            .lost
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner),
    );
    let history = reader.finish();
    let candidates = candidates(&history.forest, wanted.name);
    let empty = census.find(&ObjectId::empty_blob(layout.hash));
    let mut found: BTreeMap<Vec<u8>, Vec<u32>> = BTreeMap::new();
    if !candidates.is_empty() {
        let names = Names::new(&history);
        for object in candidates {
            let here = (object as usize) < history.objects() && Some(object) != empty;
            let is_file = here && history.forest.tree(object).is_none();
            for path in names.of(object).filter(|_| is_file) {
                if (wanted.path)(&path) {
                    found.entry(path).or_default().push(object);
                }
            }
        }
    }
    let holders: Vec<Vec<Holder>> = found
        .values()
        .map(|objects| {
            let holder = |object: &u32| Holder {
                object: *object,
                line: 1,
            };
            objects.iter().map(holder).collect()
        })
        .collect();
    let exposures = expose(
        layout,
        store,
        &census,
        &refs,
        &history,
        &holders,
        &mut faults,
    );
    let files = found.into_iter().zip(exposures);
    let files = files.map(|((path, objects), exposure)| PastFile {
        path,
        blobs: objects.iter().map(|object| census.id(*object)).collect(),
        exposure,
    });
    (files.collect(), faults)
}

/// The objects that some tree has under a name that matters, each once.
fn candidates(forest: &super::names::Forest, name: &dyn Fn(&[u8]) -> bool) -> Vec<u32> {
    let count = u32::try_from(forest.words.count()).unwrap_or(u32::MAX);
    let words: Vec<bool> = (0..count)
        .map(|word| name(forest.words.get(word)))
        .collect();
    if !words.contains(&true) {
        return Vec::new();
    }
    let trees = 0..u32::try_from(forest.count()).unwrap_or(u32::MAX);
    let matters = |word: u32| words.get(word as usize).copied().unwrap_or(false);
    let mut out: Vec<u32> = trees
        .flat_map(|tree| forest.own(tree))
        .filter(|(_, entry)| matters(entry.name))
        .map(|(_, entry)| entry.object)
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

fn expose(
    layout: &Layout,
    store: &Store,
    census: &Census<'_>,
    refs: &Refs,
    history: &super::names::History,
    holders: &[Vec<Holder>],
    faults: &mut Vec<Fault>,
) -> Vec<Exposure> {
    if holders.is_empty() {
        return Vec::new();
    }
    let mut logged = Vec::new();
    faults.extend(refs::logs(layout, &mut |line| {
        if let Some(entry) = &line.entry {
            logged.extend([entry.old, entry.new]);
        }
    }));
    logged.sort_unstable();
    logged.dedup();
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let read = |number| {
        let object = store.read(&census.id(number), LARGEST).ok()??;
        Some(object.data)
    };
    let repository = exposure::Repository {
        history,
        objects: census,
        refs: &refs.refs,
        logged: &logged,
        read: &read,
        now: now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX)),
    };
    let held: Vec<Held> = holders.iter().cloned().map(Held::from).collect();
    exposure::attribute(&repository, &held)
        .into_iter()
        .map(|told| told.exposure)
        .collect()
}

/// Hands commits, tags and trees on.
struct Take<'r, 'a> {
    reader: &'r Reader<'a>,
    lost: Mutex<Vec<Fault>>,
}

impl Visitor for Take<'_, '_> {
    type Note = ();

    fn object(&self, seen: &Seen<'_, ()>) {
        self.reader.object(seen);
    }

    fn large(&self, _number: u32, kind: Kind, size: u64, _data: &mut dyn Read) {
        let what = format!("this {kind} has {size} bytes, too many for what is no file");
        self.tell(Fault::file("objects", what));
    }

    fn lost(&self, _number: u32, fault: &Fault) {
        self.tell(fault.clone());
    }
}

impl Take<'_, '_> {
    fn tell(&self, fault: Fault) {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.push(fault);
    }
}
