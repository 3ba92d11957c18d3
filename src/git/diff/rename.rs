//! Which file that a commit takes away lives on in one that it brings.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use gix::objs::Kind;

use super::{Standing, Version, blob};
use crate::git::Store;

/// Of two files that hold the same, how much must be alike at least, in hundredths of the larger one: what
/// git asks for where nobody says otherwise.
const ALIKE: u64 = 50;

/// The same for a file that has kept its last name: then no other one is looked at. As in git.
const ALIKE_AND_NAMED: u64 = 75;

/// The most files that are compared for one: where more are gone, nearer names come first.
const MOST: usize = 1000;

/// What it costs to open a file and to compare it, however small it is, as bytes that are read.
const OPENING: u64 = 16 << 10;

/// What follows a file under another name: of the files that are gone the one with the same content, or
/// else one of the same last name that is alike for the most part, or else the one most alike, if half of the
/// larger of the two is alike. None means that the file is new. At most so many bytes are read, [`OPENING`] for
/// each file included.
pub fn source<'g>(
    store: &Store,
    gone: &'g [Standing],
    version: &Version,
    data: &[u8],
    most: u64,
) -> Option<&'g Standing> {
    let mut nearest: Vec<&Standing> = gone.iter().collect();
    nearest.sort_by_key(|file| (name(&file.path) != name(&version.path), &file.path));
    if let Some(same) = nearest.iter().find(|file| file.id == version.id) {
        return Some(same);
    }
    let own = chunks(data);
    let mut left = most;
    let mut best: Option<(u64, &Standing)> = None;
    for file in nearest.into_iter().take(MOST) {
        if left < OPENING {
            break;
        }
        let Ok(Some((Kind::Blob, size))) = store.header(&file.id) else {
            continue;
        };
        let (small, large) = match data.len() as u64 {
            own if own < size => (own, size),
            own => (size, own),
        };
        let cost = size.saturating_add(OPENING);
        if small.saturating_mul(100) < large.saturating_mul(ALIKE) || cost > left {
            continue;
        }
        left -= cost;
        let Some(other) = blob(store, file.id) else {
            continue;
        };
        let alike = alike(&own, &other) * 100 / large.max(1);
        // Of files as much alike the nearest name wins, which came first.
        if alike >= ALIKE && best.is_none_or(|(most, _)| alike > most) {
            best = Some((alike, file));
        }
        if alike >= ALIKE_AND_NAMED && name(&file.path) == name(&version.path) {
            return Some(file);
        }
    }
    best.map(|(_, file)| file)
}

fn name(path: &[u8]) -> &[u8] {
    memchr::memrchr(b'/', path)
        .and_then(|slash| path.get(slash + 1..))
        .unwrap_or(path)
}

/// The longest chunk, in bytes.
const CHUNK: usize = 64;

/// How many bytes of a text stand in chunks of each hash. Chunks are lines, long ones cut.
fn chunks(data: &[u8]) -> HashMap<u64, u64> {
    // The same in each run.
    let state = BuildHasherDefault::<DefaultHasher>::default();
    let mut out = HashMap::new();
    let mut rest = data;
    while !rest.is_empty() {
        let head = rest.get(..CHUNK).unwrap_or(rest);
        let length = memchr::memchr(b'\n', head).map_or(head.len(), |end| end + 1);
        let (chunk, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        *out.entry(state.hash_one(chunk)).or_insert(0) += length as u64;
        rest = after;
    }
    out
}

/// How many bytes of a text stand in chunks that the other has, too.
fn alike(own: &HashMap<u64, u64>, other: &[u8]) -> u64 {
    let other = chunks(other);
    let both = own.iter().filter_map(|(hash, length)| {
        let theirs = other.get(hash)?;
        Some((*length).min(*theirs))
    });
    both.sum()
}
