//! Members of a zip archive that its directory does not name, and that who reads it from its begin sees: those of
//! an archive in front of it, former ones of an archive that was only added to, hidden ones.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use zip::read::{ZipFile, read_zipfile_from_stream};

use super::{Allowance, Feeder, may_feed, member, too_many, unpacked};
use crate::finding::Origin;

/// What a member begins with, and the least length of its header in bytes (APPNOTE 4.3.7).
const MARK: &[u8] = b"PK\x03\x04";
const HEADER: u64 = 30;
/// How many bytes are looked through at once.
const BLOCK: u64 = 64 << 10;

/// The parts of an archive that belong to the members its directory names.
#[derive(Debug, Default)]
pub(super) struct Named(Vec<Range<u64>>);

impl Named {
    /// Adds a member: its header and what follows it.
    pub(super) fn add<R: Read>(&mut self, entry: &ZipFile<'_, R>) {
        let start = entry.header_start();
        let data = entry.data_start().unwrap_or(start);
        self.0
            .push(start..data.saturating_add(entry.compressed_size()));
    }

    /// What lies between them in front of the directory, where a member could be. In front of the first one a
    /// program may stand, which is read as such.
    fn others(mut self, program: bool, directory: u64) -> Vec<Range<u64>> {
        self.0.sort_by_key(|part| (part.start, part.end));
        let mut end = match self.0.first() {
            Some(first) if program => first.start,
            _ => 0,
        };
        let mut others = Vec::new();
        for part in self
            .0
            .into_iter()
            .chain(std::iter::once(directory..directory))
        {
            if part.start.saturating_sub(end) >= HEADER {
                others.push(end..part.start);
            }
            end = end.max(part.end);
        }
        others
    }

    /// Feeds the members in front of the directory, which stands at `directory`, that it does not name.
    ///
    /// # Errors
    ///
    /// When the archive can't be read.
    pub(super) fn feed_others<R: Read + Seek>(
        self,
        feeder: &mut Feeder<'_>,
        reader: &mut R,
        (program, directory): (bool, u64),
        origin: &Origin,
        allowance: &mut Allowance,
    ) -> io::Result<()> {
        for other in self.others(program, directory) {
            let mut at = other.start;
            while let Some(found) = find(reader, at..other.end)? {
                if !may_feed(feeder, allowance) {
                    too_many(feeder, origin);
                    return Ok(());
                }
                reader.seek(SeekFrom::Start(found))?;
                let mut rest = reader.take(other.end - found);
                match read_zipfile_from_stream(&mut rest) {
                    Ok(Some(mut entry)) => {
                        let origin = member(origin, entry.name_raw());
                        unpacked(feeder, &mut entry, &origin, allowance);
                    }
                    Ok(None) => {}
                    Err(error) => {
                        let what = "a member that its directory does not name can't be unpacked";
                        feeder.gap(origin, format!("{what}: {error}"), None);
                        return Ok(());
                    }
                }
                at = (other.end.saturating_sub(rest.limit())).max(found + MARK.len() as u64);
            }
        }
        Ok(())
    }
}

/// Where the next mark stands in a part of the archive.
fn find<R: Read + Seek>(reader: &mut R, part: Range<u64>) -> io::Result<Option<u64>> {
    let mut block = Vec::new();
    let mut at = part.start;
    while part.end.saturating_sub(at) >= HEADER {
        reader.seek(SeekFrom::Start(at))?;
        block.clear();
        reader
            .take(BLOCK.min(part.end - at))
            .read_to_end(&mut block)?;
        if let Some(found) = memchr::memmem::find(&block, MARK) {
            return Ok(Some(at + found as u64).filter(|found| part.end - found >= HEADER));
        }
        // A mark may begin in one block and end in the next.
        let read = block.len().saturating_sub(MARK.len() - 1);
        if read == 0 {
            break;
        }
        at += read as u64;
    }
    Ok(None)
}
