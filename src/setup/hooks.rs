//! Where git's hooks are, who keeps them, and whether keyfence is among them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::git::{CONFIGURED_HOOKS, Config, expanded, version};
use super::stage::Stage;
use crate::git::Layout;
use crate::platform;
use crate::regular;

/// The largest hook or manager's file that is read, in bytes.
const LARGEST: u64 = 4 << 20;

type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Who keeps a repository's hooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    /// pre-commit, or prek, which reads the same file.
    PreCommit,
    /// lefthook.
    Lefthook,
    /// husky.
    Husky,
    /// Nobody: they are files in git's directory.
    None,
}

impl Manager {
    /// Its name for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::Lefthook => "lefthook",
            Self::Husky => "husky",
            Self::None => "git",
        }
    }

    /// The command that puts the manager's own hooks into git's directory.
    pub fn install(self, stages: &[Stage]) -> Option<String> {
        match self {
            Self::PreCommit if stages == [Stage::Commit] => {
                Some("pre-commit install (or: prek install)".to_owned())
            }
            Self::PreCommit => {
                let types: Vec<String> = stages
                    .iter()
                    .map(|stage| format!(" --hook-type {}", stage.hook()))
                    .collect();
                Some(format!("pre-commit install{} (or prek)", types.concat()))
            }
            Self::Lefthook => Some("lefthook install".to_owned()),
            Self::Husky => Some("npx husky".to_owned()),
            Self::None => None,
        }
    }
}

/// The files that managers are told by, in the order they are looked for.
const FILES: [(&str, Manager); 15] = [
    (".pre-commit-config.yaml", Manager::PreCommit),
    (".pre-commit-config.yml", Manager::PreCommit),
    ("prek.toml", Manager::PreCommit),
    ("lefthook.yml", Manager::Lefthook),
    ("lefthook.yaml", Manager::Lefthook),
    (".lefthook.yml", Manager::Lefthook),
    (".lefthook.yaml", Manager::Lefthook),
    (".config/lefthook.yml", Manager::Lefthook),
    (".config/lefthook.yaml", Manager::Lefthook),
    ("lefthook.toml", Manager::Lefthook),
    (".lefthook.toml", Manager::Lefthook),
    (".config/lefthook.toml", Manager::Lefthook),
    ("lefthook.json", Manager::Lefthook),
    (".lefthook.json", Manager::Lefthook),
    (".husky", Manager::Husky),
];

/// The manager of a work tree, with the file that tells it what to run at this stage.
pub fn manager(top: &Path, stage: Stage) -> (Manager, Option<PathBuf>) {
    for (name, manager) in FILES {
        let file = top.join(name);
        match manager {
            Manager::Husky if file.is_dir() => return (manager, Some(file.join(stage.hook()))),
            Manager::Husky => {}
            _ if file.is_file() => return (manager, Some(file)),
            _ => {}
        }
    }
    (Manager::None, None)
}

/// The directory that git runs this repository's hooks from (git-config(1), `core.hooksPath`), and whether the
/// user's configuration moved it away from the repository.
pub fn directory(layout: &Layout, config: &Config, env: Env<'_>) -> (PathBuf, bool) {
    let named = config
        .last("core.hookspath")
        .filter(|value| !value.is_empty());
    let Some(named) = named else {
        return (layout.common_dir.join("hooks"), false);
    };
    let local = config
        .local
        .iter()
        .any(|variable| variable.name == "core.hookspath");
    let base = layout.work_tree.as_ref().unwrap_or(&layout.git_dir);
    (base.join(expanded(named, env)), !local)
}

/// What of keyfence runs at a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Live {
    /// It runs; by this file or configuration.
    Yes(String),
    /// The manager would run it, and git does not run the manager.
    NotInstalled(Manager),
    /// This file names it, and can't be run.
    NotExecutable(PathBuf),
    /// Nothing names it.
    No,
}

/// Whether what this stage is about is judged by keyfence in this repository.
pub fn live(layout: &Layout, config: &Config, env: Env<'_>, stage: Stage) -> Live {
    if configured(config, env, stage) {
        return Live::Yes(format!("git's configured hook `{}`", stage.id()));
    }
    let (dir, _) = directory(layout, config, env);
    let hook = dir.join(stage.hook());
    let text = text(&hook);
    let top = layout.work_tree.as_deref();
    let (manager, file) = top.map_or((Manager::None, None), |top| manager(top, stage));
    let managed = file.as_ref().and_then(|file| self::text(file));
    let managed = managed.is_some_and(|text| stage.is_in(&text));
    match text {
        Some(text) if !platform::is_executable(&hook) && stage.is_in(&text) => {
            Live::NotExecutable(hook)
        }
        Some(text) if stage.is_in(&text) => Live::Yes(hook.display().to_string()),
        Some(text) if managed && runs(&text, manager) && platform::is_executable(&hook) => {
            let file = file.map(|file| file.display().to_string());
            Live::Yes(format!(
                "{}, told by {}",
                manager.as_str(),
                file.unwrap_or_default()
            ))
        }
        _ if managed => Live::NotInstalled(manager),
        _ => Live::No,
    }
}

/// Whether git's configuration runs keyfence at this stage, and this git is new enough to do so.
pub fn configured(config: &Config, env: Env<'_>, stage: Stage) -> bool {
    let hooks = config.hooks(stage.hook());
    hooks.iter().any(|command| command.contains("keyfence"))
        && version(env).is_none_or(|version| version >= CONFIGURED_HOOKS)
}

/// Whether git's hook is the manager's.
fn runs(hook: &str, manager: Manager) -> bool {
    let words: &[&str] = match manager {
        Manager::PreCommit => &["pre-commit", "pre_commit", "prek"],
        Manager::Lefthook => &["lefthook"],
        // husky's hooks are of its own directory, `.husky/_`.
        Manager::Husky => &["husky", "h\""],
        Manager::None => &[],
    };
    words.iter().any(|word| hook.contains(word))
}

/// A small text file; none where there is none.
pub fn text(file: &Path) -> Option<String> {
    let bytes = regular::read(file, LARGEST).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
