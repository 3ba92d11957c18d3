//! ar archives: Debian packages, static libraries (ar(5) of System V and of BSD).

use std::io::{self, Read};

use super::part::{Part, header, number};
use super::{Allowance, Feeder, may_feed, member, stored, too_many};
use crate::finding::Origin;

const MAGIC: &[u8] = b"!<arch>\n";
/// Name, date, owner, group, mode, size, mark.
const HEADER: usize = 60;
/// The longest name, and the longest table of names, that are read, in bytes.
const LONGEST_NAME: u64 = 64 << 10;
const LONGEST_TABLE: u64 = 16 << 20;

/// Whether a content begins as one does: with a member.
pub(super) fn begins(begin: &[u8]) -> bool {
    begin
        .strip_prefix(MAGIC)
        .and_then(|rest| rest.first_chunk::<HEADER>())
        .is_some_and(|header| header.ends_with(b"`\n"))
}

/// Feeds the members of an ar archive.
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
    let damaged =
        || io::Error::other("a member's header is damaged; it and the rest were not read");
    header::<{ MAGIC.len() }>(reader)?;
    let mut table = Vec::new();
    while let Some(head) = header::<HEADER>(reader)? {
        let (Some(name), Some(size)) = (
            head.first_chunk::<16>(),
            head.get(48..58).and_then(|size| number(size, 10)),
        ) else {
            return Err(damaged());
        };
        if !head.ends_with(b"`\n") {
            return Err(damaged());
        }
        let mut part = Part::new(reader, size);
        let name = name.trim_ascii_end();
        let is_table = name == b"//" && size <= LONGEST_TABLE;
        let name = if let Some(length) = name.strip_prefix(b"#1/") {
            // BSD: the name stands before the content.
            let length = number(length, 10).filter(|length| *length <= size.min(LONGEST_NAME));
            let mut long = Vec::new();
            (&mut part)
                .take(length.ok_or_else(damaged)?)
                .read_to_end(&mut long)?;
            long.truncate(long.trim_ascii_end().len());
            while long.last() == Some(&0) {
                long.pop();
            }
            long
        } else {
            long_name(name, &table).to_vec()
        };
        if !may_feed(feeder, allowance) {
            too_many(feeder, origin);
            return Ok(());
        }
        let origin = member(origin, &name);
        if is_table {
            // Names are content too.
            part.read_to_end(&mut table)?;
            feeder.plain(&mut table.as_slice(), &origin);
        } else {
            stored(feeder, &mut part, &origin, allowance);
        }
        if !part.finish()? {
            return Ok(());
        }
        if size % 2 == 1 && header::<1>(reader)?.is_none() {
            return Ok(());
        }
    }
    Ok(())
}

/// A member's name: with a slash at its end, or where it stands in the table of names.
fn long_name<'a>(name: &'a [u8], table: &'a [u8]) -> &'a [u8] {
    let at = name
        .strip_prefix(b"/")
        .and_then(|at| usize::try_from(number(at, 10)?).ok());
    match at.and_then(|at| table.get(at..)) {
        Some(rest) => {
            let end = memchr::memchr2(b'\n', 0, rest).unwrap_or(rest.len());
            let long = rest.get(..end).unwrap_or_default();
            long.strip_suffix(b"/").unwrap_or(long)
        }
        // The table of symbols is called by slashes alone.
        None if name.len() > 1 && !name.starts_with(b"/") => {
            name.strip_suffix(b"/").unwrap_or(name)
        }
        None => name,
    }
}
