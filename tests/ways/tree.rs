//! The cases of the corpus and the tree that holds them.

use std::fs;
use std::path::Path;

use crate::fill::Filler;
use crate::issuer::named;
use crate::way::{Encoding, Way};

/// One credential that must be found.
pub(crate) struct Expected {
    /// The rule ids that are right.
    pub(crate) rules: Vec<String>,
    /// Each part and the forms in which its value may be reported.
    pub(crate) parts: Vec<(String, Vec<String>)>,
}

/// One way, filled for one exchange.
pub(crate) struct Case {
    /// The name of the way, and of the exchange that it was filled for.
    pub(crate) way: String,
    pub(crate) group: String,
    pub(crate) issuer: &'static str,
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) expected: Vec<Expected>,
}

/// The cases of one way.
pub(crate) fn cases(way: &Way) -> Vec<Case> {
    way.issuers
        .iter()
        .map(|issuer| {
            let mut filler = Filler::new(&way.name, *issuer);
            let fail = |problem| panic!("{}: {problem}", way.name);
            let text = filler.fill(&way.text).unwrap_or_else(fail);
            let path = filler.fill(&way.path).unwrap_or_else(fail);
            let own = issuer.map_or("-", |issuer| issuer.id);
            Case {
                way: way.name.clone(),
                group: way.group().to_owned(),
                issuer: own,
                path,
                bytes: bytes(&text, way.encoding),
                expected: way
                    .finds
                    .iter()
                    .map(|parts| expected(way, &filler, own, parts))
                    .collect(),
            }
        })
        .collect()
}

fn expected(way: &Way, filler: &Filler<'_>, own: &str, parts: &[String]) -> Expected {
    let issuer_of = |part: &str| part.split_once('.').map_or(own, |(id, _)| id).to_owned();
    let mut rules = way.rules.clone();
    rules.extend(parts.first().map(|part| issuer_of(part)));
    let parts: Vec<_> = parts
        .iter()
        .filter_map(|part| match filler.values.get(part) {
            Some(forms) => Some((part.clone(), forms.clone())),
            None if filler.has(part) => {
                panic!("{}: «{part}» is to be found and stands nowhere", way.name)
            }
            // The exchange has no such part: the line was left out.
            None => None,
        })
        .collect();
    assert!(
        rules.iter().all(|rule| rule != "-"),
        "{}: whose part is it?",
        way.name
    );
    assert!(
        named(rules.last().unwrap()).is_some(),
        "{}: no such exchange",
        way.name
    );
    Expected { rules, parts }
}

fn bytes(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Crlf => text.replace('\n', "\r\n").into_bytes(),
        Encoding::Utf16Le => format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect(),
        Encoding::Utf16Be => format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect(),
    }
}

/// The directory of the case with this number: no word of an exchange, nothing that is ignored.
pub(crate) fn directory(number: usize) -> String {
    format!("w{number:05}")
}

/// The number of the case that a reported path stands in.
pub(crate) fn number(path: &str) -> Option<usize> {
    path.split(['/', '\\']).find_map(|name| {
        let digits = name.strip_prefix('w')?;
        (digits.len() == 5).then(|| digits.parse().ok())?
    })
}

/// Writes each case's file below its own directory.
pub(crate) fn write(root: &Path, cases: &[Case]) {
    for (index, case) in cases.iter().enumerate() {
        let file = root.join(directory(index)).join(&case.path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, &case.bytes).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::way;

    #[test]
    fn every_way_can_be_filled_and_says_what_is_to_be_found() {
        for way in way::all() {
            for case in cases(&way) {
                assert!(
                    !case.path.contains('«') && !case.bytes.is_empty(),
                    "{}",
                    way.name
                );
                for credential in &case.expected {
                    assert!(!credential.parts.is_empty(), "{}", way.name);
                }
            }
        }
    }

    #[test]
    fn a_path_leads_back_to_its_case() {
        assert_eq!(
            number(&format!("/tmp/.x/{}/bots/.env", directory(42))),
            Some(42)
        );
        assert_eq!(number("/tmp/bots/wallet/.env"), None);
    }

    #[test]
    fn wide_text_begins_with_its_mark() {
        assert_eq!(bytes("a", Encoding::Utf16Le), [0xff, 0xfe, b'a', 0]);
        assert_eq!(bytes("a", Encoding::Utf16Be), [0xfe, 0xff, 0, b'a']);
        assert_eq!(bytes("a\n", Encoding::Crlf), b"a\r\n");
    }
}
