//! Scans of what is staged and of what commits add: read, judge what is new, report.

use std::path::Path;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;

use super::merge::{self, Paths};
use super::newest::{self, Newest};
use super::newness::Judge;
use super::{Collector, Seen, hygiene};
use crate::error::Error;
use crate::finding::{Finding, Origin, OriginKind, Place, Report};
use crate::git::commits::Commit;
use crate::git::diff::commits::Brought;
use crate::git::diff::{Bringing, Version, commit};
use crate::git::staged::Staged;
use crate::git::{Fault, Store};
use crate::hygiene::Entering;
use crate::settings::Settings;
use crate::source::{self, Gaps, ObjectOptions, objects::FEW};
use crate::threads::within;

/// What scans of a repository need to know of it.
#[derive(Clone, Copy)]
pub struct Repository<'a> {
    /// Its objects.
    pub objects: &'a Store,
    /// How what can't be read is told.
    pub gaps: Gaps,
}

/// Which index is compared with what.
#[derive(Clone, Copy, Debug)]
pub struct Index<'a> {
    /// The index file.
    pub path: &'a Path,
    /// The git directory: where a split index has its shared one.
    pub git_dir: &'a Path,
    /// The commit that `HEAD` leads to; none on a branch without commits.
    pub head: Option<ObjectId>,
}

/// Which commits, and what else came with them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Commits<'a> {
    /// The commits of the range, in any order.
    pub ids: &'a [ObjectId],
    /// Annotated tags whose messages are read as well.
    pub tags: &'a [ObjectId],
    /// Trees and blobs that refs of a push lead to: new as a whole.
    pub plain: &'a [(Kind, ObjectId)],
    /// Commits without parents in this clone, sorted.
    pub shallow: &'a [ObjectId],
    /// The commit that `HEAD` leads to: whether it still holds what is found.
    pub head: Option<ObjectId>,
}

impl std::fmt::Debug for Repository<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Repository({})", self.objects.hash())
    }
}

/// Scans what a commit would record: the index against `HEAD`.
///
/// # Errors
///
/// When the index can't be read, a rule file is broken, or the system gives no threads.
pub fn staged(
    settings: &Settings,
    repository: Repository<'_>,
    index: Index<'_>,
) -> Result<Report, Error> {
    let store = repository.objects;
    let mut faults = Vec::new();
    let head = index.head.and_then(|head| match tree_of(store, head) {
        Ok(tree) => Some(tree),
        Err(fault) => {
            faults.push(fault);
            None
        }
    });
    let staged =
        Staged::read(index.path, index.git_dir, head, store).map_err(|cause| Error::Index {
            path: index.path.to_owned(),
            cause,
        })?;
    faults.extend(staged.faults.iter().cloned());
    let bringing = |before| Bringing { commit: 0, before };
    let versions: Vec<Version> = staged
        .changes
        .iter()
        .map(|change| Version {
            path: Arc::clone(&change.path),
            id: change.id,
            by: vec![bringing(change.before.clone())],
        })
        .collect();
    let origins: Vec<Origin> = versions
        .iter()
        .map(|version| origin(&version.path, OriginKind::Staged(version.id)))
        .collect();
    let gone = std::sync::OnceLock::new();
    let gone = |_, _| gone.get_or_init(|| staged.gone(store)).clone();
    let work = |collector: &Collector<'_>| {
        let options = options(settings, repository.gaps);
        source::scan_objects(store, &origins, &options, collector);
        let mut judge = Judge::new(settings, collector, store, &versions, &gone);
        let judged = judge.judge(collector.findings());
        let mut newest = Newest::of(judged, &versions, &[], store);
        let brought = origins.iter().zip(&versions);
        newest.named(collector.namer, brought.map(|(own, by)| (own.clone(), by)));
        newest
    };
    let few = origins.len() <= FEW;
    let (seen, newest) = scan(settings, few, work)?;
    let (mut report, _) = report(settings, repository, seen, newest, &faults, &|_| 0);
    hygiene::entering(settings, store, &versions, Entering::Staged, &mut report);
    Ok(report)
}

/// Scans what commits add: each against its parents.
///
/// # Errors
///
/// When a rule file is broken, or the system gives no threads.
pub fn range(
    settings: &Settings,
    repository: Repository<'_>,
    commits: Commits<'_>,
) -> Result<Report, Error> {
    let store = repository.objects;
    let work = |collector: &Collector<'_>| {
        let mut brought = Brought::of(store, commits.ids, commits.shallow);
        brought.add_plain(store, commits.plain);
        let message = |kind| origin(&Arc::from([]), kind);
        let members = brought.commits.iter().map(|member| member.info.id);
        let mut origins: Vec<Origin> = members
            .map(|id| message(OriginKind::Commit(id)))
            .chain(commits.tags.iter().map(|id| message(OriginKind::Tag(*id))))
            .collect();
        origins.extend(
            brought
                .versions
                .iter()
                .map(|version| origin(&version.path, OriginKind::Blob(version.id))),
        );
        let options = options(settings, repository.gaps);
        source::scan_objects(store, &origins, &options, collector);
        let gone = |commit, parent| brought.gone(store, commit, parent);
        let mut judge = Judge::new(settings, collector, store, &brought.versions, &gone);
        let judged = judge.judge(collector.findings());
        let mut newest = Newest::of(judged, &brought.versions, &brought.commits, store);
        let versions = brought.versions.iter();
        let named = versions.map(|by| (origin(&by.path, OriginKind::Blob(by.id)), by));
        newest.named(collector.namer, named);
        let head = commits.head.and_then(|head| tree_of(store, head).ok());
        newest.follow(&judge, head, &brought.commits);
        (newest, brought)
    };
    let (mut seen, (newest, brought)) = scan(settings, false, work)?;
    seen.stats.commits += brought.commits.len() as u64;
    let rank = newest::rank(&brought.versions, &brought.commits);
    let (mut report, newest) = report(settings, repository, seen, newest, &brought.faults, &rank);
    newest.expose(&mut report, &brought.commits);
    let versions = &brought.versions;
    hygiene::entering(settings, store, versions, Entering::Committed, &mut report);
    Ok(report)
}

/// Scans some blobs, each at the path that its origin gives it.
///
/// # Errors
///
/// When a rule file is broken, or the system gives no threads.
pub fn blobs(
    settings: &Settings,
    repository: Repository<'_>,
    origins: &[Origin],
) -> Result<Report, Error> {
    let few = origins.len() <= FEW;
    let work = |collector: &Collector<'_>| {
        let options = options(settings, repository.gaps);
        source::scan_objects(repository.objects, origins, &options, collector);
    };
    let (seen, ()) = scan(settings, few, work)?;
    Ok(merge::report(seen, settings, &|_| 0))
}

/// Runs a scan on as many threads as the settings say, or, where there is little to do, on this one.
fn scan<T: Send>(
    settings: &Settings,
    few: bool,
    work: impl FnOnce(&Collector<'_>) -> T + Send,
) -> Result<(Seen, T), Error> {
    let set = settings.rules()?;
    let allows = |rule: &crate::rule::Rule| settings.selection.allows(rule.id);
    let collector = Collector::new(set, &allows, settings);
    let done = if few {
        work(&collector)
    } else {
        within(settings.threads(), || work(&collector))
    };
    Ok((collector.done(), done))
}

fn report(
    settings: &Settings,
    repository: Repository<'_>,
    mut seen: Seen,
    mut newest: Newest,
    faults: &[Fault],
    rank: &dyn Fn(&Place) -> usize,
) -> (Report, Newest) {
    seen.raw.findings = std::mem::take(&mut newest.findings);
    let gaps = faults.iter().map(|fault| repository.gaps.of(fault));
    seen.gaps.extend(gaps);
    let mut report = merge::report(seen, settings, rank);
    let paths = Paths::new(settings);
    let counts = |finding: &&Finding| {
        finding.confidence >= settings.min_confidence
            && merge::suppressed(finding, settings, &paths).is_none()
    };
    report.older = newest.old.iter().filter(counts).count();
    (report, newest)
}

fn options(settings: &Settings, gaps: Gaps) -> ObjectOptions {
    ObjectOptions {
        archives: settings.archives,
        gaps,
    }
}

fn origin(path: &Arc<[u8]>, kind: OriginKind) -> Origin {
    Origin {
        path: Arc::clone(path),
        members: Vec::new(),
        kind,
    }
}

/// The tree of a commit.
fn tree_of(store: &Store, id: ObjectId) -> Result<ObjectId, Fault> {
    let data = commit(store, id)?;
    let parsed = Commit::parse(&data, store.hash());
    let tree = parsed.map(|commit| commit.tree);
    tree.map_err(|error| Fault::object(id, error.to_string()))
}
