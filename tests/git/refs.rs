//! Refs and the small files around them, broken and hostile: the objects are scanned all the same.

use std::fs;
use std::os::unix::fs::symlink;

use crate::planted::Pair;
use crate::repo::Repo;
use crate::run::Run;
use crate::world::fifo;

/// A repository with a loose secret and a packed one.
fn repo() -> (Repo, [Pair; 2]) {
    let repo = Repo::begun();
    let packed = repo.leak("packed.env");
    repo.git(&["repack", "-dq"]);
    let loose = repo.leak("loose.env");
    (repo, [loose, packed])
}

/// Both are found, whatever stands in the refs.
#[track_caller]
fn both(repo: &Repo, pairs: &[Pair; 2]) -> Run {
    let run = repo.history();
    for pair in pairs {
        run.found(pair);
    }
    run
}

#[test]
fn a_broken_head() {
    for content in [
        &b""[..],
        b"\0\0\0\0",
        b"ref: \n",
        b"ref: refs/heads/\x1b[31m\n",
        b"ref: ../../../../etc/passwd\n",
        b"nonsense",
        b"ref: refs/heads/main\nmore\n",
        b"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\n",
        &[b'x'; 300_000],
    ] {
        let (repo, pairs) = repo();
        fs::write(repo.path(".git/HEAD"), content).unwrap();
        let run = repo.history();
        // Either git's rule holds (no such HEAD, no repository: refused aloud), or all is found.
        if run.code() == 2 {
            continue;
        }
        for pair in &pairs {
            run.found(pair);
        }
        if !content.starts_with(b"ref: refs/heads/main") {
            run.told();
        }
    }
    let (repo, _) = repo();
    fs::remove_file(repo.path(".git/HEAD")).unwrap();
    repo.history().not_clean();
}

#[test]
fn a_head_that_names_no_object() {
    let (repo, pairs) = repo();
    fs::write(repo.path(".git/HEAD"), format!("{}\n", "34".repeat(20))).unwrap();
    both(&repo, &pairs).told_of(&"34".repeat(20));
}

#[test]
fn refs_in_circles() {
    let (repo, pairs) = repo();
    repo.write(".git/refs/heads/self", "ref: refs/heads/self\n");
    repo.write(".git/refs/heads/one", "ref: refs/heads/two\n");
    repo.write(".git/refs/heads/two", "ref: refs/heads/one\n");
    both(&repo, &pairs).told_of("refs/heads/self");
    // A chain that ends, however long, and one to a ref that is not there yet.
    let (repo, pairs) = self::repo();
    for n in 0..2_000 {
        repo.write(
            format!(".git/refs/heads/chain{n}"),
            format!("ref: refs/heads/chain{}\n", n + 1),
        );
    }
    both(&repo, &pairs);
    repo.write(".git/HEAD", "ref: HEAD\n");
    repo.history().not_clean();
}

#[test]
fn names_of_refs_with_escapes() {
    let (repo, pairs) = repo();
    let head = repo.id("HEAD");
    let odd = [
        "\u{1b}[31mred",
        "\u{1b}]0;owned\u{7}",
        "a\u{202e}b",
        "line\nbreak",
        "::error::owned",
        "##[error]owned",
        "<b>bold<b>",
        "-rf",
        "a..b",
        "x.lock",
    ];
    for name in odd {
        repo.write(format!(".git/refs/heads/{name}"), format!("{head}\n"));
    }
    fs::write(
        repo.path(std::ffi::OsStr::new(".git/refs/heads"))
            .join(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"bad\xff")),
        format!("{head}\n"),
    )
    .unwrap();
    repo.write(
        ".git/packed-refs",
        format!("{head} refs/heads/packed\u{1b}[31m\n{head} ../../x\n"),
    );
    both(&repo, &pairs);
    repo.range("HEAD~1..HEAD").findings(1);
}

#[test]
fn refs_that_are_no_refs() {
    let (repo, pairs) = repo();
    for (name, content) in [
        ("empty", &b""[..]),
        ("zero", &[0; 41]),
        ("short", b"abcdef\n"),
        ("text", b"hello\n"),
        ("binary", b"\xff\xfe\x1b[31m"),
        ("null", b"0000000000000000000000000000000000000000\n"),
        ("large", &[b'a'; 1_000_000]),
    ] {
        let path = repo.path(format!(".git/refs/heads/{name}"));
        fs::write(&path, content).unwrap();
        both(&repo, &pairs).told_of(&format!("refs/heads/{name}"));
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn pipes_where_files_should_be() {
    for name in [
        "HEAD",
        "packed-refs",
        "refs/heads/pipe",
        "objects/info/alternates",
        "objects/info/packs",
        "objects/info/commit-graph",
        "objects/pack/multi-pack-index",
        "objects/pack/pack-0000000000000000000000000000000000000000.pack",
        "objects/pack/pack-0000000000000000000000000000000000000000.idx",
        "logs/HEAD",
        "logs/refs/heads/pipe",
        "shallow",
        "info/grafts",
        "info/attributes",
        "info/exclude",
        "commondir",
        "ORIG_HEAD",
        "index",
    ] {
        let (repo, pairs) = repo();
        fifo(&repo.path(".git").join(name));
        eprintln!("{name}");
        let run = repo.history();
        if run.code() == 2 && matches!(name, "HEAD" | "commondir" | "shallow") {
            continue;
        }
        for pair in &pairs {
            run.found(pair);
        }
        if matches!(
            name,
            "HEAD" | "packed-refs" | "refs/heads/pipe" | "objects/info/alternates" | "shallow"
        ) {
            run.told();
        }
    }
}

#[test]
fn links_where_files_should_be() {
    for (name, target) in [
        ("packed-refs", "/dev/zero"),
        ("refs/heads/zero", "/dev/zero"),
        ("refs/heads/loop", "loop"),
        ("refs/heads/up", ".."),
        ("refs/heads/etc", "/etc"),
        ("objects/info/alternates", "/dev/zero"),
        ("objects/pack/loop", "."),
        ("objects/aa", "../objects"),
        ("logs/refs/loop", ".."),
        ("shallow", "/dev/zero"),
    ] {
        let (repo, pairs) = repo();
        let path = repo.path(".git").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        _ = fs::remove_dir_all(&path);
        symlink(target, &path).unwrap();
        eprintln!("{name} -> {target}");
        let run = repo.history();
        if run.code() == 2 && name == "shallow" {
            continue;
        }
        run.found(&pairs[1]);
        run.found_or_told(&pairs[0]);
    }
}

#[test]
fn packed_refs_of_garbage() {
    let (repo, pairs) = repo();
    let mut garbage = b"# pack-refs with: peeled\n".to_vec();
    while garbage.len() < 40_000_000 {
        garbage.extend(b"0123456789abcdef nonsense \xff\0\x1b[31m\n^broken\n");
    }
    fs::write(repo.path(".git/packed-refs"), garbage).unwrap();
    let run = repo.large_history();
    run.told();
    for pair in &pairs {
        run.found(pair);
    }
    let line = vec![b'a'; 5_000_000];
    fs::write(repo.path(".git/packed-refs"), line).unwrap();
    both(&repo, &pairs).told();
}

#[test]
fn reflogs_of_garbage() {
    let (repo, pairs) = repo();
    let token = repo.world.token("reflog");
    for name in ["logs/HEAD", "logs/refs/heads/gone", "logs/refs/x/y/z"] {
        let mut bytes = b"no ids at all\n\xff\xfe\0\x1b[31m\n\n".to_vec();
        bytes.extend(vec![b'f'; 3_000_000]);
        bytes.extend(
            format!(
                "\n{} {} A <a> 1 +0000\tuse {}",
                "0".repeat(40),
                "1".repeat(40),
                token.0
            )
            .bytes(),
        );
        repo.write(format!(".git/{name}"), bytes);
    }
    let run = both(&repo, &pairs);
    run.found_or_told(&token);
}

#[test]
fn a_git_file_that_leads_in_circles_or_nowhere() {
    for content in [
        "gitdir: .git\n",
        "gitdir: ../tree/.git\n",
        "gitdir: /nowhere\n",
        "gitdir: /dev/zero\n",
        "gitdir: /\n",
        "gitdir: \n",
        "gitdir: \u{1b}[31m\n",
        "nonsense",
        "",
    ] {
        let world = crate::world::World::new();
        let repo = Repo::at(&world, "tree");
        repo.write(".git", content);
        for args in [&["--history"][..], &["--staged"], &["--range", "a..b"]] {
            repo.scan(args).not_clean();
        }
    }
    let world = crate::world::World::new();
    let repo = Repo::at(&world, "tree");
    fs::create_dir(&repo.root).unwrap();
    fifo(&repo.path(".git"));
    repo.history().not_clean();
}

#[test]
fn a_common_directory_that_lies() {
    for content in [
        "/nowhere\n",
        ".\n",
        "..\n",
        "\n",
        "/\n",
        "/dev/zero\n",
        "\0\n",
    ] {
        let (main, pairs) = repo();
        main.git(&["worktree", "add", "-q", "--detach", "../linked"]);
        let linked = Repo::at(&main.world, "linked");
        fs::write(main.path(".git/worktrees/linked/commondir"), content).unwrap();
        let run = linked.history();
        run.not_clean();
        if run.code() != 2 {
            run.found_or_told(&pairs[0]);
        }
    }
}

#[test]
fn a_shallow_file_of_garbage() {
    for content in [&b"nonsense\n"[..], b"\xff\xff", &[b'0'; 10_000_000]] {
        let (repo, pairs) = repo();
        fs::write(repo.path(".git/shallow"), content).unwrap();
        let run = repo.history();
        if run.code() == 2 {
            continue;
        }
        for pair in &pairs {
            run.found(pair);
        }
        run.told();
    }
    // A boundary that stands in the middle cuts nothing off: all objects are there.
    let (repo, pairs) = repo();
    let head = repo.id("HEAD");
    fs::write(repo.path(".git/shallow"), format!("{head}\n")).unwrap();
    both(&repo, &pairs);
}
