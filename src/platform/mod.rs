//! What differs from system to system: names, kinds and permissions of files, and how they are opened.
//!
//! Everything here has one meaning on all of them; what a system can't answer is an `Option`, and whoever
//! asks says that it was not checked. No other file knows which system it is built for.

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

pub(crate) use system::{
    LIST_SEPARATOR, PRIVATE_FILES, Top, below, create_new, create_unnamed, give_name, home,
    is_device, is_executable, is_link_error, is_removed, keep_owner, link_target, list,
    make_executable, mode, named, next_data, no_core_dump, open, os, real, regular, rooted,
    slashed, system_gitconfig, through, walks_plainly,
};

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A directory.
    Directory,
    /// A regular file.
    File,
    /// A symbolic link; on Windows also a junction.
    Link,
    /// Pipes, sockets, devices: they hold nothing.
    Other,
}

impl From<std::fs::FileType> for Kind {
    fn from(kind: std::fs::FileType) -> Self {
        if kind.is_dir() {
            Self::Directory
        } else if kind.is_symlink() {
            Self::Link
        } else if kind.is_file() {
            Self::File
        } else {
            Self::Other
        }
    }
}

/// The environment: a variable's value by its name.
type Env<'a> = &'a dyn Fn(&str) -> Option<std::ffi::OsString>;

/// A variable that is set, and not empty.
fn set(env: Env<'_>, name: &str) -> Option<std::path::PathBuf> {
    env(name)
        .filter(|value| !value.is_empty())
        .map(std::path::PathBuf::from)
}
