//! One run of the program over a repository, and what must hold of what came out.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::world::{Leak, World, seed};

/// What a run may use. A debug build on a machine that others use too is allowed for: the time of
/// the processor is what counts, and the wall clock only tells who waits for ever.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) cpu_seconds: u32,
    pub(crate) wall: Duration,
    /// Of private memory (`RLIMIT_DATA`).
    pub(crate) kilobytes: u32,
}

impl Limits {
    pub(crate) const PLAIN: Self = Self {
        cpu_seconds: 10,
        wall: Duration::from_secs(40),
        kilobytes: 512 << 10,
    };
    /// For tens of megabytes of content in a debug build.
    pub(crate) const LARGE: Self = Self {
        cpu_seconds: 60,
        wall: Duration::from_secs(180),
        ..Self::PLAIN
    };
}

/// The program, with arguments to come, in an environment without anything of git's.
pub(crate) fn keyfence(world: &World, limits: Limits) -> Command {
    let mut command = Command::new("/bin/sh");
    world.plain(&mut command);
    let script = format!(
        "ulimit -c 0; ulimit -t {}; ulimit -d {}; exec \"$@\"",
        limits.cpu_seconds, limits.kilobytes
    );
    command
        .args(["-c", &script, "sh"])
        .arg(env!("CARGO_BIN_EXE_keyfence"));
    command
}

/// Waits for a program to end, and fails the case when it does not.
pub(crate) fn wait(child: Child, wall: Duration) -> Output {
    let id = rustix::process::Pid::from_child(&child);
    let (done, waiting) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let output = child.wait_with_output();
        _ = done.send(());
        output
    });
    let late = waiting.recv_timeout(wall).is_err();
    if late {
        _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
    }
    let output = reader.join().unwrap().unwrap();
    assert!(
        !late,
        "hangs: no end within {wall:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Runs a scan of `world` that writes every format, and holds it to what is true of every run.
pub(crate) fn judged(
    world: &World,
    dir: &Path,
    args: &[&str],
    limits: Limits,
    change: impl FnOnce(&mut Command),
) -> Run {
    let out = world.out();
    fs::set_permissions(&out, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let mut command = keyfence(world, limits);
    command
        .current_dir(dir)
        .args(["scan", "-v", "--color", "never", "-f", "human"]);
    for name in ["json", "sarif"] {
        command
            .arg("-f")
            .arg(format!("{name}={}", out.join(name).display()));
    }
    command
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    change(&mut command);
    let before = world.snapshot();
    let began = Instant::now();
    let output = wait(command.spawn().unwrap(), limits.wall);
    let run = Run {
        what: args.join(" "),
        took: began.elapsed(),
        json: fs::read(out.join("json")).unwrap_or_default(),
        sarif: fs::read(out.join("sarif")).unwrap_or_default(),
        output,
    };
    assert_eq!(world.song(), None, "a program was run: {run}");
    let after = world.snapshot();
    let changed: Vec<_> = before
        .iter()
        .filter(|(path, seen)| after.get(*path) != Some(seen))
        .map(|(path, _)| path)
        .chain(after.keys().filter(|path| !before.contains_key(*path)))
        .collect();
    assert!(
        changed.is_empty(),
        "the repository changed: {changed:?}: {run}"
    );
    run.sound(&world.secrets());
    run
}

/// What came out of a scan.
pub(crate) struct Run {
    what: String,
    pub(crate) output: Output,
    took: Duration,
    json: Vec<u8>,
    sarif: Vec<u8>,
}

impl Run {
    /// What a program made that was not started by [`judged`]: by a hook.
    pub(crate) fn of(what: &str, output: Output, out: &Path) -> Self {
        Self {
            what: what.to_owned(),
            output,
            took: Duration::ZERO,
            json: fs::read(out.join("json")).unwrap_or_default(),
            sarif: fs::read(out.join("sarif")).unwrap_or_default(),
        }
    }

    /// The exit code.
    pub(crate) fn code(&self) -> i32 {
        self.output.status.code().unwrap_or(-1)
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// The JSON report.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert!(!self.is_refused(), "refused: {self}");
        serde_json::from_slice(&self.json)
            .unwrap_or_else(|error| panic!("no report, {error}: {self}"))
    }

    #[track_caller]
    fn array(&self, name: &str) -> Vec<Value> {
        self.json()[name].as_array().unwrap().clone()
    }

    /// Did it say that it could not run at all?
    fn is_refused(&self) -> bool {
        self.code() == 2
    }

    /// What is true of every run: it ended by itself, shows no value and no terminal code, and its
    /// reports and its exit code tell the same.
    pub(crate) fn sound(&self, secrets: &[String]) {
        if let Some(signal) = self.output.status.signal() {
            let why = match signal {
                9 | 24 => "too much time",
                6 => "abort: a panic, or too much memory",
                _ => "crash",
            };
            panic!("died of signal {signal} ({why}): {self}");
        }
        assert!((0..=3).contains(&self.code()), "odd exit code: {self}");
        let stderr = self.stderr();
        assert!(!stderr.contains("panicked"), "a panic: {self}");
        for out in [
            &self.output.stdout,
            &self.output.stderr,
            &self.json,
            &self.sarif,
        ] {
            for value in secrets {
                let tail = value.len().saturating_sub(12);
                for piece in [value.get(..12), value.get(tail..)].into_iter().flatten() {
                    let shown = memchr::memmem::find(out, piece.as_bytes()).is_some();
                    assert!(!shown, "a value shows: {self}");
                }
            }
            let text = std::str::from_utf8(out)
                .unwrap_or_else(|error| panic!("output is no UTF-8, {error}: {self}"));
            let bad = text
                .chars()
                .find(|c| *c != '\n' && keyfence::report::escape::is_unsafe(*c));
            assert_eq!(bad, None, "a raw control character: {self}");
            let command = text
                .lines()
                .any(|line| line.trim_start().starts_with("::") || line.contains("##["));
            assert!(!command, "a workflow command: {self}");
        }
        if self.is_refused() {
            assert!(stderr.contains("error: "), "refused without words: {self}");
            return;
        }
        self.agrees();
    }

    /// Reports, summary and exit code agree.
    fn agrees(&self) {
        let json = self.json();
        let errors: Vec<String> = schema()
            .iter_errors(&json)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "not of the schema: {errors:#?}: {self}");
        let fails = self
            .array("findings")
            .iter()
            .any(|finding| finding["fails"] == true);
        let gaps = self.array("gaps");
        let code = match (fails, gaps.is_empty()) {
            (true, _) => 1,
            (false, false) => 3,
            (false, true) => 0,
        };
        assert_eq!(self.code(), code, "not the exit code: {self}");
        let summary = &json["summary"];
        assert_eq!(summary["complete"], gaps.is_empty(), "{self}");
        assert_eq!(summary["exit_code"], code, "{self}");
        let sarif: Value = serde_json::from_slice(&self.sarif)
            .unwrap_or_else(|error| panic!("no SARIF, {error}: {self}"));
        let successful = &sarif["runs"][0]["invocations"][0]["executionSuccessful"];
        assert_eq!(*successful, gaps.is_empty(), "{self}");
        if !gaps.is_empty() {
            assert!(
                !self.stderr().trim().is_empty(),
                "a gap without a word: {self}"
            );
        }
    }

    /// Somebody is told this.
    #[track_caller]
    pub(crate) fn notes(&self, words: &str) -> &Self {
        let json = self.json();
        let notes = json["summary"]["notes"].as_array();
        let told = notes.is_some_and(|notes| {
            notes
                .iter()
                .any(|note| note.as_str().is_some_and(|note| note.contains(words)))
        });
        assert!(told, "no note of {words:?}: {self}");
        self
    }

    /// The finding of this credential, if it is reported.
    pub(crate) fn finding(&self, leak: &dyn Leak) -> Option<Value> {
        assert!(!self.is_refused(), "refused: {self}");
        let id = leak.id();
        let mut all = self.array("findings").into_iter();
        let found = all.find(|finding| finding["fingerprint"] == id);
        assert!(
            !all.any(|finding| finding["fingerprint"] == id),
            "one credential, two findings: {self}"
        );
        found
    }

    /// The credential is reported.
    #[track_caller]
    pub(crate) fn found(&self, leak: &dyn Leak) -> Found<'_> {
        let finding = self
            .finding(leak)
            .unwrap_or_else(|| panic!("missed: {self}"));
        Found { run: self, finding }
    }

    /// The credential is not reported.
    #[track_caller]
    pub(crate) fn without(&self, leak: &dyn Leak) -> &Self {
        assert!(self.finding(leak).is_none(), "reported: {self}");
        self
    }

    /// No more findings than these.
    #[track_caller]
    pub(crate) fn findings(&self, number: usize) -> &Self {
        assert_eq!(
            self.array("findings").len(),
            number,
            "number of findings: {self}"
        );
        self
    }

    /// It could not run, or there are no more findings than these.
    #[track_caller]
    pub(crate) fn findings_or_refused(&self, number: usize) -> &Self {
        if !self.is_refused() {
            self.findings(number);
        }
        self
    }

    /// Everything was read.
    #[track_caller]
    pub(crate) fn complete(&self) -> &Self {
        assert!(!self.is_refused(), "refused: {self}");
        assert!(self.array("gaps").is_empty(), "a gap: {self}");
        self
    }

    /// Everything was read, and there is nothing to report.
    #[track_caller]
    pub(crate) fn clean(&self) -> &Self {
        assert_eq!(self.code(), 0, "not clean: {self}");
        self.findings(0).complete()
    }

    /// A gap is told.
    #[track_caller]
    pub(crate) fn told(&self) -> &Self {
        assert!(!self.is_refused(), "refused: {self}");
        assert!(!self.array("gaps").is_empty(), "silent: {self}");
        self
    }

    /// A gap is told that names this: the first digits of an object's id, or (a piece of) a file's
    /// name.
    #[track_caller]
    pub(crate) fn told_of(&self, name: &str) -> &Self {
        self.told();
        let name = match name.len() {
            40 | 64 => &name[..7],
            _ => name,
        };
        let named = self.array("gaps").iter().any(|gap| {
            ["what", "path", "object"]
                .iter()
                .any(|field| gap[field].as_str().is_some_and(|text| text.contains(name)))
        });
        assert!(named, "no gap names {name}: {self}");
        self
    }

    /// It could not run, says so and what to do.
    #[track_caller]
    pub(crate) fn refused(&self) -> &Self {
        assert_eq!(self.code(), 2, "not refused: {self}");
        assert!(self.stderr().contains("help: "), "no way out: {self}");
        self
    }

    /// It did not say that all is well: it refused, told a gap, or found something.
    #[track_caller]
    pub(crate) fn not_clean(&self) -> &Self {
        assert_ne!(self.code(), 0, "silent: {self}");
        self
    }

    /// The credential is reported, or it is told that not everything was read.
    #[track_caller]
    pub(crate) fn found_or_told(&self, leak: &dyn Leak) -> &Self {
        if !self.is_refused() && self.array("gaps").is_empty() {
            self.found(leak);
        }
        self
    }
}

/// A reported credential.
pub(crate) struct Found<'a> {
    run: &'a Run,
    pub(crate) finding: Value,
}

impl Found<'_> {
    fn places(&self) -> Vec<Value> {
        self.finding["places"].as_array().unwrap().clone()
    }

    /// It stands at this path and line.
    #[track_caller]
    pub(crate) fn at(&self, path: &str, line: u64) -> &Self {
        let there = |place: &Value| place["path"] == path && place["line"] == line;
        let run = self.run;
        assert!(
            self.places().iter().any(there),
            "not at {path}:{line}: {run}"
        );
        self
    }

    /// Nowhere does it stand at this path.
    #[track_caller]
    pub(crate) fn not_at(&self, path: &str) -> &Self {
        let there = |place: &Value| place["path"] == path;
        let run = self.run;
        assert!(!self.places().iter().any(there), "at {path}: {run}");
        self
    }

    /// It stands in a place of this kind, in this object.
    #[track_caller]
    pub(crate) fn within(&self, kind: &str, object: &str) -> &Self {
        let there = |place: &Value| place["kind"] == kind && place["object"] == object;
        let run = self.run;
        assert!(
            self.places().iter().any(there),
            "not in {kind} {object}: {run}"
        );
        self
    }

    /// It stands in a place of this kind.
    #[track_caller]
    pub(crate) fn kind(&self, kind: &str) -> &Self {
        let there = |place: &Value| place["kind"] == kind;
        let run = self.run;
        assert!(self.places().iter().any(there), "not in a {kind}: {run}");
        self
    }

    /// A field of its exposure.
    #[track_caller]
    pub(crate) fn exposed(&self, field: &str) -> Value {
        let exposure = &self.finding["exposure"];
        let run = self.run;
        assert!(exposure.is_object(), "no exposure: {run}");
        exposure[field].clone()
    }

    /// A field of its exposure has this value.
    #[track_caller]
    pub(crate) fn exposure(&self, field: &str, value: impl Into<Value>) -> &Self {
        let run = self.run;
        assert_eq!(self.exposed(field), value.into(), "exposure.{field}: {run}");
        self
    }

    /// A commit of its exposure (`first`, `last`, `removed`) is this one.
    #[track_caller]
    pub(crate) fn commit(&self, field: &str, id: &str) -> &Self {
        let run = self.run;
        let at = self.exposed(field);
        assert_eq!(at["commit"], id, "exposure.{field}.commit: {run}");
        self
    }

    /// The names of refs of its exposure hold this one, in full or as git shortens it.
    #[track_caller]
    pub(crate) fn in_ref(&self, name: &str) -> &Self {
        let run = self.run;
        let refs = self.exposed("refs");
        let short =
            ["", "refs/", "refs/heads/", "refs/tags/"].map(|start| name.strip_prefix(start));
        let there = refs.as_array().is_some_and(|refs| {
            refs.iter()
                .any(|one| one.is_string() && short.contains(&one.as_str()))
        });
        assert!(there, "{name} is not in exposure.refs: {run}");
        self
    }
}

fn schema() -> &'static jsonschema::Validator {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let text = include_str!("../../report.schema.json");
        jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
    })
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cut =
            |bytes: &[u8]| String::from_utf8_lossy(bytes.get(..3000).unwrap_or(bytes)).into_owned();
        write!(
            f,
            "keyfence scan {} ended with {:?} after {:?}\nstdout: {}\nstderr: {}\njson: {}\nagain with KEYFENCE_SEED={}",
            self.what,
            self.output.status,
            self.took,
            cut(&self.output.stdout),
            cut(&self.output.stderr),
            cut(&self.json),
            seed(),
        )
    }
}
