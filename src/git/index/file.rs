//! An index file as a whole: its checksum, its entries, its extensions.

use std::cmp::Ordering;
use std::path::Path;

use gix::hash::Kind;

use super::IndexError;
use super::cached::Cached;
use super::entry::{self, Entry, Fields, Reader};
use super::link::Link;
use crate::git::file;

/// The largest index that is read, in bytes: some five million paths.
const LARGEST: u64 = 1 << 30;

/// The largest index whose checksum is compared, in bytes, where its kind is known.
///
/// Git never compares it, but in git-fsck(1): what git would commit is what the file says, whatever its
/// checksum is. Damage in it is told where it is cheap to find; the checksum of a larger index would take
/// as long as all else.
const CHECKED: usize = 4 << 20;

/// A decoded index; of a split one the whole.
#[derive(Debug)]
pub(in crate::git) struct Index {
    /// The file, or both files, and the paths that don't stand in them.
    text: Vec<u8>,
    /// In order of path and stage.
    entries: Vec<Entry>,
    cached: Option<Cached>,
    kind: Kind,
}

impl Index {
    /// Reads an index file; none when there is no such file. `git_dir` is where its shared index is, if it
    /// is split; `kinds` says which hashes it may be made with.
    ///
    /// # Errors
    ///
    /// When it is damaged, not a regular file, can't be read, or asks for what is not known here.
    pub(in crate::git) fn read(
        path: &Path,
        git_dir: &Path,
        kinds: &[Kind],
    ) -> Result<Option<Self>, IndexError> {
        let mut file = match File::read(path, kinds) {
            Err(IndexError::Read(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(None);
            }
            file => file?,
        };
        // All zeros where a split index was joined again.
        let link = file.link.take().filter(|link| !link.shared.is_null());
        let index = match link {
            Some(link) => {
                let name = format!("sharedindex.{}", link.shared.to_hex());
                let shared = File::read(&git_dir.join(name), &[file.kind])?;
                if shared.link.is_some() {
                    return Err(damaged("its shared index is split as well"));
                }
                file.joined(shared, &link)?
            }
            None => Self {
                text: file.text,
                entries: file.entries,
                cached: file.cached,
                kind: file.kind,
            },
        };
        index.order()?;
        Ok(Some(index))
    }

    /// The entries, in order of path and stage.
    pub(in crate::git) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The path of an entry, below the work tree's top. That of a sparse directory ends with a slash.
    pub(in crate::git) fn path(&self, entry: &Entry) -> &[u8] {
        entry.path(&self.text)
    }

    /// The fields of an entry.
    pub(in crate::git) fn fields(&self, entry: &Entry) -> Fields {
        let fields = entry.fields(&self.text, self.kind);
        // There are none only for another index's entry.
        fields.unwrap_or(Fields {
            id: self.kind.null(),
            mode: 0,
            stage: 0,
            intended: false,
        })
    }

    /// The trees that are known already.
    pub(in crate::git) fn cached(&self) -> Option<&Cached> {
        self.cached.as_ref()
    }

    /// Checks the order of the entries: all that is asked of an index relies on it.
    fn order(&self) -> Result<(), IndexError> {
        let in_order = self.entries.windows(2).all(|pair| match pair {
            [a, b] => match self.path(a).cmp(self.path(b)) {
                Ordering::Less => true,
                Ordering::Equal => self.fields(a).stage < self.fields(b).stage,
                Ordering::Greater => false,
            },
            _ => true,
        });
        if !in_order || self.entries.first().is_some_and(Entry::has_no_path) {
            return Err(damaged("its entries are not in order"));
        }
        Ok(())
    }
}

/// One index file.
struct File {
    text: Vec<u8>,
    entries: Vec<Entry>,
    cached: Option<Cached>,
    link: Option<Link>,
    kind: Kind,
}

impl File {
    fn read(path: &Path, kinds: &[Kind]) -> Result<Self, IndexError> {
        let mut bytes = file::small(path, LARGEST)?;
        let mut first = None;
        for kind in kinds {
            let checks = kinds.len() > 1 || bytes.len() <= CHECKED;
            match Self::parts(&bytes, *kind, checks) {
                Ok((decoded, extensions)) => {
                    bytes.extend_from_slice(&decoded.paths);
                    return Ok(Self {
                        text: bytes,
                        entries: decoded.entries,
                        cached: extensions.cached,
                        link: extensions.link,
                        kind: *kind,
                    });
                }
                Err(error) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or_else(|| damaged("its hash is not known")))
    }

    fn parts(
        bytes: &[u8],
        kind: Kind,
        checks: bool,
    ) -> Result<(entry::Decoded, Extensions), IndexError> {
        let (content, checksum) = bytes
            .len()
            .checked_sub(kind.len_in_bytes())
            .and_then(|end| bytes.split_at_checked(end))
            .ok_or_else(|| damaged("it is too short"))?;
        if checks {
            check(content, checksum, kind)?;
        }
        let decoded = entry::entries(content, bytes.len(), kind)?;
        let extensions = Extensions::decode(content, decoded.end, kind)?;
        Ok((decoded, extensions))
    }

    /// The index that this split one makes with its shared one.
    fn joined(self, shared: Self, link: &Link) -> Result<Index, IndexError> {
        let mut text = shared.text;
        let by = text.len();
        text.extend_from_slice(&self.text);
        let split: Option<Vec<Entry>> = self
            .entries
            .into_iter()
            .map(|entry| entry.moved(by))
            .collect();
        let split = split.ok_or_else(|| damaged("it is too large"))?;
        let mut index = Index {
            text,
            entries: link.join(shared.entries, split)?,
            // It speaks of the index as a whole.
            cached: self.cached,
            kind: self.kind,
        };
        let text = &index.text;
        let stage = |entry: &Entry| entry.fields(text, self.kind).map(|fields| fields.stage);
        index.entries.sort_by(|a, b| {
            let by_path = a.path(text).cmp(b.path(text));
            by_path.then_with(|| stage(a).cmp(&stage(b)))
        });
        Ok(index)
    }
}

/// The extensions that matter here.
#[derive(Default)]
struct Extensions {
    cached: Option<Cached>,
    link: Option<Link>,
}

impl Extensions {
    fn decode(content: &[u8], start: usize, kind: Kind) -> Result<Self, IndexError> {
        let mut out = Self::default();
        let mut reader = Reader {
            bytes: content,
            at: start,
        };
        while reader.at < content.len() {
            let (name, body) = reader
                .take(4)
                .and_then(|name| {
                    let size = reader.number()?;
                    Some((name, reader.take(usize::try_from(size).ok()?)?))
                })
                .ok_or_else(|| damaged("its extensions are cut off"))?;
            match name {
                b"TREE" => out.cached = Cached::decode(body, kind),
                b"link" => {
                    let link = Link::decode(body, kind);
                    out.link = Some(link.ok_or_else(|| damaged("its link extension"))?);
                }
                // Says no more than that sparse directories may stand in it.
                b"sdir" => {}
                // A capital says that one may do without it.
                [b'A'..=b'Z', ..] => {}
                _ => {
                    return Err(IndexError::Unknown(format!(
                        "it has the extension `{}`, which is not known here",
                        name.escape_ascii()
                    )));
                }
            }
        }
        Ok(out)
    }
}

/// Compares a file's checksum.
fn check(content: &[u8], checksum: &[u8], kind: Kind) -> Result<(), IndexError> {
    // All zeros: written with `index.skipHash`.
    if checksum.iter().all(|byte| *byte == 0) {
        return Ok(());
    }
    let mut hasher = gix::hash::hasher(kind);
    hasher.update(content);
    let found = hasher
        .try_finalize()
        .map_err(|error| damaged(&error.to_string()))?;
    if found.as_bytes() == checksum {
        Ok(())
    } else {
        Err(damaged("its checksum does not fit"))
    }
}

fn damaged(what: &str) -> IndexError {
    IndexError::Damaged(what.to_owned())
}
