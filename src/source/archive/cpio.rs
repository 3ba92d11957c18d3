//! cpio archives: in their portable forms numbers are digits, hexadecimal (newc, and crc with its sums) or octal
//! (odc), in the oldest form words of 16 bits in either order. cpio(5) of FreeBSD, and "Initramfs buffer format" of
//! the Linux kernel.

use std::io::{self, Read};

use super::part::{Part, header, number};
use super::{Allowance, Feeder, Supply, may_feed, member, stored, too_many};
use crate::finding::Origin;

/// The longest name that is read, in bytes.
const LONGEST_NAME: u64 = 64 << 10;
/// The name of the member that ends an archive.
const END: &[u8] = b"TRAILER!!!";

/// What all headers of either form begin with, and how long they are.
const NEW: (usize, &[u8], &[u8]) = (110, b"070701", b"070702");
const OLD: (usize, &[u8]) = (76, b"070707");
/// The same of the oldest form: the mark is the number 070707.
const WORDS: usize = 26;
const MARK: u16 = 0o070_707;
/// The longest name that begins an archive of the oldest form, with its zero: its mark alone says little.
const FIRST_NAME: u64 = 1024;

/// What a header says of a member.
#[derive(Clone, Copy, Debug)]
struct Head {
    mode: u64,
    /// Of its content, in bytes.
    size: u64,
    /// Of its name, with a zero at its end.
    name: u64,
    /// Names and contents end at multiples of it.
    align: u64,
}

impl Head {
    /// Reads the header that a content begins with.
    fn of(begin: &[u8]) -> Option<Self> {
        let field = |at: usize, length: usize, radix| number(begin.get(at..at + length)?, radix);
        let of = |length, radix, fields: [(usize, usize); 3], align| {
            let digits = begin.get(6..length)?;
            let all = digits.iter().all(|byte| char::from(*byte).is_digit(radix));
            let [mode, size, name] = fields.map(|(at, length)| field(at, length, radix));
            let head = Self {
                mode: mode?,
                size: size?,
                name: name?,
                align,
            };
            (all && head.name > 0).then_some(head)
        };
        if begin.starts_with(NEW.1) || begin.starts_with(NEW.2) {
            of(NEW.0, 16, [(14, 8), (54, 8), (94, 8)], 4)
        } else if begin.starts_with(OLD.1) {
            of(OLD.0, 8, [(18, 6), (65, 11), (59, 6)], 1)
        } else {
            Self::of_words(begin.first_chunk()?)
        }
    }

    /// Reads a header of the oldest form.
    fn of_words(header: &[u8; WORDS]) -> Option<Self> {
        let order = match [header[0], header[1]] {
            mark if u16::from_le_bytes(mark) == MARK => u16::from_le_bytes,
            mark if u16::from_be_bytes(mark) == MARK => u16::from_be_bytes,
            _ => return None,
        };
        let words = header.as_chunks::<2>().0;
        let word = |at: usize| words.get(at).copied().map(order).map(u64::from);
        let head = Self {
            mode: word(3)?,
            // The high half comes first in either order.
            size: word(11)? << 16 | word(12)?,
            name: word(10)?,
            align: 2,
        };
        (head.name > 0).then_some(head)
    }

    /// Reads the header that comes next, of either form.
    fn read(reader: &mut dyn Read) -> io::Result<Option<(Self, u64)>> {
        let Some(first) = header::<WORDS>(reader)? else {
            return Ok(None);
        };
        let mut all = first.to_vec();
        let length = if first.starts_with(OLD.1) {
            OLD.0
        } else if Self::of_words(&first).is_some() {
            WORDS
        } else {
            NEW.0
        };
        all.resize(length, 0);
        reader.read_exact(all.get_mut(WORDS..).unwrap_or_default())?;
        match Self::of(&all) {
            Some(head) => Ok(Some((head, all.len() as u64))),
            None => Err(io::Error::other(
                "a member's header is damaged; it and the rest were not read",
            )),
        }
    }

    /// How many bytes fill up what is that long.
    fn padding(self, length: u64) -> u64 {
        length.next_multiple_of(self.align).saturating_sub(length)
    }
}

/// Whether a content begins as one does.
pub(super) fn begins(begin: &[u8]) -> bool {
    match begin {
        [b'0', b'7', b'0', b'7', ..] => Head::of(begin).is_some(),
        [0xc7, 0x71, ..] | [0x71, 0xc7, ..] => Head::of(begin)
            .filter(|head| (2..=FIRST_NAME).contains(&head.name))
            // Directory, file, link, pipe, device, socket.
            .filter(|head| matches!(head.mode >> 12, 1 | 2 | 4 | 6 | 8 | 10 | 12))
            .and_then(|head| {
                let name = begin
                    .get(WORDS..)?
                    .get(..usize::try_from(head.name).ok()?)?;
                name.split_last()
            })
            .is_some_and(|(end, name)| *end == 0 && name.iter().all(|byte| *byte >= b' ')),
        _ => false,
    }
}

/// Feeds the members of a cpio archive, and what follows it.
///
/// # Errors
///
/// When it is damaged or ends too early: what stands before that was fed.
pub(super) fn unpack(
    feeder: &mut Feeder<'_>,
    reader: &mut dyn Read,
    origin: &Origin,
    allowance: &mut Allowance,
) -> io::Result<()> {
    while let Some((head, length)) = Head::read(reader)? {
        if head.name > LONGEST_NAME {
            return Err(io::Error::other(
                "a member's name is too long; it and the rest were not read",
            ));
        }
        let mut name = Vec::new();
        let padding = head.padding(length + head.name);
        let mut part = Part::new(reader, head.name + padding);
        part.read_to_end(&mut name)?;
        name.truncate(memchr::memchr(0, &name).unwrap_or(name.len()));
        if name == END {
            return rest(feeder, reader, origin, allowance);
        }
        let mut part = Part::new(reader, head.size);
        // Directories, devices and further names of a file have no content.
        if head.size > 0 {
            if !may_feed(feeder, allowance) {
                too_many(feeder, origin);
                return Ok(());
            }
            let origin = member(origin, &name);
            match head.mode & 0o170_000 {
                // The target is content, as it is of a link in a tree.
                0o120_000 => feeder.plain(&mut part, &origin),
                _ => stored(feeder, &mut part, &origin, allowance),
            }
        }
        if !part.finish()? {
            return Ok(());
        }
        Part::new(reader, head.padding(head.size)).finish()?;
    }
    // It has no end: cut off between two members.
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// Feeds what stands behind the end: zeros, and in images of an initial file system a further archive.
fn rest(
    feeder: &mut Feeder<'_>,
    reader: &mut dyn Read,
    origin: &Origin,
    allowance: &mut Allowance,
) -> io::Result<()> {
    let mut zeros = [0; 4096];
    loop {
        let read = match reader.read(&mut zeros) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            return Ok(());
        }
        let block = zeros.get(..read).unwrap_or_default();
        if let Some(at) = block.iter().position(|byte| *byte != 0) {
            let begin = block.get(at..).unwrap_or_default();
            feeder.content(
                &mut Supply::new(&mut begin.chain(reader)),
                origin,
                allowance,
            );
            return Ok(());
        }
    }
}
