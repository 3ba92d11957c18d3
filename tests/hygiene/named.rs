//! The traps by name, and what only this machine knows.

use std::os::unix::fs::{PermissionsExt, symlink};

use crate::chance::pair;
use crate::oracle;
use crate::world::World;

/// The verdict of each path, by keyfence and by git.
#[track_caller]
fn verdicts(world: &World, expected: &[(&str, &str)]) {
    let paths: Vec<&str> = expected.iter().map(|(path, _)| *path).collect();
    let asked: Vec<Vec<u8>> = paths.iter().map(|path| path.as_bytes().to_vec()).collect();
    let said = oracle::ask(world, &asked);
    for ((told, said), (path, wanted)) in world.verdicts(&paths).iter().zip(said).zip(expected) {
        assert_eq!((told.as_str(), said.verdict), (*wanted, *wanted), "{path}");
    }
}

fn ignoring(text: &str) -> World {
    let world = World::new();
    world.write(".gitignore", text);
    world.commit("begin");
    world
}

#[test]
fn a_tab_at_the_end_is_part_of_the_pattern() {
    verdicts(
        &ignoring("config.local.json\t\n"),
        &[
            ("config.local.json", "uncovered"),
            ("config.local.json\t", "covered"),
        ],
    );
}

#[test]
fn braces_are_literal() {
    verdicts(
        &ignoring("{.env,*.key}\n"),
        &[
            (".env", "uncovered"),
            ("a.key", "uncovered"),
            ("{.env,a.key}", "covered"),
        ],
    );
}

#[test]
fn posix_classes_count() {
    verdicts(
        &ignoring(".env.[[:alpha:]]*\n"),
        &[(".env.local", "covered"), (".env.1", "uncovered")],
    );
}

#[test]
fn escapes_and_spaces() {
    verdicts(
        &ignoring("\\#a.key\n\\!b.key\nc.key   \nd.key\\ \n"),
        &[
            ("#a.key", "covered"),
            ("!b.key", "covered"),
            ("c.key", "covered"),
            ("d.key", "uncovered"),
            ("d.key ", "covered"),
        ],
    );
}

#[test]
fn nothing_comes_back_in_below_a_directory_that_is_out() {
    verdicts(
        &ignoring("conf/\n!conf/.env\nbots/*\n!bots/a/\n!bots/a/.env\n"),
        &[
            ("conf/.env", "covered"),
            ("bots/a/.env", "uncovered"),
            ("bots/b/.env", "covered"),
        ],
    );
}

#[test]
fn line_ends_and_byte_order_marks() {
    verdicts(
        &ignoring("\u{feff}.env\r\n*.key\r\n"),
        &[(".env", "covered"), ("a.key", "covered")],
    );
}

#[test]
fn case_matters() {
    verdicts(
        &ignoring(".env\n*.pem\n"),
        &[
            (".ENV", "uncovered"),
            ("a.PEM", "uncovered"),
            ("a.pem", "covered"),
        ],
    );
}

#[test]
fn rules_of_this_machine_protect_no_clone() {
    let world = ignoring(".env\n");
    world.write(".git/info/exclude", "*.pem\n");
    std::fs::create_dir_all(world.home().join(".config/git")).unwrap();
    std::fs::write(world.home().join(".config/git/ignore"), "*.key\n").unwrap();
    world.write("untracked/.gitignore", "*.kdbx\n");
    world.write("out/.gitignore", "*\n");
    world.write("rules.txt", "*.p12\n");
    std::fs::create_dir_all(world.top.join("linked")).unwrap();
    symlink("../rules.txt", world.top.join("linked/.gitignore")).unwrap();
    verdicts(
        &world,
        &[
            (".env", "covered"),
            ("a.pem", "only-here"),
            ("a.key", "only-here"),
            ("untracked/a.kdbx", "only-here"),
            ("out/wallet.dat", "only-here"),
            ("linked/a.p12", "only-here"),
            ("a.jks", "uncovered"),
        ],
    );
    let json = world
        .keyfence(
            &["gitignore", "--paths", "-", "--format", "json"],
            b"a.pem\na.key\nuntracked/a.kdbx\nout/x\nlinked/a.p12\n",
        )
        .json();
    let why: Vec<&str> = json["paths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["only_here"].as_str().unwrap())
        .collect();
    assert!(
        why[0].contains("no clone") && why[1].contains("no clone"),
        "{why:?}"
    );
    assert!(
        why[2].contains("not in git") && why[3].contains("itself ignored"),
        "{why:?}"
    );
    assert!(why[4].contains("symbolic link"), "{why:?}");
    // What a file elsewhere says is not repeated.
    assert!(json["paths"][1]["rule"]["pattern"].is_null());
}

#[test]
fn an_ignore_file_of_the_user_is_not_named_by_a_stranger() {
    let world = ignoring(".env\n");
    std::fs::write(world.home().join("private"), "*.key\n").unwrap();
    world.git(&["config", "core.excludesFile", "~/private"]);
    let run = world.keyfence(&["gitignore", "--paths", "-"], b"a.key\n");
    assert!(
        run.text().contains("only-here") && !run.text().contains("*.key"),
        "{}",
        run.text()
    );
}

#[test]
fn lines_that_are_not_staged_hold_here_alone() {
    let world = ignoring(".env\n");
    world.write(".gitignore", ".env\n*.key\n");
    verdicts(&world, &[(".env", "covered"), ("a.key", "only-here")]);
    world.git(&["add", ".gitignore"]);
    verdicts(&world, &[("a.key", "covered")]);
    // What the index has counts, whatever the file says.
    world.write(".gitignore", "!.env\n");
    verdicts(&world, &[(".env", "covered")]);
    std::fs::remove_file(world.top.join(".gitignore")).unwrap();
    verdicts(&world, &[(".env", "covered"), ("a.key", "covered")]);
}

#[test]
fn what_is_tracked_is_not_protected() {
    let world = ignoring(".env\n");
    world.write(".env", pair(1));
    world.git(&["add", "-f", ".env"]);
    verdicts(&world, &[(".env", "tracked")]);
    let run = world.keyfence(&["gitignore", "--format", "json"], b"");
    assert_eq!(run.code, 1);
    let file = &run.json()["files"][0];
    assert_eq!(file["verdict"], "tracked");
    assert_eq!(file["rule"]["line"], 1);
    assert!(
        file["secrets"][0].as_str().unwrap().contains("Binance"),
        "{file}"
    );
}

#[test]
fn paths_count_from_the_directory_that_is_asked() {
    let world = ignoring("/bot/.env\n");
    std::fs::create_dir_all(world.top.join("bot/deep")).unwrap();
    let run = world.keyfence(
        &["gitignore", "bot", "--paths", "-", "--format", "tsv"],
        b".env\n../.env\n./deep/../.env\n",
    );
    assert_eq!(
        run.text(),
        "covered\t.env\nuncovered\t../.env\ncovered\t./deep/../.env\n"
    );
    let run = world.keyfence(&["gitignore", "bot", "--paths", "-"], b"../../x\n");
    assert_eq!((run.code, run.text().as_str()), (2, ""));
    assert!(
        run.stderr.contains("not in the repository"),
        "{}",
        run.stderr
    );
}

#[test]
fn sub_projects_have_verdicts_of_their_own() {
    let world = ignoring("/.env\n*.key\n");
    world.write("bots/a/package.json", "{}");
    world.write("bots/b/requirements.txt", "ccxt\n");
    world.write("bots/b/.gitignore", "!*.key\n.env\n");
    world.commit("bots");
    let json = world
        .keyfence(&["gitignore", "--format", "json"], b"")
        .json();
    let verdict = |project: &str, pattern: &str| {
        let all = json["patterns"].as_array().unwrap();
        let own = all
            .iter()
            .find(|own| own["project"] == project && own["pattern"] == pattern);
        own.map(|own| {
            let line = own["rule"]["line"].as_u64();
            let file = own["rule"]["file"].as_str().unwrap_or_default();
            (
                own["verdict"].as_str().unwrap().to_owned(),
                file.to_owned(),
                line,
            )
        })
    };
    let is = |verdict: &str, file: &str, line| Some((verdict.to_owned(), file.to_owned(), line));
    assert_eq!(verdict("", ".env"), is("covered", ".gitignore", Some(1)));
    assert_eq!(verdict("bots/a", ".env"), is("uncovered", "", None));
    assert_eq!(verdict("bots/b", ".env"), None, "it is as at the top");
    assert_eq!(
        verdict("bots/b", "*.key"),
        is("uncovered", "bots/b/.gitignore", Some(1))
    );
    assert_eq!(json["projects"], 2);
}

#[test]
fn what_leaked_before_is_named_with_its_commit() {
    let world = World::new();
    world.write("bot/.env", pair(5));
    world.write("empty/.env", "");
    world.commit("oops");
    let first = world.git(&["rev-parse", "HEAD"]);
    let first = String::from_utf8(first).unwrap().trim().to_owned();
    world.git(&["rm", "-q", "--cached", "bot/.env", "empty/.env"]);
    world.write(".gitignore", ".env\n");
    world.commit("away");
    let json = world
        .keyfence(&["gitignore", "--format", "json"], b"")
        .json();
    let leaked = json["leaked_before"].as_array().unwrap();
    assert_eq!(leaked.len(), 1, "{leaked:?}");
    assert_eq!(leaked[0]["path"], "bot/.env");
    assert_eq!(leaked[0]["first"]["commit"], *first);
    assert_eq!(leaked[0]["tracked"], false);
    assert!(leaked[0]["removed"]["commit"].is_string());
    assert!(
        leaked[0]["secrets"][0]
            .as_str()
            .unwrap()
            .contains("Binance")
    );
    let without = world.keyfence(&["gitignore", "--no-history", "--format", "json"], b"");
    assert_eq!(without.json()["leaked_before"].as_array().unwrap().len(), 0);
}

#[test]
fn a_covered_repository_is_clean() {
    let world = ignoring("x\n");
    assert_eq!(world.keyfence(&["gitignore", "--fix"], b"").code, 0);
    world.commit("fixed");
    let run = world.keyfence(&["gitignore"], b"");
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.text().contains("all covered"), "{}", run.text());
}

#[test]
fn the_configuration_says_what_is_protected() {
    let world = ignoring("*.vault\n");
    world.write(
        "keyfence.toml",
        "[gitignore]\nbuilt-in = false\nprotect = [\"*.vault\", \"conf/keys.yml\"]\nexcept = [\"tests/**\"]\n",
    );
    world.write("tests/conf/keys.yml", "a: b\n");
    let json = world
        .keyfence(&["gitignore", "--format", "json"], b"")
        .json();
    let all = json["patterns"].as_array().unwrap();
    let told: Vec<(&str, &str)> = all
        .iter()
        .map(|own| {
            (
                own["pattern"].as_str().unwrap(),
                own["verdict"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [("*.vault", "covered"), ("conf/keys.yml", "uncovered")]
    );
    assert_eq!(json["files"].as_array().unwrap().len(), 0);
    world.write("keyfence.toml", "[gitignore]\nprotect = [\"!x\"]\n");
    let run = world.keyfence(&["gitignore"], b"");
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("keyfence.toml:2: `!x` names no files"),
        "{}",
        run.stderr
    );
}

#[test]
fn certificates_and_blank_files_are_no_alarm() {
    let world = World::new();
    world.keyfence(&["gitignore", "--fix"], b"");
    world.write(
        "ca.pem",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    );
    world.git(&["add", "-f", "ca.pem", ".gitignore"]);
    let run = world.keyfence(&["gitignore"], b"");
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.text().contains("certificates alone"), "{}", run.text());
}

#[test]
fn permissions_are_told() {
    let world = ignoring(".env\n");
    world.write(".env", pair(9));
    let mode = |mode| {
        let path = world.top.join(".env");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        let json = world
            .keyfence(&["scan", ".", "--format", "json", "--no-ignore"], b"")
            .json();
        let all = json["hygiene"].as_array().unwrap().clone();
        all.iter()
            .any(|own| own["id"] == "hygiene-loose-permissions")
    };
    assert!(mode(0o644));
    assert!(!mode(0o600) && !mode(0o640));
}

#[test]
fn not_a_repository() {
    let world = World::new();
    let bare = world.home().join("bare.git");
    world.git(&["init", "-q", "--bare", bare.to_str().unwrap()]);
    for path in [
        world.home().to_str().unwrap(),
        bare.to_str().unwrap(),
        "none",
    ] {
        let run = world.keyfence(&["gitignore", path], b"");
        assert_eq!((run.code, run.text().as_str()), (2, ""), "{path}");
        assert!(run.stderr.contains("help: "), "{}", run.stderr);
    }
}
