//! Any text of a rule file is read or refused in one line.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let dir = tempfile::tempdir().expect("a directory for the file");
    let path = dir.path().join("file.toml");
    std::fs::write(&path, text).expect("the file is written");
    if let Err(error) = keyfence::rule::read(&path) {
        assert!(!error.to_string().contains('\n'));
    }
});
