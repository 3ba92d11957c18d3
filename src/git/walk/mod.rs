//! Every object of a store, each once.
//!
//! A [`Census`] numbers the objects of all packs and loose files, in the order in which they stand in
//! the packs, and knows which delta hangs on which: a *family* is an object that is no delta, and
//! all that is made from it. [`Census::walk`] decodes families, each from its root down, in parallel,
//! and hands out each object while it is in the cache.
//!
//! What bounds the work and the memory, whatever a repository claims: an object is at most
//! [`LARGEST`] bytes (larger ones are streamed or named as lost), and an entry takes about twenty
//! bytes of a pack, so a repository of n entries costs n times that at most, in the time of copying
//! memory; a deflated stream can't come to more than 1032 times its length. Each thread holds the
//! bases whose children it has not done yet: the largest branch below an object is done last, when
//! the object itself is no longer needed, so they are at most the logarithm of the pack's size in
//! number, and [`Limits::held`]
//! bytes in all.

mod census;
mod dive;
mod family;
mod gather;
mod objects;
mod run;
mod twice;
mod worker;

pub use census::Census;
pub use objects::Objects;

use std::io::Read;

use gix::objs::Kind;

use super::fault::Fault;
use super::pack::Stretch;

/// The largest object that is held in memory, in bytes.
pub const LARGEST: u64 = 64 << 20;

/// What a walk may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest object that is held in memory, in bytes.
    pub object: u64,
    /// How many bytes of bases one task holds, besides the ones at hand. Over it the one nearest to
    /// the root is dropped, and decoded again when its next child comes.
    pub held: usize,
    /// How many bytes a task decodes a second time at most.
    pub again: u64,
    /// How many bytes of objects make a branch of a family worth a task of its own.
    pub branch: u64,
    /// The largest base that waits for another thread, in bytes: a branch below a larger one is done
    /// by the same task.
    pub shared: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            object: LARGEST,
            held: 96 << 20,
            again: 4 << 30,
            branch: 16 << 20,
            shared: 512 << 10,
        }
    }
}

/// An object, decoded.
#[derive(Debug)]
pub struct Seen<'a, Note = ()> {
    /// Its number in the census.
    pub number: u32,
    /// What it is.
    pub kind: Kind,
    /// Its content.
    pub data: &'a [u8],
    /// The object that it was made from.
    pub base: Option<u32>,
    /// What it copied from there, ascending, each stretch as long as it can be.
    pub copied: &'a [Stretch],
    /// What the visitor noted of the base.
    pub note: Option<&'a Note>,
}

/// What takes the objects. It is called from several threads at once.
pub trait Visitor: Sync {
    /// What it notes of an object for those that are made from it. It is kept as long as the object's
    /// content is, or could be decoded again: of no more objects at a time than make a way from a root down,
    /// and the tasks that wait.
    type Note: Send + Sync;

    /// Takes an object. A base comes before what is made from it.
    fn object(&self, seen: &Seen<'_, Self::Note>) -> Self::Note;

    /// Takes a blob that is too large to be held, as a stream. Whether it could be read to its end is
    /// known only then: if not, the next copy follows with another call, or [`Visitor::lost`]. Only
    /// the last call counts.
    fn large(&self, number: u32, kind: Kind, size: u64, data: &mut dyn Read);

    /// Learns of an object of which no copy could be read. One whose kind can't be told is named
    /// whatever kinds are walked.
    fn lost(&self, number: u32, fault: &Fault);
}
