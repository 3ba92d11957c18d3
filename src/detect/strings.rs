//! The strings of a text that hold text of their own, from version to version: most of them come as they were.

use super::carry::{Kept, Origin};
use super::scratch::Scratch;
use crate::decode::{Layer, Piece};
use crate::rule::Set;
use crate::stretch::{Stretch, fresh};

/// What stood in the strings of a text.
#[derive(Clone, Debug)]
pub(super) struct Strings {
    pieces: Box<[Piece]>,
    kept: Option<Kept>,
}

impl Strings {
    /// Of a text without such strings.
    pub(super) fn none() -> Self {
        Self {
            pieces: Box::default(),
            kept: Some(Kept::nothing(false, true)),
        }
    }

    /// Of the layer of a text's strings, and what is kept of it.
    pub(super) fn of(layer: &Layer<'_>, kept: Option<Kept>) -> Self {
        Self {
            pieces: layer.pieces().into(),
            kept,
        }
    }
}

/// The strings of a text's base, and what the text has from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before<'a> {
    pub(super) strings: &'a Strings,
    pub(super) copied: &'a [Stretch],
}

impl<'a> Before<'a> {
    /// What was kept of the base's layer, and what is copied from it.
    pub(super) fn layer(&self, layer: &Layer<'_>) -> Option<(&'a Kept, Vec<Stretch>)> {
        Some((self.strings.kept.as_ref()?, self.copied(layer)))
    }

    /// Finds the anchors of the layer that matter, where the base tells them.
    pub(super) fn anchor(&self, set: Set, layer: &Layer<'_>, scratch: &mut Scratch) -> bool {
        let Some((kept, copied)) = self.layer(layer) else {
            return false;
        };
        let fresh = fresh(&copied, layer.bytes.len());
        let origin = Origin {
            kept,
            copied: &copied,
            fresh: &fresh,
        };
        origin.anchor(set, &layer.bytes, scratch)
    }

    /// What the layer has from the base's: the strings that were copied, and were such strings there.
    fn copied(&self, layer: &Layer<'_>) -> Vec<Stretch> {
        let mut out: Vec<Stretch> = Vec::new();
        let mut stretches = self.copied.iter().peekable();
        let pieces = layer.pieces();
        let ends = pieces.iter().skip(1).map(|next| next.at);
        for (piece, end) in pieces.iter().zip(ends.chain([layer.bytes.len()])) {
            while stretches
                .next_if(|s| s.at + s.length <= piece.close)
                .is_some()
            {}
            let Some(stretch) = stretches.peek().filter(|s| s.at <= piece.open) else {
                continue;
            };
            let there = |at: usize| at - stretch.at + stretch.from;
            let strings = &self.strings.pieces;
            let Ok(known) = strings.binary_search_by_key(&there(piece.open), |p| p.open) else {
                continue;
            };
            let Some(from) = strings.get(known).filter(|p| p.close == there(piece.close)) else {
                continue;
            };
            let (at, from, length) = (piece.at, from.at, end - piece.at);
            match out.last_mut() {
                Some(last) if last.at + last.length == at && last.from + last.length == from => {
                    last.length += length;
                }
                _ => out.push(Stretch { at, from, length }),
            }
        }
        out
    }
}
