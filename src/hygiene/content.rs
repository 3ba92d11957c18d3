//! What a protected file holds: its name alone says too little.

use bstr::ByteSlice;

use crate::suppress::placeholder::placeholder;

/// What stands in a protected file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Secrets, or what must be taken for some.
    Secret,
    /// Settings, and nothing that is filled in under the name of a secret.
    Blank,
    /// Nothing at all.
    Empty,
    /// Certificates and public keys alone.
    Public,
    /// Something else than its name says: a slide show that ends in `.key`.
    Other,
}

impl Content {
    /// Reads it. `found` says whether a scan found credentials in it.
    pub fn of(path: &[u8], bytes: &[u8], found: bool) -> Self {
        if found {
            return Self::Secret;
        }
        if bytes.trim().is_empty() {
            return Self::Empty;
        }
        if bytes.contains_str("-----BEGIN ") {
            let private = ["PRIVATE KEY", "ENCRYPTED", "BEGIN OpenVPN "]
                .iter()
                .any(|label| bytes.contains_str(label));
            return if private { Self::Secret } else { Self::Public };
        }
        let name = memchr::memrchr(b'/', path).and_then(|slash| path.get(slash + 1..));
        let name = name.unwrap_or(path);
        // Keynote and others: a ZIP archive is no key.
        if name.ends_with(b".key") && bytes.starts_with(b"PK\x03\x04") {
            return Self::Other;
        }
        if !is_settings(name) || bytes.contains(&0) {
            return Self::Secret;
        }
        if bytes.lines().any(is_filled_in) {
            Self::Secret
        } else {
            Self::Blank
        }
    }

    /// What that means, for people; none where it is what the name says.
    pub fn note(self) -> Option<&'static str> {
        match self {
            Self::Secret => None,
            Self::Blank => Some("no secret is filled in"),
            Self::Empty => Some("it is empty"),
            Self::Public => Some("public keys and certificates alone"),
            Self::Other => Some("it is no key file"),
        }
    }

    /// Whether it may stand in git for ever.
    pub fn is_harmless(self) -> bool {
        matches!(self, Self::Public | Self::Other)
    }
}

/// Whether a file of this name holds names and values.
fn is_settings(name: &[u8]) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with(b".env")
        || [&b".json"[..], b".yml", b".yaml", b".toml", b".ini", b".env"]
            .iter()
            .any(|end| lower.ends_with(end))
}

/// Whether a line gives the name of a secret a value of its own: `API_SECRET=…`, `"key": "…"`.
fn is_filled_in(line: &[u8]) -> bool {
    let line = line.trim();
    if line.starts_with(b"#") || line.starts_with(b"//") || line.starts_with(b";") {
        return false;
    }
    let Some(at) = line.find_byteset(b"=:") else {
        return false;
    };
    let (name, rest) = line.split_at_checked(at).unwrap_or((line, b""));
    let quotes = |c: char| matches!(c, '"' | '\'' | ',' | '=' | ':' | '{' | '[' | ' ' | '\t');
    let name = name.trim_with(quotes).to_ascii_lowercase();
    let value = rest.trim_with(quotes);
    // A comment behind the value.
    let value = value
        .find(b" #")
        .map_or(value, |at| &value[..at])
        .trim_with(quotes);
    const WORDS: [&str; 12] = [
        "key",
        "secret",
        "token",
        "passw",
        "passphrase",
        "pwd",
        "mnemonic",
        "seed",
        "private",
        "credential",
        "webhook",
        "dsn",
    ];
    WORDS.iter().any(|word| name.contains_str(word))
        && value.len() >= 4
        && !value.starts_with(b"$")
        && !value.iter().all(u8::is_ascii_digit)
        && placeholder(value).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_file() {
        let value = "q7Wv".repeat(3);
        for (path, text, content) in [
            (".env", String::new(), Content::Empty),
            (
                ".env",
                "A=1\nAPI_KEY=\nTOKEN=your_token_here\n".into(),
                Content::Blank,
            ),
            (".env", format!("API_SECRET={value}x\n"), Content::Secret),
            (
                ".env.prod",
                format!("export DB_PASSWORD='{value}z'\n"),
                Content::Secret,
            ),
            (
                ".env",
                format!("# API_SECRET={value}\nKEY=${{X}}\n"),
                Content::Blank,
            ),
            (
                "a/secrets.json",
                format!("{{\"token\": \"{value}y\"}}"),
                Content::Secret,
            ),
            (
                "ca.pem",
                "-----BEGIN CERTIFICATE-----\nMII\n".into(),
                Content::Public,
            ),
            (
                "x.pem",
                "-----BEGIN PRIVATE KEY-----\n".into(),
                Content::Secret,
            ),
            ("talk.key", "PK\u{3}\u{4}abc".into(), Content::Other),
            ("wallet.dat", "abc".into(), Content::Secret),
        ] {
            let found = Content::of(path.as_bytes(), text.as_bytes(), false);
            assert_eq!(found, content, "{path}: {text}");
        }
        assert_eq!(Content::of(b".env", b"A=1", true), Content::Secret);
    }
}
