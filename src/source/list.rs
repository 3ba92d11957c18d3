//! Lists of paths to scan: `--files-from`.

use std::io::Read;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::SourceError;

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
/// When it can't be read, or when a path is not UTF-8 on a system whose paths must be.
pub fn read_list(path: &Path, format: ListFormat) -> Result<Vec<PathBuf>, SourceError> {
    let fault = |source| SourceError::List {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(fault)?;
    } else {
        bytes = std::fs::read(path).map_err(fault)?;
    }
    let end = match format {
        ListFormat::Lines => b'\n',
        ListFormat::Nul => 0,
    };
    bytes
        .split(|byte| *byte == end)
        .map(|entry| match format {
            ListFormat::Lines => entry.strip_suffix(b"\r").unwrap_or(entry),
            ListFormat::Nul => entry,
        })
        .filter(|entry| !entry.is_empty())
        .map(|entry| match entry.to_path() {
            Ok(path) => Ok(path.to_owned()),
            Err(error) => Err(fault(std::io::Error::other(error))),
        })
        .collect()
}
