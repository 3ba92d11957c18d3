//! Directories whose paths are longer than the system takes at once.

use std::ffi::OsString;
use std::path::Path;

use super::open;
use super::worktree::What;

/// The entries of a directory whose path may be longer than the system takes at once.
///
/// # Errors
///
/// As the system gives them.
pub(super) fn list(dir: &Path) -> std::io::Result<Vec<(OsString, What)>> {
    use std::os::unix::ffi::OsStringExt;

    use rustix::fs::{AtFlags, Dir, FileType, statat};
    let fd = open::directory(dir)?;
    let mut out = Vec::new();
    for entry in Dir::read_from(&fd)? {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => match statat(&fd, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => FileType::from_raw_mode(stat.st_mode),
                Err(_) => continue,
            },
            kind => kind,
        };
        let what = match kind {
            FileType::Directory => What::Directory,
            FileType::RegularFile => What::File,
            FileType::Symlink => What::Link,
            _ => What::Other,
        };
        out.push((OsString::from_vec(name.to_bytes().to_vec()), what));
    }
    Ok(out)
}
