//! Of the versions of a credential that is new in a range, or staged, those to show: in each file the
//! newest, the newest file first.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use gix::ObjectId;

use super::merge::is_generic;
use super::named::{Named, Namer};
use super::newness::{Judge, Judged};
use crate::finding::{Exposure, Finding, Fingerprint, Origin, OriginKind, Place, Report, Sighting};
use crate::git::Store;
use crate::git::diff::commits::Member;
use crate::git::diff::lines::Added;
use crate::git::diff::tree::Trees;
use crate::git::diff::{Bringing, Version, blob};

/// What is new of all that was found.
#[derive(Debug, Default)]
pub(super) struct Newest {
    /// The findings to report, each with one place.
    pub(super) findings: Vec<Finding>,
    /// Findings of credentials that are not new anywhere, one for each.
    pub(super) old: Vec<Finding>,
    /// How each credential came in.
    entries: BTreeMap<Fingerprint, Entry>,
}

/// How a credential came in, and what became of it.
#[derive(Debug, Default)]
struct Entry {
    /// The oldest commit in which it is new, and where it stands there; none for a tag's message.
    first: Option<(usize, Arc<[u8]>, u32)>,
    /// The newest commit that still holds it, and where; none for a tag's message.
    last: Option<(usize, Arc<[u8]>, u32)>,
    /// Where `HEAD` has it.
    in_head: BTreeSet<(Arc<[u8]>, u32)>,
    /// How many versions of files, and messages, hold it.
    versions: usize,
}

/// A file: its path and the members of archives; for a message its object.
type File = (Arc<[u8]>, Vec<Arc<[u8]>>, Option<ObjectId>);

fn file(origin: &Origin) -> File {
    let message = match origin.kind {
        OriginKind::Commit(id) | OriginKind::Tag(id) => Some(id),
        _ => None,
    };
    (Arc::clone(&origin.path), origin.members.clone(), message)
}

impl Newest {
    /// Chooses from what was judged; `members` are the commits of the range.
    pub(super) fn of(
        judged: Vec<Judged>,
        versions: &[Version],
        members: &[Member],
        store: &Store,
    ) -> Self {
        let ages = Ages {
            versions,
            members,
            store,
        };
        // By value alone: what became of it under the name of another provider is the same.
        let mut by_value: BTreeMap<Fingerprint, BTreeMap<File, Vec<Judged>>> = BTreeMap::new();
        for one in judged {
            let Some(place) = one.finding.places.first() else {
                continue;
            };
            let files = by_value.entry(one.finding.fingerprint).or_default();
            files.entry(file(&place.origin)).or_default().push(one);
        }
        let mut out = Self::default();
        for (value, files) in by_value {
            out.take(value, files, &ages);
        }
        out
    }

    fn take(&mut self, value: Fingerprint, files: BTreeMap<File, Vec<Judged>>, ages: &Ages<'_>) {
        let mut entry = Entry::default();
        let mut old = None;
        let before = self.findings.len();
        for mut found in files.into_values() {
            found.sort_by(|a, b| a.finding.places.cmp(&b.finding.places));
            let Some(since) = found.iter().filter_map(|one| ages.news(one)).min() else {
                old = old.or(found.into_iter().next().map(|one| one.finding));
                continue;
            };
            for one in &found {
                entry.add(one, ages);
            }
            // Where a rule knows it in one version, the name that any random value has says less.
            let known = |one: &Judged| !is_generic(&one.finding);
            if found
                .iter()
                .any(|one| known(one) && ages.news(one).is_some())
            {
                found.retain(known);
            }
            self.findings.extend(newest(found, since, ages));
        }
        if self.findings.len() > before {
            self.entries.insert(value, entry);
        } else {
            self.old.extend(old);
        }
    }

    /// Adds credentials in the paths of these versions that no parent has.
    pub(super) fn named<'v>(
        &mut self,
        namer: Namer<'_>,
        versions: impl Iterator<Item = (Origin, &'v Version)>,
    ) {
        let mut named = Named::default();
        let mut since: BTreeMap<Fingerprint, Entry> = BTreeMap::new();
        for (origin, version) in versions {
            let is_new = |by: &&Bringing| by.before.iter().all(Option::is_none);
            let Some(oldest) = version.by.iter().rfind(is_new) else {
                continue;
            };
            let Some(here) = namer.of(&origin.path, 0, &origin) else {
                continue;
            };
            for fingerprint in here.fingerprints() {
                let entry = since.entry(fingerprint).or_default();
                entry.versions += 1;
                entry.since(oldest.commit, &origin.path, 1);
            }
            named.join(here);
        }
        self.findings.extend(named.into_findings());
        for (fingerprint, entry) in since {
            self.entries.entry(fingerprint).or_insert(entry);
        }
    }

    /// Looks up what became of each finding: whether the tree of `HEAD` has it at the same path, and which
    /// commit of the range was the last to hold it.
    pub(super) fn follow(&mut self, judge: &Judge<'_>, head: Option<ObjectId>, members: &[Member]) {
        let mut trees = Trees::new(judge.store);
        for finding in &self.findings {
            let (Some(entry), Some(place)) = (
                self.entries.get_mut(&finding.fingerprint),
                finding.places.first(),
            ) else {
                continue;
            };
            let path = &place.origin.path;
            let line = place.first_span().map_or(1, |span| span.line);
            // A name stays whatever the file holds.
            let is_name = place.first_span().is_none() && place.origin.members.is_empty();
            let last = match place.origin.kind {
                OriginKind::Blob(id) => {
                    match head.and_then(|head| trees.find(head, path)) {
                        Some(now) if now == id || is_name => {
                            entry.in_head.insert((Arc::clone(path), line));
                        }
                        Some(now) => {
                            let lines = judge.lines(path, now, finding);
                            let here = lines.into_iter().map(|line| (Arc::clone(path), line));
                            entry.in_head.extend(here);
                        }
                        None => {}
                    }
                    let holds = |member: &Member| {
                        let there = trees.find(member.tree, path);
                        there.is_some_and(|there| there == id || is_name)
                    };
                    members.iter().take(FOLLOWED).position(holds)
                }
                OriginKind::Commit(id) => members.iter().position(|one| one.info.id == id),
                _ => None,
            };
            let Some(last) = last else {
                continue;
            };
            if entry.last.as_ref().is_none_or(|known| last < known.0) {
                entry.last = Some((last, Arc::clone(path), line));
            }
        }
    }

    /// Tells the exposure of each finding of a report.
    pub(super) fn expose(&self, report: &mut Report, members: &[Member]) {
        let sighting = |(commit, path, line): &(usize, Arc<[u8]>, u32)| {
            Some(Sighting {
                commit: members.get(*commit)?.info.clone(),
                path: Arc::clone(path),
                line: *line,
            })
        };
        for finding in &mut report.findings {
            let Some(entry) = self.entries.get(&finding.fingerprint) else {
                continue;
            };
            finding.exposure = Some(Box::new(Exposure {
                first: entry.first.as_ref().and_then(sighting),
                last: entry.last.as_ref().and_then(sighting),
                in_head: entry.in_head.iter().cloned().collect(),
                reachable: true,
                versions: entry.versions,
                ..Exposure::default()
            }));
        }
    }
}

/// In how many of the newest commits a version is looked for.
const FOLLOWED: usize = 64;

impl Entry {
    fn add(&mut self, one: &Judged, ages: &Ages<'_>) {
        self.versions += 1;
        let place = one.finding.places.first();
        let (Some(place), Some(commit)) = (place, ages.oldest(one)) else {
            return;
        };
        let line = place.first_span().map_or(1, |span| span.line);
        self.since(commit, &place.origin.path, line);
    }

    /// Takes a commit in which it is new, and where.
    fn since(&mut self, commit: usize, path: &Arc<[u8]>, line: u32) {
        let is_older = |known: &(usize, _, _)| commit > known.0;
        if self.first.as_ref().is_none_or(is_older) {
            self.first = Some((commit, Arc::clone(path), line));
        }
    }
}

/// The places to show of one credential in one file that has it since some commit: those of the newest
/// version that holds it. There it may be new, or stand as it did when it was.
fn newest(found: Vec<Judged>, since: usize, ages: &Ages<'_>) -> Vec<Finding> {
    let ages_of = |one: &Judged| ages.version(one).filter(|age| *age <= since);
    let Some(newest) = found.iter().filter_map(ages_of).min() else {
        return found.into_iter().map(|one| one.finding).collect();
    };
    let is_new = |one: &Judged| !one.new_in.is_empty();
    let before = ages.before(&found);
    let (mut here, _): (Vec<Judged>, Vec<Judged>) = found
        .into_iter()
        .partition(|one| ages.version(one) == Some(newest));
    if here.iter().any(is_new) {
        here.retain(is_new);
    } else if here.len() > 1 {
        // Of those that stand there as they did, some may be older than the range.
        let added = ages.added(before, here.first());
        let new = |one: &Judged| {
            let span = one.finding.places.first().and_then(Place::first_span);
            span.is_some_and(|span| added.has(span.line))
        };
        if here.iter().any(new) {
            here.retain(new);
        }
    }
    here.into_iter().map(|one| one.finding).collect()
}

/// Numbers of commits: the lower, the newer.
struct Ages<'a> {
    versions: &'a [Version],
    members: &'a [Member],
    store: &'a Store,
}

impl Ages<'_> {
    /// The newest commit that brings the version.
    fn version(&self, one: &Judged) -> Option<usize> {
        match one.version {
            Some(version) => self.versions.get(version)?.by.first().map(|by| by.commit),
            None => Some(self.message(one).unwrap_or(0)),
        }
    }

    /// The newest commit in which it is new.
    fn news(&self, one: &Judged) -> Option<usize> {
        match one.version {
            Some(_) => one.new_in.first().copied(),
            None => Some(self.message(one).unwrap_or(0)),
        }
    }

    /// The oldest commit in which it is new; none for a tag's message.
    fn oldest(&self, one: &Judged) -> Option<usize> {
        match one.version {
            Some(_) => one.new_in.last().copied(),
            None => self.message(one),
        }
    }

    /// What stood at the path before the oldest commit in which one of these is new.
    fn before(&self, found: &[Judged]) -> Option<ObjectId> {
        let oldest = |one: &&Judged| one.new_in.last().copied();
        let first = found
            .iter()
            .filter(|one| oldest(one).is_some())
            .max_by_key(oldest)?;
        let by = &self.versions.get(first.version?)?.by;
        let by = by.iter().find(|by| Some(by.commit) == oldest(&first))?;
        by.before.first().copied().flatten()
    }

    /// The lines that a version has and an older one has not.
    fn added(&self, before: Option<ObjectId>, one: Option<&Judged>) -> Added {
        let read = |id| blob(self.store, id);
        let after = one.and_then(|one| self.versions.get(one.version?));
        let both = before
            .and_then(read)
            .zip(after.and_then(|after| read(after.id)));
        both.map_or_else(Added::all, |(before, after)| {
            Added::between(&before, &after)
        })
    }

    fn message(&self, one: &Judged) -> Option<usize> {
        let place = one.finding.places.first()?;
        let OriginKind::Commit(id) = place.origin.kind else {
            return None;
        };
        self.members.iter().position(|member| member.info.id == id)
    }
}

/// The order of places in a report: the newest first.
pub(super) fn rank(versions: &[Version], members: &[Member]) -> impl Fn(&Place) -> usize {
    let mut ranks = HashMap::new();
    for version in versions {
        let newest = version.by.first().map_or(0, |by| by.commit);
        ranks.insert((Arc::clone(&version.path), version.id), newest);
    }
    for (number, member) in members.iter().enumerate() {
        ranks.insert((Arc::from([]), member.info.id), number);
    }
    move |place| {
        let id = place.origin.kind.object();
        let key = id.map(|id| (Arc::clone(&place.origin.path), id));
        key.and_then(|key| ranks.get(&key).copied()).unwrap_or(0)
    }
}
