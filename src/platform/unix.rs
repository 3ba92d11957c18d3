//! Linux, macOS and their kin.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fd::{AsRawFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, readlinkat, statat};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, setrlimit};

use super::{Env, Kind, set};

/// The system's limit for a path in one call, with room to spare (`PATH_MAX` is 4096 on Linux, 1024
/// on macOS).
const LONGEST: usize = 1000;

/// Directories whose paths are longer have entries that may be beyond what the system takes in one call.
const DEEP: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    3000
} else {
    700
};

/// What parts the paths of a list in an environment variable.
pub(crate) const LIST_SEPARATOR: u8 = b':';

/// Whether a file can be made that its owner alone may read.
pub(crate) const PRIVATE_FILES: bool = true;

/// A path as git, or a list, writes it, as the system takes it.
pub(crate) fn os(bytes: &[u8]) -> Cow<'_, OsStr> {
    Cow::Borrowed(OsStr::from_bytes(bytes))
}

/// A path with `/` between its parts.
pub(crate) fn slashed(path: &Path) -> Cow<'_, [u8]> {
    Cow::Borrowed(path.as_os_str().as_bytes())
}

/// Where a path of git's stands below a directory.
pub(crate) fn below(top: &Path, path: &[u8]) -> PathBuf {
    top.join(OsStr::from_bytes(path))
}

/// What a file of a repository names, relative to a directory.
pub(crate) fn named(base: &Path, path: &[u8]) -> Option<PathBuf> {
    Some(base.join(OsStr::from_bytes(path)))
}

/// The absolute path, without links.
///
/// # Errors
///
/// As the system gives them.
pub(crate) fn real(path: &Path) -> io::Result<PathBuf> {
    std::fs::canonicalize(path)
}

/// A path that leads to a directory through the link which stands there: with a slash at its end.
pub(crate) fn through(link: &Path) -> PathBuf {
    link.join("")
}

/// An absolute path in two parts: what names host or drive in a URI (RFC 8089), and the rest.
pub(crate) fn rooted(path: &Path) -> Option<(String, Cow<'_, [u8]>)> {
    path.is_absolute().then(|| (String::new(), slashed(path)))
}

/// The user's home.
pub(crate) fn home(env: Env<'_>) -> Option<PathBuf> {
    set(env, "HOME")
}

/// The configuration of git that holds for the whole machine (git-config(1), "Files").
pub(crate) fn system_gitconfig(_env: Env<'_>) -> Option<PathBuf> {
    Some("/etc/gitconfig".into())
}

/// Opens a regular file for reading. None for anything else that stands there: directories, pipes,
/// sockets, devices.
///
/// # Errors
///
/// As the system gives them. A symbolic link is an error (`ELOOP`).
pub(crate) fn regular(path: &Path) -> io::Result<Option<(File, Metadata)>> {
    is_regular(stepwise(path, FILE))
}

/// A directory whose files are opened through no link below it, whatever becomes of the directories on the way
/// while somebody walks them.
#[derive(Debug)]
pub(crate) struct Top {
    #[cfg_attr(
        not(any(target_os = "linux", target_os = "android")),
        expect(dead_code)
    )]
    dir: OwnedFd,
    path: PathBuf,
}

impl Top {
    /// Opens the directory at a path. None when that fails: the walk will tell it.
    pub(crate) fn open(path: &Path) -> Option<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = openat(CWD, path, flags, Mode::empty()).ok()?;
        let path = path.to_owned();
        Some(Self { dir, path })
    }

    /// Whether a path lies below.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        path.starts_with(&self.path)
    }

    /// Opens a regular file below, as [`regular`] does. `path` is the whole path.
    ///
    /// # Errors
    ///
    /// As the system gives them. A symbolic link on the way is an error (`ELOOP`).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(crate) fn regular(&self, path: &Path) -> io::Result<Option<(File, Metadata)>> {
        use rustix::fs::{ResolveFlags, openat2};
        let Ok(below) = path.strip_prefix(&self.path) else {
            return regular(path);
        };
        let flags = FILE | OFlags::CLOEXEC;
        let through = ResolveFlags::NO_SYMLINKS;
        match openat2(&self.dir, below, flags, Mode::empty(), through) {
            // Kernels before 5.6, sandboxes that know no such call, and paths beyond its limit.
            Err(Errno::NOSYS | Errno::PERM | Errno::NAMETOOLONG) => regular(path),
            opened => is_regular(opened),
        }
    }

    /// The same where the system has no such call: only the last name is known to be no link.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub(crate) fn regular(&self, path: &Path) -> io::Result<Option<(File, Metadata)>> {
        regular(path)
    }
}

/// How a file of strangers is opened.
const FILE: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY);

/// An opened file; none where it is no regular one.
fn is_regular(opened: rustix::io::Result<OwnedFd>) -> io::Result<Option<(File, Metadata)>> {
    let file = match opened {
        Ok(file) => File::from(file),
        // A socket, or a device without a driver.
        Err(Errno::NXIO | Errno::NODEV) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let metadata = file.metadata()?;
    Ok(metadata.is_file().then_some((file, metadata)))
}

/// Opens what stands at a path for reading, whatever it is, without waiting, never through a link.
///
/// # Errors
///
/// As the system gives them; for a link what [`is_link_error`] knows.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)
}

/// Whether a file could not be opened because it is a symbolic link.
pub(crate) fn is_link_error(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::LOOP.raw_os_error())
}

/// The target of a symbolic link whose path may be longer than the system takes at once.
///
/// # Errors
///
/// As the system gives them.
pub(crate) fn link_target(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = path.as_os_str().as_bytes();
    let target = match split(bytes, bytes.len() > LONGEST) {
        Some((dir, name)) => {
            let dir = directory(Path::new(OsStr::from_bytes(dir)))?;
            readlinkat(&dir, name, Vec::new())?
        }
        None => readlinkat(CWD, path, Vec::new())?,
    };
    Ok(target.into_bytes())
}

/// Whether the entries of a directory can be reached by their whole paths; if not, [`list`] lists them.
pub(crate) fn walks_plainly(dir: &Path) -> bool {
    dir.as_os_str().len() < DEEP
}

/// The entries of a directory whose path may be longer than the system takes at once.
///
/// # Errors
///
/// As the system gives them.
pub(crate) fn list(dir: &Path) -> io::Result<Vec<(OsString, Kind)>> {
    let fd = directory(dir)?;
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
        let kind = match kind {
            FileType::Directory => Kind::Directory,
            FileType::RegularFile => Kind::File,
            FileType::Symlink => Kind::Link,
            _ => Kind::Other,
        };
        out.push((OsString::from_vec(name.to_bytes().to_vec()), kind));
    }
    Ok(out)
}

/// Opens a directory whose path may be longer than the system takes at once.
fn directory(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW;
    Ok(stepwise(path, flags)?)
}

/// Opens a path in as many steps as its length takes.
fn stepwise(path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    let flags = flags | OFlags::CLOEXEC;
    match openat(CWD, path, flags, Mode::empty()) {
        Err(Errno::NAMETOOLONG) => {}
        done => return done,
    }
    let through = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut rest = path.as_os_str().as_bytes();
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
fn split(path: &[u8], wanted: bool) -> Option<(&[u8], &[u8])> {
    let slash = memchr::memrchr(b'/', path).filter(|_| wanted)?;
    Some((path.get(..slash)?, path.get(slash + 1..)?))
}

/// Keeps the memory of this process, in which secrets are, from being written to disk when it dies.
pub(crate) fn no_core_dump() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // One who can't lower a limit has none to fear.
    _ = setrlimit(Resource::Core, none);
}

/// The permission bits of a file; none where the system has no such thing.
pub(crate) fn mode(metadata: &Metadata) -> Option<u32> {
    Some(metadata.mode() & 0o7777)
}

/// Gives a file permission bits.
///
/// # Errors
///
/// As the system gives them.
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Makes a new file for writing with these permission bits, less what the process masks.
///
/// # Errors
///
/// As the system gives them; when something stands there, whatever it is.
pub(crate) fn create_new(path: &Path, mode: u32) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
}

/// Makes a new file in a directory for writing and reading that has no name yet, with these permission bits, less
/// what the process masks: it goes with the program, however that ends. None where the system or the file system has
/// no such files, or could not name one afterwards.
pub(crate) fn create_unnamed(directory: &Path, mode: u32) -> Option<File> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        let file = rustix::fs::open(directory, flags, Mode::from_raw_mode(mode)).ok()?;
        let file = File::from(file);
        opened(&file).exists().then_some(file)
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        _ = (directory, mode);
        None
    }
}

/// Gives a name to a file of [`create_unnamed`].
///
/// # Errors
///
/// As the system gives them; when something stands there, whatever it is.
pub(crate) fn give_name(file: &File, path: &Path) -> io::Result<()> {
    rustix::fs::linkat(CWD, opened(file), CWD, path, AtFlags::SYMLINK_FOLLOW)?;
    Ok(())
}

/// Where the system shows a file that is open.
fn opened(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// Gives a file the owner and permissions of the one that it replaces.
///
/// # Errors
///
/// As the system gives them, but for the owner: who may not give files away keeps the new one.
pub(crate) fn keep_owner(file: &File, kept: &Metadata) -> io::Result<()> {
    _ = std::os::unix::fs::fchown(file, Some(kept.uid()), Some(kept.gid()));
    file.set_permissions(kept.permissions())
}

/// Whether a directory stands nowhere any more: somebody removed the current one.
pub(crate) fn is_removed(metadata: &Metadata) -> bool {
    metadata.nlink() == 0
}

/// Whether what stands at a path is written to as it is: a device, a pipe or a socket.
pub(crate) fn is_device(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| {
        let kind = metadata.file_type();
        kind.is_char_device() || kind.is_fifo() || kind.is_socket() || kind.is_block_device()
    })
}

/// Whether git would run a hook: a file without the right to be executed it passes over.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| metadata.mode() & 0o111 != 0)
}

/// Makes a file a program: who may read it may run it.
///
/// # Errors
///
/// As the system gives them.
pub(crate) fn make_executable(path: &Path) -> io::Result<()> {
    let mode = path.metadata()?.permissions().mode();
    set_mode(path, mode | ((mode & 0o444) >> 2))
}

/// Where the next bytes that are not in a hole stand, behind `from`; none within when nothing but holes
/// follows. None at all when they stand at `from`, or when it can't be told. The next read goes on from what
/// is answered.
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "macos",
    target_os = "freebsd"
))]
pub(crate) fn next_data(file: &File, from: u64) -> Option<Option<u64>> {
    use rustix::fs::{SeekFrom, seek};
    match seek(file, SeekFrom::Data(from)) {
        // Window starts stay whole code units.
        Ok(at) if at > from && at % 4 == 0 => Some(Some(at)),
        Ok(_) => {
            seek(file, SeekFrom::Start(from)).ok()?;
            None
        }
        Err(Errno::NXIO) => Some(None),
        Err(_) => None,
    }
}

/// Nothing is known of holes: they are read as the zeros that they stand for.
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "macos",
    target_os = "freebsd"
)))]
pub(crate) fn next_data(_file: &File, _from: u64) -> Option<Option<u64>> {
    None
}
