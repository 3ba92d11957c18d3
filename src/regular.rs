//! Reading a small file that may stand in a stranger's tree.

use std::io::{self, Read};
use std::path::Path;

use crate::platform;

/// The whole content of a regular file of at most `cap` bytes. A symbolic link, a pipe or a device
/// in its place is an error, never followed, waited for or read.
pub fn read(path: &Path, cap: u64) -> io::Result<Vec<u8>> {
    let file = platform::open(path).map_err(|e| {
        if platform::is_link_error(&e) {
            not_regular("a symbolic link")
        } else {
            e
        }
    })?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(not_regular(if meta.is_dir() {
            "a directory"
        } else {
            "no regular file"
        }));
    }
    let mut content = Vec::new();
    file.take(cap.saturating_add(1)).read_to_end(&mut content)?;
    if content.len() as u64 > cap {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it has more than {cap} bytes"),
        ));
    }
    Ok(content)
}

fn not_regular(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("it is {what}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_small_regular_files_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "12345").unwrap();
        assert_eq!(read(&file, 5).unwrap(), b"12345");
        assert_eq!(
            read(&file, 4).unwrap_err().to_string(),
            "it has more than 4 bytes"
        );
        assert_eq!(
            read(dir.path(), 5).unwrap_err().to_string(),
            "it is a directory"
        );
        let device = if cfg!(windows) { "NUL" } else { "/dev/null" };
        let error = read(Path::new(device), 5).unwrap_err();
        assert!(
            error.to_string() == "it is no regular file" || error.kind() == io::ErrorKind::NotFound,
            "{error}"
        );
        assert_eq!(
            read(&dir.path().join("none"), 5).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }

    #[cfg(unix)] // who may make links elsewhere depends on the machine's settings
    #[test]
    fn a_link_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        std::fs::write(&file, "12345").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(
            read(&link, 5).unwrap_err().to_string(),
            "it is a symbolic link"
        );
    }
}
