//! Opening the files of a git directory.
//!
//! Git itself follows links there (`git new-workdir` and other tools make them), so links are
//! followed here too; whatever they lead to, nothing but a regular file is read, and nothing waits.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use crate::platform;
use crate::source::open;

/// Opens a regular file, through links too.
///
/// # Errors
///
/// As the system gives them; `InvalidInput` when it is not a regular file.
pub(super) fn regular(path: &Path) -> io::Result<(File, Metadata)> {
    let opened = match open::regular(path) {
        // Nothing but a link, or a path that is refused again, can fail for its kind.
        Err(error) if path.is_symlink() => match platform::real(path) {
            Ok(target) => open::regular(&target),
            Err(_) => Err(error),
        },
        opened => opened,
    };
    opened?.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"))
}

/// The whole content of a regular file of at most so many bytes, read through links too.
///
/// # Errors
///
/// As of [`regular`]; `FileTooLarge`.
pub(super) fn small(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let (file, metadata) = regular(path)?;
    let size = metadata.len().min(most);
    let mut out = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.take(most.saturating_add(1)).read_to_end(&mut out)?;
    if out.len() as u64 > most {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it has more than {most} bytes"),
        ));
    }
    Ok(out)
}

/// The same; none when there is no such file.
///
/// # Errors
///
/// As of [`small`].
pub(super) fn small_if_any(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    match small(path, most) {
        Ok(bytes) => Ok(Some(bytes)),
        // A dangling link is damage, not absence.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => Ok(None),
        Err(error) => Err(error),
    }
}
