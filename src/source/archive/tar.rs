//! tar archives.

use std::io::Read;

use ::tar::{Archive, Entry, EntryType};

use super::{Allowance, Feeder, may_feed, member, stored, too_many};
use crate::finding::Origin;

/// The longest name record that is read, in bytes.
const LONGEST_NAME: u64 = 64 << 10;
/// The longest extended header that is read, in bytes.
const LONGEST_HEADER: u64 = 1 << 20;

/// Whether the first header's checksum fits (POSIX.1-2001, pax, ustar header block).
pub(super) fn checksum_fits(header: &[u8]) -> bool {
    let Some(field) = header.get(148..156) else {
        return false;
    };
    let digits: Vec<u8> = field
        .iter()
        .copied()
        .skip_while(|byte| *byte == b' ')
        .take_while(|byte| matches!(byte, b'0'..=b'7'))
        .collect();
    let claimed = digits
        .iter()
        .fold(0_u32, |all, digit| all * 8 + u32::from(digit - b'0'));
    let sum: u32 = header
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            if (148..156).contains(&at) {
                32
            } else {
                u32::from(*byte)
            }
        })
        .sum();
    !digits.is_empty() && sum == claimed
}

/// Feeds the members of a tar archive.
pub(super) fn unpack(
    feeder: &mut Feeder<'_>,
    reader: &mut dyn Read,
    origin: &Origin,
    allowance: &mut Allowance,
) {
    let mut archive = Archive::new(reader);
    // Archives are joined end to end at times.
    archive.set_ignore_zeros(true);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => return feeder.unread(&error, origin),
    };
    // Raw: the library holds name records in memory, however long they are.
    let mut long_name: Option<Vec<u8>> = None;
    let mut long_target: Option<Vec<u8>> = None;
    for entry in entries.raw(true) {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => return feeder.unread(&error, origin),
        };
        match entry.header().entry_type() {
            kind @ (EntryType::GNULongName | EntryType::GNULongLink) => {
                let name = record(feeder, &mut entry, LONGEST_NAME, origin).map(|mut name| {
                    name.truncate(memchr::memchr(0, &name).unwrap_or(name.len()));
                    name
                });
                match kind {
                    EntryType::GNULongName => long_name = name,
                    _ => long_target = name,
                }
            }
            EntryType::XGlobalHeader => {
                if let Some(header) = record(feeder, &mut entry, LONGEST_HEADER, origin) {
                    feeder.plain(&mut header.as_slice(), origin);
                }
            }
            EntryType::XHeader => {
                let header = record(feeder, &mut entry, LONGEST_HEADER, origin).unwrap_or_default();
                if value(&header, b"size").is_some() {
                    // The size in the next header is not the true one then: 8 GiB and more.
                    return feeder.gap(
                        origin,
                        "a member's size can't be told; it and the rest were not read",
                        None,
                    );
                }
                if let Some(path) = value(&header, b"path") {
                    long_name = Some(path.to_vec());
                }
                if let Some(target) = value(&header, b"linkpath") {
                    long_target = Some(target.to_vec());
                }
                if !is_usual(&header) {
                    feeder.plain(&mut header.as_slice(), origin);
                }
            }
            EntryType::GNUSparse
                if entry.header().as_gnu().is_some_and(|gnu| gnu.is_extended()) =>
            {
                return feeder.gap(
                    origin,
                    "a sparse member can't be read; it and the rest were not read",
                    None,
                );
            }
            // The target is content, as it is of a link in a tree.
            EntryType::Symlink => {
                let name = long_name
                    .take()
                    .unwrap_or_else(|| entry.path_bytes().into_owned());
                let target = long_target
                    .take()
                    .unwrap_or_else(|| entry.link_name_bytes().unwrap_or_default().into_owned());
                if !may_feed(feeder, allowance) {
                    return too_many(feeder, origin);
                }
                feeder.plain(&mut target.as_slice(), &member(origin, &name));
            }
            EntryType::Directory
            | EntryType::Link
            | EntryType::Char
            | EntryType::Block
            | EntryType::Fifo
                if entry.size() == 0 =>
            {
                (long_name, long_target) = (None, None);
            }
            _ => {
                long_target = None;
                let name = long_name
                    .take()
                    .unwrap_or_else(|| entry.path_bytes().into_owned());
                if !may_feed(feeder, allowance) {
                    return too_many(feeder, origin);
                }
                stored(feeder, &mut entry, &member(origin, &name), allowance);
            }
        }
    }
}

/// The whole of a record that says something about the next member; none when it is too long, which is told.
fn record<R: Read>(
    feeder: &Feeder<'_>,
    entry: &mut Entry<'_, R>,
    most: u64,
    origin: &Origin,
) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    if entry.size() > most {
        let what = "a member's name or extended header is too long; it was not read";
        feeder.gap(origin, what, None);
        return None;
    }
    entry.take(most).read_to_end(&mut out).ok()?;
    Some(out)
}

/// The value of a key in an extended header: lines of `length key=value`.
fn value<'a>(header: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    header.split(|byte| *byte == b'\n').rev().find_map(|line| {
        let space = memchr::memchr(b' ', line)?;
        line.get(space + 1..)?.strip_prefix(key)?.strip_prefix(b"=")
    })
}

/// Whether an extended header says no more than the system does of a file (POSIX.1-2001, pax, extended header
/// keywords; what star and Python add): its names are read where they are used.
fn is_usual(header: &[u8]) -> bool {
    const USUAL: [&[u8]; 15] = [
        b"atime",
        b"charset",
        b"ctime",
        b"gid",
        b"gname",
        b"hdrcharset",
        b"linkpath",
        b"mtime",
        b"path",
        b"size",
        b"uid",
        b"uname",
        b"SCHILY.dev",
        b"SCHILY.ino",
        b"SCHILY.nlink",
    ];
    header
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .all(|line| {
            let space = memchr::memchr(b' ', line);
            let key = space.and_then(|space| line.get(space + 1..));
            USUAL.iter().any(|usual| {
                let value = key.and_then(|key| key.strip_prefix(*usual));
                value.is_some_and(|value| value.starts_with(b"="))
            })
        })
}
