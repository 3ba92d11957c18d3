//! A part of an archive whose length is told before it.

use std::io::{self, Read};

/// So many bytes of a reader, which must have them.
pub(super) struct Part<'r> {
    reader: &'r mut dyn Read,
    left: u64,
    failed: bool,
}

impl<'r> Part<'r> {
    pub(super) fn new(reader: &'r mut dyn Read, length: u64) -> Self {
        Self {
            reader,
            left: length,
            failed: false,
        }
    }

    /// Passes over what was not read of it; false when that can't be, and was told when it was read.
    ///
    /// # Errors
    ///
    /// When that can't be, and nobody knows.
    pub(super) fn finish(mut self) -> io::Result<bool> {
        if self.failed {
            return Ok(false);
        }
        io::copy(&mut self, &mut io::sink())?;
        Ok(true)
    }
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let room = buffer.len().min(most);
        let room = buffer.get_mut(..room).unwrap_or_default();
        if room.is_empty() {
            return Ok(0);
        }
        let read = match self.reader.read(room) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            read => read,
        };
        match read {
            Ok(read) => self.left = self.left.saturating_sub(read as u64),
            Err(ref error) => self.failed = error.kind() != io::ErrorKind::Interrupted,
        }
        read
    }
}

/// Reads a header; none where the archive ends before it.
///
/// # Errors
///
/// When it can't be read, or ends within it.
pub(super) fn header<const LENGTH: usize>(
    reader: &mut dyn Read,
) -> io::Result<Option<[u8; LENGTH]>> {
    let mut header = [0; LENGTH];
    let mut have = 0;
    while let Some(room) = header.get_mut(have..).filter(|room| !room.is_empty()) {
        match reader.read(room) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => have += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(header))
}

/// A number in digits, without what fills its field up; none when it is none.
pub(super) fn number(field: &[u8], radix: u32) -> Option<u64> {
    u64::from_str_radix(str::from_utf8(field).ok()?.trim_end_matches(' '), radix).ok()
}
