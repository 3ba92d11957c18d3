//! Opening files of a tree that strangers wrote: never through a link, never a pipe or a device,
//! never waiting.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The system's limit for a path in one call, with room to spare (`PATH_MAX` is 4096 on Linux, 1024
/// on macOS).
#[cfg(unix)]
const LONGEST: usize = 1000;

/// Opens a regular file for reading. None for anything else that stands there: directories, pipes,
/// sockets, devices.
///
/// # Errors
///
/// As the system gives them. A symbolic link is an error (`ELOOP`).
#[cfg(unix)]
pub(crate) fn regular(path: &Path) -> io::Result<Option<(File, std::fs::Metadata)>> {
    use rustix::fs::OFlags;
    use rustix::io::Errno;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = match open(path, flags) {
        Ok(file) => File::from(file),
        // A socket, or a device without a driver.
        Err(Errno::NXIO | Errno::NODEV) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let metadata = file.metadata()?;
    Ok(metadata.is_file().then_some((file, metadata)))
}

/// Opens a regular file for reading. None for anything else that stands there.
///
/// # Errors
///
/// As the system gives them.
#[cfg(not(unix))]
pub(crate) fn regular(path: &Path) -> io::Result<Option<(File, std::fs::Metadata)>> {
    if !path.symlink_metadata()?.is_file() {
        return Ok(None);
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    Ok(metadata.is_file().then_some((file, metadata)))
}

/// Opens a directory whose path may be longer than the system takes at once.
///
/// # Errors
///
/// As the system gives them.
#[cfg(unix)]
pub(super) fn directory(path: &Path) -> io::Result<rustix::fd::OwnedFd> {
    use rustix::fs::OFlags;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW;
    Ok(open(path, flags)?)
}

/// The target of a symbolic link whose path may be longer than the system takes at once.
///
/// # Errors
///
/// As the system gives them.
#[cfg(unix)]
pub(super) fn link_target(path: &Path) -> io::Result<Vec<u8>> {
    use rustix::fs::{CWD, readlinkat};
    let bytes = path.as_os_str().as_encoded_bytes();
    let target = match split(bytes, bytes.len() > LONGEST) {
        Some((dir, name)) => {
            let dir = directory(Path::new(to_os(dir)))?;
            readlinkat(&dir, name, Vec::new())?
        }
        None => readlinkat(CWD, path, Vec::new())?,
    };
    Ok(target.into_bytes())
}

/// The target of a symbolic link.
///
/// # Errors
///
/// As the system gives them.
#[cfg(not(unix))]
pub(super) fn link_target(path: &Path) -> io::Result<Vec<u8>> {
    Ok(std::fs::read_link(path)?
        .into_os_string()
        .into_encoded_bytes())
}

/// Opens a path in as many steps as its length takes.
#[cfg(unix)]
fn open(path: &Path, flags: rustix::fs::OFlags) -> rustix::io::Result<rustix::fd::OwnedFd> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    use rustix::io::Errno;
    let flags = flags | OFlags::CLOEXEC;
    match openat(CWD, path, flags, Mode::empty()) {
        Err(Errno::NAMETOOLONG) => {}
        done => return done,
    }
    let through = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut rest = path.as_os_str().as_encoded_bytes();
    let mut dir = None;
    while rest.len() > LONGEST {
        let head = rest.get(..LONGEST).unwrap_or(rest);
        let slash = memchr::memrchr(b'/', head)
            .filter(|slash| *slash > 0)
            .ok_or(Errno::NAMETOOLONG)?;
        let (step, left) = rest.split_at(slash);
        dir = Some(match &dir {
            Some(dir) => openat(dir, step, through, Mode::empty())?,
            None => openat(CWD, step, through, Mode::empty())?,
        });
        let slashes = left.iter().take_while(|byte| **byte == b'/').count();
        rest = left.get(slashes..).unwrap_or_default();
    }
    match &dir {
        Some(dir) => openat(dir, rest, flags, Mode::empty()),
        None => Err(Errno::NAMETOOLONG),
    }
}

/// Splits a path into directory and name when asked to.
#[cfg(unix)]
fn split(path: &[u8], wanted: bool) -> Option<(&[u8], &[u8])> {
    let slash = memchr::memrchr(b'/', path).filter(|_| wanted)?;
    Some((path.get(..slash)?, path.get(slash + 1..)?))
}

#[cfg(unix)]
fn to_os(bytes: &[u8]) -> &std::ffi::OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(bytes)
}

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
