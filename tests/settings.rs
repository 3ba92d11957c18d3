//! Which setting wins: a flag, a variable, the configuration, what is built in.
#![allow(clippy::unwrap_used)]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use keyfence::cli::{Cli, Command};
use keyfence::config;
use keyfence::error::Error;
use keyfence::finding::{Confidence, Severity};
use keyfence::report::Format;
use keyfence::settings::{Commits, Selection, Settings, Source, Target};

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

/// What a scan of this directory with these flags reads; the directory itself shown as `.`.
fn source(dir: &Path, flags: &[&str]) -> Source {
    let mut source = settings(dir, flags, &[]).unwrap().source;
    match &mut source {
        Source::Staged { path } | Source::Range { path, .. } | Source::History { path } => {
            assert_eq!(path, dir);
            *path = PathBuf::from(".");
        }
        Source::Worktree => {}
    }
    source
}

fn commits(dir: &Path, flags: &[&str]) -> Commits {
    match source(dir, flags) {
        Source::Range { commits, .. } => commits,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn the_sources_of_git() {
    let tree = tree("");
    let dir = tree.path();
    let path = PathBuf::from(".");
    assert_eq!(source(dir, &[]), Source::Worktree);
    assert_eq!(
        source(dir, &["--staged"]),
        Source::Staged { path: path.clone() }
    );
    assert_eq!(source(dir, &["--history"]), Source::History { path });
    assert_eq!(
        commits(dir, &["--last", "3"]),
        Commits::Last(3.try_into().unwrap())
    );
    assert_eq!(
        commits(dir, &["--since", "1970-01-02"]),
        Commits::Since(86_400)
    );
    assert_eq!(commits(dir, &["--pre-receive"]), Commits::PreReceive);
    let settings = settings(dir, &["--history"], &[]).unwrap();
    assert!(settings.roots.is_empty() && settings.files.is_empty());
}

#[test]
fn the_words_of_a_range() {
    let tree = tree("");
    let words = |flags: &[&str]| match commits(tree.path(), flags) {
        Commits::Revisions(words) => words,
        other => unreachable!("{other:?}"),
    };
    assert_eq!(words(&["--range", "A..B"]), ["A..B"]);
    assert_eq!(words(&["--range=A...B"]), ["A...B"]);
    assert_eq!(
        words(&["--range", "B ^A", "--range", "HEAD@{1 day ago}"]),
        ["B", "^A", "HEAD@{1 day ago}"]
    );
}

#[test]
fn the_hook_before_a_push_gives_the_remote() {
    let tree = tree("");
    let remote = |flags: &[&str]| match commits(tree.path(), flags) {
        Commits::PrePush { remote } => remote,
        other => unreachable!("{other:?}"),
    };
    // The hook's own arguments: keyfence scan --pre-push "$@"
    let hook = ["--pre-push", "origin", "https://example.com/x.git"];
    assert_eq!(remote(&hook), Some("origin".into()));
    assert_eq!(remote(&["--pre-push="]), None);
    let alone = Cli::try_parse_from(["keyfence", "scan", "--pre-push", "--isolated"]).unwrap();
    let Command::Scan(args) = alone.command else {
        unreachable!()
    };
    assert_eq!(
        Settings::new(&args, &|_| None).unwrap().source,
        Source::Range {
            path: PathBuf::from("."),
            commits: Commits::PrePush { remote: None }
        }
    );
}

#[test]
fn a_repository_is_configured_at_its_top() {
    let tree = tree("fail-on = 'high'");
    let sub = tree.path().join("sub");
    fs::create_dir(&sub).unwrap();
    fs::write(sub.join("keyfence.toml"), "fail-on = 'low'").unwrap();
    fs::create_dir_all(tree.path().join(".git/objects")).unwrap();
    fs::write(tree.path().join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    let said = |flags: &[&str]| settings(&sub, flags, &[]).unwrap();
    assert_eq!(said(&[]).fail_on, Some(Severity::Low));
    for flag in ["--history", "--last=1"] {
        let settings = said(&[flag]);
        assert_eq!(settings.fail_on, Some(Severity::High), "{flag}");
        assert_eq!(settings.top, settings.config_dir, "{flag}");
    }
    assert_eq!(
        said(&["--history", "--isolated"]).fail_on,
        Some(Severity::Medium)
    );
    let given = sub.join("keyfence.toml");
    let flags = ["--history", "--config", given.to_str().unwrap()];
    assert_eq!(said(&flags).fail_on, Some(Severity::Low));
}

#[test]
fn a_caller_may_bring_the_configuration() {
    let tree = tree("fail-on = 'high'");
    let bring = |flags: &[&str]| {
        let line = ["keyfence", "scan"].iter().chain(flags).map(OsString::from);
        let line = line.chain([tree.path().into()]);
        let Command::Scan(args) = Cli::try_parse_from(line).unwrap().command else {
            unreachable!()
        };
        Settings::discovering(&args, &|_| None, &|source| {
            let path = source.path().unwrap().join("keyfence.toml");
            config::read(&path, b"fail-on = 'low'".to_vec(), true).map(Some)
        })
        .unwrap()
        .fail_on
    };
    assert_eq!(bring(&["--staged"]), Some(Severity::Low));
    assert_eq!(
        bring(&["--staged", "--fail-on", "info"]),
        Some(Severity::Info)
    );
    assert_eq!(bring(&["--staged", "--isolated"]), Some(Severity::Medium));
    assert_eq!(bring(&[]), Some(Severity::High), "files have their own");
}

#[test]
fn secrets_in_plain_text_go_to_a_file_alone() {
    let tree = tree("");
    let file = tree.path().join("out.txt");
    let target = format!("replace-text={}", file.display());
    let refused = |flags: &[&str]| settings(tree.path(), flags, &[]).unwrap_err().to_string();
    let flags = ["--show-secrets", "--format", &target];
    let targets = settings(tree.path(), &flags, &[]).unwrap().targets;
    assert_eq!(targets[0].file.as_deref(), Some(file.as_path()));
    assert!(refused(&["--format", &target]).contains("--show-secrets is not given"));
    let to_stdout = ["--show-secrets", "--format", "replace-text"];
    assert!(refused(&to_stdout).contains("cannot go to standard output"));
    let device = if cfg!(windows) { "NUL" } else { "/dev/null" };
    let link = tree.path().join("link");
    #[cfg(unix)]
    std::os::unix::fs::symlink(device, &link).unwrap();
    #[cfg(windows)] // who may make links depends on the machine's settings
    fs::create_dir(&link).unwrap();
    for path in [Path::new(device), &link, tree.path()] {
        let target = format!("replace-text={}", path.display());
        let said = refused(&["--show-secrets", "--format", &target]);
        assert!(said.contains("no regular file"), "{said}");
    }
    let env = [("KEYFENCE_FORMAT", target.as_str())];
    assert!(settings(tree.path(), &[], &env).is_err());
}
