//! The names of blobs, against git.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    missing_docs
)]

mod histories;

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;
use gix::hash;
use gix::objs::Kind;
use histories::{Memory, Repo, history, read_all};
use keyfence::git::names::{History, MOST_PATHS, Names, Reader};
use keyfence::git::pack::Stretch;
use keyfence::git::tree::Entries;
use keyfence::git::walk::{Census, Seen, Visitor};
use keyfence::git::{Fault, Layout, Store};

fn paths(memory: &Memory, names: &Names) -> BTreeSet<(ObjectId, Vec<u8>)> {
    let blobs = memory.all(Kind::Blob).into_iter();
    let all = blobs.flat_map(|blob| {
        let id = memory.ids[blob as usize];
        names.of(blob).map(move |path| (id, path))
    });
    all.collect()
}

/// What git says: every blob's paths in all commits, at most so many as are kept.
fn wanted(repo: &Repo, memory: &Memory) -> BTreeSet<(ObjectId, Vec<u8>)> {
    let commits = memory.all(Kind::Commit).into_iter();
    let all: BTreeSet<_> = commits
        .flat_map(|commit| repo.list(&memory.ids[commit as usize]))
        .collect();
    let mut by_blob: BTreeMap<ObjectId, Vec<Vec<u8>>> = BTreeMap::new();
    for (id, path) in all {
        by_blob.entry(id).or_default().push(path);
    }
    for paths in by_blob.values_mut() {
        paths.sort_by_key(|path| {
            let parts: Vec<Vec<u8>> = path.split(|b| *b == b'/').map(<[u8]>::to_vec).collect();
            (parts.len(), parts)
        });
        paths.truncate(MOST_PATHS);
    }
    let all = by_blob.into_iter();
    all.flat_map(|(id, paths)| paths.into_iter().map(move |path| (id, path)))
        .collect()
}

#[test]
fn the_forest_holds_every_tree() {
    let repo = history(7, 40, "sha1");
    let memory = Memory::of(&repo);
    for seed in 0..8 {
        let read = read_all(&memory, hash::Kind::Sha1, &[], seed);
        let trees = memory.all(Kind::Tree);
        assert_eq!(read.forest.count(), trees.len());
        for number in trees {
            let tree = read.forest.tree(number).unwrap();
            assert_eq!(read.forest.number(tree), number);
            let entries = read.forest.entries(tree);
            let seen: Vec<_> = entries
                .map(|entry| (read.forest.words.get(entry.name).to_vec(), entry.object))
                .collect();
            let wanted: Vec<_> = Entries::new(memory.data(number), hash::Kind::Sha1)
                .map(|entry| {
                    let entry = entry.unwrap();
                    (entry.name.to_vec(), memory.number(&entry.id.to_owned()))
                })
                .collect();
            assert_eq!(seen, wanted, "seed {seed}");
        }
        let names = Names::new(&read);
        assert_eq!(read.missing(&names, &memory), []);
        assert_eq!(read.wrong, []);
    }
}

#[test]
fn made_up_histories_as_git_lists_them() {
    for (seed, format, hash) in [
        (1, "sha1", hash::Kind::Sha1),
        (2, "sha1", hash::Kind::Sha1),
        (3, "sha256", hash::Kind::Sha256),
    ] {
        let repo = history(seed, 60, format);
        let memory = Memory::of(&repo);
        let wanted = wanted(&repo, &memory);
        assert!(wanted.len() > 100);
        for order in 0..4 {
            let read = read_all(&memory, hash, &[], order);
            let names = Names::new(&read);
            assert_eq!(paths(&memory, &names), wanted, "seed {seed}, order {order}");
        }
    }
}

/// Reads a repository's own packs and loose files.
fn walk(repo: &Repo, threads: usize, told: &mut dyn FnMut(&Census<'_>, &History, &Names)) {
    struct Take<'a>(&'a Reader<'a>);
    impl Visitor for Take<'_> {
        type Note = ();

        fn object(&self, seen: &Seen<'_>) {
            self.0.object(seen);
        }

        fn large(&self, _: u32, _: Kind, _: u64, _: &mut dyn std::io::Read) {
            panic!("nothing is large");
        }

        fn lost(&self, _: u32, fault: &Fault) {
            panic!("{fault}");
        }
    }
    let layout = Layout::open(repo.path(), &|_| None).unwrap();
    let (store, faults) = Store::open(&layout, &|_| None);
    assert_eq!(faults, []);
    let (census, faults) = Census::take(&store, threads);
    assert_eq!(faults, []);
    let reader = Reader::new(&census, layout.hash, &layout.shallow, threads);
    let kinds = [Kind::Commit, Kind::Tag, Kind::Tree];
    census.walk(&kinds, None, threads, &Take(&reader));
    let history = reader.finish();
    let names = Names::new(&history);
    assert_eq!(
        (history.missing(&names, &census), &*history.wrong),
        (vec![], &[][..])
    );
    told(&census, &history, &names);
}

#[test]
fn packed_histories_as_git_lists_them() {
    let repo = history(5, 70, "sha1");
    let memory = Memory::of(&repo);
    let wanted = wanted(&repo, &memory);
    let mut own = Vec::new();
    // Loose and packed as fast-import leaves them, then a pack of deep deltas, then two packs.
    for shape in 0..3 {
        match shape {
            1 => drop(repo.git(&["repack", "-adfkq", "--depth=50", "--window=250"])),
            2 => {
                let half: Vec<String> = memory
                    .ids
                    .iter()
                    .step_by(2)
                    .map(|id| format!("{id}\n"))
                    .collect();
                let args = [
                    "pack-objects",
                    "-q",
                    "--window=50",
                    ".git/objects/pack/pack",
                ];
                repo.git_with(&args, half.concat().as_bytes());
            }
            _ => {}
        }
        for threads in [1, 2, 4] {
            walk(&repo, threads, &mut |census, history, names| {
                let blobs = memory.all(Kind::Blob).into_iter();
                let seen = blobs.flat_map(|blob| {
                    let id = memory.ids[blob as usize];
                    names
                        .of(census.find(&id).unwrap())
                        .map(move |path| (id, path))
                });
                assert_eq!(seen.collect::<BTreeSet<_>>(), wanted, "{shape} {threads}");
                let trees = 0..history.forest.count() as u32;
                own.push(
                    trees
                        .map(|tree| history.forest.own(tree).count())
                        .sum::<usize>(),
                );
                for number in memory.all(Kind::Tree) {
                    let object = census.find(&memory.ids[number as usize]).unwrap();
                    let tree = history.forest.tree(object).unwrap();
                    let entries = history
                        .forest
                        .entries(tree)
                        .map(|entry| census.id(entry.object));
                    let wanted = Entries::new(memory.data(number), hash::Kind::Sha1);
                    assert!(entries.eq(wanted.map(|entry| entry.unwrap().id.to_owned())));
                }
            });
        }
    }
    // Deltas are made use of.
    assert!(own[3] * 2 < own[0], "{own:?}");
}

fn tree(entries: &[(&str, &str, ObjectId)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (mode, name, id) in entries {
        out.extend_from_slice(format!("{mode} {name}\0").as_bytes());
        out.extend_from_slice(id.as_slice());
    }
    out
}

fn commit(tree: ObjectId, parents: &[ObjectId]) -> Vec<u8> {
    let parents: String = parents.iter().map(|id| format!("parent {id}\n")).collect();
    let who = "A <a@example.com> 1600000000 +0000";
    format!("tree {tree}\n{parents}author {who}\ncommitter {who}\n\nmessage\n").into_bytes()
}

/// Objects that no git program needs to have made.
#[derive(Default)]
struct Made(BTreeMap<ObjectId, (Kind, Vec<u8>)>);

impl Made {
    fn add(&mut self, kind: Kind, data: Vec<u8>) -> ObjectId {
        let id = gix::objs::compute_hash(hash::Kind::Sha1, kind, &data).unwrap();
        self.0.insert(id, (kind, data));
        id
    }

    fn memory(self) -> Memory {
        Memory::new(self.0)
    }
}

fn id(byte: u8) -> ObjectId {
    ObjectId::from_hex(&[b'a' + byte; 40]).unwrap()
}

fn sorted(names: &Names, object: u32) -> Vec<String> {
    let paths = names.of(object);
    paths.map(|path| String::from_utf8(path).unwrap()).collect()
}

#[test]
fn what_is_named_and_absent_is_told_once() {
    let mut made = Made::default();
    let blob = made.add(Kind::Blob, b"x".to_vec());
    let sub = made.add(
        Kind::Tree,
        tree(&[
            ("100644", "gone", id(0)),
            ("160000", "module", id(1)),
            ("40000", "empty", ObjectId::empty_tree(hash::Kind::Sha1)),
            ("0", "odd", id(2)),
        ]),
    );
    let top = made.add(
        Kind::Tree,
        tree(&[
            ("100644", "a", blob),
            ("40000", "dir", id(3)),
            ("40000", "sub", sub),
            ("100644", "z", id(0)),
        ]),
    );
    let first = made.add(Kind::Commit, commit(top, &[id(4)]));
    let second = made.add(Kind::Commit, commit(id(5), &[first, id(4)]));
    let tag = format!(
        "object {}\ntype tag\ntag t\n\n",
        ObjectId::from_hex(&[b'0'; 40]).unwrap()
    );
    let tag = made.add(Kind::Tag, tag.into_bytes());
    let memory = made.memory();
    let missing = |shallow: &[ObjectId]| {
        let read = read_all(&memory, hash::Kind::Sha1, shallow, 1);
        assert_eq!(read.wrong, []);
        let names = Names::new(&read);
        let missing = read.missing(&names, &memory).into_iter();
        missing
            .map(|lost| {
                let path = lost.path.map(|path| String::from_utf8(path).unwrap());
                (lost.id, lost.kind, path.unwrap_or_default(), lost.by)
            })
            .collect::<Vec<_>>()
    };
    let least = if memory.number(&first) < memory.number(&second) {
        first
    } else {
        second
    };
    let mut wanted = vec![
        (
            ObjectId::from_hex(&[b'0'; 40]).unwrap(),
            Kind::Tag,
            String::new(),
            Some(tag),
        ),
        (id(0), Kind::Blob, "z".to_owned(), None),
        (id(3), Kind::Tree, "dir".to_owned(), None),
        (id(4), Kind::Commit, String::new(), Some(least)),
        (id(5), Kind::Tree, String::new(), Some(second)),
    ];
    assert_eq!(missing(&[]), wanted);
    // A parent is lawfully absent only where every child stands at the boundary.
    let mut both = [first, second];
    both.sort_unstable();
    wanted[3].3 = Some(second);
    assert_eq!(missing(&[first]), wanted);
    wanted.remove(3);
    assert_eq!(missing(&both), wanted);
}

#[test]
fn another_kind_and_damage_are_told() {
    let mut made = Made::default();
    let blob = made.add(Kind::Blob, b"x".to_vec());
    let inner = made.add(Kind::Tree, tree(&[("100644", "in", blob)]));
    let mut data = tree(&[("40000", "file", blob), ("100644", "dir", inner)]);
    data.extend_from_slice(b"100644 cut");
    let top = made.add(Kind::Tree, data);
    let good = made.add(Kind::Commit, commit(top, &[]));
    let bad = made.add(Kind::Commit, b"no commit".to_vec());
    let memory = made.memory();
    let read = read_all(&memory, hash::Kind::Sha1, &[], 1);
    let names = Names::new(&read);
    assert_eq!(read.missing(&names, &memory), []);
    let mut wanted = vec![
        (
            blob,
            "it is a blob, though something names it as a tree".to_owned(),
        ),
        (
            inner,
            "it is a tree, though something names it as a blob".to_owned(),
        ),
        (top, "the name of an entry at byte 62 has no end".to_owned()),
        (
            bad,
            "the commit does not begin with the id of a tree".to_owned(),
        ),
    ];
    wanted.sort();
    let wrong: Vec<_> = read.wrong.iter().map(|w| (w.id, w.what.clone())).collect();
    assert_eq!(wrong, wanted);
    // What the kinds are decides, not what they are said to be.
    assert_eq!(sorted(&names, memory.number(&blob)), ["file", "dir/in"]);
    assert_eq!(read.graph.count(), 1);
    assert!(read.graph.commit(memory.number(&good)).is_some());
}

#[test]
fn trees_that_nothing_names_give_names_where_there_is_no_other() {
    let mut made = Made::default();
    let known = made.add(Kind::Blob, b"known".to_vec());
    let lost = made.add(Kind::Blob, b"lost".to_vec());
    let bare = made.add(Kind::Blob, b"bare".to_vec());
    let tagged = made.add(Kind::Blob, b"tagged".to_vec());
    let top = made.add(Kind::Tree, tree(&[("100644", "known", known)]));
    made.add(Kind::Commit, commit(top, &[]));
    let inner = made.add(
        Kind::Tree,
        tree(&[("100644", "lost", lost), ("100644", "other", known)]),
    );
    made.add(Kind::Tree, tree(&[("40000", "dir", inner)]));
    let of_tag = made.add(Kind::Tree, tree(&[("100644", "tagged", tagged)]));
    let tag = format!("object {of_tag}\ntype tree\ntag t\n\n");
    made.add(Kind::Tag, tag.into_bytes());
    let memory = made.memory();
    for seed in 0..10 {
        let read = read_all(&memory, hash::Kind::Sha1, &[], seed);
        let names = Names::new(&read);
        let of = |id| sorted(&names, memory.number(&id));
        assert_eq!(of(known), ["known"]);
        assert_eq!(of(lost), ["dir/lost"]);
        assert_eq!(of(tagged), ["tagged"]);
        assert_eq!(of(bare), [""; 0]);
    }
}

#[test]
fn ten_billion_paths_from_eleven_objects() {
    let mut made = Made::default();
    let mut id = made.add(Kind::Blob, b"boom".to_vec());
    let blob = id;
    for level in 0..10 {
        let mode = if level == 0 { "100644" } else { "40000" };
        let names: Vec<String> = (0..10).map(|n| format!("d{n}")).collect();
        let entries: Vec<_> = names.iter().map(|name| (mode, name.as_str(), id)).collect();
        id = made.add(Kind::Tree, tree(&entries));
    }
    made.add(Kind::Commit, commit(id, &[]));
    let memory = made.memory();
    let read = read_all(&memory, hash::Kind::Sha1, &[], 1);
    let names = Names::new(&read);
    let paths = sorted(&names, memory.number(&blob));
    assert_eq!(paths.len(), MOST_PATHS);
    // In the order of their names from the top down.
    assert_eq!(paths[0], ["d0"; 10].join("/"));
    assert_eq!(paths[15], format!("{}/d1/d5", ["d0"; 8].join("/")));
    assert_eq!(names.capped(), 1);
    assert!(!names.cut);
}

#[test]
fn four_thousand_directories_deep() {
    let mut made = Made::default();
    let blob = made.add(Kind::Blob, b"deep".to_vec());
    let mut id = made.add(Kind::Tree, tree(&[("100644", "f", blob)]));
    for _ in 0..4000 {
        id = made.add(Kind::Tree, tree(&[("40000", "d", id)]));
    }
    made.add(Kind::Commit, commit(id, &[]));
    let memory = made.memory();
    let read = read_all(&memory, hash::Kind::Sha1, &[], 1);
    let names = Names::new(&read);
    let paths = sorted(&names, memory.number(&blob));
    assert_eq!(paths, [format!("{}f", "d/".repeat(4000))]);
    assert!(!names.cut);
}

#[test]
fn a_tree_that_holds_itself() {
    // No hash allows it; an index that lies about the ids does.
    let mut made = Made::default();
    let blob = made.add(Kind::Blob, b"loop".to_vec());
    let own = id(0);
    let data = tree(&[("100644", "f", blob), ("40000", "again", own)]);
    made.0.insert(own, (Kind::Tree, data));
    made.add(Kind::Commit, commit(own, &[]));
    let memory = made.memory();
    let read = read_all(&memory, hash::Kind::Sha1, &[], 1);
    let names = Names::new(&read);
    let paths = sorted(&names, memory.number(&blob));
    assert_eq!(paths[..3], ["f", "again/f", "again/again/f"]);
    assert!(!names.cut);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read(
        trees in proptest::collection::vec(proptest::collection::vec(proptest::num::u8::ANY, 0..200), 1..5),
        spans in proptest::collection::vec((0usize..300, 0usize..300, 0usize..300), 0..6),
    ) {
        let mut made = Made::default();
        for data in trees {
            made.add(Kind::Tree, data.clone());
            made.add(Kind::Commit, data.clone());
            made.add(Kind::Tag, data);
        }
        let memory = made.memory();
        let reader = Reader::new(&memory, hash::Kind::Sha1, &[], 2);
        let stretches: Vec<_> = spans
            .into_iter()
            .map(|(at, from, length)| Stretch { at, from, length })
            .collect();
        let mut base = None;
        for tree in memory.all(Kind::Tree) {
            reader.tree(tree, memory.data(tree), base, &stretches);
            base = Some(tree);
        }
        for number in memory.all(Kind::Commit) {
            reader.commit(number, memory.data(number));
        }
        for number in memory.all(Kind::Tag) {
            reader.tag(number, memory.data(number));
        }
        let read = reader.finish();
        let names = Names::new(&read);
        read.missing(&names, &memory);
    }
}

#[test]
fn a_copied_stretch_is_read_by_where_the_base_has_its_entries() {
    // The name in the base holds what in the other tree is an entry of its own.
    let mut made = Made::default();
    let blob = made.add(Kind::Blob, b"x".to_vec());
    let base = tree(&[("100644", "first", blob), ("100644", "a100644 b", blob)]);
    let from = memchr::memmem::find(&base, b"100644 b").unwrap();
    let data = [&base[from..], &base[..]].concat();
    let base = made.add(Kind::Tree, base);
    let other = made.add(Kind::Tree, data.clone());
    made.add(Kind::Commit, commit(other, &[]));
    let memory = made.memory();
    let reader = Reader::new(&memory, hash::Kind::Sha1, &[], 1);
    let [base, other] = [base, other].map(|id| memory.number(&id));
    reader.tree(base, memory.data(base), None, &[]);
    let half = data.len() - memory.data(base).len();
    let stretches = [(0, from, half), (half, 0, data.len() - half)];
    let stretches = stretches.map(|(at, from, length)| Stretch { at, from, length });
    reader.tree(other, &data, Some(base), &stretches);
    for number in memory.all(Kind::Commit) {
        reader.commit(number, memory.data(number));
    }
    let history = reader.finish();
    let tree = history.forest.tree(other).unwrap();
    assert_eq!(history.forest.own(tree).count(), 1);
    let names = Names::new(&history);
    let blob = memory.all(Kind::Blob)[0];
    assert_eq!(sorted(&names, blob), ["a100644 b", "b", "first"]);
}

#[test]
fn paths_without_end_are_told() {
    let mut made = Made::default();
    let blob = made.add(Kind::Blob, b"far".to_vec());
    let mut id = made.add(Kind::Tree, tree(&[("100644", "f", blob)]));
    let name = "n".repeat(4000);
    for _ in 0..20 {
        id = made.add(Kind::Tree, tree(&[("40000", &name, id)]));
    }
    made.add(Kind::Commit, commit(id, &[]));
    let memory = made.memory();
    let read = read_all(&memory, hash::Kind::Sha1, &[], 1);
    let names = Names::new(&read);
    assert!(names.cut);
    assert_eq!(names.of(memory.number(&blob)).len(), 0);
}
