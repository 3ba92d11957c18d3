//! Objects and packs made by hand: what git itself would not write. (gitformat-pack(5))

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::repo::Repo;

/// Packs bytes as objects are packed.
pub(crate) fn deflate(data: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::fast());
    out.write_all(data).unwrap();
    out.finish().unwrap()
}

/// The SHA-1 of bytes.
pub(crate) fn sha1(data: &[u8]) -> Vec<u8> {
    let mut hash = gix::hash::hasher(gix::hash::Kind::Sha1);
    hash.update(data);
    hash.try_finalize().unwrap().as_slice().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of an id.
pub(crate) fn raw(id: &str) -> Vec<u8> {
    (0..id.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap())
        .collect()
}

/// The id of an object.
pub(crate) fn id(kind: &str, data: &[u8]) -> String {
    hex(&sha1(&framed(kind, data)))
}

fn framed(kind: &str, data: &[u8]) -> Vec<u8> {
    [format!("{kind} {}\0", data.len()).as_bytes(), data].concat()
}

/// Writes a loose object, whatever it holds.
pub(crate) fn loose(repo: &Repo, kind: &str, data: &[u8]) -> String {
    let id = id(kind, data);
    loose_as(repo, &id, &deflate(&framed(kind, data)));
    id
}

/// Writes bytes where a loose object of this id would be.
pub(crate) fn loose_as(repo: &Repo, id: &str, bytes: &[u8]) -> PathBuf {
    let dir = repo.git_dir().join("objects").join(&id[..2]);
    fs::create_dir_all(&dir).unwrap();
    let path = dir.join(&id[2..]);
    if path.exists() {
        fs::remove_file(&path).unwrap();
    }
    fs::write(&path, bytes).unwrap();
    path
}

/// The bytes of a tree of (mode, name, id), in this order.
pub(crate) fn tree(entries: &[(&str, &[u8], &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (mode, name, id) in entries {
        out.extend(mode.bytes());
        out.push(b' ');
        out.extend(*name);
        out.push(0);
        out.extend(raw(id));
    }
    out
}

/// The bytes of a commit.
pub(crate) fn commit(tree: &str, parents: &[&str], date: &str, message: &str) -> Vec<u8> {
    let parents: String = parents.iter().map(|id| format!("parent {id}\n")).collect();
    format!(
        "tree {tree}\n{parents}author Ada <ada@example.com> {date}\n\
         committer Bea <bea@example.com> {date}\n\n{message}\n"
    )
    .into_bytes()
}

/// Kinds of pack entries.
pub(crate) const COMMIT: u8 = 1;
pub(crate) const BLOB: u8 = 3;
pub(crate) const OFS_DELTA: u8 = 6;
pub(crate) const REF_DELTA: u8 = 7;

/// A pack under construction, with its index.
pub(crate) struct Pack {
    bytes: Vec<u8>,
    /// Id and offset of each entry, and the offset of its end.
    entries: Vec<(String, u64, u64)>,
    /// How many entries the pack's header tells, when not the truth.
    pub(crate) claims: Option<u32>,
}

impl Pack {
    pub(crate) fn new() -> Self {
        Self {
            bytes: b"PACK\0\0\0\x02\0\0\0\0".to_vec(),
            entries: Vec::new(),
            claims: None,
        }
    }

    /// Where the next entry begins.
    pub(crate) fn end(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Adds an entry of any kind: its header claims `size`, `base` follows, then the bytes.
    pub(crate) fn entry(
        &mut self,
        id: &str,
        kind: u8,
        size: u64,
        base: &[u8],
        deflated: &[u8],
    ) -> u64 {
        let offset = self.bytes.len() as u64;
        let mut rest = size >> 4;
        let mut byte = kind << 4 | (size & 15) as u8;
        while rest > 0 {
            self.bytes.push(byte | 0x80);
            byte = (rest & 0x7f) as u8;
            rest >>= 7;
        }
        self.bytes.push(byte);
        self.bytes.extend(base);
        self.bytes.extend(deflated);
        self.entries
            .push((id.to_owned(), offset, self.bytes.len() as u64));
        offset
    }

    /// A whole blob; its id and offset.
    pub(crate) fn blob(&mut self, data: &[u8]) -> (String, u64) {
        let id = id("blob", data);
        let offset = self.entry(&id, BLOB, data.len() as u64, &[], &deflate(data));
        (id, offset)
    }

    /// A delta on the entry at an offset of this pack.
    pub(crate) fn on_offset(&mut self, id: &str, base: u64, delta: &[u8]) -> u64 {
        let back = self.bytes.len() as u64 - base;
        self.entry(
            id,
            OFS_DELTA,
            delta.len() as u64,
            &distance(back),
            &deflate(delta),
        )
    }

    /// A delta on an object.
    pub(crate) fn on_id(&mut self, id: &str, base: &str, delta: &[u8]) -> u64 {
        let size = delta.len() as u64;
        self.entry(id, REF_DELTA, size, &raw(base), &deflate(delta))
    }

    /// Lets the index name the first entry again in place of the last.
    pub(crate) fn hide_last_behind_first(&mut self) {
        let first = self.entries[0].clone();
        *self.entries.last_mut().unwrap() = first;
    }

    /// Writes pack and index into the repository; the path of the pack.
    pub(crate) fn write(mut self, repo: &Repo) -> PathBuf {
        let count = self.claims.unwrap_or(self.entries.len() as u32);
        self.bytes[8..12].copy_from_slice(&count.to_be_bytes());
        let sum = sha1(&self.bytes);
        self.bytes.extend(&sum);
        let dir = repo.git_dir().join("objects/pack");
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join(format!("pack-{}.pack", hex(&sum)));
        fs::write(&path, &self.bytes).unwrap();
        fs::write(path.with_extension("idx"), self.index(&sum)).unwrap();
        path
    }

    fn index(&self, sum: &[u8]) -> Vec<u8> {
        let mut all: Vec<_> = self
            .entries
            .iter()
            .map(|(id, start, end)| (raw(id), *start as usize, *end as usize))
            .collect();
        all.sort();
        let mut out = b"\xfftOc\0\0\0\x02".to_vec();
        for first in 0..=255_u8 {
            let upto = all.iter().filter(|(id, ..)| id[0] <= first).count() as u32;
            out.extend(upto.to_be_bytes());
        }
        for (id, ..) in &all {
            out.extend(id);
        }
        for (_, start, end) in &all {
            let sum = crc32fast::hash(&self.bytes[*start..*end]);
            out.extend(sum.to_be_bytes());
        }
        for (_, start, _) in &all {
            out.extend((*start as u32).to_be_bytes());
        }
        out.extend(sum);
        let own = sha1(&out);
        out.extend(own);
        out
    }
}

/// How an offset delta tells the distance to its base.
pub(crate) fn distance(mut back: u64) -> Vec<u8> {
    let mut out = vec![(back & 0x7f) as u8];
    back >>= 7;
    while back > 0 {
        back -= 1;
        out.push(0x80 | (back & 0x7f) as u8);
        back >>= 7;
    }
    out.reverse();
    out
}

/// A delta: sizes of base and result, then what to copy and what to insert.
pub(crate) struct Delta(Vec<u8>);

impl Delta {
    pub(crate) fn new(base: u64, result: u64) -> Self {
        let mut out = Vec::new();
        for mut size in [base, result] {
            while size >= 0x80 {
                out.push(0x80 | (size & 0x7f) as u8);
                size >>= 7;
            }
            out.push(size as u8);
        }
        Self(out)
    }

    pub(crate) fn copy(mut self, from: u32, length: u32) -> Self {
        let at = self.0.len();
        self.0.push(0x80);
        for (bit, byte) in from.to_le_bytes().into_iter().enumerate() {
            if byte != 0 {
                self.0[at] |= 1 << bit;
                self.0.push(byte);
            }
        }
        for (bit, byte) in length.to_le_bytes()[..3].iter().enumerate() {
            if *byte != 0 {
                self.0[at] |= 0x10 << bit;
                self.0.push(*byte);
            }
        }
        self
    }

    pub(crate) fn insert(mut self, text: impl AsRef<[u8]>) -> Self {
        for piece in text.as_ref().chunks(127) {
            self.0.push(piece.len() as u8);
            self.0.extend(piece);
        }
        self
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0
    }
}
