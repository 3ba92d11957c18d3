//! Paths as URI references (RFC 3986).

use std::fmt::Write;
use std::path::Path;

use super::redact::Redactor;
use crate::finding::{Origin, OriginKind};
use crate::platform;

/// The path of an origin as a relative reference: everything is percent-encoded but unreserved
/// characters and `/`. Members of archives follow after `!/`; a `!` in a name is encoded. Values
/// of findings in it are masked.
///
/// What git holds and is no file goes by a path below `.git`, where no file of a tree can stand:
/// `.git/commit/1a2b…`, `.git/tag/…`, `.git/blob/…` for a blob that no tree names, `.git/logs/HEAD`.
pub fn of(origin: &Origin, redact: &Redactor) -> String {
    let path = encode_path(&redact.bytes(&origin.path));
    let mut out = match origin.kind {
        OriginKind::Commit(id) => format!(".git/commit/{id}"),
        OriginKind::Tag(id) => format!(".git/tag/{id}"),
        OriginKind::Object(id) => format!(".git/object/{id}"),
        OriginKind::Blob(id) | OriginKind::Staged(id) if path.is_empty() => {
            format!(".git/blob/{id}")
        }
        OriginKind::Refs => format!(".git/{path}"),
        _ => path,
    };
    for member in &origin.members {
        out.push_str("!/");
        out.push_str(&encode_path(&redact.bytes(member)));
    }
    out
}

/// A directory of this machine as a URI (RFC 8089); none when the path is not absolute.
pub fn of_directory(path: &Path, redact: &Redactor) -> Option<String> {
    let (start, bytes) = platform::rooted(path)?;
    let path = encode_path(&redact.bytes(&bytes));
    let end = if path.ends_with('/') { "" } else { "/" };
    Some(format!("file://{start}{path}{end}"))
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
    fn a_directory_has_a_uri() {
        let uri = |path: &str| of_directory(Path::new(path), &Redactor::open());
        let (root, start) = if cfg!(windows) {
            ("C:/", "file:///C:/")
        } else {
            ("/", "file:///")
        };
        let home = uri(&format!("{root}home/a b"));
        assert_eq!(home, Some(format!("{start}home/a%20b/")));
        assert_eq!(uri(root).as_deref(), Some(start));
        assert_eq!(uri("a/b"), None);
    }

    #[test]
    fn everything_but_plain_characters_is_encoded() {
        assert_eq!(encode_path(b"conf/my key:1.py"), "conf/my%20key%3A1.py");
        assert_eq!(encode_path(b"//host/x"), "/%2Fhost/x");
        assert_eq!(encode_path(b"\xff\n\xc3\xa9?#%"), "%FF%0A%C3%A9%3F%23%25");
    }
}
