//! Names left of `=` and `:`: variables, fields, keys, labels, behind types and operators.

use std::ops::Range;

use super::link::{BUDGET, KEYWORDS, lower};
use super::text::{Text, is_name, is_quote};
use super::{Binding, NameKind};
use crate::detect::role::{self, Says};

/// Types that stand between a name and `=` (`var key string = …`).
const TYPES: &[&str] = &[
    "string", "str", "text", "&str", "any", "bytes", "char", "nsstring", "varchar", "const",
];

/// Left of `=`: the operator's other signs, a type, then the name.
pub(super) fn assigned(text: &Text<'_>, equals: usize, binding: &mut Binding) -> Option<usize> {
    let mut end = equals;
    while text
        .before(end)
        .is_some_and(|b| b"=!:+?|&.<>~".contains(&b))
        && end > text.low
    {
        if text.before(end) == Some(b'>') && end != equals {
            break;
        }
        if text.before(end) == Some(b'>') {
            break; // a generic type: `Option<String> =`
        }
        end -= 1;
    }
    let compared = text
        .slice(end..equals + 1)
        .windows(2)
        .any(|pair| matches!(pair, b"==" | b"!="));
    end = text.skip_blanks_back(end);
    if compared && text.before(end) == Some(b')') {
        // What a call returns is compared: the callee names it.
        let open = text.bracket_back(end - 1, BUDGET)?;
        binding.push(text.name_back(open), NameKind::Holder);
        return None;
    }
    if binding.index.is_none() && text.at(text.skip_quotes(binding.value.end)) == Some(b',') {
        // The first of `a, b = "…", "…"`; a name alone is no tuple.
        binding.index = Some(0);
        if !tuple(text, end, binding) {
            binding.index = None;
            return named(text, end, true, binding);
        }
        return None;
    }
    if tuple(text, end, binding) {
        return None;
    }
    named(text, end, true, binding)
}

/// `a, b = "…", "…"`: the name of the value's position.
fn tuple(text: &Text<'_>, end: usize, binding: &mut Binding) -> bool {
    let Some(index) = binding.index else {
        return false;
    };
    let left = text.trim(text.line_start(end)..end);
    let line = text.slice(left.clone());
    if !line.contains(&b',') || line.iter().any(|b| b"([{=\"'".contains(b)) {
        return false;
    }
    let mut start = left.start;
    for (number, piece) in line.split(|b| *b == b',').enumerate() {
        let span = text.trim(start..start + piece.len());
        if number == index {
            let name = text.name_back(span.end);
            binding.push(name, NameKind::Holder);
            return true;
        }
        start += piece.len() + 1;
    }
    false
}

/// The name that ends at `end`; `typed` when a type may stand between.
fn named(text: &Text<'_>, end: usize, typed: bool, binding: &mut Binding) -> Option<usize> {
    match text.before(end)? {
        b']' => {
            let open = text.bracket_back(end - 1, BUDGET)?;
            let inside = text.trim(open + 1..end - 1);
            let inner = unquote(text, inside.clone());
            if typed && inner == inside {
                // `key: Optional[str] = …`
                let kind = text.name_back(open);
                let left = text.skip_blanks_back(kind.start);
                if text.before(left) == Some(b':') {
                    return type_before(text, left, binding);
                }
            }
            if inner.is_empty() {
                return named(text, open, typed, binding); // `string[] keys`, `key []byte`
            }
            binding.push(inner, NameKind::Holder);
            let object = text.name_back(open);
            binding.push(object, NameKind::Enclosing);
            Some(open)
        }
        b'}' if typed => {
            // `string ApiKey { get; set; } = "…"`
            let open = text.bracket_back(end - 1, 200)?;
            named(text, text.skip_blanks_back(open), typed, binding)
        }
        b')' => {
            let open = text.bracket_back(end - 1, BUDGET)?;
            let inner = unquote(text, text.trim(open + 1..end - 1));
            binding.push(inner, NameKind::Holder);
            binding.push(text.name_back(open), NameKind::Enclosing);
            Some(open)
        }
        b'>' if typed => {
            let mut open = end - 1;
            while open > text.low && text.bytes[open] != b'<' && text.bytes[open] != b'\n' {
                open -= 1;
            }
            let kind = text.name_back(open);
            type_before(text, kind.start, binding)
        }
        b'?' | b'!' | b'*' | b'&' => named(text, text.skip_blanks_back(end - 1), typed, binding),
        b'|' if typed => {
            // `key: str | None = …`
            named(text, text.skip_blanks_back(end - 1), typed, binding)
        }
        quote if is_quote(quote) => {
            let open = text.string_back(end - 1)?;
            let close = if text.before(end - 1) == Some(b'\\') {
                end - 2
            } else {
                end - 1
            };
            binding.push(open + 1..close, NameKind::Holder);
            Some(open)
        }
        byte if is_name(byte) || byte == b'%' || byte == b'}' => {
            let end = if byte == b'%' || byte == b'}' {
                end - 1
            } else {
                end
            };
            let name = text.name_back(end);
            if typed && let Some(further) = past_type(text, &name, binding) {
                return Some(further);
            }
            binding.push(name.clone(), NameKind::Holder);
            Some(name.start)
        }
        _ => None,
    }
}

/// `name: type =`, `var name type =`: the name is further left.
fn past_type(text: &Text<'_>, name: &Range<usize>, binding: &mut Binding) -> Option<usize> {
    let left = text.skip_blanks_back(name.start);
    match text.before(left) {
        Some(b':')
            if text
                .slice(left.saturating_sub(5).max(text.low)..left)
                .eq_ignore_ascii_case(b"$env:") =>
        {
            None
        }
        // `android:apiKey="…"`: a prefix of XML, and no type is called so.
        Some(b':')
            if left == name.start
                && text.before(left - 1).is_some_and(is_name)
                && role::of_name(text.slice(name.clone())) != Says::Nothing =>
        {
            None
        }
        Some(b':') if text.before(left - 1) != Some(b':') => type_before(text, left, binding),
        Some(b'&' | b'*') => {
            let left = text.skip_blanks_back(left - 1);
            (text.before(left) == Some(b':'))
                .then(|| type_before(text, left, binding))
                .flatten()
        }
        Some(b'|') => named(text, text.skip_blanks_back(left - 1), true, binding),
        Some(byte)
            if is_name(byte)
                && left < name.start
                && TYPES.contains(&lower(text, name.clone()).as_str()) =>
        {
            let before = text.name_back(left);
            if text.before(before.start) == Some(b'\'') {
                return type_before(text, before.start, binding); // `&'static str`
            }
            if KEYWORDS.contains(&lower(text, before.clone()).as_str()) {
                return None;
            }
            binding.push(before.clone(), NameKind::Holder);
            Some(before.start)
        }
        _ => None,
    }
}

/// Left of a type: over `:` and lifetimes to the name.
fn type_before(text: &Text<'_>, at: usize, binding: &mut Binding) -> Option<usize> {
    let mut end = at;
    loop {
        end = text.skip_blanks_back(end);
        match text.before(end)? {
            b':' | b'&' | b'\'' | b'?' | b'!' => end -= 1,
            _ => break,
        }
    }
    named(text, end, false, binding)
}

/// Left of `:`: a key, quoted or not; words of a label or a header may hold blanks.
pub(super) fn keyed(text: &Text<'_>, colon: usize, binding: &mut Binding) -> Option<usize> {
    let end = text.skip_blanks_back(colon);
    match text.before(end)? {
        quote if is_quote(quote) || quote == b']' => named(text, end, false, binding),
        b'*' | b'_' | b'`' => keyed(text, end - 1, binding), // **Key:**
        b'!' => keyed(text, end - 1, binding),               // `a ? process.env.KEY! : "…"`
        b')' => {
            // Secret (HMAC): the words before the parenthesis too.
            let open = text.bracket_back(end - 1, 200)?;
            keyed(text, open, binding)
        }
        _ => {
            if let Some(user) = user_of(text, end) {
                binding.index = Some(1);
                binding.push(user, NameKind::Callee);
                return None;
            }
            let mut start = text.name_back(end).start;
            let floor = text.line_start(end).max(end.saturating_sub(64));
            while start > floor {
                match text.bytes[start - 1] {
                    b' ' | b'/' | b'\'' => start -= 1,
                    byte if is_name(byte) => start -= 1,
                    _ => break,
                }
            }
            let span = text.trim(start..end);
            // `? a : b` chooses; the name is further left.
            binding.push(strip_marks(text, span.clone()), NameKind::Holder);
            Some(span.start)
        }
    }
}

/// `-u user:` or `--user "user:`, `scheme://user:`: the option or scheme.
fn user_of(text: &Text<'_>, colon: usize) -> Option<Range<usize>> {
    let mut start = colon;
    while text
        .before(start)
        .is_some_and(|b| is_name(b) || matches!(b, b'+' | b'/'))
    {
        start -= 1;
    }
    if start == colon {
        return None;
    }
    let head = text.slice(start..colon);
    if let Some(scheme) = memchr::memmem::rfind(head, b"://") {
        return (scheme + 3 < head.len()).then(|| start..start + scheme);
    }
    if text.before(start).is_some_and(is_quote) {
        start -= 1;
    }
    user_option(text, start)
}

/// The option `-u` or `--user` that ends before `start`.
pub(super) fn user_option(text: &Text<'_>, start: usize) -> Option<Range<usize>> {
    let option = text.name_back(text.skip_blanks_back(start));
    let dashed = text.before(option.start) == Some(b'-');
    let user = match text.slice(option.clone()) {
        b"-u" | b"--user" => true,
        b"u" | b"-user" => dashed,
        _ => false,
    };
    user.then_some(option)
}

/// Without list marks and keywords of declarations in front.
fn strip_marks(text: &Text<'_>, mut span: Range<usize>) -> Range<usize> {
    loop {
        let head = text.slice(span.clone());
        let skip = match head {
            [b'-' | b'*' | b'/' | b'\'' | b'.', ..] => 1,
            [b' ', ..] => 1,
            _ if head.starts_with(b"export ") => 7,
            _ => return span,
        };
        span.start += skip;
    }
}

/// The content of a quoted span.
pub(super) fn unquote(text: &Text<'_>, mut span: Range<usize>) -> Range<usize> {
    while span.len() >= 2
        && matches!(
            text.bytes[span.start],
            b'"' | b'\'' | b'`' | b'\\' | b':' | b'@'
        )
    {
        span.start += 1;
    }
    while span.len() >= 2 && matches!(text.bytes[span.end - 1], b'"' | b'\'' | b'`' | b'\\') {
        span.end -= 1;
    }
    span
}
