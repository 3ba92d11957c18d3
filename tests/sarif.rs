//! SARIF: valid by the published schema, and as GitHub code scanning wants it.
#![allow(clippy::unwrap_used)]

mod forge;
#[path = "formats/published.rs"]
mod published;

use std::collections::BTreeSet;

use forge::{
    commit, context, finding, gap, gone, history, id, of_history, place, report, sighting, span,
    value, written,
};
use keyfence::finding::{
    Confidence, Exposure, Finding, Fingerprint, OriginKind, Report, RepositoryInfo, Severity,
    Sighting,
};
use keyfence::report::{Format, ReportContext};
use keyfence::settings::{Commits, Source};
use serde_json::Value;

fn sarif(report: &Report) -> Value {
    serde_json::from_str(&written(Format::Sarif, report, &context(report))).unwrap()
}

fn found(path: &[u8], seed: u64) -> Finding {
    finding(
        path,
        value(seed, 36).as_bytes(),
        value(seed + 1000, 18).as_bytes(),
    )
}

/// A report with everything in it.
fn full() -> Report {
    let mut many = found(b"conf/my key:1 %20.py", 1);
    many.places.push(place(b"conf/my key:1 %20.py", b"x", b"y"));
    many.places
        .push(place("b/\u{e9}\u{202e}\n.py".as_bytes(), b"x", b"y"));
    many.places.push(place(b"\xff\xfe", b"x", b"y"));
    let mut member = place(b"lib/app.jar", b"x", b"y");
    member.origin.members = vec![b"conf/a!b.properties".as_slice().into()];
    member.line_hash = None;
    many.places.push(member);
    let mut stdin = place(b"<stdin>", b"x", b"y");
    stdin.origin.kind = OriginKind::Stdin;
    stdin.spans = vec![None, None];
    many.places.push(stdin);
    many.identities = vec![(
        "address",
        "0x52908400098527886E0F7030069857D2E4169EE7".to_owned(),
    )];
    let mut low = found(b"test.py", 2);
    low.severity = Severity::Low;
    low.id = "bybit-testnet".to_owned();
    let mut less_sure = found(b"third.py", 3);
    less_sure.confidence = Confidence::Likely;
    let mut report = report(vec![low, many, less_sure]);
    report.gaps = vec![
        gap(b"a b/denied", "permission denied"),
        gap(b"//host/x", "too big"),
    ];
    report
}

/// The report of a history scan.
fn of_git(report: &Report) -> Value {
    serde_json::from_str(&written(Format::Sarif, report, &of_history(report))).unwrap()
}

fn old(path: &[u8], seed: u64) -> Finding {
    gone(
        path,
        value(seed, 36).as_bytes(),
        value(seed + 1000, 18).as_bytes(),
    )
}

/// The report of a history scan with everything in it: a file that is gone, one that is still there, messages,
/// blobs that no tree names, refs.
fn full_history() -> Report {
    let mut still = old(b"my key:1.py", 2);
    still.exposure.as_mut().unwrap().in_head = vec![(b"my key:1.py".as_slice().into(), 9)];
    let of_kind = |kind: OriginKind, path: &[u8], seed| {
        let mut one = found(path, seed);
        one.places[0].origin.kind = kind;
        one.places[0].line_hash = None;
        one.exposure = Some(Box::default());
        one
    };
    let mut message = of_kind(OriginKind::Commit(id(1)), b"", 3);
    message.exposure = Some(Box::new(Exposure {
        first: Some(Sighting {
            commit: commit(1, "[x](https://evil.example) \u{1b}[2J"),
            ..sighting(1, b"", 4)
        }),
        reachable: true,
        ..Exposure::default()
    }));
    let mut report = history(vec![
        old(b"bot/.env", 1),
        still,
        message,
        of_kind(OriginKind::Tag(id(2)), b"", 4),
        of_kind(OriginKind::Blob(id(3)), b"", 5),
        of_kind(OriginKind::Refs, b"logs/refs/heads/a b", 6),
    ]);
    let mut lost = gap(b"", "its base is missing");
    lost.origin.kind = OriginKind::Blob(id(4));
    let mut unknown = gap(b"", "its header cannot be read");
    unknown.origin.kind = OriginKind::Object(id(5));
    report.gaps = vec![lost, unknown];
    report
}

#[test]
fn it_is_valid_by_the_schema() {
    let schema = published::schema();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    assert!(
        !validator.is_valid(&serde_json::json!({ "version": "2.1.0" })),
        "the schema must be able to refuse"
    );
    let mut spoiled = sarif(&full());
    let uri = "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri";
    *spoiled.pointer_mut(uri).unwrap() = "conf/my key.py".into();
    assert!(
        !validator.is_valid(&spoiled),
        "formats must be checked, too"
    );
    for log in [
        sarif(&Report::default()),
        sarif(&full()),
        of_git(&history(Vec::new())),
        of_git(&full_history()),
    ] {
        let errors: Vec<String> = validator
            .iter_errors(&log)
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

/// What docs.github.com, "SARIF support for code scanning", asks for beyond the schema.
#[test]
fn it_is_as_github_wants_it() {
    let log = sarif(&full());
    assert_eq!(log["version"], "2.1.0");
    assert!(
        log["$schema"]
            .as_str()
            .unwrap()
            .contains("sarif-schema-2.1.0")
    );
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids.len(),
        rules.len(),
        "a rule given twice makes the upload fail"
    );
    for rule in rules {
        for text in ["/shortDescription/text", "/fullDescription/text"] {
            let text = rule.pointer(text).unwrap().as_str().unwrap();
            assert!(!text.is_empty() && text.chars().count() <= 1024);
        }
        assert!(rule["name"].as_str().unwrap().chars().count() <= 255);
        for help in ["/help/text", "/help/markdown"] {
            assert!(
                rule.pointer(help)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .contains("Delete the key.")
            );
        }
        let severity: f64 = rule
            .pointer("/properties/security-severity")
            .unwrap()
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!((0.1..=10.0).contains(&severity));
        let precision = rule
            .pointer("/properties/precision")
            .unwrap()
            .as_str()
            .unwrap();
        assert!(["very-high", "high", "medium", "low"].contains(&precision));
        let tags = rule
            .pointer("/properties/tags")
            .unwrap()
            .as_array()
            .unwrap();
        assert!(tags.len() <= 10 && tags.contains(&Value::from("security")));
        assert!(
            ["error", "warning", "note"].contains(
                &rule
                    .pointer("/defaultConfiguration/level")
                    .unwrap()
                    .as_str()
                    .unwrap()
            )
        );
    }
    for result in run["results"].as_array().unwrap() {
        assert!(
            result.get("kind").is_none(),
            "with a level, kind could only be `fail` (section 3.27)"
        );
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(
            result["locations"].as_array().unwrap().len(),
            1,
            "only the first is read"
        );
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(
            !uri.starts_with('/') && uri.is_ascii() && !uri.contains([' ', ':', '\n']),
            "{uri}"
        );
        let region = &place["region"];
        assert!(region["startLine"].as_u64().unwrap() >= 1);
        let prints = &result["partialFingerprints"];
        assert!(
            prints["primaryLocationLineHash"]
                .as_str()
                .unwrap()
                .contains(':')
        );
        assert_eq!(prints["keyfence/v1"].as_str().unwrap().len(), 32);
        for (id, related) in (1..).zip(result["relatedLocations"].as_array().into_iter().flatten())
        {
            assert_eq!(related["id"], id);
            assert!(
                result["message"]["text"]
                    .as_str()
                    .unwrap()
                    .contains(&format!("]({id})")),
                "linked from the message"
            );
        }
    }
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notifications = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 2);
    assert!(
        notifications[0]["message"]["text"]
            .as_str()
            .unwrap()
            .contains("permission denied")
    );
    assert_eq!(
        notifications[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "a%20b/denied"
    );
}

#[test]
fn one_result_for_each_file_the_secret_first() {
    let log = sarif(&full());
    let results = log["runs"][0]["results"].as_array().unwrap();
    let uris: Vec<&str> = results
        .iter()
        .map(|r| {
            r.pointer("/locations/0/physicalLocation/artifactLocation/uri")
                .unwrap()
                .as_str()
                .unwrap()
        })
        .collect();
    let expected = [
        "conf/my%20key%3A1%20%2520.py",
        "b/%C3%A9%E2%80%AE%0A.py",
        "%FF%FE",
        "lib/app.jar!/conf/a%21b.properties",
        "%3Cstdin%3E",
        "third.py",
        "test.py",
    ];
    assert_eq!(uris, expected, "worst first");
    let first = &results[0];
    assert_eq!(
        first
            .pointer("/locations/0/physicalLocation/region/startLine")
            .unwrap(),
        4
    );
    assert_eq!(
        first
            .pointer("/locations/0/physicalLocation/region/startColumn")
            .unwrap(),
        18
    );
    assert_eq!(
        first
            .pointer("/locations/0/physicalLocation/region/endColumn")
            .unwrap(),
        54
    );
    let related: Vec<&str> = first["relatedLocations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["message"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(related, ["key", "secret", "key"]);
    let prints: BTreeSet<&str> = results[..5]
        .iter()
        .map(|r| r["partialFingerprints"]["keyfence/v1"].as_str().unwrap())
        .collect();
    assert_eq!(prints.len(), 1, "one credential, one fingerprint");
    let hashes: BTreeSet<&str> = results[3..5]
        .iter()
        .map(|r| {
            r["partialFingerprints"]["primaryLocationLineHash"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(hashes.len(), 2, "places without a line hash still differ");
}

#[test]
fn columns_count_utf16_units() {
    let mut one = found(b"a.py", 5);
    let mut wide = span(2, 5, 36);
    (wide.column_utf16, wide.end_column_utf16) = (7, 43);
    one.places[0].spans = vec![Some(wide), None];
    let log = sarif(&report(vec![one]));
    assert_eq!(log["runs"][0]["columnKind"], "utf16CodeUnits");
    let region = log
        .pointer("/runs/0/results/0/locations/0/physicalLocation/region")
        .unwrap();
    assert_eq!(
        (&region["startColumn"], &region["endColumn"]),
        (&Value::from(7), &Value::from(43))
    );
    assert!(log.pointer("/runs/0/results/0/relatedLocations").is_none());
}

#[test]
fn a_rule_for_each_id_and_severity() {
    let mut other = found(b"b.py", 6);
    other.severity = Severity::Medium;
    let log = sarif(&report(vec![other, found(b"a.py", 7)]));
    let rules = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    let said: Vec<(&str, &str)> = rules
        .iter()
        .map(|r| {
            (
                r["id"].as_str().unwrap(),
                r.pointer("/properties/security-severity")
                    .unwrap()
                    .as_str()
                    .unwrap(),
            )
        })
        .collect();
    assert_eq!(said, [("bybit", "9.5"), ("bybit-medium", "5.5")]);
}

#[test]
fn the_worst_are_kept_when_there_are_too_many() {
    let mut low = found(b"low.py", 8);
    low.severity = Severity::Low;
    let mut findings = vec![low];
    findings.extend((0..5_000).map(|i| {
        let mut one = found(format!("{i}.py").as_bytes(), 9);
        one.fingerprint = Fingerprint::of_value(&[i as u8]);
        one
    }));
    let log = sarif(&report(findings));
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 5_000);
    assert!(results.iter().all(|r| r["level"] == "error"));
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    assert_eq!(
        invocation["toolExecutionNotifications"][0]["level"],
        "warning"
    );
}

#[test]
fn text_from_the_tree_makes_no_link() {
    let mut one = found(b"a.py", 10);
    one.why = vec!["named by `[click](https://evil.example)`".to_owned()];
    let log = sarif(&report(vec![one]));
    let text = log
        .pointer("/runs/0/results/0/message/text")
        .unwrap()
        .as_str()
        .unwrap();
    assert!(
        text.contains(r"\[click\]") && !text.contains(" [click]") && !text.contains("`[click]"),
        "{text}"
    );
}

fn uri(result: &Value) -> &str {
    let uri = "/locations/0/physicalLocation/artifactLocation/uri";
    result.pointer(uri).unwrap().as_str().unwrap()
}

#[test]
fn each_source_has_a_category_of_its_own() {
    let report = report(Vec::new());
    let path = std::path::PathBuf::from(".");
    let commits = Commits::PreReceive;
    for (source, category) in [
        (Source::Worktree, "keyfence/tree/"),
        (Source::Staged { path: path.clone() }, "keyfence/staged/"),
        (
            Source::Range {
                path: path.clone(),
                commits,
            },
            "keyfence/range/",
        ),
        (Source::History { path }, "keyfence/history/"),
    ] {
        let context = ReportContext {
            source: &source,
            ..context(&report)
        };
        let log: Value = serde_json::from_str(&written(Format::Sarif, &report, &context)).unwrap();
        assert_eq!(log["runs"][0]["automationDetails"]["id"], category);
    }
}

#[test]
fn a_result_of_history_stands_in_a_commit() {
    let log = of_git(&full_history());
    let results = log["runs"][0]["results"].as_array().unwrap();
    let uris: Vec<&str> = results.iter().map(uri).collect();
    let hex = |seed: u8| format!("{seed:02x}").repeat(20);
    let expected = [
        "bot/.env".to_owned(),
        "my%20key%3A1.py".to_owned(),
        format!(".git/commit/{}", hex(1)),
        format!(".git/tag/{}", hex(2)),
        format!(".git/blob/{}", hex(3)),
        ".git/logs/refs/heads/a%20b".to_owned(),
    ];
    assert_eq!(uris, expected, "one result for all versions of a file");
    let text = |n: usize| results[n]["message"]["text"].as_str().unwrap();
    assert!(
        text(0).contains(" in commit 0101010101 of 2021-03-05. "),
        "{}",
        text(0)
    );
    for n in [0, 2, 3, 4, 5] {
        assert!(
            text(n).ends_with("still valid until rotated."),
            "{}",
            text(n)
        );
    }
    assert!(
        text(1).contains(" in HEAD, since commit 0101010101 of 2021-03-05. "),
        "{}",
        text(1)
    );
    let line = |n: usize| {
        let line = "/locations/0/physicalLocation/region/startLine";
        results[n].pointer(line).unwrap().as_u64().unwrap()
    };
    assert_eq!((line(0), line(1)), (4, 9), "the first commit's, and HEAD's");
    let said = &results[0]["properties"];
    assert_eq!(said["commit"], hex(1));
    assert_eq!(said["author"], "Ann <ann@example.com>");
    assert_eq!(said["date"], "2021-03-05T07:06:07+02:00");
    assert_eq!(said["exposure"]["removed"]["commit"], hex(9));
    let logical = &results[2]["locations"][0]["logicalLocations"][0];
    assert_eq!(logical["fullyQualifiedName"], format!("commit {}", hex(1)));
    assert_eq!(logical["kind"], "commit");
    for (n, kind, seed) in [(0, "blob", 4), (1, "object", 5)] {
        let gap = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][n];
        assert_eq!(uri(gap), format!(".git/{kind}/{}", hex(seed)));
    }
}

#[test]
fn an_alert_of_history_is_known_by_secret_and_path() {
    let hashes = |report: &Report| -> Vec<String> {
        let log = of_git(report);
        let results = log["runs"][0]["results"].as_array().unwrap();
        let hash = |r: &Value| {
            let hash = &r["partialFingerprints"]["primaryLocationLineHash"];
            hash.as_str().unwrap().to_owned()
        };
        results.iter().map(hash).collect()
    };
    let before = hashes(&history(vec![old(b"a.py", 1)]));
    let mut later = old(b"a.py", 1);
    later.places.truncate(1);
    later.places[0].line_hash = Some("abc:3".to_owned());
    later.places[0].spans[0] = Some(span(400, 1, 36));
    assert_eq!(
        before,
        hashes(&history(vec![later])),
        "whatever line it is on"
    );
    let others = [old(b"b.py", 1), old(b"a.py", 2)].map(|f| hashes(&history(vec![f])));
    assert!(others.iter().all(|other| *other != before));
    assert!(before[0].ends_with(":1"));
}

#[test]
fn the_repository_is_named_by_its_directory() {
    let mut report = history(Vec::new());
    let provenance = |report: &Report| {
        of_git(report)["runs"][0]
            .get("versionControlProvenance")
            .cloned()
    };
    let expected = serde_json::json!([{
        "repositoryUri": "file:///srv/a%20b/",
        "revisionId": "77".repeat(20),
    }]);
    assert_eq!(provenance(&report), Some(expected));
    report.repository = Some(RepositoryInfo {
        path: "relative".into(),
        head: None,
    });
    assert_eq!(provenance(&report), None, "that would be no URI");
}

#[test]
fn authors_and_refs_make_no_link_and_no_escape() {
    let said = written(Format::Sarif, &full_history(), &of_history(&full_history()));
    assert!(!said.contains('\x1b'));
    let log: Value = serde_json::from_str(&said).unwrap();
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let text = result["message"]["text"].as_str().unwrap();
        assert!(!text.contains("evil.example"), "{text}");
    }
}
