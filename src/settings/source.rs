//! What a scan reads: files as they are now, or what a git repository holds.

use std::ffi::{OsStr, OsString};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use bstr::BString;

use super::{bad_variable, date, usage};
use crate::cli::ScanArgs;
use crate::error::Error;
use crate::report::escape;

/// What a scan reads. For the git sources `path` is a directory inside of the repository, or its git
/// directory: it selects the repository, which is scanned whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// Files, directories and standard input: [`super::Settings::roots`], `files` and `stdin`.
    #[default]
    Worktree,
    /// What a commit would record: the index against `HEAD`.
    Staged {
        /// Selects the repository.
        path: PathBuf,
    },
    /// What some commits add.
    Range {
        /// Selects the repository.
        path: PathBuf,
        /// Which commits.
        commits: Commits,
    },
    /// Every object that the repository holds.
    History {
        /// Selects the repository.
        path: PathBuf,
    },
}

/// The commits of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Commits {
    /// Those that these revisions select, as git-rev-list(1) takes them: `A..B`, `A...B`, `B ^A`. At
    /// least one; none begins with `-`, none is empty.
    Revisions(Vec<BString>),
    /// Those that `HEAD` reaches, committed at this moment (in seconds since 1970-01-01 UTC) or later.
    Since(i64),
    /// The newest that `HEAD` reaches, so many of them.
    Last(NonZeroU32),
    /// Those that a push would send: standard input says which, as git gives it to the hook `pre-push`
    /// (githooks(5)).
    PrePush {
        /// The remote's name, or its URL where it has none; none when that was not told.
        remote: Option<OsString>,
    },
    /// The same, where standard input was read by another: these are the lines that git wrote to it.
    Push {
        /// The remote's name, or its URL where it has none; none when that was not told.
        remote: Option<OsString>,
        /// `<local ref> <local id> <remote ref> <remote id>`, a line each.
        lines: BString,
    },
    /// Those that a push brings: standard input says which, as git gives it to the hook `pre-receive`
    /// (githooks(5)).
    PreReceive,
}

impl Source {
    /// What the command line asks for.
    pub(super) fn new(args: &ScanArgs) -> Result<Self, Error> {
        let flags = [
            ("--staged", args.staged),
            ("--range", !args.range.is_empty()),
            ("--since", args.since.is_some()),
            ("--last", args.last.is_some()),
            ("--pre-push", args.pre_push.is_some()),
            ("--pre-receive", args.pre_receive),
            ("--history", args.history),
        ];
        let mut given = flags
            .iter()
            .filter(|(_, given)| *given)
            .map(|(flag, _)| *flag);
        let Some(flag) = given.next() else {
            return Ok(Self::Worktree);
        };
        if let Some(other) = given.next() {
            return Err(usage(
                &format!("{flag} and {other} cannot be scanned in one run"),
                "run keyfence once for each",
            ));
        }
        let path = repository(flag, args)?;
        let commits = if !args.range.is_empty() {
            Commits::Revisions(revisions(&args.range)?)
        } else if let Some(words) = &args.since {
            Commits::Since(since(words)?)
        } else if let Some(word) = &args.last {
            Commits::Last(last(word)?)
        } else if let Some(remote) = &args.pre_push {
            Commits::PrePush {
                remote: remote.first().filter(|name| !name.is_empty()).cloned(),
            }
        } else if args.pre_receive {
            Commits::PreReceive
        } else if args.staged {
            return Ok(Self::Staged { path });
        } else {
            return Ok(Self::History { path });
        };
        Ok(Self::Range { path, commits })
    }

    /// The directory that selects the repository; none for files.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Worktree => None,
            Self::Staged { path } | Self::Range { path, .. } | Self::History { path } => Some(path),
        }
    }

    /// A word for it: `tree`, `staged`, `range`, `history`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Worktree => "tree",
            Self::Staged { .. } => "staged",
            Self::Range { .. } => "range",
            Self::History { .. } => "history",
        }
    }
}

/// The directory that selects the repository, when nothing else on the command line speaks of files.
fn repository(flag: &str, args: &ScanArgs) -> Result<PathBuf, Error> {
    let dash = args.paths.iter().any(|path| path.as_os_str() == "-");
    if dash {
        return Err(usage(
            &format!("{flag} scans a git repository, not standard input"),
            "leave `-` out, or scan standard input in a run of its own",
        ));
    }
    let files = [
        ("--stdin-name", args.stdin_name.is_some()),
        ("--files-from", args.files_from.is_some()),
        ("--no-ignore", args.no_ignore),
    ];
    if let Some((other, _)) = files.iter().find(|(_, given)| *given) {
        return Err(usage(
            &format!("{other} is for scans of files, and {flag} scans what git holds"),
            &format!("leave {other} out, or scan the files in a run of their own"),
        ));
    }
    let path = match args.paths.as_slice() {
        [] => PathBuf::from("."),
        [path] => path.clone(),
        _ => {
            return Err(usage(
                &format!(
                    "{flag} scans one repository, and {} paths are given",
                    args.paths.len()
                ),
                "name one directory; its repository is scanned whole",
            ));
        }
    };
    let meta = std::fs::metadata(&path).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            Error::Missing(path.clone())
        }
        _ => Error::Read {
            path: path.clone(),
            cause,
        },
    })?;
    if !meta.is_dir() {
        let shown = escape::terminal(&path.to_string_lossy()).into_owned();
        return Err(usage(
            &format!("{flag} scans a whole repository, and `{shown}` is a file"),
            "name a directory of the repository, or none for that of the current directory",
        ));
    }
    Ok(path)
}

/// The words of all `--range`. A blank parts two of them but within braces: `HEAD@{2 days ago}` is one.
fn revisions(ranges: &[OsString]) -> Result<Vec<BString>, Error> {
    let mut out: Vec<BString> = Vec::new();
    for range in ranges {
        let before = out.len();
        for word in words(range.as_encoded_bytes()) {
            if word.starts_with(b"-") {
                let shown = escape::terminal(&String::from_utf8_lossy(word)).into_owned();
                return Err(usage(
                    &format!("a revision cannot begin with `-`, as `{shown}` does"),
                    "write --range A..B: all commits that B reaches and A does not; `^A` leaves out what A reaches",
                ));
            }
            out.push(word.into());
        }
        if out.len() == before {
            return Err(usage(
                "--range names no commit",
                "write --range A..B: all commits that B reaches and A does not",
            ));
        }
    }
    Ok(out)
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut inside = false;
    text.split(move |b| {
        match b {
            b'{' => inside = true,
            b'}' => inside = false,
            _ => {}
        }
        !inside && b.is_ascii_whitespace()
    })
    .filter(|word| !word.is_empty())
}

fn since(words: &OsStr) -> Result<i64, Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    });
    let words = words.to_string_lossy();
    date::parse(&words, now).ok_or_else(|| bad_variable("--since", &words, date::FORMS))
}

fn last(word: &str) -> Result<NonZeroU32, Error> {
    word.parse()
        .map_err(|_| bad_variable("--last", word, "a number of commits, from 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_hold_words_together() {
        let words: Vec<&[u8]> = words(b" A..B\t^C HEAD@{2 days ago}..HEAD^{/a b}  x").collect();
        let expected: [&[u8]; 4] = [b"A..B", b"^C", b"HEAD@{2 days ago}..HEAD^{/a b}", b"x"];
        assert_eq!(words, expected);
    }
}
