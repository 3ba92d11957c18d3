//! Candidates: the spans of a run that some rule's shape fits.

use std::ops::Range;

use super::joints::Joints;
use super::mention::has;
use super::standing::Standing;
use crate::rule::{
    Alphabet, Class, Index, Kinds, MAX_LENGTH, MIN_RUN, PartRef, Seg, Shape, ShapeEntry, kinds_of,
};

/// A span that a shape fits.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// The whole value.
    pub(super) span: Range<usize>,
    /// The parts that have this shape.
    pub(super) users: &'static [PartRef],
    /// Whether one of them needs nothing beside its shape.
    pub(super) telling: bool,
    /// Whether one of them needs nothing but a name of its own.
    pub(super) by_name: bool,
    /// Whether one of them needs more than its shape.
    pub(super) placed: bool,
    /// The shape, but for blocks.
    pub(super) shape: Option<&'static Shape>,
    /// A bit for each byte that the value holds, where all of it is of the shape's one class.
    pub(super) holds: Option<u128>,
}

/// A value that a random one of its shape equals less often than this in some respect is none.
const IMPROBABLE: f64 = 1e-6;

impl Candidate {
    /// The class of the largest alphabet in the shape.
    fn widest(&self) -> Option<Class> {
        let body = self.shape?.body;
        let runs = body.iter().filter_map(|seg| match seg {
            Seg::Run(class, ..) => Some(*class),
            Seg::Lit(_) => None,
        });
        runs.max_by_key(|class| class.0.count_ones())
    }

    /// Whether its alphabet is larger than that of ids and digests.
    pub(super) fn has_letters(&self) -> bool {
        self.widest().is_some_and(|class| class.0.count_ones() > 22)
    }

    /// Whether a random value of the shape would hardly lack what this one lacks: 64 letters and digits without
    /// a capital are a digest.
    pub(super) fn improbable(&self, value: &[u8]) -> bool {
        let Some(class) = self.widest() else {
            return false;
        };
        // Hexadecimal digits are written in one case.
        if class.0 & !HEX == 0 {
            return false;
        }
        // Hexadecimal digits are written in one case or the other, not by chance.
        if class.0 & LOWER & !HEX == 0 && class.has(b'a') && class.has(b'A') {
            return false;
        }
        let counted = || {
            let (mut present, mut length) = (0u128, 0);
            for byte in value.iter().filter(|b| class.has(**b)) {
                present |= 1 << (byte & 127);
                length += 1;
            }
            (present, length)
        };
        let known = self.holds.zip(i32::try_from(value.len()).ok());
        let (present, length) = known.unwrap_or_else(counted);
        let total = f64::from(class.size());
        [!LOWER, !UPPER, !DIGIT, !(LOWER | UPPER) | HEX]
            .into_iter()
            .any(|within| {
                if present & !within != 0 {
                    return false;
                }
                let share = f64::from((class.0 & within).count_ones()) / total;
                share < 1.0 && share.powi(length) < IMPROBABLE
            })
    }
}

const DIGIT: u128 = bits(b'0', b'9');
const UPPER: u128 = bits(b'A', b'Z');
const LOWER: u128 = bits(b'a', b'z');
const HEX: u128 = DIGIT | bits(b'A', b'F') | bits(b'a', b'f');
const ALNUM: u128 = DIGIT | UPPER | LOWER;

/// A bit for each byte of a stretch; none where not all are ASCII.
fn held_by(stretch: &[u8]) -> Option<u128> {
    let (mut low, mut high, mut all) = (0u64, 0u64, 0u8);
    for byte in stretch {
        low |= u64::from(*byte < 64) << (byte & 63);
        high |= u64::from(*byte >= 64) << (byte & 63);
        all |= byte;
    }
    all.is_ascii()
        .then_some(u128::from(high) << 64 | u128::from(low))
}

/// A bit for each byte from one to another.
const fn bits(first: u8, last: u8) -> u128 {
    (u128::MAX >> (127 - last)) & (u128::MAX << first)
}

/// Longer runs are encoded data: only their beginning and telling prefixes in them are looked at.
const LONG: usize = 600;

/// More bytes than the numbers of an escape that colours have.
const LONGEST_COLOUR: usize = 24;

/// Adds the candidates of the run `start..end`: at its beginning and after every sign in it that may end a word.
pub(super) fn of_run(index: &Index, bytes: &[u8], run: Range<usize>, out: &mut Vec<Candidate>) {
    some_of_run(index, None, bytes, run, out);
}

/// The same of some shapes alone: a bit for each that is looked for.
pub(super) fn some_of_run(
    index: &Index,
    wanted: Option<&[u64]>,
    bytes: &[u8],
    run: Range<usize>,
    out: &mut Vec<Candidate>,
) {
    let take = |candidate| {
        out.push(candidate);
        true
    };
    Search {
        index,
        wanted,
        bytes,
        end: run.end,
        alone: None,
        stopped: false,
        take,
    }
    .run(&run);
}

/// Whether this holds of all candidates of a run: it is asked up to the first of which it does not.
pub(super) fn all_of_run(
    index: &Index,
    bytes: &[u8],
    run: Range<usize>,
    holds: impl FnMut(Candidate) -> bool,
) -> bool {
    let mut search = Search {
        index,
        wanted: None,
        bytes,
        end: run.end,
        alone: None,
        stopped: false,
        take: holds,
    };
    search.run(&run);
    !search.stopped
}

/// A bit for each shape of which this holds.
pub(super) fn shapes_that(index: &Index, holds: impl Fn(&ShapeEntry) -> bool) -> Box<[u64]> {
    let mut bits = vec![0; index.shapes.len().div_ceil(64)];
    for (id, _) in index.shapes.iter().enumerate().filter(|(_, e)| holds(e)) {
        if let Some(bits) = bits.get_mut(id / 64) {
            *bits |= 1 << (id % 64);
        }
    }
    bits.into()
}

/// The same of a run that stands alone, but for the byte behind it: and whether there can be no candidates but
/// those that lie in it, whatever stands around the two. `standings` are those of the index's shapes.
pub(super) fn all_in_run(
    index: &Index,
    standings: &[Standing],
    bytes: &[u8],
    run: Range<usize>,
    behind: u8,
    holds: impl FnMut(Candidate) -> bool,
) -> bool {
    let mut search = Search {
        index,
        wanted: None,
        bytes,
        end: run.end,
        alone: Some((standings, behind)),
        stopped: false,
        take: holds,
    };
    search.run(&run);
    !search.stopped
}

/// What the candidates of a run are looked for with.
struct Search<'a, T> {
    index: &'a Index,
    /// A bit for each shape that is looked for; all where there are none.
    wanted: Option<&'a [u64]>,
    bytes: &'a [u8],
    /// The run's end.
    end: usize,
    /// How each shape lies in runs, and the byte behind the run: given when it stands alone.
    alone: Option<(&'a [Standing], u8)>,
    /// Whether enough is known: a shape may fit that reaches beyond the run, or `take` has refused a candidate.
    stopped: bool,
    /// Takes the candidates, and says whether to go on.
    take: T,
}

impl<T: FnMut(Candidate) -> bool> Search<'_, T> {
    fn run(&mut self, run: &Range<usize>) {
        let bytes = self.bytes;
        let begin = skip_escape(bytes, run);
        let long = run.len() > LONG;
        let mut ends = Ends {
            dash: begin,
            plus: begin,
            run: run.end,
        };
        self.at(begin, &mut ends);
        // No shape fits what is shorter.
        for start in Joints::new(bytes, begin..(run.end + 1).saturating_sub(MIN_RUN)) {
            if self.stopped {
                return;
            }
            if !long {
                self.at(start, &mut ends);
            } else if let Some(prefix) = bytes[start..].first_chunk::<3>() {
                let ids = self.index.with_prefix(*prefix);
                if !ids.is_empty() {
                    self.shapes(start, ids, kinds_of(&bytes[start..run.end]), None);
                }
            }
        }
    }

    fn at(&mut self, start: usize, ends: &mut Ends) {
        let rest = self.bytes.get(start..self.end).unwrap_or_default();
        let (Some(prefix), true) = (rest.first_chunk::<3>(), rest.len() >= MIN_RUN) else {
            return;
        };
        let index = self.index;
        let kinds = kinds_of(rest);
        let [alnum, url, base64] = ends.lengths(self.bytes, start);
        let led = index.led.list(led_by(index, self.bytes, start));
        for (ids, length) in [
            (index.with_prefix(*prefix), None),
            (index.with_length(Alphabet::Alnum, alnum), Some(alnum)),
            (index.with_length(Alphabet::Url, url), Some(url)),
            (index.with_length(Alphabet::Base64, base64), Some(base64)),
            (index.open_with(prefix[0]), None),
            (led, None),
        ] {
            if !self.stopped {
                self.shapes(start, ids, kinds, length);
            }
        }
    }

    /// Compares the shapes with what begins at a place: `kinds` of characters. Those of values of one length
    /// and alphabet are compared with that stretch.
    fn shapes(&mut self, start: usize, ids: &'static [u16], kinds: Kinds, length: Option<usize>) {
        let stretch = length.and_then(|length| self.bytes.get(start..start + length));
        let mut held = None;
        for id in ids {
            if self.wanted.is_some_and(|wanted| !has(wanted, *id)) {
                continue;
            }
            let head = &self.index.heads.0[usize::from(*id)];
            // The body begins with token characters, which never reach beyond the run.
            if kinds & !head.kinds != 0 || start + usize::from(head.certain) > self.end {
                continue;
            }
            let entry = &self.index.shapes.0[usize::from(*id)];
            let class = self.index.classes.0[usize::from(*id)];
            let mut holds = None;
            if let Some(stretch) = stretch
                && class.0 != 0
            {
                let held = *held.get_or_insert_with(|| held_by(stretch));
                let beyond = held.map(|held| held & !class.0);
                // Where its class ends a letter or digit goes on.
                if beyond.is_some_and(|beyond| beyond != 0 && beyond & !ALNUM == 0) {
                    continue;
                }
                let next = self.bytes.get(start + stretch.len());
                if beyond == Some(0) && next.is_none_or(|next| !class.has(*next)) {
                    holds = held;
                }
            }
            if let Some((standings, behind)) = self.alone {
                let standing = &standings[usize::from(*id)];
                let rest = &self.bytes[start..self.end];
                let fits = if standing.may_leave(rest.len(), behind) {
                    Some(may_begin(&entry.shape, rest))
                } else {
                    let fits = || entry.shape.fits_body(self.bytes, start);
                    standing.led.then(fits)
                };
                match fits {
                    Some(true) => {
                        self.stopped = true;
                        return;
                    }
                    Some(false) => continue,
                    None => {}
                }
            }
            let span = match (holds, stretch) {
                (Some(_), Some(stretch)) => Some((start, start + stretch.len())),
                _ => entry.shape.match_at(self.bytes, start),
            };
            if let Some((from, to)) = span
                && bounded(self.bytes, from, to, entry.telling)
            {
                let candidate = Candidate {
                    span: from..to,
                    users: entry.users.0,
                    telling: entry.telling,
                    by_name: entry.by_name,
                    placed: entry.placed,
                    shape: Some(&entry.shape),
                    holds,
                };
                if !(self.take)(candidate) {
                    self.stopped = true;
                    return;
                }
            }
        }
    }
}

/// Which list of shapes may have their anchor at a place because of the two bytes in front of it.
pub(super) fn led_by(index: &Index, bytes: &[u8], start: usize) -> u16 {
    let byte = |back: usize| start.checked_sub(back).and_then(|at| bytes.get(at));
    let before = byte(2).copied().unwrap_or(b' ');
    byte(1).map_or(0, |last| index.led.number(before, *last))
}

/// Whether a shape's body may begin with the rest of a run: false only if its first stretches, as far as
/// their lengths are certain, do not fit.
fn may_begin(shape: &Shape, mut rest: &[u8]) -> bool {
    for seg in shape.body.iter() {
        let length = match seg {
            Seg::Lit(text) => {
                let length = text.len().min(rest.len());
                if rest[..length] != text.as_bytes()[..length] {
                    return false;
                }
                length
            }
            Seg::Run(class, min, max) => {
                let least = usize::from(*min).min(rest.len());
                if !rest[..least].iter().all(|b| class.has(*b)) {
                    return false;
                }
                if min != max {
                    return true;
                }
                least
            }
        };
        rest = &rest[length..];
    }
    true
}

/// Where the stretches end that begin at a place in a run. The places ascend, so all of them together
/// cost one pass over the run.
struct Ends {
    /// The first `-` or `_` from the place on, or the run's end.
    dash: usize,
    /// The first `+` or `/`.
    plus: usize,
    /// The run's end.
    run: usize,
}

impl Ends {
    /// Moves on to a place, and says how many bytes from there are alphanumeric, of the URL alphabet
    /// and of base64: at most one more than any shape is looked up by.
    fn lengths(&mut self, bytes: &[u8], start: usize) -> [usize; 3] {
        let run = self.run;
        let next = |from: usize, end: fn(u8) -> bool| {
            let from = from.max(start).min(run);
            bytes[from..run]
                .iter()
                .position(|b| end(*b))
                .map_or(run, |found| from + found)
        };
        self.dash = next(self.dash, |b| matches!(b, b'-' | b'_'));
        self.plus = next(self.plus, |b| matches!(b, b'+' | b'/'));
        [self.dash.min(self.plus), self.plus, self.dash]
            .map(|end| end.saturating_sub(start).min(MAX_LENGTH + 1))
    }
}

/// Where the value may begin when the run begins with an escape: `\n`, `\u003d`, `%3D`, or with the end of
/// one that colours a terminal (ECMA-48, SGR), as logs keep them.
fn skip_escape(bytes: &[u8], run: &Range<usize>) -> usize {
    let hex = |range: Range<usize>| {
        bytes
            .get(range)
            .is_some_and(|b| b.iter().all(u8::is_ascii_hexdigit))
    };
    let start = run.start;
    match start.checked_sub(1).map(|at| bytes[at]) {
        Some(b'\\') if bytes[start] == b'u' && hex(start + 1..start + 5) => start + 5,
        Some(b'\\') if matches!(bytes[start], b'n' | b'r' | b't') => start + 1,
        Some(b'%') if hex(start..start + 2) => start + 2,
        Some(b'[' | b';') => start + colour(bytes, start).unwrap_or(0),
        _ => start,
    }
    .min(run.end)
}

/// How long the rest of an escape that colours is, which began before: digits and `m`.
fn colour(bytes: &[u8], start: usize) -> Option<usize> {
    let (before, rest) = bytes.split_at_checked(start)?;
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let numbers = before
        .iter()
        .rev()
        .take(LONGEST_COLOUR)
        .take_while(|b| b.is_ascii_digit() || **b == b';')
        .count();
    let opened = before.get(..before.len() - numbers)?.ends_with(b"\x1b[");
    (opened && rest.get(digits) == Some(&b'm')).then_some(digits + 1)
}

/// Whether a file's ending stands at a place: what tells itself may be a file's name.
fn begins_ending(bytes: &[u8], at: usize) -> bool {
    const ENDINGS: [&str; 8] = ["txt", "json", "key", "pem", "env", "log", "bak", "html"];
    let rest = bytes.get(at..).unwrap_or_default();
    ENDINGS.iter().any(|ending| {
        let behind = rest.strip_prefix(ending.as_bytes());
        behind.is_some_and(|rest| !rest.first().is_some_and(u8::is_ascii_alphanumeric))
    })
}

/// Nothing that could belong to the value stands right before or after it.
fn bounded(bytes: &[u8], start: usize, end: usize, telling: bool) -> bool {
    let at = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
    let before = |back: usize| start.checked_sub(back).map_or(b' ', at);
    if at(end).is_ascii_alphanumeric() {
        return false;
    }
    // Padding that the shape does not have.
    if at(end) == b'='
        && (!at(end + 1).is_ascii_graphic() || matches!(at(end + 1), b'"' | b'\'' | b'='))
    {
        return false;
    }
    // A piece of a longer value with dots in it: of a JWT, a host, a version.
    let dotted_after = at(end) == b'.'
        && (at(end + 1).is_ascii_alphanumeric() || matches!(at(end + 1), b'_' | b'-'))
        && !(telling && begins_ending(bytes, end + 1));
    let dotted_before = before(1) == b'.'
        && (before(2).is_ascii_alphanumeric() || matches!(before(2), b'_' | b'-'));
    !(dotted_after || dotted_before)
}
