//! Entries of packs that can't be read: remembered, so that each dependant does not try them again.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use gix::ObjectId;

use super::cache::Place;
use crate::git::pack::Damage;

/// The most entries that are remembered; of more, each is tried whenever it is asked
/// for.
const MOST: usize = 1 << 20;

/// Why an entry can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Its own bytes.
    Damage(Damage),
    /// No copy of the object that its delta is for can be read.
    Base(ObjectId),
    /// The same, of a base whose name is not known.
    NamelessBase,
    /// Its chain of deltas is a ring.
    Ring,
    /// Its chain of deltas is longer than git makes them.
    Deep,
    /// It is another object than its name says.
    Name,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damage(damage) => damage.fmt(f),
            Self::Base(id) => write!(f, "its delta base {id} can't be read"),
            Self::NamelessBase => f.write_str("its delta base can't be read"),
            Self::Ring => f.write_str("its deltas build on each other in a ring"),
            Self::Deep => f.write_str("its chain of deltas is too long"),
            Self::Name => f.write_str(super::hashed::DIFFERS),
        }
    }
}

/// Which entries can't be read.
#[derive(Default)]
pub(super) struct Damaged {
    any: AtomicBool,
    entries: RwLock<HashMap<Place, Why>>,
}

impl Damaged {
    pub(super) fn get(&self, place: Place) -> Option<Why> {
        // What another thread marks meanwhile, this one finds out by itself.
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.get(&place).copied()
    }

    pub(super) fn has(&self, place: Place) -> bool {
        self.get(place).is_some()
    }

    /// Whether it is remembered.
    pub(super) fn mark(&self, place: Place, why: Why) -> bool {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let room = entries.len() < MOST || entries.contains_key(&place);
        if room {
            entries.entry(place).or_insert(why);
            self.any.store(true, Ordering::Release);
        }
        room
    }
}
