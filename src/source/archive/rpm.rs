//! RPM packages: a lead, two headers, and a compressed cpio archive (RPM V3 and V4 package file format).

use std::io::{self, Read};

use super::part::{Part, header};
use super::{Allowance, Feeder, Kind, Supply, compressed, member};
use crate::finding::Origin;

const LEAD: usize = 96;
/// What a header begins with: its mark, four reserved bytes, how many entries its index has, how long its data are.
const INTRODUCTION: usize = 16;
const MARK: &[u8] = &[0x8e, 0xad, 0xe8, 1];
/// How long one entry of the index is, in bytes.
const ENTRY: u64 = 16;
/// How much of what follows tells how it is compressed, in bytes.
const BEGIN: u64 = 512;

/// Whether a content begins as one does.
pub(super) fn begins(begin: &[u8]) -> bool {
    begin.starts_with(&[0xed, 0xab, 0xee, 0xdb])
        && begin.get(LEAD..).is_some_and(|rest| rest.starts_with(MARK))
}

/// Feeds what a package says of itself, and what it installs.
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
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    header::<LEAD>(reader)?.ok_or_else(cut)?;
    // The first header, of signatures, ends at a multiple of eight.
    for align in [8, 1] {
        let introduction = header::<INTRODUCTION>(reader)?.ok_or_else(cut)?;
        let [_, _, _, _, _, _, _, _, a, b, c, d, e, f, g, h] = introduction;
        if !introduction.starts_with(MARK) {
            return Err(io::Error::other(
                "a header is damaged; it and the rest were not read",
            ));
        }
        let entries = u64::from(u32::from_be_bytes([a, b, c, d]));
        let data = u64::from(u32::from_be_bytes([e, f, g, h]));
        let length = (entries * ENTRY + data).next_multiple_of(align);
        let mut part = Part::new(reader, length);
        // Scripts, among others.
        feeder.plain(&mut part, origin);
        if !part.finish()? {
            return Ok(());
        }
    }
    let mut begin = Vec::new();
    (&mut *reader).take(BEGIN).read_to_end(&mut begin)?;
    if begin.is_empty() {
        return Err(cut());
    }
    let kind = Kind::detect(&begin, origin);
    let ending = kind.map_or("", compressed::ending);
    let origin = member(origin, format!("payload.cpio{ending}").as_bytes());
    if kind.is_none() {
        let what = "can't be unpacked: how it is packed is not known";
        feeder.gap(&origin, what, Some("unpack it and scan what it holds"));
    }
    let mut payload = begin.chain(reader);
    feeder.content(&mut Supply::new(&mut payload), &origin, allowance);
    Ok(())
}
