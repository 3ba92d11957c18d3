//! Values in brackets: arguments of calls, elements of lists and tuples, and what they stand in for.

use std::ops::Range;

use super::brackets;
use super::link::{BUDGET, KEYWORDS, lower};
use super::name::{assigned, unquote};
use super::text::{Text, is_name, is_quote};
use super::{Binding, NameKind, table};
use crate::detect::role::{self, Says};

/// Calls that hand on their argument: the name that counts stands further out.
const WRAPPER_CALLS: &[&str] = &[
    "some",
    "string",
    "from",
    "str",
    "string.from",
    "string::from",
    "bytes",
    "encode",
    "unwrap",
    "to_string",
    "box",
    "ok",
    "just",
    "secretstr",
    "secret",
    "securestring",
    "bytearray",
    "b64decode",
    "base64.b64decode",
    "a2b_base64",
    "buffer.from",
    "atob",
    "quote",
    "to_owned",
    "into",
    "strdup",
    "text",
    "ptr",
    "aws.string",
    "stringvalue",
    "option",
    "of",
    "optional.of",
    "byte",
    "u8",
    "trim",
    "strip",
    "toarray",
    "tochararray",
    "getbytes",
    "c_str",
    "std::string",
    "qstring",
    "nsstring",
    "uri",
    "required",
    "field",
    "convert.frombase64string",
    "encoding.utf8.getbytes",
    "pulumi.string",
    "lit",
    "literal",
    "value",
    "expect",
    "urlencode",
    "repr",
    "ref",
    "tostring",
    "secretstring",
    "cow::from",
    "uint256",
    "bytes32",
    "numeric.tobigint",
    "bytes.fromhex",
    "hextobytes",
    "fromhexstring",
    "hexstringtobytearray",
    "arc::from",
    "rc::from",
    "json.stringify",
    "from_static",
];

/// Calls whose first argument names what is looked up and whose second is the default.
const LOOKUPS: &[&str] = &[
    "getenv",
    "get",
    "env",
    "config",
    "getstring",
    "get_env",
    "getproperty",
    "getordefault",
    "environ.get",
    "fetch",
    "setdefault",
    "var",
    "option",
    "define",
    "set",
    "setenv",
    "putenv",
    "put",
    "setitem",
    "add",
    "append",
    "add_argument",
    "header",
    "setheader",
    "addheader",
    "setrequestheader",
    "setproperty",
    "setdefault",
    "string",
    "stringvar",
    "flag",
    "input",
    "getpass",
    "default",
    "default_value",
    "addparameter",
    "cookie",
    "setstring",
    "add_header",
    "set_header",
    "insert",
    "setvalue",
    "defaultenv",
    "str",
    "environmentvariable",
    "setenvironmentvariable",
    "hset",
    "localstorage.setitem",
    "decouple",
    "getsetting",
    "withdefault",
    "dotenv.get",
    "envor",
    "getenvor",
    "env_or",
    "lookupenv",
    "sharedpreferences.putstring",
    "putstring",
    "update",
    "equals",
    "setitem",
];

/// Calls on what was looked up whose argument stands in for it: `env::var("KEY").unwrap_or("…")`.
const STAND_INS: &[&str] = &[
    "unwrap_or",
    "unwrap_or_else",
    "or_else",
    "orelse",
    "orelseget",
    "getorelse",
    "value_or",
    "ifblank",
    "ifempty",
    "default",
];

/// After `,`: which one of the values in the bracket, tuple or row.
pub(super) fn listed(text: &Text<'_>, comma: usize, binding: &mut Binding) -> Option<usize> {
    let floor = text.low.max(comma.saturating_sub(BUDGET));
    let mut at = comma;
    let mut commas = 0;
    let mut line_commas: Option<usize> = None;
    while at > floor {
        let byte = text.bytes[at - 1];
        match byte {
            b',' => commas += 1,
            b')' | b']' | b'}' => match text.bracket_back(at - 1, BUDGET) {
                Some(open) => {
                    at = open;
                    continue;
                }
                None => return None,
            },
            b'(' => {
                if commas > 1
                    && let Some(name) = named_before(text, comma)
                {
                    binding.push(name, NameKind::Lookup);
                }
                return argument(text, at - 1, commas, binding);
            }
            b'[' | b'{' => return opened(text, at - 1, commas, binding),
            b'\n' => {
                line_commas.get_or_insert(commas);
            }
            b'=' if line_commas.is_none() && text.before(at - 1) != Some(b'=') => {
                let left = text.slice(text.line_start(at)..at - 1);
                if left.contains(&b',') && !left.iter().any(|b| b"([{=".contains(b)) {
                    binding.index.get_or_insert(commas);
                    return assigned(text, at - 1, binding);
                }
                // `KEYS=one,two`: a list without brackets.
                if !left.is_empty() && left.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
                {
                    return assigned(text, at - 1, binding);
                }
            }
            quote if is_quote(quote) => {
                if let Some(open) = text.string_back(at - 1) {
                    at = open;
                    continue;
                }
            }
            _ => {}
        }
        at -= 1;
    }
    let commas = line_commas.unwrap_or(commas);
    binding.index.get_or_insert(commas);
    table::csv(text, comma, commas, binding);
    None
}

/// The argument in front of the one behind this comma, if it is a quoted name that says what a value is for:
/// `setattr(config, "api_secret", "…")`, `buildConfigField("String", "API_SECRET", "…")`.
fn named_before(text: &Text<'_>, comma: usize) -> Option<Range<usize>> {
    let end = text.skip_space_back(comma - 1);
    if !text.before(end).is_some_and(is_quote) {
        return None;
    }
    let open = text.string_back(end - 1)?;
    let name = unquote(text, open + 1..end - 1);
    let words = |b: &u8| is_name(*b) || *b == b' ';
    let says = role::of_name(text.slice(name.clone())) != Says::Nothing;
    (name.len() <= 64 && text.slice(name.clone()).iter().all(words) && says).then_some(name)
}

/// Methods that give what they are called on its argument as its value, with a place in front or not.
const GIVERS: &[&str] = &[
    "fill",
    "insert",
    "send_keys",
    "sendkeys",
    "set",
    "set_text",
    "set_value",
    "settext",
    "setplaintext",
    "setvalue",
    "type",
    "val",
    "value",
];

/// What such a method is called on, if that says what a value is for: `secret_entry.insert(0, "…")`.
fn receiver(
    text: &Text<'_>,
    callee: &Range<usize>,
    open: usize,
    index: usize,
) -> Option<Range<usize>> {
    let name = text.slice(callee.clone());
    let dot = callee.start + memchr::memrchr(b'.', name)?;
    let method = lower(text, dot + 1..callee.end);
    let numbered = || {
        text.at(text.skip_space(open + 1))
            .is_some_and(|b| b.is_ascii_digit())
    };
    let own = callee.start..dot;
    let gives = GIVERS.contains(&method.as_str()) && (index == 0 || index == 1 && numbered());
    let says = || role::of_name(text.slice(own.clone())) != Says::Nothing;
    (gives && !own.is_empty() && says()).then_some(own)
}

/// An argument of what stands left of the parenthesis at `open`.
pub(super) fn argument(
    text: &Text<'_>,
    open: usize,
    index: usize,
    binding: &mut Binding,
) -> Option<usize> {
    let mut end = text.skip_blanks_back(open);
    if text.before(end) == Some(b'>') {
        // Generic arguments: `Some::<String>(`.
        while end > text.low && text.bytes[end - 1] != b'<' && text.bytes[end - 1] != b'\n' {
            end -= 1;
        }
        end = end.saturating_sub(1).max(text.low);
    }
    if text.before(end) == Some(b'!') {
        end -= 1; // a macro: `vec!(`
    }
    let callee = text.name_back(end);
    let name = lower(text, callee.clone());
    if name == "new"
        && let Some(kind) = declared_type(text, callee.start)
    {
        // `Account account = new("…")` of C#: the type is what is made.
        binding.index.get_or_insert(index);
        binding.push(kind, NameKind::Callee);
        binding.scope = open..brackets::end(text, open, BUDGET);
        return Some(callee.start);
    }
    if name.is_empty() || KEYWORDS.contains(&name.as_str()) {
        // A tuple or parentheses.
        binding.index.get_or_insert(index);
        return tuple_or_values(text, open, index, binding);
    }
    let stem = name
        .strip_suffix("new")
        .map_or(name.as_str(), |stem| stem.trim_end_matches(['.', ':']));
    let last = stem.rsplit(['.', ':']).next().unwrap_or(stem);
    if name == "values" || name == "in" {
        binding.index.get_or_insert(index);
        binding.scope = open..brackets::end(text, open, BUDGET);
        table::sql(text, callee.start, binding);
        return None;
    }
    binding.alone =
        index == 0 && text.at(text.skip_space(literal_end(text, binding))) == Some(b')');
    // `{{ api_key | default("…") }}` of Jinja, where `d` is the same.
    let bar = text.skip_blanks_back(callee.start);
    if index == 0 && matches!(last, "d" | "default") && text.before(bar) == Some(b'|') {
        return fallback(text, bar - 1, binding);
    }
    if index == 0 && (WRAPPER_CALLS.contains(&stem) || WRAPPER_CALLS.contains(&last)) {
        let mut start = text.skip_blanks_back(callee.start);
        if text.slice(start.saturating_sub(2).max(text.low)..start) == b"[]" {
            start -= 2; // `[]byte("…")`
        }
        let new = text.name_back(start);
        return Some(if lower(text, new.clone()) == "new" {
            new.start
        } else {
            start
        });
    }
    let of_call = || {
        let start = text.skip_space_back(callee.start);
        text.before(start) == Some(b')') && text.at(callee.start) == Some(b'.')
    };
    if index == 0 && STAND_INS.contains(&last) && of_call() {
        return fallback(text, callee.start, binding);
    }
    if let Some(own) = receiver(text, &callee, open, index) {
        binding.push(own, NameKind::Holder);
    } else if index > 0 && LOOKUPS.contains(&last) {
        // The first argument names what the value is.
        let end = brackets::end(text, open, BUDGET);
        let first = first_argument(text, open + 1, end);
        binding.push(unquote(text, first), NameKind::Lookup);
        binding.push(callee.clone(), NameKind::Callee);
        return Some(callee.start);
    }
    if index == 1
        && let Some(first) = plain_name(text, open)
    {
        // `setParameter("passphrase", "…")`
        binding.push(first, NameKind::Lookup);
    }
    binding.index.get_or_insert(index);
    binding.push(callee.clone(), NameKind::Callee);
    binding.scope = open..brackets::end(text, open, BUDGET);
    Some(callee.start)
}

/// The type in front of a variable that is assigned here: `Account account =`.
fn declared_type(text: &Text<'_>, at: usize) -> Option<Range<usize>> {
    let equals = text.skip_blanks_back(at).checked_sub(1)?;
    if text.at(equals) != Some(b'=') {
        return None;
    }
    let variable = text.name_back(text.skip_blanks_back(equals));
    let kind = text.name_back(text.skip_blanks_back(variable.start));
    let first = text.slice(kind.clone()).first()?;
    (!variable.is_empty() && kind.end < variable.start && first.is_ascii_uppercase())
        .then_some(kind)
}

/// One past the value's closing quote.
fn literal_end(text: &Text<'_>, binding: &Binding) -> usize {
    let end = binding.value.end;
    if binding.quoted {
        text.skip_quotes(end)
    } else {
        end
    }
}

/// The first element of a bracket, when it is a quoted name of letters.
fn plain_name(text: &Text<'_>, open: usize) -> Option<Range<usize>> {
    let quote = text.skip_space(open + 1);
    if !text.at(quote).is_some_and(is_quote) {
        return None;
    }
    let close = text.string_end(quote, text.high.min(quote + 40));
    let name = quote + 1..close.max(quote + 1);
    let letters = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b' ' | b'.');
    (name.len() >= 2 && text.slice(name.clone()).iter().all(letters)).then_some(name)
}

/// The first element of a tuple in braces, when it is a name of small letters: an atom of Erlang.
fn atom(text: &Text<'_>, open: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 40;
    if text.at(open) != Some(b'{') {
        return None;
    }
    let start = text.skip_space(open + 1);
    let mut end = start;
    while end - start <= LONGEST
        && text
            .at(end)
            .is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
    {
        end += 1;
    }
    (end - start >= 2 && text.at(end) == Some(b',')).then_some(start..end)
}

fn first_argument(text: &Text<'_>, from: usize, end: usize) -> Range<usize> {
    let start = text.skip_space(from);
    let mut at = start;
    while at < end {
        match text.bytes[at] {
            b',' | b')' => break,
            quote if is_quote(quote) => at = text.string_end(at, end),
            _ => {}
        }
        at += 1;
    }
    text.trim(start..at)
}

/// `("…", "…")` without a callee: assigned to a name, a row of a list or of SQL values.
fn tuple_or_values(
    text: &Text<'_>,
    open: usize,
    _index: usize,
    binding: &mut Binding,
) -> Option<usize> {
    binding.scope = open..brackets::end(text, open, BUDGET);
    let left = text.skip_space_back(open);
    match text.before(left) {
        Some(b',') | Some(b')') if table::sql(text, open, binding) => None,
        Some(b'=' | b':') => Some(left),
        Some(byte) if is_name(byte) && table::sql(text, open, binding) => None,
        _ => None,
    }
}

/// An element of a list, set or initialiser.
pub(super) fn opened(
    text: &Text<'_>,
    open: usize,
    index: usize,
    binding: &mut Binding,
) -> Option<usize> {
    binding.index.get_or_insert(index);
    binding.scope = open..brackets::end(text, open, BUDGET);
    let left = text.skip_blanks_back(open);
    let callee = text.name_back(left);
    let name = lower(text, callee.clone());
    if index == 1
        && let Some(first) = plain_name(text, open).or_else(|| atom(text, open))
    {
        // `{ "apiKey", "…" }`, `{api_key, "…"}`
        binding.push(first, NameKind::Holder);
    }
    if !name.is_empty() && !KEYWORDS.contains(&name.as_str()) && left == open {
        binding.push(callee.clone(), NameKind::Callee);
        return Some(callee.start);
    }
    match text.before(left) {
        Some(b'=' | b':') => Some(left),
        Some(b'>') if text.before(left - 1) == Some(b'=') => Some(left),
        _ => None,
    }
}

/// Left of `||`, `??` or `or`: what is looked up first; then on to what it is assigned to.
pub(super) fn fallback(text: &Text<'_>, end: usize, binding: &mut Binding) -> Option<usize> {
    let mut end = text.skip_space_back(end);
    if text.before(end) == Some(b'!') {
        end -= 1; // `process.env.KEY! || "…"`
    }
    let mut start = end;
    if text.before(end) == Some(b')') || text.before(end) == Some(b']') {
        let open = text.bracket_back(end - 1, BUDGET)?;
        binding.push(
            unquote(text, text.trim(open + 1..end - 1)),
            NameKind::Lookup,
        );
        end = open;
        start = text.name_back(end).start;
        while text.before(start) == Some(b')') {
            start = text.name_back(text.bracket_back(start - 1, BUDGET)?).start;
        }
    } else {
        let name = text.name_back(end);
        binding.push(name.clone(), NameKind::Lookup);
        start = name.start.min(start);
    }
    Some(start)
}
