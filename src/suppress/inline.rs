//! Allow comments: ours, and those of other scanners, which keep their meaning.

/// An allow comment that applies to a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Allow {
    /// The marker as its tool documents it.
    pub marker: &'static str,
    /// The rule it is for, when it names one; only our own marker does.
    pub rule: Option<String>,
    /// Why, in the words of who wrote it.
    pub reason: Option<String>,
}

/// Our own marker.
pub const OURS: &str = "keyfence:allow";

/// Markers that apply to the line they stand on.
const SAME_LINE: [&str; 10] = [
    OURS,
    "gitleaks:allow",
    "betterleaks:allow",
    "kingfisher:ignore",
    "trufflehog:ignore",
    "pragma: allowlist secret",
    "pragma: whitelist secret",
    "pragma:allowlist secret",
    "ggignore",
    "nosecret",
];

/// Markers that apply to the line after.
const NEXT_LINE: [&str; 3] = [
    "pragma: allowlist nextline secret",
    "pragma: whitelist nextline secret",
    "pragma:allowlist nextline secret",
];

/// How much of a line's end is read: no comment stands beyond.
const WINDOW: usize = 2048;

/// The allow comment that applies to a line: on the line itself, in a next-line form on the line
/// before, or our own marker in a line before that is nothing but a comment.
///
/// A marker counts only in a comment: after `#`, `//`, `/*`, `--`, `;`, `%`, `<!--`, `{#` and the like behind
/// a blank, or in a line that is a comment by its first characters (`*`, `REM`). So a URL or a value with the same letters allows nothing. Case does not
/// matter. Lines are given without their line ends; of a long line the last 2048 bytes are read.
pub fn allow(line: &[u8], previous_line: Option<&[u8]>) -> Option<Allow> {
    let here = || SAME_LINE.iter().find_map(|marker| find(line, marker));
    here().or_else(|| {
        let previous = previous_line?;
        NEXT_LINE
            .iter()
            .find_map(|marker| find(previous, marker))
            .or_else(|| {
                let opening = Opening::at_start(previous)?;
                let found = find(previous, OURS)?;
                // `# key: x  # keyfence:allow` is a comment for itself: ours must come first.
                let text = previous
                    .trim_ascii_start()
                    .get(opening..)?
                    .trim_ascii_start();
                starts_with_ignoring_case(text, OURS).then_some(found)
            })
    })
}

/// Looks for a marker in the comment of a line.
fn find(line: &[u8], marker: &'static str) -> Option<Allow> {
    let line = line
        .get(line.len().saturating_sub(WINDOW)..)
        .unwrap_or(line);
    let mut from = 0;
    while let Some(offset) = position_ignoring_case(line.get(from..)?, marker) {
        let start = from + offset;
        let end = start + marker.len();
        let after = line.get(end..)?;
        let before = line.get(..start)?;
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let glued = |byte: u8| letter(byte) || b"-/.:=@&?%+".contains(&byte);
        let alone = after.first().is_none_or(|&byte| !letter(byte))
            && (before.last().is_none_or(|&byte| !glued(byte))
                || before.ends_with(b"//")
                || before.ends_with(b"--"));
        if alone && in_comment(before) {
            let (rule, reason) = if marker == OURS {
                told(after)
            } else {
                (None, None)
            };
            return Some(Allow {
                marker,
                rule,
                reason,
            });
        }
        from = end;
    }
    None
}

/// Whether a comment is open at the end of `before`.
fn in_comment(before: &[u8]) -> bool {
    Opening::at_start(before).is_some()
        || (1..before.len()).any(|place| {
            let (Some(last), Some(rest)) = (before.get(place - 1), before.get(place..)) else {
                return false;
            };
            Opening::after(*last, rest)
        })
}

/// The signs that open a comment.
struct Opening;

impl Opening {
    const ANYWHERE: [&'static str; 11] = [
        "#", "//", "/*", "--", ";", "%", "<!--", "{#", "{{!", "(*", "::",
    ];
    const AT_START: [&'static str; 4] = ["*", "'", "REM ", "rem "];

    /// Whether `text` begins with a sign that opens a comment behind code that ends with `last`.
    /// After a blank each does; `;`, `%` and `--`, which code has too, only with a blank after them.
    /// `//` and `/*` do after the signs that code ends with, too.
    fn after(last: u8, text: &[u8]) -> bool {
        let begins = |opening: &str| text.strip_prefix(opening.as_bytes());
        let blank = last.is_ascii_whitespace();
        let close = b"\"'`,;)}]>".contains(&last);
        ["//", "/*", "<!--"]
            .iter()
            .any(|opening| (blank || close) && begins(opening).is_some())
            || ["#", "{#", "{{!", "(*"]
                .iter()
                .any(|opening| blank && begins(opening).is_some())
            || [";", "%", "--"].iter().any(|opening| {
                blank
                    && begins(opening)
                        .is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
            })
    }

    /// The length of the sign that makes all of a line a comment, when one does.
    fn at_start(line: &[u8]) -> Option<usize> {
        let text = line.trim_ascii_start();
        Self::ANYWHERE
            .iter()
            .chain(&Self::AT_START)
            .filter(|opening| text.starts_with(opening.as_bytes()))
            .map(|opening| opening.len())
            .max()
    }
}

/// Rule and reason after our marker: `(rule) reason`, `: reason`, `reason`.
fn told(after: &[u8]) -> (Option<String>, Option<String>) {
    let text = String::from_utf8_lossy(after);
    let mut rest = text.as_ref();
    let mut rule = None;
    if let Some((name, tail)) = rest
        .strip_prefix('(')
        .and_then(|inner| inner.split_once(')'))
    {
        rule = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        rest = tail;
    }
    let reason = ["*/", "-->", "#}", "}}", "*)"]
        .iter()
        .find_map(|closing| rest.split_once(closing))
        .map_or(rest, |(reason, _)| reason)
        .trim_start_matches([':', '-', ' ', '\t'])
        .trim();
    (
        rule,
        Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
    )
}

fn starts_with_ignoring_case(text: &[u8], start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|text| text.eq_ignore_ascii_case(start.as_bytes()))
}

fn position_ignoring_case(text: &[u8], wanted: &str) -> Option<usize> {
    let first = wanted.as_bytes().first()?;
    memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), text).find(
        |&place| {
            text.get(place..)
                .is_some_and(|rest| starts_with_ignoring_case(rest, wanted))
        },
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn on(line: &str) -> Option<Allow> {
        allow(line.as_bytes(), None)
    }

    fn below(previous: &str) -> Option<Allow> {
        allow(b"key = value", Some(previous.as_bytes()))
    }

    #[test]
    fn markers_on_the_line() {
        for (line, marker) in [
            ("key = 'x'  # keyfence:allow", "keyfence:allow"),
            ("key = 'x'; // gitleaks:allow", "gitleaks:allow"),
            ("key = 'x' //gitleaks:allow", "gitleaks:allow"),
            ("key = 'x' # betterleaks:allow", "betterleaks:allow"),
            ("/* kingfisher:ignore */ key = 'x'", "kingfisher:ignore"),
            ("key = 'x' # trufflehog:ignore", "trufflehog:ignore"),
            (
                "key = 'x' # pragma: allowlist secret",
                "pragma: allowlist secret",
            ),
            (
                "<key>x</key> <!-- pragma: whitelist secret -->",
                "pragma: whitelist secret",
            ),
            ("key = 'x' -- ggignore", "ggignore"),
            ("key = 'x' # nosecret", "nosecret"),
            ("key = x ; GITLEAKS:ALLOW", "gitleaks:allow"),
            ("key('x')//ggignore", "ggignore"),
        ] {
            assert_eq!(on(line).unwrap().marker, marker, "{line}");
        }
    }

    #[test]
    fn rule_and_reason() {
        for (line, rule, reason) in [
            ("k # keyfence:allow", None, None),
            ("k # keyfence:allow(bybit)", Some("bybit"), None),
            (
                "k # keyfence:allow(bybit) test net only",
                Some("bybit"),
                Some("test net only"),
            ),
            ("k # keyfence:allow: revoked", None, Some("revoked")),
            (
                "k /* keyfence:allow(okx) old key */",
                Some("okx"),
                Some("old key"),
            ),
            ("k <!-- keyfence:allow -->", None, None),
        ] {
            let allow = on(line).unwrap();
            assert_eq!(
                (allow.rule.as_deref(), allow.reason.as_deref()),
                (rule, reason),
                "{line}"
            );
        }
    }

    #[test]
    fn markers_above() {
        assert_eq!(
            below("# pragma: allowlist nextline secret").unwrap().marker,
            "pragma: allowlist nextline secret"
        );
        assert_eq!(
            below("x = 1  # pragma: allowlist nextline secret")
                .unwrap()
                .marker,
            "pragma: allowlist nextline secret"
        );
        assert_eq!(
            below("    // keyfence:allow(kraken) sample")
                .unwrap()
                .rule
                .as_deref(),
            Some("kraken")
        );
        assert_eq!(below(" * keyfence:allow").unwrap().marker, OURS);
        for line in [
            "key = x # keyfence:allow",
            "# gitleaks:allow",
            "# pragma: allowlist secret",
            "# a # keyfence:allow",
            "",
        ] {
            assert_eq!(below(line), None, "{line}");
        }
        // A next-line form says nothing about its own line.
        assert_eq!(on("key = x # pragma: allowlist nextline secret"), None);
    }

    #[test]
    fn values_and_urls_allow_nothing() {
        for line in [
            "url = 'https://host/gitleaks:allow'",
            "url = 'https://host/#gitleaks:allow'",
            "url = https://host/a//gitleaks:allow",
            "key = 'gitleaks:allow'",
            "gitleaks:allow",
            "ggignore = 'x'",
            "key = 'x' # notgitleaks:allow",
            "key = 'x' # gitleaks:allowed",
            "key = 'x' # nosecrets",
            "key = 'xnosecret'",
            "f(x); s = \"gitleaks:allow\"",
            "color = '#fff gitleaks:allow'",
            "run --skip gitleaks:allow",
            "",
        ] {
            assert_eq!(on(line), None, "{line}");
        }
    }

    #[test]
    fn long_and_odd_lines_are_no_trouble() {
        let line = format!("{} # keyfence:allow", "x".repeat(100_000));
        assert!(allow(line.as_bytes(), None).is_some());
        assert_eq!(allow(&[0xff; 500], Some(&[0xfe; 500])), None);
    }
}
