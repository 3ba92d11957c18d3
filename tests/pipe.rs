//! A reader who leaves early ends the program quietly.
#![allow(clippy::unwrap_used, clippy::disallowed_types)]

use std::process::{Command, Stdio};

#[test]
fn a_closed_pipe_is_no_error() {
    for args in [
        &["completions", "bash"][..],
        &["rules", "list"],
        &["man"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = Command::new(env!("CARGO_BIN_EXE_keyfence"))
            .args(args)
            .stdout(writer)
            .stderr(Stdio::piped())
            .output();
        let run = run.unwrap();
        assert_eq!(run.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&run.stderr), "", "{args:?}");
    }
}

#[cfg(target_os = "linux")] // the only one with a device that is always full
#[test]
fn a_full_disk_behind_standard_output_is_an_error() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_keyfence"))
        .args(["completions", "bash"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(2));
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(
        said.starts_with("error: cannot write standard output: no space left on device\nhelp: "),
        "{said}"
    );
}
