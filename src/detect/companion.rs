//! Parts too short to be found by themselves (passphrases, memos, client ids): looked for beside the
//! others.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::binding::NameKind;
use super::bound::Bound;
use super::hit::{Hit, covers};
use super::role::{self, Says};
use super::says;
use super::spans::Spans;
use crate::decode::base64_text;
use crate::rule::{MentionKind, Need, Part, PartRef, Role, Set, hash, words};
use crate::suppress::{lookup, placeholder};

/// How many lines away a part may stand whose name speaks of the provider.
const FAR: usize = 40;
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
    /// The decoded value.
    pub(super) value: Vec<u8>,
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
    // Where the others stand in base64, as Kubernetes holds them, so does what belongs to them.
    let encoded = hits.iter().zip(spans).all(|(hit, span)| {
        let own = text.get(span.clone()).and_then(decoded);
        own.is_some_and(|own| own.trim_ascii() == hit.value.trim_ascii())
    });
    let content = |span: &Range<usize>| {
        let plain = &text[span.clone()];
        let decoded = encoded.then(|| decoded(&text[padded(text, span)]));
        decoded.flatten().map_or(Cow::Borrowed(plain), |decoded| {
            Cow::Owned(decoded.trim_ascii().to_vec())
        })
    };
    let near = window(text, spans, rule.within as usize);
    // Further away the provider must be named, as in the next of several secrets of Kubernetes.
    let far = window(text, spans, FAR.max(rule.within as usize));
    let rings = [near.clone(), far.start..near.start, near.end..far.end];
    let mut best: Vec<Option<(usize, Range<usize>, bool)>> = vec![None; missing.len()];
    for value in rings.iter().flat_map(|ring| values(text, ring)) {
        let overlaps = |other: &Range<usize>| value.start < other.end && other.start < value.end;
        if spans.iter().any(overlaps) || taken.touch(&value) {
            continue;
        }
        let content = content(&value);
        let fits: Vec<usize> = (0..missing.len())
            .filter(|at| {
                let shapes = missing[*at].1.shapes.0;
                shapes.is_empty() || shapes.iter().any(|shape| shape.matches(&content))
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
            let beyond = value.start < near.start || value.start >= near.end;
            if beyond && !((own || fit) && speaks(set, name, &|r| r == rule_number)) {
                continue;
            }
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
                value: content(&span).into_owned(),
                span: if encoded { padded(text, &span) } else { span },
                named,
            });
        }
    }
    out
}

/// The text that a value is in base64, short as it may be.
fn decoded(value: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let short = || {
        let text = base64::engine::general_purpose::STANDARD
            .decode(value)
            .ok()?;
        let graphic = text.trim_ascii().iter().all(u8::is_ascii_graphic);
        (graphic && text.len() >= 4).then_some(text)
    };
    base64_text(value).or_else(short)
}

/// A value with the padding of base64 behind it.
fn padded(text: &[u8], span: &Range<usize>) -> Range<usize> {
    let behind = text.get(span.end..).unwrap_or_default().iter().take(2);
    span.start..span.end + behind.take_while(|b| **b == b'=').count()
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

/// Whether a word of a name stands for such a rule.
fn speaks(set: Set, name: &[u8], wanted: &dyn Fn(u16) -> bool) -> bool {
    words(name).any(|word| {
        set.index()
            .literals_at(word.hash)
            .iter()
            .any(|l| l.kind == MentionKind::Word && l.words.len() == 1 && wanted(l.rule))
    })
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
    if speaks(set, name, &|r| r == rule) {
        return Some(distance / 4);
    }
    let context = |r: u16| {
        let parts = set.rules()[usize::from(r)].parts;
        parts.iter().any(|part| part.need == Need::Context)
    };
    if speaks(set, name, &context) {
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
    let stop = |b: u8| b.is_ascii_whitespace() || b"\"'`=:,;(){}[]<>|&\\".contains(&b);
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
                // The quote may be escaped, as in a notebook.
                let escaped = end > at + 2 && text[end - 1] == b'\\';
                out.push(at + 1..end - usize::from(escaped));
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
                .position(|b| stop(*b) && *b != b'&')
                .map_or(window.end, |n| at + n);
            // Behind an ampersand another name begins, or else it is a sign like any other.
            let first =
                memchr::memchr(b'&', &text[at..end]).filter(|_| text.get(end) == Some(&b'='));
            let end = first.map_or(end, |n| at + n);
            // `*value*`
            let value = match &text[at..end] {
                [b'*', .., b'*'] => at + 1..end - 1,
                _ => at..end,
            };
            if (3..=80).contains(&value.len())
                && text[value.clone()].iter().any(u8::is_ascii_alphanumeric)
            {
                out.push(value);
            }
            at = end;
            continue;
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn an_ampersand_parts_parameters_and_else_is_a_sign() {
        let all = |text: &str| -> Vec<String> {
            let spans = values(text.as_bytes(), &(0..text.len()));
            spans
                .into_iter()
                .map(|span| text[span].to_owned())
                .collect()
        };
        // At the very end, too.
        assert_eq!(all("PASS=ab&cd"), ["PASS", "ab&cd"]);
        assert_eq!(all("key=abc&pass=def"), ["key", "abc", "pass", "def"]);
        assert_eq!(all("pass = \\\"abcd\\\""), ["pass", "abcd"]);
    }
}
