//! Secret files on their way into git: what the next commit, or those of a range, bring.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::checks::ENTERING;
use super::content::Content;
use super::lapse::Lapse;
use super::lapses::{by_path, is_for_tests, shell};
use super::protected::Protection;
use super::survey::content;
use crate::finding::{Finding, Origin, OriginKind, Severity};
use crate::git::Store;
use crate::git::diff::Version;

/// Whose files these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entering {
    /// The index's: no commit has them yet.
    Staged,
    /// Those of commits.
    Committed,
}

/// A lapse for each protected file that no parent has at its path and that may hold secrets: its newest version,
/// and whatever the scan found in it.
pub fn entering(
    protection: &Protection,
    store: &Store,
    versions: &[Version],
    how: Entering,
    findings: &[Finding],
) -> Vec<Lapse> {
    // The newest version of each path; which of the commits brought the path does not matter.
    let mut newest: BTreeMap<&[u8], (usize, &Version, bool)> = BTreeMap::new();
    for version in versions {
        let name = version.path.rsplit(|byte| *byte == b'/').next();
        if !name.is_some_and(|name| protection.could_be(name)) {
            continue;
        }
        let new =
            |bringing: &crate::git::diff::Bringing| bringing.before.iter().all(Option::is_none);
        let is_new = version.by.iter().any(new);
        let rank = version
            .by
            .iter()
            .map(|by| by.commit)
            .min()
            .unwrap_or(usize::MAX);
        let own = newest
            .entry(&version.path)
            .or_insert((rank, version, is_new));
        let any_new = own.2 || is_new;
        if rank < own.0 {
            *own = (rank, version, is_new);
        }
        own.2 = any_new;
    }
    let held = by_path(findings);
    let mut out = Vec::new();
    for (path, (_, version, is_new)) in newest {
        let Some(kind) = protection.of(path).filter(|_| is_new) else {
            continue;
        };
        let found = held.get(path);
        let content = content(store, path, &version.id, found.is_some());
        if content.is_harmless() {
            continue;
        }
        let severity = match content {
            Content::Secret if is_for_tests(path) => Severity::Low,
            Content::Secret => Severity::Medium,
            _ => Severity::Info,
        };
        let origin = Origin {
            path: Arc::clone(&version.path),
            members: Vec::new(),
            kind: match how {
                Entering::Staged => OriginKind::Staged(version.id),
                Entering::Committed => OriginKind::Blob(version.id),
            },
        };
        let what = &kind.what;
        let shown = shell(path);
        let title = match how {
            Entering::Staged => format!("{what} that the next commit brings into git"),
            Entering::Committed => format!("{what} that comes into git"),
        };
        let mut lapse = Lapse::new(&ENTERING, severity, title)
            .at(origin, None)
            .because(format!(
                "{} is protected, and no parent has this file",
                kind.pattern
            ));
        if let Some(note) = content.note() {
            lapse = lapse.because(note);
        }
        for finding in found.into_iter().flatten() {
            lapse = lapse.because(format!("it holds: {}", finding.title()));
        }
        lapse = lapse.step(format!(
            "git rm --cached -- {shown}: out of git, and still on disk"
        ));
        if how == Entering::Committed && content == Content::Secret {
            lapse = lapse.step("revoke what it holds: it stays in the history");
        }
        out.push(lapse.step(
            "keyfence gitignore --fix; or, if it is meant for git, name it in keyfence.toml: `except` of [gitignore]",
        ));
    }
    out
}
