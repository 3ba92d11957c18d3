//! Where in a history a credential can lie: branches, tags, stashes, notes, reflogs, messages,
//! names, merges, and what nothing reaches any more.

use std::fs;

use crate::repo::Repo;
use crate::world::Token;

#[test]
fn a_secret_that_stands() {
    let repo = Repo::begun();
    let pair = repo.leak("config/bot.env");
    let commit = repo.id("HEAD");
    let blob = repo.id("HEAD:config/bot.env");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .at("config/bot.env", 2)
        .within("blob", &blob)
        .commit("first", &commit)
        .exposure("reachable", true)
        .exposure("versions", 1)
        .in_ref("refs/heads/main");
}

#[test]
fn a_secret_that_was_removed_later() {
    let repo = Repo::begun();
    let pair = repo.leak("bot.env");
    let first = repo.id("HEAD");
    repo.write("other", "1\n");
    let last = repo.commit("something else");
    repo.remove("bot.env");
    let removed = repo.commit("clean up");
    let run = repo.history();
    run.findings(1).complete();
    let found = run.found(&pair);
    found
        .at("bot.env", 2)
        .commit("first", &first)
        .commit("last", &last)
        .exposure("reachable", true);
    assert_eq!(found.exposed("in_head"), serde_json::json!([]), "{run}");
    assert!(
        found.exposed("removed").to_string().contains(&removed),
        "{run}"
    );
}

#[test]
fn a_secret_that_came_back_elsewhere() {
    let repo = Repo::begun();
    let pair = repo.leak("bot.env");
    let first = repo.id("HEAD");
    repo.git(&["rm", "-q", "bot.env"]);
    repo.record("away");
    repo.write("deploy/.env", format!("# again\n{}", pair.dotenv()));
    repo.commit("back");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .at("bot.env", 2)
        .at("deploy/.env", 3)
        .commit("first", &first)
        .exposure("versions", 2);
}

#[test]
fn a_secret_in_a_branch_only() {
    let repo = Repo::begun();
    repo.git(&["switch", "-q", "-c", "topic"]);
    let pair = repo.leak("bot.env");
    repo.git(&["switch", "-q", "main"]);
    let run = repo.history();
    run.complete();
    run.found(&pair)
        .at("bot.env", 2)
        .in_ref("refs/heads/topic")
        .exposure("reachable", true)
        .exposure("ref_count", 1);
}

#[test]
fn a_secret_in_a_tag_only() {
    for annotated in [false, true] {
        let repo = Repo::begun();
        repo.git(&["switch", "-q", "-c", "topic"]);
        let pair = repo.leak("bot.env");
        match annotated {
            true => repo.git(&["tag", "-a", "-m", "release", "v1"]),
            false => repo.git(&["tag", "v1"]),
        };
        repo.git(&["switch", "-q", "main"]);
        repo.git(&["branch", "-q", "-D", "topic"]);
        repo.forget();
        let run = repo.history();
        run.complete();
        run.found(&pair).at("bot.env", 2).in_ref("refs/tags/v1");
    }
}

#[test]
fn a_secret_in_a_stash() {
    let repo = Repo::begun();
    let pair = repo.plant("stashed", "README");
    repo.git(&["stash", "push", "-q"]);
    let untracked = repo.plant("untracked", "new.env");
    repo.git(&["stash", "push", "-q", "-u"]);
    assert!(!repo.path("new.env").exists());
    let run = repo.history();
    run.complete();
    // The older stash is in the reflog of refs/stash alone.
    run.found(&pair)
        .at("README", 2)
        .exposure("in_reflog", true)
        .exposure("reachable", false);
    run.found(&untracked).at("new.env", 2).in_ref("refs/stash");
}

#[test]
fn a_secret_in_a_note() {
    let repo = Repo::begun();
    let pair = repo.world.pair("note");
    repo.git(&["notes", "add", "-m", &pair.dotenv(), "HEAD"]);
    let run = repo.history();
    run.complete();
    run.found(&pair).in_ref("refs/notes/commits");
}

#[test]
fn a_secret_in_a_pull_request() {
    let repo = Repo::begun();
    repo.git(&["switch", "-q", "-c", "topic"]);
    let pair = repo.leak("bot.env");
    let head = repo.id("HEAD");
    repo.git(&["update-ref", "refs/pull/1/head", &head]);
    repo.git(&["switch", "-q", "main"]);
    repo.git(&["branch", "-q", "-D", "topic"]);
    repo.forget();
    let run = repo.history();
    run.complete();
    run.found(&pair).at("bot.env", 2).in_ref("refs/pull/1/head");
}

#[test]
fn a_secret_in_a_reflog_only() {
    let repo = Repo::begun();
    let pair = repo.leak("bot.env");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    _ = fs::remove_file(repo.git_dir().join("ORIG_HEAD"));
    let run = repo.history();
    run.complete();
    run.found(&pair)
        .at("bot.env", 2)
        .exposure("reachable", false)
        .exposure("in_reflog", true);
}

/// `git reset` leaves where the branch was; `git gc` drops that some day, and the repository is as good as before.
#[test]
fn what_a_reset_left_behind_was_collected() {
    let repo = Repo::begun();
    let gone = repo.leak("bot.env");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let stands = repo.leak("other.env");
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["prune", "--expire=now"]);
    let run = repo.history();
    run.complete();
    run.found(&stands);
    run.without(&gone);
}

#[test]
fn a_secret_that_was_amended_away() {
    let repo = Repo::begun();
    let pair = repo.leak("bot.env");
    let gone = repo.id("HEAD");
    repo.write("bot.env", "BINANCE_API_KEY=\n");
    repo.git(&["commit", "-q", "-a", "--amend", "-m", "settings"]);
    repo.forget();
    assert!(repo.unreachable(&gone));
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .at("bot.env", 2)
        .exposure("reachable", false)
        .exposure("in_reflog", false);
}

#[test]
fn a_blob_that_nothing_names() {
    let repo = Repo::begun();
    let pair = repo.world.pair("dangling");
    let blob = repo.blob(pair.dotenv());
    assert!(repo.unreachable(&blob));
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .within("blob", &blob)
        .exposure("reachable", false);
}

#[test]
fn a_file_that_was_staged_and_never_committed() {
    let repo = Repo::begun();
    let pair = repo.plant("staged", "bot.env");
    repo.git(&["add", "bot.env"]);
    repo.git(&["rm", "-q", "--cached", "bot.env"]);
    repo.remove("bot.env");
    repo.history().complete().found(&pair);
}

#[test]
fn a_tagged_blob_and_a_tagged_tree() {
    let repo = Repo::begun();
    let (one, two, three) = (
        repo.world.pair("blob"),
        repo.world.pair("tree"),
        repo.world.pair("annotated"),
    );
    let blob = repo.blob(one.dotenv());
    repo.git(&["tag", "key", &blob]);
    let inner = repo.blob(two.dotenv());
    let tree = repo.tree(&[("100644", &inner, "in.env")]);
    repo.git(&["tag", "tree", &tree]);
    let third = repo.blob(three.dotenv());
    repo.git(&["tag", "-a", "-m", "a blob", "signed", &third]);
    let run = repo.history();
    run.findings(3).complete();
    run.found(&one)
        .within("blob", &blob)
        .in_ref("refs/tags/key")
        .exposure("reachable", true);
    run.found(&two)
        .at("in.env", 2)
        .in_ref("refs/tags/tree")
        .exposure("reachable", true);
    run.found(&three)
        .within("blob", &third)
        .in_ref("refs/tags/signed")
        .exposure("reachable", true);
}

#[test]
fn a_secret_in_the_message_of_a_commit() {
    let repo = Repo::begun();
    let (pair, token) = (repo.world.pair("body"), repo.world.token("subject"));
    let body = repo.record(&format!("rotate\n\n{}", pair.dotenv()));
    let subject = repo.record(&format!("use {} from now on", token.0));
    let run = repo.history();
    run.findings(2).complete();
    run.found(&pair)
        .within("commit", &body)
        .commit("first", &body)
        .exposure("reachable", true);
    run.found(&token).within("commit", &subject);
}

#[test]
fn a_secret_in_the_message_of_a_tag() {
    let repo = Repo::begun();
    let pair = repo.world.pair("tag");
    repo.git(&["tag", "-a", "-m", &pair.dotenv(), "v1"]);
    let tag = repo.id("refs/tags/v1");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .within("tag", &tag)
        .in_ref("refs/tags/v1")
        .exposure("reachable", true);
}

#[test]
fn a_secret_in_the_name_of_an_author() {
    let repo = Repo::begun();
    let token = repo.world.token("author");
    let author = format!("--author=Ada {} <ada@example.com>", token.0);
    repo.git(&["commit", "-q", "--allow-empty", "-m", "by", &author]);
    let id = repo.id("HEAD");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&token).within("commit", &id);
}

#[test]
fn a_secret_in_the_name_of_a_branch() {
    for packed in [false, true] {
        let repo = Repo::begun();
        let (branch, tag) = (repo.world.token("branch"), repo.world.token("tag"));
        repo.git(&["branch", &format!("try-{}", branch.0)]);
        repo.git(&["tag", &format!("with-{}", tag.0)]);
        if packed {
            repo.git(&["pack-refs", "--all"]);
        }
        let run = repo.history();
        run.findings(2).complete();
        run.found(&branch)
            .kind("refs")
            .in_ref(&format!("refs/heads/try-{}", masked(&branch)))
            .exposure("reachable", true);
        run.found(&tag)
            .kind("refs")
            .in_ref(&format!("refs/tags/with-{}", masked(&tag)))
            .exposure("ref_count", 1);
    }
}

/// As reports show it.
fn masked(token: &Token) -> String {
    keyfence::finding::mask(token.0.as_bytes())
}

#[test]
fn a_secret_in_the_name_of_a_file_is_exposed_as_long_as_the_name() {
    let repo = Repo::begun();
    let (file, directory) = (repo.world.token("file"), repo.world.token("directory"));
    let name = format!("dump-{}.txt", file.0);
    // The same content stands elsewhere, under a name that says nothing, before and after.
    repo.write("plain.txt", "plain");
    repo.commit("plain");
    repo.write(&name, "plain");
    let first = repo.commit("a dump");
    repo.write(&name, "changed");
    repo.commit("changed");
    repo.write(format!("of-{}/a.txt", directory.0), "more");
    let second = repo.commit("a directory");
    repo.remove(&name);
    let removed = repo.commit("gone");
    repo.git(&["branch", "old", "HEAD~1"]);
    for packed in [false, true] {
        if packed {
            repo.pack();
        }
        let run = repo.history();
        run.findings(2).complete();
        run.found(&file)
            .commit("first", &first)
            .commit("last", &second)
            .in_ref("refs/heads/old")
            .in_ref("refs/heads/main")
            .exposure("versions", 2)
            .exposure("introductions", 1);
        assert_eq!(
            run.found(&file).exposed("removed"),
            serde_json::Value::Null,
            "a branch has it"
        );
        run.found(&directory)
            .commit("first", &second)
            .commit("last", &removed)
            .exposure("reachable", true);
        let in_head = run.found(&directory).exposed("in_head");
        assert_eq!(in_head.as_array().unwrap().len(), 1, "{in_head}");
        repo.git(&["branch", "-f", "old", "HEAD"]);
        let run = repo.history();
        run.found(&file).commit("removed", &removed);
        repo.git(&["branch", "-f", "old", "HEAD~1"]);
    }
}

#[test]
fn a_secret_in_the_message_of_a_reflog() {
    let repo = Repo::begun();
    let token = repo.world.token("reflog");
    let message = format!("pull: with {}", token.0);
    repo.git(&[
        "update-ref",
        "--create-reflog",
        "-m",
        &message,
        "refs/heads/topic",
        "HEAD",
    ]);
    let run = repo.history();
    run.findings(1).complete();
    run.found(&token).kind("refs");
}

#[test]
fn what_a_merge_brings_in_by_itself() {
    let repo = Repo::begun();
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.write("topic", "1\n");
    repo.commit("topic");
    repo.git(&["switch", "-q", "main"]);
    repo.write("main", "1\n");
    repo.commit("main");
    repo.git(&["merge", "-q", "--no-commit", "--no-ff", "topic"]);
    let pair = repo.leak("evil.env");
    let merge = repo.id("HEAD");
    assert_eq!(repo.git(&["rev-list", "--merges", "HEAD"]), merge);
    repo.git(&["rm", "-q", "evil.env"]);
    repo.record("away");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .at("evil.env", 2)
        .commit("first", &merge)
        .commit("last", &merge);
}

#[test]
fn what_resolves_a_conflict() {
    let repo = Repo::begun();
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.write("README", "topic\n");
    repo.commit("topic");
    repo.git(&["switch", "-q", "main"]);
    repo.write("README", "main\n");
    repo.commit("main");
    assert!(!repo.holds(&["merge", "-q", "topic"]));
    let pair = repo.leak("README");
    let merge = repo.id("HEAD");
    assert!(repo.holds(&["rev-parse", "-q", "--verify", "HEAD^2"]));
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair).at("README", 2).commit("first", &merge);
}

#[test]
fn an_octopus() {
    let repo = Repo::begun();
    let mut pairs = Vec::new();
    for arm in ["a", "b", "c", "d"] {
        repo.git(&["switch", "-q", "-c", arm, "main"]);
        pairs.push((repo.leak(&format!("{arm}.env")), repo.id("HEAD")));
    }
    repo.git(&["switch", "-q", "main"]);
    repo.git(&["merge", "-q", "-m", "all", "a", "b", "c", "d"]);
    for arm in ["a", "b", "c", "d"] {
        repo.git(&["branch", "-q", "-D", arm]);
    }
    let run = repo.history();
    run.findings(4).complete();
    for (pair, commit) in &pairs {
        run.found(pair).commit("first", commit);
    }
}

#[test]
fn the_root_of_an_orphan_branch() {
    let repo = Repo::begun();
    repo.git(&["switch", "-q", "--orphan", "pages"]);
    let pair = repo.leak("site.env");
    let root = repo.id("HEAD");
    assert!(!repo.holds(&["rev-parse", "-q", "--verify", "HEAD^"]));
    repo.git(&["switch", "-q", "main"]);
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .at("site.env", 2)
        .commit("first", &root)
        .in_ref("refs/heads/pages");
}

#[test]
fn a_renamed_and_a_copied_file() {
    let repo = Repo::begun();
    let pair = repo.leak("old.env");
    let first = repo.id("HEAD");
    repo.git(&["mv", "old.env", "new.env"]);
    repo.record("rename");
    repo.write("copy/too.env", pair.dotenv());
    let last = repo.commit("copy");
    let run = repo.history();
    run.findings(1).complete();
    let found = run.found(&pair);
    found
        .at("old.env", 2)
        .at("new.env", 2)
        .at("copy/too.env", 2)
        .commit("first", &first)
        .commit("last", &last)
        .exposure("versions", 1);
    let head = found.exposed("in_head").to_string();
    assert!(head.contains("new.env") && head.contains("copy/too.env"));
    assert!(!head.contains("old.env"), "{run}");
}

#[test]
fn one_file_at_many_paths() {
    let repo = Repo::begun();
    let pair = repo.world.pair("many");
    for n in 0..300 {
        repo.write(format!("bots/{n}/.env"), pair.dotenv());
    }
    repo.commit("many");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .at("bots/0/.env", 2)
        .exposure("versions", 1);
}

#[test]
fn the_refs_of_other_work_trees_and_pseudo_refs() {
    let repo = Repo::begun();
    let pair = repo.leak("merging.env");
    let id = repo.id("HEAD");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.forget();
    fs::write(repo.git_dir().join("MERGE_HEAD"), format!("{id}\n")).unwrap();
    let run = repo.history();
    run.complete();
    // git counts no MERGE_HEAD among the refs: its objects are free to go. Whichever way that is
    // seen, no reflog holds it.
    assert!(repo.unreachable(&id));
    run.found(&pair)
        .at("merging.env", 2)
        .exposure("in_reflog", false);
}

#[test]
fn what_stands_in_the_work_tree_alone_is_not_in_the_history() {
    let repo = Repo::begun();
    let pair = repo.leak("in.env");
    let outside = repo.plant("outside", "untracked.env");
    let beside = repo.world.pair("beside");
    repo.append("in.env", beside.dotenv());
    let run = repo.history();
    run.findings(1).complete();
    run.without(&outside).without(&beside).found(&pair);
}

#[test]
fn an_empty_repository_and_no_repository() {
    let repo = Repo::new();
    let run = repo.history();
    run.clean();
    let said = String::from_utf8_lossy(&run.output.stdout).into_owned() + &run.stderr();
    assert!(!said.trim().is_empty(), "says nothing: {run}");
    let nothing = repo.world.path("nothing");
    fs::create_dir(&nothing).unwrap();
    fs::write(nothing.join("file"), "x").unwrap();
    for args in [
        &["--history"][..],
        &["--staged"],
        &["--range", "HEAD~1..HEAD"],
    ] {
        repo.scan_in(&nothing, args).refused();
    }
    repo.scan_in(&nothing, &["--history", "nowhere"]).refused();
}

#[test]
fn objects_under_an_unborn_head() {
    let repo = Repo::new();
    let pair = repo.plant("unborn", "bot.env");
    repo.git(&["add", "-A"]);
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair).exposure("reachable", false);
    let other = repo.leak("other.env");
    repo.git(&["branch", "-q", "-M", "side"]);
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/nothing-yet"]);
    let run = repo.history();
    run.findings(2).complete();
    run.found(&other)
        .in_ref("refs/heads/side")
        .exposure("reachable", true);
}

#[test]
fn a_detached_head() {
    let repo = Repo::begun();
    repo.git(&["switch", "-q", "--detach"]);
    let pair = repo.leak("bot.env");
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .at("bot.env", 2)
        .in_ref("HEAD")
        .exposure("reachable", true);
}

#[test]
fn packed_refs() {
    let repo = Repo::begun();
    repo.git(&["switch", "-q", "-c", "topic"]);
    let pair = repo.leak("bot.env");
    repo.git(&["tag", "-a", "-m", "release", "v1"]);
    repo.git(&["switch", "-q", "main"]);
    repo.git(&["pack-refs", "--all", "--prune"]);
    assert!(!repo.path(".git/refs/heads/topic").exists());
    let run = repo.history();
    run.findings(1).complete();
    run.found(&pair)
        .in_ref("refs/heads/topic")
        .in_ref("refs/tags/v1")
        .exposure("reachable", true);
}

#[test]
fn deterministic_for_any_number_of_threads() {
    let repo = Repo::begun();
    for n in 0..25 {
        repo.leak(&format!("{}/{n}.env", n % 4));
        if n == 12 {
            repo.pack();
        }
    }
    let bytes = |threads: &str| {
        let run = repo.scan(&["--history", "-j", threads]);
        run.findings(25).complete();
        (run.output.stdout.clone(), run.json().to_string())
    };
    let one = bytes("1");
    for threads in ["2", "4", "13", "2"] {
        assert!(bytes(threads) == one, "another report with -j {threads}");
    }
}
