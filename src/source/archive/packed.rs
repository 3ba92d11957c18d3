//! Members of zip archives that are packed with younger methods than the library knows here.

use std::io::{self, Read};

use zip::CompressionMethod;
use zip::read::ZipFile;

use super::{Kind, compressed, lzma};

/// What such a member holds.
pub(super) struct Packed<'r> {
    reader: Box<dyn Read + 'r>,
    sum: crc32fast::Hasher,
    size: u64,
    /// What the archive's directory says of the content: its sum and its size.
    told: (u32, u64),
}

impl<'r> Packed<'r> {
    /// How a member is packed; none when the library knows how, nobody does, or it is encrypted.
    pub(super) fn kind<R: Read>(entry: &ZipFile<'_, R>) -> Option<Kind> {
        match entry.compression() {
            _ if entry.encrypted() => None,
            CompressionMethod::BZIP2 => Some(Kind::Bzip2),
            CompressionMethod::LZMA => Some(Kind::Lzma),
            CompressionMethod::ZSTD | CompressionMethod::ZSTD_DEPRECATED => Some(Kind::Zstd),
            CompressionMethod::XZ => Some(Kind::Xz),
            _ => None,
        }
    }

    /// A member as it is stored.
    pub(super) fn new<R: Read>(entry: ZipFile<'r, R>, kind: Kind) -> Self {
        let told = (entry.crc32(), entry.size());
        let reader = match kind {
            Kind::Lzma => Box::new(lzma::Stream::member(entry, told.1)),
            kind => compressed::decoder(kind, entry),
        };
        Self {
            reader,
            sum: crc32fast::Hasher::new(),
            size: 0,
            told,
        }
    }
}

impl Read for Packed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.sum.update(buffer.get(..read).unwrap_or_default());
        self.size = self.size.saturating_add(read as u64);
        let done = read == 0 && !buffer.is_empty();
        if done && (self.sum.clone().finalize(), self.size) != self.told {
            return Err(io::Error::other("the checksum does not fit"));
        }
        Ok(read)
    }
}
