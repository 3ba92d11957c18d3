//! One object of a pack, rebuilt along its chain of deltas.

use gix::hash::oid;
use gix::objs::Kind;

use super::cache::{Cache, Place, Way};
use super::chain::{Chain, Link, Root};
use super::damaged::Why;
use super::{Store, hashed};
use crate::git::pack::{Base, Buffer, Damage, Delta, Inflater};

/// The largest base or delta on the way to an object, in bytes, unless the object may be larger.
pub(super) const LARGEST: u64 = 64 << 20;

/// How many bytes may be made on the way to one object.
const WORK: u64 = 16 << 30;

/// How many entries of one chain are found damaged by rebuilding it, before it counts as lost.
const ATTEMPTS: usize = 64;

/// What rebuilding needs, used again and again by one thread at a time.
pub(super) struct Scratch {
    inflater: Inflater,
    cache: Cache,
    chain: Chain,
    /// The object so far; in the end the one that was asked for.
    pub(super) object: Buffer,
    next: Buffer,
    delta: Buffer,
}

/// Why an object could not be rebuilt.
pub(super) enum Trouble {
    /// This entry can't be read: the object's own, unless it comes from within.
    At(Place, Why),
    /// The object has so many bytes, more than were asked for.
    TooLarge(u64),
    /// The way to it takes too much memory or time.
    Cost(&'static str),
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self {
            inflater: Inflater::new(),
            cache: Cache::new(),
            chain: Chain::default(),
            object: Buffer::default(),
            next: Buffer::default(),
            delta: Buffer::default(),
        }
    }

    /// Gives back what an unusually large object took.
    pub(super) fn trim(&mut self) {
        for buffer in [&mut self.object, &mut self.next, &mut self.delta] {
            if buffer.capacity() > 4 << 20 {
                *buffer = Buffer::default();
            }
        }
    }

    /// Rebuilds an entry of a pack, of at most so many bytes, in `self.object`. An entry below it that
    /// can't be read is marked, and replaced by another copy.
    pub(super) fn rebuild(
        &mut self,
        store: &Store,
        id: &oid,
        place: Place,
        number: u32,
        most: u64,
    ) -> Result<Kind, Trouble> {
        if let Some(kept) = self.cache.get(place) {
            if kept.data.len() as u64 > most {
                return Err(Trouble::TooLarge(kept.data.len() as u64));
            }
            self.object.set(kept.data.clone());
            return Ok(kept.kind);
        }
        self.chain.start(store, place, number)?;
        for _ in 0..ATTEMPTS {
            let root = self.chain.descend(store, &self.cache)?;
            let done = self.build(store, &root, most).and_then(|(kind, checked)| {
                // Where a checksum could not be compared, or differs, the name tells.
                if checked || hashed::is(id, kind, &self.object) {
                    Ok(kind)
                } else {
                    Err(self.culprit(store, place))
                }
            });
            match done {
                Err(Trouble::At(bad, why)) => self.chain.drop(store, bad, why)?,
                _ => return done,
            }
        }
        Err(Trouble::Cost("too many of its delta bases are damaged"))
    }

    /// Rebuilds the object from its root upwards; whether every checksum was compared.
    fn build(&mut self, store: &Store, root: &Root, most: u64) -> Result<(Kind, bool), Trouble> {
        let limit = most.max(LARGEST);
        let mut left = self.chain.links.len();
        let mut way = Way::default();
        // The base of the next delta, if it is not in `self.object`.
        let mut kept = None;
        let kind = match root {
            Root::Kept(kind, place) => {
                kept = Some(*place);
                way = self.cache.get(*place).map_or(way, |kept| kept.way);
                *kind
            }
            Root::Loose(kind, id) => {
                // It was the last copy to try.
                let link = self.chain.links.last().ok_or(NO_ENTRY)?;
                let lost = Trouble::At(link.place, Why::Base(*id));
                let (_, data) = store.loose(id, limit).ok_or(lost)?;
                way.add(data.len() as u64, true);
                self.object.set(data);
                *kind
            }
            Root::Entry(kind) => {
                left = left.saturating_sub(1);
                let link = *self.chain.links.last().ok_or(NO_ENTRY)?;
                if left == 0 && link.entry.size > most {
                    return Err(Trouble::TooLarge(link.entry.size));
                }
                let checked = inflate(store, &mut self.inflater, &link, limit, &mut self.object)?;
                way.add(link.entry.size, checked);
                self.cache.put(link.place, *kind, &self.object, way);
                *kind
            }
        };
        let mut copied = Vec::new();
        while left > 0 {
            left -= 1;
            let link = *self.chain.links.get(left).ok_or(NO_ENTRY)?;
            let at = |damage| Trouble::At(link.place, Why::Damage(damage));
            let checked = inflate(store, &mut self.inflater, &link, limit, &mut self.delta)?;
            let delta = Delta::read(&self.delta).map_err(at)?;
            let size = delta.result_size;
            if left == 0 && size > most {
                return Err(Trouble::TooLarge(size));
            }
            way.add(size.saturating_add(link.entry.size), checked);
            if size > limit {
                return Err(TOO_LARGE);
            }
            if way.work > WORK {
                return Err(Trouble::Cost("its chain of deltas takes too long"));
            }
            let base = match kept.take() {
                Some(place) => self.cache.get(place).map(|kept| &*kept.data),
                None => Some(&*self.object),
            };
            delta
                .apply(base.unwrap_or_default(), &mut self.next, &mut copied)
                .map_err(at)?;
            std::mem::swap(&mut self.object, &mut self.next);
            self.cache.put(link.place, kind, &self.object, way);
        }
        Ok((kind, way.checked))
    }

    /// Which entry is to blame when the object is not what its name says: the first whose checksum
    /// differs, or else the object's own.
    fn culprit(&mut self, store: &Store, top: Place) -> Trouble {
        // What was kept on the way may be wrong, and hides the rest of the chain.
        self.cache = Cache::new();
        if let Err(trouble) = self.chain.descend(store, &self.cache) {
            return trouble;
        }
        for link in &mut self.chain.links {
            let Some(pack) = store.packs.get(link.place.0) else {
                continue;
            };
            link.number = store.tables.find(pack, link.place.0, link.place.1);
            let known = link.number.and_then(|number| pack.crc32(number)).is_some();
            match inflate(store, &mut self.inflater, link, LARGEST, &mut self.next) {
                Ok(false) if known => return Trouble::At(link.place, Why::Damage(Damage::Crc)),
                Err(Trouble::At(place, why)) => return Trouble::At(place, why),
                _ => {}
            }
        }
        Trouble::At(top, Why::Name)
    }

    /// An entry's kind, and its size in bytes by its header's word: nothing but the start of its delta
    /// is inflated.
    pub(super) fn header(
        &mut self,
        store: &Store,
        place: Place,
        number: u32,
    ) -> Result<(Kind, u64), Trouble> {
        if let Some(kept) = self.cache.get(place) {
            return Ok((kept.kind, kept.data.len() as u64));
        }
        self.chain.start(store, place, number)?;
        let root = self.chain.descend(store, &self.cache)?;
        let (Root::Entry(kind) | Root::Kept(kind, _) | Root::Loose(kind, _)) = root;
        let link = *self.chain.links.first().ok_or(NO_ENTRY)?;
        if let Base::None(_) = link.entry.base {
            return Ok((kind, link.entry.size));
        }
        let at = |damage| Trouble::At(place, Why::Damage(damage));
        let packed = store
            .packs
            .get(place.0)
            .map(|pack| pack.packed(&link.entry));
        let mut stream = self
            .inflater
            .stream(packed.unwrap_or_default(), Some(link.entry.size))
            .map_err(at)?;
        // The two sizes take ten bytes each at most.
        let mut start = [0; 20];
        let mut filled = 0;
        while let Some(room) = start.get_mut(filled..).filter(|room| !room.is_empty()) {
            match std::io::Read::read(&mut stream, room) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(_) => return Err(at(stream.end().err().unwrap_or(Damage::Stream))),
            }
        }
        let delta = Delta::read(start.get(..filled).unwrap_or_default()).map_err(at)?;
        Ok((kind, delta.result_size))
    }
}

const NO_ENTRY: Trouble = Trouble::Cost("it has no entry");
const TOO_LARGE: Trouble = Trouble::Cost("its delta, or a base of it, is too large");

/// Inflates an entry's data; whether its checksum was compared, and fits. One that differs does not
/// decide: the name does.
fn inflate(
    store: &Store,
    inflater: &mut Inflater,
    link: &Link,
    most: u64,
    out: &mut Buffer,
) -> Result<bool, Trouble> {
    if link.entry.size > most {
        return Err(TOO_LARGE);
    }
    let at = |damage| Trouble::At(link.place, Why::Damage(damage));
    let (pack, offset) = link.place;
    let pack = store.packs.get(pack).ok_or(NO_ENTRY)?;
    let size = usize::try_from(link.entry.size).map_err(|_| TOO_LARGE)?;
    let taken = inflater
        .inflate(pack.packed(&link.entry), size, out)
        .map_err(at)?;
    Ok(link.number.is_some_and(|number| {
        pack.crc32(number).is_some() && pack.check(number, offset, &link.entry, taken).is_ok()
    }))
}
