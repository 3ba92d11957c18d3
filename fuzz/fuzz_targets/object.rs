//! Any bytes are a commit, a tag and a tree, or an error.
#![no_main]

use keyfence::git::commits::{Commit, Tag};
use keyfence::git::tree::Entries;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for hash in [gix_hash::Kind::Sha1, gix_hash::Kind::Sha256] {
        if let Ok(commit) = Commit::parse(data, hash) {
            let _ = (commit.summary(), commit.message());
        }
        if let Ok(tag) = Tag::parse(data, hash) {
            let _ = (tag.summary(), tag.message());
        }
        let mut entries = Entries::new(data, hash);
        let read = entries.by_ref().count();
        assert!(read <= data.len() && entries.end() <= data.len());
    }
});
