//! What baselines know is left out of a report, and counted.

use std::path::Path;

use super::merge::Paths;
use super::raw::guessable;
use crate::finding::{
    Exposure, Finding, FoundPart, OriginKind, Place, Report, Role, Span, Suppressed,
};
use crate::platform;
use crate::settings::{Settings, Source};
use crate::suppress::Reason;
use crate::suppress::baseline::Baseline;

/// Takes what the settings' baselines know out of the report; returns it.
pub(super) fn take(report: &mut Report, settings: &Settings) -> Vec<Finding> {
    if settings.baselines.is_empty() {
        return Vec::new();
    }
    let judges: Vec<Judge<'_>> = settings
        .baselines
        .iter()
        .map(|baseline| Judge {
            baseline,
            paths: Paths::below(settings, &baseline.dir),
            new: matches!(
                settings.source,
                Source::Staged { .. } | Source::Range { .. }
            ),
        })
        .collect();
    let mut known = Vec::new();
    let mut kept = Vec::new();
    for mut finding in std::mem::take(&mut report.findings) {
        match judges.iter().find(|judge| judge.knows(&mut finding)) {
            Some(judge) => {
                report
                    .suppressed
                    .extend(suppressed(&finding, judge.baseline));
                known.push(finding);
            }
            None => kept.push(finding),
        }
    }
    report.findings = kept;
    let below = |finding: &&Finding| {
        settings
            .fail_on
            .is_none_or(|least| finding.severity < least)
    };
    report.below_severity = report.findings.iter().filter(below).count();
    report.suppressed.sort_by(|a, b| {
        (&a.origin, a.span, a.rule.id, a.part).cmp(&(&b.origin, b.span, b.rule.id, b.part))
    });
    known
}

fn suppressed(finding: &Finding, baseline: &Baseline) -> Option<Suppressed> {
    let place = finding.places.first()?;
    let name = baseline.path.file_name().unwrap_or_default();
    Some(Suppressed {
        rule: finding.rule,
        part: finding.parts.first().map_or("", |part| part.name),
        reason: Reason::Baseline,
        detail: name.to_string_lossy().into_owned(),
        origin: place.origin.clone(),
        span: place.first_span().copied().unwrap_or(Span::START),
    })
}

struct Judge<'a> {
    baseline: &'a Baseline,
    paths: Paths,
    /// Whether all that is reported is new.
    new: bool,
}

impl Judge<'_> {
    /// Whether the baseline knows the finding. Of one that stands in several places it may know some:
    /// these are taken out of it.
    fn knows(&self, finding: &mut Finding) -> bool {
        if self.knows_value(finding) {
            return true;
        }
        // What is new now was not there when the entry for its place was written.
        if self.new || (self.baseline.places.is_empty() && self.baseline.paths.is_empty()) {
            return false;
        }
        let exposure = finding.exposure.take();
        let known = |place: &Place| self.knows_place(place, exposure.as_deref());
        let all = finding.places.iter().all(known);
        if !all {
            finding.places.retain(|place| !known(place));
        }
        finding.exposure = exposure;
        all
    }

    fn knows_value(&self, finding: &Finding) -> bool {
        let guessable = finding
            .parts
            .first()
            .is_some_and(|part| guessable(part.role));
        if self.baseline.fingerprints.contains(&finding.fingerprint) {
            // The fingerprint of what could be guessed is that of its place.
            return !(guessable && self.new);
        }
        // Others know a credential by the one half they find: a new one has another key as well as another secret.
        // An account's number is no half of it.
        let half = |part: &&FoundPart| part.secret || part.role == Role::Key;
        let mut parts = finding.parts.iter().filter(half);
        parts.any(|part| self.baseline.knows_value(part.value.expose()))
    }

    fn knows_place(&self, place: &Place, exposure: Option<&Exposure>) -> bool {
        let Some(path) = self.paths.below_config(&place.origin) else {
            return false;
        };
        let path = platform::slashed(&path);
        let path = path.strip_prefix(b"./").unwrap_or(&path);
        if self.excludes(path) {
            return true;
        }
        place.spans.iter().flatten().any(|span| {
            let entries = self.baseline.places.get(&(path.to_vec(), span.line));
            let fits = |commit: &Option<String>| match commit {
                Some(commit) => is_of(place, exposure, commit),
                None => true,
            };
            entries.is_some_and(|entries| entries.iter().any(fits))
        })
    }

    /// Whether a pattern for paths names the file, or a directory above it.
    fn excludes(&self, path: &[u8]) -> bool {
        let patterns = &self.baseline.paths;
        if patterns.is_empty() {
            return false;
        }
        let path = platform::os(path);
        let path = Path::new(&path);
        let mut above = path.ancestors().filter(|dir| !dir.as_os_str().is_empty());
        // The nearest pattern decides.
        above
            .find_map(|dir| patterns.last_match(&platform::slashed(dir), dir != path))
            .is_some_and(|pattern| !pattern.negated)
    }
}

/// Whether the place may be that of the commit: a file on disk may, a version in a history is when the
/// commit is one that its exposure names.
fn is_of(place: &Place, exposure: Option<&Exposure>, commit: &str) -> bool {
    let (OriginKind::Blob(_), Some(exposure)) = (&place.origin.kind, exposure) else {
        return true;
    };
    let mut seen = [&exposure.first, &exposure.last].into_iter().flatten();
    seen.any(|seen| {
        seen.path == place.origin.path && seen.commit.id.to_string().starts_with(commit)
    })
}
