//! keyfence's own repository holds nothing that keyfence would report: test values are made from
//! code, and what is allowed says why.
#![allow(clippy::unwrap_used, clippy::disallowed_types, missing_docs)]

use std::process::Command;

#[test]
fn keyfence_finds_nothing_in_its_own_repository() {
    let run = Command::new(env!("CARGO_BIN_EXE_keyfence"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["scan", "--isolated", "--color", "never"])
        .output()
        .unwrap();
    assert_eq!(
        run.status.code(),
        Some(0),
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
}
