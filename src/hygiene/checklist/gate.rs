//! Whether something stops the next leak: a hook here, and a check for everyone.

use std::path::Path;

use bstr::ByteSlice;

use super::evidence::Evidence;
use super::{Item, State};
use crate::platform;
use crate::source::open;

/// A larger hook or workflow is none, in bytes.
const LARGEST: u64 = 1 << 20;
/// What names keyfence in a hook or a workflow.
const NAME: &str = "keyfence";

/// 12: hook and CI.
pub(super) fn gate(evidence: &Evidence) -> Item {
    let item = Item::new(12, "hook-and-ci", "A hook and the CI stop the next leak");
    let (hook, configured) = hook(evidence);
    let ci = ci(evidence);
    let mut item = item.state(if hook.is_some() && ci.is_some() {
        State::Passed
    } else {
        State::Failed
    });
    match (&hook, &configured) {
        (Some(place), _) => item = item.saying(format!("hook: {place}")),
        (None, Some(place)) => {
            item = item
                .saying(format!(
                    "{place} names keyfence, but no hook is installed in this clone"
                ))
                .next("install it: `pre-commit install`, or what the tool asks for");
        }
        (None, None) => {
            item = item
                .saying("no git hook here runs keyfence")
                .next("keyfence init sets one up, and shows it first");
        }
    }
    match ci {
        Some(place) => item.saying(format!("CI: {place}")),
        None => item
            .saying("no workflow runs keyfence")
            .next("keyfence init adds a workflow; or run `keyfence scan --range` on pull requests and `keyfence scan --history` on a schedule"),
    }
}

/// The hook that git would run, and the configuration that asks for one.
fn hook(evidence: &Evidence) -> (Option<String>, Option<String>) {
    let ground = &evidence.ground;
    let configured = [
        ".pre-commit-config.yaml",
        ".pre-commit-config.yml",
        "lefthook.yml",
        ".lefthook.yml",
        "lefthook.yaml",
        ".husky/pre-commit",
        "package.json",
    ];
    let configured = configured
        .into_iter()
        .find(|name| names_us(&ground.top.join(name)))
        .map(str::to_owned);
    for name in ["pre-commit", "pre-push", "commit-msg"] {
        let path = ground.hooks.join(name);
        if names_us(&path) {
            return (Some(shown(evidence, &path)), configured);
        }
        // The frameworks' hooks read the configuration that asks for keyfence.
        let frame = ["pre-commit", "lefthook", "husky"];
        let text = read(&path);
        let framed = text.is_some_and(|text| frame.iter().any(|own| text.contains_str(own)));
        if framed && let Some(file) = &configured {
            let hook = shown(evidence, &path);
            return (Some(format!("{hook}, by {file}")), configured);
        }
    }
    (None, configured)
}

/// A workflow that names keyfence: those of the index alone run for everyone.
fn ci(evidence: &Evidence) -> Option<String> {
    let listed = evidence.ground.listing.all().iter();
    let workflow = |path: &[u8]| {
        let in_dir = [
            &b".github/workflows/"[..],
            b".gitea/workflows/",
            b".forgejo/workflows/",
            b".circleci/",
            b".woodpecker/",
        ];
        let named = [
            &b".gitlab-ci.yml"[..],
            b".woodpecker.yml",
            b"azure-pipelines.yml",
            b"bitbucket-pipelines.yml",
            b"Jenkinsfile",
            b".travis.yml",
            b".drone.yml",
        ];
        in_dir.iter().any(|dir| path.starts_with(dir)) || named.contains(&path)
    };
    listed
        .filter(|own| workflow(&own.path))
        .find(|own| names_us(&evidence.ground.full(&own.path)))
        .map(|own| String::from_utf8_lossy(&own.path).into_owned())
}

fn names_us(path: &Path) -> bool {
    read(path).is_some_and(|text| text.contains_str(NAME))
}

fn read(path: &Path) -> Option<Vec<u8>> {
    open::small(path, LARGEST).ok().flatten()
}

fn shown(evidence: &Evidence, path: &Path) -> String {
    evidence.below(&String::from_utf8_lossy(&platform::slashed(path)))
}
