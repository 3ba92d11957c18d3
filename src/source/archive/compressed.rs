//! Single contents that are compressed.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use super::stream::{Bzip2, Decoded, Lzip, Xz};
use super::zstd::Frames;
use super::{Allowance, Feeder, Kind, lzma, may_feed, member, name, too_many, unpacked};
use crate::finding::Origin;

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
    unpacked(feeder, &mut decoder(kind, reader), &inner, allowance);
}

/// What decodes a compressed content.
pub(super) fn decoder<'a>(kind: Kind, reader: impl Read + 'a) -> Box<dyn Read + 'a> {
    match kind {
        Kind::Zstd => Box::new(Frames::new(reader)),
        Kind::Bzip2 => Box::new(Decoded::new(reader, Bzip2::new())),
        Kind::Xz => Box::new(Decoded::new(reader, Xz::new())),
        Kind::Lzip => Box::new(Decoded::new(reader, Lzip::new())),
        Kind::Lzma => Box::new(lzma::Stream::new(reader)),
        _ => Box::new(MultiGzDecoder::new(reader)),
    }
}

/// Whether a compressed content yields anything, as far as its begin says.
///
/// # Errors
///
/// When it is none, or damaged at its very begin.
pub(super) fn begins(kind: Kind, begin: &[u8]) -> io::Result<()> {
    let read = decoder(kind, begin).read(&mut [0]);
    match read {
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(error),
        _ => Ok(()),
    }
}

/// How the name of such a content ends.
pub(super) fn ending(kind: Kind) -> &'static str {
    match kind {
        Kind::Gzip => ".gz",
        Kind::Zstd => ".zst",
        Kind::Bzip2 => ".bz2",
        Kind::Xz => ".xz",
        Kind::Lzma => ".lzma",
        Kind::Lzip => ".lz",
        Kind::Zip | Kind::Tar | Kind::Ar | Kind::Cpio | Kind::Rpm | Kind::Pdf => "",
    }
}

/// What is added to the name of a content that is compressed.
const ENDINGS: [&str; 8] = [".gz", ".zst", ".zstd", ".bz2", ".bz", ".xz", ".lzma", ".lz"];
/// What stands for such an ending behind that of tar.
const TAR_ENDINGS: [&str; 8] = [
    ".tgz", ".taz", ".tzst", ".tbz2", ".tbz", ".tb2", ".txz", ".tlz",
];

/// The name of what is inside; none for an archive, whose members say enough.
fn inner_name(name: &[u8]) -> Option<Vec<u8>> {
    let base = memchr::memrchr(b'/', name)
        .and_then(|slash| name.get(slash + 1..))
        .unwrap_or(name);
    let lower = base.to_ascii_lowercase();
    if TAR_ENDINGS
        .iter()
        .any(|end| lower.ends_with(end.as_bytes()))
    {
        return None;
    }
    let stem = ENDINGS
        .iter()
        .find_map(|end| lower.strip_suffix(end.as_bytes()))
        .filter(|stem| !stem.is_empty());
    match stem {
        Some(stem) if stem.ends_with(b".tar") || stem.ends_with(b".cpio") => None,
        Some(stem) => base.get(..stem.len()).map(<[u8]>::to_vec),
        None => Some(base.to_vec()),
    }
}
