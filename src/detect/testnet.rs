//! Whether what stands around a value says that it is of a test net.

use std::ops::Range;

use super::binding::Binding;
use super::mention::{Mention, Mentions};
use crate::rule::MentionKind;

/// How long the scope of a value may be for what it says to be said of the value, in bytes.
const SCOPE: usize = 2000;

/// Where a text may say so of a value: in its names and in its scope.
pub(super) fn spans(binding: &Binding) -> impl Iterator<Item = &Range<usize>> {
    let scope = Some(&binding.scope).filter(|scope| scope.len() <= SCOPE);
    binding.names.iter().map(|name| &name.span).chain(scope)
}

/// Whether the names around a value, its scope or the path say so. `mentions` are those in [`spans`] at least.
pub(super) fn is_said(
    text: &[u8],
    mentions: &Mentions,
    path_mentions: &Mentions,
    rule: u16,
    binding: &Binding,
) -> bool {
    let here = |m: &Mention| is_mark(text, m, rule);
    let chain = binding
        .names
        .iter()
        .any(|name| mentions.within(&name.span).any(here));
    let scope = &binding.scope;
    let bracket = scope.len() <= SCOPE && matches!(text.get(scope.start), Some(b'(' | b'{'));
    // `testnet = True` among the lines around it.
    let on = |m: &Mention| here(m) && switched_on(text, m.end);
    chain
        || bracket && mentions.within(scope).any(here)
        || scope.len() <= SCOPE && mentions.within(scope).any(on)
        || path_mentions
            .all()
            .iter()
            .any(|m| m.rule == rule && m.kind == MentionKind::Testnet)
}

/// Whether a mention says that something of this rule is of a test net.
pub(super) fn is_mark(text: &[u8], mention: &Mention, rule: u16) -> bool {
    mention.rule == rule && mention.kind == MentionKind::Testnet && !switched_off(text, mention.end)
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
fn switched_off(text: &[u8], end: usize) -> bool {
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
fn switched_on(text: &[u8], end: usize) -> bool {
    let on = [&b"true"[..], b"True", b"TRUE", b"1", b"yes", b"on\n"];
    assigned(text, end).is_some_and(|value| on.iter().any(|word| value.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::{is_said, spans};
    use crate::detect::binding::bind;
    use crate::detect::mention::{Finding, Mentions};
    use crate::detect::random::tests::Seed;
    use crate::rule::Set;

    #[test]
    fn names_and_scope_say_as_much_as_the_whole_text() {
        let set = Set::builtin();
        let mut finding = Finding::default();
        let value = Seed(191).value(b"0123456789abcdef", 32);
        let value = String::from_utf8_lossy(&value);
        let mut said = 0;
        for (number, rule) in (0u16..).zip(set.rules()) {
            for mark in rule.context.testnet.0 {
                for text in [
                    format!("{mark} = {{\n  key: \"{value}\",\n}}\n"),
                    format!("client = Client(\"{value}\", {mark}=True)\n"),
                    format!("client = Client(\"{value}\", {mark}=False)\n"),
                    format!("{mark}_key = \"{value}\"\n"),
                    format!("{mark} = True\nkey = \"{value}\"\n"),
                    format!("{mark}\n\n{}\n\nkey = \"{value}\"\n", "words ".repeat(400)),
                ] {
                    let at = text.find(&*value).unwrap_or_default();
                    let text = text.as_bytes();
                    let binding = bind(text, at..at + value.len());
                    let path = Mentions::default();
                    let all = Mentions::find(set.index(), text, &mut finding);
                    let few = Mentions::of_spans(set.index(), text, spans(&binding), &mut finding);
                    let expected = is_said(text, &all, &path, number, &binding);
                    assert_eq!(is_said(text, &few, &path, number, &binding), expected);
                    said += usize::from(expected);
                }
            }
        }
        assert!(said > 100, "{said}");
    }
}
