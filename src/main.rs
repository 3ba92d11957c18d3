//! The program: parse, run, exit code; nothing else.

use std::process::ExitCode;

use clap::Parser;
use keyfence::cli::Cli;
use keyfence::command;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => command::run(&cli).into(),
        Err(message) => keyfence::output::usage(&message).into(),
    }
}
