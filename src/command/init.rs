//! `keyfence init`: hook, configuration and workflow, each change shown before it is made.

use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::{RECEIVE, Voice};
use crate::cli::InitArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::git::Layout;
use crate::output;
use crate::platform;
use crate::report::escape;
use crate::report::text::count;
use crate::settings::Env;
use crate::setup::git::Config;
use crate::setup::global;
use crate::setup::ignored::{self, Ignored};
use crate::setup::plan::Change;
use crate::setup::project::{Plan, Project};
use crate::setup::stage::Stage;

pub(super) fn run(args: &InitArgs, voice: Voice, env: Env<'_>) -> Result<Exit, Error> {
    let stages = stages(args);
    let (plan, base) = if args.global {
        let config = Config::read(None, env);
        let plan = match args.undo {
            true => global::undo(env),
            false => global::plan(&config, &stages, env),
        };
        (plan, PathBuf::new())
    } else {
        let path = args.path.clone().unwrap_or_else(|| PathBuf::from("."));
        let layout = Layout::open(&path, env)?;
        let top = layout
            .work_tree
            .clone()
            .ok_or_else(|| no_work_tree(&layout))?;
        let project = Project {
            layout: &layout,
            top: &top,
            config: &Config::read(Some(&layout), env),
        };
        let mut plan = match args.undo {
            true => project.undo(env),
            false => project.plan(&stages, env),
        };
        match args.undo {
            true => ignored::undo(&top, &mut plan),
            false => Ignored::look(&top, env)?.plan(&mut plan),
        }
        (plan, top)
    };
    show(&plan, &base, args, voice)?;
    if plan.changes.is_empty() {
        return Ok(match args.check && !plan.notes.is_empty() && !args.undo {
            true => Exit::Findings,
            false => Exit::Clean,
        });
    }
    if args.check {
        if !voice.quiet {
            let flags = [
                (args.global, " --global"),
                (args.undo, " --undo"),
                (args.push, " --push"),
                (args.message, " --message"),
            ];
            let flags = flags.into_iter().filter(|(is_given, _)| *is_given);
            let flags: String = flags.map(|(_, flag)| flag).collect();
            let command = format!("keyfence init{flags}");
            let changes = count(plan.changes.len() as u64, "change");
            output::stderr(&format!("{changes} to make: {command}\n"));
        }
        return Ok(Exit::Findings);
    }
    if !args.yes && !agreed()? {
        output::stderr("nothing was changed; `--yes` makes these changes without asking\n");
        return Ok(Exit::Findings);
    }
    for change in &plan.changes {
        change.make()?;
    }
    if !voice.quiet {
        let undo = if args.undo {
            ""
        } else {
            "; `keyfence init --undo` takes them out again"
        };
        let undo = if args.global {
            undo.replace("init", "init --global")
        } else {
            undo.to_owned()
        };
        let next = match args.undo || args.global {
            true => String::new(),
            false => commit(&plan, &base),
        };
        output::stdout(format!("done{undo}\n{next}").as_bytes())?;
    }
    Ok(Exit::Clean)
}

/// Where keyfence is to look.
fn stages(args: &InitArgs) -> Vec<Stage> {
    let wanted = [
        (true, Stage::Commit),
        (args.push, Stage::Push),
        (args.message, Stage::Message),
    ];
    let wanted = wanted.into_iter().filter(|(is_wanted, _)| *is_wanted);
    wanted.map(|(_, stage)| stage).collect()
}

/// What else is to be done for everybody who clones the repository.
fn commit(plan: &Plan, top: &Path) -> String {
    let ours = |change: &Change| -> Option<String> {
        let name = change.path.strip_prefix(top).ok()?;
        (!name.starts_with(".git"))
            .then(|| escape::terminal(&platform::slashed(name).to_str_lossy()).into_owned())
    };
    let names: Vec<String> = plan.changes.iter().filter_map(ours).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!(
            "next: commit {}: then every clone has it\n",
            names.join(", ")
        ),
    }
}

fn no_work_tree(layout: &Layout) -> Error {
    let dir = layout.git_dir.to_string_lossy();
    Error::Usage {
        what: format!(
            "`{}` is a bare repository, and nobody commits in it",
            escape::terminal(&dir)
        ),
        help: RECEIVE.to_owned(),
    }
}

fn show(plan: &Plan, base: &Path, args: &InitArgs, voice: Voice) -> Result<(), Error> {
    let mut text = String::new();
    let mut above: Option<&Change> = None;
    for change in &plan.changes {
        text.push_str(&change.shown(base, above));
        above = Some(change);
    }
    for note in &plan.notes {
        text.push_str(&format!(
            "note: {}\n",
            escape::terminal(note).replace("\\n", "\n")
        ));
    }
    if text.is_empty() && !voice.quiet {
        text.push_str(match args.undo {
            true => "there is nothing of keyfence to take out\n",
            false => "everything is in place\n",
        });
    }
    output::told(text.as_bytes())
}

/// Asks, where there is somebody to ask.
fn agreed() -> Result<bool, Error> {
    let input = std::io::stdin();
    if !input.is_terminal() || !output::stderr_is_terminal() {
        return Ok(false);
    }
    output::stderr("make these changes? [y/N] ");
    let mut answer = String::new();
    input.lock().read_line(&mut answer).map_err(Error::Stdin)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes"))
}
