//! Decoding one object: what each thread has of its own.

use gix::ObjectId;
use gix::hash::oid;
use gix::objs::{Kind, compute_hash};
use thiserror::Error;

use super::census::Census;
use crate::git::fault::Fault;
use crate::git::pack::{Base, Buffer, Damage, Delta, Inflater, Pack, Stretch};

/// How much memory a thread keeps for later, in bytes.
const KEPT: usize = 8 << 20;

/// Why an object can't be handed out.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub(super) enum Loss {
    /// Its bytes are damaged.
    #[error("{0}")]
    Damage(#[from] Damage),
    /// A loose object can't be read.
    #[error("{0}")]
    Loose(String),
    /// Its base is nowhere.
    #[error("it is a delta of {0}, which is missing")]
    Missing(ObjectId),
    /// Its base is at no entry's start.
    #[error("it is a delta of something that is no object")]
    Nothing,
    /// Its base is made from itself.
    #[error("it is a delta that its own base is made from")]
    Circle,
    /// Its base is lost.
    #[error("it is a delta of {0}, which can't be read")]
    Base(ObjectId),
    /// A damaged header told another kind.
    #[error("it is a {kind}, but its pack says {told}")]
    Kind {
        /// By the pack.
        told: Kind,
        /// In truth.
        kind: Kind,
    },
    /// Its content is another's.
    #[error("its content does not fit its name")]
    Name,
    /// It is too large to be held.
    #[error("it is {size} bytes, more than the {most} that an object may have here")]
    Large {
        /// What its header says, in bytes.
        size: u64,
        /// The limit.
        most: u64,
    },
    /// Its bases don't fit into memory all at once.
    #[error("the objects that it is made from take too much memory and time")]
    Memory,
}

/// What a thread decodes with.
#[derive(Default)]
pub(super) struct Worker {
    pub(super) inflater: Inflater,
    /// The instructions of the delta at hand.
    delta: Buffer,
    /// What the last object has from its base.
    pub(super) copied: Vec<Stretch>,
    free: Vec<Buffer>,
    /// The memory in `free`, in bytes.
    kept: usize,
}

impl Worker {
    /// Decodes an object: a delta from its base, any other from nothing.
    pub(super) fn decode(
        &mut self,
        census: &Census<'_>,
        number: u32,
        base: Option<&[u8]>,
    ) -> Result<Buffer, Loss> {
        let mut out = self.free.pop().unwrap_or_default();
        self.kept = self.kept.saturating_sub(out.capacity());
        match self.produce(census, number, base, &mut out) {
            Ok(()) => Ok(out),
            Err(loss) => {
                self.give_back(out);
                Err(loss)
            }
        }
    }

    /// Takes back a buffer for later use.
    pub(super) fn give_back(&mut self, buffer: Buffer) {
        let size = buffer.capacity();
        if size <= KEPT.saturating_sub(self.kept) {
            self.kept += size;
            self.free.push(buffer);
        }
    }

    fn produce(
        &mut self,
        census: &Census<'_>,
        number: u32,
        base: Option<&[u8]>,
        out: &mut Buffer,
    ) -> Result<(), Loss> {
        let Some(pack) = census.pack(number) else {
            return self.read(census, number, out);
        };
        let (entry, packed) = census.entry(pack, number)?;
        let most = census.limits.object;
        let large = |size| Loss::Large { size, most };
        let size = usize::try_from(entry.size).map_err(|_| large(entry.size))?;
        // A delta's own size is no more than its object's, but for a few bytes an instruction.
        if entry.size > most {
            return Err(large(entry.size));
        }
        match (entry.base, base) {
            (Base::None(_), None) => {
                let taken = self.inflater.inflate(packed, size, out)?;
                census.check(pack, number, &entry, taken)?;
                self.copied.clear();
                named(census, pack, number, out)
            }
            (Base::Offset(_) | Base::Id(_), Some(base)) => {
                let taken = self.inflater.inflate(packed, size, &mut self.delta)?;
                census.check(pack, number, &entry, taken)?;
                let delta = Delta::read(&self.delta)?;
                if delta.result_size > most {
                    return Err(large(delta.result_size));
                }
                delta.apply(base, out, &mut self.copied)?;
                named(census, pack, number, out)
            }
            (Base::Offset(_), None) => Err(Loss::Nothing),
            (Base::Id(id), None) => Err(match census.find(&id) {
                Some(_) => Loss::Circle,
                None => Loss::Missing(id),
            }),
            // The census has read the same header.
            (Base::None(_), Some(_)) => Err(Loss::Nothing),
        }
    }

    /// Reads a loose object.
    fn read(&mut self, census: &Census<'_>, number: u32, out: &mut Buffer) -> Result<(), Loss> {
        let id = census.id(number);
        match census.objects().read(&id, census.limits.object) {
            Ok(Some((_, data))) => {
                self.copied.clear();
                out.set(data);
                Ok(())
            }
            Ok(None) => Err(Loss::Loose("it is no longer there".to_owned())),
            Err(fault) => Err(Loss::Loose(fault.what)),
        }
    }

    /// Reads an object from any other place that has it. Its bytes must have its name: the store may
    /// meet the same damage and not see it.
    pub(super) fn recover(
        &mut self,
        census: &Census<'_>,
        number: u32,
        loss: Loss,
    ) -> Result<(Kind, Buffer), Loss> {
        // Its copies are as large, and no cheaper.
        if matches!(loss, Loss::Large { .. } | Loss::Memory) {
            return Err(loss);
        }
        let id = census.id(number);
        let Ok(Some((kind, data))) = census.objects().read(&id, census.limits.object) else {
            return Err(loss);
        };
        if !is_named(&id, kind, &data) {
            return Err(loss);
        }
        self.copied.clear();
        let mut out = Buffer::default();
        out.set(data);
        Ok((kind, out))
    }
}

/// Compares an object with its name where nothing else proves its entry's header.
fn named(census: &Census<'_>, pack: &Pack, number: u32, data: &[u8]) -> Result<(), Loss> {
    if !pack.is_proved_by_name() {
        return Ok(());
    }
    let id = census.id(number);
    match census.kind(number) {
        Some(kind) if is_named(&id, kind, data) => Ok(()),
        _ => Err(Loss::Name),
    }
}

/// Whether an object's name is the hash of its content.
fn is_named(id: &oid, kind: Kind, data: &[u8]) -> bool {
    compute_hash(id.kind(), kind, data).is_ok_and(|found| *found == *id)
}

impl Loss {
    /// As it is told.
    pub(super) fn fault(&self, census: &Census<'_>, number: u32) -> Fault {
        let fault = Fault::object(census.id(number), self.to_string());
        match census.pack(number) {
            Some(pack) => fault.within(pack.path()),
            None => fault,
        }
    }
}
