//! Objects that are too large to be held: handed out as they are inflated.

use std::io::{self, Read};

use gix::hash::{Hasher, oid};
use gix::objs::Kind;

use super::rebuild::LARGEST;
use super::{Store, hashed, loose};
use crate::git::Fault;
use crate::git::pack::{Base, Inflater, Pack};

impl Store {
    /// Hands out an object of any size, in pieces: its kind, its size in bytes by its header's word,
    /// and its content to be read. False when there is no such object.
    ///
    /// A reader that was read to its end without an error gave the whole, checked content. When it
    /// fails, the next copy of the object is handed out from its start: `with` may be called several
    /// times, and only what the last call saw counts.
    ///
    /// # Errors
    ///
    /// When no copy can be read; or when all are deltas of more than 64 MiB, which can't be streamed.
    pub fn stream(
        &self,
        id: &oid,
        with: &mut dyn FnMut(Kind, u64, &mut dyn Read),
    ) -> Result<bool, Fault> {
        let mut fault = None;
        let mut tell = |told: Fault| {
            fault.get_or_insert(told);
        };
        for (at, pack) in self.packs.all() {
            let Some(number) = pack.find(id) else {
                continue;
            };
            let entry = pack.entry(pack.offset(number));
            match entry.map(|entry| (entry.base, entry)) {
                Ok((Base::None(kind), entry)) if !self.damaged.has((at, pack.offset(number))) => {
                    match packed(pack, id, kind, &entry, with) {
                        Ok(()) => return Ok(true),
                        Err(what) => tell(Fault::object(id, what).within(pack.path())),
                    }
                }
                // Deltas and damage are for `read`, below.
                _ => {}
            }
        }
        for dir in &self.dirs {
            match loose::open(dir, id) {
                Ok(Some(mut loose)) => {
                    let (kind, size) = (loose.kind, loose.size);
                    match watched(&mut loose, |reader| with(kind, size, reader)) {
                        Ok(()) => return Ok(true),
                        Err(cause) => {
                            let what = loose::unreadable(&cause);
                            tell(Fault::object(id, what).within(loose::path(dir, id)));
                        }
                    }
                }
                Ok(None) => {}
                Err(told) => tell(told),
            }
        }
        match (self.read(id, LARGEST), fault) {
            (Ok(Some(object)), _) => {
                with(object.kind, object.data.len() as u64, &mut &*object.data);
                Ok(true)
            }
            (Ok(None), None) => Ok(false),
            (_, Some(told)) | (Err(told), None) => Err(told),
        }
    }
}

/// Streams an entry that is no delta.
fn packed(
    pack: &Pack,
    id: &oid,
    kind: Kind,
    entry: &crate::git::pack::Entry,
    with: &mut dyn FnMut(Kind, u64, &mut dyn Read),
) -> Result<(), String> {
    let mut inflater = Inflater::new();
    let stream = inflater
        .stream(pack.packed(entry), Some(entry.size))
        .map_err(|damage| damage.to_string())?;
    let mut reader = Hashed {
        stream,
        hasher: Some(hashed::hasher(pack.hash(), kind, entry.size)),
        id,
    };
    watched(&mut reader, |reader| with(kind, entry.size, reader)).map_err(|cause| cause.to_string())
}

/// Compares the name at the end.
struct Hashed<'a, R> {
    stream: R,
    hasher: Option<Hasher>,
    id: &'a oid,
}

impl<R: Read> Read for Hashed<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(out)?;
        if read == 0 && !out.is_empty() {
            if let Some(hasher) = self.hasher.take()
                && !hashed::fits(hasher, self.id)
            {
                return Err(io::Error::new(io::ErrorKind::InvalidData, hashed::DIFFERS));
            }
        } else if let Some(hasher) = &mut self.hasher {
            hasher.update(out.get(..read).unwrap_or_default());
        }
        Ok(read)
    }
}

/// Lends a reader, and returns the error that it gave meanwhile.
fn watched(reader: &mut dyn Read, with: impl FnOnce(&mut dyn Read)) -> io::Result<()> {
    struct Watched<'a> {
        reader: &'a mut dyn Read,
        failed: Option<(io::ErrorKind, String)>,
    }
    impl Read for Watched<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            if let Some((kind, what)) = &self.failed {
                return Err(io::Error::new(*kind, what.clone()));
            }
            self.reader.read(out).inspect_err(|cause| {
                if cause.kind() != io::ErrorKind::Interrupted {
                    self.failed = Some((cause.kind(), loose::unreadable(cause)));
                }
            })
        }
    }
    let mut watched = Watched {
        reader,
        failed: None,
    };
    with(&mut watched);
    match watched.failed {
        Some((kind, what)) => Err(io::Error::new(kind, what)),
        None => Ok(()),
    }
}
