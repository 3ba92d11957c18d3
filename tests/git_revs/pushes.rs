//! What git writes to the hooks of pushes.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;

use keyfence::git::revs::{RangeError, Update, pre_push, pre_receive};

use super::made::Opened;
use super::repo::{self, Repo};

fn hook(repo: &Repo, dir: &str, name: &str, text: &str) {
    let path = format!("{dir}/hooks/{name}");
    repo.write(&path, format!("#!/bin/sh\n{text}\n"));
    let path = repo.path(&path);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A repository `repo` with a remote `origin`, both with hooks that write down what git tells them.
fn pair() -> Repo {
    let repo = Repo::empty();
    for number in 0..4 {
        repo.commit("a", number.to_string());
    }
    repo.git(".", &["clone", "-q", "--bare", "repo", "server"]);
    let server = repo.path("server").display().to_string();
    repo.git("repo", &["remote", "add", "origin", &server]);
    repo.git("repo", &["fetch", "-q", "origin"]);
    let root = repo.path(".").display().to_string();
    hook(
        &repo,
        "repo/.git",
        "pre-push",
        &format!("echo \"$1\" >{root}/remote; cat >{root}/pushed"),
    );
    let keep = format!(
        "cat >{root}/received; rm -rf {root}/quarantine; cp -r $GIT_QUARANTINE_PATH {root}/quarantine"
    );
    hook(&repo, "server", "pre-receive", &keep);
    hook(
        &repo,
        "server",
        "post-receive",
        &format!("cat >{root}/after"),
    );
    repo
}

fn ids(opened: &Opened, update: &Update) -> BTreeSet<String> {
    let out = opened.walk(&update.range);
    assert!(out.faults.is_empty() && out.cut.is_empty());
    out.ids.iter().map(ToString::to_string).collect()
}

fn git_says(repo: &Repo, dir: &str, args: &[&str]) -> BTreeSet<String> {
    let args = [&["rev-list"], args].concat();
    repo.git(dir, &args).lines().map(str::to_owned).collect()
}

/// Pushes, and gives what the client's and the server's hook would scan.
fn push(repo: &Repo, args: &[&str]) -> (Opened, Vec<Update>, Opened, Vec<Update>) {
    // The client's view before the push.
    let client = Opened::new(repo, "repo");
    let server_refs = keyfence::git::refs::all(&Opened::new(repo, "server").layout);
    repo.git("repo", &[&["push", "-q", "--atomic"], args].concat());
    let remote = std::fs::read(repo.path("remote")).unwrap();
    let input = std::fs::read(repo.path("pushed")).unwrap();
    let sent = pre_push(client.view(), &input, Some(remote.trim_ascii())).unwrap();
    let quarantine = repo.path("quarantine");
    let objects = repo.path("server/objects");
    let env = repo::env(&[
        ("GIT_OBJECT_DIRECTORY", &quarantine),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", &objects),
    ]);
    let mut server = Opened::with(repo, "server", &env);
    server.refs = server_refs;
    let input = std::fs::read(repo.path("received")).unwrap();
    let received = pre_receive(server.view(), &input).unwrap();
    (client, sent, server, received)
}

#[test]
fn what_moves_a_branch() {
    let repo = pair();
    let old = repo.git("repo", &["rev-parse", "HEAD"]);
    repo.git("repo", &["checkout", "-q", "-b", "topic"]);
    repo.commit("b", "1");
    repo.git("repo", &["checkout", "-q", "main"]);
    repo.commit("a", "more");
    repo.git("repo", &["merge", "-q", "-m", "m", "topic"]);
    let (client, sent, server, received) = push(&repo, &["origin", "main"]);
    let git = git_says(&repo, "repo", &[&format!("{old}..main")]);
    assert_eq!(git.len(), 3);
    for (opened, updates) in [(client, sent), (server, received)] {
        assert_eq!(updates.len(), 1);
        assert_eq!(updates[0].name, b"refs/heads/main");
        assert_eq!(ids(&opened, &updates[0]), git);
        assert_eq!(updates[0].note, None);
    }
    // A forced one, and a deleted one beside it.
    let old = repo.git("repo", &["rev-parse", "HEAD"]);
    repo.git("repo", &["push", "-q", "origin", "topic"]);
    repo.git("repo", &["reset", "-q", "--hard", "HEAD~2"]);
    repo.commit("a", "other");
    let (client, sent, server, received) = push(&repo, &["--force", "origin", "main", ":topic"]);
    let git = git_says(&repo, "repo", &["main", &format!("^{old}")]);
    for (opened, updates) in [(client, sent), (server, received)] {
        assert_eq!(updates.len(), 1);
        assert_eq!(ids(&opened, &updates[0]), git);
    }
}

#[test]
fn new_branches_and_tags() {
    let repo = pair();
    repo.git("repo", &["checkout", "-q", "-b", "topic", "HEAD~2"]);
    repo.commit("b", "1");
    repo.commit("b", "2");
    repo.git("repo", &["tag", "-a", "-m", "x", "v1"]);
    repo.git("repo", &["tag", "-a", "-m", "x", "v2", "v1"]);
    repo.git("repo", &["tag", "-a", "-m", "x", "of-blob", "HEAD:b"]);
    repo.git("repo", &["tag", "tree", "HEAD^{tree}"]);
    let git = git_says(&repo, "repo", &["topic", "^main"]);
    assert_eq!(git.len(), 2);
    let (client, sent, server, received) =
        push(&repo, &["origin", "topic", "v1", "v2", "of-blob", "tree"]);
    let rev = |name: &str| repo.git("repo", &["rev-parse", name]);
    for (opened, updates) in [(client, sent), (server, received)] {
        assert_eq!(updates.len(), 5);
        for update in updates {
            let tags: Vec<String> = update.tags.iter().map(ToString::to_string).collect();
            let plain = update
                .plain
                .map(|(kind, id)| (kind.to_string(), id.to_string()));
            let (expected_tags, expected, expected_plain) = match &*update.name {
                b"refs/heads/topic" => (vec![], git.clone(), None),
                b"refs/tags/v1" => (vec![rev("v1")], git.clone(), None),
                b"refs/tags/v2" => (vec![rev("v2"), rev("v1")], git.clone(), None),
                b"refs/tags/of-blob" => (
                    vec![rev("of-blob")],
                    BTreeSet::new(),
                    Some(("blob".into(), rev("HEAD:b"))),
                ),
                b"refs/tags/tree" => (
                    vec![],
                    BTreeSet::new(),
                    Some(("tree".into(), rev("HEAD^{tree}"))),
                ),
                other => panic!("{other:?}"),
            };
            assert_eq!(tags, expected_tags);
            assert_eq!(plain, expected_plain);
            assert_eq!(ids(&opened, &update), expected);
        }
    }
}

#[test]
fn what_the_remote_has_is_judged_by_the_remote_alone() {
    let repo = pair();
    repo.git("repo", &["update-ref", "refs/remotes/other/main", "HEAD"]);
    repo.commit("a", "more");
    let opened = Opened::new(&repo, "repo");
    let new = repo.git("repo", &["rev-parse", "HEAD"]);
    let zero = "0".repeat(40);
    let line = format!("refs/heads/main {new} refs/heads/fresh {zero}\n");
    let sent = |remote: Option<&str>| {
        let sent = pre_push(opened.view(), line.as_bytes(), remote.map(str::as_bytes)).unwrap();
        ids(&opened, &sent[0])
    };
    assert_eq!(sent(Some("origin")), [new.clone()].into());
    assert_eq!(sent(None), [new].into());
    // Nothing is known of these: all is new to them.
    let all = git_says(&repo, "repo", &["HEAD"]);
    assert_eq!(sent(Some("elsewhere")), all);
    assert_eq!(sent(Some("https://example.com/x.git")), all);
    assert_eq!(sent(Some("orig")), all);
}

#[test]
fn an_old_commit_that_is_not_here() {
    let repo = pair();
    let opened = Opened::new(&repo, "repo");
    repo.commit("a", "more");
    let opened_after = Opened::new(&repo, "repo");
    let new = repo.git("repo", &["rev-parse", "HEAD"]);
    let line = format!("refs/heads/main {new} refs/heads/main {}\n", "1".repeat(40));
    let sent = pre_push(opened_after.view(), line.as_bytes(), Some(b"origin")).unwrap();
    assert_eq!(ids(&opened_after, &sent[0]), [new.clone()].into());
    assert!(sent[0].note.as_ref().unwrap().contains("1111111"));
    // What is to be sent must be here.
    let absent = format!("refs/heads/main {} refs/heads/main {new}\n", "2".repeat(40));
    let error = pre_push(opened.view(), absent.as_bytes(), None).unwrap_err();
    assert!(matches!(error, RangeError::Absent { .. }), "{error}");
}

#[test]
fn after_the_push_its_refs_hide_nothing() {
    let repo = pair();
    repo.git("repo", &["checkout", "-q", "-b", "topic"]);
    repo.commit("b", "1");
    repo.git("repo", &["push", "-q", "origin", "topic", "topic:again"]);
    let input = std::fs::read(repo.path("after")).unwrap();
    let server = Opened::new(&repo, "server");
    let updates = pre_receive(server.view(), &input).unwrap();
    assert_eq!(updates.len(), 2);
    for update in updates {
        assert_eq!(
            ids(&server, &update),
            git_says(&repo, "repo", &["topic", "^main"])
        );
    }
}

#[test]
fn names_with_blanks_and_empty_input() {
    let repo = pair();
    let opened = Opened::new(&repo, "repo");
    let [new, old] = ["HEAD", "HEAD~1"].map(|name| repo.git("repo", &["rev-parse", name]));
    let line = format!("HEAD^{{/some text}} {new} refs/heads/main {old}");
    let sent = pre_push(opened.view(), line.as_bytes(), None).unwrap();
    assert_eq!(ids(&opened, &sent[0]), [new.clone()].into());
    assert_eq!(pre_push(opened.view(), b"", None).unwrap(), []);
    assert_eq!(pre_receive(opened.view(), b"").unwrap(), []);
    let zero = "0".repeat(40);
    let deleted = format!("(delete) {zero} refs/heads/x {new}\n");
    assert_eq!(
        pre_push(opened.view(), deleted.as_bytes(), None).unwrap(),
        []
    );
    // As CI systems write it.
    let line = format!("{old} {new} refs/heads/main\r\n");
    assert_eq!(
        ids(
            &opened,
            &pre_receive(opened.view(), line.as_bytes()).unwrap()[0]
        ),
        [new].into()
    );
}

#[test]
fn malformed_lines_are_errors() {
    let repo = pair();
    let opened = Opened::new(&repo, "repo");
    let id = repo.git("repo", &["rev-parse", "HEAD"]);
    let (short, long) = (&id[..39], "1".repeat(64));
    let good = format!("{id} {id} refs/heads/main\n");
    for bad in [
        "\n".to_owned(),
        "x\n".into(),
        format!("{id} {id}\n"),
        format!("{id} {id} \n"),
        format!("{short} {id} refs/heads/main\n"),
        format!("{id}  {id} refs/heads/main\n"),
        format!("{long} {long} refs/heads/main\n"),
        format!("main {id} {id}\n"),
        "\u{e9}\0\n".into(),
    ] {
        let input = format!("{good}{bad}");
        let error = pre_receive(opened.view(), input.as_bytes()).expect_err(&bad);
        assert!(
            matches!(error, RangeError::Line { number: 2, .. }),
            "{bad}: {error}"
        );
    }
    for bad in [
        "\n".to_owned(),
        good,
        format!("a {id} b\n"),
        format!("a {id} b {short}\n"),
        format!("a b c {id}\n"),
        format!("{id} b {id}\n"),
        format!("a {id}  {id}\n"),
    ] {
        let error = pre_push(opened.view(), bad.as_bytes(), None).expect_err(&bad);
        assert!(
            matches!(error, RangeError::Line { number: 1, .. }),
            "{bad}: {error}"
        );
        assert!(error.help().unwrap().contains("pre-push"));
    }
}
