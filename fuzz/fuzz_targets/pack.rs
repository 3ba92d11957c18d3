//! Any bytes are an entry, a delta and a zlib stream of a pack, or an error; nothing is allocated for what
//! they merely claim.
#![no_main]

use keyfence::git::pack::{Buffer, Delta, Entry, Inflater, fresh};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], &[u8], u64, u32)| {
    let (base, bytes, offset, size) = input;
    for hash in [gix_hash::Kind::Sha1, gix_hash::Kind::Sha256] {
        let _ = Entry::read(bytes, offset, hash);
    }
    let mut out = Buffer::default();
    let _ = Inflater::new().inflate(bytes, size as usize % (1 << 24), &mut out);
    let Ok(mut delta) = Delta::read(bytes) else {
        return;
    };
    delta.base_size = base.len() as u64;
    delta.result_size %= 1 << 24;
    let mut copied = Vec::new();
    if delta.apply(base, &mut out, &mut copied).is_ok() {
        for one in &copied {
            assert_eq!(out[one.at..][..one.length], base[one.from..][..one.length]);
        }
        let ranges = fresh(&copied, out.len());
        assert!(ranges.iter().all(|range| range.end <= out.len()));
    }
});
