//! Repositories of all shapes, as git packs them.

use std::collections::BTreeMap;
use std::fmt::Write;

use gix::ObjectId;
use gix::objs::Kind;
use keyfence::git::walk::Census;

use crate::repo::Repo;
use crate::walked::{ALL, Walked, asked, walk};

/// Numbers that look random (xorshift).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// A history of so many commits, each a small change to one of several files; loose or packed as
/// fast-import does it.
pub(crate) fn grow(repo: &Repo, dir: &str, seed: u64, commits: usize) {
    let mut random = Random(seed);
    let mut files: Vec<Vec<String>> = (0..6)
        .map(|file| {
            let lines = 0..40 + random.below(200);
            lines
                .map(|line| format!("file {file} line {line} value {}", random.below(1 << 30)))
                .collect()
        })
        .collect();
    let mut stream = String::new();
    for commit in 1..=commits {
        let at = random.below(files.len());
        let file = &mut files[at];
        for _ in 0..=random.below(3) {
            let line = random.below(file.len());
            match random.below(4) {
                0 if file.len() > 10 => drop(file.remove(line)),
                1 => file[line] = format!("changed in {commit} to {}", random.below(1 << 30)),
                2 => file.swap(0, line),
                _ => file.insert(line, format!("added in {commit}")),
            }
        }
        let text = file.join("\n");
        writeln!(stream, "commit refs/heads/grown").unwrap();
        writeln!(stream, "committer A <a@example.com> {} +0000", commit * 60).unwrap();
        let message = format!("Change {commit}");
        writeln!(stream, "data {}\n{message}", message.len()).unwrap();
        writeln!(stream, "M 100644 inline dir{}/file{at}", at % 2).unwrap();
        writeln!(stream, "data {}\n{text}", text.len()).unwrap();
        if commit % 50 == 0 {
            writeln!(stream, "tag v{commit}\nfrom refs/heads/grown").unwrap();
            writeln!(stream, "tagger A <a@example.com> {} +0000", commit * 60).unwrap();
            writeln!(stream, "data {}\n{message}", message.len()).unwrap();
        }
    }
    let args = [
        "-c",
        "fastimport.unpackLimit=1",
        "fast-import",
        "--quiet",
        "--force",
    ];
    repo.git_with(dir, &args, stream.as_bytes());
}

/// Every object's kind and size as git says.
pub(crate) fn named(repo: &Repo, dir: &str) -> BTreeMap<ObjectId, (Kind, u64)> {
    let out = repo.git(dir, &["cat-file", "--batch-all-objects", "--batch-check"]);
    out.lines()
        .map(|line| {
            let words: Vec<_> = line.split(' ').collect();
            let kind = match words[1] {
                "commit" => Kind::Commit,
                "tree" => Kind::Tree,
                "blob" => Kind::Blob,
                "tag" => Kind::Tag,
                other => panic!("{other}"),
            };
            let id = ObjectId::from_hex(words[0].as_bytes()).unwrap();
            (id, (kind, words[2].parse().unwrap()))
        })
        .collect()
}

/// The walk equals git's own list, with nothing lost.
fn equals_git(repo: &Repo, dir: &str) -> Walked {
    let (store, faults) = repo.store(dir);
    assert_eq!(faults, []);
    let (walked, faults) = walk(&store);
    assert_eq!(faults, []);
    let wanted = named(repo, dir);
    assert!(!wanted.is_empty());
    assert_eq!(walked.seen, wanted);
    assert!(walked.lost.is_empty() && walked.large.is_empty());
    let (census, _) = Census::take(&store, 2);
    assert_eq!(census.len(), wanted.len());
    for (id, (kind, _)) in &wanted {
        let number = census.find(id).unwrap();
        assert_eq!((census.id(number), census.kind(number)), (*id, Some(*kind)));
    }
    assert_eq!(census.find(&census.hash().null()), None);
    walked
}

#[test]
fn deep_chains() {
    let repo = Repo::empty();
    grow(&repo, "repo", 1, 700);
    repo.git("repo", &["repack", "-qadf", "--depth=4000", "--window=50"]);
    assert_eq!(repo.files("repo/.git/objects", "pack").len(), 1);
    let lengths = repo.git("repo", &["verify-pack", "-s", &idx(&repo)]);
    assert!(lengths.contains("chain length = 40:"), "{lengths}");
    equals_git(&repo, "repo");
}

fn idx(repo: &Repo) -> String {
    let files = repo.files("repo/.git/objects", "idx");
    files[0].to_str().unwrap().to_owned()
}

#[test]
fn bases_by_name_and_the_old_index() {
    let repo = Repo::empty();
    grow(&repo, "repo", 2, 300);
    let by_name = "repack.useDeltaBaseOffset=false";
    let old = "pack.indexVersion=1";
    for settings in [
        &["-c", by_name][..],
        &["-c", old],
        &["-c", by_name, "-c", old],
    ] {
        let args = [settings, &["repack", "-qadf", "--depth=200"]].concat();
        repo.git("repo", &args);
        equals_git(&repo, "repo");
    }
}

#[test]
fn sha256() {
    let repo = Repo::none();
    repo.git(".", &["init", "-q", "--object-format=sha256", "repo"]);
    grow(&repo, "repo", 3, 300);
    repo.write("repo/loose", "a loose object");
    repo.git("repo", &["add", "loose"]);
    equals_git(&repo, "repo");
    repo.git("repo", &["repack", "-qadf", "--depth=300"]);
    equals_git(&repo, "repo");
}

#[test]
fn packs_and_loose_objects_that_share() {
    let repo = Repo::empty();
    grow(&repo, "repo", 4, 200);
    repo.git("repo", &["repack", "-qadf", "--depth=100"]);
    // A second pack with all objects, and more; a third with some; all of the first loose as well.
    grow(&repo, "repo", 4, 260);
    repo.git("repo", &["repack", "-qaf", "--depth=20", "--window=4"]);
    let some = repo.git(
        "repo",
        &["rev-list", "--objects", "--max-count=30", "grown"],
    );
    let some: Vec<_> = some.lines().map(|line| &line[..40]).collect();
    let some = some.join("\n") + "\n";
    let stem = repo.path("repo/.git/objects/pack/pack");
    let args = ["pack-objects", "-q", stem.to_str().unwrap()];
    repo.git_with("repo", &args, some.as_bytes());
    let first = std::fs::read(&repo.files("repo/.git/objects", "pack")[0]).unwrap();
    repo.git(".", &["init", "-q", "other"]);
    repo.git_with("other", &["unpack-objects", "-q"], &first);
    let loose = repo.path("other/.git/objects");
    copy(&loose, &repo.path("repo/.git/objects"));
    assert!(repo.files("repo/.git/objects", "pack").len() >= 3);
    assert!(repo.files("repo/.git/objects", "loose").len() > 100);
    equals_git(&repo, "repo");
    // And all of it through alternates.
    repo.git(".", &["clone", "-q", "--shared", "repo", "third"]);
    grow(&repo, "third", 5, 20);
    let (store, _) = repo.store("third");
    let wanted = named(&repo, "third");
    assert_eq!(walk(&store).0.seen, wanted);
}

pub(crate) fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&to).unwrap();
            copy(&entry.path(), &to);
        } else if !to.exists() {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn nothing_at_all() {
    let repo = Repo::empty();
    let (store, _) = repo.store("repo");
    assert_eq!(walk(&store), Default::default());
    repo.write("repo/empty", "");
    repo.git("repo", &["add", "-A"]);
    equals_git(&repo, "repo");
    repo.commit("a", "b");
    repo.git("repo", &["repack", "-qad"]);
    equals_git(&repo, "repo");
}

#[test]
fn what_is_asked_for_and_nothing_else() {
    let repo = Repo::empty();
    grow(&repo, "repo", 6, 300);
    repo.git("repo", &["repack", "-qadf", "--depth=100"]);
    let wanted = named(&repo, "repo");
    let (store, _) = repo.store("repo");
    let (census, _) = Census::take(&store, 2);
    for kind in ALL {
        let own = wanted.iter().filter(|(_, known)| known.0 == kind);
        let own: BTreeMap<_, _> = own.map(|(id, known)| (*id, *known)).collect();
        assert_eq!(asked(&census, &[kind], None, 2).seen, own);
        for share in [1, 7, 1000] {
            let taken = |id: &ObjectId| (id.as_slice()[5] as usize).is_multiple_of(share);
            let only = |number: u32| taken(&census.id(number));
            let some = own.iter().filter(|(id, _)| taken(id));
            let some: BTreeMap<_, _> = some.map(|(id, known)| (*id, *known)).collect();
            for threads in [1, 4] {
                assert_eq!(asked(&census, &[kind], Some(&only), threads).seen, some);
            }
        }
    }
    assert_eq!(asked(&census, &[], None, 2), Walked::default());
}
