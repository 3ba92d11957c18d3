//! The reports for other systems: valid by the schemas that these publish, and harmless there.
#![allow(clippy::unwrap_used, missing_docs)]

mod forge;
#[path = "formats/xsd.rs"]
mod xsd;

use std::collections::BTreeSet;

use forge::{context, finding, gap, gone, history, of_history, place, report, value, written};
use keyfence::finding::{Finding, Report, Severity};
use keyfence::hygiene::{CHECKS, Lapse};
use keyfence::report::Format;
use serde_json::Value;

fn found(path: &[u8], seed: u64) -> Finding {
    let (secret, key) = (value(seed, 36), value(seed + 1000, 18));
    finding(path, secret.as_bytes(), key.as_bytes())
}

/// A report with names that have to be escaped, one finding in two files, one below `--fail-on`, and gaps.
fn full() -> Report {
    let mut many = found("conf/my key:1,%20 <é>&\"x\".py".as_bytes(), 1);
    many.places.push(place(b"=cmd|' /C calc'!A0", b"x", b"y"));
    many.places.push(place(b"a|b`c*d_[e](f).md", b"x", b"y"));
    many.places.push(place(b"new\nline", b"x", b"y"));
    many.identities = vec![(
        "address",
        "0x52908400098527886E0F7030069857D2E4169EE7".to_owned(),
    )];
    let mut low = found(b"test.py", 2);
    low.severity = Severity::Low;
    low.id = "bybit-testnet".to_owned();
    let mut report = report(vec![many, low]);
    report.gaps = vec![
        gap(b"a b/<denied>", "permission denied"),
        gap(b"", "too big"),
    ];
    report
}

/// One that git holds: gone from `HEAD`.
fn old() -> Report {
    let (secret, key) = (value(7, 36), value(8, 18));
    history(vec![gone(b"bot/.env", secret.as_bytes(), key.as_bytes())])
}

fn schema(name: &str) -> jsonschema::Validator {
    let file = format!("{}/tests/schemas/{name}", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn valid(validator: &jsonschema::Validator, value: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
}

fn json(format: Format, report: &Report) -> Value {
    serde_json::from_str(&written(format, report, &context(report))).unwrap()
}

#[test]
fn gitlab_is_valid_by_the_schema() {
    let validator = schema("gitlab-secret-detection.json");
    let mut spoiled = json(Format::Gitlab, &full());
    spoiled["vulnerabilities"][0]["location"]
        .as_object_mut()
        .unwrap()
        .remove("commit");
    assert!(
        !validator.is_valid(&spoiled),
        "the schema must be able to refuse"
    );
    for report in [Report::default(), full()] {
        valid(&validator, &json(Format::Gitlab, &report));
    }
    let told: Value =
        serde_json::from_str(&written(Format::Gitlab, &old(), &of_history(&old()))).unwrap();
    valid(&validator, &told);
    let location = &told["vulnerabilities"][0]["location"];
    assert_eq!(location["commit"]["sha"], "01".repeat(20));
    assert_eq!(location["commit"]["author"], "Ann <ann@example.com>");
    assert_eq!(location["file"], "bot/.env");
}

#[test]
fn gitlab_tells_gaps_and_masks_the_line() {
    let told = json(Format::Gitlab, &full());
    assert_eq!(told["scan"]["status"], "failure");
    assert_eq!(told["scan"]["start_time"], "2021-03-04T05:06:07");
    assert_eq!(told["scan"]["end_time"], "2021-03-04T05:06:09");
    assert_eq!(told["scan"]["messages"].as_array().unwrap().len(), 2);
    let all = told["vulnerabilities"].as_array().unwrap();
    assert_eq!(all.len(), 5, "one for each file");
    let ids: BTreeSet<&str> = all.iter().map(|v| v["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 5);
    assert_eq!(all[0]["location"]["commit"]["sha"], "0000000");
    assert_eq!(all[0]["severity"], "Critical");
    assert_eq!(all[4]["severity"], "Low");
    let line = all[0]["raw_source_code_extract"].as_str().unwrap();
    assert!(
        line.starts_with("BYBIT_API_SECRET=") && line.contains("****"),
        "{line}"
    );
}

#[test]
fn code_quality_is_valid_by_the_schema() {
    let validator = schema("gitlab-codeclimate.json");
    assert!(!validator.is_valid(&serde_json::json!({ "description": "x" })));
    assert_eq!(
        json(Format::Codeclimate, &Report::default()),
        serde_json::json!([])
    );
    let told = json(Format::Codeclimate, &full());
    let issues = told.as_array().unwrap();
    assert_eq!(issues.len(), 7, "five places, two gaps");
    for issue in issues {
        valid(&validator, issue);
        let severity = issue["severity"].as_str().unwrap();
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
        assert!(!issue["check_name"].as_str().unwrap().is_empty());
    }
    let prints: BTreeSet<&str> = issues
        .iter()
        .map(|i| i["fingerprint"].as_str().unwrap())
        .collect();
    assert_eq!(prints.len(), 7, "GitLab wants them unique");
}

#[test]
fn an_issue_stays_the_same_when_it_moves_within_its_file() {
    let print = |line: u32| {
        let mut one = found(b"a.py", 1);
        one.places[0].spans[0].as_mut().unwrap().line = line;
        json(Format::Codeclimate, &report(vec![one]))[0]["fingerprint"].clone()
    };
    assert_eq!(print(4), print(400));
}

#[test]
fn junit_is_valid_by_the_schema() {
    let schema = include_str!("schemas/junit.xsd");
    let said = |report: &Report| written(Format::Junit, report, &context(report));
    let full = full();
    for spoiled in [
        said(&full).replace(" hostname=\"localhost\"", ""),
        said(&full).replace("<skipped/>", "<skipt/>"),
        said(&full).replace("    <system-out></system-out>\n", ""),
        said(&full).replace("tests=\"", "tests=\"many"),
        said(&full).replace("</testsuites>", ""),
    ] {
        assert!(
            !xsd::errors(schema, &spoiled).is_empty(),
            "it must be able to refuse"
        );
    }
    for report in [Report::default(), full, old()] {
        let said = said(&report);
        let errors = xsd::errors(schema, &said);
        assert!(errors.is_empty(), "{errors:#?}\n{said}");
    }
}

#[test]
fn junit_counts_what_it_holds() {
    let report = full();
    let said = written(Format::Junit, &report, &context(&report));
    let document = roxmltree::Document::parse(&said).unwrap();
    let suite = document
        .descendants()
        .find(|n| n.has_tag_name("testsuite"))
        .unwrap();
    for (name, of) in [
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
        ("tests", "testcase"),
    ] {
        let count = document
            .descendants()
            .filter(|n| n.has_tag_name(of))
            .count();
        assert_eq!(
            suite.attribute(name),
            Some(count.to_string().as_str()),
            "{name}"
        );
        assert!(count > 0);
    }
    let case = document
        .descendants()
        .find(|n| n.has_tag_name("testcase"))
        .unwrap();
    assert_eq!(
        case.attribute("classname"),
        Some("conf/my key:1,%20 <é>&\"x\".py")
    );
    let passes = written(
        Format::Junit,
        &Report::default(),
        &context(&Report::default()),
    );
    assert!(
        passes.contains("tests=\"1\" failures=\"0\" errors=\"0\""),
        "{passes}"
    );
}

#[test]
fn csv_has_a_row_for_each_place_and_no_formula() {
    let report = full();
    let said = written(Format::Csv, &report, &context(&report));
    let rows: Vec<&str> = said.lines().collect();
    assert_eq!(rows.len(), 1 + 5 + 2, "{said}");
    assert!(rows[0].starts_with("severity,confidence,id,rule,provider,title,path,line"));
    assert!(
        rows[1].contains("\"conf/my key:1,%20 <é>&\"\"x\"\".py\",4,18,"),
        "{}",
        rows[1]
    );
    assert!(rows[2].contains(",./=cmd|"), "{}", rows[2]);
    assert!(said.contains("new\\nline"), "{said}");
    for row in rows {
        // Quoted cells aside, as many commas as columns but one.
        let outside: String = row.split('"').step_by(2).collect();
        assert_eq!(outside.matches(',').count(), 16, "{row}");
    }
}

#[test]
fn github_annotations_are_commands_that_nobody_else_can_write() {
    let mut report = full();
    report.findings[0].why = vec!["x\n::error::evil % ##[error]".to_owned()];
    let said = written(Format::Github, &report, &context(&report));
    let commands: Vec<&str> = said.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(commands.len(), 7, "{said}");
    assert_eq!(said.lines().count(), 8, "and the summary: {said}");
    let first = "::error title=keyfence could not read this::a b/<denied>: permission denied; give yourself the right to read it";
    assert_eq!(commands[0], first);
    let start = "::error file=conf/my key%3A1%2C%2520 <é>&\"x\".py,line=4,endLine=4,col=18,endColumn=54,title=critical%3A Bybit secret and key::";
    assert!(commands[2].starts_with(start), "{}", commands[2]);
    assert!(said.contains("file=new%0Aline,line=4"), "{said}");
    assert!(!said.contains("##["), "{said}");
    assert!(
        commands[6].starts_with("::warning file=test.py,"),
        "{}",
        commands[6]
    );
}

#[test]
fn github_gets_no_more_annotations_than_it_shows() {
    let report = report(
        (0..25)
            .map(|n| found(format!("{n}.py").as_bytes(), n))
            .collect(),
    );
    let said = written(Format::Github, &report, &context(&report));
    assert_eq!(
        said.lines()
            .filter(|line| line.starts_with("::error "))
            .count(),
        10
    );
    assert_eq!(
        said.lines()
            .filter(|line| line.starts_with("error: "))
            .count(),
        15
    );
}

#[test]
fn markdown_shows_signs_as_they_are() {
    let mut report = full();
    report.gaps[0].what = "<img src=x onerror=alert(1)> [x](javascript:1) | @team".to_owned();
    let said = written(Format::Markdown, &report, &context(&report));
    let rows: Vec<&str> = said.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 2 + 5, "{said}");
    for row in &rows {
        assert_eq!(row.matches('|').count(), 7, "{row}");
    }
    for sign in ["<img", "[x]", "@team", "`c", "*d", "[e]"] {
        assert!(!said.contains(sign), "{sign}: {said}");
    }
    assert!(
        said.starts_with("## keyfence: failed, 2 findings\n"),
        "{said}"
    );
    assert!(
        rows[2].contains("[revoke it](https://example.com/revoke)"),
        "{}",
        rows[2]
    );
    assert!(said.contains("### Not read"), "{said}");
    let old = old();
    let said = written(Format::Markdown, &old, &of_history(&old));
    assert!(
        said.contains("2021&#45;03&#45;05") || said.contains("2021-03-05"),
        "{said}"
    );
}

#[test]
fn none_of_them_ever_shows_a_secret() {
    let (secret, key) = (value(1, 36), value(1001, 18));
    let report = report(vec![finding(
        secret.as_bytes(),
        secret.as_bytes(),
        key.as_bytes(),
    )]);
    let mut context = context(&report);
    context.show_secrets = true;
    for format in [
        Format::Gitlab,
        Format::Codeclimate,
        Format::Junit,
        Format::Csv,
        Format::Github,
        Format::Markdown,
    ] {
        let said = written(format, &report, &context);
        assert!(
            !said.contains(&secret) && !said.contains(&key),
            "{}: {said}",
            format.as_str()
        );
    }
}

/// One that fails the run, and one that does not.
fn lapsed() -> Report {
    let check = |id: &str| *CHECKS.iter().find(|check| check.id == id).unwrap();
    let place = |path: &[u8]| keyfence::finding::Origin {
        path: path.into(),
        members: Vec::new(),
        kind: keyfence::finding::OriginKind::File,
    };
    let mut report = report(Vec::new());
    report.hygiene = vec![
        Lapse::new(
            check("hygiene-tracked-secret-file"),
            Severity::Medium,
            "environment file in git",
        )
        .at(place("a,b|<x>/\n\u{202e}.env".as_bytes()), None)
        .because("it holds: =HYPERLINK")
        .step("git rm --cached -- .env"),
        Lapse::new(
            check("hygiene-uncovered-pattern"),
            Severity::Info,
            "not covered by .gitignore: *.key",
        ),
        Lapse::new(
            check("hygiene-uncovered-pattern"),
            Severity::Info,
            "not covered by .gitignore: *.key",
        )
        .at(place(b".gitignore"), Some(7)),
    ];
    report
}

#[test]
fn lapses_of_hygiene_are_told_by_all_of_them() {
    let report = lapsed();
    let said = |format| written(format, &report, &context(&report));
    for format in keyfence::report::Format::ALL {
        if matches!(format, Format::ReplaceText) {
            continue;
        }
        let said = said(format);
        assert!(
            said.contains("environment file in git"),
            "{}: {said}",
            format.as_str()
        );
        assert!(!said.contains('\u{202e}'), "{}: {said}", format.as_str());
    }
    let issues = json(Format::Codeclimate, &report);
    let issues = issues.as_array().unwrap();
    let validator = schema("gitlab-codeclimate.json");
    issues.iter().for_each(|issue| valid(&validator, issue));
    let prints: BTreeSet<&str> = issues
        .iter()
        .map(|issue| issue["fingerprint"].as_str().unwrap())
        .collect();
    assert_eq!(prints.len(), 3, "GitLab wants them unique");
    let gitlab = json(Format::Gitlab, &report);
    valid(&schema("gitlab-secret-detection.json"), &gitlab);
    assert_eq!(gitlab["vulnerabilities"], serde_json::json!([]));
    assert_eq!(gitlab["scan"]["messages"][0]["level"], "warn");
    let junit = said(Format::Junit);
    let errors = xsd::errors(include_str!("schemas/junit.xsd"), &junit);
    assert!(errors.is_empty(), "{errors:#?}\n{junit}");
    assert!(
        junit.contains("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"2\""),
        "{junit}"
    );
    let markdown = said(Format::Markdown);
    assert!(
        markdown.starts_with("## keyfence: failed, 0 findings, 3 lapses of hygiene\n"),
        "{markdown}"
    );
    let rows = markdown.lines().filter(|line| line.starts_with('|'));
    assert!(rows.clone().count() == 5 && rows.clone().all(|row| row.matches('|').count() == 5));
    let github = said(Format::Github);
    let commands: Vec<&str> = github
        .lines()
        .filter(|line| line.starts_with("::"))
        .collect();
    assert_eq!(commands.len(), 3, "{github}");
    assert!(
        commands[0].starts_with("::error file=a%2Cb|<x>/"),
        "{github}"
    );
    assert!(
        commands[2].starts_with("::notice file=.gitignore,line=7,title="),
        "{github}"
    );
    let csv = said(Format::Csv);
    for row in csv.lines() {
        let outside: String = row.split('"').step_by(2).collect();
        assert_eq!(outside.matches(',').count(), 16, "{row}");
    }
    assert_eq!(csv.lines().count(), 4, "{csv}");
}
