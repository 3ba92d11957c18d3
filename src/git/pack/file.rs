//! A pack and its index.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::hash::{Kind, oid};
use gix::odb::pack::{data, index};
use thiserror::Error;

use super::Damage;
use super::entry::Entry;
use super::rename::renamed;

/// Why a pack can't be used at all.
#[derive(Debug, Error)]
pub enum PackError {
    /// The pack itself.
    #[error("the pack can't be read: {0}")]
    Pack(String),
    /// Its index.
    #[error("the pack's index can't be read: {0}")]
    Index(String),
}

/// A pack and its index, mapped into memory.
pub struct Pack {
    path: PathBuf,
    data: data::File,
    index: Index,
    complaint: Option<String>,
}

/// Where the objects of a pack stand.
enum Index {
    /// Boxed: it holds its fan-out table.
    File(Box<index::File>),
    /// Found by reading the pack: name and offset, by name.
    Found(Vec<Row>),
}

/// An object and where its entry starts.
pub(crate) type Row = (ObjectId, u64);

impl Pack {
    /// Opens a `.pack` and the `.idx` beside it. When only the index is missing or damaged, the pack is
    /// read through, and its objects are named by what they contain: slow, and a complaint.
    ///
    /// # Errors
    ///
    /// When the pack is no regular file, of an unknown version, or damaged; when the index can't be
    /// read and no object can be found without it.
    pub fn open(path: &Path, hash: Kind) -> Result<Self, PackError> {
        Self::open_checked(path, hash, true)
    }

    /// The same; without `whole` only the index's form is checked, and neither its checksum nor the order
    /// of its names, as git does: reading all of a large index takes longer than a hook may. What is then
    /// not found for its damage is told as missing.
    ///
    /// # Errors
    ///
    /// As those of [`Pack::open`].
    pub fn open_checked(path: &Path, hash: Kind, whole: bool) -> Result<Self, PackError> {
        let data = guarded(path, || data::File::at(path, hash)).map_err(PackError::Pack)?;
        let mut pack = Self {
            path: path.to_owned(),
            data,
            index: Index::Found(Vec::new()),
            complaint: None,
        };
        match pack.listed(hash, whole) {
            Ok(index) => {
                // Git refuses such a pack. What fits the index entry by entry is read all the same.
                if index.pack_checksum() != pack.data.checksum() {
                    pack.complaint = Some("the pack's end does not fit its index".to_owned());
                }
                pack.index = Index::File(Box::new(index));
                Ok(pack)
            }
            Err(why) => renamed(pack, why),
        }
    }

    /// The index, if it can be trusted.
    fn listed(&self, hash: Kind, whole: bool) -> Result<index::File, String> {
        let path = self.path.with_extension("idx");
        let index = guarded(&path, || index::File::at(&path, hash))?;
        if whole {
            sound(&index)?;
        }
        if index.num_objects() != self.data.num_objects() {
            return Err(format!(
                "it lists {} objects, the pack has {}",
                index.num_objects(),
                self.data.num_objects()
            ));
        }
        Ok(index)
    }

    /// How many objects the pack says that it has.
    pub(super) fn claim(&self) -> u32 {
        self.data.num_objects()
    }

    /// The same pack, with what was found in it instead of an index.
    pub(super) fn with(mut self, mut rows: Vec<Row>, complaint: Option<String>) -> Self {
        rows.sort_unstable();
        self.index = Index::Found(rows);
        self.complaint = complaint;
        self
    }

    /// The `.pack` file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with the pack as a whole, though it can be read.
    pub fn complaint(&self) -> Option<&str> {
        self.complaint.as_deref()
    }

    /// The kind of hash that names its objects.
    pub fn hash(&self) -> Kind {
        self.data.object_hash()
    }

    /// How many objects it has.
    pub fn count(&self) -> u32 {
        match &self.index {
            Index::File(index) => index.num_objects(),
            Index::Found(rows) => u32::try_from(rows.len()).unwrap_or(u32::MAX),
        }
    }

    /// The name of an object by its number, below [`Pack::count`]; they ascend.
    pub fn id(&self, number: u32) -> &oid {
        match &self.index {
            Index::File(index) => index.oid_at_index(number),
            Index::Found(rows) => rows
                .get(number as usize)
                .map_or(self.hash().null_ref(), |(id, _)| id),
        }
    }

    /// Where its entry starts, by its number; perhaps outside of the pack.
    pub fn offset(&self, number: u32) -> u64 {
        match &self.index {
            Index::File(index) => index.pack_offset_at_index(number),
            Index::Found(rows) => rows.get(number as usize).map_or(0, |(_, offset)| *offset),
        }
    }

    /// Whether damage to an entry's header shows only in the object's name: an index of version 1 has
    /// no checksums of entries, and a pack without an index neither.
    pub fn is_proved_by_name(&self) -> bool {
        match &self.index {
            Index::File(index) => index.version() == index::Version::V1,
            // Without a complaint it is still being named.
            Index::Found(_) => self.complaint.is_some(),
        }
    }

    /// The crc-32 of its entry's bytes, header included, by its number; none when there are no
    /// checksums.
    pub fn crc32(&self, number: u32) -> Option<u32> {
        match &self.index {
            Index::File(index) => index.crc32_at_index(number),
            Index::Found(_) => None,
        }
    }

    /// The number of an object.
    pub fn find(&self, id: &oid) -> Option<u32> {
        match &self.index {
            Index::File(index) => index.lookup(id),
            Index::Found(rows) => {
                let found = rows.binary_search_by(|(own, _)| (**own).cmp(id)).ok()?;
                u32::try_from(found).ok()
            }
        }
    }

    /// Everything but the trailing hash.
    pub fn bytes(&self) -> &[u8] {
        let end = self.data.pack_end() as u64;
        self.data.entry_slice(0..end).unwrap_or_default()
    }

    /// The header of the entry at this offset.
    ///
    /// # Errors
    ///
    /// When there is none, or a damaged one.
    pub fn entry(&self, offset: u64) -> Result<Entry, Damage> {
        Entry::read(self.bytes(), offset, self.hash())
    }

    /// The pack from an entry's compressed data on.
    pub fn packed(&self, entry: &Entry) -> &[u8] {
        usize::try_from(entry.data_offset)
            .ok()
            .and_then(|at| self.bytes().get(at..))
            .unwrap_or_default()
    }

    /// Compares the checksum of an entry that starts at `offset` and whose compressed data takes
    /// `packed` bytes. Fits when the index has none.
    ///
    /// # Errors
    ///
    /// When it differs.
    pub fn check(
        &self,
        number: u32,
        offset: u64,
        entry: &Entry,
        packed: usize,
    ) -> Result<(), Damage> {
        let Some(crc) = self.crc32(number) else {
            return Ok(());
        };
        let end = usize::try_from(entry.data_offset)
            .ok()
            .and_then(|at| at.checked_add(packed));
        let bytes = usize::try_from(offset)
            .ok()
            .zip(end)
            .and_then(|(start, end)| self.bytes().get(start..end))
            .ok_or(Damage::Outside)?;
        if crc32fast::hash(bytes) == crc {
            Ok(())
        } else {
            Err(Damage::Crc)
        }
    }
}

/// Opens a mapped file, unless it is something that opening waits for.
fn guarded<T, E: std::fmt::Display>(
    path: &Path,
    open: impl FnOnce() -> Result<T, E>,
) -> Result<T, String> {
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    // gix-pack checks the sizes before it reads; that it forgot one must not end the scan.
    catch_unwind(AssertUnwindSafe(open))
        .map_err(|_| "its reader failed".to_owned())?
        .map_err(|error| error.to_string())
}

/// Whether the index can be trusted: its own checksum fits, its names ascend as its fan-out says.
fn sound(index: &index::File) -> Result<(), String> {
    let damaged = |what: &str| Err(format!("it is damaged: {what}"));
    let stop = std::sync::atomic::AtomicBool::new(false);
    let found = index
        .verify_checksum(&mut gix::progress::Discard, &stop)
        .map_err(|error| error.to_string());
    if found.is_err() {
        return damaged("its checksum does not fit");
    }
    let count = index.num_objects();
    let mut last = None;
    for number in 0..count {
        let id = index.oid_at_index(number);
        if last.is_some_and(|last| last > id) {
            return damaged("its names are out of order");
        }
        last = Some(id);
    }
    Ok(())
}
