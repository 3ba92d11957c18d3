//! Protection for every repository of a machine.
//!
//! From git 2.54 on the user's configuration may name a hook, which runs besides the repository's own ones. An older
//! git has one directory of hooks for all (`core.hooksPath`), which turns the repositories' own off: so each hook
//! there calls the repository's own one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::block::{ended, marked};
use super::git::{self, CONFIGURED_HOOKS, Config};
use super::hooks::{configured, text};
use super::manager;
use super::plan::Change;
use super::project::Plan;
use super::stage::Stage;
use crate::platform;

type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The hooks that git runs from a directory (githooks(5)). `push-to-checkout` and `proc-receive` change what git
/// does by being there, and are left out.
const HOOKS: [&str; 24] = [
    "pre-commit",
    "pre-merge-commit",
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "pre-receive",
    "update",
    "post-receive",
    "post-update",
    "reference-transaction",
    "pre-auto-gc",
    "post-rewrite",
    "sendemail-validate",
    "post-index-change",
    "p4-changelist",
    "p4-pre-submit",
    "p4-post-changelist",
];

/// A hook of git's own configuration. What git gives a hook follows the command.
fn section(stage: Stage) -> String {
    let (id, command, hook) = (stage.id(), stage.command(), stage.hook());
    let merges = match stage {
        Stage::Commit => "\n\tevent = pre-merge-commit",
        Stage::Push | Stage::Message => "",
    };
    format!("[hook \"{id}\"]\n\tcommand = {command}\n\tevent = {hook}{merges}")
}

/// The user's file that git is configured by.
fn file(env: Env<'_>) -> Option<PathBuf> {
    let files = git::global_files(env);
    let there = files.iter().rev().find(|file| file.is_file()).cloned();
    // Where there is none yet: ~/.gitconfig, the last one.
    there.or_else(|| files.last().cloned())
}

/// Where the hooks for an older git stand.
fn directory(env: Env<'_>) -> Option<PathBuf> {
    let home = platform::home(env);
    let xdg = env("XDG_CONFIG_HOME")
        .filter(|dir| !dir.is_empty())
        .map(PathBuf::from);
    let dir = xdg.or_else(|| Some(home?.join(".config")))?;
    Some(dir.join("keyfence/hooks"))
}

/// What is missing, with keyfence at these stages.
pub fn plan(config: &Config, stages: &[Stage], env: Env<'_>) -> Plan {
    let mut plan = Plan::default();
    let (Some(file), Some(dir)) = (file(env), directory(env)) else {
        plan.notes
            .push("there is no HOME, and so no configuration of git".to_owned());
        return plan;
    };
    let missing = |stage: &&Stage| !configured(config, env, **stage);
    let missing: Vec<Stage> = stages.iter().filter(missing).copied().collect();
    if missing.is_empty() {
        return plan;
    }
    let before = text(&file);
    let own = before.clone().unwrap_or_default();
    let set = |plan: &mut Plan, lines: &str, what: &str| {
        plan.changes.push(Change {
            path: file.clone(),
            before: before.clone(),
            after: Some(format!("{}{}", ended(&own), marked("", lines))),
            executable: false,
            what: what.to_owned(),
        });
    };
    let version = git::version(env);
    let named = config
        .global
        .iter()
        .rev()
        .find(|variable| variable.name == "core.hookspath");
    let ours = named.is_some_and(|named| git::expanded(&named.value, env) == dir);
    // What an older git was given does for a newer one as well, and twice would be once too often.
    if !ours && version.is_some_and(|version| version >= CONFIGURED_HOOKS) {
        let sections: Vec<String> = missing.iter().map(|stage| section(*stage)).collect();
        set(
            &mut plan,
            &sections.join("\n"),
            &format!("{}, besides its own hooks", looked_at(&missing)),
        );
        return plan;
    }
    match named {
        _ if ours => {}
        Some(named) => {
            plan.notes.push(format!(
                "git already runs the hooks of {} for every repository: add `keyfence hook || exit 1` to its pre-commit",
                named.value
            ));
            return plan;
        }
        None => {
            let lines = format!("[core]\n\thooksPath = {}", quoted(&dir));
            set(
                &mut plan,
                &lines,
                &format!("{}, before its own hooks", looked_at(&missing)),
            );
        }
    }
    for hook in HOOKS {
        let path = dir.join(hook);
        let before = text(&path);
        let stage = Stage::of(hook);
        // What was asked for once stays.
        let watched = stage.filter(|stage| {
            stages.contains(stage) || before.as_ref() == Some(&script(hook, Some(*stage)))
        });
        let after = script(hook, watched);
        if before.as_ref() != Some(&after) {
            plan.changes.push(Change {
                path,
                before,
                what: match watched {
                    Some(_) => "runs keyfence, and then the repository's own hook".to_owned(),
                    None => "runs the repository's own hook".to_owned(),
                },
                after: Some(after),
                executable: true,
            });
        }
    }
    if !plan.changes.is_empty() {
        plan.notes.push(
            "hook managers refuse to install themselves while core.hooksPath is set; for that one command take it away: \
             GIT_CONFIG_GLOBAL=/dev/null pre-commit install (or prek, or lefthook); git runs both then"
                .to_owned(),
        );
        plan.notes.push(match version {
            Some(version) => format!(
                "git {version} has no configured hooks (from {CONFIGURED_HOOKS} on): a repository that sets core.hooksPath \
                 itself, as husky does, is not looked at"
            ),
            None => format!(
                "git's version is not known, and so no configured hook (from {CONFIGURED_HOOKS} on) is used: a repository \
                 that sets core.hooksPath itself, as husky does, is not looked at"
            ),
        });
    }
    plan
}

/// What takes it out.
pub fn undo(env: Env<'_>) -> Plan {
    let mut plan = Plan::default();
    for path in git::global_files(env) {
        let Some(text) = text(&path) else { continue };
        plan.changes.extend(Change::without(path, text));
    }
    let dir = directory(env);
    for hook in HOOKS {
        let Some(path) = dir.as_ref().map(|dir| dir.join(hook)) else {
            continue;
        };
        let ours = [None, Stage::of(hook)].map(|stage| script(hook, stage));
        if let Some(text) = text(&path).filter(|text| ours.contains(text)) {
            plan.changes.push(Change {
                path,
                before: Some(text),
                after: None,
                executable: false,
                what: "as it was written by keyfence init".to_owned(),
            });
        }
    }
    plan
}

/// What is protected, for people.
fn looked_at(stages: &[Stage]) -> String {
    let name = |stage: &Stage| match stage {
        Stage::Commit => "commits",
        Stage::Push => "pushes",
        Stage::Message => "messages",
    };
    let names: Vec<&str> = stages.iter().map(name).collect();
    format!("every repository's {} are looked at", names.join(", "))
}

/// A hook that runs the repository's own one, and keyfence before it where there is a stage.
fn script(hook: &str, stage: Option<Stage>) -> String {
    let ours = stage.map_or_else(String::new, |stage| manager::lines(stage) + "\n");
    format!(
        "#!/bin/sh\n# Written by keyfence init --global; keyfence init --global --undo takes it out.\n{ours}\
         # There is no repository yet while git makes one.\n\
         own=$(git rev-parse --git-common-dir 2>/dev/null)/hooks/{hook} || exit 0\n\
         if [ -x \"$own\" ]; then exec \"$own\" \"$@\"; fi\n"
    )
}

/// A value for git's configuration.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
