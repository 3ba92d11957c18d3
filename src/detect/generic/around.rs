//! What the names around a value say: functions and classes that stand around it, callees that only ask, and names
//! that say nothing of what they hold.

use crate::detect::words::words;

/// Whether a name is that of a function or a class and what stands around it.
pub(super) fn declares(text: &[u8]) -> bool {
    text.iter().any(|b| matches!(b, b'(' | b'{' | b'<'))
        || [
            &b"def "[..],
            b"async ",
            b"func ",
            b"fn ",
            b"function ",
            b"class ",
            b"public ",
            b"private ",
        ]
        .iter()
        .any(|word| text.starts_with(word))
}

/// Whether a function asks about its argument, or makes something of it: `containsKey`, `hashPassword`.
pub(super) fn asks(callee: &[u8]) -> bool {
    let words = words(callee);
    words.get(0).is_some_and(|word| {
        matches!(
            word,
            b"contains"
                | b"has"
                | b"is"
                | b"get"
                | b"find"
                | b"check"
                | b"hash"
                | b"verify"
                | b"validate"
                | b"delete"
                | b"remove"
                | b"assert"
                | b"test"
                | b"expect"
                | b"compare"
                | b"match"
                | b"matches"
                | b"parse"
                | b"generate"
                | b"describe"
                | b"it"
                | b"lookup"
                | b"fetch"
                | b"revoke"
                | b"create"
                | b"mock"
        )
    })
}

/// The last name of a chain of members.
pub(super) fn last_name(name: &[u8]) -> &[u8] {
    let joint = name.iter().rposition(|b| matches!(b, b'.' | b':' | b'>'));
    joint.and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

/// Names that say nothing of what they hold: the one around them counts.
pub(super) fn is_neutral(name: &[u8]) -> bool {
    let words = words(name);
    !words.is_empty()
        && words.iter().all(|word| {
            word.iter().all(u8::is_ascii_digit)
                || matches!(
                    word,
                    b"value"
                        | b"val"
                        | b"default"
                        | b"data"
                        | b"content"
                        | b"text"
                        | b"string"
                        | b"prod"
                        | b"production"
                        | b"dev"
                        | b"staging"
                        | b"live"
                        | b"test"
                        | b"initial"
                        | b"fallback"
                        | b"stringdata"
                        | b"plaintext"
                        | b"v"
                )
        })
}
