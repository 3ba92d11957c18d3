//! Indexes of packs that name something twice: who looks an object up gets one of two, and which one is chance.

use super::Fault;
use super::gather::{Gathered, Place};
use crate::git::pack::Pack;

/// What is said of an index that spends two rows on one place: there are as many rows as the pack has objects.
pub(super) const PLACE: &str = "the pack's index names one place twice: an object may be hidden";

/// Tells the packs whose indexes name an object twice and mean two things, or twice the same place.
///
/// Packs with an object twice are rare and sound where both say the same, as those that some versions of git made
/// do (its test t5308).
pub(super) fn named(packs: &[Pack], gathered: &Gathered, faults: &mut Vec<Fault>) {
    // All places of names that have several, wherever the one is that is read.
    let others = gathered.others.iter().copied();
    let own = |(_, name): &(Place, u32)| Some((*gathered.places.get(*name as usize)?, *name));
    let mut all: Vec<(u32, u32, u32)> = gathered
        .others
        .iter()
        .filter_map(own)
        .chain(others)
        .map(|(place, name)| (place.source, name, place.rank))
        .collect();
    all.sort_unstable();
    all.dedup();
    for here in all.chunk_by(|a, b| a.0 == b.0) {
        let pairs = || {
            let names = here.chunk_by(|a, b| a.1 == b.1);
            names.flat_map(|same| {
                let first = same.first().map(|first| first.2);
                let rest = same.iter().skip(1);
                rest.filter_map(move |other| Some((first?, other.2)))
            })
        };
        let source = here
            .first()
            .and_then(|(source, ..)| usize::try_from(*source).ok());
        let Some(pack) = source.and_then(|source| packs.get(source)) else {
            continue;
        };
        if pairs().next().is_none() {
            continue;
        }
        let entries = Entries::of(pack);
        if pairs().any(|(one, other)| pack.offset(one) == pack.offset(other)) {
            faults.push(Fault::file(pack.path(), PLACE));
        }
        let differs = |(one, other): &(u32, u32)| {
            let (one, other) = (pack.offset(*one), pack.offset(*other));
            one != other && !entries.same(one, other)
        };
        if let Some((rank, _)) = pairs().find(differs) {
            let what =
                "the pack's index names it twice, with different data: one of them was not read";
            faults.push(Fault::object(pack.id(rank), what).within(pack.path()));
        }
    }
}

/// Where the entries of a pack start, ascending.
struct Entries<'a> {
    pack: &'a Pack,
    starts: Vec<u64>,
}

impl<'a> Entries<'a> {
    fn of(pack: &'a Pack) -> Self {
        let mut starts: Vec<u64> = (0..pack.count()).map(|rank| pack.offset(rank)).collect();
        starts.sort_unstable();
        Self { pack, starts }
    }

    /// Whether two entries say the same, byte for byte: each is read once, whatever it would unpack to.
    fn same(&self, one: u64, other: u64) -> bool {
        let read = |at: u64| {
            let entry = self.pack.entry(at).ok()?;
            let next = self.starts.partition_point(|start| *start <= at);
            let end = self.starts.get(next).copied();
            let packed = self.pack.packed(&entry);
            let length =
                end.and_then(|end| usize::try_from(end.checked_sub(entry.data_offset)?).ok());
            let packed = packed.get(..length.unwrap_or(packed.len()));
            Some((entry.base, entry.size, packed?))
        };
        read(one).is_some_and(|own| read(other) == Some(own))
    }
}
