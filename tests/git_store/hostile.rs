//! Object stores that are made to hurt.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use gix::ObjectId;

use super::packer::{self, Entry, adding, by_name, deflated, name, whole};
use super::repo::{Repo, read};

/// Peak memory of this process, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kb.unwrap_or(0) * 1024
}

fn loose(repo: &Repo, id: &ObjectId, bytes: &[u8]) {
    let id = id.to_string();
    repo.write(
        &format!("repo/.git/objects/{}/{}", &id[..2], &id[2..]),
        bytes,
    );
}

#[test]
fn sizes_that_lie() {
    let repo = Repo::empty();
    let id = name(b"anything");
    for (header, most) in [
        (u64::MAX.to_string(), u64::MAX),
        (u64::MAX.to_string(), 1 << 20),
        ((1u64 << 40).to_string(), 1 << 41),
        ("7".to_owned(), 1 << 20),
        ("9".to_owned(), 1 << 20),
        ("18446744073709551616".to_owned(), u64::MAX),
        ("-1".to_owned(), u64::MAX),
        ("0".repeat(100), u64::MAX),
    ] {
        loose(
            &repo,
            &id,
            &deflated(format!("blob {header}\0anything").as_bytes()),
        );
        let (store, _) = repo.store("repo");
        assert!(store.read(&id, most).is_err(), "{header}");
        assert!(read(&store, &id).is_err(), "{header}");
    }
    fs::remove_dir_all(repo.path("repo/.git/objects").join(&id.to_string()[..2])).unwrap();
    let dir = repo.path("repo/.git/objects/pack");
    for claim in [u64::MAX, 1 << 40, 1 << 31, 7, 9] {
        let bytes = whole(3, claim, b"anything");
        packer::write(&dir, "pack-a", &[Entry { id, bytes }]);
        let (store, faults) = repo.store("repo");
        assert_eq!(faults, []);
        assert!(read(&store, &id).is_err(), "{claim}");
    }
    // A delta whose result is said to be huge: by one copy of 64 kB after the other.
    let base = name(b"");
    for claim in [[0xff, 0xff, 0xff, 0xff, 0x7f], [0xff, 0xff, 0xff, 0x1f, 0]] {
        let delta = [&[0][..], &claim, &[0x80; 64]].concat();
        let bytes = by_name(&base, &delta);
        let of_base = whole(3, 0, b"");
        let entries = [
            Entry { id, bytes },
            Entry {
                id: base,
                bytes: of_base,
            },
        ];
        packer::write(&dir, "pack-a", &entries);
        let (store, _) = repo.store("repo");
        assert!(read(&store, &id).is_err());
    }
    assert!(peak() < 1 << 30, "{}", peak());
}

#[test]
fn a_gigabyte_of_zeros_in_a_megabyte() {
    let repo = Repo::empty();
    let id = name(b"the zeros have another name");
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    encoder
        .write_all(format!("blob {}\0", 1 << 30).as_bytes())
        .unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..1 << 10 {
        encoder.write_all(&zeros).unwrap();
    }
    loose(&repo, &id, &encoder.finish().unwrap());
    let before = peak();
    let (store, _) = repo.store("repo");
    let fault = store.read(&id, 64 << 20).unwrap_err();
    assert!(fault.what.contains("1073741824 bytes"), "{fault}");
    let mut sum = 0;
    let done = store.stream(&id, &mut |_, size, reader| {
        assert_eq!(size, 1 << 30);
        sum = std::io::copy(reader, &mut std::io::sink()).unwrap_or(1);
    });
    // All of it came, and then it was not what its name says.
    assert!(done.unwrap_err().what.contains("does not fit its name"));
    assert_eq!(sum, 1);
    // Other tests run beside this one: far less than the gigabyte is what counts.
    assert!(peak() - before < 256 << 20);
}

#[test]
fn rings_of_deltas_end() {
    let repo = Repo::empty();
    let names: Vec<_> = (0..200u8).map(|n| name(&[n])).collect();
    let ring = |length: usize| -> Vec<Entry> {
        let entry = |n: usize| Entry {
            id: names[n],
            bytes: by_name(&names[(n + 1) % length], &adding(10, b"more")),
        };
        (0..length).map(entry).collect()
    };
    let dir = repo.path("repo/.git/objects/pack");
    for length in [1, 2, 3, 200] {
        packer::write(&dir, "pack-a", &ring(length));
        let (store, _) = repo.store("repo");
        let start = Instant::now();
        for id in &names[..length] {
            assert!(read(&store, id).is_err(), "{length}");
        }
        assert!(start.elapsed() < Duration::from_secs(20));
    }
    // A sound copy of one of them elsewhere breaks the ring.
    let (first, second) = (b"0123456789".to_vec(), b"0123456789more".to_vec());
    let (a, b) = (name(&first), name(&second));
    let entry = |id, base: &ObjectId, size| Entry {
        id,
        bytes: by_name(base, &adding(size, b"more")),
    };
    packer::write(&dir, "pack-a", &[entry(a, &b, 14), entry(b, &a, 10)]);
    let bytes = whole(3, 10, &first);
    packer::write(&dir, "pack-b", &[Entry { id: a, bytes }]);
    let (store, _) = repo.store("repo");
    assert_eq!(read(&store, &b).unwrap().unwrap().data, second);
    assert_eq!(read(&store, &a).unwrap().unwrap().data, first);
}

#[test]
fn chains_deeper_than_git_makes_them() {
    let repo = Repo::empty();
    // Each version turns the last into the same ten bytes with another end.
    let version = |n: u32| format!("12345678{n:04x}").into_bytes();
    let mut entries = vec![Entry {
        id: name(&version(0)),
        bytes: whole(3, 12, &version(0)),
    }];
    for n in 1..6000 {
        let tail = &version(n)[8..];
        let delta = [&[12, 12, 0x90, 8, 4][..], tail].concat();
        entries.push(Entry {
            id: name(&version(n)),
            bytes: by_name(&name(&version(n - 1)), &delta),
        });
    }
    packer::write(&repo.path("repo/.git/objects/pack"), "pack-a", &entries);
    let (store, _) = repo.store("repo");
    let deep = store.read(&name(&version(5999)), 100).unwrap_err();
    assert!(deep.what.contains("too long"), "{deep}");
    let found = store.read(&name(&version(4000)), 100).unwrap().unwrap();
    assert_eq!(found.data, version(4000));
    // What was kept on the way up does not change that.
    let (store, _) = repo.store("repo");
    for n in 0..6000 {
        match store.read(&name(&version(n)), 100) {
            Ok(Some(found)) => assert_eq!((found.data, n < 4096), (version(n), true)),
            Ok(None) => panic!("{n}"),
            Err(_) => assert!(n >= 4096, "{n}"),
        }
    }
}
