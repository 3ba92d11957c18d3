//! One way to hold a credential, as it stands in its file.

use std::fs;
use std::path::Path;

use crate::issuer::{ISSUERS, Issuer, named};

/// How a text becomes bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    /// With a byte order mark, as PowerShell writes it.
    Utf16Le,
    Utf16Be,
    /// UTF-8 with the line ends of Windows.
    Crlf,
}

/// One way: a text with slots, where it stands and what must be found in it.
pub(crate) struct Way {
    /// `group/name.extension`.
    pub(crate) name: String,
    /// The path that the file has in the scanned tree; may hold slots.
    pub(crate) path: String,
    /// The exchanges that it runs for; one run with none of its own for `provider: -`.
    pub(crate) issuers: Vec<Option<&'static Issuer>>,
    /// Credentials that must be found, each a list of part names (`key`, `okx.secret#2`).
    pub(crate) finds: Vec<Vec<String>>,
    /// Rule ids that are right as well as the exchange's own.
    pub(crate) rules: Vec<String>,
    pub(crate) encoding: Encoding,
    pub(crate) text: String,
}

impl Way {
    /// The folder that it stands in.
    pub(crate) fn group(&self) -> &str {
        self.name.split('/').next().unwrap()
    }
}

/// All ways of the corpus, by name.
pub(crate) fn all() -> Vec<Way> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ways");
    let mut ways = Vec::new();
    for group in fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if !group.is_dir() {
            continue;
        }
        for file in fs::read_dir(&group)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            let name = file
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            let name = name
                .strip_suffix(".way")
                .unwrap_or_else(|| panic!("{name} is no .way"));
            let text = fs::read_to_string(&file).unwrap();
            ways.push(parse(name, &text).unwrap_or_else(|problem| panic!("{name}: {problem}")));
        }
    }
    ways.sort_by(|a, b| a.name.cmp(&b.name));
    ways
}

/// Reads one way: header lines up to `---`, then the text.
pub(crate) fn parse(name: &str, text: &str) -> Result<Way, String> {
    let (header, text) = text.split_once("\n---\n").ok_or("no line `---`")?;
    let mut way = Way {
        name: name.to_owned(),
        path: String::new(),
        issuers: Vec::new(),
        finds: Vec::new(),
        rules: Vec::new(),
        encoding: Encoding::Utf8,
        text: text.to_owned(),
    };
    let mut nothing = false;
    for line in header.lines() {
        let (key, value) = line
            .split_once(": ")
            .ok_or_else(|| format!("no `key: value`: {line}"))?;
        let words = || value.split_whitespace().map(str::to_owned);
        match key {
            "path" => value.clone_into(&mut way.path),
            "provider" if value == "-" => way.issuers.push(None),
            "provider" if value == "all" => way.issuers.extend(ISSUERS.iter().map(Some)),
            "provider" if value == "*" => {
                way.issuers
                    .extend(ISSUERS.iter().filter(|i| i.common).map(Some));
            }
            "provider" if value == "header" => {
                way.issuers
                    .extend(ISSUERS.iter().filter(|i| i.header.is_some()).map(Some));
            }
            "provider" => {
                for id in value.split_whitespace() {
                    way.issuers
                        .push(Some(named(id).ok_or_else(|| format!("no exchange {id}"))?));
                }
            }
            "finds" if value == "nothing" => nothing = true,
            "finds" => way.finds.push(words().collect()),
            "rule" => way.rules.extend(words()),
            "encoding" => {
                way.encoding = match value {
                    "utf-16le" => Encoding::Utf16Le,
                    "utf-16be" => Encoding::Utf16Be,
                    "crlf" => Encoding::Crlf,
                    _ => return Err(format!("no encoding {value}")),
                }
            }
            "why" => {}
            _ => return Err(format!("no header {key}")),
        }
    }
    if way.path.is_empty() || way.issuers.is_empty() || way.finds.is_empty() != nothing {
        return Err("path, provider and finds must stand in the header".to_owned());
    }
    Ok(way)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read() {
        let way = parse(
            "a/b",
            "path: x.env\nprovider: okx\nfinds: key secret\n---\nA\n",
        )
        .unwrap();
        assert_eq!(
            (way.path.as_str(), way.text.as_str(), way.group()),
            ("x.env", "A\n", "a")
        );
        assert_eq!(way.finds, [["key", "secret"]]);
    }

    #[test]
    fn a_header_that_is_wrong_is_refused() {
        assert!(parse("a/b", "path: x\nprovider: okx\n---\n").is_err());
        assert!(parse("a/b", "path: x\nprovider: nobody\nfinds: key\n---\n").is_err());
        assert!(
            parse(
                "a/b",
                "path: x\nprovider: okx\nfinds: nothing\ncolour: red\n---\n"
            )
            .is_err()
        );
        assert!(parse("a/b", "path: x\nprovider: okx\nfinds: key\n").is_err());
    }

    #[test]
    fn names_in_the_corpus_are_told_apart() {
        let mut names: Vec<_> = all().into_iter().map(|way| way.name).collect();
        let before = names.len();
        names.dedup();
        assert!(before > 0 && names.len() == before);
    }
}
