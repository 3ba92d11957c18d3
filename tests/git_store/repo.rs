//! Repositories made and asked by git.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gix::ObjectId;
use keyfence::git::{Fault, Layout, Object, Store};

/// A temporary directory with repositories.
pub(crate) struct Repo {
    dir: tempfile::TempDir,
}

impl Repo {
    /// An empty directory.
    pub(crate) fn none() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir }
    }

    /// A repository `repo` without commits.
    pub(crate) fn empty() -> Self {
        let out = Self::none();
        out.git(".", &["init", "-q", "repo"]);
        out
    }

    /// A path below the directory, without links.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        let root = self.dir.path().canonicalize().unwrap();
        root.join(path).components().collect()
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Writes a file in the work tree `repo`, and commits it.
    pub(crate) fn commit(&self, path: &str, bytes: impl AsRef<[u8]>) {
        self.write(&format!("repo/{path}"), bytes);
        self.git("repo", &["add", "-A"]);
        self.git("repo", &["commit", "-q", "-m", path]);
    }

    /// Runs git there; what it writes to its standard output, without the last line end.
    pub(crate) fn git(&self, dir: &str, args: &[&str]) -> String {
        let out = self.git_with(dir, args, b"");
        String::from_utf8(out).unwrap().trim_end().to_owned()
    }

    /// Runs git with this standard input; what it writes to its standard output.
    pub(crate) fn git_with(&self, dir: &str, args: &[&str], input: &[u8]) -> Vec<u8> {
        let mut git = self.command(dir, args);
        git.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = git.stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let out = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "git {args:?}: {said}");
        out.stdout
    }

    /// Whether git is content.
    pub(crate) fn git_agrees(&self, dir: &str, args: &[&str]) -> bool {
        let mut git = self.command(dir, args);
        git.stdout(Stdio::null()).stderr(Stdio::null());
        git.status().unwrap().success()
    }

    fn command(&self, dir: &str, args: &[&str]) -> Command {
        let mut git = Command::new("git");
        git.current_dir(self.path(dir))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.dir.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "A U Thor")
                .env(format!("GIT_{who}_EMAIL"), "a@example.com")
                .env(format!("GIT_{who}_DATE"), "1700000000 +0000");
        }
        git.args(["-c", "init.defaultBranch=main", "-c", "gc.auto=0"])
            .args(["-c", "protocol.file.allow=always"])
            .args(args);
        git
    }
}

/// An environment without variables.
pub(crate) fn no_env(_: &str) -> Option<OsString> {
    None
}

/// An environment with these variables alone.
pub(crate) fn env(pairs: &[(&str, &Path)]) -> impl Fn(&str) -> Option<OsString> + use<> {
    let pairs: Vec<(String, OsString)> = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_os_str().to_owned()))
        .collect();
    move |wanted| {
        let found = pairs.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone())
    }
}

/// An object as git gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) kind: String,
    pub(crate) data: Vec<u8>,
}

impl Repo {
    /// Every object that git finds in the object store, reachable or not.
    pub(crate) fn objects(&self, dir: &str) -> BTreeMap<ObjectId, Known> {
        let args = ["cat-file", "--batch-all-objects", "--batch", "--unordered"];
        let out = self.git_with(dir, &args, b"");
        let mut known = BTreeMap::new();
        let mut rest = &out[..];
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let line = std::str::from_utf8(&rest[..end]).unwrap();
            let words: Vec<_> = line.split(' ').collect();
            let size: usize = words[2].parse().unwrap();
            let data = rest[end + 1..end + 1 + size].to_vec();
            rest = &rest[end + 2 + size..];
            let kind = words[1].to_owned();
            let id = ObjectId::from_hex(words[0].as_bytes()).unwrap();
            known.insert(id, Known { kind, data });
        }
        known
    }

    /// The store of a repository, and the faults of opening it.
    pub(crate) fn store(&self, dir: &str) -> (Store, Vec<Fault>) {
        let layout = Layout::open(&self.path(dir), &no_env).unwrap();
        Store::open(&layout, &no_env)
    }

    /// The files of loose objects and packs.
    pub(crate) fn files(&self, objects: &str, extension: &str) -> Vec<PathBuf> {
        let mut out = Vec::new();
        for dir in std::fs::read_dir(self.path(objects)).unwrap() {
            let dir = dir.unwrap();
            let is_pack = dir.file_name() == "pack";
            if dir.file_name() == "info" || is_pack != (extension != "loose") {
                continue;
            }
            for file in std::fs::read_dir(dir.path()).unwrap() {
                let path = file.unwrap().path();
                if !is_pack || path.extension().is_some_and(|found| found == extension) {
                    out.push(path);
                }
            }
        }
        out.sort();
        out
    }
}

/// Rewrites a file that git made read-only.
pub(crate) fn rewrite(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// What the store gives for an object, by all its ways.
pub(crate) fn read(store: &Store, id: &ObjectId) -> Result<Option<Known>, Fault> {
    let read = store.read(id, u64::MAX);
    let known = |object: Object| Known {
        kind: object.kind.to_string(),
        data: object.data,
    };
    let mut streamed = None;
    let found = store.stream(id, &mut |kind, size, reader| {
        let mut data = Vec::new();
        let done = reader.read_to_end(&mut data);
        streamed = done.is_ok().then(|| {
            assert_eq!(size, data.len() as u64);
            let kind = kind.to_string();
            Known { kind, data }
        });
    });
    match &read {
        Ok(Some(object)) => {
            let size = object.data.len() as u64;
            assert!(store.contains(id));
            assert_eq!(store.header(id), Ok(Some((object.kind, size))));
            assert_eq!((found, streamed), (Ok(true), Some(known(object.clone()))));
            if size > 0 {
                assert!(store.read(id, size - 1).is_err());
            }
            assert!(store.read(id, size).unwrap().is_some());
        }
        Ok(None) => {
            assert!(!store.contains(id));
            assert_eq!((store.header(id), found), (Ok(None), Ok(false)));
        }
        Err(fault) => {
            assert!(store.contains(id));
            assert!(found.is_err(), "{fault}");
            assert_eq!(fault.id, Some(*id));
        }
    }
    read.map(|object| object.map(known))
}
