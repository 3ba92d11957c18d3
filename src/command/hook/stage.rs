//! Which of git's hooks it is, and what that hook is given.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use bstr::BString;

use crate::cli::HookArgs;
use crate::error::Error;
use crate::nearest::nearest;
use crate::regular;
use crate::report::escape;
use crate::settings::{Commits, Env, Settings, Source};

/// What a commit's message goes by in reports.
pub(super) const MESSAGE: &str = "commit message";

/// The longest message that is read, in bytes.
const LONGEST_MESSAGE: u64 = 64 << 20;

/// The stages, by git's names (githooks(5)).
const NAMES: [&str; 5] = [
    "pre-commit",
    "pre-merge-commit",
    "commit-msg",
    "pre-push",
    "pre-receive",
];

/// The stage of a hook.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before a commit, or a merge's: the index.
    PreCommit,
    /// When the message is written.
    CommitMsg {
        /// The file that holds it.
        file: PathBuf,
    },
    /// Before a push.
    PrePush {
        /// The remote's name.
        remote: Option<OsString>,
        /// Its URL.
        url: Option<OsString>,
        /// What the push brings, where a hook manager took git's standard input for itself.
        told: Option<Told>,
    },
    /// When a server is pushed to.
    PreReceive,
}

/// What a hook manager says of a push.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The lines that git would have written.
    Lines(BString),
    /// All of this branch: nothing of it is there yet.
    Branch(BString),
}

impl Stage {
    /// The stage that the arguments name; the first one where they name none. Names of files, which some
    /// managers add, are not looked at.
    pub(super) fn of(args: &HookArgs, env: Env<'_>) -> Result<Self, Error> {
        let Some(first) = &args.stage else {
            return Ok(Self::PreCommit);
        };
        let rest = args.args.as_slice();
        match first.to_str() {
            Some("pre-commit" | "pre-merge-commit") => Ok(Self::PreCommit),
            Some("commit-msg") => match rest {
                [file, ..] => Ok(Self::CommitMsg {
                    file: PathBuf::from(file),
                }),
                [] => Err(usage(
                    "commit-msg is given no file",
                    "git gives its hook the file with the message: `keyfence hook commit-msg \"$1\"`",
                )),
            },
            Some("pre-push") => Ok(Self::PrePush {
                remote: rest
                    .first()
                    .cloned()
                    .or_else(|| variable(env, "PRE_COMMIT_REMOTE_NAME")),
                url: rest.get(1).cloned(),
                told: told(env),
            }),
            Some("pre-receive") => Ok(Self::PreReceive),
            _ if Path::new(first).symlink_metadata().is_ok() => Ok(Self::PreCommit),
            _ => {
                let name = first.to_string_lossy();
                let help = match nearest(&name, NAMES) {
                    Some(near) => format!("did you mean `{near}`? stages: {}", NAMES.join(", ")),
                    None => format!("stages: {}", NAMES.join(", ")),
                };
                let what = format!("there is no stage `{}`", escape::terminal(&name));
                Err(usage(&what, &help))
            }
        }
    }

    /// What the flags of a scan cannot say.
    pub(super) fn adjust(&self, settings: &mut Settings) -> Result<(), Error> {
        match self {
            Self::CommitMsg { file } => {
                let bytes = regular::read(file, LONGEST_MESSAGE).map_err(|cause| Error::Read {
                    path: file.clone(),
                    cause,
                })?;
                let text = kept(&bytes).to_vec();
                settings.text = settings.stdin.take().map(|name| (name, text));
                settings.archives = false;
            }
            Self::PrePush {
                told: Some(told), ..
            } => {
                if let Source::Range { commits, .. } = &mut settings.source {
                    *commits = match (told, &commits) {
                        (Told::Lines(lines), Commits::PrePush { remote }) => Commits::Push {
                            remote: remote.clone(),
                            lines: lines.clone(),
                        },
                        (Told::Branch(branch), _) => Commits::Revisions(vec![branch.clone()]),
                        _ => return Ok(()),
                    };
                }
            }
            Self::PreCommit | Self::PrePush { .. } | Self::PreReceive => {}
        }
        Ok(())
    }
}

fn usage(what: &str, help: &str) -> Error {
    Error::Usage {
        what: what.to_owned(),
        help: help.to_owned(),
    }
}

fn variable(env: Env<'_>, name: &str) -> Option<OsString> {
    env("PRE_COMMIT").filter(|value| value == "1")?;
    env(name).filter(|value| !value.is_empty())
}

/// What pre-commit and prek say of a push: they read git's standard input, and give hooks these variables
/// (pre-commit.com, "Supported git hooks", pre-push). Without a `TO_REF` the branch is new to the remote.
fn told(env: Env<'_>) -> Option<Told> {
    let local = variable(env, "PRE_COMMIT_LOCAL_BRANCH")?;
    let bytes = |text: &OsStr| BString::from(text.as_encoded_bytes());
    let Some(to) = variable(env, "PRE_COMMIT_TO_REF") else {
        return Some(Told::Branch(bytes(&local)));
    };
    let remote = variable(env, "PRE_COMMIT_REMOTE_BRANCH").unwrap_or_else(|| local.clone());
    let to = bytes(&to);
    // Of a ref that is not there yet, all that the remote's branches do not reach is new: that holds for
    // one that is there as well, and does not depend on how the manager guessed its beginning.
    let zeros = "0".repeat(to.len());
    let mut line = bytes(&local);
    for word in [to, bytes(&remote), zeros.into()] {
        line.push(b' ');
        line.extend_from_slice(&word);
    }
    line.push(b'\n');
    Some(Told::Lines(line))
}

/// What git keeps of a message file: `git commit -v` shows the diff below a line of scissors, removed values
/// included (git-commit(1), "--cleanup").
fn kept(message: &[u8]) -> &[u8] {
    const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";
    let mut from = 0;
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii_end().ends_with(SCISSORS) {
            return message.get(..from).unwrap_or_default();
        }
        from += line.len();
    }
    message
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn stage(words: &[&str], env: Env<'_>) -> Result<Stage, Error> {
        let mut words = words.iter().map(OsString::from);
        let args = HookArgs {
            stage: words.next(),
            args: words.collect(),
            ..HookArgs::default()
        };
        Stage::of(&args, env)
    }

    #[test]
    fn files_are_not_stages_and_misspelt_stages_are_no_files() {
        let none: Env<'_> = &|_| None;
        assert_eq!(stage(&[], none).unwrap(), Stage::PreCommit);
        assert_eq!(
            stage(&["Cargo.toml", "src"], none).unwrap(),
            Stage::PreCommit
        );
        let error = stage(&["pre-psuh"], none).unwrap_err();
        assert!(error.help().unwrap().contains("`pre-push`"));
    }

    #[test]
    fn a_manager_says_what_is_pushed() {
        let env: Env<'_> = &|name| {
            let value = match name {
                "PRE_COMMIT" => "1",
                "PRE_COMMIT_TO_REF" => "1234",
                "PRE_COMMIT_LOCAL_BRANCH" => "refs/heads/a",
                "PRE_COMMIT_REMOTE_BRANCH" => "refs/heads/b",
                "PRE_COMMIT_REMOTE_NAME" => "origin",
                _ => return None,
            };
            Some(value.into())
        };
        let Stage::PrePush { remote, told, .. } = stage(&["pre-push"], env).unwrap() else {
            panic!("it is a push");
        };
        assert_eq!(remote.unwrap(), "origin");
        assert_eq!(
            told,
            Some(Told::Lines("refs/heads/a 1234 refs/heads/b 0000\n".into()))
        );
        // Outside of a manager such variables mean nothing.
        let outside: Env<'_> = &|name| env(name).filter(|_| name != "PRE_COMMIT");
        let Stage::PrePush { told, .. } = stage(&["pre-push"], outside).unwrap() else {
            panic!("it is a push");
        };
        assert_eq!(told, None);
    }

    #[test]
    fn what_stands_below_the_scissors_is_no_message() {
        let text = b"fix\n\n# ------------------------ >8 ------------------------\n-SECRET=x\n";
        assert_eq!(kept(text), b"fix\n\n");
        assert_eq!(kept(b"fix >8\n"), b"fix >8\n");
    }
}
