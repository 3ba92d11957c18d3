//! Shapes of repositories: bare, work trees, submodules, shallow, partial, borrowed, SHA-256.

use std::fs;

use crate::repo::Repo;
use crate::run::{Limits, judged};

/// A repository whose first commit has a secret that the second removes.
fn origin() -> (Repo, crate::planted::Pair, crate::planted::Pair) {
    let repo = Repo::begun();
    let old = repo.leak("old.env");
    repo.git(&["rm", "-q", "old.env"]);
    repo.record("away");
    let new = repo.leak("new.env");
    (repo, old, new)
}

fn url(repo: &Repo) -> String {
    format!("file://{}", repo.root.display())
}

#[test]
fn a_bare_repository() {
    let (repo, old, new) = origin();
    repo.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let bare = Repo::at(&repo.world, "bare.git");
    assert_eq!(bare.git(&["rev-parse", "--is-bare-repository"]), "true");
    for dir in [
        &bare.root,
        &bare.root.join("objects"),
        &bare.root.join("refs"),
    ] {
        let run = bare.scan_in(dir, &["--history"]);
        run.findings(2).complete();
        run.found(&old).at("old.env", 2);
        run.found(&new).at("new.env", 2);
    }
    let run = bare.scan_in(&repo.world.path(""), &["--history", "bare.git"]);
    run.findings(2).complete();
    run.found(&old);
}

#[test]
fn a_git_directory_itself() {
    let (repo, old, _) = origin();
    let run = repo.scan_in(&repo.path(".git"), &["--history"]);
    run.findings(2).complete();
    run.found(&old);
    let run = repo.scan_in(&repo.world.path(""), &["--history", "tree/.git"]);
    run.findings(2).complete();
    run.found(&old);
}

#[test]
fn a_git_directory_elsewhere() {
    let (repo, old, _) = origin();
    repo.git(&["init", "-q", "--separate-git-dir", "../apart"]);
    assert!(repo.path(".git").is_file());
    let run = repo.history();
    run.findings(2).complete();
    run.found(&old);
}

#[test]
fn a_linked_work_tree() {
    let (repo, old, new) = origin();
    repo.git(&["worktree", "add", "-q", "--detach", "../linked"]);
    let linked = Repo::at(&repo.world, "linked");
    let own = linked.leak("own.env");
    let holding = repo.git(&["branch", "--contains", &linked.id("HEAD")]);
    assert!(!holding.contains("main"), "{holding}");
    fs::create_dir(linked.path("deep")).unwrap();
    for dir in [&linked.root, &linked.path("deep"), &repo.root] {
        let run = repo.scan_in(dir, &["--history"]);
        run.findings(3).complete();
        run.found(&old).at("old.env", 2);
        run.found(&new);
        run.found(&own).at("own.env", 2).exposure("reachable", true);
    }
    // HEAD is the work tree's own.
    let run = linked.history();
    let head = run.found(&own).exposed("in_head").to_string();
    assert!(head.contains("own.env"), "{run}");
    let run = repo.history();
    let head = run.found(&own).exposed("in_head").to_string();
    assert!(!head.contains("own.env"), "{run}");
}

#[test]
fn a_linked_work_tree_of_a_bare_repository() {
    let (repo, old, _) = origin();
    repo.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let bare = Repo::at(&repo.world, "bare.git");
    bare.git(&["worktree", "add", "-q", "../linked", "main"]);
    let linked = Repo::at(&repo.world, "linked");
    let own = linked.leak("own.env");
    let run = linked.history();
    run.findings(3).complete();
    run.found(&old);
    run.found(&own).in_ref("refs/heads/main");
}

#[test]
fn the_directory_of_a_submodule() {
    let (module, old, new) = origin();
    let top = Repo::init(&module.world, "top", &[]);
    let outer = top.leak("outer.env");
    top.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        &url(&module),
        "lib",
    ]);
    top.commit("with a library");
    assert!(top.path("lib/.git").is_file());
    let run = top.scan_in(&top.path("lib"), &["--history"]);
    run.findings(2).complete();
    run.without(&outer);
    run.found(&old).at("old.env", 2);
    run.found(&new).at("new.env", 2);
    // A commit that another repository holds is no gap of this one.
    let run = top.history();
    run.findings(1).complete();
    run.found(&outer);
}

#[test]
fn a_directory_inside() {
    let (repo, old, _) = origin();
    repo.write("src/deep/er/file", "x");
    for dir in ["src", "src/deep/er"] {
        let run = repo.scan_in(&repo.path(dir), &["--history"]);
        run.findings(2).complete();
        run.found(&old).at("old.env", 2);
        let run = repo.scan_in(&repo.world.path(""), &["--history", &format!("tree/{dir}")]);
        run.findings(2).complete();
    }
}

#[test]
fn a_link_to_a_repository() {
    let (repo, old, _) = origin();
    std::os::unix::fs::symlink("tree", repo.world.path("link")).unwrap();
    let run = repo.scan_in(&repo.world.path(""), &["--history", "link"]);
    run.findings(2).complete();
    run.found(&old);
}

#[test]
fn git_dir_in_the_environment() {
    let (repo, old, _) = origin();
    let other = Repo::init(&repo.world, "other", &[]);
    let outside = other.leak("other.env");
    let dir = repo.git_dir();
    let run = judged(
        &repo.world,
        &other.root,
        &["--history"],
        Limits::PLAIN,
        |command| {
            command.env("GIT_DIR", dir);
        },
    );
    run.findings(2).complete();
    run.without(&outside);
    run.found(&old);
}

#[test]
fn a_shallow_clone() {
    let (repo, old, new) = origin();
    repo.git(&["clone", "-q", "--depth", "1", &url(&repo), "../shallow"]);
    let shallow = Repo::at(&repo.world, "shallow");
    assert_eq!(
        shallow.git(&["rev-parse", "--is-shallow-repository"]),
        "true"
    );
    let run = shallow.history();
    run.findings(1)
        .without(&old)
        .notes("this is a shallow clone");
    run.found(&new).at("new.env", 2);
}

#[test]
fn a_partial_clone_and_nothing_is_fetched() {
    let (repo, old, new) = origin();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    repo.git(&[
        "clone",
        "-q",
        "--filter=blob:none",
        &url(&repo),
        "../partial",
    ]);
    let partial = Repo::at(&repo.world, "partial");
    let missing = partial.git(&["rev-list", "--objects", "--all", "--missing=print"]);
    assert_eq!(missing.matches('?').count(), 1, "{missing}");
    // Whoever fetches runs this.
    let canary = repo.world.canary();
    partial.configure(format!(
        "[core]\n\tsshCommand = {canary}\n[remote \"origin\"]\n\turl = ssh://nowhere.invalid/x\n\
         \tuploadpack = {canary}\n"
    ));
    let run = partial.history();
    run.findings(1).without(&old).told();
    run.found(&new).at("new.env", 2);
    run.told_of("old.env");
}

#[test]
fn a_partial_clone_without_trees() {
    let (repo, old, new) = origin();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    repo.git(&["clone", "-q", "--filter=tree:0", &url(&repo), "../partial"]);
    let partial = Repo::at(&repo.world, "partial");
    partial.git(&["config", "remote.origin.url", "file:///nowhere"]);
    let run = partial.history();
    run.findings(1).without(&old).told();
    run.found(&new).at("new.env", 2);
}

#[test]
fn borrowed_objects() {
    let (repo, old, new) = origin();
    repo.git(&["clone", "-q", "--shared", ".", "../shared"]);
    let shared = Repo::at(&repo.world, "shared");
    assert!(shared.git_dir().join("objects/info/alternates").exists());
    let own = shared.leak("own.env");
    let run = shared.history();
    run.findings(3).complete();
    run.found(&old).at("old.env", 2);
    run.found(&new).at("new.env", 2);
    run.found(&own);
}

#[test]
fn objects_borrowed_by_a_lender() {
    let (repo, old, _) = origin();
    repo.pack();
    let mut last = Repo::at(&repo.world, "tree");
    let mut pairs = Vec::new();
    for n in 0..4 {
        let name = format!("chain{n}");
        last.git(&["clone", "-q", "--shared", ".", &format!("../{name}")]);
        last = Repo::at(&repo.world, &name);
        pairs.push(last.leak(&format!("{n}.env")));
    }
    let run = last.history();
    run.findings(6).complete();
    run.found(&old);
    for pair in &pairs {
        run.found(pair);
    }
}

#[test]
fn relative_alternates_comments_and_quotes() {
    let (repo, old, _) = origin();
    let odd = Repo::init(&repo.world, "odd \"name\"", &[]);
    let far = odd.leak("far.env");
    let user = Repo::init(&repo.world, "user", &[]);
    let quoted = format!(
        "\"{}/.git/objects\"",
        odd.root.display().to_string().replace('"', "\\\"")
    );
    user.write(
        ".git/objects/info/alternates",
        format!("# a comment\n\n../../../tree/.git/objects\n{quoted}\n"),
    );
    assert!(user.holds(&["cat-file", "-e", &repo.id("HEAD")]));
    assert!(user.holds(&["cat-file", "-e", &odd.id("HEAD")]));
    let run = user.history();
    run.findings(3).complete();
    run.found(&old);
    run.found(&far);
}

#[test]
fn alternates_to_nowhere() {
    let (repo, old, _) = origin();
    repo.write(
        ".git/objects/info/alternates",
        "/nowhere/at/all/objects\n../../../gone/objects\n",
    );
    let run = repo.history();
    run.findings(2).told_of("/nowhere/at/all/objects");
    run.found(&old);
}

#[test]
fn alternates_in_circles() {
    let (repo, old, new) = origin();
    let other = Repo::init(&repo.world, "other", &[]);
    let far = other.leak("far.env");
    let objects = |repo: &Repo| format!("{}/.git/objects\n", repo.root.display());
    repo.write(
        ".git/objects/info/alternates",
        objects(&other) + &objects(&repo) + ".\n",
    );
    other.write(".git/objects/info/alternates", objects(&repo));
    let run = repo.history();
    run.findings(3);
    run.found(&old);
    run.found(&new);
    run.found(&far);
}

#[test]
fn alternates_without_number() {
    let (repo, old, _) = origin();
    let lines: String = (0..20_000).map(|n| format!("/nowhere/{n}\n")).collect();
    repo.write(".git/objects/info/alternates", lines);
    let run = repo.history();
    run.findings(2).told();
    run.found(&old);
}

#[test]
fn objects_named_by_sha_256() {
    let world = crate::world::World::new();
    let repo = Repo::init(&world, "tree", &["--object-format=sha256"]);
    let loose = repo.leak("a.env");
    let first = repo.id("HEAD");
    assert_eq!(first.len(), 64);
    for packed in [false, true] {
        if packed {
            for n in 0..20 {
                repo.write("grows", "line\n".repeat(n * 50));
                repo.commit("more");
            }
            repo.pack();
        }
        let own = repo.leak(&format!("{packed}.env"));
        let run = repo.history();
        run.complete();
        run.found(&loose).at("a.env", 2).commit("first", &first);
        run.found(&own);
        let run = repo.range("HEAD~1..HEAD");
        run.findings(1).complete();
        run.found(&own);
        let staged = repo.plant("staged", &format!("staged-{packed}.env"));
        repo.git(&["add", "-A"]);
        let run = repo.staged();
        run.findings(1).complete();
        run.found(&staged);
    }
}

#[test]
fn a_reftable_is_refused_aloud() {
    let world = crate::world::World::new();
    let repo = Repo::at(&world, "tree");
    fs::create_dir(&repo.root).unwrap();
    if !repo.holds(&["init", "-q", "--ref-format=reftable"]) {
        eprintln!("left out: this git has no reftable");
        return;
    }
    let pair = repo.leak("bot.env");
    for args in [
        &["--history"][..],
        &["--range", "HEAD~1..HEAD"],
        &["--staged"],
    ] {
        let run = repo.scan(args);
        run.refused();
        assert!(run.stderr().contains("reftable"), "{run}");
    }
    drop(pair);
}

#[test]
fn a_repository_of_somebody_else() {
    if !rustix::process::getuid().is_root() {
        eprintln!("left out: only root can give files away");
        return;
    }
    let (repo, old, _) = origin();
    let staged = repo.plant("staged", "staged.env");
    repo.git(&["add", "-A"]);
    let mut open = vec![repo.root.clone()];
    while let Some(path) = open.pop() {
        std::os::unix::fs::lchown(&path, Some(12_345), Some(12_345)).unwrap();
        if path.is_dir() && !path.is_symlink() {
            open.extend(fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        }
    }
    assert!(!repo.holds(&["status"]), "git itself trusts it");
    let run = repo.history();
    run.complete();
    run.found(&old);
    let run = repo.range("HEAD~1..HEAD");
    run.complete().findings(1);
    let run = repo.staged();
    run.complete().findings(1);
    run.found(&staged);
}
