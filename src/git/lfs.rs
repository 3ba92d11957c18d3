//! Files that Git LFS keeps: a blob is a small pointer, and what it stands for lies beside the objects, under
//! its hash (git-lfs, docs/spec.md).

use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::fault::Fault;
use crate::platform::{self, Kind};
use crate::source::open;

/// What a pointer begins with; the second is that of the first releases.
const VERSIONS: [&[u8]; 2] = [
    b"version https://git-lfs.github.com/spec/v1\n",
    b"version https://hawser.github.com/spec/v1\n",
];
/// A pointer is shorter, in bytes.
const LONGEST: usize = 1024;
/// The digits of a SHA-256.
const DIGITS: usize = 64;

/// What names a kept file: its SHA-256 in small hexadecimal digits.
pub fn pointer(blob: &[u8]) -> Option<&str> {
    if blob.len() >= LONGEST || !VERSIONS.iter().any(|version| blob.starts_with(version)) {
        return None;
    }
    let mut lines = blob.split(|byte| *byte == b'\n');
    let name = lines.find_map(|line| line.strip_prefix(b"oid sha256:"))?;
    let name = name.strip_suffix(b"\r").unwrap_or(name);
    is_name(name).then(|| std::str::from_utf8(name).ok())?
}

fn is_name(name: &[u8]) -> bool {
    let digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    name.len() == DIGITS && name.iter().all(digit)
}

/// Where kept files lie.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    dirs: Vec<PathBuf>,
}

impl Kept {
    /// Beside these object directories: `lfs/objects` of the same git directory. Where the configuration sends
    /// Git LFS elsewhere (`lfs.storage`), nothing is kept here.
    pub fn beside(objects: &[PathBuf]) -> Self {
        let of = |objects: &PathBuf| Some(objects.parent()?.join("lfs").join("objects"));
        let dirs: BTreeSet<PathBuf> = objects.iter().filter_map(of).collect();
        Self {
            dirs: dirs.into_iter().filter(|dir| dir.is_dir()).collect(),
        }
    }

    /// Opens a kept file; none when it is not here.
    ///
    /// # Errors
    ///
    /// As the system gives them; `InvalidInput` when it is not a regular file. A link is none.
    pub fn open(&self, name: &str) -> io::Result<Option<(File, Metadata)>> {
        let mut failure = None;
        for dir in &self.dirs {
            let Some(path) = path(dir, name) else {
                continue;
            };
            // Git LFS makes no links: one leads to what the repository does not hold.
            match open::regular(&path) {
                Ok(Some(opened)) => return Ok(Some(opened)),
                Ok(None) => failure = Some(no_file()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(None), Err)
    }

    /// The names of all kept files, and what could not be listed.
    pub fn names(&self) -> (BTreeSet<String>, Vec<Fault>) {
        let (mut names, mut faults) = (BTreeSet::new(), Vec::new());
        for dir in &self.dirs {
            for first in below(dir, &mut faults) {
                for second in below(&first, &mut faults) {
                    let all = platform::list(&second).map_err(|error| unlisted(&second, &error));
                    let all = all.unwrap_or_else(|fault| {
                        faults.push(fault);
                        Vec::new()
                    });
                    let names_of = all
                        .into_iter()
                        .filter_map(|(name, _)| name.into_string().ok());
                    // Others are on their way in.
                    names.extend(names_of.filter(|name| is_name(name.as_bytes())));
                }
            }
        }
        (names, faults)
    }
}

/// Below the first two and the next two digits.
fn path(dir: &Path, name: &str) -> Option<PathBuf> {
    let (first, second) = (name.get(..2)?, name.get(2..4)?);
    Some(dir.join(first).join(second).join(name))
}

/// The directories in one; a link is none.
fn below(dir: &Path, faults: &mut Vec<Fault>) -> Vec<PathBuf> {
    match platform::list(dir) {
        Ok(all) => {
            let mut dirs: Vec<PathBuf> = all
                .into_iter()
                .filter(|(_, kind)| *kind == Kind::Directory)
                .map(|(name, _)| dir.join(name))
                .collect();
            dirs.sort_unstable();
            dirs
        }
        Err(error) => {
            faults.push(unlisted(dir, &error));
            Vec::new()
        }
    }
}

fn no_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")
}

fn unlisted(dir: &Path, error: &io::Error) -> Fault {
    Fault::file(dir, crate::error::reason(error))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_told_from_what_only_begins_so() {
        let name = "5".repeat(DIGITS);
        for version in VERSIONS {
            let version = std::str::from_utf8(version).unwrap();
            let text = format!("{version}oid sha256:{name}\nsize 12\n");
            assert_eq!(pointer(text.as_bytes()), Some(&*name));
            let other = format!("{version}ext-0-x sha256:{name}\noid sha256:{name}\nsize 12\n");
            assert_eq!(pointer(other.as_bytes()), Some(&*name));
            for text in [
                version.to_owned(),
                format!("{version}oid sha256:../../{name}\n"),
                format!(
                    "{version}oid sha256:{}\n",
                    name.to_uppercase().replace('5', "F")
                ),
                format!(" {text}"),
                format!("{text}{}", "x".repeat(LONGEST)),
            ] {
                assert_eq!(pointer(text.as_bytes()), None, "{text}");
            }
        }
    }

    #[test]
    fn what_is_kept_is_found_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let name = "ab".repeat(DIGITS / 2);
        let at = dir.path().join("lfs/objects/ab/ab");
        std::fs::create_dir_all(&at).unwrap();
        std::fs::create_dir(dir.path().join("objects")).unwrap();
        std::fs::write(at.join(&name), "content").unwrap();
        std::fs::write(at.join("tmp"), "half").unwrap();
        let kept = Kept::beside(&[dir.path().join("objects")]);
        assert!(kept.open(&name).unwrap().is_some());
        assert!(kept.open(&"cd".repeat(DIGITS / 2)).unwrap().is_none());
        #[cfg(unix)]
        {
            let link = format!("abab{}", "ef".repeat(DIGITS / 2 - 2));
            std::os::unix::fs::symlink(at.join(&name), at.join(&link)).unwrap();
            assert!(kept.open(&link).is_err(), "a link is not followed");
            std::fs::remove_file(at.join(&link)).unwrap();
        }
        let (names, faults) = kept.names();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), [name]);
        assert!(faults.is_empty());
        assert!(
            Kept::beside(&[dir.path().join("ab/objects")])
                .dirs
                .is_empty()
        );
    }
}
