//! The header of a pack's entry.

use gix::ObjectId;
use gix::objs::Kind;

use super::Damage;

/// Where the first entry of a pack starts, in bytes.
pub(super) const FIRST: u64 = gix::odb::pack::data::header::SIZE as u64;

/// What an entry's data is to be applied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Nothing: it is an object of this kind.
    None(Kind),
    /// An entry of the same pack, at this offset, always before it.
    Offset(u64),
    /// An object by name: of the same pack as a rule, of any other place in a thin one.
    Id(ObjectId),
}

/// An entry's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What its data is to be applied to.
    pub base: Base,
    /// Of the inflated data, in bytes: of the object, or of the delta. A stranger's word.
    pub size: u64,
    /// Where in the pack the compressed data starts.
    pub data_offset: u64,
}

impl Entry {
    /// Reads the header at this offset of a pack; `pack` is all of it before the trailing hash.
    ///
    /// # Errors
    ///
    /// When there is no such header.
    pub fn read(pack: &[u8], offset: u64, hash: gix::hash::Kind) -> Result<Self, Damage> {
        if offset < FIRST {
            return Err(Damage::Outside);
        }
        let bytes = usize::try_from(offset).ok().and_then(|at| pack.get(at..));
        let bytes = bytes
            .filter(|bytes| !bytes.is_empty())
            .ok_or(Damage::Outside)?;
        let mut rest = bytes;
        let first = next(&mut rest)?;
        let size = size(first, &mut rest)?;
        let base = match (first >> 4) & 7 {
            1 => Base::None(Kind::Commit),
            2 => Base::None(Kind::Tree),
            3 => Base::None(Kind::Blob),
            4 => Base::None(Kind::Tag),
            6 => {
                let distance = distance(&mut rest)?;
                let base = offset
                    .checked_sub(distance)
                    .filter(|base| distance > 0 && *base >= FIRST);
                Base::Offset(base.ok_or(Damage::Distance)?)
            }
            7 => {
                let (id, after) = rest
                    .split_at_checked(hash.len_in_bytes())
                    .ok_or(Damage::Truncated)?;
                rest = after;
                Base::Id(ObjectId::try_from(id).map_err(|_| Damage::Truncated)?)
            }
            other => return Err(Damage::Type(other)),
        };
        // No overflow: the header was just read from there.
        let data_offset = offset + (bytes.len() - rest.len()) as u64;
        Ok(Self {
            base,
            size,
            data_offset,
        })
    }
}

fn next(rest: &mut &[u8]) -> Result<u8, Damage> {
    let (first, after) = rest.split_first().ok_or(Damage::Truncated)?;
    *rest = after;
    Ok(*first)
}

/// The size: four bits of the first byte, then seven of each that follows, lowest first.
fn size(first: u8, rest: &mut &[u8]) -> Result<u64, Damage> {
    let mut size = u64::from(first & 15);
    let mut shift = 4;
    let mut byte = first;
    while byte & 0x80 != 0 {
        byte = next(rest)?;
        let part = u64::from(byte & 0x7f);
        if shift > 60 || shift == 60 && part > 15 {
            return Err(Damage::Size);
        }
        size |= part << shift;
        shift += 7;
    }
    Ok(size)
}

/// The distance to a base: seven bits a byte, highest first, one more for each byte that follows.
fn distance(rest: &mut &[u8]) -> Result<u64, Damage> {
    let mut byte = next(rest)?;
    let mut distance = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = next(rest)?;
        distance = distance
            .checked_add(1)
            .and_then(|high| high.checked_mul(128))
            .ok_or(Damage::Distance)?
            | u64::from(byte & 0x7f);
    }
    Ok(distance)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    const SHA1: gix::hash::Kind = gix::hash::Kind::Sha1;

    fn pack(header: &[u8]) -> Vec<u8> {
        [&[0; 12][..], header].concat()
    }

    #[test]
    fn sizes_up_to_64_bits() {
        let full = [&[0xbf][..], &[0xff; 8], &[0x0f]].concat();
        let entry = Entry::read(&pack(&full), 12, SHA1).unwrap();
        assert_eq!((entry.size, entry.data_offset), (u64::MAX, 22));
        assert_eq!(entry.base, Base::None(Kind::Blob));
        let over = [&[0xbf][..], &[0xff; 8], &[0x10]].concat();
        assert_eq!(
            Entry::read(&pack(&over), 12, SHA1).unwrap_err(),
            Damage::Size
        );
        let endless = [0xff; 40];
        assert_eq!(
            Entry::read(&pack(&endless), 12, SHA1).unwrap_err(),
            Damage::Size
        );
    }

    #[test]
    fn bases_before_the_entry_only() {
        let at = |header: &[u8], offset| {
            let mut bytes = vec![0; offset];
            bytes.extend_from_slice(header);
            Entry::read(&bytes, offset as u64, SHA1)
        };
        assert_eq!(at(&[0x60, 1], 13).unwrap().base, Base::Offset(12));
        // The second byte of a distance adds one to the first: 0x80 0x00 is 128.
        assert_eq!(at(&[0x60, 0x80, 0], 140).unwrap().base, Base::Offset(12));
        assert_eq!(at(&[0x60, 0], 100).unwrap_err(), Damage::Distance);
        assert_eq!(at(&[0x60, 2], 13).unwrap_err(), Damage::Distance);
        assert_eq!(
            at(&[&[0x60][..], &[0xff; 12]].concat(), 13).unwrap_err(),
            Damage::Distance
        );
        assert_eq!(at(&[0x70, 1, 2], 12).unwrap_err(), Damage::Truncated);
        assert_eq!(at(&[0x50], 12).unwrap_err(), Damage::Type(5));
        assert_eq!(at(&[0x00], 12).unwrap_err(), Damage::Type(0));
        assert_eq!(at(&[0x30], 11).unwrap_err(), Damage::Outside);
        assert_eq!(
            Entry::read(&[0; 20], u64::MAX, SHA1).unwrap_err(),
            Damage::Outside
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, offset in 0u64..80) {
            if let Ok(entry) = Entry::read(&bytes, offset, SHA1) {
                prop_assert!(entry.data_offset > offset);
                prop_assert!(entry.data_offset <= bytes.len() as u64);
                if let Base::Offset(base) = entry.base {
                    prop_assert!((FIRST..offset).contains(&base));
                }
            }
        }
    }
}
