//! Scans of everything that a repository holds, and since when it holds what was found.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{Collector, merge};
use crate::error::Error;
use crate::finding::{Finding, Report};
use crate::git::exposure::{self, Holder};
use crate::git::refs::{self, Refs};
use crate::git::walk::{Census, LARGEST};
use crate::git::{Fault, Layout, Store};
use crate::settings::Settings;
use crate::source::{self, History, Learned};

/// Scans every object of a repository.
///
/// # Errors
///
/// When a rule file is broken.
pub(super) fn run(
    settings: &Settings,
    layout: &Layout,
    store: &Store,
    mut faults: Vec<Fault>,
) -> Result<Report, Error> {
    let set = settings.rules()?;
    let allows = |rule: &crate::rule::Rule| settings.selection.allows(rule.id);
    let threads = settings.threads();
    let (census, uncounted) = Census::take(store, threads);
    faults.extend(uncounted);
    let mut refs = refs::all(layout);
    faults.append(&mut refs.faults);
    let collector = Collector::new(set, &allows, settings);
    let history = History {
        layout,
        census: &census,
        refs: &refs,
        promisor: layout.promisor || store.promisor(),
        archives: settings.archives,
        threads,
    };
    let learned = source::scan_history(&history, &collector);
    let mut seen = collector.done();
    let gaps = faults.iter().map(|fault| source::gap(fault, None, None));
    seen.gaps.extend(gaps);
    let mut report = merge::report(seen, settings, &|_| 0);
    expose(&mut report.findings, &learned, &census, store, &refs);
    Ok(report)
}

/// Tells since when and where the history holds each finding.
fn expose(
    findings: &mut [Finding],
    learned: &Learned,
    census: &Census<'_>,
    store: &Store,
    refs: &Refs,
) {
    let credentials: Vec<Vec<Holder>> = findings.iter().map(|one| holders(one, census)).collect();
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
    let told = exposure::attribute(&repository, &credentials);
    for ((finding, told), holders) in findings.iter_mut().zip(told).zip(&credentials) {
        // What stands in the name or log of a ref alone has no history.
        if !holders.is_empty() {
            finding.exposure = Some(told.exposure);
        }
    }
}

/// The objects that hold a credential, and on which line.
fn holders(finding: &Finding, census: &Census<'_>) -> Vec<Holder> {
    let mut holders: Vec<Holder> = finding
        .places
        .iter()
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
