//! Data written in characters, as streams of PDF files are (ISO 32000-1, 7.4.3).

use std::io::{self, BufRead, Read};

/// The longest text that is decoded, in bytes.
const LONGEST: u64 = 16 << 20;

/// Decodes what comes next, up to the mark of its end (`~>`); none where it is no such text, or a longer one.
///
/// # Errors
///
/// When it can't be read.
pub(super) fn read(from: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut text = Vec::new();
    from.take(LONGEST).read_until(b'~', &mut text)?;
    Ok((text.pop() == Some(b'~')).then(|| decoded(&text)).flatten())
}

/// Five characters are four bytes, `z` is four zeros; the last group may be shorter.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 5 * 4);
    let (mut number, mut have) = (0_u32, 0);
    let digits = text.iter().filter(|byte| !byte.is_ascii_whitespace());
    for byte in digits.filter(|byte| **byte != 0) {
        match byte {
            b'z' if have == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                number = number
                    .checked_mul(85)?
                    .checked_add(u32::from(byte - b'!'))?;
                have += 1;
                if have == 5 {
                    out.extend(number.to_be_bytes());
                    (number, have) = (0, 0);
                }
            }
            _ => return None,
        }
    }
    if have > 0 {
        // What is missing counts as the last digit.
        for _ in have..5 {
            number = number.checked_mul(85)?.checked_add(84)?;
        }
        out.extend(number.to_be_bytes().into_iter().take(have - 1));
    }
    Some(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        let mut out = String::new();
        for chunk in bytes.chunks(4) {
            let mut whole = [0; 4];
            whole[..chunk.len()].copy_from_slice(chunk);
            let mut number = u32::from_be_bytes(whole);
            if number == 0 && chunk.len() == 4 {
                out.push('z');
                continue;
            }
            let mut digits = [0; 5];
            for digit in digits.iter_mut().rev() {
                *digit = u8::try_from(number % 85).unwrap() + b'!';
                number /= 85;
            }
            out.extend(
                digits[..=chunk.len()]
                    .iter()
                    .map(|digit| char::from(*digit)),
            );
        }
        out
    }

    #[test]
    fn what_was_encoded_is_decoded() {
        let bytes: Vec<u8> = (0..=255).chain([0; 9]).chain(250..=255).collect();
        for length in 0..bytes.len() {
            let text = encoded(&bytes[..length]);
            assert_eq!(decoded(text.as_bytes()).unwrap(), &bytes[..length]);
        }
        // The first bytes of the example that everybody gives.
        assert_eq!(decoded(b"9jqo^").unwrap(), b"Man ");
    }

    #[test]
    fn it_ends_where_it_says() {
        let mut text = &b"9jq\no^~>endstream"[..];
        assert_eq!(read(&mut text).unwrap().unwrap(), b"Man ");
        assert_eq!(text, b">endstream");
        for text in ["9jqo^", "9j{o^~>", "zz9z~>", "uuuuu~>"] {
            assert_eq!(read(&mut text.as_bytes()).unwrap(), None, "{text}");
        }
    }
}
