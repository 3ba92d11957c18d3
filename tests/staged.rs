//! What `--staged` tells: repositories made by git, and the findings that a commit would bring in.
#![cfg(unix)] // the judge is git on a system with links and permission bits
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_types,
    missing_docs
)]

mod changes;

use changes::repo::{Repo, env, no_env};
use changes::{filled, lines, pair, staged, staged_in, staged_with};
use keyfence::settings::Settings;

/// A repository with one commit that holds these files.
fn committed(files: &[(&str, &str)]) -> Repo {
    let repo = Repo::empty();
    for (path, text) in files {
        repo.write(&format!("repo/{path}"), text);
    }
    repo.git("repo", &["add", "-A"]);
    repo.git("repo", &["commit", "-q", "-m", "first"]);
    repo
}

/// Writes a file and stages it.
fn stage(repo: &Repo, path: &str, text: impl AsRef<[u8]>) {
    repo.write(&format!("repo/{path}"), text);
    repo.git("repo", &["add", path]);
}

#[test]
fn on_an_unborn_branch_all_is_new() {
    let repo = Repo::empty();
    assert!(staged(&repo).is_clean(), "no index at all");
    stage(&repo, "bot/.env", pair(1));
    stage(&repo, "README", "hello\n");
    let told = staged(&repo);
    assert_eq!(told.found(), ["bybit bot/.env:2"]);
    assert_eq!(told.report.stats.blobs, 2);
}

#[test]
fn the_index_counts_and_not_the_file() {
    let repo = committed(&[("a", "x\n"), ("b", "y\n")]);
    stage(&repo, "a", pair(1));
    repo.write("repo/a", "clean again\n");
    repo.write("repo/b", pair(2));
    repo.write("repo/untracked", pair(3));
    assert_eq!(staged(&repo).found(), ["bybit a:2"]);
    std::fs::remove_file(repo.path("repo/a")).unwrap();
    assert_eq!(staged(&repo).found(), ["bybit a:2"]);
}

#[test]
fn old_findings_in_a_touched_file_are_counted() {
    let repo = committed(&[("a", &(pair(1) + &lines(0, 9)))]);
    stage(&repo, "a", lines(20, 22) + &pair(1) + &lines(0, 12));
    let told = staged(&repo);
    assert!(told.is_clean(), "{told:?}");
    assert_eq!(told.report.older, 1);
    stage(
        &repo,
        "a",
        lines(20, 22) + &pair(1) + &lines(0, 12) + &pair(2),
    );
    let told = staged(&repo);
    assert_eq!(told.found(), ["bybit a:18"]);
    assert_eq!(told.report.older, 1);
}

#[test]
fn untouched_files_are_not_read() {
    let repo = committed(&[("a/b/c", &pair(1)), ("a/d", "x\n"), ("e/f", "y\n")]);
    stage(&repo, "a/d", "changed\n");
    let told = staged(&repo);
    assert!(told.is_clean());
    assert_eq!((told.report.older, told.report.stats.blobs), (0, 1));
}

#[test]
fn a_secret_that_moves_within_its_file_stands_on_an_added_line() {
    let many = lines(0, 30);
    let repo = committed(&[("a", &(pair(1) + &many))]);
    stage(&repo, "a", many + &pair(1));
    assert_eq!(staged(&repo).found(), ["bybit a:32"]);
}

#[test]
fn a_new_part_beside_an_old_one_leads() {
    let secret = filled("BYBIT_API_SECRET=«bybit.secret»\n");
    let key = filled("BYBIT_API_KEY=«bybit.key»\n");
    let repo = committed(&[("a", &secret)]);
    stage(&repo, "a", secret + &key);
    let told = staged(&repo);
    assert_eq!(told.found(), ["bybit a:2"]);
    let place = &told.only().places[0];
    assert_eq!(told.only().parts[place.lead].name, "key");
}

#[test]
fn an_allow_comment_that_is_taken_away() {
    let allowed = filled("BYBIT_API_SECRET=«bybit.secret» # keyfence:allow\n");
    let bare = filled("BYBIT_API_SECRET=«bybit.secret»\n");
    let repo = committed(&[("a", &(allowed.clone() + "x\n"))]);
    stage(&repo, "a", allowed + "y\n");
    let told = staged(&repo);
    assert!(told.is_clean());
    assert_eq!(told.report.older, 0, "what is allowed is no old finding");
    stage(&repo, "a", bare + "x\n");
    assert_eq!(staged(&repo).found().len(), 1);
    // On a line of its own above the value, no line of the credential changes.
    let key = filled("BYBIT_API_SECRET=«bybit.secret#2»\n");
    let repo = committed(&[("a", &format!("# keyfence:allow\n{key}"))]);
    stage(&repo, "a", format!("#\n{key}"));
    assert_eq!(staged(&repo).found(), ["bybit-secret a:2"]);
}

#[test]
fn a_providers_name_above_an_old_value() {
    let values = filled("api_key = \"«bybit.key»\"\nsecret = \"«bybit.secret»\"\n");
    let repo = committed(&[("a.ini", &format!("[main]\n{values}"))]);
    stage(&repo, "a.ini", format!("[bybit]\n{values}"));
    assert_eq!(staged(&repo).found(), ["bybit a.ini:3"]);
}

#[test]
fn renames_and_copies() {
    let text = lines(0, 40) + &pair(1);
    let repo = committed(&[("old/a", &text), ("keep", &pair(9))]);
    repo.git("repo", &["mv", "old", "new"]);
    let told = staged(&repo);
    assert!(told.is_clean(), "{told:?}");
    assert_eq!(told.report.older, 1);
    stage(&repo, "new/a", format!("{text}{}", pair(2)));
    assert_eq!(staged(&repo).found(), ["bybit new/a:44"]);
    // A copy is a second place.
    stage(&repo, "copy", pair(9));
    let told = staged(&repo);
    assert_eq!(told.found().len(), 2);
    assert!(told.found().contains(&"bybit copy:2".to_owned()));
}

#[test]
fn a_renamed_directory_of_many_changed_files_with_secrets() {
    // As git does: the file of the same name is the older version, if it is alike; others are not read.
    let repo = committed(&[("top", "x\n")]);
    let text = |number: u32| lines(number, number + 20) + &pair(number);
    (0..300).for_each(|number| repo.write(&format!("repo/old/{number}"), text(number)));
    repo.git("repo", &["add", "-A"]);
    repo.git("repo", &["commit", "-q", "-m", "many"]);
    repo.git("repo", &["mv", "old", "new"]);
    for number in 0..300 {
        let path = format!("repo/new/{number}");
        repo.write(&path, text(number) + "changed\n");
    }
    repo.git("repo", &["add", "-A"]);
    let told = staged(&repo);
    assert!(told.is_clean(), "{:?}", told.found());
    assert_eq!(told.report.older, 300);
}

#[test]
fn a_file_that_is_mostly_another_one_is_new() {
    let repo = committed(&[("old", &(pair(1) + &lines(0, 9)))]);
    repo.git("repo", &["rm", "-q", "old"]);
    stage(&repo, "new", pair(1) + &lines(100, 190));
    assert_eq!(staged(&repo).found(), ["bybit new:2"]);
}

#[test]
fn modes_deletions_submodules_and_intentions_hold_nothing() {
    let repo = committed(&[("a", &pair(1)), ("b", &pair(2)), ("c", "x\n")]);
    repo.git("repo", &["update-index", "--chmod=+x", "a"]);
    repo.git("repo", &["rm", "-q", "b"]);
    repo.write("repo/d", pair(3));
    repo.git("repo", &["add", "-N", "d"]);
    let head = repo.git("repo", &["rev-parse", "HEAD"]);
    let entry = format!("160000,{head},sub");
    repo.git("repo", &["update-index", "--add", "--cacheinfo", &entry]);
    let told = staged(&repo);
    assert!(told.is_clean(), "{told:?}");
    assert_eq!(told.report.stats.blobs, 0);
    repo.git("repo", &["add", "d"]);
    assert_eq!(staged(&repo).found(), ["bybit d:2"]);
}

#[test]
fn links_are_content() {
    let repo = committed(&[("a", "x\n")]);
    let target = pair(1).replace('\n', " ");
    std::os::unix::fs::symlink(target, repo.path("repo/link")).unwrap();
    repo.git("repo", &["add", "link"]);
    assert_eq!(staged(&repo).found(), ["bybit link:1"]);
}

#[test]
fn both_sides_of_a_conflict() {
    let repo = committed(&[("a", "base\n"), ("b", "base\n")]);
    repo.git("repo", &["checkout", "-q", "-b", "other"]);
    repo.commit("a", pair(1));
    repo.git("repo", &["checkout", "-q", "main"]);
    repo.commit("a", pair(2));
    assert!(!repo.git_agrees("repo", &["merge", "-q", "other"]));
    let listed = repo.git("repo", &["ls-files", "--unmerged"]);
    assert_eq!(listed.lines().count(), 3);
    // Theirs is not in HEAD, ours is.
    let told = staged(&repo);
    assert_eq!(told.found(), ["bybit a:2"]);
    assert!(told.gaps().is_empty());
    // Resolved with a third one.
    stage(&repo, "a", pair(3));
    assert_eq!(staged(&repo).found(), ["bybit a:2"]);
    repo.git("repo", &["commit", "-q", "-m", "merged"]);
    assert!(staged(&repo).is_clean());
}

#[test]
fn from_anywhere_in_the_repository() {
    let repo = committed(&[("sub/deep/a", "x\n"), ("b", "y\n")]);
    stage(&repo, "b", pair(1));
    let told = staged_in(&repo.path("repo/sub/deep"), &no_env);
    assert_eq!(told.found(), ["bybit b:2"]);
    let git_dir = repo.path("repo/.git");
    let told = staged_in(&repo.path("."), &env(&[("GIT_DIR", &git_dir)]));
    assert_eq!(told.found(), ["bybit b:2"]);
}

#[test]
fn linked_worktrees_have_an_index_and_a_head_of_their_own() {
    let repo = committed(&[("a", "x\n")]);
    repo.git("repo", &["worktree", "add", "-q", "-b", "side", "../side"]);
    stage(&repo, "a", pair(1));
    repo.write("side/b", pair(2));
    repo.git("side", &["add", "b"]);
    let side = staged_in(&repo.path("side"), &no_env);
    assert_eq!(side.found(), ["bybit b:2"]);
    repo.git("side", &["commit", "-q", "-m", "side"]);
    assert!(staged_in(&repo.path("side"), &no_env).is_clean());
    assert_eq!(staged(&repo).found(), ["bybit a:2"]);
}

#[test]
fn the_index_that_git_names() {
    let repo = committed(&[("a", "x\n"), ("b", "y\n")]);
    stage(&repo, "a", pair(1));
    let other = repo.path("other.index");
    std::fs::copy(repo.path("repo/.git/index"), &other).unwrap();
    repo.git("repo", &["reset", "-q"]);
    assert!(staged(&repo).is_clean());
    let told = staged_in(&repo.path("repo"), &env(&[("GIT_INDEX_FILE", &other)]));
    assert_eq!(told.found(), ["bybit a:2"]);
    // Relative to the top, wherever we are, as for git.
    let relative = std::path::Path::new("../other.index");
    let told = staged_in(
        &repo.path("repo/.git/.."),
        &env(&[("GIT_INDEX_FILE", relative)]),
    );
    assert_eq!(told.found(), ["bybit a:2"]);
}

/// What the hook of this commit would be told. The commit is not made.
fn in_hook(repo: &Repo, dir: &str, args: &[&str]) -> changes::Told {
    let hook = repo.path("repo/.git/hooks/pre-commit");
    let kept = repo.path("kept.index");
    // The file is gone when git ends.
    let script = format!(
        "#!/bin/sh\ncp \"$GIT_INDEX_FILE\" '{}'\nexit 1\n",
        kept.display()
    );
    std::fs::write(&hook, script).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(&hook, mode).unwrap();
    assert!(!repo.git_agrees(dir, &[&["commit", "-q", "-m", "m"], args].concat()));
    let told = staged_in(&repo.path(dir), &env(&[("GIT_INDEX_FILE", &kept)]));
    std::fs::remove_file(&kept).unwrap();
    std::fs::remove_file(&hook).unwrap();
    told
}

#[test]
fn the_index_that_git_gives_its_hook() {
    let repo = committed(&[("a", "x\n"), ("d/b", "y\n"), ("c", "z\n")]);
    stage(&repo, "c", pair(1));
    repo.write("repo/a", pair(2));
    repo.write("repo/d/b", pair(3));
    assert_eq!(in_hook(&repo, "repo", &[]).found(), ["bybit c:2"]);
    let mut all = in_hook(&repo, "repo", &["-a"]).found();
    all.sort();
    assert_eq!(all, ["bybit a:2", "bybit c:2", "bybit d/b:2"]);
    // Only this path, though another is staged; named from within a directory.
    assert_eq!(in_hook(&repo, "repo/d", &["b"]).found(), ["bybit d/b:2"]);
    assert_eq!(in_hook(&repo, "repo", &["-i", "a"]).found().len(), 2);
    repo.write("repo/a", "x\n");
    assert_eq!(in_hook(&repo, "repo", &["--amend"]).found(), ["bybit c:2"]);
}

#[test]
fn the_index_of_a_submodule() {
    let inner = committed(&[("a", "x\n")]);
    let repo = committed(&[("b", "y\n")]);
    let url = inner.path("repo").display().to_string();
    repo.git("repo", &["submodule", "add", "-q", &url, "sub"]);
    assert!(staged(&repo).is_clean(), "what it holds is not ours");
    repo.write("repo/sub/a", pair(1));
    repo.git("repo/sub", &["add", "a"]);
    assert!(staged(&repo).is_clean());
    let told = staged_in(&repo.path("repo/sub"), &no_env);
    assert_eq!(told.found(), ["bybit a:2"]);
}

#[test]
fn the_same_with_any_number_of_threads() {
    let repo = committed(&[("a", "x\n")]);
    for n in 0..30_u32 {
        repo.write(
            &format!("repo/d{}/f{n}", n % 5),
            lines(n, n + 9) + &pair(n % 11),
        );
    }
    repo.git("repo", &["add", "-A"]);
    let with = |threads| {
        let settings = Settings {
            threads: Some(threads),
            ..Settings::default()
        };
        let told = staged_with(&repo.path("repo"), &no_env, &settings);
        assert_eq!(told.found().len(), 11);
        format!("{:?}", told.report)
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(4));
}

#[test]
fn blobs_that_are_too_large_to_be_held() {
    let repo = committed(&[("big", "small\n")]);
    // Holes cost nothing, neither in the work tree nor in windows.
    let path = repo.path("repo/big");
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(65 << 20).unwrap();
    std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0)).unwrap();
    std::io::Write::write_all(&mut file, format!("\n{}", pair(1)).as_bytes()).unwrap();
    drop(file);
    repo.git("repo", &["add", "big"]);
    let told = staged(&repo);
    assert_eq!(told.found(), ["bybit big:4"], "{:?}", told.gaps());
}

#[test]
fn every_form_of_an_index() {
    let forms: [&[&str]; 6] = [
        &["-c", "index.version=2"],
        &["-c", "index.version=3"],
        &["-c", "index.version=4"],
        &["-c", "index.skipHash=true"],
        &["-c", "core.splitIndex=true"],
        &["-c", "index.threads=2", "-c", "index.version=4"],
    ];
    for form in forms {
        for hash in ["sha1", "sha256"] {
            let repo = Repo::none();
            repo.git(".", &["init", "-q", "--object-format", hash, "repo"]);
            let run = |args: &[&str]| repo.git("repo", &[form, args].concat());
            for n in 0..40 {
                repo.write(&format!("repo/d{}/file{n}", n % 3), lines(n, n + 9));
            }
            run(&["add", "-A"]);
            run(&["commit", "-q", "-m", "first"]);
            assert!(staged(&repo).is_clean(), "{form:?} {hash}");
            repo.write("repo/d1/file7", pair(1));
            repo.write("repo/d3/new", pair(2));
            // An extended flag asks for version 3.
            repo.write("repo/intended", pair(3));
            run(&["add", "-N", "intended"]);
            run(&["rm", "-q", "d0/file0", "d2/file38"]);
            run(&["update-index", "--skip-worktree", "d1/file4"]);
            run(&["update-index", "--assume-unchanged", "d1/file10"]);
            run(&["add", "d1", "d3"]);
            let told = staged(&repo);
            assert_eq!(
                told.found(),
                ["bybit d1/file7:2", "bybit d3/new:2"],
                "{form:?} {hash}"
            );
            assert!(told.gaps().is_empty(), "{form:?} {hash}");
            run(&["commit", "-q", "-m", "second"]);
            assert!(staged(&repo).is_clean(), "{form:?} {hash}");
        }
    }
}

#[test]
fn split_indexes_replace_and_delete_exactly() {
    let repo = committed(&[("a", "x\n"), ("b", "y\n"), ("c", "z\n")]);
    repo.write("repo/a", pair(1));
    repo.write("repo/b", pair(2));
    repo.git("repo", &["add", "-A"]);
    repo.git("repo", &["update-index", "--split-index"]);
    assert_eq!(staged(&repo).found().len(), 2);
    // Against the shared index: one replaced, one deleted, one added.
    stage(&repo, "a", "clean\n");
    repo.git("repo", &["rm", "-q", "-f", "b"]);
    stage(&repo, "d", pair(3));
    assert_eq!(staged(&repo).found(), ["bybit d:2"]);
}

#[test]
fn sparse_indexes() {
    let repo = committed(&[
        ("in/a", "x\n"),
        ("out/b", "y\n"),
        ("out/deep/c", "z\n"),
        ("top", "t\n"),
    ]);
    repo.git(
        "repo",
        &["sparse-checkout", "set", "--cone", "--sparse-index", "in"],
    );
    let sparse = repo.git("repo", &["ls-files", "--sparse"]);
    assert!(sparse.contains("out/\n"), "{sparse}");
    assert!(staged(&repo).is_clean());
    stage(&repo, "in/a", pair(1));
    assert_eq!(staged(&repo).found(), ["bybit in/a:2"]);
    repo.git("repo", &["commit", "-q", "-m", "in"]);
    // A whole directory that differs from HEAD: HEAD moves, the index stays.
    repo.git("repo", &["sparse-checkout", "disable"]);
    repo.commit("out/deep/c", pair(2));
    repo.git(
        "repo",
        &["sparse-checkout", "set", "--cone", "--sparse-index", "in"],
    );
    repo.git("repo", &["update-ref", "HEAD", "HEAD~1"]);
    let sparse = repo.git("repo", &["ls-files", "--sparse"]);
    assert!(sparse.contains("out/\n"), "{sparse}");
    assert_eq!(staged(&repo).found(), ["bybit out/deep/c:2"]);
}

#[test]
fn what_is_added_below_a_sparse_directory() {
    let repo = committed(&[("in/a", "x\n"), ("out/b", "y\n"), ("out/deep/c", "z\n")]);
    let git = |args: &[&str]| repo.git("repo", args);
    git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    // Git writes these beside the directory that holds them, and leaves that whole.
    for (number, path) in (1..).zip(["out/b", "out/deep/new", "out/new"]) {
        repo.write("blob", pair(number));
        let id = git(&["hash-object", "-w", "../blob"]);
        let info = format!("100644,{},{path}", id.trim());
        git(&["update-index", "--add", "--cacheinfo", &info]);
    }
    let sparse = git(&["ls-files", "--sparse"]);
    assert!(sparse.contains("out/\nout/b\n"), "{sparse}");
    let told = staged(&repo);
    assert!(told.report.gaps.is_empty(), "{:?}", told.report.gaps);
    assert_eq!(
        told.found(),
        ["bybit out/b:2", "bybit out/deep/new:2", "bybit out/new:2"]
    );
}

#[test]
fn bytes_that_git_calls_binary() {
    let repo = committed(&[("a", "x\n"), ("b", "x\n"), (".gitattributes", "* -diff\n")]);
    stage(&repo, "a", format!("\0{}", pair(1)));
    let wide: Vec<u8> = format!("\u{feff}{}", pair(2))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    stage(&repo, "b", &wide);
    assert_eq!(staged(&repo).found(), ["bybit a:2", "bybit b:2"]);
    repo.git("repo", &["commit", "-q", "-m", "wide"]);
    // Lines of the decoded text are compared.
    let more: Vec<u8> = format!("\u{feff}first\n{}last\n", pair(2))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    stage(&repo, "b", &more);
    let told = staged(&repo);
    assert!(told.is_clean());
    assert_eq!(told.report.older, 1);
}

#[test]
fn line_ends() {
    let repo = committed(&[("a", &pair(1)), ("b", pair(2).trim_end())]);
    repo.git("repo", &["config", "core.autocrlf", "false"]);
    stage(&repo, "a", pair(1).replace('\n', "\r\n"));
    assert_eq!(staged(&repo).found(), ["bybit a:2"], "every line changes");
    repo.git("repo", &["reset", "-q"]);
    stage(&repo, "b", pair(2) + "one more\n");
    assert!(staged(&repo).is_clean(), "a line end is no change");
}

#[test]
fn archives() {
    let archive = |number: u32, more: &str| {
        let mut tar = tar::Builder::new(Vec::new());
        for (name, text) in [("conf/.env", pair(number)), ("more", more.to_owned())] {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_cksum();
            tar.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        tar.into_inner().unwrap()
    };
    let repo = Repo::empty();
    stage(&repo, "a.tar", archive(1, "x\n"));
    assert_eq!(staged(&repo).found(), ["bybit a.tar!/conf/.env:2"]);
    repo.git("repo", &["commit", "-q", "-m", "archive"]);
    stage(&repo, "a.tar", archive(1, "y\n"));
    let told = staged(&repo);
    assert!(told.is_clean(), "{told:?}");
    assert_eq!(told.report.older, 1);
    stage(&repo, "a.tar", archive(2, "y\n"));
    assert_eq!(staged(&repo).found(), ["bybit a.tar!/conf/.env:2"]);
}

#[test]
fn a_blob_that_is_missing_is_a_gap() {
    let repo = committed(&[("a", "x\n")]);
    stage(&repo, "a", pair(1));
    stage(&repo, "b", pair(2));
    let id = repo.git("repo", &["rev-parse", ":a"]);
    let (dir, file) = id.split_at(2);
    std::fs::remove_file(repo.path(&format!("repo/.git/objects/{dir}/{file}"))).unwrap();
    let told = staged(&repo);
    assert_eq!(told.found(), ["bybit b:2"]);
    let gaps = told.gaps();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert!(gaps[0].starts_with("a: ") && gaps[0].contains(&id));
}

#[test]
fn cached_trees_that_lie() {
    // The index knows the tree of its top for another one: what it says is what would be committed.
    let repo = committed(&[("a", "x\n"), ("b", "y\n")]);
    stage(&repo, "a", pair(1));
    let evil = repo.git("repo", &["write-tree"]);
    repo.git("repo", &["reset", "-q"]);
    let good = repo.git("repo", &["write-tree"]);
    let index = repo.path("repo/.git/index");
    let bytes = std::fs::read(&index).unwrap();
    let hex = |text: &str| gix::ObjectId::from_hex(text.as_bytes()).unwrap();
    let at = memchr::memmem::find(&bytes, hex(&good).as_bytes()).unwrap();
    let mut lying = bytes[..bytes.len() - 20].to_vec();
    lying[at..at + 20].copy_from_slice(hex(&evil).as_bytes());
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(&lying);
    lying.extend_from_slice(hasher.try_finalize().unwrap().as_bytes());
    std::fs::write(&index, &lying).unwrap();
    assert_eq!(repo.git("repo", &["write-tree"]), evil, "git believes it");
    assert_eq!(staged(&repo).found(), ["bybit a:2"]);
}
