//! Values among many of one form: names of classes that a bundler drew for a style sheet, ids of things. One of them
//! may go by a name that speaks of a secret (`sharedSecret: "…"` is a box of that page); it is what the others are.

use std::ops::Range;

use super::name;
use super::value::uuid;
use crate::detect::random::looks_random;
use crate::detect::words::words;

/// How far either way others are looked for, in bytes.
const AROUND: usize = 400;
/// How many others of its form make a value one of them.
const MANY: usize = 4;
/// The longest name of an entry, in bytes.
const NAME: usize = 64;

/// Whether a quoted value is an entry among others of its length and its characters, most of those around it, under
/// names that speak of no secret. UUIDs are what ids and secrets alike are made of in settings: there they are none.
pub(super) fn among_kin(text: &[u8], value: &Range<usize>, settings: bool) -> bool {
    let own = text.get(value.clone()).unwrap_or_default();
    let quote = value.start.checked_sub(1).and_then(|at| text.get(at));
    if settings && uuid(own) || quote.is_none_or(|byte| !is_quote(*byte)) {
        return false;
    }
    let low = value.start.saturating_sub(AROUND);
    let high = value.end.saturating_add(AROUND).min(text.len());
    let (mut kin, mut others) = (0_usize, 0_usize);
    for entry in Entries::new(text, low..high) {
        if entry.value == *value {
            continue;
        }
        let drawn = text.get(entry.value).unwrap_or_default();
        let name = text.get(entry.name).unwrap_or_default();
        let silent = name::of_name(name).is_none() && !is_public_half(name);
        match is_like(own, drawn) {
            true if silent => kin += 1,
            true => {}
            false => others += 1,
        }
    }
    kin >= MANY && kin > others * 2
}

/// Whether a name is that of the half of a pair that may be shown: it stands beside the other half.
fn is_public_half(name: &[u8]) -> bool {
    let all = words(name);
    let shown = |word: &[u8]| matches!(word, b"public" | b"publishable" | b"pub");
    let key = |word: &[u8]| matches!(word, b"key" | b"keys");
    all.iter()
        .any(|word| matches!(word, b"pubkey" | b"publickey"))
        || all.iter().any(shown) && all.iter().any(key)
}

/// Whether two values are of one length and one alphabet, and a machine drew the other one, too.
fn is_like(own: &[u8], other: &[u8]) -> bool {
    let hex = |value: &[u8]| value.iter().all(u8::is_ascii_hexdigit);
    own.len() == other.len() && hex(own) == hex(other) && looks_random(other)
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// An entry of an object or a list of assignments: a name, a sign and a quoted value.
struct Entry {
    name: Range<usize>,
    value: Range<usize>,
}

/// The entries in a part of a text, which may begin in the middle of one.
struct Entries<'t> {
    text: &'t [u8],
    at: usize,
    end: usize,
}

impl<'t> Entries<'t> {
    fn new(text: &'t [u8], part: Range<usize>) -> Self {
        Self {
            text,
            at: part.start,
            end: part.end,
        }
    }

    /// The name that ends before a sign that stands at `at`.
    fn name(&self, at: usize) -> Option<Range<usize>> {
        let head = self.text.get(at.saturating_sub(NAME + 4)..at)?;
        let own = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-$.".contains(byte);
        let blank = |byte: &u8| byte.is_ascii_whitespace() || is_quote(*byte);
        let behind = head.iter().rev().take_while(|byte| blank(byte)).count();
        let length = head.iter().rev().skip(behind).take_while(|b| own(b));
        let end = at - behind;
        let length = length.count();
        (length > 0).then(|| end - length..end)
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        loop {
            let rest = self.text.get(self.at..self.end)?;
            let sign = self.at + memchr::memchr2(b':', b'=', rest)?;
            self.at = sign + 1;
            let behind = self.text.get(sign + 1..self.end)?;
            let behind = behind.strip_prefix(b">").unwrap_or(behind);
            let blanks = behind.iter().take_while(|b| b.is_ascii_whitespace());
            let from = self.end - behind.len() + blanks.count();
            let Some(quote) = self.text.get(from).copied().filter(|b| is_quote(*b)) else {
                continue;
            };
            let start = from + 1;
            let Some(length) = memchr::memchr(quote, self.text.get(start..self.end)?) else {
                continue;
            };
            let value = start..start + length;
            let Some(name) = self.name(sign) else {
                continue;
            };
            self.at = value.end + 1;
            return Some(Entry { name, value });
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::among_kin;
    use crate::detect::random::tests::Seed;

    /// Whether the value of the entry called `secret` is one of many.
    fn told(entries: &[(&str, usize)], open: &str, sign: &str, between: &str) -> bool {
        let alnum = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnopqrstuvwxyz0123456789_";
        let mut seed = Seed(151);
        let mut text = String::from("e.exports={");
        let mut value = 0..0;
        for (name, length) in entries {
            let drawn = String::from_utf8(seed.value(alnum, *length)).unwrap();
            text += &format!("{open}{name}{open}{sign}\"");
            if *name == "secret" {
                value = text.len()..text.len() + length;
            }
            text += &format!("{drawn}\"{between}");
        }
        among_kin(text.as_bytes(), &value, true)
    }

    #[test]
    fn one_among_many_of_its_form_is_what_they_are() {
        let many = [
            ("row", 20),
            ("column", 20),
            ("secret", 20),
            ("button", 20),
            ("box", 20),
            ("footer", 20),
        ];
        assert!(told(&many, "", ":", ","));
        assert!(told(&many, "\"", ": ", ",\n  "));
        assert!(told(&many, "'", " => ", ",\n  "));
        // Lengths that differ, as those of the keys of several services do.
        let mut mixed = many;
        (mixed[0].1, mixed[3].1) = (32, 40);
        assert!(!told(&mixed, "\"", ": ", ",\n"));
        // Names that speak of secrets, too.
        let keys = [
            ("api_key", 20),
            ("password", 20),
            ("secret", 20),
            ("token", 20),
            ("access_key", 20),
            ("private_key", 20),
        ];
        assert!(!told(&keys, "\"", ": ", ",\n"));
        assert!(!told(&many[1..5], "", ":", ","));
    }

    #[test]
    fn secrets_beside_their_public_halves_are_no_kin_of_these() {
        let pairs = [
            ("public_key_1", 32),
            ("secret", 32),
            ("PUBLIC_KEY_2", 32),
            ("publishableKey", 32),
            ("pubkey_4", 32),
            ("public_key_5", 32),
        ];
        assert!(!told(&pairs, "", " = ", ";\n"));
    }

    #[test]
    fn uuids_of_kinds_in_code_are_ids() {
        let mut seed = Seed(152);
        let names = [
            "USER_LOGIN",
            "USER_LOGOUT",
            "USER_BLOCKED",
            "USER_PASSWORD_ADDED",
            "ORDER_PLACED",
            "ORDER_PAID",
        ];
        let mut text = String::from("class Events {\n");
        let mut value = 0..0;
        for name in names {
            let mut hex =
                |length| String::from_utf8(seed.value(b"0123456789abcdef", length)).unwrap();
            let drawn = [8, 4, 4, 4, 12].map(&mut hex).join("-");
            text += &format!("    const {name} = '");
            if name.contains("PASSWORD") {
                value = text.len()..text.len() + drawn.len();
            }
            text += &format!("{drawn}';\n");
        }
        assert!(among_kin(text.as_bytes(), &value, false));
        assert!(!among_kin(text.as_bytes(), &value, true));
    }
}
