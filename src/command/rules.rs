//! `keyfence rules`: what is looked for, as the rule files say it.

mod docs;
pub(super) mod show;
mod test;

use std::path::PathBuf;

use serde_json::json;

use crate::cli::{ConfigArgs, RulesCommand};
use crate::error::Error;
use crate::exit::Exit;
use crate::output;
use crate::report::escape;
use crate::rule::{Rule, Set};
use crate::settings::{Env, configuration, of_files, unknown_rule};

pub(super) fn run(command: &RulesCommand, env: Env<'_>) -> Result<Exit, Error> {
    match command {
        RulesCommand::List { format, config } => {
            let set = load(config, env)?;
            print(&if format == "json" {
                list_json(&set)
            } else {
                list(&set)
            })
        }
        RulesCommand::Show { id, format, config } => {
            let set = load(config, env)?;
            let rule = set.rules().iter().find(|rule| rule.id == id);
            let rule =
                rule.ok_or_else(|| unknown_rule(id, set.rules().iter().map(|rule| rule.id)))?;
            print(&if format == "json" {
                pretty(&show::json(rule))
            } else {
                show::text(rule)
            })
        }
        RulesCommand::Test {
            files,
            format,
            config,
        } => test::run(files, format == "json", config, env),
        RulesCommand::Docs { directory } => docs::run(directory),
    }
}

/// The rules built in, and those of the configuration.
pub(super) fn load(config: &ConfigArgs, env: Env<'_>) -> Result<Set, Error> {
    let config = configuration(config, env, || of_files(&[PathBuf::from(".")]))?;
    Ok(Set::load(
        &config.map(|config| config.rules).unwrap_or_default(),
    )?)
}

fn list(set: &Set) -> String {
    let width = |of: fn(&Rule) -> usize| set.rules().iter().map(of).max().unwrap_or(0);
    let (ids, domains) = (
        width(|r| r.id.chars().count()),
        width(|r| r.domain.chars().count()),
    );
    let line = |r: &Rule| {
        format!(
            "{:ids$}  {:domains$}  {:8}  {}\n",
            r.id,
            r.domain,
            r.pair.as_str(),
            r.provider
        )
    };
    let all: String = set.rules().iter().map(line).collect();
    escape_lines(&all)
}

fn list_json(set: &Set) -> String {
    pretty(&json!({
        "schema_version": 1,
        "rules": set.rules().iter().map(|r| json!({
            "id": r.id, "provider": r.provider, "domain": r.domain, "severity": r.pair.as_str(),
            "about": r.about, "page": r.page, "file": r.file, "examples": r.examples.len(),
        })).collect::<Vec<_>>(),
    }))
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{}\n", escape::json(&format!("{value:#}")))
}

/// A user's rule may stand in a stranger's tree: its texts are escaped, the line ends are ours.
fn escape_lines(text: &str) -> String {
    text.lines()
        .map(|line| format!("{}\n", escape::terminal(line)))
        .collect()
}

fn print(text: &str) -> Result<Exit, Error> {
    output::stdout(text.as_bytes())?;
    Ok(Exit::Clean)
}
