//! What a walk hands out, checked as it comes.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Mutex;

use gix::ObjectId;
use gix::objs::{Kind, compute_hash};
use keyfence::git::walk::{Census, Limits, Seen, Visitor};
use keyfence::git::{Fault, Store};

pub(crate) const ALL: [Kind; 4] = [Kind::Blob, Kind::Tree, Kind::Commit, Kind::Tag];

/// What was handed out: by name, kind and size. And what was lost, and why.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Walked {
    pub(crate) seen: BTreeMap<ObjectId, (Kind, u64)>,
    pub(crate) large: BTreeMap<ObjectId, u64>,
    pub(crate) lost: BTreeMap<ObjectId, String>,
}

pub(crate) struct Checker<'a> {
    census: &'a Census<'a>,
    /// The contents of all objects, to compare deltas with: where a test is small.
    contents: Option<Mutex<BTreeMap<u32, Vec<u8>>>>,
    walked: Mutex<Walked>,
}

impl Visitor for Checker<'_> {
    type Note = ();

    fn object(&self, seen: &Seen<'_>) {
        let id = self.census.id(seen.number);
        let found = compute_hash(id.kind(), seen.kind, seen.data).unwrap();
        assert_eq!(found, id, "an object under another's name");
        assert_eq!(self.census.find(&id), Some(seen.number));
        let known = self.census.kind(seen.number);
        assert!(known.is_none_or(|kind| kind == seen.kind));
        self.copied(seen);
        let entry = (seen.kind, seen.data.len() as u64);
        let twice = self.walked.lock().unwrap().seen.insert(id, entry);
        assert_eq!(twice, None, "{id} was handed out twice");
    }

    fn large(&self, number: u32, kind: Kind, size: u64, data: &mut dyn Read) {
        assert_eq!(kind, Kind::Blob);
        let id = self.census.id(number);
        let mut bytes = Vec::new();
        let mut walked = self.walked.lock().unwrap();
        // Every other one is not read to its end.
        if id.first_byte().is_multiple_of(2) {
            if data.read_to_end(&mut bytes).is_err() {
                return;
            }
            assert_eq!(bytes.len() as u64, size);
            assert_eq!(compute_hash(id.kind(), kind, &bytes).unwrap(), id);
        }
        walked.large.insert(id, size);
    }

    fn lost(&self, number: u32, fault: &Fault) {
        let id = self.census.id(number);
        assert_eq!(fault.id, Some(id));
        let mut walked = self.walked.lock().unwrap();
        walked.large.remove(&id);
        let twice = walked.lost.insert(id, fault.what.clone());
        assert_eq!(twice, None, "{id} was lost twice");
    }
}

impl Checker<'_> {
    /// What is said to be copied from the base stands there.
    fn copied(&self, seen: &Seen<'_>) {
        let mut last = 0;
        for stretch in seen.copied {
            assert!(last <= stretch.at && stretch.length > 0);
            last = stretch.at + stretch.length;
        }
        assert!(last <= seen.data.len());
        let Some(base) = seen.base else {
            assert!(seen.copied.is_empty());
            return;
        };
        if let Some(contents) = &self.contents {
            let mut contents = contents.lock().unwrap();
            contents.insert(seen.number, seen.data.to_vec());
            // Bases that are not asked for are not handed out.
            if let Some(base) = contents.get(&base) {
                for stretch in seen.copied {
                    let here = &seen.data[stretch.at..][..stretch.length];
                    assert_eq!(here, &base[stretch.from..][..stretch.length]);
                }
            }
        }
    }
}

/// Walks a store with one, two and four threads: always with the same result.
pub(crate) fn walk(store: &Store) -> (Walked, Vec<Fault>) {
    let found = limited(store, Limits::default(), 1);
    for threads in [2, 4] {
        assert_eq!(limited(store, Limits::default(), threads), found);
    }
    found
}

/// Walks a store within these limits.
pub(crate) fn limited(store: &Store, limits: Limits, threads: usize) -> (Walked, Vec<Fault>) {
    let (census, faults) = Census::take_limited(store, threads, limits);
    (asked(&census, &ALL, None, threads), faults)
}

/// Walks a census.
pub(crate) fn asked(
    census: &Census<'_>,
    kinds: &[Kind],
    only: Option<&(dyn Fn(u32) -> bool + Sync)>,
    threads: usize,
) -> Walked {
    let checker = Checker {
        census,
        contents: (census.len() < 5000).then(Mutex::default),
        walked: Mutex::default(),
    };
    census.walk(kinds, only, threads, &checker);
    checker.walked.into_inner().unwrap()
}
