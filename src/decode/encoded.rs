//! Text that is held in base64 or in hex digits.

use std::ops::Range;

use super::layer::hex;

/// Text in base64 (of either alphabet, RFC 4648 sections 4 and 5), as Kubernetes and Basic authentication hold
/// it, or in hex digits: none unless all of it is text.
pub fn encoded_text(value: &[u8]) -> Option<Vec<u8>> {
    base64_text(value).or_else(|| hex_text(value))
}

/// Text in hex digits. Sixteen random bytes are text in one of five million cases.
fn hex_text(value: &[u8]) -> Option<Vec<u8>> {
    let digits = value.strip_prefix(b"0x").unwrap_or(value);
    let (pairs, rest) = digits.as_chunks::<2>();
    if digits.len() < 32 || digits.len() > 64 * 1024 || !rest.is_empty() {
        return None;
    }
    let byte = |pair: &[u8; 2]| hex(Some(pair)).filter(|byte| pair[0] != b'+' && is_text(byte));
    pairs.iter().map(byte).collect()
}

/// Text in base64, of either alphabet: none unless all of it is text.
pub fn base64_text(value: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    if value.len() > 64 * 1024 || !may_be_base64_text(value) {
        return None;
    }
    let trimmed = value
        .strip_suffix(b"==")
        .or_else(|| value.strip_suffix(b"="))
        .unwrap_or(value);
    let safe = trimmed.iter().any(|b| matches!(b, b'-' | b'_'));
    let decoded = match (safe, trimmed.len() == value.len()) {
        (true, _) => URL_SAFE_NO_PAD.decode(trimmed),
        (false, true) => STANDARD_NO_PAD.decode(trimmed),
        (false, false) => STANDARD.decode(value),
    }
    .ok()?;
    decoded.iter().all(is_text).then_some(decoded)
}

/// The text that a run of a text is in base64, its padding included, or the first line of; and where that
/// ends.
pub fn base64_at(text: &[u8], run: Range<usize>) -> Option<(usize, Vec<u8>)> {
    base64_lines(text, run.start).or_else(|| {
        let behind = text.get(run.end..)?.iter().take(2);
        let end = run.end + behind.take_while(|b| **b == b'=').count();
        Some((end, encoded_text(text.get(run.start..end)?)?))
    })
}

/// Whether the first sixteen characters, which tell most of what is no text, are text in base64 or in hex
/// digits.
pub fn may_be_text(value: &[u8]) -> bool {
    may_be_base64_text(value) || {
        let digits = value.strip_prefix(b"0x").unwrap_or(value);
        let head = digits.first_chunk::<16>();
        digits.len() >= 32
            && head.is_some_and(|head| {
                let pairs = head.as_chunks::<2>().0;
                pairs
                    .iter()
                    .all(|pair| hex(Some(pair)).is_some_and(|byte| is_text(&byte)))
            })
    }
}

fn may_be_base64_text(value: &[u8]) -> bool {
    let Some(head) = value.first_chunk::<16>() else {
        return false;
    };
    head.as_chunks::<4>().0.iter().all(|four| {
        let bits = four.iter().fold(0u32, |bits, sign| {
            bits << 8 | u32::from(SIXTHS[usize::from(*sign)])
        });
        // No sixth has its top bits set.
        let [a, b, c, d] = bits.to_be_bytes();
        let bytes = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
        bits & 0xc0c0_c0c0 == 0 && bytes.iter().all(is_text)
    })
}

fn is_text(byte: &u8) -> bool {
    byte.is_ascii_graphic() || matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// The six bits that each sign of base64 stands for (RFC 4648, section 4); 255 for what is none.
static SIXTHS: [u8; 256] = {
    let signs = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [255; 256];
    let mut at = 0;
    while at < signs.len() {
        table[signs[at] as usize] = at as u8;
        at += 1;
    }
    // The alphabet of URLs (section 5).
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
};

/// `-----BEGIN ` in base64, but for its last bits: where it stands the lines that follow may belong to it.
pub const BASE64_ARMOR: &[u8] = b"LS0tLS1CRUdJTi";

/// A key file in armour, in base64 over several lines: where it ends, and the text. None unless more
/// than one line begins there (`LS0tLS1CRUdJTi` is `-----BEGIN `).
pub fn base64_lines(text: &[u8], start: usize) -> Option<(usize, Vec<u8>)> {
    const LONGEST: usize = 64 * 1024;
    let rest = text.get(start..)?;
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    if !rest.starts_with(BASE64_ARMOR) {
        return None;
    }
    let (mut signs, mut lines) = (Vec::new(), 1);
    let mut end = 0;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => {
                if signs.last() == Some(&b'=') && *byte != b'=' {
                    break;
                }
                signs.push(*byte);
                end = at + 1;
            }
            b'\n' => lines += 1,
            b' ' | b'\t' | b'\r' if end <= at => {}
            _ => break,
        }
    }
    // A name on the next line may have been taken for more of it: what stands whole counts.
    signs.truncate(signs.len() / 4 * 4);
    let decoded = base64_text(&signs)?;
    (lines > 1).then_some((start + end, decoded))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn armour_in_base64_may_stand_on_several_lines() {
        use base64::Engine as _;
        let armor = ["-----BEGIN X", "-----\nabc\n-----END X-----\n"].concat();
        let text = base64::engine::general_purpose::STANDARD.encode(&armor);
        let (head, tail) = text.split_at(24);
        let lines = format!("k: |\n  {head}\n  {tail}\nport: 443\n");
        let (end, decoded) = base64_lines(lines.as_bytes(), 7).unwrap();
        assert_eq!(decoded, armor.as_bytes());
        assert_eq!(&lines[end..], "\nport: 443\n");
        assert!(base64_lines(text.as_bytes(), 0).is_none());
    }

    #[test]
    fn base64_of_text_alone_is_text() {
        assert_eq!(
            base64_text(b"aGVsbG8gd29ybGQgaGVsbG8=").unwrap(),
            b"hello world hello"
        );
        assert!(base64_text(b"AAECAwQFBgcICQoLDA0ODw==").is_none());
    }

    #[test]
    fn text_in_hex_and_in_the_alphabet_of_urls_is_text() {
        let text = b"key?=>~~password: hello~~?";
        let hex: String = text.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(encoded_text(hex.as_bytes()).unwrap(), text);
        assert!(may_be_text(hex.as_bytes()));
        use base64::Engine as _;
        let safe = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        assert!(safe.contains('-') || safe.contains('_'), "{safe}");
        assert_eq!(encoded_text(safe.as_bytes()).unwrap(), text);
        assert!(encoded_text(b"00112233445566778899aabbccddeeff").is_none());
    }
}
