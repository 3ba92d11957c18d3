//! The hygiene checks of a scan: of files, for each repository that it looks at, and the signs of danger; of what is
//! staged and of commits, the secret files that they bring.

use std::collections::BTreeSet;

use super::merge::Paths;
use crate::error::Error;
use crate::finding::Report;
use crate::git::Store;
use crate::git::diff::Version;
use crate::hygiene::{self, Depth, Entering, FileState, Ground, Lapse, Survey};
use crate::settings::Settings;

/// What is told where the system can't answer.
const PERMISSIONS: &str =
    "who may read the secret files was not checked: this system has no permission bits";

/// Adds the signs that were seen, and what the checks find in the directories that were scanned, as far as
/// they belong to repositories.
///
/// # Errors
///
/// When the rules can't be loaded.
pub(super) fn run(
    settings: &Settings,
    signs: Vec<Lapse>,
    report: &mut Report,
) -> Result<(), Error> {
    let allowed = |id: &str| settings.selection.allows(id);
    let env = |name: &str| std::env::var_os(name);
    let protection = settings.protection();
    let depth = Depth {
        contents: false,
        history: false,
    };
    let mut seen = BTreeSet::new();
    let mut lapses = signs;
    let any = hygiene::CHECKS.iter().any(|check| allowed(check.id));
    for root in settings.roots.iter().filter(|root| any && root.is_dir()) {
        // Without a repository, or with one that can't be read, there is nothing to check: where the scan
        // depends on it, it has told so.
        let Ok(ground) = Ground::open(root, &env, false) else {
            continue;
        };
        if !seen.insert((ground.top.clone(), ground.prefix.clone())) {
            continue;
        }
        let survey = Survey::take(&ground, &protection, settings, depth)?;
        lapses.extend(hygiene::lapses(&ground, &survey, root, &report.findings));
        let unchecked = survey.files.iter().any(FileState::has_unknown_permissions);
        if unchecked && !report.notes.iter().any(|note| note == PERMISSIONS) {
            report.notes.push(PERMISSIONS.to_owned());
        }
    }
    tell(lapses, settings, report);
    Ok(())
}

/// Adds the secret files that `versions` bring into git.
pub(super) fn entering(
    settings: &Settings,
    store: &Store,
    versions: &[Version],
    how: Entering,
    report: &mut Report,
) {
    if settings.hygiene {
        let protection = settings.protection();
        let lapses = hygiene::entering(&protection, store, versions, how, &report.findings);
        tell(lapses, settings, report);
    }
}

/// Adds what was asked for and is not suppressed.
fn tell(mut lapses: Vec<Lapse>, settings: &Settings, report: &mut Report) {
    let paths = Paths::new(settings);
    lapses.retain(|lapse| settings.selection.allows(lapse.check.id));
    let selected = lapses.len();
    lapses.retain(|lapse| !is_suppressed(lapse, settings, &paths));
    report.hygiene_suppressed += selected - lapses.len();
    report.hygiene.append(&mut lapses);
    hygiene::sort(&mut report.hygiene);
}

/// Whether the configuration says so: an excluded path, or an ignore entry that names the check or the
/// path, and no value.
fn is_suppressed(lapse: &Lapse, settings: &Settings, paths: &Paths) -> bool {
    let path = lapse
        .origin
        .as_ref()
        .and_then(|origin| paths.below_config(origin));
    let excluded = path
        .as_ref()
        .is_some_and(|path| settings.excludes.iter().any(|own| own.path.is_match(path)));
    excluded
        || settings.ignores.iter().any(|entry| {
            entry.fingerprint.is_none()
                && entry.value.is_none()
                && entry.names_rule(lapse.check.id, lapse.check.id)
                && entry.names_path(path.as_deref())
        })
}
