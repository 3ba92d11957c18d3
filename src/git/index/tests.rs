//! Indexes made byte by byte, as no git writes them.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use gix::hash::Kind;
use proptest::prelude::{any, prop_assert, proptest};

use super::{Index, IndexError};

/// An index file of this version, with these entries (mode, flags, path) and extensions.
fn index(version: u32, entries: &[(u32, u16, &[u8])], extensions: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut out = b"DIRC".to_vec();
    out.extend(version.to_be_bytes());
    out.extend(u32::try_from(entries.len()).unwrap().to_be_bytes());
    for (number, (mode, flags, path)) in (1_u8..).zip(entries) {
        let start = out.len();
        out.extend([0; 24]);
        out.extend(mode.to_be_bytes());
        out.extend([0; 12]);
        out.extend([number; 20]);
        let length = u16::try_from(path.len().min(0xfff)).unwrap();
        out.extend((flags | length).to_be_bytes());
        out.extend_from_slice(path);
        out.resize(start + ((out.len() - start) & !7) + 8, 0);
    }
    for (name, body) in extensions {
        out.extend_from_slice(*name);
        out.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        out.extend_from_slice(body);
    }
    // Without a checksum: `index.skipHash`.
    out.extend([0; 20]);
    out
}

fn read(bytes: &[u8]) -> Result<Index, IndexError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    std::fs::write(&path, bytes).unwrap();
    Index::read(&path, dir.path(), &[Kind::Sha1]).map(Option::unwrap)
}

fn paths(index: &Index) -> Vec<Vec<u8>> {
    let path = |entry| index.path(entry).to_vec();
    index.entries().iter().map(path).collect()
}

#[test]
fn no_file_is_no_index() {
    let dir = Path::new("/nowhere");
    let read = Index::read(&dir.join("index"), dir, &[Kind::Sha1]);
    assert!(read.unwrap().is_none());
}

#[test]
fn long_paths_and_stages() {
    let long = b"l".repeat(5000);
    let bytes = index(
        2,
        &[
            (0o100_644, 0x1000, b"a"),
            (0o100_644, 0x3000, b"a"),
            (0o160_000, 0, &long),
        ],
        &[],
    );
    let index = read(&bytes).unwrap();
    assert_eq!(paths(&index), [b"a".to_vec(), b"a".to_vec(), long]);
    let fields: Vec<_> = index
        .entries()
        .iter()
        .map(|one| index.fields(one))
        .collect();
    let stages: Vec<u8> = fields.iter().map(|one| one.stage).collect();
    assert_eq!(stages, [1, 3, 0]);
    assert!(fields[2].is_gitlink());
}

#[test]
fn what_is_out_of_order_is_damaged() {
    let file = 0o100_644;
    for entries in [
        &[(file, 0, &b"b"[..]), (file, 0, b"a")][..],
        &[(file, 0, b"a"), (file, 0, b"a")],
        &[(file, 0x2000, b"a"), (file, 0x1000, b"a")],
        &[(file, 0, b"")],
    ] {
        let read = read(&index(2, entries, &[]));
        assert!(matches!(read, Err(IndexError::Damaged(_))), "{entries:?}");
    }
}

#[test]
fn what_is_not_known_is_refused_and_what_may_be_is_passed_over() {
    let entries = [(0o100_644, 0, &b"a"[..])];
    let error = read(&index(2, &entries, &[(b"neww", b"")])).unwrap_err();
    assert!(matches!(&error, IndexError::Unknown(what) if what.contains("`neww`")));
    assert!(matches!(
        read(&index(5, &entries, &[])),
        Err(IndexError::Unknown(_))
    ));
    let fine = index(
        2,
        &entries,
        &[(b"NEWW", b"x"), (b"sdir", b""), (b"TREE", b"junk")],
    );
    let fine = read(&fine).unwrap();
    assert_eq!(fine.entries().len(), 1);
    assert!(fine.cached().is_none(), "a damaged one is none");
    // Extended flags in version 2, and unknown ones in version 3.
    assert!(read(&index(2, &[(0o100_644, 0x4000, b"a")], &[])).is_err());
}

#[test]
fn claims_without_bytes_allocate_nothing() {
    let mut bytes = index(2, &[(0o100_644, 0, b"a")], &[]);
    bytes[8..12].copy_from_slice(&u32::MAX.to_be_bytes());
    let error = read(&bytes).unwrap_err().to_string();
    assert!(error.contains("fewer entries"), "{error}");
    let mut bytes = index(2, &[], &[(b"TREE", b"")]);
    let size = bytes.len() - 24;
    bytes[size..size + 4].copy_from_slice(&u32::MAX.to_be_bytes());
    assert!(matches!(read(&bytes), Err(IndexError::Damaged(_))));
    // A bitmap whose runs have no end.
    let mut link = vec![7; 20];
    for _ in 0..2 {
        link.extend(64_u32.to_be_bytes());
        link.extend(1_u32.to_be_bytes());
        link.extend((u64::from(u32::MAX) << 1 | 1).to_be_bytes());
        link.extend(0_u32.to_be_bytes());
    }
    let error = read(&index(2, &[], &[(b"link", &link)])).unwrap_err();
    assert!(error.to_string().contains("link"), "{error}");
}

#[test]
fn paths_that_unfold_without_end_are_refused() {
    // Each takes all of the one before it, and adds to it: version 4.
    let mut bytes = b"DIRC".to_vec();
    bytes.extend(4_u32.to_be_bytes());
    bytes.extend(20_000_u32.to_be_bytes());
    for _ in 0..20_000 {
        bytes.extend([0; 62]);
        bytes.extend(b"\0a\0");
    }
    bytes.extend([0; 20]);
    assert!(matches!(read(&bytes), Err(IndexError::Damaged(_))));
}

#[test]
fn cached_trees_as_deep_as_one_likes() {
    let depth = 300_000;
    let mut body = b"\0-1 1\n".to_vec();
    for _ in 0..depth {
        body.extend_from_slice(b"d\0-1 1\n");
    }
    body.extend_from_slice(b"d\x000 0\n");
    body.extend([9; 20]);
    let index = read(&index(2, &[], &[(b"TREE", &body)])).unwrap();
    let cached = index.cached().unwrap();
    let mut node = cached.top().unwrap();
    let mut seen = 0;
    while let [(b"d", below)] = cached.below(node)[..] {
        node = below;
        seen += 1;
    }
    assert_eq!(seen, depth + 1);
    assert_eq!(cached.tree(node).unwrap().0, 0);
}

proptest! {
    #[test]
    fn any_bytes_are_an_index_or_an_error(
        version in 1_u32..6,
        count in 0_u32..4,
        body: Vec<u8>,
        cut in any::<proptest::sample::Index>(),
    ) {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend(count.to_be_bytes());
        bytes.extend(&body);
        bytes.extend([0; 20]);
        bytes.truncate(cut.index(bytes.len() + 1));
        if let Ok(index) = read(&bytes) {
            prop_assert!(index.entries().len() <= 3);
        }
    }

    #[test]
    fn a_flipped_byte_is_an_index_or_an_error(at in any::<proptest::sample::Index>(), byte: u8) {
        let tree = [&b"\x002 1\n"[..], &[1; 20], b"d\x001 0\n", &[2; 20]].concat();
        let entries = [(0o100_644, 0, &b"a"[..]), (0o100_644, 0, b"d/b")];
        let mut bytes = index(2, &entries, &[(b"TREE", &tree), (b"sdir", b"")]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(index) = read(&bytes) {
            for entry in index.entries() {
                prop_assert!(!index.path(entry).is_empty());
            }
        }
    }
}
