//! The pipeline: sources hand out content, detection finds, and all of it becomes one report.

mod examples;
mod excerpt;
pub mod git;
mod history;
mod lines;
mod merge;
mod newest;
mod newness;
mod raw;
mod repository;

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

pub use examples::{Failure, examples};

use crate::decode::text::{self, Text};
use crate::detect::{self, Reach, Scratch};
use crate::error::Error;
use crate::finding::{Finding, Gap, Report, Stats};
use crate::progress::Progress;
use crate::rule::{Rule, Set};
use crate::settings::{Settings, Source};
use crate::source::{self, Piece, Sink, WorktreeOptions};
use raw::Raw;

/// Scans what the settings say.
///
/// # Errors
///
/// When the scan can't begin: a rule file is broken, a root is gone. What can't be read on the way is a
/// gap in the report.
pub fn run(settings: &Settings) -> Result<Report, Error> {
    if let Some(path) = settings.source.path() {
        return repository::run(settings, path);
    }
    let set = settings.rules()?;
    let selection = &settings.selection;
    let allows = |rule: &Rule| selection.allows(rule.id);
    let collector = Collector::new(set, &allows, settings);
    let mut options = WorktreeOptions {
        no_ignore: settings.no_ignore,
        archives: settings.archives,
        listed: false,
        threads: settings.threads.unwrap_or(0),
    };
    if !settings.roots.is_empty() {
        source::scan_worktree(&settings.roots, &options, &collector)?;
    }
    if !settings.files.is_empty() {
        options.listed = true;
        source::scan_worktree(&settings.files, &options, &collector)?;
    }
    if let Some(name) = &settings.stdin {
        source::scan_stdin(
            &mut std::io::stdin().lock(),
            name.as_bytes(),
            settings.archives,
            &collector,
        );
    }
    Ok(merge::report(collector.done(), settings, &|_| 0))
}

/// What the threads have found so far.
#[derive(Debug, Default)]
struct Seen {
    raw: Raw,
    gaps: Vec<Gap>,
    stats: Stats,
}

/// Takes the pieces and keeps what is found in them.
struct Collector<'a> {
    set: Set,
    allows: &'a (dyn Fn(&Rule) -> bool + Sync),
    inline: bool,
    /// Whether lines are hashed as GitHub does: not in old versions of files.
    hashes: bool,
    progress: Progress,
    seen: Mutex<Seen>,
}

thread_local! {
    static SCRATCH: std::cell::RefCell<Scratch> = std::cell::RefCell::default();
}

impl<'a> Collector<'a> {
    fn new(set: Set, allows: &'a (dyn Fn(&Rule) -> bool + Sync), settings: &Settings) -> Self {
        Self {
            set,
            allows,
            inline: settings.inline,
            hashes: !matches!(settings.source, Source::History { .. }),
            progress: Progress::start(settings.progress),
            seen: Mutex::new(Seen::default()),
        }
    }

    /// All that was found, when nothing more comes.
    fn done(self) -> Seen {
        let Self { seen, progress, .. } = self;
        drop(progress);
        seen.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the findings out.
    fn findings(&self) -> Vec<Finding> {
        std::mem::take(&mut self.seen().raw.findings)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is found, and for which paths that holds.
    fn scan(&self, piece: &Piece<'_>) -> (Raw, Reach) {
        let mut raw = self.scan_as(piece, None);
        // As it is stored, too: a byte order mark in front of plain text must not hide it.
        if let Some(text) = text::decode(piece.bytes, piece.encoding) {
            let (more, reach) = self.scan_as(piece, Some(&text));
            raw.0.append(more);
            raw.1 = raw.1.max(reach);
        }
        raw
    }

    fn scan_as(&self, piece: &Piece<'_>, decoded: Option<&Text>) -> (Raw, Reach) {
        let bytes = decoded.map_or(piece.bytes, |text| text.text.as_bytes());
        let path = full_path(piece);
        let allows = |rule: &Rule| (self.allows)(rule);
        let detected = SCRATCH
            .with_borrow_mut(|scratch| detect::detect(self.set, bytes, &path, &allows, scratch));
        let reach = detected.reach;
        if detected.found.is_empty() && detected.held.is_empty() {
            return (Raw::default(), reach);
        }
        let stored = |at: usize| decoded.map_or(at, |text| text.stored(at));
        let raw = raw::locate(detected, bytes, piece, &stored, self.inline, self.hashes);
        (raw, reach)
    }
}

/// The path with archive members behind it: a member's name says as much as a file's.
fn full_path(piece: &Piece<'_>) -> Vec<u8> {
    let mut path = piece.origin.path.to_vec();
    for member in &piece.origin.members {
        path.push(b'/');
        path.extend_from_slice(member);
    }
    path
}

impl Sink for Collector<'_> {
    fn piece(&self, piece: &Piece<'_>) -> Reach {
        self.progress
            .add(u64::from(piece.offset == 0), piece.bytes.len() as u64);
        // A bug in the scanner costs the piece, not the run, and is told.
        let scanned = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.scan(piece)));
        match scanned {
            Ok((raw, reach)) => {
                if !raw.is_empty() {
                    self.seen().raw.append(raw);
                }
                reach
            }
            Err(_) => {
                self.gap(Gap {
                    origin: piece.origin.clone(),
                    what: "keyfence failed on this content: a bug".into(),
                    help: Some("please report it, with the file if you may share it".into()),
                });
                Reach::This
            }
        }
    }

    fn stays_inert(&self, bytes: &[u8], fresh: &[Range<usize>]) -> bool {
        let judge = || {
            SCRATCH.with_borrow_mut(|scratch| detect::stays_inert(self.set, bytes, fresh, scratch))
        };
        // A bug shows again, and is told, when the content is handed out.
        let inert = std::panic::catch_unwind(std::panic::AssertUnwindSafe(judge)).unwrap_or(false);
        if inert {
            self.progress.add(1, bytes.len() as u64);
        }
        inert
    }

    fn gap(&self, gap: Gap) {
        self.seen().gaps.push(gap);
    }

    fn count(&self, stats: Stats) {
        let mut seen = self.seen();
        seen.stats.files += stats.files;
        seen.stats.members += stats.members;
        seen.stats.bytes += stats.bytes;
        seen.stats.ignored += stats.ignored;
        seen.stats.blobs += stats.blobs;
        seen.stats.messages += stats.messages;
        seen.stats.commits += stats.commits;
    }
}
