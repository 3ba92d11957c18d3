//! Archives of every format, under names that say what they are and under others: no fault, whatever the bytes.
#![no_main]

use keyfence::detect::Reach;
use keyfence::finding::{Gap, Stats};
use keyfence::source::{Piece, Sink, scan_stdin};
use libfuzzer_sys::fuzz_target;

struct Nowhere;

impl Sink for Nowhere {
    fn piece(&self, piece: &Piece<'_>) -> Reach {
        assert!(piece.fresh_from <= piece.bytes.len());
        Reach::This
    }

    fn gap(&self, gap: Gap) {
        assert!(!gap.what.contains("fault inside"), "{}", gap.what);
    }

    fn count(&self, _: Stats) {}
}

fuzz_target!(|bytes: &[u8]| {
    for name in ["a.tar", "a.lzma", "a"] {
        scan_stdin(&mut &bytes[..], name.as_bytes(), true, &Nowhere);
    }
});
