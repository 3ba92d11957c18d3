//! Archives that can't be unpacked here: they are told, so that nobody takes them for clean.

/// What holds more than its bytes show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) struct Closed {
    /// What it is.
    pub(in crate::source) what: &'static str,
    /// What to do about it.
    pub(in crate::source) help: &'static str,
}

const UNPACK: &str = "unpack it and scan what it holds";
const REPOSITORY: &str = "scan the repository that it belongs to with --history";

/// The mark that a content begins with, and what it is then. Each mark is long, or has bytes that no text
/// has: nothing else begins so.
const MARKS: [(&[u8], &str, &str); 16] = [
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (b"Rar!\x1a\x07\x00", "a rar archive", UNPACK),
    (b"Rar!\x1a\x07\x01\x00", "a rar archive", UNPACK),
    (b"\x04\x22\x4d\x18", "an lz4 frame", UNPACK),
    (b"\x02\x21\x4c\x18", "an lz4 frame", UNPACK),
    (b"\x89LZO\0\r\n\x1a\n", "an lzop file", UNPACK),
    (b"\xff\x06\0\0sNaPpY", "a Snappy stream", UNPACK),
    (b"MSCF\0\0\0\0", "a cabinet file", UNPACK),
    (b"MSWIM\0\0\0", "a Windows image", UNPACK),
    (b"xar!\0\x1c\0\x01", "a xar archive", UNPACK),
    // One whose headers can't be read.
    (b"\xed\xab\xee\xdb", "an RPM package", UNPACK),
    (b"encrcdsa", "an encrypted disk image", UNPACK),
    (b"# v2 git bundle\n", "a git bundle", REPOSITORY),
    (b"# v3 git bundle\n", "a git bundle", REPOSITORY),
    (b"PACK\0\0\0\x02", "a git pack", REPOSITORY),
    (b"PACK\0\0\0\x03", "a git pack", REPOSITORY),
];

impl Closed {
    /// Tells such a content by its begin.
    pub(in crate::source) fn detect(begin: &[u8]) -> Option<Self> {
        let named = |what| Some(Self { what, help: UNPACK });
        match begin {
            // compress: 9 to 16 bits, two bits without a meaning, one for blocks.
            [0x1f, 0x9d, flags, ..] if flags & 0x60 == 0 && (9..=16).contains(&(flags & 0x1f)) => {
                named("a file of compress (.Z)")
            }
            _ if begin.get(7..14) == Some(b"**ACE**") => named("an ace archive"),
            // Version 4.0 is the only one in use.
            [b'h', b's', b'q', b's', ..] if begin.get(28..32) == Some(&[4, 0, 0, 0]) => {
                named("a squashfs image")
            }
            _ => MARKS
                .iter()
                .find(|(mark, _, _)| begin.starts_with(mark))
                .map(|(_, what, help)| Self { what, help }),
        }
    }
}
