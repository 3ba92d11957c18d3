//! Where a text names providers: words, headers, hosts, calls, imports.

use std::ops::Range;

use super::place::{file_of, names_provider};
use super::tail::{begins_tail, joined};
use super::wordspans::Bounds;
use crate::rule::{Index, LEAD, Literal, MentionKind, Set, Word, hash, words};

/// One place where a text names a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// What was named.
    pub(super) kind: MentionKind,
    /// Index of the rule.
    pub(super) rule: u16,
}

impl Mention {
    /// The same at another place: so far behind `to` as it is behind `from`.
    pub(super) fn moved(self, from: usize, to: usize) -> Self {
        Self {
            start: self.start - from + to,
            end: self.end - from + to,
            ..self
        }
    }
}

/// All mentions in a text, by place.
#[derive(Clone, Debug, Default)]
pub(super) struct Mentions {
    all: Vec<Mention>,
    /// A bit for each rule whose provider is named.
    rules: Vec<u64>,
    /// A bit for each rule of which anything is said.
    spoken: Vec<u64>,
}

impl Mentions {
    /// Finds the mentions in a text.
    pub(super) fn find(index: &'static Index, text: &[u8], finding: &mut Finding) -> Self {
        finding.read(index);
        finding.bounds.mark(text);
        let mut found = Finder {
            index,
            text,
            bounds: &finding.bounds,
            tiny: &finding.tiny,
            recent: &mut finding.recent,
            out: Vec::new(),
        };
        found.all();
        Self::of(found.out)
    }

    /// These.
    pub(super) fn of(mut all: Vec<Mention>) -> Self {
        all.sort_unstable_by_key(|m| (m.start, m.end, m.rule, m.kind));
        all.dedup();
        let mut mentions = Self {
            all,
            ..Self::default()
        };
        mentions.note(0);
        mentions
    }

    /// Notes the rules of the mentions from the given one on.
    fn note(&mut self, from: usize) {
        for mention in self.all.get(from..).unwrap_or_default() {
            set(&mut self.spoken, mention.rule);
            if names_provider(mention.kind) {
                set(&mut self.rules, mention.rule);
            }
        }
    }

    /// Whether some mention names the provider of this rule.
    pub(super) fn name(&self, rule: u16) -> bool {
        has(&self.rules, rule)
    }

    /// Whether some mention is this rule's, of whatever kind.
    pub(super) fn speak_of(&self, rule: u16) -> bool {
        has(&self.spoken, rule)
    }

    /// A bit for each rule of which anything is said.
    pub(super) fn spoken(&self) -> &[u64] {
        &self.spoken
    }

    /// Those that lie in these spans of a text.
    pub(super) fn of_spans<'s>(
        index: &'static Index,
        text: &[u8],
        spans: impl Iterator<Item = &'s Range<usize>>,
        finding: &mut Finding,
    ) -> Self {
        let mut all = Vec::new();
        for span in spans {
            // Whether a word begins with the span shows in what stands beside it.
            let low = span.start.saturating_sub(RIM);
            let high = span.end.saturating_add(RIM).min(text.len());
            let found = Self::find(index, text.get(low..high).unwrap_or_default(), finding);
            let moved = found.all.into_iter().map(|mention| Mention {
                start: mention.start + low,
                end: mention.end + low,
                ..mention
            });
            all.extend(moved.filter(|m| m.start >= span.start && m.end <= span.end));
        }
        Self::of(all)
    }

    /// Adds what stands for a provider by its shape alone.
    pub(super) fn add(&mut self, told: impl Iterator<Item = (Range<usize>, u16)>) {
        let known = self.all.len();
        for (span, rule) in told {
            self.all.push(Mention {
                start: span.start,
                end: span.end,
                kind: MentionKind::Word,
                rule,
            });
        }
        self.note(known);
        self.all
            .sort_unstable_by_key(|m| (m.start, m.end, m.rule, m.kind));
    }

    /// The mentions that lie within a span.
    pub(super) fn within(&self, span: &Range<usize>) -> impl Iterator<Item = &Mention> {
        let from = self.all.partition_point(|m| m.start < span.start);
        let end = span.end;
        self.all[from..]
            .iter()
            .take_while(move |m| m.start < end)
            .filter(move |m| m.end <= end)
    }

    /// At most `most` mentions before and as many after an offset.
    pub(super) fn around(&self, at: usize, most: usize) -> std::slice::Iter<'_, Mention> {
        let here = self.all.partition_point(|m| m.start < at);
        self.all[here.saturating_sub(most)..self.all.len().min(here + most)].iter()
    }

    /// All of them, in order.
    pub(super) fn all(&self) -> &[Mention] {
        &self.all
    }
}

/// A bit for each of some rules.
pub(super) fn bits(rules: impl Iterator<Item = u16>) -> Vec<u64> {
    let mut bits = Vec::new();
    for rule in rules {
        set(&mut bits, rule);
    }
    bits
}

pub(super) fn set(bits: &mut Vec<u64>, rule: u16) {
    let word = usize::from(rule / 64);
    if bits.len() <= word {
        bits.resize(word + 1, 0);
    }
    bits[word] |= 1 << (rule % 64);
}

/// Whether a bit is set.
#[inline]
pub(super) fn has(bits: &[u64], rule: u16) -> bool {
    let word = bits.get(usize::from(rule / 64));
    word.is_some_and(|bits| bits >> (rule % 64) & 1 == 1)
}

/// How far beyond a span its words are told from their neighbours, in bytes.
pub(super) const RIM: usize = 16;

/// How many words are looked at in front of a literal's anchor, and itself.
const BEFORE: usize = 8;

/// What is kept from one search to the next.
#[derive(Debug, Default)]
pub(super) struct Finding {
    /// Where the words of the text stand.
    bounds: Bounds,
    index: Option<&'static Index>,
    /// A bit for each pair of bytes that are, or of which the first is, a word that leads to a literal.
    tiny: Vec<u64>,
    /// What words led to, by their hashes.
    recent: Vec<(u64, &'static [Literal])>,
    /// The longest mention that there may be, in bytes, of the rules with this index.
    longest: Option<(&'static Index, usize)>,
    /// The rules whose providers have files of their own, of the same.
    filers: Option<(&'static Index, Vec<u16>)>,
}

/// How many words are kept with what they led to.
const RECENT: usize = 1 << 11;

impl Finding {
    /// The longest mention that there may be, in bytes.
    pub(super) fn longest(&mut self, set: Set) -> usize {
        if let Some((index, longest)) = self.longest
            && std::ptr::eq(index, set.index())
        {
            return longest;
        }
        let contexts = set.rules().iter().map(|rule| rule.context);
        let lists = contexts.flat_map(|context| {
            [
                context.words.0,
                context.headers.0,
                context.hosts.0,
                context.calls.0,
                context.imports.0,
                context.testnet.0,
                context.not.0,
            ]
        });
        // Two bytes may stand between words of one.
        let between = |literal: &str| 2 * words(literal.as_bytes()).count().saturating_sub(1);
        let lengths = lists.flatten().map(|own| own.len() + between(own));
        let longest = lengths.max().unwrap_or_default();
        self.longest = Some((set.index(), longest));
        longest
    }

    /// The rules whose provider has files of this path.
    pub(super) fn filed(&mut self, set: Set, path: &[u8]) -> Vec<u16> {
        let known = self.filers.take();
        let known = known.filter(|(index, _)| std::ptr::eq(*index, set.index()));
        let filers = known.map_or_else(
            || {
                let rules = (0u16..).zip(set.rules());
                let filers = rules.filter(|(_, rule)| !rule.context.files.is_empty());
                filers.map(|(number, _)| number).collect()
            },
            |(_, filers)| filers,
        );
        let here = |rule: &&u16| file_of(set, **rule, path);
        let filed = filers.iter().filter(here).copied().collect();
        self.filers = Some((set.index(), filers));
        filed
    }

    /// Reads from an index what so short a word may lead to.
    fn read(&mut self, index: &'static Index) {
        if self.index.is_some_and(|known| std::ptr::eq(known, index)) {
            return;
        }
        self.index = Some(index);
        self.tiny = vec![0; 1 << 10];
        self.recent = vec![(0, index.literals_at(0)); RECENT];
        let leads = |word: &[u8]| !index.literals_at(hash(word)).is_empty();
        for pair in 0..=u16::MAX {
            let [a, b] = pair.to_le_bytes();
            let word = |byte: u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
            let one = word(a) && ends_word(a, b) && leads(&[a]);
            let two = word(a) && word(b) && leads(&[a, b]);
            if (one || two)
                && let Some(bits) = self.tiny.get_mut(usize::from(pair) / 64)
            {
                *bits |= 1 << (pair % 64);
            }
        }
    }
}

/// Whether a word that begins with these bytes may be one or two bytes long and lead to a literal.
#[inline(always)]
fn is_tiny(tiny: &[u64], head: [u8; 4]) -> bool {
    let [a, b, c, _] = head;
    let pair = u16::from_le_bytes([a, b]);
    let bits = tiny.get(usize::from(pair) / 64);
    bits.is_none_or(|bits| bits >> (pair % 64) & 1 == 1) && (ends_word(a, b) || ends_word(b, c))
}

/// Whether a word may end between two bytes: digits belong to what stands before them, and small letters to
/// letters; bytes beyond ASCII are such.
#[inline(always)]
fn ends_word(before: u8, after: u8) -> bool {
    let small = after.is_ascii_lowercase() || !after.is_ascii();
    let letter = before.is_ascii_alphabetic() || !before.is_ascii();
    !(after.is_ascii_digit() || small && letter)
}

/// Finds the mentions, word by word.
struct Finder<'t> {
    index: &'static Index,
    text: &'t [u8],
    bounds: &'t Bounds,
    tiny: &'t [u64],
    recent: &'t mut [(u64, &'static [Literal])],
    out: Vec<Mention>,
}

impl Finder<'_> {
    fn all(&mut self) {
        let bounds = self.bounds;
        for (block, starts) in bounds.starts.iter().enumerate() {
            let mut left = *starts;
            while left != 0 {
                let start = block * 64 + left.trailing_zeros() as usize;
                left &= left - 1;
                if self.may_lead(start) {
                    self.word(start);
                }
            }
        }
    }

    /// Whether a literal may be looked up by the word that begins here, by the word and the next one
    /// together, or by what either begins with: by the first bytes, whatever they belong to.
    #[inline(always)]
    fn may_lead(&self, start: usize) -> bool {
        let rest = self.text.get(start..);
        let Some(head) = rest.and_then(|text| text.first_chunk::<LEAD>()) else {
            return true;
        };
        let [a, b, c, d, ..] = *head;
        self.index.may_lead(head, begins_tail)
            || a == b'D' && start.checked_sub(1).and_then(|at| self.text.get(at)) == Some(&b'-')
            || is_tiny(self.tiny, [a, b, c, d])
    }

    #[inline(never)]
    fn word(&mut self, start: usize) {
        let Some(end) = self.bounds.end(start) else {
            return;
        };
        // `KuCoin` is one name, though its capitals make two words of it.
        if self.bounds.begins(end)
            && let Some(end) = self.bounds.end(end)
        {
            self.compound(start, end);
        }
        // `-Dbinance.apiKey=…`
        let option = start
            .checked_sub(1)
            .and_then(|dash| self.text.get(dash..=start))
            == Some(b"-D");
        let from = if option { start + 1 } else { start };
        if self.index.may_begin_literal(&self.text[from..end]) {
            self.literals(start, from, end);
        }
    }

    fn compound(&mut self, start: usize, end: usize) {
        if !self.index.may_begin_literal(&self.text[start..end]) {
            return;
        }
        for literal in self.index.literals_at(hash(&self.text[start..end])) {
            if literal.words.len() == 1 {
                self.push(literal, start..end);
            }
        }
    }

    /// The literals of a word that begins at `begin`, read from `start` on.
    fn literals(&mut self, begin: usize, start: usize, end: usize) {
        let word = &self.text[start..end];
        let mut hit = self.literals_at(hash(word));
        let mut to = end;
        if hit.is_empty() && word.len() >= 6 {
            let length;
            (hit, length) = joined(self.index, word);
            to = start + length;
        }
        let mut beside = Beside::default();
        for literal in hit {
            let span = self.matches(literal, begin, to, end, &mut beside);
            if let Some(span) = span.filter(|span| !self.is_extension(literal, span)) {
                self.push(literal, span);
            }
        }
    }

    /// The literals that are looked up by a word; those of words that come back need no search.
    fn literals_at(&mut self, hash: u64) -> &'static [Literal] {
        let place = (hash >> 20) as usize % RECENT;
        if let Some((known, literals)) = self.recent.get(place)
            && *known == hash
        {
            return literals;
        }
        let literals = self.index.literals_at(hash);
        if let Some(entry) = self.recent.get_mut(place) {
            *entry = (hash, literals);
        }
        literals
    }

    fn push(&mut self, literal: &Literal, span: Range<usize>) {
        self.out.push(Mention {
            start: span.start,
            end: span.end,
            kind: literal.kind,
            rule: literal.rule,
        });
    }

    /// Whether the `X-` is that of a request's header, which anybody's may have, and no name: `X-Api-Key`.
    fn is_extension(&self, literal: &Literal, span: &Range<usize>) -> bool {
        literal.kind == MentionKind::Word
            && matches!(self.text.get(span.start..), Some([b'X' | b'x', b'-', ..]))
    }

    /// Where a literal stands whose anchor is the word that begins at `begin`, up to `to` of it; what
    /// follows the word begins at `next`.
    fn matches(
        &self,
        literal: &Literal,
        begin: usize,
        to: usize,
        next: usize,
        beside: &mut Beside,
    ) -> Option<Range<usize>> {
        let text = self.text;
        let anchor = usize::from(literal.anchor);
        if anchor >= BEFORE {
            return None;
        }
        let mut start = begin;
        for back in 1..=anchor {
            let read = || {
                let (from, end) = self.bounds.before(start)?;
                Some((from, end, hash(&text[from..end])))
            };
            // Most literals fail by the first word beside their anchor, which is read once for all.
            let (from, end, hash) = if back == 1 {
                (*beside.before.get_or_insert_with(read))?
            } else {
                read()?
            };
            if hash != literal.words.0[anchor - back] || !near(text, end, start) {
                return None;
            }
            start = from;
        }
        let mut end = to;
        let Some((first, more)) = literal.words.0[anchor + 1..].split_first() else {
            return Some(start..end);
        };
        let read = || words(&text[next..]).next();
        let word = (*beside.after.get_or_insert_with(read))?;
        if word.hash != *first || !near(text, end, next + word.start) {
            return None;
        }
        end = next + word.end;
        let mut after = words(&text[end..]);
        let base = end;
        for wanted in more {
            let word = after.next()?;
            if word.hash != *wanted || !near(text, end, base + word.start) {
                return None;
            }
            end = base + word.end;
        }
        Some(start..end)
    }
}

/// The words beside an anchor, once someone has asked: start, end and hash of the one in front of it, and
/// the one behind.
#[derive(Default)]
struct Beside {
    before: Option<Option<(usize, usize, u64)>>,
    after: Option<Option<Word>>,
}

/// Whether two words belong together: at most two signs between them, no line break.
fn near(text: &[u8], end: usize, start: usize) -> bool {
    start.checked_sub(end).is_some_and(|gap| gap <= 2) && !text[end..start].contains(&b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Words of literals and others, parts of them, in any case, and any bytes between them.
    fn texts() -> impl Strategy<Value = Vec<u8>> {
        let rules = Set::builtin().rules();
        let contexts = rules.iter().map(|rule| rule.context);
        let lists =
            contexts.flat_map(|c| [c.words.0, c.headers.0, c.hosts.0, c.testnet.0, c.not.0]);
        let literals: Vec<&str> = lists.flatten().copied().collect();
        let written = (0..literals.len(), 0..4usize, 0..9usize).prop_map(move |(at, way, cut)| {
            let literal = literals.get(at).copied().unwrap_or_default();
            let text = match way {
                0 => literal.to_uppercase(),
                1 => literal.replace(' ', "_"),
                2 => {
                    let mut chars = literal.chars();
                    let first = chars.next().map(|c| c.to_uppercase().to_string());
                    first.unwrap_or_default() + chars.as_str()
                }
                _ => literal.to_owned(),
            };
            text.bytes().skip(cut.saturating_sub(6)).collect()
        });
        let piece = prop_oneof![
            4 => written,
            2 => "(apikey|ApiKey|2|API|Secret|x|D|-D|é|币|_|\\.| |\n)".prop_map(String::into_bytes),
            1 => prop::collection::vec(any::<u8>(), 0..4),
        ];
        prop::collection::vec(piece, 1..30).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_may_not_lead_to_a_literal_leads_to_none(text in texts()) {
            let index = Set::builtin().index();
            let mut finding = Finding::default();
            let found = Mentions::find(index, &text, &mut finding);
            let mut every = Finder {
                index,
                text: &text,
                bounds: &finding.bounds,
                tiny: &finding.tiny,
                recent: &mut finding.recent,
                out: Vec::new(),
            };
            for start in 0..text.len() {
                if every.bounds.begins(start) {
                    every.word(start);
                }
            }
            let every = Mentions::of(every.out);
            prop_assert_eq!(found.all(), every.all());
        }
    }
}
