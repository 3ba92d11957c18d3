//! Where a text names providers: words, headers, hosts, calls, imports.

use std::ops::Range;

use super::place::names_provider;
use super::wordspans::spans;
use crate::rule::{Index, Literal, MentionKind, hash, words};

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

/// All mentions in a text, by place.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    all: Vec<Mention>,
    /// A bit for each rule whose provider is named.
    rules: Vec<u64>,
}

/// Words that are often written together with a provider's (`binanceapikey`).
const TAILS: &[&[u8]] = &[
    b"apikey",
    b"apisecret",
    b"secretkey",
    b"secret",
    b"key",
    b"keys",
    b"api",
    b"client",
    b"exchange",
    b"futures",
    b"spot",
    b"bot",
    b"usdm",
    b"coinm",
    b"config",
    b"credentials",
    b"account",
    b"token",
    b"trader",
    b"passphrase",
    b"perpetual",
    b"perp",
    b"swap",
    b"password",
    b"private",
    b"privatekey",
    b"connector",
    b"adapter",
    b"service",
    b"test",
    b"testnet",
    b"demo",
    b"settings",
    b"auth",
];

impl Mentions {
    /// Finds the mentions in a text.
    pub(super) fn find(index: &Index, text: &[u8]) -> Self {
        let mut found = Finder {
            index,
            text,
            before: [(0, 0); 8],
            count: 0,
            out: Vec::new(),
        };
        spans(text, |start, end| found.word(start, end));
        let mut out = found.out;
        out.sort_unstable_by_key(|m| (m.start, m.end, m.rule, m.kind));
        out.dedup();
        let mut mentions = Self {
            all: out,
            rules: Vec::new(),
        };
        mentions.note(0);
        mentions
    }

    /// Notes the rules of the mentions from the given one on.
    fn note(&mut self, from: usize) {
        for mention in self.all.get(from..).unwrap_or_default() {
            let (word, bit) = (usize::from(mention.rule / 64), mention.rule % 64);
            if names_provider(mention.kind) {
                if self.rules.len() <= word {
                    self.rules.resize(word + 1, 0);
                }
                self.rules[word] |= 1 << bit;
            }
        }
    }

    /// Whether some mention names the provider of this rule.
    pub(super) fn name(&self, rule: u16) -> bool {
        self.rules
            .get(usize::from(rule / 64))
            .is_some_and(|bits| bits >> (rule % 64) & 1 == 1)
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

/// The [`TAILS`] that end with two letters, a bit for each, by the letters' lowest five bits.
static TAILS_BY_END: [u64; 1024] = {
    assert!(TAILS.len() <= 64);
    let mut table = [0; 1024];
    let mut at = 0;
    while at < TAILS.len() {
        let tail = TAILS[at];
        table[end_of(tail[tail.len() - 2], tail[tail.len() - 1])] |= 1 << at;
        at += 1;
    }
    table
};

const fn end_of(last_but_one: u8, last: u8) -> usize {
    (last_but_one as usize & 31) << 5 | last as usize & 31
}

/// Finds the mentions, word by word.
struct Finder<'t> {
    index: &'t Index,
    text: &'t [u8],
    /// Where the last words stand.
    before: [(usize, usize); 8],
    count: usize,
    out: Vec<Mention>,
}

impl Finder<'_> {
    #[inline]
    fn word(&mut self, start: usize, end: usize) {
        let previous = self.before[self.count.wrapping_sub(1) % 8];
        self.before[self.count % 8] = (start, end);
        self.count += 1;
        // `KuCoin` is one name, though its capitals make two words of it.
        if self.count >= 2 && previous.1 == start && self.may_lead(previous.0, end) {
            self.compound(previous.0, end);
        }
        // `-Dbinance.apiKey=…`
        let option = start
            .checked_sub(1)
            .and_then(|dash| self.text.get(dash..=start))
            == Some(b"-D");
        let start = if option { start + 1 } else { start };
        if self.may_lead(start, end) {
            self.literals(start, end);
        }
    }

    /// Whether a literal may be looked up by this word, or by what it begins with.
    #[inline]
    fn may_lead(&self, start: usize, end: usize) -> bool {
        let word = self.text.get(start..end).unwrap_or_default();
        self.index.may_begin_literal(word)
    }

    fn compound(&mut self, start: usize, end: usize) {
        for literal in self.index.literals_at(hash(&self.text[start..end])) {
            if literal.words.len() == 1 {
                self.push(literal, start..end);
            }
        }
    }

    fn literals(&mut self, start: usize, end: usize) {
        let word = &self.text[start..end];
        let mut hit = self.index.literals_at(hash(word));
        let mut to = end;
        if hit.is_empty() && word.len() >= 6 {
            let length;
            (hit, length) = joined(self.index, word);
            to = start + length;
        }
        for literal in hit {
            if let Some(span) = self.matches(literal, to, end) {
                self.push(literal, span);
            }
        }
    }

    fn push(&mut self, literal: &Literal, span: Range<usize>) {
        self.out.push(Mention {
            start: span.start,
            end: span.end,
            kind: literal.kind,
            rule: literal.rule,
        });
    }

    /// Where a literal stands whose anchor is the last word, up to `to` of it; what follows the word
    /// begins at `next`.
    fn matches(&self, literal: &Literal, to: usize, next: usize) -> Option<Range<usize>> {
        let text = self.text;
        let before = |back: usize| {
            (back < self.count.min(8)).then(|| self.before[(self.count - 1 - back) % 8])
        };
        let anchor = usize::from(literal.anchor);
        let mut start = before(0)?.0;
        for back in 1..=anchor {
            let (from, end) = before(back)?;
            if hash(&text[from..end]) != literal.words.0[anchor - back] || !near(text, end, start) {
                return None;
            }
            start = from;
        }
        let mut end = to;
        let mut after = words(&text[next..]);
        for wanted in &literal.words.0[anchor + 1..] {
            let word = after.next()?;
            if word.hash != *wanted || !near(text, end, next + word.start) {
                return None;
            }
            end = next + word.end;
        }
        Some(start..end)
    }
}

/// What a word leads to without what is often written together with it, and the length of the rest.
fn joined(index: &Index, word: &[u8]) -> (&'static [Literal], usize) {
    if let [.., last_but_one, last] = word {
        let mut tails = TAILS_BY_END[end_of(*last_but_one, *last)];
        while tails != 0 {
            let tail = TAILS[tails.trailing_zeros() as usize];
            tails &= tails - 1;
            if let Some((head, end)) = word.split_at_checked(word.len().saturating_sub(tail.len()))
                && head.len() >= 3
                && end.eq_ignore_ascii_case(tail)
            {
                let hit = index.literals_at(hash(head));
                if !hit.is_empty() {
                    return (hit, head.len());
                }
            }
        }
    }
    // A number behind the word: `binance2`.
    let head = word
        .iter()
        .rposition(|b| !b.is_ascii_digit())
        .map_or(0, |last| last + 1);
    if head < word.len() && head >= 3 {
        return (index.literals_at(hash(&word[..head])), word.len());
    }
    (&[], word.len())
}

/// Whether two words belong together: at most two signs between them, no line break.
fn near(text: &[u8], end: usize, start: usize) -> bool {
    start.checked_sub(end).is_some_and(|gap| gap <= 2) && !text[end..start].contains(&b'\n')
}

/// What is assigned to the word that ends here: `testnet=False`, `"sandbox": 0`.
fn assigned(text: &[u8], end: usize) -> Option<&[u8]> {
    let tail = &text[end..text.len().min(end + 24)];
    let sign = |b: &u8| {
        matches!(
            b,
            b' ' | b'"' | b'\'' | b':' | b'=' | b'\\' | b'>' | b'(' | b',' | b'?'
        )
    };
    let skipped = tail.iter().take_while(|b| sign(b)).count();
    let (signs, value) = tail.split_at(skipped);
    signs
        .iter()
        .any(|b| matches!(b, b':' | b'=' | b'>' | b',' | b'('))
        .then_some(value)
}

/// Whether what follows a word switches it off.
pub(super) fn switched_off(text: &[u8], end: usize) -> bool {
    let off = [
        &b"false"[..],
        b"False",
        b"FALSE",
        b"0",
        b"no\n",
        b"off",
        b"None",
        b"null",
        b"nil",
    ];
    assigned(text, end).is_some_and(|value| off.iter().any(|word| value.starts_with(word)))
}

/// Whether what follows a word switches it on.
pub(super) fn switched_on(text: &[u8], end: usize) -> bool {
    let on = [&b"true"[..], b"True", b"TRUE", b"1", b"yes", b"on\n"];
    assigned(text, end).is_some_and(|value| on.iter().any(|word| value.starts_with(word)))
}
