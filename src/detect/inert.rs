//! Runs that are of no consequence wherever they stand: no shape fits them, or no machine drew what one
//! fits.
//!
//! The judgement reads the run alone, so it holds in any text and under any path. Where a shape may go on
//! behind the run, it is judged anew each time by what it is a part of. Whatever would need a look at what
//! stands further away, a provider's name, makes a run that matters.

use super::anchor;
use super::candidate::{self, Candidate};
use super::known::{Known, LONGEST};
use super::value::{bare, drawn, tail};
use crate::decode::{base64_at, may_be_base64_text};
use crate::prove::{self, Proof};
use crate::rule::{Index, Need, Set};

/// How many runs are remembered: a set beyond the second-level cache costs more than it saves.
const RUNS: usize = 1 << 17;

/// What has been judged, of one set of rules.
#[derive(Debug, Default)]
pub(super) struct Inert {
    known: Known<RUNS>,
    index: Option<&'static Index>,
    /// Of each shape, whether it lies in a run.
    own: Vec<bool>,
    /// Whether no shape holds white space.
    graphic: bool,
    /// The run with blanks around it, and its candidates.
    text: Vec<u8>,
    candidates: Vec<Candidate>,
}

/// How many blanks stand around the run while it is judged.
const MARGIN: usize = 2;

impl Inert {
    /// Whether the run `start..end` of a text may be passed over.
    pub(super) fn holds(&mut self, set: Set, text: &[u8], start: usize, end: usize) -> bool {
        let run = text.get(start..end).unwrap_or_default();
        let index = set.index();
        if !self.index.is_some_and(|known| std::ptr::eq(known, index)) {
            self.known.clear();
            (self.own, self.graphic) = candidate::reach(index);
            self.index = Some(index);
        }
        if run.len() > LONGEST {
            return self.judge_here(set, text, start, end);
        }
        // Behind an escape the value begins later.
        let escape = start
            .checked_sub(1)
            .and_then(|at| text.get(at))
            .filter(|b| matches!(b, b'\\' | b'%'));
        let before = escape.copied().unwrap_or(b' ');
        let hash = self.known.hash(run, before);
        if self.known.has(hash) {
            return true;
        }
        if self.judge(set, run, before) {
            self.known.add(hash);
            return true;
        }
        self.judge_here(set, text, start, end)
    }

    /// Judges a run by itself.
    fn judge(&mut self, set: Set, run: &[u8], before: u8) -> bool {
        if may_be_base64_text(run) || anchor::marks(run) {
            return false;
        }
        self.text.clear();
        self.text.extend_from_slice(&[b' ', before]);
        self.text.extend_from_slice(run);
        self.text.extend_from_slice(&[b' '; MARGIN]);
        self.candidates.clear();
        let span = MARGIN..MARGIN + run.len();
        candidate::all_in_run(
            set.index(),
            &self.own,
            &self.text,
            span,
            &mut self.candidates,
        ) && self.candidates.iter().all(|candidate| {
            let value = self.text.get(candidate.span.clone()).unwrap_or_default();
            is_inert(set, candidate, value)
        })
    }

    /// Judges a run by the values that it is, or is a part of, where it stands: by nothing beyond the white
    /// space around it.
    fn judge_here(&mut self, set: Set, text: &[u8], start: usize, end: usize) -> bool {
        let run = text.get(start..end).unwrap_or_default();
        if !self.graphic || anchor::marks(run) || base64_at(text, start..end).is_some() {
            return false;
        }
        self.candidates.clear();
        candidate::of_run(set.index(), text, start..end, &mut self.candidates);
        self.candidates.iter().all(|candidate| {
            let value = text.get(candidate.span.clone()).unwrap_or_default();
            is_inert(set, candidate, value)
        })
    }
}

/// Whether a candidate is refused whatever stands around it.
fn is_inert(set: Set, candidate: &Candidate, value: &[u8]) -> bool {
    let refused = candidate.users.iter().all(|user| {
        let part = set.part(*user).1;
        let proof = part.proof.and_then(prove::prover);
        part.need != Need::Nothing
            || match proof {
                Some(prove) => matches!(prove(value), Proof::Refuted(_)),
                None => part.proof.is_none() && !drawn(tail(bare(value))),
            }
    });
    let placed = candidate
        .users
        .iter()
        .any(|user| set.part(*user).1.need != Need::Nothing);
    refused && !(placed && drawn(bare(value)) && !candidate.improbable(value))
}
