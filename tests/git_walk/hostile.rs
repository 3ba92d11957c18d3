//! Packs that git would not write.

use std::sync::atomic::{AtomicUsize, Ordering};

use gix::ObjectId;
use gix::objs::Kind;
use keyfence::git::walk::{Census, Seen, Visitor};
use keyfence::git::{Fault, Store};

use crate::packer::{Entry, adding, by_name, deflated, name, whole, write};
use crate::repo::Repo;
use crate::walked::walk;

fn store(entries: &[Entry]) -> (Repo, Store) {
    let repo = Repo::empty();
    write(&repo.path("repo/.git/objects/pack"), "pack-a", entries);
    let (store, faults) = repo.store("repo");
    assert_eq!(faults, []);
    (repo, store)
}

fn blob(data: &[u8]) -> Entry {
    Entry {
        id: name(data),
        bytes: whole(3, data.len() as u64, data),
    }
}

/// A delta on a base by name, under a name of its own.
fn delta(id: ObjectId, base: &ObjectId, bytes: &[u8]) -> Entry {
    Entry {
        id,
        bytes: by_name(base, bytes),
    }
}

/// A delta on the entry so many bytes before.
fn by_distance(distance: u64, delta: &[u8]) -> Vec<u8> {
    let mut size = delta.len() as u64;
    let mut out = vec![6 << 4 | (size & 15) as u8];
    size >>= 4;
    while size > 0 {
        *out.last_mut().unwrap() |= 0x80;
        out.push((size & 0x7f) as u8);
        size >>= 7;
    }
    let mut back = vec![(distance & 0x7f) as u8];
    let mut rest = distance >> 7;
    while rest > 0 {
        rest -= 1;
        back.push(0x80 | (rest & 0x7f) as u8);
        rest >>= 7;
    }
    back.reverse();
    out.extend(back);
    out.extend(deflated(delta));
    out
}

#[test]
fn sizes_that_lie() {
    for claim in [1 << 63, u64::MAX, 1 << 40, 60 << 20, 6, 4] {
        let lie = Entry {
            id: name(b"lies "),
            bytes: whole(3, claim, b"lies "),
        };
        let on_it = delta(
            name(b"made from lies"),
            &name(b"lies "),
            &adding(5, b"more"),
        );
        let (_repo, store) = store(&[blob(b"sound"), lie, on_it]);
        let (walked, _) = walk(&store);
        assert_eq!(walked.seen.len(), 1, "{claim}");
        assert_eq!(walked.lost.len(), 2, "{claim}");
        assert!(walked.large.is_empty());
    }
}

#[test]
fn deltas_that_claim() {
    let base = blob(b"base");
    let number = |mut value: u64| {
        let mut out = Vec::new();
        while value > 0x7f {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
        out
    };
    let entries = [1 << 63, 1 << 40, 50 << 20, 9].map(|claim| {
        let bytes = [number(4), number(claim), vec![0x90, 4]].concat();
        delta(name(&bytes), &base.id, &bytes)
    });
    let lies: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    let (_repo, store) = store(&[&[base][..], &entries].concat_entries());
    let (walked, _) = walk(&store);
    assert_eq!(walked.seen.len(), 1);
    for id in &lies {
        assert!(walked.lost.contains_key(id));
    }
    let told: Vec<_> = lies.iter().map(|id| walked.lost[id].as_str()).collect();
    assert!(told[0].contains(&(1u64 << 63).to_string()), "{told:?}");
    assert!(told[3].contains("delta"), "{told:?}");
}

/// Lists of entries, joined: they can't be cloned.
trait Concat {
    fn concat_entries(&self) -> Vec<Entry>;
}

impl Concat for [&[Entry]; 2] {
    fn concat_entries(&self) -> Vec<Entry> {
        let all = self.iter().flat_map(|list| list.iter());
        all.map(|entry| Entry {
            id: entry.id,
            bytes: entry.bytes.clone(),
        })
        .collect()
    }
}

#[test]
fn circles_and_lost_bases_are_named() {
    let [a, b, c, d, lone, far] =
        [b"aaaa", b"bbbb", b"cccc", b"dddd", b"lone", b"far "].map(|x| name(x));
    let missing = name(b"nowhere");
    let bytes = adding(4, b"");
    let entries = [
        delta(a, &b, &bytes),
        delta(b, &c, &bytes),
        delta(c, &a, &bytes),
        // On the circle, and on itself, and on nothing.
        delta(d, &b, &bytes),
        delta(lone, &lone, &bytes),
        delta(far, &missing, &bytes),
        delta(name(b"farther"), &far, &bytes),
        blob(b"sound"),
    ];
    let (_repo, store) = store(&entries);
    let (walked, _) = walk(&store);
    assert_eq!(walked.seen.len(), 1);
    assert_eq!(walked.lost.len(), 7);
    assert!(walked.lost[&far].contains(&missing.to_string()));
    assert!(walked.lost[&lone].contains("own base"));
    assert!(walked.lost[&d].contains("can't be read"));
}

#[test]
fn bases_that_come_later_or_from_elsewhere() {
    let base = blob(b"base");
    let loose = b"loose";
    let far = name(b"base far");
    let entries = [
        delta(name(b"base far away"), &far, &adding(8, b" away")),
        delta(far, &base.id, &adding(4, b" far")),
        delta(name(b"loose end"), &name(loose), &adding(5, b" end")),
    ];
    let repo = Repo::empty();
    let dir = repo.path("repo/.git/objects/pack");
    write(&dir, "pack-a", &entries);
    write(&dir, "pack-b", &[base]);
    repo.git_with("repo", &["hash-object", "-w", "--stdin"], loose);
    let (store, _) = repo.store("repo");
    let (walked, _) = walk(&store);
    assert_eq!(walked.lost.len(), 0, "{:?}", walked.lost);
    let wanted = [
        &b"base"[..],
        b"base far",
        b"base far away",
        b"loose",
        b"loose end",
    ];
    let mut wanted = wanted.map(name).to_vec();
    wanted.sort();
    assert_eq!(walked.seen.into_keys().collect::<Vec<_>>(), wanted);
}

#[test]
fn two_names_for_one_place() {
    let repo = Repo::empty();
    let dir = repo.path("repo/.git/objects/pack");
    write(
        &dir,
        "pack-a",
        &[blob(b"seen"), blob(b"also"), blob(b"hidden")],
    );
    // The index sends the second name to the first one's entry.
    let path = dir.join("pack-a.idx");
    let mut index = std::fs::read(&path).unwrap();
    let end = index.len() - 40;
    index.copy_within(end - 4..end, end - 8);
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    let sum = index.len() - 20;
    hasher.update(&index[..sum]);
    index.splice(sum.., hasher.try_finalize().unwrap().as_slice().to_vec());
    std::fs::write(&path, index).unwrap();
    let (store, _) = repo.store("repo");
    let (walked, faults) = walk(&store);
    assert!(faults[0].what.contains("twice"), "{faults:?}");
    assert_eq!(walked.seen.len() + walked.lost.len(), 3);
}

/// Counts objects and bytes.
#[derive(Default)]
struct Count {
    objects: AtomicUsize,
    lost: AtomicUsize,
}

impl Visitor for Count {
    type Note = ();

    fn object(&self, seen: &Seen<'_>) {
        assert_eq!(seen.data.len(), 1 << 14);
        self.objects.fetch_add(1, Ordering::Relaxed);
    }

    fn large(&self, _: u32, _: Kind, _: u64, _: &mut dyn std::io::Read) {}

    fn lost(&self, _: u32, _: &Fault) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_chain_of_a_hundred_thousand_deltas() {
    const LENGTH: u32 = 100_000;
    // Each replaces the first four bytes of the one before.
    let mut data = vec![b'x'; 1 << 14];
    let mut entries = vec![blob(&data)];
    for number in 1..LENGTH {
        let start = number.to_be_bytes();
        data[..4].copy_from_slice(&start);
        // Copies 0x3ffc bytes from 4 on.
        let bytes = [
            &[0x80, 0x80, 1, 0x80, 0x80, 1, 4][..],
            &start,
            &[0xb1, 4, 0xfc, 0x3f],
        ]
        .concat();
        let distance = entries.last().unwrap().bytes.len() as u64;
        // The names are made up: nothing here hashes 1.6 GB.
        let mut id = [0; 20];
        id[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
        entries.push(Entry {
            id: ObjectId::Sha1(id),
            bytes: by_distance(distance, &bytes),
        });
    }
    let (_repo, store) = store(&entries);
    let before = resident();
    let (census, _) = Census::take(&store, 2);
    let count = Count::default();
    census.walk(&[Kind::Blob], None, 2, &count);
    assert_eq!(count.objects.into_inner(), LENGTH as usize);
    assert_eq!(count.lost.into_inner(), 0);
    let grown = resident().saturating_sub(before);
    // All of them at once would be 1.6 GB; what else runs meanwhile is small.
    assert!(grown < 400 << 20, "{grown} bytes");
}

/// The most memory that this process had so far, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok());
    number.unwrap_or(0) * 1024
}
