//! The logs of refs, against git.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use keyfence::git::refs::{self, LogLine};

use super::{layout, varied};

/// What `git reflog` says of each ref's log, oldest last, equals the log's lines.
#[test]
fn logs_as_git_shows_them() {
    let repo = varied();
    repo.git(
        "repo",
        &["worktree", "add", "-q", "-b", "side", "../linked", "HEAD~2"],
    );
    repo.git(
        "linked",
        &["commit", "-q", "--allow-empty", "-m", "in the worktree"],
    );
    repo.git("repo", &["reset", "-q", "--hard", "HEAD~1"]);
    for dir in ["repo", "linked"] {
        let mut logs: std::collections::BTreeMap<String, Vec<String>> = Default::default();
        let mut paths = BTreeSet::new();
        let mut visit = |line: &LogLine<'_>| {
            let entry = line.entry.unwrap();
            let text = format!("{} {}", entry.new, String::from_utf8_lossy(entry.message));
            let text = text.trim_end().to_owned();
            assert_eq!(entry.identity.text(), "A U Thor <a@example.com>");
            assert_eq!(entry.identity.time, 1_700_000_000);
            let name = String::from_utf8(line.name.to_vec()).unwrap();
            let lines = logs.entry(name).or_default();
            lines.push(text);
            assert_eq!(line.number, lines.len());
            paths.insert(String::from_utf8(line.path.to_vec()).unwrap());
        };
        assert_eq!(refs::logs(&layout(&repo, dir), &mut visit), []);
        assert!(paths.contains("logs/HEAD") && paths.contains("worktrees/linked/logs/HEAD"));
        let paths: BTreeSet<_> = paths
            .iter()
            .map(|path| repo.path(&format!("repo/.git/{path}")))
            .collect();
        let files = ["repo/.git/logs", "repo/.git/worktrees/linked/logs"];
        assert_eq!(
            paths,
            files
                .iter()
                .flat_map(|root| files_below(&repo.path(root)))
                .collect()
        );
        assert_eq!(logs["refs/stash"].len(), 3);
        for (name, mut lines) in logs {
            let git = repo.git(dir, &["reflog", "show", "--format=%H %gs", &name]);
            lines.reverse();
            assert_eq!(lines, git.lines().collect::<Vec<_>>(), "{name} in {dir}");
            let mut alone = Vec::new();
            let mut one = |entry: &refs::LogEntry<'_>| alone.push(entry.new.to_string());
            assert_eq!(
                refs::log(&layout(&repo, dir), name.as_bytes(), &mut one),
                (true, Vec::new())
            );
            alone.reverse();
            assert!(
                lines
                    .iter()
                    .map(|line| &line[..40])
                    .eq(alone.iter().map(|id| &id[..]))
            );
        }
    }
    let never = &mut |_: &refs::LogEntry<'_>| panic!("nothing there");
    for name in [
        "refs/heads/none",
        "../logs/HEAD",
        "",
        "worktrees/none/HEAD",
        "refs/heads",
    ] {
        let found = refs::log(&layout(&repo, "repo"), name.as_bytes(), never);
        assert_eq!(found, (false, Vec::new()), "{name}");
    }
}

fn files_below(root: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn damaged_logs_are_told_once_a_file() {
    let repo = varied();
    let mut text = fs::read(repo.path("repo/.git/logs/HEAD")).unwrap();
    let whole = text.iter().filter(|byte| **byte == b'\n').count();
    text.splice(0..0, *b"garbage of one line\n");
    text.extend(b"\xff\xfe\0\nand a tail");
    repo.write("repo/.git/logs/HEAD", text);
    let pipe = repo.path("repo/.git/logs/refs/heads/pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    symlink("/etc/passwd", repo.path("repo/.git/logs/refs/heads/link")).unwrap();
    symlink("/etc", repo.path("repo/.git/logs/refs/heads/dir")).unwrap();
    let mut raw = Vec::new();
    let mut good = 0;
    let told = refs::logs(&layout(&repo, "repo"), &mut |line| {
        if line.path == b"logs/HEAD" {
            raw.push(line.raw.to_vec());
            good += usize::from(line.entry.is_some());
        }
        assert!(!line.path.ends_with(b"link"));
    });
    assert_eq!((good, raw.len()), (whole, whole + 3));
    assert_eq!(raw[0], b"garbage of one line");
    assert_eq!(raw.last().unwrap(), b"and a tail");
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 4, "{told:#?}");
    assert_eq!(
        told.iter()
            .filter(|fault| fault.contains("logs/HEAD: line 1 "))
            .count(),
        1,
        "{told:#?}"
    );
}
