//! Where a case happens: a directory with room for repositories, what is planted in them, and a
//! program that nobody may run.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::planted::{Pair, fingerprint};
use crate::random::Random;

/// What all made-up values of this run come from.
pub(crate) fn seed() -> &'static str {
    static SEED: OnceLock<String> = OnceLock::new();
    SEED.get_or_init(|| {
        std::env::var("KEYFENCE_SEED").unwrap_or_else(|_| {
            let now = std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .unwrap();
            format!("{:x}", now.as_nanos())
        })
    })
}

/// A planted credential.
pub(crate) trait Leak {
    /// What a report knows it by.
    fn id(&self) -> String;
}

impl Leak for Pair {
    fn id(&self) -> String {
        self.fingerprint()
    }
}

/// A token that needs no context: it can stand in a name or in a message.
pub(crate) struct Token(pub(crate) String);

impl Leak for Token {
    fn id(&self) -> String {
        fingerprint(&self.0)
    }
}

/// The surroundings of one case.
pub(crate) struct World {
    dir: TempDir,
    /// Hours since the first commit: each commit is an hour younger than the one before.
    clock: Cell<u64>,
    planted: RefCell<Vec<String>>,
    runs: Cell<usize>,
}

/// The names below the world's directory that are no part of any repository.
const APART: [&str; 4] = ["home", "canary", "canary.sang", "out"];

impl World {
    pub(crate) fn new() -> Rc<Self> {
        eprintln!("the seed of this run: KEYFENCE_SEED={}", seed());
        let mut dir = tempfile::tempdir().unwrap();
        if std::env::var_os("KEYFENCE_KEEP").is_some() {
            dir.disable_cleanup(true);
            eprintln!("kept: {}", dir.path().display());
        }
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(dir.path().join("home")).unwrap();
        let world = Self {
            dir,
            clock: Cell::new(0),
            planted: RefCell::default(),
            runs: Cell::new(0),
        };
        let script = format!(
            "#!/bin/sh\necho \"$0 $*\" >> {}\n",
            world.path("canary.sang").display()
        );
        world.script("canary", &script);
        Rc::new(world)
    }

    /// A path below the world's directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a program.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// The program that nobody may run: it leaves a mark.
    pub(crate) fn canary(&self) -> String {
        self.path("canary").to_str().unwrap().to_owned()
    }

    /// What the canary was called with, if it was run at all.
    pub(crate) fn song(&self) -> Option<String> {
        fs::read_to_string(self.path("canary.sang")).ok()
    }

    /// A fresh directory for what a run writes.
    pub(crate) fn out(&self) -> PathBuf {
        self.runs.set(self.runs.get() + 1);
        let path = self.path("out").join(self.runs.get().to_string());
        fs::create_dir_all(&path).unwrap();
        path
    }

    /// A key pair with this name; its values may stand in no output.
    pub(crate) fn pair(&self, name: &str) -> Pair {
        let pair = Pair::new(&format!("{} {name}", seed()));
        self.secret(&pair.key);
        self.secret(&pair.secret);
        pair
    }

    /// A token with this name; it may stand in no output.
    pub(crate) fn token(&self, name: &str) -> Token {
        let number = Random::new(&format!("{} {name}", seed())).below(1 << 40);
        let token = crate::planted::token(number);
        self.secret(&token);
        Token(token)
    }

    fn secret(&self, value: &str) {
        self.planted.borrow_mut().push(value.to_owned());
    }

    /// All values that may stand in no output.
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.planted.borrow().clone()
    }

    /// A random number below `end` that depends on the seed and the name.
    pub(crate) fn chance(&self, name: &str, end: u64) -> u64 {
        Random::new(&format!("{} {name}", seed())).below(end)
    }

    /// A date that is an hour after the last one, as git reads it.
    pub(crate) fn tick(&self) -> String {
        self.clock.set(self.clock.get() + 1);
        format!("{} +0000", self.now())
    }

    /// The date of the last commit, in seconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        1_700_000_000 + self.clock.get() * 3600
    }

    /// git, with surroundings of which nothing depends on this machine's settings.
    pub(crate) fn git(&self, dir: &Path) -> Command {
        let mut command = Command::new("git");
        self.plain(&mut command);
        let date = format!("{} +0000", self.now());
        command
            .current_dir(dir)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_AUTHOR_NAME", "Ada")
            .env("GIT_AUTHOR_EMAIL", "ada@example.com")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", "Bea")
            .env("GIT_COMMITTER_EMAIL", "bea@example.com")
            .env("GIT_COMMITTER_DATE", &date);
        command
    }

    /// An environment of a path and a home.
    pub(crate) fn plain(&self, command: &mut Command) {
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("LC_ALL", "C")
            .stdin(std::process::Stdio::null());
    }

    /// What can be seen of all repositories' files without reading them: any change of a file moves
    /// its change time, any new name its directory's.
    pub(crate) fn snapshot(&self) -> BTreeMap<PathBuf, [u64; 6]> {
        let mut all = BTreeMap::new();
        let mut open = vec![self.dir.path().to_owned()];
        while let Some(dir) = open.pop() {
            for entry in fs::read_dir(&dir).unwrap() {
                let entry = entry.unwrap();
                let apart =
                    dir == self.dir.path() && APART.iter().any(|name| entry.file_name() == *name);
                if apart {
                    continue;
                }
                let meta = entry.metadata().unwrap();
                let seen = [
                    meta.ino(),
                    u64::from(meta.mode()),
                    meta.len(),
                    meta.mtime() as u64 ^ (meta.mtime_nsec() as u64) << 33,
                    meta.ctime() as u64 ^ (meta.ctime_nsec() as u64) << 33,
                    meta.nlink(),
                ];
                if meta.is_dir() {
                    open.push(entry.path());
                }
                all.insert(entry.path(), seen);
            }
        }
        all
    }
}

/// A named pipe: who opens it waits for ever.
pub(crate) fn fifo(path: &Path) {
    if path.symlink_metadata().is_ok() {
        fs::remove_file(path).unwrap();
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    crate::fifo::fifo(path);
}
