//! Secret files that what is staged, or a range of commits, brings into git.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_types,
    missing_docs
)]

mod changes;

use changes::repo::Repo;
use changes::{Told, pair, range, settings, staged, staged_with};
use keyfence::finding::Severity;

fn begun() -> Repo {
    let repo = Repo::empty();
    repo.commit("README", "hello\n");
    repo.git("repo", &["tag", "base"]);
    repo
}

fn stage(repo: &Repo, path: &str, text: impl AsRef<[u8]>) {
    repo.write(&format!("repo/{path}"), text);
    repo.git("repo", &["add", "-f", path]);
}

/// `medium .env`: severity and path, in order.
fn lapses(told: &Told) -> Vec<String> {
    let lapse = |own: &keyfence::hygiene::Lapse| {
        assert_eq!(own.check.id, "hygiene-secret-file-enters");
        let path = own.origin.as_ref().unwrap().display();
        format!("{} {path}", own.severity.as_str())
    };
    told.report.hygiene.iter().map(lapse).collect()
}

const FILLED: &str = "DB_PASSWORD=correct horse\n";

#[test]
fn what_is_staged() {
    let repo = begun();
    stage(&repo, ".env", FILLED);
    stage(&repo, "bot/.env.local", "DB_PASSWORD=\n");
    stage(&repo, ".env.example", FILLED);
    stage(&repo, "tests/fixtures/.env", FILLED);
    stage(&repo, "src/main.py", "print(1)\n");
    let told = staged(&repo);
    assert!(told.is_clean(), "{told:?}");
    assert_eq!(
        lapses(&told),
        [
            "medium .env",
            "low tests/fixtures/.env",
            "info bot/.env.local"
        ]
    );
}

#[test]
fn only_files_that_are_new_at_their_path() {
    let repo = begun();
    repo.commit(".env", FILLED);
    stage(&repo, ".env", "DB_PASSWORD=another one\n");
    assert_eq!(lapses(&staged(&repo)), [""; 0], "git has had it before");
    repo.git("repo", &["mv", "-f", ".env", "prod.key"]);
    assert_eq!(lapses(&staged(&repo)), ["medium prod.key"]);
}

#[test]
fn it_names_what_the_file_holds() {
    let repo = begun();
    stage(&repo, ".env", pair(1));
    let told = staged(&repo);
    let [lapse] = told.report.hygiene.as_slice() else {
        panic!("{:?}", told.report.hygiene)
    };
    assert_eq!(lapse.severity, Severity::Medium);
    assert!(
        lapse
            .why
            .iter()
            .any(|why| why.starts_with("it holds: Bybit")),
        "{:?}",
        lapse.why
    );
}

#[test]
fn the_configuration_says_what_is_meant_for_git() {
    let repo = begun();
    stage(&repo, ".env", FILLED);
    stage(&repo, "my.vault", "x\n");
    let env = |_: &str| None;
    let told = |change: &dyn Fn(&mut keyfence::settings::Settings)| {
        let mut settings = settings();
        change(&mut settings);
        lapses(&staged_with(&repo.path("repo"), &env, &settings))
    };
    assert_eq!(told(&|own| own.hygiene = false), [""; 0]);
    assert_eq!(
        told(&|own| own.protect.except = vec![".env".to_owned()]),
        [""; 0]
    );
    assert_eq!(
        told(&|own| own.protect.more = vec!["*.vault".to_owned()]),
        ["medium .env", "medium my.vault"]
    );
}

#[test]
fn what_commits_bring() {
    let repo = begun();
    repo.commit(".env", "DB_PASSWORD=\n");
    repo.commit(".env", FILLED);
    repo.commit("id_rsa.pub", "ssh-ed25519 AAAA me\n");
    let told = range(&repo, &["base..main"]);
    assert_eq!(lapses(&told), ["medium .env"]);
    repo.commit(".env", "DB_PASSWORD=\n");
    assert_eq!(
        lapses(&range(&repo, &["base..main"])),
        ["medium .env"],
        "what it held stays in the history"
    );
    repo.git("repo", &["rm", "-q", ".env"]);
    repo.git("repo", &["commit", "-q", "-m", "gone"]);
    assert_eq!(
        lapses(&range(&repo, &["base..main"])),
        ["medium .env"],
        "the history has it"
    );
    assert_eq!(lapses(&range(&repo, &["main~3..main"])), [""; 0]);
}

#[test]
fn a_merge_brings_nothing_that_a_parent_has() {
    let repo = begun();
    repo.git("repo", &["checkout", "-q", "-b", "side"]);
    repo.commit(".env", FILLED);
    repo.git("repo", &["checkout", "-q", "main"]);
    repo.commit("other", "x\n");
    repo.git("repo", &["merge", "-q", "--no-edit", "side"]);
    assert_eq!(
        lapses(&range(&repo, &["main", "^side", "^main~1"])),
        [""; 0]
    );
    assert_eq!(lapses(&range(&repo, &["base..main"])), ["medium .env"]);
}
