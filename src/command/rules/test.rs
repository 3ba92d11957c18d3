//! `keyfence rules test`: each example through the whole scanner.

use std::path::PathBuf;

use serde_json::json;

use super::{load, pretty};
use crate::cli::ConfigArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::output;
use crate::report::escape;
use crate::report::text::{count, number};
use crate::rule::{Rule, Set};
use crate::scan::{self, Failure};
use crate::settings::Env;

pub(super) fn run(
    files: &[PathBuf],
    as_json: bool,
    config: &ConfigArgs,
    env: Env<'_>,
) -> Result<Exit, Error> {
    if let Some(missing) = files.iter().find(|file| file.symlink_metadata().is_err()) {
        return Err(Error::Missing(missing.clone()));
    }
    let set = if files.is_empty() {
        load(config, env)?
    } else {
        Set::replacing(files)?
    };
    let asked = |rule: &&Rule| {
        files.is_empty() || files.iter().any(|file| file.to_string_lossy() == rule.file)
    };
    let rules: Vec<&'static Rule> = set.rules().iter().filter(asked).collect();
    let results: Vec<(&Rule, Vec<Failure>)> = rules
        .iter()
        .map(|rule| (*rule, scan::examples(&set, rule)))
        .collect();
    let report = if as_json {
        in_json(&results)
    } else {
        in_text(&results)
    };
    output::stdout(report.as_bytes())?;
    let failed = results.iter().any(|(_, failures)| !failures.is_empty());
    Ok(if failed { Exit::Findings } else { Exit::Clean })
}

fn in_text(results: &[(&Rule, Vec<Failure>)]) -> String {
    let mut out = String::new();
    for (rule, failures) in results {
        for failure in failures {
            let at = format!("{}:{}", rule.file, failure.example.line);
            out.push_str(&format!(
                "{}: {}\n",
                escape::terminal(&at),
                escape::terminal(&failure.what)
            ));
        }
    }
    let examples: usize = results.iter().map(|(rule, _)| rule.examples.len()).sum();
    let failed: usize = results.iter().map(|(_, failures)| failures.len()).sum();
    let rules = count(results.len() as u64, "rule");
    let examples = number(examples as u64);
    out.push_str(&format!(
        "{rules}, {examples} examples and counter-examples, {failed} failed\n"
    ));
    out
}

fn in_json(results: &[(&Rule, Vec<Failure>)]) -> String {
    let rules: Vec<_> = results
        .iter()
        .map(|(rule, failures)| {
            json!({
                "id": rule.id,
                "file": rule.file,
                "examples": rule.examples.len(),
                "failures": failures.iter().map(|f| json!({ "line": f.example.line, "what": f.what })).collect::<Vec<_>>(),
            })
        })
        .collect();
    pretty(&json!({ "schema_version": 1, "rules": rules }))
}
