//! One case: a directory, a run of the program in it, and what must hold of what came out.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::planted::Pair;

/// No case may take longer; a loaded machine and a debug build are allowed for.
const LIMIT: Duration = Duration::from_secs(60);

/// The built program, with the surroundings of a plain shell.
pub(crate) fn keyfence() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keyfence"));
    for name in ["KEYFENCE_FORMAT", "KEYFENCE_THREADS", "KEYFENCE_FAIL_ON"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Waits for a program to end, and fails the test when it does not.
pub(crate) fn wait(child: Child) -> Output {
    let id = rustix::process::Pid::from_child(&child);
    let (done, waiting) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let output = child.wait_with_output();
        _ = done.send(());
        output
    });
    if waiting.recv_timeout(LIMIT).is_err() {
        _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
        panic!("the scan did not end within {LIMIT:?}");
    }
    reader.join().unwrap().unwrap()
}

/// A tree to scan, and room beside it.
pub(crate) struct Case {
    dir: TempDir,
}

impl Case {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("tree")).unwrap();
        Self { dir }
    }

    /// A case with one file.
    pub(crate) fn of(name: &str, content: impl AsRef<[u8]>) -> Self {
        let case = Self::new();
        case.write(name, content);
        case
    }

    /// What is scanned.
    pub(crate) fn root(&self) -> PathBuf {
        self.dir.path().join("tree")
    }

    /// Room outside of it.
    pub(crate) fn beside(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file of the tree, and the directories to it.
    pub(crate) fn write(&self, name: impl AsRef<OsStr>, content: impl AsRef<[u8]>) {
        let path = self.root().join(Path::new(name.as_ref()));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Makes a repository of the tree that holds what stands there and these paths by force.
    pub(crate) fn git(&self, forced: &[&str]) {
        let git = |args: &[&str]| {
            let status = Command::new("git")
                .current_dir(self.root())
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("HOME", "/nowhere")
                .args(args)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            assert!(status.success(), "git {args:?}");
        };
        git(&["-c", "init.defaultBranch=main", "init"]);
        git(&["add", "."]);
        for path in forced {
            git(&["add", "-f", path]);
        }
    }

    /// Scans the tree.
    pub(crate) fn scan(&self) -> Run {
        self.scan_with(&[], |_| {})
    }

    /// Scans the tree with further arguments and other surroundings. All formats are written.
    pub(crate) fn scan_with(&self, args: &[&str], change: impl FnOnce(&mut Command)) -> Run {
        let out = tempfile::tempdir_in(self.beside()).unwrap();
        let file = |name: &str| out.path().join(name);
        let mut command = keyfence();
        command
            .current_dir(self.root())
            .args(["scan", "-v", "-f", "human"]);
        for (format, name) in FILES {
            let mut text = std::ffi::OsString::from(format!("{format}="));
            text.push(file(name));
            command.arg("-f").arg(text);
        }
        command
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        change(&mut command);
        let began = Instant::now();
        let output = wait(command.spawn().unwrap());
        Run {
            took: began.elapsed(),
            files: FILES.map(|(_, name)| fs::read(file(name)).unwrap_or_default()),
            output,
        }
    }
}

/// The reports that are written into files, and the names of these.
const FILES: [(&str, &str); 3] = [
    ("json", "out.json"),
    ("jsonl", "out.jsonl"),
    ("sarif", "out.sarif"),
];

/// What came out of a scan.
pub(crate) struct Run {
    pub(crate) output: Output,
    pub(crate) took: Duration,
    files: [Vec<u8>; 3],
}

impl Run {
    /// The exit code; a signal is a failure of every case.
    pub(crate) fn code(&self) -> i32 {
        assert_eq!(
            self.output.status.signal(),
            None,
            "died of a signal: {self}"
        );
        self.output.status.code().unwrap()
    }

    /// The JSON report.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.files[0]).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// All that came out, in every format.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = &[u8]> {
        [&self.output.stdout[..], &self.output.stderr]
            .into_iter()
            .chain(self.files.iter().map(Vec::as_slice))
    }

    /// Where credentials with this fingerprint stand: path, members, and the line of the most
    /// secret part.
    pub(crate) fn places(&self, fingerprint: &str) -> Vec<(String, u64)> {
        let json = self.json();
        let findings = json["findings"].as_array().unwrap();
        let places = findings
            .iter()
            .filter(|finding| finding["fingerprint"] == fingerprint)
            .flat_map(|finding| finding["places"].as_array().unwrap().clone());
        places
            .map(|place| {
                let mut path = place["path"].as_str().unwrap().to_owned();
                for member in place["members"].as_array().into_iter().flatten() {
                    path.push_str("!/");
                    path.push_str(member.as_str().unwrap());
                }
                (path, place["line"].as_u64().unwrap())
            })
            .collect()
    }

    /// The credential is reported at this path and line, and the exit code says so.
    pub(crate) fn found(&self, pair: &Pair, path: &str, line: u64) -> &Self {
        let places = self.places(&pair.fingerprint());
        assert!(
            places
                .iter()
                .any(|(at, on)| (at.as_str(), *on) == (path, line)),
            "not at {path}:{line} but at {places:?}: {self}"
        );
        assert_eq!(self.code(), 1, "{self}");
        self.masked(pair)
    }

    /// Neither part stands in any output, nor a telling piece of it.
    pub(crate) fn masked(&self, pair: &Pair) -> &Self {
        self.without(&pair.key).without(&pair.secret)
    }

    /// The value stands in no output, nor does a telling piece of it.
    pub(crate) fn without(&self, value: &str) -> &Self {
        let pieces = [value.get(..12), value.get(value.len().saturating_sub(12)..)];
        for piece in pieces.into_iter().flatten() {
            for out in self.outputs() {
                assert!(
                    memchr::memmem::find(out, piece.as_bytes()).is_none(),
                    "a value shows: {self}"
                );
            }
        }
        self
    }

    /// This many findings and no more.
    pub(crate) fn findings(&self, number: usize) -> &Self {
        let json = self.json();
        assert_eq!(json["findings"].as_array().unwrap().len(), number, "{self}");
        self
    }

    /// Everything was read, and all reports say so.
    pub(crate) fn complete(&self) -> &Self {
        assert_eq!(self.json()["summary"]["gaps"], 0, "{self}");
        assert_eq!(self.successful(), Some(true), "{self}");
        self.clean()
    }

    /// A gap with these words is told in all reports, on standard error and by the exit code.
    pub(crate) fn gap(&self, path: &str, words: &str) -> &Self {
        let json = self.json();
        let told = json["gaps"].as_array().unwrap().iter().any(|gap| {
            let member = gap["members"]
                .as_array()
                .is_some_and(|members| members.last().is_some_and(|last| last == path));
            (member || gap["path"] == path) && gap["what"].as_str().unwrap().contains(words)
        });
        assert!(told, "no gap `{words}` at {path}: {self}");
        assert_eq!(self.successful(), Some(false), "{self}");
        let stderr = String::from_utf8_lossy(&self.output.stderr);
        assert!(stderr.contains(words), "{self}");
        assert!(matches!(self.code(), 1 | 3), "{self}");
        self.clean()
    }

    fn successful(&self) -> Option<bool> {
        let sarif: Value = serde_json::from_slice(&self.files[2]).unwrap();
        sarif["runs"][0]["invocations"][0]["executionSuccessful"].as_bool()
    }

    /// No raw terminal code came out, and nothing that a CI runner obeys.
    pub(crate) fn clean(&self) -> &Self {
        for out in self.outputs() {
            let text = std::str::from_utf8(out).expect("UTF-8");
            let bad = text
                .chars()
                .find(|c| *c != '\n' && keyfence::report::escape::is_unsafe(*c));
            assert_eq!(bad, None, "{self}");
            assert!(
                !text.lines().any(|line| line.trim_start().starts_with("::")),
                "a workflow command: {self}"
            );
            assert!(!text.contains("##["), "a runner's command: {self}");
        }
        self
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cut =
            |bytes: &[u8]| String::from_utf8_lossy(bytes.get(..4000).unwrap_or(bytes)).into_owned();
        write!(
            f,
            "{:?} after {:?}\nstdout: {}\nstderr: {}\njson: {}",
            self.output.status,
            self.took,
            cut(&self.output.stdout),
            cut(&self.output.stderr),
            cut(&self.files[0])
        )
    }
}

/// A path of arbitrary bytes.
pub(crate) fn raw(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}
