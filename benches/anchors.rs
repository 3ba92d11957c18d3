//! How fast the anchors of a blob are found.

use std::path::{Path, PathBuf};

use divan::Bencher;
use divan::counter::BytesCount;
use keyfence::detect::anchor::{Anchors, find};

fn main() {
    divan::main();
}

/// How much real text is searched: what fits a second-level cache, as a blob just decoded does.
const ENOUGH: usize = 1 << 20;

/// How much of one dependency's source is taken, so that many take part.
const SHARE: usize = 32 << 10;

/// Source code of the dependencies, or whatever stands below `KEYFENCE_BENCH_DIR`.
fn source() -> Vec<Vec<u8>> {
    let dir = std::env::var_os("KEYFENCE_BENCH_DIR")
        .map(PathBuf::from)
        .or_else(|| {
            let home = std::env::var_os("CARGO_HOME")
                .map(PathBuf::from)
                .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
            Some(home.join("registry/src"))
        });
    let mut files = Vec::new();
    let mut left = ENOUGH;
    for registry in dir.iter().flat_map(|dir| children(dir)) {
        for part in children(&registry) {
            let mut share = SHARE.min(left);
            let before = share;
            collect(&part, &mut share, &mut files);
            left -= before - share;
        }
    }
    files
}

fn children(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn collect(path: &Path, left: &mut usize, files: &mut Vec<Vec<u8>>) {
    const ENDS: [&str; 5] = ["rs", "md", "toml", "txt", "json"];
    if path.is_dir() {
        for child in children(path) {
            collect(&child, left, files);
        }
    } else if path
        .extension()
        .is_some_and(|end| ENDS.iter().any(|known| end == *known))
        && let Ok(mut bytes) = std::fs::read(path)
    {
        bytes.truncate(*left);
        *left -= bytes.len();
        if !bytes.is_empty() {
            files.push(bytes);
        }
    }
}

/// Text as programs have it, made here: the same on every machine.
fn generated() -> Vec<Vec<u8>> {
    let words = [
        "let",
        "value",
        "=",
        "config.get(\"timeout\")?;",
        "// as the",
        "client",
        "has",
        "it\n",
    ];
    let mut state = 1u64;
    let mut text = Vec::new();
    while text.len() < 1 << 20 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        text.extend_from_slice(words[(state >> 61) as usize].as_bytes());
        text.push(b' ');
    }
    vec![text]
}

fn run(bencher: Bencher, files: &[Vec<u8>]) {
    let mut anchors = Anchors::default();
    let bytes: usize = files.iter().map(Vec::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let mut count = 0;
        for file in files {
            find(divan::black_box(file), &mut anchors);
            count += anchors.runs.len() + anchors.numbers.len() + anchors.words.len();
        }
        count
    });
}

#[divan::bench]
fn find_in_source(bencher: Bencher) {
    run(bencher, &source());
}

#[divan::bench]
fn find_in_generated(bencher: Bencher) {
    run(bencher, &generated());
}
