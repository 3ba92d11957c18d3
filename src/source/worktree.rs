//! Files and directories.

use std::collections::{HashMap, HashSet};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::content::{Feeder, plain};
use super::directory::{Answer, Directories, Directory};
use super::{Sink, SourceError, open};
use crate::finding::{Origin, OriginKind};
use crate::git::{IndexError, Repository, is_git_dir};
use crate::platform::{self, Kind, Top};
use crate::threads::startable;

/// How many roots are held open at most.
const TOPS: usize = 16;

/// How to walk.
#[derive(Clone, Copy, Debug)]
pub struct WorktreeOptions {
    /// Scan what git ignores as well: `--no-ignore`.
    pub no_ignore: bool,
    /// Look into archives.
    pub archives: bool,
    /// The roots come from a list: one that is gone is a gap and no error, and links are not
    /// followed.
    pub listed: bool,
    /// How many threads; 0 for as many as the system has processors for us.
    pub threads: usize,
}

impl Default for WorktreeOptions {
    fn default() -> Self {
        Self {
            no_ignore: false,
            archives: true,
            listed: false,
            threads: 0,
        }
    }
}

/// Scans files and directories. A root that is a file is scanned whatever git ignores, and
/// one that is a link is followed; links below are not, their targets' names are content. `.git`
/// directories are left out, and what git ignores by the `.gitignore` files of the repository
/// that holds the root, but for what is in the index.
///
/// Paths of origins are the roots as given, without `./` at the begin, and what lies below.
///
/// # Errors
///
/// When a root can't be reached. Whatever happens later is a gap.
pub fn scan(
    roots: &[PathBuf],
    options: &WorktreeOptions,
    sink: &dyn Sink,
) -> Result<(), SourceError> {
    let mut shared = Shared {
        options,
        sink,
        roots: HashMap::new(),
        tops: Vec::new(),
        left_out: HashSet::new(),
        directories: Directories::new(),
        told: Mutex::new(HashSet::new()),
    };
    let mut walk = WalkBuilder::empty();
    let feeder = Feeder::new(sink, options.archives);
    let mut links = Vec::new();
    let mut any = false;
    let mut seen = HashSet::new();
    for root in roots {
        let (root, what) = match reached(root, options.listed) {
            Ok(reached) => reached,
            Err(source) if options.listed => {
                feeder.gap(&origin(root, OriginKind::File), plain(&source), None);
                continue;
            }
            Err(source) => {
                let path = root.clone();
                return Err(SourceError::Root { path, source });
            }
        };
        if !seen.insert(root.clone()) {
            continue;
        }
        match what {
            Kind::Link => {
                links.push(root);
                continue;
            }
            Kind::Directory => shared.root(&root),
            Kind::File | Kind::Other => {}
        }
        walk.add(&root);
        any = true;
    }
    let mut visitor = shared.visitor();
    for link in links {
        visitor.root_link(&link);
    }
    drop(visitor);
    if any {
        let wanted = match options.threads {
            0 => available_parallelism().map_or(1, NonZero::get),
            threads => threads,
        };
        // The walker waits for ever for a thread that it could not start.
        let threads = startable(useful(seen.iter(), wanted));
        if threads == 0 {
            return Err(SourceError::Threads);
        }
        walk.standard_filters(false)
            .follow_links(false)
            .threads(threads);
        walk.build_parallel().visit(&mut Visitors(&shared));
    }
    Ok(())
}

/// How many threads, up to so many, find something to do: one for each file, where these roots have no directories
/// in them. To start a thread takes longer than to scan a small file.
fn useful<'p>(roots: impl Iterator<Item = &'p PathBuf>, wanted: usize) -> usize {
    let mut files = 0_usize;
    for root in roots {
        let Ok(entries) = std::fs::read_dir(root) else {
            // A file; what can't be listed is told by the walk.
            files += 1;
            continue;
        };
        for entry in entries {
            let plain = entry.is_ok_and(|entry| {
                let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
                !is_directory || entry.file_name() == ".git"
            });
            files += 1;
            if !plain || files >= wanted {
                return wanted;
            }
        }
    }
    files.clamp(1, wanted.max(1))
}

/// The path to walk for a root, and what stands there: it leads to something, and through a link
/// to a directory unless listed.
fn reached(root: &Path, listed: bool) -> std::io::Result<(PathBuf, Kind)> {
    let metadata = root.symlink_metadata()?;
    let mut what = Kind::from(metadata.file_type());
    if what == Kind::Directory && platform::is_removed(&metadata) {
        return Err(std::io::ErrorKind::NotFound.into());
    }
    let mut out = root.to_owned();
    if root.as_os_str() == "-" {
        // The walker takes it for standard input.
        out = Path::new(".").join(root);
    }
    if what == Kind::Link && !listed && root.metadata()?.is_dir() {
        out = platform::through(root);
        what = Kind::Directory;
    }
    Ok((out, what))
}

/// The origin of a walked path.
fn origin(path: &Path, kind: OriginKind) -> Origin {
    let slashed = platform::slashed(path);
    let mut bytes = &*slashed;
    while let Some(rest) = bytes.strip_prefix(b"./") {
        let slashes = rest.iter().take_while(|byte| **byte == b'/').count();
        bytes = rest.get(slashes..).unwrap_or_default();
    }
    Origin {
        path: Arc::from(bytes),
        members: Vec::new(),
        kind,
    }
}

/// What all threads of a walk share.
struct Shared<'a> {
    options: &'a WorktreeOptions,
    sink: &'a dyn Sink,
    /// The roots that are directories, as walked.
    roots: HashMap<PathBuf, Arc<Directory>>,
    /// The same, held open: the first few.
    tops: Vec<Top>,
    /// Git directories that stand elsewhere than in a `.git`, as walked.
    left_out: HashSet<PathBuf>,
    directories: Directories,
    /// Git directories whose index could not be read, and that was told.
    told: Mutex<HashSet<PathBuf>>,
}

impl<'a> Shared<'a> {
    fn visitor(&'a self) -> Visitor<'a> {
        Visitor {
            shared: self,
            feeder: Feeder::new(self.sink, self.options.archives),
            parent: (Vec::new(), None),
        }
    }

    fn root(&mut self, root: &Path) {
        let strip = root.join("x").as_os_str().len() - 1;
        let directory = if self.options.no_ignore {
            Directory::default()
        } else {
            Directory::root(root, strip)
        };
        self.roots.insert(root.to_owned(), Arc::new(directory));
        if self.tops.len() < TOPS {
            self.tops.extend(Top::open(root));
        }
        // A git directory that a `.git` file here names may lie below.
        let real = platform::real(root).ok();
        let git_dir = real
            .as_ref()
            .and_then(|real| Repository::at(real))
            .and_then(|found| platform::real(&found.git_dir).ok());
        if let (Some(real), Some(git_dir)) = (real, git_dir)
            && let Ok(below) = git_dir.strip_prefix(real)
        {
            self.left_out.insert(root.join(below));
        }
    }
}

struct Visitors<'a>(&'a Shared<'a>);

impl<'a> ParallelVisitorBuilder<'a> for Visitors<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(self.0.visitor())
    }
}

/// One thread of a walk.
struct Visitor<'a> {
    shared: &'a Shared<'a>,
    feeder: Feeder<'a>,
    /// The directory of the entry before, and what holds in it.
    parent: (Vec<u8>, Option<Arc<Directory>>),
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => {
                let what = entry.file_type().map_or(Kind::Other, Kind::from);
                if self.entry(entry.path(), what, entry.depth() == 0) {
                    return WalkState::Continue;
                }
            }
            Err(error) => self.fault(&error),
        }
        WalkState::Skip
    }
}

impl Visitor<'_> {
    /// Takes one entry, and says whether the walker is to go into it.
    fn entry(&mut self, path: &Path, what: Kind, root: bool) -> bool {
        match what {
            Kind::Directory if root => return self.enters_root(path) && self.walks(path),
            Kind::Directory => return self.enters(path) && self.walks(path),
            Kind::File if root || !self.leaves_out(path) => self.file(path, root),
            Kind::Link if !self.leaves_out(path) => self.link(path),
            Kind::File | Kind::Link => self.feeder.stats.ignored += 1,
            Kind::Other if root => self.file(path, root),
            Kind::Other => {}
        }
        false
    }

    fn enters_root(&self, path: &Path) -> bool {
        if let Some(directory) = self.shared.roots.get(path) {
            let bytes = path.as_os_str().as_encoded_bytes();
            self.shared
                .directories
                .insert(trimmed(bytes), Arc::clone(directory));
        }
        true
    }

    /// Whether a directory is part of the scan. Notes what holds in it.
    fn enters(&mut self, path: &Path) -> bool {
        let shared = self.shared;
        if path.file_name().is_some_and(|name| name == ".git") && is_git_dir(path)
            || shared.left_out.contains(path)
        {
            return false;
        }
        if shared.options.no_ignore {
            return true;
        }
        let bytes = path.as_os_str().as_encoded_bytes();
        let Some(above) = self.above(bytes) else {
            return true;
        };
        match above.below(path, &|repository, error| self.no_index(repository, error)) {
            Answer::Ignored => {
                self.feeder.stats.ignored += 1;
                false
            }
            Answer::Enter(inside) => {
                shared.directories.insert(bytes, inside);
                true
            }
        }
    }

    /// What holds in the directory that a path is in.
    fn above(&mut self, path: &[u8]) -> Option<Arc<Directory>> {
        let slash = path
            .iter()
            .rposition(|byte| std::path::is_separator(char::from(*byte)));
        // What lies in the root directory: the slash is its name.
        let parent = path.get(..slash?.max(1)).unwrap_or_default();
        let parent = trimmed(parent);
        if self.parent.0 != parent || self.parent.1.is_none() {
            self.parent.1 = self.shared.directories.get(parent);
            self.parent.0.clear();
            self.parent.0.extend_from_slice(parent);
        }
        self.parent.1.clone()
    }

    fn leaves_out(&mut self, path: &Path) -> bool {
        if self.shared.options.no_ignore {
            return false;
        }
        let bytes = path.as_os_str().as_encoded_bytes();
        self.above(bytes).is_some_and(|above| {
            above.leaves_out(bytes, &|repository, error| self.no_index(repository, error))
        })
    }

    fn file(&mut self, path: &Path, root: bool) {
        self.opened(path, &origin(path, OriginKind::File), root);
    }

    /// Feeds the file at a path. Where somebody `asked` for that very path, links may lead to it, and it is told
    /// when there is none.
    fn opened(&mut self, path: &Path, origin: &Origin, asked: bool) {
        let top = self.shared.tops.iter().find(|top| top.holds(path));
        let opened = match top.filter(|_| !asked) {
            Some(top) => top.regular(path),
            None => open::regular(path),
        };
        match opened {
            Ok(Some((file, metadata))) => self.feeder.file(&file, &metadata, origin),
            Ok(None) if asked && !self.shared.options.listed => self.no_file(origin),
            Ok(None) => {}
            // Gone since it was listed: no content any more.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => self.feeder.gap(origin, plain(&error), None),
        }
    }

    /// A root that is a link to no directory: the file that it names, unless it was listed.
    fn root_link(&mut self, path: &Path) {
        match platform::real(path) {
            _ if self.shared.options.listed => self.link(path),
            Ok(real) => self.opened(&real, &origin(path, OriginKind::File), true),
            // It leads to what has no path: `/dev/fd/63`, as shells name a pipe.
            Err(_) => self.no_file(&origin(path, OriginKind::File)),
        }
    }

    /// Tells that what somebody asked for is a pipe, a socket or a device.
    fn no_file(&self, origin: &Origin) {
        let help = "pipe what it holds into `keyfence scan -`";
        self.feeder
            .gap(origin, "this is no file, and was not read", Some(help));
    }

    fn link(&mut self, path: &Path) {
        let origin = origin(path, OriginKind::Link);
        match open::link_target(path) {
            Ok(target) => self.feeder.bytes(&target, &origin),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => self.feeder.gap(&origin, plain(&error), None),
        }
    }

    /// Something that the walker could not list.
    fn fault(&mut self, error: &ignore::Error) {
        let mut path = None;
        let mut inner = error;
        loop {
            inner = match inner {
                ignore::Error::WithPath { path: own, err } => {
                    path = Some(own.as_path());
                    err
                }
                ignore::Error::WithDepth { err, .. }
                | ignore::Error::WithLineNumber { err, .. } => err,
                _ => break,
            };
        }
        let what = match error.io_error() {
            Some(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Some(error) => plain(error),
            None => inner.to_string(),
        };
        let origin = origin(path.unwrap_or(Path::new("")), OriginKind::File);
        self.feeder.gap(&origin, what, None);
    }

    /// Tells once that a repository's index could not be read.
    fn no_index(&self, repository: &Repository, error: &IndexError) {
        let mut told = self
            .shared
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if told.insert(repository.git_dir.clone()) {
            self.feeder.gap(
                &origin(&repository.git_dir.join("index"), OriginKind::File),
                format!("{error}; files that git ignores but tracks were left out"),
                Some("repair it, or scan with --no-ignore"),
            );
        }
    }

    /// Whether the walker can go into a directory by itself; if not, this does.
    fn walks(&mut self, path: &Path) -> bool {
        if platform::walks_plainly(path) {
            return true;
        }
        let mut open = vec![path.to_owned()];
        while let Some(dir) = open.pop() {
            let entries = match platform::list(&dir) {
                Ok(entries) => entries,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => {
                    self.feeder
                        .gap(&origin(&dir, OriginKind::File), plain(&error), None);
                    continue;
                }
            };
            for (name, what) in entries {
                let path = dir.join(name);
                // Directories below are as deep: `entry` walks none of them.
                if what != Kind::Directory {
                    self.entry(&path, what, false);
                } else if self.enters(&path) {
                    open.push(path);
                }
            }
        }
        false
    }
}

fn trimmed(path: &[u8]) -> &[u8] {
    match path {
        [rest @ .., last] if !rest.is_empty() && std::path::is_separator(char::from(*last)) => {
            trimmed(rest)
        }
        path => path,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn few_files_need_few_threads() {
        let dir = tempfile::tempdir().unwrap();
        let root = [dir.path().to_owned()];
        std::fs::create_dir(dir.path().join(".git")).unwrap();
        assert_eq!(useful(root.iter(), 8), 1, "nothing to do");
        for number in 0..3 {
            std::fs::write(dir.path().join(number.to_string()), "text").unwrap();
        }
        assert_eq!(useful(root.iter(), 8), 4);
        assert_eq!(useful(root.iter(), 2), 2);
        let file = [dir.path().join("0")];
        assert_eq!(useful(file.iter(), 8), 1);
        std::fs::create_dir(dir.path().join("sub")).unwrap();
        assert_eq!(useful(root.iter(), 8), 8, "who knows what is below");
    }
}
