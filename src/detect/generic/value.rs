//! How much a value looks like a secret: by the character model, by its form, by what it is made of.
//!
//! The model ([`random`](crate::detect::random)) weighs a value as text against characters drawn by a
//! machine, in bits. Of 10 characters that a machine drew of letters and digits 19 in 20 have 19 bits
//! of evidence and more; of the names and words in source code 1 in 100 has 16, and 1 in 2 is below -4.
//! Passwords that people make up lie between: those are told as what they are, or not at all.

use super::letters;
use super::other::is_other;
use crate::detect::random::{looks_random, randomness};
use crate::detect::value::{bare, drawn};
use crate::suppress::{lookup, placeholder, public};

/// How sure it is that a value was drawn by a machine, or made up with care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// A password as people make them up: no word, no name, but not drawn by a machine.
    Fair,
    /// Drawn by a machine, of fewer than 16 characters.
    Short,
    /// Drawn by a machine, of 16 characters and more.
    Long,
}

/// The shortest secret that is looked for, in bytes: shorter ones are no more than a word.
pub(super) const SHORTEST: usize = 8;
/// The longest.
pub(super) const LONGEST: usize = 512;
/// From here on a value that looks random stands in a run of its own.
const RUN: usize = 16;

/// Bits of evidence that a short value was drawn.
const DRAWN: f32 = 20.0;
/// Bits of evidence that it is at least no word.
const NO_WORD: f32 = 9.0;

/// How much a value looks like a secret; none when it is something else: a word, a name, a path, a
/// number, an expression, a template, something public. Reads the value alone.
pub(super) fn strength(value: &[u8]) -> Option<Strength> {
    if letters::grouped(value) || django(value) {
        return Some(Strength::Long);
    }
    if !(SHORTEST..=LONGEST).contains(&value.len())
        || !value.iter().all(u8::is_ascii_graphic)
        || is_other(value)
        || placeholder::placeholder(value).is_some()
        || lookup::lookup(value)
        || public::by_value(value).is_some()
    {
        return None;
    }
    if pointed(value) {
        return Some(Strength::Long);
    }
    let kinds = Kinds::of(value);
    if kinds.letters == 0 || kinds.signs * 2 > value.len() {
        return None;
    }
    let value = bare(value);
    let plain = plain_letters(value);
    if kinds.letters == value.len() && value.len() >= RUN {
        return letters::drawn(value).then_some(Strength::Long);
    }
    if value.len() >= RUN
        && (uuid(value) || drawn(value) && kinds.mixed(value) && (kinds.hex || drawn(&plain)))
    {
        return Some(Strength::Long);
    }
    let bits = evidence(value).min(evidence(&plain));
    if kinds.digits == 0 && kinds.signs == 0 && !(kinds.capitals > 0 && kinds.small > 0) {
        return None;
    }
    if value.len() >= RUN {
        // What has signs is no run, and need not look random as one.
        let drawn =
            kinds.varied() && kinds.signs > 0 && bits >= DRAWN + 2.0 * (value.len() - 8) as f32;
        return drawn
            .then_some(Strength::Long)
            .or_else(|| kinds.made_up(bits));
    }
    if bits >= DRAWN && kinds.varied() {
        return Some(Strength::Short);
    }
    kinds.made_up(bits)
}

/// Whether a value is made of pieces with points between them, of which one was drawn: an id and its secret. A host
/// and a file end with a word, and a member's owner is one.
fn pointed(value: &[u8]) -> bool {
    let own = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let drawn = |piece: &[u8]| piece.len() >= RUN && strength(piece) == Some(Strength::Long);
    let short = |piece: &[u8]| piece.len() <= 3 || piece.iter().any(u8::is_ascii_digit);
    let pieces = || value.split(|b| *b == b'.');
    // `v0.10.1-0.20240131…`: of a version.
    let number = |piece: &&[u8]| {
        let digits = piece.strip_prefix(b"v").unwrap_or(piece);
        digits.len() <= 4 && digits.iter().all(u8::is_ascii_digit)
    };
    let ending = pieces().next_back().unwrap_or_default();
    (2..=4).contains(&pieces().count())
        && pieces().filter(number).count() < 2
        && pieces().all(|piece| !piece.is_empty() && piece.iter().all(own))
        && !(ending.len() <= 6 && ending.iter().all(u8::is_ascii_alphabetic))
        && pieces().any(drawn)
        && pieces().all(|piece| short(piece) || drawn(piece))
}

/// Whether a value is a secret key as Django draws it: 50 small letters, digits and signs, of which all three are
/// plenty (<https://github.com/django/django/blob/main/django/core/management/utils.py>, `get_random_secret_key`).
fn django(value: &[u8]) -> bool {
    const SIGNS: &[u8] = b"!@#$%^&*(-_=+)";
    let count = |of: &dyn Fn(&u8) -> bool| value.iter().filter(|byte| of(byte)).count();
    let different = SIGNS.iter().filter(|sign| value.contains(sign)).count();
    let (letters, digits) = (count(&u8::is_ascii_lowercase), count(&u8::is_ascii_digit));
    let signs = count(&|byte| SIGNS.contains(byte));
    value.len() == 50
        && letters + digits + signs == 50
        && letters >= 15
        && digits >= 3
        && signs >= 6
        && different >= 5
}

/// Evidence that a value was drawn, in bits.
fn evidence(value: &[u8]) -> f32 {
    randomness(value) * value.len() as f32
}

/// The value with signs and digits that stand for letters written as letters: `P@ssw0rd`.
fn plain_letters(value: &[u8]) -> Vec<u8> {
    let letter = |at: Option<usize>| {
        at.and_then(|at| value.get(at))
            .is_some_and(|b| b.is_ascii_alphabetic() || b"@$013457!".contains(b))
    };
    (0..value.len())
        .zip(value)
        .map(|(at, byte)| {
            let plain = match byte {
                b'@' | b'4' => b'a',
                b'$' | b'5' => b's',
                b'0' => b'o',
                b'1' | b'!' => b'i',
                b'3' => b'e',
                b'7' => b't',
                _ => return *byte,
            };
            if letter(at.checked_sub(1)) && letter(Some(at + 1)) {
                plain
            } else {
                *byte
            }
        })
        .collect()
}

/// What a value is made of.
struct Kinds {
    letters: usize,
    small: usize,
    capitals: usize,
    digits: usize,
    signs: usize,
    /// The longest stretch of small letters.
    longest: usize,
    /// Whether all of it is hex digits.
    hex: bool,
}

impl Kinds {
    fn of(value: &[u8]) -> Self {
        let count = |class: fn(&u8) -> bool| value.iter().filter(|b| class(b)).count();
        let (small, capitals) = (count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase));
        let longest = value
            .split(|b| !b.is_ascii_lowercase())
            .map(<[u8]>::len)
            .max()
            .unwrap_or(0);
        Self {
            letters: small + capitals,
            small,
            capitals,
            digits: count(u8::is_ascii_digit),
            signs: count(u8::is_ascii_punctuation),
            longest,
            hex: bare(value).iter().all(u8::is_ascii_hexdigit),
        }
    }

    /// Whether it is at least no word.
    fn made_up(&self, bits: f32) -> Option<Strength> {
        (bits >= NO_WORD && self.digits > 0 && self.letters > 2).then_some(Strength::Fair)
    }

    /// Whether a short value has more than one kind of character, as names have not.
    fn varied(&self) -> bool {
        self.digits > 0 && (self.letters > 1)
            || self.small > 0 && self.capitals > 0 && self.longest <= 4
    }

    /// Whether a long value has what a random one has and names have not: digits, or signs among letters of both
    /// cases where digits may be missing by chance.
    fn mixed(&self, value: &[u8]) -> bool {
        let missing = (52.0_f64 / 62.0).powf(value.len() as f64);
        self.digits > 0 || self.signs > 0 && missing > 1e-2 && self.small > 0 && self.capitals > 0
    }
}

/// Whether a value is 32 hex digits in the groups of a UUID.
pub(super) fn uuid(value: &[u8]) -> bool {
    let groups: Vec<usize> = value.split(|b| *b == b'-').map(<[u8]>::len).collect();
    groups == [8, 4, 4, 4, 12]
        && value.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
        && looks_random(value)
}

/// Whether the digits of a UUID stand in order, as nobody drew them: `a1b2c3d4-e5f6-7890-abcd-ef1234567890`.
pub(super) fn uuid_in_order(value: &[u8]) -> bool {
    let joined: Vec<u32> = value
        .iter()
        .filter_map(|b| char::from(*b).to_digit(36))
        .collect();
    // Each digit follows the one before it, or the last but one: zero follows nine.
    let next = |a: u32, b: u32| b == a + 1 || a == 9 && b == 0;
    let follows = joined
        .windows(3)
        .filter(|three| matches!(three, [a, b, c] if next(*b, *c) || next(*a, *c)));
    joined.len() == 32 && value.len() == 36 && follows.count() >= 22
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::detect::random::tests::{Seed, alphabets};

    #[test]
    fn what_people_write_is_no_secret() {
        for value in [
            "",
            "password",
            "mypassword",
            "changeme",
            "your-password",
            "Password",
            "hunter",
            "admin",
            "administrator",
            "settings.PASSWORD",
            "config.get('x')",
            "${DB_PASSWORD}",
            "/etc/passwd",
            "./secrets/key.pem",
            "user@example.com",
            "https://example.com/a",
            "getPassword()",
            "currentPassword",
            "NEW_PASSWORD",
            "new-password",
            "password_reset_form",
            "string",
            "2019-01-01",
            "1.2.3-beta.4",
            "text/html",
            "Passwort",
            "i18n.password.label",
            "12345678",
            "com.example.Secret",
            "PasswordAuthentication",
            "keyboard-interactive",
            "Purple62/v4/50/96/f5/5096f5-0130-90b1-86bb-eb5679/source.png",
            "lkjsdfjLKJlKJLKJDSFSDJF",
            "xapp-A111-222-xyz",
            "nix:x:999:30000:Nix",
            "utf8mb4_unicode_ci",
            "form-control",
            "input-lg",
            "P@ssw0rd",
            "Passw0rd!",
            "passw0rd123",
            "qwerty123",
            "abc123456",
            "bcrypt",
            "sha256",
            "arguments.length===2",
            "aoData.length==0",
            "4:4.13.3-0ubuntu0.1",
            "8.56+14.04.20140307-0ubuntu2",
            "5.0+dfsg-2",
        ] {
            assert_eq!(strength(value.as_bytes()), None, "{value}");
        }
    }

    #[test]
    fn uuids_that_count_are_told() {
        for (value, ordered) in [
            ("a1b2c3d4-e5f6-7890-abcd-ef1234567890", true),
            ("12345678-1234-1234-1234-123456789012", true),
            ("f3a1c97e-5b2d-4e80-9c6a-d07b41e8f259", false),
            ("a1b2c3d4e5f67890abcdef1234567890", false),
        ] {
            assert_eq!(uuid_in_order(value.as_bytes()), ordered, "{value}");
        }
    }

    #[test]
    fn an_id_and_its_secret_with_a_point_between_them_are_one_value() {
        let mut seed = Seed(67);
        let (_, alnum) = alphabets()
            .into_iter()
            .find(|(own, _)| *own == "alnum")
            .unwrap();
        let secret = String::from_utf8(seed.value(&alnum, 32)).unwrap();
        for (value, expected) in [
            (format!("k3j9x0q2w1.{secret}"), true),
            (format!("{secret}.v1"), true),
            (format!("acct_1234.{secret}.x9"), true),
            (format!("{secret}.example.com"), false),
            (format!("chunk1.{secret}.js"), false),
            (format!("v0.10.{secret}"), false),
            ("settings.exchange.apiKey".to_owned(), false),
        ] {
            assert_eq!(pointed(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn what_a_machine_drew_is() {
        let mut seed = Seed(61);
        let of = |name: &str| {
            alphabets()
                .into_iter()
                .find(|(own, _)| *own == name)
                .unwrap()
                .1
        };
        let (alnum, hex) = (of("alnum"), of("hex"));
        let signs: Vec<u8> = [&alnum[..], b"!@#%^&*-_=+?"].concat();
        let letters: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').collect();
        for (alphabet, length, least, at_least) in [
            (&letters, 32, Strength::Long, 970),
            (&alnum, 24, Strength::Long, 995),
            (&hex, 32, Strength::Long, 999),
            (&alnum, 12, Strength::Short, 900),
            (&signs, 12, Strength::Short, 880),
            (&alnum, 10, Strength::Fair, 900),
        ] {
            let found = (0..1000)
                .filter(|_| strength(&seed.value(alphabet, length)) >= Some(least))
                .count();
            assert!(found >= at_least, "{found} of 1000 of {length}");
        }
    }
}
