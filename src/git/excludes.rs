//! What stands in git's configuration of this machine alone: ignore files that no clone has, and hooks.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::Layout;
use super::file;
use super::layout::config;
use crate::platform;

/// The largest such file that is read, in bytes: what git reads at most.
const LARGEST: u64 = 100 << 20;
/// The largest configuration that is read, in bytes.
const LARGEST_CONFIG: u64 = 16 << 20;

/// An ignore file that no clone has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalExcludes {
    /// Its name for people: `.git/info/exclude`, `~/.config/git/ignore`.
    pub name: Vec<u8>,
    /// What it says.
    pub bytes: Vec<u8>,
}

/// The ignore files that count here beside those of the work tree, the one that counts least first: what
/// `core.excludesFile` names, and `info/exclude` (gitignore(5)). Includes of configurations are not
/// followed. What is not there, or can't be read, excludes nothing. Only with `outside` is anything read that
/// stands outside of the repository.
pub fn local_excludes(
    layout: &Layout,
    env: &dyn Fn(&str) -> Option<OsString>,
    outside: bool,
) -> Vec<LocalExcludes> {
    let mut out = Vec::new();
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let home = platform::home(env);
    let global = || {
        {
            let files = configurations(layout, env, home.as_deref(), outside);
            named(layout, &files, b"excludesfile", home.as_deref())
        }
        .or_else(|| {
            let base = set("XDG_CONFIG_HOME").map(PathBuf::from);
            let base = base.or_else(|| home.as_ref().map(|home| home.join(".config")));
            base.map(|base| base.join("git/ignore"))
        })
    };
    if let Some(path) = outside.then(global).flatten()
        && let Ok(Some(bytes)) = file::small_if_any(&path, LARGEST)
    {
        let short = home
            .as_ref()
            .and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned));
        let name = match short {
            Some(short) => [b"~/", &*platform::slashed(&short)].concat(),
            None => platform::slashed(&path).into_owned(),
        };
        out.push(LocalExcludes { name, bytes });
    }
    let path = layout.common_dir.join("info/exclude");
    if let Ok(Some(bytes)) = file::small_if_any(&path, LARGEST) {
        out.push(LocalExcludes {
            name: b".git/info/exclude".to_vec(),
            bytes,
        });
    }
    out
}

/// The directory of the hooks that git runs here: what `core.hooksPath` names, relative to the work tree's top,
/// or `hooks` of the git directory (githooks(5)). Only with `outside` is anything read that stands outside of
/// the repository.
pub fn hooks_dir(
    layout: &Layout,
    env: &dyn Fn(&str) -> Option<OsString>,
    outside: bool,
) -> PathBuf {
    let home = platform::home(env);
    let files = configurations(layout, env, home.as_deref(), outside);
    named(layout, &files, b"hookspath", home.as_deref())
        .unwrap_or_else(|| layout.common_dir.join("hooks"))
}

/// The files of git's configuration, the one that counts least first (git-config(1), "Files").
fn configurations(
    layout: &Layout,
    env: &dyn Fn(&str) -> Option<OsString>,
    home: Option<&Path>,
    outside: bool,
) -> Vec<PathBuf> {
    let named = |name: &str| env(name).map(PathBuf::from);
    let mut files = Vec::new();
    if outside {
        if env("GIT_CONFIG_NOSYSTEM").is_none_or(|value| value.is_empty() || value == "0") {
            files.extend(named("GIT_CONFIG_SYSTEM").or_else(|| platform::system_gitconfig(env)));
        }
        match named("GIT_CONFIG_GLOBAL") {
            Some(file) => files.push(file),
            None => {
                let base = named("XDG_CONFIG_HOME").filter(|base| !base.as_os_str().is_empty());
                let base = base.or_else(|| home.map(|home| home.join(".config")));
                files.extend(base.map(|base| base.join("git/config")));
                files.extend(home.map(|home| home.join(".gitconfig")));
            }
        }
    }
    files.push(layout.common_dir.join("config"));
    files.push(layout.git_dir.join("config.worktree"));
    files
}

/// The path that a variable of section `core` names in the last file that has it; relative ones count from
/// where git works, the work tree's top.
fn named(layout: &Layout, files: &[PathBuf], key: &[u8], home: Option<&Path>) -> Option<PathBuf> {
    let mut found = None;
    for file in files {
        let Ok(Some(bytes)) = file::small_if_any(file, LARGEST_CONFIG) else {
            continue;
        };
        config::read(&bytes, &mut |variable| {
            if variable.section == b"core" && variable.subsection.is_none() && variable.key == key {
                found.clone_from(&variable.value);
            }
        });
    }
    let value = found.filter(|value| !value.is_empty())?;
    match value.strip_prefix(b"~/") {
        Some(below) => Some(home?.join(below.to_path().ok()?)),
        None => {
            let top = layout.work_tree.as_deref().unwrap_or(&layout.git_dir);
            platform::named(top, &value)
        }
    }
}
