//! The objects of a pack whose index can't be read: found by reading the pack from front to back,
//! named by hashing what they contain.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::hash::oid;
use gix::objs::{Kind, compute_hash};

use super::entry::FIRST;
use super::file::{Pack, PackError, Row};
use super::inflate::Inflater;
use crate::git::fault::Fault;
use crate::git::walk::{Census, Objects, Seen, Visitor};

/// How often bases are looked for by name. Each time finds one more link of a chain of deltas that
/// name their bases; git makes chains of 50.
const ROUNDS: usize = 64;

/// Makes up for an index that can't be read, and says why it had to.
///
/// # Errors
///
/// When no object is found.
pub(super) fn renamed(pack: Pack, why: String) -> Result<Pack, PackError> {
    let offsets = offsets(&pack);
    let claim = pack.claim();
    let hash = pack.hash();
    // Until an object's name is known it goes by its place.
    let mut rows: Vec<Row> = offsets
        .into_iter()
        .map(|offset| (placeholder(hash, offset), offset))
        .collect();
    let mut only = Only(vec![pack.with(rows.clone(), None)]);
    for _ in 0..ROUNDS {
        let names = names(&only);
        if names.is_empty() {
            break;
        }
        for (id, _) in &mut rows {
            if let Some(name) = names.get(id) {
                *id = *name;
            }
        }
        let Some(pack) = only.0.pop() else { break };
        only = Only(vec![pack.with(rows.clone(), None)]);
    }
    rows.retain(|(id, offset)| *id != placeholder(hash, *offset));
    let Some(pack) = only.0.pop().filter(|_| !rows.is_empty()) else {
        return Err(PackError::Index(why));
    };
    let found = rows.len();
    let complaint = if found == claim as usize {
        format!("the pack's index can't be read: {why}; its objects were named by their content")
    } else {
        format!(
            "the pack's index can't be read: {why}; without it {found} of {claim} objects were found"
        )
    };
    Ok(pack.with(rows, Some(complaint)))
}

/// Where the entries start, as far as they can be read one after the other.
fn offsets(pack: &Pack) -> Vec<u64> {
    let mut out = Vec::new();
    let mut inflater = Inflater::new();
    let mut at = FIRST;
    for _ in 0..pack.claim() {
        let Ok(entry) = pack.entry(at) else { break };
        let Ok(mut stream) = inflater.stream(pack.packed(&entry), Some(entry.size)) else {
            break;
        };
        let _ = io::copy(&mut stream, &mut io::sink());
        let Ok(Some(taken)) = stream.end() else { break };
        out.push(at);
        at = entry.data_offset.saturating_add(taken as u64);
    }
    out
}

/// What an object is called before its name is known.
fn placeholder(hash: gix::hash::Kind, offset: u64) -> ObjectId {
    let mut bytes = vec![0xff; hash.len_in_bytes()];
    for (byte, own) in bytes.iter_mut().rev().zip(offset.to_le_bytes()) {
        *byte = own;
    }
    ObjectId::try_from(&bytes[..]).unwrap_or_else(|_| hash.null())
}

/// The names of objects that can be decoded and have none yet, by what they are called so far.
fn names(only: &Only) -> HashMap<ObjectId, ObjectId> {
    let (census, _) = Census::take(only, 1);
    let unnamed = |number| census.id(number).as_bytes().first_chunk::<8>() == Some(&[0xff; 8]);
    let namer = Namer {
        census: &census,
        names: Mutex::default(),
    };
    let kinds = [Kind::Blob, Kind::Tree, Kind::Commit, Kind::Tag];
    census.walk(&kinds, Some(&unnamed), 1, &namer);
    let names = namer.names.into_inner();
    names.unwrap_or_else(PoisonError::into_inner)
}

/// Hashes what it is given.
struct Namer<'a> {
    census: &'a Census<'a>,
    names: Mutex<HashMap<ObjectId, ObjectId>>,
}

impl Namer<'_> {
    fn name(&self, number: u32, name: ObjectId) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert(self.census.id(number), name);
    }
}

impl Visitor for Namer<'_> {
    type Note = ();

    fn object(&self, seen: &Seen<'_>) {
        if let Ok(name) = compute_hash(self.census.hash(), seen.kind, seen.data) {
            self.name(seen.number, name);
        }
    }

    fn large(&self, number: u32, kind: Kind, size: u64, data: &mut dyn Read) {
        let mut hasher = gix::hash::hasher(self.census.hash());
        hasher.update(&gix::objs::encode::loose_header(kind, size));
        let mut piece = vec![0; 1 << 16];
        loop {
            match data.read(&mut piece) {
                Ok(0) => break,
                Ok(read) => hasher.update(piece.get(..read).unwrap_or_default()),
                Err(_) => return,
            }
        }
        if let Ok(name) = hasher.try_finalize() {
            self.name(number, name);
        }
    }

    fn lost(&self, _: u32, _: &Fault) {}
}

/// A store of one pack.
struct Only(Vec<Pack>);

impl Objects for Only {
    fn hash(&self) -> gix::hash::Kind {
        self.0.first().map_or(gix::hash::Kind::Sha1, Pack::hash)
    }

    fn packs(&self) -> &[Pack] {
        &self.0
    }

    fn loose(&self) -> (Vec<ObjectId>, Vec<Fault>) {
        (Vec::new(), Vec::new())
    }

    fn header(&self, _: &oid) -> Result<Option<(Kind, u64)>, Fault> {
        Ok(None)
    }

    fn read(&self, _: &oid, _: u64) -> Result<Option<(Kind, Vec<u8>)>, Fault> {
        Ok(None)
    }

    fn stream(&self, id: &oid, _: &mut dyn FnMut(Kind, u64, &mut dyn Read)) -> Result<(), Fault> {
        Err(Fault::object(id, "it is nowhere else"))
    }
}
