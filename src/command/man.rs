//! `keyfence man [COMMAND]`.

use clap::CommandFactory;

use crate::cli::Cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::nearest::nearest;
use crate::output;
use crate::report::escape;

pub(super) fn run(name: Option<&str>) -> Result<Exit, Error> {
    let mut all = Cli::command();
    all.build();
    let command = match name {
        None => all,
        Some(name) => all
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| unknown(name, &all))?,
    };
    let mut text = Vec::new();
    let written = clap_mangen::Man::new(command).render(&mut text);
    written.map_err(|cause| Error::Write {
        target: "the manual page".to_owned(),
        cause,
    })?;
    output::stdout(&text)?;
    Ok(Exit::Clean)
}

fn unknown(name: &str, all: &clap::Command) -> Error {
    let names: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).collect();
    let help = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("commands: {}", names.join(", ")),
    };
    Error::Usage {
        what: format!("there is no command `{}`", escape::terminal(name)),
        help,
    }
}
