//! zip archives.

use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};

use zip::ZipArchive;

use super::hidden::Named;
use super::packed::Packed;
use super::{Allowance, Feeder, Kind, Supply, limit, may_feed, member, too_many, unpacked};
use crate::finding::Origin;

/// The most entries of a directory that is read into memory, whatever is read of them.
const ENTRIES: u64 = 100_000;

trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// Feeds the members of a zip archive. False when it is none: nothing was fed then.
pub(super) fn unpack(
    feeder: &mut Feeder<'_>,
    supply: &mut Supply<'_>,
    begin: &[u8],
    whole: bool,
    origin: &Origin,
    allowance: &mut Allowance,
) -> bool {
    if whole {
        return members(feeder, &mut Cursor::new(begin), begin, origin, allowance);
    }
    if let Some(file) = supply.file {
        let done = members(feeder, &mut BufReader::new(file), begin, origin, allowance);
        let mut file = file;
        // The caller goes on where it stood.
        if !done && let Err(error) = file.seek(SeekFrom::Start(begin.len() as u64)) {
            feeder.unread(&error, origin);
            return true;
        }
        return done;
    }
    // Its directory is at its end: hold it all, if it is not too large.
    let mut held = begin.to_vec();
    let room = allowance.held.saturating_sub(begin.len() as u64);
    match (&mut *supply.reader)
        .take(room.saturating_add(1))
        .read_to_end(&mut held)
    {
        Ok(more) if more as u64 > room => {
            let error = limit("a zip archive of this size inside another can't be unpacked");
            feeder.unread(&error, origin);
        }
        Ok(more) => {
            let size = more as u64 + begin.len() as u64;
            allowance.held = allowance.held.saturating_sub(size);
            if !members(feeder, &mut Cursor::new(&held), begin, origin, allowance) {
                // What was held is all there is of it.
                feeder.plain(&mut held.as_slice(), origin);
            }
            allowance.held = allowance.held.saturating_add(size);
        }
        Err(error) => feeder.unread(&error, origin),
    }
    true
}

fn members(
    feeder: &mut Feeder<'_>,
    mut reader: &mut dyn ReadSeek,
    begin: &[u8],
    origin: &Origin,
    allowance: &mut Allowance,
) -> bool {
    match entries(&mut reader) {
        Ok(Some(entries)) if entries > ENTRIES => {
            too_many(feeder, origin);
            return false;
        }
        Ok(_) => {}
        Err(error) => {
            feeder.unread(&error, origin);
            return true;
        }
    }
    let mut archive = match ZipArchive::new(reader) {
        Ok(archive) => archive,
        Err(error) => {
            feeder.gap(origin, format!("can't be unpacked: {error}"), None);
            return false;
        }
    };
    // Only what reads it from its begin would see them.
    if archive.is_empty() && begin.starts_with(b"PK\x03\x04") {
        let what = "can't be unpacked: it has members, but its directory names none";
        feeder.gap(origin, what, None);
        return false;
    }
    if !archive.comment().is_empty() {
        let comment = archive.comment().to_vec();
        feeder.plain(&mut comment.as_slice(), origin);
    }
    let mut named = Named::default();
    let mut all = true;
    for at in 0..archive.len() {
        let (name, empty) = match archive.by_index_raw(at) {
            Ok(entry) => {
                named.add(&entry);
                let empty = entry.size() == 0 && entry.compressed_size() == 0;
                (entry.name_raw().to_vec(), empty)
            }
            Err(_) => (format!("member {at}").into_bytes(), false),
        };
        // Directories have no content, as a rule.
        if name.ends_with(b"/") && empty {
            continue;
        }
        if !may_feed(feeder, allowance) {
            too_many(feeder, origin);
            all = false;
            break;
        }
        let origin = member(origin, &name);
        if let Ok(entry) = archive.by_index_raw(at)
            && let Some(kind) = Packed::kind(&entry)
        {
            unpacked(feeder, &mut Packed::new(entry, kind), &origin, allowance);
            continue;
        }
        match archive.by_index(at) {
            Ok(mut entry) => unpacked(feeder, &mut entry, &origin, allowance),
            Err(error) => feeder.gap(&origin, format!("can't be unpacked: {error}"), None),
        }
    }
    if all {
        let stands = (Kind::is_program(begin), archive.central_directory_start());
        let mut reader = archive.into_inner();
        if let Err(error) = named.feed_others(feeder, &mut reader, stands, origin, allowance) {
            feeder.unread(&error, origin);
        }
    }
    true
}

/// How many entries the end of the archive claims (APPNOTE 4.3.14 and 4.3.16): the reader makes
/// room for as many. None when there is no such record.
fn entries(reader: &mut dyn ReadSeek) -> std::io::Result<Option<u64>> {
    /// The record without its comment, the longest comment, and the locator of zip64 before it.
    const TAIL: u64 = 22 + 0xffff + 20 + 56;
    let size = reader.seek(SeekFrom::End(0))?;
    reader.seek(SeekFrom::Start(size.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    reader.take(TAIL).read_to_end(&mut tail)?;
    reader.seek(SeekFrom::Start(0))?;
    let number = |mark: &[u8; 4], at: usize, length: usize| {
        memchr::memmem::rfind_iter(&tail, mark)
            .filter_map(|found| tail.get(found..)?.get(at..at + length))
            .map(|bytes| {
                bytes
                    .iter()
                    .rev()
                    .fold(0_u64, |all, byte| all << 8 | u64::from(*byte))
            })
            .max()
    };
    // 0xffff stands for "see the zip64 record".
    let short = number(b"PK\x05\x06", 10, 2);
    Ok(match number(b"PK\x06\x06", 32, 8) {
        Some(long) => Some(long),
        None => short,
    })
}
