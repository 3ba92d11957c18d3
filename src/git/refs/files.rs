//! The files of a directory tree that strangers filled.

use std::ffi::OsStr;
use std::fs::FileType;
use std::path::{Path, PathBuf};

use super::told::Told;

/// How many entries of one tree are looked at: ten times the refs of the largest forges.
const MOST: usize = 10_000_000;
/// The longest name below the root, in bytes: the system's own limit of a path.
const LONGEST: usize = 4096;

/// Something that is no directory.
pub(super) struct File {
    /// Its path below the root's parent, with `/` between the parts.
    pub(super) name: Vec<u8>,
    pub(super) path: PathBuf,
    pub(super) kind: FileType,
}

/// All that stands below a directory and is no directory itself, by name; links are listed, never
/// followed. `skip` says which names of files and directories are passed over. None at all when the
/// directory does not exist.
pub(super) fn below(
    root: &Path,
    name: &[u8],
    skip: &dyn Fn(&[u8]) -> bool,
    told: &mut Told,
) -> Vec<File> {
    let mut out = Vec::new();
    let mut looked = 0_usize;
    match root.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => {
            told.damaged(root, "it is no directory; links are not followed");
            return out;
        }
        Err(error) => {
            if error.kind() != std::io::ErrorKind::NotFound {
                told.unreadable(root, &error);
            }
            return out;
        }
    }
    let mut open = vec![(root.to_owned(), name.to_vec())];
    while let Some((dir, dir_name)) = open.pop() {
        let entries = match std::fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(error) => {
                told.unreadable(&dir, &error);
                continue;
            }
        };
        for entry in entries {
            let (entry, kind) = match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
                Ok((kind, entry)) => (entry, kind),
                Err(error) => {
                    told.unreadable(&dir, &error);
                    // A directory that fails once may fail without end.
                    break;
                }
            };
            looked += 1;
            if looked > MOST {
                told.damaged(
                    root,
                    format!("it has more than {MOST} files and directories"),
                );
                out.sort_unstable_by(|a: &File, b| a.name.cmp(&b.name));
                return out;
            }
            let own = entry.file_name();
            let own = bytes(&own);
            if skip(own) {
                continue;
            }
            let name = [&dir_name, &b"/"[..], own].concat();
            let path = entry.path();
            if name.len() > LONGEST {
                told.damaged(&dir, "its names are longer than git can make them");
                break;
            }
            if kind.is_dir() {
                open.push((path, name));
            } else {
                out.push(File { name, path, kind });
            }
        }
    }
    out.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    out
}

/// The bytes of a name, as the system gives them.
pub(super) fn bytes(name: &OsStr) -> &[u8] {
    name.as_encoded_bytes()
}
