//! The pipeline: sources hand out content, detection finds, and all of it becomes one report.

mod examples;
mod excerpt;
mod lines;
mod merge;
mod raw;

use std::sync::{Mutex, PoisonError};

pub use examples::{Failure, examples};

use crate::decode::text::{self, Text};
use crate::detect::{self, Scratch};
use crate::error::Error;
use crate::finding::{Gap, Report, Stats};
use crate::progress::Progress;
use crate::rule::{Rule, Set};
use crate::settings::Settings;
use crate::source::{self, Piece, Sink, WorktreeOptions};
use raw::Raw;

/// Scans what the settings say.
///
/// # Errors
///
/// When the scan can't begin: a rule file is broken, a root is gone. What can't be read on the way is a
/// gap in the report.
pub fn run(settings: &Settings) -> Result<Report, Error> {
    let set = settings.rules()?;
    let selection = &settings.selection;
    let allows = |rule: &Rule| selection.allows(rule.id);
    let collector = Collector {
        set,
        allows: &allows,
        inline: settings.inline,
        progress: Progress::start(settings.progress),
        seen: Mutex::new(Seen::default()),
    };
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
    let Collector { seen, progress, .. } = collector;
    drop(progress);
    Ok(merge::report(
        seen.into_inner().unwrap_or_else(PoisonError::into_inner),
        settings,
    ))
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
    progress: Progress,
    seen: Mutex<Seen>,
}

thread_local! {
    static SCRATCH: std::cell::RefCell<Scratch> = std::cell::RefCell::default();
}

impl Collector<'_> {
    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn scan(&self, piece: &Piece<'_>) -> Raw {
        let mut raw = self.scan_as(piece, None);
        // As it is stored, too: a byte order mark in front of plain text must not hide it.
        if let Some(text) = text::decode(piece.bytes, piece.encoding) {
            raw.append(self.scan_as(piece, Some(&text)));
        }
        raw
    }

    fn scan_as(&self, piece: &Piece<'_>, decoded: Option<&Text>) -> Raw {
        let bytes = decoded.map_or(piece.bytes, |text| text.text.as_bytes());
        let path = full_path(piece);
        let allows = |rule: &Rule| (self.allows)(rule);
        let detected = SCRATCH
            .with_borrow_mut(|scratch| detect::detect(self.set, bytes, &path, &allows, scratch));
        if detected.found.is_empty() && detected.held.is_empty() {
            return Raw::default();
        }
        let stored = |at: usize| decoded.map_or(at, |text| text.stored(at));
        raw::locate(detected, bytes, piece, &stored, self.inline)
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
    fn piece(&self, piece: &Piece<'_>) {
        self.progress
            .add(u64::from(piece.offset == 0), piece.bytes.len() as u64);
        // A bug in the scanner costs the piece, not the run, and is told.
        let scanned = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.scan(piece)));
        match scanned {
            Ok(raw) if raw.is_empty() => {}
            Ok(raw) => self.seen().raw.append(raw),
            Err(_) => self.gap(Gap {
                origin: piece.origin.clone(),
                what: "keyfence failed on this content: a bug".into(),
                help: Some("please report it, with the file if you may share it".into()),
            }),
        }
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
    }
}
