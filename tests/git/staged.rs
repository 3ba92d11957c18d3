//! What a commit would record: the index against HEAD, and never the working file.

use std::fs;

use crate::planted::Pair;
use crate::repo::Repo;
use crate::run::{Limits, judged};

/// Stages a key pair in a file of this name.
fn stage(repo: &Repo, path: &str) -> Pair {
    let pair = repo.plant(path, path);
    repo.git(&["--literal-pathspecs", "add", "--", path]);
    pair
}

#[test]
fn a_staged_file() {
    let repo = Repo::begun();
    let old = repo.leak("old.env");
    let pair = stage(&repo, "new.env");
    let id = repo.id(":new.env");
    let run = repo.staged();
    run.findings(1).complete();
    run.without(&old);
    run.found(&pair).at("new.env", 2).within("staged", &id);
}

#[test]
fn the_first_commit() {
    let repo = Repo::new();
    let pair = stage(&repo, "bot.env");
    let run = repo.staged();
    run.findings(1).complete();
    run.found(&pair).at("bot.env", 2);
}

#[test]
fn nothing_staged() {
    let repo = Repo::new();
    repo.staged().clean();
    repo.write("README", "hello\n");
    repo.commit("begin");
    repo.staged().clean();
    let pair = repo.plant("untracked", "untracked.env");
    repo.staged().clean().without(&pair);
}

#[test]
fn the_index_and_not_the_working_file() {
    let repo = Repo::begun();
    let staged = stage(&repo, "a.env");
    repo.write("a.env", "clean again\n");
    repo.write("b.env", "clean\n");
    repo.git(&["add", "b.env"]);
    let unstaged = repo.plant("unstaged", "b.env");
    let gone = stage(&repo, "gone.env");
    repo.remove("gone.env");
    let run = repo.staged();
    run.findings(2).complete();
    run.without(&unstaged);
    run.found(&staged).at("a.env", 2);
    run.found(&gone).at("gone.env", 2);
}

#[test]
fn only_an_unstaged_hunk_has_the_secret() {
    let repo = Repo::begun();
    let lines: Vec<String> = (0..40).map(|n| format!("LINE_{n}=x\n")).collect();
    repo.write("bot.env", lines.concat());
    repo.commit("lines");
    let pair = repo.world.pair("hunk");
    let mut changed = lines;
    changed[2] = "LINE_2=changed\n".to_owned();
    changed[35].push_str(&pair.dotenv());
    repo.write("bot.env", changed.concat());
    let answers = |text: &str| {
        repo.git_with(&["add", "-p"], text.as_bytes(), |_| {});
    };
    answers("y\nn\n");
    assert!(!repo.git(&["show", ":bot.env"]).contains("BINANCE"));
    assert!(repo.git(&["show", ":bot.env"]).contains("LINE_2=changed"));
    repo.staged().clean();
    answers("y\n");
    let run = repo.staged();
    run.findings(1).complete();
    run.found(&pair).at("bot.env", 38);
}

#[test]
fn what_head_has_already_is_not_new() {
    let repo = Repo::begun();
    let old = repo.leak("bot.env");
    repo.write("bot.env", format!("# a comment\nMODE=1\n{}", old.dotenv()));
    repo.git(&["add", "-A"]);
    repo.staged().clean();
    // A second one in the same file is.
    let new = repo.world.pair("second");
    repo.append("bot.env", format!("\n\n\n{}", new.dotenv()));
    repo.git(&["add", "-A"]);
    let run = repo.staged();
    run.findings(1).complete();
    run.without(&old).found(&new).at("bot.env", 9);
}

#[test]
fn a_changed_half_of_an_old_pair_is_new() {
    let repo = Repo::begun();
    let old = repo.leak("bot.env");
    let new = repo.world.pair("new half");
    let text = format!(
        "BINANCE_API_KEY={}\nBINANCE_SECRET_KEY={}\n",
        old.key, new.secret
    );
    repo.write("bot.env", text);
    repo.git(&["add", "-A"]);
    let run = repo.staged();
    run.findings(1).complete();
    run.without(&old).found(&new);
}

#[test]
fn an_allow_comment_that_goes() {
    let repo = Repo::begun();
    let pair = repo.world.pair("allowed");
    repo.write(
        "bot.env",
        pair.dotenv().replace('\n', " # keyfence:allow\n"),
    );
    repo.git(&["add", "-A"]);
    repo.staged().clean();
    repo.record("allowed");
    repo.write("bot.env", pair.dotenv());
    repo.git(&["add", "-A"]);
    let run = repo.staged();
    run.findings(1).complete();
    run.found(&pair).at("bot.env", 2);
}

#[test]
fn a_provider_that_is_named_above_an_old_value() {
    let repo = Repo::begun();
    let pair = repo.world.pair("named");
    repo.write("notes", format!("{}\n{}\n", pair.key, pair.secret));
    repo.commit("two lines without a name");
    repo.history().findings(0);
    repo.write("notes", pair.dotenv());
    repo.git(&["add", "-A"]);
    let run = repo.staged();
    run.findings(1).complete();
    run.found(&pair);
}

#[test]
fn a_new_file_with_an_old_secret_is_new() {
    let repo = Repo::begun();
    let old = repo.leak("bot.env");
    repo.write("deploy/.env", format!("# deploy\n{}", old.dotenv()));
    repo.git(&["add", "-A"]);
    let run = repo.staged();
    run.findings(1).complete();
    run.found(&old).at("deploy/.env", 3).not_at("bot.env");
}

#[test]
fn renames_and_changed_modes_are_nothing_new() {
    let repo = Repo::begun();
    repo.leak("bot.env");
    repo.git(&["mv", "bot.env", "moved.env"]);
    repo.staged().clean();
    repo.git(&["update-index", "--chmod=+x", "moved.env"]);
    repo.staged().clean();
    repo.record("moved");
    repo.git(&["update-index", "--chmod=-x", "moved.env"]);
    assert!(!repo.holds(&["diff", "--cached", "--quiet"]));
    repo.staged().clean();
    repo.git(&["rm", "-q", "-f", "moved.env"]);
    repo.staged().clean();
}

#[test]
fn names_with_spaces_line_ends_and_escapes() {
    let repo = Repo::begun();
    let mut pairs = Vec::new();
    for name in [
        "with space.env",
        "new\nline.env",
        "tab\there.env",
        "esc\u{1b}[31m.env",
        "-rf.env",
        "\"quoted\".env",
        "::error::x.env",
        "ünï.env",
        ".hidden/.env",
    ] {
        pairs.push((name, stage(&repo, name)));
    }
    use std::os::unix::ffi::OsStrExt;
    let bytes = std::ffi::OsStr::from_bytes(b"bad\xff\xfe.env");
    let odd = repo.world.pair("bytes");
    repo.write(bytes, odd.dotenv());
    repo.git(&["add", "-A"]);
    let run = repo.staged();
    run.findings(pairs.len() + 1).complete();
    run.found(&odd);
    for (name, pair) in &pairs {
        let found = run.found(pair);
        if !name.chars().any(char::is_control) {
            found.at(name, 2);
        }
    }
}

#[test]
fn in_a_linked_work_tree() {
    let repo = Repo::begun();
    repo.git(&["worktree", "add", "-q", "-b", "topic", "../linked"]);
    let linked = Repo::at(&repo.world, "linked");
    let here = stage(&repo, "here.env");
    let there = stage(&linked, "there.env");
    let run = linked.staged();
    run.findings(1).complete();
    run.without(&here).found(&there).at("there.env", 2);
    let run = repo.staged();
    run.findings(1).complete();
    run.found(&here);
}

#[test]
fn in_a_sub_directory_and_with_a_path() {
    let repo = Repo::begun();
    let top = stage(&repo, "top.env");
    let deep = stage(&repo, "src/deep/x.env");
    for dir in ["src", "src/deep"] {
        let run = repo.scan_in(&repo.path(dir), &["--staged"]);
        run.findings(2).complete();
        run.found(&top).at("top.env", 2);
        run.found(&deep).at("src/deep/x.env", 2);
    }
    let run = repo.scan_in(&repo.world.path(""), &["--staged", "tree/src"]);
    run.findings(2).complete();
}

#[test]
fn git_dir_and_git_index_file() {
    let repo = Repo::begun();
    let usual = stage(&repo, "usual.env");
    let other = repo.world.path("other-index");
    let own = repo.plant("own", "own.env");
    repo.git_with(&["add", "own.env"], b"", |command| {
        command.env("GIT_INDEX_FILE", &other);
    });
    let run = judged(
        &repo.world,
        &repo.root,
        &["--staged"],
        Limits::PLAIN,
        |command| {
            command.env("GIT_INDEX_FILE", &other);
        },
    );
    run.findings(1).without(&usual).found(&own);
    // Named from the top of the work tree, as git names its temporary ones.
    fs::copy(&other, repo.path(".git/next-index-1.lock")).unwrap();
    repo.write("sub/x", "x");
    for dir in ["", "sub"] {
        let run = judged(
            &repo.world,
            &repo.path(dir),
            &["--staged"],
            Limits::PLAIN,
            |command| {
                command
                    .env("GIT_DIR", repo.path(".git"))
                    .env("GIT_WORK_TREE", &repo.root)
                    .env("GIT_INDEX_FILE", repo.path(".git/next-index-1.lock"));
            },
        );
        run.findings(1).without(&usual).found(&own);
    }
    let run = judged(
        &repo.world,
        &repo.root,
        &["--staged"],
        Limits::PLAIN,
        |command| {
            command
                .env("GIT_DIR", ".git")
                .env("GIT_INDEX_FILE", ".git/next-index-1.lock");
        },
    );
    run.findings(1).without(&usual).found(&own);
    // A repository elsewhere, named by the environment.
    let away = repo.world.path("home");
    let run = judged(
        &repo.world,
        &away,
        &["--staged"],
        Limits::PLAIN,
        |command| {
            command
                .env("GIT_DIR", repo.path(".git"))
                .env("GIT_WORK_TREE", &repo.root);
        },
    );
    run.findings(1).found(&usual);
}

#[test]
fn a_repository_given_by_a_link_and_a_git_file() {
    let repo = Repo::begun();
    let pair = stage(&repo, "bot.env");
    std::os::unix::fs::symlink("tree", repo.world.path("link")).unwrap();
    let run = repo.scan_in(&repo.world.path(""), &["--staged", "link"]);
    run.findings(1).found(&pair);
    repo.git(&["init", "-q", "--separate-git-dir", "../apart"]);
    let run = repo.staged();
    run.findings(1).found(&pair);
}

#[test]
fn a_submodule_is_another_repository() {
    let module = Repo::begun();
    let inner = module.leak("inner.env");
    let top = Repo::init(&module.world, "top", &[]);
    let url = format!("file://{}", module.root.display());
    top.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        &url,
        "lib",
    ]);
    assert!(top.git(&["ls-files", "-s", "lib"]).starts_with("160000"));
    top.staged().clean().without(&inner);
    let pair = stage(&top, "top.env");
    let run = top.staged();
    run.findings(1).complete();
    run.found(&pair);
    let lib = Repo::at(&module.world, "top/lib");
    let staged = stage(&lib, "new.env");
    let run = lib.staged();
    run.findings(1).complete();
    run.without(&inner).found(&staged);
}

#[test]
fn a_staged_link() {
    let repo = Repo::begun();
    let outside = repo.world.pair("outside");
    fs::write(repo.world.path("outside.env"), outside.dotenv()).unwrap();
    std::os::unix::fs::symlink("../outside.env", repo.path("link.env")).unwrap();
    let token = repo.world.token("target");
    let target = format!("https://x:{}@github.com/a/b", token.0);
    std::os::unix::fs::symlink(target, repo.path("secret")).unwrap();
    repo.git(&["add", "-A"]);
    let run = repo.staged();
    run.findings(1).complete();
    run.without(&outside).found(&token).at("secret", 1);
}

#[test]
fn a_file_that_became_a_link_a_directory_or_a_submodule() {
    let repo = Repo::begun();
    let old = repo.leak("thing");
    repo.remove("thing");
    let pair = repo.plant("inside", "thing/inside.env");
    repo.git(&["add", "-A"]);
    let run = repo.staged();
    run.findings(1).complete();
    run.without(&old).found(&pair).at("thing/inside.env", 2);
}

#[test]
fn conflicts() {
    let repo = Repo::begun();
    repo.git(&["switch", "-q", "-c", "topic"]);
    let theirs = repo.leak("README");
    repo.git(&["switch", "-q", "main"]);
    let ours = repo.world.pair("ours");
    repo.write("README", format!("# ours\n{}", ours.dotenv()));
    repo.commit("ours");
    assert!(!repo.holds(&["merge", "-q", "topic"]));
    assert!(!repo.git(&["ls-files", "-u"]).is_empty());
    let other = stage(&repo, "other.env");
    let run = repo.staged();
    // No commit can be made of stages; what is staged beside them is scanned.
    run.found(&other);
    repo.write("README", theirs.dotenv());
    repo.git(&["add", "README"]);
    let run = repo.staged();
    run.complete();
    run.found(&other);
}

#[test]
fn a_staged_blob_that_is_missing() {
    let repo = Repo::begun();
    let gone = stage(&repo, "gone.env");
    let other = stage(&repo, "other.env");
    let id = repo.id(":gone.env");
    repo.lose(&id);
    let run = repo.staged();
    run.told_of("gone.env").without(&gone).found(&other);
    repo.git(&["rm", "-q", "--cached", "other.env"]);
    let run = repo.staged();
    run.told();
    assert_eq!(run.code(), 3, "{run}");
    // A missing one that does not change is no matter of this commit's.
    let kept = Repo::begun();
    kept.leak("kept.env");
    kept.lose(&kept.id("HEAD:kept.env"));
    let pair = stage(&kept, "new.env");
    let run = kept.staged();
    run.findings(1).complete();
    run.found(&pair);
}

#[test]
fn a_head_that_can_not_be_read() {
    let repo = Repo::begun();
    repo.leak("old.env");
    let pair = stage(&repo, "new.env");
    repo.lose(&repo.id("HEAD^{tree}"));
    let run = repo.staged();
    run.not_clean();
    run.found_or_told(&pair);
    let repo = Repo::begun();
    let pair = stage(&repo, "new.env");
    fs::write(repo.path(".git/HEAD"), format!("{}\n", "56".repeat(20))).unwrap();
    let run = repo.staged();
    run.not_clean();
    run.found_or_told(&pair);
}

#[test]
fn borrowed_and_packed_blobs() {
    let repo = Repo::begun();
    let pair = stage(&repo, "bot.env");
    repo.git(&["repack", "-adq"]);
    let blob = repo.id(":bot.env");
    repo.git(&["prune-packed"]);
    assert!(
        !repo
            .path(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))
            .exists()
    );
    let run = repo.staged();
    run.findings(1).complete();
    run.found(&pair);
    let shared = Repo::init(&repo.world, "shared", &[]);
    shared.write(
        ".git/objects/info/alternates",
        format!("{}/.git/objects\n", repo.root.display()),
    );
    shared.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("100644,{blob},borrowed.env"),
    ]);
    let run = shared.staged();
    run.findings(1).complete();
    run.found(&pair).at("borrowed.env", 2);
}

#[test]
fn a_large_staged_text_and_an_archive() {
    let repo = Repo::begun();
    let (end, inside) = (repo.world.pair("end"), repo.world.pair("inside"));
    let line = "the market was calm this morning and the bot had nothing to do\n";
    repo.write("large.txt", line.repeat(80_000) + &end.dotenv());
    let mut zip = zip::ZipWriter::new(fs::File::create(repo.path("x.zip")).unwrap());
    zip.start_file("a.env", zip::write::SimpleFileOptions::default())
        .unwrap();
    std::io::Write::write_all(&mut zip, inside.dotenv().as_bytes()).unwrap();
    zip.finish().unwrap();
    repo.git(&["add", "-A"]);
    let run = repo.staged();
    run.findings(2).complete();
    run.found(&end).at("large.txt", 80_002);
    run.found(&inside);
}

#[test]
fn the_configuration_is_the_one_in_the_index() {
    let repo = Repo::begun();
    let pair = stage(&repo, "bot.env");
    let ignores = "[[exclude]]\npath = \"*.env\"\nreason = \"kept elsewhere\"\n";
    repo.write("keyfence.toml", ignores);
    // Not staged: it does not come with the commit.
    let run = repo.staged();
    run.findings(1).found(&pair);
    repo.git(&["add", "keyfence.toml"]);
    repo.write("keyfence.toml", "");
    repo.staged().findings(0).complete();
    repo.git(&["add", "keyfence.toml"]);
    repo.write("keyfence.toml", ignores);
    repo.staged().findings(1).found(&pair);
}
