//! Runs that are of no consequence wherever they stand: no shape fits them, or no machine drew what one
//! fits.
//!
//! The judgement reads the run alone, so it holds in any text and under any path. Where a shape may go on
//! behind the run, it is judged anew each time by what it is a part of. Whatever would need a look at what
//! stands further away, a provider's name, makes a run that matters.

use std::ops::Range;

use super::anchor;
use super::candidate::{self, Candidate};
use super::generic;
use super::known::{Known, LONGEST};
use super::standing::Standings;
use super::value::{bare, drawn, drawn_behind, tail};
use crate::decode::{BASE64_ARMOR as ARMOR, base64_at, may_be_text};
use crate::prove::{self, Proof};
use crate::rule::{Index, Need, Set};

/// How many runs are remembered: a set beyond the second-level cache costs more than it saves.
const RUNS: usize = 1 << 17;
const PLACED: usize = 1 << 15;

/// What has been judged, of one set of rules.
#[derive(Debug, Default)]
pub(super) struct Inert {
    known: Known<RUNS>,
    /// The same of runs with all that stands around them up to white space.
    placed: Known<PLACED>,
    /// Runs that some shape may fit, though they neither look drawn nor are text: by what stands around them.
    open: Known<PLACED>,
    /// Those that matter, by the same.
    matter: Known<PLACED>,
    index: Option<&'static Index>,
    standings: Standings,
    /// The run with blanks around it.
    text: Vec<u8>,
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
            self.placed.clear();
            self.open.clear();
            self.matter.clear();
            self.standings = Standings::of(index);
            self.index = Some(index);
        }
        if run.len() > LONGEST {
            return self.judge_here(set, text, start, end, None);
        }
        // Behind an escape the value begins later; and some values begin in front of the run.
        let led = candidate::led_by(index, text, start);
        let before = |back: usize| start.checked_sub(back).and_then(|at| text.get(at)).copied();
        let escape = before(1).filter(|byte| matches!(byte, b'\\' | b'%'));
        let before = match led {
            0 => [b' ', escape.unwrap_or(b' ')],
            _ => [before(2).unwrap_or(b' '), before(1).unwrap_or(b' ')],
        };
        let behind = self.standings.behind(text.get(end));
        let [high, low] = led.to_be_bytes();
        let around = [high, low, escape.unwrap_or(b' '), behind];
        let hash = self.known.hash(run, u32::from_be_bytes(around));
        if self.known.has(hash) {
            return true;
        }
        if self.open.has(hash) {
            return self.judge_here(set, text, start, end, Some(false));
        }
        if may_be_text(run) || anchor::marks(run) {
            return self.judge_here(set, text, start, end, None);
        }
        let matters = generic::may_matter(run);
        if !matters {
            if self.judge(set, run, before, behind) {
                self.known.add(hash);
                return true;
            }
            self.open.add(hash);
        }
        self.judge_here(set, text, start, end, Some(matters))
    }

    /// Judges a run by itself and the bytes beside it: by its shapes.
    fn judge(&mut self, set: Set, run: &[u8], before: [u8; MARGIN], behind: u8) -> bool {
        self.text.clear();
        self.text.extend_from_slice(&before);
        self.text.extend_from_slice(run);
        self.text.extend_from_slice(&[b' '; MARGIN]);
        let span = MARGIN..MARGIN + run.len();
        candidate::all_in_run(
            set.index(),
            &self.standings.all,
            &self.text,
            span,
            behind,
            is_refused(set, &self.text),
        )
    }

    /// Judges a run by the values that it is, or is a part of, where it stands: by nothing beyond the white
    /// space around it. `matters` is what [`generic::may_matter`] says of it, once asked.
    fn judge_here(
        &mut self,
        set: Set,
        text: &[u8],
        start: usize,
        end: usize,
        matters: Option<bool>,
    ) -> bool {
        let run = text.get(start..end).unwrap_or_default();
        if !self.standings.graphic
            || anchor::marks(run)
            || run.starts_with(ARMOR)
            || base64_at(text, start..end).is_some()
        {
            return false;
        }
        if matters.unwrap_or_else(|| generic::may_matter(run))
            && generic::stands_near_name(text, start)
        {
            return false;
        }
        let key = self.key(text, start, end);
        if key.is_some_and(|key| self.placed.has(key)) {
            return true;
        }
        if key.is_some_and(|key| self.matter.has(key)) {
            return false;
        }
        let refused = is_refused(set, text);
        let inert = candidate::all_of_run(set.index(), text, start..end, refused);
        if let Some(key) = key {
            let known = if inert {
                &mut self.placed
            } else {
                &mut self.matter
            };
            known.add(key);
        }
        inert
    }

    /// What stands for a run with all that is read when it is judged where it stands; none where that is long.
    fn key(&self, text: &[u8], start: usize, end: usize) -> Option<u64> {
        let low = start.saturating_sub(LONGEST);
        let head = text.get(low..start)?;
        let back = head.iter().rposition(u8::is_ascii_whitespace);
        let from = match back {
            Some(at) => low + at + 1,
            None if low == 0 => 0,
            None => return None,
        };
        let rest = text.get(end..)?;
        let tail = rest.iter().take(LONGEST);
        let length = tail.take_while(|b| !b.is_ascii_whitespace()).count();
        let token = text.get(from..end + length)?;
        let at = u8::try_from(start - from).ok()?;
        (token.len() <= LONGEST).then(|| self.placed.hash(token, at.into()))
    }
}

/// Whether a candidate is refused whatever stands around it. Several shapes fit one span, which is weighed once.
fn is_refused(set: Set, text: &[u8]) -> impl FnMut(Candidate) -> bool {
    let mut weighed: Option<(Range<usize>, bool)> = None;
    move |candidate| {
        let value = text.get(candidate.span.clone()).unwrap_or_default();
        if candidate.telling && !is_untold(set, &candidate, value) {
            return false;
        }
        if !candidate.placed {
            return true;
        }
        let random = match &weighed {
            Some((span, random)) if *span == candidate.span => *random,
            _ => drawn_behind(value),
        };
        let refused = !random || candidate.improbable(value);
        weighed = Some((candidate.span, random));
        refused
    }
}

/// Whether a candidate is refused by all parts that need nothing beside its shape.
fn is_untold(set: Set, candidate: &Candidate, value: &[u8]) -> bool {
    candidate.users.iter().all(|user| {
        let part = set.part(*user).1;
        part.need != Need::Nothing
            || match part.proof.and_then(prove::prover) {
                Some(prove) => matches!(prove(value), Proof::Refuted(_)),
                None => part.proof.is_none() && !drawn(tail(bare(value))),
            }
    })
}
