//! Any bytes at any path: no panic, and every span lies in the text.
#![no_main]

use keyfence::detect::{Scratch, detect};
use keyfence::rule::{Rule, Set};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], &[u8])| {
    let (path, text) = input;
    let all = |_: &Rule| true;
    let seen = detect(Set::builtin(), text, path, &all, &mut Scratch::default());
    let parts = seen.found.iter().flat_map(|found| &found.parts);
    let held = seen.held.iter().map(|held| &held.span);
    for span in parts.map(|part| &part.span).chain(held) {
        assert!(span.start <= span.end && text.get(span.clone()).is_some());
    }
});
