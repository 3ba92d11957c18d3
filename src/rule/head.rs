//! What the beginning of a run tells of the shapes that may fit it.

use super::model::{Class, Seg, Shape};
use super::shape::MIN_RUN;

/// What is asked of a run before a shape is compared with it. The heads stand apart from the shapes: those of a
/// few thousand fit the first-level cache.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// How many token characters stand from the anchor on at the least.
    pub certain: u16,
    /// The [`Kinds`] that the first [`MIN_RUN`] of them may be of.
    pub kinds: Kinds,
}

/// A set of kinds of token characters, a bit each: what common alphabets hold or lack together.
pub type Kinds = u16;

/// The kind of each byte; none of what is no token character.
static KINDS: [Kinds; 256] = kinds();

const fn kinds() -> [Kinds; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            b'2'..=b'7' => 1,
            b'8' | b'9' => 1 << 1,
            b'0' => 1 << 2,
            b'1' => 1 << 3,
            b'b' => 1 << 4,
            b'a'..=b'f' => 1 << 5,
            b'i' | b'o' => 1 << 6,
            b'l' => 1 << 7,
            b'g'..=b'z' => 1 << 8,
            b'A'..=b'F' => 1 << 9,
            b'I' | b'O' => 1 << 10,
            b'G'..=b'Z' => 1 << 11,
            b'-' => 1 << 12,
            b'_' => 1 << 13,
            b'+' => 1 << 14,
            b'/' => 1 << 15,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// The kinds of the first [`MIN_RUN`] bytes.
#[inline]
pub fn kinds_of(bytes: &[u8]) -> Kinds {
    let head = bytes.get(..MIN_RUN).unwrap_or(bytes);
    kinds_in(head.iter().copied())
}

impl Head {
    /// That of a shape.
    pub(super) fn of(shape: &Shape) -> Self {
        let (mut certain, mut kinds) = (0usize, 0);
        for seg in shape.body.iter().take_while(|seg| seg.is_token()) {
            if certain < MIN_RUN {
                kinds |= match seg {
                    Seg::Lit(text) => kinds_in(text.bytes()),
                    Seg::Run(class, ..) => kinds_in(Class::bytes(*class)),
                };
            }
            certain += seg.min();
        }
        Self {
            certain: u16::try_from(certain).unwrap_or(u16::MAX),
            kinds: if certain < MIN_RUN { Kinds::MAX } else { kinds },
        }
    }
}

#[inline]
fn kinds_in(bytes: impl Iterator<Item = u8>) -> Kinds {
    bytes.fold(0, |kinds, byte| kinds | KINDS[usize::from(byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(body: &[Seg]) -> Head {
        Head::of(&Shape {
            lead: Vec::new().into(),
            body: body.to_vec().into(),
        })
    }

    fn class(of: fn(&u8) -> bool) -> Class {
        let bytes = (0..128u8).filter(of);
        Class(bytes.fold(0, |bits, byte| bits | 1 << byte))
    }

    fn admits(head: &Head, run: &str) -> bool {
        kinds_of(run.as_bytes()) & !head.kinds == 0
    }

    #[test]
    fn a_head_tells_alphabets_apart() {
        let hex = head(&[Seg::Run(class(|b| b"0123456789abcdef".contains(b)), 32, 32)]);
        assert_eq!(hex.certain, 32);
        assert!(admits(&hex, &"0a9f".repeat(8)));
        assert!(!admits(&hex, &"0A9f".repeat(8)));
        assert!(!admits(&hex, &"0a9g".repeat(8)));
        // Only the beginning is looked at.
        assert!(admits(&hex, &format!("{}-", "0a".repeat(8))));
    }

    #[test]
    fn a_head_holds_all_that_the_beginning_may_be() {
        let shape = [
            Seg::Lit("ab"),
            Seg::Run(class(u8::is_ascii_digit), 2, 40),
            Seg::Lit("_"),
            Seg::Run(class(u8::is_ascii_uppercase), 20, 20),
        ];
        let head = head(&shape);
        assert_eq!(head.certain, 25);
        assert!(admits(&head, "ab12_ABCDEFGHIJKL"));
        assert!(admits(&head, "ab12345678901234567890"));
        assert!(!admits(&head, "ab12-ABCDEFGHIJKL"));
    }
}
