//! Cutting a content into pieces of bounded size.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::{Piece, Sink};
use crate::decode::text::Encoding;
use crate::detect::Reach;
use crate::finding::Origin;
use crate::platform;

/// Contents up to this size are one piece, in bytes.
pub const WHOLE: usize = 8 << 20;
/// What each further piece of a larger content adds, in bytes.
pub const WINDOW: usize = 4 << 20;
/// How much of the piece before each further piece repeats, in bytes: more than any credential
/// with its context.
pub const OVERLAP: usize = 64 << 10;

/// Read beyond a full piece, to know whether it is the last.
const AHEAD: usize = 4 << 10;

/// How many of a file's last bytes may tell what it is.
const TAIL: usize = 512;

/// How much of a content is read before it is known whether it is an archive, in bytes.
pub(super) const BEGIN: usize = 64 << 10;

/// What a read buffer holds.
pub(super) const BUFFER: usize = WHOLE + AHEAD;

/// A content that is being read.
pub(super) struct Supply<'a> {
    /// Its bytes.
    pub(super) reader: &'a mut dyn Read,
    /// The file that the reader reads, when it is one: to look for holes in, to seek in.
    pub(super) file: Option<&'a File>,
    /// All of it, where it is at hand.
    pub(super) whole: Option<&'a [u8]>,
    /// Its size, as far as known: saves the read that finds the end.
    pub(super) size: Option<u64>,
    /// Why it ended early, when it did.
    pub(super) failure: Option<io::Error>,
}

/// The begin of a content.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// Bytes in the buffer.
    pub(super) have: usize,
    /// Whether that is all.
    pub(super) end: bool,
}

impl<'a> Supply<'a> {
    /// A content that is nothing but a reader.
    pub(super) fn new(reader: &'a mut dyn Read) -> Self {
        Self {
            reader,
            file: None,
            whole: None,
            size: None,
            failure: None,
        }
    }

    /// Fills the buffer with the content's begin, of which so many bytes are in it.
    pub(super) fn head(&mut self, buffer: &mut [u8], have: usize) -> Head {
        let (have, end) = self.fill(buffer, have, 0);
        Head { have, end }
    }

    /// Reads until the buffer is full or the content ends: how much is in it, and whether it ended.
    /// The buffer's begin is at `offset` of the content.
    fn fill(&mut self, buffer: &mut [u8], mut have: usize, offset: u64) -> (usize, bool) {
        while let Some(room) = buffer.get_mut(have..).filter(|room| !room.is_empty()) {
            let wanted = room.len();
            match self.reader.read(room) {
                Ok(0) => return (have, true),
                Ok(read) => {
                    have += read;
                    let reached = offset.saturating_add(have as u64);
                    if read < wanted && self.size.is_some_and(|size| reached >= size && size > 0) {
                        return (have, true);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(error);
                    return (have, true);
                }
            }
        }
        (have, false)
    }

    /// What the last bytes of the file that is read say. What is no file has none.
    pub(super) fn ends<T>(&self, holds: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        let mut file = self.file?;
        let mut last = [0; TAIL];
        let stands = file.stream_position().ok()?;
        let length = i64::try_from(TAIL).unwrap_or(0);
        let read = file
            .seek(SeekFrom::End(-length))
            .and_then(|_| file.read_exact(&mut last));
        // Reading goes on where it stood, or fails there.
        file.seek(SeekFrom::Start(stands)).and(read).ok()?;
        holds(&last)
    }

    /// Where the next bytes that are not in a hole stand, behind `from`; none within when only holes
    /// follow. The reader goes on from there.
    fn skip_hole(&mut self, from: u64) -> Option<Option<u64>> {
        platform::next_data(self.file?, from)
    }
}

/// Hands out a content whose begin is in the buffer, and returns how many bytes of it were read, and
/// for which paths what is found in all pieces holds.
pub(super) fn pieces(
    supply: &mut Supply<'_>,
    head: Head,
    buffer: &mut [u8],
    origin: &Origin,
    sink: &dyn Sink,
) -> (u64, Reach) {
    let Head { mut have, mut end } = head;
    let mut total = have as u64;
    let (mut offset, mut line, mut fresh) = (0_u64, 1_u32, 0_usize);
    let mut encoding: Option<Encoding> = None;
    let mut overlap_is_zero = true;
    let mut reach = Reach::Inert;
    loop {
        let limit = if offset == 0 { WHOLE } else { OVERLAP + WINDOW };
        let cut = if end { have } else { have.min(limit) };
        let bytes = buffer.get(..cut).unwrap_or_default();
        let empty = is_zero(bytes.get(fresh..).unwrap_or_default());
        if end || !empty || !overlap_is_zero {
            if !empty && encoding.is_none() {
                encoding = Some(Encoding::detect(bytes));
            }
            let own = sink.piece(&Piece {
                bytes,
                offset,
                first_line: line,
                fresh_from: fresh,
                last: end,
                encoding: encoding.unwrap_or_default(),
                origin,
            });
            reach = reach.max(own);
        }
        if end {
            return (total, reach);
        }
        let keep = cut.saturating_sub(OVERLAP);
        let gone = buffer.get(..keep).unwrap_or_default();
        let lines = if empty {
            0
        } else {
            encoding.unwrap_or_default().lines(gone)
        };
        line = line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        overlap_is_zero = is_zero(buffer.get(keep..cut).unwrap_or_default());
        offset = offset.saturating_add(keep as u64);
        if overlap_is_zero
            && is_zero(buffer.get(cut..have).unwrap_or_default())
            && let Some(jump) = supply.skip_hole(offset.saturating_add((have - keep) as u64))
        {
            (have, fresh) = (0, 0);
            match jump {
                Some(at) => offset = at,
                None => {
                    end = true;
                    continue;
                }
            }
        } else {
            buffer.copy_within(keep..have, 0);
            (have, fresh) = (have - keep, cut - keep);
        }
        let room = buffer
            .get_mut(..OVERLAP + WINDOW + AHEAD)
            .unwrap_or_default();
        let before = have;
        (have, end) = supply.fill(room, have, offset);
        total = total.saturating_add(have.saturating_sub(before) as u64);
    }
}

/// Whether there is nothing but zeros.
fn is_zero(bytes: &[u8]) -> bool {
    bytes
        .chunks(4096)
        .all(|chunk| chunk.iter().fold(0, |all, byte| all | byte) == 0)
}
