//! The pipeline: sources hand out content, detection finds, and all of it becomes one report.

mod examples;
mod excerpt;
pub mod git;
mod history;
mod hygiene;
mod known;
mod lines;
mod merge;
mod named;
mod names;
mod newest;
mod newness;
mod raw;
mod repository;

use std::sync::{Mutex, PoisonError};

pub use examples::{Failure, examples};
pub use names::{Texts, masked};
pub use raw::guessable as is_guessable;

use crate::decode::text::{self, Encoding, Text};
use crate::decode::{sqlite, wide};
use crate::detect::{self, Reach, Scratch, Since, Trace};
use crate::error::Error;
use crate::finding::{Finding, Gap, Origin, OriginKind, Report, Stats};
use crate::git::is_git_dir;
use crate::hygiene::Lapse;
use crate::platform;
use crate::progress::Progress;
use crate::report::escape;
use crate::report::redact::Redactor;
use crate::rule::{Rule, Set};
use crate::settings::{Settings, Source};
use crate::source::{self, Piece, Sink, WorktreeOptions};
use named::{Named, Namer};
use raw::Raw;

/// Scans what the settings say.
///
/// # Errors
///
/// When the scan can't begin: a rule file is broken, a root is gone. What can't be read on the way is a
/// gap in the report.
pub fn run(settings: &Settings) -> Result<Report, Error> {
    Ok(run_known(settings)?.0)
}

/// The same, with the findings that baselines left out.
///
/// # Errors
///
/// Those of [`run`].
pub fn run_known(settings: &Settings) -> Result<(Report, Vec<Finding>), Error> {
    let mut report = run_all(settings)?;
    report.notes.extend_from_slice(&settings.notes);
    let known = known::take(&mut report, settings);
    let values = known.iter().flat_map(Finding::values);
    report.hidden.extend(values);
    names::hide(&mut report, settings)?;
    Ok((report, known))
}

fn run_all(settings: &Settings) -> Result<Report, Error> {
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
    if let Some((name, text)) = &settings.text {
        source::scan_stdin(
            &mut text.as_slice(),
            name.as_bytes(),
            settings.archives,
            &collector,
        );
    }
    let mut seen = collector.done();
    let signs = std::mem::take(&mut seen.signs);
    let mut report = merge::report(seen, settings, &|_| 0);
    let bare = settings.roots.iter().filter(|root| is_git_dir(root));
    report.notes.extend(bare.map(|root| {
        format!(
            "`{}` is a git directory: its own files were read, and not what its repository holds; --history reads that",
            escape::terminal(&root.to_string_lossy())
        )
    }));
    if settings.hygiene {
        hygiene::run(settings, signs, &mut report)?;
    }
    Ok(report)
}

/// Takes out the gaps at paths that the configuration excludes; says of each what and why, masked and escaped. A
/// hook uses it: a file that can't be read must not stop every commit for ever.
pub fn waive(report: &mut Report, settings: &Settings) -> Vec<String> {
    if settings.excludes.is_empty() || report.gaps.is_empty() {
        return Vec::new();
    }
    let paths = merge::Paths::new(settings);
    let redact = Redactor::new(report);
    let shown = |text: &str| escape::terminal(&redact.text(text)).into_owned();
    let mut waived = Vec::new();
    report.gaps.retain(|gap| {
        let path = paths.below_config(&gap.origin);
        let entry = path.and_then(|path| settings.excludes.iter().find(|e| e.path.is_match(&path)));
        if let Some(entry) = entry {
            let (place, what, why) = (gap.origin.display(), shown(&gap.what), shown(&entry.reason));
            waived.push(format!(
                "not read: {}: {what}; excluded: {why}",
                shown(&place)
            ));
        }
        entry.is_none()
    });
    waived
}

/// What the threads have found so far.
#[derive(Debug, Default)]
struct Seen {
    raw: Raw,
    /// Credentials in names.
    named: Named,
    /// Signs of danger in code and settings.
    signs: Vec<Lapse>,
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
    /// Whether signs of danger are looked for.
    signs: bool,
    /// What tells credentials in names.
    namer: Namer<'a>,
    /// Whether credentials in paths are told as they come: what git holds tells its paths apart.
    names: bool,
    /// Directories to scan that were given by their whole path: what stands above them is not theirs.
    above: Vec<Vec<u8>>,
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
            signs: settings.hygiene && matches!(settings.source, Source::Worktree),
            namer: Namer::new(set, allows),
            names: settings.source.path().is_none(),
            above: settings
                .roots
                .iter()
                .filter(|root| root.is_absolute())
                .map(|root| platform::slashed(root).into_owned())
                .collect(),
            progress: Progress::start(settings.progress),
            seen: Mutex::new(Seen::default()),
        }
    }

    /// All that was found, when nothing more comes.
    fn done(self) -> Seen {
        let Self { seen, progress, .. } = self;
        drop(progress);
        let mut seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        let named = std::mem::take(&mut seen.named);
        seen.raw.findings.extend(named.into_findings());
        seen
    }

    /// Takes the findings out.
    fn findings(&self) -> Vec<Finding> {
        let mut seen = self.seen();
        let named = std::mem::take(&mut seen.named);
        let mut findings = std::mem::take(&mut seen.raw.findings);
        findings.extend(named.into_findings());
        findings
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Credentials in the name of a file and of the directories above it, and in those of members of archives.
    fn look_at_names(&self, origin: &Origin) {
        let below = self
            .above
            .iter()
            .filter(|root| origin.path.starts_with(root));
        let read = match self.names {
            true => below.map(Vec::len).max().unwrap_or(0),
            false => origin.path.len(),
        };
        let named = match origin.kind {
            OriginKind::File | OriginKind::Link if origin.members.is_empty() => {
                self.namer.of(&origin.path, read, origin)
            }
            _ if origin.members.is_empty() => None,
            _ => self.namer.of(&full_path(origin), read, origin),
        };
        if let Some(named) = named {
            self.seen().named.join(named);
        }
    }

    /// The signs of danger in a whole file of the work tree.
    fn look_for_signs(&self, piece: &Piece<'_>) {
        let origin = piece.origin;
        let whole = piece.offset == 0 && piece.last;
        if !self.signs || !whole || origin.kind != OriginKind::File || !origin.members.is_empty() {
            return;
        }
        let signs = crate::hygiene::signs::signs(&origin.path, piece.bytes);
        if !signs.is_empty() {
            let lapses = signs.iter().map(|sign| sign.lapse(origin.clone()));
            self.seen().signs.extend(lapses);
        }
    }

    /// Takes a piece; `versions` says whether more versions of it may come.
    fn read(&self, piece: &Piece<'_>, since: Option<Since<'_>>, versions: bool) -> (Reach, Trace) {
        self.progress
            .add(u64::from(piece.offset == 0), piece.bytes.len() as u64);
        // A bug in the scanner costs the piece, not the run, and is told.
        let scan = || {
            self.look_for_signs(piece);
            if piece.last {
                self.look_at_names(piece.origin);
            }
            SCRATCH.with_borrow_mut(|scratch| scratch.expect_versions(versions));
            self.scan(piece, since)
        };
        let scanned = std::panic::catch_unwind(std::panic::AssertUnwindSafe(scan));
        match scanned {
            Ok((raw, reach, taught)) => {
                if !raw.is_empty() {
                    self.seen().raw.append(raw);
                }
                (reach, taught)
            }
            Err(_) => {
                self.gap(Gap {
                    origin: piece.origin.clone(),
                    what: "keyfence failed on this content: a bug".into(),
                    help: Some("please report it, with the file if you may share it".into()),
                });
                (Reach::This, Trace::default())
            }
        }
    }

    /// What is found, for which paths that holds, and what it teaches.
    fn scan(&self, piece: &Piece<'_>, since: Option<Since<'_>>) -> (Raw, Reach, Trace) {
        // As it is stored, too: a byte order mark in front of plain text must not hide it.
        let forms = match piece.encoding {
            Encoding::Utf8OrBytes => {
                let records = || sqlite::records(piece.bytes).filter(|_| piece.offset == 0);
                [wide::wide(piece.bytes), records()]
            }
            encoding => [
                text::decode(piece.bytes, encoding),
                wide::astray(piece.bytes, encoding),
            ],
        };
        if forms.iter().all(Option::is_none) {
            return self.scan_as(piece, None, since);
        }
        let (mut raw, mut reach, _) = self.scan_as(piece, None, None);
        for text in forms.iter().flatten() {
            let (more, own, _) = self.scan_as(piece, Some(text), None);
            raw.add(more);
            reach = reach.max(own);
        }
        (raw, reach, Trace::default())
    }

    fn scan_as(
        &self,
        piece: &Piece<'_>,
        decoded: Option<&Text>,
        since: Option<Since<'_>>,
    ) -> (Raw, Reach, Trace) {
        let bytes = decoded.map_or(piece.bytes, |text| text.text.as_bytes());
        let path = full_path(piece.origin);
        let allows = |rule: &Rule| (self.allows)(rule);
        let mut detected = SCRATCH.with_borrow_mut(|scratch| {
            detect::detect_since(self.set, bytes, &path, &allows, since, scratch)
        });
        let (reach, taught) = (detected.reach, std::mem::take(&mut detected.trace));
        if detected.found.is_empty() && detected.held.is_empty() {
            return (Raw::default(), reach, taught);
        }
        let stored = |at: usize| decoded.map_or(at, |text| text.stored(at));
        let raw = raw::locate(detected, bytes, piece, &stored, self.inline, self.hashes);
        (raw, reach, taught)
    }
}

/// The path with archive members behind it: a member's name says as much as a file's.
fn full_path(origin: &Origin) -> Vec<u8> {
    let mut path = origin.path.to_vec();
    for member in &origin.members {
        path.push(b'/');
        path.extend_from_slice(member);
    }
    path
}

impl Sink for Collector<'_> {
    fn piece(&self, piece: &Piece<'_>) -> Reach {
        self.read(piece, None, false).0
    }

    fn version(&self, piece: &Piece<'_>, since: Option<Since<'_>>) -> (Reach, Trace) {
        self.read(piece, since, true)
    }

    fn stays_inert(&self, bytes: &[u8], since: Since<'_>) -> Option<Trace> {
        let judge = || {
            SCRATCH.with_borrow_mut(|scratch| detect::stays_inert(self.set, bytes, since, scratch))
        };
        // A bug shows again, and is told, when the content is handed out.
        let trace = std::panic::catch_unwind(std::panic::AssertUnwindSafe(judge)).ok()?;
        if trace.is_some() {
            self.progress.add(1, bytes.len() as u64);
        }
        trace
    }

    fn gap(&self, gap: Gap) {
        self.look_at_names(&gap.origin);
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
        seen.stats.pointers += stats.pointers;
    }
}
