//! Lists of paths to scan: `--files-from`.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::SourceError;
use crate::platform;

/// The longest list, in bytes: a million paths of common length. What never ends is no list.
const MOST: u64 = 64 << 20;

/// What ends a path in a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListFormat {
    /// A line end, `\n` or `\r\n`.
    #[default]
    Lines,
    /// A NUL.
    Nul,
}

/// Reads a list of paths: from a file, or from standard input when its path is `-`. Empty entries
/// are left out.
///
/// # Errors
///
/// When it can't be read, or when it is longer than 64 MiB.
pub fn read_list(path: &Path, format: ListFormat) -> Result<Vec<PathBuf>, SourceError> {
    let fault = |source| SourceError::List {
        path: path.to_owned(),
        source,
    };
    let bytes = if path.as_os_str() == "-" {
        bounded(io::stdin().lock())
    } else {
        File::open(path).and_then(bounded)
    }
    .map_err(fault)?;
    let end = match format {
        ListFormat::Lines => b'\n',
        ListFormat::Nul => 0,
    };
    let entries = bytes.split(|byte| *byte == end).map(|entry| match format {
        ListFormat::Lines => entry.strip_suffix(b"\r").unwrap_or(entry),
        ListFormat::Nul => entry,
    });
    Ok(entries
        .filter(|entry| !entry.is_empty())
        .map(|entry| PathBuf::from(platform::os(entry).into_owned()))
        .collect())
}

/// All that a reader gives, unless that is more than a list holds.
fn bounded(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    reader.take(MOST + 1).read_to_end(&mut out)?;
    if out.len() as u64 > MOST {
        return Err(io::Error::new(
            ErrorKind::FileTooLarge,
            "it is longer than 64 MiB: scan in several runs",
        ));
    }
    Ok(out)
}
