//! Names that Windows reads as something else: devices, and dots at the end. Whoever unpacks an archive, or works
//! from another system on the same disk, can make such files.
#![cfg(windows)] // elsewhere they are names like all others
#![allow(clippy::unwrap_used, clippy::disallowed_types, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use keyfence::rule::{Set, forge};
use serde_json::Value;

const ENV: &str = "BYBIT_API_KEY=«bybit.key»\nBYBIT_API_SECRET=«bybit.secret»\n";

/// The directory in the form that takes names as they are.
fn literal(dir: &Path) -> PathBuf {
    std::fs::canonicalize(dir).unwrap()
}

fn scan(dir: &Path, args: &[&str]) -> (Option<i32>, Value) {
    let run = Command::new(env!("CARGO_BIN_EXE_keyfence"))
        .current_dir(dir)
        .args(["scan", "--format", "json"])
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (
        run.status.code(),
        serde_json::from_slice(&run.stdout).unwrap_or_default(),
    )
}

#[test]
fn what_stands_under_them_is_scanned() {
    let set = Set::builtin();
    let text = forge::fill(set, set.get("bybit").unwrap(), ENV).unwrap();
    for name in [
        "nul.txt",
        "AUX",
        "com1.env",
        "dot.",
        "dir./a.env",
        "con/b.env",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let path = name
            .split('/')
            .fold(literal(dir.path()), |path, name| path.join(name));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
        let (code, json) = scan(dir.path(), &[]);
        assert_eq!(code, Some(1), "{name}: {json}");
        assert_eq!(json["findings"][0]["places"][0]["path"], name, "{json}");
        // A temporary directory with such names can't be removed by plain ones.
        std::fs::remove_file(&path).unwrap();
        if let Some((top, _)) = name.split_once('/') {
            std::fs::remove_dir(literal(dir.path()).join(top)).unwrap();
        }
    }
}

#[test]
fn devices_are_never_clean() {
    let dir = tempfile::tempdir().unwrap();
    for device in ["NUL", "nul.txt", "CON", r"\\.\NUL"] {
        let (code, json) = scan(dir.path(), &[device]);
        assert!(matches!(code, Some(2 | 3)), "{device}: {code:?} {json}");
    }
}
