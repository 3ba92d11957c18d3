//! One value that a rule's part fits, placed and checked, before parts are joined.

use std::ops::Range;

use super::binding::{Binding, NameKind};
use super::place::{Placed, Strength};
use crate::prove::Evidence;
use crate::rule::PartRef;
use crate::suppress::Reason;

/// A placed value.
#[derive(Debug)]
pub(super) struct Hit {
    /// What it may be, all of one rule; one once resolved.
    pub(super) parts: Vec<PartRef>,
    /// Where it stands in the original text.
    pub(super) span: Range<usize>,
    /// Where it stands in its layer.
    pub(super) found: Range<usize>,
    /// The decoded value.
    pub(super) value: Vec<u8>,
    /// The layer it was found in.
    pub(super) layer: usize,
    /// How it was placed.
    pub(super) strength: Strength,
    /// Whether its name or position says its part.
    pub(super) named: bool,
    /// The scope in the original text.
    pub(super) scope: Range<usize>,
    /// Test net.
    pub(super) testnet: bool,
    /// Whether only a proof makes it a finding.
    pub(super) unless_proved: bool,
    /// Whether what placed it stands in the same statement or encloses it.
    pub(super) near: bool,
    /// What the proof says, where it holds.
    pub(super) evidence: Option<Evidence>,
    /// Why it was placed where it is.
    pub(super) why: Why,
    /// The line it starts on, from 0; set before pairing.
    pub(super) line: usize,
}

/// Why a value was placed at its provider.
#[derive(Clone, Debug)]
pub(super) struct Why {
    /// In words: "held by".
    pub(super) how: &'static str,
    /// The name, in the original text.
    pub(super) by: Option<Range<usize>>,
}

/// A value that fits but is not reported.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) part: PartRef,
    pub(super) span: Range<usize>,
    pub(super) reason: Reason,
    pub(super) detail: &'static str,
}

impl Hit {
    /// The rule of its parts.
    pub(super) fn rule(&self) -> u16 {
        self.parts.first().map_or(u16::MAX, |p| p.rule)
    }

    /// Whether it is no finding alone: placed by the file or an enclosing name, but under a name that says
    /// nothing, and not proved.
    pub(super) fn weak(&self) -> bool {
        !self.named
            && self.strength < Strength::Shape
            && !self.evidence.as_ref().is_some_and(|e| e.exact)
    }

    /// How strongly it claims its span against other hits: proofs first, then the provider named by what
    /// holds the value.
    pub(super) fn claim(&self) -> (bool, Strength, usize, usize) {
        let exact = self.evidence.as_ref().is_some_and(|e| e.exact);
        // Values in one piece of base64 stand in the same span.
        (exact, self.strength, self.span.len(), self.value.len())
    }
}

/// Whether a candidate is all of the literal that holds it, or stands in it behind something that names
/// it (`Bearer …`, `key=…&`, a URL).
pub(super) fn covers(bytes: &[u8], binding: &Binding, span: &Range<usize>) -> bool {
    if binding.value == *span {
        return true;
    }
    let mut head = bytes
        .get(binding.value.start..span.start)
        .unwrap_or_default();
    let tail = bytes
        .get(span.end..binding.value.end.max(span.end))
        .unwrap_or_default();
    let url = binding.names.iter().any(|n| n.kind == NameKind::Url);
    // A part of a URL's path ends with it.
    let tail_ends = tail.first().is_none_or(|b| {
        !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'.'))
            && (*b != b'/' || url)
    });
    if !tail_ends {
        return false;
    }
    while let [rest @ .., b' ' | b'\n' | b'\t'] = head {
        head = rest;
    }
    head.is_empty()
        || head.ends_with(b":-") // `${NAME:-value}`
        || matches!(
            head.last(),
            Some(b'=' | b':' | b'"' | b'\'' | b',' | b'(' | b'|' | b';' | b'>' | b'[')
        )
        || head.len() < 24 && head.iter().all(|b| b.is_ascii_alphabetic())
        || url
        || binding
            .names
            .first()
            .is_some_and(|n| n.kind == NameKind::Holder && n.span.start >= binding.value.start)
            // `sha256=abc-def…` holds all of it, not what stands behind its first dash.
            && !matches!(head.last(), Some(b'-' | b'_' | b'+' | b'/'))
}

/// A hit as it was placed.
pub(super) fn placed(placed: Placed, why: Why) -> Hit {
    Hit {
        parts: placed.parts,
        span: 0..0,
        found: 0..0,
        value: Vec::new(),
        layer: 0,
        strength: placed.strength,
        named: placed.named,
        scope: 0..0,
        testnet: placed.testnet,
        unless_proved: placed.unless_proved,
        near: placed.near,
        evidence: None,
        why,
        line: 0,
    }
}
