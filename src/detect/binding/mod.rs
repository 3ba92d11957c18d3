//! What a value is bound to, whatever the syntax.
//!
//! Found outwards from the value within a bounded window, in any language, in broken or partial text
//! too: there is no parser for a language. Each file knows one family of constructs; all that comes
//! out is a [`Binding`].

mod argument;
mod brackets;
mod climb;
mod layout;
mod link;
mod literal;
mod markup;
mod name;
mod signs;
mod table;
mod text;

use std::ops::Range;

pub(super) use brackets::Brackets;
use text::Text;

/// How far back and forward a binding is looked for, in bytes.
pub(super) const BACK: usize = 8192;
pub(super) const FORWARD: usize = 4096;

/// What kind of place a name in the chain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// Variable, field, key, column, option or header that holds the value.
    Holder,
    /// A look-up whose default the value is: `os.getenv("X", …)`.
    Lookup,
    /// Function or class whose argument the value is.
    Callee,
    /// Another value in the same call, object or row that tells what it is: `"exchange": "okx"`.
    Sibling,
    /// Object, section, element or block that encloses the value.
    Enclosing,
    /// The URL the value stands in.
    Url,
    /// A comment, label or heading above or beside it.
    Label,
}

/// A name in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Where it stands.
    pub span: Range<usize>,
    /// What kind of place it is.
    pub kind: NameKind,
}

/// What a candidate is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The literal or word that holds the candidate, without quotes.
    pub value: Range<usize>,
    /// Whether the literal is quoted.
    pub quoted: bool,
    /// The names, the nearest first.
    pub names: Vec<Name>,
    /// Position among its neighbours where that tells its part: argument, tuple, row.
    pub index: Option<usize>,
    /// Whether it is the only argument of its call.
    pub alone: bool,
    /// Which half of a credential it is that is written `key:secret`.
    pub half: Option<usize>,
    /// The innermost bracket, section or block around it.
    pub scope: Range<usize>,
}

impl Binding {
    /// The first name that holds the value.
    pub fn holder(&self) -> Option<&Name> {
        self.names
            .iter()
            .find(|n| matches!(n.kind, NameKind::Holder | NameKind::Lookup))
    }

    fn push(&mut self, span: Range<usize>, mut kind: NameKind) {
        // What a call's result is assigned to does not hold the call's arguments.
        if kind == NameKind::Holder && self.names.iter().any(|n| n.kind == NameKind::Callee) {
            kind = NameKind::Enclosing;
        }
        if !span.is_empty() && !self.names.iter().any(|n| n.span == span) {
            self.names.push(Name { span, kind });
        }
    }
}

/// Finds what the value at `candidate` is bound to.
pub fn bind(bytes: &[u8], candidate: Range<usize>) -> Binding {
    bind_among(bytes, candidate, &mut Brackets::once())
}

/// The same of one value after another of a text: what is learnt of its brackets is kept.
pub(super) fn bind_among(
    bytes: &[u8],
    candidate: Range<usize>,
    brackets: &mut Brackets,
) -> Binding {
    // A NUL ends a text: what stands beyond it in a binary has nothing to do with the value.
    let low = candidate.start.saturating_sub(BACK);
    let high = candidate.end.saturating_add(FORWARD).min(bytes.len());
    let low = memchr::memrchr(0, &bytes[low..candidate.start]).map_or(low, |n| low + n + 1);
    let high = memchr::memchr(0, &bytes[candidate.end..high]).map_or(high, |n| candidate.end + n);
    let text = Text::new(bytes, low, high).around(&candidate);
    let literal = literal::around(&text, &candidate);
    let mut binding = Binding {
        value: literal.inner.clone(),
        quoted: literal.quote.is_some(),
        names: Vec::new(),
        index: None,
        alone: false,
        half: None,
        scope: text.line_start(candidate.start)..text.line_end(candidate.end),
    };
    let half = literal::half(&text, &candidate);
    if let Some((number, start)) = half {
        (binding.half, binding.index) = (Some(number), Some(number));
        link::follow(&text, start, &mut binding);
    } else if literal.inner.start < candidate.start {
        literal::inside(&text, &literal, &candidate, &mut binding);
    }
    // A piece behind a point is bound as the whole is.
    let piece = text.before(candidate.start) == Some(b'.');
    let whole = literal.inner.start == candidate.start || piece;
    if half.is_none() && (literal.quote.is_some() || whole) {
        link::follow(&text, literal.outer.start, &mut binding);
    }
    literal::account(&text, &candidate, &mut binding);
    literal::parsed(&text, &literal, &mut binding);
    markup::enclosing(&text, &literal, &mut binding);
    climb::enclosing(&text, &literal.outer, brackets, &mut binding);
    layout::enclosing(&text, &literal.outer, &mut binding);
    binding
}

#[cfg(test)]
mod tests;
