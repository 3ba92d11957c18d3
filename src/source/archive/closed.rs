//! Archives that can't be unpacked here: they are told, so that nobody takes them for clean.

use super::{Kind, name};
use crate::finding::Origin;

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

/// Archives that are tied to programs, and what a content is then. Self-extracting ones begin with a program; each
/// mark goes on as only an archive does: after its version, its first header's kind.
const CARRIED: [(&[u8], Follows, &str); 4] = [
    (
        b"7z\xbc\xaf\x27\x1c\0",
        |rest| matches!(rest, [2..=4, ..]),
        "a 7z archive in a program",
    ),
    // CRC, then the kind of the archive's header.
    (
        b"Rar!\x1a\x07\x00",
        |rest| matches!(rest, [_, _, 0x73, ..]),
        "a rar archive in a program",
    ),
    // CRC, length, then the same; or that of an encrypted one.
    (
        b"Rar!\x1a\x07\x01\x00",
        |rest| matches!(rest, [_, _, _, _, 1..=0x7f, 1 | 4, ..]),
        "a rar archive in a program",
    ),
    (
        b"\xef\xbe\xad\xdeNullsoftInst",
        |_| true,
        "an installer of NSIS",
    ),
];
type Follows = fn(&[u8]) -> bool;

/// What compressed contents begin with; none of them is text.
const PACKED: [&[u8]; 3] = [b"\n\x1f\x8b\x08", b"\n\xfd7zXZ\0", b"\n\x28\xb5\x2f\xfd"];

/// How the names of archives end.
const ENDINGS: [&str; 44] = [
    "7z", "aar", "apk", "arj", "bz2", "cab", "cpio", "crx", "deb", "dmg", "docx", "ear", "egg",
    "epub", "gz", "ipa", "jar", "lha", "lz", "lzh", "lzma", "nupkg", "odp", "ods", "odt", "pptx",
    "rar", "rpm", "tar", "taz", "tbz", "tbz2", "tgz", "tlz", "txz", "tzst", "vsix", "war", "whl",
    "xlsx", "xpi", "xz", "zip", "zst",
];
/// How much of a content tells whether it is text, in bytes.
const LOOK: usize = 1024;

impl Closed {
    /// Tells such a content by its begin, or, where that says nothing, by its name.
    pub(in crate::source) fn of(begin: &[u8], origin: &Origin) -> Option<Self> {
        Self::detect(begin)
            .or_else(|| Self::carried(begin))
            .or_else(|| Self::ends(begin))
            .or_else(|| Self::misnamed(begin, name(origin)))
    }

    /// Tells a program or script that carries an archive, but for zip.
    pub(in crate::source) fn carried(begin: &[u8]) -> Option<Self> {
        let named = |what| Some(Self { what, help: UNPACK });
        let carries = |(mark, follows, what): &(&[u8], Follows, &'static str)| {
            memchr::memmem::find_iter(begin, mark)
                .any(|at| follows(begin.get(at + mark.len()..).unwrap_or_default()))
                .then_some(*what)
        };
        match begin {
            [b'M', b'Z', ..] => CARRIED.iter().find_map(carries).and_then(named),
            // Offset 8 of the file's identification, which ELF leaves free: AppImage's specification.
            [0x7f, b'E', b'L', b'F', _, _, _, _, b'A', b'I', 1 | 2, ..] => named("an AppImage"),
            [0x7f, b'E', b'L', b'F', ..] => CARRIED.iter().find_map(carries).and_then(named),
            [b'#', b'!', ..] => PACKED
                .iter()
                .any(|mark| memchr::memmem::find(begin, mark).is_some())
                .then_some("an archive in a script")
                .and_then(named),
            _ => None,
        }
    }

    /// Tells such a content by its last bytes: an image of a disk of macOS ends with a block of 512, which says so,
    /// and its version and length.
    pub(in crate::source) fn ends(end: &[u8]) -> Option<Self> {
        let block = end.last_chunk::<512>()?;
        block
            .starts_with(b"koly\0\0\0\x04\0\0\x02\0")
            .then_some(Self {
                what: "a disk image",
                help: UNPACK,
            })
    }

    /// Whether a name says that its content is an archive.
    pub(in crate::source) fn is_named(name: &[u8]) -> bool {
        let base = memchr::memrchr(b'/', name)
            .and_then(|slash| name.get(slash + 1..))
            .unwrap_or(name);
        // What macOS keeps beside a file has that file's name.
        let ending = memchr::memrchr(b'.', base).and_then(|dot| base.get(dot + 1..));
        !base.starts_with(b"._")
            && ending.is_some_and(|ending| {
                ENDINGS
                    .iter()
                    .any(|known| ending.eq_ignore_ascii_case(known.as_bytes()))
            })
    }

    /// Tells a content that is neither text nor an archive although its name says so: damaged, or encrypted.
    fn misnamed(begin: &[u8], name: &[u8]) -> Option<Self> {
        // An empty tar archive is nothing but zeros.
        let holds = look(begin).iter().any(|byte| *byte != 0);
        let other = holds && !Kind::is_program(begin) && !is_text(begin);
        (other && Self::is_named(name)).then_some(Self {
            what: "what its name calls an archive is damaged, encrypted or unknown: it",
            help: UNPACK,
        })
    }

    /// Tells such a content by its first bytes.
    pub(in crate::source) fn detect(begin: &[u8]) -> Option<Self> {
        let named = |what| Some(Self { what, help: UNPACK });
        match begin {
            // compress: 9 to 16 bits, two bits without a meaning, one for blocks.
            [0x1f, 0x9d, flags, ..] if flags & 0x60 == 0 && (9..=16).contains(&(flags & 0x1f)) => {
                named("a file of compress (.Z)")
            }
            _ if begin.get(7..14) == Some(b"**ACE**") => named("an ace archive"),
            // One whose first member's header is damaged: what is text is read as it stands.
            _ if begin.starts_with(b"!<arch>\n") && !is_text(begin) => named("an ar archive"),
            // The first header's length, that of its fixed part, five bytes, and its kind: the archive itself
            // (technical note of ARJ).
            [0x60, 0xea, low, high, 30..=64, _, _, _, _, _, 2, ..]
                if (30..=2600).contains(&u16::from_le_bytes([*low, *high])) =>
            {
                named("an arj archive")
            }
            // The method, between dashes, and at 20 the header's level, which no text has there.
            [
                _,
                _,
                b'-',
                b'l',
                b'h' | b'z',
                b'0'..=b'9' | b'd' | b's',
                b'-',
                ..,
            ]
            | [_, _, b'-', b'p', b'm', b'0'..=b'2' | b's', b'-', ..]
                if matches!(begin.get(20), Some(0..=3)) =>
            {
                named("an lha archive")
            }
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
/// What of a content tells whether it is text.
fn look(begin: &[u8]) -> &[u8] {
    begin.get(..LOOK).unwrap_or(begin)
}

/// Whether a content begins as a text does, in any encoding of bytes.
fn is_text(begin: &[u8]) -> bool {
    let text = |byte: &u8| matches!(byte, 7..=13 | 0x1b | b' '..);
    look(begin).iter().all(text)
}
