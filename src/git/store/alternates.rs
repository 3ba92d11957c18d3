//! Where objects are borrowed from.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::reason;
use crate::git::Fault;
use crate::git::file;
use crate::platform;

/// How deep alternates may name further alternates: git's own limit.
const DEEPEST: usize = 5;

/// The largest `info/alternates` that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// The most object directories of one repository.
const MOST: usize = 1000;

/// The object directories of a repository: its own first, then those that it borrows from, each once.
/// All absolute, without links.
pub(super) fn directories(
    objects: &Path,
    env: &dyn Fn(&str) -> Option<OsString>,
    faults: &mut Vec<Fault>,
) -> Vec<PathBuf> {
    let mut found = Found {
        dirs: Vec::new(),
        seen: HashSet::new(),
        faults,
    };
    found.add(objects, objects);
    if let Some(list) = env("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
        for path in paths(list.as_encoded_bytes(), platform::LIST_SEPARATOR) {
            let from = Path::new("GIT_ALTERNATE_OBJECT_DIRECTORIES");
            found.named(&path, Path::new(""), from);
        }
    }
    // Breadth first, as deep as git goes.
    let mut next = 0;
    for depth in 0..=DEEPEST + 1 {
        let level = next..found.dirs.len();
        next = level.end;
        for at in level {
            let Some(dir) = found.dirs.get(at).cloned() else {
                break;
            };
            let list = dir.join("info").join("alternates");
            let bytes = match file::small_if_any(&list, LARGEST) {
                Ok(bytes) => bytes.unwrap_or_default(),
                Err(cause) => {
                    found.faults.push(Fault::file(list, reason(&cause)));
                    continue;
                }
            };
            let paths = paths(&bytes, b'\n');
            if depth > DEEPEST && !paths.is_empty() {
                let what = "alternates nest too deep: git ignores these, and so they were not read";
                found.faults.push(Fault::file(list, what));
                continue;
            }
            for path in paths {
                found.named(&path, &dir, &list);
            }
        }
    }
    found.dirs
}

struct Found<'a> {
    dirs: Vec<PathBuf>,
    seen: HashSet<PathBuf>,
    faults: &'a mut Vec<Fault>,
}

impl Found<'_> {
    /// A directory as a list names it: relative to the directory that the list belongs to.
    fn named(&mut self, path: &[u8], base: &Path, list: &Path) {
        match platform::named(base, path) {
            Some(path) => self.add(&path, list),
            None => self.faults.push(Fault::file(
                list,
                "it names a directory on another machine, which was not asked",
            )),
        }
    }

    fn add(&mut self, path: &Path, list: &Path) {
        let what = match platform::real(path) {
            // Named twice, or a ring: git takes each once as well.
            Ok(real) if self.seen.contains(&real) => return,
            Ok(real) if real.is_dir() => {
                if self.dirs.len() < MOST {
                    self.seen.insert(real.clone());
                    self.dirs.push(real);
                    return;
                }
                format!("more than {MOST} alternates: the rest was not read")
            }
            Ok(_) => format!("the alternate object directory {} is none", path.display()),
            Err(cause) => format!(
                "the alternate object directory {} can't be read: {}",
                path.display(),
                reason(&cause)
            ),
        };
        let fault = Fault::file(list, what);
        if self.faults.last() != Some(&fault) {
            self.faults.push(fault);
        }
    }
}

/// The paths of a list, as git reads them: comments start with `#`, a path may be quoted as in C.
fn paths(list: &[u8], separator: u8) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = list;
    while !rest.is_empty() {
        let end = memchr::memchr(separator, rest).unwrap_or(rest.len());
        let plain = rest.get(..end).unwrap_or_default();
        let (path, taken) = match plain.first() {
            Some(b'#') => (Vec::new(), end),
            // Broken quoting is no quoting.
            Some(b'"') => unquoted(rest).unwrap_or_else(|| (plain.to_vec(), end)),
            _ => (plain.to_vec(), end),
        };
        if !path.is_empty() {
            out.push(path);
        }
        // Whatever stands there after a quoted path, git takes for the separator.
        rest = rest.get(taken + 1..).unwrap_or_default();
    }
    out
}

/// A quoted path at the start (git's `quote.c`), and how many bytes it takes with its quotes.
fn unquoted(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut out = Vec::new();
    let mut at = 1;
    loop {
        let byte = *text.get(at)?;
        at += 1;
        let byte = match byte {
            b'"' => return Some((out, at)),
            b'\\' => {
                let code = *text.get(at)?;
                at += 1;
                match code {
                    b'a' => 7,
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'v' => 11,
                    b'\\' | b'"' => code,
                    b'0'..=b'3' => {
                        let digit = |at: usize| {
                            let byte = *text.get(at)?;
                            (b'0'..=b'7').contains(&byte).then(|| byte - b'0')
                        };
                        let (high, low) = (digit(at)?, digit(at + 1)?);
                        at += 2;
                        (code - b'0') << 6 | high << 3 | low
                    }
                    _ => return None,
                }
            }
            byte => byte,
        };
        out.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_as_git_reads_them() {
        let list = b"# no\n/a b\n\n\"/c\\n\\\"\\101\\t\"\n../d\n\"broken\n\"bad \\x\"\r\n";
        assert_eq!(
            paths(list, b'\n'),
            [
                &b"/a b"[..],
                b"/c\n\"A\t",
                b"../d",
                // The quote that was not closed finds one further on, and that makes it broken.
                b"broken\n",
                b"ad \\x\"\r",
            ]
        );
        assert_eq!(paths(b"a:\"b:c\":d", b':'), [&b"a"[..], b"b:c", b"d"]);
        assert_eq!(paths(b"\"\\400\"", b':'), [b"\"\\400\""]);
    }
}
