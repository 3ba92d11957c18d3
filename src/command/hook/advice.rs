//! What to do next, when a hook blocks: take it out, or allow it with a reason, and revoke what was shared.

use std::collections::BTreeSet;

use super::is_staged;
use super::stage::Stage;
use crate::exit::Exit;
use crate::finding::{Finding, OriginKind, Report};
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
    let blocking: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|f| settings.fail_on.is_some_and(|least| f.severity >= least))
        .collect();
    let one = blocking.len() == 1;
    let (what, pronoun) = match one {
        true => ("a credential", "it"),
        false => ("credentials", "them"),
    };
    let mut out = match stage {
        Stage::PreCommit => format!("\nkeyfence stopped this commit: it would record {what}.\n"),
        Stage::CommitMsg { .. } => {
            format!("\nkeyfence stopped this commit: its message holds {what}.\n")
        }
        Stage::PrePush { .. } => format!("\nkeyfence stopped this push: it would send {what}.\n"),
        Stage::PreReceive => format!("\nkeyfence refuses this push: it holds {what}.\n"),
    };
    let step = |name: &str, text: &str| format!("  {name:9} {text}\n");
    match stage {
        Stage::PreCommit => {
            out.push_str(&step(
                "take out",
                &format!("move {pronoun} into a file that git ignores, or into the environment"),
            ));
            if let Some(command) = unstage(report, &blocking, settings) {
                out.push_str(&step("", &format!("unstage: {command}")));
            }
        }
        Stage::CommitMsg { .. } => out.push_str(&step("take out", "write the message without it")),
        Stage::PrePush { .. } | Stage::PreReceive => out.push_str(&step(
            "take out",
            "rewrite the commits that bring it: git rebase -i, or git commit --amend for the last one",
        )),
    }
    let rule = blocking.first().map_or("", |finding| finding.rule.id);
    match stage {
        Stage::CommitMsg { .. } => {}
        Stage::PreReceive => out.push_str(&step(
            "allow",
            "what is no secret gets a comment in its line: `keyfence:allow REASON`",
        )),
        _ => out.push_str(&step(
            "allow",
            &format!(
                "if {} no secret, say why in a comment in the line: `keyfence:allow({}) REASON`",
                if one { "it is" } else { "they are" },
                escape::terminal(rule)
            ),
        )),
    }
    let revoke: BTreeSet<&str> = blocking
        .iter()
        .filter_map(|f| f.rule.remedy.revoke)
        .collect();
    let urls: Vec<_> = revoke
        .into_iter()
        .take(MOST_FILES)
        .map(escape::terminal)
        .collect();
    let shared = format!("if anybody else could see {pronoun}, revoke {pronoun}");
    out.push_str(&step(
        "rotate",
        &match urls.is_empty() {
            true => shared,
            false => format!("{shared}: {}", urls.join(" ")),
        },
    ));
    if let Some(first) = blocking.first() {
        out.push_str(&step(
            "more",
            &format!("keyfence explain {}", first.fingerprint),
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

/// The command that takes the files out of the index again, when that is the index they stand in.
fn unstage(report: &Report, blocking: &[&Finding], settings: &Settings) -> Option<String> {
    // `git commit -a` and `git commit FILE` make an index of their own, which is gone afterwards.
    let temporary = std::env::var_os("GIT_INDEX_FILE")
        .is_some_and(|index| std::path::Path::new(&index).file_name() != Some("index".as_ref()));
    if temporary || !is_staged(settings) {
        return None;
    }
    let redact = Redactor::new(report);
    let places = blocking.iter().flat_map(|finding| &finding.places);
    let paths: BTreeSet<&[u8]> = places
        .filter(|place| matches!(place.origin.kind, OriginKind::Staged(_)))
        .map(|place| &*place.origin.path)
        .collect();
    // A name that holds the value can't be shown.
    let names: Option<Vec<String>> = paths
        .iter()
        .map(|path| {
            let text = std::str::from_utf8(path).ok()?;
            (redact.text(text) == text).then(|| quoted(text))
        })
        .collect();
    let names = names.filter(|names| !names.is_empty() && names.len() <= MOST_FILES)?;
    let command = match report.repository.as_ref()?.head {
        Some(_) => "git restore --staged",
        None => "git rm --cached",
    };
    Some(format!("{command} -- {}", names.join(" ")))
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
