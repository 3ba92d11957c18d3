//! `keyfence init` and `keyfence doctor`: what they find, what they change, and that it works afterwards.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::ground::{Ground, Ran};

/// Tries to commit a leak; whether keyfence stopped it.
#[track_caller]
fn stops_a_leak(ground: &Ground, dir: &Path) -> Ran {
    let pair = ground.pair(&format!("leak {}", dir.display()));
    fs::write(dir.join("leak.env"), pair.dotenv()).unwrap();
    ground.try_git_in(dir, &["add", "leak.env"], b"").exit(0);
    let ran = ground.try_git_in(dir, &["commit", "-m", "leak"], b"");
    ground.shows_nothing(&ran);
    assert_ne!(ran.code, Some(0), "{ran:?}");
    ground
        .try_git_in(dir, &["rm", "-q", "-f", "leak.env"], b"")
        .exit(0);
    ran.says(&pair.fingerprint())
        .says("keyfence stopped this commit")
}

/// Tries to merge a branch that brings a leak, where git makes the merge by itself.
#[track_caller]
fn stops_a_merge(ground: &Ground) {
    ground.git(&["switch", "-q", "-c", "topic"]);
    let pair = ground.plant("merged", "merged.py");
    ground.commit("topic");
    ground.git(&["switch", "-q", "main"]);
    let ran = ground.try_git(&["merge", "--no-ff", "-m", "merge", "topic"]);
    assert_ne!(ran.code, Some(0), "{ran:?}");
    ran.says(&pair.fingerprint())
        .says("keyfence stopped this commit");
    ground.git(&["merge", "--abort"]);
    ground.git(&["branch", "-q", "-D", "topic"]);
}

fn everything(dir: &Path) -> Vec<(String, Vec<u8>)> {
    // What git itself writes when it commits.
    const GITS: [&str; 5] = [
        "/.git/objects/",
        "/.git/index",
        "/.git/logs/",
        "/.git/COMMIT_EDITMSG",
        "/.git/ORIG_HEAD",
    ];
    let mut all = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            if path.is_dir() {
                open.push(path);
            } else if !GITS.iter().any(|gits| name.contains(gits)) {
                all.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    all.sort();
    all
}

#[track_caller]
fn same(now: &[(String, Vec<u8>)], before: &[(String, Vec<u8>)]) {
    let differs = |all: &[(String, Vec<u8>)], others: &[(String, Vec<u8>)]| {
        let one = all.iter().find(|one| !others.contains(one));
        one.map(|(name, text)| format!("{name}: {}", String::from_utf8_lossy(text)))
    };
    assert_eq!(differs(now, before), None);
    assert_eq!(differs(before, now), None);
}

#[test]
fn a_fresh_repository() {
    let ground = Ground::begun();
    fs::create_dir(ground.path(".github")).unwrap();
    let before = everything(&ground.top());
    // Nobody is there to ask: it says what it would do, and does nothing.
    let plan = ground.keyfence(&["init"]).exit(1);
    plan.says("+ .git/hooks/pre-commit (new)")
        .says("+ .git/hooks/pre-merge-commit (new): and each merge")
        .says("    + keyfence hook || exit")
        .says("+ keyfence.toml (new)")
        .says("+ .gitattributes (new)")
        .says("+ .gitignore (new): names that hold secrets stay out of git")
        .says("    + .env")
        .says("+ .github/workflows/keyfence.yml (new)")
        .says("nothing was changed; `--yes` makes these changes");
    ground.keyfence(&["init", "--check"]).exit(1);
    ground
        .keyfence(&["doctor"])
        .exit(1)
        .says("wrong hook: nothing in")
        .says("help: keyfence init");
    same(&everything(&ground.top()), &before);

    ground
        .keyfence(&["init", "--yes"])
        .exit(0)
        .says("done; `keyfence init --undo`")
        .says("next: commit keyfence.toml, .gitattributes, .github/workflows/keyfence.yml, .gitignore: then");
    ground
        .keyfence(&["init", "--check"])
        .exit(0)
        .says("everything is in place");
    ground
        .keyfence(&["doctor"])
        .exit(0)
        .says("ok    hook: ")
        .says("ok    gitignore: ")
        .says("ok    git: 2.");
    ground
        .keyfence(&["init", "--yes"])
        .exit(0)
        .says("everything is in place");
    stops_a_leak(&ground, &ground.top());
    ground.git(&["add", "-A"]);
    ground.git(&["commit", "-q", "-m", "keyfence"]);
    stops_a_merge(&ground);
    ground.keyfence(&["init", "--undo", "--yes"]).exit(0);
    ground.git(&["reset", "-q", "HEAD^"]);
    same(&everything(&ground.top()), &before);
    ground
        .keyfence(&["init", "--undo", "--yes"])
        .exit(0)
        .says("nothing of keyfence to take out");
}

#[test]
fn what_is_there_stays() {
    let ground = Ground::begun();
    ground.script(
        ".git/hooks/pre-commit",
        "#!/bin/sh\necho linted >&2\nexec true\n",
    );
    ground.write(".gitattributes", "*.png binary\n");
    ground.write("keyfence.toml", "fail-on = \"high\"\n");
    ground.write(".gitleaksignore", "a.env:x:1\n");
    ground.write(".gitignore", "target\n");
    let before = everything(&ground.top());
    let said = ground.keyfence(&["init", "--yes"]).exit(0);
    said.says("~ .git/hooks/pre-commit (changed)")
        .says("note: .gitleaksignore counts when keyfence.toml names it");
    assert_eq!(ground.read("keyfence.toml"), "fail-on = \"high\"\n");
    stops_a_leak(&ground, &ground.top());
    ground.write("fine", "1\n");
    ground.git(&["add", "fine"]);
    ground
        .try_git(&["commit", "-m", "fine"])
        .exit(0)
        .says("linted");
    let mode = fs::metadata(ground.path(".git/hooks/pre-commit"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o755);
    ground.git(&["reset", "-q", "--hard", "HEAD^"]);
    ground.write(".gitattributes", ground.read(".gitattributes"));
    ground
        .keyfence(&["init", "--undo", "--yes"])
        .exit(0)
        .says("keyfence.toml is not as keyfence init writes it");
    same(&everything(&ground.top()), &before);
}

#[test]
fn what_other_scanners_left_is_offered() {
    let ground = Ground::begun();
    ground.plant("old", "old.env");
    ground.write(".gitleaksignore", "old.env:generic-api-key:1\n");
    ground.commit("old");
    ground.keyfence(&["scan"]).exit(1);
    ground
        .keyfence(&["doctor"])
        .exit(1)
        .says("wrong other scanners: .gitleaksignore is here");
    ground
        .keyfence(&["init", "--yes"])
        .exit(0)
        .says("what .gitleaksignore knows is left out");
    ground.keyfence(&["scan"]).exit(0).says("(1 baseline)");
    ground.keyfence(&["doctor"]).exit(0).says("1 baseline line");
}

#[test]
fn a_hook_that_is_no_shell_script_is_left_alone() {
    let ground = Ground::begun();
    ground.script(".git/hooks/pre-commit", "#!/usr/bin/env python3\n");
    let said = ground.keyfence(&["init", "--yes"]).exit(0);
    said.says("has a form that keyfence does not change; it is no shell script")
        .says("let it run `keyfence hook`");
    assert_eq!(
        ground.read(".git/hooks/pre-commit"),
        "#!/usr/bin/env python3\n"
    );
    ground.keyfence(&["init", "--check"]).exit(1);
}

#[test]
fn managers_get_it_in_their_own_file() {
    for (file, text, wrong) in [
        (
            ".pre-commit-config.yaml",
            "repos:\n  - repo: local\n    hooks: []\n",
            "pre-commit install",
        ),
        (
            "lefthook.yml",
            "pre-commit:\n  jobs:\n    - run: true\n",
            "lefthook install",
        ),
        (".husky/pre-commit", "npm test\n", "npx husky"),
    ] {
        let ground = Ground::begun();
        ground.write(file, text);
        ground
            .keyfence(&["init", "--yes"])
            .exit(0)
            .says(&format!("~ {file} (changed)"));
        assert!(ground.read(file).contains("keyfence hook"), "{file}");
        assert!(!ground.path(".git/hooks/pre-commit").exists());
        // git does not run the manager yet, and that is said.
        ground.keyfence(&["doctor"]).exit(1).says(wrong);
        ground.keyfence(&["init", "--check"]).exit(1).says(wrong);
        ground.keyfence(&["init", "--undo", "--yes"]).exit(0);
        assert_eq!(ground.read(file), text);
    }
}

#[test]
fn managers_whose_file_is_not_yaml_are_told_and_left_alone() {
    for (file, text, by_hand) in [
        (
            "prek.toml",
            "[[repos]]\nrepo = \"local\"\nhooks = []\n",
            "[[repos.hooks]]\nid = \"keyfence\"",
        ),
        (
            "lefthook.toml",
            "[pre-commit]\nparallel = true\n",
            "[pre-commit.commands.keyfence]",
        ),
        ("lefthook.json", "{}\n", "\"run\": \"keyfence hook\""),
    ] {
        let ground = Ground::begun();
        ground.write(file, text);
        ground
            .keyfence(&["init", "--yes"])
            .exit(0)
            .says("add by hand:")
            .says(by_hand);
        assert_eq!(ground.read(file), text);
        // A hook of git's own would be overwritten by the manager's.
        assert!(!ground.path(".git/hooks/pre-commit").exists(), "{file}");
    }
}

#[test]
fn a_bare_repository_has_no_commits_to_stop() {
    let ground = Ground::begun();
    ground.git(&["clone", "-q", "--bare", ".", "../served.git"]);
    let served = ground.at("served.git");
    let receive = "exec keyfence hook pre-receive";
    for args in [["init", "--yes"], ["init", "--check"]] {
        ground
            .keyfence_in(&served, &args, b"")
            .exit(2)
            .says("is a bare repository")
            .says(receive);
    }
    let doctor = || ground.keyfence_in(&served, &["doctor"], b"");
    doctor()
        .exit(1)
        .says("before a push is taken")
        .says(receive);
    let hook = served.join("hooks/pre-receive");
    fs::write(&hook, format!("#!/bin/sh\n{receive}\n")).unwrap();
    doctor().exit(1).says("chmod +x");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    doctor().exit(0).says("ok    hook: ");
    // What lies in it are git's own files, and none of a project.
    ground
        .keyfence_in(&served, &["baseline"], b"")
        .exit(2)
        .says("add --history");
    assert!(!served.join("keyfence.baseline").exists());
    ground
        .keyfence_in(&served, &["scan"], b"")
        .says("--history reads that");
}

#[test]
fn lines_end_as_the_file_has_them_and_undo_leaves_it_as_it_was() {
    let ground = Ground::begun();
    let (ignored, attributes) = ("node_modules\r\n*.log\r\n", "* text=auto\r\n");
    ground.write(".gitignore", ignored);
    ground.write(".gitattributes", attributes);
    ground.keyfence(&["init", "--yes"]).exit(0);
    for file in [".gitignore", ".gitattributes"] {
        let text = ground.read(file);
        let (ends, both) = (text.matches('\n').count(), text.matches("\r\n").count());
        assert_eq!(ends, both, "{file}");
        assert!(text.contains("keyfence"), "{file}");
    }
    ground.keyfence(&["init", "--undo", "--yes"]).exit(0);
    assert_eq!(ground.read(".gitignore"), ignored);
    assert_eq!(ground.read(".gitattributes"), attributes);
}

#[test]
fn a_worktree_and_a_directory_below() {
    let ground = Ground::begun();
    ground.git(&["worktree", "add", "-q", "-b", "topic", "../linked"]);
    let linked = ground.at("linked");
    fs::create_dir(linked.join("sub")).unwrap();
    ground
        .keyfence_in(&linked.join("sub"), &["init", "--yes"], b"")
        .exit(0);
    assert!(
        linked.join("keyfence.toml").exists(),
        "the work tree's own top"
    );
    assert!(
        ground.path(".git/hooks/pre-commit").exists(),
        "the hooks are shared"
    );
    stops_a_leak(&ground, &linked);
    ground
        .keyfence_in(&ground.home(), &["init", "--yes"], b"")
        .exit(2)
        .says("help:");
}

#[test]
fn for_every_repository_with_an_older_git() {
    let ground = Ground::begun();
    // A git whose program tells no version is taken for an old one.
    let tools = ground.at("tools");
    fs::create_dir(&tools).unwrap();
    let init = |args: &[&str]| {
        let mut command = ground.command(env!("CARGO_BIN_EXE_keyfence"), &ground.home());
        command
            .env("PATH", &tools)
            .arg("init")
            .arg("--global")
            .args(args);
        ground.run(command, b"")
    };
    fs::write(ground.at("home/.gitconfig"), "[user]\n\tname = Ada\n").unwrap();
    init(&["--check"]).exit(1).says(
        "+ home/.config/keyfence/hooks/pre-commit"
            .split('/')
            .next_back()
            .unwrap(),
    );
    init(&["--check"])
        .exit(1)
        .says("hooks/pre-push (new): runs the repository's own hook, as above\n")
        .says("note: hook managers refuse to install themselves")
        .says("25 changes to make: keyfence init --global");
    init(&["--yes"]).exit(0).says("husky");
    init(&["--check"]).exit(0);
    stops_a_leak(&ground, &ground.top());
    // The repository's own hooks still run.
    ground.script(
        ".git/hooks/pre-commit",
        "#!/bin/sh\necho own pre-commit >&2\n",
    );
    ground.script(
        ".git/hooks/commit-msg",
        "#!/bin/sh\necho own commit-msg $# >&2\n",
    );
    ground.write("fine", "1\n");
    ground.git(&["add", "-A"]);
    let said = ground.try_git(&["commit", "-m", "fine"]).exit(0);
    said.says("own pre-commit")
        .says("own commit-msg 1")
        .says("keyfence: scanned");
    // git runs hooks before there is a repository.
    let said = ground.try_git_in(&ground.home(), &["init", "../another"], b"");
    said.exit(0).says_nothing_of("fatal");
    init(&["--undo", "--yes"]).exit(0);
    assert_eq!(
        fs::read_to_string(ground.at("home/.gitconfig")).unwrap(),
        "[user]\n\tname = Ada\n"
    );
    assert_eq!(
        fs::read_dir(ground.at("home/.config/keyfence/hooks"))
            .unwrap()
            .count(),
        0
    );
    // Somebody else's directory of hooks is not taken over.
    fs::write(
        ground.at("home/.gitconfig"),
        "[core]\n\thooksPath = /elsewhere\n",
    )
    .unwrap();
    init(&["--yes"])
        .exit(0)
        .says("already runs the hooks of /elsewhere");
}

#[test]
fn for_every_repository_with_a_git_that_has_configured_hooks() {
    let ground = Ground::begun();
    let tools = ground.at("tools");
    fs::create_dir(&tools).unwrap();
    fs::write(tools.join("git"), b"\x7fELF git/2.54.0\0").unwrap();
    let init = |args: &[&str]| {
        let mut command = ground.command(env!("CARGO_BIN_EXE_keyfence"), &ground.home());
        command
            .env("PATH", &tools)
            .arg("init")
            .arg("--global")
            .args(args);
        ground.run(command, b"")
    };
    init(&["--yes"]).exit(0).says("besides its own hooks");
    let text = fs::read_to_string(ground.at("home/.gitconfig")).unwrap();
    assert!(
        text.contains("[hook \"keyfence\"]\n\tcommand = keyfence hook\n\tevent = pre-commit\n"),
        "{text}"
    );
    // git itself reads it so.
    assert_eq!(
        ground.git(&["config", "--global", "--get-all", "hook.keyfence.event"]),
        "pre-commit\npre-merge-commit"
    );
    init(&["--check"]).exit(0);
    init(&["--undo", "--yes"]).exit(0);
    assert!(!ground.at("home/.gitconfig").exists());
}

#[test]
fn a_configured_hook_is_nothing_to_an_older_git() {
    let ground = Ground::begun();
    fs::write(
        ground.at("home/.gitconfig"),
        "[hook \"keyfence\"]\n\tcommand = keyfence hook\n\tevent = pre-commit\n",
    )
    .unwrap();
    let tools = ground.at("tools");
    fs::create_dir(&tools).unwrap();
    let keyfence = |version: &str, args: &[&str]| {
        fs::write(tools.join("git"), format!("\x7fELF git/{version}\0")).unwrap();
        let mut command = ground.command(env!("CARGO_BIN_EXE_keyfence"), &ground.top());
        command.env("PATH", &tools).args(args);
        ground.run(command, b"")
    };
    for (version, fine) in [("2.54.0", true), ("2.47.3", false)] {
        let hook = if fine { "ok    hook: " } else { "wrong hook: " };
        keyfence(version, &["doctor"]).says(hook);
        let init = keyfence(version, &["init", "--check"]);
        assert_eq!(init.said().contains("hooks/pre-commit (new)"), !fine);
        let global = keyfence(version, &["init", "--global", "--check"]);
        assert_eq!(global.said().contains("hooksPath"), !fine, "{global:?}");
    }
    // What the older git was given is enough for a newer one.
    keyfence("2.47.3", &["init", "--global", "--yes"]).exit(0);
    let file = ground.at("home/.gitconfig");
    let text = fs::read_to_string(&file).unwrap();
    let path = text.split_once("# >>> keyfence").unwrap().1;
    fs::write(&file, format!("# >>> keyfence{path}")).unwrap();
    keyfence("2.54.0", &["init", "--global", "--check"])
        .exit(0)
        .says("everything is in place");
}

#[test]
fn doctor_says_what_is_wrong() {
    let ground = Ground::begun();
    ground.keyfence(&["init", "--yes"]).exit(0);
    let hook = ground.path(".git/hooks/pre-commit");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o644)).unwrap();
    ground
        .keyfence(&["doctor"])
        .exit(1)
        .says("is no program")
        .says("chmod +x");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    ground.write("keyfence.toml", "fail_on = \"high\"\n");
    ground
        .keyfence(&["doctor"])
        .exit(1)
        .says("wrong configuration: ")
        .says("fail-on");
    ground.write("keyfence.toml", "exclude-rules = [\"bybitt\"]\n");
    ground
        .keyfence(&["doctor"])
        .exit(1)
        .says("there is no rule `bybitt`");
    ground.write("keyfence.toml", "fail-on = \"high\"\n");
    ground.keyfence(&["doctor"]).exit(0).says("fail-on high");
    ground.keyfence_in(&ground.home(), &["doctor"], b"").exit(2);
}
