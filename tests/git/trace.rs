//! What the system sees of the git sources: one program, no socket, nothing written.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::repo::Repo;
use crate::run::wait;

fn traced(args: &[&str]) {
    let known = Command::new("strace")
        .arg("-V")
        .stdout(Stdio::null())
        .status();
    if let Err(error) = known {
        eprintln!("left out: strace is not installed ({error})");
        return;
    }
    let repo = Repo::begun();
    let old = repo.plant("old", "old.env");
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "-q", "-m", "old"]);
    let staged = repo.plant("staged", "staged.env");
    repo.git(&["add", "-A"]);
    // A missing object of a promisor: who fetches, opens a socket or runs ssh.
    repo.write("gone", "hello, gone\n");
    let id = repo.git(&["hash-object", "-w", "gone"]);
    let tree = repo.tree(&[("100644", &id, "gone")]);
    let commit = repo.commit_tree(&tree, &[], "gone");
    repo.git(&["update-ref", "refs/heads/gone", &commit]);
    repo.lose(&id);
    let canary = repo.world.canary();
    repo.configure(format!(
        "[core]\nfsmonitor = {canary}\npager = {canary}\nsshCommand = {canary}\n\
         [diff]\nexternal = {canary}\n[credential]\nhelper = !{canary}\n\
         [remote \"origin\"]\nurl = ssh://nowhere.invalid/x\npromisor = true\n"
    ));
    let log = repo.world.path("out/trace");
    std::fs::create_dir_all(repo.world.path("out")).unwrap();
    let mut command = Command::new("strace");
    repo.world.plain(&mut command);
    let child = command
        .args(["-f", "-qq", "-o"])
        .arg(&log)
        .args([
            "-e",
            "trace=execve,execveat,socket,connect,fork,vfork,clone,clone3,openat,open,creat,rename,unlink,mkdir",
        ])
        .arg(env!("CARGO_BIN_EXE_keyfence"))
        .args(["scan", "-f", "json"])
        .args(args)
        .current_dir(&repo.root)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let run = wait(child, Duration::from_secs(60));
    let trace = std::fs::read_to_string(&log).unwrap_or_default();
    if !trace.contains("execve(") {
        eprintln!("left out: strace may not trace here");
        return;
    }
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    let text = String::from_utf8_lossy(&run.stdout);
    let pair = if args[0] == "--staged" { &staged } else { &old };
    assert!(text.contains(&pair.fingerprint()), "{run:?}");
    assert_eq!(trace.matches("execve(").count(), 1, "{trace}");
    for call in [
        "execveat(",
        "socket(",
        "connect(",
        "fork(",
        "O_WRONLY",
        "O_RDWR",
        "O_CREAT",
        "creat(",
        "rename(",
        "unlink(",
        "mkdir(",
    ] {
        assert!(!trace.contains(call), "{call}: {trace}");
    }
    // Threads are no processes.
    for line in trace.lines().filter(|line| line.contains("clone")) {
        assert!(
            line.contains("CLONE_THREAD") || line.contains("resumed"),
            "{line}"
        );
    }
    // Nothing of git's outside of the repository is opened.
    let root = repo.world.path("").display().to_string();
    for line in trace.lines().filter(|line| line.contains("git")) {
        assert!(
            line.contains(&root)
                || !line.contains("\"/")
                || line.contains(env!("CARGO_MANIFEST_DIR")),
            "outside: {line}"
        );
    }
    assert_eq!(repo.world.song(), None);
}

#[test]
fn a_history_scan_runs_nothing_and_opens_no_socket() {
    traced(&["--history"]);
}

#[test]
fn a_range_scan_runs_nothing_and_opens_no_socket() {
    traced(&["--range", "HEAD~1..HEAD"]);
}

#[test]
fn a_staged_scan_runs_nothing_and_opens_no_socket() {
    traced(&["--staged"]);
}
