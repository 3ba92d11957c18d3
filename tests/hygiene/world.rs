//! A repository in a world of its own, git and keyfence in it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

pub(crate) struct World {
    dir: tempfile::TempDir,
    /// The repository's top.
    pub(crate) top: PathBuf,
}

/// How keyfence ended.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl World {
    /// An empty repository.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap().join("repo");
        fs::create_dir_all(&top).unwrap();
        fs::create_dir_all(dir.path().join("home")).unwrap();
        let world = Self { dir, top };
        world.git(&["init", "-q", "-b", "main", "--template="]);
        world.git(&["config", "user.name", "Ann"]);
        world.git(&["config", "user.email", "ann@example.com"]);
        world
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// A program in the repository, without anything of ours.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.top)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.home())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", "2024-05-01T12:00:00Z")
            .env("GIT_COMMITTER_DATE", "2024-05-01T12:00:00Z");
        command
    }

    #[track_caller]
    pub(crate) fn git(&self, args: &[&str]) -> Vec<u8> {
        let output = self.try_git(args, b"");
        assert!(
            output.status.success(),
            "git {args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    pub(crate) fn try_git(&self, args: &[&str], input: &[u8]) -> Output {
        let mut command = self.command("git");
        command.args(args);
        fed(command, input)
    }

    pub(crate) fn keyfence(&self, args: &[&str], input: &[u8]) -> Run {
        let mut command = self.command(env!("CARGO_BIN_EXE_keyfence"));
        command.args(args);
        let output = fed(command, input);
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.top.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.top.join(name)).unwrap()
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// The verdicts that keyfence gives for paths.
    #[track_caller]
    pub(crate) fn verdicts(&self, paths: &[&str]) -> Vec<String> {
        let run = self.keyfence(
            &["gitignore", "--paths", "-", "--format", "tsv"],
            paths.join("\n").as_bytes(),
        );
        assert!(run.code < 2, "{}", run.stderr);
        let text = String::from_utf8(run.stdout).unwrap();
        let lines: Vec<(&str, &str)> = text
            .lines()
            .map(|line| line.split_once('\t').unwrap())
            .collect();
        assert_eq!(lines.iter().map(|line| line.1).collect::<Vec<_>>(), paths);
        lines.iter().map(|line| line.0.to_owned()).collect()
    }
}

impl Run {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| {
            panic!("{error}: {}{}", self.text(), self.stderr);
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

fn fed(mut command: Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // The program may leave without reading all.
    let writer = std::thread::spawn(move || _ = stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// Copies a tree; links become what they lead to, where that is a file.
pub(crate) fn copy_resolved(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        let target = to.join(entry.file_name());
        if kind.is_dir() {
            copy_resolved(&entry.path(), &target);
        } else if let Ok(bytes) = fs::read(entry.path()) {
            fs::write(target, bytes).unwrap();
        }
    }
}
