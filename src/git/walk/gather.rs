//! Which objects there are: each name once, however many packs and loose files hold it.

use gix::ObjectId;
use gix::hash::{Kind, oid};
use rayon::prelude::*;

use crate::git::pack::Pack;

/// A place where an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The pack, by its number; the number of packs for a loose object.
    pub source: u32,
    /// Where in that pack's index, or in the list of loose objects.
    pub rank: u32,
}

/// The objects by name.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// One place for each name, the names ascending.
    pub places: Vec<Place>,
    /// The other places of names that have several: where, and the place in `places` of the name.
    pub others: Vec<(Place, u32)>,
}

/// All sources of objects.
pub(super) struct Sources<'a> {
    pub packs: &'a [Pack],
    /// Ascending, each once.
    pub loose: &'a [ObjectId],
}

impl<'a> Sources<'a> {
    pub(super) fn id(&self, place: Place) -> &'a oid {
        match self.packs.get(place.source as usize) {
            Some(pack) => pack.id(place.rank),
            None => self
                .loose
                .get(place.rank as usize)
                .map_or(Kind::Sha1.null_ref(), |id| id),
        }
    }

    /// Whether an entry can stand where the index says: a pack may be cut off.
    fn sound(&self, place: Place) -> bool {
        self.packs
            .get(place.source as usize)
            .is_none_or(|pack| (pack.bytes().len() as u64) > pack.offset(place.rank))
    }

    /// Finds each name once. Of its places the first that can be right is taken: packs in their
    /// order, then loose files.
    pub(super) fn gather(&self) -> Gathered {
        // In parts by the first byte of the name, so that little is held while sorting.
        let parts: Vec<Gathered> = (0..=u8::MAX)
            .into_par_iter()
            .map(|first| self.part(first))
            .collect();
        let mut out = Gathered::default();
        for part in parts {
            let before = u32::try_from(out.places.len()).unwrap_or(u32::MAX);
            let others = part.others.into_iter();
            out.others
                .extend(others.map(|(place, name)| (place, before.saturating_add(name))));
            out.places.extend(part.places);
        }
        out
    }

    /// The names that start with this byte.
    fn part(&self, first: u8) -> Gathered {
        let mut all: Vec<(u64, Place)> = Vec::new();
        for (source, pack) in (0..).zip(self.packs) {
            let from = bound(pack.count(), |rank| pack.id(rank).first_byte() < first);
            let to = bound(pack.count(), |rank| pack.id(rank).first_byte() <= first);
            all.extend((from..to).map(|rank| (leading(pack.id(rank)), Place { source, rank })));
        }
        let source = u32::try_from(self.packs.len()).unwrap_or(u32::MAX);
        let from = self.loose.partition_point(|id| id.first_byte() < first);
        let to = self.loose.partition_point(|id| id.first_byte() <= first);
        let loose = (0u32..).zip(self.loose).skip(from).take(to - from);
        all.extend(loose.map(|(rank, id)| (leading(id), Place { source, rank })));
        if self.packs.len() > 1 || !self.loose.is_empty() {
            all.sort_unstable_by(|a, b| {
                let names = || self.id(a.1).cmp(self.id(b.1));
                let places = || (a.1.source, a.1.rank).cmp(&(b.1.source, b.1.rank));
                a.0.cmp(&b.0).then_with(names).then_with(places)
            });
        }
        let mut out = Gathered::default();
        for same in all.chunk_by(|a, b| a.0 == b.0 && self.id(a.1) == self.id(b.1)) {
            let name = u32::try_from(out.places.len()).unwrap_or(u32::MAX);
            let best = match same {
                [_] => 0,
                _ => same
                    .iter()
                    .position(|(_, place)| self.sound(*place))
                    .unwrap_or(0),
            };
            for (at, (_, place)) in same.iter().enumerate() {
                if at == best {
                    out.places.push(*place);
                } else {
                    out.others.push((*place, name));
                }
            }
        }
        out
    }
}

/// The first eight bytes of a name, as a number that sorts as they do.
pub(super) fn leading(id: &oid) -> u64 {
    id.as_bytes()
        .first_chunk()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// The first number below `count` for which it is not so; it is so for those before, and only them.
fn bound(count: u32, so: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if so(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
