//! Slots: `«key»` and its kin, and what stands in their place.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::issuer::{Issuer, named};
use crate::random::{
    ALNUM, BASE58, BASE64_URL, DIGITS, HEX, LOWER_ALNUM, Random, UPPER_ALNUM, UPPER_HEX,
};

/// The parts of a credential that a slot may name.
const PARTS: [&str; 5] = ["key", "secret", "passphrase", "memo", "pem"];

/// Fills the slots of one case.
pub(crate) struct Filler<'a> {
    /// What all values of the case depend on.
    seed: String,
    issuer: Option<&'a Issuer>,
    /// Each part that stood in a slot (`okx.secret#2`), and the forms in which it stood, its
    /// plain form first.
    pub(crate) values: BTreeMap<String, Vec<String>>,
}

impl<'a> Filler<'a> {
    pub(crate) fn new(way: &str, issuer: Option<&'a Issuer>) -> Self {
        let seed = format!("{way} {}", issuer.map_or("-", |issuer| issuer.id));
        Self {
            seed,
            issuer,
            values: BTreeMap::new(),
        }
    }

    /// The text with its slots filled. A line with a part that the exchange does not have is
    /// left out.
    pub(crate) fn fill(&mut self, text: &str) -> Result<String, String> {
        let mut filled = String::with_capacity(text.len() * 2);
        for line in text.split_inclusive('\n') {
            if let Some(line) = self.line(line)? {
                filled.push_str(&line);
            }
        }
        Ok(filled)
    }

    /// Whether the exchange has this part.
    pub(crate) fn has(&self, part: &str) -> bool {
        self.plain(part).is_ok_and(|value| value.is_some())
    }

    fn line(&mut self, line: &str) -> Result<Option<String>, String> {
        let mut filled = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('«') {
            let (slot, after) = after.split_once('»').ok_or("a slot without its end")?;
            let Some(value) = self.slot(slot)? else {
                return Ok(None);
            };
            filled.push_str(before);
            filled.push_str(&value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(Some(filled))
    }

    /// What stands in place of a slot; `None` where the exchange has no such part.
    fn slot(&mut self, slot: &str) -> Result<Option<String>, String> {
        let (name, encoding) = match slot.split_once('|') {
            Some((name, encoding)) => (name, Some(encoding)),
            None => (slot, None),
        };
        let Some(plain) = self.plain(name)? else {
            return Ok(None);
        };
        let value = encode(&plain, encoding).ok_or_else(|| format!("no slot «{slot}»"))?;
        if is_part(name) {
            let forms = self
                .values
                .entry(name.to_owned())
                .or_insert_with(|| vec![plain]);
            if !forms.contains(&value) {
                forms.push(value.clone());
            }
        }
        Ok(Some(value))
    }

    fn plain(&self, name: &str) -> Result<Option<String>, String> {
        let unknown = || format!("no slot «{name}»");
        let mut random = Random::new(&format!("{} {name}", self.seed));
        if is_part(name) {
            let part = name.split('#').next().unwrap_or(name);
            let (issuer, part) = match part.split_once('.') {
                Some((id, part)) => (named(id), part),
                None => (self.issuer, part),
            };
            return Ok(issuer.ok_or_else(unknown)?.value(part, &mut random));
        }
        if let Some(word) = self.issuer.and_then(|issuer| word(issuer, name)) {
            return Ok(Some(word));
        }
        plain_value(name.split('#').next().unwrap_or(name), &mut random)
            .map(Some)
            .ok_or_else(unknown)
    }
}

/// Whether a slot names a part of a credential: `key`, `secret#2`, `okx.passphrase`.
fn is_part(name: &str) -> bool {
    let name = name.split('#').next().unwrap_or(name);
    PARTS.contains(&name.rsplit('.').next().unwrap_or(name))
}

/// The exchange's words.
fn word(issuer: &Issuer, name: &str) -> Option<String> {
    Some(match name {
        "P" => issuer.word.to_owned(),
        "P:upper" => issuer.word.to_uppercase(),
        "P:title" => issuer.title.to_owned(),
        "P:name" => issuer.name.to_owned(),
        "host" => issuer.host.to_owned(),
        "header" => issuer.header?.to_owned(),
        _ => return None,
    })
}

/// A value that is no credential: `hex:64`, `uuid`, `objectid`, …
fn plain_value(name: &str, random: &mut Random) -> Option<String> {
    match name {
        "uuid" => return Some(random.uuid()),
        "objectid" => return Some(random.object_id()),
        _ => {}
    }
    let (alphabet, length) = name.split_once(':')?;
    let length: usize = length.parse().ok()?;
    let alphabet = match alphabet {
        "hex" => HEX,
        "HEX" => UPPER_HEX,
        "digit" => DIGITS,
        "alnum" => ALNUM,
        "upper-alnum" => UPPER_ALNUM,
        "lower-alnum" => LOWER_ALNUM,
        "base58" => BASE58,
        "base64url" => BASE64_URL,
        "base64" => return Some(STANDARD.encode(random.bytes(bytes_in_base64(length)))),
        _ => return None,
    };
    Some(random.text(alphabet, length))
}

/// How many bytes stand in so many characters of base64, padding and all: a round number of them
/// where that can be, as digests and keys have.
fn bytes_in_base64(length: usize) -> usize {
    let most = length / 4 * 3;
    let round = |bytes: &usize| {
        if most - bytes == 2 {
            bytes.is_multiple_of(16)
        } else {
            bytes.is_multiple_of(4)
        }
    };
    [2, 1]
        .map(|padding| most - padding)
        .into_iter()
        .find(round)
        .unwrap_or(most)
}

fn encode(value: &str, encoding: Option<&str>) -> Option<String> {
    Some(match encoding {
        None => value.to_owned(),
        Some("base64") => STANDARD.encode(value),
        Some("percent") => value
            .bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(byte).to_string()
                }
                _ => format!("%{byte:02X}"),
            })
            .collect(),
        // As a string of one line holds several.
        Some("newlines") => value.replace('\n', "\\n"),
        // As PHP writes JSON.
        Some("slashes") => value.replace('/', "\\/"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(id: &str, text: &str) -> String {
        Filler::new("test", named(id)).fill(text).unwrap()
    }

    #[test]
    fn a_slot_holds_the_same_value_wherever_it_stands() {
        let text = filled("binance", "«key» «key» «key#2»");
        let words: Vec<_> = text.split(' ').collect();
        assert_eq!(words[0], words[1]);
        assert_ne!(words[0], words[2]);
    }

    #[test]
    fn words_of_the_exchange_are_filled_in() {
        assert_eq!(
            filled("gate", "«P» «P:upper» «P:title» «host»"),
            "gateio GATEIO GateIo api.gateio.ws"
        );
    }

    #[test]
    fn a_line_with_a_part_that_the_exchange_lacks_is_left_out() {
        assert_eq!(filled("binance", "a\nb «passphrase»\nc\n"), "a\nc\n");
        assert_eq!(filled("okx", "a\nb «passphrase»\nc\n").lines().count(), 3);
    }

    #[test]
    fn encoded_forms_are_kept_beside_the_plain_one() {
        let mut filler = Filler::new("test", named("kraken"));
        let text = filler.fill("«secret|percent» «secret|base64»").unwrap();
        let forms = &filler.values["secret"];
        assert_eq!(forms.len(), 3);
        assert!(forms[0].ends_with("==") && forms[1].ends_with("%3D%3D"));
        assert_eq!(text, format!("{} {}", forms[1], forms[2]));
    }

    #[test]
    fn a_slot_may_name_its_exchange() {
        let mut filler = Filler::new("test", None);
        let text = filler.fill("«bitget.key» «hex:40»").unwrap();
        assert!(text.starts_with("bg_") && text.len() == 35 + 1 + 40);
    }

    #[test]
    fn unknown_slots_are_refused() {
        for text in ["«colour»", "«key|rot13»", "«hex»", "«key", "«nobody.key»"] {
            assert!(
                Filler::new("test", named("okx")).fill(text).is_err(),
                "{text}"
            );
        }
        assert!(Filler::new("test", None).fill("«key»").is_err());
    }

    #[test]
    fn base64_has_the_length_that_was_asked_for() {
        for length in [24, 44, 64, 88, 344] {
            assert_eq!(
                plain_value(&format!("base64:{length}"), &mut Random::new("x"))
                    .unwrap()
                    .len(),
                length
            );
        }
    }
}
