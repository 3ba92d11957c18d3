//! One subcommand a file.

mod baseline;
mod checklist;
mod completions;
mod doctor;
mod explain;
mod gitignore;
mod hook;
mod init;
mod man;
mod rules;
mod scan;

use crate::cli::{Cli, Command};
use crate::error::Error;
use crate::exit::Exit;
use crate::output;
use crate::settings;

/// What watches over a bare repository.
const RECEIVE: &str = "on a server, hooks/pre-receive looks at each push: a program with the lines `#!/bin/sh` and \
                       `exec keyfence hook pre-receive`";

/// How a command speaks, whatever it does.
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    /// When to use colour.
    pub color: output::Color,
    /// Whether to say no more than the reports.
    pub quiet: bool,
    /// Whether to say more.
    pub verbose: bool,
}

/// Runs what the command line says, and tells what went wrong.
pub fn run(cli: &Cli) -> Exit {
    crate::platform::no_core_dump();
    let env = |name: &str| std::env::var_os(name);
    let voice = settings::color(cli.color.as_deref(), &env).map(|color| Voice {
        color,
        quiet: cli.quiet,
        verbose: cli.verbose,
    });
    let done = voice.and_then(|voice| match &cli.command {
        Command::Scan(args) => scan::run(args, voice, &env),
        Command::Checklist(args) => checklist::run(args, &env, voice),
        Command::Gitignore(args) => gitignore::run(args, voice, &env),
        Command::Hook(args) => hook::run(args, voice, &env),
        Command::Init(args) => init::run(args, voice, &env),
        Command::Doctor(args) => doctor::run(args, voice, &env),
        Command::Explain(args) => explain::run(args, voice, &env),
        Command::Baseline(args) => baseline::run(args, voice, &env),
        Command::Rules(command) => rules::run(command, &env),
        Command::Completions { shell } => completions::run(*shell),
        Command::Man { command } => man::run(command.as_deref()),
    });
    done.unwrap_or_else(|error: Error| {
        let color = settings::color(cli.color.as_deref(), &env)
            .unwrap_or_default()
            .stderr();
        output::error(&error, color);
        if let Command::Hook(args) = &cli.command {
            output::stderr(&hook::could_not_run(args));
        }
        Exit::CannotRun
    })
}
