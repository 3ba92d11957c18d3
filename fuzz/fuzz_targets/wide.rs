//! UTF-16 in the midst of other bytes: what is read stands in the file, in order and on its line, and no stretch that
//! is long enough is missed, wherever it stands.
#![no_main]

use keyfence::decode::text::{Encoding, Text};
use keyfence::decode::wide::{astray, has_wide, wide};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
enum Part<'a> {
    Bytes(&'a [u8]),
    Little(&'a str),
    Big(&'a str),
    Zeros(u8),
    Text(u8),
}

fn check(bytes: &[u8], text: &Text) {
    let (mut last, mut lines, mut stored_lines) = (0, 0, 0);
    for (at, character) in text.text.char_indices() {
        let stored = text.stored(at);
        assert!(stored >= last && stored <= bytes.len());
        stored_lines += memchr::memchr_iter(b'\n', &bytes[last..stored]).count();
        last = stored;
        if character != '\0' && character != '\n' {
            assert_eq!(bytes.get(stored).copied(), Some(character as u8));
            assert_eq!(lines, stored_lines);
        }
        lines += usize::from(character == '\n');
    }
    assert_eq!(text.stored(text.text.len()), bytes.len());
}

fuzz_target!(|parts: Vec<Part<'_>>| {
    let mut bytes = Vec::new();
    for part in &parts {
        match part {
            Part::Bytes(own) => bytes.extend_from_slice(own),
            Part::Little(text) => bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Part::Big(text) => bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            Part::Zeros(count) => bytes.extend(std::iter::repeat_n(0, usize::from(*count))),
            Part::Text(count) => {
                let text = b"KEY=0123456789abcdef\r\n".iter().cycle().take(usize::from(*count));
                bytes.extend(text.flat_map(|byte| [*byte, 0]));
            }
        }
    }
    let found = wide(&bytes);
    assert_eq!(found.is_some(), has_wide(&bytes));
    if let Some(text) = &found {
        check(&bytes, text);
    }
    for encoding in [Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Utf8OrBytes] {
        if let Some(text) = astray(&bytes, encoding) {
            check(&bytes, &text);
            // What is astray is a part of all there is.
            assert!(found.is_some());
        }
    }
    // A long stretch is there, wherever it begins.
    if let Some(at) = parts.iter().position(|part| matches!(part, Part::Text(40..))) {
        _ = at;
        let text = found.expect("a stretch is found").text;
        assert!(text.contains("0123456789abcdef"));
    }
});
