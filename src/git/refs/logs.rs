//! The logs of refs: one line for each change (gitrepository-layout(5), `logs`; git-reflog(1)).

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use bstr::ByteSlice;
use gix::ObjectId;
use gix::hash::Kind as Hash;

use super::files;
use super::kind::per_worktree;
use super::packed::skip_line;
use super::told::Told;
use super::value::sane;
use super::worktrees;
use crate::git::commits::{self, Identity};
use crate::git::{Fault, Layout};
use crate::source::open;

/// The longest line that is read whole, in bytes. `git fetch` writes its arguments there, so lines can
/// be long, and hold secrets.
const LONGEST: u64 = 16 << 20;

/// A line of a ref's log.
#[derive(Clone, Copy, Debug)]
pub struct LogLine<'a> {
    /// The file's path below the common directory: `logs/refs/heads/main`,
    /// `worktrees/<name>/logs/HEAD`.
    pub path: &'a [u8],
    /// The full name of the ref, as in [`super::Ref::name`].
    pub name: &'a [u8],
    /// Which line of the file, from 1.
    pub number: usize,
    /// The line as it stands there, without its end.
    pub raw: &'a [u8],
    /// What it says; none when it is malformed.
    pub entry: Option<LogEntry<'a>>,
}

/// What a line of a ref's log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogEntry<'a> {
    /// What the ref named before; zero when it is new.
    pub old: ObjectId,
    /// What it named afterwards; zero when it was deleted.
    pub new: ObjectId,
    /// Who changed it, and when.
    pub identity: Identity<'a>,
    /// Why: `commit: the summary`.
    pub message: &'a [u8],
}

impl<'a> LogEntry<'a> {
    /// Reads `<old> <new> <identity>`, a tab, and the message.
    fn parse(line: &'a [u8], hash: Hash) -> Option<Self> {
        let (old, rest) = line.split_at_checked(hash.len_in_hex())?;
        let (new, rest) = rest
            .strip_prefix(b" ")?
            .split_at_checked(hash.len_in_hex())?;
        let rest = rest.strip_prefix(b" ")?;
        let (identity, message) = match rest.find_byte(b'\t') {
            Some(tab) => (rest.get(..tab)?, rest.get(tab + 1..)?),
            None => (rest, &b""[..]),
        };
        identity.find_byte(b'>')?;
        Some(Self {
            old: commits::id(old, hash)?,
            new: commits::id(new, hash)?,
            identity: Identity::parse(identity),
            message,
        })
    }
}

/// Reads every log of the repository and of each worktree, line by line, the oldest line of each
/// first. Malformed lines are handed out too, and told once a file.
pub fn logs(layout: &Layout, visit: &mut dyn FnMut(&LogLine<'_>)) -> Vec<Fault> {
    let mut told = Told::default();
    for tree in worktrees::all(layout, &mut told).iter() {
        let below = tree
            .dir
            .strip_prefix(&layout.common_dir)
            .unwrap_or(Path::new(""));
        let root = match files::bytes(below.as_os_str()) {
            b"" => b"logs".to_vec(),
            dir => [dir, b"/logs"].concat(),
        };
        for file in files::below(&tree.dir.join("logs"), &root, &|_| false, &mut told) {
            let name = file.name.get(root.len() + 1..).unwrap_or_default();
            let name = tree.full(name);
            if file.kind.is_file() {
                let mut line = |number, raw: &[u8], entry: Option<LogEntry<'_>>| {
                    visit(&LogLine {
                        path: &file.name,
                        name: &name,
                        number,
                        raw,
                        entry,
                    });
                };
                read(&file.path, layout.hash, &mut told, &mut line);
            } else {
                told.damaged(&file.path, "it is no regular file; links are not followed");
            }
        }
    }
    told.finish()
}

/// Reads the log of one ref, by its full name. Whether there is one at all, and what is wrong with it.
pub fn log(
    layout: &Layout,
    name: &[u8],
    visit: &mut dyn FnMut(&LogEntry<'_>),
) -> (bool, Vec<Fault>) {
    let mut told = Told::default();
    if !sane(name) {
        return (false, Vec::new());
    }
    let (dir, rest) = place(layout, name);
    let path = dir.join("logs").join(rest.to_path_lossy());
    let inside = path
        .ancestors()
        .skip(1)
        .take_while(|above| *above != dir)
        .all(|above| !above.is_symlink());
    if !inside || !path.symlink_metadata().is_ok_and(|file| file.is_file()) {
        return (false, Vec::new());
    }
    let mut line = |_, _: &[u8], entry: Option<LogEntry<'_>>| {
        if let Some(entry) = entry {
            visit(&entry);
        }
    };
    read(&path, layout.hash, &mut told, &mut line);
    (true, told.finish())
}

/// The git directory that holds a ref's log, and the name there.
fn place<'n>(layout: &Layout, name: &'n [u8]) -> (std::path::PathBuf, &'n [u8]) {
    if let Some(rest) = name.strip_prefix(b"main-worktree/") {
        return (layout.common_dir.clone(), rest);
    }
    if let Some(rest) = name.strip_prefix(b"worktrees/")
        && let Some((tree, rest)) = rest.split_once_str("/")
    {
        let trees = layout.common_dir.join("worktrees");
        return (trees.join(tree.to_path_lossy()), rest);
    }
    let dir = if per_worktree(name) {
        &layout.git_dir
    } else {
        &layout.common_dir
    };
    (dir.clone(), name)
}

/// Hands out the lines of one file, with their numbers.
fn read(
    path: &Path,
    hash: Hash,
    told: &mut Told,
    visit: &mut impl FnMut(usize, &[u8], Option<LogEntry<'_>>),
) {
    let file = match open::regular(path) {
        Ok(Some((file, _))) => file,
        Ok(None) => return told.damaged(path, "it is no regular file"),
        Err(error) => return told.unreadable(path, &error),
    };
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    let mut malformed = None;
    for number in 1.. {
        line.clear();
        match next(&mut reader, &mut line) {
            Ok(None) => break,
            Ok(Some(whole)) => {
                let entry = LogEntry::parse(&line, hash).filter(|_| whole);
                if entry.is_none() {
                    malformed.get_or_insert(number);
                }
                if !whole {
                    told.damaged(path, format!("line {number} has more than {LONGEST} bytes"));
                }
                visit(number, &line, entry);
            }
            Err(error) => {
                told.unreadable(path, &error);
                break;
            }
        }
    }
    if let Some(number) = malformed {
        told.damaged(
            path,
            format!("line {number} is no line of a ref's log; the rest was read"),
        );
    }
}

/// Reads one line without its end. None at the end of the file; false when it was cut.
fn next(reader: &mut BufReader<std::fs::File>, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    if reader.by_ref().take(LONGEST).read_until(b'\n', line)? == 0 {
        return Ok(None);
    }
    if line.pop_if(|last| *last == b'\n').is_none() && line.len() as u64 == LONGEST {
        skip_line(reader);
        return Ok(Some(false));
    }
    Ok(Some(true))
}
