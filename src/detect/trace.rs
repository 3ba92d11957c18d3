//! What is kept of a text for the texts that are made from it: versions of one file.

use std::ops::Range;

use super::carry::{Kept, Origin};
use super::mention::{Finding, Mentions, RIM};
use super::nothing::parts;
use super::strings::{Before, Strings};
use crate::decode::{Layer, percent, slashes};
use crate::rule::Set;
use crate::stretch::Stretch;

/// How far around a change the names of providers are read, in bytes.
const AROUND: usize = 512;

/// How many layers of a text are told apart: itself, without slashes, without percent codes.
const LAYERS: usize = 3;

/// What a text taught that holds for texts made from it. It says of which providers there is no word, and
/// whether there is anything to find.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Whether the text is inert (see [`super::is_inert`]).
    pub(super) inert: bool,
    /// Of each layer, a bit for each rule of which anything may be said; none where nobody asked.
    pub(super) spoken: [Option<Box<[u64]>>; LAYERS],
    /// What stands in it, and where.
    pub(super) kept: Option<Kept>,
    /// What stands in its strings.
    pub(super) strings: Option<Strings>,
}

impl Trace {
    /// Of an inert text, and its strings.
    pub(super) fn inert(strings: Strings) -> Self {
        Self {
            inert: true,
            strings: Some(strings),
            ..Self::default()
        }
    }

    /// Whether the text holds nothing under any path, notebooks apart.
    pub fn is_inert(&self) -> bool {
        self.inert
    }
}

/// A text's base: what it taught, and which ranges of the text are no copy of it.
#[derive(Clone, Copy, Debug)]
pub struct Since<'a> {
    /// What the base taught, under whatever path.
    pub base: &'a Trace,
    /// In order and apart; an empty range says where two stretches meet that are no neighbours in the base.
    pub fresh: &'a [Range<usize>],
    /// What was copied from the base, in order and apart: all but what is fresh.
    pub copied: &'a [Stretch],
}

/// Which layer of a text another is, among those of [`Trace::spoken`].
pub(super) fn number(layer: &Layer<'_>) -> Option<usize> {
    match layer.what {
        _ if layer.is_inner() => None,
        "" => Some(0),
        "unescaped" => Some(1),
        "percent-decoded" => Some(2),
        _ => None,
    }
}

impl<'a> Since<'a> {
    /// What stood in the base, if it was kept.
    pub(super) fn origin(&self) -> Option<Origin<'a>> {
        Some(Origin {
            kept: self.base.kept.as_ref()?,
            copied: self.copied,
            fresh: self.fresh,
        })
    }

    /// The strings of the base, if they were kept.
    pub(super) fn strings(&self) -> Option<Before<'a>> {
        Some(Before {
            strings: self.base.strings.as_ref()?,
            copied: self.copied,
        })
    }

    /// The rules of which anything may be said in a layer of a text: of which something was said in the
    /// base, or is where the text differs.
    pub(super) fn spoken(
        &self,
        text: &[u8],
        layer: usize,
        set: Set,
        finding: &mut Finding,
    ) -> Option<Box<[u64]>> {
        if finding.longest(set) > AROUND - RIM {
            return None;
        }
        let mut spoken = self.base.spoken.get(layer)?.as_ref()?.to_vec();
        for part in parts(text, self.fresh.iter().cloned(), AROUND)? {
            let part = text.get(part.span)?;
            let layer = match layer {
                0 => Layer::original(part),
                1 => slashes(part),
                _ => percent(part),
            };
            let found = Mentions::find(set.index(), &layer.bytes, finding);
            spoken.resize(spoken.len().max(found.spoken().len()), 0);
            for (bits, more) in spoken.iter_mut().zip(found.spoken()) {
                *bits |= more;
            }
        }
        Some(spoken.into())
    }
}
