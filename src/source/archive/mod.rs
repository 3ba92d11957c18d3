//! Archives: their members are contents of their own.
//!
//! Nothing is written to disk, and names are only names. An archive costs at most what
//! its [`Allowance`] says, whatever its headers claim.

mod ar;
mod ascii85;
mod closed;
mod compressed;
mod cpio;
mod hidden;
mod kind;
mod lzma;
mod packed;
mod part;
mod pdf;
mod rpm;
mod stream;
mod tar;
mod zip;
mod zstd;

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::Arc;

use super::content::Feeder;
use super::windows::Supply;
use crate::finding::Origin;

pub(super) use closed::Closed;
pub(super) use kind::Kind;
pub(super) use pdf::begins as is_pdf;

/// The most members read from one file, those of archives inside included.
const MEMBERS: u64 = 10_000;
/// The most bytes unpacked from one file.
const UNPACKED: u64 = 1 << 30;
/// Unpacked bytes that any archive may have, however small it is.
const UNPACKED_ANYWAY: u64 = 64 << 20;
/// Unpacked bytes for each byte of the file beyond that: what packs better is a bomb.
const RATIO: u64 = 200;
/// How many archives may lie inside one another.
const DEPTH: u32 = 3;
/// The most bytes of an archive in an archive that are held in memory, where its format must be
/// read from its end.
const HELD: u64 = 64 << 20;

/// How long the last record of a zip archive is, in bytes.
const DIRECTORY_END: usize = 22;

/// What one file may still cost.
#[derive(Debug)]
pub(super) struct Allowance {
    members: u64,
    unpacked: Rc<Cell<u64>>,
    held: u64,
    containers: u32,
    layers: u32,
}

impl Allowance {
    /// For a file of this size, if known.
    pub(super) fn new(size: Option<u64>) -> Self {
        let by_size = size.map_or(UNPACKED, |size| {
            UNPACKED_ANYWAY.saturating_add(size.saturating_mul(RATIO))
        });
        Self {
            members: MEMBERS,
            unpacked: Rc::new(Cell::new(UNPACKED.min(by_size))),
            held: HELD,
            containers: 0,
            layers: 0,
        }
    }

    /// Whether one more archive may be opened inside those that are open.
    pub(super) fn may_enter(&self, kind: Kind) -> bool {
        let open = if kind.is_container() {
            self.containers
        } else {
            self.layers
        };
        open < DEPTH
    }

    /// Counts the archives that are open, when one is opened or closed.
    fn open(&mut self, kind: Kind, by: i32) {
        let open = if kind.is_container() {
            &mut self.containers
        } else {
            &mut self.layers
        };
        *open = open.saturating_add_signed(by);
    }
}

/// An allowance that is used up.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Limit(&'static str);

fn limit(what: &'static str) -> io::Error {
    io::Error::other(Limit(what))
}

/// Whether an error says that an allowance is used up.
pub(super) fn is_limit(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Limit>())
}

/// A reader of unpacked bytes, which draws on the allowance of the whole file.
struct Metered<R> {
    reader: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 {
            // To end here exactly is allowed.
            return match self.reader.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(limit(
                    "unpacks to more than is allowed; the rest was not read",
                )),
            };
        }
        let most = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let read = self
            .reader
            .read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left.set(left.saturating_sub(read as u64));
        Ok(read)
    }
}

/// Unpacks an archive whose begin was read. False when it turns out to be none: then nothing of it
/// was handed out, and the supply stands where it stood.
pub(super) fn unpack(
    feeder: &mut Feeder<'_>,
    kind: Kind,
    supply: &mut Supply<'_>,
    begin: &[u8],
    whole: bool,
    origin: &Origin,
    allowance: &mut Allowance,
) -> bool {
    if !kind.is_container()
        && let Err(error) = compressed::begins(kind, begin)
    {
        // Nothing comes out of it: text that only begins as they do, or damage.
        feeder.unread(&error, origin);
        return false;
    }
    allowance.open(kind, 1);
    let done = if kind == Kind::Zip {
        zip::unpack(feeder, supply, begin, whole, origin, allowance)
    } else {
        let reader = &mut begin.chain(&mut *supply.reader);
        let read = match kind {
            Kind::Ar => ar::unpack(feeder, reader, origin, allowance),
            Kind::Cpio => cpio::unpack(feeder, reader, origin, allowance),
            Kind::Rpm => rpm::unpack(feeder, reader, origin, allowance),
            Kind::Pdf => pdf::unpack(feeder, reader, origin, allowance),
            _ => {
                match kind {
                    Kind::Tar => tar::unpack(feeder, reader, origin, allowance),
                    _ => compressed::unpack(feeder, kind, reader, origin, allowance),
                }
                Ok(())
            }
        };
        if let Err(error) = read {
            feeder.unread(&error, origin);
        }
        true
    };
    allowance.open(kind, -1);
    done
}

/// The origin of a member.
fn member(origin: &Origin, name: &[u8]) -> Origin {
    let mut origin = origin.clone();
    origin.members.push(Arc::from(name));
    origin
}

/// The innermost name of an origin.
fn name(origin: &Origin) -> &[u8] {
    origin.members.last().unwrap_or(&origin.path)
}

/// Takes one member from the allowance; false when none is left.
fn may_feed(feeder: &mut Feeder<'_>, allowance: &mut Allowance) -> bool {
    let Some(left) = allowance.members.checked_sub(1) else {
        return false;
    };
    allowance.members = left;
    feeder.stats.members += 1;
    true
}

/// Tells that an archive has more members than are read.
fn too_many(feeder: &Feeder<'_>, origin: &Origin) {
    feeder.gap(
        origin,
        format!("more than {MEMBERS} members; the rest was not read"),
        Some("unpack it and scan what it holds"),
    );
}

/// Feeds a content that an archive holds as it is.
fn stored(
    feeder: &mut Feeder<'_>,
    reader: &mut dyn Read,
    origin: &Origin,
    allowance: &mut Allowance,
) {
    feeder.content(&mut Supply::new(reader), origin, allowance);
}

/// Feeds a content that is unpacked while it is read.
fn unpacked(
    feeder: &mut Feeder<'_>,
    reader: &mut dyn Read,
    origin: &Origin,
    allowance: &mut Allowance,
) {
    let left = Rc::clone(&allowance.unpacked);
    stored(feeder, &mut Metered { reader, left }, origin, allowance);
}
