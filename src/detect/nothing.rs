//! Texts that hold nothing, whatever their path: most blobs of a history, of which each is judged by what it
//! does not share with the one before.
//!
//! Each layer of such a text has no run that matters, no stretch that may hold a phrase, no list of bytes and
//! no armour. All of these are told from what stands near. So where a text is a known one but for a few
//! places, and where a layer is the text itself but for a few escapes, the parts around these places are
//! enough.

use std::ops::Range;

use super::carry::Kept;
use super::scratch::Scratch;
use super::strings::{Before, Strings};
use super::trace::{Since, Trace};
use crate::decode::{
    Layer, layers_of_strings, percent, percent_codes, slash_escapes, slashes, strings,
};
use crate::rule::Set;

/// How far around a change a text is read, in bytes: enough for a few words.
pub(super) const AROUND: usize = 96;

/// Whether a text that is read as no notebook holds nothing under any path: [`detect`](super::detect) finds
/// nothing in it and holds nothing back. What is not told quickly is not told: false says nothing.
pub fn is_inert(set: Set, text: &[u8], scratch: &mut Scratch) -> bool {
    judge(set, text, None, scratch).is_some()
}

/// The same of a text that was made from an inert one: what it teaches if it is inert.
pub fn stays_inert(
    set: Set,
    text: &[u8],
    since: Since<'_>,
    scratch: &mut Scratch,
) -> Option<Trace> {
    let before = since.strings();
    let strings = match around_changes(set, text, since.fresh, scratch) {
        Verdict::Clear if memchr::memchr(b'\\', text).is_none() => Strings::none(),
        // What is cut out of a text may have stood between two strings with escapes.
        Verdict::Clear => inert_strings(set, text, before, scratch)?,
        Verdict::Matters => return None,
        Verdict::Unknown => judge(set, text, before, scratch)?,
    };
    Some(Trace::inert(strings))
}

/// What is told by the parts around what differs.
fn around_changes(set: Set, text: &[u8], fresh: &[Range<usize>], scratch: &mut Scratch) -> Verdict {
    let Some(parts) = parts(text, fresh.iter().cloned(), AROUND) else {
        return Verdict::Unknown;
    };
    let mut read = 0;
    for mut part in parts {
        loop {
            // Beyond that it is cheaper to read the text once.
            read += part.span.len();
            if read > text.len() {
                return Verdict::Unknown;
            }
            match part.judge(set, text, scratch) {
                Verdict::Clear => break,
                Verdict::Matters => return Verdict::Matters,
                Verdict::Unknown => part = part.wider(text),
            }
        }
    }
    Verdict::Clear
}

fn judge(
    set: Set,
    text: &[u8],
    before: Option<Before<'_>>,
    scratch: &mut Scratch,
) -> Option<Strings> {
    scratch.anchor(set, text);
    if !scratch.is_clear(text) {
        return None;
    }
    inert_layers(set, text, before, scratch)
}

/// The strings of a text whose layers, itself apart, hold nothing either. The text is inert.
pub(super) fn inert_layers(
    set: Set,
    text: &[u8],
    before: Option<Before<'_>>,
    scratch: &mut Scratch,
) -> Option<Strings> {
    if !scratch.anchors.escapes {
        return Some(Strings::none());
    }
    // Percent codes of percent codes have a layer more.
    if memchr::memmem::find(text, b"%25").is_some() {
        return None;
    }
    let strings = inert_strings(set, text, before, scratch)?;
    let places = |place: (Range<usize>, u8)| place.0;
    let inert = layer_is_inert(set, text, scratch, slash_escapes(text).map(places), slashes)
        && layer_is_inert(set, text, scratch, percent_codes(text).map(places), percent);
    inert.then_some(strings)
}

/// The strings of a text if they hold nothing.
fn inert_strings(
    set: Set,
    text: &[u8],
    before: Option<Before<'_>>,
    scratch: &mut Scratch,
) -> Option<Strings> {
    let layer = strings(text, false);
    if layer.bytes.is_empty() {
        return Some(Strings::none());
    }
    if !before.is_some_and(|before| before.anchor(set, &layer, scratch)) {
        scratch.anchor(set, &layer.bytes);
    }
    if !scratch.is_clear(&layer.bytes) {
        return None;
    }
    let escapes = scratch.anchors.escapes;
    let strings = Strings::of(&layer, Some(Kept::nothing(escapes, scratch.ascii)));
    let mut inner = match escapes {
        true => layers_of_strings(layer, text.len()),
        false => Vec::new(),
    }
    .into_iter();
    let clear = inner.all(|layer| {
        scratch.anchor(set, &layer.bytes);
        scratch.is_clear(&layer.bytes)
    });
    clear.then_some(strings)
}

fn layer_is_inert(
    set: Set,
    text: &[u8],
    scratch: &mut Scratch,
    places: impl Iterator<Item = Range<usize>>,
    layer: fn(&[u8]) -> Layer<'static>,
) -> bool {
    let whole = |scratch: &mut Scratch| {
        let layer = layer(text);
        scratch.anchor(set, &layer.bytes);
        scratch.is_clear(&layer.bytes)
    };
    let Some(parts) = parts(text, places, AROUND) else {
        return whole(scratch);
    };
    for part in &parts {
        let read = layer(text.get(part.span.clone()).unwrap_or_default());
        match part.judge_read(set, &read.bytes, scratch) {
            Verdict::Clear => {}
            Verdict::Matters => return false,
            Verdict::Unknown => return whole(scratch),
        }
    }
    true
}

/// By how much the rims of a part are widened, if they do not show where something ends.
const WIDER: usize = 4;

/// A part of a text, with places in it that are read because of what was changed there.
pub(super) struct Part {
    pub(super) span: Range<usize>,
    /// How many bytes stand in front of the first of these places, and behind the last: no limit where the
    /// text begins or ends.
    head: Option<usize>,
    tail: Option<usize>,
}

/// Whether white space stands here that is no part of an escape.
fn is_cut(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(u8::is_ascii_whitespace)
        && at
            .checked_sub(1)
            .is_none_or(|back| text.get(back) != Some(&b'\\'))
}

enum Verdict {
    Clear,
    Matters,
    /// More of the text must be read to tell.
    Unknown,
}

/// The parts around these places; none where that is most of the text.
pub(super) fn parts(
    text: &[u8],
    places: impl Iterator<Item = Range<usize>>,
    around: usize,
) -> Option<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    let mut length = 0;
    // A part begins and ends at white space that is no part of an escape.
    let cut = |at: usize| is_cut(text, at);
    for place in places {
        // Where there is no white space for long, many places share a part: its end is looked for once.
        if let Some(last) = parts.last_mut()
            && place.end.saturating_add(around) <= last.span.end
        {
            last.tail = (last.span.end < text.len()).then_some(last.span.end - place.end);
            continue;
        }
        let end = (place.end.saturating_add(around)..text.len())
            .find(|at| cut(*at))
            .unwrap_or(text.len());
        let tail = (end < text.len()).then_some(end - place.end);
        match parts.last_mut() {
            Some(last) if place.start <= last.span.end.saturating_add(around) => {
                length += end - last.span.end;
                (last.span.end, last.tail) = (end, tail);
            }
            last => {
                let floor = last.map_or(0, |last| last.span.end);
                let start = (floor..place.start.saturating_sub(around))
                    .rev()
                    .find(|at| cut(*at))
                    .unwrap_or(floor);
                length += end - start;
                parts.push(Part {
                    span: start..end,
                    head: (start > 0).then_some(place.start - start),
                    tail,
                });
            }
        }
        if length > text.len() / 4 * 3 {
            return None;
        }
    }
    Some(parts)
}

impl Part {
    /// The same places with wider rims.
    pub(super) fn wider(&self, text: &[u8]) -> Self {
        let cut = |at: &usize| is_cut(text, *at);
        let span = &self.span;
        let start = match self.head {
            Some(head) => (0..span.start.saturating_sub(head * (WIDER - 1)))
                .rfind(cut)
                .unwrap_or(0),
            None => span.start,
        };
        let end = match self.tail {
            Some(tail) => (span.end.saturating_add(tail * (WIDER - 1))..text.len())
                .find(cut)
                .unwrap_or(text.len()),
            None => span.end,
        };
        Self {
            head: self
                .head
                .filter(|_| start > 0)
                .map(|head| head + span.start - start),
            tail: self
                .tail
                .filter(|_| end < text.len())
                .map(|tail| tail + end - span.end),
            span: start..end,
        }
    }

    /// This part and a later one that it touches, with all between their places.
    pub(super) fn with(&self, later: &Self) -> Self {
        let span = self.span.start.min(later.span.start)..self.span.end.max(later.span.end);
        let head = self.head.map(|head| self.span.start + head - span.start);
        let tail = later.tail.map(|tail| span.end + tail - later.span.end);
        Self { span, head, tail }
    }

    /// Judges the part and, if there are escapes in it, what they stand for.
    fn judge(&self, set: Set, text: &[u8], scratch: &mut Scratch) -> Verdict {
        let part = text.get(self.span.clone()).unwrap_or_default();
        let verdict = self.judge_read(set, part, scratch);
        if !matches!(verdict, Verdict::Clear) || !scratch.anchors.escapes {
            return verdict;
        }
        for layer in [slashes, percent] {
            let read = self.as_in(part, layer);
            let verdict = read.judge_read(set, &layer(part).bytes, scratch);
            if !matches!(verdict, Verdict::Clear) {
                return verdict;
            }
        }
        Verdict::Clear
    }

    /// The part with its rims as a layer has them: what stands in front of the places up to white space that no
    /// escape reaches over reads the same, whatever follows; and so does what stands behind such white space.
    fn as_in(&self, part: &[u8], layer: fn(&[u8]) -> Layer<'static>) -> Self {
        let cut = |at: &usize| is_cut(part, *at);
        let length = |rim: Range<usize>| layer(part.get(rim).unwrap_or_default()).bytes.len();
        let head = |most: usize| {
            let end = (0..most.min(part.len())).rfind(cut);
            length(0..end.unwrap_or_default())
        };
        let tail = |most: usize| {
            let start = (part.len().saturating_sub(most)..part.len()).find(cut);
            length(start.unwrap_or(part.len())..part.len())
        };
        Self {
            span: self.span.clone(),
            head: self.head.map(head),
            tail: self.tail.map(tail),
        }
    }

    /// Judges the part as a layer has it.
    fn judge_read(&self, set: Set, part: &[u8], scratch: &mut Scratch) -> Verdict {
        scratch.anchor(set, part);
        if !scratch.is_clear(part) {
            return Verdict::Matters;
        }
        if self.is_closed(part, scratch) {
            Verdict::Clear
        } else {
            Verdict::Unknown
        }
    }

    /// Whether no list of numbers and no phrase reaches from a change beyond the part, whose anchors were found
    /// last.
    pub(super) fn is_closed(&self, part: &[u8], scratch: &Scratch) -> bool {
        let head = self.head.map(|head| 0..head);
        let tail = self
            .tail
            .map(|tail| part.len().saturating_sub(tail)..part.len());
        // What reaches beyond the part reaches over its rim, and nothing reaches over what ends lists of
        // numbers and phrases.
        let ends = |rim: Range<usize>| scratch.ends_lists(part, rim);
        head.is_none_or(ends) && tail.is_none_or(ends)
    }
}
