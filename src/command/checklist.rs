//! `keyfence checklist`: the security checklist of a trading bot.

use std::path::PathBuf;

use super::Voice;
use crate::cli::ChecklistArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::hygiene::checklist::Checklist;
use crate::output;
use crate::report::checklist::{Shape, Told};
use crate::settings::Env;

pub(super) fn run(args: &ChecklistArgs, env: Env<'_>, voice: Voice) -> Result<Exit, Error> {
    let dir = args.path.clone().unwrap_or_else(|| PathBuf::from("."));
    if !dir.is_dir() {
        return Err(Error::Missing(dir));
    }
    let (list, evidence) = Checklist::take(&dir, &args.config, env)?;
    let exit = list.exit(args.strict);
    let told = Told {
        list: &list,
        evidence: &evidence,
        exit: exit as u8,
        color: voice.color.stdout(),
    };
    let shape = match &*args.format {
        "json" => Shape::Json,
        "markdown" => Shape::Markdown,
        _ => Shape::Human,
    };
    output::write_stdout(|out| told.write(shape, out))?;
    Ok(exit)
}
