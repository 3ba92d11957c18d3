//! What every reporter must hold: nothing secret, nothing that fools a terminal, the documented
//! form.
#![allow(clippy::unwrap_used)]

mod forge;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use forge::{context, finding, gap, report, suppressed, value, written};
use keyfence::exit::Exit;
use keyfence::finding::{Report, Severity};
use keyfence::report::{Format, escape, human};
use keyfence::suppress::Reason;
use proptest::prelude::*;

/// Everything keyfence would say about the report, in all formats.
fn everything(report: &Report) -> String {
    let context = context(report);
    let mut all: String = Format::ALL
        .into_iter()
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
    let mut report = report(vec![found]);
    report.gaps = vec![gap(path.as_bytes(), &format!("cannot open {secret_form}"))];
    report.suppressed = vec![suppressed(
        path.as_bytes(),
        Reason::Inline,
        &format!("old: {key_form} {secret_form}"),
    )];
    report
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
        let mut report = report(vec![found]);
        report.gaps = vec![gap(name.as_bytes(), name)];
        let said = everything(&report);
        assert!(!said.contains("##[") && !said.contains("##vso["), "{said}");
        assert!(
            !said.lines().any(|line| line.trim_start().starts_with("::")),
            "{said}"
        );
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
    for format in Format::ALL {
        assert!(!written(format, &report, &context).contains(&secret));
    }
    context.show_secrets = true;
    for format in Format::ALL {
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

#[test]
fn json_has_the_documented_form() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../report.schema.json")).unwrap();
    let schema = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let mut full = leaky(&value(5, 36), &value(6, 18), str::to_owned);
    full.findings.push(finding(
        b"bin\xff.env",
        b"\xff\xfe0123456789",
        b"abcdefgh01234567",
    ));
    for report in [Report::default(), full] {
        for (show_secrets, show_suppressed) in [(false, false), (true, true)] {
            let context = keyfence::report::ReportContext {
                show_secrets,
                show_suppressed,
                ..context(&report)
            };
            let json = serde_json::from_str(&written(Format::Json, &report, &context)).unwrap();
            let errors: Vec<String> = schema
                .iter_errors(&json)
                .map(|e| format!("{}: {e}", e.instance_path()))
                .collect();
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
