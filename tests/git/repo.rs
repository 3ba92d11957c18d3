//! A repository under construction.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;

use crate::planted::Pair;
use crate::run::{Limits, Run, judged};
use crate::world::World;

/// A repository, or a work tree of one.
pub(crate) struct Repo {
    pub(crate) world: Rc<World>,
    pub(crate) root: PathBuf,
}

impl Repo {
    /// An empty repository in a world of its own.
    pub(crate) fn new() -> Self {
        Self::init(&World::new(), "tree", &[])
    }

    /// A repository with one commit that holds nothing to report.
    pub(crate) fn begun() -> Self {
        let repo = Self::new();
        repo.write("README", "hello\n");
        repo.commit("begin");
        repo
    }

    /// An empty repository, made with these arguments of `git init`.
    pub(crate) fn init(world: &Rc<World>, name: &str, args: &[&str]) -> Self {
        let repo = Self::at(world, name);
        fs::create_dir_all(&repo.root).unwrap();
        repo.git(&[&["init", "-q", "-b", "main"], args].concat());
        repo
    }

    /// What stands there already.
    pub(crate) fn at(world: &Rc<World>, name: &str) -> Self {
        Self {
            world: Rc::clone(world),
            root: world.path(name),
        }
    }

    /// Runs git, with input for it.
    #[track_caller]
    pub(crate) fn try_git(
        &self,
        args: &[impl AsRef<OsStr>],
        input: &[u8],
        change: impl FnOnce(&mut Command),
    ) -> std::process::Output {
        let mut command = self.world.git(&self.root);
        command
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        change(&mut command);
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // git may leave without reading all.
        let writer = std::thread::spawn(move || _ = stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    }

    /// What git says; it must succeed.
    #[track_caller]
    pub(crate) fn git_with(
        &self,
        args: &[impl AsRef<OsStr>],
        input: &[u8],
        change: impl FnOnce(&mut Command),
    ) -> String {
        let output = self.try_git(args, input, change);
        assert!(
            output.status.success(),
            "the case can't be built: git {:?}: {}",
            args.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    #[track_caller]
    pub(crate) fn git(&self, args: &[impl AsRef<OsStr>]) -> String {
        self.git_with(args, b"", |_| {})
    }

    /// Is this so, says git (by its exit code)?
    #[track_caller]
    pub(crate) fn holds(&self, args: &[impl AsRef<OsStr>]) -> bool {
        self.try_git(args, b"", |_| {}).status.success()
    }

    /// A path below the root.
    pub(crate) fn path(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.root.join(Path::new(name.as_ref()))
    }

    /// Writes a file, and the directories to it.
    pub(crate) fn write(&self, name: impl AsRef<OsStr>, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Adds text at the end of a file.
    pub(crate) fn append(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        let mut text = fs::read(&path).unwrap_or_default();
        text.extend(content.as_ref());
        fs::write(path, text).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// Commits all files of the work tree; says the commit's id.
    #[track_caller]
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.record(message)
    }

    /// Commits what is staged.
    #[track_caller]
    pub(crate) fn record(&self, message: &str) -> String {
        self.world.tick();
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.id("HEAD")
    }

    /// A key pair of this name in a file, not committed.
    pub(crate) fn plant(&self, name: &str, path: &str) -> Pair {
        let pair = self.world.pair(name);
        self.write(path, pair.dotenv());
        pair
    }

    /// A key pair in a file of a commit of its own.
    #[track_caller]
    pub(crate) fn leak(&self, path: &str) -> Pair {
        let pair = self.plant(path, path);
        self.commit(&format!("settings in {path}"));
        pair
    }

    /// The id of what git knows by this name.
    #[track_caller]
    pub(crate) fn id(&self, name: &str) -> String {
        self.git(&["rev-parse", "--verify", "-q", name])
    }

    /// Writes a blob into the object store, and into nothing else.
    #[track_caller]
    pub(crate) fn blob(&self, content: impl AsRef<[u8]>) -> String {
        self.git_with(&["hash-object", "-w", "--stdin"], content.as_ref(), |_| {})
    }

    /// Writes a tree of (mode, id, name).
    #[track_caller]
    pub(crate) fn tree(&self, entries: &[(&str, &str, &str)]) -> String {
        let mut text = Vec::new();
        for (mode, id, name) in entries {
            let kind = match *mode {
                "040000" => "tree",
                "160000" => "commit",
                _ => "blob",
            };
            text.extend(format!("{mode} {kind} {id}\t{name}\0").bytes());
        }
        self.git_with(&["mktree", "-z", "--missing"], &text, |_| {})
    }

    /// Writes a commit of a tree.
    #[track_caller]
    pub(crate) fn commit_tree(&self, tree: &str, parents: &[&str], message: &str) -> String {
        self.world.tick();
        let mut args = vec!["commit-tree", "-m", message, tree];
        for parent in parents {
            args.extend(["-p", parent]);
        }
        self.git(&args)
    }

    /// The directory that holds HEAD, objects and refs.
    pub(crate) fn git_dir(&self) -> PathBuf {
        match self.path(".git") {
            dir if dir.is_dir() => dir,
            _ => self.root.clone(),
        }
    }

    /// Adds text to the repository's configuration.
    pub(crate) fn configure(&self, text: impl AsRef<[u8]>) {
        let path = self.git_dir().join("config");
        let mut all = fs::read(&path).unwrap();
        all.extend(text.as_ref());
        fs::write(path, all).unwrap();
    }

    /// The file of a loose object.
    pub(crate) fn loose(&self, id: &str) -> PathBuf {
        let path = self.git_dir().join("objects").join(&id[..2]).join(&id[2..]);
        assert!(path.exists(), "the case can't be built: {id} is not loose");
        path
    }

    /// Takes an object away.
    pub(crate) fn lose(&self, id: &str) {
        fs::remove_file(self.loose(id)).unwrap();
        assert!(!self.holds(&["cat-file", "-e", id]));
    }

    /// All objects that anything reaches into one pack, others away.
    pub(crate) fn pack(&self) {
        self.git(&["repack", "-adq"]);
        self.git(&["prune-packed"]);
    }

    /// The packs, or their indexes and other files.
    pub(crate) fn packs(&self, extension: &str) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = fs::read_dir(self.git_dir().join("objects/pack"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == extension))
            .collect();
        all.sort();
        all
    }

    /// Forgets what no ref reaches, but for the objects themselves.
    pub(crate) fn forget(&self) {
        self.git(&["reflog", "expire", "--expire=all", "--all"]);
        for name in ["ORIG_HEAD", "FETCH_HEAD"] {
            _ = fs::remove_file(self.git_dir().join(name));
        }
    }

    /// Does no ref and no reflog reach it, says git?
    pub(crate) fn unreachable(&self, id: &str) -> bool {
        self.git(&["fsck", "--unreachable", "--no-dangling", "--no-progress"])
            .contains(id)
    }

    /// Scans with these arguments, in this directory.
    #[track_caller]
    pub(crate) fn scan_in(&self, dir: &Path, args: &[&str]) -> Run {
        judged(&self.world, dir, args, Limits::PLAIN, |_| {})
    }

    #[track_caller]
    pub(crate) fn scan(&self, args: &[&str]) -> Run {
        self.scan_in(&self.root, args)
    }

    #[track_caller]
    pub(crate) fn history(&self) -> Run {
        self.scan(&["--history"])
    }

    #[track_caller]
    pub(crate) fn large_history(&self) -> Run {
        judged(
            &self.world,
            &self.root,
            &["--history"],
            Limits::LARGE,
            |_| {},
        )
    }

    #[track_caller]
    pub(crate) fn staged(&self) -> Run {
        self.scan(&["--staged"])
    }

    #[track_caller]
    pub(crate) fn range(&self, range: &str) -> Run {
        self.scan(&["--range", range])
    }
}
