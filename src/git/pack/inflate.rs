//! Inflating zlib streams (RFC 1950) of a known size.

use std::io::{self, Read};

use zlib_rs::{Inflate, InflateFlush, Status, adler32::adler32};

use super::Damage;
use super::buffer::Buffer;

/// What one deflated byte can become at most, in bytes: a match of 258 takes two bits (RFC 1951).
const EXPANSION: u64 = 1032;

/// How much is inflated before more memory is taken, in bytes: a size is believed as far as the data
/// bears it out.
const STEP: usize = 1 << 20;

/// The bytes before the deflated data of a zlib stream, and the checksum after it.
const HEADER: usize = 2;
const TRAILER: usize = 4;

/// An inflater, used again and again.
pub struct Inflater {
    /// Raw: the checksum is taken over the whole output at once, which is faster.
    raw: Inflate,
}

impl Default for Inflater {
    fn default() -> Self {
        Self::new()
    }
}

impl Inflater {
    /// A new one: some 50 kB.
    pub fn new() -> Self {
        Self {
            raw: Inflate::new(false, 15),
        }
    }

    /// Inflates the zlib stream at the start of `packed`, which must come to exactly `size` bytes.
    /// How many packed bytes it took.
    ///
    /// What the size may cost is for the caller to say; no more than the packed bytes bear out is
    /// allocated, nor more of them read than a stream of this size can have.
    ///
    /// # Errors
    ///
    /// When the stream is damaged, of another size, or its checksum does not fit. What `out` holds is
    /// then meaningless.
    pub fn inflate(
        &mut self,
        packed: &[u8],
        size: usize,
        out: &mut Buffer,
    ) -> Result<usize, Damage> {
        out.fill(0);
        let stream = begin(packed, size as u64)?;
        // Incompressible data grows by five bytes in each 64 kB; an encoder may flush more often.
        // Without a limit, endless empty blocks would make each entry cost the whole pack.
        let most = size.saturating_add(size / 8).saturating_add(4096);
        let stream = stream.get(..most).unwrap_or(stream);
        self.raw.reset(false);
        let mut limit = size.min(STEP);
        loop {
            let (read, written) = self.totals();
            let room = out.room(limit);
            let input = stream.get(read..).unwrap_or_default();
            let output = room.get_mut(written..).unwrap_or_default();
            let status = self
                .raw
                .decompress(input, output, InflateFlush::Finish)
                .map_err(|_| Damage::Stream)?;
            let (read_now, written_now) = self.totals();
            if status == Status::StreamEnd {
                break;
            }
            if written_now > size {
                return Err(Damage::Length);
            }
            if limit >= size || (read_now, written_now) == (read, written) {
                return Err(if read_now < stream.len() {
                    Damage::Length
                } else {
                    Damage::Truncated
                });
            }
            limit = limit.saturating_mul(4).min(size);
        }
        let (read, written) = self.totals();
        if written != size {
            return Err(Damage::Length);
        }
        out.fill(size);
        let end = read.saturating_add(HEADER);
        check(packed, end, adler32(1, out))?;
        Ok(end.saturating_add(TRAILER))
    }

    /// Inflates the zlib stream at the start of `packed` as it is read; of exactly `size` bytes when
    /// given.
    ///
    /// # Errors
    ///
    /// When it does not start as one, or can't be so large.
    pub fn stream<'a>(
        &'a mut self,
        packed: &'a [u8],
        size: Option<u64>,
    ) -> Result<Stream<'a>, Damage> {
        begin(packed, size.unwrap_or(0))?;
        self.raw.reset(false);
        Ok(Stream {
            inflater: self,
            packed,
            size,
            adler: 1,
            state: Ok(None),
        })
    }

    fn totals(&self) -> (usize, usize) {
        // They count bytes of slices, unless a stream is longer than memory: saturate then.
        let of = |total| usize::try_from(total).unwrap_or(usize::MAX);
        (of(self.raw.total_in()), of(self.raw.total_out()))
    }
}

/// What follows the header of a zlib stream (RFC 1950, section 2.2), if it can hold so many bytes.
fn begin(packed: &[u8], size: u64) -> Result<&[u8], Damage> {
    let (header, stream) = packed.split_at_checked(HEADER).ok_or(Damage::Truncated)?;
    let (method, flags) = match header {
        [method, flags] => (*method, *flags),
        _ => return Err(Damage::Truncated),
    };
    let sound = method & 15 == 8
        && method >> 4 <= 7
        && u16::from_be_bytes([method, flags]).is_multiple_of(31)
        // A preset dictionary, which git has none of.
        && flags & 0x20 == 0;
    if !sound {
        return Err(Damage::Stream);
    }
    let packed = stream.len() as u64;
    if size > packed.saturating_mul(EXPANSION) {
        return Err(Damage::Claim { size, packed });
    }
    Ok(stream)
}

/// Compares the checksum that stands at `end`.
fn check(packed: &[u8], end: usize, adler: u32) -> Result<(), Damage> {
    let found = packed
        .get(end..)
        .and_then(|rest| rest.first_chunk::<TRAILER>())
        .ok_or(Damage::Truncated)?;
    if u32::from_be_bytes(*found) == adler {
        Ok(())
    } else {
        Err(Damage::Adler)
    }
}

/// A zlib stream that is inflated as it is read. Its size and checksum are known to be right when it
/// ended without an error.
pub struct Stream<'a> {
    inflater: &'a mut Inflater,
    packed: &'a [u8],
    size: Option<u64>,
    adler: u32,
    /// The packed bytes it took, once at its end; or what is wrong.
    state: Result<Option<usize>, Damage>,
}

impl Stream<'_> {
    /// The packed bytes that the stream took, once it was read to its end.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn end(&self) -> Result<Option<usize>, Damage> {
        self.state
    }

    fn step(&mut self, out: &mut [u8]) -> Result<usize, Damage> {
        loop {
            let (read, written) = self.inflater.totals();
            let at = read.saturating_add(HEADER);
            let input = self.packed.get(at..).unwrap_or_default();
            let status = self
                .inflater
                .raw
                .decompress(input, out, InflateFlush::NoFlush)
                .map_err(|_| Damage::Stream)?;
            let (read_now, written_now) = self.inflater.totals();
            let fresh = written_now.saturating_sub(written);
            self.adler = adler32(self.adler, out.get(..fresh).unwrap_or_default());
            let total = written_now as u64;
            if self.size.is_some_and(|size| total > size) {
                return Err(Damage::Length);
            }
            if status == Status::StreamEnd {
                if self.size.is_some_and(|size| total != size) {
                    return Err(Damage::Length);
                }
                let end = read_now.saturating_add(HEADER);
                check(self.packed, end, self.adler)?;
                self.state = Ok(Some(end.saturating_add(TRAILER)));
                return Ok(fresh);
            }
            if fresh > 0 {
                return Ok(fresh);
            }
            if read_now == read {
                return Err(Damage::Truncated);
            }
        }
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let done = match self.state {
            Ok(None) if !out.is_empty() => self.step(out),
            Ok(_) => Ok(0),
            Err(damage) => Err(damage),
        };
        done.map_err(|damage| {
            self.state = Err(damage);
            io::Error::new(io::ErrorKind::InvalidData, damage)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;

    use super::*;

    fn deflated(bytes: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Both ways, with something after the stream.
    fn both(inflater: &mut Inflater, packed: &[u8], size: usize) -> Result<Vec<u8>, Damage> {
        let mut out = Buffer::default();
        let whole = inflater.inflate(packed, size, &mut out);
        let mut piece = Vec::new();
        let streamed = inflater
            .stream(packed, Some(size as u64))
            .and_then(|mut stream| {
                let _ = stream.read_to_end(&mut piece);
                stream.end()
            });
        assert_eq!(whole.is_ok(), streamed.is_ok(), "{whole:?} {streamed:?}");
        whole.map(|taken| {
            assert_eq!(Ok(Some(taken)), streamed);
            assert_eq!(&*out, &*piece);
            piece
        })
    }

    proptest! {
        #[test]
        fn gives_back_what_was_deflated(bytes: Vec<u8>, times in 1usize..2000, level in 0u32..10) {
            let bytes = bytes.repeat(times);
            let mut packed = deflated(&bytes, level);
            let taken = packed.len();
            packed.extend_from_slice(b"the next entry");
            let mut inflater = Inflater::new();
            let found = both(&mut inflater, &packed, bytes.len());
            prop_assert_eq!(found.as_ref(), Ok(&bytes));
            let mut out = Buffer::default();
            prop_assert_eq!(inflater.inflate(&packed, bytes.len(), &mut out), Ok(taken));
            for size in [bytes.len() + 1, bytes.len().wrapping_sub(1)] {
                prop_assert!(both(&mut inflater, &packed, size).is_err());
                prop_assert!(both(&mut inflater, &packed[..taken - 1], bytes.len()).is_err());
            }
        }

        #[test]
        fn a_flipped_bit_is_never_taken(bytes: Vec<u8>, at: usize, bit in 0u8..8) {
            let mut packed = deflated(&bytes, 6);
            let at = at % packed.len();
            packed[at] ^= 1 << bit;
            // The level bits of the header carry no data: what comes out is right or refused.
            if let Ok(out) = both(&mut Inflater::new(), &packed, bytes.len()) {
                prop_assert_eq!(out, bytes);
            }
        }
    }

    #[test]
    fn claims_are_not_believed() {
        let packed = deflated(b"small", 6);
        let mut out = Buffer::default();
        let mut inflater = Inflater::new();
        let done = inflater.inflate(&packed, 1 << 40, &mut out);
        assert!(matches!(done, Err(Damage::Claim { .. })));
        assert_eq!(out.capacity(), 0);
        // Enough bytes to bear out the claim, but not of this stream.
        let packed = [packed, vec![0; 1 << 20]].concat();
        assert_eq!(
            inflater.inflate(&packed, 1 << 29, &mut out),
            Err(Damage::Length)
        );
        assert!(out.capacity() < 2 * STEP);
    }

    #[test]
    fn large_data_grows_in_steps() {
        let bytes: Vec<u8> = (0..STEP * 9 + 5)
            .map(|at| (at / 7 * at % 251) as u8)
            .collect();
        let packed = deflated(&bytes, 1);
        assert_eq!(both(&mut Inflater::new(), &packed, bytes.len()), Ok(bytes));
    }

    #[test]
    fn empty_blocks_without_end_are_cut() {
        // A stored block of no bytes that is not the last one, again and again.
        let packed = [vec![0x78, 0x9c], [0, 0, 0, 0xff, 0xff].repeat(100_000)].concat();
        let mut inflater = Inflater::new();
        let mut out = Buffer::default();
        assert!(inflater.inflate(&packed, 10, &mut out).is_err());
        assert!(inflater.raw.total_in() < 5000);
    }
}
