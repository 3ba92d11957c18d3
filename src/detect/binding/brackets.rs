//! What was learnt of a text's brackets while its values are bound, one after the other: values stand close
//! together in lists of thousands, and the same brackets enclose them.
//!
//! Nothing of it changes what a value is bound to. A window cuts the text: what was learnt in another window
//! counts where nothing read there reaches over the edge of this one.

use super::signs::Signs;
use super::text::{Text, is_quote};

/// How many brackets are remembered at a time, of each kind.
const KEPT: usize = 1 << 10;

/// How many bytes a string has at most that is passed over on the way back.
const STRING: usize = 1000;

/// What is known of one text.
#[derive(Debug, Default)]
pub(in crate::detect) struct Brackets {
    /// Where walks went on from outside of all brackets that they had passed, and what they met next.
    outwards: Vec<Entry<Next>>,
    /// Where closing brackets open.
    opens: Vec<Entry<usize>>,
    /// Where opening ones close.
    ends: Vec<Entry<Read>>,
    /// A bit for each byte of the text in front of which a string was passed over that goes on there.
    inside: Vec<u64>,
    /// Where the walk that is under way went on.
    pending: Vec<usize>,
    /// The closing brackets that it is inside of.
    closed: Vec<usize>,
    /// Where the last window begins.
    low: usize,
    /// Whether a walk that ends there may read what stands there as no other does that goes on, once asked.
    edge: Option<bool>,
    /// Whether nothing is kept: no other value of the text is asked for.
    once: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry<T> {
    /// The offset and one.
    at: usize,
    what: T,
}

/// The next opening bracket on the way back, or how far there is none.
#[derive(Clone, Copy, Debug)]
enum Next {
    Bracket(usize),
    None(usize),
}

impl Default for Next {
    fn default() -> Self {
        Self::None(usize::MAX)
    }
}

/// How far what follows a bracket was read, and how many are open there; none where it closes.
#[derive(Clone, Copy, Debug, Default)]
struct Read {
    to: usize,
    open: usize,
}

fn known<T: Copy>(entries: &[Entry<T>], at: usize) -> Option<T> {
    let entry = entries.get(at % KEPT)?;
    (entry.at == at + 1).then_some(entry.what)
}

fn learn<T: Copy + Default>(entries: &mut Vec<Entry<T>>, at: usize, what: T) {
    if entries.is_empty() {
        entries.resize(KEPT, Entry::default());
    }
    if let Some(entry) = entries.get_mut(at % KEPT) {
        *entry = Entry { at: at + 1, what };
    }
}

impl Brackets {
    /// For one value.
    pub(super) fn once() -> Self {
        Self {
            once: true,
            ..Self::default()
        }
    }

    /// Forgets what it knows: another text follows.
    pub(in crate::detect) fn forget(&mut self) {
        self.outwards.clear();
        self.opens.clear();
        self.ends.clear();
        self.inside.clear();
        self.low = 0;
        self.edge = None;
    }

    /// A window follows. What was learnt where less of the text could be read does not count where there is
    /// more.
    pub(super) fn enter(&mut self, text: &Text<'_>) {
        if text.low < self.low {
            self.forget();
        }
        if text.low != self.low {
            self.edge = None;
        }
        self.low = text.low;
    }

    /// The bracket around `at`, the next one outwards.
    pub(super) fn outwards(&mut self, text: &Text<'_>, from: usize) -> Option<usize> {
        self.pending.clear();
        self.closed.clear();
        self.pending.push(from);
        let found = self.walk(text, from);
        let next = found.map_or(Next::None(text.low), Next::Bracket);
        for at in self.pending.drain(..).filter(|_| !self.once) {
            learn(&mut self.outwards, at, next);
        }
        found
    }

    fn walk(&mut self, text: &Text<'_>, from: usize) -> Option<usize> {
        if let Some(next) = self.next(text, from) {
            return next;
        }
        let mut signs = Signs::new(text.bytes);
        let mut at = from;
        while let Some(sign) = signs.before(at, text.low) {
            at = sign;
            match text.bytes.get(at) {
                Some(b')' | b']' | b'}') => match known(&self.opens, at) {
                    Some(open) if open >= text.low => {
                        at = open;
                        if self.closed.is_empty() {
                            if let Some(next) = self.next(text, at) {
                                return next;
                            }
                            self.pending.push(at);
                        }
                    }
                    _ => self.closed.push(at),
                },
                Some(b'(' | b'[' | b'{') => match self.closed.pop() {
                    Some(close) => {
                        if !self.once {
                            learn(&mut self.opens, close, at);
                        }
                        if self.closed.is_empty() {
                            if let Some(next) = self.next(text, at) {
                                return next;
                            }
                            self.pending.push(at);
                        }
                    }
                    None => return Some(at),
                },
                Some(quote) if is_quote(*quote) => {
                    if let Some(open) = text.string_back(at).filter(|open| at - open < STRING) {
                        self.pass(open, at, text.bytes.len());
                        at = open;
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// What a walk met that went on from `at`, where this window shows the same.
    fn next(&mut self, text: &Text<'_>, at: usize) -> Option<Option<usize>> {
        match known(&self.outwards, at)? {
            Next::Bracket(bracket) => (bracket >= text.low).then_some(Some(bracket)),
            Next::None(low) => (low <= text.low && !self.is_cut(text)).then_some(None),
        }
    }

    /// Notes a string that was passed over.
    fn pass(&mut self, open: usize, close: usize, length: usize) {
        if self.once {
            return;
        }
        if self.inside.is_empty() {
            self.inside.resize(length / 64 + 1, 0);
        }
        let (first, last) = (open + 1, close);
        for word in first / 64..=last / 64 {
            let mut bits = !0u64;
            if word == first / 64 {
                bits &= !0 << (first % 64);
            }
            if word == last / 64 {
                bits &= !0 >> (63 - last % 64);
            }
            if let Some(inside) = self.inside.get_mut(word) {
                *inside |= bits;
            }
        }
    }

    /// Whether a walk that ends where the window begins may read what stands there as no other does that goes on.
    fn is_cut(&mut self, text: &Text<'_>) -> bool {
        // What walks in this very window pass over meets no other text there.
        if let Some(edge) = self.edge {
            return edge;
        }
        let edge = self.cuts(text);
        self.edge = Some(edge);
        edge
    }

    fn cuts(&self, text: &Text<'_>) -> bool {
        let at = text.low;
        let escaped = at.checked_sub(1).and_then(|at| text.bytes.get(at)) == Some(&b'\\');
        if escaped {
            return true;
        }
        let bits = |at: usize| self.inside.get(at / 64).copied().unwrap_or_default() >> (at % 64);
        let mut close = at;
        while bits(close) & 1 == 1 {
            close += bits(close).trailing_ones() as usize;
        }
        // The last of them is its closing quote, which opens nothing without another one in front of it.
        close > at && Signs::new(text.bytes).from(at, close - 1).is_some()
    }

    /// Where the bracket that opens at `open` closes, within `budget` bytes; else the end of that budget.
    pub(super) fn end(&mut self, text: &Text<'_>, open: usize, budget: usize) -> usize {
        if self.once {
            return end(text, open, budget);
        }
        let limit = text.high.min(open.saturating_add(budget));
        let known = known(&self.ends, open).filter(|read| read.to <= limit);
        let (end, read) = match known {
            Some(read) if read.open == 0 => return read.to,
            Some(read) => read_on(text, read, limit),
            None => read_on(text, Read { to: open, open: 0 }, limit),
        };
        learn(&mut self.ends, open, read);
        end
    }
}

/// The same, once.
pub(super) fn end(text: &Text<'_>, open: usize, budget: usize) -> usize {
    let limit = text.high.min(open.saturating_add(budget));
    read_on(text, Read { to: open, open: 0 }, limit).0
}

/// Reads on up to where a bracket closes, or to `limit`. Besides that place, how far what was read is the same
/// whatever stands behind `limit`: up to a quote whose other one is not found before.
fn read_on(text: &Text<'_>, from: Read, limit: usize) -> (usize, Read) {
    let Read {
        to: mut at,
        mut open,
    } = from;
    let mut signs = Signs::new(text.bytes);
    let mut sure = None;
    while let Some(sign) = signs.from(at, limit) {
        at = sign;
        match text.bytes.get(at) {
            Some(b'(' | b'[' | b'{') => open += 1,
            Some(b')' | b']' | b'}') => {
                open = open.saturating_sub(1);
                if open == 0 {
                    let end = Read { to: at + 1, open };
                    return (at + 1, sure.unwrap_or(end));
                }
            }
            Some(quote) if is_quote(*quote) => match text.string_ends(at, limit) {
                Some(end) => at = end,
                None => {
                    sure.get_or_insert(Read { to: at, open });
                }
            },
            _ => {}
        }
        at += 1;
    }
    (limit, sure.unwrap_or(Read { to: limit, open }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Brackets;
    use crate::detect::binding::{bind, bind_among};

    /// Texts of some windows' length, of brackets, quotes, words and ends of lines.
    fn texts() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            6 => "[a-z]{1,12}",
            3 => "[\\[\\](){}]",
            3 => "[\"'`]",
            2 => "(\"[a-z {}\\]]{0,30}\"|'[a-z(]{0,9}')[:,=]",
            1 => "(\\\\\"|\\\\\\\\|\n|\r\n|  )",
            1 => "[a-z]{900,1100}",
        ];
        let pieces = prop::collection::vec(piece, 1..40);
        (pieces, 1..60usize, any::<bool>()).prop_map(|(pieces, times, lines)| {
            let text = pieces.concat().repeat(times);
            let text = if lines { text } else { text.replace('\n', " ") };
            text.into_bytes()
        })
    }

    proptest! {
        #[test]
        fn what_is_remembered_changes_nothing(text in texts(), places in prop::collection::vec((0..60_000usize, 1..40usize), 1..40), sorted in any::<bool>()) {
            let mut places = places;
            if sorted {
                places.sort_unstable();
            }
            let mut brackets = Brackets::default();
            for (start, length) in places {
                let start = start % text.len();
                let value = start..(start + length).min(text.len());
                let expected = bind(&text, value.clone());
                prop_assert_eq!(bind_among(&text, value, &mut brackets), expected);
            }
        }
    }
}
