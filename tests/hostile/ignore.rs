//! Files of the scanned tree that would like to hide others.

use crate::case::Case;
use crate::planted::Pair;

#[test]
fn hidden_files_are_read() {
    let case = Case::new();
    let names = [
        ".env",
        ".npmrc",
        ".github/workflows/ci.yml",
        ".git-credentials",
        "..data/x.env",
        ".hidden/.deeper/.env",
    ];
    for name in names {
        case.write(name, Pair::new(name).dotenv());
    }
    let run = case.scan();
    for name in names {
        run.found(&Pair::new(name), name, 2);
    }
    run.findings(names.len()).complete();
}

#[test]
fn other_tools_ignore_files_hide_nothing() {
    let pair = Pair::new("ignored");
    for name in [
        ".ignore",
        ".rgignore",
        ".dockerignore",
        ".npmignore",
        ".gitleaksignore",
        ".gitleaks.toml",
        ".betterleaksignore",
        ".secretsignore",
        ".kingfisherignore",
        ".trufflehogignore",
        ".keyfenceignore",
        ".keyfence",
        ".secrets.baseline",
        ".gitattributes",
    ] {
        for repository in [true, false] {
            let case = Case::of("a.env", pair.dotenv());
            case.write(name, "*\n**\na.env\n* binary\n* -diff\n");
            if repository {
                case.git(&[]);
            }
            case.scan().found(&pair, "a.env", 2).findings(1).complete();
        }
    }
}

#[test]
fn a_gitignore_hides_only_what_git_would_never_commit() {
    let pair = Pair::new("tracked");
    let other = Pair::new("other");
    let case = Case::new();
    case.write("tracked.env", pair.dotenv());
    case.write("dir/tracked.env", pair.dotenv());
    case.write("untracked.env", other.dotenv());
    case.write(".gitignore", "*\n");
    case.write("dir/.gitignore", "*\n");
    case.git(&["tracked.env", "dir/tracked.env"]);
    let run = case.scan();
    run.found(&pair, "tracked.env", 2)
        .found(&pair, "dir/tracked.env", 2)
        .findings(1)
        .complete();
    assert!(run.json()["summary"]["git_ignored"].as_u64().unwrap() > 0);
    let run = case.scan_with(&["--no-ignore"], |_| {});
    run.found(&other, "untracked.env", 2).findings(2).complete();
}

#[test]
fn without_a_repository_a_gitignore_hides_nothing() {
    let pair = Pair::new("plain");
    let case = Case::of("a.env", pair.dotenv());
    case.write(".gitignore", "*\n");
    case.scan().found(&pair, "a.env", 2).findings(1).complete();
}

#[test]
fn what_lies_above_or_stays_local_hides_nothing() {
    let pair = Pair::new("local");
    let case = Case::of("a.env", pair.dotenv());
    for name in [".gitignore", ".ignore", ".rgignore"] {
        std::fs::write(case.beside().join(name), "*\n").unwrap();
    }
    case.git(&[]);
    std::fs::write(case.root().join(".git/info/exclude"), "*\n").unwrap();
    let home = case.beside().join("home/git");
    std::fs::create_dir_all(&home).unwrap();
    std::fs::write(home.join("ignore"), "*\n").unwrap();
    let run = case.scan_with(&[], |command| {
        command
            .env("HOME", case.beside())
            .env("XDG_CONFIG_HOME", case.beside().join("home"));
    });
    run.found(&pair, "a.env", 2).findings(1).complete();
}

#[test]
fn a_gitignore_that_is_no_plain_file_is_none() {
    let pair = Pair::new("odd");
    let case = Case::of("a.env", pair.dotenv());
    std::fs::write(case.beside().join("patterns"), "*\n").unwrap();
    std::os::unix::fs::symlink("../patterns", case.root().join(".gitignore")).unwrap();
    case.git(&[]);
    case.scan().found(&pair, "a.env", 2).complete();
    let case = Case::of("a.env", pair.dotenv());
    case.write(".gitignore/x", "*\n");
    case.git(&[]);
    case.scan().found(&pair, "a.env", 2).complete();
}

#[test]
fn patterns_without_end_are_matched_in_time() {
    let pair = Pair::new("patterns");
    let case = Case::of(&("a".repeat(200) + ".env"), pair.dotenv());
    let mut patterns = "*a".repeat(100) + "b\n";
    patterns.push_str(&("**/".repeat(60) + "*a*a*a*a*a*ab\n"));
    patterns.push_str(&"[b-z]*".repeat(60));
    patterns.push('\n');
    for n in 0..10_000 {
        patterns.push_str(&format!("*{n}*.tmp\n"));
    }
    case.write(".gitignore", patterns);
    case.git(&[]);
    let run = case.scan();
    run.found(&pair, &("a".repeat(200) + ".env"), 2).complete();
}

#[test]
fn a_configuration_that_narrows_is_told() {
    let pair = Pair::new("config");
    let case = Case::of("a.env", pair.dotenv());
    case.write("keyfence.toml", "[scan]\nnonsense = 1\n");
    let run = case.scan();
    assert_eq!(run.code(), 2, "{run}");
    assert!(run.output.stdout.is_empty(), "{run}");
    case.scan_with(&["--isolated"], |_| {})
        .found(&pair, "a.env", 2)
        .complete();
}

#[test]
fn a_configuration_that_is_no_text_stops_the_run_aloud() {
    let pair = Pair::new("broken");
    for content in [&b"\xff\xfe\0"[..], b"[[[[[[[[", b"a = \"\x1b[31m\"\n"] {
        let case = Case::of("a.env", pair.dotenv());
        case.write("keyfence.toml", content);
        let run = case.scan();
        assert_eq!(run.code(), 2, "{run}");
        assert!(!run.output.stderr.contains(&0x1b), "{run}");
    }
}
