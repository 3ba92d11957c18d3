//! How random a value looks: text of people against characters drawn by a machine.
//!
//! Two explanations of a value are weighed, and the difference is told in bits:
//!
//! - **text**: each character follows the two before it as in words, identifiers and paths of
//!   real code (a table of three-letter sequences, and one of where capitals stand), and
//! - **random**: each character is drawn on its own. The shares of digits, small letters, capitals
//!   and signs are the value's own; within its kind every character is as likely as any other.
//!
//! Entropy alone cannot tell `internationalization` from a key: both have many different letters.
//! The order of the letters can. The tables stand in `table.bin`; `tools/randomness.rs` makes them
//! from source code and measures them.

pub mod form;

/// The longest stretch that is weighed: evidence only grows with length.
const WINDOW: usize = 256;

/// The tables: three-symbol costs, then costs of a capital and of a small letter, then the cost
/// of each byte within its symbol; all in sixteenths of a bit.
static TABLE: &[u8; TRIGRAMS + CASES + 256] = include_bytes!("table.bin");
const TRIGRAMS: usize = 1 << 15;
const CASES: usize = 128;

/// What the tables know of a byte: its symbol (letter 0 to 25 without case, 26 digit, 27 other) in
/// the low five bits, its kind (0 small letter, 1 capital, 2 digit, 3 other) in the next two, and
/// the top bit when it is a letter that hex has not.
static BYTES: [u8; 256] = bytes();

const fn bytes() -> [u8; 256] {
    let mut table = [27 | 3 << 5; 256];
    let mut i = 0;
    while i < 26 {
        let beyond_hex = if i < 6 { 0 } else { 1 << 7 };
        table[b'a' as usize + i] = i as u8 | beyond_hex;
        table[b'A' as usize + i] = i as u8 | 1 << 5 | beyond_hex;
        i += 1;
    }
    let mut i = 0;
    while i < 10 {
        table[b'0' as usize + i] = 26 | 2 << 5;
        i += 1;
    }
    table
}

/// log2 of 0 to 256 (0 for 0).
static LOG2: [f32; WINDOW + 1] = logarithms();

const fn logarithms() -> [f32; WINDOW + 1] {
    // By repeated squaring, since `f32::log2` is no constant function: 20 binary places.
    let mut table = [0.0; WINDOW + 1];
    let mut n = 2;
    while n <= WINDOW {
        let whole = n.ilog2();
        let mut x = n as f64 / (1_u64 << whole) as f64;
        let mut log = whole as f64;
        let mut place = 0.5;
        while place > 1e-6 {
            x *= x;
            if x >= 2.0 {
                x /= 2.0;
                log += place;
            }
            place /= 2.0;
        }
        table[n] = log as f32;
        n += 1;
    }
    table
}

/// Evidence that a value is random, in bits per character: the cost of the value as text less its
/// cost as random characters.
///
/// Words and identifiers lie about -1.5, random values of any alphabet between +1 and +4; 0 is
/// "can't say", which is also the answer for an empty value. Digits alone say next to nothing.
pub fn randomness(value: &[u8]) -> f32 {
    let length = value.len().min(WINDOW);
    if length == 0 {
        0.0
    } else {
        evidence(value) / length as f32
    }
}

/// Whether a value of 16 and more characters looks like one that a machine drew.
///
/// False for values with a [`form`] (repetitions, sequences), and for those whose evidence is too
/// small: more is asked of longer values, since theirs grows by one to four bits with each
/// character, and of values with capitals and small letters or signs, which identifiers have too.
/// Hex needs just any evidence: no name of 16 letters does with `a` to `f`. Values of digits only
/// are judged by their form alone.
///
/// Measured by `tools/randomness.rs` on 200,000 values of each alphabet and length: of random
/// hex, base32, base58, alphanumeric and base64 values of 18 characters at most 1 in 10,000 is
/// called not random, of 32 characters at most 1 in 200,000. Of the identifiers of 16 and more
/// characters in code that the tables were not made from, fewer than 1 in 1,000 are called random
/// where they stand, and 3 in 1,000 when each counts once, test data among them.
pub fn looks_random(value: &[u8]) -> bool {
    let value = value.get(..WINDOW).unwrap_or(value);
    // Few values have a form: it is asked last.
    (drawn(value) || part_drawn(value)) && form::form(value).is_none()
}

/// Whether the evidence suffices.
fn drawn(value: &[u8]) -> bool {
    let kinds = Kinds::of(value);
    let length = value.len() as f32;
    let needed = if kinds.letters() == 0 {
        return kinds.digit > 0;
    } else if kinds.hex {
        -2.0
    } else if kinds.other > 0 && (kinds.small == 0 || kinds.capital == 0) {
        1.6 * (length - 8.0)
    } else if kinds.other > 0 || (kinds.small > 0 && kinds.capital > 0) {
        1.4 * (length - 10.0)
    } else {
        0.95 * (length - 13.0)
    };
    let needed = needed.max(-2.0);
    // The mixture of kinds only adds to the cost as random: most text ends here.
    kinds.text - kinds.least() >= needed - 1.0 && kinds.text - kinds.random(value) >= needed
}

/// Whether a part that is long enough by itself suffices, behind a prefix of another nature: what
/// stands between signs, or a run of hex digits with letters and digits in it.
fn part_drawn(value: &[u8]) -> bool {
    let suffices =
        |part: &[u8]| part.len() < value.len() && drawn(part) && form::form(part).is_none();
    let letters = |part: &[u8]| part.iter().filter(|b| b.is_ascii_alphabetic()).count();
    // Long numbers stand in names too.
    parts(value, u8::is_ascii_alphanumeric).any(|part| letters(part) > 0 && suffices(part))
        || parts(value, u8::is_ascii_hexdigit)
            .any(|part| letters(part) >= 2 && part.iter().any(u8::is_ascii_digit) && suffices(part))
}

/// The maximal stretches of at least 16 bytes of a kind.
fn parts(value: &[u8], kind: impl Fn(&u8) -> bool) -> impl Iterator<Item = &[u8]> {
    const ENOUGH: usize = 16;
    let mut rest = value;
    std::iter::from_fn(move || {
        // From the far end: a stranger there rules out all that stands before it.
        while let Some(stranger) = rest.get(..ENOUGH)?.iter().rposition(|b| !kind(b)) {
            rest = &rest[stranger + 1..];
        }
        let length = rest.iter().take_while(|b| kind(b)).count();
        let (part, behind) = rest.split_at(length);
        rest = behind;
        Some(part)
    })
}

/// The evidence of the first [`WINDOW`] bytes, in bits.
fn evidence(value: &[u8]) -> f32 {
    let value = value.get(..WINDOW).unwrap_or(value);
    let kinds = Kinds::of(value);
    kinds.text - kinds.random(value)
}

/// What one pass over a value finds.
struct Kinds {
    small: usize,
    capital: usize,
    digit: usize,
    other: usize,
    /// Whether all letters are hex digits.
    hex: bool,
    /// The cost as text, in bits.
    text: f32,
}

impl Kinds {
    fn of(value: &[u8]) -> Self {
        let mut text = 0_u32;
        // As after a separator.
        let mut symbols = 27 << 5 | 27_usize;
        let mut kinds = 0b11_1111_usize;
        // Four counts of 16 bits, one a kind.
        let mut counts = 0_u64;
        let mut all = 0_u8;
        for &byte in value {
            let entry = BYTES[byte as usize];
            let kind = (entry >> 5 & 3) as usize;
            symbols = (symbols << 5 | (entry & 31) as usize) & (TRIGRAMS - 1);
            text += u32::from(TABLE[symbols]);
            text += u32::from(TABLE[TRIGRAMS + (kinds << 1 | kind & 1)]) * u32::from(kind < 2);
            text += u32::from(TABLE[TRIGRAMS + CASES + byte as usize]);
            kinds = (kinds << 2 | kind) & 0b11_1111;
            counts += 1 << (kind * 16);
            all |= entry;
        }
        let count = |kind: u32| (counts >> (kind * 16) & 0xffff) as usize;
        Self {
            small: count(0),
            capital: count(1),
            digit: count(2),
            other: count(3),
            hex: all & 1 << 7 == 0,
            text: text as f32 / 16.0,
        }
    }

    fn letters(&self) -> usize {
        self.small + self.capital
    }

    /// A part of what [`Self::random`] gives: the letters and digits within their kinds.
    fn least(&self) -> f32 {
        let letter = if self.hex { LOG2[6] } else { LOG2[26] };
        self.letters() as f32 * letter + self.digit as f32 * LOG2[10]
    }

    /// The cost as random characters, in bits: how the kinds are mixed, then each character
    /// within its kind.
    fn random(&self, value: &[u8]) -> f32 {
        let mixed = share(value.len())
            - [self.small, self.capital, self.digit, self.other]
                .map(share)
                .iter()
                .sum::<f32>();
        let letter = if self.hex { LOG2[6] } else { LOG2[26] };
        let other = if self.other == 0 {
            0.0
        } else {
            LOG2[distinct_others(value).min(WINDOW)]
        };
        mixed
            + self.letters() as f32 * letter
            + self.digit as f32 * LOG2[10]
            + self.other as f32 * other
    }
}

/// `n log2 n`, the part of a count in the entropy of a mixture.
fn share(n: usize) -> f32 {
    n as f32 * LOG2[n.min(WINDOW)]
}

/// How many different bytes stand in a value that are neither letter nor digit.
fn distinct_others(value: &[u8]) -> usize {
    let mut seen = [0_u128; 2];
    for &byte in value {
        if BYTES[byte as usize] >> 5 & 3 == 3 {
            seen[usize::from(byte >> 7)] |= 1 << (byte & 127);
        }
    }
    (seen[0].count_ones() + seen[1].count_ones()) as usize
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    /// SplitMix64: the same values in every run.
    pub(crate) struct Seed(pub(crate) u64);

    impl Seed {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }

        /// A number below `end`.
        pub(crate) fn below(&mut self, end: usize) -> usize {
            (self.next() % end as u64) as usize
        }

        /// Characters of one alphabet.
        pub(crate) fn value(&mut self, alphabet: &[u8], length: usize) -> Vec<u8> {
            (0..length)
                .map(|_| alphabet[self.below(alphabet.len())])
                .collect()
        }
    }

    /// The alphabets that credentials are made of, by name.
    pub(crate) fn alphabets() -> Vec<(&'static str, Vec<u8>)> {
        let of = |ranges: &[std::ops::RangeInclusive<u8>], more: &[u8]| -> Vec<u8> {
            ranges
                .iter()
                .cloned()
                .flatten()
                .chain(more.iter().copied())
                .collect()
        };
        let alnum = of(&[b'0'..=b'9', b'a'..=b'z', b'A'..=b'Z'], b"");
        let base58 = alnum
            .iter()
            .copied()
            .filter(|byte| !b"0OIl".contains(byte))
            .collect();
        vec![
            ("hex", of(&[b'0'..=b'9', b'a'..=b'f'], b"")),
            ("HEX", of(&[b'0'..=b'9', b'A'..=b'F'], b"")),
            ("base32", of(&[b'A'..=b'Z', b'2'..=b'7'], b"")),
            ("lower-alnum", of(&[b'0'..=b'9', b'a'..=b'z'], b"")),
            ("upper-alnum", of(&[b'0'..=b'9', b'A'..=b'Z'], b"")),
            ("base58", base58),
            ("base64", of(&[], &[&alnum[..], b"+/"].concat())),
            ("base64url", of(&[], &[&alnum[..], b"-_"].concat())),
            ("alnum", alnum),
        ]
    }

    #[test]
    fn random_values_look_random() {
        for (name, alphabet) in alphabets() {
            let mut seed = Seed(11);
            let mut missed = 0;
            for round in 0..30_000 {
                let value = seed.value(&alphabet, 18 + round % 71);
                missed += u32::from(!looks_random(&value));
            }
            // 1 in 10,000 would be 3.
            assert!(missed <= 3, "{name}: {missed} of 30,000 called not random");
        }
    }

    #[test]
    fn the_shortest_random_values_look_random() {
        for (name, alphabet) in alphabets() {
            let mut seed = Seed(12);
            let missed = (0..30_000)
                .filter(|_| !looks_random(&seed.value(&alphabet, 18)))
                .count();
            // 1 in 10,000 would be 3; chance may give twice that.
            assert!(
                missed <= 6,
                "{name}: {missed} of 30,000 of 18 characters called not random"
            );
        }
    }

    #[test]
    fn what_people_write_does_not() {
        for text in [
            "internationalization",
            "X-Content-Type-Options",
            "getElementsByTagName",
            "AbstractSingletonProxyFactoryBean",
            "MAXIMUM_ALLOWED_CONNECTIONS_PER_HOST",
            "exchange_connector_settings",
            "sha256WithRSAEncryption",
            "x86_64-unknown-linux-gnu",
            "src/detect/random/mod.rs",
            "node_modules/@types/node",
            "application/octet-stream",
            "correct-horse-battery-staple",
            "kubernetes.default.svc.cluster.local",
            "thequickbrownfoxjumpsoverthelazydog",
            "BINANCE_API_SECRET_KEY",
            "Donaudampfschifffahrtsgesellschaft",
            "autenticacionrequerida",
        ] {
            assert!(
                !looks_random(text.as_bytes()),
                "{text}: {}",
                randomness(text.as_bytes())
            );
        }
    }

    #[test]
    fn prefixes_and_groups_do_not_hide_it() {
        let mut seed = Seed(16);
        let of = |name: &str| {
            alphabets()
                .into_iter()
                .find(|(own, _)| *own == name)
                .unwrap()
                .1
        };
        let (hex, alnum) = (of("hex"), of("alnum"));
        let mut hex = |length| String::from_utf8(seed.value(&hex, length)).unwrap();
        let mut other = Seed(17);
        let mut missed = 0;
        for _ in 0..1000 {
            let uuid = [8, 4, 4, 4, 12].map(&mut hex).join("-");
            let dashed = [8, 8, 8, 5].map(&mut hex).join("-");
            let live = String::from_utf8(other.value(&alnum, 24)).unwrap();
            for value in [
                uuid,
                dashed,
                format!("bg_{}", hex(32)),
                format!("key-{}", hex(32)),
                format!("0x{}", hex(64)),
                format!("sk_live_{live}"),
            ] {
                missed += u32::from(!looks_random(value.as_bytes()));
            }
        }
        assert!(missed <= 2, "{missed} of 6,000");
    }

    #[test]
    fn our_own_names_do_not() {
        let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
        let (mut names, mut random) = (0, Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|kind| kind == "rs")
                    && !path.ends_with("tests.rs")
                {
                    let text = std::fs::read_to_string(path).unwrap();
                    let text = text.split("#[cfg(test)]").next().unwrap();
                    // Between quotes stand constants: heads of keys, alphabets.
                    let code = text.split('"').step_by(2);
                    let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
                    for name in code.flat_map(|code| code.split(ends)) {
                        if name.len() >= 16 && name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                            names += 1;
                            if looks_random(name.as_bytes()) {
                                random.push(name.to_owned());
                            }
                        }
                    }
                }
            }
        }
        assert!(names > 100);
        // Constants of curves stand among the numbers.
        assert!(
            random.len() * 100 <= names,
            "{} of {names}: {random:?}",
            random.len()
        );
    }

    #[test]
    fn evidence_has_its_scale() {
        let mut seed = Seed(13);
        for (name, alphabet) in alphabets() {
            let value = seed.value(&alphabet, 64);
            let bits = randomness(&value);
            assert!((0.3..6.0).contains(&bits), "{name}: {bits}");
        }
        assert!(randomness(b"internationalization") < -1.0);
        assert_eq!(randomness(b""), 0.0);
    }

    #[test]
    fn odd_input_is_no_trouble() {
        assert!(!looks_random(b""));
        let mut seed = Seed(14);
        for length in 0..600 {
            let value: Vec<u8> = (0..length).map(|_| seed.below(256) as u8).collect();
            assert!(randomness(&value).is_finite());
            let _ = looks_random(&value);
        }
    }

    #[test]
    fn digits_are_judged_by_their_form() {
        let mut seed = Seed(15);
        assert!(looks_random(&seed.value(b"0123456789", 19)));
        assert!(!looks_random(b"12345678901234567890"));
        assert!(!looks_random(b"10000000000000000000"));
    }
}
