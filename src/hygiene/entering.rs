//! Secret files on their way into git: what the next commit, or those of a range, bring.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::checks::ENTERING;
use super::content::Content;
use super::lapse::Lapse;
use super::lapses::{by_path, is_for_tests, shell};
use super::protected::Protection;
use super::survey::worst;
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

/// A lapse for each protected file that no parent has at its path and that may hold secrets, with
/// whatever the scan found in it. The worst of its versions counts; the newest is told.
pub fn entering(
    protection: &Protection,
    store: &Store,
    versions: &[Version],
    how: Entering,
    findings: &[Finding],
) -> Vec<Lapse> {
    let mut paths: BTreeMap<&[u8], Vec<&Version>> = BTreeMap::new();
    for version in versions {
        let name = version.path.rsplit(|byte| *byte == b'/').next();
        if name.is_some_and(|name| protection.could_be(name)) {
            paths.entry(&version.path).or_default().push(version);
        }
    }
    let held = by_path(findings);
    let mut out = Vec::new();
    for (path, versions) in paths {
        // Which of the commits brought the path does not matter.
        let mut by = versions.iter().flat_map(|version| &version.by);
        let is_new = by.any(|bringing| bringing.before.iter().all(Option::is_none));
        let newest = versions
            .iter()
            .min_by_key(|version| version.by.iter().map(|by| by.commit).min());
        let (Some(kind), Some(version)) = (protection.of(path).filter(|_| is_new), newest) else {
            continue;
        };
        let found = held.get(path);
        // What a later commit takes out of it stays in the history.
        let content = match found {
            Some(_) => Content::Secret,
            None => worst(store, path, versions.iter().map(|version| &version.id)),
        };
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
