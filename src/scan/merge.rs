//! From what the threads found to one report: a credential is one finding, wherever it stands; in one
//! order, whatever the threads did.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Seen;
use crate::config::Ignore;
use crate::finding::{Finding, Fingerprint, Place, Report, Suppressed};
use crate::settings::Settings;
use crate::suppress::Reason;

pub(super) fn report(seen: Seen, settings: &Settings) -> Report {
    let mut report = Report {
        gaps: seen.gaps,
        stats: seen.stats,
        suppressed: seen.raw.suppressed,
        ..Report::default()
    };
    let paths = Paths::new(settings);
    let mut merged: BTreeMap<(Fingerprint, &'static str), Finding> = BTreeMap::new();
    let mut findings = seen.raw.findings;
    // The order in which threads came must not show: neither in which place comes first, nor in which
    // confidence a finding takes.
    findings.sort_by(|a, b| a.places.cmp(&b.places).then_with(|| a.id.cmp(&b.id)));
    for finding in findings {
        if let Some(suppressed) = suppressed(&finding, settings, &paths) {
            report.suppressed.push(suppressed);
            continue;
        }
        match merged.entry((finding.fingerprint, finding.rule.id)) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(finding);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                join(entry.get_mut(), finding);
            }
        }
    }
    for mut finding in merged.into_values() {
        finding.places.sort();
        finding.places.dedup();
        if finding.confidence < settings.min_confidence {
            report.below_confidence += 1;
        } else {
            if settings
                .fail_on
                .is_none_or(|least| finding.severity < least)
            {
                report.below_severity += 1;
            }
            report.findings.push(finding);
        }
    }
    report.findings.sort_by(|a, b| {
        (b.severity, b.confidence)
            .cmp(&(a.severity, a.confidence))
            .then_with(|| a.places.cmp(&b.places))
            .then_with(|| a.id.cmp(&b.id))
    });
    report.suppressed.sort_by(|a, b| {
        (&a.origin, a.span, a.rule.id, a.part).cmp(&(&b.origin, b.span, b.rule.id, b.part))
    });
    report
        .suppressed
        .dedup_by(|a, b| a.origin == b.origin && a.span == b.span && a.rule.id == b.rule.id);
    report.gaps.sort();
    report.gaps.dedup();
    report
}

/// Adds a further occurrence of a credential. The one with more parts tells what it is. The places are
/// put in order when all are there.
fn join(into: &mut Finding, mut other: Finding) {
    let rank = |f: &Finding| (f.parts.len(), f.confidence, f.severity);
    if rank(&other) > rank(into) {
        std::mem::swap(into, &mut other);
    }
    for place in other.places {
        // Spans follow the order of the parts of the finding that stays.
        let spans = into
            .parts
            .iter()
            .map(|part| {
                let at = other
                    .parts
                    .iter()
                    .position(|p| p.name == part.name && p.value == part.value);
                at.and_then(|at| place.spans.get(at).copied().flatten())
            })
            .collect();
        into.places.push(Place { spans, ..place });
    }
}

/// Paths as the configuration counts them.
struct Paths {
    here: Option<PathBuf>,
    config: Option<PathBuf>,
}

impl Paths {
    fn new(settings: &Settings) -> Self {
        let config = settings
            .config_dir
            .as_ref()
            .map(|dir| dir.canonicalize().unwrap_or_else(|_| dir.clone()));
        Self {
            here: std::env::current_dir().ok(),
            config,
        }
    }

    fn below_config(&self, place: &Place) -> PathBuf {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(&place.origin.path));
        let (Some(here), Some(config)) = (&self.here, &self.config) else {
            return path.to_owned();
        };
        let whole = here.join(path);
        whole
            .strip_prefix(config)
            .map_or_else(|_| path.to_owned(), Path::to_owned)
    }
}

/// What the configuration says against a finding.
fn suppressed(finding: &Finding, settings: &Settings, paths: &Paths) -> Option<Suppressed> {
    let place = finding.places.first()?;
    let path = paths.below_config(place);
    let tell = |reason: Reason, detail: &str| {
        Some(Suppressed {
            rule: finding.rule,
            part: finding.parts.first().map_or("", |p| p.name),
            reason,
            detail: detail.to_owned(),
            origin: place.origin.clone(),
            span: *place.first_span()?,
        })
    };
    if let Some(exclude) = settings.excludes.iter().find(|e| e.path.is_match(&path)) {
        return tell(Reason::Path, &exclude.reason);
    }
    let ignores = |entry: &&Ignore| {
        entry.names_rule(finding.rule.id, &finding.id)
            && entry.names_path(&path)
            && entry.fingerprint.is_none_or(|f| f == finding.fingerprint)
            && entry.value.as_ref().is_none_or(|value| {
                finding
                    .parts
                    .iter()
                    .any(|p| p.secret && value.is_match(p.value.expose()))
            })
    };
    settings
        .ignores
        .iter()
        .find(ignores)
        .and_then(|entry| tell(Reason::Ignore, &entry.reason))
}
