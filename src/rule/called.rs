//! What parts are called by names of their own, looked up by a word: dozens of parts have the shape of a
//! value, and the name that holds it is asked once for all of them.

use std::collections::BTreeMap;

use super::index::PartRef;
use super::model::{List, Rule};
use super::words::hash;

/// The names of all parts.
#[derive(Clone, Copy, Debug)]
pub struct Called {
    /// By the hash of a name's first word, sorted: the others, and whose name it is.
    pub names: List<(u64, List<OwnName>)>,
    /// By the hash of its second word, sorted: whose name it is.
    pub rests: List<(u64, List<PartRef>)>,
}

/// A name of a part's own.
#[derive(Clone, Copy, Debug)]
pub struct OwnName {
    /// The hashes of the words behind the first.
    pub more: List<u64>,
    /// The part.
    pub user: PartRef,
}

impl Called {
    pub(super) fn of(rules: &[Rule]) -> Self {
        let mut names: BTreeMap<u64, Vec<OwnName>> = BTreeMap::new();
        let mut rests: BTreeMap<u64, Vec<PartRef>> = BTreeMap::new();
        for (number, rule) in (0u16..).zip(rules) {
            for (at, part) in (0u8..).zip(rule.parts.iter()) {
                let user = PartRef {
                    rule: number,
                    part: at,
                };
                for name in part.names.iter() {
                    let words: Vec<u64> = name.split(' ').map(|w| hash(w.as_bytes())).collect();
                    let Some((first, more)) = words.split_first() else {
                        continue;
                    };
                    if let Some(second) = more.first() {
                        rests.entry(*second).or_default().push(user);
                    }
                    names.entry(*first).or_default().push(OwnName {
                        more: more.to_vec().into(),
                        user,
                    });
                }
            }
        }
        let rests = rests.into_iter().map(|(hash, mut users)| {
            users.dedup();
            (hash, users.into())
        });
        Self {
            rests: rests.collect::<Vec<_>>().into(),
            names: names
                .into_iter()
                .map(|(hash, names)| (hash, names.into()))
                .collect::<Vec<_>>()
                .into(),
        }
    }

    /// The parts that have one of their own names, of so many words at least, among these words: one after
    /// the other.
    pub fn by_name(&self, words: &[u64], least: usize) -> impl Iterator<Item = PartRef> {
        let here = words.iter().enumerate().flat_map(move |(at, word)| {
            let rest = words.get(at + 1..).unwrap_or_default();
            let names = find(&self.names, *word);
            // Hundreds of names begin with one word, and the next one tells them apart.
            let goes_on = move |name: &&OwnName| {
                let same = name.more.iter().zip(rest).all(|(own, here)| own == here);
                same && name.more.len() <= rest.len()
            };
            names
                .iter()
                .filter(move |name| name.more.len() + 1 >= least)
                .filter(goes_on)
        });
        here.map(|name| name.user)
    }

    /// The parts that have a name of which this is the second word.
    pub fn by_second(&self, word: u64) -> &'static [PartRef] {
        find(&self.rests, word)
    }
}

fn find<T>(list: &[(u64, List<T>)], word: u64) -> &'static [T] {
    match list.binary_search_by_key(&word, |(hash, _)| *hash) {
        Ok(at) => list.get(at).map_or(&[], |(_, found)| found.0),
        Err(_) => &[],
    }
}
