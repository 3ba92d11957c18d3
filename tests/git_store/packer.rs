//! Packs that git would not write.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use gix::ObjectId;
use gix::hash::Kind;

/// An entry: the name its index gives it, and its bytes.
pub(crate) struct Entry {
    pub(crate) id: ObjectId,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A whole object, whose header claims this size.
pub(crate) fn whole(kind: u8, claim: u64, data: &[u8]) -> Vec<u8> {
    [header(kind, claim), deflated(data)].concat()
}

/// A delta for a base by name.
pub(crate) fn by_name(base: &ObjectId, delta: &[u8]) -> Vec<u8> {
    let mut out = header(7, delta.len() as u64);
    out.extend_from_slice(base.as_slice());
    out.extend(deflated(delta));
    out
}

fn header(kind: u8, mut size: u64) -> Vec<u8> {
    let mut out = vec![kind << 4 | (size & 15) as u8];
    size >>= 4;
    while size > 0 {
        *out.last_mut().unwrap() |= 0x80;
        out.push((size & 0x7f) as u8);
        size >>= 7;
    }
    out
}

/// A delta that copies a base of this size (below 128) and adds bytes.
pub(crate) fn adding(base: u8, bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len() as u8;
    [&[base, base + length, 0x90, base, length][..], bytes].concat()
}

/// The name of a blob.
pub(crate) fn name(data: &[u8]) -> ObjectId {
    gix::objs::compute_hash(Kind::Sha1, gix::objs::Kind::Blob, data).unwrap()
}

fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut hasher = gix::hash::hasher(Kind::Sha1);
    hasher.update(&bytes);
    bytes.extend_from_slice(hasher.try_finalize().unwrap().as_slice());
    bytes
}

/// Writes a pack and its index, all checksums right (gitformat-pack(5)).
pub(crate) fn write(dir: &Path, stem: &str, entries: &[Entry]) {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend((entries.len() as u32).to_be_bytes());
    let mut rows = Vec::new();
    for entry in entries {
        let row = (entry.id, crc32fast::hash(&entry.bytes), pack.len() as u32);
        rows.push(row);
        pack.extend_from_slice(&entry.bytes);
    }
    rows.sort();
    let pack = sealed(pack);
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255u8 {
        let below = rows.iter().filter(|row| row.0.first_byte() <= first);
        index.extend((below.count() as u32).to_be_bytes());
    }
    for row in &rows {
        index.extend_from_slice(row.0.as_slice());
    }
    for row in &rows {
        index.extend(row.1.to_be_bytes());
    }
    for row in &rows {
        index.extend(row.2.to_be_bytes());
    }
    index.extend_from_slice(&pack[pack.len() - 20..]);
    std::fs::create_dir_all(dir).unwrap();
    std::fs::write(dir.join(format!("{stem}.pack")), pack).unwrap();
    std::fs::write(dir.join(format!("{stem}.idx")), sealed(index)).unwrap();
}
