//! What stands on disk: files that are protected, and the directories of sub-projects.

use std::collections::BTreeSet;
use std::fs::FileType;

use super::ground::Ground;
use super::project::is_manifest;
use super::protected::Protection;
use super::verdict::Rules;
use crate::error::reason;
use crate::git::{Fault, Repository, is_git_dir};
use crate::platform;

/// A protected file of the work tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDisk {
    /// Below the top, `/` between its parts.
    pub path: Vec<u8>,
    /// Its permission bits; none where the system has no such thing.
    pub mode: Option<u32>,
    /// Its size in bytes.
    pub size: u64,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Protected files, by path. What lies in directories that every clone ignores is safe, and left out.
    pub files: Vec<OnDisk>,
    /// Directories with a manifest of their own, the walk's first left out.
    pub projects: BTreeSet<Vec<u8>>,
    /// Directories that can't be read.
    pub faults: Vec<Fault>,
}

/// Walks the part of the work tree that was asked for. Links are not followed, and repositories within are
/// left out: they have rules of their own.
pub(super) fn walk(ground: &Ground, rules: &Rules<'_>, protection: &Protection) -> Found {
    let mut out = Found::default();
    let first = ground.prefix.strip_suffix(b"/").unwrap_or(&ground.prefix);
    let mut open = vec![first.to_vec()];
    while let Some(dir) = open.pop() {
        let at = ground.full(&dir);
        let entries = match std::fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => {
                out.faults.push(Fault::file(at, reason(&error)));
                continue;
            }
        };
        let mut below = Vec::new();
        let mut files = Vec::new();
        let mut project = false;
        let mut foreign = false;
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let name = entry.file_name().into_encoded_bytes();
            if name == b".git" {
                foreign |= !dir.is_empty() && is_repository(&at, kind);
                continue;
            }
            project |= kind.is_file() && is_manifest(&name);
            let path = join(&dir, &name);
            if kind.is_dir() {
                below.push(path);
            } else if kind.is_file() && protection.of(&path).is_some() {
                files.push((path, entry));
            }
        }
        if foreign {
            continue;
        }
        open.extend(below.into_iter().filter(|dir| !rules.closes(dir)));
        if project && dir != first {
            out.projects.insert(dir);
        }
        for (path, entry) in files {
            if let Ok(metadata) = entry.metadata() {
                out.files.push(OnDisk {
                    path,
                    mode: platform::mode(&metadata),
                    size: metadata.len(),
                });
            }
        }
    }
    out.files.sort_by(|a, b| a.path.cmp(&b.path));
    out.faults.sort_by(|a, b| a.file.cmp(&b.file));
    out
}

fn is_repository(dir: &std::path::Path, kind: FileType) -> bool {
    if kind.is_dir() {
        is_git_dir(&dir.join(".git"))
    } else {
        Repository::at(dir).is_some()
    }
}

/// A path below a directory.
pub(super) fn join(dir: &[u8], name: &[u8]) -> Vec<u8> {
    if dir.is_empty() {
        name.to_vec()
    } else {
        [dir, b"/", name].concat()
    }
}
