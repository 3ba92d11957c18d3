//! What `--range` tells: histories made by git, and the findings that their commits bring in.
#![cfg(unix)] // the judge is git with hooks that are shell scripts
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_types,
    missing_docs
)]

mod changes;

use changes::repo::Repo;
use changes::{filled, lines, pair, range, range_with, settings};
use gix::objs::Kind;
use keyfence::scan::git::Commits;
use keyfence::settings::Settings;

/// A repository with one commit, tagged `base`, that holds these files.
fn base(files: &[(&str, &str)]) -> Repo {
    let repo = Repo::empty();
    for (path, text) in files {
        repo.write(&format!("repo/{path}"), text);
    }
    repo.git("repo", &["add", "-A"]);
    repo.git("repo", &["commit", "-q", "--allow-empty", "-m", "base"]);
    repo.git("repo", &["tag", "base"]);
    repo
}

/// Commits all that there is in the work tree.
fn commit(repo: &Repo, message: &str) {
    repo.git("repo", &["add", "-A"]);
    repo.git("repo", &["commit", "-q", "-m", message]);
}

/// Begins a branch at a commit.
fn branch(repo: &Repo, name: &str, from: &str) {
    repo.git("repo", &["checkout", "-q", "-b", name, from]);
}

#[test]
fn what_the_commits_add_and_nothing_else() {
    let repo = base(&[("a", &(pair(1) + &lines(0, 9))), ("b", &pair(2))]);
    repo.commit("a", pair(1) + &lines(0, 12));
    let told = range(&repo, &["base..main"]);
    assert!(told.is_clean(), "{told:?}");
    assert_eq!((told.report.older, told.report.stats.commits), (1, 1));
    repo.commit("c", pair(3));
    repo.commit("d", "nothing\n");
    let told = range(&repo, &["base..main"]);
    assert_eq!(told.found(), ["bybit c:2"]);
    assert_eq!(told.brought(), "c: c:2");
    assert_eq!(told.report.stats.commits, 3);
    assert!(range(&repo, &["main..base"]).is_clean());
    assert!(range(&repo, &["main..main"]).is_clean());
}

#[test]
fn the_place_is_that_of_the_newest_version() {
    let repo = base(&[("a", &lines(0, 9))]);
    repo.commit("a", lines(0, 9) + &pair(1));
    repo.commit("a", lines(20, 25) + &lines(0, 9) + &pair(1));
    repo.commit("b", "x\n");
    let told = range(&repo, &["base..main"]);
    assert_eq!(told.found(), ["bybit a:16"]);
    assert_eq!(told.brought(), "a: a:11");
    assert_eq!(told.only().exposure.as_ref().unwrap().versions, 2);
    assert_eq!(told.in_head(), ["a:16"]);
    let at_head = told.only().places[0].origin.kind.object().unwrap();
    assert_eq!(
        at_head.to_string(),
        repo.git("repo", &["rev-parse", "HEAD:a"])
    );
}

#[test]
fn of_two_places_in_the_newest_version_the_new_one() {
    let old = pair(1);
    let repo = base(&[("a", &format!("{old}{}", lines(0, 9)))]);
    repo.commit("a", format!("{old}{}again:\n{}", lines(0, 9), pair(1)));
    repo.commit("a", format!("{old}{}again:\n{}end\n", lines(0, 9), pair(1)));
    let told = range(&repo, &["base..main"]);
    assert_eq!(told.found(), ["bybit a:14"]);
    assert_eq!(told.brought(), "a: a:14");
}

#[test]
fn added_and_taken_away_again() {
    let repo = base(&[("a", "x\n")]);
    repo.commit("a", "x\n".to_owned() + &pair(1));
    repo.commit("a", "x\n");
    let told = range(&repo, &["base..main"]);
    assert_eq!(told.found(), ["bybit a:3"]);
    assert_eq!(told.brought(), "a: a:3");
    assert!(told.in_head().is_empty());
    let exposure = told.only().exposure.as_ref().unwrap();
    assert_eq!(
        exposure.last, exposure.first,
        "the next commit has it no more"
    );
    // And a file that is gone again.
    repo.commit("b", pair(2));
    repo.git("repo", &["rm", "-q", "b"]);
    commit(&repo, "gone");
    assert_eq!(range(&repo, &["base..main"]).found().len(), 2);
}

#[test]
fn once_for_each_credential_and_the_newest_place_first() {
    let repo = base(&[]);
    repo.commit("a", pair(1));
    repo.commit("b", "x\n".to_owned() + &pair(1));
    let told = range(&repo, &["base..main"]);
    assert_eq!(told.found(), ["bybit b:3 a:2"]);
    assert_eq!(told.brought(), "a: a:2");
}

#[test]
fn head_may_be_elsewhere() {
    let repo = base(&[]);
    repo.commit("a", pair(1));
    repo.git("repo", &["tag", "v1"]);
    repo.commit("a", "moved\n".to_owned() + &pair(1));
    let told = range(&repo, &["base..v1"]);
    assert_eq!(told.found(), ["bybit a:2"]);
    assert_eq!(told.in_head(), ["a:3"]);
    repo.git("repo", &["checkout", "-q", "base"]);
    assert!(range(&repo, &["base..main"]).in_head().is_empty());
}

#[test]
fn the_newest_name_of_a_value() {
    let values = filled("api_key = \"«bybit.key»\"\nsecret = \"«bybit.secret»\"\n");
    let repo = base(&[]);
    repo.commit("a.ini", format!("[bybit]\n{values}"));
    repo.commit("a.ini", format!("[mexc]\n{values}"));
    let told = range(&repo, &["base..main"]);
    assert_eq!(told.found().len(), 1, "{:?}", told.found());
    assert_eq!(told.brought(), "a.ini: a.ini:3");
}

#[test]
fn root_commits() {
    let repo = base(&[("a", &pair(1))]);
    assert_eq!(range(&repo, &["main"]).found(), ["bybit a:2"]);
    // An orphan branch that is merged has a root of its own.
    repo.git("repo", &["checkout", "-q", "--orphan", "lone"]);
    repo.git("repo", &["rm", "-rfq", "."]);
    repo.commit("b", pair(2));
    repo.git("repo", &["checkout", "-q", "main"]);
    repo.git(
        "repo",
        &[
            "merge",
            "-q",
            "--allow-unrelated-histories",
            "-m",
            "both",
            "lone",
        ],
    );
    let told = range(&repo, &["base..main"]);
    assert_eq!(told.found(), ["bybit b:2"]);
    assert_eq!(told.brought(), "b: b:2");
}

#[test]
fn evil_merges() {
    let repo = base(&[("a", "x\n")]);
    branch(&repo, "side", "base");
    repo.commit("b", "y\n");
    repo.git("repo", &["checkout", "-q", "main"]);
    repo.commit("c", "z\n");
    repo.git("repo", &["merge", "-q", "--no-commit", "--no-ff", "side"]);
    repo.write("repo/c", "z\n".to_owned() + &pair(1));
    repo.write("repo/new", pair(2));
    commit(&repo, "evil");
    let told = range(&repo, &["base..main"]);
    assert_eq!(told.found(), ["bybit c:3", "bybit new:2"]);
    assert!(told.report.findings.iter().all(|finding| {
        let first = finding.exposure.as_ref().unwrap().first.as_ref();
        first.unwrap().commit.summary == "evil"
    }));
}

#[test]
fn resolved_conflicts() {
    let repo = base(&[("a", "x\n")]);
    branch(&repo, "side", "base");
    repo.commit("a", "left\n".to_owned() + &pair(1));
    repo.git("repo", &["checkout", "-q", "main"]);
    repo.commit("a", "right\n".to_owned() + &pair(2));
    assert!(!repo.git_agrees("repo", &["merge", "-q", "side"]));
    repo.write(
        "repo/a",
        "both\n".to_owned() + &pair(1) + &pair(2) + &pair(3),
    );
    commit(&repo, "resolved");
    // Only the third is of the merge: each of the others stands in a parent.
    let told = range(&repo, &["main^1..main", "^side"]);
    assert_eq!(told.found(), ["bybit a:7"]);
    assert_eq!(told.report.older, 2);
    let all = range(&repo, &["base..main"]);
    assert_eq!(all.found().len(), 3);
}

#[test]
fn second_parents() {
    let repo = base(&[("a", "x\n")]);
    branch(&repo, "side", "base");
    repo.commit("b", pair(1));
    repo.git("repo", &["rm", "-q", "b"]);
    commit(&repo, "gone");
    repo.git("repo", &["checkout", "-q", "main"]);
    repo.git("repo", &["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    let told = range(&repo, &["main^1..main"]);
    assert_eq!(told.found(), ["bybit b:2"]);
    assert_eq!(told.brought(), "b: b:2");
}

#[test]
fn octopus_merges() {
    let repo = base(&[("a", "x\n")]);
    for (name, number) in [("one", 1), ("two", 2), ("three", 3)] {
        branch(&repo, name, "base");
        repo.commit(name, pair(number));
    }
    repo.git("repo", &["checkout", "-q", "main"]);
    repo.git(
        "repo",
        &["merge", "-q", "--no-ff", "-m", "all", "one", "two", "three"],
    );
    let told = range(&repo, &["base..main"]);
    assert_eq!(
        told.found(),
        ["bybit one:2", "bybit three:2", "bybit two:2"]
    );
    assert_eq!(told.report.older, 0);
    // The merge itself brings nothing.
    assert!(range(&repo, &["main", "^one", "^two", "^three"]).is_clean());
}

#[test]
fn what_comes_with_a_merge_from_the_base_is_not_new() {
    let repo = base(&[("a", "x\n")]);
    branch(&repo, "topic", "base");
    repo.commit("t", "t\n");
    repo.git("repo", &["checkout", "-q", "main"]);
    repo.commit("m", pair(1));
    repo.git("repo", &["checkout", "-q", "topic"]);
    repo.git("repo", &["merge", "-q", "--no-ff", "-m", "update", "main"]);
    assert!(range(&repo, &["main..topic"]).is_clean());
}

#[test]
fn modes_and_moves_bring_nothing() {
    let text = lines(0, 30) + &pair(1);
    let repo = base(&[("old/a", &text), ("b", &pair(2))]);
    repo.git("repo", &["update-index", "--chmod=+x", "b"]);
    repo.git("repo", &["commit", "-q", "-m", "mode"]);
    std::fs::remove_file(repo.path("repo/b")).unwrap();
    repo.git("repo", &["checkout", "-q", "--", "b"]);
    repo.git("repo", &["mv", "old", "new"]);
    repo.git("repo", &["commit", "-q", "-m", "move"]);
    let told = range(&repo, &["base..main"]);
    assert!(told.is_clean(), "{told:?}");
    assert_eq!(told.report.older, 1);
    repo.git("repo", &["mv", "new/a", "elsewhere"]);
    repo.commit("elsewhere", text + &pair(3));
    assert_eq!(
        range(&repo, &["base..main"]).found(),
        ["bybit elsewhere:34"]
    );
}

#[test]
fn a_move_in_one_parent_of_a_merge() {
    let text = lines(0, 30) + &pair(1);
    let repo = base(&[("old", &text)]);
    branch(&repo, "side", "base");
    repo.git("repo", &["mv", "old", "new"]);
    repo.git("repo", &["commit", "-q", "-m", "move"]);
    repo.git("repo", &["checkout", "-q", "main"]);
    repo.commit("old", "first\n".to_owned() + &text);
    repo.git("repo", &["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    let told = range(&repo, &["base..main"]);
    assert!(told.is_clean(), "{told:?}");
}

#[test]
fn contexts_that_make_an_old_value_news() {
    let values = filled("api_key = \"«bybit.key»\"\nsecret = \"«bybit.secret»\"\n");
    let secret = filled("BYBIT_API_SECRET=«bybit.secret#2»\n");
    let allowed = format!("# keyfence:allow\n{secret}");
    let repo = base(&[("a.ini", &format!("[main]\n{values}")), ("b", &allowed)]);
    repo.commit("a.ini", format!("[bybit]\n{values}"));
    assert_eq!(range(&repo, &["base..main"]).found(), ["bybit a.ini:3"]);
    repo.commit("b", format!("#\n{secret}"));
    let told = range(&repo, &["base..main"]);
    assert_eq!(told.found(), ["bybit a.ini:3", "bybit-secret b:2"]);
}

#[test]
fn messages_authors_and_tags() {
    let repo = base(&[("a", "x\n")]);
    repo.write("repo/a", "y\n");
    commit(&repo, &format!("subject\n\n{}", pair(1)));
    let told = range(&repo, &["base..main"]);
    let id = repo.git("repo", &["rev-parse", "HEAD"]);
    assert_eq!(told.found(), [format!("bybit commit {}:4", &id[..10])]);
    assert_eq!(told.brought(), "subject: :4");
    repo.git("repo", &["tag", "-a", "-m", &pair(2), "v1"]);
    let tag = repo.git("repo", &["rev-parse", "v1"]);
    let tag = gix::ObjectId::from_hex(tag.as_bytes()).unwrap();
    let tags = Commits {
        tags: &[tag],
        ..Commits::default()
    };
    let told = range_with(&repo, &["main..main"], &settings(), tags);
    assert_eq!(
        told.found(),
        [format!("bybit tag {}:2", &tag.to_string()[..10])]
    );
    repo.write("repo/a", "z\n");
    repo.git("repo", &["add", "a"]);
    let author = format!("{} <a@example.com>", pair(3).replace('\n', " "));
    repo.git("repo", &["commit", "-q", "-m", "who", "--author", &author]);
    assert_eq!(range(&repo, &["main~1..main"]).found().len(), 1);
}

#[test]
fn bytes_that_git_calls_binary() {
    let repo = base(&[("a", "x\n"), (".gitattributes", "* -diff\n")]);
    repo.commit("a", format!("\0{}", pair(1)));
    let wide: Vec<u8> = pair(2).encode_utf16().flat_map(u16::to_be_bytes).collect();
    repo.commit("b", [&[0xfe, 0xff], &wide[..]].concat());
    repo.git("repo", &["config", "core.bigFileThreshold", "1"]);
    let told = range(&repo, &["base..main"]);
    assert_eq!(told.found(), ["bybit a:2", "bybit b:2"]);
    assert!(told.gaps().is_empty());
}

#[test]
fn the_same_with_any_number_of_threads() {
    let repo = base(&[("a", "x\n")]);
    for n in 0..40_u32 {
        repo.write(
            &format!("repo/d{}/f{}", n % 5, n % 7),
            lines(n, n + 9) + &pair(n % 11),
        );
        commit(&repo, &format!("number {n}"));
    }
    let with = |threads| {
        let settings = Settings {
            threads: Some(threads),
            ..Settings::default()
        };
        let told = range_with(&repo, &["base..main"], &settings, Commits::default());
        assert_eq!(told.found().len(), 11);
        format!("{:?}", told.report)
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(4));
}

#[test]
fn shallow_clones() {
    let repo = base(&[("a", &pair(1))]);
    repo.commit("b", "x\n");
    repo.commit("c", pair(2));
    let url = format!("file://{}", repo.path("repo").display());
    repo.git(".", &["clone", "-q", "--depth", "2", &url, "shallow"]);
    std::fs::rename(repo.path("repo"), repo.path("full")).unwrap();
    std::fs::rename(repo.path("shallow"), repo.path("repo")).unwrap();
    let told = range(&repo, &["HEAD~1..HEAD"]);
    assert_eq!(told.found(), ["bybit c:2"]);
    // What lies behind is not there: the oldest commit brings all that it has.
    let told = range(&repo, &["HEAD"]);
    assert_eq!(told.found(), ["bybit a:2", "bybit c:2"]);
    assert!(told.gaps().is_empty());
}

/// Removes a loose object.
fn remove(repo: &Repo, name: &str) -> String {
    let id = repo.git("repo", &["rev-parse", name]);
    let (dir, file) = id.split_at(2);
    std::fs::remove_file(repo.path(&format!("repo/.git/objects/{dir}/{file}"))).unwrap();
    id
}

#[test]
fn what_is_missing_is_told() {
    let repo = base(&[("a", "x\n")]);
    repo.commit("d/b", pair(1));
    repo.commit("e/c", pair(2));
    repo.commit("f", pair(3));
    let tree = remove(&repo, "HEAD:d");
    let blob = remove(&repo, "HEAD:e/c");
    let told = range(&repo, &["base..main"]);
    assert_eq!(told.found(), ["bybit f:2"]);
    let gaps = told.gaps();
    assert!(gaps.iter().any(|gap| gap.contains(&tree[..10])), "{gaps:?}");
    assert!(
        gaps.iter()
            .any(|gap| gap.starts_with("e/c: ") && gap.contains(&blob))
    );
    assert_eq!(gaps.len(), 2, "{gaps:?}");
}

#[test]
fn partial_clones() {
    let repo = base(&[("a", &pair(1))]);
    repo.commit("b", pair(2));
    repo.commit("c", pair(3));
    repo.git("repo", &["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", repo.path("repo").display());
    let filter = "--filter=blob:none";
    repo.git(
        ".",
        &["clone", "-q", "--no-checkout", filter, &url, "partial"],
    );
    // So that nothing can be fetched unasked.
    std::fs::rename(repo.path("repo"), repo.path("full")).unwrap();
    std::fs::rename(repo.path("partial"), repo.path("repo")).unwrap();
    let told = range(&repo, &["HEAD~2..HEAD"]);
    assert!(told.found().is_empty());
    let gaps = told.gaps();
    assert_eq!(gaps.len(), 2, "{gaps:?}");
    assert!(
        gaps.iter().all(|gap| gap.contains("partial clone")),
        "{gaps:?}"
    );
    assert!(told.report.gaps.iter().all(|gap| gap.help.is_some()));
}

#[test]
fn trees_and_blobs_that_a_push_brings() {
    let repo = base(&[("a", "x\n")]);
    let id = |name: &str| {
        let id = repo.git("repo", &["rev-parse", name]);
        gix::ObjectId::from_hex(id.as_bytes()).unwrap()
    };
    repo.commit("d/b", pair(1));
    repo.commit("c", pair(2));
    let plain = [(Kind::Tree, id("HEAD:d")), (Kind::Blob, id("HEAD:c"))];
    let commits = Commits {
        plain: &plain,
        ..Commits::default()
    };
    let told = range_with(&repo, &["main..main"], &settings(), commits);
    let blob = format!("bybit blob {}:2", id("HEAD:c").to_hex_with_len(10));
    assert_eq!(told.found(), [blob, "bybit b:2".to_owned()]);
}

#[test]
fn an_older_version_that_is_missing_shows_more_not_less() {
    let repo = base(&[("a", &pair(1))]);
    repo.commit("a", pair(1) + "more\n");
    remove(&repo, "base:a");
    let told = range(&repo, &["base..main"]);
    assert_eq!(told.found(), ["bybit a:2"]);
    assert!(told.gaps().is_empty(), "what the commit adds was looked at");
}

#[test]
fn a_tree_of_trees_without_end() {
    let repo = base(&[("a", "x\n")]);
    let blob = repo.git_with(
        "repo",
        &["hash-object", "-w", "--stdin"],
        pair(1).as_bytes(),
    );
    let blob = String::from_utf8(blob).unwrap().trim().to_owned();
    let mut below = format!("100644 blob {blob}\tfile");
    for _ in 0..12 {
        let entries: Vec<String> = if below.starts_with("100644") {
            vec![below.clone()]
        } else {
            (0..10).map(|n| format!("{below}{n}")).collect()
        };
        let text = entries.join("\n") + "\n";
        let tree = repo.git_with("repo", &["mktree"], text.as_bytes());
        let tree = String::from_utf8(tree).unwrap().trim().to_owned();
        below = format!("040000 tree {tree}\td");
    }
    let root = below.split([' ', '\t']).nth(2).unwrap().to_owned();
    let bomb = repo.git("repo", &["commit-tree", "-p", "HEAD", "-m", "bomb", &root]);
    let start = std::time::Instant::now();
    let told = range(&repo, &[&format!("base..{bomb}")]);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    assert_eq!(told.only().id, "bybit");
    assert!(told.only().places.len() <= 64);
}
