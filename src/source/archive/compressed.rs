//! Single contents that are compressed: gzip and Zstandard.

use std::io::{self, BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::{Allowance, Feeder, Kind, may_feed, member, name, too_many, unpacked};
use crate::finding::Origin;

/// The largest Zstandard window that is given memory, in bytes: that of `zstd --ultra -22`, and
/// less than `--long=27`.
const ZSTD_WINDOW: u64 = 128 << 20;

/// Feeds what a compressed content holds.
pub(super) fn unpack(
    feeder: &mut Feeder<'_>,
    kind: Kind,
    reader: &mut dyn Read,
    origin: &Origin,
    allowance: &mut Allowance,
) {
    let inner = match inner_name(name(origin)) {
        Some(inner) => {
            if !may_feed(feeder, allowance) {
                return too_many(feeder, origin);
            }
            member(origin, &inner)
        }
        None => origin.clone(),
    };
    if kind == Kind::Gzip {
        unpacked(feeder, &mut MultiGzDecoder::new(reader), &inner, allowance);
    } else {
        unpacked(feeder, &mut Frames::new(reader), &inner, allowance);
    }
}

/// Whether a compressed content yields anything, as far as its begin says.
///
/// # Errors
///
/// When it is none, or damaged at its very begin.
pub(super) fn begins(kind: Kind, begin: &[u8]) -> io::Result<()> {
    let first = &mut [0];
    let read = if kind == Kind::Gzip {
        MultiGzDecoder::new(begin).read(first)
    } else {
        Frames::new(begin).read(first)
    };
    match read {
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(error),
        _ => Ok(()),
    }
}

/// The name of what is inside; none for a tar archive, whose members say enough.
fn inner_name(name: &[u8]) -> Option<Vec<u8>> {
    let base = memchr::memrchr(b'/', name)
        .and_then(|slash| name.get(slash + 1..))
        .unwrap_or(name);
    let lower = base.to_ascii_lowercase();
    for end in [&b".tgz"[..], b".taz", b".tzst", b".tar.gz", b".tar.zst"] {
        if lower.ends_with(end) {
            return None;
        }
    }
    let stem = [&b".gz"[..], b".zst", b".zstd"]
        .iter()
        .find_map(|end| lower.strip_suffix(*end))
        .filter(|stem| !stem.is_empty());
    Some(
        base.get(..stem.map_or(base.len(), <[u8]>::len))
            .unwrap_or(base)
            .to_vec(),
    )
}

/// Zstandard frames, one after another.
struct Frames<R> {
    source: BufReader<R>,
    decoder: FrameDecoder,
    inside: bool,
}

impl<R: Read> Frames<R> {
    fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZSTD_WINDOW);
        Self {
            source: BufReader::new(source),
            decoder,
            inside: false,
        }
    }

    /// Begins the next frame; false at the end of the content.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => {
                    self.inside = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut (&mut self.source).take(length.into()), &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(error.to_string())),
            }
        }
        Ok(false)
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.inside && !self.begin()? {
                return Ok(0);
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder
                    .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(|error| io::Error::other(error.to_string()))?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.inside = false;
            let claimed = self.decoder.get_checksum_from_data();
            if claimed.is_some() && claimed != self.decoder.get_calculated_checksum() {
                return Err(io::Error::other("the checksum does not fit"));
            }
        }
    }
}
