//! From what the threads found to one report: a credential is one finding, wherever it stands; in one
//! order, whatever the threads did.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::Seen;
use crate::config::Ignore;
use crate::finding::{
    Finding, Fingerprint, FoundPart, Hidden, Origin, OriginKind, Place, Report, Span, Suppressed,
};
use crate::platform;
use crate::settings::Settings;
use crate::suppress::{Reason, path};

/// Turns what was seen into a report. Of a finding's places those with a lower rank come first.
pub(super) fn report(seen: Seen, settings: &Settings, rank: &dyn Fn(&Place) -> usize) -> Report {
    let mut report = Report {
        gaps: seen.gaps,
        stats: seen.stats,
        suppressed: seen.raw.suppressed,
        ..Report::default()
    };
    report.notes.extend(unfetched(report.stats.pointers));
    let paths = Paths::new(settings);
    let mut merged = Merged::new();
    let mut findings = seen.raw.findings;
    // The order in which threads came must not show: neither in which place comes first, nor in which
    // confidence a finding takes.
    findings.sort_by(|a, b| a.places.cmp(&b.places).then_with(|| a.id.cmp(&b.id)));
    for finding in findings {
        if let Some(suppressed) = suppressed(&finding, settings, &paths) {
            report.suppressed.push(suppressed);
            report.hidden.extend(finding.values());
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
    absorb(&mut merged);
    report.findings.reserve_exact(merged.len());
    for mut finding in merged.into_values() {
        finding
            .places
            .sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
        finding.places.dedup();
        if finding.confidence < settings.min_confidence {
            report.below_confidence += 1;
            // What may be a word is masked where it is long enough to be nothing else.
            let unsure = |own: Hidden| Hidden {
                secret: false,
                ..own
            };
            report.hidden.extend(finding.values().map(unsure));
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

/// What is said of files that Git LFS keeps elsewhere. No gap: to fetch only what one works with is how it is meant
/// to be used.
fn unfetched(pointers: u64) -> Option<String> {
    let what = match pointers {
        0 => return None,
        1 => "one file is a pointer".to_owned(),
        many => format!("{many} files are pointers"),
    };
    Some(format!(
        "{what} of Git LFS: what Git LFS keeps for it is not here, and was not scanned; `git lfs fetch --all` brings it"
    ))
}

type Merged = BTreeMap<(Fingerprint, &'static str), Finding>;

/// Whether a finding is one of generic detection: a random value that no rule knows.
pub(super) fn is_generic(finding: &Finding) -> bool {
    finding.rule.domain == "generic"
}

/// What generic detection found elsewhere of a credential whose rule is known is a further place of that one.
fn absorb(merged: &mut Merged) {
    let mut known: HashMap<&[u8], ((Fingerprint, &'static str), usize)> = HashMap::new();
    for (key, finding) in merged.iter().filter(|(_, finding)| !is_generic(finding)) {
        for (at, part) in finding.parts.iter().enumerate() {
            known.entry(part.value.expose()).or_insert((*key, at));
        }
    }
    let moves: Vec<_> = merged
        .iter()
        .filter(|(_, finding)| is_generic(finding))
        .filter_map(|(key, finding)| {
            let [part] = finding.parts.as_slice() else {
                return None;
            };
            Some((*key, *known.get(part.value.expose())?))
        })
        .collect();
    for (from, (to, at)) in moves {
        let Some(places) = merged.remove(&from).map(|finding| finding.places) else {
            continue;
        };
        let Some(into) = merged.get_mut(&to) else {
            continue;
        };
        for place in places {
            let span = place.first_span().copied();
            let same = |own: &&mut Place| {
                own.origin == place.origin && own.spans.get(at).is_some_and(Option::is_none)
            };
            if let Some(own) = into.places.iter_mut().find(same) {
                if let Some(slot) = own.spans.get_mut(at) {
                    *slot = span;
                }
                own.excerpts.extend(place.excerpts);
                own.excerpts.sort();
                own.excerpts.dedup();
                continue;
            }
            let mut spans = vec![None; into.parts.len()];
            if let Some(slot) = spans.get_mut(at) {
                *slot = span;
            }
            into.places.push(Place {
                spans,
                lead: at,
                ..place
            });
        }
    }
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
        let spans: Vec<_> = into
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
        let lead = other.parts.get(place.lead).and_then(|lead| {
            let same = |p: &FoundPart| p.name == lead.name && p.value == lead.value;
            into.parts.iter().position(same)
        });
        into.places.push(Place {
            spans,
            lead: lead.unwrap_or(0),
            ..place
        });
    }
}

/// Paths as the configuration counts them.
pub(super) struct Paths {
    /// Where paths of files count from.
    here: Option<PathBuf>,
    /// Where paths of blobs count from.
    top: Option<PathBuf>,
    config: Option<PathBuf>,
}

impl Paths {
    pub(super) fn new(settings: &Settings) -> Self {
        let whole = |dir: &PathBuf| platform::real(dir).unwrap_or_else(|_| dir.clone());
        Self {
            here: std::env::current_dir().ok().as_ref().map(whole),
            top: settings.top.as_ref().map(whole),
            config: settings.config_dir.as_ref().map(whole),
        }
    }

    /// Paths as a file in this directory counts them, which has no links in it.
    pub(super) fn below(settings: &Settings, dir: &Path) -> Self {
        Self {
            config: Some(dir.to_owned()),
            ..Self::new(settings)
        }
    }

    /// The path of a file, counted from the configuration's directory; as it is where it does not stand
    /// below. None for what is no file: messages, refs, a blob that no tree names.
    pub(super) fn below_config(&self, origin: &Origin) -> Option<PathBuf> {
        let base = match origin.kind {
            OriginKind::File | OriginKind::Link | OriginKind::Stdin => &self.here,
            OriginKind::Blob(_) | OriginKind::Staged(_) if !origin.path.is_empty() => &self.top,
            _ => return None,
        };
        let path = platform::os(&origin.path);
        let path = Path::new(&path);
        let (Some(base), Some(config)) = (base, &self.config) else {
            return Some(path.to_owned());
        };
        let whole = base.join(path);
        Some(
            whole
                .strip_prefix(config)
                .map_or_else(|_| path.to_owned(), Path::to_owned),
        )
    }
}

/// What the configuration says against a finding.
pub(super) fn suppressed(
    finding: &Finding,
    settings: &Settings,
    paths: &Paths,
) -> Option<Suppressed> {
    let place = finding.places.first()?;
    let counted = paths.below_config(&place.origin);
    let tell = |reason: Reason, detail: &str| {
        Some(Suppressed {
            rule: finding.rule,
            part: finding.parts.first().map_or("", |p| p.name),
            reason,
            detail: detail.to_owned(),
            origin: place.origin.clone(),
            span: place.first_span().copied().unwrap_or(Span::START),
        })
    };
    if !settings.dependencies && path::installed(&place.origin.path) {
        return tell(
            Reason::Path,
            "of an installed package: --dependencies reports it",
        );
    }
    let excludes = |path: &PathBuf| settings.excludes.iter().find(|e| e.path.is_match(path));
    if let Some(exclude) = counted.as_ref().and_then(excludes) {
        return tell(Reason::Path, &exclude.reason);
    }
    let ignores = |entry: &&Ignore| {
        entry.names_rule(finding.rule.id, &finding.id)
            && entry.names_path(counted.as_deref())
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn place(path: &str, kind: OriginKind) -> Place {
        Place {
            origin: Origin {
                path: path.as_bytes().into(),
                members: Vec::new(),
                kind,
            },
            spans: Vec::new(),
            excerpts: Vec::new(),
            line_hash: None,
            lead: 0,
        }
    }

    #[test]
    fn paths_of_blobs_count_from_the_top_of_their_repository() {
        let dir = tempfile::tempdir().unwrap();
        let top = platform::real(dir.path()).unwrap();
        std::fs::create_dir(top.join("sub")).unwrap();
        let id = gix::ObjectId::empty_blob(gix::hash::Kind::Sha1);
        let paths = |config: Option<PathBuf>, top: Option<PathBuf>| {
            Paths::new(&Settings {
                top,
                config_dir: config,
                ..Settings::default()
            })
        };
        let below = |paths: &Paths, path: &str, kind: OriginKind| {
            let path = paths.below_config(&place(path, kind).origin);
            path.map(|path| path.into_os_string().into_string().unwrap())
        };
        let at_top = paths(Some(top.clone()), Some(top.clone()));
        for kind in [OriginKind::Blob(id), OriginKind::Staged(id)] {
            assert_eq!(below(&at_top, "sub/a", kind).unwrap(), "sub/a");
        }
        let given = paths(Some(top.join("sub")), Some(top.clone()));
        assert_eq!(below(&given, "sub/a", OriginKind::Blob(id)).unwrap(), "a");
        let bare = paths(Some(top.clone()), None);
        assert_eq!(
            below(&bare, "sub/a", OriginKind::Blob(id)).unwrap(),
            "sub/a"
        );
        for (path, kind) in [
            ("", OriginKind::Blob(id)),
            ("", OriginKind::Commit(id)),
            ("", OriginKind::Tag(id)),
            ("logs/HEAD", OriginKind::Refs),
        ] {
            assert_eq!(below(&at_top, path, kind), None, "this is no file");
        }
        let here = std::env::current_dir().unwrap();
        let files = paths(Some(here.join("src")), Some(top));
        assert_eq!(below(&files, "src/a", OriginKind::File).unwrap(), "a");
    }
}
