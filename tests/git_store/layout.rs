//! Repositories are found where git finds them, and damage does not hide them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use gix::hash::Kind;
use keyfence::git::{Layout, LayoutError};

use super::repo::{Repo, env, no_env};

fn open(repo: &Repo, dir: &str) -> Result<Layout, LayoutError> {
    Layout::open(&repo.path(dir), &no_env)
}

/// What git says of a directory: its git directory, common directory, and work tree if any.
fn as_git(repo: &Repo, dir: &str, layout: &Layout) {
    let ask = |what: &str| {
        let path = repo.git(dir, &["rev-parse", "--path-format=absolute", what]);
        Path::new(&path).canonicalize().unwrap()
    };
    assert_eq!(layout.git_dir, ask("--git-dir"), "{dir}");
    assert_eq!(layout.common_dir, ask("--git-common-dir"), "{dir}");
    let top = repo.git_agrees(dir, &["rev-parse", "--show-toplevel"]);
    let top = top.then(|| ask("--show-toplevel"));
    if top.is_some() {
        assert_eq!(layout.work_tree, top, "{dir}");
    }
    let hash = repo.git(dir, &["rev-parse", "--show-object-format"]);
    assert_eq!(layout.hash.to_string(), hash, "{dir}");
}

#[test]
fn every_shape_is_found_where_git_finds_it() {
    let repo = Repo::empty();
    repo.commit("sub/a.txt", "a");
    repo.git("repo", &["worktree", "add", "-q", "../linked"]);
    repo.git(".", &["clone", "-q", "--bare", "repo", "bare.git"]);
    repo.git(".", &["clone", "-q", "repo", "super"]);
    let module = repo.path("repo");
    repo.git(
        "super",
        &[
            "submodule",
            "--quiet",
            "add",
            module.to_str().unwrap(),
            "module",
        ],
    );
    repo.git(
        "super/module",
        &["worktree", "add", "-q", "../../of-module"],
    );
    repo.git(".", &["init", "-q", "--object-format=sha256", "long"]);
    repo.git(
        ".",
        &["init", "-q", "--separate-git-dir=apart.git", "apart"],
    );
    for dir in [
        "repo",
        "repo/sub",
        "repo/.git",
        "repo/.git/refs/heads",
        "repo/.git/worktrees/linked",
        "linked",
        "linked/sub",
        "bare.git",
        "bare.git/objects",
        "super",
        "super/module/sub",
        "super/.git/modules/module",
        "of-module/sub",
        "long",
        "apart",
        "apart.git",
    ] {
        let layout = open(&repo, dir).unwrap();
        as_git(&repo, dir, &layout);
        assert_eq!(layout.faults, [], "{dir}");
        assert!(!layout.promisor && layout.shallow.is_empty(), "{dir}");
    }
    assert_eq!(open(&repo, "bare.git").unwrap().work_tree, None);
    assert_eq!(open(&repo, "long").unwrap().hash, Kind::Sha256);
    // A file's repository is that of its directory.
    let of_file = open(&repo, "repo/sub/a.txt").unwrap();
    assert_eq!(of_file.git_dir, repo.path("repo/.git"));
}

#[test]
fn the_environment_that_git_gives_its_hooks() {
    let repo = Repo::empty();
    repo.commit("a.txt", "a");
    repo.git("repo", &["worktree", "add", "-q", "../linked"]);
    let (git_dir, tree) = (repo.path("repo/.git"), repo.path("linked"));
    let none = repo.path(".");
    let given = env(&[("GIT_DIR", &git_dir), ("GIT_WORK_TREE", &tree)]);
    let layout = Layout::open(&none, &given).unwrap();
    assert_eq!(layout.git_dir, git_dir);
    assert_eq!(layout.work_tree, Some(tree));
    // A file may stand for the directory; without a work tree it is the current directory.
    let file = repo.path("linked/.git");
    let layout = Layout::open(&none, &env(&[("GIT_DIR", &file)])).unwrap();
    assert_eq!(layout.git_dir, repo.path("repo/.git/worktrees/linked"));
    assert_eq!(layout.common_dir, git_dir);
    assert_eq!(layout.work_tree, Some(none.clone()));
    let own = repo.path("repo/.git/worktrees/linked");
    let given = env(&[("GIT_DIR", &own), ("GIT_COMMON_DIR", &git_dir)]);
    assert_eq!(Layout::open(&none, &given).unwrap().common_dir, git_dir);
    // The objects are elsewhere, and the directory's own are gone.
    let objects = repo.path("objects");
    fs::rename(git_dir.join("objects"), &objects).unwrap();
    let given = env(&[("GIT_OBJECT_DIRECTORY", &objects)]);
    let layout = Layout::open(&repo.path("repo"), &given).unwrap();
    assert_eq!(layout.git_dir, git_dir);
    let error = open(&repo, "repo").unwrap_err();
    assert!(matches!(error, LayoutError::NoObjects { .. }), "{error}");
    let wrong = Layout::open(&none, &env(&[("GIT_DIR", &objects)])).unwrap_err();
    assert!(matches!(wrong, LayoutError::NotGitDir(_)), "{wrong}");
}

#[test]
fn shallow_and_partial_clones_say_so() {
    let repo = Repo::empty();
    for name in ["a", "b", "c"] {
        repo.commit(name, name);
    }
    repo.git("repo", &["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", repo.path("repo").display());
    repo.git(".", &["clone", "-q", "--depth=2", &url, "shallow"]);
    let layout = open(&repo, "shallow").unwrap();
    let second = repo.git("repo", &["rev-parse", "HEAD~1"]);
    assert_eq!(layout.shallow[0].to_string(), second);
    assert_eq!(layout.shallow.len(), 1);
    assert!(!layout.promisor);
    repo.git(".", &["clone", "-q", "--filter=blob:none", &url, "partial"]);
    let layout = open(&repo, "partial").unwrap();
    assert!(layout.promisor && layout.shallow.is_empty());
    // A damaged list is told, and what is left of it counts.
    repo.write("shallow/.git/shallow", format!("{second}\nnonsense\n"));
    let layout = open(&repo, "shallow").unwrap();
    assert_eq!((layout.shallow.len(), layout.faults.len()), (1, 1));
}

#[test]
fn what_git_refuses_or_keeps_elsewhere_is_refused_with_the_way_out() {
    let repo = Repo::empty();
    repo.commit("a", "a");
    let config = repo.path("repo/.git/config");
    let open_with = |version: &str, extension: &str| {
        let text =
            format!("[core]\nrepositoryFormatVersion = {version}\n[extensions]\n{extension}");
        fs::write(&config, text).unwrap();
        let opened = open(&repo, "repo");
        // The same verdict as git's, but for what git alone can read.
        let unread = extension.contains("reftable");
        let git = repo.git_agrees("repo", &["rev-parse", "--git-dir"]);
        assert!(opened.is_ok() == git || unread, "{version} {extension}");
        opened
    };
    let refused = |version: &str, extension: &str, why: &str| {
        let error = open_with(version, extension).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
        assert!(!error.help().is_empty());
        error.help()
    };
    refused("0", "objectFormat = sha1", "`objectformat`");
    refused("1", "quantum = true", "`quantum`");
    refused(
        "1",
        "[extensions \"Quantum\"]\nleap = true",
        "`Quantum.leap`",
    );
    refused("1", "objectFormat = md5", "`md5`");
    refused("1", "objectFormat = SHA256", "`SHA256`");
    refused("2", "", "version 2");
    let help = refused("1", "refStorage = reftable", "`reftable`");
    assert!(help.contains("git refs migrate --ref-format=files"));
    for (version, extension) in [
        ("0", "quantum = true"),
        ("0", "preciousObjects"),
        ("0", "partialClone = origin"),
        ("1", "objectFormat = sha1"),
        ("1", "refStorage = files"),
        ("1", "noop-v1\nnoop\nworktreeConfig"),
    ] {
        let layout = open_with(version, extension).unwrap();
        assert_eq!(layout.promisor, extension.contains("partial"));
    }
    // Without a version git heeds no extension.
    fs::write(&config, "[extensions]\nquantum = true\n").unwrap();
    assert!(open(&repo, "repo").is_ok() && repo.git_agrees("repo", &["rev-parse", "--git-dir"]));
    // A real one, where git can make it.
    if repo.git_agrees(".", &["init", "-q", "--ref-format=reftable", "table"]) {
        let error = open(&repo, "table").unwrap_err();
        assert!(matches!(error, LayoutError::RefStorage { .. }), "{error}");
    }
}

#[test]
fn damage_is_told_and_hides_nothing() {
    let repo = Repo::empty();
    repo.commit("sub/a", "a");
    let one_fault = |file: &str| {
        let layout = open(&repo, "repo/sub").unwrap();
        assert_eq!(layout.git_dir, repo.path("repo/.git"));
        assert_eq!(layout.faults.len(), 1, "{:?}", layout.faults);
        let wanted = repo.path("repo/.git").join(file);
        assert_eq!(layout.faults[0].file.as_ref(), Some(&wanted));
    };
    let head = repo.path("repo/.git/HEAD");
    for text in ["", "ref: \n", "nonsense", "ref: elsewhere/main\n"] {
        fs::write(&head, text).unwrap();
        one_fault("HEAD");
    }
    fs::remove_file(&head).unwrap();
    one_fault("HEAD");
    crate::fifo::fifo(&head);
    one_fault("HEAD");
    fs::remove_file(&head).unwrap();
    symlink("refs/heads/main", &head).unwrap();
    assert_eq!(open(&repo, "repo").unwrap().faults, []);
    let config = repo.path("repo/.git/config");
    let sane = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("<<<<<<< HEAD\n{sane}")).unwrap();
    one_fault("config");
    fs::remove_file(&config).unwrap();
    assert_eq!(open(&repo, "repo").unwrap().faults, []);
    fs::create_dir(&config).unwrap();
    one_fault("config");
    // Nothing is included, a pipe least of all.
    fs::remove_dir(&config).unwrap();
    fs::write(&config, format!("[include]\npath = /dev/tty\n{sane}")).unwrap();
    assert_eq!(open(&repo, "repo").unwrap().faults, []);
    // A bare repository without HEAD.
    repo.git(".", &["init", "-q", "--bare", "bare.git"]);
    fs::remove_file(repo.path("bare.git/HEAD")).unwrap();
    assert_eq!(open(&repo, "bare.git").unwrap().faults.len(), 1);
}

#[test]
fn links_that_lead_nowhere_end_the_search_aloud() {
    let repo = Repo::empty();
    repo.commit("a", "a");
    repo.git("repo", &["worktree", "add", "-q", "../linked"]);
    repo.write("repo/inner/.git", "gitdir: ../../nowhere\n");
    let error = open(&repo, "repo/inner").unwrap_err();
    assert!(matches!(error, LayoutError::Dangling { .. }), "{error}");
    repo.write("repo/inner/.git", "nonsense");
    let error = open(&repo, "repo/inner").unwrap_err();
    assert!(matches!(error, LayoutError::Unlinked(_)), "{error}");
    repo.write("repo/.git/worktrees/linked/commondir", "../../../nowhere\n");
    let error = open(&repo, "linked").unwrap_err();
    assert!(matches!(error, LayoutError::Dangling { .. }), "{error}");
    // An empty `.git` is none, and neither is a tree with a directory of that name.
    fs::create_dir_all(repo.path("repo/empty/.git")).unwrap();
    let layout = open(&repo, "repo/empty").unwrap();
    assert_eq!(layout.git_dir, repo.path("repo/.git"));
    fs::create_dir_all(repo.path("plain/objects")).unwrap();
    let error = open(&repo, "plain/objects").unwrap_err();
    assert!(matches!(error, LayoutError::None(_)), "{error}");
    let error = open(&repo, "missing").unwrap_err();
    assert!(matches!(error, LayoutError::Read { .. }), "{error}");
}

#[test]
fn a_work_tree_elsewhere() {
    let repo = Repo::empty();
    repo.commit("a", "a");
    fs::create_dir(repo.path("tree")).unwrap();
    repo.git("repo", &["config", "core.worktree", "../../tree"]);
    let layout = open(&repo, "repo").unwrap();
    assert_eq!(layout.work_tree, Some(repo.path("tree")));
    // In a linked worktree the main one's setting does not count, its own does.
    repo.git("repo", &["config", "--unset", "core.worktree"]);
    repo.git("repo", &["worktree", "add", "-q", "../linked"]);
    repo.git("repo", &["config", "core.bare", "true"]);
    assert_eq!(open(&repo, "repo").unwrap().work_tree, None);
    let layout = open(&repo, "linked").unwrap();
    assert_eq!(layout.work_tree, Some(repo.path("linked")));
    repo.git("repo", &["config", "extensions.worktreeConfig", "true"]);
    repo.git("linked", &["config", "--worktree", "core.bare", "true"]);
    assert_eq!(open(&repo, "linked").unwrap().work_tree, None);
}
