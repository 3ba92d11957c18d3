//! Damaged stores: one bad object costs that object and what can only be rebuilt from it; each is
//! named, and the rest is scanned.

use std::cell::RefCell;
use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::forge::{
    BLOB, COMMIT, Delta, OFS_DELTA, Pack, REF_DELTA, commit, deflate, distance, id, loose,
    loose_as, raw, tree,
};
use crate::planted::Pair;
use crate::repo::Repo;
use crate::world::fifo;

/// A repository with a secret in a first pack, one in a second, and a loose one.
struct Store {
    repo: Repo,
    hurt: Pair,
    packed: Pair,
    loose: Pair,
    pack: PathBuf,
}

fn store() -> Store {
    let repo = Repo::begun();
    let hurt = repo.leak("hurt.env");
    repo.git(&["repack", "-dq"]);
    let pack = repo.packs("pack").first().unwrap().clone();
    let packed = repo.leak("packed.env");
    repo.git(&["repack", "-dq"]);
    let loose = repo.leak("loose.env");
    for path in repo.packs("pack").into_iter().chain(repo.packs("idx")) {
        fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    }
    Store {
        repo,
        hurt,
        packed,
        loose,
        pack,
    }
}

impl Store {
    /// The rest is found, and a gap is told.
    #[track_caller]
    fn judge(&self) -> crate::run::Run {
        let run = self.repo.history();
        run.told();
        run.found(&self.packed);
        run.found(&self.loose);
        run
    }
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    let at = at.min(bytes.len() - 1);
    bytes[at] ^= 0x10;
    fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    fs::write(path, bytes).unwrap();
}

fn cut(path: &Path, length: u64) {
    fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    let file = OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(length).unwrap();
}

/// Where the packed bytes of an object of this pack begin and end.
fn extent(repo: &Repo, pack: &Path, id: &str) -> (usize, usize) {
    let text = repo.git(&["verify-pack", "-v", pack.to_str().unwrap()]);
    let line = text.lines().find(|line| line.starts_with(id)).unwrap();
    let number = |at: usize| -> usize { line.split_whitespace().nth(at).unwrap().parse().unwrap() };
    (number(4), number(4) + number(3))
}

#[test]
fn a_flipped_bit_in_a_pack() {
    let store = store();
    let id = store.repo.id("HEAD:hurt.env");
    let (start, end) = extent(&store.repo, &store.pack, &id);
    let at = start + 8 + store.repo.world.chance("flip", (end - start - 8) as u64) as usize;
    flip(&store.pack, at);
    assert!(!store.repo.holds(&["fsck", "--full"]));
    let run = store.judge();
    run.told_of(&id);
    // In the checksum of the packed bytes: the content is whole, and not to be trusted.
    let store = self::store();
    let id = store.repo.id("HEAD:hurt.env");
    let (_, end) = extent(&store.repo, &store.pack, &id);
    flip(&store.pack, end - 2);
    let run = store.judge();
    run.told_of(&id);
}

#[test]
fn another_copy_of_what_is_damaged() {
    let store = store();
    let repo = &store.repo;
    let id = repo.id("HEAD:hurt.env");
    let (start, _) = extent(repo, &store.pack, &id);
    loose(repo, "blob", store.hurt.dotenv().as_bytes());
    flip(&store.pack, start + 20);
    let run = repo.history();
    run.found(&store.hurt).at("hurt.env", 2);
    run.found(&store.packed);
    // And the other way: the loose copy is broken, a later pack's is whole.
    let store = self::store();
    let repo = &store.repo;
    let id = loose(repo, "blob", store.hurt.dotenv().as_bytes());
    fs::write(repo.loose(&id), b"").unwrap();
    let run = repo.history();
    run.found(&store.hurt).at("hurt.env", 2);
}

#[test]
fn a_damaged_base_costs_what_is_built_on_it_and_names_it() {
    let repo = Repo::begun();
    let other = repo.leak("other.env");
    let head = "a base of some length, so that a delta pays\n".repeat(3);
    let mut pack = Pack::new();
    let (_, apart) = pack.blob(head.as_bytes());
    let base_text = format!("{head}broken\n");
    let base_id = id("blob", base_text.as_bytes());
    let mut bytes = deflate(base_text.as_bytes());
    let middle = bytes.len() - 3;
    bytes[middle] ^= 0xff;
    let base = pack.entry(&base_id, BLOB, base_text.len() as u64, &[], &bytes);
    let mut lost = Vec::new();
    let mut kept = Vec::new();
    for n in 0..3 {
        for (from, base_size) in [(base, base_text.len()), (apart, head.len())] {
            let pair = repo.world.pair(&format!("{n} {from}"));
            let text = format!("{head}{}", pair.dotenv());
            let object = id("blob", text.as_bytes());
            let delta = Delta::new(base_size as u64, text.len() as u64)
                .copy(0, head.len() as u32)
                .insert(pair.dotenv());
            pack.on_offset(&object, from, &delta.bytes());
            if from == base {
                lost.push((object, pair));
            } else {
                kept.push(pair);
            }
        }
    }
    pack.write(&repo);
    let run = repo.history();
    run.told_of(&base_id).found(&other);
    for (object, pair) in &lost {
        run.told_of(object).without(pair);
    }
    for pair in &kept {
        run.found(pair);
    }
    // A loose copy of the base saves them all.
    loose(&repo, "blob", base_text.as_bytes());
    let run = repo.history();
    for (_, pair) in &lost {
        run.found(pair);
    }
}

#[test]
fn a_pack_cut_short() {
    for part in [2, 3, 20] {
        let store = store();
        let length = fs::metadata(&store.pack).unwrap().len();
        cut(&store.pack, length - length / part - 1);
        store.judge();
    }
    for length in [0, 3, 11, 12, 30] {
        let store = store();
        cut(&store.pack, length);
        store.judge();
    }
}

#[test]
fn an_index_cut_short() {
    let whole = fs::metadata(store().pack.with_extension("idx"))
        .unwrap()
        .len();
    for length in [
        0,
        7,
        8,
        600,
        1032,
        1050,
        whole / 2 + 500,
        whole - 41,
        whole - 1,
    ] {
        let store = store();
        cut(&store.pack.with_extension("idx"), length);
        store.judge();
    }
}

#[test]
fn an_index_that_lies() {
    // Header, then 256 numbers, then three objects: ids, checksums, offsets, two sums.
    let names = 8 + 256 * 4;
    let changes: [(&str, usize, &[u8]); 8] = [
        ("version", 4, &[0, 0, 0, 9]),
        ("number of objects", names - 4, &[0xff; 4]),
        ("numbers that fall", 8 + 40, &[0xff; 4]),
        ("first id", names, &[0; 20]),
        ("last id", names + 40, &[0xff; 20]),
        ("offset past the end", names + 72, &[0x7f; 4]),
        ("offset into nothing", names + 72, &[0x80, 0, 0, 9]),
        ("offset of the header", names + 72, &[0, 0, 0, 1]),
    ];
    for (what, at, bytes) in changes {
        let store = store();
        let path = store.pack.with_extension("idx");
        let mut all = fs::read(&path).unwrap();
        assert_eq!(all[names - 4..names], [0, 0, 0, 6], "six objects");
        all[at..at + bytes.len()].copy_from_slice(bytes);
        let end = all.len() - 20;
        let sum = crate::forge::sha1(&all[..end]);
        all[end..].copy_from_slice(&sum);
        fs::write(&path, &all).unwrap();
        eprintln!("{what}");
        let run = store.repo.history();
        run.found(&store.packed);
        run.found(&store.loose);
        run.found_or_told(&store.hurt);
    }
}

#[test]
fn a_pack_that_lies() {
    for (what, at, bytes) in [
        ("signature", 0, &b"KCAP"[..]),
        ("version", 4, &[0, 0, 0, 77]),
        ("number of objects", 8, &[0xff; 4]),
        ("no objects", 8, &[0; 4]),
        ("first entry", 12, &[0xff; 12]),
        ("zeros", 12, &[0; 64]),
    ] {
        let store = store();
        let mut all = fs::read(&store.pack).unwrap();
        all[at..at + bytes.len()].copy_from_slice(bytes);
        fs::write(&store.pack, &all).unwrap();
        eprintln!("{what}");
        let run = store.repo.history();
        run.found(&store.packed);
        run.found(&store.loose);
        run.found_or_told(&store.hurt);
        if at == 12 {
            run.told();
        }
    }
}

#[test]
fn entries_that_lie() {
    let repo = Repo::begun();
    let other = repo.leak("other.env");
    let text = b"hello, this is a text\n";
    let size = text.len() as u64;
    let packed = deflate(text);
    let named = |n: u8| format!("{:02x}", n + 16).repeat(20);
    let mut pack = Pack::new();
    let lost = RefCell::new(Vec::new());
    let (good, offset) = pack.blob(text);
    // The names of the next odd entry and of the one after it.
    let next = |ahead: usize| named((lost.borrow().len() + ahead) as u8);
    let odd = |pack: &mut Pack, kind: u8, size: u64, base: &[u8], data: &[u8]| {
        let name = next(0);
        pack.entry(&name, kind, size, base, data);
        lost.borrow_mut().push(name);
    };
    for claim in [u64::MAX, u64::MAX >> 8, 1 << 40, size + 1, size - 1, 0] {
        odd(&mut pack, BLOB, claim, &[], &packed);
    }
    for kind in [0, 5] {
        odd(&mut pack, kind, size, &[], &packed);
    }
    odd(&mut pack, BLOB, size, &[], b"no zlib at all");
    // Bases that are not there: itself, before the pack, in the middle of an entry, unknown.
    let delta = Delta::new(size, size).copy(0, size as u32).bytes();
    let (length, small) = (delta.len() as u64, deflate(&delta));
    odd(&mut pack, OFS_DELTA, length, &[0], &small);
    odd(&mut pack, OFS_DELTA, length, &distance(1 << 40), &small);
    odd(&mut pack, OFS_DELTA, length, &[0xff; 12], &small);
    odd(&mut pack, OFS_DELTA, length, &distance(3), &small);
    odd(&mut pack, REF_DELTA, length, &[0x77; 20], &small);
    // Circles: on itself, and two on each other.
    odd(&mut pack, REF_DELTA, length, &raw(&next(0)), &small);
    let (one, two) = (next(0), next(1));
    odd(&mut pack, REF_DELTA, length, &raw(&two), &small);
    odd(&mut pack, REF_DELTA, length, &raw(&one), &small);
    // Deltas that do not fit their base or their result, or that have no end.
    let sized = |base, result| Delta::new(base, result);
    for delta in [
        sized(size + 1, size).copy(0, size as u32).bytes(),
        sized(size, size + 9).copy(0, size as u32).bytes(),
        sized(size, 1 << 62).copy(0, size as u32).bytes(),
        sized(size, u64::MAX).insert("x").bytes(),
        sized(size, size).copy(9, size as u32).bytes(),
        sized(size, size).copy(u32::MAX, 1).bytes(),
        sized(size, 0x10000).copy(0, 0).bytes(),
        [sized(size, size).bytes(), vec![0]].concat(),
        [sized(size, size).bytes(), vec![0x7f]].concat(),
        [sized(size, size).bytes(), vec![0xff]].concat(),
        vec![0xff; 30],
        vec![],
    ] {
        let base = distance(pack.end() - offset);
        let length = delta.len() as u64;
        odd(&mut pack, OFS_DELTA, length, &base, &deflate(&delta));
    }
    // A commit without anything that a commit has.
    pack.entry(&"ee".repeat(20), COMMIT, size, &[], &packed);
    let last = repo.world.pair("last");
    pack.blob(last.dotenv().as_bytes());
    pack.write(&repo);
    assert!(repo.holds(&["cat-file", "-e", &good]));
    let run = repo.history();
    run.told();
    run.found(&other);
    run.found(&last);
    for name in lost.borrow().iter() {
        run.told_of(name);
    }
}

#[test]
fn a_delta_that_blows_up() {
    // A megabyte of delta that makes 500 MB, from a base that such deltas made.
    let repo = Repo::begun();
    let other = repo.leak("other.env");
    let mut pack = Pack::new();
    let (_, mut base) = pack.blob(&vec![b' '; 1 << 16]);
    let mut size = 1_u64 << 16;
    for n in 0..5_u8 {
        let times = 16;
        let mut delta = Delta::new(size, size * times);
        for _ in 0..times {
            let mut at = 0;
            while at < size {
                let length = (size - at).min(0xff_ffff);
                delta = delta.copy(at as u32, length as u32);
                at += length;
            }
        }
        base = pack.on_offset(&format!("{n:02x}").repeat(20), base, &delta.bytes());
        size *= times;
    }
    pack.write(&repo);
    let run = repo.large_history();
    run.told().found(&other);
}

#[test]
fn loose_objects_that_are_broken() {
    let text = b"BINANCE_API_KEY=\n";
    let head = |claim: &str| deflate(&[claim.as_bytes(), b"\0", text].concat());
    let whole = deflate(&[b"blob 17\0", &text[..]].concat());
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("zeroed", vec![0; whole.len()]),
        ("empty", Vec::new()),
        ("2^64-1", head("blob 18446744073709551615")),
        ("2^64", head("blob 18446744073709551616")),
        ("2^62", head("blob 4611686018427387904")),
        ("10 GB", head("blob 10000000000")),
        ("one too many", head("blob 18")),
        ("one too few", head("blob 16")),
        ("negative", head("blob -17")),
        ("no number", head("blob x")),
        ("no size", head("blob")),
        ("no kind", head("17")),
        ("no header", deflate(text)),
        ("long header", deflate(&vec![b'b'; 100_000])),
        ("half", whole[..whole.len() / 2].to_vec()),
        ("no checksum", whole[..whole.len() - 4].to_vec()),
        ("text", b"blob 17\0plain".to_vec()),
    ];
    for (what, bytes) in cases {
        let repo = Repo::begun();
        let other = repo.leak("other.env");
        let hurt = id("blob", text);
        loose_as(&repo, &hurt, &bytes);
        assert!(
            !repo.holds(&["fsck", "--full"]),
            "{what}: git sees no fault"
        );
        eprintln!("{what}");
        let run = repo.history();
        run.told_of(&hurt).findings(1).found(&other);
    }
}

#[test]
fn a_loose_object_of_another_name() {
    let repo = Repo::begun();
    let (other, under) = (repo.leak("other.env"), repo.world.pair("under"));
    let text = under.dotenv();
    let name = id("blob", b"what should be there\n");
    let framed = format!("blob {}\0{text}", text.len());
    loose_as(&repo, &name, &deflate(framed.as_bytes()));
    assert!(!repo.holds(&["fsck", "--full"]));
    let run = repo.history();
    run.told_of(&name).found_or_told(&under).found(&other);
}

#[test]
fn a_loose_object_that_inflates_without_end() {
    let repo = Repo::begun();
    let other = repo.leak("other.env");
    let id = "cd".repeat(20);
    let mut bytes = b"blob 17\0".to_vec();
    bytes.resize(400_000_000, b' ');
    loose_as(&repo, &id, &deflate(&bytes));
    drop(bytes);
    let run = repo.large_history();
    run.told_of(&id).found(&other);
}

#[test]
fn loose_objects_that_are_no_files() {
    for make in [
        &(|path: &Path| fifo(path)) as &dyn Fn(&Path),
        &|path| fs::create_dir(path).unwrap(),
        &|path| symlink("/dev/zero", path).unwrap(),
        &|path| symlink(path, path).unwrap(),
        &|path| symlink("/nowhere", path).unwrap(),
    ] {
        let repo = Repo::begun();
        let other = repo.leak("other.env");
        let id = repo.blob("hello\n");
        let path = repo.loose(&id);
        fs::remove_file(&path).unwrap();
        make(&path);
        let run = repo.history();
        run.told_of(&id).found(&other);
    }
}

#[test]
fn a_missing_blob() {
    let repo = Repo::begun();
    let (gone, other) = (repo.leak("gone.env"), repo.leak("other.env"));
    let id = repo.id("HEAD:gone.env");
    repo.lose(&id);
    let run = repo.history();
    run.findings(1).without(&gone).told_of(&id).found(&other);
    repo.remove("other.env");
    repo.git(&["update-index", "--force-remove", "other.env"]);
    let none = Repo::begun();
    none.write("gone", "hello, gone\n");
    none.commit("gone");
    let id = none.id("HEAD:gone");
    none.lose(&id);
    let run = none.history();
    run.findings(0).told_of(&id);
    assert_eq!(run.code(), 3, "{run}");
}

#[test]
fn a_missing_tree() {
    let repo = Repo::begun();
    let (inside, other) = (repo.leak("dir/inside.env"), repo.leak("other.env"));
    for name in ["HEAD:dir", "HEAD^{tree}"] {
        let id = repo.id(name);
        repo.lose(&id);
        let run = repo.history();
        // The blobs are there all the same.
        run.findings(2).told_of(&id);
        run.found(&inside);
        run.found(&other);
    }
}

#[test]
fn a_missing_commit() {
    let repo = Repo::begun();
    let (one, two) = (repo.leak("one.env"), repo.leak("two.env"));
    let id = repo.id("HEAD~1");
    repo.lose(&id);
    let run = repo.history();
    run.findings(2).told_of(&id);
    run.found(&one);
    run.found(&two);
    // Not in the past that can be walked, so a range can't say what is new.
    repo.range("HEAD~3..HEAD").not_clean();
}

#[test]
fn a_ref_to_nowhere() {
    for packed in [false, true] {
        let repo = Repo::begun();
        let pair = repo.leak("bot.env");
        let id = "12".repeat(20);
        if packed {
            let line = format!("{id} refs/heads/dangling\n");
            repo.write(".git/packed-refs", line);
        } else {
            repo.write(".git/refs/heads/dangling", format!("{id}\n"));
        }
        let run = repo.history();
        run.findings(1).told_of(&id).found(&pair);
    }
}

#[test]
fn an_object_of_another_kind_than_it_should_be() {
    let repo = Repo::begun();
    let pair = repo.leak("bot.env");
    let (head, blob) = (repo.id("HEAD"), repo.id("HEAD:bot.env"));
    let tree_id = repo.id("HEAD^{tree}");
    let date = "1700000000 +0000";
    let odd_tree = loose(
        &repo,
        "tree",
        &tree(&[
            ("100644", b"a-tree", &tree_id),
            ("100644", b"a-commit", &head),
            ("40000", b"blob", &blob),
        ]),
    );
    let commits = [
        commit(&blob, &[&head], date, "its tree is a blob"),
        commit(&head, &[&head], date, "its tree is a commit"),
        commit(&tree_id, &[&blob], date, "its parent is a blob"),
        commit(&tree_id, &[&tree_id], date, "its parent is a tree"),
        commit(&odd_tree, &[], date, "its tree is odd"),
    ];
    for text in &commits {
        let id = loose(&repo, "commit", text);
        repo.write(".git/refs/heads/odd", format!("{id}\n"));
        repo.forget();
        let run = repo.history();
        run.told().found(&pair).at("bot.env", 2);
        repo.range("main..odd").not_clean();
        fs::remove_file(repo.loose(&id)).unwrap();
    }
    repo.write(".git/refs/heads/odd", format!("{blob}\n"));
    let tag = format!("object {blob}\ntype commit\ntag t\ntagger Ada <a@b> {date}\n\nx\n");
    let tag = loose(&repo, "tag", tag.as_bytes());
    repo.git(&["update-ref", "refs/tags/odd", &tag]);
    let run = repo.history();
    run.found(&pair);
}

#[test]
fn what_may_not_be_read() {
    if !rustix::process::getuid().is_root() {
        eprintln!("left out: only root can become somebody else");
        return;
    }
    let as_nobody = |command: &mut std::process::Command| {
        std::os::unix::process::CommandExt::uid(command, 65_534);
        std::os::unix::process::CommandExt::gid(command, 65_534);
    };
    for what in [
        "object",
        "directory",
        "pack",
        "idx",
        "refs",
        "packed-refs",
        "logs",
    ] {
        let store = store();
        let repo = &store.repo;
        let id = repo.blob("locked\n");
        repo.git(&["tag", "t"]);
        repo.write(".git/packed-refs", "");
        let path = match what {
            "object" => repo.loose(&id),
            "directory" => repo.loose(&id).parent().unwrap().to_owned(),
            "pack" => store.pack.clone(),
            "idx" => store.pack.with_extension("idx"),
            other => repo.path(".git").join(other),
        };
        let mode = fs::metadata(&path).unwrap().permissions();
        fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
        let run = crate::run::judged(
            &repo.world,
            &repo.root,
            &["--history"],
            crate::run::Limits::PLAIN,
            as_nobody,
        );
        fs::set_permissions(&path, mode).unwrap();
        run.told().found(&store.packed);
    }
}

/// One blob under its own id, and a second content under the same, or the same once more.
fn twice(repo: &Repo, first: &[u8], second: &[u8]) {
    let mut pack = Pack::new();
    let (id, _) = pack.blob(first);
    pack.entry(&id, BLOB, second.len() as u64, &[], &deflate(second));
    pack.write(repo);
}

#[test]
fn an_object_that_an_index_names_twice() {
    let repo = Repo::begun();
    let (shown, hidden) = (repo.world.pair("shown"), repo.world.pair("hidden"));
    let (one, other) = (shown.dotenv(), hidden.dotenv());
    twice(&repo, one.as_bytes(), one.as_bytes());
    let run = repo.history();
    run.findings(1).complete();
    run.found(&shown);
    twice(&repo, one.as_bytes(), other.as_bytes());
    let run = repo.history();
    run.told_of(&id("blob", one.as_bytes())[..10]);
    run.found(&shown);
}

#[test]
fn an_index_that_spends_two_rows_on_one_place() {
    let repo = Repo::begun();
    let (shown, hidden) = (repo.world.pair("shown"), repo.world.pair("hidden"));
    let mut pack = Pack::new();
    pack.blob(shown.dotenv().as_bytes());
    pack.blob(hidden.dotenv().as_bytes());
    pack.hide_last_behind_first();
    pack.write(&repo);
    let run = repo.history();
    run.found(&shown);
    run.found_or_told(&hidden).told();
}
