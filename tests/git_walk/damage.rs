//! Packs with flipped bits, and cut off.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::hash::oid;
use gix::objs::Kind;

use crate::repo::{Repo, rewrite};
use crate::shapes::{grow, named};
use crate::walked::{ALL, Walked, asked, walk};
use keyfence::git::pack::Pack;
use keyfence::git::walk::{Census, Objects};
use keyfence::git::{Fault, Store};

/// A repository with one small pack, and what git finds in it.
fn small(seed: u64) -> (Repo, BTreeMap<ObjectId, (Kind, u64)>, PathBuf) {
    let repo = Repo::empty();
    grow(&repo, "repo", seed, 25);
    repo.git("repo", &["repack", "-qadf", "--depth=50"]);
    let wanted = named(&repo, "repo");
    let pack = repo.files("repo/.git/objects", "pack").remove(0);
    (repo, wanted, pack)
}

/// Each object is handed out as git knows it, or lost; or the pack as a whole is a fault. How many
/// were handed out.
fn accounted(repo: &Repo, wanted: &BTreeMap<ObjectId, (Kind, u64)>, what: &str) -> usize {
    let (store, faults) = repo.store("repo");
    if store.packs().is_empty() {
        assert!(
            !faults.is_empty(),
            "{what}: the pack is gone without a word"
        );
        return 0;
    }
    let (census, _) = Census::take(&store, 1);
    let walked = asked(&census, &ALL, None, 1);
    for (id, known) in wanted {
        match walked.seen.get(id) {
            Some(found) => assert_eq!(found, known, "{what}"),
            None => assert!(walked.lost.contains_key(id), "{what}: {id} is forgotten"),
        }
        assert!(!(walked.seen.contains_key(id) && walked.lost.contains_key(id)));
    }
    assert_eq!(
        walked.seen.len() + walked.lost.len(),
        wanted.len(),
        "{what}"
    );
    walked.seen.len()
}

/// Flips a bit in every so many bytes of a file.
fn flip(path: &Path, step: usize, mut then: impl FnMut(usize)) {
    let sound = std::fs::read(path).unwrap();
    for at in (0..sound.len()).step_by(step) {
        rewrite(path, |bytes| {
            bytes.clone_from(&sound);
            bytes[at] ^= 1 << (at / step % 8);
        });
        then(at);
    }
    rewrite(path, |bytes| *bytes = sound);
}

#[test]
fn flipped_bits_of_a_pack() {
    let (repo, wanted, pack) = small(11);
    let mut total = 0;
    let mut times = 0;
    flip(&pack, 13, |at| {
        total += accounted(&repo, &wanted, &format!("byte {at}"));
        times += 1;
    });
    // One bit costs one object, and what is made from it.
    assert!(
        times > 500 && total > times * wanted.len() / 2,
        "{total} in {times}"
    );
    assert_eq!(accounted(&repo, &wanted, "sound"), wanted.len());
}

#[test]
fn flipped_bits_of_an_index() {
    let (repo, wanted, pack) = small(12);
    flip(&pack.with_extension("idx"), 37, |at| {
        accounted(&repo, &wanted, &format!("byte {at}"));
    });
}

#[test]
fn flipped_bits_with_an_old_index() {
    let repo = Repo::empty();
    grow(&repo, "repo", 13, 20);
    let args = ["-c", "pack.indexVersion=1", "repack", "-qadf"];
    repo.git("repo", &args);
    let wanted = named(&repo, "repo");
    let pack = repo.files("repo/.git/objects", "pack").remove(0);
    flip(&pack, 11, |at| {
        accounted(&repo, &wanted, &format!("byte {at}"));
    });
}

#[test]
fn packs_without_an_index_are_read_through() {
    let repo = Repo::empty();
    grow(&repo, "repo", 17, 60);
    for by_name in ["true", "false"] {
        let setting = format!("repack.useDeltaBaseOffset={by_name}");
        repo.git("repo", &["-c", &setting, "repack", "-qadf", "--depth=30"]);
        let wanted = named(&repo, "repo");
        let pack = repo.files("repo/.git/objects", "pack").remove(0);
        let index = pack.with_extension("idx");
        let sound = std::fs::read(&index).unwrap();
        for length in [0, 500, 1100, sound.len() - 1] {
            rewrite(&index, |bytes| bytes.truncate(length));
            let (store, faults) = repo.store("repo");
            assert!(
                faults[0].what.contains("named by their content"),
                "{faults:?}"
            );
            let (walked, _) = walk(&store);
            assert_eq!(walked.seen, wanted);
            assert!(walked.lost.is_empty());
            rewrite(&index, |bytes| bytes.clone_from(&sound));
        }
        std::fs::remove_file(&index).unwrap();
        let (store, _) = repo.store("repo");
        assert_eq!(walk(&store).0.seen, wanted);
        // A pack that is damaged as well: as far as it can be read, and it is told.
        let bytes = std::fs::read(&pack).unwrap();
        for at in [200, bytes.len() / 2, bytes.len() - 200] {
            rewrite(&pack, |bytes| bytes[at] ^= 1);
            let (store, faults) = repo.store("repo");
            assert_eq!(faults.len(), 1);
            let (walked, _) = walk(&store);
            assert!(walked.seen.len() < wanted.len());
            assert!(
                walked
                    .seen
                    .iter()
                    .all(|(id, known)| wanted.get(id) == Some(known))
            );
            rewrite(&pack, |now| now.clone_from(&bytes));
        }
        std::fs::write(&index, &sound).unwrap();
    }
}

#[test]
fn cut_off_packs() {
    let (repo, wanted, pack) = small(14);
    let sound = std::fs::read(&pack).unwrap();
    for length in (0..sound.len()).step_by(97) {
        rewrite(&pack, |bytes| *bytes = sound[..length].to_vec());
        accounted(&repo, &wanted, &format!("{length} bytes"));
    }
}

#[test]
fn a_kind_that_is_no_longer_told_is_not_passed_by() {
    // The type bits of each entry, in a repository that has all objects loose as well: a walk of one
    // kind must not take it for another's.
    let (repo, wanted, pack) = small(16);
    let packed = std::fs::read(&pack).unwrap();
    let (store, _) = repo.store("repo");
    let entries = &store.packs()[0];
    let offsets: Vec<_> = (0..entries.count())
        .map(|number| entries.offset(number))
        .collect();
    for loose in [false, true] {
        if loose {
            repo.git(".", &["init", "-q", "other"]);
            repo.git_with("other", &["unpack-objects", "-q"], &packed);
            crate::shapes::copy(
                &repo.path("other/.git/objects"),
                &repo.path("repo/.git/objects"),
            );
        }
        for bit in [4, 5, 6] {
            for offset in offsets.iter().step_by(3) {
                rewrite(&pack, |bytes| {
                    bytes.clone_from(&packed);
                    bytes[*offset as usize] ^= 1 << bit;
                });
                let (store, _) = repo.store("repo");
                let (census, _) = Census::take(&store, 1);
                let mut told = BTreeMap::new();
                for kind in ALL {
                    let walked = asked(&census, &[kind], None, 1);
                    told.extend(walked.seen.into_iter().map(|(id, known)| (id, Some(known))));
                    for id in walked.lost.into_keys() {
                        told.entry(id).or_insert(None);
                    }
                }
                for (id, known) in &wanted {
                    let found = told.get(id).unwrap_or_else(|| panic!("{id} is forgotten"));
                    assert!(found.is_none_or(|found| found == *known));
                }
                let seen = told.values().flatten().count();
                assert!(seen > wanted.len() / 4 && (!loose || seen > wanted.len() / 2));
            }
        }
    }
}

#[test]
fn another_copy_makes_up_for_damage() {
    let (repo, wanted, pack) = small(15);
    // A second pack, differently made, and one object loose.
    repo.git(".", &["clone", "-q", "--bare", "repo", "copy.git"]);
    let packed = std::fs::read(&pack).unwrap();
    repo.git(".", &["init", "-q", "other"]);
    repo.git_with("other", &["unpack-objects", "-q"], &packed);
    let list: String = wanted.keys().map(|id| format!("{id}\n")).collect();
    let stem = repo.path("repo/.git/objects/pack/pack");
    let args = ["pack-objects", "-q", "--window=0", stem.to_str().unwrap()];
    repo.git_with("other", &args, list.as_bytes());
    assert_eq!(repo.files("repo/.git/objects", "pack").len(), 2);
    let sound = |what: usize| {
        let (store, _) = repo.store("repo");
        let (walked, _) = walk(&store);
        assert_eq!(walked.seen, wanted, "byte {what}");
        assert_eq!(walked.lost, BTreeMap::new(), "byte {what}");
    };
    flip(&pack, 101, sound);
    let bytes = std::fs::read(&pack).unwrap();
    for length in (40..bytes.len()).step_by(997) {
        rewrite(&pack, |cut| *cut = bytes[..length].to_vec());
        sound(length);
    }
}

#[test]
fn damaged_loose_objects_are_lost_and_no_more() {
    let repo = Repo::empty();
    for number in 0..5 {
        repo.commit(
            &format!("file{number}"),
            format!("content {number}\n").repeat(30),
        );
    }
    let wanted = named(&repo, "repo");
    for path in repo.files("repo/.git/objects", "loose") {
        let name = path.components().rev().take(2).collect::<Vec<_>>();
        let hex: String = name
            .iter()
            .rev()
            .map(|part| part.as_os_str().to_str().unwrap())
            .collect();
        let id = ObjectId::from_hex(hex.as_bytes()).unwrap();
        let sound = std::fs::read(&path).unwrap();
        for at in [0, 5, sound.len() / 2, sound.len() - 1] {
            rewrite(&path, |bytes| bytes[at] ^= 4);
            let (store, _) = repo.store("repo");
            let Walked { seen, lost, .. } = walk(&store).0;
            let mut rest = wanted.clone();
            rest.remove(&id);
            assert_eq!(seen, rest);
            assert_eq!(lost.keys().collect::<Vec<_>>(), [&id]);
            rewrite(&path, |bytes| *bytes = sound.clone());
        }
    }
}

/// A store in which one loose object's header can't be read, once.
struct Failing<'a> {
    store: &'a Store,
    id: ObjectId,
}

impl Objects for Failing<'_> {
    fn hash(&self) -> gix::hash::Kind {
        self.store.hash()
    }

    fn packs(&self) -> &[Pack] {
        self.store.packs()
    }

    fn loose(&self) -> (Vec<ObjectId>, Vec<Fault>) {
        Objects::loose(self.store)
    }

    fn header(&self, id: &oid) -> Result<Option<(Kind, u64)>, Fault> {
        if *id == *self.id {
            return Err(Fault::object(id, "too many open files"));
        }
        Objects::header(self.store, id)
    }

    fn read(&self, id: &oid, most: u64) -> Result<Option<(Kind, Vec<u8>)>, Fault> {
        Objects::read(self.store, id, most)
    }

    fn stream(
        &self,
        id: &oid,
        take: &mut dyn FnMut(Kind, u64, &mut dyn Read),
    ) -> Result<(), Fault> {
        Objects::stream(self.store, id, take)
    }
}

#[test]
fn a_header_that_fails_once_hides_nothing() {
    let repo = Repo::empty();
    for number in 0..3 {
        repo.commit(&format!("file{number}"), format!("content {number}\n"));
    }
    let wanted = named(&repo, "repo");
    let (store, _) = repo.store("repo");
    for (id, known) in &wanted {
        let objects = Failing {
            store: &store,
            id: *id,
        };
        let (census, _) = Census::take(&objects, 1);
        for kind in ALL {
            let walked = asked(&census, &[kind], None, 1);
            assert_eq!(walked.lost, BTreeMap::new(), "{kind}");
            let own = wanted.iter().filter(|(_, (of, _))| *of == kind);
            assert!(walked.seen.iter().eq(own), "{id}, a {}", known.0);
        }
    }
}
