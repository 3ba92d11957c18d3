//! Pipes with names, made by the program that every Unix has: macOS has no call that makes other nodes, too.

use std::path::Path;
use std::process::Command;

/// Makes one that its owner may read and write.
pub(crate) fn fifo(path: &Path) {
    let made = Command::new("mkfifo")
        .args(["-m", "600"])
        .arg(path)
        .status();
    assert!(made.unwrap().success(), "{}", path.display());
}
