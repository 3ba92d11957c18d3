//! The entries of an index file, versions 2 to 4 (gitformat-index(5)).

use gix::ObjectId;
use gix::hash::Kind;

use super::IndexError;

/// One entry: where it stands in the index's text. A large index has very many, and few are looked at.
#[derive(Clone, Copy, Debug)]
pub(in crate::git) struct Entry {
    /// Where its fields begin.
    at: u32,
    /// Where its path begins and ends.
    path: (u32, u32),
}

/// The fields of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::git) struct Fields {
    /// The blob; a tree's of a sparse directory, a commit's of a submodule.
    pub(in crate::git) id: ObjectId,
    /// Type and permissions, as in trees.
    pub(in crate::git) mode: u32,
    /// 0, or which side of a conflict this is: 1 their common ancestor, 2 ours, 3 theirs.
    pub(in crate::git) stage: u8,
    /// `git add --intent-to-add`: a path without content so far.
    pub(in crate::git) intended: bool,
}

impl Fields {
    /// Whether it is a directory of a sparse index, as a whole.
    pub(in crate::git) fn is_tree(&self) -> bool {
        self.mode & 0o170_000 == 0o040_000
    }

    /// Whether it is a submodule.
    pub(in crate::git) fn is_gitlink(&self) -> bool {
        self.mode & 0o170_000 == 0o160_000
    }
}

impl Entry {
    /// Its fields in the text that it stands in; none where that is another one.
    pub(super) fn fields(&self, text: &[u8], kind: Kind) -> Option<Fields> {
        let mut reader = Reader {
            bytes: text,
            at: self.at as usize,
        };
        let mode = reader.take(STAT)?.get(MODE..MODE + 4)?;
        let mode = u32::from_be_bytes(mode.try_into().ok()?);
        let id = ObjectId::try_from(reader.take(kind.len_in_bytes())?).ok()?;
        let flags = reader.short()?;
        let more = if flags & EXTENDED == 0 {
            0
        } else {
            reader.short()?
        };
        Some(Fields {
            id,
            mode,
            stage: u8::try_from(flags >> 12 & 3).ok()?,
            intended: more & INTENDED != 0,
        })
    }

    /// Its path in the text that it stands in.
    pub(super) fn path<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let (start, end) = self.path;
        text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The same entry where its text begins so much later in another one; none beyond 4 GiB.
    pub(super) fn moved(self, by: usize) -> Option<Self> {
        let moved = |at: u32| at.checked_add(u32::try_from(by).ok()?);
        Some(Self {
            at: moved(self.at)?,
            path: (moved(self.path.0)?, moved(self.path.1)?),
        })
    }

    /// The fields of this entry with the path of another.
    pub(super) fn at_path_of(self, other: Self) -> Self {
        Self {
            path: other.path,
            ..self
        }
    }

    /// Whether it bears no path: one of a split index that stands for a shared one.
    pub(super) fn has_no_path(&self) -> bool {
        self.path.0 == self.path.1
    }
}

/// The bytes of an entry before its id.
const STAT: usize = 40;
/// Where its mode stands in them.
const MODE: usize = 24;

const EXTENDED: u16 = 0x4000;
const NAME: u16 = 0x0fff;
const INTENDED: u16 = 0x2000;
const SKIP_WORKTREE: u16 = 0x4000;

/// What the entries of a file are decoded to.
pub(super) struct Decoded {
    pub(super) entries: Vec<Entry>,
    /// What is to follow the file's bytes in the index's text: the paths that do not stand in the file.
    pub(super) paths: Vec<u8>,
    /// Where the extensions begin.
    pub(super) end: usize,
}

/// Decodes a file's entries; `content` is the file without its checksum, of `size` bytes with it.
pub(super) fn entries(content: &[u8], size: usize, kind: Kind) -> Result<Decoded, IndexError> {
    let damaged = |what: &str| IndexError::Damaged(what.to_owned());
    let mut reader = Reader {
        bytes: content,
        at: 0,
    };
    let header = reader.take(4);
    if header != Some(b"DIRC") {
        return Err(damaged("it does not begin as an index does"));
    }
    let version = reader.number().ok_or_else(|| damaged("it is cut off"))?;
    if !(2..=4).contains(&version) {
        return Err(IndexError::Unknown(format!(
            "its version is {version}; only 2 to 4 are known"
        )));
    }
    let count = reader.number().ok_or_else(|| damaged("it is cut off"))? as usize;
    let least = STAT + kind.len_in_bytes() + 2;
    if count > content.len() / least {
        return Err(damaged("it has room for fewer entries than it claims"));
    }
    let mut expanding = (version == 4).then(|| Expanding::new(size));
    let mut entries = Vec::with_capacity(count);
    for number in 0..count {
        let entry = one(&mut reader, kind, version, expanding.as_mut());
        entries.push(entry.ok_or_else(|| damaged(&format!("its entry {number} can't be read")))?);
    }
    Ok(Decoded {
        entries,
        paths: expanding
            .map(|expanding| expanding.text)
            .unwrap_or_default(),
        end: reader.at,
    })
}

#[inline]
fn one(
    reader: &mut Reader<'_>,
    kind: Kind,
    version: u32,
    expanding: Option<&mut Expanding>,
) -> Option<Entry> {
    let start = reader.at;
    reader.take(STAT + kind.len_in_bytes())?;
    let flags = reader.short()?;
    if flags & EXTENDED != 0 {
        // Git refuses what it does not know here, too.
        let more = reader.short()?;
        if version < 3 || more & !(INTENDED | SKIP_WORKTREE) != 0 {
            return None;
        }
    }
    let path = match expanding {
        Some(expanding) => {
            let strip = reader.varint()?;
            expanding.next(strip, reader.until_nul()?)?
        }
        None => {
            let from = reader.at;
            let to = match flags & NAME {
                NAME => from + reader.until_nul()?.len(),
                length => {
                    reader.take(usize::from(length))?;
                    reader.at
                }
            };
            // One to eight NULs: the next entry begins at a multiple of eight.
            reader.at = start.checked_add(((to - start) & !7) + 8)?;
            (u32::try_from(from).ok()?, u32::try_from(to).ok()?)
        }
    };
    Some(Entry {
        at: u32::try_from(start).ok()?,
        path,
    })
}

/// The paths of version 4: each is what the one before it begins with, and a rest.
struct Expanding {
    /// Stands behind the file's bytes.
    text: Vec<u8>,
    /// How many those are.
    file: usize,
    last: usize,
    most: usize,
}

impl Expanding {
    /// Paths shrink to an eighth at the best in any index that git ever wrote.
    fn new(size: usize) -> Self {
        Self {
            text: Vec::with_capacity(size / 2),
            file: size,
            last: 0,
            most: size.saturating_mul(8),
        }
    }

    fn next(&mut self, strip: usize, rest: &[u8]) -> Option<(u32, u32)> {
        let start = self.text.len();
        let kept = start.checked_sub(self.last)?.checked_sub(strip)?;
        if start.checked_add(kept)?.checked_add(rest.len())? > self.most {
            return None;
        }
        self.text.extend_from_within(self.last..self.last + kept);
        self.text.extend_from_slice(rest);
        self.last = start;
        let place = |at: usize| u32::try_from(self.file.checked_add(at)?).ok();
        Some((place(start)?, place(self.text.len())?))
    }
}

/// Reads fields one after the other; none beyond the end.
pub(super) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        let bytes = self.take(4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    }

    pub(super) fn long(&mut self) -> Option<u64> {
        let bytes = self.take(8)?.try_into().ok()?;
        Some(u64::from_be_bytes(bytes))
    }

    fn short(&mut self) -> Option<u16> {
        let bytes = self.take(2)?.try_into().ok()?;
        Some(u16::from_be_bytes(bytes))
    }

    /// What stands before the next NUL, which is passed over.
    pub(super) fn until_nul(&mut self) -> Option<&'a [u8]> {
        self.until(0)
    }

    /// What stands before the next byte of this value, which is passed over.
    pub(super) fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..)?;
        let length = memchr::memchr(end, rest)?;
        self.at += length + 1;
        rest.get(..length)
    }

    /// The variable-width number of offset deltas (gitformat-pack(5)).
    fn varint(&mut self) -> Option<usize> {
        let mut byte = *self.take(1)?.first()?;
        let mut value = usize::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = *self.take(1)?.first()?;
            value = value.checked_add(1)?.checked_mul(128)? + usize::from(byte & 0x7f);
        }
        Some(value)
    }
}
