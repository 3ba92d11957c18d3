//! The chain of deltas from an object down to where it can be rebuilt from.

use std::collections::HashSet;

use gix::ObjectId;
use gix::objs::Kind;

use super::Store;
use super::cache::{Cache, Place};
use super::damaged::Why;
use super::rebuild::Trouble;
use crate::git::pack::{Base, Entry};

/// The longest chain of deltas that is followed: git itself makes none longer (git-pack-objects(1),
/// `--depth`).
const DEEPEST: usize = 4096;

/// Up to so many entries are looked through one by one.
const FEW: usize = 64;

/// An entry of the chain.
#[derive(Clone, Copy)]
pub(super) struct Link {
    pub(super) place: Place,
    pub(super) entry: Entry,
    /// In the pack's index, where known: then its checksum is compared.
    pub(super) number: Option<u32>,
}

/// Where a chain begins.
pub(super) enum Root {
    /// At its last entry, which is an object of this kind.
    Entry(Kind),
    /// On the object that is kept of this place.
    Kept(Kind, Place),
    /// On a loose object.
    Loose(Kind, ObjectId),
}

/// What an entry is to be applied to.
enum Under {
    Nothing(Kind),
    Entry(Place, Option<u32>),
    Loose(Kind, ObjectId),
    /// No sound copy of it is left.
    Lost(Why),
}

/// The entries from the object that was asked for down to the root.
#[derive(Default)]
pub(super) struct Chain {
    pub(super) links: Vec<Link>,
    /// The places of all links, once there are more than a few.
    places: HashSet<Place>,
}

impl Chain {
    /// Starts anew with the object that is asked for.
    pub(super) fn start(&mut self, store: &Store, top: Place, number: u32) -> Result<(), Trouble> {
        self.links.clear();
        self.places.clear();
        self.push(store, top, Some(number))
            .map_err(|why| Trouble::At(top, why))
    }

    /// Goes on down to the root. Where that leads to an entry that can't be read, the entry is marked
    /// and another copy of it taken.
    pub(super) fn descend(&mut self, store: &Store, cache: &Cache) -> Result<Root, Trouble> {
        loop {
            let Some(link) = self.links.last().copied() else {
                return Err(Trouble::Cost("it has no entry"));
            };
            match self.under(store, &link) {
                Under::Nothing(kind) => return Ok(Root::Entry(kind)),
                Under::Loose(kind, id) => return Ok(Root::Loose(kind, id)),
                Under::Entry(place, number) => {
                    let kept = cache.get(place);
                    let more = kept.map_or(1, |kept| kept.way.depth);
                    if self.links.len().saturating_add(more) > DEEPEST {
                        let top = self.links.first().unwrap_or(&link);
                        return Err(Trouble::At(top.place, Why::Deep));
                    }
                    if let Some(kept) = kept {
                        return Ok(Root::Kept(kept.kind, place));
                    }
                    if let Err(why) = self.push(store, place, number) {
                        self.mark(store, place, why)?;
                    }
                }
                Under::Lost(why) => self.drop(store, link.place, why)?,
            }
        }
    }

    /// Marks an entry of the chain as one that can't be read, and takes the chain back to the entry
    /// above it.
    ///
    /// # Errors
    ///
    /// When that is the object that was asked for.
    pub(super) fn drop(&mut self, store: &Store, bad: Place, why: Why) -> Result<(), Trouble> {
        let at = self.links.iter().position(|link| link.place == bad);
        match at {
            None | Some(0) => Err(Trouble::At(bad, why)),
            Some(at) => {
                for link in self.links.drain(at..) {
                    self.places.remove(&link.place);
                }
                self.mark(store, bad, why)
            }
        }
    }

    fn mark(&self, store: &Store, place: Place, why: Why) -> Result<(), Trouble> {
        match store.damaged.mark(place, why) {
            true => Ok(()),
            // It would be found again.
            false => Err(Trouble::Cost("too much of the store is damaged")),
        }
    }

    fn push(&mut self, store: &Store, place: Place, number: Option<u32>) -> Result<(), Why> {
        let pack = store.packs.get(place.0).ok_or(Why::NamelessBase)?;
        let entry = pack.entry(place.1).map_err(Why::Damage)?;
        self.links.push(Link {
            place,
            entry,
            number,
        });
        if self.links.len() > FEW {
            if self.places.is_empty() {
                self.places.extend(self.links.iter().map(|link| link.place));
            }
            self.places.insert(place);
        }
        Ok(())
    }

    /// Whether a place is in the chain already: to build on it would be a ring.
    fn has(&self, place: Place) -> bool {
        if self.places.is_empty() {
            self.links.iter().any(|link| link.place == place)
        } else {
            self.places.contains(&place)
        }
    }

    /// The first sound copy of what an entry is to be applied to.
    fn under(&self, store: &Store, link: &Link) -> Under {
        let (at, offset) = link.place;
        let Some(pack) = store.packs.get(at) else {
            return Under::Lost(Why::NamelessBase);
        };
        let id = match link.entry.base {
            Base::None(kind) => return Under::Nothing(kind),
            Base::Offset(base) => {
                // Always before this one, so there can be no ring unless names were followed too.
                let place = (at, base);
                if base < offset && !store.damaged.has(place) && !self.has(place) {
                    return Under::Entry(place, store.tables.number(pack, at, base));
                }
                match store.tables.find(pack, at, base) {
                    Some(number) => pack.id(number).to_owned(),
                    None => return Under::Lost(Why::NamelessBase),
                }
            }
            Base::Id(id) => id,
        };
        let mut ring = false;
        let mut usable = |place: Place| {
            let above = self.has(place);
            ring |= above;
            !above && !store.damaged.has(place)
        };
        // In the same pack as a rule.
        if let Some(number) = pack.find(&id) {
            let place = (at, pack.offset(number));
            if usable(place) {
                return Under::Entry(place, Some(number));
            }
        }
        for (at, pack) in store.packs.all() {
            if let Some(number) = pack.find(&id) {
                let place = (at, pack.offset(number));
                if usable(place) {
                    return Under::Entry(place, Some(number));
                }
            }
        }
        match store.loose_header(&id) {
            Some((kind, _)) => Under::Loose(kind, id),
            _ if ring => Under::Lost(Why::Ring),
            _ => Under::Lost(Why::Base(id)),
        }
    }
}
