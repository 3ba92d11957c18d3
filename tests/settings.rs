//! Which setting wins: a flag, a variable, the configuration, what is built in.
#![allow(clippy::unwrap_used)]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use keyfence::cli::{Cli, Command};
use keyfence::error::Error;
use keyfence::finding::{Confidence, Severity};
use keyfence::report::Format;
use keyfence::settings::{Selection, Settings, Target};

fn settings(dir: &Path, flags: &[&str], env: &[(&str, &str)]) -> Result<Settings, Error> {
    let line = ["keyfence", "scan"]
        .into_iter()
        .chain(flags.iter().copied())
        .map(OsString::from);
    let Command::Scan(args) = Cli::try_parse_from(line.chain([dir.into()]))
        .unwrap()
        .command
    else {
        unreachable!()
    };
    let env: Vec<(String, OsString)> = env
        .iter()
        .map(|(k, v)| ((*k).to_owned(), v.into()))
        .collect();
    Settings::new(&args, &|name| {
        env.iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    })
}

fn tree(config: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    if !config.is_empty() {
        fs::write(dir.path().join("keyfence.toml"), config).unwrap();
    }
    dir
}

#[test]
fn the_nearest_word_wins() {
    let plain = tree("");
    let config = tree("fail-on = 'high'\nmin-confidence = 'certain'");
    let env = [
        ("KEYFENCE_FAIL_ON", "low"),
        ("KEYFENCE_MIN_CONFIDENCE", "likely"),
    ];
    let flags = ["--fail-on", "none", "--min-confidence", "possible"];
    let said = |dir: &Path, flags: &[&str], env: &[(&str, &str)]| {
        let settings = settings(dir, flags, env).unwrap();
        (settings.fail_on, settings.min_confidence)
    };
    assert_eq!(
        said(plain.path(), &[], &[]),
        (Some(Severity::Medium), Confidence::Likely)
    );
    assert_eq!(
        said(config.path(), &[], &[]),
        (Some(Severity::High), Confidence::Certain)
    );
    assert_eq!(
        said(config.path(), &[], &env),
        (Some(Severity::Low), Confidence::Likely)
    );
    assert_eq!(
        said(config.path(), &flags, &env),
        (None, Confidence::Possible)
    );
    assert_eq!(
        said(config.path(), &["--isolated"], &[]),
        (Some(Severity::Medium), Confidence::Likely)
    );
}

#[test]
fn a_given_configuration_replaces_the_discovered_one() {
    let (found, given, other) = (
        tree("fail-on = 'high'"),
        tree("fail-on = 'low'"),
        tree("fail-on = 'info'"),
    );
    let file = |dir: &tempfile::TempDir| {
        dir.path()
            .join("keyfence.toml")
            .to_str()
            .unwrap()
            .to_owned()
    };
    let env = [("KEYFENCE_CONFIG", file(&other))];
    let env: Vec<(&str, &str)> = env.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert_eq!(
        settings(found.path(), &[], &env).unwrap().fail_on,
        Some(Severity::Info)
    );
    let flags = ["--config", &file(&given)];
    assert_eq!(
        settings(found.path(), &flags, &env).unwrap().fail_on,
        Some(Severity::Low)
    );
    assert_eq!(
        settings(found.path(), &["--isolated"], &env)
            .unwrap()
            .fail_on,
        Some(Severity::Medium)
    );
}

#[test]
fn rules_named_by_a_flag_run_whatever_the_configuration_says() {
    let dir = tree("only-rules = ['okx']\nexclude-rules = ['bybit', 'generic']");
    let selection = settings(dir.path(), &[], &[]).unwrap().selection;
    assert!(selection.allows("okx") && !selection.allows("kraken") && !selection.allows("bybit"));
    let selection = settings(
        dir.path(),
        &["--rule", "bybit,generic", "--exclude-rule", "generic"],
        &[],
    )
    .unwrap()
    .selection;
    assert!(selection.allows("bybit") && !selection.allows("okx") && !selection.allows("generic"));
}

#[test]
fn an_unknown_rule_names_the_nearest() {
    let selection = Selection {
        only: vec!["bybitt".to_owned()],
        except: Vec::new(),
    };
    let error = selection
        .check(["binance", "bybit"].into_iter())
        .unwrap_err();
    assert_eq!(error.to_string(), "there is no rule `bybitt`");
    assert_eq!(
        error.help().unwrap(),
        "did you mean `bybit`? `keyfence rules list` lists all"
    );
    assert!(selection.check(["bybitt"].into_iter()).is_ok());
}

#[test]
fn several_reports() {
    let dir = tree("");
    let out = dir.path().join("a=b.sarif");
    let flag = format!("sarif={}", out.display());
    let targets = settings(dir.path(), &["--format", "human", "--format", &flag], &[])
        .unwrap()
        .targets;
    let expected = [
        Target {
            format: Format::Human,
            file: None,
        },
        Target {
            format: Format::Sarif,
            file: Some(out),
        },
    ];
    assert_eq!(targets, expected);
    let env = [("KEYFENCE_FORMAT", "jsonl")];
    assert_eq!(
        settings(dir.path(), &[], &env).unwrap().targets,
        [Target {
            format: Format::Jsonl,
            file: None
        }]
    );
    assert_eq!(
        settings(dir.path(), &["--format", "json"], &env)
            .unwrap()
            .targets[0]
            .format,
        Format::Json
    );
}

#[test]
fn lists_of_files() {
    let dir = tree("");
    let list = dir.path().join("list");
    let flag = list.to_str().unwrap();
    fs::write(&list, "a b.py\r\n\nc.py").unwrap();
    let files = settings(dir.path(), &["--files-from", flag], &[])
        .unwrap()
        .files;
    assert_eq!(files, [PathBuf::from("a b.py"), PathBuf::from("c.py")]);
    fs::write(&list, "a\nb.py\0c.py\0").unwrap();
    let files = settings(dir.path(), &["-0", "--files-from", flag], &[])
        .unwrap()
        .files;
    assert_eq!(files, [PathBuf::from("a\nb.py"), PathBuf::from("c.py")]);
}
