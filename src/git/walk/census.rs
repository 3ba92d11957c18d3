//! The census: every object of a store, numbered.

use std::ops::Range;

use gix::ObjectId;
use gix::hash::oid;
use gix::objs::Kind;
use rayon::prelude::*;

use super::family::{Families, NONE, Sort};
use super::gather::{Gathered, Place, Sources, leading};
use super::{Fault, Limits, Objects, twice};
use crate::git::pack::{Base, Damage, Entry, Pack};
use crate::threads::within;

/// No more than so many branches become tasks of their own, each of which holds its base.
const BRANCHES: u64 = 512;
/// How many entries are read in one go.
const CHUNK: usize = 4096;

/// Every object of a store once, numbered in the order in which they stand in the packs, loose ones
/// last: some 30 bytes an object, and the packs' mapped indexes.
pub struct Census<'s> {
    objects: &'s dyn Objects,
    pub(super) limits: Limits,
    /// The number of the first object of each pack, and of the loose ones, and of none.
    starts: Vec<u32>,
    /// Of each object in a pack: where its entry starts.
    offsets: Vec<u64>,
    /// Of each object in a pack: where it stands in the pack's index.
    ranks: Vec<u32>,
    /// The names of the loose objects that no pack has.
    loose: Vec<ObjectId>,
    /// The numbers of all objects, by name.
    by_name: Vec<u32>,
    /// For each of these the 32 bits of its name that follow the first.
    tags: Vec<u32>,
    /// For each value of a name's first bits, how many names are below it.
    fan: Vec<u32>,
    fan_bits: u32,
    /// Loose objects that are larger than the limit, ascending.
    large: Vec<u32>,
    pub(super) families: Families,
}

impl<'s> Census<'s> {
    /// Takes the census: reads all indexes and the header of every entry.
    pub fn take(objects: &'s dyn Objects, threads: usize) -> (Self, Vec<Fault>) {
        Self::take_limited(objects, threads, Limits::default())
    }

    /// The same, with other limits.
    pub fn take_limited(
        objects: &'s dyn Objects,
        threads: usize,
        limits: Limits,
    ) -> (Self, Vec<Fault>) {
        within(threads, || {
            let (mut loose, mut faults) = objects.loose();
            loose.sort_unstable();
            loose.dedup();
            let sources = Sources {
                packs: objects.packs(),
                loose: &loose,
            };
            let gathered = sources.gather();
            let (mut census, aliases) = Self::number(objects, limits, &gathered, &loose);
            twice::named(objects.packs(), &gathered, &mut faults);
            drop(gathered);
            census.index();
            census.twice(&mut faults);
            census.families = census.families(&aliases);
            (census, faults)
        })
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// The name of an object; the null name for a number that there is none of.
    pub fn id(&self, number: u32) -> ObjectId {
        self.name(number)
            .map_or_else(|| self.objects.hash().null(), oid::to_owned)
    }

    /// The number of an object.
    pub fn find(&self, id: &oid) -> Option<u32> {
        let first = usize::try_from(leading(id) >> (64 - self.fan_bits)).ok()?;
        let from = *self.fan.get(first)? as usize;
        let to = *self.fan.get(first + 1)? as usize;
        // Names stand far apart in memory: most are told apart without being looked at.
        let tag = self.tag(id);
        let tags = self.tags.get(from..to)?;
        let at = tags.partition_point(|own| *own < tag);
        let same = tags.iter().skip(at).take_while(|own| **own == tag).count();
        let near = self.by_name.get(from..to)?.get(at..at + same)?;
        near.iter()
            .copied()
            .find(|number| self.name(*number) == Some(id))
    }

    /// Whether other objects are deltas of this one.
    pub fn is_base(&self, number: u32) -> bool {
        !self.families.children(number).is_empty()
    }

    /// The kind of an object, from the root of its family; none when that can't be told.
    pub fn kind(&self, number: u32) -> Option<Kind> {
        self.families.kind(number)
    }

    /// The kind of hash that names the objects.
    pub fn hash(&self) -> gix::hash::Kind {
        self.objects.hash()
    }

    pub(super) fn objects(&self) -> &'s dyn Objects {
        self.objects
    }

    pub(super) fn name(&self, number: u32) -> Option<&oid> {
        if let Some(rank) = self.ranks.get(number as usize) {
            return Some(self.pack(number)?.id(*rank));
        }
        let at = (number as usize).checked_sub(self.ranks.len())?;
        self.loose.get(at).map(|id| &**id)
    }

    /// Whether a loose object's header says that it is too large to be held.
    pub(super) fn is_large(&self, number: u32) -> bool {
        self.large.binary_search(&number).is_ok()
    }

    /// The pack that an object is read from; none for a loose one.
    pub(super) fn pack(&self, number: u32) -> Option<&'s Pack> {
        let packs = self.objects.packs();
        let source = self.starts.partition_point(|start| *start <= number);
        packs.get(source.checked_sub(1)?)
    }

    /// The entry of an object in its pack, with the bytes that its data can take: up to the next
    /// entry.
    pub(super) fn entry(&self, pack: &'s Pack, number: u32) -> Result<(Entry, &'s [u8]), Damage> {
        let offset = self.offset(number);
        let entry = pack.entry(offset)?;
        let packed = pack.packed(&entry);
        let next = self.offset(number.saturating_add(1));
        // The next number may be of another pack.
        let packed = match next.checked_sub(entry.data_offset) {
            Some(length) if next > offset => usize::try_from(length)
                .ok()
                .and_then(|length| packed.get(..length))
                .unwrap_or(packed),
            _ if next > offset => &[],
            _ => packed,
        };
        Ok((entry, packed))
    }

    /// Compares an entry's checksum with the index.
    pub(super) fn check(
        &self,
        pack: &Pack,
        number: u32,
        entry: &Entry,
        packed: usize,
    ) -> Result<(), Damage> {
        let rank = self.ranks.get(number as usize).copied();
        pack.check(rank.unwrap_or_default(), self.offset(number), entry, packed)
    }

    fn offset(&self, number: u32) -> u64 {
        let offset = self.offsets.get(number as usize);
        offset.copied().unwrap_or_default()
    }

    /// The numbers of a pack's objects, or of the loose ones.
    fn numbers(&self, source: usize) -> Range<u32> {
        let at = |at: usize| self.starts.get(at).copied().unwrap_or_default();
        at(source)..at(source + 1)
    }

    /// Numbers what was found. Of the places that are not used: where their entries start, by pack,
    /// and the number of their object.
    fn number(
        objects: &'s dyn Objects,
        limits: Limits,
        gathered: &Gathered,
        loose: &[ObjectId],
    ) -> (Self, Vec<Vec<(u64, u32)>>) {
        let packs = objects.packs();
        let offset = |place: &Place| {
            let pack = packs.get(place.source as usize);
            pack.map_or(0, |pack| pack.offset(place.rank))
        };
        // By source, then by place: what stands in a pack in this order has these numbers.
        let mut all: Vec<(u32, u64, u32, u32)> = (0u32..)
            .zip(&gathered.places)
            .map(|(name, place)| (place.source, offset(place), place.rank, name))
            .collect();
        all.par_sort_unstable();
        let mut census = Self {
            objects,
            limits,
            starts: Vec::with_capacity(packs.len() + 2),
            offsets: Vec::new(),
            ranks: Vec::new(),
            loose: Vec::new(),
            by_name: vec![0; all.len()],
            tags: Vec::new(),
            fan: Vec::new(),
            fan_bits: 1,
            large: Vec::new(),
            families: Families::default(),
        };
        for source in (0..=packs.len()).chain([usize::MAX]) {
            let start = all.partition_point(|(own, ..)| (*own as usize) < source);
            census.starts.push(u32::try_from(start).unwrap_or(u32::MAX));
        }
        let packed = census.numbers(packs.len()).start as usize;
        census.offsets = all.iter().take(packed).map(|of| of.1).collect();
        census.ranks = all.iter().take(packed).map(|of| of.2).collect();
        // Those that a pack has as well are not numbered again.
        census.loose = all
            .iter()
            .skip(packed)
            .filter_map(|of| loose.get(of.2 as usize).copied())
            .collect();
        for (number, (_, _, _, name)) in (0u32..).zip(&all) {
            if let Some(own) = census.by_name.get_mut(*name as usize) {
                *own = number;
            }
        }
        let mut aliases = vec![Vec::new(); packs.len()];
        for (place, name) in &gathered.others {
            let number = census.by_name.get(*name as usize);
            if let (Some(own), Some(number)) = (aliases.get_mut(place.source as usize), number) {
                own.push((offset(place), *number));
            }
        }
        for own in &mut aliases {
            own.sort_unstable();
        }
        (census, aliases)
    }

    /// Makes the table that narrows a search by name.
    fn index(&mut self) {
        self.fan_bits = self.len().max(2).ilog2().saturating_sub(2).clamp(1, 24);
        let mut fan = vec![0u32; (1 << self.fan_bits) + 1];
        for number in 0..self.len() {
            let first = self
                .name(u32::try_from(number).unwrap_or(NONE))
                .map_or(0, leading)
                >> (64 - self.fan_bits);
            if let Some(count) = usize::try_from(first)
                .ok()
                .and_then(|first| fan.get_mut(first + 1))
            {
                *count += 1;
            }
        }
        let mut sum = 0;
        for below in &mut fan {
            sum += *below;
            *below = sum;
        }
        self.fan = fan;
        let names = self.by_name.iter().map(|number| self.name(*number));
        self.tags = names
            .map(|name| name.map_or(0, |name| self.tag(name)))
            .collect();
    }

    /// The bits of a name that follow those that the fan tells apart.
    fn tag(&self, id: &oid) -> u32 {
        ((leading(id) << self.fan_bits) >> 32) as u32
    }

    /// An index that names one place twice hides another.
    fn twice(&self, faults: &mut Vec<Fault>) {
        for (source, pack) in self.objects.packs().iter().enumerate() {
            let range = self.numbers(source);
            let own = self.offsets.get(range.start as usize..range.end as usize);
            let twice = own.unwrap_or_default().windows(2);
            if twice.into_iter().any(|pair| pair.first() == pair.last()) {
                faults.push(Fault::file(pack.path(), twice::PLACE));
            }
        }
    }

    /// Reads all headers.
    fn families(&mut self, aliases: &[Vec<(u64, u32)>]) -> Families {
        let length = self.len();
        let mut parents = vec![NONE; length];
        let mut sorts = vec![Sort::Lost; length];
        let mut weights = vec![0u64; length];
        let chunks = parents
            .par_chunks_mut(CHUNK)
            .zip(sorts.par_chunks_mut(CHUNK))
            .zip(weights.par_chunks_mut(CHUNK))
            .zip((0..length).into_par_iter().step_by(CHUNK));
        let this = &*self;
        let large = chunks.map(|(((parents, sorts), weights), first)| {
            let mut large = Vec::new();
            let own = parents.iter_mut().zip(sorts).zip(weights);
            for (number, ((parent, sort), weight)) in (first..).zip(own) {
                let Ok(number) = u32::try_from(number) else {
                    continue;
                };
                match this.pack(number) {
                    Some(pack) => {
                        (*sort, *parent, *weight) = this.header(pack, number, aliases);
                    }
                    None => {
                        let id = this.name(number);
                        let found = id.and_then(|id| this.objects.header(id).ok().flatten());
                        if let Some((kind, size)) = found {
                            *sort = kind.into();
                            *weight = size;
                            if size > this.limits.object {
                                large.push(number);
                            }
                        }
                    }
                }
            }
            large
        });
        let large: Vec<Vec<u32>> = large.collect();
        self.large = large.concat();
        Families::new(parents, sorts, weights, self.limits.branch, BRANCHES)
    }

    /// What an entry's header says: kind, base, and the size of what has no base.
    fn header(&self, pack: &'s Pack, number: u32, aliases: &[Vec<(u64, u32)>]) -> (Sort, u32, u64) {
        let Ok((entry, _)) = self.entry(pack, number) else {
            return (Sort::Lost, NONE, 0);
        };
        let base = match entry.base {
            Base::None(kind) => return (kind.into(), NONE, entry.size),
            Base::Offset(offset) => self.at(number, offset, aliases),
            Base::Id(id) => self.find(&id),
        };
        match base {
            Some(base) => (Sort::Unseen, base, 0),
            None => (Sort::Lost, NONE, 0),
        }
    }

    /// The object whose entry starts at this offset of the pack that holds another.
    fn at(&self, number: u32, offset: u64, aliases: &[Vec<(u64, u32)>]) -> Option<u32> {
        let source = self.starts.partition_point(|start| *start <= number);
        let source = source.checked_sub(1)?;
        let range = self.numbers(source);
        let own = self
            .offsets
            .get(range.start as usize..number as usize)
            .unwrap_or_default();
        // Bases stand near as a rule: look in ever larger steps.
        let mut step = 16;
        let mut from = own.len();
        while let Some(before) = from.checked_sub(1)
            && own.get(before).is_some_and(|at| *at > offset)
        {
            from = from.saturating_sub(step);
            step *= 2;
        }
        let from = from.saturating_sub(1);
        let near = own.get(from..).unwrap_or_default();
        if let Ok(at) = near.binary_search(&offset) {
            return u32::try_from(from + at).ok()?.checked_add(range.start);
        }
        let others = aliases.get(source)?;
        let at = others.binary_search_by_key(&offset, |(at, _)| *at).ok()?;
        others.get(at).map(|(_, number)| *number)
    }
}
