//! Parts too short to be found by themselves (passphrases, memos, client ids): looked for beside the
//! others.

use std::collections::HashMap;
use std::ops::Range;

use super::binding::NameKind;
use super::bound::Bound;
use super::hit::{Hit, covers};
use super::role::{self, Says};
use super::says;
use super::spans::Spans;
use crate::rule::{MentionKind, Need, Part, PartRef, Role, Set, hash, words};
use crate::suppress::{lookup, placeholder};

/// How many values around a credential are looked at.
const VALUES: usize = 160;

/// A value that was looked at, as far as it may be a companion.
#[derive(Clone, Debug)]
struct Beside {
    /// The name that holds it; may be empty.
    name: Range<usize>,
    says: Says,
    /// Whether it is one of several in a call, tuple or row.
    listed: bool,
    scope: Range<usize>,
}

/// Values of a layer that were looked at: neighbouring credentials ask for the same ones.
#[derive(Debug, Default)]
pub(super) struct Looked(HashMap<(usize, usize), Option<Beside>>);

impl Looked {
    /// What binds the value at this span; none when it is no companion.
    fn at(&mut self, text: &[u8], value: &Range<usize>, bound: &mut Bound) -> Option<Beside> {
        let look = || {
            let content = &text[value.clone()];
            if placeholder::placeholder(content).is_some() || lookup::lookup(content) {
                return None;
            }
            let bound = bound.bind(text, value);
            if !covers(text, &bound, value) {
                return None;
            }
            let holder = bound
                .names
                .iter()
                .find(|n| matches!(n.kind, NameKind::Holder | NameKind::Lookup));
            let bracket = matches!(text.get(bound.scope.start), Some(b'(' | b'[' | b'{'));
            Some(Beside {
                name: holder.map_or(0..0, |n| n.span.clone()),
                says: says::says(text, b"", &bound),
                listed: bound.index.is_some() && (bound.quoted || !bracket) && !bound.alone,
                scope: bound.scope,
            })
        };
        let place = (value.start, value.end);
        self.0.entry(place).or_insert_with(look).clone()
    }
}

/// A part found beside others.
#[derive(Debug)]
pub(super) struct Companion {
    pub(super) part: PartRef,
    /// In the layer's text.
    pub(super) span: Range<usize>,
    /// Whether its name says what it is.
    pub(super) named: bool,
}

/// The parts that the group lacks and that stand near it. `spans` are the group's values in this
/// layer's text, `have` their parts, `scope` the innermost scope of one of them; `taken` are spans of other values.
pub(super) fn companions(
    set: Set,
    text: &[u8],
    hits: &[&Hit],
    spans: &[Range<usize>],
    taken: &Spans,
    looked: &mut Looked,
    bound: &mut Bound,
) -> Vec<Companion> {
    let Some(first) = hits.first() else {
        return Vec::new();
    };
    let rule_number = first.rule();
    let rule = &set.rules()[usize::from(rule_number)];
    let have: Vec<Role> = hits
        .iter()
        .filter_map(|h| h.parts.first())
        .map(|p| set.part(*p).1.role)
        .collect();
    let missing: Vec<(u8, &Part)> = rule
        .parts
        .0
        .iter()
        .enumerate()
        .filter(|(_, part)| part.need == Need::Pair && !have.contains(&part.role))
        .map(|(at, part)| (at as u8, part))
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let window = window(text, spans, rule.within as usize);
    let mut best: Vec<Option<(usize, Range<usize>, bool)>> = vec![None; missing.len()];
    for value in values(text, &window) {
        let overlaps = |other: &Range<usize>| value.start < other.end && other.start < value.end;
        if spans.iter().any(overlaps) || taken.touch(&value) {
            continue;
        }
        let content = &text[value.clone()];
        let fits: Vec<usize> = (0..missing.len())
            .filter(|at| {
                let shapes = missing[*at].1.shapes.0;
                shapes.is_empty() || shapes.iter().any(|shape| shape.matches(content))
            })
            .collect();
        if fits.is_empty() {
            continue;
        }
        let Some(beside) = looked.at(text, &value, bound) else {
            continue;
        };
        let name = &text[beside.name.clone()];
        let says = beside.says;
        let distance = spans
            .iter()
            .map(|s| s.start.abs_diff(value.start))
            .min()
            .unwrap_or(0);
        // `POSTGRES_PASSWORD` is the part of this name, not any password.
        let owns = |at: usize| named(name, missing[at].1.names.0);
        let most = fits.iter().map(|at| owns(*at)).max().unwrap_or(0);
        for at in fits {
            let part = missing[at].1;
            let own = owns(at) > 0;
            if owns(at) < most {
                continue;
            }
            // In one call, tuple or row, a value without a name takes what is left.
            let bare = name.is_empty()
                && alone(text, &value)
                && spans.iter().any(|span| alone(text, span));
            let same_call = beside.listed
                && beside.scope.contains(&spans[0].start)
                && beside.scope.len() < 2000;
            // A word behind `SEC` or `secret` is no password: those are called so.
            let secret = says == Says::Role(Role::Secret) && part.role == Role::Password;
            let fit =
                matches!(says, Says::Role(_)) && !secret && role::fit(says, part.role) >= Some(2)
                    || says == Says::Role(Role::Id) && part.role == Role::Key;
            if !(own || fit || (same_call || bare) && says == Says::Nothing) {
                continue;
            }
            let Some(distance) = apart(set, rule_number, text, name, spans, &value, distance)
            else {
                continue;
            };
            let distance = if own || fit {
                distance
            } else {
                distance + 1000
            };
            if best[at].as_ref().is_none_or(|(d, ..)| distance < *d) {
                best[at] = Some((distance, value.clone(), own || fit));
            }
        }
    }
    let mut used: Vec<Range<usize>> = Vec::new();
    let mut out = Vec::new();
    for (at, found) in best.into_iter().enumerate() {
        if let Some((_, span, named)) = found
            && !used.contains(&span)
        {
            used.push(span.clone());
            out.push(Companion {
                part: PartRef {
                    rule: rule_number,
                    part: missing[at].0,
                },
                span,
                named,
            });
        }
    }
    out
}

/// How many words the longest of these names has that stands in `name`; 0 when none does.
fn named(name: &[u8], names: &[&str]) -> usize {
    let have: Vec<u64> = words(name).map(|w| w.hash).collect();
    let lengths = names.iter().filter_map(|wanted| {
        let wanted: Vec<u64> = wanted.split(' ').map(|w| hash(w.as_bytes())).collect();
        let stands = have.windows(wanted.len()).any(|w| w == wanted);
        stands.then_some(wanted.len())
    });
    lengths.max().unwrap_or(0)
}

/// The distance of a value, longer when it stands before the others or beyond a blank line; none when
/// its name speaks of another provider.
fn apart(
    set: Set,
    rule: u16,
    text: &[u8],
    name: &[u8],
    spans: &[Range<usize>],
    value: &Range<usize>,
    distance: usize,
) -> Option<usize> {
    let index = set.index();
    let speaks = |wanted: &dyn Fn(u16) -> bool| {
        words(name).any(|word| {
            index
                .literals_at(word.hash)
                .iter()
                .any(|l| l.kind == MentionKind::Word && l.words.len() == 1 && wanted(l.rule))
        })
    };
    if speaks(&|r| r == rule) {
        return Some(distance / 4);
    }
    let context = |r: u16| {
        let parts = set.rules()[usize::from(r)].parts;
        parts.iter().any(|part| part.need == Need::Context)
    };
    if speaks(&context) {
        return None;
    }
    let first = spans.iter().map(|s| s.start).min().unwrap_or(0);
    let last = spans.iter().map(|s| s.end).max().unwrap_or(0);
    let (before, between) = if value.start < first {
        (200, value.end..first)
    } else {
        (0, last.min(value.start)..value.start)
    };
    let between = text.get(between).unwrap_or_default();
    let blank = memchr::memmem::find(between, b"\n\n").map_or(0, |_| 600);
    Some(distance + before + blank)
}

/// Whether a value is all of its line.
fn alone(text: &[u8], span: &Range<usize>) -> bool {
    let start = memchr::memrchr(b'\n', &text[..span.start]).map_or(0, |n| n + 1);
    let end = memchr::memchr(b'\n', &text[span.end..]).map_or(text.len(), |n| span.end + n);
    text[start..span.start]
        .iter()
        .chain(&text[span.end..end])
        .all(u8::is_ascii_whitespace)
}

/// The lines around the values.
fn window(text: &[u8], spans: &[Range<usize>], lines: usize) -> Range<usize> {
    let start = spans.iter().map(|s| s.start).min().unwrap_or(0);
    let end = spans.iter().map(|s| s.end).max().unwrap_or(0);
    let from = start.saturating_sub(4096);
    let to = text.len().min(end + 4096);
    let start = memchr::memrchr_iter(b'\n', &text[from..start])
        .nth(lines)
        .map_or(from, |at| from + at + 1);
    let end = memchr::memchr_iter(b'\n', &text[end..to])
        .nth(lines)
        .map_or(to, |at| end + at);
    start..end
}

/// The values in a window: quoted strings, and words after `=`, `:`, a blank or at a line's start.
fn values(text: &[u8], window: &Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = window.start;
    let stop = |b: u8| b.is_ascii_whitespace() || b"\"'`=:,;(){}[]<>|&".contains(&b);
    while at < window.end && out.len() < VALUES {
        let byte = text[at];
        if matches!(byte, b'"' | b'\'' | b'`') {
            let end = text[at + 1..window.end]
                .iter()
                .position(|b| *b == byte || *b == b'\n')
                .map(|n| at + 1 + n);
            if let Some(end) = end
                && text[end] == byte
                && (1..=80).contains(&(end - at - 1))
            {
                // What stands before a colon or an arrow is a name.
                let after = &text[end + 1..];
                let colon = after.trim_ascii_start().starts_with(b":")
                    && !(after.starts_with(b" ")
                        && after
                            .trim_ascii_start()
                            .get(1)
                            .is_some_and(u8::is_ascii_alphabetic));
                if colon || after.trim_ascii_start().starts_with(b"=>") {
                    at = end + 1;
                    continue;
                }
                out.push(at + 1..end);
                // A header or an assignment in quotes holds a value of its own.
                let content = &text[at + 1..end];
                if !content.iter().any(|b| matches!(b, b':' | b'=' | b' ')) {
                    at = end + 1;
                    continue;
                }
            }
        }
        if !stop(byte) {
            let end = text[at..window.end]
                .iter()
                .position(|b| stop(*b))
                .map_or(window.end, |n| at + n);
            if (3..=80).contains(&(end - at)) && text[at..end].iter().any(u8::is_ascii_alphanumeric)
            {
                out.push(at..end);
            }
            at = end;
            continue;
        }
        at += 1;
    }
    out
}
