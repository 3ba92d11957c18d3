//! `keyfence doctor`: is the hook live, is the configuration valid, is git new enough?

use std::path::{Path, PathBuf};

use super::{RECEIVE, Voice};
use crate::cli::DoctorArgs;
use crate::config;
use crate::error::Error;
use crate::exit::Exit;
use crate::git::Layout;
use crate::output;
use crate::platform;
use crate::report::escape;
use crate::report::text::count;
use crate::rule::Set;
use crate::settings::Env;
use crate::setup::git::{CONFIGURED_HOOKS, Config, version};
use crate::setup::hooks::{Live, directory, live};
use crate::setup::ignored::Ignored;
use crate::setup::project::Project;
use crate::setup::stage::Stage;

/// What was looked at, and how it is.
struct Check {
    fine: bool,
    what: String,
    /// What to do about it.
    help: Option<String>,
}

impl Check {
    fn fine(what: impl Into<String>) -> Self {
        Self {
            fine: true,
            what: what.into(),
            help: None,
        }
    }

    fn wrong(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            fine: false,
            what: what.into(),
            help: Some(help.into()),
        }
    }
}

pub(super) fn run(args: &DoctorArgs, voice: Voice, env: Env<'_>) -> Result<Exit, Error> {
    let path = args.path.clone().unwrap_or_else(|| PathBuf::from("."));
    let layout = Layout::open(&path, env)?;
    let git = Config::read(Some(&layout), env);
    let mut checks = vec![
        repository(&layout),
        program(env),
        hook(&layout, &git, env),
        git_version(&layout, &git, env),
    ];
    checks.extend(further(&layout, &git, env));
    if let Some(top) = &layout.work_tree {
        checks.push(configuration(top));
        checks.push(gitignore(top, env));
        let project = Project {
            layout: &layout,
            top,
            config: &git,
        };
        checks.extend(others(&project));
    }
    let mut text = String::new();
    for check in &checks {
        let sign = if check.fine { "ok   " } else { "wrong" };
        text.push_str(&format!("{sign} {}\n", escape::terminal(&check.what)));
        if let Some(help) = &check.help {
            text.push_str(&format!("      help: {}\n", escape::terminal(help)));
        }
    }
    let wrong = checks.iter().filter(|check| !check.fine).count();
    if !voice.quiet || wrong > 0 {
        output::told(text.as_bytes())?;
    }
    Ok(if wrong == 0 {
        Exit::Clean
    } else {
        Exit::Findings
    })
}

fn gitignore(top: &Path, env: Env<'_>) -> Check {
    match Ignored::look(top, env) {
        Ok(ignored) if ignored.is_covered() => {
            Check::fine("gitignore: names that hold secrets are kept out of git")
        }
        Ok(_) => Check::wrong(
            "gitignore: names that hold secrets are in git, or would come in with `git add .`",
            "keyfence gitignore says which, and with --fix adds what is missing",
        ),
        Err(error) => Check::wrong(
            format!("gitignore: {error}"),
            "keyfence gitignore says more",
        ),
    }
}

fn repository(layout: &Layout) -> Check {
    let path = layout.work_tree.as_ref().unwrap_or(&layout.git_dir);
    let what = format!("repository: {}", path.display());
    match layout.faults.first() {
        Some(fault) => Check::wrong(format!("{what}: {}", fault.what), "`git fsck` says more"),
        None => Check::fine(what),
    }
}

/// Whether hooks find the program.
fn program(env: Env<'_>) -> Check {
    let path = env("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|dir| dir.join(format!("keyfence{}", std::env::consts::EXE_SUFFIX)))
        .find(|file| file.is_file());
    match found {
        Some(file) => Check::fine(format!(
            "program: keyfence {} at {}",
            env!("CARGO_PKG_VERSION"),
            file.display()
        )),
        None => Check::wrong(
            "program: keyfence is in no directory of PATH, where hooks look for it",
            "install it, or add its directory to PATH",
        ),
    }
}

fn hook(layout: &Layout, git: &Config, env: Env<'_>) -> Check {
    if layout.work_tree.is_none() {
        return server(layout, git, env);
    }
    watched(layout, git, env, Stage::Commit).unwrap_or_else(|| {
        let (dir, _) = directory(layout, git, env);
        Check::wrong(
            format!(
                "hook: nothing in {} runs keyfence before a commit",
                dir.display()
            ),
            "keyfence init",
        )
    })
}

/// Pushes and messages are looked at where somebody set that up, which then shall hold.
fn further(layout: &Layout, git: &Config, env: Env<'_>) -> Vec<Check> {
    let stages = [Stage::Push, Stage::Message];
    let stages = stages.into_iter().filter(|_| layout.work_tree.is_some());
    stages
        .filter_map(|stage| watched(layout, git, env, stage))
        .collect()
}

/// How it is with a stage; none where nothing names keyfence.
fn watched(layout: &Layout, git: &Config, env: Env<'_>, stage: Stage) -> Option<Check> {
    let name = match stage {
        Stage::Commit => "hook",
        Stage::Push | Stage::Message => stage.hook(),
    };
    match live(layout, git, env, stage) {
        Live::Yes(by) => Some(Check::fine(format!("{name}: {by}"))),
        Live::NotInstalled(manager) => Some(Check::wrong(
            format!(
                "{name}: {} would run keyfence, and git does not run {0}",
                manager.as_str()
            ),
            manager
                .install(&[stage])
                .unwrap_or_else(|| "keyfence init".to_owned()),
        )),
        Live::NotExecutable(file) => Some(not_executable(&file)),
        Live::No => None,
    }
}

/// Nobody commits in a bare repository: it is pushed to.
fn server(layout: &Layout, git: &Config, env: Env<'_>) -> Check {
    let (dir, _) = directory(layout, git, env);
    let hooks = ["pre-receive", "update"].map(|name| dir.join(name));
    let ours = |file: &&PathBuf| {
        crate::setup::hooks::text(file).is_some_and(|text| text.contains("keyfence"))
    };
    match hooks.iter().find(ours) {
        Some(file) if platform::is_executable(file) => {
            Check::fine(format!("hook: {}", file.display()))
        }
        Some(file) => not_executable(file),
        None => Check::wrong(
            format!(
                "hook: nothing in {} runs keyfence before a push is taken",
                dir.display()
            ),
            RECEIVE,
        ),
    }
}

fn not_executable(file: &Path) -> Check {
    Check::wrong(
        format!(
            "hook: {} is no program, and git passes over it",
            file.display()
        ),
        format!("chmod +x {}", file.display()),
    )
}

fn git_version(layout: &Layout, git: &Config, env: Env<'_>) -> Check {
    let configured = git.hooks("pre-commit");
    let configured = configured
        .iter()
        .any(|command| command.contains("keyfence"));
    let is_live = matches!(live(layout, git, env, Stage::Commit), Live::Yes(_));
    match version(env) {
        Some(version) if configured && !is_live && version < CONFIGURED_HOOKS => Check::wrong(
            format!(
                "git: {version} does not know configured hooks, and its configuration runs keyfence by one"
            ),
            format!(
                "install git {CONFIGURED_HOOKS} or newer, or run `keyfence init` here or `keyfence init --global`"
            ),
        ),
        Some(version) => Check::fine(format!("git: {version}")),
        None => Check::fine("git: its version cannot be told"),
    }
}

fn configuration(top: &Path) -> Check {
    let Some(file) = config::of_repository(top) else {
        return Check::fine("configuration: none, what is built in holds");
    };
    let wrong = |error: &Error| {
        let help = error
            .help()
            .unwrap_or_else(|| "see docs/configuration.md".to_owned());
        Check::wrong(format!("configuration: {error}"), help)
    };
    let read = match config::load(&file, true) {
        Ok(read) => read,
        Err(error) => return wrong(&error),
    };
    let set = match Set::load(&read.rules) {
        Ok(set) => set,
        Err(error) => return wrong(&error.into()),
    };
    let mut named = read.only_rules.iter().chain(&read.exclude_rules);
    if let Some(unknown) = named.find(|id| set.rules().iter().all(|rule| rule.id != id.as_str())) {
        return Check::wrong(
            format!("configuration: there is no rule `{unknown}`"),
            "`keyfence rules list` lists all",
        );
    }
    let mut what = format!("configuration: {}", file.display());
    let said = [
        (read.rules.len(), "rule file"),
        (read.ignores.len(), "ignore"),
        (read.excludes.len(), "exclude"),
        (
            read.baselines.iter().map(|b| b.len()).sum(),
            "baseline line",
        ),
    ];
    for (n, name) in said.iter().filter(|(n, _)| *n > 0) {
        what.push_str(&format!(", {}", count(*n as u64, name)));
    }
    if let Some(narrows) = read.narrows() {
        what.push_str(&format!("; {narrows}"));
    }
    Check::fine(what)
}

/// What other scanners left behind, and does not count.
fn others(project: &Project<'_>) -> Option<Check> {
    let text = crate::setup::hooks::text(&project.top.join(config::NAME)).unwrap_or_default();
    let unused: Vec<&str> = project
        .others()
        .into_iter()
        .filter(|name| !text.contains(name))
        .collect();
    (!unused.is_empty()).then(|| {
        let names: Vec<String> = unused.iter().map(|name| format!("{name:?}")).collect();
        Check::wrong(
            format!(
                "other scanners: {} is here, and keyfence does not read it",
                unused.join(", ")
            ),
            format!(
                "to leave out what they know: baseline = [{}] in keyfence.toml",
                names.join(", ")
            ),
        )
    })
}
