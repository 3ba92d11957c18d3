//! Random bytes as a program prints them: `b'\xfd{H\xe5<\x95…'`, what `os.urandom(24)` shows.

/// The fewest bytes that are told: fewer are a mark in a file's head.
const FEWEST: usize = 16;
/// The longest literal that is read, in bytes.
pub(super) const LONGEST: usize = 128;
/// The fewest bytes that stand as numbers: of 16 random ones 10 do, and 5 in all but one of 200 cases.
const NUMBERS: usize = 5;

/// Whether what stands between quotes is so many random bytes, most of which no text has.
///
/// Of 16 bytes that a machine drew at least 12 differ in all but one of 10,000 cases; and so many that are not
/// ASCII are no UTF-8 by chance.
pub(super) fn random_bytes(literal: &[u8]) -> bool {
    if literal.len() > LONGEST || !literal.is_ascii() {
        return false;
    }
    let Some((bytes, numbers)) = decode(literal) else {
        return false;
    };
    let mut different = bytes.clone();
    different.sort_unstable();
    different.dedup();
    bytes.len() >= FEWEST
        && numbers >= NUMBERS
        && different.len() * 4 >= bytes.len().min(64) * 3
        && std::str::from_utf8(&bytes).is_err()
}

/// The bytes of a literal of Python or C, and how many are written as `\x..`; none when it has other escapes
/// (<https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences>).
fn decode(literal: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut bytes = Vec::new();
    let mut numbers = 0;
    let mut rest = literal.iter();
    while let Some(byte) = rest.next() {
        if *byte != b'\\' {
            bytes.push(*byte);
            continue;
        }
        bytes.push(match rest.next()? {
            b'x' => {
                numbers += 1;
                let mut digit = || char::from(*rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            sign @ (b'\\' | b'\'' | b'"') => *sign,
            _ => return None,
        });
    }
    Some((bytes, numbers))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::random_bytes;
    use crate::detect::random::tests::Seed;

    fn printed(bytes: &[u8]) -> String {
        let graphic = |byte: u8| byte.is_ascii_graphic() && !b"\\'\"".contains(&byte);
        let print = |byte: &u8| match byte {
            byte if graphic(*byte) => char::from(*byte).to_string(),
            byte => format!("\\x{byte:02x}"),
        };
        bytes.iter().map(print).collect()
    }

    #[test]
    fn printed_random_bytes_are_told() {
        let all: Vec<u8> = (0..=255).collect();
        let mut seed = Seed(91);
        let values = (0..1000).map(|round| seed.value(&all, 16 + round % 9));
        let told = values.filter(|value| random_bytes(printed(value).as_bytes()));
        let told = told.count();
        assert!(told >= 990, "{told} of 1000");
    }

    #[test]
    fn text_and_marks_are_not() {
        for literal in [
            "",
            "password",
            r"\x89PNG\x0d\x0a\x1a\x0a",
            r"\xe5\xaf\x86\xe7\xa0\x81\xe6\x98\xaf\xe4\xbb\x80\xe4\xb9\x88\xe5\x91\xa2",
            r"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff",
            r"^[\x21-\x7e]{8,64}$",
            r"\xff\xfe\xzz\xe2\xa2\x8c\xa8\xbe\xe4\x15\x8d\x96\xdb\x06\x19\xad",
        ] {
            assert!(!random_bytes(literal.as_bytes()), "{literal}");
        }
    }
}
