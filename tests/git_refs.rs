//! Refs and their logs, against what git says about the same repositories.
#![cfg(unix)] // links, and names that are no text, are part of it
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_types,
    missing_docs
)]

#[path = "git_refs/damage.rs"]
mod damage;
#[path = "git_refs/logs.rs"]
mod logs;
#[path = "git_store/repo.rs"]
#[allow(dead_code)]
mod repo;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use keyfence::git::Layout;
use keyfence::git::refs::{self, RefKind, Refs};
use repo::{Repo, no_env};

fn layout(repo: &Repo, dir: &str) -> Layout {
    Layout::open(&repo.path(dir), &no_env).unwrap()
}

fn read(repo: &Repo, dir: &str) -> Refs {
    refs::all(&layout(repo, dir))
}

/// Lines of `<id> <name>` as `git show-ref --head` writes them, of `HEAD` and all below `refs/`.
fn shown(refs: &Refs) -> BTreeSet<String> {
    let own = |name: &[u8]| name == b"HEAD" || name.starts_with(b"refs/");
    refs.refs
        .iter()
        .filter(|own_ref| own(&own_ref.name))
        .map(|own| format!("{} {}", own.target, String::from_utf8_lossy(&own.name)))
        .collect()
}

fn equal_to_git(repo: &Repo, dir: &str) {
    let refs = read(repo, dir);
    assert_eq!(refs.faults, [], "{dir}");
    let git = repo.git(dir, &["show-ref", "--head"]);
    let git: BTreeSet<String> = git.lines().map(str::to_owned).collect();
    assert_eq!(shown(&refs), git, "{dir}");
    let head = refs.get(b"HEAD").map(|own| own.target);
    assert_eq!(refs::head(&layout(repo, dir)), Ok(head), "{dir}");
    let format = "--format=%(objectname) %(refname)%(if)%(symref)%(then) symbolic%(end)";
    let git = repo.git(dir, &["for-each-ref", format]);
    let below = |name: &[u8]| name.starts_with(b"refs/");
    let ours: Vec<String> = refs
        .refs
        .iter()
        .filter(|own| below(&own.name))
        .map(|own| {
            let symbolic = own.symbolic.as_ref().map_or("", |_| " symbolic");
            let name = String::from_utf8_lossy(&own.name);
            format!("{} {name}{symbolic}", own.target)
        })
        .collect();
    let mut git: Vec<&str> = git.lines().collect();
    git.sort_by_key(|line| line.split(' ').nth(1));
    assert!(ours == git, "{dir}");
    let format = "--format=%(refname) %(*objectname)";
    let peeled = repo.git(dir, &["for-each-ref", format]);
    for own in refs.refs.iter().filter(|own| own.peeled.is_some()) {
        let line = format!(
            "{} {}",
            String::from_utf8_lossy(&own.name),
            own.peeled.unwrap()
        );
        assert!(peeled.lines().any(|git| git == line), "{line}");
    }
}

/// A repository with refs of every kind.
fn varied() -> Repo {
    let repo = Repo::empty();
    for n in 0..4 {
        repo.commit("file", format!("text {n}"));
    }
    let git = |args: &[&str]| repo.git("repo", args);
    git(&["branch", "feature/a/b", "HEAD~1"]);
    git(&["branch", "fe", "HEAD~2"]);
    git(&["tag", "v0", "HEAD~3"]);
    git(&["tag", "-a", "-m", "one", "v1", "HEAD~2"]);
    git(&["tag", "-a", "-m", "a tag of a tag", "v2", "v1"]);
    git(&["tag", "blob", "HEAD:file"]);
    git(&["tag", "tree", "HEAD^{tree}"]);
    git(&["notes", "add", "-m", "a note"]);
    git(&["update-ref", "refs/pull/7/head", "HEAD~1"]);
    git(&["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
    git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main",
    ]);
    git(&[
        "symbolic-ref",
        "refs/heads/alias",
        "refs/remotes/origin/HEAD",
    ]);
    git(&["update-ref", "refs/heads/zwölf-ünïcode", "HEAD"]);
    for n in 0..3 {
        repo.write("repo/file", format!("stashed {n}"));
        git(&["stash", "-q"]);
    }
    repo
}

#[test]
fn loose_packed_and_mixed_as_git_shows_them() {
    let repo = varied();
    equal_to_git(&repo, "repo");
    repo.git("repo", &["pack-refs", "--all"]);
    equal_to_git(&repo, "repo");
    assert!(
        read(&repo, "repo")
            .get(b"refs/tags/v2")
            .unwrap()
            .peeled
            .is_some()
    );
    // Loose ones over packed ones, and packed ones that are deleted.
    repo.git("repo", &["update-ref", "refs/heads/fe", "HEAD~3"]);
    repo.git("repo", &["branch", "new"]);
    repo.git("repo", &["tag", "-d", "v0"]);
    equal_to_git(&repo, "repo");
    repo.git("repo", &["pack-refs"]);
    repo.git("repo", &["checkout", "-q", "--detach", "HEAD~1"]);
    equal_to_git(&repo, "repo");
    repo.git(".", &["clone", "-q", "--mirror", "repo", "bare"]);
    equal_to_git(&repo, "bare");
}

#[test]
fn sha256() {
    let repo = Repo::none();
    repo.git(".", &["init", "-q", "--object-format=sha256", "repo"]);
    repo.commit("a", "b");
    repo.git("repo", &["tag", "-a", "-m", "m", "v1"]);
    equal_to_git(&repo, "repo");
    repo.git("repo", &["pack-refs", "--all"]);
    equal_to_git(&repo, "repo");
}

#[test]
fn kinds_and_shown_names() {
    let repo = varied();
    let refs = read(&repo, "repo");
    let one = |name: &str| {
        let one = refs.get(name.as_bytes()).unwrap();
        (
            one.kind(),
            String::from_utf8(one.display().to_vec()).unwrap(),
        )
    };
    assert_eq!(
        one("refs/heads/feature/a/b"),
        (RefKind::Branch, "feature/a/b".into())
    );
    assert_eq!(
        one("refs/remotes/origin/main"),
        (RefKind::Remote, "origin/main".into())
    );
    assert_eq!(one("refs/stash"), (RefKind::Stash, "stash".into()));
    assert_eq!(one("ORIG_HEAD"), (RefKind::Pseudo, "ORIG_HEAD".into()));
    assert_eq!(one("HEAD"), (RefKind::Head, "HEAD".into()));
    assert_eq!(one("refs/notes/commits").0, RefKind::Note);
}

#[test]
fn every_worktree_has_refs_of_its_own() {
    let repo = varied();
    repo.git(
        "repo",
        &["worktree", "add", "-q", "-b", "side", "../linked", "HEAD~2"],
    );
    repo.git(
        "repo",
        &["worktree", "add", "-q", "--detach", "../other", "HEAD~1"],
    );
    repo.git("linked", &["update-ref", "refs/worktree/mine", "HEAD~1"]);
    repo.git("linked", &["update-ref", "refs/bisect/bad", "HEAD"]);
    repo.git("repo", &["update-ref", "refs/bisect/bad", "HEAD~1"]);
    repo.git("linked", &["update-ref", "ORIG_HEAD", "HEAD~1"]);
    for dir in ["repo", "linked", "other"] {
        equal_to_git(&repo, dir);
        let refs = read(&repo, dir);
        let mut others = 0;
        for own in refs.refs {
            let name = String::from_utf8(own.name).unwrap();
            assert_eq!(
                repo.git(dir, &["rev-parse", &name]),
                own.target.to_string(),
                "{name}"
            );
            others +=
                usize::from(name.starts_with("worktrees/") || name.starts_with("main-worktree/"));
        }
        assert!(others >= 5, "{dir}: {others}");
    }
    assert!(
        read(&repo, "repo")
            .get(b"worktrees/linked/refs/bisect/bad")
            .is_some()
    );
    assert!(
        read(&repo, "linked")
            .get(b"main-worktree/refs/bisect/bad")
            .is_some()
    );
}

#[test]
fn files_that_name_several_objects() {
    let repo = varied();
    repo.git(".", &["clone", "-q", "repo", "clone"]);
    repo.git("clone", &["fetch", "-q", "origin", "refs/heads/*:refs/x/*"]);
    let fetched = fs::read_to_string(repo.path("clone/.git/FETCH_HEAD")).unwrap();
    let git: BTreeSet<String> = fetched.lines().map(|line| line[..40].to_owned()).collect();
    assert!(git.len() > 2);
    let ours = |refs: &Refs, name: &[u8]| -> BTreeSet<String> {
        let named = refs.refs.iter().filter(|own| own.name == name);
        named.map(|own| own.target.to_string()).collect()
    };
    let refs = read(&repo, "clone");
    assert_eq!(ours(&refs, b"FETCH_HEAD"), git);
    assert_eq!(
        refs.get(b"FETCH_HEAD").unwrap().target.to_string(),
        fetched[..40]
    );

    // A merge of two, stopped by a conflict.
    for branch in ["one", "two"] {
        repo.git("repo", &["checkout", "-q", "-b", branch, "main"]);
        repo.commit(&format!("of {branch}"), "x");
    }
    repo.git("repo", &["checkout", "-q", "main"]);
    repo.git(
        "repo",
        &["merge", "-q", "--no-commit", "--no-ff", "one", "two"],
    );
    repo.git("repo", &["update-ref", "CHERRY_PICK_HEAD", "one"]);
    repo.git("repo", &["update-ref", "AUTO_MERGE", "one^{tree}"]);
    let refs = read(&repo, "repo");
    assert_eq!(refs.faults, []);
    let git = ["one", "two"].map(|name| repo.git("repo", &["rev-parse", name]));
    assert_eq!(ours(&refs, b"MERGE_HEAD"), BTreeSet::from(git));
    assert_eq!(refs.get(b"AUTO_MERGE").unwrap().kind(), RefKind::Pseudo);
    assert_eq!(ours(&refs, b"CHERRY_PICK_HEAD").len(), 1);
    assert!(refs.get(b"MERGE_MSG").is_none());
}

#[test]
fn a_rebase_under_way() {
    let repo = varied();
    repo.git("repo", &["checkout", "-q", "-b", "topic", "HEAD~2"]);
    repo.commit("file", "another text");
    repo.write("repo/file", "uncommitted");
    assert!(!repo.git_agrees("repo", &["rebase", "--autostash", "main"]));
    let refs = read(&repo, "repo");
    assert_eq!(refs.faults, []);
    for name in [
        "rebase-merge/autostash",
        "rebase-merge/orig-head",
        "REBASE_HEAD",
    ] {
        let own = refs.get(name.as_bytes()).expect(name);
        assert_eq!(
            repo.git("repo", &["cat-file", "-t", &own.target.to_string()]),
            "commit"
        );
    }
}

#[test]
fn unborn_and_dangling_lead_to_no_object() {
    let repo = Repo::empty();
    let refs = read(&repo, "repo");
    assert!(refs.refs.is_empty() && refs.dangling.is_empty() && refs.faults.is_empty());
    assert_eq!(refs::head(&layout(&repo, "repo")), Ok(None));
    repo.commit("a", "b");
    repo.git(
        "repo",
        &[
            "symbolic-ref",
            "refs/remotes/origin/HEAD",
            "refs/remotes/origin/gone",
        ],
    );
    repo.git("repo", &["checkout", "-q", "--orphan", "fresh"]);
    let refs = read(&repo, "repo");
    assert_eq!(refs.faults, []);
    assert_eq!(refs.dangling.len(), 1);
    assert_eq!(refs.dangling[0].name, b"refs/remotes/origin/HEAD");
    assert_eq!(refs.dangling[0].names, b"refs/remotes/origin/gone");
    assert_eq!(shown(&refs).len(), 1);
}

#[test]
fn circles_end() {
    let repo = varied();
    for (name, to) in [("a", "b"), ("b", "c"), ("c", "a"), ("self", "self")] {
        repo.write(
            &format!("repo/.git/refs/heads/x/{name}"),
            format!("ref: refs/heads/x/{to}\n"),
        );
    }
    // As deep as git goes, and one deeper.
    repo.write("repo/.git/refs/heads/d/0", "ref: refs/heads/main\n");
    for n in 1..6 {
        repo.write(
            &format!("repo/.git/refs/heads/d/{n}"),
            format!("ref: refs/heads/d/{}\n", n - 1),
        );
    }
    let refs = read(&repo, "repo");
    let git = repo.git(
        "repo",
        &["for-each-ref", "--format=%(objectname) %(refname)"],
    );
    for line in git.lines() {
        assert!(shown(&refs).contains(line), "{line}");
    }
    assert_eq!(shown(&refs).len(), git.lines().count() + 1);
    let told: Vec<String> = refs.faults.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 6, "{told:#?}");
    assert!(
        told.iter().all(|fault| fault.contains("circle")),
        "{told:#?}"
    );
}

#[test]
fn old_links_are_symbolic_refs() {
    let repo = varied();
    fs::remove_file(repo.path("repo/.git/HEAD")).unwrap();
    symlink("refs/heads/main", repo.path("repo/.git/HEAD")).unwrap();
    symlink("main", repo.path("repo/.git/refs/heads/same")).unwrap();
    let refs = read(&repo, "repo");
    assert_eq!(refs.faults, []);
    let main = refs.get(b"refs/heads/main").unwrap().target;
    for name in ["HEAD", "refs/heads/same"] {
        let own = refs.get(name.as_bytes()).unwrap();
        assert_eq!(
            (own.target, own.symbolic.as_deref()),
            (main, Some(&b"refs/heads/main"[..]))
        );
        assert_eq!(repo.git("repo", &["rev-parse", name]), main.to_string());
    }
}

#[test]
fn ten_thousand_refs_and_deep_directories() {
    let repo = varied();
    let id = repo.git("repo", &["rev-parse", "HEAD"]);
    for n in 0..10_000 {
        let path = repo.path(&format!("repo/.git/refs/heads/many/{}/{n}", n % 100));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &id).unwrap();
    }
    let deep = "d/".repeat(1200);
    repo.write(&format!("repo/.git/refs/heads/{deep}end"), &id);
    let start = Instant::now();
    let refs = read(&repo, "repo");
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(refs.faults, []);
    assert!(refs.refs.len() > 10_000);
    assert!(
        refs.get(format!("refs/heads/{deep}end").as_bytes())
            .is_some()
    );
    equal_to_git(&repo, "repo");
}

#[test]
fn names_of_any_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let repo = varied();
    let id = repo.git("repo", &["rev-parse", "HEAD"]);
    let name = b"caf\xe9\x1b[31m";
    let path = repo
        .path("repo/.git/refs/heads")
        .join(std::ffi::OsStr::from_bytes(name));
    fs::write(path, id).unwrap();
    let refs = read(&repo, "repo");
    assert!(refs.get(&[b"refs/heads/", &name[..]].concat()).is_some());
}
