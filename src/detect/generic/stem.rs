//! Where a name of a secret stands with a value right behind it: the anchors of what is too short for a
//! run.
//!
//! Two searches for a handful of literals each, the second in texts beyond ASCII only. What they find is
//! looked at once: the value must begin within [`GAP`] bytes behind the name and look like one by itself.
//! All that is read stands within 128 bytes ([`GAP`], [`LONGEST`], [`REST`] and a literal), and [`NEAR`] of a change in
//! texts that were made from known ones.

use std::ops::Range;
use std::sync::LazyLock;

use super::{escaped, letters, value};
use crate::literals::Literals;
use crate::stretch::around;

/// A name, and the value behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::detect) struct Bound {
    /// Where the part of the name stands that was searched for.
    pub(super) stem: Range<usize>,
    /// The value, without quotes.
    pub(super) value: Range<usize>,
    /// Whether it stands in quotes.
    pub(super) quoted: bool,
}

impl Bound {
    /// Where its first byte stands: that of the name's part that was searched for.
    pub(in crate::detect) fn begins(&self) -> usize {
        self.stem.start
    }

    /// Where it ends.
    pub(in crate::detect) fn ends(&self) -> usize {
        self.stem.end.max(self.value.end)
    }

    /// Where the value stands.
    pub(in crate::detect) fn value(&self) -> &Range<usize> {
        &self.value
    }

    /// The same at another place: so far behind `to` as it is behind `from`.
    pub(in crate::detect) fn moved(&self, from: usize, to: usize) -> Self {
        let moved = |range: &Range<usize>| range.start - from + to..range.end - from + to;
        Self {
            stem: moved(&self.stem),
            value: moved(&self.value),
            quoted: self.quoted,
        }
    }

    /// Puts them in order, each value once.
    fn sort(bounds: &mut Vec<Self>) {
        bounds.sort_by_key(|bound| (bound.stem.start, bound.value.start, bound.value.end));
        bounds.dedup_by(|later, first| later.value == first.value);
    }
}

/// How far behind its name a value may begin, in bytes.
const GAP: usize = 32;
/// The longest value that is found by its name alone: of 50 characters with as many signs as Django's secret keys have
/// three in four hold no run. Longer ones that a machine drew do.
const LONGEST: usize = 64;
/// How much of a name behind the part that was searched for, and before it.
const REST: usize = 16;
const HEAD: usize = 24;

/// In three cases each; the searcher sees no case.
static ASCII: LazyLock<Literals> = LazyLock::new(|| {
    Literals::new([
        "pass", "Pass", "PASS", "pwd", "Pwd", "PWD", "ecret", "ECRET", "ontrasen", "ONTRASEN",
        "senha", "Senha", "SENHA", "ennwort", "ENNWORT", "IED BY", "ied by",
    ])
});

static FOREIGN: LazyLock<Literals> = LazyLock::new(|| {
    Literals::new([
        "ontraseña",
        "ONTRASEÑA",
        "asło",
        "ASŁO",
        "ароль",
        "АРОЛЬ",
        "密码",
        "密碼",
        "口令",
        "パスワード",
        "비밀번호",
        "패스워드",
        "암호",
        "ösenord",
        "ÖSENORD",
        "ifre",
    ])
});

/// Finds every place of a text where a value stands right behind a name; whether all of the text is ASCII.
pub(in crate::detect) fn find(text: &[u8], out: &mut Vec<Bound>) -> bool {
    out.clear();
    let mut search = |stems: &Literals| {
        for found in stems.find_iter(text) {
            if let Some(bound) = bound(text, found)
                && out.last().is_none_or(|last| last.value != bound.value)
            {
                out.push(bound);
            }
        }
    };
    search(&ASCII);
    let ascii = text.is_ascii();
    if !ascii {
        search(&FOREIGN);
        Bound::sort(out);
    }
    ascii
}

/// How far from a change names are searched for, in bytes: two names with one value may both see it.
const NEAR: usize = 192;
/// How far beyond that the search begins and ends, in bytes: more than a few literals.
const RIM: usize = 64;

/// The same of a text that was made from another one, both of ASCII or neither: `fresh` are the ranges that are
/// no copy, in order and apart, `known` the places that were copied.
pub(in crate::detect) fn find_since(
    text: &[u8],
    ascii: bool,
    fresh: &[Range<usize>],
    known: impl Iterator<Item = Bound>,
    out: &mut Vec<Bound>,
) {
    out.clear();
    let zones = around(fresh, NEAR, NEAR + 1, text.len());
    for zone in &zones {
        let low = zone.start.saturating_sub(RIM);
        let high = zone.end.saturating_add(RIM).min(text.len());
        let part = text.get(low..high).unwrap_or_default();
        for stems in [&ASCII, &FOREIGN].into_iter().take(1 + usize::from(!ascii)) {
            let stems = stems.find_iter(part);
            let stems = stems.map(|found| found.start + low..found.end + low);
            let here = stems.filter(|stem| zone.contains(&stem.start));
            out.extend(here.filter_map(|stem| bound(text, stem)));
        }
    }
    out.extend(known.filter(|bound| {
        let next = zones.partition_point(|zone| zone.end <= bound.stem.start);
        let zone = zones.get(next);
        zone.is_none_or(|zone| zone.start > bound.stem.start)
    }));
    Bound::sort(out);
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// Bytes that the rest of a name is made of.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || byte >= 0x80
}

/// The value behind a stem, if one stands there.
fn bound(text: &[u8], stem: Range<usize>) -> Option<Bound> {
    let rest = text.get(stem.end..)?;
    let more = rest.iter().take(REST).take_while(|b| is_name(**b)).count();
    let end = stem.end + more;
    // Most are words of a text: something must follow that binds.
    let next = *text.get(end)?;
    if !matches!(
        next,
        b'=' | b':'
            | b'"'
            | b'\''
            | b'`'
            | b' '
            | b'\\'
            | b']'
            | b')'
            | b'('
            | b'<'
            | b'>'
            | b'\t'
            | b'}'
            | b','
    ) {
        return None;
    }
    let (at, quoted) = Seek { text, end }.value()?;
    let fits = |value: &Range<usize>| {
        (value::SHORTEST..=LONGEST).contains(&value.len())
            && text
                .get(value.clone())
                .is_some_and(|value| value::strength(value).is_some())
    };
    // `SECRET=` without a value, and the next setting.
    if !quoted && is_empty(text.get(end..at).unwrap_or_default()) {
        return None;
    }
    let value = if quoted {
        string(text, at)
            .filter(fits)
            .or_else(|| printed(text, at))?
    } else {
        Some(line(text, at))
            .filter(|line| fits(line) && !is_query(text, &stem, line))
            .or_else(|| Some(word(text, at)).filter(fits))?
    };
    Some(Bound {
        stem,
        value,
        quoted,
    })
}

/// Whether what stands between a name and a word is an `=` that ends its line.
fn is_empty(joint: &[u8]) -> bool {
    let mut lines = joint.split(|b| matches!(b, b'\n' | b'\r'));
    let first = lines.next().unwrap_or_default();
    first.trim_ascii_end().ends_with(b"=") && lines.next().is_some()
}

/// Looks for the value behind a name.
struct Seek<'t> {
    text: &'t [u8],
    /// Where the name ends.
    end: usize,
}

impl Seek<'_> {
    fn at(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(b'\n')
    }

    /// Where the value begins, and whether a quote stands before it.
    fn value(&self) -> Option<(usize, bool)> {
        let mut at = self.end;
        // What closes the name: `"`, `']`, `\")`.
        while at < self.end + 4
            && matches!(
                self.at(at),
                b'"' | b'\'' | b'`' | b'\\' | b']' | b')' | b'}'
            )
        {
            at += 1;
        }
        let mut bound = false;
        let mut words = 0;
        while at <= self.end + GAP {
            match self.at(at) {
                b' ' | b'\t' => at += 1,
                b'=' | b':' => {
                    bound = true;
                    at += 1;
                }
                b'>' => {
                    bound = true;
                    at += 1;
                }
                // Operators; a value may begin with such a sign, too.
                b',' | b'(' | b'[' | b'{' | b'+' | b'?' | b'|' | b'~'
                    if !bound || self.is_operator(at) =>
                {
                    at += 1;
                }
                // The end of a line, or an escape for it, between a name and what it is bound to.
                b'\n' | b'\r' if bound => at += 1,
                b'<' => {
                    let tag = self.text.get(at..at + 24)?;
                    let end = memchr::memchr(b'>', tag)?;
                    at += end + 1;
                    bound = true;
                }
                b'\\' if is_quote(self.at(at + 1)) => return Some((at + 2, true)),
                quote if is_quote(quote) => {
                    if quote == self.at(at + 1) && quote == self.at(at + 2) {
                        at += 2;
                    }
                    return Some((at + 1, true));
                }
                _ => {
                    let option = at > self.end && self.is_option();
                    let length = word(self.text, at).len();
                    let after = self.at(at + length);
                    // A type, a wrapper, a prefix of the quote: `: String =`, `new Secret("…`, `b"…`.
                    let opens = length > 0 && (is_quote(after) && length <= 2 || after == b'(');
                    if opens || !(bound || option) && length <= 16 && length > 0 {
                        words += 1;
                        if words > 2 {
                            return None;
                        }
                        at += length;
                        continue;
                    }
                    let typed = bound && self.typed(at + length);
                    if typed && length > 0 {
                        at += length;
                        bound = false;
                        continue;
                    }
                    return (bound || option).then_some((at, false));
                }
            }
        }
        None
    }

    /// Whether a sign is followed by what an operator or a bracket is followed by.
    fn is_operator(&self, at: usize) -> bool {
        let next = self.at(at + 1);
        is_quote(next) || matches!(next, b' ' | b'=' | b'|' | b'?' | b'\n' | b'\r')
    }

    /// Whether an `=` and a quote follow a word: then it is a type.
    fn typed(&self, mut at: usize) -> bool {
        while self.at(at) == b' ' {
            at += 1;
        }
        self.at(at) == b'=' && {
            at += 1;
            while self.at(at) == b' ' {
                at += 1;
            }
            is_quote(self.at(at))
        }
    }

    /// Whether the name is an option of a command or is set in a Dockerfile: what follows a blank is the value.
    fn is_option(&self) -> bool {
        let floor = self.end.saturating_sub(HEAD);
        let head = self.text.get(floor..self.end).unwrap_or_default();
        let start = head
            .iter()
            .rposition(|b| b.is_ascii_whitespace() || is_quote(*b))
            .map_or(0, |at| at + 1);
        let name = head.get(start..).unwrap_or_default();
        let before = head.get(..start).unwrap_or_default();
        name.starts_with(b"--")
            || name.ends_with(b" BY")
            || before.ends_with(b"ENV ")
            || name.eq_ignore_ascii_case(b"by")
    }
}

/// The string that begins at `at`, up to its closing quote on the line.
fn string(text: &[u8], at: usize) -> Option<Range<usize>> {
    let quote = *text.get(at.checked_sub(1)?)?;
    let rest = text.get(at..)?;
    let rest = rest.get(..=LONGEST).unwrap_or(rest);
    let length = rest
        .iter()
        .position(|b| *b == quote || matches!(b, b'\n' | b'\\'))?;
    (rest.get(length) != Some(&b'\n')).then_some(at..at + length)
}

/// The literal of random bytes that begins at `at`, up to its closing quote on the line.
fn printed(text: &[u8], at: usize) -> Option<Range<usize>> {
    let quote = *text.get(at.checked_sub(1)?)?;
    let rest = text.get(at..)?;
    let rest = rest.get(..=escaped::LONGEST).unwrap_or(rest);
    let mut hidden = false;
    let closes = |byte: &u8| {
        let closes = (*byte == quote && !hidden) || *byte == b'\n';
        hidden = *byte == b'\\' && !hidden;
        closes
    };
    let literal = at..at + rest.iter().position(closes)?;
    escaped::random_bytes(text.get(literal.clone())?).then_some(literal)
}

/// The unquoted value that begins at `at` and is the rest of its line.
fn line(text: &[u8], at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    let rest = rest.get(..=LONGEST).unwrap_or(rest);
    // A password in groups is the one value with blanks in it.
    let groups = rest.get(..19).is_some_and(letters::is_grouped);
    if groups && rest.get(19).is_none_or(|b| matches!(b, b'\n' | b'\r')) {
        return at..at + 19;
    }
    let ends = |b: &u8| b.is_ascii_whitespace() || b"\"'`;<>\\".contains(b);
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    if templated(text, at) {
        return at..at;
    }
    let whole = rest.get(length).is_none_or(u8::is_ascii_whitespace);
    at..at + if whole { length } else { 0 }
}

/// Whether a name and the rest of its line are parameters of a query: `&password=…&id=1`.
fn is_query(text: &[u8], stem: &Range<usize>, line: &Range<usize>) -> bool {
    let head = text.get(..stem.start).unwrap_or_default();
    let before = head.iter().rev().find(|b| !is_name(**b));
    let line = text.get(line.clone()).unwrap_or_default();
    let behind = memchr::memchr(b'&', line).and_then(|amp| line.get(amp..));
    matches!(before, Some(b'&' | b'?')) && behind.is_some_and(|behind| behind.contains(&b'='))
}

/// Whether what begins at `at` stands in `${NAME:-…}`.
fn templated(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(64)..at).unwrap_or_default();
    let open = memchr::memmem::rfind(before, b"${");
    open.is_some_and(|open| !before.get(open..).unwrap_or_default().contains(&b'}'))
}

/// The unquoted word that begins at `at`.
fn word(text: &[u8], at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    let rest = rest.get(..=LONGEST).unwrap_or(rest);
    let ends = |b: &u8| b.is_ascii_whitespace() || b"\"'`<>;,(){}[]\\".contains(b);
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    // In a query the next parameter begins here.
    let query = rest.get(..length).unwrap_or_default();
    let length = memchr::memchr(b'&', query).map_or(length, |amp| {
        let behind = query.get(amp + 1..).unwrap_or_default();
        if behind.contains(&b'=') { amp } else { length }
    });
    at..at + length
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::detect::random::tests::Seed;

    fn drawn(seed: u64) -> String {
        let mut seed = Seed(seed);
        loop {
            let value = seed.value(
                b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789",
                12,
            );
            if value::strength(&value) == Some(value::Strength::Short) {
                return String::from_utf8(value).unwrap();
            }
        }
    }

    #[test]
    fn an_empty_value_does_not_take_the_next_line() {
        let secret = drawn(72);
        for text in [
            "KRAKEN_SECRET=\nFEES_«»=1\n",
            "KrakenSecretKey=\r\nFees=0.0025«»\n",
            "password =\n\n«»\n",
        ] {
            let filled = text.replace("«»", &secret);
            let mut out = Vec::new();
            find(filled.as_bytes(), &mut out);
            assert!(out.is_empty(), "{text}: {out:?}");
        }
        for text in ["password:\n  «»\n", "password =\n    \"«»\"\n"] {
            let filled = text.replace("«»", &secret);
            let mut out = Vec::new();
            find(filled.as_bytes(), &mut out);
            assert_eq!(out.len(), 1, "{text}");
        }
    }

    #[test]
    fn values_stand_behind_their_names() {
        let secret = drawn(71);
        for text in [
            "password = \"«»\"",
            "DB_PASSWORD=«»\n",
            "\"password\": \"«»\",",
            "password: «»\n",
            "<password>«»</password>",
            "mysql --password «» -h db",
            "--password=«»",
            "password => '«»'",
            "Server=db;User Id=sa;Password=«»;",
            "setPassword(\"«»\")",
            "map.put(\"password\", \"«»\")",
            "define('DB_PASSWORD', '«»');",
            "ENV DB_PASSWORD «»",
            "String password = \"«»\";",
            "password: String = \"«»\"",
            "let password: &str = \"«»\"",
            "$config['password'] = '«»';",
            "CREATE USER a IDENTIFIED BY '«»'",
            "<key>Password</key>\n  <string>«»</string>",
            "\\\"password\\\": \\\"«»\\\"",
            "contraseña = «»\n",
            "пароль: «»\n",
            "密码：",
            "パスワード=«»",
            "<add key=\"DbPassword\" value=\"«»\" />",
            "os.getenv('DB_PASS') or '«»'",
        ] {
            let filled = text.replace("«»", &secret);
            let mut out = Vec::new();
            find(filled.as_bytes(), &mut out);
            let values: Vec<_> = out.iter().map(|b| &filled[b.value.clone()]).collect();
            let expected: &[&str] = if text.contains("«»") {
                &[&secret]
            } else {
                &[]
            };
            assert_eq!(values, expected, "{text}");
        }
    }

    #[test]
    fn words_behind_names_are_none() {
        for text in [
            "password = get_password()",
            "pass\n",
            "passed: true",
            "password: string;",
            "password = config.password",
            "if password == other:",
            "bypass the check",
            "PASSWORD=",
            "pwd",
        ] {
            let mut out = Vec::new();
            find(text.as_bytes(), &mut out);
            assert!(out.is_empty(), "{text}: {out:?}");
        }
    }
}
