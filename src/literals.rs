//! A few literals, looked for all at once: sixteen bytes and more at a time where the machine can, byte by byte
//! where it cannot.

use std::ops::Range;

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, MatchKind};

/// Literals, at most 64, each found with its case. Of those that match at one place the first given counts.
#[derive(Debug)]
pub(crate) struct Literals {
    /// None without the machine's instructions (SSSE3 or AVX2, NEON).
    vectors: Option<Searcher>,
    /// Given where there is no other.
    automaton: Option<AhoCorasick>,
}

impl Literals {
    /// These literals.
    pub(crate) fn new<L: AsRef<[u8]>>(literals: impl IntoIterator<Item = L>) -> Self {
        let literals: Vec<L> = literals.into_iter().collect();
        let vectors = Searcher::new(&literals);
        let automaton = vectors.is_none().then(|| automaton(&literals)).flatten();
        Self { vectors, automaton }
    }

    /// Where they stand in a text, in order and apart.
    pub(crate) fn find_iter<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Range<usize>> {
        let vectors = self.vectors.as_ref().map(|find| find.find_iter(text));
        let automaton = self.automaton.as_ref().map(|find| find.find_iter(text));
        let found = vectors.into_iter().flatten();
        found
            .chain(automaton.into_iter().flatten())
            .map(|found| found.range())
    }

    /// Whether one of them stands in a text.
    pub(crate) fn stand_in(&self, text: &[u8]) -> bool {
        self.find_iter(text).next().is_some()
    }
}

/// None only where they are gigabytes.
fn automaton<L: AsRef<[u8]>>(literals: &[L]) -> Option<AhoCorasick> {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(literals)
        .ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_machine_without_vectors_finds_the_same(
            literals in prop::collection::vec("[abc]{2,5}", 1..64),
            text in "[abcd]{0,300}",
        ) {
            let fast = Literals::new(&literals);
            let slow = Literals { vectors: None, automaton: automaton(&literals) };
            prop_assert!(fast.vectors.is_some() || fast.automaton.is_some());
            let found: Vec<_> = fast.find_iter(text.as_bytes()).collect();
            prop_assert_eq!(found.is_empty(), !fast.stand_in(text.as_bytes()));
            prop_assert_eq!(found, slow.find_iter(text.as_bytes()).collect::<Vec<_>>());
        }
    }
}
