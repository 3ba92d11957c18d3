//! Values that a hand or a loop made: repetitions, sequences, keyboard walks.

use super::WINDOW;

/// What a value was made by, when no machine drew its characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// One character over and over: `xxxxxxxx`, `00000000000000000000000000000001`.
    Repeated,
    /// Two or three different characters: `abababba`.
    Few,
    /// One piece over and over: `deadbeefdeadbeef`.
    Periodic,
    /// Every character at least twice in a row: `mmmyyykkkeeeyyy`.
    Doubled,
    /// Neighbours of the alphabet or the keyboard: `0123456789abcdef`, `qwertyuiop`, `a1b2c3d4`.
    Sequence,
    /// A number: `-1.7e+308`, `N36028797018963967`.
    Number,
    /// Far fewer different characters than chance gives: a few keys of a keyboard struck again and again.
    Poor,
}

impl Form {
    /// The reason as reports tell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Repeated => "one character repeated",
            Self::Few => "only two or three different characters",
            Self::Periodic => "one piece repeated",
            Self::Doubled => "every character doubled",
            Self::Sequence => "a sequence of the alphabet or the keyboard",
            Self::Number => "a number",
            Self::Poor => "few different characters for its length",
        }
    }
}

/// The form of a value, from its first [`WINDOW`] bytes; `None` for fewer than six.
pub fn form(value: &[u8]) -> Option<Form> {
    let value = value.get(..WINDOW).unwrap_or(value);
    let length = value.len();
    if length < 6 {
        return None;
    }
    let hints = Hints::of(value);
    // What a run of equal characters or of neighbours cannot do without.
    if hints.equal >= 7.min(length / 2) || hints.near * 2 >= length - 2 {
        let runs = Runs::of(value);
        if let Some(form) = runs.form(length) {
            return Some(form);
        }
    }
    let few = (2 + length / 16).min(6);
    if hints.distinct <= few && distinct(value) <= few {
        return Some(Form::Few);
    }
    if length >= 8 && hints.interleaved * 10 >= (length - 2) * 8 {
        return Some(Form::Sequence);
    }
    if hints.distinct <= length / 2 && periodic(value) {
        return Some(Form::Periodic);
    }
    if hints.distinct <= PIECE && hints.distinct * 3 <= length && nearly_periodic(value) {
        return Some(Form::Periodic);
    }
    if hints.number && number(value) {
        Some(Form::Number)
    } else if hints.distinct * 5 <= length * 2 && poor(value) {
        Some(Form::Poor)
    } else {
        None
    }
}

/// Whether a value of letters and digits beyond hexadecimal ones, in either case, has less than half of the
/// different ones that so many draws from 36 give. Of base32 and base58, which have fewer letters, one in a million
/// comes near it.
fn poor(value: &[u8]) -> bool {
    let mut seen = 0_u64;
    let mut counted = 0_i32;
    for byte in value {
        if let Some(digit) = char::from(*byte).to_digit(36) {
            seen |= 1 << digit;
            counted += 1;
        }
    }
    // One alone may be the mark of hexadecimal digits, `0x`.
    let beyond_hex = (seen >> 16).count_ones() > 1;
    let share = 1.0 - (35.0_f32 / 36.0).powi(counted);
    counted >= 20 && beyond_hex && (seen.count_ones() as f32) < 0.45 * 36.0 * share
}

/// Where each byte stands in the orders that people type: digits and letters without case (`9` is
/// followed by `a`, as in hex), and the rows of a keyboard. Neighbours differ by one.
static ORDERS: [[u8; 2]; 256] = orders();

const fn orders() -> [[u8; 2]; 256] {
    let (alphabet, keyboard) = (alphabet(), keyboard());
    let mut orders = [[0; 2]; 256];
    let mut i = 0;
    while i < 256 {
        orders[i] = [alphabet[i], keyboard[i]];
        i += 1;
    }
    orders
}

const fn alphabet() -> [u8; 256] {
    // Other bytes are two apart from each other: never neighbours.
    let mut rank = [0; 256];
    let mut i = 0;
    while i < 256 {
        rank[i] = 64 + (i % 64) as u8 * 2;
        i += 1;
    }
    let order = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut i = 0;
    while i < order.len() {
        rank[order[i] as usize] = i as u8;
        rank[order[i].to_ascii_uppercase() as usize] = i as u8;
        i += 1;
    }
    rank
}

const fn keyboard() -> [u8; 256] {
    let mut rank = [0; 256];
    let mut i = 0;
    while i < 256 {
        rank[i] = 128 + (i % 64) as u8 * 2;
        i += 1;
    }
    let order = b"qwertyuiop asdfghjkl zxcvbnm";
    let mut i = 0;
    while i < order.len() {
        if order[i] != b' ' {
            rank[order[i] as usize] = i as u8;
            rank[order[i].to_ascii_uppercase() as usize] = i as u8;
        }
        i += 1;
    }
    rank
}

/// What a quick pass over a value counts: nearly all values end here.
#[derive(Default)]
struct Hints {
    /// Different bytes, by their low six bits: at most as many as there are.
    distinct: usize,
    /// Characters that equal the one before.
    equal: usize,
    /// Characters beside the one before in the alphabet or on the keyboard.
    near: usize,
    /// Characters that follow the last but one in the alphabet.
    interleaved: usize,
    /// Whether digits stand for most of it, as in a number.
    number: bool,
}

impl Hints {
    fn of(value: &[u8]) -> Self {
        // Most values are short, and clearing 512 bytes costs as much as reading them.
        if value.len() <= 64 {
            Self::within::<64>(value)
        } else {
            Self::within::<WINDOW>(value)
        }
    }

    fn within<const SIZE: usize>(value: &[u8]) -> Self {
        let mut seen = 0_u64;
        let mut digits = 0;
        let mut alphabet = [0_u8; SIZE];
        let mut keyboard = [0_u8; SIZE];
        for ((&byte, alphabet), keyboard) in value.iter().zip(&mut alphabet).zip(&mut keyboard) {
            seen |= 1 << (byte & 63);
            digits += usize::from(byte.is_ascii_digit());
            [*alphabet, *keyboard] = ORDERS[byte as usize];
        }
        let alphabet = alphabet.get(..value.len()).unwrap_or_default();
        let keyboard = keyboard.get(..value.len()).unwrap_or_default();
        let near = |a: u8, b: u8| matches!(b.wrapping_sub(a), 1 | 0xff);
        Self {
            distinct: seen.count_ones() as usize,
            equal: pairs(value, 1, |a, b| a == b),
            near: pairs(alphabet, 1, near) + pairs(keyboard, 1, near),
            interleaved: pairs(alphabet, 2, |a, b| b.wrapping_sub(a) == 1),
            number: digits * 2 > value.len(),
        }
    }
}

/// How many bytes hold with the one that stands `apart` behind them. At most 256 bytes are given,
/// so the count of the pairs fits a byte: that is what makes it quick.
fn pairs(value: &[u8], apart: usize, holds: impl Fn(u8, u8) -> bool) -> usize {
    let later = value.get(apart..).unwrap_or_default();
    value
        .iter()
        .zip(later)
        .map(|(&a, &b)| u8::from(holds(a, b)))
        .sum::<u8>() as usize
}

/// How many different bytes a value has (those beyond ASCII by their low seven bits).
fn distinct(value: &[u8]) -> usize {
    value
        .iter()
        .fold(0_u128, |seen, &byte| seen | 1 << (byte & 127))
        .count_ones() as usize
}

/// The runs of a value.
#[derive(Default)]
struct Runs {
    /// Characters in runs of at least three equal ones.
    repeated: usize,
    /// Characters in runs of at least two equal ones.
    doubled: usize,
    /// The longest run of equal characters.
    longest: usize,
    /// Characters in runs of the alphabet (three and more) or the keyboard (four and more).
    ordered: usize,
}

impl Runs {
    fn of(value: &[u8]) -> Self {
        let mut runs = Self::default();
        let mut equal = 0;
        let mut order = Order::default();
        let mut last = [0; 3];
        for &byte in value {
            let [alphabet, keyboard] = ORDERS[byte as usize];
            if equal > 0 && byte == last[0] {
                equal += 1;
            } else {
                runs.end_equal(equal);
                // The first character of all follows nothing.
                let step = if equal == 0 {
                    64
                } else {
                    alphabet.wrapping_sub(last[1])
                };
                let walk = if equal == 0 {
                    64
                } else {
                    keyboard.wrapping_sub(last[2])
                };
                runs.ordered += order.next(step, walk);
                equal = 1;
            }
            last = [byte, alphabet, keyboard];
        }
        runs.end_equal(equal);
        runs.ordered += order.worth();
        runs
    }

    fn form(&self, length: usize) -> Option<Form> {
        if self.doubled == length && self.longest < length / 2 {
            Some(Form::Doubled)
        } else if self.longest >= 8.max(length / 4) || self.repeated * 4 >= length * 3 {
            Some(Form::Repeated)
        } else if self.ordered * 4 >= length * 3 {
            Some(Form::Sequence)
        } else {
            None
        }
    }

    fn end_equal(&mut self, length: usize) {
        self.longest = self.longest.max(length);
        if length >= 2 {
            self.doubled += length;
        }
        if length >= 3 {
            self.repeated += length;
        }
    }
}

/// The run of neighbours that is being read.
#[derive(Default)]
struct Order {
    /// 0 none, 1 up and 2 down the alphabet, 3 up and 4 down the keyboard.
    direction: u8,
    steps: usize,
}

impl Order {
    /// Takes the next step; gives the characters of a run that ends by it.
    fn next(&mut self, step: u8, walk: u8) -> usize {
        let holds = match self.direction {
            1 => step == 1,
            2 => step == 0xff,
            3 => walk == 1,
            4 => walk == 0xff,
            _ => false,
        };
        if holds {
            self.steps += 1;
            return 0;
        }
        let ended = self.worth();
        (self.direction, self.steps) = match (step, walk) {
            (1, _) => (1, 1),
            (0xff, _) => (2, 1),
            (_, 1) => (3, 1),
            (_, 0xff) => (4, 1),
            _ => (0, 0),
        };
        ended
    }

    /// The characters of the run, when it is long enough to be meant.
    fn worth(&self) -> usize {
        let least = if self.direction > 2 { 3 } else { 2 };
        if self.steps >= least {
            self.steps + 1
        } else {
            0
        }
    }
}

/// Whether a piece of at most half the value makes all of it, the last time perhaps in part.
fn periodic(value: &[u8]) -> bool {
    (1..=value.len() / 2).any(|period| {
        let (Some(shifted), Some(start)) = (value.get(period..), value.get(..value.len() - period))
        else {
            return false;
        };
        shifted.first() == start.first() && shifted == start
    })
}

/// How many different characters a piece has that is repeated with changes: what a machine drew of hexadecimal digits
/// has more, and is not compared with itself.
const PIECE: usize = 13;

/// Whether a piece of at most a quarter of the value makes nearly all of it: a hand changed a few characters.
fn nearly_periodic(value: &[u8]) -> bool {
    let least = |period: usize| value.len().saturating_sub(period) / 6 * 5;
    value.len() >= 24
        && (2..=value.len() / 4).any(|period| pairs(value, period, |a, b| a == b) > least(period))
}

/// Digits with a sign, a point or an exponent where they belong (`-1.7e+308`), or after a few letters
/// of which some are not hex (`N36028797018963967`).
fn number(value: &[u8]) -> bool {
    let letters = value
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let (name, digits) = value.split_at(letters);
    if letters > 0 {
        return letters <= 4
            && digits.len() >= 10
            && !name.iter().all(u8::is_ascii_hexdigit)
            && digits.iter().all(u8::is_ascii_digit);
    }
    let (mut points, mut exponents, mut signs) = (0, 0, 0);
    let mut before = b'e';
    for &byte in value {
        match byte {
            b'0'..=b'9' => {}
            b'.' if points == 0 && exponents == 0 => points = 1,
            b'e' | b'E' if exponents == 0 && before.is_ascii_digit() => exponents = 1,
            b'+' | b'-' if matches!(before, b'e' | b'E') => signs = 1,
            _ => return false,
        }
        before = byte;
    }
    before.is_ascii_digit() && points + signs > 0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::tests::{Seed, alphabets};
    use super::*;

    #[test]
    fn forms_are_seen() {
        for (value, expected) in [
            ("xxxxxxxxxxxxxxxx", Form::Repeated),
            (
                "0x0000000000000000000000000000000000000000000000000000000000000001",
                Form::Repeated,
            ),
            ("aaaaaaaaaaaaaaaabbbbbbbb", Form::Repeated),
            ("abababbaabababab", Form::Few),
            ("deadbeefdeadbeef", Form::Periodic),
            ("deadbeefdeadbeefdead", Form::Periodic),
            ("changeme1changeme1", Form::Periodic),
            (
                "0x1C5D9e3f7C5D9e3f7C5D9e3f7C5D9e3f7C5D9e3f6A",
                Form::Periodic,
            ),
            ("mmmyyyaaapppiiikkkeeeyyy", Form::Doubled),
            ("ssseeecccrrreeettt", Form::Doubled),
            ("0123456789abcdef", Form::Sequence),
            ("0123456789ABCDEF0123456789ABCDEF", Form::Sequence),
            ("abcdefghijklmnopqrstuvwxyz123456", Form::Sequence),
            ("AbCdEfGhIjKlMnOp", Form::Sequence),
            ("fedcba9876543210", Form::Sequence),
            ("qwertyuiopasdfghjkl", Form::Sequence),
            ("abc123def456ghi789", Form::Sequence),
            ("a1b2c3d4e5f6g7h8", Form::Sequence),
            ("1234567890", Form::Sequence),
            ("1.7976931348623157e+308", Form::Number),
            ("N36028797018963967", Form::Number),
            ("jkejkjeekjwkejkwjejkkwejkejwkej", Form::Poor),
            ("keKEjek3j3kejEKjewkjej3kejkEJ", Form::Poor),
        ] {
            assert_eq!(form(value.as_bytes()), Some(expected), "{value}");
        }
    }

    #[test]
    fn other_values_have_none() {
        for value in [
            "",
            "abc",
            "hello world",
            "deadbeefcafebabe",
            "correcthorse",
            "é à ü ß",
        ] {
            assert_eq!(form(value.as_bytes()), None, "{value}");
        }
    }

    #[test]
    fn random_values_have_none() {
        let mut seed = Seed(21);
        let mut formed = 0;
        for (_, alphabet) in alphabets() {
            for round in 0..8_000 {
                formed += u32::from(form(&seed.value(&alphabet, 16 + round % 73)).is_some());
            }
        }
        // Of 72,000: 1 in 100,000 and chance.
        assert!(formed <= 2, "{formed}");
    }
}
