//! Any blob is a pointer of Git LFS or none, and what a pointer names stands below the store, whatever stands there.
#![no_main]

use std::path::PathBuf;

use keyfence::git::lfs::{Kept, pointer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], bool, Vec<&str>)| {
    let (bytes, begun, names) = input;
    let blob = match begun {
        true => [b"version https://git-lfs.github.com/spec/v1\n", bytes].concat(),
        false => bytes.to_vec(),
    };
    let name = pointer(&blob);
    let sound = |name: &str| {
        name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    assert!(name.is_none_or(sound));
    if name.is_none() && names.is_empty() {
        return;
    }
    let dir = tempfile::tempdir().expect("a directory for the store");
    let store = dir.path().join("lfs/objects");
    for own in names.iter().take(8) {
        // Names with anything in them, as far as the system takes them, and no way out of the store.
        let own: PathBuf = own.split('/').filter(|part| *part != "..").collect();
        let path = store.join(own.strip_prefix("/").unwrap_or(&own));
        if path.parent().is_some_and(|parent| std::fs::create_dir_all(parent).is_ok()) {
            _ = std::fs::write(path, blob.as_slice());
        }
    }
    let objects = dir.path().join("objects");
    let kept = Kept::beside(&[objects]);
    if let Some(name) = name {
        let at = store.join(&name[..2]).join(&name[2..4]);
        if std::fs::create_dir_all(&at).is_ok() && std::fs::write(at.join(name), "content").is_ok() {
            let kept = Kept::beside(&[dir.path().join("objects")]);
            assert!(kept.open(name).is_ok_and(|file| file.is_some()));
            assert!(kept.names().0.contains(name));
        }
    }
    let (names, _) = kept.names();
    assert!(names.iter().all(|name| sound(name)));
});
