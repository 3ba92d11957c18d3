//! Where a case happens: a home and a repository of nobody else's.

use std::cell::{Cell, RefCell};
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::planted::Pair;

fn seed() -> &'static str {
    static SEED: OnceLock<String> = OnceLock::new();
    SEED.get_or_init(|| {
        std::env::var("KEYFENCE_SEED")
            .unwrap_or_else(|_| format!("{:?}", std::time::SystemTime::now()))
    })
}

/// A directory with a home, a repository, and what was planted.
pub(crate) struct Ground {
    dir: TempDir,
    secrets: RefCell<Vec<String>>,
    clock: Cell<u64>,
}

/// What a program said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Both streams.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    #[track_caller]
    pub(crate) fn exit(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.said().contains(text), "no {text:?} in {}", self.said());
        self
    }

    #[track_caller]
    pub(crate) fn says_nothing_of(self, text: &str) -> Self {
        assert!(!self.said().contains(text), "{text:?} in {}", self.said());
        self
    }
}

impl Ground {
    /// An empty repository.
    pub(crate) fn new() -> Self {
        let ground = Self::bare();
        fs::create_dir(ground.top()).unwrap();
        ground.git(&["init", "-q", "-b", "main"]);
        ground
    }

    /// No repository at all.
    pub(crate) fn bare() -> Self {
        let ground = Self {
            dir: tempfile::tempdir().unwrap(),
            secrets: RefCell::default(),
            clock: Cell::new(0),
        };
        fs::create_dir(ground.home()).unwrap();
        ground
    }

    /// A repository with one commit that holds nothing to report.
    pub(crate) fn begun() -> Self {
        let ground = Self::new();
        ground.write("README", "hello\n");
        ground.commit("begin");
        ground
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.at("home")
    }

    /// The repository's top.
    pub(crate) fn top(&self) -> PathBuf {
        self.at("tree")
    }

    pub(crate) fn path(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.top().join(Path::new(name.as_ref()))
    }

    pub(crate) fn write(&self, name: impl AsRef<OsStr>, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Writes a program.
    pub(crate) fn script(&self, name: &str, text: &str) {
        self.write(name, text);
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A key pair; its values may stand in no output.
    pub(crate) fn pair(&self, name: &str) -> Pair {
        let pair = Pair::new(&format!("{} {name}", seed()));
        self.secrets
            .borrow_mut()
            .extend([pair.key.clone(), pair.secret.clone()]);
        pair
    }

    /// A key pair in a file that is not staged.
    pub(crate) fn plant(&self, name: &str, path: impl AsRef<OsStr>) -> Pair {
        let pair = self.pair(name);
        self.write(path, pair.dotenv());
        pair
    }

    /// A command in this ground's own surroundings.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>, dir: &Path) -> Command {
        self.clock.set(self.clock.get() + 1);
        let date = format!("{} +0000", 1_700_000_000 + self.clock.get() * 60);
        let mut command = Command::new(program);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let ours = Path::new(env!("CARGO_BIN_EXE_keyfence")).parent().unwrap();
        let paths = std::iter::once(ours.to_owned()).chain(std::env::split_paths(&path));
        command
            .env_clear()
            .env("PATH", std::env::join_paths(paths).unwrap())
            .env("HOME", self.home())
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_AUTHOR_NAME", "Ada")
            .env("GIT_AUTHOR_EMAIL", "ada@example.com")
            .env("GIT_COMMITTER_NAME", "Bea")
            .env("GIT_COMMITTER_EMAIL", "bea@example.com")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .current_dir(dir);
        command
    }

    /// Runs a command to its end, with input for it.
    pub(crate) fn run(&self, mut command: Command, input: &[u8]) -> Ran {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || _ = stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub(crate) fn try_git_in(&self, dir: &Path, args: &[impl AsRef<OsStr>], input: &[u8]) -> Ran {
        let mut command = self.command("git", dir);
        command.args(args);
        self.run(command, input)
    }

    pub(crate) fn try_git(&self, args: &[impl AsRef<OsStr>]) -> Ran {
        self.try_git_in(&self.top(), args, b"")
    }

    /// What git says; it must succeed.
    #[track_caller]
    pub(crate) fn git(&self, args: &[impl AsRef<OsStr>]) -> String {
        let ran = self.try_git(args);
        assert_eq!(ran.code, Some(0), "the case can't be built: {ran:?}");
        ran.out.trim_end().to_owned()
    }

    /// Commits all files, past every hook: this builds the case.
    #[track_caller]
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&[
            "-c",
            "core.hooksPath=/dev/null",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            message,
        ]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs the program; nothing that was planted may show.
    #[track_caller]
    pub(crate) fn keyfence_in(&self, dir: &Path, args: &[impl AsRef<OsStr>], input: &[u8]) -> Ran {
        let mut command = self.command(env!("CARGO_BIN_EXE_keyfence"), dir);
        command.args(args);
        let ran = self.run(command, input);
        self.shows_nothing(&ran);
        ran
    }

    #[track_caller]
    pub(crate) fn keyfence(&self, args: &[impl AsRef<OsStr>]) -> Ran {
        self.keyfence_in(&self.top(), args, b"")
    }

    #[track_caller]
    pub(crate) fn shows_nothing(&self, ran: &Ran) {
        for value in self.secrets.borrow().iter() {
            assert!(!ran.said().contains(value), "a value shows: {ran:?}");
        }
    }
}
