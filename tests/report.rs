//! What every reporter must hold: nothing secret, nothing that fools a terminal, the documented
//! form.
#![allow(clippy::unwrap_used)]

mod forge;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use forge::{
    commit, context, finding, gap, gone, history, id, of_history, report, reports, sighting,
    suppressed, value, written,
};
use keyfence::exit::Exit;
use keyfence::finding::{CommitInfo, Exposure, OriginKind, Report, Severity, Sighting};
use keyfence::report::{Format, escape, human};
use keyfence::settings::{Commits, Source};
use keyfence::suppress::Reason;
use proptest::prelude::*;

/// Everything keyfence would say about the report, in all formats.
fn everything(report: &Report) -> String {
    let context = of_history(report);
    let mut all: String = reports()
        .map(|format| written(format, report, &context))
        .collect();
    all.push_str(&human::gaps(report, &context, 100, false));
    all
}

/// A report whose every text from the scanned tree holds the values, plain or encoded.
fn leaky(secret: &str, key: &str, form: fn(&str) -> String) -> Report {
    let (secret_form, key_form) = (form(secret), form(key));
    let path = format!("backup/{secret_form}/{key_form}.env");
    let mut found = finding(path.as_bytes(), secret.as_bytes(), key.as_bytes());
    found.why = vec![format!("named by `{secret_form}` in `{path}`")];
    found.identities = vec![("address", key_form.clone())];
    for excerpt in &mut found.places[0].excerpts {
        excerpt
            .text
            .push_str(&format!(" # {secret_form} {key_form}"));
    }
    found.places[0].origin.members = vec![secret_form.as_bytes().into()];
    found.exposure = Some(Box::new(exposed(
        &path,
        &format!("{key_form} <{secret_form}>"),
    )));
    let mut report = report(vec![found]);
    report.gaps = vec![gap(path.as_bytes(), &format!("cannot open {secret_form}"))];
    report.suppressed = vec![suppressed(
        path.as_bytes(),
        Reason::Inline,
        &format!("old: {key_form} {secret_form}"),
    )];
    report
}

/// An exposure whose every text from the repository holds this one.
fn exposed(path: &str, text: &str) -> Exposure {
    let seen = |seed| Sighting {
        commit: CommitInfo {
            summary: text.to_owned(),
            ..commit(seed, text)
        },
        ..sighting(seed, path.as_bytes(), 4)
    };
    Exposure {
        first: Some(seen(1)),
        last: Some(seen(2)),
        removed: Some(seen(3).commit),
        in_head: vec![(path.as_bytes().into(), 4)],
        refs: vec![text.to_owned()],
        ref_count: 1,
        reachable: true,
        versions: 2,
        ..Exposure::default()
    }
}

fn forms() -> [fn(&str) -> String; 6] {
    [
        str::to_owned,
        |v| STANDARD_NO_PAD.encode(v),
        |v| URL_SAFE_NO_PAD.encode(v),
        |v| v.bytes().map(|b| format!("{b:02x}")).collect(),
        |v| {
            v.bytes()
                .map(|b| {
                    if b.is_ascii_alphanumeric() {
                        (b as char).to_string()
                    } else {
                        format!("%{b:02X}")
                    }
                })
                .collect()
        },
        |v| {
            serde_json::to_string(v)
                .unwrap()
                .trim_matches('"')
                .to_owned()
        },
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn no_value_leaves_in_any_form(secret in "[!-~]{16,72}", key in "[A-Za-z0-9+/=_-]{16,40}", which in 0usize..6) {
        prop_assume!(!secret.contains("**") && !key.contains("**"));
        let said = everything(&leaky(&secret, &key, forms()[which]));
        for form in forms() {
            for value in [&secret, &key] {
                let form = form(value);
                prop_assert!(!said.contains(&form), "{form} in {said}");
            }
        }
    }

    #[test]
    fn no_name_fools_a_terminal(name in any::<Vec<u8>>(), text in any::<String>()) {
        let mut found = finding(&name, b"0123456789abcdef0123", b"abcdefgh01234567");
        found.why = vec![text.clone()];
        found.places[0].excerpts[0].text = text.clone();
        found.exposure = Some(Box::new(exposed(&text, &text)));
        let mut report = report(vec![found]);
        report.gaps = vec![gap(&name, &text)];
        report.suppressed = vec![suppressed(&name, Reason::Inline, &text)];
        let said = everything(&report);
        let unsafe_char = said.chars().find(|c| *c != '\n' && escape::is_unsafe(*c));
        prop_assert_eq!(unsafe_char, None);
    }
}

/// File names that have fooled terminals and runners.
const HOSTILE: [&str; 6] = [
    "a\n::error file=x::pwned",
    "\x1b]0;title\x07\x1b[2J",
    "##vso[task.setvariable]x",
    "##[error]x",
    "a\u{202e}gpj.exe",
    "\u{9b}31mred",
];

#[test]
fn nothing_from_the_tree_starts_a_line_or_is_obeyed() {
    for name in HOSTILE {
        let mut found = finding(
            name.as_bytes(),
            value(1, 36).as_bytes(),
            value(2, 18).as_bytes(),
        );
        found.why = vec![name.to_owned()];
        found.places[0].excerpts[0].text = name.to_owned();
        found.exposure = Some(Box::new(exposed(name, name)));
        let mut in_message = gone(b"", value(3, 36).as_bytes(), value(4, 18).as_bytes());
        in_message.places.truncate(1);
        in_message.places[0].origin.kind = OriginKind::Commit(id(1));
        in_message.exposure.as_mut().unwrap().first = Some(Sighting {
            commit: commit(1, name),
            ..sighting(1, b"", 4)
        });
        let mut report = report(vec![found, in_message]);
        report.gaps = vec![gap(name.as_bytes(), name)];
        let said = everything(&report);
        assert!(!said.contains("##[") && !said.contains("##vso["), "{said}");
        let lines = reports()
            .filter(|format| *format != Format::Github)
            .map(|format| written(format, &report, &of_history(&report)))
            .collect::<String>();
        assert!(
            !lines
                .lines()
                .any(|line| line.trim_start().starts_with("::")),
            "{lines}"
        );
        // What is written to be obeyed is ours alone.
        let ours = written(Format::Github, &report, &of_history(&report));
        let obeyed = ours.lines().filter(|line| line.starts_with("::"));
        assert_eq!(obeyed.count(), 3, "two findings and a gap: {ours}");
        assert!(!said.contains('\x1b') && !said.contains('\x07'), "{said}");
    }
}

#[test]
fn a_finding_reads_like_a_compiler_message() {
    let (secret, key) = (value(1, 36), value(2, 18));
    let mut report = report(vec![finding(
        b"bot/.env",
        secret.as_bytes(),
        key.as_bytes(),
    )]);
    report.suppressed = vec![suppressed(
        b"docs/a.md",
        Reason::Placeholder,
        "your_key_here",
    )];
    report.below_confidence = 2;
    let said = written(Format::Human, &report, &context(&report));
    let said = said.replace(&report.findings[0].fingerprint.to_string(), "<fingerprint>");
    insta::assert_snapshot!(said, @r#"
    critical[bybit]: Bybit secret and key
     --> bot/.env:4:18
      |
    3 | BYBIT_API_KEY=S3o****
      |               ^^^^^^^ key
    4 | BYBIT_API_SECRET=EKJV****vD
      |                  ^^^^^^^^^^ secret
      |
      = why: named by `BYBIT_API_KEY` on line 3
      = confidence: certain (nothing else has this shape)
      = do now: 1. Delete the key.
                2. Look for orders that are not yours.
      = revoke: https://example.com/revoke
      = more: https://github.com/keyfence/keyfence/blob/main/docs/rules/bybit.md
      = fingerprint: <fingerprint>

    suppressed[placeholder]: Bybit secret at docs/a.md:1:1 (your_key_here)

    scanned 12 files (45.7 kB, 3 archive members), left out 2 that git ignores: 1 finding (1 critical); 2 below --min-confidence likely not listed; 1 suppressed (1 placeholder)
    "#);
}

#[test]
fn gaps_are_told_one_by_one_up_to_a_number() {
    let mut report = report(Vec::new());
    report.gaps = (0..5)
        .map(|i| gap(format!("dir/{i}").as_bytes(), "permission denied"))
        .collect();
    let said = human::gaps(&report, &context(&report), 3, false);
    assert_eq!(said.lines().count(), 4);
    assert!(
        said.starts_with(
            "not read: dir/0: permission denied; give yourself the right to read it\n"
        ),
        "{said}"
    );
    assert!(
        said.ends_with("2 more places were not read; --verbose lists all\n"),
        "{said}"
    );
}

#[test]
fn secrets_are_shown_on_request_alone() {
    let secret = value(3, 36);
    let report = report(vec![finding(
        b"a.env",
        secret.as_bytes(),
        value(4, 18).as_bytes(),
    )]);
    let mut context = context(&report);
    for format in reports() {
        assert!(!written(format, &report, &context).contains(&secret));
    }
    context.show_secrets = true;
    for format in [Format::Human, Format::Json, Format::Jsonl, Format::Sarif] {
        assert!(
            written(format, &report, &context).contains(&secret),
            "{}",
            format.as_str()
        );
    }
    let json: serde_json::Value =
        serde_json::from_str(&written(Format::Json, &report, &context)).unwrap();
    assert_eq!(json["findings"][0]["secret"], secret.as_str());
    let sarif: serde_json::Value =
        serde_json::from_str(&written(Format::Sarif, &report, &context)).unwrap();
    assert_eq!(
        sarif["runs"][0]["results"][0]["properties"]["secret"],
        secret.as_str()
    );
}

/// What the report's schema has against it.
fn schema_errors(json: &serde_json::Value) -> Vec<String> {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../report.schema.json")).unwrap();
    let schema = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    schema
        .iter_errors(json)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect()
}

#[test]
fn json_has_the_documented_form() {
    let mut full = leaky(&value(5, 36), &value(6, 18), str::to_owned);
    full.findings.push(finding(
        b"bin\xff.env",
        b"\xff\xfe0123456789",
        b"abcdefgh01234567",
    ));
    let mut in_git = gone(b"bin\xff.env", &[b'x'; 20], b"abcdefgh01234567");
    in_git.places[1].origin.kind = OriginKind::Commit(id(1));
    in_git.places[2].origin.kind = OriginKind::Staged(id(2));
    let never = in_git.exposure.as_mut().unwrap();
    never.last.as_mut().unwrap().commit.time = i64::MAX;
    let mut unreachable = finding(b"", &[b'y'; 20], b"abcdefgh01234567");
    unreachable.exposure = Some(Box::default());
    let mut of_git = history(vec![in_git, unreachable]);
    of_git.gaps = vec![gap(b"", "its header cannot be read")];
    of_git.gaps[0].origin.kind = OriginKind::Object(id(5));
    for report in [Report::default(), full, of_git] {
        for (show_secrets, show_suppressed) in [(false, false), (true, true)] {
            let context = keyfence::report::ReportContext {
                show_secrets,
                show_suppressed,
                ..context(&report)
            };
            let json = serde_json::from_str(&written(Format::Json, &report, &context)).unwrap();
            let errors = schema_errors(&json);
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }
}

#[test]
fn json_lines_end_with_the_summary() {
    let mut report = leaky(&value(7, 36), &value(8, 18), str::to_owned);
    report.findings.push(finding(
        b"b.env",
        value(9, 36).as_bytes(),
        value(10, 18).as_bytes(),
    ));
    let said = written(Format::Jsonl, &report, &context(&report));
    let lines: Vec<serde_json::Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let types: Vec<&str> = lines
        .iter()
        .map(|line| line["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        ["finding", "finding", "suppressed", "gap", "summary"]
    );
    assert_eq!(lines[4]["findings"], 2);
    assert_eq!(lines[4]["complete"], false);
    assert_eq!(lines[4]["schema_version"], 1);
}

#[test]
fn exit_codes() {
    let found = || report(vec![finding(b"a", b"0123456789abcdef", b"x")]);
    let with_gap = |mut report: Report| {
        report.gaps = vec![gap(b"b", "permission denied")];
        report
    };
    let medium = Some(Severity::Medium);
    assert_eq!(Exit::of(&Report::default(), medium, false), Exit::Clean);
    assert_eq!(Exit::of(&found(), medium, false), Exit::Findings);
    assert_eq!(Exit::of(&found(), None, false), Exit::Clean);
    assert_eq!(Exit::of(&with_gap(found()), medium, false), Exit::Findings);
    assert_eq!(
        Exit::of(&with_gap(Report::default()), medium, false),
        Exit::Incomplete
    );
    assert_eq!(Exit::of(&with_gap(found()), None, false), Exit::Incomplete);
    assert_eq!(
        Exit::of(&with_gap(Report::default()), medium, true),
        Exit::Clean
    );
    let mut low = found();
    low.findings[0].severity = Severity::Low;
    assert_eq!(Exit::of(&low, medium, false), Exit::Clean);
    assert_eq!(Exit::of(&low, Some(Severity::Low), false), Exit::Findings);
}

#[test]
fn a_finding_in_history_tells_its_exposure() {
    let (secret, key) = (value(1, 36), value(2, 18));
    let mut report = history(vec![gone(b"bot/.env", secret.as_bytes(), key.as_bytes())]);
    report.older = 2;
    let said = written(Format::Human, &report, &of_history(&report));
    let said = said.replace(&report.findings[0].fingerprint.to_string(), "<fingerprint>");
    insta::assert_snapshot!(said, @r#"
    critical[bybit]: Bybit secret and key
     --> bot/.env:4:18 in commit 0101010101 of 2021-03-05 by Ann <ann@example.com>
      |
    3 | BYBIT_API_KEY=S3o****
      |               ^^^^^^^ key
    4 | BYBIT_API_SECRET=EKJV****vD
      |                  ^^^^^^^^^^ secret
      |
      = exposed: 8 days, since 2021-03-05 in commit 0101010101 (removed in commit 0909090909 of 2021-03-13 by Bob <bob@example.com>)
      = refs: main, origin/main, v1.2 and 14 more
      = versions: 3
      = why: named by `BYBIT_API_KEY` on line 3
      = confidence: certain (nothing else has this shape)
      = do now: 1. Delete the key.
                2. Look for orders that are not yours.
      = revoke: https://example.com/revoke
      = more: https://github.com/keyfence/keyfence/blob/main/docs/rules/bybit.md
      = fingerprint: <fingerprint>
      = note: only in history, but still valid until rotated

    scanned 46,427 blobs and 26,749 messages of 26,749 commits (1.8 GB): 1 finding (1 critical); 2 older findings in the touched files not listed
    "#);
}

#[test]
fn where_a_finding_stands_is_told_by_its_kind() {
    let (secret, key) = (value(1, 36), value(2, 18));
    let head = |kind: OriginKind, path: &[u8], exposure: Option<Exposure>| {
        let mut found = finding(path, secret.as_bytes(), key.as_bytes());
        found.places[0].origin.kind = kind;
        found.exposure = exposure.map(Box::new);
        let report = history(vec![found]);
        let said = written(Format::Human, &report, &of_history(&report));
        let facts = ["-->", "= exposed", "= refs", "= note"];
        said.lines()
            .map(str::trim_start)
            .filter(|line| facts.iter().any(|fact| line.starts_with(fact)))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let message = Exposure {
        first: Some(sighting(1, b"", 4)),
        last: Some(sighting(1, b"", 4)),
        refs: (0..20).map(|n| format!("tag-{n}")).collect(),
        ref_count: 1_000,
        reachable: true,
        days: Some(0),
        versions: 1,
        ..Exposure::default()
    };
    let in_head = Exposure {
        in_head: vec![(b"a.env".as_slice().into(), 4)],
        first: Some(sighting(1, b"old/a.env", 7)),
        last: Some(sighting(2, b"a.env", 4)),
        days: Some(1),
        ..message.clone()
    };
    let in_reflog = Exposure {
        in_reflog: true,
        ..Exposure::default()
    };
    let blob = OriginKind::Blob(id(0xab));
    let all = [
        head(OriginKind::Staged(id(0xab)), b"a.env", None),
        head(blob.clone(), b"a.env", None),
        head(blob.clone(), b"a.env", Some(in_head)),
        head(blob.clone(), b"", Some(Exposure::default())),
        head(blob, b"a.env", Some(in_reflog)),
        head(OriginKind::Commit(id(1)), b"", Some(message)),
        head(OriginKind::Tag(id(0xab)), b"", None),
        head(OriginKind::Refs, b"logs/HEAD", None),
    ];
    insta::assert_snapshot!(all.join("\n\n"), @r#"
    --> a.env:4:18 in the index

    --> a.env:4:18 in blob ababababab

    --> a.env:4:18 in HEAD
    = exposed: 1 day, since 2021-03-05 in commit 0101010101 by Ann <ann@example.com> at old/a.env:7 (still in HEAD at a.env:4)
    = refs: tag-0, tag-1, tag-2, tag-3, tag-4 and 995 more

    --> blob ababababab:4:18
    = refs: no ref reaches it: unreachable, but still in the object store
    = note: only in history, but still valid until rotated

    --> a.env:4:18 in blob ababababab
    = refs: only a reflog reaches it
    = note: only in history, but still valid until rotated

    --> commit 0101010101 of 2021-03-05 by Ann <ann@example.com>: line 4
    = exposed: less than a day, since 2021-03-05 in commit 0101010101 (in its message)
    = refs: tag-0, tag-1, tag-2, tag-3, tag-4 and 995 more
    = note: only in history, but still valid until rotated

    --> tag ababababab: line 4

    --> logs/HEAD:4:18 in the git directory
    "#);
}

#[test]
fn a_range_says_nothing_of_head_and_refs() {
    let (secret, key) = (value(1, 36), value(2, 18));
    let mut found = gone(b"a.env", secret.as_bytes(), key.as_bytes());
    found.exposure = Some(Box::new(Exposure {
        first: Some(sighting(1, b"a.env", 4)),
        reachable: true,
        versions: 2,
        ..Exposure::default()
    }));
    let report = history(vec![found]);
    let source = Source::Range {
        path: ".".into(),
        commits: Commits::PreReceive,
    };
    let context = keyfence::report::ReportContext {
        source: &source,
        ..context(&report)
    };
    let said = written(Format::Human, &report, &context);
    assert!(
        said.contains("= exposed: since 2021-03-05 in commit 0101010101\n"),
        "{said}"
    );
    assert!(!said.contains("HEAD") && !said.contains("refs:"), "{said}");
    assert!(!said.contains("note:"), "{said}");
    let said = written(Format::Sarif, &report, &context);
    assert!(!said.contains("HEAD"), "{said}");
    let json: serde_json::Value =
        serde_json::from_str(&written(Format::Json, &report, &context)).unwrap();
    let fields: Vec<&String> = json["findings"][0]["exposure"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(fields, ["first", "versions"]);
    assert_eq!(schema_errors(&json), [""; 0]);
}

#[test]
fn what_is_cut_is_masked_first() {
    let (secret, key) = (value(1, 36), value(2, 18));
    for filler in 30..90 {
        let text = format!("{}{secret}", ".".repeat(filler));
        let mut found = gone(b"a.env", secret.as_bytes(), key.as_bytes());
        found.exposure = Some(Box::new(exposed("b.env", &text)));
        let said = everything(&history(vec![found]));
        assert!(!said.contains(&secret[..6]), "{said}");
    }
}

#[test]
fn the_summary_counts_what_the_source_has() {
    let mut report = history(Vec::new());
    let last = |report: &Report, source: &Source| {
        let context = keyfence::report::ReportContext {
            source,
            ..context(report)
        };
        written(Format::Human, report, &context)
    };
    let path = std::path::PathBuf::from(".");
    let commits = Commits::PreReceive;
    report.stats.blobs = 1;
    assert_eq!(
        last(
            &report,
            &Source::Range {
                path: path.clone(),
                commits
            }
        ),
        "scanned 1 blob and 26,749 messages of 26,749 commits (1.8 GB): 0 findings\n"
    );
    report.stats.blobs = 3;
    report.older = 1;
    assert_eq!(
        last(&report, &Source::Staged { path }),
        "scanned 3 staged files (1.8 GB): 0 findings; 1 older finding in the touched files not listed\n"
    );
}

#[test]
fn many_versions_of_a_file_are_shown_once() {
    let (secret, key) = (value(1, 36), value(2, 18));
    let mut found = gone(b"a.env", secret.as_bytes(), key.as_bytes());
    for other in 0..40 {
        let path = format!("copy-{other:02}.env");
        let copy = gone(path.as_bytes(), secret.as_bytes(), key.as_bytes());
        found.places.extend(copy.places);
    }
    let report = history(vec![found]);
    let said = written(Format::Human, &report, &of_history(&report));
    assert_eq!(said.matches(" --> ").count(), 3, "{said}");
    assert!(
        said.contains(" --> a.env:4:18 in commit 0101010101 "),
        "{said}"
    );
    assert_eq!(said.matches("also at:").count(), 21, "{said}");
    assert!(said.contains("also at: 18 more places\n"), "{said}");
    assert_eq!(said.matches("a.env:").count(), 1, "{said}");
}
