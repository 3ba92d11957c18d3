//! The one sink: everything keyfence says passes here.
#![allow(clippy::disallowed_methods)] // the standard streams are banned everywhere else

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Seek, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::exit::Exit;
use crate::platform;
use crate::report::escape;
use crate::scan::masked;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, as `NO_COLOR`, `FORCE_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` say.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Whether to colour what goes to standard output.
    pub fn stdout(self) -> bool {
        self.wanted(io::stdout())
    }

    /// Whether to colour what goes to standard error.
    pub fn stderr(self) -> bool {
        self.wanted(io::stderr())
    }

    fn wanted<S: anstream::stream::RawStream>(self, stream: S) -> bool {
        let set = |name| std::env::var_os(name).is_some_and(|v| !v.is_empty() && v != "0");
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR") => false,
            Self::Auto if set("FORCE_COLOR") => true,
            // Made and not only asked: that is what turns colours on in a console of Windows.
            Self::Auto => {
                let made = anstream::AutoStream::auto(stream);
                made.current_choice() == anstream::ColorChoice::AlwaysAnsi
            }
        }
    }
}

/// Writes to standard output. A reader who left early is no error: there is nobody to tell.
pub fn stdout(text: &[u8]) -> Result<(), Error> {
    write_stdout(|out| out.write_all(text))
}

/// The same for a text that is made while it is written.
pub fn write_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(cause) => Err(Error::Write {
            target: "standard output".to_owned(),
            cause,
        }),
        Ok(()) => Ok(()),
    }
}

/// The same for what is no report, and may name files: a credential in a name is masked.
pub fn told(text: &[u8]) -> Result<(), Error> {
    stdout(&masked(text))
}

/// Writes to standard error; a credential in it, as in the name of a file, is masked. If that fails there is
/// nowhere left to say so.
pub fn stderr(text: &str) {
    _ = io::stderr().lock().write_all(&masked(text.as_bytes()));
}

/// Whether standard output is a terminal.
pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether standard error is a terminal.
pub fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Says why keyfence could not run.
pub fn error(error: &Error, color: bool) {
    let (red, bold, off) = if color {
        ("\x1b[1;31m", "\x1b[1m", "\x1b[0m")
    } else {
        ("", "", "")
    };
    let mut text = format!("{red}error{off}: {error}\n");
    if let Some(help) = error.help() {
        text.push_str(&format!("{bold}help{off}: {help}\n"));
    }
    stderr(&text);
}

/// Prints what the command line's reader has to say: help and version on standard output, errors
/// on standard error.
pub fn usage(message: &clap::Error) -> Exit {
    let exit = if message.use_stderr() {
        Exit::CannotRun
    } else {
        Exit::Clean
    };
    match message.print() {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe && !message.use_stderr() => Exit::CannotRun,
        _ => exit,
    }
}

/// Writes a file whole or not at all: into a new file beside it, with mode 0600, then renamed.
/// A device or a pipe is written to as it is.
pub fn file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Error> {
    replace(path, write).map_err(|cause| Error::Write {
        target: format!("`{}`", escape::terminal(&path.to_string_lossy())),
        cause,
    })
}

/// Replaces a file of the user's whole or not at all, keeping its owner and permissions; a new one gets those
/// that any new file gets. Never through a link, and only while it still says what it said `before`.
pub fn rewrite(path: &Path, before: Option<&[u8]>, after: &[u8]) -> Result<(), Error> {
    rewritten(path, before, after).map_err(|cause| Error::Write {
        target: format!("`{}`", escape::terminal(&path.to_string_lossy())),
        cause,
    })
}

/// Writes a file of the user's project whole or not at all, through links: its target is what the user wants to be
/// written. It keeps its owner and permissions.
pub fn project_file(path: &Path, text: &[u8]) -> Result<(), Error> {
    let target = platform::real(path).unwrap_or_else(|_| path.to_owned());
    let before = current(&target).map_err(|cause| Error::Read {
        path: target.clone(),
        cause,
    })?;
    rewrite(&target, before.as_deref(), text)
}

/// What a file says; none where there is none.
fn current(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match crate::regular::read(path, u64::MAX - 1) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        now => now.map(Some),
    }
}

fn rewritten(path: &Path, before: Option<&[u8]>, after: &[u8]) -> io::Result<()> {
    let beside = Beside::create(path, 0o666)?;
    let mut out = BufWriter::new(&beside.file);
    out.write_all(after)?;
    out.flush()?;
    drop(out);
    if current(path)?.as_deref() != before {
        return Err(io::Error::other("it was changed meanwhile"));
    }
    if before.is_some() {
        let kept = path.symlink_metadata()?;
        platform::keep_owner(&beside.file, &kept)?;
    }
    beside.file.sync_all()?;
    beside.rename(path)
}

fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if platform::is_device(path) {
        let mut device = BufWriter::new(OpenOptions::new().write(true).open(path)?);
        return match write(&mut device).and_then(|()| device.flush()) {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        };
    }
    // A link's target is what the user wants replaced.
    let target = platform::real(path).unwrap_or_else(|_| path.to_owned());
    if target.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a directory",
        ));
    }
    let beside = Beside::create(&target, 0o600)?;
    let mut out = BufWriter::new(&beside.file);
    write(&mut out)?;
    out.flush()?;
    drop(out);
    beside.file.sync_all()?;
    beside.rename(&target)
}

/// A file beside the target that goes away unless it is renamed. Where the system has files without a name it gets
/// one at the very end: then none of it is left, however the program ends.
struct Beside {
    file: File,
    path: Option<PathBuf>,
}

impl Beside {
    fn create(target: &Path, mode: u32) -> io::Result<Self> {
        let directory = target
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        match platform::create_unnamed(directory.unwrap_or(Path::new(".")), mode) {
            Some(file) => Ok(Self { file, path: None }),
            None => Self::named(target, |path| platform::create_new(path, mode)),
        }
    }

    /// With the first name beside the target that is free.
    fn named(target: &Path, make: impl Fn(&Path) -> io::Result<File>) -> io::Result<Self> {
        let name = target
            .file_name()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it names no file"))?;
        for attempt in 0..100 {
            let mut beside = std::ffi::OsString::from(".");
            beside.push(name);
            beside.push(format!(".{}-{attempt}.tmp", std::process::id()));
            let path = target.with_file_name(beside);
            match make(&path) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                file => {
                    return Ok(Self {
                        file: file?,
                        path: Some(path),
                    });
                }
            }
        }
        Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "too many leftover temporary files beside it",
        ))
    }

    /// Gives a name to a file that has none; a copy gets it where the file can't.
    fn name(mut self, target: &Path) -> io::Result<Self> {
        let link = |path: &Path| {
            platform::give_name(&self.file, path)?;
            self.file.try_clone()
        };
        if let Ok(named) = Self::named(target, link) {
            return Ok(named);
        }
        let mut copy = Self::named(target, |path| platform::create_new(path, 0o600))?;
        self.file.rewind()?;
        io::copy(&mut self.file, &mut copy.file)?;
        platform::keep_owner(&copy.file, &self.file.metadata()?)?;
        copy.file.sync_all()?;
        Ok(copy)
    }

    fn rename(self, target: &Path) -> io::Result<()> {
        let mut named = match self.path {
            Some(_) => self,
            None => self.name(target)?,
        };
        if let Some(path) = &named.path {
            std::fs::rename(path, target)?;
        }
        named.path = None;
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        std::fs::read_dir(dir)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn files_are_replaced_whole_and_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.json");
        std::fs::write(&path, "old and longer").unwrap();
        file(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        let mode = platform::mode(&std::fs::metadata(&path).unwrap());
        assert_eq!(mode, platform::PRIVATE_FILES.then_some(0o600));
        assert_eq!(names(dir.path()), ["out.json"]);
    }

    #[test]
    fn a_copy_takes_the_name_that_a_file_cannot_have() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.json");
        // A file with a name of its own elsewhere stands for one that can't get one here.
        let elsewhere = dir.path().join("gone");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&elsewhere)
            .unwrap();
        std::fs::remove_file(&elsewhere).unwrap();
        file.write_all(b"whole").unwrap();
        Beside { file, path: None }.rename(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        assert_eq!(names(dir.path()), ["out.json"]);
    }

    #[test]
    fn a_failure_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        assert!(file(dir.path(), |out| out.write_all(b"x")).is_err());
        assert!(file(&dir.path().join("no/such/out"), |out| out.write_all(b"x")).is_err());
        assert!(names(dir.path()).is_empty());
    }

    #[cfg(target_os = "linux")] // the only one with a device that is always full
    #[test]
    fn a_full_disk_is_an_error_and_the_device_stays() {
        let error = file(Path::new("/dev/full"), |out| out.write_all(b"x")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("cannot write `/dev/full`: no space left"),
            "{error}"
        );
        assert!(platform::is_device(Path::new("/dev/full")));
    }
}
