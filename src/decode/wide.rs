//! UTF-16 in the midst of other bytes: strings of Windows programs, what PowerShell appends to a text file.

use super::text::{Encoding, Text};

/// How many bytes are looked at in one go.
const STEP: usize = 16;

/// The shortest stretch, in characters: in its bytes lies at least one whole step.
const LEAST: usize = 16;

/// Every second byte of a step.
const EVERY_OTHER: u128 = 0x00ff_00ff_00ff_00ff_00ff_00ff_00ff_00ff;

/// Whether content that is scanned as it is holds such text.
pub fn has_wide(bytes: &[u8]) -> bool {
    stretch(bytes, 0).is_some()
}

/// The ASCII characters that stand in UTF-16, either way round, in content that is scanned as it is, with the
/// way back. For what lies between them stand a NUL and its line ends. None where there are none.
///
/// Text beyond ASCII counts only as far as ASCII stands in it: credentials have no other characters.
pub fn wide(bytes: &[u8]) -> Option<Text> {
    stretches(bytes, &|_| true)
}

/// The same in content that is UTF-16 as a whole, for what does not stand where its characters do: behind an odd
/// byte.
pub fn astray(bytes: &[u8], encoding: Encoding) -> Option<Text> {
    let low = match encoding {
        Encoding::Utf16Le => 0,
        Encoding::Utf16Be => 1,
        _ => return None,
    };
    stretches(bytes, &|first| first % 2 != low)
}

/// The stretches with a first character at a place that is asked for.
fn stretches(bytes: &[u8], asked: &dyn Fn(usize) -> bool) -> Option<Text> {
    let mut out = Text::default();
    let (mut at, mut from) = (0, 0);
    while let Some((first, last)) = stretch(bytes, from) {
        from = last + 1;
        if !asked(first) {
            continue;
        }
        let between = bytes.get(at..first).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', between).count();
        let between = std::iter::once(0).chain(std::iter::repeat_n(b'\n', lines));
        out.spaced(between, at, 0);
        let characters = bytes.get(first..=last).unwrap_or_default();
        out.spaced(characters.iter().step_by(2).copied(), first, 2);
        at = last + 1;
    }
    (!out.text.is_empty()).then(|| out.ended(bytes.len()))
}

/// The first and last character of the next stretch that has a NUL between every two characters.
fn stretch(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while let Some(step) = bytes.get(at..).and_then(|rest| rest.first_chunk::<STEP>()) {
        let word = u128::from_le_bytes(*step);
        let shift = match (word & !EVERY_OTHER, word & EVERY_OTHER) {
            (0, 0) => None,
            (0, _) => Some(0),
            (_, 0) => Some(1),
            _ => None,
        };
        if let Some(shift) = shift
            && step.iter().skip(shift).step_by(2).all(is_text)
        {
            let is_next = |at: usize| {
                let pair = bytes.get(at..=at + 1);
                matches!(pair, Some([0, byte]) if is_text(byte))
            };
            let mut first = at + shift;
            while first >= from + 2
                && bytes.get(first - 1) == Some(&0)
                && bytes.get(first - 2).is_some_and(is_text)
            {
                first -= 2;
            }
            let mut last = at + shift;
            while is_next(last + 1) {
                last += 2;
            }
            if (last - first) / 2 + 1 >= LEAST {
                return Some((first, last));
            }
        }
        at += STEP;
    }
    None
}

fn is_text(byte: &u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::{astray, has_wide, wide};
    use crate::decode::text::Encoding;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| match little {
                true => unit.to_le_bytes(),
                false => unit.to_be_bytes(),
            })
            .collect()
    }

    #[test]
    fn stretches_at_any_place_either_way_round() {
        let text = "KEY=0123456789 abc\r\n";
        for little in [true, false] {
            for ahead in 0..40 {
                let mut bytes = vec![0xff; ahead];
                bytes.extend(utf16(text, little));
                let from = ahead + usize::from(!little);
                bytes.extend([1, 2, 3]);
                bytes.extend(utf16("too short", little));
                bytes.extend([0xfe; 40]);
                bytes.extend(utf16(text, little));
                assert!(has_wide(&bytes));
                let found = wide(&bytes);
                let found = found.as_ref();
                let all = format!("\0{text}\0{text}");
                assert_eq!(found.map(|found| &*found.text), Some(&*all), "{ahead}");
                for at in 0..text.len() {
                    let stored = found.map(|found| found.stored(1 + at));
                    assert_eq!(stored, Some(from + 2 * at));
                }
            }
        }
    }

    #[test]
    fn other_bytes_hold_none() {
        let numbers: Vec<u8> = (0..5000_u16).flat_map(u16::to_le_bytes).collect();
        for bytes in [
            &b""[..],
            b"plain text, as it should be, of some length",
            &[0; 4096],
            &[b'a'; 4096],
            &numbers[..60],
            &b"a\0b\0".repeat(4),
        ] {
            assert!(!has_wide(bytes), "{bytes:?}");
            assert!(wide(bytes).is_none());
        }
    }

    #[test]
    fn behind_an_odd_byte_the_rest_of_a_text_stands_elsewhere() {
        let text = "KEY=0123456789 abc\r\n";
        for (little, encoding) in [(true, Encoding::Utf16Le), (false, Encoding::Utf16Be)] {
            let mut bytes = utf16(text, little);
            assert!(astray(&bytes, encoding).is_none(), "nothing is astray");
            let whole = bytes.len();
            bytes.push(b'Z');
            bytes.extend(utf16(text, little));
            let found = astray(&bytes, encoding);
            let found = found.as_ref();
            let all = found.map(|found| found.text.trim_start_matches(['\0', '\n', 'Z']));
            assert_eq!(all, Some(text), "{encoding:?}");
            let at = found.and_then(|found| Some(found.stored(found.text.find("KEY")?)));
            assert_eq!(at, Some(whole + 1 + usize::from(!little)));
            assert!(astray(&bytes, Encoding::Utf8OrBytes).is_none());
        }
    }
}
