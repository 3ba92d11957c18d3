//! Packs, read as strangers' bytes (gitformat-pack(5)).
//!
//! gix-pack maps the files and reads the index. Entries, inflation and deltas are read here: gix-pack
//! believes the sizes that entries claim, hides what a delta inserts, and checks neither the crc32
//! of an entry nor what a panic would cost.

mod buffer;
mod delta;
mod entry;
mod file;
mod inflate;
mod rename;

pub use crate::stretch::{Stretch, fresh};
pub use buffer::Buffer;
pub use delta::Delta;
pub use entry::{Base, Entry};
pub use file::{Pack, PackError};
pub use inflate::{Inflater, Stream};

use thiserror::Error;

/// What is wrong with one object's bytes in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Damage {
    /// The offset lies outside of the pack's entries.
    #[error("its place lies outside of the pack")]
    Outside,
    /// The pack ends within the entry.
    #[error("the pack ends within it")]
    Truncated,
    /// Types 0 and 5 mean nothing.
    #[error("its type {0} does not exist")]
    Type(u8),
    /// The size does not fit 64 bits.
    #[error("its size is no number")]
    Size,
    /// The base's distance is zero, leads out of the pack, or does not fit 64 bits.
    #[error("its delta base lies outside of the pack")]
    Distance,
    /// The size can't come from so few bytes.
    #[error("it claims {size} bytes, more than its {packed} packed bytes can hold")]
    Claim {
        /// What the header says, in bytes.
        size: u64,
        /// The bytes that are there.
        packed: u64,
    },
    /// Not a zlib stream, or a broken one.
    #[error("its compressed data is damaged")]
    Stream,
    /// The inflated data is longer or shorter than the header says.
    #[error("its size differs from its header's")]
    Length,
    /// The zlib stream's checksum (RFC 1950) differs.
    #[error("its adler-32 checksum does not fit")]
    Adler,
    /// The checksum in the pack's index differs.
    #[error("its crc-32 checksum does not fit the index")]
    Crc,
    /// The delta is for another base.
    #[error("its delta is made for a base of another size")]
    Base,
    /// An instruction of the delta is broken, or leads out of the base or the result.
    #[error("its delta is damaged")]
    Delta,
}
