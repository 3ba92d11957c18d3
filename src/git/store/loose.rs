//! Objects in files of their own.
//!
//! Each is a zlib stream of `kind size\0` and the object (gitformat-loose(5)), in a file named by the
//! hash of that: so the hash is checked, always.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::ZlibDecoder;
use gix::ObjectId;
use gix::hash::{Hasher, oid};
use gix::objs::Kind;

use super::hashed;
use crate::error::reason;
use crate::git::Fault;
use crate::git::file;

/// More bytes than any header has.
const HEADER: usize = 32;

/// How much is read at a time, in bytes.
const STEP: usize = 8 << 10;

/// A loose object whose header was read. What follows is read from it: exactly so many bytes, or an
/// error. The hash is checked at the end.
pub(super) struct Loose {
    pub(super) kind: Kind,
    /// The header's word, in bytes.
    pub(super) size: u64,
    stream: ZlibDecoder<BufReader<File>>,
    left: u64,
    hasher: Option<Hasher>,
    id: ObjectId,
}

/// Where a loose object stands in an objects directory.
pub(super) fn path(objects: &Path, id: &oid) -> PathBuf {
    let hex = id.to_hex().to_string();
    let (dir, name) = hex.split_at_checked(2).unwrap_or_default();
    objects.join(dir).join(name)
}

/// Opens an object; none when this directory has no such file.
pub(super) fn open(objects: &Path, id: &oid) -> Result<Option<Loose>, Fault> {
    let path = path(objects, id);
    let fault = |what: &str| Fault::object(id, what).within(&path);
    let file = match file::regular(&path) {
        Ok((file, _)) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound && !path.is_symlink() => {
            return Ok(None);
        }
        Err(cause) => return Err(fault(&reason(&cause))),
    };
    let mut stream = ZlibDecoder::new(BufReader::with_capacity(STEP, file));
    let mut header = Vec::with_capacity(HEADER);
    loop {
        let mut byte = [0];
        match stream.read(&mut byte) {
            Ok(0) => return Err(fault("it is cut off")),
            Ok(_) if byte == [0] => break,
            Ok(_) if header.len() < HEADER => header.extend_from_slice(&byte),
            Ok(_) => return Err(fault("it has no header")),
            Err(cause) => return Err(fault(&unreadable(&cause))),
        }
    }
    let (kind, size) = parse(&header).ok_or_else(|| fault("it has no header"))?;
    let mut hasher = gix::hash::hasher(id.kind());
    hasher.update(&header);
    hasher.update(&[0]);
    Ok(Some(Loose {
        kind,
        size,
        stream,
        left: size,
        hasher: Some(hasher),
        id: id.to_owned(),
    }))
}

/// Reads an object of at most so many bytes; none when this directory has no such file.
pub(super) fn read(objects: &Path, id: &oid, most: u64) -> Result<Option<(Kind, Vec<u8>)>, Fault> {
    let Some(mut loose) = open(objects, id)? else {
        return Ok(None);
    };
    let fault = |what: String| Fault::object(id, what).within(path(objects, id));
    if loose.size > most {
        return Err(fault(super::too_large(loose.size, most)));
    }
    // The size is believed as far as the data bears it out.
    let mut out = Vec::with_capacity(usize::try_from(loose.size).unwrap_or(STEP).min(STEP));
    match loose.read_to_end(&mut out) {
        Ok(_) => Ok(Some((loose.kind, out))),
        Err(cause) => Err(fault(unreadable(&cause))),
    }
}

impl Read for Loose {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let damaged = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidData, what));
        if out.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            let Some(hasher) = self.hasher.take() else {
                return Ok(0);
            };
            // Its end must be there too, and right.
            if self.stream.read(&mut [0])? != 0 {
                return damaged("it is longer than its header says");
            }
            return match hashed::fits(hasher, &self.id) {
                true => Ok(0),
                false => damaged(hashed::DIFFERS),
            };
        }
        let room = usize::try_from(self.left).unwrap_or(usize::MAX);
        let room = out.len().min(room);
        let read = self.stream.read(out.get_mut(..room).unwrap_or_default())?;
        if read == 0 {
            return damaged("it is shorter than its header says");
        }
        let fresh = out.get(..read).unwrap_or_default();
        if let Some(hasher) = &mut self.hasher {
            hasher.update(fresh);
        }
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

/// What a failing read means.
pub(super) fn unreadable(cause: &io::Error) -> String {
    match cause.kind() {
        io::ErrorKind::InvalidData if cause.get_ref().is_some() => cause.to_string(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            "its compressed data is damaged".to_owned()
        }
        _ => reason(cause),
    }
}

/// `kind size`.
fn parse(header: &[u8]) -> Option<(Kind, u64)> {
    let space = memchr::memchr(b' ', header)?;
    let kind = Kind::from_bytes(header.get(..space)?).ok()?;
    let digits = header.get(space + 1..)?;
    // No sign, as `parse` would allow.
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let size = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((kind, size))
}

/// Hands out the id of every loose object of an objects directory. Other files are ignored, as git
/// does; but a name for another hash than the repository's, and what can't be listed, are told.
pub(super) fn ids(
    objects: &Path,
    hash: gix::hash::Kind,
    each: &mut dyn FnMut(ObjectId),
    faults: &mut Vec<Fault>,
) {
    let is_hex = |name: &[u8]| {
        name.iter()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let entries = |dir: &Path, faults: &mut Vec<Fault>| {
        let mut out = Vec::new();
        let read = dir.read_dir().and_then(|entries| {
            for entry in entries {
                out.push(entry?.file_name().into_encoded_bytes());
            }
            Ok(())
        });
        match read {
            // `git gc` removes what it empties.
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                faults.push(Fault::file(dir, reason(&cause)));
            }
            _ => {}
        }
        out
    };
    let rest = hash.len_in_hex().saturating_sub(2);
    let mut foreign = None;
    for prefix in entries(objects, faults) {
        if prefix.len() != 2 || !is_hex(&prefix) {
            continue;
        }
        let dir = objects.join(String::from_utf8_lossy(&prefix).as_ref());
        if dir.is_file() {
            continue;
        }
        for name in entries(&dir, faults) {
            if !is_hex(&name) {
                continue;
            }
            if name.len() == rest {
                let hex = [&*prefix, &*name].concat();
                if let Ok(id) = ObjectId::from_hex(&hex) {
                    each(id);
                }
            } else if matches!(name.len(), 38 | 62) {
                foreign.get_or_insert_with(|| dir.clone());
            }
        }
    }
    if let Some(dir) = foreign {
        let what = format!("it holds objects that are not named by {hash}, and can't be read");
        faults.push(Fault::file(dir, what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        assert_eq!(parse(b"blob 0"), Some((Kind::Blob, 0)));
        let most = format!("tree {}", u64::MAX);
        assert_eq!(parse(most.as_bytes()), Some((Kind::Tree, u64::MAX)));
        for bad in [
            "",
            "blob",
            "blob ",
            "blob -1",
            "blob +1",
            "blob 1 ",
            "Blob 1",
            "blub 1",
            "blob 18446744073709551616",
        ] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
