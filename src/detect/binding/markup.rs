//! Elements and attributes, and values whose name stands in a field beside them
//! (`{"name": "…", "value": "…"}`, `- name: …` over `value: …`, `<add key="…" value="…"/>`).

use std::ops::Range;

use super::brackets;
use super::literal::Literal;
use super::text::{Text, is_quote};
use super::{Binding, NameKind, name};
use crate::detect::role::{self, Says};

/// Fields that hold a value whose name stands beside it.
const VALUE_FIELDS: &[&[u8]] = &[
    b"default_value",
    b"default_value_t",
    b"envdefault",
    b"fallback",
    b"defaultto",
    b"value",
    b"val",
    b"default",
    b"defaultvalue",
    b"content",
    b"data",
    b"text",
    b"string",
    b"initialvalue",
    b"currentvalue",
    b"currentvalue",
];
/// Fields that hold such a name.
const NAME_FIELDS: &[&[u8]] = &[
    b"name",
    b"key",
    b"id",
    b"header",
    b"param",
    b"variable",
    b"field",
    b"label",
    b"parameter",
    b"property",
    b"title",
];

/// How many elements outwards.
const DEPTH: usize = 5;

pub(super) fn enclosing(text: &Text<'_>, literal: &Literal, binding: &mut Binding) {
    if let Some(tag) = open_tag(text, literal.outer.start) {
        attributes(text, tag, &literal.outer, binding);
        elements(text, tag, binding);
    } else if text.before(text.skip_space_back(literal.outer.start)) == Some(b'>') {
        element_text(text, &literal.outer, binding);
    }
    name_beside(text, binding);
}

/// Whether a value is all the text of an element: a tag ends before it, and one that closes stands behind it.
pub(super) fn closes(text: &Text<'_>, value: &Range<usize>) -> bool {
    let mut end = value.end;
    while text.at(end) == Some(b'=') && end - value.end < 2 {
        end += 1;
    }
    text.before(value.start) == Some(b'>') && text.slice(end..end + 2) == b"</"
}

/// Where the tag begins that `at` stands in, among its attributes.
fn open_tag(text: &Text<'_>, at: usize) -> Option<usize> {
    let floor = text.low.max(at.saturating_sub(1000));
    let head = text.slice(floor..at);
    let open = memchr::memrchr(b'<', head)?;
    let tag = &head[open + 1..];
    let named = tag.first().is_some_and(|b| b.is_ascii_alphabetic());
    // Quotes must pair, so that `a < b` and text after the tag are not taken for attributes.
    let open_quotes = tag.iter().filter(|b| **b == b'"').count();
    (named && open_quotes % 2 == 0 && !tag.contains(&b'>') && tag.contains(&b'='))
        .then_some(floor + open)
}

/// `<add key="name" value="…"/>`: the other attributes name the value.
fn attributes(text: &Text<'_>, tag: usize, value: &Range<usize>, binding: &mut Binding) {
    let mut end = value.end;
    while text.at(end).is_some_and(|b| b != b'>') && end - value.end < 1000 {
        end += 1;
    }
    binding.scope = tag..end;
    let own = binding
        .holder()
        .map(|name| text.slice(name.span.clone()).to_ascii_lowercase());
    let indirect = own.is_none_or(|own| VALUE_FIELDS.contains(&own.as_slice()));
    let mut at = tag;
    let mut position = 0;
    while let Some(found) = memchr::memchr(b'=', text.slice(at..end)) {
        let equals = at + found;
        let name = text.name_back(text.skip_blanks_back(equals));
        let open = text.skip_space(equals + 1);
        if !text.at(open).is_some_and(is_quote) {
            at = equals + 1;
            continue;
        }
        let close = text.string_end(open, end);
        if open + 1 != value.start + 1 && close > open {
            let key = text.slice(name).to_ascii_lowercase();
            if indirect && NAME_FIELDS.contains(&key.as_slice()) {
                binding.names.insert(
                    position,
                    super::Name {
                        span: open + 1..close,
                        kind: NameKind::Holder,
                    },
                );
                position += 1;
            } else if close - open <= 80 {
                binding.push(open + 1..close, NameKind::Sibling);
            }
        }
        at = close.max(equals) + 1;
    }
    let mut name_end = tag + 1;
    while text.at(name_end).is_some_and(super::text::is_name) {
        name_end += 1;
    }
    binding.push(tag + 1..name_end, NameKind::Enclosing);
}

/// `<tag name="…">value</tag>`, and `<key>name</key><string>value</string>` of property lists.
pub(super) fn element_text(text: &Text<'_>, value: &Range<usize>, binding: &mut Binding) {
    let close = text.skip_space_back(value.start);
    let floor = text.low.max(close.saturating_sub(1000));
    let Some(open) = memchr::memrchr(b'<', text.slice(floor..close)).map(|n| floor + n) else {
        return;
    };
    let tag = text.slice(open + 1..close.saturating_sub(1));
    if !tag.first().is_some_and(u8::is_ascii_alphabetic) {
        return;
    }
    let length = tag
        .iter()
        .take_while(|b| super::text::is_name(**b) || **b == b':')
        .count();
    let name = open + 1..open + 1 + length;
    let mut at = name.end;
    while let Some(found) = memchr::memchr(b'"', text.slice(at..close)) {
        let start = at + found;
        let end = text.string_end(start, close);
        binding.push(start + 1..end, NameKind::Holder);
        at = end.max(start) + 1;
    }
    let kind = text.slice(name.clone()).to_ascii_lowercase();
    if matches!(
        kind.as_slice(),
        b"string" | b"data" | b"value" | b"defaultvalue" | b"td" | b"dd"
    ) {
        // The element before it holds the name.
        let end = text.skip_space_back(open);
        let floor = text.low.max(end.saturating_sub(400));
        let before = text.slice(floor..end);
        if before.ends_with(b">")
            && let Some(tail) = memchr::memmem::rfind(before, b"</")
            && let Some(head) = memchr::memrchr(b'>', &before[..tail])
            && tail - head < 120
        {
            binding.push(text.trim(floor + head + 1..floor + tail), NameKind::Holder);
        }
    }
    binding.push(name, NameKind::Holder);
    elements(text, open, binding);
}

/// The elements around the tag that begins at `tag`.
fn elements(text: &Text<'_>, tag: usize, binding: &mut Binding) {
    let mut closed = 0usize;
    let mut found = 0;
    let mut at = tag;
    while let Some(open) = memchr::memrchr(b'<', text.slice(text.low..at)).map(|n| text.low + n) {
        let head = text.slice(open + 1..at);
        let end = memchr::memchr(b'>', head).unwrap_or(head.len());
        let body = &head[..end];
        at = open;
        if body.starts_with(b"/") {
            closed += 1;
        } else if body.first().is_some_and(u8::is_ascii_alphabetic) && !body.ends_with(b"/") {
            if closed > 0 {
                closed -= 1;
                continue;
            }
            if found == 0 && binding.scope.len() < 400 {
                binding.scope = open..text.line_end(tag).min(text.high).max(binding.scope.end);
            }
            binding.push(open + 1..open + 1 + end, NameKind::Enclosing);
            found += 1;
            if found == DEPTH {
                return;
            }
        }
    }
}

/// The holder is called `value` or the like: its name stands in a field of the same object, above or
/// below.
fn name_beside(text: &Text<'_>, binding: &mut Binding) {
    let Some(holder) = binding.holder() else {
        return;
    };
    let own = text.slice(holder.span.clone()).to_ascii_lowercase();
    if !VALUE_FIELDS.contains(&own.as_slice()) {
        return;
    }
    let holder = holder.span.clone();
    let place = binding
        .names
        .iter()
        .position(|n| n.span == holder)
        .unwrap_or(0);
    // The neighbourhood: the object's braces, or three lines either way.
    let mut start = text.line_start(holder.start);
    let mut end = text.line_end(binding.value.end);
    for _ in 0..3 {
        start = text.line_above(start).map_or(start, |l| l.start);
        end = text.line_below(end).map_or(end, |l| l.end);
    }
    let head = text.slice(start..holder.start);
    if let Some(brace) = head.iter().rposition(|b| matches!(b, b'{' | b'}' | b'<')) {
        start += brace + 1;
    }
    let tail = text.slice(binding.value.end..end);
    if let Some(brace) = tail.iter().position(|b| matches!(b, b'}' | b'{')) {
        end = binding.value.end + brace;
    }
    // In a call, what stands beside it does.
    let call = call_around(text, start..holder.start);
    if let Some(open) = call {
        start = open + 1;
        end = end
            .min(brackets::end(text, open, CALL))
            .max(binding.value.end);
    }
    let mut best: Option<(usize, Range<usize>)> = None;
    let mut at = start;
    while let Some(found) = text
        .slice(at..end)
        .iter()
        .position(|b| matches!(b, b':' | b'='))
    {
        let colon = at + found;
        at = colon + 1;
        let mut key_end = text.skip_blanks_back(colon);
        while key_end > start && is_quote(text.bytes[key_end - 1]) {
            key_end -= 1;
        }
        let key = text.name_back(
            key_end
                .min(text.high)
                .saturating_sub(usize::from(text.before(key_end) == Some(b'\\'))),
        );
        let word = text.slice(key.clone()).to_ascii_lowercase();
        let word = word.strip_prefix(b"-").unwrap_or(&word);
        if key.start == holder.start || !NAME_FIELDS.contains(&word) {
            continue;
        }
        let mut value = text.skip_space(colon + 1)..text.line_end(colon).min(end);
        if let Some(stop) = text
            .slice(value.clone())
            .iter()
            .position(|b| matches!(b, b',' | b'}' | b';'))
        {
            value.end = value.start + stop;
        }
        let mut value = text.trim(value);
        while value.len() > 1 && matches!(text.bytes[value.start], b'"' | b'\'' | b'\\' | b'>') {
            value.start += 1;
        }
        while value.len() > 1 && matches!(text.bytes[value.end - 1], b'"' | b'\'' | b'\\') {
            value.end -= 1;
        }
        let distance = if key.start < holder.start {
            holder.start - key.start
        } else {
            (key.start - holder.start) * 2
        };
        if !value.is_empty()
            && value.len() <= 100
            && best.as_ref().is_none_or(|(d, _)| distance < *d)
        {
            best = Some((distance, value));
        }
    }
    if best.is_none() {
        match call.and_then(|open| title(text, open + 1..holder.start)) {
            Some(name) => best = Some((0, name)),
            None => default_of(text, &holder, place, binding),
        }
        // `api_secret: str = field(default="…")`
        if best.is_none()
            && let Some(open) = call
        {
            let equals = text.skip_blanks_back(text.name_back(open).start);
            if text.before(equals) == Some(b'=') {
                name::assigned(text, equals - 1, binding);
            }
        }
    }
    if let Some((_, span)) = best {
        binding.names.insert(
            place,
            super::Name {
                span,
                kind: NameKind::Holder,
            },
        );
    }
}

/// How long a call may be whose arguments name a value, in bytes.
const CALL: usize = 600;

/// The parenthesis that opens the call, among whose arguments the holder stands that a span ends with.
fn call_around(text: &Text<'_>, span: Range<usize>) -> Option<usize> {
    let floor = span.start.max(span.end.saturating_sub(CALL));
    let mut at = span.end;
    while at > floor {
        at -= 1;
        match text.bytes[at] {
            b'(' => return Some(at),
            b')' | b']' | b'}' => at = text.bracket_back(at, CALL)?,
            b'[' | b'{' | b'<' | b';' => return None,
            quote if is_quote(quote) => at = text.string_back(at).unwrap_or(at),
            _ => {}
        }
    }
    None
}

/// The nearest string among some arguments that says what a value is for: `fromEnvironment("API_SECRET", …`,
/// `text_input("API secret", …`, `#[arg(env = "API_SECRET", …`.
fn title(text: &Text<'_>, arguments: Range<usize>) -> Option<Range<usize>> {
    let mut at = arguments.end;
    while at > arguments.start {
        at -= 1;
        if is_quote(text.bytes[at])
            && let Some(open) = text.string_back(at).filter(|open| *open >= arguments.start)
        {
            let name = open + 1..at;
            if (2..=64).contains(&name.len())
                && role::of_name(text.slice(name.clone())) != Says::Nothing
            {
                return Some(name);
            }
            at = open;
        }
    }
    None
}

/// A default stands behind what it is the default of (`env:"KEY" envDefault:"…"`, `"--api-key", default="…"`),
/// or above it (`#[arg(default_value = "…")]` over `api_key: String`).
fn default_of(text: &Text<'_>, holder: &Range<usize>, place: usize, binding: &mut Binding) {
    let line = text.line_start(holder.start);
    let mut at = holder.start;
    let mut names = Vec::new();
    while let Some(close) = text
        .slice(line..at)
        .iter()
        .rposition(|b| is_quote(*b))
        .map(|n| line + n)
    {
        let Some(open) = text.string_back(close) else {
            break;
        };
        if close - open <= 40 && close > open + 1 {
            names.push(open + 1..close);
        }
        if names.len() == 3 || open <= line {
            break;
        }
        at = open;
    }
    let attribute = text.slice(text.trim(line..holder.start));
    if names.is_empty()
        && (attribute.starts_with(b"#[") || attribute.starts_with(b"@"))
        && let Some(below) = text.line_below(text.line_end(binding.value.end))
    {
        let span = text.trim(below);
        let length = text
            .slice(span.clone())
            .iter()
            .take_while(|b| super::text::is_name(**b))
            .count();
        let name = span.start..span.start + length;
        if length >= 2 && text.at(name.end) == Some(b':') {
            names.push(name);
        }
    }
    for span in names.into_iter().rev() {
        binding.names.insert(
            place,
            super::Name {
                span,
                kind: NameKind::Holder,
            },
        );
    }
}
