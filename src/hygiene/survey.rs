//! Does `.gitignore` protect the secrets? The whole answer for a repository.

use std::collections::BTreeMap;

use gix::ObjectId;

use super::content::Content;
use super::ground::Ground;
use super::project;
use super::protected::{Protected, Protection};
use super::verdict::{Answer, Rules, Verdict};
use super::walk::{OnDisk, join, walk};
use crate::error::Error;
use crate::finding::{Exposure, Finding, Hidden, Origin, OriginKind, Report};
use crate::git::tree::Mode;
use crate::git::{Fault, Store, Wanted, past_files};
use crate::platform;
use crate::report::redact::Redactor;
use crate::scan::{self, Texts, git::Repository};
use crate::settings::Settings;
use crate::source::{Gaps, open};

/// A protected file larger than this is taken for what its name says.
const LARGEST: u64 = 8 << 20;

/// A protected file, on disk or in the index.
#[derive(Clone, Debug)]
pub struct FileState {
    /// Below the top, `/` between its parts.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: Protected,
    /// What becomes of it.
    pub answer: Answer,
    /// As it stands on disk; none when it is in the index alone.
    pub on_disk: Option<OnDisk>,
    /// What stands in it.
    pub content: Content,
    /// Which of [`Survey::findings`] stand in it, by index.
    pub found: Vec<usize>,
}

impl FileState {
    /// Whether others than its owner and group may read it on disk. Where the system has no permission bits
    /// that is not known, and not said.
    pub fn is_readable_by_others(&self) -> bool {
        self.on_disk
            .as_ref()
            .and_then(|own| own.mode)
            .is_some_and(|mode| mode & 0o004 != 0)
    }

    /// Whether it is on disk, and the system can't say who may read it.
    pub fn has_unknown_permissions(&self) -> bool {
        self.on_disk.as_ref().is_some_and(|own| own.mode.is_none())
    }

    /// Whether it is not protected, and should be.
    pub fn fails(&self) -> bool {
        self.answer.verdict != Verdict::Covered && !self.content.is_harmless()
    }
}

/// What becomes of all that a pattern fits, in a project.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The project's directory below the top; empty for the top itself.
    pub project: Vec<u8>,
    /// The kind of file.
    pub kind: Protected,
    /// A path that the pattern fits, and that stands for the others.
    pub path: Vec<u8>,
    /// What becomes of it, whether it is there or not.
    pub answer: Answer,
}

/// A protected file that stands in the history.
#[derive(Clone, Debug)]
pub struct Leaked {
    /// Below the top, `/` between its parts.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: Protected,
    /// Since when, by whom, and whether `HEAD` still has its content.
    pub exposure: Exposure,
    /// Whether it is in the index today.
    pub tracked: bool,
    /// What stood in its versions: the worst of them.
    pub content: Content,
    /// Which of [`Survey::findings`] stand in it, by index.
    pub found: Vec<usize>,
}

/// How much of a repository is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// Whether to read the contents of protected files in git, to name the secrets in them.
    pub contents: bool,
    /// Whether to look through the history.
    pub history: bool,
}

/// The whole answer.
#[derive(Debug, Default)]
pub struct Survey {
    /// The protected files, on disk first, then those of the index alone; by path.
    pub files: Vec<FileState>,
    /// The patterns: of the directory that was asked for, then of each sub-project where the verdict is
    /// another one.
    pub coverage: Vec<Coverage>,
    /// The directories that were judged: the one that was asked for, then the sub-projects that git would
    /// take files of.
    pub projects: Vec<Vec<u8>>,
    /// The protected files of the history, by path.
    pub leaked: Vec<Leaked>,
    /// The credentials that were found in files in git.
    pub findings: Vec<Finding>,
    /// The values that stand in the names of what is told.
    pub names: Vec<Hidden>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

impl Survey {
    /// Looks at a repository.
    ///
    /// # Errors
    ///
    /// When the rules can't be loaded.
    pub fn take(
        ground: &Ground,
        protection: &Protection,
        settings: &Settings,
        depth: Depth,
    ) -> Result<Self, Error> {
        let rules = ground.rules();
        let mut found = walk(ground, &rules, protection);
        let mut out = Self {
            faults: std::mem::take(&mut found.faults),
            ..Self::default()
        };
        out.faults.extend(ground.faults.iter().cloned());
        let mut projects = found.projects;
        projects.extend(project::listed(ground));
        out.cover(ground, &rules, protection, projects.into_iter().collect());
        let mut past = Vec::new();
        if depth.history {
            let name = |name: &[u8]| protection.could_be(name);
            let path =
                |path: &[u8]| path.starts_with(&ground.prefix) && protection.of(path).is_some();
            let wanted = Wanted {
                name: &name,
                path: &path,
            };
            let (files, faults) =
                past_files(&ground.layout, &ground.store, settings.threads(), &wanted);
            past = files;
            out.faults.extend(faults);
        }
        let tracked =
            ground.listing.all().iter().filter(|listed| {
                listed.mode == Mode::File && listed.path.starts_with(&ground.prefix)
            });
        let tracked: Vec<_> = tracked
            .filter_map(|listed| Some((listed, protection.of(&listed.path)?)))
            .collect();
        let mut held = Held::default();
        if depth.contents {
            let ids = tracked.iter().map(|(listed, _)| (&*listed.path, listed.id));
            let old = past.iter().flat_map(|file| {
                let path = &*file.path;
                file.blobs.iter().map(move |id| (path, *id))
            });
            let report = held.scan(ground, settings, ids.chain(old))?;
            out.findings = report.findings;
            out.faults.extend(report.gaps.into_iter().map(|gap| {
                Fault::file(
                    String::from_utf8_lossy(&gap.origin.path).into_owned(),
                    gap.what,
                )
            }));
        }
        for file in found.files {
            if ground.listing.get(&file.path).is_some() {
                continue;
            }
            let Some(kind) = protection.of(&file.path) else {
                continue;
            };
            let bytes = open::small(&ground.full(&file.path), LARGEST)
                .ok()
                .flatten();
            out.files.push(FileState {
                kind: kind.clone(),
                answer: rules.answer(&file.path),
                content: bytes.map_or(Content::Secret, |bytes| {
                    Content::of(&file.path, &bytes, false)
                }),
                found: Vec::new(),
                path: file.path.clone(),
                on_disk: Some(file),
            });
        }
        for (listed, kind) in tracked {
            let found = held.at(&listed.id);
            out.files.push(FileState {
                path: listed.path.to_vec(),
                kind: kind.clone(),
                answer: rules.answer(&listed.path),
                on_disk: on_disk(ground, &listed.path),
                content: content(&ground.store, &listed.path, &listed.id, !found.is_empty()),
                found,
            });
        }
        out.files.sort_by(|a, b| {
            let key = |file: &FileState| file.on_disk.is_none();
            (key(a), &a.path).cmp(&(key(b), &b.path))
        });
        for file in past {
            let Some(kind) = protection.of(&file.path) else {
                continue;
            };
            let mut found: Vec<usize> = file.blobs.iter().flat_map(|id| held.at(id)).collect();
            found.sort_unstable();
            found.dedup();
            let worst = if found.is_empty() {
                worst(&ground.store, &file.path, &file.blobs)
            } else {
                Content::Secret
            };
            out.leaked.push(Leaked {
                tracked: ground.listing.get(&file.path).is_some(),
                kind: kind.clone(),
                exposure: file.exposure,
                content: worst,
                found,
                path: file.path,
            });
        }
        out.names = out.named(settings)?;
        Ok(out)
    }

    /// Masks what was found, in files and in names.
    pub fn redactor(&self) -> Redactor {
        let parts = self.findings.iter().flat_map(|finding| &finding.parts);
        let parts = parts.map(|part| (part.value.expose(), part.secret));
        Redactor::of(parts.chain(self.names.iter().map(Hidden::parts)))
    }

    /// Looks for credentials in the names of directories and files: each by itself.
    fn named(&self, settings: &Settings) -> Result<Vec<Hidden>, Error> {
        let mut names = Texts::default();
        let paths = (self.files.iter().map(|own| &*own.path))
            .chain(self.leaked.iter().map(|own| &*own.path))
            .chain(self.projects.iter().map(|own| &**own))
            .chain(self.coverage.iter().map(|own| &*own.path));
        paths.for_each(|path| names.add(path));
        self.leaked
            .iter()
            .for_each(|own| names.exposure(&own.exposure));
        let answers = (self.files.iter().map(|own| &own.answer))
            .chain(self.coverage.iter().map(|own| &own.answer));
        for line in answers.flat_map(|own| own.deciding.iter().chain(&own.taken_back)) {
            names.add(&line.path());
            names.add(&line.text);
        }
        for fault in &self.faults {
            names.add(fault.to_string().as_bytes());
        }
        Ok(names.values(settings.rules()?))
    }

    /// Judges the patterns in the directory that was asked for, and in each sub-project.
    fn cover(
        &mut self,
        ground: &Ground,
        rules: &Rules<'_>,
        protection: &Protection,
        projects: Vec<Vec<u8>>,
    ) {
        let first = ground.prefix.strip_suffix(b"/").unwrap_or(&ground.prefix);
        let top: Vec<Coverage> = protection
            .all()
            .iter()
            .map(|kind| covered(rules, first, kind))
            .collect();
        let mut below = Vec::new();
        self.projects.push(first.to_vec());
        for dir in projects {
            // A project that every clone ignores as a whole holds nothing that git would take.
            if rules.closes(&dir) {
                continue;
            }
            for (kind, top) in protection.all().iter().zip(&top) {
                if !concerns(ground, &dir, kind) {
                    continue;
                }
                let own = covered(rules, &dir, kind);
                if own.answer.verdict != top.answer.verdict {
                    below.push(own);
                }
            }
            self.projects.push(dir);
        }
        self.coverage = top;
        self.coverage.extend(below);
    }

    /// Whether everything that is protected is covered.
    pub fn is_covered(&self) -> bool {
        let covered = |own: &Coverage| own.answer.verdict == Verdict::Covered;
        self.coverage.iter().all(covered) && !self.files.iter().any(FileState::fails)
    }
}

/// Whether a kind of file is expected in a sub-project: one that stands in a directory of its own, only where
/// that is there.
pub(super) fn concerns(ground: &Ground, project: &[u8], kind: &Protected) -> bool {
    let pattern = kind.pattern.trim_matches('/').as_bytes();
    let Some(slash) = memchr::memchr(b'/', pattern) else {
        return true;
    };
    let first = pattern.get(..slash).unwrap_or_default();
    let dir = join(project, first);
    first.contains(&b'*') || ground.listing.has_below(&dir) || ground.full(&dir).is_dir()
}

/// What becomes of a pattern's files in a directory: the worst of those that stand for all.
fn covered(rules: &Rules<'_>, dir: &[u8], kind: &Protected) -> Coverage {
    let answers = kind.probes.iter().map(|probe| {
        let path = join(dir, probe);
        (rules.coverage(&path, false), path)
    });
    let worst = answers.reduce(|a, b| if b.0.verdict > a.0.verdict { b } else { a });
    let (answer, path) = worst.unwrap_or_else(|| (rules.coverage(dir, true), dir.to_vec()));
    Coverage {
        project: dir.to_vec(),
        kind: kind.clone(),
        path,
        answer,
    }
}

fn on_disk(ground: &Ground, path: &[u8]) -> Option<OnDisk> {
    let metadata = ground.full(path).symlink_metadata().ok()?;
    metadata.is_file().then(|| OnDisk {
        path: path.to_vec(),
        mode: platform::mode(&metadata),
        size: metadata.len(),
    })
}

/// What stands in a protected file of git; what can't be read is taken for what its name says.
fn content(store: &Store, path: &[u8], id: &ObjectId, found: bool) -> Content {
    match store.read(id, LARGEST) {
        Ok(Some(object)) => Content::of(path, &object.data, found),
        _ => Content::Secret,
    }
}

/// The worst of a file's versions.
pub(super) fn worst<'i>(
    store: &Store,
    path: &[u8],
    blobs: impl IntoIterator<Item = &'i ObjectId>,
) -> Content {
    let rank = |content: &Content| match content {
        Content::Secret => 4,
        Content::Blank => 3,
        Content::Other => 2,
        Content::Public => 1,
        Content::Empty => 0,
    };
    let mut out = Content::Empty;
    for id in blobs {
        let own = content(store, path, id, false);
        if rank(&own) > rank(&out) {
            out = own;
        }
        if out == Content::Secret {
            break;
        }
    }
    out
}

/// Which findings stand in which blobs.
#[derive(Default)]
struct Held(BTreeMap<ObjectId, Vec<usize>>);

impl Held {
    fn scan<'p>(
        &mut self,
        ground: &Ground,
        settings: &Settings,
        blobs: impl Iterator<Item = (&'p [u8], ObjectId)>,
    ) -> Result<Report, Error> {
        let mut origins: Vec<Origin> = blobs
            .map(|(path, id)| Origin {
                path: path.into(),
                members: Vec::new(),
                kind: OriginKind::Blob(id),
            })
            .collect();
        origins.sort();
        origins.dedup();
        if origins.is_empty() {
            return Ok(Report::default());
        }
        let repository = Repository {
            objects: &ground.store,
            gaps: Gaps {
                promisor: ground.layout.promisor || ground.store.promisor(),
            },
        };
        let report = scan::git::blobs(settings, repository, &origins)?;
        for (index, finding) in report.findings.iter().enumerate() {
            for place in &finding.places {
                if let Some(id) = place.origin.kind.object() {
                    self.0.entry(id).or_default().push(index);
                }
            }
        }
        Ok(report)
    }

    fn at(&self, id: &ObjectId) -> Vec<usize> {
        let mut out = self.0.get(id).cloned().unwrap_or_default();
        out.dedup();
        out
    }
}
