//! What stands in a text at the same places as in the one that it was made from, but for where they differ.
//!
//! A version of a file is a known one but for a few lines, and a layer of a text is the text but for its
//! escapes. Whether something is an anchor that matters, or names a provider, shows in a few bytes around
//! it. So what was found in the base is moved, and only the parts around what differs are read.

use std::ops::Range;

use super::anchor::{self, Run};
use super::block;
use super::generic::{self, Bound};
use super::mention::{Finding, Mention, Mentions, RIM};
use super::nothing::{AROUND, Part, parts};
use super::scratch::Scratch;
use crate::rule::Set;
use crate::stretch::Stretch;

/// No more mentions or anchors of a text are kept.
const MOST: usize = 1 << 13;

/// How far beyond a mention it shows whether it is one, in bytes: the words around it, and what is often
/// written together with it.
const REACH: usize = 3 * RIM;

/// With longer literals too much of a text would be read.
const LONGEST: usize = 512;

/// What was found in a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    runs: Box<[Run]>,
    numbers: Box<[Run]>,
    words: Box<[Run]>,
    items: Box<[Run]>,
    /// The first bytes of what armour begins with, and of the words of key files.
    headers: Box<[Run]>,
    keystore: Box<[Run]>,
    bounds: Box<[Bound]>,
    escapes: bool,
    ascii: bool,
    /// Whether a password may be bound by a format in it.
    logins: bool,
    /// The mentions, if they were looked for.
    mentions: Option<Box<[Mention]>>,
}

/// A text's base, and what the text has from there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    pub(super) kept: &'a Kept,
    pub(super) copied: &'a [Stretch],
    pub(super) fresh: &'a [Range<usize>],
}

/// What the parts around what differs hold.
#[derive(Default)]
struct News {
    /// Ascending and apart, each with the number of its first run.
    parts: Vec<(Part, usize)>,
    runs: Vec<Run>,
    escapes: bool,
    logins: bool,
}

impl News {
    /// Whether a run lies in one of the parts, or reaches into it.
    fn lies_in_part(&self, run: &Run) -> bool {
        let next = self
            .parts
            .partition_point(|(part, _)| part.span.end <= run.start);
        let part = self.parts.get(next);
        part.is_some_and(|(part, _)| part.span.start < run.end)
    }
}

impl Kept {
    /// Of a text without anchors that matter.
    pub(super) fn nothing(escapes: bool, ascii: bool) -> Self {
        Self {
            escapes,
            ascii,
            ..Self::default()
        }
    }

    /// Keeps the anchors that matter, the values behind names, and the mentions that were found; none where they
    /// are too many.
    pub(super) fn of(scratch: &Scratch, mentions: Option<&[Mention]>) -> Option<Self> {
        let Scratch {
            anchors,
            bounds,
            items,
            ascii,
            ..
        } = scratch;
        let runs = anchors.runs.len() + anchors.numbers.len() + anchors.words.len();
        let marks = anchors.headers.len() + anchors.keystore.len();
        if runs + items.len() + marks + bounds.len() > MOST {
            return None;
        }
        let first_bytes = |places: &[usize]| {
            let byte = |start: &usize| Run {
                start: *start,
                end: start + 1,
            };
            places.iter().map(byte).collect()
        };
        Some(Self {
            runs: anchors.runs.as_slice().into(),
            numbers: anchors.numbers.as_slice().into(),
            words: anchors.words.as_slice().into(),
            items: items.as_slice().into(),
            headers: first_bytes(&anchors.headers),
            keystore: first_bytes(&anchors.keystore),
            bounds: bounds.as_slice().into(),
            escapes: anchors.escapes,
            ascii: *ascii,
            logins: anchors.login_file || !anchors.logins.is_empty(),
            mentions: mentions
                .filter(|all| all.len() <= MOST)
                .map(|all| all.into()),
        })
    }
}

impl<'a> Origin<'a> {
    /// Whether the mentions of the base are known.
    pub(super) fn has_mentions(&self) -> bool {
        self.kept.mentions.is_some()
    }

    /// Finds the anchors of a text that matter, where its base tells them.
    pub(super) fn anchor(&self, set: Set, text: &[u8], scratch: &mut Scratch) -> bool {
        if scratch.thorough {
            return false;
        }
        let Some(mut news) = self.news(set, text, scratch) else {
            return false;
        };
        let mut runs = std::mem::take(&mut news.runs);
        let within = |run: &Run| news.lies_in_part(run);
        let kept = self.kept;
        runs.extend(self.moved(&kept.runs).filter(|run| !within(run)));
        runs.sort_unstable_by_key(|run| run.start);
        // A change beside one would have it in its part.
        let marks = |list: &'a [Run]| {
            let moved = self.moved(list).filter(|run| !within(run));
            let mut places: Vec<usize> = moved.map(|run| run.start).collect();
            places.sort_unstable();
            places
        };
        let (headers, keystore) = (marks(&kept.headers), marks(&kept.keystore));
        // The others reach over many lines: they must have come as they were.
        let mut wide = [Vec::new(), Vec::new(), Vec::new()];
        let lists = [&kept.numbers, &kept.words, &kept.items];
        for (list, out) in lists.into_iter().zip(&mut wide) {
            out.extend(self.moved(list));
            if self.cuts(list) || out.iter().any(within) {
                return false;
            }
            out.sort_unstable_by_key(|run| run.start);
        }
        let anchors = &mut scratch.anchors;
        anchors.clear();
        anchors.runs = runs;
        (anchors.headers, anchors.keystore) = (headers, keystore);
        anchor::armor_behind_headers(text, anchors);
        [anchors.numbers, anchors.words, scratch.items] = wide;
        anchors.escapes = kept.escapes || news.escapes;
        let bounds = self.copied.iter().flat_map(|stretch| {
            let end = stretch.from + stretch.length;
            let first = kept.bounds.partition_point(|b| b.begins() < stretch.from);
            let here = kept.bounds.get(first..).unwrap_or_default().iter();
            let here = here.take_while(move |bound| bound.begins() < end);
            here.filter(move |bound| bound.ends() <= end)
                .map(|bound| bound.moved(stretch.from, stretch.at))
        });
        scratch.ascii = text.is_ascii();
        if scratch.ascii == kept.ascii {
            let ascii = scratch.ascii;
            generic::find_since(text, ascii, self.fresh, bounds, &mut scratch.bounds);
        } else {
            generic::find(text, &mut scratch.bounds);
        }
        if kept.logins || news.logins {
            anchor::logins(text, anchors);
        } else {
            anchor::urls_since(text, self.fresh, anchors);
        }
        true
    }

    /// Reads the parts around what differs; none where these do not tell.
    fn news(&self, set: Set, text: &[u8], scratch: &mut Scratch) -> Option<News> {
        let parts = parts(text, self.fresh.iter().cloned(), AROUND)?;
        let mut news = News::default();
        let mut todo = parts.into_iter().peekable();
        let mut read = 0;
        while let Some(mut part) = todo.next() {
            loop {
                // A part that was widened may lie over others.
                while let Some((before, first)) = news.parts.pop() {
                    if before.span.end <= part.span.start {
                        news.parts.push((before, first));
                        break;
                    }
                    news.runs.truncate(first);
                    part = before.with(&part);
                }
                while let Some(next) = todo.next_if(|next| next.span.start < part.span.end) {
                    part = part.with(&next);
                }
                // Beyond that it is cheaper to read the text once.
                read += part.span.len();
                if read > text.len() {
                    return None;
                }
                let bytes = text.get(part.span.clone()).unwrap_or_default();
                scratch.anchor(set, bytes);
                let anchors = &scratch.anchors;
                if !anchors.words.is_empty()
                    || !scratch.items.is_empty()
                    || !anchors.headers.is_empty()
                    || !anchors.keystore.is_empty()
                    || anchors
                        .numbers
                        .iter()
                        .any(|run| block::is_list(bytes, *run))
                {
                    return None;
                }
                if part.is_closed(bytes, scratch) {
                    break;
                }
                part = part.wider(text);
            }
            news.escapes |= scratch.anchors.escapes;
            // Whether such a file begins shows in the line of a word.
            news.logins |= scratch.anchors.login_file;
            let first = news.runs.len();
            news.runs.extend(scratch.anchors.runs.iter().map(|run| Run {
                start: run.start + part.span.start,
                end: run.end + part.span.start,
            }));
            news.parts.push((part, first));
        }
        Some(news)
    }

    /// The base's runs that lie in what was copied, where they stand now.
    fn moved(&self, runs: &'a [Run]) -> impl Iterator<Item = Run> {
        self.copied.iter().flat_map(move |stretch| {
            let first = runs.partition_point(|run| run.start < stretch.from);
            let end = stretch.from + stretch.length;
            let here = runs.get(first..).unwrap_or_default().iter();
            here.take_while(move |run| run.end <= end)
                .map(move |run| Run {
                    start: run.start - stretch.from + stretch.at,
                    end: run.end - stretch.from + stretch.at,
                })
        })
    }

    /// Whether a part of one of these was copied, and not all of it.
    fn cuts(&self, runs: &[Run]) -> bool {
        !runs.is_empty()
            && self.copied.iter().any(|stretch| {
                let end = stretch.from + stretch.length;
                let first = runs.partition_point(|run| run.end <= stretch.from);
                let here = runs.get(first..).unwrap_or_default().iter();
                here.take_while(|run| run.start < end)
                    .any(|run| run.start < stretch.from || run.end > end)
            })
    }

    /// The mentions in a text, where its base tells them.
    pub(super) fn mentions(
        &self,
        set: Set,
        text: &[u8],
        finding: &mut Finding,
    ) -> Option<Mentions> {
        let known = self.kept.mentions.as_ref()?;
        let longest = finding.longest(set);
        if longest > LONGEST {
            return None;
        }
        let fresh = self.fresh;
        let differs = |mention: &Mention| {
            let (low, high) = (mention.start.saturating_sub(REACH), mention.end + REACH);
            let next = fresh.partition_point(|fresh| fresh.end < low);
            fresh.get(next).is_some_and(|fresh| fresh.start <= high)
        };
        let mut all = Vec::new();
        // What such a mention reads lies within.
        for part in parts(text, fresh.iter().cloned(), longest + 2 * REACH)? {
            let bytes = text.get(part.span.clone()).unwrap_or_default();
            let found = Mentions::find(set.index(), bytes, finding);
            let found = found.all().iter().map(|m| m.moved(0, part.span.start));
            all.extend(found.filter(differs));
        }
        for stretch in self.copied {
            let first = known.partition_point(|mention| mention.start < stretch.from);
            let end = stretch.from + stretch.length;
            let here = known.get(first..).unwrap_or_default().iter();
            let here = here.take_while(|mention| mention.start < end);
            let here = here.filter(|mention| mention.end <= end);
            all.extend(
                here.map(|m| m.moved(stretch.from, stretch.at))
                    .filter(|mention| !differs(mention)),
            );
        }
        Some(Mentions::of(all))
    }
}
