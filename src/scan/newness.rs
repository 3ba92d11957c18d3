//! Which findings are new in the versions of files that commits bring, or that are staged.
//!
//! A finding is new when a part of it stands on a line that no parent has, or when the same scan of what
//! each parent has in its place would not have told it: so the provider's name above an old value counts,
//! and an allow comment that was taken away. A parent's file that lives on under another name is followed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gix::ObjectId;
use rayon::prelude::*;

use super::Collector;
use super::merge::{self, Paths, is_generic};
use super::raw::{Raw, guessable};
use crate::detect::Reach;
use crate::finding::{Confidence, Finding, Fingerprint, Gap, Origin, OriginKind, Severity, Stats};
use crate::git::Store;
use crate::git::diff::lines::Added;
use crate::git::diff::{Bringing, Standing, Version, blob, rename};
use crate::settings::Settings;
use crate::source::{self, Gaps, ObjectOptions, Piece, Sink, objects::FEW};

/// A finding in a version of a file, or in a message.
#[derive(Debug)]
pub(super) struct Judged {
    /// It has one place. Where it is new, that leads with a part on a new line, if one stands there.
    pub(super) finding: Finding,
    /// The number of the version; none for what is no file.
    pub(super) version: Option<usize>,
    /// The numbers of the commits in which it is new, the newest first. What is no file is always new.
    pub(super) new_in: Vec<usize>,
}

/// The files that a parent of a commit has and the commit has not: by the commit's number and the
/// parent's.
pub(super) type Gone<'a> = &'a (dyn Fn(usize, usize) -> Vec<Standing> + Sync);

/// What is gone, by the commit's number and the parent's.
type Known = HashMap<(usize, usize), Arc<[Standing]>>;

/// Tells new findings from old ones.
pub(super) struct Judge<'a> {
    settings: &'a Settings,
    collector: &'a Collector<'a>,
    pub(super) store: &'a Store,
    versions: &'a [Version],
    gone: Gone<'a>,
    /// What was asked of `gone` so far.
    known: Mutex<Known>,
    /// How many bytes may be read to find a file under the name that it had.
    most: u64,
}

/// How many bytes are read in all to find files under the names that they had, shared out among the
/// versions that hold a finding, and how many for each at least.
const RENAMES: u64 = 1 << 30;
const RENAME: u64 = 1 << 20;

impl<'a> Judge<'a> {
    /// Judges findings in these versions.
    pub(super) fn new(
        settings: &'a Settings,
        collector: &'a Collector<'a>,
        store: &'a Store,
        versions: &'a [Version],
        gone: Gone<'a>,
    ) -> Self {
        Self {
            settings,
            collector,
            store,
            versions,
            gone,
            known: Mutex::default(),
            most: RENAMES,
        }
    }

    /// The files that a parent of a commit has and the commit has not.
    fn gone(&self, commit: usize, parent: usize) -> Arc<[Standing]> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gone) = known().get(&(commit, parent)) {
            return Arc::clone(gone);
        }
        let gone: Arc<[Standing]> = (self.gone)(commit, parent).into();
        known().insert((commit, parent), Arc::clone(&gone));
        gone
    }
}

/// What a parent has in place of a version: what the same scan would tell of it, and which lines of the
/// version it lacks.
struct Older {
    added: Added,
    told: Told,
}

/// What would be told of a content: by what identifies each credential, how much it weighs.
type Told = HashMap<Key, Vec<(Confidence, Severity)>>;

/// By what a credential is recognised in another version: its value, or where that must not enter a hash,
/// its line as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// And whether nothing but generic detection knows it.
    Value(Fingerprint, bool),
    Line(&'static str, String),
}

impl Key {
    fn of(finding: &Finding) -> Self {
        if finding
            .parts
            .first()
            .is_some_and(|part| guessable(part.role))
        {
            let excerpt = finding
                .places
                .first()
                .and_then(|place| place.excerpts.first());
            let line = excerpt.map_or_else(String::new, |excerpt| excerpt.text.clone());
            Self::Line(finding.rule.id, line)
        } else {
            Self::Value(finding.fingerprint, is_generic(finding))
        }
    }

    /// What telling this in a parent tells as well: where a rule knew a value, it is no news that it looks
    /// random.
    fn implied(&self) -> Option<Self> {
        match self {
            Self::Value(fingerprint, false) => Some(Self::Value(*fingerprint, true)),
            _ => None,
        }
    }
}

impl Judge<'_> {
    /// Judges all findings, on the threads of the current pool where they stand in more than a few
    /// versions.
    pub(super) fn judge(&mut self, findings: Vec<Finding>) -> Vec<Judged> {
        let numbers: HashMap<(&[u8], ObjectId), usize> = (0..)
            .zip(self.versions)
            .map(|(number, version)| ((&*version.path, version.id), number))
            .collect();
        let mut out = Vec::new();
        let mut by_version: HashMap<usize, Vec<Finding>> = HashMap::new();
        for finding in findings {
            let origin = finding.places.first().map(|place| &place.origin);
            let number = origin.and_then(|origin| {
                let id = origin.kind.object()?;
                numbers.get(&(&*origin.path, id)).copied()
            });
            match number {
                Some(number) => by_version.entry(number).or_default().push(finding),
                None => out.push(Judged {
                    finding,
                    version: None,
                    new_in: Vec::new(),
                }),
            }
        }
        let versions: Vec<_> = by_version.into_iter().collect();
        self.most = (RENAMES / versions.len().max(1) as u64).max(RENAME);
        let this = &*self;
        let one = |(number, findings)| this.version(number, findings);
        let judged: Vec<_> = if versions.len() <= FEW {
            versions.into_iter().flat_map(one).collect()
        } else {
            versions.into_par_iter().flat_map_iter(one).collect()
        };
        out.extend(judged);
        out
    }

    fn version(&self, number: usize, findings: Vec<Finding>) -> Vec<Judged> {
        let Some(version) = self.versions.get(number) else {
            return Vec::new();
        };
        // One that is too large to be held, and so to be compared, is new as a whole.
        let data = blob(self.store, version.id);
        let mut judged: Vec<Judged> = findings
            .into_iter()
            .map(|finding| Judged {
                finding,
                version: Some(number),
                new_in: Vec::new(),
            })
            .collect();
        for by in &version.by {
            let older: Vec<Option<Older>> = match &data {
                Some(data) => (0..by.before.len())
                    .map(|parent| self.older(version, by, parent, data))
                    .collect(),
                None => Vec::new(),
            };
            for one in &mut judged {
                one.look(by.commit, &older, self.settings);
            }
        }
        judged
    }

    /// What a parent has in place of a version; none where it has nothing.
    fn older(&self, version: &Version, by: &Bringing, parent: usize, data: &[u8]) -> Option<Older> {
        let standing = match by.before.get(parent).copied().flatten() {
            Some(id) => Standing {
                path: version.path.clone(),
                id,
            },
            None => {
                let gone = self.gone(by.commit, parent);
                rename::source(self.store, &gone, version, data, self.most)?.clone()
            }
        };
        let before = blob(self.store, standing.id)?;
        Some(Older {
            added: Added::between(&before, data),
            told: self.told(standing),
        })
    }

    /// What the same scan tells of an older version, what is suppressed left out.
    fn told(&self, standing: Standing) -> Told {
        let paths = Paths::new(self.settings);
        let mut told = Told::new();
        for finding in self.probe(standing) {
            if merge::suppressed(&finding, self.settings, &paths).is_none() {
                let weight = (finding.confidence, finding.severity);
                let key = Key::of(&finding);
                if let Some(implied) = key.implied() {
                    told.entry(implied).or_default().push(weight);
                }
                told.entry(key).or_default().push(weight);
            }
        }
        told
    }

    /// The lines on which another version of a file holds the credential of a finding.
    pub(super) fn lines(&self, path: &Arc<[u8]>, id: ObjectId, finding: &Finding) -> Vec<u32> {
        let standing = Standing {
            path: Arc::clone(path),
            id,
        };
        let same = |one: &Finding| Key::of(one) == Key::of(finding);
        let found = self.probe(standing).into_iter().filter(same);
        let line = |one: Finding| one.places.first()?.first_span().map(|span| span.line);
        found.filter_map(line).collect()
    }

    /// What a scan finds in a version of a file.
    fn probe(&self, standing: Standing) -> Vec<Finding> {
        let probe = Probe {
            collector: self.collector,
            raw: Mutex::default(),
        };
        let origin = Origin {
            path: standing.path,
            members: Vec::new(),
            kind: OriginKind::Blob(standing.id),
        };
        let options = ObjectOptions {
            archives: self.settings.archives,
            gaps: Gaps { promisor: false },
        };
        source::scan_objects(self.store, &[origin], &options, &probe);
        let raw = probe.raw.into_inner();
        raw.unwrap_or_else(PoisonError::into_inner).findings
    }
}

impl Judged {
    /// Looks at the finding as it is in one commit: new, when it is so against each parent.
    fn look(&mut self, commit: usize, older: &[Option<Older>], settings: &Settings) {
        let Some(place) = self.finding.places.first_mut() else {
            return;
        };
        // Lines of an archive's member say nothing about those of the archive.
        let has_lines = place.origin.members.is_empty();
        let added = |line: u32| {
            let new = |older: &Older| older.added.has(line);
            older.iter().flatten().all(new)
        };
        let lead = place.spans.iter().position(|span| {
            let lines = span.as_ref().map(|span| span.line..=span.end_line);
            has_lines && lines.is_some_and(|mut lines| lines.any(added))
        });
        let key = Key::of(&self.finding);
        let known = older.iter().flatten().any(|older| {
            let told = older.told.get(&key).into_iter().flatten();
            let mut told = told.copied();
            told.any(|(confidence, severity)| {
                // A finding that was not listed, or did not fail the run, but would now, is news.
                (confidence >= settings.min_confidence
                    || self.finding.confidence < settings.min_confidence)
                    && settings
                        .fail_on
                        .is_none_or(|least| severity >= least || self.finding.severity < least)
            })
        });
        if lead.is_none() && known {
            return;
        }
        if self.new_in.is_empty()
            && let Some(place) = self.finding.places.first_mut()
        {
            place.lead = lead.unwrap_or(0);
        }
        self.new_in.push(commit);
    }
}

/// Scans as the collector does, but keeps what it finds to itself.
struct Probe<'a> {
    collector: &'a Collector<'a>,
    raw: Mutex<Raw>,
}

impl Sink for Probe<'_> {
    fn piece(&self, piece: &Piece<'_>) -> Reach {
        let scan = || self.collector.scan(piece, None);
        // A fault of ours was told when the newer version was scanned, or shows more as new.
        if let Ok(raw) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(scan)) {
            let mut all = self.raw.lock().unwrap_or_else(PoisonError::into_inner);
            all.append(raw.0);
        }
        Reach::This
    }

    /// What of an older version can't be read shows more as new, never less.
    fn gap(&self, _: Gap) {}

    fn count(&self, _: Stats) {}
}
