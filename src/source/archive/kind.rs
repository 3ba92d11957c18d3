//! The formats that are unpacked, and how they are told.

use super::{DIRECTORY_END, ar, cpio, lzma, name, rpm, tar};
use crate::finding::Origin;

/// The formats that are unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) enum Kind {
    /// zip and its many children: jar, whl, docx, apk, …
    Zip,
    /// tar, of any age.
    Tar,
    /// ar: Debian packages, static libraries.
    Ar,
    /// cpio, of any age: images of an initial file system, what RPM packages hold.
    Cpio,
    /// RPM packages.
    Rpm,
    /// PDF files: their streams.
    Pdf,
    /// One gzip stream or several (RFC 1952).
    Gzip,
    /// Zstandard frames (RFC 8878).
    Zstd,
    /// One bzip2 stream or several.
    Bzip2,
    /// One xz stream or several (the .xz file format, version 1.2).
    Xz,
    /// The older format of xz's forerunner: a header without a mark, and one stream.
    Lzma,
    /// Members of lzip, one or several.
    Lzip,
}

impl Kind {
    /// Tells an archive by its begin. Names serve only where there is nothing else to show.
    pub(in crate::source) fn detect(begin: &[u8], origin: &Origin) -> Option<Self> {
        match begin {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            // An extension of Chrome: a signature, and the archive (version 2 or 3).
            [b'C', b'r', b'2', b'4', 2 | 3, 0, 0, 0, ..] => Some(Self::Zip),
            // Method 8 is the only one; the three high flags are reserved.
            [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            // What follows is a block, or the end of an empty stream.
            [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..]
                if rest.starts_with(&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
                    || rest.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90]) =>
            {
                Some(Self::Bzip2)
            }
            // Version 1 is the only one in use; then the dictionary, of 4 KiB to 512 MiB.
            [b'L', b'Z', b'I', b'P', 1, size, ..] if (12..=29).contains(&(size & 0x1f)) => {
                Some(Self::Lzip)
            }
            _ if ar::begins(begin) => Some(Self::Ar),
            _ if cpio::begins(begin) => Some(Self::Cpio),
            _ if rpm::begins(begin) => Some(Self::Rpm),
            _ if lzma::begins(begin, false) => Some(Self::Lzma),
            _ => {
                let name = name(origin).to_ascii_lowercase();
                let named = |end: &str| name.ends_with(end.as_bytes());
                if lzma::begins(begin, named(".lzma") || named(".tlz")) {
                    return Some(Self::Lzma);
                }
                let header = begin.get(..512)?;
                let ustar = header.get(257..262) == Some(b"ustar");
                ((ustar || named(".tar")) && tar::checksum_fits(header)).then_some(Self::Tar)
            }
        }
    }

    /// Whether a content may be told for an archive under some name.
    pub(in crate::source) fn may_be(begin: &[u8]) -> bool {
        let magic = matches!(
            begin,
            [b'P', b'K', ..]
                | [b'C', b'r', b'2', b'4', ..]
                | [0x1f, 0x8b, ..]
                | [0x28, 0xb5, ..]
                | [_, 0x2a, 0x4d, 0x18, ..]
                | [0xfd, b'7', b'z', ..]
                | [b'B', b'Z', b'h', ..]
                | [b'L', b'Z', b'I', b'P', ..]
        );
        magic
            || ar::begins(begin)
            || cpio::begins(begin)
            || rpm::begins(begin)
            || lzma::begins(begin, true)
            || begin.get(..512).is_some_and(tar::checksum_fits)
    }

    /// Whether a zip archive may stand at the end of a content, by its begin: behind a program of Windows or Linux,
    /// a script, or the signature of a browser's extension.
    pub(in crate::source) fn is_program(begin: &[u8]) -> bool {
        [&b"MZ"[..], b"#!", b"\x7fELF", b"Cr24"]
            .iter()
            .any(|mark| begin.starts_with(mark))
    }

    /// Whether a zip archive is tied to the end of a program: a self-extracting one, a Python application (PEP
    /// 441), a jar that starts itself. `end` are the content's last bytes.
    pub(in crate::source) fn is_carried(begin: &[u8], end: &[u8]) -> bool {
        // APPNOTE 4.3.16, without a comment.
        let at = end.len().checked_sub(DIRECTORY_END);
        let record = at.and_then(|at| end.get(at..)).unwrap_or_default();
        Self::is_program(begin) && record.starts_with(b"PK\x05\x06") && record.ends_with(&[0, 0])
    }

    /// Whether it holds members, not just one content.
    pub(super) fn is_container(self) -> bool {
        matches!(
            self,
            Self::Zip | Self::Tar | Self::Ar | Self::Cpio | Self::Rpm | Self::Pdf
        )
    }
}
