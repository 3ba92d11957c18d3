//! `keyfence completions SHELL`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::output;

pub(super) fn run(shell: Shell) -> Result<Exit, Error> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "keyfence", &mut text);
    output::stdout(&text)?;
    Ok(Exit::Clean)
}
