//! The entries of trees, from untrusted bytes.
//!
//! gix-object reads trees too, but takes no entry that git would not write: here an odd one is shown
//! for what it is, since what it names is in the object store all the same. Names are never used on
//! a file system: one with a slash, `..`, or none at all is just an odd name.

use std::ops::Range;

use gix::hash;
use gix::oid;
use thiserror::Error;

/// What is wrong with the bytes of a tree, from there on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Damage {
    /// The mode is empty, no octal number, or too large.
    #[error("the mode of an entry at byte {0} is no octal number")]
    Mode(usize),
    /// The name has no end.
    #[error("the name of an entry at byte {0} has no end")]
    Name(usize),
    /// The id is cut off.
    #[error("the id of an entry at byte {0} is cut off")]
    Id(usize),
}

/// What an entry's mode says it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A directory: another tree.
    Tree,
    /// A file, executable or not: a blob.
    File,
    /// A symbolic link: a blob that holds its target.
    Link,
    /// A submodule: a commit of another repository, which this store need not have.
    Submodule,
    /// Nothing that git knows.
    Odd,
}

impl Mode {
    /// Reads the type bits, as git does: permission bits don't matter.
    pub fn of(bits: u32) -> Self {
        match bits & 0o170_000 {
            0o040_000 => Self::Tree,
            0o100_000 => Self::File,
            0o120_000 => Self::Link,
            0o160_000 => Self::Submodule,
            _ => Self::Odd,
        }
    }
}

/// One entry.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The mode's bits.
    pub bits: u32,
    /// Any bytes but NUL; may be empty.
    pub name: &'a [u8],
    /// What it names.
    pub id: &'a oid,
}

impl Entry<'_> {
    /// What the mode says it names.
    pub fn mode(&self) -> Mode {
        Mode::of(self.bits)
    }
}

/// The entries of a tree, in its order. After damage there is no next one: nothing says where it
/// would begin.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    data: &'a [u8],
    at: usize,
    hash: hash::Kind,
    damage: Option<Damage>,
}

impl<'a> Entries<'a> {
    /// The entries of a tree's data, with ids of this kind.
    pub fn new(data: &'a [u8], hash: hash::Kind) -> Self {
        Self {
            data,
            at: 0,
            hash,
            damage: None,
        }
    }

    /// Where the next entry begins. At damage it stays where that begins.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The length of the tree's data.
    pub fn end(&self) -> usize {
        self.data.len()
    }

    /// The damage that ended it.
    pub fn damage(&self) -> Option<Damage> {
        self.damage
    }

    /// Goes on from there, which must be where an entry begins; behind the end there are none.
    pub fn skip_to(&mut self, at: usize) {
        self.at = at.min(self.data.len());
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.data.get(self.at..).filter(|rest| !rest.is_empty())?;
        if self.damage.is_some() {
            return None;
        }
        match split(rest, self.hash) {
            Ok((entry, length)) => {
                self.at += length;
                Some(Ok(entry))
            }
            Err(damage) => {
                self.damage = Some(damage(self.at));
                Some(Err(damage(self.at)))
            }
        }
    }
}

/// The first entry, and its length in bytes.
#[inline]
fn split(rest: &[u8], hash: hash::Kind) -> Result<(Entry<'_>, usize), fn(usize) -> Damage> {
    // `100644 name NUL id`
    let mut bits = 0u32;
    let mut digits = 0;
    loop {
        match rest.get(digits) {
            Some(digit @ b'0'..=b'7') if bits < 1 << 29 => {
                bits = bits << 3 | u32::from(digit - b'0');
            }
            Some(b' ') if digits > 0 => break,
            _ => return Err(Damage::Mode),
        }
        digits += 1;
    }
    let name: Range<usize> = match memchr::memchr(0, &rest[digits + 1..]) {
        Some(length) => digits + 1..digits + 1 + length,
        None => return Err(Damage::Name),
    };
    let id = name.end + 1..name.end + 1 + hash.len_in_bytes();
    let end = id.end;
    let id = rest
        .get(id)
        .and_then(|bytes| oid::try_from_bytes(bytes).ok())
        .ok_or(Damage::Id as fn(usize) -> Damage)?;
    let name = &rest[name];
    Ok((Entry { bits, name, id }, end))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use gix::hash::Kind;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn tree(entries: &[(&str, &[u8])], kind: Kind) -> Vec<u8> {
        let mut out = Vec::new();
        for (number, (mode, name)) in (1u8..).zip(entries) {
            out.extend_from_slice(mode.as_bytes());
            out.push(b' ');
            out.extend_from_slice(name);
            out.push(0);
            out.resize(out.len() + kind.len_in_bytes(), number);
        }
        out
    }

    #[test]
    fn entries_of_both_hashes() {
        for kind in [Kind::Sha1, Kind::Sha256] {
            let data = tree(
                &[
                    ("100644", b"a b"),
                    ("40000", b"dir"),
                    ("120000", b"link"),
                    ("160000", b"sub"),
                    ("100664", b"old"),
                    ("040000", b"padded"),
                    ("0", b"odd"),
                ],
                kind,
            );
            let seen: Vec<_> = Entries::new(&data, kind).map(Result::unwrap).collect();
            let modes: Vec<_> = seen.iter().map(Entry::mode).collect();
            use Mode::{File, Link, Odd, Submodule, Tree};
            assert_eq!(modes, [File, Tree, Link, Submodule, File, Tree, Odd]);
            assert_eq!(seen[0].name, b"a b");
            assert!(seen[6].id.as_bytes().iter().all(|byte| *byte == 7));
            assert_eq!(seen[6].id.kind(), kind);
        }
    }

    #[test]
    fn odd_names_are_names() {
        let names: [&[u8]; 6] = [b"", b"..", b"a/b", b".git", b"\n", b"\xff\x1b["];
        let data = tree(&names.map(|name| ("100644", name)), Kind::Sha1);
        let seen: Vec<_> = Entries::new(&data, Kind::Sha1)
            .map(|entry| entry.unwrap().name)
            .collect();
        assert_eq!(seen, names);
    }

    #[test]
    fn damage_is_told_once_and_ends() {
        let good = tree(&[("100644", b"good")], Kind::Sha1);
        let at = good.len();
        for (bad, what) in [
            (&b" name\0"[..], Damage::Mode(at)),
            (b"100648 x\0", Damage::Mode(at)),
            (b"777777777777777 x\0", Damage::Mode(at)),
            (b"100644", Damage::Mode(at)),
            (b"100644 name", Damage::Name(at)),
            (b"100644 name\0too short", Damage::Id(at)),
        ] {
            let data = [&good, bad].concat();
            let mut entries = Entries::new(&data, Kind::Sha1);
            assert_eq!(entries.next().unwrap().unwrap().name, b"good");
            assert_eq!(entries.next().unwrap().unwrap_err(), what);
            assert!(entries.next().is_none());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(data: Vec<u8>, long in any::<bool>()) {
            let kind = if long { Kind::Sha256 } else { Kind::Sha1 };
            let mut entries = Entries::new(&data, kind);
            while let Some(entry) = entries.next() {
                prop_assert!(entries.at() <= data.len());
                prop_assert_eq!(entry.err(), entries.damage());
            }
            prop_assert!(entries.at() == data.len() || entries.damage().is_some());
        }
    }
}
