//! What to do next, when a hook blocks: take it out, or allow it with a reason, and revoke what was shared.

use std::collections::BTreeSet;

use super::is_staged;
use super::stage::Stage;
use crate::exit::Exit;
use crate::finding::{Finding, Origin, OriginKind, Report};
use crate::hygiene::Lapse;
use crate::report::escape;
use crate::report::redact::Redactor;
use crate::settings::Settings;

/// Files named in one command.
const MOST_FILES: usize = 5;

/// The advice, or nothing when nothing blocks.
pub(super) fn of(stage: &Stage, report: &Report, settings: &Settings, exit: Exit) -> String {
    match exit {
        Exit::Clean | Exit::CannotRun => String::new(),
        Exit::Findings => found(stage, report, settings),
        Exit::Incomplete => unread(stage),
    }
}

fn found(stage: &Stage, report: &Report, settings: &Settings) -> String {
    let blocks = |severity| settings.fail_on.is_some_and(|least| severity >= least);
    let blocking: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| blocks(finding.severity))
        .collect();
    let files: Vec<&Lapse> = report
        .hygiene
        .iter()
        .filter(|lapse| blocks(lapse.severity))
        .collect();
    let what = match (blocking.len(), files.len()) {
        (0, 1) => "a secret file",
        (0, _) => "secret files",
        (1, 0) => "a credential",
        (_, 0) => "credentials",
        (1, 1) => "a credential and a secret file",
        (_, _) => "credentials and secret files",
    };
    let pronoun = if blocking.len() + files.len() == 1 {
        "it"
    } else {
        "them"
    };
    let mut out = match stage {
        Stage::PreCommit => format!("\nkeyfence stopped this commit: it would record {what}.\n"),
        Stage::CommitMsg { .. } => {
            format!("\nkeyfence stopped this commit: its message holds {what}.\n")
        }
        Stage::PrePush { .. } => format!("\nkeyfence stopped this push: it would send {what}.\n"),
        Stage::PreReceive => format!("\nkeyfence refuses this push: it holds {what}.\n"),
    };
    match stage {
        Stage::PreCommit => {
            let secret_files = staged(files.iter().filter_map(|own| own.origin.as_ref()));
            let places = blocking.iter().flat_map(|own| &own.places);
            let others = &staged(places.map(|place| &place.origin)) - &secret_files;
            if !others.is_empty() {
                let text = format!(
                    "move {pronoun} into a file that git ignores, or into the environment"
                );
                out.push_str(&step("take out", &text));
                if let Some(command) = unstage(report, &others, settings) {
                    out.push_str(&step("", &format!("unstage: {command}")));
                }
            }
            if !secret_files.is_empty() {
                let text = "have git ignore the file, and take it out of the index; it stays on disk:";
                out.push_str(&step("keep out", text));
                out.push_str(&step("", "keyfence gitignore --fix"));
                if let Some(command) = untrack(report, &secret_files, settings) {
                    out.push_str(&step("", &command));
                }
            }
        }
        Stage::CommitMsg { .. } => out.push_str(&step("take out", "write the message without it")),
        Stage::PrePush { .. } | Stage::PreReceive => out.push_str(&step(
            "take out",
            "rewrite the commits that bring it: git rebase -i, or git commit --amend for the last one",
        )),
    }
    out.push_str(&allow(stage, &blocking, &files));
    let revoke: BTreeSet<&str> = blocking
        .iter()
        .filter_map(|f| f.rule.remedy.revoke)
        .collect();
    let urls: Vec<_> = revoke
        .into_iter()
        .take(MOST_FILES)
        .map(escape::terminal)
        .collect();
    let shared = match blocking.is_empty() {
        true => "if anybody else could see it, revoke what it holds".to_owned(),
        false => format!("if anybody else could see {pronoun}, revoke {pronoun}"),
    };
    out.push_str(&step(
        "rotate",
        &match urls.is_empty() {
            true => shared,
            false => format!("{shared}: {}", urls.join(" ")),
        },
    ));
    if let Some(first) = blocking.first() {
        // What is asked for must be found: a push sends what the files need not hold, and a message is nowhere yet.
        let more = match stage {
            Stage::PreCommit => first.fingerprint.to_string(),
            Stage::PrePush { .. } | Stage::PreReceive => format!("--history {}", first.fingerprint),
            Stage::CommitMsg { .. } => escape::terminal(first.rule.id).into_owned(),
        };
        out.push_str(&step("more", &format!("keyfence explain {more}")));
    }
    out
}

/// A line of the advice.
fn step(name: &str, text: &str) -> String {
    format!("  {name:9} {text}\n")
}

/// How to let through what is none.
fn allow(stage: &Stage, blocking: &[&Finding], files: &[&Lapse]) -> String {
    let mut out = String::new();
    let rule = blocking
        .first()
        .map(|finding| escape::terminal(finding.rule.id));
    match (stage, rule) {
        (Stage::CommitMsg { .. }, _) | (_, None) => {}
        (Stage::PreReceive, _) => out.push_str(&step(
            "allow",
            "what is no secret gets a comment in its line: `keyfence:allow REASON`",
        )),
        (_, Some(rule)) => {
            let they = if blocking.len() == 1 {
                "it is"
            } else {
                "they are"
            };
            out.push_str(&step(
                "allow",
                &format!("if {they} no secret, say why in a comment in the line: `keyfence:allow({rule}) REASON`"),
            ));
        }
    }
    if !files.is_empty() {
        out.push_str(&step(
            "allow",
            "a file that is meant for git is named in keyfence.toml: `except` of [gitignore]",
        ));
    }
    out
}

fn unread(stage: &Stage) -> String {
    let (what, again) = match stage {
        Stage::PreCommit => ("this commit", "stage the file anew with `git add`"),
        Stage::CommitMsg { .. } => ("this commit", "write the message anew"),
        Stage::PrePush { .. } | Stage::PreReceive => {
            ("this push", "mend the repository: `git fsck` says more")
        }
    };
    format!(
        "\nkeyfence stopped {what}: what could not be read could hold anything.\n  \
         mend      {again}\n  \
         allow     if its path holds no secrets for sure, name it in keyfence.toml: [[exclude]] with path and reason\n"
    )
}

/// The paths in the index, each once.
fn staged<'a>(origins: impl Iterator<Item = &'a Origin>) -> BTreeSet<&'a [u8]> {
    origins
        .filter(|origin| matches!(origin.kind, OriginKind::Staged(_)))
        .map(|origin| &*origin.path)
        .collect()
}

/// The command that takes the files out of what is staged again, when that is the index they stand in.
fn unstage(report: &Report, paths: &BTreeSet<&[u8]>, settings: &Settings) -> Option<String> {
    let command = match report.repository.as_ref()?.head {
        Some(_) => "git restore --staged",
        None => "git rm --cached",
    };
    Some(format!("{command} -- {}", names(report, paths, settings)?))
}

/// The command that takes files which no commit has yet out of the index.
fn untrack(report: &Report, paths: &BTreeSet<&[u8]>, settings: &Settings) -> Option<String> {
    Some(format!(
        "git rm --cached -- {}",
        names(report, paths, settings)?
    ))
}

/// The paths as words for the shell; none where a command with them would not help.
fn names(report: &Report, paths: &BTreeSet<&[u8]>, settings: &Settings) -> Option<String> {
    // `git commit -a` and `git commit FILE` make an index of their own, which is gone afterwards.
    let temporary = std::env::var_os("GIT_INDEX_FILE")
        .is_some_and(|index| std::path::Path::new(&index).file_name() != Some("index".as_ref()));
    if temporary || !is_staged(settings) {
        return None;
    }
    let redact = Redactor::new(report);
    // A name that holds the value can't be shown.
    let names: Option<Vec<String>> = paths
        .iter()
        .map(|path| {
            let text = std::str::from_utf8(path).ok()?;
            (redact.text(text) == text).then(|| quoted(text))
        })
        .collect();
    let names = names.filter(|names| !names.is_empty() && names.len() <= MOST_FILES)?;
    Some(names.join(" "))
}

/// A word for the shell that is the path for git: it counts from the repository's top, as reports do
/// (gitglossary(7), "pathspec").
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./+@%,=".contains(c);
    if path.starts_with(|c: char| c.is_ascii_alphanumeric() || "._".contains(c))
        && path.chars().all(plain)
    {
        return format!(":/{path}");
    }
    if !path.chars().any(escape::is_unsafe) && !path.contains("##") {
        return format!("':(top,literal){}'", path.replace('\'', "'\\''"));
    }
    // bash, zsh and ksh read escapes between $' and '.
    let mut out = String::from("$':(top,literal)");
    for c in path.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\\' | '\'' => out.extend(['\\', c]),
            c if escape::is_unsafe(c) || c == '#' => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    out.push_str(&format!("\\x{byte:02x}"));
                }
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_for_the_shell() {
        assert_eq!(quoted("a/b.env"), ":/a/b.env");
        assert_eq!(quoted("-rf"), "':(top,literal)-rf'");
        assert_eq!(
            quoted("my key's $(x).py"),
            "':(top,literal)my key'\\''s $(x).py'"
        );
        assert_eq!(quoted("a\nb\\c'"), "$':(top,literal)a\\nb\\\\c\\''");
    }
}
