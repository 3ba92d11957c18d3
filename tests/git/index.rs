//! Every form of the index, whole and broken.

use std::fs;

use crate::planted::Pair;
use crate::repo::Repo;
use crate::world::fifo;

/// A repository with some files, an old secret, and one that is staged.
fn repo() -> (Repo, Pair, Pair) {
    let repo = Repo::begun();
    for n in 0..30 {
        repo.write(format!("dir{}/file{n}", n % 5), format!("{n}\n"));
    }
    let old = repo.leak("dir1/old.env");
    let new = repo.plant("staged", "dir2/new.env");
    repo.git(&["add", "-A"]);
    (repo, old, new)
}

#[track_caller]
fn one(repo: &Repo, old: &Pair, new: &Pair) {
    let run = repo.staged();
    run.findings(1).complete();
    run.without(old).found(new).at("dir2/new.env", 2);
}

fn head_of_index(repo: &Repo) -> Vec<u8> {
    fs::read(repo.path(".git/index")).unwrap()[..12].to_vec()
}

#[test]
fn versions_of_the_index() {
    for version in [2_u8, 3, 4] {
        let (repo, old, new) = repo();
        if version == 3 {
            // Only flags that version 2 has no room for make it a 3.
            repo.write("later", "x");
            repo.git(&["add", "-N", "later"]);
        }
        repo.git(&["update-index", "--index-version", &version.to_string()]);
        assert_eq!(head_of_index(&repo)[7], version);
        one(&repo, &old, &new);
    }
}

#[test]
fn a_split_index() {
    let (repo, old, new) = repo();
    repo.git(&["update-index", "--split-index"]);
    let shared = |repo: &Repo| {
        fs::read_dir(repo.git_dir()).unwrap().any(|e| {
            e.unwrap()
                .file_name()
                .to_string_lossy()
                .starts_with("sharedindex")
        })
    };
    assert!(shared(&repo));
    one(&repo, &old, &new);
    let later = repo.plant("later", "later.env");
    repo.git(&["add", "later.env"]);
    repo.git(&["rm", "-q", "--cached", "dir1/file1"]);
    let run = repo.staged();
    run.findings(2).complete();
    run.found(&later);
    run.found(&new);
    // Without its base it is no index.
    for entry in fs::read_dir(repo.git_dir()).unwrap() {
        let entry = entry.unwrap();
        if entry
            .file_name()
            .to_string_lossy()
            .starts_with("sharedindex")
        {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    let run = repo.staged();
    run.not_clean();
    run.found_or_told(&new);
}

#[test]
fn a_sparse_index() {
    let (repo, old, new) = repo();
    repo.record("all");
    let in_head = new;
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "dir3"]);
    let sparse = repo.git(&["ls-files", "--sparse"]);
    assert!(sparse.contains("dir2/\n"), "not sparse: {sparse}");
    repo.staged().clean();
    let staged = repo.plant("sparse", "dir3/new.env");
    repo.git(&["add", "dir3/new.env"]);
    let run = repo.staged();
    run.findings(1).complete();
    run.without(&old).without(&in_head).found(&staged);
    // A directory entry that is not what HEAD has.
    let hidden = repo.world.pair("hidden");
    let blob = repo.blob(hidden.dotenv());
    let entry = format!("100644,{blob},dir2/hidden.env");
    repo.git(&["update-index", "--add", "--cacheinfo", &entry]);
    repo.git(&["update-index", "--skip-worktree", "dir2/hidden.env"]);
    repo.git(&["sparse-checkout", "reapply", "--sparse-index"]);
    let run = repo.staged();
    run.findings(2).complete();
    run.found(&hidden).at("dir2/hidden.env", 2);
}

#[test]
fn a_sparse_directory_that_a_commit_would_change() {
    // The index moves to another tree while HEAD stays: a whole directory is new in one entry.
    let (repo, old, new) = repo();
    repo.record("all");
    repo.git(&["rm", "-r", "-q", "dir2"]);
    repo.record("without");
    let head = repo.id("HEAD");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "dir3"]);
    repo.git(&["update-ref", "refs/heads/main", &head]);
    assert!(repo.git(&["ls-files", "--sparse"]).contains("dir2/\n"));
    assert!(
        repo.git(&["diff", "--cached", "--name-only"])
            .contains("dir2/new.env")
    );
    let run = repo.staged();
    run.findings(1).complete();
    run.without(&old).found(&new).at("dir2/new.env", 2);
}

#[test]
fn intent_to_add() {
    let repo = Repo::begun();
    let intended = repo.plant("intended", "intended.env");
    repo.git(&["add", "-N", "intended.env"]);
    repo.staged().clean().without(&intended);
    let staged = repo.plant("staged", "staged.env");
    repo.git(&["add", "staged.env"]);
    let run = repo.staged();
    run.findings(1).complete();
    run.without(&intended).found(&staged);
    repo.git(&["add", "intended.env"]);
    repo.staged().findings(2).complete().found(&intended);
}

#[test]
fn flags_that_hide_from_git_status() {
    let repo = Repo::begun();
    let assumed = repo.plant("assumed", "assumed.env");
    let skipped = repo.plant("skipped", "skipped.env");
    repo.git(&["add", "-A"]);
    repo.git(&["update-index", "--assume-unchanged", "assumed.env"]);
    repo.git(&["update-index", "--skip-worktree", "skipped.env"]);
    let run = repo.staged();
    run.findings(2).complete();
    run.found(&assumed);
    run.found(&skipped);
}

#[test]
fn extensions_of_the_index() {
    let (repo, old, new) = repo();
    repo.git(&["update-index", "--untracked-cache"]);
    repo.git(&["-c", "core.untrackedCache=true", "status"]);
    repo.git(&["-c", "index.threads=2", "write-tree"]);
    one(&repo, &old, &new);
    // The tree cache holds what was written last; a later change makes it stale, not wrong.
    let later = repo.plant("later", "dir4/later.env");
    repo.git(&["add", "-A"]);
    let run = repo.staged();
    run.findings(2).complete();
    run.found(&later);
    repo.git(&["write-tree"]);
    repo.staged().findings(2).complete();
}

#[test]
fn a_tree_cache_that_lies() {
    // The cached tree of the index is said to be HEAD's: who believes it sees no change at all.
    let (repo, old, new) = repo();
    let truth = repo.git(&["write-tree"]);
    let head = repo.id("HEAD^{tree}");
    let (dir_now, dir_then) = (repo.id(&format!("{truth}:dir2")), repo.id("HEAD:dir2"));
    let path = repo.path(".git/index");
    let mut bytes = fs::read(&path).unwrap();
    for (from, to) in [(&truth, &head), (&dir_now, &dir_then)] {
        let at = memchr::memmem::find(&bytes, &crate::forge::raw(from)).unwrap();
        bytes[at..at + 20].copy_from_slice(&crate::forge::raw(to));
    }
    let end = bytes.len() - 20;
    let sum = crate::forge::sha1(&bytes[..end]);
    bytes[end..].copy_from_slice(&sum);
    fs::write(&path, bytes).unwrap();
    // git itself believes it: it would commit HEAD's tree, so nothing would be recorded. Either
    // answer is right, silence about a broken index is not: no crash, no other finding.
    let run = repo.staged();
    run.without(&old);
    if run.finding(&new).is_none() {
        assert!(repo.holds(&["diff", "--cached", "--quiet"]), "{run}");
    }
}

#[test]
fn an_index_without_checksum_and_with_a_wrong_one() {
    let (repo, old, new) = repo();
    repo.git(&[
        "-c",
        "index.skipHash=true",
        "update-index",
        "--force-write-index",
    ]);
    let path = repo.path(".git/index");
    let bytes = fs::read(&path).unwrap();
    assert_eq!(bytes[bytes.len() - 20..], [0; 20]);
    one(&repo, &old, &new);
    let mut bytes = bytes;
    let end = bytes.len();
    bytes[end - 20..].fill(0x5a);
    fs::write(&path, bytes).unwrap();
    let run = repo.staged();
    run.found_or_told(&new);
}

#[test]
fn an_index_cut_short() {
    let (repo, _, new) = repo();
    let path = repo.path(".git/index");
    let whole = fs::read(&path).unwrap();
    for length in [
        0,
        4,
        11,
        12,
        60,
        whole.len() / 2,
        whole.len() - 25,
        whole.len() - 20,
        whole.len() - 1,
    ] {
        fs::write(&path, &whole[..length]).unwrap();
        eprintln!("{length} of {}", whole.len());
        let run = repo.staged();
        run.not_clean();
        run.found_or_told(&new);
    }
}

#[test]
fn an_index_with_a_flipped_bit() {
    let (repo, _, new) = repo();
    let path = repo.path(".git/index");
    let whole = fs::read(&path).unwrap();
    for round in 0..40 {
        let mut bytes = whole.clone();
        let at = repo
            .world
            .chance(&format!("index {round}"), bytes.len() as u64) as usize;
        bytes[at] ^= 1 << (round % 8);
        fs::write(&path, &bytes).unwrap();
        eprintln!("byte {at}");
        let run = repo.staged();
        run.found_or_told(&new);
        if round % 2 == 0 {
            // The same with a checksum that fits: nothing tells but the content.
            let end = bytes.len() - 20;
            let sum = crate::forge::sha1(&bytes[..end]);
            bytes[end..].copy_from_slice(&sum);
            fs::write(&path, &bytes).unwrap();
            repo.staged();
        }
    }
}

#[test]
fn an_index_that_claims_too_much() {
    let (repo, _, new) = repo();
    let path = repo.path(".git/index");
    let whole = fs::read(&path).unwrap();
    for (what, at, change) in [
        ("entries", 8, &[0xff_u8; 4][..]),
        ("more entries", 8, &[0, 0, 1, 0]),
        ("no entries", 8, &[0; 4]),
        ("version", 4, &[0, 0, 0, 99]),
        ("signature", 0, b"XXXX"),
        ("length of a name", 12 + 60, &[0x0f, 0xff]),
    ] {
        let mut bytes = whole.clone();
        bytes[at..at + change.len()].copy_from_slice(change);
        let end = bytes.len() - 20;
        let sum = crate::forge::sha1(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum);
        fs::write(&path, &bytes).unwrap();
        eprintln!("{what}");
        let run = repo.staged();
        run.found_or_told(&new);
    }
}

#[test]
fn an_index_that_is_no_file() {
    let (repo, _, new) = repo();
    let path = repo.path(".git/index");
    fifo(&path);
    repo.staged().not_clean();
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    repo.staged().not_clean();
    fs::remove_dir(&path).unwrap();
    for target in ["/dev/zero", "index"] {
        std::os::unix::fs::symlink(target, &path).unwrap();
        repo.staged().not_clean();
        fs::remove_file(&path).unwrap();
    }
    // None at all is an empty one: git would record that all files go.
    let run = repo.staged();
    run.without(&new).findings(0);
}

#[test]
fn names_that_lead_elsewhere() {
    // Entries that git would not take: `..`, absolute, `.git`. Nothing outside is read.
    let (repo, _, _) = repo();
    let outside = repo.world.pair("outside");
    fs::write(repo.world.path("outside.env"), outside.dotenv()).unwrap();
    let inside = repo.world.pair("inside");
    let id = repo.blob(inside.dotenv());
    let name = "aaaaaaaaaaaaaa.env";
    repo.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("100644,{id},{name}"),
    ]);
    let path = repo.path(".git/index");
    let whole = fs::read(&path).unwrap();
    for odd in [
        "../../outside.env",
        "/etc/passwd.env",
        ".git/config.env",
        "a//b/././../x.env",
    ] {
        let odd = format!("{odd:x<width$}", width = name.len());
        let mut bytes = whole.clone();
        let at = memchr::memmem::find(&bytes, name.as_bytes()).unwrap();
        bytes[at..at + name.len()].copy_from_slice(odd.as_bytes());
        let end = bytes.len() - 20;
        let sum = crate::forge::sha1(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum);
        fs::write(&path, &bytes).unwrap();
        let run = repo.staged();
        run.found_or_told(&inside);
        if run.code() != 2 {
            run.without(&outside);
        }
    }
}

#[test]
fn a_large_index() {
    let repo = Repo::begun();
    let id = repo.blob("x\n");
    let mut lines = String::new();
    for n in 0..20_000 {
        lines.push_str(&format!("100644 {id}\tdir{}/file{n}\n", n % 100));
    }
    repo.git_with(&["update-index", "--index-info"], lines.as_bytes(), |_| {});
    repo.record("many");
    let pair = repo.world.pair("one");
    let blob = repo.blob(pair.dotenv());
    repo.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("100644,{blob},dir50/one.env"),
    ]);
    let run = repo.staged();
    run.findings(1).complete();
    run.found(&pair).at("dir50/one.env", 2);
}
