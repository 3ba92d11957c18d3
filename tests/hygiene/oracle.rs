//! What git says of paths: in an export of the index, in a repository without any user's configuration.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::world::{World, copy_resolved};

/// What becomes of a path, and by which line: file, number and pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) verdict: &'static str,
    pub(crate) rule: Option<(Vec<u8>, u64)>,
}

/// Asks git about paths.
pub(crate) fn ask(world: &World, paths: &[Vec<u8>]) -> Vec<Said> {
    let tracked: BTreeSet<Vec<u8>> = world
        .git(&["ls-files", "-z"])
        .split(|byte| *byte == 0)
        .map(<[u8]>::to_vec)
        .collect();
    let dir = tempfile::tempdir().unwrap();
    let export = dir.path().join("export");
    std::fs::create_dir(&export).unwrap();
    let prefix = format!("--prefix={}/", export.display());
    world.git(&["checkout-index", "-a", "-q", &prefix]);
    let clean = dir.path().join("nobody");
    git(&export, &clean, &["init", "-q", "--template="]);
    let cloned = check(&export, &clean, paths);
    let here = check(&world.top, &world.home(), paths);
    // Links to ignore files: as git followed them before 2.32.
    let resolved = dir.path().join("resolved");
    copy_resolved(&world.top, &resolved);
    let linked = check(&resolved, &world.home(), paths);
    let said = paths.iter().zip(cloned).zip(here.into_iter().zip(linked));
    said.map(|((path, cloned), (here, linked))| {
        let (verdict, rule) = if tracked.contains(path) {
            ("tracked", cloned.1)
        } else if cloned.0 {
            ("covered", cloned.1)
        } else if here.0 {
            ("only-here", here.1)
        } else if linked.0 {
            ("only-here", linked.1)
        } else {
            ("uncovered", cloned.1)
        };
        Said { verdict, rule }
    })
    .collect()
}

type Answer = (bool, Option<(Vec<u8>, u64)>);

/// Whether git ignores each path in a repository, and by which line.
fn check(top: &Path, home: &Path, paths: &[Vec<u8>]) -> Vec<Answer> {
    let mut child = command(top, home)
        .args(["check-ignore", "--no-index", "--stdin", "-z", "-v", "-n"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let asked: Vec<u8> = paths
        .iter()
        .flat_map(|path| [path, &b"\0"[..]].concat())
        .collect();
    let writer = std::thread::spawn(move || {
        use std::io::Write;
        input.write_all(&asked).unwrap();
    });
    let output = child.wait_with_output().unwrap().stdout;
    writer.join().unwrap();
    let fields: Vec<&[u8]> = output.split(|byte| *byte == 0).collect();
    let answers: Vec<Answer> = fields
        .chunks_exact(4)
        .map(|field| {
            let line = std::str::from_utf8(field[1]).unwrap().parse().ok();
            let ignored = !field[0].is_empty() && !field[2].starts_with(b"!");
            (ignored, line.map(|line| (field[0].to_vec(), line)))
        })
        .collect();
    assert_eq!(answers.len(), paths.len(), "git answered for each path");
    answers
}

fn git(top: &Path, home: &Path, args: &[&str]) {
    assert!(command(top, home).args(args).status().unwrap().success());
}

fn command(top: &Path, home: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(top)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", home)
        .env("GIT_CONFIG_NOSYSTEM", "1");
    command
}
