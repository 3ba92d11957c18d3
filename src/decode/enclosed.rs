//! A text of several bindings that another text holds in base64 or in hex digits: a whole `.env`, a JSON or YAML
//! file, as Kubernetes, CI and shell scripts keep them.
//!
//! What is found in it stands at the signs that spell it, so it is read as a text of its own
//! ([`Layer::decoded`]) and not as one value.

use std::ops::Range;

use super::encoded::{base64_text, encoded_text};
use super::layer::{DEPTH, Layer};

/// The longest that is decoded, in bytes: what `encoded` decodes, too.
const LONGEST: usize = 64 * 1024;
/// The shortest line of base64 that goes on in the next one: programs wrap it at 60 (Go), 64 (PEM, openssl) or 76
/// signs (MIME, `base64`).
const SHORTEST_LINE: usize = 60;
/// How many bindings make a text of its own.
const BINDINGS: usize = 2;

/// A text in another one.
#[derive(Debug)]
pub struct Enclosed {
    /// The text.
    pub bytes: Vec<u8>,
    /// Where all of what spells it stands.
    pub span: Range<usize>,
    /// Where each byte of it stands.
    places: Vec<Range<usize>>,
}

impl Enclosed {
    /// The text that begins with a run of a text, in base64 of one line or more, or in hex digits, once or several
    /// times over; none where it is but one value, or no text.
    pub fn at(text: &[u8], run: &Range<usize>) -> Option<Self> {
        let first = Spelled::at(text, run)?;
        let span = run.start..first.end;
        let mut levels = vec![first];
        while let Some(top) = levels.last()
            && !is_of_its_own(&top.bytes)
        {
            let whole = top.bytes.trim_ascii_end().len();
            let is_sign = |b: &&u8| b.is_ascii_alphanumeric() || b"+/_-".contains(b);
            let length = top.bytes.iter().take_while(is_sign).count();
            let inner = Spelled::at(&top.bytes, &(0..length))?;
            if inner.end < whole || levels.len() >= DEPTH {
                return None;
            }
            levels.push(inner);
        }
        let outer = |place: Range<usize>, level: &Spelled| {
            let last = level.place(place.end.saturating_sub(1));
            level.place(place.start).start..last.end
        };
        let (top, below) = levels.split_last()?;
        let place = |at: usize| below.iter().rev().fold(top.place(at), outer);
        Some(Self {
            places: (0..top.bytes.len()).map(place).collect(),
            span,
            bytes: levels.pop()?.bytes,
        })
    }

    /// As a layer, for what was found in the text of another one. The name that holds it stands in front of it, as
    /// that of a section or of an object: `name` says where.
    pub fn layer(self, within: &Layer<'_>, name: Option<Range<usize>>) -> Layer<'static> {
        let Some(name) = name else {
            return Layer::decoded(self.bytes, &self.places, within);
        };
        let object = self.bytes.trim_ascii_start().starts_with(b"{");
        let (before, behind): (&[u8], &[u8]) = if object {
            (b"", b" = ")
        } else {
            (b"[", b"]\n")
        };
        let own = within.bytes.get(name.clone()).unwrap_or_default();
        let bytes = [before, own, behind, &self.bytes].concat();
        let point = |at: usize, signs: &[u8]| vec![at..at + 1; signs.len()];
        let places = [
            point(name.start, before),
            name.clone().map(|at| at..at + 1).collect(),
            point(name.end.saturating_sub(1), behind),
            self.places,
        ]
        .concat();
        Layer::decoded(bytes, &places, within)
    }
}

/// What signs spell, whatever it is.
struct Spelled {
    bytes: Vec<u8>,
    /// Where the signs end.
    end: usize,
    /// The first sign of what stands in one line; of several lines, all of them.
    start: usize,
    signs: Vec<usize>,
    /// Whether they are hex digits.
    hex: bool,
}

impl Spelled {
    fn at(text: &[u8], run: &Range<usize>) -> Option<Self> {
        let behind = text.get(run.end..)?.iter().take(2);
        let end = run.end + behind.take_while(|b| **b == b'=').count();
        // The parts of a token in the form of JWT tell of themselves.
        let part = |at: Option<usize>| at.and_then(|at| text.get(at)) == Some(&b'.');
        if part(Some(end)) || part(run.start.checked_sub(1)) {
            return None;
        }
        let written = text.get(run.start..end)?;
        let bytes = encoded_text(written)?;
        if run.len() >= SHORTEST_LINE
            && let Some((bytes, signs)) = wrapped(text, run)
        {
            return Some(Self {
                bytes,
                end: signs.last()? + 1,
                start: run.start,
                signs,
                hex: false,
            });
        }
        // Three of four signs are bytes in base64, one of two in hex digits.
        let hex = bytes.len() * 5 < written.len() * 3;
        let prefix = hex && written.starts_with(b"0x");
        Some(Self {
            bytes,
            end,
            start: run.start + if prefix { 2 } else { 0 },
            signs: Vec::new(),
            hex,
        })
    }

    /// Where the signs stand that spell a byte.
    fn place(&self, at: usize) -> Range<usize> {
        let sign = |at: usize| self.signs.get(at).copied().unwrap_or(self.start + at);
        if self.hex {
            return sign(at * 2)..sign(at * 2 + 1) + 1;
        }
        sign(at * 8 / 6)..sign((at * 8 + 7) / 6) + 1
    }
}

/// Base64 that goes on over lines of one length, the last one perhaps shorter: the text, and where its signs stand.
/// None but for the first line, so that each is read once.
fn wrapped(text: &[u8], run: &Range<usize>) -> Option<(Vec<u8>, Vec<usize>)> {
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let above = text.get(..run.start)?;
    let indent = above
        .iter()
        .rev()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    let above = above.get(..above.len() - indent)?;
    let goes_on = above.strip_suffix(b"\n").is_some_and(|above| {
        let above = above.strip_suffix(b"\r").unwrap_or(above);
        let line = above.get(above.len().saturating_sub(run.len())..);
        line.is_some_and(|line| line.len() == run.len() && line.iter().all(is_sign))
    });
    if goes_on || !run.len().is_multiple_of(4) || !text.get(run.clone())?.iter().all(is_sign) {
        return None;
    }
    let mut signs: Vec<usize> = run.clone().collect();
    let mut at = run.end;
    loop {
        let rest = text.get(at..)?;
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        let Some(rest) = rest.strip_prefix(b"\n") else {
            break;
        };
        let indent = rest
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        let start = text.len() - rest.len() + indent;
        let line = text.get(start..)?;
        let length = line
            .iter()
            .take(run.len() + 1)
            .take_while(|b| is_sign(b))
            .count();
        let padding = line
            .get(length..)?
            .iter()
            .take(2)
            .take_while(|b| **b == b'=')
            .count();
        let whole = line
            .get(length + padding)
            .is_none_or(|b| !b.is_ascii_graphic() || matches!(b, b'"' | b'\''));
        if length == 0 || length > run.len() || !whole || signs.len() > LONGEST {
            break;
        }
        signs.extend(start..start + length + padding);
        at = start + length + padding;
        if length < run.len() || padding > 0 {
            break;
        }
    }
    if signs.len() == run.len() {
        return None;
    }
    let written: Vec<u8> = signs
        .iter()
        .filter_map(|at| text.get(*at))
        .copied()
        .collect();
    Some((base64_text(&written)?, signs))
}

/// Whether a text holds several bindings: lines `name=value` and `name: value`, or members of an object.
fn is_of_its_own(text: &[u8]) -> bool {
    if text.trim_ascii_start().starts_with(b"{") {
        return memchr::memmem::find_iter(text, b"\":").count() >= BINDINGS
            || memchr::memmem::find_iter(text, b"\" :").count() >= BINDINGS;
    }
    let lines = text.split(|b| *b == b'\n').filter(|line| binds(line));
    lines.take(BINDINGS).count() == BINDINGS
}

/// Whether a line binds a value to a name.
fn binds(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"export ").unwrap_or(line);
    let line = line.strip_prefix(b"- ").unwrap_or(line);
    let joint = line.iter().position(|b| matches!(b, b'=' | b':'));
    let Some((name, value)) = joint.and_then(|at| line.split_at_checked(at)) else {
        return false;
    };
    let name = name.trim_ascii_end();
    let named = name
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || b"_.-\"'/[] ".contains(b));
    named
        && (1..=80).contains(&name.len())
        && name.iter().filter(|b| **b == b' ').count() <= 1
        && name.iter().any(u8::is_ascii_alphabetic)
        && !value.starts_with(b"://")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    const ENV: &str =
        "# bot\nexport NAME=one\nOTHER_NAME: two\nLAST='the third of them'\nEND=four\n";

    fn enclosed(text: &str, start: usize) -> Option<(Enclosed, Layer<'_>)> {
        let bytes = text.as_bytes();
        let length = bytes[start..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || b"+/_-".contains(b))
            .count();
        let enclosed = Enclosed::at(bytes, &(start..start + length))?;
        Some((enclosed, Layer::original(bytes)))
    }

    /// The signs that spell a word of the text decode to it, but for the bits beside it.
    fn signs_of(text: &str, start: usize, word: &str, name: Option<Range<usize>>) -> Vec<u8> {
        let (enclosed, within) = enclosed(text, start).unwrap();
        let layer = enclosed.layer(&within, name);
        let at = memchr::memmem::find(&layer.bytes, word.as_bytes()).unwrap();
        text.as_bytes()[layer.origin_of(&(at..at + word.len()))].to_vec()
    }

    #[test]
    fn a_file_in_base64_keeps_its_places() {
        let text = format!("ENV_B64={}\n", STANDARD.encode(ENV));
        let (own, _) = enclosed(&text, 8).unwrap();
        assert_eq!(own.bytes, ENV.as_bytes());
        assert_eq!(own.span, 8..text.len() - 1);
        for at in 0..ENV.len() - 5 {
            let word = &ENV[at..at + 5];
            let signs = signs_of(&text, 8, word, None);
            let first = ENV.find(word).unwrap();
            let all = STANDARD.encode(ENV);
            let expected = &all.as_bytes()[first * 8 / 6..=(first * 8 + 5 * 8 - 1) / 6];
            assert_eq!(signs, expected, "{word:?}");
        }
    }

    #[test]
    fn the_name_stands_in_front() {
        let text = format!("ENV_B64={}\n", STANDARD.encode(ENV));
        let (own, within) = enclosed(&text, 8).unwrap();
        let layer = own.layer(&within, Some(0..7));
        assert!(layer.bytes.starts_with(b"[ENV_B64]\n# bot\n"));
        assert_eq!(layer.origin_of(&(1..8)), 0..7);
        assert_eq!(
            signs_of(&text, 8, "two", None),
            signs_of(&text, 8, "two", Some(0..7))
        );
        let json = r#"{"a": "one", "b": "two", "c": "three"}"#;
        let text = format!("JSON={}\n", STANDARD.encode(json));
        let (own, within) = enclosed(&text, 5).unwrap();
        assert!(
            own.layer(&within, Some(0..4))
                .bytes
                .starts_with(b"JSON = {\"a\"")
        );
    }

    #[test]
    fn lines_and_hex_digits_are_joined() {
        let all = STANDARD.encode(ENV);
        for (width, indent, end) in [(64, "    ", "\n"), (76, "", "\r\n"), (60, "\t", "\n")] {
            let lines: Vec<&str> = all
                .as_bytes()
                .chunks(width)
                .map(|line| std::str::from_utf8(line).unwrap())
                .collect();
            let text = format!(
                "env: |\n{indent}{}\nport: 443\n",
                lines.join(&format!("{end}{indent}"))
            );
            let (own, _) = enclosed(&text, 7 + indent.len()).unwrap();
            assert_eq!(own.bytes, ENV.as_bytes(), "{width}");
            assert_eq!(&text[own.span.end..], "\nport: 443\n");
            let signs = signs_of(&text, 7 + indent.len(), "LAST='the third of them'", None);
            let joined: Vec<u8> = signs
                .into_iter()
                .filter(u8::is_ascii_alphanumeric)
                .collect();
            let first = ENV.find("LAST").unwrap();
            assert_eq!(
                joined,
                all.as_bytes()[first * 8 / 6..=(first * 8 + 24 * 8 - 1) / 6]
            );
        }
        let hex: String = ENV.bytes().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("env = 0x{hex};");
        assert_eq!(enclosed(&text, 6).unwrap().0.bytes, ENV.as_bytes());
        let first = ENV.find("four").unwrap() * 2;
        assert_eq!(
            signs_of(&text, 6, "four", None),
            hex.as_bytes()[first..first + 8]
        );
    }

    #[test]
    fn twice_is_no_more_than_once() {
        let once = STANDARD.encode(ENV);
        let text = format!("ENV={}", STANDARD.encode(&once));
        let (own, _) = enclosed(&text, 4).unwrap();
        assert_eq!(own.bytes, ENV.as_bytes());
        let signs = signs_of(&text, 4, "LAST='the third", None);
        let at = text.find(std::str::from_utf8(&signs).unwrap()).unwrap();
        let place = once.len() * ENV.find("LAST").unwrap() / ENV.len() * 4 / 3 + 4;
        assert!(place.abs_diff(at) <= 8, "{at} {place}");
        let wrapped = once.as_bytes().chunks(76).collect::<Vec<_>>().join(&b'\n');
        let text = format!("ENV={}", STANDARD.encode(wrapped));
        assert_eq!(enclosed(&text, 4).unwrap().0.bytes, ENV.as_bytes());
        let single = format!(
            "ENV={}",
            STANDARD.encode(STANDARD.encode("a password, and no more"))
        );
        assert!(enclosed(&single, 4).is_none());
    }

    #[test]
    fn one_value_and_parts_of_tokens_are_no_texts() {
        for text in [
            "some user:and a long password",
            "a sentence: of words, and more of them",
        ] {
            assert!(enclosed(&STANDARD.encode(text), 0).is_none(), "{text}");
        }
        let claims = STANDARD.encode(r#"{"sub": "one", "iat": 12345678}"#);
        assert!(enclosed(&claims, 0).is_some());
        assert!(enclosed(&format!("{claims}.abc"), 0).is_none());
        assert!(enclosed(&format!("x.{claims}"), 2).is_none());
        assert!(enclosed("notbase64atallnotbase64atall", 0).is_none());
    }
}
