//! The pages of the rules: made by the binary, in the repository as it makes them.
#![allow(clippy::unwrap_used, clippy::disallowed_types, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use keyfence::hygiene::signs::CHECKS;
use keyfence::report::docs;
use keyfence::rule::Set;

/// What `rules docs` says, and the files of the directory afterwards.
fn docs_into(directory: &Path) -> (String, BTreeMap<String, String>) {
    let run = Command::new(env!("CARGO_BIN_EXE_keyfence"))
        .args(["rules", "docs"])
        .arg(directory)
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    (String::from_utf8(run.stdout).unwrap(), files(directory))
}

fn files(directory: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn the_pages_in_the_repository_are_fresh() {
    let made = tempfile::tempdir().unwrap();
    let (_, made) = docs_into(made.path());
    let here = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules"));
    let stale: Vec<&String> = made
        .keys()
        .chain(here.keys())
        .filter(|name| made.get(*name) != here.get(*name))
        .collect();
    assert!(
        stale.is_empty(),
        "cargo run -- rules docs docs/rules\nstale: {stale:?}"
    );
}

#[test]
fn every_link_to_a_page_leads_to_one() {
    let made = tempfile::tempdir().unwrap();
    let (_, made) = docs_into(made.path());
    let file = |url: &str| url.rsplit('/').next().unwrap().to_owned();
    for rule in Set::builtin().rules() {
        let page = made.get(&file(&docs::url(rule).unwrap())).unwrap();
        assert!(page.contains("## The first five minutes"), "{}", rule.id);
        for step in rule.remedy.steps.iter() {
            let plain = page.replace('\\', "");
            assert!(plain.contains(step), "{}: {step}", rule.id);
        }
    }
    for check in CHECKS {
        let url = docs::of_sign(check.id);
        let (page, anchor) = url.split_once('#').unwrap();
        assert!(
            made.get(&file(page))
                .unwrap()
                .contains(&format!("\n## {anchor}\n"))
        );
    }
}

#[test]
fn what_has_not_changed_is_not_written_and_what_is_gone_is_removed() {
    let directory = tempfile::tempdir().unwrap();
    let (first, pages) = docs_into(directory.path());
    let mark = pages["README.md"].lines().next().unwrap();
    fs::write(
        directory.path().join("gone.md"),
        format!("{mark}\n# Gone\n"),
    )
    .unwrap();
    fs::write(directory.path().join("own.md"), "# Ours\n").unwrap();
    fs::write(directory.path().join("binance.md"), "changed").unwrap();
    let (second, again) = docs_into(directory.path());
    assert!(
        first.ends_with(&format!("{} written, 0 removed\n", pages.len())),
        "{first}"
    );
    assert!(second.ends_with("1 written, 1 removed\n"), "{second}");
    assert_eq!(again.get("own.md").map(String::as_str), Some("# Ours\n"));
    assert_eq!(again.len(), pages.len() + 1);
    assert!(
        pages
            .iter()
            .all(|(name, text)| again.get(name) == Some(text))
    );
}
