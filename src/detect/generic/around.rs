//! What the names around a value say: functions and classes that stand around it, callees that only ask, and names
//! that say nothing of what they hold; and what stands beside a digest.

use std::ops::Range;

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

/// Names of the places where a program runs, each of which has secrets of its own.
pub(super) fn is_stage(name: &[u8]) -> bool {
    let stages = [
        "prod",
        "production",
        "prd",
        "live",
        "staging",
        "stage",
        "dev",
        "development",
        "test",
        "sandbox",
    ];
    stages
        .iter()
        .any(|stage| name.eq_ignore_ascii_case(stage.as_bytes()))
}

/// Whether hex digits under a password's name are a digest with its salt beside it: a column or a member of that
/// name stands near theirs.
pub(super) fn is_salted(text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    const NEAR: usize = 96;
    let digits = text.get(value.clone()).unwrap_or_default();
    let hex = matches!(digits.len(), 32 | 40 | 56 | 64 | 96 | 128)
        && digits.iter().all(u8::is_ascii_hexdigit);
    // SHA-1 and SHA-256 in base64.
    let digest = hex || matches!(digits.len(), 28 | 44) && digits.ends_with(b"=");
    // The salt of a password goes by a name of its own, further off among a user's other fields.
    const FAR: usize = 512;
    let salted = |near: usize, name_of: &[u8]| {
        let low = name.start.saturating_sub(near);
        let high = name.end.saturating_add(near).min(text.len());
        let around = text.get(low..high).unwrap_or_default();
        let mut words = around.split(|b| !b.is_ascii_alphanumeric());
        words.any(|word| word.eq_ignore_ascii_case(name_of))
    };
    digest && (salted(NEAR, b"salt") || salted(FAR, b"passwordsalt"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::is_salted;
    use crate::detect::random::tests::Seed;

    #[test]
    fn digests_stand_beside_their_salt() {
        let digest = String::from_utf8(Seed(111).value(b"0123456789abcdef", 32)).unwrap();
        for (text, salted) in [
            (
                "INSERT INTO u (name,`password`,`salt`) VALUES ('a', '«»', 'b')",
                true,
            ),
            ("{\"salt\": \"b\", \"password\": \"«»\"}", true),
            ("INSERT INTO u (name, password) VALUES ('a', '«»')", false),
            ("salted password = «»", false),
            ("salt = a; password = «»x", false),
        ] {
            let value = text.find("«»").unwrap();
            let mut text = text.replace("«»", &digest);
            let name = text.find("password").unwrap();
            let mut end = value + digest.len();
            if text.as_bytes().get(end) == Some(&b'x') {
                end += 1;
            }
            text.push('\n');
            let found = is_salted(text.as_bytes(), &(name..name + 8), &(value..end));
            assert_eq!(found, salted, "{text}");
        }
    }
}
