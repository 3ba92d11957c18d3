//! What the system sees of a scan: one program, no socket.

use std::process::{Command, Stdio};

use crate::case::{Case, wait};
use crate::planted::Pair;

#[test]
fn one_program_and_no_socket() {
    if Command::new("strace")
        .arg("-V")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        eprintln!("left out: strace is not installed");
        return;
    }
    let pair = Pair::new("trace");
    let case = Case::of("a.env", pair.dotenv());
    case.write(".gitignore", "a.env\n");
    case.git(&["a.env"]);
    let config = "[core]\n\tfsmonitor = touch owned\n\thooksPath = hooks\n\tpager = touch owned\n\
                  [diff]\n\texternal = touch owned\n[filter \"x\"]\n\tclean = touch owned\n\
                  [credential]\n\thelper = !touch owned\n[include]\n\tpath = ../more\n";
    let path = case.root().join(".git/config");
    let own = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, own + config).unwrap();
    case.write(".gitattributes", "* filter=x diff=x\n");
    let log = case.beside().join("trace");
    let child = Command::new("strace")
        .args([
            "-f",
            "-e",
            "trace=execve,execveat,socket,connect,fork,vfork",
            "-o",
        ])
        .arg(&log)
        .arg(env!("CARGO_BIN_EXE_keyfence"))
        .args(["scan", "-v", "-f", "json"])
        .current_dir(case.root())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let run = wait(child);
    let trace = std::fs::read_to_string(&log).unwrap_or_default();
    if !trace.contains("execve(") {
        eprintln!("left out: strace may not trace here");
        return;
    }
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    assert!(String::from_utf8_lossy(&run.stdout).contains(&pair.fingerprint()));
    assert_eq!(trace.matches("execve(").count(), 1, "{trace}");
    for call in ["execveat(", "socket(", "connect(", "fork("] {
        assert!(!trace.contains(call), "{trace}");
    }
    assert!(!case.root().join("owned").exists());
}

#[test]
fn nothing_outside_the_tree_is_opened() {
    if Command::new("strace")
        .arg("-V")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        eprintln!("left out: strace is not installed");
        return;
    }
    let case = Case::of("a.env", Pair::new("open").dotenv());
    std::os::unix::fs::symlink("/etc", case.root().join("etc")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", case.root().join("passwd")).unwrap();
    case.git(&[]);
    let log = case.beside().join("trace");
    let child = Command::new("strace")
        .args(["-f", "-e", "trace=open,openat,openat2", "-o"])
        .arg(&log)
        .arg(env!("CARGO_BIN_EXE_keyfence"))
        .args(["scan", "."])
        .current_dir(case.root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait(child);
    let trace = std::fs::read_to_string(&log).unwrap_or_default();
    if !trace.contains("openat(") {
        eprintln!("left out: strace may not trace here");
        return;
    }
    // The loader, the allocator and the runtime read these.
    let system = [
        "/etc/ld",
        "/lib",
        "/usr/lib",
        "/proc/self",
        "/sys/",
        "/dev/null",
        "/proc/stat",
    ];
    let real = case.root().canonicalize().unwrap();
    let tree = [
        case.root().display().to_string(),
        real.display().to_string(),
    ];
    for line in trace.lines() {
        let Some(path) = line.split('"').nth(1) else {
            continue;
        };
        let ours = !path.starts_with('/')
            || tree.iter().any(|tree| path.starts_with(tree.as_str()))
            || system.iter().any(|system| path.starts_with(system));
        assert!(ours || line.contains("ENOENT"), "{line}");
    }
    assert!(!trace.contains("/etc/passwd"));
}
