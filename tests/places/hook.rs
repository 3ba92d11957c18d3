//! `keyfence hook`, run by git: in all the ways that git has to make a commit, and a push.

use std::fs;
use std::path::Path;

use crate::ground::{Ground, Ran};
use crate::planted::Pair;

/// A repository with one commit, whose commits and pushes keyfence judges.
pub(crate) fn hooked() -> Ground {
    let ground = Ground::begun();
    hook(&ground);
    ground
}

pub(crate) fn hook(ground: &Ground) {
    for (name, stage) in [
        ("pre-commit", ""),
        ("pre-merge-commit", " pre-merge-commit"),
        ("commit-msg", " commit-msg \"$1\""),
        ("pre-push", " pre-push \"$@\""),
    ] {
        ground.script(
            &format!(".git/hooks/{name}"),
            &format!("#!/bin/sh\nexec keyfence hook{stage}\n"),
        );
    }
}

/// Tries to commit in a directory, with answers for git; whether it did, and what was said.
fn attempt(ground: &Ground, dir: &Path, args: &[&str], input: &str) -> (Ran, bool) {
    let head = || {
        ground
            .try_git_in(dir, &["rev-parse", "-q", "--verify", "HEAD"], b"")
            .out
    };
    let before = head();
    let ran = ground.try_git_in(dir, args, input.as_bytes());
    // git prints the hunks that it asks about.
    if !args.contains(&"-p") {
        ground.shows_nothing(&ran);
    }
    assert!(!ran.said().contains("no-verify"), "{ran:?}");
    let recorded = before != head();
    assert_eq!(recorded, ran.code == Some(0), "{ran:?}");
    (ran, recorded)
}

#[track_caller]
fn passes(ground: &Ground, args: &[&str], input: &str) {
    let (ran, recorded) = attempt(ground, &ground.top(), args, input);
    assert!(recorded, "the hook stopped it: {ran:?}");
    assert!(
        ran.err.contains("keyfence: scanned "),
        "it says what it looked at: {ran:?}"
    );
}

#[track_caller]
fn stopped(ground: &Ground, args: &[&str], input: &str, pair: &Pair) -> Ran {
    let (ran, recorded) = attempt(ground, &ground.top(), args, input);
    assert!(!recorded, "the hook let it pass: {ran:?}");
    let ran = ran.says(&format!("fingerprint: {}", pair.fingerprint()));
    ran.says("keyfence stopped this commit")
        .says("1 finding (1 critical)")
        .says("revoke")
}

/// The command that a hook names for more answers, where the hook stopped somebody.
#[track_caller]
fn says_more(ground: &Ground, ran: &Ran) -> Ran {
    let said = ran.said();
    let command = said.lines().find_map(|line| {
        let line = line.trim_start_matches("remote:").trim();
        line.strip_prefix("more ")?.trim().strip_prefix("keyfence ")
    });
    let words: Vec<&str> = command.unwrap().split_whitespace().collect();
    ground.keyfence(&words).exit(0)
}

#[test]
fn the_very_first_commit() {
    let ground = Ground::new();
    hook(&ground);
    let pair = ground.plant("first", "bot.env");
    ground.git(&["add", "-A"]);
    let said = stopped(&ground, &["commit", "-m", "first"], "", &pair);
    says_more(&ground, &said).says("--> bot.env:2");
    said.says("unstage: git rm --cached -- :/bot.env");
    ground.git(&["rm", "-q", "--cached", "--", ":/bot.env"]);
    ground.write("README", "hello\n");
    ground.git(&["add", "README"]);
    passes(&ground, &["commit", "-m", "first"], "");
}

#[test]
fn what_is_staged_and_not_what_the_file_says() {
    let ground = hooked();
    let pair = ground.plant("staged", "bot.env");
    ground.git(&["add", "-A"]);
    stopped(&ground, &["commit", "-m", "x"], "", &pair);
    ground.write("bot.env", "BINANCE_API_KEY=\n");
    let said = stopped(&ground, &["commit", "-m", "x"], "", &pair);
    // The advice works as it is written.
    said.says("unstage: git restore --staged -- :/bot.env")
        .says("`keyfence:allow(binance) REASON`");
    ground.git(&["restore", "--staged", "--", ":/bot.env"]);
    ground.write("other", "1\n");
    ground.git(&["add", "other"]);
    ground.plant("working", "bot.env");
    passes(&ground, &["commit", "-m", "x"], "");
}

#[test]
fn all_and_paths_and_hunks() {
    let ground = hooked();
    let pair = ground.plant("all", "README");
    let said = stopped(&ground, &["commit", "-a", "-m", "x"], "", &pair);
    said.says_nothing_of("unstage:");
    ground.write("README", "hello again\n");
    passes(&ground, &["commit", "-a", "-m", "x"], "");
    // Paths: what is staged and not named stays out.
    let staged = ground.plant("staged", "staged.env");
    ground.git(&["add", "-A"]);
    ground.write("README", "2\n");
    passes(&ground, &["commit", "-m", "x", "--", "README"], "");
    stopped(
        &ground,
        &["commit", "-m", "x", "--", "staged.env"],
        "",
        &staged,
    );
    ground.git(&["rm", "-q", "-f", "staged.env"]);
    // Hunks.
    let lines: Vec<String> = (0..40).map(|n| format!("LINE_{n}=x\n")).collect();
    ground.write("bot.env", lines.concat());
    ground.git(&["add", "-A"]);
    passes(&ground, &["commit", "-m", "lines"], "");
    let hunk = ground.pair("hunk");
    let mut changed = lines;
    changed[2] = "LINE_2=changed\n".to_owned();
    changed[35].push_str(&hunk.dotenv());
    ground.write("bot.env", changed.concat());
    passes(&ground, &["commit", "-p", "-m", "one hunk"], "y\nn\n");
    stopped(&ground, &["commit", "-p", "-m", "the other"], "y\n", &hunk);
}

/// A container is given the work tree and none of git's variables.
#[test]
fn a_hook_that_is_not_told_which_index_is_committed() {
    let ground = hooked();
    ground.script(
        ".git/hooks/pre-commit",
        "#!/bin/sh\nunset GIT_INDEX_FILE GIT_DIR GIT_PREFIX\nexec keyfence hook\n",
    );
    let pair = ground.plant("all", "README");
    stopped(&ground, &["commit", "-a", "-m", "x"], "", &pair);
    stopped(&ground, &["commit", "-m", "x", "README"], "", &pair);
    stopped(&ground, &["commit", "-p", "-m", "x"], "y\n", &pair);
    ground.git(&["add", "-A"]);
    stopped(&ground, &["commit", "-m", "x"], "", &pair);
    ground.git(&["reset", "-q", "--hard"]);
    ground.write("README", "hello again\n");
    passes(&ground, &["commit", "-a", "-m", "x"], "");
    // What another program has begun to write is none of it.
    ground.plant("staged", "staged.env");
    ground.git(&["add", "-A"]);
    ground.write(".git/index.lock", "DIRC");
    ground
        .keyfence(&["hook"])
        .exit(1)
        .says("1 finding (1 critical)");
}

#[test]
fn a_work_tree_whose_repository_is_elsewhere_never_passes() {
    let ground = hooked();
    ground.git(&["worktree", "add", "-q", "-b", "topic", "../linked"]);
    let linked = ground.at("linked");
    fs::write(linked.join("bot.env"), ground.pair("linked").dotenv()).unwrap();
    ground.try_git_in(&linked, &["add", "-A"], b"").exit(0);
    // As in a container, where only the work tree is mounted.
    fs::rename(ground.top(), ground.at("moved")).unwrap();
    ground
        .keyfence_in(&linked, &["hook"], b"")
        .exit(2)
        .says(".git/worktrees/linked")
        .says("container");
}

#[test]
fn amend_and_merge() {
    let ground = hooked();
    let pair = ground.plant("amended", "bot.env");
    ground.git(&["add", "-A"]);
    stopped(&ground, &["commit", "--amend", "-m", "x"], "", &pair);
    ground.git(&["rm", "-q", "-f", "bot.env"]);
    passes(&ground, &["commit", "--amend", "-m", "only words"], "");
    // A merge that git makes by itself runs pre-merge-commit.
    ground.git(&["switch", "-q", "-c", "topic"]);
    let topic = ground.plant("topic", "topic.env");
    ground.commit("topic");
    ground.git(&["switch", "-q", "main"]);
    ground.write("main.txt", "1\n");
    ground.commit("main");
    stopped(&ground, &["merge", "-m", "x", "topic"], "", &topic);
    ground.git(&["merge", "--abort"]);
    // One that people resolve runs pre-commit.
    ground.git(&["switch", "-q", "-c", "left", "main"]);
    ground.write("README", "left\n");
    ground.commit("left");
    ground.git(&["switch", "-q", "-c", "right", "main"]);
    ground.write("README", "right\n");
    ground.commit("right");
    assert_ne!(ground.try_git(&["merge", "-q", "left"]).code, Some(0));
    let resolved = ground.plant("resolved", "README");
    ground.git(&["add", "-A"]);
    stopped(&ground, &["commit", "-m", "merge"], "", &resolved);
    ground.write("README", "both\n");
    ground.git(&["add", "-A"]);
    passes(&ground, &["commit", "-m", "merge"], "");
    ground.git(&["rev-parse", "-q", "--verify", "HEAD^2"]);
}

#[test]
fn a_linked_worktree_and_a_directory_below() {
    let ground = hooked();
    ground.git(&["worktree", "add", "-q", "-b", "topic", "../linked"]);
    let linked = ground.at("linked");
    let pair = ground.pair("linked");
    fs::create_dir(linked.join("sub")).unwrap();
    fs::write(linked.join("sub/bot.env"), pair.dotenv()).unwrap();
    ground.try_git_in(&linked, &["add", "-A"], b"").exit(0);
    for dir in [linked.clone(), linked.join("sub")] {
        let (ran, recorded) = attempt(&ground, &dir, &["commit", "-m", "x"], "");
        assert!(!recorded, "{ran:?}");
        let ran = ran.says(&pair.fingerprint());
        ran.says("git restore --staged -- :/sub/bot.env");
    }
    ground
        .try_git_in(
            &linked.join("sub"),
            &["restore", "--staged", "--", ":/sub/bot.env"],
            b"",
        )
        .exit(0);
    fs::remove_file(linked.join("sub/bot.env")).unwrap();
    fs::write(linked.join("sub/fine"), "1\n").unwrap();
    ground.try_git_in(&linked, &["add", "-A"], b"").exit(0);
    assert!(attempt(&ground, &linked, &["commit", "-m", "x"], "").1);
}

#[test]
fn names_with_spaces_quotes_and_line_ends() {
    for name in [
        "my key's file.py",
        "two\nlines.py",
        "-rf.env",
        "$(touch pwned).env",
        "ünï \u{202e}.env",
    ] {
        let ground = hooked();
        let pair = ground.plant("named", name);
        ground.git(&["add", "-A"]);
        let said = stopped(&ground, &["commit", "-m", "x"], "", &pair);
        let command = said
            .err
            .lines()
            .find_map(|line| line.split_once("unstage: "));
        let command = command.map(|(_, command)| command.trim().to_owned());
        let mut shell = ground.command("bash", &ground.top());
        shell.args(["-c", &command.unwrap()]);
        ground.run(shell, b"").exit(0);
        assert_eq!(
            ground.git(&["diff", "--cached", "--name-only"]),
            "",
            "{name:?} is unstaged"
        );
        assert!(!ground.path("pwned").exists());
    }
}

#[test]
fn files_that_a_manager_passes_are_not_looked_at() {
    let ground = hooked();
    ground.plant("working", "bot.env");
    ground.write("staged", "1\n");
    ground.git(&["add", "staged"]);
    ground
        .keyfence(&["hook", "bot.env", "staged"])
        .exit(0)
        .says("scanned 1 staged file ");
    ground
        .keyfence(&["hook", "pre-psuh"])
        .exit(2)
        .says("did you mean `pre-push`?");
    ground.keyfence(&["hook", "commit-msg"]).exit(2);
}

#[test]
fn what_is_allowed_with_a_reason_passes() {
    let ground = hooked();
    let pair = ground.pair("allowed");
    let text = pair
        .dotenv()
        .replace('\n', " # keyfence:allow(binance) closed account\n");
    ground.write("bot.env", &text);
    ground.git(&["add", "-A"]);
    ground.keyfence(&["hook", "--no-inline"]).exit(1);
    passes(&ground, &["commit", "-m", "x"], "");
}

#[test]
fn a_secret_file_that_comes_into_git() {
    let ground = hooked();
    ground.write(".env", "DB_PASSWORD=correct horse\n");
    ground.git(&["add", "-A"]);
    let (ran, recorded) = attempt(&ground, &ground.top(), &["commit", "-m", "x"], "");
    assert!(!recorded, "{ran:?}");
    ran.says("keyfence stopped this commit: it would record a secret file.")
        .says("hygiene-secret-file-enters")
        .says("keyfence gitignore --fix")
        .says("`except` of [gitignore]")
        .says("git rm --cached -- :/.env");
    // The advice works as it is written.
    ground.keyfence(&["gitignore", "--fix"]);
    ground.git(&["rm", "-q", "--cached", "--", ":/.env"]);
    ground.git(&["add", "-A"]);
    passes(&ground, &["commit", "-m", "x"], "");
    assert_eq!(ground.git(&["ls-files", ".env"]), "");
    ground.write("keyfence.toml", "[gitignore]\nexcept = [\".env\"]\n");
    ground.git(&["add", "keyfence.toml"]);
    ground.git(&["add", "-f", ".env"]);
    passes(&ground, &["commit", "-m", "meant for git"], "");
}

#[test]
fn low_findings_do_not_stop_a_commit() {
    let ground = hooked();
    let pair = ground.pair("testnet");
    ground.write("bot.env", format!("BINANCE_TESTNET_API_KEY={}\n", pair.key));
    ground.git(&["add", "-A"]);
    let (ran, recorded) = attempt(&ground, &ground.top(), &["commit", "-m", "x"], "");
    assert!(recorded, "{ran:?}");
    ran.says_nothing_of("= why")
        .says_nothing_of("keyfence stopped");
}

#[test]
fn a_blob_that_cannot_be_read_stops_it_and_an_exclude_is_the_way_out() {
    let ground = hooked();
    ground.write("data/gone", "hello, gone\n");
    ground.git(&["add", "-A"]);
    let blob = ground.git(&["rev-parse", ":data/gone"]);
    fs::remove_file(ground.path(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();
    let said = ground
        .keyfence(&["hook"])
        .exit(3)
        .says("not read: data/gone");
    said.says("keyfence stopped this commit")
        .says("[[exclude]]")
        .says("git add");
    ground.write(
        "keyfence.toml",
        "[[exclude]]\npath = \"data/**\"\nreason = \"measurements\"\n",
    );
    ground.git(&["add", "keyfence.toml"]);
    ground
        .keyfence(&["hook"])
        .exit(0)
        .says("note: not read: data/gone")
        .says("excluded: measurements");
}

#[test]
fn a_damaged_index_stops_it() {
    let ground = hooked();
    let index = ground.path(".git/index");
    let bytes = fs::read(&index).unwrap();
    fs::write(&index, &bytes[..bytes.len() / 2]).unwrap();
    ground
        .keyfence(&["hook"])
        .exit(2)
        .says("index")
        .says("keyfence stopped this commit: it could not be looked at");
}

#[test]
fn a_message_with_a_key_in_it() {
    let ground = hooked();
    let pair = ground.pair("message");
    ground.write("a", "1\n");
    ground.git(&["add", "-A"]);
    let message = format!("Add the bot\n\n{}", pair.dotenv());
    let (ran, recorded) = attempt(&ground, &ground.top(), &["commit", "-F", "-"], &message);
    assert!(!recorded, "{ran:?}");
    let ran = ran
        .says("commit message:4:20")
        .says("its message holds a credential");
    // No file and no commit has it: of its rule there is more to say.
    says_more(&ground, &ran).says("binance: Binance");
    ran.says("write the message without it");
    passes(&ground, &["commit", "-m", "Add the bot"], "");
    // What git cuts off is no message: here the diff that takes the key out.
    ground.plant("removed", "bot.env");
    ground.commit("past the hook");
    ground.git(&["rm", "-q", "bot.env"]);
    ground.git(&["config", "core.editor", "sh -c 'sed -i 1iremoved \"$0\"'"]);
    let (ran, recorded) = attempt(&ground, &ground.top(), &["commit", "-v", "-p"], "");
    let (ran, recorded) = if recorded {
        (ran, recorded)
    } else {
        attempt(&ground, &ground.top(), &["commit", "-v"], "")
    };
    assert!(recorded, "{ran:?}");
}

#[test]
fn a_push_of_what_is_new_to_the_remote() {
    let ground = hooked();
    let remote = ground.at("remote.git");
    ground.git(&["init", "-q", "--bare", remote.to_str().unwrap()]);
    ground.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
    let old = ground.try_git(&["push", "-q", "origin", "main"]).exit(0);
    old.says("keyfence: scanned 1 blob");
    let pair = ground.plant("pushed", "bot.env");
    ground.commit("a leak");
    ground.git(&["rm", "-q", "bot.env"]);
    ground.commit("taken out, and still in the commit before");
    let said = ground.try_git(&["push", "-q", "origin", "main"]).exit(1);
    says_more(&ground, &said).says("only in history");
    said.says(&pair.fingerprint())
        .says("keyfence stopped this push")
        .says("git rebase -i");
    ground.git(&["reset", "-q", "--hard", "origin/main"]);
    ground.write("fine", "1\n");
    ground.commit("fine");
    ground
        .try_git(&["push", "-q", "origin", "main", "main:refs/heads/new"])
        .exit(0);
}

#[test]
fn a_server_refuses_what_a_client_did_not_check() {
    let ground = Ground::begun();
    let remote = ground.at("remote.git");
    ground.git(&["init", "-q", "--bare", remote.to_str().unwrap()]);
    ground.script(
        "../remote.git/hooks/pre-receive",
        "#!/bin/sh\nexec keyfence hook pre-receive\n",
    );
    let push = || ground.try_git(&["push", "-q", remote.to_str().unwrap(), "main"]);
    push().exit(0);
    let pair = ground.plant("pushed", "bot.env");
    ground.commit("a leak");
    let said = push().exit(1);
    ground.shows_nothing(&said);
    says_more(&ground, &said).says(&pair.fingerprint());
    said.says(&pair.fingerprint())
        .says("keyfence refuses this push")
        .says("pre-receive hook declined");
}

#[test]
fn a_manager_that_reads_standard_input_itself() {
    let ground = Ground::begun();
    let pair = ground.plant("pushed", "bot.env");
    let head = ground.commit("a leak");
    for told in [vec![], vec![("PRE_COMMIT_TO_REF", head.as_str())]] {
        let mut command = ground.command(env!("CARGO_BIN_EXE_keyfence"), &ground.top());
        command.args(["hook", "pre-push"]).env("PRE_COMMIT", "1");
        command.env("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main");
        command.env("PRE_COMMIT_REMOTE_BRANCH", "refs/heads/main");
        command.env("PRE_COMMIT_REMOTE_NAME", "origin").envs(told);
        let ran = ground.run(command, b"").exit(1);
        ran.says(&pair.fingerprint()).says("of 2 commits");
    }
}

#[test]
fn it_takes_no_longer_than_a_blink() {
    // 50 ms is the promise of a release build on an idle machine (`packaging/tests/latency.sh` measures it); here,
    // in a debug build among others, only what depends on the size of the repository would show.
    let ground = hooked();
    for n in 0..3_000 {
        ground.write(format!("d{}/f{n}", n % 30), format!("value {n}\n"));
    }
    ground.commit("many");
    ground.write("one", "1\n");
    ground.git(&["add", "one"]);
    let began = std::time::Instant::now();
    ground
        .keyfence(&["hook"])
        .exit(0)
        .says("scanned 1 staged file ");
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}
