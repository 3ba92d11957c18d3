//! `keyfence init --push --message`: what pushes send and messages say is looked at, where somebody asked for it, and
//! what else a hook does with a push still works.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::ground::Ground;

/// A repository with a remote that has its first commit.
fn with_a_remote() -> Ground {
    let ground = Ground::begun();
    ground.git(&["init", "-q", "--bare", "../served.git"]);
    ground.git(&["remote", "add", "origin", "../served.git"]);
    ground.git(&["push", "-q", "origin", "main"]);
    ground
}

/// A leak that came past the hook of a commit, and went away again.
fn slipped_in(ground: &Ground, name: &str) -> String {
    let pair = ground.plant(name, format!("{name}.env"));
    ground.commit(name);
    fs::remove_file(ground.path(format!("{name}.env"))).unwrap();
    ground.commit("gone again");
    pair.fingerprint()
}

#[track_caller]
fn stops_a_push_and_a_message(ground: &Ground) {
    let before = ground.git(&["rev-parse", "HEAD"]);
    let leak = slipped_in(ground, "slipped");
    let push = ground.try_git(&["push", "origin", "main"]);
    ground.shows_nothing(&push);
    assert_ne!(push.code, Some(0), "{push:?}");
    push.says(&leak).says("keyfence stopped this push");
    ground.git(&["reset", "-q", "--hard", &before]);

    let pair = ground.pair("message");
    let message = format!("Use the desk's key\n\n{}", pair.dotenv());
    let commit = ground.try_git(&["commit", "--allow-empty", "-m", &message]);
    ground.shows_nothing(&commit);
    assert_ne!(commit.code, Some(0), "{commit:?}");
    commit
        .says(&pair.fingerprint())
        .says("keyfence stopped this commit");
}

#[test]
fn pushes_and_messages_are_looked_at_where_it_is_asked_for() {
    let ground = with_a_remote();
    ground.keyfence(&["init", "--yes"]).exit(0);
    for hook in ["pre-push", "commit-msg"] {
        assert!(!ground.path(format!(".git/hooks/{hook}")).exists());
    }
    ground
        .keyfence(&["doctor"])
        .exit(0)
        .says_nothing_of("pre-push");
    ground
        .keyfence(&["init", "--push", "--message", "--check"])
        .exit(1)
        .says("+ .git/hooks/pre-push (new): each push is looked at first (git)")
        .says("+ .git/hooks/commit-msg (new): each message of a commit is looked at first (git)")
        .says("2 changes to make: keyfence init --push --message");
    ground
        .keyfence(&["init", "--push", "--message", "--yes"])
        .exit(0);
    for more in [&["--push", "--message"][..], &[]] {
        ground
            .keyfence(&[&["init", "--check"], more].concat())
            .exit(0)
            .says("everything is in place");
    }
    ground
        .keyfence(&["doctor"])
        .exit(0)
        .says("ok    pre-push: ")
        .says("ok    commit-msg: ");
    ground.commit("keyfence");
    stops_a_push_and_a_message(&ground);
    ground
        .try_git(&["commit", "--allow-empty", "-m", "fine"])
        .exit(0);
    ground.try_git(&["push", "origin", "main"]).exit(0);
    // Nothing to send is nothing to look at.
    ground.try_git(&["push", "origin", "main"]).exit(0);

    let hook = ground.path(".git/hooks/pre-push");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o644)).unwrap();
    ground
        .keyfence(&["doctor"])
        .exit(1)
        .says("hooks/pre-push is no program");
    ground.keyfence(&["init", "--undo", "--yes"]).exit(0);
    for name in ["pre-commit", "pre-merge-commit", "pre-push", "commit-msg"] {
        let hook = ground.path(format!(".git/hooks/{name}"));
        assert!(!hook.exists(), "{name}");
    }
    ground
        .keyfence(&["init", "--undo", "--push"])
        .exit(2)
        .says("cannot be used with");
}

#[test]
fn a_hook_that_reads_the_push_still_does() {
    let ground = with_a_remote();
    // As Git LFS does: what it does not read it does not send.
    let own = "#!/bin/sh\nset -eu\nsed 's/^/own: /' >&2\n";
    ground.script(".git/hooks/pre-push", own);
    ground.keyfence(&["init", "--push", "--yes"]).exit(0);
    ground.commit("keyfence");
    let head = ground.git(&["rev-parse", "HEAD"]);
    ground.git(&["branch", "other"]);
    ground
        .try_git(&["push", "origin", "main", "other"])
        .exit(0)
        .says(&format!("own: refs/heads/main {head} refs/heads/main "))
        .says(&format!("own: refs/heads/other {head} refs/heads/other "));
    let leak = slipped_in(&ground, "slipped");
    let push = ground.try_git(&["push", "origin", "main"]);
    assert_ne!(push.code, Some(0), "{push:?}");
    push.says(&leak).says_nothing_of("own: ");
    ground.keyfence(&["init", "--undo", "--yes"]).exit(0);
    assert_eq!(ground.read(".git/hooks/pre-push"), own);
}

#[test]
fn managers_get_pushes_and_messages_in_their_own_file() {
    for (file, text, push, install) in [
        (
            ".pre-commit-config.yaml",
            "repos:\n  - repo: local\n    hooks: []\n",
            "entry: keyfence hook pre-push\n",
            "--hook-type pre-push",
        ),
        (
            "lefthook.yml",
            "pre-push:\n  commands:\n    lint:\n      run: lint\n",
            "run: keyfence hook pre-push '{1}'\n      use_stdin: true\n",
            "lefthook install",
        ),
        (
            ".husky/pre-push",
            "npm test\n",
            "| keyfence hook pre-push \"$@\" || exit\n",
            "npx husky",
        ),
    ] {
        let ground = Ground::begun();
        ground.write(file, text);
        ground.keyfence(&["init", "--yes"]).exit(0);
        let first = ground.read(file);
        assert!(!first.contains(push), "{file}");
        // What is there of it stays as it is.
        ground
            .keyfence(&["init", "--push", "--yes"])
            .exit(0)
            .says(&format!("~ {file} (changed): each push is looked at first"));
        let with = ground.read(file);
        assert!(with.contains(push), "{with}");
        assert!(!ground.path(".git/hooks/pre-push").exists(), "{file}");
        // git does not run the manager yet, at neither stage.
        ground
            .keyfence(&["doctor"])
            .exit(1)
            .says("wrong pre-push: ")
            .says(install);
        ground
            .keyfence(&["init", "--push", "--check"])
            .exit(1)
            .says(install);
        ground.keyfence(&["init", "--undo", "--yes"]).exit(0);
        assert_eq!(ground.read(file), text);
    }
}

#[test]
fn every_repository_s_pushes_and_messages() {
    let ground = with_a_remote();
    let tools = ground.at("tools");
    fs::create_dir(&tools).unwrap();
    let init = |version: &str, args: &[&str]| {
        fs::write(tools.join("git"), format!("\x7fELF git/{version}\0")).unwrap();
        let mut command = ground.command(env!("CARGO_BIN_EXE_keyfence"), &ground.home());
        command
            .env("PATH", &tools)
            .args(["init", "--global"])
            .args(args);
        ground.run(command, b"")
    };
    // One directory of hooks, which call the repository's own.
    init("2.47.3", &["--yes"]).exit(0);
    init("2.47.3", &["--push", "--message", "--yes"])
        .exit(0)
        .says("hooks/pre-push (changed): runs keyfence, and then the repository's own hook")
        .says_nothing_of("hooks/pre-commit ");
    // What was asked for once stays.
    init("2.47.3", &["--check"])
        .exit(0)
        .says("everything is in place");
    ground.keyfence(&["doctor"]).says("ok    pre-push: ");
    ground.script(".git/hooks/pre-push", "#!/bin/sh\nsed 's/^/own: /' >&2\n");
    stops_a_push_and_a_message(&ground);
    ground.commit("fine");
    ground
        .try_git(&["push", "origin", "main"])
        .exit(0)
        .says("own: refs/heads/main ");
    init("2.47.3", &["--undo", "--yes"]).exit(0);
    let left = fs::read_dir(ground.at("home/.config/keyfence/hooks")).unwrap();
    assert_eq!(left.count(), 0);

    // Hooks of git's own configuration, each at its event.
    init("2.54.0", &["--yes"]).exit(0);
    init("2.54.0", &["--push", "--message", "--yes"]).exit(0);
    let file = ground.at("home/.gitconfig").display().to_string();
    let value = |name: &str| ground.git(&["config", "-f", &file, "--get-all", name]);
    assert_eq!(value("hook.keyfence.event"), "pre-commit\npre-merge-commit");
    assert_eq!(
        value("hook.keyfence-push.command"),
        "keyfence hook pre-push"
    );
    assert_eq!(value("hook.keyfence-push.event"), "pre-push");
    assert_eq!(value("hook.keyfence-msg.event"), "commit-msg");
    init("2.54.0", &["--push", "--message", "--check"]).exit(0);
    init("2.54.0", &["--undo", "--yes"]).exit(0);
    assert!(!ground.at("home/.gitconfig").exists());
}
