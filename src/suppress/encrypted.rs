//! Values that are encrypted: what stands in the file is of no use without another key.

use std::ops::Range;

/// How far around a value its marks are looked for, in bytes.
const WINDOW: usize = 4096;

/// Whether the value at `value` in `bytes` is encrypted, and by what.
///
/// Looks at the value itself, at what encloses it on its line, and for blocks (ansible-vault,
/// PGP, age, sealed secrets) at most 4096 bytes around it. `None` when the range is not within
/// `bytes`.
///
/// Sources: the SOPS README (`ENC[AES256_GCM,…]`), Ansible's vault guide (`$ANSIBLE_VAULT;1.1;AES256`),
/// the Fernet specification (version byte 0x80, so `gAAAAA` until 2106), RFC 9580 (armour),
/// the age specification, the git-crypt header (`\0GITCRYPT\0`), Jasypt's and Rails' and dotenvx's documentation.
pub fn encrypted(bytes: &[u8], value: Range<usize>) -> Option<&'static str> {
    let text = bytes.get(value.clone())?;
    if let Some(reason) = of_value(text) {
        return Some(reason);
    }
    if bytes.starts_with(b"\0GITCRYPT\0") {
        return Some("a git-crypt file");
    }
    let before = bytes.get(value.start.saturating_sub(WINDOW)..value.start)?;
    let after = bytes.get(value.end..)?;
    let after = after.get(..WINDOW).unwrap_or(after);
    let line_before = before
        .rsplit(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    if let Some(reason) = enclosed(line_before) {
        return Some(reason);
    }
    if let Some(reason) = armoured(before, text) {
        return Some(reason);
    }
    sealed(before, after)
}

/// Where a mark stands last. Most texts have none, which is faster told from the front.
fn last(text: &[u8], mark: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, mark)?;
    memchr::memmem::rfind(text, mark)
}

/// Values that say it themselves.
fn of_value(value: &[u8]) -> Option<&'static str> {
    const STARTS: [(&str, &str); 14] = [
        ("ENC[AES256_GCM,", "a SOPS value"),
        ("$ANSIBLE_VAULT;", "an ansible-vault value"),
        ("ENC(", "a jasypt value"),
        ("DEC(", "a jasypt value"),
        ("ENC[PKCS7,", "an eyaml value"),
        ("encrypted:", "a dotenvx value"),
        ("{cipher}", "a Spring Cloud Config value"),
        ("-----BEGIN PGP MESSAGE", "a PGP message"),
        ("-----BEGIN AGE ENCRYPTED FILE", "an age file"),
        ("age-encryption.org/v1", "an age file"),
        ("vault:v", "a Vault transit value"),
        ("\0GITCRYPT", "a git-crypt file"),
        ("U2FsdGVkX1", "an OpenSSL encrypted value"),
        (
            concat!("YWdlLWVuY3J5", "cHRpb24ub3Jn", "L3Yx"),
            "an age file",
        ),
    ];
    STARTS
        .iter()
        .find(|(start, _)| value.starts_with(start.as_bytes()))
        .map(|&(_, reason)| reason)
        .or_else(|| fernet(value).then_some("a Fernet token"))
}

/// A Fernet token: base64url of a version byte, eight bytes of time, sixteen of IV, whole blocks of
/// sixteen, and thirty-two of HMAC. `gAAAAA` is the version and the high bytes of the time.
fn fernet(value: &[u8]) -> bool {
    let body = value.trim_ascii_end();
    let unpadded = body
        .iter()
        .rposition(|&byte| byte != b'=')
        .map_or(0, |last| last + 1);
    let decoded = unpadded * 3 / 4;
    body.starts_with(b"gAAAAA")
        && body
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(byte))
        && decoded >= 73
        && (decoded - 57) % 16 == 0
}

/// What opens on the value's line and has not closed again.
fn enclosed(line_before: &[u8]) -> Option<&'static str> {
    const OPENINGS: [(&str, u8, &str); 5] = [
        ("ENC[AES256_GCM,", b']', "a SOPS value"),
        ("ENC[PKCS7,", b']', "an eyaml value"),
        ("ENC(", b')', "a jasypt value"),
        ("gAAAAA", b'"', "a Fernet token"),
        ("encrypted:", b'"', "a dotenvx value"),
    ];
    OPENINGS.iter().find_map(|&(opening, closing, reason)| {
        let start = last(line_before, opening.as_bytes())?;
        let inside = line_before.get(start + opening.len()..)?;
        // The last two open within one token, so nothing but token characters may follow.
        let token = closing == b'"';
        let open = if token {
            !inside
                .iter()
                .any(|byte| byte.is_ascii_whitespace() || b"\"',;".contains(byte))
        } else {
            !inside.contains(&closing)
        };
        open.then_some(reason)
    })
}

/// Blocks that began above and have not ended: the value is one of their lines.
fn armoured(before: &[u8], value: &[u8]) -> Option<&'static str> {
    let blocks = [
        (
            "-----BEGIN PGP MESSAGE-----",
            "-----END PGP MESSAGE-----",
            "a PGP message",
        ),
        (
            "-----BEGIN AGE ENCRYPTED FILE-----",
            "-----END AGE ENCRYPTED FILE-----",
            "an age file",
        ),
    ];
    for (begin, end, reason) in blocks {
        if let Some(start) = last(before, begin.as_bytes())
            && memchr::memmem::find(before.get(start..).unwrap_or_default(), end.as_bytes())
                .is_none()
        {
            return Some(reason);
        }
    }
    // Ansible: lines of hex digits only, from the header down to the value.
    let start = last(before, b"$ANSIBLE_VAULT;")?;
    let header_end = start
        + before
            .get(start..)?
            .iter()
            .position(|&byte| byte == b'\n')?;
    let body = before.get(header_end..)?;
    let hex = |byte: &u8| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace();
    (body.iter().all(hex) && value.iter().all(hex)).then_some("an ansible-vault value")
}

/// A Kubernetes SealedSecret: `kind: SealedSecret` in the same document, and the value under
/// `encryptedData`, whose values are base64 that begins with `Ag` (version 2 of the format).
fn sealed(before: &[u8], after: &[u8]) -> Option<&'static str> {
    let document =
        last(before, b"\n---").map_or(before, |start| before.get(start..).unwrap_or_default());
    let rest = memchr::memmem::find(after, b"\n---")
        .map_or(after, |end| after.get(..end).unwrap_or_default());
    let has = |text: &[u8], part: &str| memchr::memmem::find(text, part.as_bytes()).is_some();
    let kind = has(document, "SealedSecret") || has(rest, "SealedSecret");
    (kind && has(document, "encryptedData")).then_some("a sealed secret")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The reason for the part of the text between « and ».
    fn of(marked: &str) -> Option<&'static str> {
        let start = marked.find('«').unwrap();
        let end = marked.find('»').unwrap() - '«'.len_utf8();
        encrypted(marked.replace(['«', '»'], "").as_bytes(), start..end)
    }

    #[test]
    fn encrypted_values_are_known() {
        let body = "Zm9v".repeat(30);
        let hex = "6162".repeat(20);
        for (text, reason) in [
            (
                format!("key: «ENC[AES256_GCM,data:{body},iv:{body},type:str]»"),
                "a SOPS value",
            ),
            (
                format!("key: ENC[AES256_GCM,data:{body},iv:«{body}»,tag:x]"),
                "a SOPS value",
            ),
            (
                format!("a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  {hex}\n  «{hex}»\n"),
                "an ansible-vault value",
            ),
            (format!("password=ENC(«{body}»)"), "a jasypt value"),
            (
                format!("kind: SealedSecret\nspec:\n  encryptedData:\n    key: «Ag{body}»"),
                "a sealed secret",
            ),
            (
                format!("-----BEGIN PGP MESSAGE-----\n\n«{body}»\n"),
                "a PGP message",
            ),
            (
                format!("-----BEGIN AGE ENCRYPTED FILE-----\n«{body}»\n"),
                "an age file",
            ),
            (format!("\0GITCRYPT\0«{body}»"), "a git-crypt file"),
            (
                format!("t = '«gAAAAA{}==»'", "B".repeat(92)),
                "a Fernet token",
            ),
            (format!("KEY=\"«encrypted:{body}»\""), "a dotenvx value"),
        ] {
            assert_eq!(of(&text), Some(reason), "{text}");
        }
    }

    #[test]
    fn other_values_are_not() {
        let body = "Zm9v".repeat(30);
        for text in [
            format!("key: «{body}»"),
            format!("a: ENC[AES256_GCM,data:x] b: «{body}»"),
            format!("a = ENC(x)\nb = «{body}»"),
            format!("-----BEGIN PGP MESSAGE-----\nx\n-----END PGP MESSAGE-----\nkey = «{body}»"),
            format!("$ANSIBLE_VAULT;1.1;AES256\n616263\nkey: «{body}»"),
            format!("kind: Secret\ndata:\n  key: «{body}»"),
            format!(
                "kind: SealedSecret\nspec:\n  encryptedData: x\n---\nkind: Secret\ndata:\n  key: «{body}»"
            ),
            "t = '«gAAAAABcd»'".to_owned(),
        ] {
            assert_eq!(of(&text), None, "{text}");
        }
    }

    #[test]
    fn ranges_outside_are_no_trouble() {
        assert_eq!(encrypted(b"abc", 2..9), None);
        assert_eq!(encrypted(b"", 0..0), None);
    }
}
