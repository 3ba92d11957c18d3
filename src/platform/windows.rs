//! Windows.
//!
//! A name in a stranger's tree may be one that the system reads as something else: `NUL` and `aux.txt` are
//! devices, `a.` is `a`, `//host/x` is another machine. Such names are taken literally here, or stand for
//! nothing at all. Who may read a file is kept in access lists, which nothing here reads: that is `None`, and
//! told as not checked.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStringExt;
use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf, Prefix};

use same_file::Handle;

use super::{Env, Kind, set};

/// Opens a link itself, not what it leads to (CreateFileW, `FILE_FLAG_OPEN_REPARSE_POINT`).
const OPEN_REPARSE_POINT: u32 = 0x0020_0000;
/// Opens directories too (CreateFileW, `FILE_FLAG_BACKUP_SEMANTICS`).
const BACKUP_SEMANTICS: u32 = 0x0200_0000;

/// There is more to the file than its own data: a link, a deduplicated file, one of a synchronised folder
/// ("File Attribute Constants", as all of these).
const REPARSE_POINT: u32 = 0x400;
/// Its data is elsewhere, or is fetched when somebody reads it: `OFFLINE`, `RECALL_ON_OPEN` and
/// `RECALL_ON_DATA_ACCESS`.
const ELSEWHERE: u32 = 0x1000 | 0x0004_0000 | 0x0040_0000;

/// `ERROR_STOPPED_ON_SYMLINK`.
const STOPPED_ON_SYMLINK: i32 = 681;

/// What parts the paths of a list in an environment variable.
pub(crate) const LIST_SEPARATOR: u8 = b';';

/// Whether a file can be made that its owner alone may read. Here one gets the access list of its directory.
pub(crate) const PRIVATE_FILES: bool = false;

/// A path as git, or a list, writes it, as the system takes it. Bytes that are no text, which no name here
/// can hold, become replacement characters.
pub(crate) fn os(bytes: &[u8]) -> Cow<'_, OsStr> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(OsStr::new(text));
    }
    let mut wide = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let valid = match std::str::from_utf8(rest) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let (text, more) = rest.split_at(valid);
        wide.extend(String::from_utf8_lossy(text).encode_utf16());
        rest = match more {
            [] => more,
            // Half a pair, as the system's names may hold and as Rust writes it (WTF-8).
            [0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, more @ ..] => {
                wide.push(0xd000 | u16::from(second & 0x3f) << 6 | u16::from(third & 0x3f));
                more
            }
            [_, more @ ..] => {
                wide.push(0xfffd);
                more
            }
        };
    }
    Cow::Owned(OsString::from_wide(&wide))
}

/// A path with `/` between its parts, without the prefix that makes it literal.
pub(crate) fn slashed(path: &Path) -> Cow<'_, [u8]> {
    let bytes = path.as_os_str().as_encoded_bytes();
    let (host, bytes) = match bytes {
        [
            b'\\',
            b'\\',
            b'?',
            b'\\',
            b'U',
            b'N',
            b'C',
            b'\\',
            rest @ ..,
        ] => (true, rest),
        [b'\\', b'\\', b'?', b'\\', rest @ ..] if rest.get(1) == Some(&b':') => (false, rest),
        bytes => (false, bytes),
    };
    if !host && !bytes.contains(&b'\\') {
        return Cow::Borrowed(bytes);
    }
    let mut out = if host { b"//".to_vec() } else { Vec::new() };
    out.extend(
        bytes
            .iter()
            .map(|byte| if *byte == b'\\' { b'/' } else { *byte }),
    );
    Cow::Owned(out)
}

/// Where a path of git's stands below a directory. What no file here can be called stands nowhere: opening
/// it is an error.
pub(crate) fn below(top: &Path, path: &[u8]) -> PathBuf {
    let mut out = top.to_owned();
    for name in path.split(|byte| *byte == b'/') {
        if name.is_empty() {
            continue;
        }
        let impossible = |byte: &u8| *byte < 0x20 || b"\\:*?\"<>|".contains(byte);
        if name.iter().any(impossible) || matches!(name, b"." | b"..") {
            // A NUL: no call takes it.
            return top.join("\0");
        }
        out.push(os(name));
    }
    literal(&out).unwrap_or(out)
}

/// What a file of a repository names, relative to a directory. None when that would be another machine, which
/// is not asked because a stranger wrote so; what stands on one may name that one.
pub(crate) fn named(base: &Path, path: &[u8]) -> Option<PathBuf> {
    let path = PathBuf::from(os(path).into_owned());
    let own = match path.components().next() {
        Some(Component::Prefix(prefix)) => prefix,
        _ => return Some(base.join(path)),
    };
    let share = |kind: Prefix<'_>| match kind {
        Prefix::UNC(host, share) | Prefix::VerbatimUNC(host, share) => {
            Some((host.to_ascii_lowercase(), share.to_ascii_lowercase()))
        }
        _ => None,
    };
    let allowed = match own.kind() {
        Prefix::Disk(_) | Prefix::VerbatimDisk(_) => true,
        // The environment names it: that is the user.
        _ if base.as_os_str().is_empty() => true,
        kind => match base.components().next() {
            Some(Component::Prefix(base)) => {
                share(kind).is_some_and(|own| share(base.kind()) == Some(own))
            }
            _ => false,
        },
    };
    allowed.then(|| base.join(path))
}

/// The absolute path, without links; in the plain form where that means the same.
///
/// # Errors
///
/// As the system gives them.
pub(crate) fn real(path: &Path) -> io::Result<PathBuf> {
    dunce::canonicalize(path)
}

/// A path that leads to a directory through the link which stands there: where the link leads, for a slash
/// at its end does not.
pub(crate) fn through(link: &Path) -> PathBuf {
    real(link).unwrap_or_else(|_| link.to_owned())
}

/// An absolute path in two parts: what names host or drive in a URI (RFC 8089), and the rest.
pub(crate) fn rooted(path: &Path) -> Option<(String, Cow<'_, [u8]>)> {
    let bytes = slashed(path);
    match &*bytes {
        [drive, b':', rest @ ..] if drive.is_ascii_alphabetic() && rest.starts_with(b"/") => {
            let start = format!("/{}:", char::from(*drive));
            Some((start, Cow::Owned(rest.to_vec())))
        }
        [b'/', b'/', rest @ ..] => {
            let end = memchr::memchr(b'/', rest)?;
            let (host, rest) = rest.split_at(end);
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._".contains(byte);
            let host = host.iter().all(plain).then(|| std::str::from_utf8(host));
            Some((host?.ok()?.to_owned(), Cow::Owned(rest.to_vec())))
        }
        _ => None,
    }
}

/// The user's home, as Git for Windows finds it (its `compat/mingw.c`).
pub(crate) fn home(env: Env<'_>) -> Option<PathBuf> {
    let drive = || {
        let mut out = set(env, "HOMEDRIVE")?.into_os_string();
        out.push(set(env, "HOMEPATH")?);
        Some(PathBuf::from(out)).filter(|home| home.is_dir())
    };
    set(env, "HOME")
        .or_else(drive)
        .or_else(|| set(env, "USERPROFILE"))
}

/// The configuration of git that holds for the whole machine: that of Git for Windows where it is usually
/// installed.
pub(crate) fn system_gitconfig(env: Env<'_>) -> Option<PathBuf> {
    set(env, "ProgramFiles").map(|programs| programs.join("Git").join("etc").join("gitconfig"))
}

/// Opens a regular file for reading. None for anything else that stands there.
///
/// # Errors
///
/// As the system gives them. A symbolic link or junction is an error, and so is a file whose data would
/// have to be fetched from elsewhere first.
pub(crate) fn regular(path: &Path) -> io::Result<Option<(File, Metadata)>> {
    let path = literal(path)?;
    if is_device(&path) {
        return Ok(None);
    }
    let (file, metadata) = unfollowed(&path)?;
    if !metadata.is_file() {
        return Ok(None);
    }
    if metadata.file_attributes() & ELSEWHERE != 0 {
        return Err(io::Error::other(
            "its content is not on this machine, and nothing is fetched",
        ));
    }
    if metadata.file_attributes() & REPARSE_POINT != 0 {
        return data_of(&path, file).map(Some);
    }
    Ok(Some((file, metadata)))
}

/// A directory whose files are opened; only the last name on the way is known to be no link.
#[derive(Debug)]
pub(crate) struct Top(PathBuf);

impl Top {
    /// The directory at a path.
    pub(crate) fn open(path: &Path) -> Option<Self> {
        Some(Self(path.to_owned()))
    }

    /// Whether a path lies below.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        path.starts_with(&self.0)
    }

    /// Opens a regular file below, as [`regular`] does. `path` is the whole path.
    ///
    /// # Errors
    ///
    /// As [`regular`].
    pub(crate) fn regular(&self, path: &Path) -> io::Result<Option<(File, Metadata)>> {
        regular(path)
    }
}

/// Opens what stands at a path for reading, whatever it is, never through a link.
///
/// # Errors
///
/// As the system gives them; for a link what [`is_link_error`] knows.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let path = literal(path)?;
    if is_device(&path) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is no regular file",
        ));
    }
    match regular(&path)? {
        Some((file, _)) => Ok(file),
        None => Ok(unfollowed(&path)?.0),
    }
}

/// What stands at a path itself, opened.
fn unfollowed(path: &Path) -> io::Result<(File, Metadata)> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(OPEN_REPARSE_POINT | BACKUP_SEMANTICS)
        .open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_symlink() {
        return Err(io::Error::from_raw_os_error(STOPPED_ON_SYMLINK));
    }
    Ok((file, metadata))
}

/// The data of a file that a filter of the system keeps, and that is no link: a deduplicated one, or one of a
/// synchronised folder. Whoever puts a link there meanwhile is noticed: it would be another file.
fn data_of(path: &Path, file: File) -> io::Result<(File, Metadata)> {
    let data = File::open(path)?;
    let metadata = data.metadata()?;
    if Handle::from_file(file)? != Handle::from_file(data.try_clone()?)? {
        return Err(io::Error::from_raw_os_error(STOPPED_ON_SYMLINK));
    }
    Ok((data, metadata))
}

/// Whether a file could not be opened because it is a link.
pub(crate) fn is_link_error(error: &io::Error) -> bool {
    error.raw_os_error() == Some(STOPPED_ON_SYMLINK)
}

/// The target of a symbolic link or junction.
///
/// # Errors
///
/// As the system gives them.
pub(crate) fn link_target(path: &Path) -> io::Result<Vec<u8>> {
    let target = std::fs::read_link(literal(path)?)?;
    Ok(target.into_os_string().into_encoded_bytes())
}

/// Whether the entries of a directory can be reached by their whole paths; if not, [`list`] lists them.
pub(crate) fn walks_plainly(dir: &Path) -> bool {
    is_verbatim(dir) || !dir.components().any(is_odd)
}

/// The entries of a directory whose name the system would read as another one.
///
/// # Errors
///
/// As the system gives them.
pub(crate) fn list(dir: &Path) -> io::Result<Vec<(OsString, Kind)>> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(literal(dir)?)? {
        let entry = entry?;
        out.push((entry.file_name(), Kind::from(entry.file_type()?)));
    }
    Ok(out)
}

/// A path that the system takes as it is written. Only one that it would take otherwise is changed.
fn literal(path: &Path) -> io::Result<PathBuf> {
    if walks_plainly(path) {
        return Ok(path.to_owned());
    }
    let mut components = path.components().peekable();
    let mut out = match components.peek() {
        Some(Component::Prefix(prefix)) => match prefix.kind() {
            Prefix::Disk(drive) => PathBuf::from(format!(r"\\?\{}:\", char::from(drive))),
            Prefix::UNC(host, share) => {
                let mut out = OsString::from(r"\\?\UNC\");
                out.push(host);
                out.push(r"\");
                out.push(share);
                out.push(r"\");
                PathBuf::from(out)
            }
            _ => return Ok(path.to_owned()),
        },
        _ => literal_root(&std::env::current_dir()?)?,
    };
    match components.peek() {
        Some(Component::Prefix(prefix)) => {
            let disk = matches!(prefix.kind(), Prefix::Disk(_));
            components.next();
            // `C:a` counts from a directory that only the system knows.
            if disk && components.peek() != Some(&Component::RootDir) {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "it is relative to the current directory of a drive; write it whole",
                ));
            }
        }
        Some(Component::RootDir) => {
            out = out.ancestors().last().map_or(out.clone(), Path::to_owned);
        }
        _ => {}
    }
    for component in components {
        match component {
            Component::Normal(name) => out.push(name),
            Component::ParentDir => _ = out.pop(),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    Ok(out)
}

/// A directory of the system's own choice in the literal form.
fn literal_root(dir: &Path) -> io::Result<PathBuf> {
    if is_verbatim(dir) {
        return Ok(dir.to_owned());
    }
    std::fs::canonicalize(dir)
}

fn is_verbatim(path: &Path) -> bool {
    matches!(path.components().next(), Some(Component::Prefix(prefix)) if prefix.kind().is_verbatim())
}

/// Whether the system would read a name as another one ("Naming Files, Paths, and Namespaces"): a device's,
/// also with an extension, or one that ends with dots or blanks.
fn is_odd(component: Component<'_>) -> bool {
    let Component::Normal(name) = component else {
        return false;
    };
    let name = name.as_encoded_bytes();
    name.ends_with(b".") || name.ends_with(b" ") || is_reserved(name)
}

/// Whether a name is a device's.
fn is_reserved(name: &[u8]) -> bool {
    let end = name.iter().position(|byte| matches!(byte, b'.' | b':'));
    let base = name.get(..end.unwrap_or(name.len())).unwrap_or_default();
    let base = base.trim_ascii_end().to_ascii_uppercase();
    match &*base {
        b"CON" | b"PRN" | b"AUX" | b"NUL" | b"CONIN$" | b"CONOUT$" | b"CLOCK$" => true,
        // The digits, and the superscripts of 1, 2 and 3.
        [b'C', b'O', b'M', number @ ..] | [b'L', b'P', b'T', number @ ..] => {
            matches!(number, [b'0'..=b'9'] | [0xc2, 0xb9 | 0xb2 | 0xb3])
        }
        _ => false,
    }
}

/// Windows writes the memory of a process that dies for those alone who have set that up.
pub(crate) fn no_core_dump() {}

/// The permission bits of a file; none where the system has no such thing.
pub(crate) fn mode(_metadata: &Metadata) -> Option<u32> {
    None
}

/// Makes a new file for writing. It gets the access list of its directory.
///
/// # Errors
///
/// As the system gives them; when something stands there, whatever it is.
pub(crate) fn create_new(path: &Path, _mode: u32) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Makes a new file that has no name yet: there is none such here.
pub(crate) fn create_unnamed(_directory: &Path, _mode: u32) -> Option<File> {
    None
}

/// Gives a name to a file of [`create_unnamed`].
///
/// # Errors
///
/// Always: there is none such here.
pub(crate) fn give_name(_file: &File, _path: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Gives a file the owner and permissions of the one that it replaces: it has those of their directory.
///
/// # Errors
///
/// None here.
pub(crate) fn keep_owner(_file: &File, _kept: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Whether a directory stands nowhere any more: the current one cannot be removed here.
pub(crate) fn is_removed(_metadata: &Metadata) -> bool {
    false
}

/// Whether what stands at a path is written to as it is: a device or a pipe.
pub(crate) fn is_device(path: &Path) -> bool {
    match path.components().next() {
        Some(Component::Prefix(prefix)) if matches!(prefix.kind(), Prefix::DeviceNS(_)) => true,
        _ if is_verbatim(path) => false,
        _ => path
            .file_name()
            .is_some_and(|name| is_reserved(name.as_encoded_bytes())),
    }
}

/// Whether git would run a hook: here it asks for no right to be executed.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// Makes a file a program: nothing is needed for that.
///
/// # Errors
///
/// None here.
pub(crate) fn make_executable(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Nothing is known of holes: they are read as the zeros that they stand for.
pub(crate) fn next_data(_file: &File, _from: u64) -> Option<Option<u64>> {
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_of_devices_are_known() {
        for name in [
            "NUL",
            "nul.txt",
            "Aux",
            "com1",
            "COM\u{b9}.log",
            "lpt9 .x",
            "con",
        ] {
            assert!(is_reserved(name.as_bytes()), "{name}");
        }
        for name in ["null", "com", "com10", "auxiliary", "a.nul", "console"] {
            assert!(!is_reserved(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn odd_names_are_taken_literally_and_others_left() {
        let literal = |path: &str| literal(Path::new(path)).unwrap();
        assert_eq!(literal(r"C:\a\b"), Path::new(r"C:\a\b"));
        assert_eq!(literal(r"C:\a\..\b.\c"), Path::new(r"\\?\C:\b.\c"));
        assert_eq!(literal("C:/a/aux.txt"), Path::new(r"\\?\C:\a\aux.txt"));
        assert_eq!(
            literal(r"\\host\share\nul"),
            Path::new(r"\\?\UNC\host\share\nul")
        );
        assert!(is_verbatim(&literal("nul")));
        assert!(literal("nul").ends_with("nul"));
    }

    #[test]
    fn paths_of_git_stay_below() {
        let below = |path: &[u8]| below(Path::new(r"C:\top"), path);
        assert_eq!(below(b"a/b"), Path::new(r"C:\top\a\b"));
        assert_eq!(below(b"a/nul"), Path::new(r"\\?\C:\top\a\nul"));
        for path in [&b"C:/x"[..], b"\\\\host\\x", b"../x", b"a/../../x", b"a:b"] {
            let path = below(path);
            assert!(path.symlink_metadata().is_err(), "{path:?}");
            assert!(path.starts_with(r"C:\top"), "{path:?}");
        }
    }

    #[test]
    fn a_repository_names_no_other_machine() {
        let named = |base: &str, path: &str| named(Path::new(base), path.as_bytes());
        for path in [
            "//evil/share/x",
            r"\\evil\share",
            r"\\.\pipe\x",
            r"\\?\UNC\evil\s\x",
        ] {
            assert_eq!(named(r"C:\top", path), None, "{path}");
            assert_eq!(named(r"\\own\share\top", path), None, "{path}");
        }
        assert!(named(r"\\own\share\top", "//OWN/share/git").is_some());
        assert_eq!(named(r"C:\top", "../git"), Some(r"C:\top\../git".into()));
        assert_eq!(named(r"C:\top", "D:/git"), Some("D:/git".into()));
    }

    #[test]
    fn names_survive_as_bytes() {
        let half = OsString::from_wide(&[0x61, 0xd800, 0x62]);
        assert_eq!(os(half.as_encoded_bytes()), half);
        assert_eq!(&*os("é".as_bytes()), "é");
        assert_eq!(&*os(b"a\xffb"), "a\u{fffd}b");
        let bytes = |path: &str| slashed(Path::new(path)).into_owned();
        assert_eq!(bytes(r"\\?\C:\a\b"), b"C:/a/b");
        assert_eq!(bytes(r"\\?\UNC\h\s\b"), b"//h/s/b");
        assert_eq!(bytes(r"a\b"), b"a/b");
    }

    #[test]
    fn uris_name_the_drive_or_the_host() {
        let uri = |path: &str| {
            let rooted = rooted(Path::new(path));
            rooted.map(|(start, rest)| (start, rest.into_owned()))
        };
        assert_eq!(uri(r"C:\a b"), Some(("/C:".into(), b"/a b".to_vec())));
        assert_eq!(uri(r"\\host\s\a"), Some(("host".into(), b"/s/a".to_vec())));
        assert_eq!(uri(r"a\b"), None);
    }
}
