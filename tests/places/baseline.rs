//! `keyfence baseline`, and what other scanners left behind: nothing old is reported, and a new leak is.

use sha2::{Digest, Sha256};

use crate::ground::Ground;
use crate::planted::Pair;

/// A repository with a committed leak in `old.env`, on lines 2 and 3.
fn leaky() -> (Ground, Pair) {
    let ground = Ground::begun();
    let pair = ground.pair("old");
    ground.write("old.env", format!("# settings\n{}", pair.dotenv()));
    ground.commit("old");
    (ground, pair)
}

#[track_caller]
fn nothing_old_and_the_new(ground: &Ground, args: &[&str]) {
    let scan = |more: &[&str]| ground.keyfence(&[&["scan"], more, args].concat());
    scan(&[]).exit(0).says("(1 baseline)");
    let new = ground.plant("new", "new.env");
    scan(&[])
        .exit(1)
        .says(&new.fingerprint())
        .says("1 finding (")
        .says("1 baseline");
    // On the very line, too, where a place alone would hide it.
    std::fs::remove_file(ground.path("new.env")).unwrap();
    let other = ground.pair("other");
    ground.write("old.env", format!("# settings\n{}", other.dotenv()));
    ground.git(&["add", "old.env"]);
    scan(&["--staged"]).exit(1).says(&other.fingerprint());
    let before = ground.git(&["rev-parse", "HEAD"]);
    ground.git(&["commit", "-q", "-m", "new on the old line"]);
    scan(&["--range", &format!("{before}..HEAD")])
        .exit(1)
        .says(&other.fingerprint());
    ground.git(&["reset", "-q", "--hard", &before]);
}

#[test]
fn what_was_written_down_is_not_reported_again() {
    let (ground, pair) = leaky();
    ground.keyfence(&["scan"]).exit(1);
    let said = ground.keyfence(&["baseline"]).exit(0);
    said.says("keyfence.baseline: 1 finding added, 1 line in all")
        .says("baseline = [\"keyfence.baseline\"]")
        .says("next: git add keyfence.baseline, and commit it")
        .says("keyfence.baseline merge=union");
    let text = ground.read("keyfence.baseline");
    let line = format!("{} binance old.env\n", pair.fingerprint());
    assert!(
        text.starts_with("# keyfence baseline 1") && text.ends_with(&line),
        "{text}"
    );
    nothing_old_and_the_new(&ground, &["--baseline", "keyfence.baseline"]);
    ground.write("keyfence.toml", "baseline = [\"keyfence.baseline\"]\n");
    ground.write(".gitattributes", "keyfence.baseline merge=union\n");
    ground.commit("baseline");
    nothing_old_and_the_new(&ground, &[]);
    // It moves, and is still known.
    ground.git(&["mv", "old.env", "moved.env"]);
    ground.keyfence(&["scan"]).exit(0);
    let again = ground
        .keyfence(&["baseline"])
        .exit(0)
        .says("0 findings added, 1 line in all");
    again.says_nothing_of("next:");
    assert_eq!(
        ground.read("keyfence.baseline"),
        text,
        "it is only written anew when something is"
    );
}

#[test]
fn a_baseline_is_no_finding_itself() {
    let ground = Ground::begun();
    for n in 0..40 {
        ground.plant(&n.to_string(), format!("bybit-secret-key/{n}.env"));
    }
    ground
        .keyfence(&["baseline"])
        .exit(0)
        .says("40 findings added");
    ground
        .keyfence(&["scan", "--baseline", "keyfence.baseline"])
        .exit(0)
        .says("(40 baseline)");
    ground.write("keyfence.toml", "baseline = [\"keyfence.baseline\"]\n");
    ground.commit("all");
    ground
        .keyfence(&["scan", "--history"])
        .exit(0)
        .says("(40 baseline)");
}

#[test]
fn two_branches_that_add_to_it_merge() {
    let ground = Ground::begun();
    ground.write(".gitattributes", "keyfence.baseline merge=union\n");
    ground.plant("first", "first.env");
    ground.keyfence(&["baseline"]).exit(0);
    ground.commit("first");
    for branch in ["left", "right"] {
        ground.git(&["switch", "-q", "-c", branch, "main"]);
        for n in 0..8 {
            let name = format!("{branch}{n}");
            ground.plant(&name, format!("{name}.env"));
        }
        ground
            .keyfence(&["baseline"])
            .exit(0)
            .says("8 findings added, 9 lines in all");
        ground.commit(branch);
    }
    ground.git(&[
        "-c",
        "core.hooksPath=/dev/null",
        "merge",
        "-q",
        "-m",
        "both",
        "left",
    ]);
    ground
        .keyfence(&["scan", "--baseline", "keyfence.baseline"])
        .exit(0)
        .says("(17 baseline)");
}

#[test]
fn what_is_gone_is_taken_out() {
    let (ground, _) = leaky();
    ground.plant("kept", "kept.env");
    ground
        .keyfence(&["baseline"])
        .exit(0)
        .says("2 findings added");
    ground
        .keyfence(&["baseline", "prune"])
        .exit(0)
        .says("0 findings taken out, 2 lines left");
    std::fs::remove_file(ground.path("old.env")).unwrap();
    ground
        .keyfence(&["baseline", "prune"])
        .exit(0)
        .says("1 finding taken out, 1 line left")
        .says_nothing_of("note:");
    assert!(ground.read("keyfence.baseline").contains("kept.env"));
}

#[test]
fn what_the_history_was_asked_for_is_taken_out_by_the_history_alone() {
    let (ground, old) = leaky();
    let history = || ground.keyfence(&["scan", "--history", "--baseline", "keyfence.baseline"]);
    // Written down from the files first, and from the history afterwards.
    ground.keyfence(&["baseline"]).exit(0);
    ground.git(&["rm", "-q", "old.env"]);
    ground.git(&["commit", "-q", "-m", "gone from the files"]);
    ground
        .keyfence(&["baseline", "--history"])
        .exit(0)
        .says("0 findings added, 1 line in all");
    let line = format!("{} binance old.env (history)\n", old.fingerprint());
    assert!(ground.read("keyfence.baseline").ends_with(&line));
    ground.keyfence(&["baseline"]).exit(0);
    ground
        .keyfence(&["baseline", "prune"])
        .exit(0)
        .says("0 findings taken out, 1 line left")
        .says("note: 1 line of the history stays: ");
    assert!(ground.read("keyfence.baseline").ends_with(&line));
    history().exit(0).says("(1 baseline)");
    // What only the files hold, as before it is committed, is no loss of the history's.
    let young = ground.plant("young", "young.env");
    ground.keyfence(&["baseline"]).exit(0);
    ground
        .keyfence(&["baseline", "prune", "--history"])
        .exit(0)
        .says("0 findings taken out, 2 lines left");
    // Gone from both.
    ground.git(&["reset", "-q", "--hard", "HEAD~2"]);
    ground.git(&["update-ref", "-d", "ORIG_HEAD"]);
    ground.git(&["reflog", "expire", "--expire=now", "--all"]);
    ground.git(&["prune", "--expire=now"]);
    ground
        .keyfence(&["baseline", "prune", "--history"])
        .exit(0)
        .says("1 finding taken out, 1 line left")
        .says_nothing_of("note:");
    let text = ground.read("keyfence.baseline");
    assert!(
        text.contains(&young.fingerprint()) && !text.contains(&old.fingerprint()),
        "{text}"
    );
}

#[test]
fn a_baseline_of_the_whole_is_judged_by_the_whole_from_wherever() {
    let (ground, _) = leaky();
    ground.plant("below", "sub/below.env");
    ground
        .keyfence(&["baseline"])
        .exit(0)
        .says("2 lines in all");
    let text = ground.read("keyfence.baseline");
    ground
        .keyfence_in(&ground.path("sub"), &["baseline", "prune"], b"")
        .exit(0)
        .says("0 findings taken out, 2 lines left");
    ground
        .keyfence(&["baseline", "prune", "sub"])
        .exit(0)
        .says("0 findings taken out, 2 lines left");
    assert_eq!(ground.read("keyfence.baseline"), text);
    // One of a part of it is judged by that part.
    let of_sub = ["--output", "sub/known"];
    ground
        .keyfence(&[&["baseline", "sub"], &of_sub[..]].concat())
        .exit(0)
        .says("1 line in all");
    std::fs::remove_file(ground.path("sub/below.env")).unwrap();
    ground
        .keyfence(&[&["baseline", "prune", "sub"], &of_sub[..]].concat())
        .exit(0)
        .says("1 finding taken out, 0 lines left");
}

#[test]
fn what_could_not_be_read_takes_nothing_out() {
    let (ground, _) = leaky();
    ground.keyfence(&["baseline", "--history"]).exit(0);
    let text = ground.read("keyfence.baseline");
    let blob = ground.git(&["rev-parse", ":old.env"]);
    std::fs::remove_file(ground.path(format!(".git/objects/{}/{}", &blob[..2], &blob[2..])))
        .unwrap();
    ground
        .keyfence(&["baseline", "prune", "--history"])
        .exit(3)
        .says("stays as it is");
    assert_eq!(ground.read("keyfence.baseline"), text);
}

#[test]
fn a_password_is_known_by_its_place_and_hides_no_new_one() {
    let ground = Ground::begun();
    let mut random = crate::random::Random::new("password");
    let password = random.text(crate::random::ALNUM, 20);
    ground.write("my-rules/desk.toml", PASSWORD_RULE);
    ground.write("keyfence.toml", "rules = [\"my-rules/*.toml\"]\n");
    ground.write("a.env", format!("DESK_PASSWORD={password}\n"));
    ground
        .keyfence(&["scan", "a.env"])
        .exit(1)
        .says("Desk password");
    ground
        .keyfence(&["baseline"])
        .exit(0)
        .says("1 finding known by place");
    let with = ["--baseline", "keyfence.baseline"];
    ground
        .keyfence(&[&["scan"], &with[..]].concat())
        .exit(0)
        .says("(1 baseline)");
    // Staged for the first time it is new, whatever the baseline says of the place.
    ground.git(&["add", "-A"]);
    ground
        .keyfence(&[&["scan", "--staged"], &with[..]].concat())
        .exit(1)
        .says("Desk password");
}

/// A rule for a value that people choose.
const PASSWORD_RULE: &str = r#"
provider = "Desk"
id = "desk"
about = "The password of a made-up trading desk."

[context]
words = ["desk"]

[[part]]
name = "password"
role = "password"
shape = { alphabet = "alnum", length = 20 }
need = "context"

[severity]
pair = "high"

[remedy]
steps = ["Change it."]

[[example]]
text = "DESK_PASSWORD=«password»"
finds = [{ part = "password", line = 1 }]

[[example]]
text = "DESK_PASSWORD=${DESK_PASSWORD}"
finds = []
why = "a variable"
"#;

#[test]
fn a_gitleaksignore_with_and_without_commits() {
    let (ground, _) = leaky();
    let commit = ground.git(&["rev-parse", "HEAD"]);
    let history = || ground.keyfence(&["scan", "--history", "--baseline", ".gitleaksignore"]);
    for line in [
        format!("{commit}:old.env:generic-api-key:2"),
        format!("{}:old.env:generic-api-key:3", &commit[..7]),
    ] {
        ground.write(".gitleaksignore", format!("# old\n\n{line}\n"));
        nothing_old_and_the_new(&ground, &["--baseline", ".gitleaksignore"]);
        // What stood on the same line in another commit is not known.
        history().exit(1).says("(1 baseline)");
    }
    ground.write(".gitleaksignore", "old.env:generic-api-key:2\n");
    nothing_old_and_the_new(&ground, &["--baseline", ".gitleaksignore"]);
    history().says("baseline)");
    let other = ground.git(&["rev-parse", "HEAD^"]);
    ground.write(
        ".gitleaksignore",
        format!("{other}:old.env:generic-api-key:2\n"),
    );
    history().exit(1).says_nothing_of("baseline)");
}

#[test]
fn a_betterleaksignore() {
    let (ground, pair) = leaky();
    // It may have found either half.
    for half in [&pair.secret, &pair.key] {
        let hash = Sha256::digest(half.as_bytes());
        let digits: String = hash.iter().map(|b| format!("{b:02x}")).collect();
        ground.write(".betterleaksignore", format!("# old\n\n{digits}\n"));
        nothing_old_and_the_new(&ground, &["--baseline", ".betterleaksignore"]);
    }
}

#[test]
fn a_baseline_of_detect_secrets() {
    let (ground, pair) = leaky();
    let mut sha1 = gix::hash::hasher(gix::hash::Kind::Sha1);
    sha1.update(pair.secret.as_bytes());
    let hash = sha1.try_finalize().unwrap();
    ground.write(
        ".secrets.baseline",
        format!(
            r#"{{"version": "1.5.0", "plugins_used": [], "filters_used": [], "results": {{"old.env": [{{
                "type": "Secret Keyword", "filename": "old.env", "hashed_secret": "{hash}", "is_verified": false,
                "line_number": 3 }}]}}, "generated_at": "2026-11-22T06:00:00Z"}}"#
        ),
    );
    nothing_old_and_the_new(&ground, &["--baseline", ".secrets.baseline"]);
}

#[test]
fn a_secretsignore_of_ripsecrets() {
    let (ground, pair) = leaky();
    ground.write(
        ".secretsignore",
        format!("vendor/*\n\n[secrets]\n{}\n", pair.secret),
    );
    // The file holds the value itself, and is known as well.
    let scan = |args: &[&str]| {
        ground.keyfence(&[&["scan", "--baseline", ".secretsignore"], args].concat())
    };
    scan(&[]).exit(0).says("baseline");
    let new = ground.plant("new", "new.env");
    scan(&[]).exit(1).says(&new.fingerprint());
    ground.write(".secretsignore", "old.env\n");
    scan(&[]).exit(1).says("1 baseline").says("1 finding (");
    ground.write(".secretsignore", "*.env\n!new.env\n");
    scan(&[]).exit(1).says("1 baseline").says("new.env");
}

#[test]
fn reports_of_gitleaks_as_json_and_sarif() {
    let (ground, pair) = leaky();
    let json = |secret: &str| {
        format!(
            r#"[{{"Description": "x", "StartLine": 3, "EndLine": 3, "StartColumn": 1, "EndColumn": 9, "Match": "REDACTED",
                "Secret": "{secret}", "File": "old.env", "Commit": "", "RuleID": "generic-api-key", "Fingerprint": "x"}}]"#
        )
    };
    for secret in ["REDACTED", &pair.secret] {
        std::fs::write(ground.at("leaks.json"), json(secret)).unwrap();
        // Its paths count from where it stands.
        std::fs::rename(ground.at("leaks.json"), ground.path("leaks.json")).unwrap();
        if secret == "REDACTED" {
            nothing_old_and_the_new(&ground, &["--baseline", "leaks.json"]);
        } else {
            ground
                .keyfence(&["scan", "--baseline", "leaks.json", "old.env"])
                .exit(0)
                .says("(1 baseline)");
        }
        std::fs::remove_file(ground.path("leaks.json")).unwrap();
    }
    let sarif = r#"{"version": "2.1.0", "runs": [{"results": [{"ruleId": "generic-api-key", "locations": [{"physicalLocation": {
        "artifactLocation": {"uri": "old.env"}, "region": {"startLine": 2, "snippet": {"text": "REDACTED"}}}}]}]}]}"#;
    ground.write("leaks.sarif", sarif);
    nothing_old_and_the_new(&ground, &["--baseline", "leaks.sarif"]);
}

#[test]
fn our_own_reports_are_no_findings() {
    let ground = Ground::begun();
    let reports = ground.path("reports");
    std::fs::create_dir(&reports).unwrap();
    for n in 0..5 {
        ground.plant(&n.to_string(), format!("{n}.env"));
        let generic = ground.pair(&format!("generic {n}"));
        ground.write(
            format!("{n}.py"),
            format!("API_SECRET = \"{}\"\n", generic.secret),
        );
    }
    let formats = [
        "human",
        "json",
        "jsonl",
        "sarif",
        "github",
        "markdown",
        "gitlab",
        "codeclimate",
        "junit",
        "csv",
    ];
    let mut args = vec!["scan".to_owned()];
    for format in formats {
        let file = reports.join(format!("r.{format}"));
        args.extend([
            "--format".to_owned(),
            format!("{format}={}", file.display()),
        ]);
    }
    ground.keyfence(&args).exit(1);
    ground
        .keyfence(&["scan", "--no-hygiene", "reports"])
        .exit(0)
        .says("scanned 10 files")
        .says(": 0 findings");
}

#[test]
fn our_own_reports_are_baselines() {
    let (ground, _) = leaky();
    let json = ground.at("all.json").display().to_string();
    let sarif = ground.at("all.sarif").display().to_string();
    ground
        .keyfence(&[
            "scan",
            "-f",
            &format!("json={json}"),
            "-f",
            &format!("sarif={sarif}"),
        ])
        .exit(1);
    for file in [json, sarif] {
        nothing_old_and_the_new(&ground, &["--baseline", &file]);
    }
}

#[test]
fn what_another_scanner_knows_becomes_ours() {
    let (ground, pair) = leaky();
    ground.write(".gitleaksignore", "old.env:generic-api-key:2\n");
    let new = ground.plant("new", "new.env");
    let said = ground
        .keyfence(&["baseline", "--from", ".gitleaksignore"])
        .exit(0);
    said.says("1 finding added")
        .says("1 finding is not known to what --from names");
    let text = ground.read("keyfence.baseline");
    assert!(
        text.contains(&pair.fingerprint()) && !text.contains(&new.fingerprint()),
        "{text}"
    );
}

#[test]
fn the_hook_reads_baseline_and_configuration_from_the_index() {
    let (ground, old) = leaky();
    ground.keyfence(&["baseline"]).exit(0);
    ground.write("keyfence.toml", "baseline = [\"keyfence.baseline\"]\n");
    ground.git(&["add", "keyfence.toml"]);
    // What was written down and is not staged yet is no reason to stop a commit.
    let note = "note: keyfence.baseline is not staged, and so hides nothing here: git add keyfence.baseline";
    for words in [&["scan", "--staged"][..], &["hook"]] {
        ground.keyfence(words).exit(0).says(note);
    }
    ground.commit("baseline");
    ground.write("copy.env", old.dotenv());
    let new = ground.plant("new", "new.env");
    ground.git(&["add", "copy.env", "new.env"]);
    ground
        .keyfence(&["scan", "--staged"])
        .exit(1)
        .says("1 baseline")
        .says("1 finding (");
    // What is not staged silences nothing.
    let mut text = ground.read("keyfence.baseline");
    text.push_str(&format!("{} x\n", new.fingerprint()));
    ground.write("keyfence.baseline", text);
    ground.keyfence(&["scan", "--staged"]).exit(1);
}

#[test]
fn what_is_no_baseline_is_refused() {
    let (ground, _) = leaky();
    ground.write("x.json", "{\"a\": 1}");
    ground
        .keyfence(&["scan", "--baseline", "x.json"])
        .exit(2)
        .says("no report that keyfence knows");
    ground
        .keyfence(&["scan", "--baseline", "gone"])
        .exit(2)
        .says("cannot read");
    ground.write("keyfence.toml", "baseline = [\"../x\"]\n");
    ground
        .keyfence(&["scan"])
        .exit(2)
        .says("below its own directory only");
    ground.write("keyfence.baseline", "hello\n");
    ground
        .keyfence(&["baseline", "--isolated"])
        .exit(2)
        .says("keyfence.baseline:1: ");
}
