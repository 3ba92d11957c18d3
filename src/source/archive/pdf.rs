//! The streams of PDF files (ISO 32000-1, 7.3.8): pages, attached files, forms, scripts. Pictures and fonts hold no
//! text, and are left out; the file as it stands is read beside.

use std::io::{self, BufRead, Read};

use flate2::bufread::DeflateDecoder;

use super::{Allowance, Feeder, ascii85, may_feed, member, too_many, unpacked};
use crate::finding::Origin;

/// Within so many bytes a PDF file begins (ISO 32000-1, annex H.3, note 13).
const BEGINS: usize = 1024;
/// How far before a stream's begin its dictionary is looked for, in bytes.
const BACK: usize = 4096;
/// How many bytes are read at once.
const BLOCK: usize = 64 << 10;
/// What a stream begins with; a line end follows.
const STREAM: &[u8] = b"stream";
/// The header of a zlib stream, in bytes (RFC 1950).
const HEADER: usize = 2;
/// Within so many bytes behind the packed data the stream ends: a checksum, a few line ends, the word itself.
const END: usize = 24;

/// What the dictionaries of pictures and fonts have (8.9.5, 9.9).
const NO_TEXT: [&[u8]; 7] = [
    b"/Subtype/Image",
    b"/BitsPerComponent",
    b"/Subtype/Type1C",
    b"/Subtype/CIDFontType0C",
    b"/Subtype/OpenType",
    b"/Type/XRef",
    b"/FunctionType",
];

/// What pictures begin with: JPEG, JPEG 2000.
const PICTURES: [&[u8]; 2] = [b"\xff\xd8\xff", b"\0\0\0\x0cjP"];

/// Whether a content is a PDF file.
pub(in crate::source) fn begins(begin: &[u8]) -> bool {
    let look = begin.get(..BEGINS).unwrap_or(begin);
    memchr::memmem::find(look, b"%PDF-").is_some_and(|at| {
        let version = look.get(at + 5..at + 7);
        matches!(version, Some([b'1' | b'2', b'.']))
    })
}

/// Feeds the streams of a PDF file that are packed as zip members are (`FlateDecode`). What is packed in another
/// way, encrypted or damaged is told, once for the file.
///
/// # Errors
///
/// When the file can't be read.
pub(super) fn unpack(
    feeder: &mut Feeder<'_>,
    reader: &mut dyn Read,
    origin: &Origin,
    allowance: &mut Allowance,
) -> io::Result<()> {
    let mut file = Ahead::new(reader);
    let mut unread = 0_usize;
    while let Some(stream) = file.next()? {
        match stream.packing {
            Packing::None => continue,
            Packing::Other => {
                unread += 1;
                continue;
            }
            Packing::Flate | Packing::Ascii85 => {}
        }
        if !may_feed(feeder, allowance) {
            too_many(feeder, origin);
            break;
        }
        let origin = member(origin, stream.name.as_bytes());
        let is_damaged = if stream.packing == Packing::Ascii85 {
            match ascii85::read(&mut file)? {
                Some(bytes) if bytes.is_empty() => false,
                Some(bytes) => {
                    let mut bytes = bytes.as_slice();
                    feed(feeder, &mut bytes, &origin, allowance)
                }
                None => true,
            }
        } else {
            feed(feeder, &mut file, &origin, allowance)
        };
        unread += usize::from(is_damaged);
        if allowance.unpacked.get() == 0 {
            break;
        }
    }
    if unread > 0 {
        let what = match unread {
            1 => "one of its streams".to_owned(),
            many => format!("{many} of its streams"),
        };
        feeder.gap(
            origin,
            format!("{what} can't be unpacked; what they hold was not read"),
            Some("save the file without encryption, or export its text, and scan that"),
        );
    }
    Ok(())
}

/// Feeds what a packed stream holds: whether some of it could not be unpacked.
fn feed<P: Packed>(
    feeder: &mut Feeder<'_>,
    packed: &mut P,
    origin: &Origin,
    allowance: &mut Allowance,
) -> bool {
    let mut lent = Lent::new(packed);
    unpacked(feeder, &mut lent, origin, allowance);
    lent.is_damaged
}

/// How a stream is packed, as far as that matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    /// It stands in the file as it is, or is a picture or a font.
    None,
    /// With `FlateDecode`, first of all.
    Flate,
    /// The same, written in characters: `ASCII85Decode`.
    Ascii85,
    /// In another way.
    Other,
}

/// A stream, by its dictionary.
#[derive(Debug, PartialEq, Eq)]
struct Stream {
    name: String,
    packing: Packing,
}

impl Stream {
    /// What stands before the word `stream`, and how many streams came before.
    fn of(before: &[u8], count: usize) -> Self {
        let own = memchr::memmem::rfind(before, b"obj");
        let (head, dictionary) = before.split_at(own.map_or(0, |at| at + b"obj".len()));
        let number = own.and_then(|at| number(head.get(..at)?));
        let dense: Vec<u8> = dictionary
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace() && *byte != 0)
            .collect();
        Self {
            name: match number {
                Some(number) => format!("object {number}"),
                None => format!("stream {}", count + 1),
            },
            packing: match is_font(dictionary) {
                true => Packing::None,
                false => packing(&dense),
            },
        }
    }
}

/// The number of the object that begins here: `12 0 obj`.
fn number(head: &[u8]) -> Option<&str> {
    let mut words = head.trim_ascii_end().rsplit(u8::is_ascii_whitespace);
    let generation = words.next()?;
    let number = words.next()?;
    let digits =
        |word: &[u8]| (1..=10).contains(&word.len()) && word.iter().all(u8::is_ascii_digit);
    let sound = digits(generation) && digits(number);
    std::str::from_utf8(number).ok().filter(|_| sound)
}

/// Whether a dictionary has the length of a font's clear text (9.9, table 127), not just some length.
fn is_font(dictionary: &[u8]) -> bool {
    const LENGTH: &[u8] = b"/Length1";
    let follows = |at: usize| dictionary.get(at + LENGTH.len());
    memchr::memmem::find_iter(dictionary, LENGTH)
        .any(|at| follows(at).is_some_and(u8::is_ascii_whitespace))
}

/// How a stream is packed, by its dictionary without blanks.
fn packing(dictionary: &[u8]) -> Packing {
    let has = |what: &[u8]| memchr::memmem::find(dictionary, what).is_some();
    if !dictionary.ends_with(b">>") || NO_TEXT.iter().any(|what| has(what)) {
        return Packing::None;
    }
    let Some(at) = memchr::memmem::find(dictionary, b"/Filter") else {
        return Packing::None;
    };
    let first = dictionary.get(at + b"/Filter".len()..).unwrap_or_default();
    let first = first.strip_prefix(b"[").unwrap_or(first);
    let is = |names: &[&[u8]]| names.iter().any(|name| first.starts_with(name));
    match first {
        [b'/', ..] if is(&[b"/FlateDecode", b"/Fl/", b"/Fl]", b"/Fl>"]) => Packing::Flate,
        [b'/', ..] if is(&[b"/ASCII85Decode/Fl", b"/A85/Fl"]) => Packing::Ascii85,
        [b'/', ..] if is(&[b"/DCT", b"/JPX", b"/CCITT", b"/JBIG2"]) => Packing::None,
        [b'/', ..] => Packing::Other,
        // It stands elsewhere what it is: most often this.
        [b'0'..=b'9', ..] => Packing::Flate,
        _ => Packing::None,
    }
}

/// A file that is read from its begin, with a little of what was read.
struct Ahead<'r> {
    reader: &'r mut dyn Read,
    held: Vec<u8>,
    /// Where reading goes on in what is held.
    at: usize,
    ended: bool,
    /// How many streams there were.
    count: usize,
}

impl<'r> Ahead<'r> {
    fn new(reader: &'r mut dyn Read) -> Self {
        Self {
            reader,
            held: Vec::new(),
            at: 0,
            ended: false,
            count: 0,
        }
    }

    /// Goes to the begin of the next stream.
    fn next(&mut self) -> io::Result<Option<Stream>> {
        loop {
            let rest = self.held.get(self.at..).unwrap_or_default();
            let Some(found) = memchr::memmem::find(rest, STREAM) else {
                // A word may begin in one block and end in the next.
                let end = self.held.len().saturating_sub(STREAM.len() - 1);
                self.at = self.at.max(end);
                if !self.more()? {
                    return Ok(None);
                }
                continue;
            };
            let after = found + STREAM.len();
            let (line_end, begins) = match rest.get(after..).unwrap_or_default() {
                [] | [b'\r'] if !self.ended => {
                    self.at += found;
                    self.more()?;
                    continue;
                }
                [b'\r', b'\n', ..] => (2, true),
                [b'\r' | b'\n', ..] => (1, true),
                // Cut off here: what it holds is missing.
                [] => (0, true),
                _ => (0, false),
            };
            let start = self.at + found;
            self.at = start + STREAM.len() + line_end;
            let before = self.held.get(start.saturating_sub(BACK)..start);
            let before = before.unwrap_or_default();
            if begins && !before.ends_with(b"end") {
                let stream = Stream::of(before, self.count);
                self.count += 1;
                return Ok(Some(stream));
            }
        }
    }

    /// Reads on; false at the end.
    fn more(&mut self) -> io::Result<bool> {
        let gone = self.at.saturating_sub(BACK);
        self.held.drain(..gone);
        self.at -= gone;
        let have = self.held.len();
        self.held.resize(have + BLOCK, 0);
        let room = self.held.get_mut(have..).unwrap_or_default();
        let read = loop {
            match self.reader.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let count = *read.as_ref().unwrap_or(&0);
        self.held.truncate(have + count);
        self.ended = count == 0;
        read.map(|count| count > 0)
    }

    /// So many bytes that come next, or all there are.
    fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.held.len() - self.at < count && self.more()? {}
        let end = self.held.len().min(self.at + count);
        Ok(self.held.get(self.at..end).unwrap_or_default())
    }
}

impl Read for Ahead<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Ahead<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.held.len() {
            self.more()?;
        }
        Ok(self.held.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at = self.held.len().min(self.at + count);
    }
}

/// Where packed data is read from.
trait Packed: BufRead {
    /// So many bytes that come next, or all there are.
    fn begin(&mut self, count: usize) -> io::Result<&[u8]>;

    /// Whether the stream ends here.
    fn is_end(&mut self) -> io::Result<bool>;
}

impl Packed for Ahead<'_> {
    fn begin(&mut self, count: usize) -> io::Result<&[u8]> {
        self.peek(count)
    }

    fn is_end(&mut self) -> io::Result<bool> {
        Ok(memchr::memmem::find(self.peek(END)?, b"endstream").is_some())
    }
}

impl Packed for &[u8] {
    fn begin(&mut self, count: usize) -> io::Result<&[u8]> {
        Ok(self.get(..count).unwrap_or(self))
    }

    fn is_end(&mut self) -> io::Result<bool> {
        Ok(self.len() <= END)
    }
}

/// What a stream holds, up to its end or a fault in it.
struct Lent<'a, P> {
    decoder: Option<DeflateDecoder<&'a mut P>>,
    is_damaged: bool,
}

impl<'a, P: Packed> Lent<'a, P> {
    fn new(packed: &'a mut P) -> Self {
        let begin = packed.begin(b"\r\nendstream".len()).unwrap_or_default();
        // One that nothing follows was cut off.
        let is_empty = begin.trim_ascii_start().starts_with(b"endstream");
        let is_picture = PICTURES.iter().any(|picture| begin.starts_with(picture));
        let sound = match begin {
            [method, flags, ..] => {
                method & 15 == 8
                    && flags & 0x20 == 0
                    && u16::from_be_bytes([*method, *flags]).is_multiple_of(31)
            }
            _ => false,
        };
        if sound {
            packed.consume(HEADER);
        }
        Self {
            is_damaged: !sound && !is_empty && !is_picture,
            // Many writers get the checksum at the end wrong, or leave it out: nobody minds.
            decoder: sound.then(|| DeflateDecoder::new(packed)),
        }
    }
}

impl<P: Packed> Read for Lent<'_, P> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else {
            return Ok(0);
        };
        match decoder.read(buffer) {
            // A part that is missing may leave sense by chance: its end must be where it should be.
            Ok(0) if !buffer.is_empty() => {
                self.is_damaged = !decoder.get_mut().is_end()?;
                self.decoder = None;
                Ok(0)
            }
            Err(_) => {
                self.is_damaged = true;
                self.decoder = None;
                Ok(0)
            }
            read => read,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_told_by_their_dictionaries() {
        for (before, name, packing) in [
            (
                &b"1 0 obj\n<</Length 9/Filter/FlateDecode>>\n"[..],
                "object 1",
                Packing::Flate,
            ),
            (
                b"endobj 12 0 obj << /Filter [ /FlateDecode ] >>",
                "object 12",
                Packing::Flate,
            ),
            (b"7 0 obj<</Filter/Fl>>", "object 7", Packing::Flate),
            (b"7 0 obj<</Filter 8 0 R>>", "object 7", Packing::Flate),
            (
                b"2 0 obj<</Filter[/ASCII85Decode/FlateDecode]>>",
                "object 2",
                Packing::Ascii85,
            ),
            (
                b"2 0 obj<</Filter[/ASCII85Decode/LZWDecode]>>",
                "object 2",
                Packing::Other,
            ),
            (
                b"8 0 obj<</BitsPerComponent 8/Filter[/ASCII85Decode/FlateDecode]>>",
                "object 8",
                Packing::None,
            ),
            (b"3 0 obj<</Filter/LZWDecode>>", "object 3", Packing::Other),
            (b"4 0 obj<</Length 3>>", "object 4", Packing::None),
            (
                b"5 0 obj<</Subtype /Image/Filter/FlateDecode>>",
                "object 5",
                Packing::None,
            ),
            (b"6 0 obj<</Filter/DCTDecode>>", "object 6", Packing::None),
            (
                b"6 0 obj<</Length1 9/Filter/FlateDecode>>",
                "object 6",
                Packing::None,
            ),
            (b"a stream", "stream 4", Packing::None),
            (b"<</Filter/FlateDecode>>", "stream 4", Packing::Flate),
        ] {
            let told = Stream::of(before, 3);
            assert_eq!(
                (&*told.name, told.packing),
                (name, packing),
                "{}",
                before.escape_ascii()
            );
        }
    }

    #[test]
    fn a_stream_that_nothing_follows_is_damaged() {
        for end in ["stream", "stream\r", "stream\n", "stream\r\n"] {
            let text = format!("1 0 obj<</Filter/FlateDecode>>{end}");
            let mut reader = text.as_bytes();
            let mut file = Ahead::new(&mut reader);
            assert!(file.next().unwrap().is_some(), "{end:?}");
            assert!(Lent::new(&mut file).is_damaged, "{end:?}");
            assert_eq!(file.next().unwrap(), None, "{end:?}");
        }
    }

    #[test]
    fn streams_are_found_wherever_blocks_end() {
        for ahead in [0, 1, BLOCK - 40, BLOCK - 9, BLOCK - 3, BLOCK, 2 * BLOCK - 7] {
            let mut text = vec![b' '; ahead];
            for number in 0..3 {
                text.extend(
                    format!("{number} 0 obj<</Filter/FlateDecode>>stream\r\nendstream\n").bytes(),
                );
            }
            let mut reader = text.as_slice();
            let mut file = Ahead::new(&mut reader);
            for number in 0..3 {
                let stream = file.next().unwrap().unwrap();
                assert_eq!(stream.name, format!("object {number}"), "{ahead}");
                assert!(!Lent::new(&mut file).is_damaged, "it is empty");
            }
            assert_eq!(file.next().unwrap(), None);
        }
    }
}
