//! Rows of a table of settings without a list of its columns: `INSERT INTO settings VALUES (58, 'api_secret', NULL,
//! '…')`. One column holds a setting's name and another its value.

use std::ops::Range;

use super::name::{self, Named};
use super::near::WINDOW;
use crate::detect::binding::Binding;

/// The longest name of a setting, in bytes.
const LONGEST: usize = 48;

/// The nearest element in front of a value in its row that is clearly the name of a secret, and what it says.
pub(super) fn beside(text: &[u8], binding: &Binding) -> Option<(Named, Range<usize>)> {
    let scope = &binding.scope;
    let row = binding.index.is_some()
        && binding.quoted
        && text.get(scope.start) == Some(&b'(')
        && is_row(text.get(..scope.start)?);
    if !row {
        return None;
    }
    let start = scope.start.max(binding.value.start.saturating_sub(WINDOW));
    let head = text.get(start..binding.value.start)?;
    let mut quotes = memchr::memrchr2_iter(b'\'', b'"', head);
    // The value's own quote.
    let mut end = quotes.next()?;
    for quote in quotes {
        let element = head.get(quote + 1..end)?;
        let named = Some(element).filter(|element| is_word(element));
        if let Some(named) = named.and_then(name::of_name).filter(|named| named.clear) {
            return Some((named, start + quote + 1..start + end));
        }
        end = quote;
    }
    None
}

/// Whether `VALUES` or another row stands right in front.
fn is_row(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    if let Some(other) = before.strip_suffix(b",") {
        return other.trim_ascii_end().ends_with(b")");
    }
    let word = before.get(before.len().saturating_sub(6)..);
    word.is_some_and(|word| word.eq_ignore_ascii_case(b"values"))
}

/// Whether an element is written as settings are named.
fn is_word(element: &[u8]) -> bool {
    let own = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    (3..=LONGEST).contains(&element.len()) && element.iter().all(own)
}

/// Whether a value is the name of an index in the definition of a table: ``KEY `FK…` (`owner_id`)``.
pub(super) fn is_index(text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    let own = text.get(name.clone()).unwrap_or_default();
    let between = text.get(name.end..value.start).unwrap_or_default();
    let quote = |b: &u8| matches!(b, b'"' | b'`' | b'\'');
    let Some((last, blanks)) = between.split_last().filter(|(last, _)| quote(last)) else {
        return false;
    };
    let behind = text.get(value.end..).unwrap_or_default();
    let column = behind.strip_prefix(&[*last]);
    let column = column.and_then(|rest| rest.trim_ascii_start().strip_prefix(b"("));
    own.eq_ignore_ascii_case(b"key")
        && !blanks.is_empty()
        && blanks.iter().all(u8::is_ascii_whitespace)
        && column.is_some_and(|rest| rest.trim_ascii_start().first().is_some_and(quote))
}

#[cfg(test)]
mod tests {
    use super::is_index;

    #[test]
    fn names_of_indexes_are_no_keys() {
        for (text, expected) in [
            ("KEY `FK6sy1f57pseoxx4fmc` (`app_id`) USING BTREE", true),
            ("UNIQUE KEY \"UK_kpub7os9gc2cvt\" (\"email\"),", true),
            ("key: \"FK6sy1f57pseoxx4fmc\"", false),
            ("KEY \"FK6sy1f57pseoxx4fmc\"", false),
            ("KEY=\"FK6sy1f57pseoxx4fmc\" (\"a\")", false),
        ] {
            let bytes = text.as_bytes();
            let name = text.to_ascii_lowercase().find("key").map(|at| at..at + 3);
            let start = text.find(['`', '"']).map_or(0, |at| at + 1);
            let length = bytes
                .iter()
                .skip(start)
                .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
                .count();
            let told = name.is_some_and(|name| is_index(bytes, &name, &(start..start + length)));
            assert_eq!(told, expected, "{text}");
        }
    }
}
