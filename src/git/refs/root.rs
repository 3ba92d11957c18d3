//! `HEAD`, and what operations leave beside it: `ORIG_HEAD`, `FETCH_HEAD`, `MERGE_HEAD`, …
//! (gitglossary(7), "pseudoref").

use std::collections::HashSet;

use gix::hash::Kind as Hash;

use super::files::bytes;
use super::follow::Found;
use super::loose::{link, whole};
use super::told::Told;
use super::value::{self, Value};
use super::worktrees::Worktree;

/// The largest of these files, in bytes: `FETCH_HEAD` names every branch of a remote.
const LARGEST: u64 = 64 << 20;

/// Files of a rebase or an `am` under way that keep commits alive (git's `reachable.c`).
const REBASE: [&str; 6] = [
    "rebase-apply/autostash",
    "rebase-apply/orig-head",
    "rebase-merge/autostash",
    "rebase-merge/onto",
    "rebase-merge/orig-head",
    "rebase-merge/stopped-sha",
];

/// Reads them for one worktree.
pub(super) fn read(tree: &Worktree, hash: Hash, found: &mut Found, told: &mut Told) {
    let mut names = Vec::new();
    match std::fs::read_dir(&tree.dir) {
        Err(error) => told.unreadable(&tree.dir, &error),
        Ok(entries) => {
            for entry in entries {
                match entry {
                    Ok(entry) if is_root(bytes(&entry.file_name())) => {
                        names.push(entry.file_name());
                    }
                    Ok(_) => {}
                    Err(error) => {
                        told.unreadable(&tree.dir, &error);
                        break;
                    }
                }
            }
        }
    }
    names.sort_unstable();
    if !names.iter().any(|name| name == "HEAD") {
        told.damaged(&tree.dir.join("HEAD"), "it is missing");
    }
    for name in names {
        let path = tree.dir.join(&name);
        let name = bytes(&name);
        let read = if path.is_symlink() {
            link(&path, name)
                .map(|value| vec![value])
                .map_err(str::to_owned)
        } else {
            whole(&path, LARGEST).and_then(|text| Ok(values(&text, hash)?))
        };
        let read = read.and_then(|values| match values.first() {
            None if name != b"FETCH_HEAD" => Err("the ref is empty".to_owned()),
            Some(Value::Symbolic(to))
                if name == b"HEAD" && !(to.starts_with(b"refs/") && value::valid(to)) =>
            {
                Err("it names something that is no branch".to_owned())
            }
            _ => Ok(values),
        });
        match read {
            Ok(values) => found.add_all(tree.full(name), values),
            // The message of a commit, a state of a merge: no ref at all.
            Err(_) if !must_parse(name) => {}
            Err(what) => told.damaged(&path, what),
        }
    }
    for name in REBASE {
        let path = tree.dir.join(name);
        let inside = path.parent().is_some_and(|dir| !dir.is_symlink());
        if let Some(values) = (inside && path.symlink_metadata().is_ok_and(|file| file.is_file()))
            .then(|| values(&whole(&path, LARGEST).ok()?, hash).ok())
            .flatten()
        {
            found.add_all([&*tree.prefix, name.as_bytes()].concat(), values);
        }
    }
}

/// What the lines of such a file name: a ref, or one object a line. `FETCH_HEAD` is empty when
/// nothing was fetched.
fn values(text: &[u8], hash: Hash) -> Result<Vec<Value>, &'static str> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let first = Value::parse(text, hash)?;
    if matches!(first, Value::Symbolic(_)) {
        return Ok(vec![first]);
    }
    let mut out = Vec::new();
    let mut seen = HashSet::new();
    for line in text.split(|byte| *byte == b'\n') {
        match value::id(line, hash) {
            Some(id) if seen.insert(id) => out.push(Value::Id(id)),
            Some(_) => {}
            None if line.iter().all(u8::is_ascii_whitespace) => {}
            None => return Err("one of its lines names no object"),
        }
    }
    Ok(out)
}

/// Whether git takes a file of this name for a ref (`is_root_ref_syntax`).
fn is_root(name: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'-');
    name.iter().all(fits)
}

/// Whether such a file is damaged when it names no object. Others in capitals are free to hold
/// anything.
fn must_parse(name: &[u8]) -> bool {
    name == b"HEAD" || name.ends_with(b"_HEAD") || name == b"AUTO_MERGE"
}
