//! What is kept from one text to the next: buffers, and what was learnt of pieces of text.

use std::ops::Range;

use super::anchor::{self, Anchors, Run};
use super::block::{self, BlockHit};
use super::bound::Bound;
use super::candidate::{self, Candidate};
use super::generic;
use super::inert::Inert;
use super::mention::Finding;
use super::named::Names;
use super::phrase::{self, Phrase};
use crate::rule::{Index, Set};

/// Buffers kept from one text to the next. None of it changes what is found.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) anchors: Anchors,
    pub(super) candidates: Vec<Candidate>,
    pub(super) blocks: Vec<BlockHit>,
    pub(super) phrases: Vec<Phrase>,
    /// Where the words of a phrase may stand one by one.
    pub(super) items: Vec<Run>,
    /// Where a value stands right behind a secret-like name.
    pub(super) bounds: Vec<generic::Bound>,
    /// Whether all of the text is ASCII.
    pub(super) ascii: bool,
    pub(super) shapes: Shapes,
    pub(super) names: Names,
    inert: Inert,
    pub(super) finding: Finding,
    pub(super) bound: Bound,
    /// Whether no shortcut is taken: what the tests compare with.
    pub(super) thorough: bool,
}

/// The shapes that need nothing beside them, of one set of rules.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    telling: Box<[u64]>,
    index: Option<&'static Index>,
}

impl Shapes {
    /// A bit for each of them.
    pub(super) fn telling(&mut self, set: Set) -> &[u64] {
        let index = set.index();
        if !self.index.is_some_and(|known| std::ptr::eq(known, index)) {
            self.telling = candidate::shapes_that(index, |entry| entry.telling);
            self.index = Some(index);
        }
        &self.telling
    }
}

impl Scratch {
    /// Says whether more versions of the texts that follow may come.
    pub fn expect_versions(&mut self, versions: bool) {
        self.bound.versions = versions;
    }

    /// Finds the anchors of a text that matter.
    pub(super) fn anchor(&mut self, set: Set, text: &[u8]) {
        self.ascii = generic::find(text, &mut self.bounds);
        phrase::find_items(text, &mut self.items);
        if self.thorough {
            anchor::find(text, &mut self.anchors);
            return;
        }
        let (anchors, inert) = (&mut self.anchors, &mut self.inert);
        anchor::sweep(text, anchors);
        anchors
            .runs
            .retain(|run| !inert.holds(set, text, run.start, run.end));
        if anchors.markers || anchors.runs.iter().any(|run| anchor::marks(run.of(text))) {
            anchor::markers(text, anchors);
        }
        anchor::logins(text, anchors);
        let starts = &anchors.starts;
        anchors
            .words
            .retain(|run| phrase::may_hold(text, starts, run.start, run.end));
    }

    /// Whether the text whose anchors were found last holds nothing.
    pub(super) fn is_clear(&self, text: &[u8]) -> bool {
        let anchors = &self.anchors;
        !self.thorough
            && self.bounds.is_empty()
            && anchors.runs.is_empty()
            && anchors.words.is_empty()
            && self.items.is_empty()
            && anchors.armor.is_empty()
            && anchors.keystore.is_empty()
            && anchors.logins.is_empty()
            && !anchors.login_file
            && !anchors.numbers.iter().any(|run| block::is_list(text, *run))
    }

    /// Whether neither a phrase nor a list of bytes lies over a range of that text.
    pub(super) fn ends_lists(&self, text: &[u8], range: Range<usize>) -> bool {
        let rim = text.get(range.clone()).unwrap_or_default();
        block::parts_lists(rim) && phrase::parts_phrases(text, &self.anchors.starts, range)
    }
}
