//! Credentials that stand in the name of a file, a directory or a member of an archive: leaks as well. In
//! git such a name stands in the trees, whatever becomes of the file.
//!
//! A name says little around a value, and programs name files after digests and ids: only what tells by
//! itself what it is counts ([`is_sure`]). The place of such a finding is a file, without a line: of those
//! below one directory the first.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use super::SCRATCH;
use super::names::{SHORTEST, in_stem, is_sure};
use super::raw::{guessable, id, identities, parts};
use crate::finding::{Finding, Fingerprint, Origin, Place};
use crate::rule::{Rule, Set};

/// The shortest piece between two dashes by which a name is read.
const SHORTEST_PIECE: usize = 8;

/// Tells credentials in names.
#[derive(Clone, Copy)]
pub(super) struct Namer<'a> {
    set: Set,
    allows: &'a (dyn Fn(&Rule) -> bool + Sync),
    /// Which scan of this process it is for.
    scan: u64,
}

static SCANS: AtomicU64 = AtomicU64::new(1);

/// Up to where a name stands in a path, and what stands in it.
type Held = (usize, Finding);

/// Findings in names, each by the path up to that name's end, with the first file there is.
#[derive(Debug, Default)]
pub(super) struct Named(BTreeMap<(Vec<u8>, Fingerprint, &'static str), Finding>);

impl Named {
    /// All of them.
    pub(super) fn into_findings(self) -> impl Iterator<Item = Finding> {
        self.0.into_values()
    }

    /// What identifies each.
    pub(super) fn fingerprints(&self) -> BTreeSet<Fingerprint> {
        self.0
            .keys()
            .map(|(_, fingerprint, _)| *fingerprint)
            .collect()
    }

    /// Adds those of others.
    pub(super) fn join(&mut self, other: Self) {
        for ((path, ..), finding) in other.0 {
            if let Some(place) = finding.places.first() {
                self.put(&path, &finding, &place.origin);
            }
        }
    }

    fn put(&mut self, path: &[u8], finding: &Finding, origin: &Origin) {
        let key = (path.to_vec(), finding.fingerprint, finding.rule.id);
        let known = self.0.entry(key).or_insert_with(|| Finding {
            places: vec![place(finding, origin)],
            ..finding.clone()
        });
        if let Some(place) = known.places.first_mut().filter(|own| *origin < own.origin) {
            place.origin = origin.clone();
        }
    }
}

/// The directory that a thread looked at last, and what stands in its names: files come by directories.
#[derive(Default)]
struct Last {
    scan: u64,
    directory: Vec<u8>,
    held: Vec<Held>,
}

thread_local! {
    static LAST: RefCell<Last> = RefCell::default();
}

impl<'a> Namer<'a> {
    /// For one scan, with these rules.
    pub(super) fn new(set: Set, allows: &'a (dyn Fn(&Rule) -> bool + Sync)) -> Self {
        let scan = SCANS.fetch_add(1, Ordering::Relaxed);
        Self { set, allows, scan }
    }

    /// What stands in the names of a path, of which the first `read` bytes are known to hold nothing: few
    /// paths hold anything.
    pub(super) fn of(self, path: &[u8], read: usize, origin: &Origin) -> Option<Named> {
        let slash = memchr::memrchr(b'/', path).map_or(0, |at| at + 1);
        let directory = path.get(..slash).unwrap_or_default();
        let mut found = Named::default();
        let mut seen = BTreeSet::new();
        LAST.with_borrow_mut(|last| {
            if last.scan != self.scan || last.directory != directory {
                last.scan = self.scan;
                last.held = self.held(directory, 0);
                last.directory = directory.to_vec();
            }
            let own = self.held(path, slash);
            for (end, finding) in last.held.iter().chain(&own) {
                // Twice in one path is once.
                if seen.insert(finding.fingerprint) && *end > read {
                    let here = up_to(*end, origin);
                    found.put(path.get(..*end).unwrap_or(path), finding, &here);
                }
            }
        });
        (!found.0.is_empty()).then_some(found)
    }

    /// Whether a name holds a credential.
    pub(super) fn is_held(self, name: &[u8]) -> bool {
        !self.held(name, 0).is_empty()
    }

    /// What identifies the credentials in a name.
    pub(super) fn identities(self, name: &[u8]) -> impl Iterator<Item = Fingerprint> {
        self.held(name, 0)
            .into_iter()
            .map(|(_, own)| own.fingerprint)
    }

    fn held(self, path: &[u8], read: usize) -> Vec<Held> {
        let mut out = Vec::new();
        let mut end = 0;
        for name in path.split(|byte| *byte == b'/') {
            let begin = end;
            end = begin + name.len();
            if begin >= read && may_hold(name) {
                out.extend(self.findings(name).map(|finding| (end, finding)));
            }
            end += 1;
        }
        out
    }

    /// What stands in one name, without a place.
    fn findings(self, name: &[u8]) -> impl Iterator<Item = Finding> + use<'a> {
        let found = SCRATCH.with_borrow_mut(|scratch| in_stem(self.set, name, scratch));
        found.into_iter().filter_map(move |found| {
            let first = found.parts.first()?;
            // What could be guessed is known by its place, and that is the value here.
            let counts =
                is_sure(&found) && (self.allows)(found.rule) && !guessable(first.part.role);
            counts.then(|| Finding {
                rule: found.rule,
                id: id(&found),
                severity: found.severity,
                confidence: found.confidence,
                testnet: found.testnet,
                parts: parts(&found),
                why: vec!["it stands in the name, not in the content".to_owned()],
                identities: identities(&found),
                fingerprint: Fingerprint::of_value(&first.value),
                places: Vec::new(),
                exposure: None,
            })
        })
    }
}

/// The file or member with a name that ends there in the full path of an origin.
fn up_to(end: usize, origin: &Origin) -> Origin {
    let mut at = origin.path.len();
    let inside = origin.members.iter().take_while(|member| {
        let begins = at < end;
        at += 1 + member.len();
        begins
    });
    Origin {
        members: inside.cloned().collect(),
        ..origin.clone()
    }
}

fn place(finding: &Finding, origin: &Origin) -> Place {
    Place {
        origin: origin.clone(),
        spans: vec![None; finding.parts.len()],
        excerpts: Vec::new(),
        line_hash: None,
        lead: 0,
    }
}

/// Whether a name has a run that could be a value: a long one, with a piece in it that is neither a word nor a
/// digest, a number or an id in hexadecimal digits. Most names end here.
fn may_hold(name: &[u8]) -> bool {
    if name.len() < SHORTEST {
        return false;
    }
    let joins = |byte: &u8| matches!(byte, b'_' | b'-');
    let runs = name.split(|byte| !byte.is_ascii_alphanumeric() && !joins(byte));
    let mut long = runs.filter(|run| run.len() >= SHORTEST);
    long.any(|run| run.split(joins).any(is_varied))
}

/// Whether a piece of a run has letters beyond the hexadecimal digits, and digits or no small letter beside.
fn is_varied(piece: &[u8]) -> bool {
    let (mut digits, mut lower, mut beyond) = (false, false, false);
    for byte in piece {
        digits |= byte.is_ascii_digit();
        lower |= byte.is_ascii_lowercase();
        beyond |= byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit();
    }
    piece.len() >= SHORTEST_PIECE && beyond && (digits || !lower)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn most_names_are_not_read() {
        for name in [
            "src",
            "README.md",
            "test_that_every_account_has_a_balance.py",
            "TestThatEveryAccountHasABalance.java",
            "libkeyfence-0123456789abcdef.rlib",
            "2024-01-02T03-04-05.678901234Z.log",
            "6f1d8e52-9b3a-4c47-8d20-1e5f7a9b3c2d.json",
        ] {
            assert!(!may_hold(name.as_bytes()), "{name}");
        }
        for seed in 0..50 {
            for proof in ["github-token", "gitlab-token", "npm-token"] {
                let token = crate::prove::forge(proof, seed).unwrap();
                let name = format!("dump-{token}.txt");
                assert!(may_hold(name.as_bytes()), "{name}");
            }
        }
    }
}
