//! A git directory made of any bytes is scanned, its history and its index, or refused: no panic, no end of
//! memory, no endless walk.
#![no_main]

use std::path::Path;

use keyfence::settings::{Settings, Source};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|files: [&[u8]; 9]| {
    let dir = tempfile::tempdir().unwrap();
    let git = dir.path().join(".git");
    for (name, bytes) in [
        "HEAD",
        "config",
        "packed-refs",
        "refs/heads/main",
        "logs/HEAD",
        "index",
        "shallow",
        "objects/pack/pack-1111111111111111111111111111111111111111.pack",
        "objects/22/22222222222222222222222222222222222222",
    ]
    .into_iter()
    .zip(files)
    {
        let path = git.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        // What git writes stands there where nothing else was made up.
        let bytes = match (name, bytes) {
            ("HEAD", []) => b"ref: refs/heads/main\n",
            _ => bytes,
        };
        if !bytes.is_empty() {
            std::fs::write(path, bytes).unwrap();
        }
    }
    std::fs::create_dir_all(git.join("refs")).unwrap();
    for source in [history, staged] {
        let settings = Settings {
            source: source(dir.path()),
            threads: Some(1),
            ..Settings::default()
        };
        let _ = keyfence::scan::run(&settings);
    }
});

fn history(path: &Path) -> Source {
    Source::History {
        path: path.to_owned(),
    }
}

fn staged(path: &Path) -> Source {
    Source::Staged {
        path: path.to_owned(),
    }
}
