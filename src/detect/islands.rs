//! The stretches of a binary between its NULs: each is a text of its own.
//!
//! What stands beyond a NUL has nothing to do with a value. So providers' names are looked for on the islands
//! alone where an anchor stands: a few of a library's strings, and none of its code.

use std::ops::Range;

use super::anchor::Anchors;
use super::mention::{Finding, Mentions};
use crate::rule::Index;

/// Some of the stretches without a NUL of a text that has NULs, in order.
#[derive(Clone, Debug)]
pub(super) struct Islands(Vec<Range<usize>>);

/// Those in which there is an anchor; none where there is no NUL in the text.
pub(super) fn of(text: &[u8], anchors: &Anchors) -> Option<Islands> {
    memchr::memchr(0, text)?;
    let Anchors {
        runs,
        numbers,
        words,
        armor,
        ..
    } = anchors;
    let runs = [runs, numbers, words, armor].into_iter().flatten().copied();
    let runs = runs.chain(anchors.logins.iter().map(|login| login.run));
    let spans = runs.map(|run| run.start..run.end);
    let mut spans: Vec<_> = spans
        .chain(anchors.keystore.iter().map(|at| *at..*at))
        .collect();
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    let mut out: Vec<Range<usize>> = Vec::new();
    for span in spans {
        let floor = out.last().map_or(0, |last| last.end);
        match out.last_mut() {
            Some(last) if span.start < last.end => {
                if span.end > last.end {
                    last.end = end_of(text, span.end);
                }
            }
            _ => {
                let head = text.get(floor..span.start).unwrap_or_default();
                let start = memchr::memrchr(0, head).map_or(floor, |at| floor + at + 1);
                out.push(start..end_of(text, span.end));
            }
        }
    }
    Some(Islands(out))
}

/// That of a value alone; none where there is no NUL in the text.
pub(super) fn around(text: &[u8], value: &Range<usize>) -> Option<Islands> {
    memchr::memchr(0, text)?;
    let head = text.get(..value.start).unwrap_or_default();
    let start = memchr::memrchr(0, head).map_or(0, |at| at + 1);
    let island = start..end_of(text, value.end);
    Some(Islands(vec![island]))
}

/// Where the next NUL stands, or the text ends.
fn end_of(text: &[u8], at: usize) -> usize {
    let tail = text.get(at..).unwrap_or_default();
    memchr::memchr(0, tail).map_or(text.len(), |next| at + next)
}

impl Islands {
    /// The one that holds this place.
    pub(super) fn at(&self, at: usize) -> Option<&Range<usize>> {
        let next = self.0.partition_point(|island| island.end <= at);
        self.0.get(next).filter(|island| island.contains(&at))
    }

    /// The mentions on them.
    pub(super) fn mentions(
        &self,
        index: &'static Index,
        text: &[u8],
        finding: &mut Finding,
    ) -> Mentions {
        let mut all = Vec::new();
        for island in &self.0 {
            let bytes = text.get(island.clone()).unwrap_or_default();
            let found = Mentions::find(index, bytes, finding);
            all.extend(found.all().iter().map(|m| m.moved(0, island.start)));
        }
        Mentions::of(all)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::detect::anchor;

    #[test]
    fn islands_are_where_anchors_are() {
        let text = b"no\0yes AbCdEfGh12345678 yes\0\0no\0AbCdEfGh12345678\0 AbCdEfGh12345678 Zb1234567890abcdef";
        let mut anchors = Anchors::default();
        anchor::find(text, &mut anchors);
        let islands = of(text, &anchors).unwrap();
        let words = |at: &Range<usize>| String::from_utf8(text[at.clone()].to_vec()).unwrap();
        let texts: Vec<String> = islands.0.iter().map(words).collect();
        assert_eq!(
            texts,
            [
                "yes AbCdEfGh12345678 yes",
                "AbCdEfGh12345678",
                " AbCdEfGh12345678 Zb1234567890abcdef"
            ]
        );
        for island in &islands.0 {
            for at in [island.start, island.end - 1] {
                assert_eq!(islands.at(at), Some(island));
                assert_eq!(around(text, &(at..at + 1)).unwrap().at(at), Some(island));
            }
            assert_eq!(islands.at(island.end), None);
        }
        assert!(of(b"AbCdEfGh12345678", &anchors).is_none());
    }
}
