//! What git is told by its configuration files, and which git it is, without running it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::git::layout::{Layout, variables};
use crate::platform;
use crate::regular;

/// The largest configuration file that is read, in bytes.
const LARGEST: u64 = 16 << 20;
/// The largest program that is looked into, in bytes.
const LARGEST_PROGRAM: u64 = 64 << 20;

/// The environment: a variable's value by its name.
type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// A variable of git's configuration: `hook.keyfence.command`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its section and name in lower case, the subsection as written.
    pub name: String,
    /// Its value; empty when it has none.
    pub value: String,
}

/// git's configuration, of the machine and user, and of a repository. Included files are not followed.
#[derive(Debug, Default)]
pub struct Config {
    /// The system's and the user's.
    pub global: Vec<Variable>,
    /// The repository's.
    pub local: Vec<Variable>,
}

impl Config {
    /// Reads the configuration (git-config(1), "Files").
    pub fn read(layout: Option<&Layout>, env: Env<'_>) -> Self {
        let mut global = Vec::new();
        if env("GIT_CONFIG_NOSYSTEM").is_none_or(|value| value.is_empty() || value == "0") {
            let system = env("GIT_CONFIG_SYSTEM").map(PathBuf::from);
            if let Some(system) = system.or_else(|| platform::system_gitconfig(env)) {
                read(&system, &mut global);
            }
        }
        for file in global_files(env) {
            read(&file, &mut global);
        }
        let mut local = Vec::new();
        if let Some(layout) = layout {
            read(&layout.common_dir.join("config"), &mut local);
            read(&layout.git_dir.join("config.worktree"), &mut local);
        }
        Self { global, local }
    }

    /// The value that holds: the last one, the repository's before the user's.
    pub fn last(&self, name: &str) -> Option<&str> {
        let mut all = self.global.iter().chain(&self.local).rev();
        all.find(|variable| variable.name == name)
            .map(|variable| variable.value.as_str())
    }

    /// The commands that git's configuration runs at this event (git-config(1), `hook.<name>.event`, from git
    /// 2.54 on), but those that are turned off.
    pub fn hooks(&self, event: &str) -> Vec<&str> {
        let all = || self.global.iter().chain(&self.local);
        let off = |value: &str| {
            matches!(
                value.to_ascii_lowercase().as_str(),
                "false" | "no" | "off" | "0"
            )
        };
        if self.last(&format!("hook.{event}.enabled")).is_some_and(off) {
            return Vec::new();
        }
        let mut names: Vec<&str> = Vec::new();
        for variable in all() {
            let name = variable.name.strip_prefix("hook.");
            if let Some(name) = name.and_then(|name| name.strip_suffix(".event")) {
                match variable.value.as_str() {
                    "" => names.retain(|own| *own != name),
                    value if value == event && !names.contains(&name) => names.push(name),
                    _ => {}
                }
            }
        }
        names
            .into_iter()
            .filter(|name| !self.last(&format!("hook.{name}.enabled")).is_some_and(off))
            .filter_map(|name| self.last(&format!("hook.{name}.command")))
            .collect()
    }
}

/// The user's configuration files that git reads, in its order.
pub fn global_files(env: Env<'_>) -> Vec<PathBuf> {
    if let Some(named) = env("GIT_CONFIG_GLOBAL") {
        return vec![named.into()];
    }
    let home = platform::home(env);
    let xdg = env("XDG_CONFIG_HOME")
        .filter(|dir| !dir.is_empty())
        .map(PathBuf::from);
    let xdg = xdg.or_else(|| Some(home.as_ref()?.join(".config")));
    let files = [
        xdg.map(|dir| dir.join("git/config")),
        home.map(|home| home.join(".gitconfig")),
    ];
    files.into_iter().flatten().collect()
}

fn read(file: &Path, into: &mut Vec<Variable>) {
    // A link in one's own home is one's own.
    let file = platform::real(file).unwrap_or_else(|_| file.to_owned());
    let Ok(bytes) = regular::read(&file, LARGEST) else {
        return;
    };
    into.extend(variables(&bytes).into_iter().map(|variable| Variable {
        name: variable.name,
        value: variable.value.unwrap_or_default(),
    }));
}

/// A version of git: major and minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// From this version on git runs hooks that its configuration names (git's release notes 2.54).
pub const CONFIGURED_HOOKS: Version = Version(2, 54);

/// The version of the git that `PATH` finds first, read off the program: its user agent, `git/2.54.0`, stands
/// in it. None where there is no git, or where a small program stands in its place.
pub fn version(env: Env<'_>) -> Option<Version> {
    let path = env("PATH")?;
    let program = std::env::split_paths(&path)
        .map(|dir| dir.join(format!("git{}", std::env::consts::EXE_SUFFIX)))
        .find(|file| file.is_file())?;
    let program = platform::real(&program).ok()?;
    let bytes = regular::read(&program, LARGEST_PROGRAM).ok()?;
    agent(&bytes)
}

fn agent(bytes: &[u8]) -> Option<Version> {
    memchr::memmem::find_iter(bytes, b"git/").find_map(|at| {
        let rest = bytes.get(at + 4..)?;
        let end = rest
            .iter()
            .position(|b| !b.is_ascii_digit() && *b != b'.')?;
        let text = std::str::from_utf8(rest.get(..end.min(32))?).ok()?;
        let mut numbers = text.split('.').map(str::parse);
        Some(Version(numbers.next()?.ok()?, numbers.next()?.ok()?))
    })
}

/// A path of git's configuration: `~/` is the home.
pub fn expanded(value: &str, env: Env<'_>) -> PathBuf {
    match (value.strip_prefix("~/"), platform::home(env)) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(value),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config");
        std::fs::write(&file, text).unwrap();
        let mut global = Vec::new();
        read(&file, &mut global);
        Config {
            global,
            local: Vec::new(),
        }
    }

    #[test]
    fn configured_hooks_are_those_of_the_event_that_are_on() {
        let text = "[hook \"a\"]\ncommand = one\nevent = pre-commit\nevent = pre-push\n\
                    [hook \"b\"]\nevent = pre-commit\ncommand = two\nenabled = false\n\
                    [hook \"c\"]\nevent = pre-commit\nevent =\ncommand = three\n";
        assert_eq!(config(text).hooks("pre-commit"), ["one"]);
        assert_eq!(config(text).hooks("pre-push"), ["one"]);
        let off = format!("{text}[hook \"pre-commit\"]\nenabled = no\n");
        assert!(config(&off).hooks("pre-commit").is_empty());
    }

    #[test]
    fn the_version_stands_in_the_program() {
        assert_eq!(agent(b"x\0git/2.54.1.dirty\0git/1"), Some(Version(2, 54)));
        assert_eq!(agent(b"see git/hooks, git/2.47.3\0"), Some(Version(2, 47)));
        assert_eq!(agent(b"#!/bin/sh\nexec git"), None);
        assert!(CONFIGURED_HOOKS <= Version(2, 54) && Version(2, 47) < CONFIGURED_HOOKS);
    }
}
