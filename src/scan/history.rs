//! Scans of everything that a repository holds, and since when it holds what was found.

use std::collections::{BTreeSet, HashMap};
use std::time::{SystemTime, UNIX_EPOCH};

use super::git::Repository;
use super::named::Named;
use super::{Collector, merge};
use crate::error::Error;
use crate::finding::{Exposure, Finding, Fingerprint, OriginKind, Place, Report};
use crate::git::exposure::{self, Held, Holder};
use crate::git::lfs::Kept;
use crate::git::names::MOST_PATHS;
use crate::git::refs::{self, Refs};
use crate::git::walk::{Census, LARGEST};
use crate::git::{Fault, Layout, Store};
use crate::settings::Settings;
use crate::source::{self, History, Learned, REF_NAMES};

/// Scans every object of a repository.
///
/// # Errors
///
/// When a rule file is broken.
pub(super) fn run(
    settings: &Settings,
    layout: &Layout,
    repository: Repository<'_>,
    mut faults: Vec<Fault>,
) -> Result<Report, Error> {
    let store = repository.objects;
    let set = settings.rules()?;
    let allows = |rule: &crate::rule::Rule| settings.selection.allows(rule.id);
    let threads = settings.threads();
    let (census, uncounted) = Census::take(store, threads);
    faults.extend(uncounted);
    let refs = refs::all(layout);
    // What is wrong with HEAD was told when the repository was opened.
    let told = |fault: &&Fault| !faults.iter().any(|known| known.file == fault.file);
    let more: Vec<Fault> = refs.faults.iter().filter(told).cloned().collect();
    faults.extend(more);
    let collector = Collector::new(set, &allows, settings);
    let kept = Kept::beside(store.loose_dirs());
    let history = History {
        layout,
        census: &census,
        refs: &refs,
        gaps: repository.gaps,
        archives: settings.archives,
        threads,
        kept: &kept,
        names: &|name| collector.namer.is_held(name),
    };
    let learned = source::scan_history(&history, &collector);
    let mut named = Named::default();
    for origin in &learned.named {
        let here = collector.namer.of(&origin.path, 0, origin);
        here.into_iter().for_each(|here| named.join(here));
    }
    let namer = collector.namer;
    let mut seen = collector.done();
    seen.raw.findings.extend(named.into_findings());
    let gaps = faults.iter().map(|fault| repository.gaps.of(fault));
    seen.gaps.extend(gaps);
    let mut report = merge::report(seen, settings, &|_| 0);
    if !layout.shallow.is_empty() {
        report.notes.push(
            "this is a shallow clone: what lies behind its boundary was not fetched, and not scanned; \
             `git fetch --unshallow` brings it"
                .to_owned(),
        );
    }
    if learned.capped > 0 {
        report.notes.push(format!(
            "{} at more than {MOST_PATHS} paths: they were read as they stand at the first {MOST_PATHS}",
            match learned.capped {
                1 => "one file stands".to_owned(),
                many => format!("{many} files stand"),
            }
        ));
    }
    if learned.cut {
        report.notes.push(
            "the repository's trees name more than any history does: not every path was followed"
                .to_owned(),
        );
    }
    let by_name = |name: &u32| {
        let word = learned.history.forest.words.get(*name);
        namer
            .identities(word)
            .map(|own| (own, *name))
            .collect::<Vec<_>>()
    };
    let mut names: HashMap<Fingerprint, Vec<u32>> = HashMap::new();
    for (fingerprint, name) in learned.held.iter().flat_map(by_name) {
        names.entry(fingerprint).or_default().push(name);
    }
    let held = |finding: &Finding| Held {
        objects: holders(finding, &census),
        names: names.get(&finding.fingerprint).cloned().unwrap_or_default(),
    };
    let held: Vec<Held> = report.findings.iter().map(held).collect();
    let cut = expose(&mut report.findings, &held, &learned, &census, store, &refs);
    if cut {
        report.notes.push(
            "the repository's trees name more than any history does: the commits that hold a finding may \
             be more than is told"
                .to_owned(),
        );
    }
    Ok(report)
}

/// Tells since when and where the history holds each finding, and whether it could not be followed
/// everywhere.
fn expose(
    findings: &mut [Finding],
    credentials: &[Held],
    learned: &Learned,
    census: &Census<'_>,
    store: &Store,
    refs: &Refs,
) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let read = |number| {
        let object = store.read(&census.id(number), LARGEST).ok()??;
        Some(object.data)
    };
    let repository = exposure::Repository {
        history: &learned.history,
        objects: census,
        refs: &refs.refs,
        logged: &learned.logged,
        read: &read,
        now: now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX)),
    };
    let told = exposure::attribute(&repository, credentials);
    let cut = told.iter().any(|told| told.cut);
    for ((finding, told), held) in findings.iter_mut().zip(told).zip(credentials) {
        finding.exposure = match held.objects.is_empty() && held.names.is_empty() {
            false => Some(Box::new(told.exposure)),
            true => by_refs(finding, refs).map(Box::new),
        };
    }
    cut
}

/// The exposure of what no commit has: the name of a ref is there as long as the ref, its log as long as git keeps
/// it. Since when is written nowhere.
fn by_refs(finding: &Finding, refs: &Refs) -> Option<Exposure> {
    let kept = finding
        .places
        .iter()
        .filter(|place| place.origin.kind == OriginKind::Refs);
    let (names, logs): (Vec<&Place>, Vec<&Place>) =
        kept.partition(|place| *place.origin.path == *REF_NAMES);
    if names.is_empty() && logs.is_empty() {
        return None;
    }
    let line = |place: &&Place| {
        usize::try_from(place.first_span()?.line)
            .ok()?
            .checked_sub(1)
    };
    let own: BTreeSet<usize> = names.iter().filter_map(line).collect();
    let own = own.iter().filter_map(|at| refs.refs.get(*at));
    let all: Vec<String> = own
        .map(|own| String::from_utf8_lossy(own.display()).into_owned())
        .collect();
    Some(Exposure {
        ref_count: all.len(),
        reachable: !names.is_empty(),
        in_reflog: names.is_empty(),
        refs: all.into_iter().take(Exposure::MOST_REFS).collect(),
        ..Exposure::default()
    })
}

/// The objects that hold a credential, and on which line.
fn holders(finding: &Finding, census: &Census<'_>) -> Vec<Holder> {
    // A name stands in trees: the blob below it may stand elsewhere under another.
    let mut holders: Vec<Holder> = finding
        .places
        .iter()
        .filter(|place| place.first_span().is_some() || !place.origin.members.is_empty())
        .filter_map(|place| {
            Some(Holder {
                object: census.find(&place.origin.kind.object()?)?,
                line: place.first_span().map_or(1, |span| span.line),
            })
        })
        .collect();
    holders.sort_unstable();
    holders.dedup();
    holders
}
