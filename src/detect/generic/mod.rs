//! What no rule knows: a secret-like name with a value that looks drawn by a machine.
//!
//! ```text
//! runs of 16 and more token characters ┐
//! names with a short value behind them ┴ -> value (strength) -> binding -> name -> place -> confidence
//! ```
//!
//! It is asked last: a value that a named rule reports, or holds back with a reason, is never one of these.
//! The rules themselves (`rules/generic`) say what the finding is called and what to do; a part of theirs
//! has `block = "value"` instead of a shape.

mod around;
mod basic;
mod call;
mod certainty;
mod escaped;
mod foreign;
mod judge;
mod kin;
mod letters;
mod manifest;
mod name;
mod near;
mod other;
mod place;
mod row;
mod shown;
mod stem;
mod value;
mod vocabulary;

use std::ops::Range;

pub(super) use judge::Judge;
pub(super) use near::{may_matter, stands_near_name};
pub(super) use stem::{Bound, find, find_since};

use super::spans::Spans;
use super::{Found, FoundPart, Why};
use crate::rule::{Confidence, PartRef, Set};

/// A value under a secret-like name, in the original text.
#[derive(Debug)]
pub(super) struct Value {
    /// The part that it is.
    pub(super) part: PartRef,
    /// Where it stands.
    pub(super) span: Range<usize>,
    /// The decoded value.
    pub(super) value: Vec<u8>,
    /// How sure.
    pub(super) confidence: Confidence,
    /// How it is bound to its name, and where the name stands.
    pub(super) how: &'static str,
    pub(super) by: Range<usize>,
}

/// The values that nothing else has taken, as findings: the surest of those that overlap, in order.
pub(super) fn findings(set: Set, mut values: Vec<Value>, taken: &Spans) -> Vec<Found> {
    values.retain(|value| !taken.touch(&value.span));
    values.sort_by(|a, b| {
        (a.span.start, b.confidence, b.span.end).cmp(&(b.span.start, a.confidence, a.span.end))
    });
    let mut end = 0;
    values.retain(|value| {
        let free = value.span.start >= end;
        if free {
            end = value.span.end;
        }
        free
    });
    values.into_iter().map(|value| found(set, value)).collect()
}

fn found(set: Set, value: Value) -> Found {
    let (rule, part) = set.part(value.part);
    Found {
        rule,
        severity: part.severity,
        parts: vec![FoundPart {
            part,
            span: value.span,
            value: value.value,
            evidence: None,
        }],
        confidence: value.confidence.min(part.confidence),
        testnet: false,
        why: vec![Why {
            how: value.how,
            by: Some(value.by),
        }],
    }
}
