//! Names of commits, against `git rev-parse`.

use keyfence::git::revs::{Range, RangeError};

use super::made::Opened;
use super::repo::Repo;

/// What we and git take a name for.
fn same(repo: &Repo, opened: &Opened, dir: &str, name: &str) {
    let verify = format!("{name}^{{commit}}");
    let args = ["rev-parse", "-q", "--verify", &verify];
    let ours = opened.select(&[name]);
    if repo.git_agrees(dir, &args) {
        let git = repo.git(dir, &args);
        let ours = ours.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(ours.tips.len(), 1);
        assert_eq!(ours.tips[0].to_string(), git, "{name}");
    } else {
        let error = ours.expect_err(name);
        assert!(!error.to_string().is_empty());
    }
}

fn varied() -> Repo {
    let repo = Repo::empty();
    for number in 0..6 {
        repo.commit("file", format!("text {number}"));
    }
    let git = |args: &[&str]| repo.git("repo", args);
    git(&["checkout", "-q", "-b", "topic", "HEAD~3"]);
    repo.commit("other", "x");
    git(&["checkout", "-q", "main"]);
    git(&["merge", "-q", "--no-ff", "-m", "merged", "topic"]);
    git(&["tag", "v0", "HEAD~2"]);
    git(&["tag", "-a", "-m", "x", "v1.0", "HEAD~1"]);
    git(&["tag", "-a", "-m", "x", "outer", "v1.0"]);
    git(&["tag", "blob", "HEAD:file"]);
    git(&["tag", "-a", "-m", "x", "tagged-tree", "HEAD^{tree}"]);
    git(&["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
    git(&["update-ref", "refs/remotes/origin/work", "HEAD~2"]);
    git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main",
    ]);
    git(&["update-ref", "refs/pull/7/head", "HEAD~2"]);
    // One name, several places.
    git(&["branch", "both", "HEAD~1"]);
    git(&["tag", "both", "HEAD~2"]);
    git(&["update-ref", "refs/both", "HEAD~3"]);
    // Names that could be ids.
    git(&["branch", "beef", "HEAD~2"]);
    git(&["branch", &git(&["rev-parse", "HEAD~1"])[..8], "HEAD~3"]);
    for number in 0..3 {
        repo.write("repo/file", format!("stashed {number}"));
        git(&["stash", "-q"]);
    }
    repo
}

#[test]
fn names_mean_what_git_says() {
    let repo = varied();
    let id = repo.git("repo", &["rev-parse", "HEAD~2"]);
    let tag = repo.git("repo", &["rev-parse", "outer"]);
    let tree = repo.git("repo", &["rev-parse", "HEAD^{tree}"]);
    let described = repo.git("repo", &["describe", "--tags", "--long"]);
    assert!(described.contains("-g"));
    for packed in [false, true] {
        if packed {
            repo.git("repo", &["repack", "-q", "-a", "-d", "-k"]);
            repo.git("repo", &["pack-refs", "--all"]);
        }
        let opened = Opened::new(&repo, "repo");
        for name in [
            "HEAD",
            "@",
            "main",
            "heads/main",
            "refs/heads/main",
            "topic",
            "v0",
            "v1.0",
            "outer",
            "tags/v1.0",
            "origin",
            "origin/main",
            "origin/work",
            "origin/HEAD",
            "remotes/origin/main",
            "refs/pull/7/head",
            "pull/7/head",
            "both",
            "refs/both",
            "heads/both",
            "beef",
            "stash",
            "refs/stash",
            "ORIG_HEAD",
            "HEAD~3",
            "HEAD^",
            "HEAD^2",
            "HEAD^2~1",
            "HEAD^0",
            "HEAD~0",
            "HEAD^1^1",
            "@~2",
            "main^2^",
            "HEAD^3",
            "HEAD~99",
            "HEAD^2^2",
            "v1.0^{commit}",
            "v1.0^{}",
            "outer^{}",
            "outer^{tag}",
            "v1.0^{object}",
            "v1.0~1",
            "outer^",
            "v0^{tag}",
            "v0^{commit}",
            "HEAD^{tree}",
            "HEAD^{blob}",
            "blob",
            "blob^{}",
            "blob^{object}",
            "tagged-tree",
            "tagged-tree^{tree}",
            "nothing",
            "nothing~1",
            "origin/nothing",
            "HEAD@{0}",
            "HEAD@{1}",
            "HEAD@{2}~1",
            "main@{0}",
            "main@{1}",
            "main@{5}",
            "main@{6}",
            "main@{7}",
            "main@{8}",
            "main@{100}",
            "topic@{0}",
            "topic@{1}",
            "topic@{2}",
            "@{0}",
            "@{1}",
            "@{2}",
            "@{9}",
            "stash@{0}",
            "stash@{1}",
            "stash@{2}",
            "stash@{3}",
            "stash@{1}^2",
            "stash@{0}^",
            "v0@{0}",
            "origin@{0}",
            "@@{1}",
            "nothing@{0}",
            "abc",
            "12",
            "zzzz",
            "fffffff",
        ] {
            same(&repo, &opened, "repo", name);
        }
        for length in [4, 5, 7, 12, 39, 40] {
            for own in [&id, &tag, &tree] {
                same(&repo, &opened, "repo", &own[..length]);
                same(&repo, &opened, "repo", &own[..length].to_uppercase());
                same(&repo, &opened, "repo", &format!("{}^", &own[..length]));
            }
        }
        same(&repo, &opened, "repo", &described);
        same(&repo, &opened, "repo", "anything-at-all-gfffffff");
        same(&repo, &opened, "repo", &"f".repeat(40));
        same(&repo, &opened, "repo", &"f".repeat(41));
    }
}

#[test]
fn names_in_worktrees() {
    let repo = varied();
    repo.git(
        "repo",
        &["worktree", "add", "-q", "-b", "side", "../linked", "HEAD~2"],
    );
    repo.git("linked", &["commit", "-q", "--allow-empty", "-m", "x"]);
    repo.git("linked", &["checkout", "-q", "--detach"]);
    repo.git("linked", &["commit", "-q", "--allow-empty", "-m", "y"]);
    for dir in ["repo", "linked"] {
        let opened = Opened::new(&repo, dir);
        for name in [
            "HEAD",
            "@{1}",
            "@{2}",
            "HEAD@{1}",
            "HEAD@{2}",
            "side",
            "side@{1}",
            "worktrees/linked/HEAD",
            "main-worktree/HEAD",
            "worktrees/linked/HEAD@{1}",
            "worktrees/none/HEAD",
        ] {
            same(&repo, &opened, dir, name);
        }
    }
}

#[test]
fn short_ids_of_several_objects_are_told() {
    let repo = Repo::empty();
    repo.commit("a", "b");
    // Commits until two share four digits, and one of them shares them with a blob.
    let mut stream = String::new();
    for number in 0..1500 {
        let message = format!("number {number}");
        stream += &format!(
            "commit refs/heads/many\ncommitter A <a@b> {number} +0000\ndata {}\n{message}\n",
            message.len()
        );
        stream += &format!("blob\ndata {}\n{message}\n", message.len());
    }
    repo.git_with("repo", &["fast-import", "--quiet"], stream.as_bytes());
    let all = repo.git(
        "repo",
        &[
            "cat-file",
            "--batch-all-objects",
            "--batch-check=%(objectname) %(objecttype)",
        ],
    );
    let mut by_prefix: std::collections::BTreeMap<&str, Vec<&str>> = Default::default();
    for line in all.lines() {
        by_prefix.entry(&line[..4]).or_default().push(&line[41..]);
    }
    let opened = Opened::new(&repo, "repo");
    let (mut told, mut chosen) = (0, 0);
    for (prefix, kinds) in by_prefix
        .iter()
        .filter(|(_, kinds)| kinds.len() > 1)
        .take(200)
    {
        same(&repo, &opened, "repo", prefix);
        match opened.select(&[prefix]) {
            Err(RangeError::Ambiguous { candidates, .. }) => {
                assert_eq!(candidates.len(), kinds.len());
                told += 1;
            }
            Ok(_) => chosen += 1,
            Err(error) => panic!("{prefix}: {error}"),
        }
    }
    assert!(told > 3 && chosen > 3, "{told} {chosen}");
    let (prefix, _) = by_prefix
        .iter()
        .find(|(_, kinds)| kinds.iter().filter(|kind| **kind == "commit").count() > 1)
        .unwrap();
    let error = opened.select(&[prefix]).unwrap_err();
    assert!(error.to_string().contains("(commit)"), "{error}");
    assert_eq!(error.help().as_deref(), Some("give more digits"));
}

#[test]
fn what_names_no_commit_is_an_error_with_a_way_out() {
    let repo = varied();
    let opened = Opened::new(&repo, "repo");
    for words in [
        &["--all"][..],
        &["-n1"],
        &["--output=x..HEAD"],
        &["HEAD..--output=x"],
        &["^--all"],
        &["^HEAD"],
        &[],
        &["HEAD..nothing"],
        &["nothing..HEAD"],
        &["HEAD:file"],
        &[":/text"],
        &["HEAD@{upstream}"],
        &[""],
        &["HEAD^9..HEAD"],
        &["blob..HEAD"],
        &["HEAD...", "nothing"],
    ] {
        let error = opened.select(words).expect_err(&format!("{words:?}"));
        assert!(!error.to_string().is_empty());
        assert!(
            error.help().is_some() || matches!(error, RangeError::NoParent { .. }),
            "{error}"
        );
        assert!(!std::path::Path::new("x").exists());
    }
    // As a forge says that a branch is new.
    let zeros = format!("{}..HEAD", "0".repeat(40));
    let help = opened.select(&[&zeros]).unwrap_err().help();
    assert!(help.is_some_and(|help| help.contains("the branch is new")));
    let error = opened.select(&["bad\x1b[31mname"]).unwrap_err();
    assert!(!error.to_string().contains('\x1b'), "{error}");
}

#[test]
fn an_unborn_branch_has_no_commits() {
    let repo = Repo::empty();
    let opened = Opened::new(&repo, "repo");
    let head = Range::head(opened.view()).unwrap();
    assert!(opened.walk(&head).ids.is_empty());
    assert!(opened.walk(&head.last(5)).ids.is_empty());
    let error = opened.select(&["HEAD"]).unwrap_err();
    assert!(matches!(error, RangeError::Unborn { .. }));
    repo.commit("a", "b");
    repo.git(
        "repo",
        &[
            "symbolic-ref",
            "refs/remotes/origin/HEAD",
            "refs/remotes/origin/gone",
        ],
    );
    let opened = Opened::new(&repo, "repo");
    assert!(matches!(
        opened.select(&["origin"]),
        Err(RangeError::Unborn { .. })
    ));
}
