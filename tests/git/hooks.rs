//! Real commits with the program as their hook: what would be recorded decides, in all the ways
//! that git has to make a commit.

use std::process::Output;

use crate::planted::Pair;
use crate::repo::Repo;
use crate::run::Run;

/// A repository whose commits the program judges.
fn hooked() -> Repo {
    let repo = Repo::begun();
    let script = format!(
        "#!/bin/sh\nrm -f '{out}/json'\nexec '{program}' scan --staged -f human -f json='{out}/json' -f sarif='{out}/sarif'\n",
        out = repo.world.out().display(),
        program = env!("CARGO_BIN_EXE_keyfence"),
    );
    repo.world.script("tree/.git/hooks/pre-commit", &script);
    repo.world
        .script("tree/.git/hooks/pre-merge-commit", &script);
    repo
}

/// Tries to commit in this way; git's answer, with what the hook reported.
fn attempt(repo: &Repo, args: &[&str], input: &str) -> (Run, bool) {
    repo.world.tick();
    let before = repo.try_git(&["rev-parse", "-q", "--verify", "HEAD"], b"", |_| {});
    let output: Output = repo.try_git(args, input.as_bytes(), |_| {});
    let after = repo.try_git(&["rev-parse", "-q", "--verify", "HEAD"], b"", |_| {});
    let recorded = before.stdout != after.stdout;
    assert_eq!(recorded, output.status.success(), "{output:?}");
    let run = Run::of(
        &format!("--staged, by git {}", args.join(" ")),
        output,
        &repo.world.path("out/1"),
    );
    // git prints the hunks that it asks about.
    let secrets = match args.contains(&"-p") {
        true => Vec::new(),
        false => repo.world.secrets(),
    };
    for value in secrets {
        let shown = run.stderr().contains(&value)
            || String::from_utf8_lossy(&run.output.stdout).contains(&value);
        assert!(!shown, "a value shows: {run}");
    }
    (run, recorded)
}

#[track_caller]
fn passes(repo: &Repo, args: &[&str], input: &str) {
    let (run, recorded) = attempt(repo, args, input);
    assert!(recorded, "the hook stopped it: {run}");
    run.findings(0).complete();
}

#[track_caller]
fn stopped(repo: &Repo, args: &[&str], input: &str, pair: &Pair) {
    let (run, recorded) = attempt(repo, args, input);
    assert!(!recorded, "the hook let it pass: {run}");
    let json = run.json();
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{run}");
    assert_eq!(findings[0]["fingerprint"], pair.fingerprint(), "{run}");
}

#[test]
fn the_very_first_commit() {
    let world = crate::world::World::new();
    let repo = Repo::init(&world, "tree", &[]);
    let other = hooked();
    let hook = std::fs::read_to_string(other.path(".git/hooks/pre-commit")).unwrap();
    let theirs = other.world.path("out/1").display().to_string();
    let ours = world.out().display().to_string();
    world.script("tree/.git/hooks/pre-commit", &hook.replace(&theirs, &ours));
    let pair = repo.plant("first", "bot.env");
    repo.git(&["add", "-A"]);
    stopped(&repo, &["commit", "-m", "first"], "", &pair);
    repo.git(&["rm", "-q", "--cached", "bot.env"]);
    repo.write("README", "hello\n");
    repo.git(&["add", "README"]);
    passes(&repo, &["commit", "-m", "first"], "");
}

#[test]
fn commit_of_what_is_staged() {
    let repo = hooked();
    let pair = repo.plant("staged", "bot.env");
    repo.git(&["add", "-A"]);
    stopped(&repo, &["commit", "-m", "x"], "", &pair);
    repo.write("bot.env", "BINANCE_API_KEY=\n");
    // The working file is clean; the index is not.
    stopped(&repo, &["commit", "-m", "x"], "", &pair);
    repo.git(&["add", "-A"]);
    passes(&repo, &["commit", "-m", "x"], "");
    // And the other way round.
    repo.write("more", "1\n");
    repo.git(&["add", "more"]);
    repo.plant("working", "bot.env");
    passes(&repo, &["commit", "-m", "x"], "");
}

#[test]
fn commit_all() {
    let repo = hooked();
    let pair = repo.plant("all", "README");
    stopped(&repo, &["commit", "-a", "-m", "x"], "", &pair);
    stopped(&repo, &["commit", "-am", "x"], "", &pair);
    repo.write("README", "hello again\n");
    repo.plant("untracked", "untracked.env");
    passes(&repo, &["commit", "-a", "-m", "x"], "");
}

#[test]
fn commit_of_paths() {
    let repo = hooked();
    repo.write("a.txt", "1\n");
    repo.write("b.txt", "1\n");
    repo.git(&["add", "-A"]);
    passes(&repo, &["commit", "-m", "files"], "");
    // What is staged and not named stays out: git makes a temporary index.
    let pair = repo.plant("staged", "staged.env");
    repo.git(&["add", "-A"]);
    repo.write("a.txt", "2\n");
    passes(&repo, &["commit", "-m", "x", "--", "a.txt"], "");
    stopped(&repo, &["commit", "-m", "x", "--", "staged.env"], "", &pair);
    // Not staged, but named.
    repo.git(&["rm", "-q", "-f", "staged.env"]);
    let named = repo.plant("named", "b.txt");
    stopped(&repo, &["commit", "-m", "x", "b.txt"], "", &named);
    repo.write("a.txt", "3\n");
    stopped(&repo, &["commit", "-m", "x", "-i", "b.txt"], "", &named);
}

#[test]
fn commit_of_some_hunks() {
    let repo = hooked();
    let lines: Vec<String> = (0..40).map(|n| format!("LINE_{n}=x\n")).collect();
    repo.write("bot.env", lines.concat());
    repo.git(&["add", "-A"]);
    passes(&repo, &["commit", "-m", "lines"], "");
    let pair = repo.world.pair("hunk");
    let mut changed = lines;
    changed[2] = "LINE_2=changed\n".to_owned();
    changed[35].push_str(&pair.dotenv());
    repo.write("bot.env", changed.concat());
    passes(&repo, &["commit", "-p", "-m", "one hunk"], "y\nn\n");
    stopped(&repo, &["commit", "-p", "-m", "the other"], "y\n", &pair);
}

#[test]
fn amend() {
    let repo = hooked();
    let pair = repo.plant("amended", "bot.env");
    repo.git(&["add", "-A"]);
    stopped(&repo, &["commit", "--amend", "-m", "x"], "", &pair);
    repo.write("bot.env", "BINANCE_API_KEY=\n");
    repo.git(&["add", "-A"]);
    passes(&repo, &["commit", "--amend", "-m", "x"], "");
    passes(&repo, &["commit", "--amend", "-m", "only words"], "");
}

#[test]
fn a_merge() {
    let repo = hooked();
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.write("README", "topic\n");
    repo.git(&["commit", "-q", "-a", "-m", "topic"]);
    repo.git(&["switch", "-q", "main"]);
    repo.write("README", "main\n");
    repo.git(&["commit", "-q", "-a", "-m", "main"]);
    assert!(!repo.holds(&["merge", "-q", "topic"]));
    let pair = repo.plant("resolved", "README");
    repo.git(&["add", "-A"]);
    stopped(&repo, &["commit", "-m", "merge"], "", &pair);
    repo.write("README", "both\n");
    repo.git(&["add", "-A"]);
    passes(&repo, &["commit", "-m", "merge"], "");
    assert!(repo.holds(&["rev-parse", "-q", "--verify", "HEAD^2"]));
}

#[test]
fn in_a_linked_work_tree_and_below_the_top() {
    let repo = hooked();
    repo.git(&["worktree", "add", "-q", "-b", "topic", "../linked"]);
    let linked = Repo::at(&repo.world, "linked");
    let pair = linked.plant("linked", "sub/bot.env");
    linked.git(&["add", "-A"]);
    stopped(&linked, &["commit", "-m", "x"], "", &pair);
    let below = Repo::at(&repo.world, "linked/sub");
    stopped(&below, &["commit", "-m", "x"], "", &pair);
    linked.write("sub/bot.env", "BINANCE_API_KEY=\n");
    stopped(&below, &["commit", "-m", "x"], "", &pair);
    passes(&below, &["commit", "-a", "-m", "x"], "");
}

#[test]
fn a_missing_blob_blocks_and_says_the_way_out() {
    let repo = hooked();
    repo.write("gone", "hello, gone\n");
    repo.git(&["add", "-A"]);
    let id = repo.id(":gone");
    repo.lose(&id);
    let (run, recorded) = attempt(&repo, &["commit", "-m", "x"], "");
    assert!(!recorded, "{run}");
    run.findings(0).told();
}
