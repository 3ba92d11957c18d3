//! Every object of every shape of object store is what git says it is.

use std::collections::BTreeSet;
use std::fs;

use gix::ObjectId;

use super::repo::{Known, Repo, env, read};

/// Compares a whole object store with git's word.
fn same_as_git(repo: &Repo, dir: &str) -> usize {
    let known = repo.objects(dir);
    let (store, faults) = repo.store(dir);
    assert_eq!(faults, [], "{dir}");
    for (id, object) in &known {
        assert_eq!(
            read(&store, id).unwrap().as_ref(),
            Some(object),
            "{dir}: {id}"
        );
    }
    // Nothing is missed by listing.
    let (loose, faults) = store.loose_ids();
    assert_eq!(faults, [], "{dir}");
    let packed = store.packs().iter().flat_map(|pack| {
        let ids = (0..pack.count()).map(|number| pack.id(number).to_owned());
        ids.collect::<Vec<_>>()
    });
    let listed: BTreeSet<_> = packed.chain(loose).collect();
    assert_eq!(listed, known.keys().copied().collect(), "{dir}");
    known.len()
}

/// Versions of a file that make long chains, in several kinds of objects.
fn history(repo: &Repo, versions: usize) {
    let mut lines: Vec<_> = (0..300).map(|n| format!("line {n}, {}\n", n * n)).collect();
    for version in 0..versions {
        lines[version * 7 % 300] = format!("changed in version {version}\n");
        repo.write("repo/long.txt", lines.concat());
        repo.commit(&format!("dir{}/file{version}", version % 3), "same");
    }
    repo.git("repo", &["tag", "-a", "-m", "a tag", "v1"]);
    repo.commit("empty", "");
    repo.commit("binary", [0, 255, 10, 13].repeat(5000));
}

#[test]
fn loose_packed_and_everything_between() {
    for format in ["sha1", "sha256"] {
        let repo = Repo::none();
        let format = format!("--object-format={format}");
        repo.git(".", &["init", "-q", &format, "repo"]);
        assert_eq!(same_as_git(&repo, "repo"), 0);
        history(&repo, 12);
        let all = same_as_git(&repo, "repo");
        repo.git("repo", &["repack", "-q", "-a"]);
        // Loose and packed at once.
        assert_eq!(same_as_git(&repo, "repo"), all);
        repo.git("repo", &["prune-packed", "-q"]);
        assert_eq!(same_as_git(&repo, "repo"), all);
        repo.commit("more", "packed apart");
        repo.git("repo", &["repack", "-q", "-d"]);
        repo.commit("more", "not packed");
        assert_eq!(repo.files("repo/.git/objects", "pack").len(), 2);
        assert_eq!(same_as_git(&repo, "repo"), all + 6);
        // Without offsets, as old versions wrote them; deep chains; the old index.
        let args = [
            "-c",
            "repack.useDeltaBaseOffset=false",
            "-c",
            "pack.indexVersion=1",
        ];
        let deep = ["repack", "-adfq", "--depth=4000", "--window=50"];
        repo.git("repo", &[&args[..2], &deep].concat());
        assert_eq!(same_as_git(&repo, "repo"), all + 6);
        repo.git("repo", &[&args[..], &deep].concat());
        assert_eq!(same_as_git(&repo, "repo"), all + 6);
        // What nothing reaches moves to a cruft pack; another pack is kept.
        repo.git("repo", &["reset", "-q", "--hard", "HEAD~2"]);
        repo.git("repo", &["reflog", "expire", "--expire=now", "--all"]);
        repo.git("repo", &["gc", "-q", "--cruft", "--prune=never"]);
        assert_eq!(repo.files("repo/.git/objects", "mtimes").len(), 1);
        let pack = repo.files("repo/.git/objects", "pack").remove(0);
        fs::write(pack.with_extension("keep"), "").unwrap();
        repo.git("repo", &["multi-pack-index", "write"]);
        assert_eq!(same_as_git(&repo, "repo"), all + 6);
        // What git leaves lying about is nobody's object.
        repo.write("repo/.git/objects/pack/tmp_pack_x1", "PACK");
        repo.write("repo/.git/objects/12/tmp_obj_y2", "zlib");
        repo.write("repo/.git/objects/tmp_obj_z3", "zlib");
        repo.write("repo/.git/objects/maintenance.lock", "");
        assert_eq!(same_as_git(&repo, "repo"), all + 6);
    }
}

#[test]
fn a_partial_clone_lacks_what_it_was_promised() {
    let repo = Repo::empty();
    history(&repo, 3);
    repo.git("repo", &["config", "uploadpack.allowFilter", "true"]);
    let all = repo.objects("repo");
    let url = format!("file://{}", repo.path("repo").display());
    let filter = [
        "clone",
        "-q",
        "--bare",
        "--filter=blob:none",
        &url,
        "partial",
    ];
    repo.git(".", &filter);
    let (store, faults) = repo.store("partial");
    assert_eq!(faults, []);
    assert!(store.promisor() && !repo.store("repo").0.promisor());
    for (id, object) in &all {
        let wanted = (object.kind != "blob").then_some(object);
        assert_eq!(read(&store, id).unwrap().as_ref(), wanted, "{id}");
    }
    assert!(all.values().filter(|it| it.kind == "blob").count() > 3);
}

#[test]
fn packs_that_appear_while_the_store_is_open() {
    let repo = Repo::empty();
    history(&repo, 4);
    repo.git("repo", &["repack", "-q", "-ad"]);
    repo.commit("later", "loose when the store was opened");
    let known = repo.objects("repo");
    let (store, _) = repo.store("repo");
    // Everything moves into a new pack, and the old files are gone.
    repo.git("repo", &["repack", "-q", "-ad"]);
    assert!(repo.files("repo/.git/objects", "loose").is_empty());
    for (id, object) in &known {
        assert_eq!(read(&store, id).unwrap().as_ref(), Some(object), "{id}");
    }
    repo.commit("latest", "after that");
    for id in repo.objects("repo").keys() {
        assert!(read(&store, id).unwrap().is_some());
    }
    let nothing = ObjectId::from_hex(&[b'7'; 40]).unwrap();
    assert_eq!(read(&store, &nothing), Ok(None));
}

#[test]
fn many_threads_read_the_same() {
    let repo = Repo::empty();
    history(&repo, 30);
    repo.git("repo", &["repack", "-adfq", "--depth=30"]);
    let known = repo.objects("repo");
    let (store, _) = repo.store("repo");
    std::thread::scope(|scope| {
        for turn in 0..4 {
            let (known, store) = (&known, &store);
            scope.spawn(move || {
                for (id, object) in known.iter().cycle().skip(turn * 9).take(known.len() * 20) {
                    let found = store.read(id, 1 << 20).unwrap().unwrap();
                    assert_eq!((found.kind.to_string(), found.data), {
                        let Known { kind, data } = object.clone();
                        (kind, data)
                    });
                }
            });
        }
    });
}

#[test]
fn a_hook_sees_the_quarantine_and_what_it_borrows_from() {
    let repo = Repo::empty();
    history(&repo, 2);
    let known = repo.objects("repo");
    let objects = repo.path("repo/.git/objects");
    let quarantine = repo.path("quarantine");
    fs::create_dir_all(&quarantine).unwrap();
    let given = env(&[
        ("GIT_OBJECT_DIRECTORY", &quarantine),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", &objects),
    ]);
    let layout = keyfence::git::Layout::open(&repo.path("repo"), &given).unwrap();
    let (store, faults) = keyfence::git::Store::open(&layout, &given);
    assert_eq!(faults, []);
    assert_eq!(store.loose_dirs(), [quarantine, objects]);
    for (id, object) in &known {
        assert_eq!(read(&store, id).unwrap().as_ref(), Some(object));
    }
}
