//! What a repository needs for keyfence to watch over it: a hook, a configuration, a workflow.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::block::marked;
use super::git::Config;
use super::hooks::{self, Live, Manager};
use super::manager;
use super::plan::Change;
use super::stage::Stage;
use crate::config::NAME as CONFIG;
use crate::git::Layout;
use crate::suppress::baseline::{NAME as BASELINE, OTHERS};

type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The workflow's file.
const WORKFLOW: &str = ".github/workflows/keyfence.yml";

/// A repository as it is.
#[derive(Debug)]
pub struct Project<'a> {
    /// Where git keeps what.
    pub layout: &'a Layout,
    /// Its work tree's top.
    pub top: &'a Path,
    /// git's configuration.
    pub config: &'a Config,
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct Plan {
    /// The changes.
    pub changes: Vec<Change>,
    /// What only people can do.
    pub notes: Vec<String>,
}

impl Project<'_> {
    /// What is missing, with keyfence at these stages.
    pub fn plan(&self, stages: &[Stage], env: Env<'_>) -> Plan {
        let mut plan = Plan::default();
        self.hooks(stages, env, &mut plan);
        self.configuration(&mut plan);
        self.attributes(&mut plan);
        self.workflow(&mut plan);
        plan
    }

    /// What takes out what was set up.
    pub fn undo(&self, env: Env<'_>) -> Plan {
        let mut plan = Plan::default();
        let (dir, shared) = hooks::directory(self.layout, self.config, env);
        let mut files = vec![self.top.join(".gitattributes")];
        if !shared {
            let names = Stage::ALL.map(Stage::hook);
            let names = names.into_iter().chain(["pre-merge-commit"]);
            files.extend(names.map(|name| dir.join(name)));
        }
        files.extend(
            Stage::ALL
                .into_iter()
                .filter_map(|stage| hooks::manager(self.top, stage).1),
        );
        // One file may stand for all stages.
        files.sort_unstable();
        files.dedup();
        for path in files {
            let Some(text) = hooks::text(&path) else {
                continue;
            };
            plan.changes.extend(Change::without(path, text));
        }
        for (path, ours) in [
            (self.top.join(CONFIG), self.configuration_text()),
            (self.top.join(WORKFLOW), workflow()),
        ] {
            match hooks::text(&path) {
                Some(text) if text == ours => plan.changes.push(Change {
                    path,
                    before: Some(text),
                    after: None,
                    executable: false,
                    what: "as it was written by keyfence init".to_owned(),
                }),
                Some(_) => {
                    let name = path
                        .strip_prefix(self.top)
                        .unwrap_or(&path)
                        .display()
                        .to_string();
                    plan.notes.push(format!(
                        "{name} is not as keyfence init writes it, and stays"
                    ));
                }
                None => {}
            }
        }
        plan
    }

    fn hooks(&self, stages: &[Stage], env: Env<'_>, plan: &mut Plan) {
        let (mut missing, mut waiting) = (Vec::new(), Vec::new());
        let mut kept_by = Manager::None;
        for stage in stages {
            kept_by = hooks::manager(self.top, *stage).0;
            match hooks::live(self.layout, self.config, env, *stage) {
                Live::Yes(_) => {}
                Live::NotExecutable(file) => plan.notes.push(format!(
                    "git does not run {0}: chmod +x {0}",
                    file.display()
                )),
                Live::NotInstalled(_) => waiting.push(*stage),
                Live::No => missing.push(*stage),
            }
        }
        if let (Some(command), false) = (kept_by.install(&waiting), waiting.is_empty()) {
            plan.notes.push(format!(
                "git does not run {} yet: {command}",
                kept_by.as_str()
            ));
        }
        match kept_by {
            // One file tells all of them.
            Manager::PreCommit | Manager::Lefthook => self.hook(kept_by, &missing, env, plan),
            Manager::Husky | Manager::None => missing
                .iter()
                .for_each(|stage| self.hook(kept_by, &[*stage], env, plan)),
        }
        let (dir, _) = hooks::directory(self.layout, self.config, env);
        missing.retain(|stage| {
            // What has a form of its own was told already, and so was a directory of hooks for all repositories.
            let file = hooks::manager(self.top, *stage).1;
            let changes = file.is_some_and(|file| plan.changes.iter().any(|own| own.path == file));
            changes && hooks::text(&dir.join(stage.hook())).is_none()
        });
        if kept_by != Manager::Husky
            && !missing.is_empty()
            && let Some(command) = kept_by.install(&missing)
        {
            plan.notes.push(format!(
                "then put {}'s hook in place: {command}",
                kept_by.as_str()
            ));
        }
    }

    /// One change, for stages that stand in one file.
    fn hook(&self, kept_by: Manager, stages: &[Stage], env: Env<'_>, plan: &mut Plan) {
        let Some(first) = stages.first().copied() else {
            return;
        };
        let (dir, shared) = hooks::directory(self.layout, self.config, env);
        let path = match hooks::manager(self.top, first).1 {
            Some(file) => file,
            None if shared => {
                plan.notes.push(format!(
                    "git runs the hooks of {} for every repository (core.hooksPath): add `{} || exit 1` to its {}, or see \
                     keyfence init --global",
                    dir.display(),
                    first.in_shell(),
                    first.hook()
                ));
                return;
            }
            None => dir.join(first.hook()),
        };
        let before = hooks::text(&path);
        let Some(after) = manager::with(kept_by, &path, before.as_deref(), stages) else {
            plan.notes.push(format!(
                "{} has a form that keyfence does not change; {}",
                path.display(),
                manager::by_hand(kept_by, &path, stages)
            ));
            return;
        };
        let looked_at: Vec<&str> = stages.iter().map(|stage| stage.what()).collect();
        plan.changes.push(Change {
            path,
            before,
            after: Some(after),
            executable: matches!(kept_by, Manager::None | Manager::Husky),
            what: format!(
                "{} is looked at first ({})",
                looked_at.join(", "),
                kept_by.as_str()
            ),
        });
        if kept_by == Manager::None && first == Stage::Commit {
            plan.changes.extend(merges(&dir));
        }
    }

    /// What other scanners left behind here.
    pub fn others(&self) -> Vec<&'static str> {
        let there = |name: &&str| self.top.join(name).is_file();
        OTHERS.into_iter().filter(there).collect()
    }

    fn configuration(&self, plan: &mut Plan) {
        let path = self.top.join(CONFIG);
        let Some(text) = hooks::text(&path) else {
            plan.changes.push(Change {
                path,
                before: None,
                after: Some(self.configuration_text()),
                executable: false,
                what: match self.others().as_slice() {
                    [] => "the configuration".to_owned(),
                    others => format!(
                        "the configuration; what {} knows is left out",
                        others.join(", ")
                    ),
                },
            });
            return;
        };
        for other in self.others() {
            if !text.contains(other) {
                plan.notes.push(format!(
                    "{other} counts when {CONFIG} names it: baseline = [\"{other}\"]"
                ));
            }
        }
    }

    fn configuration_text(&self) -> String {
        let mut named = vec![BASELINE];
        named.extend(self.others());
        let named: Vec<String> = named.iter().map(|name| format!("{name:?}")).collect();
        format!(
            "# keyfence: docs/configuration.md at {} says what may stand here.\n\
             # What is left out is counted in every summary.\n\
             \n\
             # Findings that are known; `keyfence baseline` writes {BASELINE}.\n\
             baseline = [{}]\n",
            env!("CARGO_PKG_REPOSITORY"),
            named.join(", ")
        )
    }

    /// Two branches that add to the baseline merge without a conflict.
    fn attributes(&self, plan: &mut Plan) {
        let path = self.top.join(".gitattributes");
        let before = hooks::text(&path);
        let text = before.clone().unwrap_or_default();
        if text.contains(BASELINE) {
            return;
        }
        let line = marked("", &format!("{BASELINE} merge=union"));
        // Lines end as those above do.
        let line = match text.contains("\r\n") {
            true => line.replace('\n', "\r\n"),
            false => line,
        };
        plan.changes.push(Change {
            path,
            before,
            after: Some(format!("{}{line}", super::block::ended(&text))),
            executable: false,
            what: "baselines of two branches merge".to_owned(),
        });
    }

    fn workflow(&self, plan: &mut Plan) {
        let dir = self.top.join(".github");
        let remote = |variable: &super::git::Variable| {
            variable.name.starts_with("remote.") && variable.value.contains("github.com")
        };
        if !dir.is_dir() && !self.config.local.iter().any(remote) {
            if self.top.join(".gitlab-ci.yml").is_file() {
                plan.notes
                    .push("docs/ci.md has a job for .gitlab-ci.yml".to_owned());
            }
            return;
        }
        if names_keyfence(&dir.join("workflows")) {
            return;
        }
        plan.changes.push(Change {
            path: self.top.join(WORKFLOW),
            before: None,
            after: Some(workflow()),
            executable: false,
            what: "pull requests are looked at".to_owned(),
        });
    }
}

/// Git asks another hook before it makes a merge by itself (githooks(5), `pre-merge-commit`). One that is there, the
/// sample's kind, runs `pre-commit` most of the time, and stays as it is.
fn merges(dir: &Path) -> Option<Change> {
    let path = dir.join("pre-merge-commit");
    if path.symlink_metadata().is_ok() {
        return None;
    }
    Some(Change {
        after: manager::with(Manager::None, &path, None, &[Stage::Commit]),
        path,
        before: None,
        executable: true,
        what: "and each merge".to_owned(),
    })
}

/// Whether a workflow of this directory runs keyfence.
fn names_keyfence(dir: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return false;
    };
    let files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files
        .iter()
        .filter_map(|file| hooks::text(file))
        .any(|text| text.contains("keyfence"))
}

fn workflow() -> String {
    format!(
        "\
name: keyfence
on:
  pull_request:
  push:
    branches: [main, master]
permissions: {{}}
jobs:
  keyfence:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@{CHECKOUT} # {CHECKOUT_VERSION}
        with:
          persist-credentials: false
      # Pin it by the commit of the release that you looked at; before the first release by one of main.
      - uses: keyfence/keyfence@v{}
",
        env!("CARGO_PKG_VERSION")
    )
}

/// The commit that `actions/checkout` is pinned to.
const CHECKOUT: &str = "3d3c42e5aac5ba805825da76410c181273ba90b1";
/// Its version.
const CHECKOUT_VERSION: &str = "v7.0.1";
