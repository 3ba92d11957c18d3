//! Opening files of a tree that strangers wrote: never through a link, never a pipe or a device,
//! never waiting.

use std::io::{self, Read};
use std::path::Path;

pub(super) use crate::platform::link_target;
pub(crate) use crate::platform::regular;

/// Reads a whole regular file of at most so many bytes; a larger one is an error. None when it is not
/// a regular file.
///
/// # Errors
///
/// As the system gives them; `FileTooLarge`.
pub(crate) fn small(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let Some((file, metadata)) = regular(path)? else {
        return Ok(None);
    };
    let size = metadata.len().min(most);
    let mut out = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.take(most.saturating_add(1)).read_to_end(&mut out)?;
    if out.len() as u64 > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(Some(out))
}
