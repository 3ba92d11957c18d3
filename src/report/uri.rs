//! Paths as URI references (RFC 3986).

use std::fmt::Write;

use super::redact::Redactor;
use crate::finding::Origin;

/// The path of an origin as a relative reference: everything is percent-encoded but unreserved
/// characters and `/`. Members of archives follow after `!/`; a `!` in a name is encoded. Values
/// of findings in it are masked.
pub fn of(origin: &Origin, redact: &Redactor) -> String {
    let mut out = encode_path(&redact.bytes(&origin.path));
    for member in &origin.members {
        out.push_str("!/");
        out.push_str(&encode_path(&redact.bytes(member)));
    }
    out
}

/// One path. A leading `//` would name a host: the second slash is encoded.
fn encode_path(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len() + 8);
    for (i, segment) in path.split(|b| *b == b'/').enumerate() {
        if i > 0 {
            out.push_str(if out == "/" { "%2F" } else { "/" });
        }
        out.push_str(&encode(segment));
    }
    out
}

/// Percent-encodes all but unreserved characters (RFC 3986, section 2.3).
fn encode(bytes: &[u8]) -> String {
    encode_but(bytes, "-._~")
}

/// Percent-encodes all but ASCII letters, digits and these.
pub(super) fn encode_but(bytes: &[u8], plain: &str) -> String {
    let mut out = String::with_capacity(bytes.len());
    for b in bytes {
        if b.is_ascii_alphanumeric() || plain.as_bytes().contains(b) {
            out.push(*b as char);
        } else {
            _ = write!(out, "%{b:02X}"); // writing to a String cannot fail
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_plain_characters_is_encoded() {
        assert_eq!(encode_path(b"conf/my key:1.py"), "conf/my%20key%3A1.py");
        assert_eq!(encode_path(b"//host/x"), "/%2Fhost/x");
        assert_eq!(encode_path(b"\xff\n\xc3\xa9?#%"), "%FF%0A%C3%A9%3F%23%25");
    }
}
