//! What a range of commits adds: second parents, merges, missing bases, and the hooks that hand
//! ranges over.

use std::fs;
use std::process::Stdio;

use crate::planted::Pair;
use crate::repo::Repo;
use crate::run::{Limits, Run, judged};

#[test]
fn what_the_range_adds_and_not_what_was_there() {
    let repo = Repo::begun();
    let old = repo.leak("old.env");
    let base = repo.id("HEAD");
    let new = repo.leak("new.env");
    let commit = repo.id("HEAD");
    repo.write("old.env", old.dotenv() + "MODE=1\n");
    repo.commit("touch the old file");
    let run = repo.range(&format!("{base}..HEAD"));
    run.findings(1).complete();
    run.without(&old);
    run.found(&new).at("new.env", 2);
    assert!(
        run.json().to_string().contains(&commit),
        "which commit: {run}"
    );
    for range in [
        format!("{}..main", &base[..10]),
        "HEAD~2..HEAD".to_owned(),
        "main~2..".to_owned(),
        "main~2..@".to_owned(),
        "HEAD^^..refs/heads/main".to_owned(),
    ] {
        repo.range(&range).findings(1).found(&new);
    }
    repo.range("HEAD..HEAD").clean();
    repo.range("HEAD..HEAD~2").clean();
}

#[test]
fn a_secret_added_and_removed_within() {
    let repo = Repo::begun();
    let base = repo.id("HEAD");
    let pair = repo.leak("bot.env");
    repo.git(&["rm", "-q", "bot.env"]);
    repo.record("away");
    let run = repo.range(&format!("{base}..HEAD"));
    run.findings(1).complete();
    run.found(&pair).at("bot.env", 2);
}

#[test]
fn what_comes_by_the_second_parent() {
    let repo = Repo::begun();
    let base = repo.id("HEAD");
    repo.git(&["switch", "-q", "-c", "topic"]);
    let pair = repo.leak("topic.env");
    repo.git(&["rm", "-q", "topic.env"]);
    repo.record("away");
    repo.git(&["switch", "-q", "main"]);
    repo.write("main", "1\n");
    repo.commit("main");
    repo.git(&["merge", "-q", "--no-ff", "-m", "merge", "topic"]);
    let run = repo.range(&format!("{base}..HEAD"));
    run.findings(1).complete();
    run.found(&pair).at("topic.env", 2);
}

#[test]
fn what_a_merge_in_the_range_brings_in_by_itself() {
    let repo = Repo::begun();
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.write("README", "topic\n");
    repo.commit("topic");
    repo.git(&["switch", "-q", "main"]);
    repo.write("README", "main\n");
    repo.commit("main");
    let base = repo.id("HEAD");
    assert!(!repo.holds(&["merge", "-q", "topic"]));
    let resolved = repo.plant("resolved", "README");
    let evil = repo.plant("evil", "evil.env");
    repo.commit("merge");
    let run = repo.range(&format!("{base}..HEAD"));
    run.findings(2).complete();
    run.found(&resolved).at("README", 2);
    run.found(&evil).at("evil.env", 2);
}

#[test]
fn what_any_parent_of_a_merge_has_is_not_new() {
    let repo = Repo::begun();
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.write("topic", "1\n");
    repo.commit("topic");
    repo.git(&["switch", "-q", "main"]);
    let old = repo.leak("main.env");
    repo.git(&["switch", "-q", "topic"]);
    // The base side comes into the topic: no finding of the topic's.
    repo.git(&["merge", "-q", "--no-ff", "-m", "merge main", "main"]);
    let run = repo.range("main..topic");
    run.clean();
    run.without(&old);
}

#[test]
fn both_sides() {
    let repo = Repo::begun();
    repo.git(&["branch", "topic"]);
    let ours = repo.leak("main.env");
    repo.git(&["switch", "-q", "topic"]);
    let theirs = repo.leak("topic.env");
    let run = repo.range("main..topic");
    run.findings(1).complete();
    run.without(&ours).found(&theirs);
    // As git diff and pull requests mean it: from the merge base to the right side. As git log
    // means it: both sides. The right side is in both.
    let run = repo.range("main...topic");
    run.complete();
    run.found(&theirs);
}

#[test]
fn a_rename_is_nothing_new_and_a_copied_secret_is() {
    let repo = Repo::begun();
    let text: String = (0..30).map(|n| format!("LINE_{n}=value\n")).collect();
    let pair = repo.world.pair("renamed");
    repo.write("old.env", text.clone() + &pair.dotenv());
    repo.commit("old");
    repo.git(&["mv", "old.env", "new.env"]);
    repo.write("new.env", format!("# moved\n{text}{}", pair.dotenv()));
    repo.commit("rename");
    repo.range("HEAD~1..HEAD").clean();
    repo.write("notes.txt", format!("remember\n{}", pair.dotenv()));
    repo.commit("copy the lines");
    let run = repo.range("HEAD~1..HEAD");
    run.findings(1).complete();
    run.found(&pair).at("notes.txt", 3).not_at("new.env");
}

#[test]
fn an_allow_comment_that_goes() {
    let repo = Repo::begun();
    let pair = repo.world.pair("allowed");
    repo.write(
        "bot.env",
        pair.dotenv().replace('\n', " # keyfence:allow\n"),
    );
    repo.commit("allowed");
    repo.range("HEAD~1..HEAD").clean();
    repo.write("bot.env", pair.dotenv());
    repo.commit("allowed no more");
    let run = repo.range("HEAD~1..HEAD");
    run.findings(1).complete();
    run.found(&pair).at("bot.env", 2);
}

#[test]
fn messages_of_the_range() {
    let repo = Repo::begun();
    let old = repo.world.token("old");
    repo.record(&format!("use {}", old.0));
    let new = repo.world.token("new");
    let id = repo.record(&format!("use {}", new.0));
    let run = repo.range("HEAD~1..HEAD");
    run.findings(1).complete();
    run.without(&old);
    run.found(&new).within("commit", &id);
}

#[test]
fn the_last_commits() {
    let repo = Repo::begun();
    let old = repo.leak("old.env");
    let new = repo.leak("new.env");
    let run = repo.scan(&["--last", "1"]);
    run.findings(1).complete();
    run.without(&old).found(&new).at("new.env", 2);
    repo.scan(&["--last", "2"]).findings(2).complete();
    // More than there are: all of them, the first too.
    let run = repo.scan(&["--last", "1000"]);
    run.findings(2).complete();
    repo.scan(&["--last", "0"]).findings_or_refused(0);
    for number in ["-1", "x", "", "99999999999999999999999"] {
        let run = repo.scan(&["--last", number]);
        assert!(matches!(run.code(), 1 | 2), "{run}");
    }
}

#[test]
fn the_commits_since_a_date() {
    let repo = Repo::begun();
    let old = repo.leak("old.env");
    for _ in 0..48 {
        repo.world.tick();
    }
    let date = repo.world.now();
    let new = repo.leak("new.env");
    let stamp = repo.git(&["log", "-1", "--format=%cI"]);
    let day = &stamp[..10];
    assert!(date < repo.world.now());
    for since in [day, &stamp] {
        let run = repo.scan(&["--since", since]);
        run.findings(1).complete();
        run.without(&old).found(&new);
    }
    repo.scan(&["--since", "2001-01-01"]).findings(2).complete();
    repo.scan(&["--since", "2099-01-01"]).clean();
    let run = repo.scan(&["--since", "the day before never"]);
    assert_eq!(run.code(), 2, "{run}");
}

#[test]
fn ranges_that_are_none() {
    let repo = Repo::begun();
    let pair = repo.leak("bot.env");
    for range in [
        "nowhere..HEAD",
        "HEAD..nowhere",
        "..",
        "",
        "HEAD~99..HEAD",
        "--output=owned..HEAD",
        "\u{1b}[31m..HEAD",
        "HEAD:bot.env..HEAD",
        "0000000000000000000000000000000000000000..HEAD",
    ] {
        let run = repo.scan(&[&format!("--range={range}")]);
        if range != ".." {
            assert_eq!(run.code(), 2, "{range:?}: {run}");
        }
        assert!(!repo.path("owned").exists());
    }
    // A branch with a name that looks like an option, as CI hands over: scanned
    // or refused aloud (git refuses it too), never taken for an option.
    repo.git(&["update-ref", "refs/heads/--output=x", "HEAD~1"]);
    let run = repo.scan(&["--range=--output=x..main"]);
    assert!(!repo.path("x").exists());
    run.not_clean().found_or_told(&pair);
}

#[test]
fn a_base_that_a_shallow_clone_lacks() {
    let repo = Repo::begun();
    let base = repo.id("HEAD");
    repo.leak("old.env");
    repo.git(&["rm", "-q", "old.env"]);
    repo.record("away");
    repo.write("a", "b");
    repo.commit("harmless");
    let url = format!("file://{}", repo.root.display());
    repo.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    let shallow = Repo::at(&repo.world, "shallow");
    assert!(!shallow.holds(&["cat-file", "-e", &base]));
    shallow.range(&format!("{base}..HEAD")).not_clean();
    // The base is there, and what lies between is not.
    repo.git(&["clone", "-q", "--depth", "1", &url, "../other"]);
    let other = Repo::at(&repo.world, "other");
    other.git(&[
        "fetch",
        "-q",
        "--depth",
        "1",
        "origin",
        &format!("{base}:refs/heads/base"),
    ]);
    assert!(other.holds(&["cat-file", "-e", &base]));
    other.range("base..HEAD").not_clean();
    other.range("base...HEAD").not_clean();
    other.scan(&["--last", "3"]).not_clean();
}

#[test]
fn a_missing_object_of_the_range() {
    let repo = Repo::begun();
    let (gone, other) = (repo.leak("gone.env"), repo.leak("other.env"));
    let (blob, tree) = (repo.id("HEAD:gone.env"), repo.id("HEAD~1^{tree}"));
    repo.lose(&blob);
    let run = repo.range("HEAD~2..HEAD");
    run.told_of(&blob).without(&gone).found(&other);
    // Not in what the last commit adds.
    repo.range("HEAD~1..HEAD").findings(1).complete();
    repo.lose(&tree);
    repo.range("HEAD~2..HEAD").not_clean();
    repo.range("HEAD~1..HEAD").not_clean();
}

/// Hands a hook's lines over.
fn hooked(repo: &Repo, flag: &str, lines: &str) -> Run {
    let file = repo.world.path("out/lines");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, lines).unwrap();
    judged(&repo.world, &repo.root, &[flag], Limits::PLAIN, |command| {
        command.stdin(Stdio::from(fs::File::open(&file).unwrap()));
    })
}

const NONE: &str = "0000000000000000000000000000000000000000";

/// A repository that was pushed, with a secret there, and one that was not.
fn pushed() -> (Repo, Pair, Pair, String) {
    let repo = Repo::begun();
    let old = repo.leak("old.env");
    let base = repo.id("HEAD");
    repo.git(&["init", "-q", "--bare", "../remote.git"]);
    repo.git(&["remote", "add", "origin", "../remote.git"]);
    repo.git(&["push", "-q", "origin", "main"]);
    let new = repo.leak("new.env");
    (repo, old, new, base)
}

#[test]
fn before_a_push_of_a_known_branch() {
    let (repo, old, new, base) = pushed();
    let head = repo.id("HEAD");
    let line = format!("refs/heads/main {head} refs/heads/main {base}\n");
    let run = hooked(&repo, "--pre-push", &line);
    run.findings(1).complete();
    run.without(&old).found(&new).at("new.env", 2);
}

#[test]
fn before_a_push_of_a_new_branch() {
    let (repo, old, new, _) = pushed();
    let head = repo.id("HEAD");
    let line = format!("refs/heads/main {head} refs/heads/topic {NONE}\n");
    let run = hooked(&repo, "--pre-push", &line);
    run.findings(1).complete();
    run.without(&old).found(&new);
    // Where nothing was pushed yet, all is new.
    repo.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    let run = hooked(&repo, "--pre-push", &line);
    run.findings(2).complete();
    run.found(&old);
    // An annotated tag with a secret in its message.
    let token = repo.world.token("tag");
    repo.git(&["tag", "-a", "-m", &format!("with {}", token.0), "v1"]);
    let tag = repo.id("refs/tags/v1");
    let line = format!("refs/tags/v1 {tag} refs/tags/v1 {NONE}\n");
    let run = hooked(&repo, "--pre-push", &line);
    run.found(&new);
    run.found(&token);
}

#[test]
fn before_a_push_that_deletes_only() {
    let (repo, _, _, base) = pushed();
    let line = format!("(delete) {NONE} refs/heads/main {base}\n");
    hooked(&repo, "--pre-push", &line).clean();
    hooked(&repo, "--pre-push", "").clean();
}

#[test]
fn before_a_push_by_force() {
    let (repo, old, new, _) = pushed();
    repo.git(&["push", "-q", "origin", "main"]);
    let there = repo.id("HEAD");
    repo.git(&["reset", "-q", "--hard", "HEAD~2"]);
    let forced = repo.leak("forced.env");
    let head = repo.id("HEAD");
    let line = format!("refs/heads/main {head} refs/heads/main {there}\n");
    let run = hooked(&repo, "--pre-push", &line);
    run.findings(1).complete();
    run.without(&old).without(&new);
    run.found(&forced);
    // What is there is not known here: no clean answer for want of it.
    let line = format!(
        "refs/heads/main {head} refs/heads/main {}\n",
        "12".repeat(20)
    );
    let run = hooked(&repo, "--pre-push", &line);
    run.not_clean().notes("is not in this repository");
    run.found_or_told(&forced);
}

#[test]
fn lines_that_no_hook_would_hand_over() {
    let (repo, ..) = pushed();
    for lines in [
        "nonsense\n",
        "refs/heads/main\n",
        "refs/heads/main x refs/heads/main y\n",
        "\u{1b}[31m a b c\n",
        "\0\0\0\0\n",
        &"x".repeat(1_000_000),
    ] {
        for flag in ["--pre-push", "--pre-receive"] {
            hooked(&repo, flag, lines).not_clean();
        }
    }
}

#[test]
fn a_server_refuses_a_secret_in_quarantine() {
    let (repo, old, new, base) = pushed();
    let remote = Repo::at(&repo.world, "remote.git");
    let out = repo.world.out();
    let hook = format!(
        "#!/bin/sh\nexec '{}' scan --pre-receive -f json={json} -f sarif={sarif}\n",
        env!("CARGO_BIN_EXE_keyfence"),
        json = out.join("json").display(),
        sarif = out.join("sarif").display(),
    );
    repo.world.script("remote.git/hooks/pre-receive", &hook);
    let output = repo.try_git(&["push", "origin", "main"], b"", |_| {});
    assert!(
        !output.status.success(),
        "the push went through: {output:?}"
    );
    assert_eq!(remote.id("main"), base, "the branch moved");
    let run = Run::of("--pre-receive", output, &out);
    let text = run.stderr();
    assert!(!text.contains(&new.secret[..12]), "{text}");
    let json = run.json();
    assert_eq!(json["findings"].as_array().unwrap().len(), 1, "{run}");
    assert_eq!(
        json["findings"][0]["fingerprint"],
        new.fingerprint(),
        "{run}"
    );
    assert_ne!(json["findings"][0]["fingerprint"], old.fingerprint());
    // A push without a secret goes through; a new branch and a deletion too.
    repo.git(&["reset", "-q", "--hard", &base]);
    repo.write("fine", "1\n");
    repo.commit("fine");
    repo.git(&["push", "-q", "origin", "main", "main:topic"]);
    repo.git(&["push", "-q", "origin", ":topic"]);
    assert_eq!(remote.id("main"), repo.id("HEAD"));
}
