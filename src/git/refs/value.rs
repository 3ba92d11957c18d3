//! What a ref's file says.

use bstr::ByteSlice;
use gix::ObjectId;
use gix::hash::Kind as Hash;

use crate::git::commits;

/// What a ref's file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// It names an object.
    Id(ObjectId),
    /// It names another ref.
    Symbolic(Vec<u8>),
}

impl Value {
    /// Reads a loose ref (gitrepository-layout(5)): `<id>`, or `ref: <name>`. As for git, anything
    /// may follow the id after white space.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn parse(bytes: &[u8], hash: Hash) -> Result<Self, &'static str> {
        if let Some(name) = bytes.strip_prefix(b"ref:") {
            let name = name.trim();
            return if name.is_empty() {
                Err("the symbolic ref names nothing")
            } else {
                Ok(Self::Symbolic(name.to_vec()))
            };
        }
        match id(bytes, hash) {
            Some(id) if id.is_null() => Err("the ref names no object: its id is zero"),
            Some(id) => Ok(Self::Id(id)),
            None if bytes.trim().is_empty() => Err("the ref is empty"),
            None => Err("the ref names neither an object nor another ref"),
        }
    }
}

/// The id that a line begins with, when white space or nothing follows it.
pub(super) fn id(line: &[u8], hash: Hash) -> Option<ObjectId> {
    let (hex, rest) = line.split_at_checked(hash.len_in_hex())?;
    let ends = rest.first().is_none_or(u8::is_ascii_whitespace);
    ends.then(|| commits::id(hex, hash)).flatten()
}

/// The name of the ref that an old symbolic link stands for: git reads its text where it begins with
/// `refs/`. One that is relative and stays among the refs means the same; nothing is followed.
pub(super) fn linked(text: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    if text.starts_with(b"refs/") {
        return sane(text).then(|| text.to_vec());
    }
    if text.starts_with(b"/") {
        return None;
    }
    let mut parts: Vec<&[u8]> = name.split(|byte| *byte == b'/').collect();
    parts.pop();
    for part in text.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let target = parts.join(&b'/');
    target.starts_with(b"refs/").then_some(target)
}

/// Whether no part of the name could leave a directory.
pub(super) fn sane(name: &[u8]) -> bool {
    !name.contains(&0)
        && name
            .split(|byte| *byte == b'/')
            .all(|part| !matches!(part, b"" | b"." | b".."))
}

/// Whether git would give a ref this name (git-check-ref-format(1)).
pub(super) fn valid(name: &[u8]) -> bool {
    let plain = |byte: &u8| !byte.is_ascii_control() && !b" ~^:?*[\\".contains(byte);
    sane(name)
        && name.iter().all(plain)
        && !name.ends_with(b".")
        && name.find("..").is_none()
        && name.find("@{").is_none()
        && name
            .split(|byte| *byte == b'/')
            .all(|part| !part.starts_with(b".") && !part.ends_with(b".lock"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_a_file_may_say() {
        let hex = "5".repeat(40);
        let id = ObjectId::from_hex(hex.as_bytes()).unwrap();
        let read = |text: &str| Value::parse(text.as_bytes(), Hash::Sha1);
        for text in [
            hex.clone(),
            format!("{hex}\n"),
            format!("{hex}\tnot-for-merge\n"),
        ] {
            assert_eq!(read(&text), Ok(Value::Id(id)));
        }
        let main = Value::Symbolic(b"refs/heads/main".to_vec());
        assert_eq!(read("ref: refs/heads/main\n"), Ok(main.clone()));
        assert_eq!(read("ref:\t refs/heads/main"), Ok(main));
        for text in [
            String::new(),
            "ref: \n".into(),
            "\n".into(),
            format!("{hex}0"),
            format!(" {hex}"),
            "0".repeat(40),
            "6".repeat(64),
            "ä".repeat(20),
        ] {
            assert!(read(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_valid_as_for_git() {
        for name in ["refs/heads/main", "refs/heads/a@b", "refs/x/ü-1_2", "HEAD"] {
            assert!(valid(name.as_bytes()), "{name}");
        }
        for name in [
            "",
            "refs//a",
            "refs/heads/a\x1b[31m",
            "refs/heads/a b",
            "refs/heads/a..b",
            "refs/heads/.a",
            "refs/heads/a.lock/b",
            "refs/heads/a.",
            "refs/heads/a@{1}",
            "refs/heads/a\\b",
            "refs/heads/",
        ] {
            assert!(!valid(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn links_stay_among_the_refs() {
        let linked = |text: &str, name: &str| {
            linked(text.as_bytes(), name.as_bytes()).map(|out| String::from_utf8(out).unwrap())
        };
        assert_eq!(linked("refs/heads/a", "HEAD").unwrap(), "refs/heads/a");
        assert_eq!(
            linked("main", "refs/heads/alias").unwrap(),
            "refs/heads/main"
        );
        assert_eq!(
            linked("../tags/./v1", "refs/heads/a").unwrap(),
            "refs/tags/v1"
        );
        for text in [
            "/etc/passwd",
            "../../../etc/passwd",
            "../../config",
            "refs/../config",
            "..",
        ] {
            assert_eq!(linked(text, "refs/heads/a"), None, "{text}");
        }
    }
}
