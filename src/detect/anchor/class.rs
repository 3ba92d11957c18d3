//! The classes of bytes that the sweep tells apart, and what defines them.

/// How many bytes are classified at once: one bit each in a word.
pub(super) const WIDTH: usize = 64;

/// One block of bytes.
pub(super) type Block = [u8; WIDTH];

/// Which bytes of a block belong to a class: bit `i` stands for byte `i`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Masks {
    /// `[A-Za-z0-9_+/-]`
    pub(super) token: u64,
    /// `[A-Za-z]`
    pub(super) letter: u64,
    /// Bytes from 0x80 on.
    pub(super) high: u64,
    /// What a list of numbers is made of: `[0-9a-fA-FxX]`, comma, space, tab, CR, LF.
    pub(super) number: u64,
    /// `\` and `%`, which begin escapes.
    pub(super) escape: u64,
    /// `k` and `-`, and what follows them in a marker: `c` or `d`, and `B`.
    pub(super) pairs: [u64; 4],
}

impl Masks {
    /// From the masks in the order in which the type has them.
    #[inline(always)]
    pub(super) fn new(all: [u64; 9]) -> Self {
        let [token, letter, high, number, escape, pairs @ ..] = all;
        Self {
            token,
            letter,
            high,
            number,
            escape,
            pairs,
        }
    }
}

/// Whether a byte belongs to [`Masks::token`].
#[cfg(test)]
pub(super) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'/' | b'-')
}

/// Whether a byte belongs to [`Masks::number`].
#[cfg(test)]
pub(super) const fn is_number(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'X' | b',' | b' ' | b'\t' | b'\r' | b'\n')
}

/// How many numbers stand in a stretch: words that start with a digit.
pub(super) fn count_numbers(bytes: &[u8]) -> usize {
    let mut inside = false;
    let mut count = 0;
    for byte in bytes {
        let word = byte.is_ascii_alphanumeric();
        count += usize::from(!inside && byte.is_ascii_digit());
        inside = word;
    }
    count
}

/// The masks of a block, one byte after another: what the fast ways must agree with.
#[cfg(test)]
pub(super) fn scalar(block: &Block) -> Masks {
    let mask = |class: fn(u8) -> bool| {
        block
            .iter()
            .rev()
            .fold(0u64, |mask, byte| mask << 1 | u64::from(class(*byte)))
    };
    Masks {
        token: mask(is_token),
        letter: mask(|byte| byte.is_ascii_alphabetic()),
        high: mask(|byte| byte >= 0x80),
        number: mask(is_number),
        escape: mask(|byte| matches!(byte, b'\\' | b'%')),
        pairs: [
            mask(|byte| byte == b'k'),
            mask(|byte| matches!(byte, b'c' | b'd')),
            mask(|byte| byte == b'-'),
            mask(|byte| byte == b'B'),
        ],
    }
}
