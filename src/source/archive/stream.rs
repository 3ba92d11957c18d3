//! Decoders that take bytes and give bytes, as readers: what they gave before a fault comes first.

use std::io::{self, BufRead, BufReader, Read};

use bzip2::{Decompress, Status};
use lzma_rust2::{Action, LzipStream, Status as LzmaStatus, StreamResult, XzStream};

use super::limit;
use super::lzma::{DICTIONARY, MEMORY};

/// The most bytes of one xz content that are read: its blocks are counted in memory while it is, and the
/// smallest have 16 bytes.
const XZ_INPUT: u64 = 256 << 20;

/// What one step of a decoder did.
pub(super) struct Step {
    /// Bytes taken of the input.
    taken: usize,
    /// Bytes given.
    given: usize,
    /// Whether all is decoded, or why it goes no further.
    ended: io::Result<bool>,
}

/// A decoder that does as much as its input and the room for its output allow.
pub(super) trait Decoder {
    /// Empty input is the end of it.
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step;
}

/// What a decoder makes of a source.
pub(super) struct Decoded<R, D> {
    source: BufReader<R>,
    decoder: D,
    failure: Option<io::Error>,
    done: bool,
}

impl<R: Read, D: Decoder> Decoded<R, D> {
    pub(super) fn new(source: R, decoder: D) -> Self {
        Self {
            source: BufReader::new(source),
            decoder,
            failure: None,
            done: false,
        }
    }
}

impl<R: Read, D: Decoder> Read for Decoded<R, D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        while !self.done && !buffer.is_empty() {
            let input = self.source.fill_buf()?;
            let at_end = input.is_empty();
            let Step {
                taken,
                given,
                ended,
            } = self.decoder.step(input, buffer);
            self.source.consume(taken);
            let ended = match ended {
                Ok(false) if at_end && given == 0 => Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(false) if taken == 0 && given == 0 => Err(io::Error::other("it makes no sense")),
                ended => ended,
            };
            self.done = !matches!(ended, Ok(false));
            if let Err(error) = ended {
                if given == 0 {
                    return Err(error);
                }
                self.failure = Some(error);
            }
            if given > 0 {
                return Ok(given);
            }
        }
        Ok(0)
    }
}

/// bzip2 streams, one after another.
pub(super) struct Bzip2(Option<Decompress>);

impl Bzip2 {
    pub(super) fn new() -> Self {
        Self(None)
    }
}

impl Decoder for Bzip2 {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let mut none = Step {
            taken: 0,
            given: 0,
            ended: Ok(true),
        };
        if self.0.is_none() && input.is_empty() {
            return none;
        }
        let stream = self.0.get_or_insert_with(|| Decompress::new(false));
        let (read, made) = (stream.total_in(), stream.total_out());
        let result = stream.decompress(input, output);
        none.taken = difference(stream.total_in(), read);
        none.given = difference(stream.total_out(), made);
        none.ended = match result {
            Ok(Status::StreamEnd) => {
                self.0 = None;
                Ok(false)
            }
            Ok(Status::MemNeeded) => Err(io::ErrorKind::OutOfMemory.into()),
            Ok(_) => Ok(false),
            Err(error) => Err(io::Error::other(error)),
        };
        none
    }
}

/// xz streams, one after another, with what fills the room between them.
pub(super) struct Xz(XzStream);

impl Xz {
    pub(super) fn new() -> Self {
        Self(XzStream::new_mem_limit(true, MEMORY))
    }
}

impl Decoder for Xz {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        if self.0.total_in() > XZ_INPUT {
            let error = limit("is larger than xz content that is read; the rest was not read");
            return Step {
                taken: 0,
                given: 0,
                ended: Err(error),
            };
        }
        let (read, made) = (self.0.total_in(), self.0.total_out());
        let result = self.0.process(input, output, action(input));
        let taken = difference(self.0.total_in(), read);
        step(result, taken, difference(self.0.total_out(), made))
    }
}

/// lzip members, one after another.
pub(super) struct Lzip(LzipStream);

impl Lzip {
    pub(super) fn new() -> Self {
        Self(LzipStream::new_mem_limit(true, MEMORY))
    }
}

impl Decoder for Lzip {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let (read, made) = (self.0.total_in(), self.0.total_out());
        let result = self.0.process(input, output, action(input));
        let taken = difference(self.0.total_in(), read);
        let mut step = step(result, taken, difference(self.0.total_out(), made));
        // The format lets anything follow the last member.
        let follows = taken < input.len() || self.0.unused_input().iter().any(|byte| *byte != 0);
        if matches!(step.ended, Ok(true)) && follows {
            step.ended = Err(io::Error::other("something follows its end"));
        }
        step
    }
}

fn action(input: &[u8]) -> Action {
    match input {
        [] => Action::Finish,
        _ => Action::Run,
    }
}

fn step(result: io::Result<StreamResult>, taken: usize, given: usize) -> Step {
    let ended = result
        .map(|result| result.status == LzmaStatus::StreamEnd)
        .map_err(|error| match error.kind() {
            io::ErrorKind::OutOfMemory => limit(DICTIONARY),
            _ => error,
        });
    Step {
        taken,
        given,
        ended,
    }
}

/// How much a count grew, where it can't have grown by more than a slice is long.
fn difference(after: u64, before: u64) -> usize {
    usize::try_from(after.saturating_sub(before)).unwrap_or(usize::MAX)
}
