//! The documentation says what the program does: commands in it can be run, links lead somewhere, and the reference of
//! the configuration is the schema's. `KEYFENCE_UPDATE=1 cargo test --test guides` writes the reference anew.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use keyfence::cli::Cli;
use serde_json::Value;

fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The pages of `docs`, with their names.
fn pages() -> Vec<(PathBuf, String)> {
    let mut files: Vec<PathBuf> = fs::read_dir(top().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    files.sort();
    assert!(files.len() >= 8, "{files:?}");
    files
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

/// The words of a line of shell, as far as one command goes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in line.split_whitespace() {
        if word.starts_with(['#', '|', '>', ';', '&', '\\']) {
            break;
        }
        words.push(word.trim_matches(['"', '\'']).to_owned());
    }
    words
}

#[test]
fn every_command_can_be_run() {
    let mut count = 0;
    for (path, text) in pages() {
        for line in text.lines() {
            let line = line
                .trim()
                .trim_start_matches("- script: ")
                .trim_start_matches("- ");
            let line = line
                .trim_start_matches("$ ")
                .trim_start_matches("exec ")
                .trim_start_matches("sh '");
            if !line.starts_with("keyfence ") || line.starts_with("keyfence stopped") {
                continue;
            }
            let words = words(line.trim_end_matches('\''));
            let parsed = Cli::try_parse_from(&words);
            assert!(
                parsed.is_ok(),
                "{}: {line}: {:?}",
                path.display(),
                parsed.err()
            );
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn every_link_between_files_leads_somewhere() {
    let mut count = 0;
    for (path, text) in pages() {
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            assert!(
                path.parent().unwrap().join(file).exists(),
                "{}: {target}",
                path.display()
            );
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}

const BEGIN: &str =
    "<!-- from keyfence.schema.json; KEYFENCE_UPDATE=1 cargo test --test guides -->\n";
const END: &str = "<!-- end -->\n";

fn reference() -> String {
    let schema: Value = serde_json::from_str(include_str!("../keyfence.schema.json")).unwrap();
    let mut out = String::from("| field | what it takes | what it does |\n|---|---|---|\n");
    for (name, field) in schema["properties"].as_object().unwrap() {
        row(&mut out, name, field);
        let inner = field
            .pointer("/items/properties")
            .and_then(Value::as_object);
        for (inner, field) in inner.into_iter().flatten() {
            row(&mut out, &format!("[[{name}]] {inner}"), field);
        }
    }
    out
}

fn row(out: &mut String, name: &str, field: &Value) {
    let takes = match (field["enum"].as_array(), field["type"].as_str()) {
        (Some(words), _) => {
            let words: Vec<&str> = words.iter().map(|word| word.as_str().unwrap()).collect();
            words.join(", ")
        }
        (None, Some("array")) if field["items"]["type"] == "object" => "tables".to_owned(),
        (None, Some("array")) => "a list of texts".to_owned(),
        (None, Some("string")) => "a text".to_owned(),
        (None, kind) => kind.unwrap_or_default().to_owned(),
    };
    let what = field["description"]
        .as_str()
        .unwrap_or("32 hexadecimal digits, as findings show them");
    writeln!(out, "| `{name}` | {takes} | {what} |").unwrap();
}

#[test]
fn the_reference_of_the_configuration_is_the_schema() {
    let path = top().join("docs/configuration.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (said, after) = rest.split_once(END).unwrap();
    if std::env::var_os("KEYFENCE_UPDATE").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", reference())).unwrap();
        return;
    }
    assert_eq!(
        said,
        reference(),
        "run KEYFENCE_UPDATE=1 cargo test --test guides"
    );
}

#[test]
fn the_hooks_are_those_that_the_page_names() {
    let hooks = include_str!("../.pre-commit-hooks.yaml");
    let page = fs::read_to_string(Path::new(&top()).join("docs/hook.md")).unwrap();
    let ids: Vec<&str> = hooks
        .lines()
        .filter_map(|line| line.strip_prefix("- id: "))
        .collect();
    assert_eq!(ids.len(), 6);
    for id in ids {
        assert!(page.contains(&format!("`{id}`")), "{id}");
    }
}

/// How many rule files a directory below `rules` holds.
fn rules_in(dir: &Path) -> usize {
    let entries = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| match path.is_dir() {
            true => rules_in(&path),
            false => usize::from(path.extension().is_some_and(|end| end == "toml")),
        })
        .sum()
}

#[test]
fn the_rules_are_as_many_as_is_said() {
    let rules = top().join("rules");
    let all = rules_in(&rules);
    let comparison = fs::read_to_string(top().join("docs/comparison.md")).unwrap();
    assert!(
        comparison.contains(&format!("| rules in all | {all} |")),
        "{all}"
    );
    let (exchanges, brokers) = (
        rules_in(&rules.join("exchange")),
        rules_in(&rules.join("broker")),
    );
    let readme = fs::read_to_string(top().join("README.md")).unwrap();
    for text in [&comparison, &readme] {
        // Lines are broken anywhere.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let said = text.contains(&format!("{exchanges} exchanges, {brokers} brokers"))
            || text.contains(&format!(
                "{exchanges} crypto exchanges and {brokers} brokers"
            ));
        assert!(said, "{exchanges} exchanges, {brokers} brokers");
    }
}
