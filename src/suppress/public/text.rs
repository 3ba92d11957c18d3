//! Values that are public for what stands directly before them, or around them in their line.

use std::ops::Range;

/// How many hex digits the digests have that lists of files give: MD5 to SHA-512.
const DIGITS: [usize; 6] = [32, 40, 56, 64, 96, 128];

/// Whether a value is the digest of a file in a list of such, as GNU's and BSD's tools write them: `«digest»  name`,
/// `«digest» *name`, `SHA256 (name) = «digest»`
/// (<https://www.gnu.org/software/coreutils/manual/html_node/cksum-output-modes.html>).
pub fn of_file(text: &[u8], span: &Range<usize>) -> bool {
    const LONGEST: usize = 512;
    let value = text.get(span.clone()).unwrap_or_default();
    if !DIGITS.contains(&value.len()) || !value.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let low = span.start.saturating_sub(LONGEST);
    let head = text.get(low..span.start).unwrap_or_default();
    let begin = memchr::memrchr(b'\n', head).map_or(0, |at| at + 1);
    let head = head.get(begin..).unwrap_or_default();
    let rest = text.get(span.end..).unwrap_or_default();
    let rest = rest.get(..LONGEST.min(rest.len())).unwrap_or_default();
    let rest = memchr::memchr(b'\n', rest).map_or(rest, |end| rest.get(..end).unwrap_or_default());
    let rest = rest.trim_ascii_end();
    // The mark of a name with an escape in it.
    if matches!(head, b"" | b"\\") {
        let name = rest
            .strip_prefix(b"  ")
            .or_else(|| rest.strip_prefix(b" *"));
        let is_name = |name: &[u8]| {
            name.first().is_some_and(u8::is_ascii_graphic)
                && name.iter().any(|byte| matches!(byte, b'.' | b'/'))
                && !name.iter().any(|byte| matches!(byte, b'=' | b'"'))
        };
        return name.is_some_and(is_name);
    }
    let method = head
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
        .count();
    rest.is_empty()
        && head.ends_with(b") = ")
        && method > 0
        && head
            .get(method..)
            .is_some_and(|rest| rest.starts_with(b" ("))
}

/// Values that are public for what stands directly before them.
pub fn by_text(value: &[u8], before: &[u8]) -> Option<&'static str> {
    let before = before
        .get(before.len().saturating_sub(32)..)
        .unwrap_or(before)
        .to_ascii_lowercase();
    let ends = |end: &str| before.ends_with(end.as_bytes());
    let hex = value.len() >= 32 && value.iter().all(u8::is_ascii_hexdigit);
    const DIGESTS: [&str; 24] = [
        "sha1-",
        "sha256-",
        "sha384-",
        "sha512-",
        "md5-",
        "sha1:",
        "sha256:",
        "sha384:",
        "sha512:",
        "md5:",
        "blake2b:",
        "blake3:",
        "sha1=",
        "sha256=",
        "sha512=",
        "md5=",
        "h1:",
        "zh:",
        "integrity=\"",
        "integrity=",
        "integrity:",
        "integrity: \"",
        "etag: \"",
        "w/\"",
    ];
    if DIGESTS.iter().any(|end| ends(end)) {
        return Some("a digest");
    }
    // As a compiler lists a contract's constants: https://docs.soliditylang.org/en/latest/using-the-compiler.html
    let opcode = before.strip_suffix(b"0x").unwrap_or(&before);
    let opcode = opcode.trim_ascii_end();
    let letters = opcode.iter().rposition(|b| !b.is_ascii_digit());
    let letters = letters.and_then(|at| opcode.get(..=at));
    let number = value.strip_prefix(b"0x").unwrap_or(value);
    if letters.is_some_and(|letters| letters.len() < opcode.len() && letters.ends_with(b"push"))
        && number.iter().all(u8::is_ascii_hexdigit)
    {
        return Some("bytecode");
    }
    // The name of a secret in AWS, with its account's number before it:
    // https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html#iam-resources
    if let Some(account) = before.strip_suffix(b":secret:")
        && account.len() >= 13
        && account.iter().rev().take(12).all(u8::is_ascii_digit)
    {
        return Some("the name of a secret");
    }
    // Of documents: https://developer.adobe.com/xmp/docs/XMPNamespaces/xmpMM/
    if ["xmp.did:", "xmp.iid:", "xmp.id:", "adobe:docid:"]
        .iter()
        .any(|end| ends(end))
    {
        return Some("an id");
    }
    if ends(";base64,") {
        return Some("an embedded file");
    }
    if [
        "ssh-rsa ",
        "ssh-ed25519 ",
        "ssh-dss ",
        "nistp256 ",
        "nistp384 ",
        "nistp521 ",
        "@openssh.com ",
    ]
    .iter()
    .any(|end| ends(end))
    {
        return Some("a public key");
    }
    if ends("ed25519:") && (42..=44).contains(&value.len()) {
        return Some("a public key");
    }
    if hex
        && [
            "/commit/",
            "/commits/",
            "/tree/",
            "/blob/",
            "/raw/",
            "/blame/",
            "commit ",
        ]
        .iter()
        .any(|end| ends(end))
    {
        return Some("a commit");
    }
    // A pinned action or dependency: `actions/checkout@…`, `?rev=…#…`.
    let pinned = ends("@") || ends("#") || ends("?rev=") || ends("&rev=") || ends("?ref=");
    if hex && value.len() == 40 && pinned {
        return Some("a commit");
    }
    const EXPLORERS: [&str; 9] = [
        "/tx/",
        "/tx/0x",
        "/address/",
        "/address/0x",
        "/block/",
        "/token/",
        "/token/0x",
        "/account/",
        "/transaction/",
    ];
    if EXPLORERS.iter().any(|end| ends(end)) {
        return Some("an address or a transaction");
    }
    if hex
        && ["?v=", "&v=", "?hash=", "&hash=", "etag="]
            .iter()
            .any(|end| ends(end))
    {
        return Some("a digest");
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::of_file;
    use super::*;
    use crate::detect::random::tests::Seed;

    fn hex(length: usize) -> String {
        String::from_utf8(Seed(51).value(b"0123456789abcdef", length)).unwrap()
    }

    #[test]
    fn the_text_before_tells() {
        let value = hex(40);
        for (before, expected) in [
            ("integrity: sha512-", Some("a digest")),
            ("image@SHA256:", Some("a digest")),
            (
                "eu-west-1:123456789012:secret:",
                Some("the name of a secret"),
            ),
            ("my:secret:", None),
            ("src=\"data:image/png;base64,", Some("an embedded file")),
            ("ssh-ed25519 ", Some("a public key")),
            ("https://github.com/a/b/commit/", Some("a commit")),
            ("uses: actions/checkout@", Some("a commit")),
            (
                "https://etherscan.io/tx/0x",
                Some("an address or a transaction"),
            ),
            ("AND PUSH32 0x", Some("bytecode")),
            ("POP PUSH20 ", Some("bytecode")),
            ("saved with id=\"xmp.did:", Some("an id")),
            (
                "eu-west-1:123456789012:secret:",
                Some("the name of a secret"),
            ),
            ("push ", None),
            ("key = \"", None),
            ("secret: ", None),
            ("", None),
        ] {
            assert_eq!(
                by_text(value.as_bytes(), before.as_bytes()),
                expected,
                "{before}"
            );
        }
        let near = "A".repeat(44);
        assert_eq!(by_text(near.as_bytes(), b"ed25519:"), Some("a public key"));
        assert_eq!(by_text("A".repeat(88).as_bytes(), b"ed25519:"), None);
    }

    #[test]
    fn digests_of_files_stand_in_lists() {
        let digest = "0f".repeat(16);
        for (head, behind, expected) in [
            ("a.csv\n", "  bithumb.csv\n", true),
            ("", " *data/bithumb.csv\r\n", true),
            ("\\", "  data/bit\\nhumb.csv\n", true),
            ("MD5 (bithumb.csv) = ", "\n", true),
            // A note, an assignment, the rest of a sentence.
            ("", "  my key at bithumb\n", false),
            ("key = ", "\n", false),
            ("", " bithumb.csv\n", false),
            ("secret: ", "  of bithumb.com\n", false),
        ] {
            let text = format!("{head}{digest}{behind}");
            let span = head.len()..head.len() + digest.len();
            assert_eq!(of_file(text.as_bytes(), &span), expected, "{text:?}");
        }
    }
}
