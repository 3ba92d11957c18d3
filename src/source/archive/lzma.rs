//! LZMA in its older form: a header of 13 bytes without a mark, and one stream.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

use lzma_rust2::LzmaReader;

use super::limit;

/// The largest dictionary that is given memory, in bytes: twice that of `xz -9`, and as much as Zstandard may have.
const LARGEST: u32 = 128 << 20;
/// What a decoder may take with it, in KiB: its tables have up to 12 MiB.
pub(super) const MEMORY: u32 = (LARGEST >> 10) + (16 << 10);
/// What is said of a larger one.
pub(super) const DICTIONARY: &str = "needs a dictionary of more than 128 MiB; it was not read";

/// Whether a content begins with such a header (lzma-file-format.txt of XZ Utils, and what its decoder holds for
/// likely): a dictionary of 2^n or 2^n + 2^(n-1) bytes, a size below 256 GiB or none, and the zero that the stream
/// begins with. Where no name says so, with the usual properties (lc 3, lp 0, pb 2) and 64 KiB or more.
pub(super) fn begins(begin: &[u8], named: bool) -> bool {
    let Some(([properties, a, b, c, d, size @ .., 0], _)) = begin.split_first_chunk::<14>() else {
        return false;
    };
    let usual = *properties == 0x5d && [*a, *b] == [0, 0];
    let dictionary = u32::from_le_bytes([*a, *b, *c, *d]);
    let halves = dictionary >> dictionary.trailing_zeros().min(31);
    let size = u64::from_le_bytes(*size);
    (usual || named && *properties < 225)
        && (matches!(halves, 1 | 3) || dictionary == u32::MAX)
        && (size == u64::MAX || size < 1 << 38)
}

/// The one stream that a source holds.
pub(super) struct Stream<R> {
    source: Option<Kept<R>>,
    reader: Option<LzmaReader<Kept<R>>>,
    /// Why the source failed: the decoder makes a copy that has lost what it was.
    failure: Rc<RefCell<Option<io::Error>>>,
    /// How much comes out and what follows the header of a member of a zip archive; none has a header of its own.
    size: Option<u64>,
}

impl<R: Read> Stream<R> {
    /// A content.
    pub(super) fn new(source: R) -> Self {
        let failure = Rc::default();
        Self {
            source: Some(Kept {
                source,
                failure: Rc::clone(&failure),
            }),
            reader: None,
            failure,
            size: None,
        }
    }

    /// A member of a zip archive, from which so many bytes come (APPNOTE 5.8.8).
    pub(super) fn member(source: R, size: u64) -> Self {
        Self {
            size: Some(size),
            ..Self::new(source)
        }
    }

    fn begin(&mut self, mut source: Kept<R>) -> io::Result<LzmaReader<Kept<R>>> {
        let reader = match self.size {
            None => LzmaReader::new_mem_limit(source, MEMORY, None),
            Some(size) => {
                // The version of what wrote it, the length of the properties, and they.
                let mut header = [0; 9];
                source.read_exact(&mut header)?;
                let [_, _, 5, 0, properties, a, b, c, d] = header else {
                    return Err(io::Error::other("its header has an unknown length"));
                };
                let dictionary = u32::from_le_bytes([a, b, c, d]);
                if dictionary.min(u32::try_from(size).unwrap_or(u32::MAX)) > LARGEST {
                    return Err(limit(DICTIONARY));
                }
                LzmaReader::new_with_props(source, size, properties, dictionary, None)
            }
        };
        let mut reader = reader.map_err(|error| match error.kind() {
            io::ErrorKind::OutOfMemory => limit(DICTIONARY),
            _ => error,
        })?;
        reader.set_defer_errors(true);
        reader.set_relaxed_end_condition(false);
        Ok(reader)
    }

    fn decode(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(source) = self.source.take() {
            self.reader = Some(self.begin(source)?);
        }
        let Some(reader) = &mut self.reader else {
            return Ok(0);
        };
        let read = reader.read(buffer)?;
        if read == 0
            && !buffer.is_empty()
            && let Some(reader) = self.reader.take()
        {
            let (mut source, unused) = reader.into_parts();
            if !unused.is_empty() || source.read(&mut [0])? > 0 {
                return Err(io::Error::other("something follows its end"));
            }
        }
        Ok(read)
    }
}

impl<R: Read> Read for Stream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.decode(buffer)
            .map_err(|error| self.failure.take().unwrap_or(error))
    }
}

/// A source whose failure is kept.
struct Kept<R> {
    source: R,
    failure: Rc<RefCell<Option<io::Error>>>,
}

impl<R: Read> Read for Kept<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.source.read(buffer).map_err(|error| {
            let copy = io::Error::new(error.kind(), error.to_string());
            if error.kind() != io::ErrorKind::Interrupted {
                self.failure.replace(Some(error));
            }
            copy
        })
    }
}
