//! PDF files made of any dictionaries, with streams packed rightly, wrongly or not: no fault, and the same is handed
//! out however the file comes in.
#![no_main]

use std::io::{Read, Write};
use std::sync::Mutex;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use keyfence::detect::Reach;
use keyfence::finding::{Gap, Stats};
use keyfence::source::{Piece, Sink, scan_stdin};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
enum Part<'a> {
    Text(&'a [u8]),
    Dictionary(u16, Vec<u8>),
    Stream(u8),
    Packed(&'a [u8]),
    Cut(&'a [u8], u8),
    Characters(&'a [u8]),
    Blanks(u16),
    End(u8),
}

/// What dictionaries have, and what they must not.
const WORDS: [&str; 24] = [
    "<<", ">>", "/Filter", "/FlateDecode", "/Fl", "[", "]", " ", "/ASCII85Decode", "/A85", "/LZWDecode", "/Length 9",
    "/Length1 9", "/Subtype/Image", "/Type/XRef", " 8 0 R", "/DCTDecode", "\n", "\0", "endobj", "stream", "endstream",
    "/Crypt", "obj",
];

fn file(parts: &[Part<'_>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    for part in parts {
        match part {
            Part::Text(text) => out.extend_from_slice(text),
            Part::Dictionary(number, words) => {
                out.extend(format!("{number} 0 obj\n").bytes());
                for word in words {
                    out.extend(WORDS[usize::from(*word) % WORDS.len()].bytes());
                }
            }
            Part::Stream(end) => {
                let end = ["\r\n", "\n", "\r", "", " \n"][usize::from(*end) % 5];
                out.extend(format!("<</Filter/FlateDecode>>stream{end}").bytes());
            }
            Part::Packed(bytes) => out.extend(packed(bytes)),
            Part::Cut(bytes, at) => {
                let packed = packed(bytes);
                let end = packed.len() * usize::from(*at) / 256;
                out.extend_from_slice(&packed[..end]);
            }
            Part::Characters(bytes) => out.extend(characters(&packed(bytes))),
            Part::Blanks(count) => out.extend(std::iter::repeat_n(b' ', usize::from(*count))),
            Part::End(kind) => {
                let end = ["\nendstream\n", "endstream", "~>\nendstream", "\r\nendstream endobj\n"];
                out.extend(end[usize::from(*kind) % 4].bytes());
            }
        }
    }
    out
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// As `ASCII85Decode` reads them.
fn characters(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in bytes.chunks(4) {
        let mut whole = [0; 4];
        whole[..chunk.len()].copy_from_slice(chunk);
        let mut number = u32::from_be_bytes(whole);
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = (number % 85) as u8 + b'!';
            number /= 85;
        }
        out.extend_from_slice(&digits[..=chunk.len()]);
    }
    out.extend(b"~>");
    out
}

/// Keeps what comes.
#[derive(Default)]
struct Kept(Mutex<Vec<String>>);

impl Sink for Kept {
    fn piece(&self, piece: &Piece<'_>) -> Reach {
        assert!(piece.fresh_from <= piece.bytes.len());
        let told = format!("{} {} {:?}", piece.origin.display(), piece.offset, piece.bytes);
        self.0.lock().expect("one thread").push(told);
        Reach::This
    }

    fn gap(&self, gap: Gap) {
        assert!(!gap.what.contains("fault inside"), "{}", gap.what);
        let told = format!("{} {}", gap.origin.display(), gap.what);
        self.0.lock().expect("one thread").push(told);
    }

    fn count(&self, _: Stats) {}
}

/// Hands out a few bytes at a time.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let end = buffer.len().min(self.1);
        self.0.read(&mut buffer[..end])
    }
}

fuzz_target!(|input: (Vec<Part<'_>>, u8)| {
    let (parts, slow) = input;
    let bytes = file(&parts);
    let scan = |reader: &mut dyn Read| {
        let kept = Kept::default();
        scan_stdin(reader, b"a.pdf", true, &kept);
        kept.0.into_inner().expect("one thread")
    };
    let whole = scan(&mut bytes.as_slice());
    assert_eq!(whole, scan(&mut Slow(&bytes, 1 + usize::from(slow))));
});
