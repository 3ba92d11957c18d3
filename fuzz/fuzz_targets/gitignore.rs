//! Any patterns decide about any path.
#![no_main]

use keyfence::gitignore::Tree;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], &[u8], &[u8])| {
    let (top, below, path) = input;
    let mut tree = Tree::default();
    tree.insert(b"", top);
    tree.insert(b"sub", below);
    let _ = tree.verdict(path, false);
    let _ = tree.verdict(path, true);
});
