//! What values were bound to: several ask it of one value. Among versions of a file by all that a binding
//! reads, since the same lines stand in every one of them.

use std::ops::Range;

use super::binding::{self, BACK, Binding, Brackets, FORWARD};
use super::known::Known;

/// How many bindings are kept.
const KEPT: usize = 1 << 12;

/// How far beyond its window a binding may read, in bytes: the second half of a sign of two.
const RIM: usize = 16;

/// The bindings of values seen before. [`Known`] tells the chance that one is taken for another.
#[derive(Debug, Default)]
pub(super) struct Bound {
    hash: Known<0>,
    /// Each with its offsets counted from the window's start.
    kept: Vec<Option<(u64, Binding)>>,
    /// Of the text that is read.
    brackets: Brackets,
    /// How many texts were read.
    texts: u64,
    /// Whether versions of the text may follow.
    pub(super) versions: bool,
    /// Whether nothing is taken from there.
    pub(super) thorough: bool,
}

impl Bound {
    /// Another text follows.
    pub(super) fn begin(&mut self) {
        self.brackets.forget();
        self.texts += 1;
    }

    /// The same as [`binding::bind`].
    pub(super) fn bind(&mut self, text: &[u8], span: &Range<usize>) -> Binding {
        let low = span.start.saturating_sub(BACK + RIM);
        let high = span.end.saturating_add(FORWARD + RIM).min(text.len());
        let Some(window) = text.get(low..high).filter(|_| !self.thorough) else {
            return binding::bind(text, span.clone());
        };
        let (place, start) = match self.versions {
            true => (self.hash.hash_long(window, 0), span.start - low),
            false => (self.texts, span.start),
        };
        let parts = [place, start as u64, span.len() as u64];
        let parts: [u8; 24] = std::array::from_fn(|at| parts[at / 8].to_le_bytes()[at % 8]);
        let key = self.hash.hash(&parts, self.versions.into());
        if self.kept.is_empty() {
            self.kept.resize(KEPT, None);
        }
        let place = key as usize % KEPT;
        if let Some(Some((known, binding))) = self.kept.get(place)
            && *known == key
        {
            return moved(binding, |at| at + low);
        }
        let binding = binding::bind_among(text, span.clone(), &mut self.brackets);
        if let Some(kept) = self.kept.get_mut(place) {
            *kept = Some((key, moved(&binding, |at| at.saturating_sub(low))));
        }
        binding
    }
}

fn moved(binding: &Binding, by: impl Fn(usize) -> usize) -> Binding {
    let range = |range: &Range<usize>| by(range.start)..by(range.end);
    let mut out = binding.clone();
    out.value = range(&binding.value);
    out.scope = range(&binding.scope);
    for name in &mut out.names {
        name.span = range(&name.span);
    }
    out
}
