//! Trees of every kind: what is handed out, what is left out, and what is told.
#![cfg(unix)] // it makes pipes, sockets, links and names that are no text
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_types,
    missing_docs
)]

mod collector;
mod fifo;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use collector::Collector;
use keyfence::source::{ListFormat, WorktreeOptions, read_list, scan_worktree};

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(&dir.path().join(path), text.as_bytes());
    }
    dir
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn git(dir: &Path, args: &[&str]) {
    let status = Command::new("git")
        .current_dir(dir)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", "/nowhere")
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.c",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(args)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "git {args:?}");
}

#[test]
fn plain_directory_with_hidden_files() {
    let dir = tree(&[
        (".env", "a"),
        ("src/x.py", "b"),
        (".github/workflows/ci.yml", "c"),
        (".gitignore", "*.py\n"),
        (".ignore", "*\n"),
        (".rgignore", "*\n"),
        ("empty", ""),
    ]);
    let seen = Collector::scan(dir.path());
    // No repository: nothing is left out.
    assert_eq!(
        seen.paths(dir.path()),
        [
            ".env",
            ".github/workflows/ci.yml",
            ".gitignore",
            ".ignore",
            ".rgignore",
            "empty",
            "src/x.py"
        ]
    );
    assert!(seen.gaps().is_empty());
    let stats = *seen.stats.lock().unwrap();
    assert_eq!((stats.files, stats.bytes, stats.ignored), (7, 12, 0));
}

#[test]
fn ignored_and_tracked() {
    let dir = tree(&[
        (".gitignore", "*.log\n/build/\nsecret/\n!keep.log\n"),
        ("a.log", "1"),
        ("keep.log", "2"),
        ("tracked.log", "3"),
        ("build/out", "4"),
        ("build/forced/in", "5"),
        ("build/forced/out", "6"),
        ("sub/build/x", "7"),
        ("sub/.gitignore", "*.tmp\n"),
        ("sub/a.tmp", "8"),
        ("a.tmp", "9"),
        ("excluded-here", "10"),
        ("secret/.gitignore", "!*\n"),
        ("secret/x", "11"),
    ]);
    git(dir.path(), &["init", "-q"]);
    fs::create_dir_all(dir.path().join(".git/info")).unwrap();
    fs::write(dir.path().join(".git/info/exclude"), "excluded-here\n").unwrap();
    git(dir.path(), &["add", "-f", "tracked.log", "build/forced/in"]);
    let seen = Collector::scan(dir.path());
    let all = [
        ".gitignore",
        "a.tmp",
        "build/forced/in",
        "excluded-here",
        "keep.log",
        "sub/.gitignore",
        "sub/build/x",
        "tracked.log",
    ];
    assert_eq!(seen.paths(dir.path()), all);
    assert!(seen.gaps().is_empty());
    // a.log, build/out, build/forced/out, sub/a.tmp, secret
    assert_eq!(seen.stats.lock().unwrap().ignored, 5);

    let sub = dir.path().join("sub");
    assert_eq!(Collector::scan(&sub).paths(&sub), [".gitignore", "build/x"]);
    let options = WorktreeOptions {
        no_ignore: true,
        ..Default::default()
    };
    let seen = Collector::scan_with(&[dir.path().to_owned()], &options);
    assert_eq!(seen.paths(dir.path()).len(), 14);

    // Files named by the user are scanned, and a directory named so is entered.
    assert_eq!(
        Collector::scan(&dir.path().join("a.log")).paths(dir.path()),
        ["a.log"]
    );
    let build = dir.path().join("build");
    assert_eq!(
        Collector::scan(&build).paths(&build),
        ["forced/in", "forced/out", "out"]
    );
}

#[test]
fn patterns_above_apply_below() {
    let dir = tree(&[
        (".gitignore", "*.a\n/sub/b\n"),
        ("sub/.gitignore", "!x.a\n"),
        ("sub/deep/x.a", "1"),
        ("sub/deep/y.a", "2"),
        ("sub/b", "3"),
        ("sub/deep/b", "4"),
    ]);
    git(dir.path(), &["init", "-q"]);
    let deep = dir.path().join("sub/deep");
    assert_eq!(Collector::scan(&deep).paths(&deep), ["b", "x.a"]);
    let sub = dir.path().join("sub");
    assert_eq!(
        Collector::scan(&sub).paths(&sub),
        [".gitignore", "deep/b", "deep/x.a"]
    );
}

#[test]
fn repositories_inside_have_their_own_rules() {
    let dir = tree(&[
        (".gitignore", "*.log\n"),
        ("inner/.gitignore", "*.tmp\n"),
        ("inner/a.log", "1"),
        ("inner/a.tmp", "2"),
        ("inner/forced.tmp", "3"),
        ("a.tmp", "4"),
    ]);
    git(dir.path(), &["init", "-q"]);
    let inner = dir.path().join("inner");
    git(&inner, &["init", "-q"]);
    git(&inner, &["add", "-f", "forced.tmp"]);
    let seen = Collector::scan(dir.path());
    assert_eq!(
        seen.paths(dir.path()),
        [
            ".gitignore",
            "a.tmp",
            "inner/.gitignore",
            "inner/a.log",
            "inner/forced.tmp"
        ]
    );
}

#[test]
fn linked_worktrees_and_index_forms() {
    let dir = tree(&[
        ("main/.gitignore", "*.x\n"),
        ("main/a.x", "1"),
        ("main/b.x", "2"),
        ("main/d/c.x", "3"),
    ]);
    let main = dir.path().join("main");
    for (at, setup) in [
        &["init", "-q"][..],
        &["init", "-q", "--object-format=sha256"],
        &["-c", "index.skipHash=true", "init", "-q"],
        &["init", "-q"],
        &["init", "-q"],
    ]
    .iter()
    .enumerate()
    {
        git(&main, setup);
        match at {
            2 => git(&main, &["config", "index.skipHash", "true"]),
            3 => git(&main, &["config", "index.version", "4"]),
            4 => git(&main, &["config", "core.splitIndex", "true"]),
            _ => {}
        }
        git(&main, &["add", "-f", ".gitignore", "a.x"]);
        git(&main, &["add", "-f", "d/c.x"]);
        let seen = Collector::scan(&main);
        assert_eq!(
            seen.paths(&main),
            [".gitignore", "a.x", "d/c.x"],
            "{setup:?}"
        );
        assert_eq!(seen.gaps(), [""; 0]);
        git(&main, &["commit", "-qm", "x"]);
        let linked = dir.path().join(format!("linked{at}"));
        git(
            &main,
            &[
                "worktree",
                "add",
                "-q",
                linked.to_str().unwrap(),
                "-b",
                "other",
            ],
        );
        write(&linked.join("b.x"), b"9");
        // The `.git` file itself is content: nobody knows what it holds.
        assert_eq!(
            Collector::scan(&linked).paths(&linked),
            [".git", ".gitignore", "a.x", "d/c.x"]
        );
        fs::remove_dir_all(main.join(".git")).unwrap();
    }
}

#[test]
fn what_a_sparse_index_holds_as_a_whole_is_tracked() {
    let dir = tree(&[
        (".gitignore", "*.x\n/a/\n"),
        ("a/b/1.x", "1"),
        ("c/2.x", "2"),
        ("c/3.x", "3"),
        ("d/4.x", "4"),
    ]);
    git(dir.path(), &["init", "-q"]);
    git(
        dir.path(),
        &["add", "-f", ".gitignore", "a/b/1.x", "c/2.x", "d/4.x"],
    );
    git(dir.path(), &["commit", "-qm", "x"]);
    git(
        dir.path(),
        &["sparse-checkout", "set", "--cone", "--sparse-index", "c"],
    );
    write(&dir.path().join("a/b/1.x"), b"1");
    write(&dir.path().join("d/4.x"), b"4");
    let seen = Collector::scan(dir.path());
    assert_eq!(
        seen.paths(dir.path()),
        [".gitignore", "a/b/1.x", "c/2.x", "d/4.x"]
    );
    assert!(seen.gaps().is_empty());
}

#[test]
fn a_damaged_index_is_told_once() {
    let dir = tree(&[
        (".gitignore", "*.x\n"),
        ("a.x", "1"),
        ("b.x", "2"),
        ("c", "3"),
    ]);
    git(dir.path(), &["init", "-q"]);
    git(dir.path(), &["add", "-f", "a.x"]);
    let index = dir.path().join(".git/index");
    let whole = fs::read(&index).unwrap();
    let mut flipped = whole.clone();
    flipped[40] ^= 1;
    for bytes in [&whole[..whole.len() - 30], &flipped, b"DIRC", b""] {
        fs::write(&index, bytes).unwrap();
        let seen = Collector::scan(dir.path());
        assert_eq!(seen.paths(dir.path()), [".gitignore", "c"]);
        assert_eq!(seen.gaps().len(), 1, "{:?}", seen.gaps());
    }
    fs::remove_file(&index).unwrap();
    fifo::fifo(&index);
    assert_eq!(Collector::scan(dir.path()).gaps().len(), 1);
    fs::remove_file(&index).unwrap();
    assert!(
        Collector::scan(dir.path()).gaps().is_empty(),
        "no index is an empty one"
    );
}

#[test]
fn odd_gitignore_files_hide_nothing_and_block_nothing() {
    let dir = tree(&[
        ("a/x", "1"),
        ("b/x", "2"),
        ("c/x", "3"),
        ("d/x", "4"),
        ("all", "*\n"),
    ]);
    git(dir.path(), &["init", "-q"]);
    symlink("../all", dir.path().join("a/.gitignore")).unwrap();
    fs::create_dir(dir.path().join("b/.gitignore")).unwrap();
    fifo::fifo(&dir.path().join("c/.gitignore"));
    write(&dir.path().join("d/.gitignore"), b"*\0\n\xff\xfe\n[");
    let seen = Collector::scan(dir.path());
    // `*` before a NUL is all of that line, as git reads it.
    assert_eq!(
        seen.paths(dir.path()),
        ["a/.gitignore", "a/x", "all", "b/x", "c/x"]
    );
    assert_eq!(seen.content("a/.gitignore").unwrap(), b"../all");
}

#[test]
fn odd_dot_git() {
    let dir = tree(&[
        ("file/.git", "not a link\n"),
        ("file/x", "1"),
        ("nowhere/.git", "gitdir: /does/not/exist\n"),
        ("nowhere/x", "2"),
        ("plain/.git/config", "3"),
        ("elsewhere/x", "4"),
    ]);
    let elsewhere = dir.path().join("elsewhere");
    git(&elsewhere, &["init", "-q", "--separate-git-dir=store"]);
    assert!(elsewhere.join("store/HEAD").exists());
    let seen = Collector::scan(dir.path());
    for path in [
        "file/.git",
        "file/x",
        "nowhere/.git",
        "nowhere/x",
        "plain/.git/config",
        "elsewhere/x",
    ] {
        assert!(seen.content(path).is_some(), "{path}");
    }
    assert_eq!(Collector::scan(&elsewhere).paths(&elsewhere), [".git", "x"]);
    git(&dir.path().join("file"), &["--version"]);
}

#[test]
fn links_pipes_sockets() {
    let outside = tree(&[("secret", "outside")]);
    let dir = tree(&[("a/x", "1")]);
    symlink(outside.path(), dir.path().join("out")).unwrap();
    symlink(outside.path().join("secret"), dir.path().join("file")).unwrap();
    symlink("..", dir.path().join("a/loop")).unwrap();
    symlink("gone", dir.path().join("broken")).unwrap();
    fifo::fifo(&dir.path().join("pipe"));
    let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("socket")).unwrap();
    let seen = Collector::scan(dir.path());
    assert_eq!(
        seen.paths(dir.path()),
        ["a/loop", "a/x", "broken", "file", "out"]
    );
    assert_eq!(
        seen.content("/out").unwrap(),
        outside.path().as_os_str().as_bytes()
    );
    assert_eq!(seen.content("a/loop").unwrap(), b"..");
    assert!(seen.gaps().is_empty());

    // A root is followed, whatever it is; a listed one is not.
    let root = dir.path().join("out");
    assert_eq!(Collector::scan(&root).paths(&root), ["secret"]);
    let root = dir.path().join("file");
    assert_eq!(Collector::scan(&root).content("/file").unwrap(), b"outside");
    let listed = WorktreeOptions {
        listed: true,
        ..Default::default()
    };
    let seen = Collector::scan_with(&[root, dir.path().join("gone")], &listed);
    assert_eq!(
        seen.content("/file").unwrap(),
        outside.path().join("secret").as_os_str().as_bytes()
    );
    assert_eq!(seen.gaps().len(), 1);
    assert!(
        Collector::scan(&dir.path().join("pipe"))
            .paths(dir.path())
            .is_empty()
    );
    let sink = Collector::default();
    assert!(
        scan_worktree(
            &[dir.path().join("gone")],
            &WorktreeOptions::default(),
            &sink
        )
        .is_err()
    );
}

#[test]
fn names_of_any_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let names: [&[u8]; 8] = [
        b"new\nline",
        b"\xff\xfe",
        b"-",
        b"--output=x",
        b"\x1b[31m",
        b" ",
        b"a\\b",
        b"\xc3(",
    ];
    for name in names {
        write(&dir.path().join(OsStr::from_bytes(name)), name);
    }
    let seen = Collector::scan(dir.path());
    assert_eq!(seen.contents.lock().unwrap().len(), names.len());
    assert_eq!(
        seen.stats.lock().unwrap().bytes,
        names.iter().map(|n| n.len() as u64).sum::<u64>()
    );
}

#[test]
fn paths_as_the_user_wrote_them() {
    let dir = tree(&[("src/x.py", "1"), ("-", "2")]);
    // The only test that needs a current directory: relative roots are those of a child process.
    let me = std::env::current_exe().unwrap();
    if std::env::var_os("KEYFENCE_TEST_RELATIVE").is_none() {
        let status = Command::new(me)
            .args(["--exact", "paths_as_the_user_wrote_them"])
            .env("KEYFENCE_TEST_RELATIVE", "1")
            .current_dir(dir.path())
            .status()
            .unwrap();
        assert!(status.success());
        return;
    }
    let paths = |root: &str| Collector::scan(Path::new(root)).paths(Path::new("/none"));
    assert_eq!(paths("."), ["-", "src/x.py"]);
    assert_eq!(paths("./"), ["-", "src/x.py"]);
    assert_eq!(paths("src"), ["src/x.py"]);
    assert_eq!(paths("./src/"), ["src/x.py"]);
    assert_eq!(paths("src/x.py"), ["src/x.py"]);
    assert_eq!(paths("-"), ["-"]);
    assert_eq!(paths("src/.."), ["src/../-", "src/../src/x.py"]);
}

#[test]
fn deeper_than_the_system_takes() {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "-q"]);
    write(&dir.path().join(".gitignore"), b"*.log\n");
    let name = "d".repeat(200);
    let mut at = fs::File::open(dir.path()).unwrap();
    let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::DIRECTORY;
    let file = |at: &fs::File, name: &str, text: &[u8]| {
        let flags = rustix::fs::OFlags::WRONLY | rustix::fs::OFlags::CREATE;
        let fd = rustix::fs::openat(at, name, flags, 0o600.into()).unwrap();
        std::io::Write::write_all(&mut fs::File::from(fd), text).unwrap();
    };
    for level in 0..60 {
        file(&at, "x.py", format!("level {level}").as_bytes());
        file(&at, "x.log", b"no");
        rustix::fs::mkdirat(&at, &*name, 0o700.into()).unwrap();
        at = rustix::fs::openat(&at, &*name, flags, rustix::fs::Mode::empty())
            .unwrap()
            .into();
    }
    rustix::fs::symlinkat("target", &at, "link").unwrap();
    let seen = Collector::scan(dir.path());
    assert!(seen.gaps().is_empty(), "{:?}", seen.gaps());
    assert_eq!(seen.paths(dir.path()).len(), 62);
    assert_eq!(seen.content("/link").unwrap(), b"target");
    assert_eq!(seen.stats.lock().unwrap().ignored, 60);
}

#[test]
fn unreadable_is_a_gap() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tree(&[("a", "1"), ("d/x", "2")]);
    fs::set_permissions(dir.path().join("a"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(dir.path().join("d"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(dir.path().join("a")).is_ok() {
        return; // The superuser reads all.
    }
    let seen = Collector::scan(dir.path());
    assert_eq!(seen.gaps().len(), 2);
    fs::set_permissions(dir.path().join("d"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn lists_of_files() {
    let dir = tree(&[("lines", "a b\r\n\nc\n"), ("nuls", "a\nb\0\0c")]);
    let read = |name: &str, format| read_list(&dir.path().join(name), format).unwrap();
    assert_eq!(
        read("lines", ListFormat::Lines),
        [PathBuf::from("a b"), PathBuf::from("c")]
    );
    assert_eq!(
        read("nuls", ListFormat::Nul),
        [PathBuf::from("a\nb"), PathBuf::from("c")]
    );
    assert!(read_list(&dir.path().join("gone"), ListFormat::Lines).is_err());
}
