#![allow(clippy::unwrap_used)]
use super::*;

fn baseline(name: &str, text: &str) -> Result<Baseline, Error> {
    Baseline::read(Path::new(name), text.as_bytes())
}

fn refused(name: &str, text: &str) -> String {
    baseline(name, text).unwrap_err().to_string()
}

#[test]
fn gitleaks_lines_are_places() {
    let text =
        "# a comment\n\n1a2b3c4:src/a.py:generic-api-key:12\nsrc/b:c.py:rule:3\n./d.py:rule:4\n";
    let read = baseline(".gitleaksignore", text).unwrap();
    let place = |path: &str, line| read.places.get(&(path.as_bytes().to_vec(), line)).cloned();
    assert_eq!(
        place("src/a.py", 12),
        Some(vec![Some("1a2b3c4".to_owned())])
    );
    assert_eq!(place("src/b:c.py", 3), Some(vec![None]));
    assert_eq!(place("d.py", 4), Some(vec![None]));
    assert_eq!(read.len(), 3);
    let said = refused(".gitleaksignore", "x\na.py:rule:no");
    assert!(
        said.starts_with(".gitleaksignore:1: this line is no fingerprint"),
        "{said}"
    );
}

#[test]
fn betterleaks_lines_are_hashes_of_values() {
    let digits =
        |value: &[u8]| -> String { sha256(value).iter().map(|b| format!("{b:02x}")).collect() };
    let text = format!("{}\nsha256:{}\n", digits(b"one"), digits(b"two"));
    let read = baseline(".betterleaksignore", &text).unwrap();
    assert!(read.knows_value(b"one") && read.knows_value(b"two"));
    assert!(!read.knows_value(b"three"));
}

#[test]
fn reports_of_gitleaks_show_values_or_places() {
    let text = r#"[
        {"RuleID": "x", "File": "a.py", "StartLine": 3, "Commit": "", "Secret": "one"},
        {"RuleID": "x", "File": "b.py", "StartLine": 4, "Commit": "abcdef0", "Secret": "REDACTED"}
    ]"#;
    let read = baseline("leaks.json", text).unwrap();
    assert!(read.knows_value(b"one"));
    assert_eq!(read.places.len(), 1);
    assert_eq!(
        read.places[&(b"b.py".to_vec(), 4)],
        [Some("abcdef0".to_owned())]
    );
    assert!(refused("leaks.json", r#"[{"x": 1}]"#).contains("no File and StartLine"));
}

#[test]
fn reports_of_betterleaks_show_values_hashes_or_places() {
    let hash: String = sha256(b"two").iter().map(|b| format!("{b:02x}")).collect();
    let text = format!(
        r#"{{"schema_version": 1, "findings": [
        {{"match": {{"value": "one"}}, "location": {{"path": "a.py", "start_line": 3}}}},
        {{"match": {{"value": "REDACTED", "fingerprint": "{hash}"}}}},
        {{"match": {{}}, "location": {{"path": "./b.py", "start_line": 4}}}}
    ]}}"#
    );
    let read = baseline("leaks.json", &text).unwrap();
    assert!(read.knows_value(b"one") && read.knows_value(b"two"));
    assert_eq!(read.places[&(b"b.py".to_vec(), 4)], [None]);
    assert_eq!(read.len(), 3);
    let empty = r#"{"schema_version": 1, "findings": [{"x": 1}]}"#;
    assert!(refused("leaks.json", empty).contains("neither match nor location"));
}

#[test]
fn detect_secrets_hashes_with_sha1() {
    // FIPS 180-4's example: "abc".
    let text = r#"{"version": "1.5.0", "results": {
        "a.env": [{"type": "Secret Keyword", "hashed_secret": "a9993e364706816aba3e25717850c26c9cd0d89d", "line_number": 9}],
        "k.pem": [{"type": "Private Key", "hashed_secret": "a9993e364706816aba3e25717850c26c9cd0d89d", "line_number": 1}]
    }}"#;
    let read = baseline(".secrets.baseline", text).unwrap();
    assert!(read.knows_value(b"abc"));
    assert_eq!(read.places.len(), 1);
    assert!(read.places.contains_key(&(b"k.pem".to_vec(), 1)));
}

#[test]
fn secretsignore_has_paths_and_values() {
    let read = baseline(".secretsignore", "test/*\n*.snap\n\n[secrets]\none\n").unwrap();
    assert!(read.knows_value(b"one"));
    assert!(read.paths.last_match(b"test/a", false).is_some());
    assert!(read.paths.last_match(b"x/y.snap", false).is_some());
    assert!(read.paths.last_match(b"src/a", false).is_none());
}

#[test]
fn sarif_goes_by_fingerprint_value_or_place() {
    let place = r#""locations": [{"physicalLocation": {"artifactLocation": {"uri": "a%20b.py"}, "region": {"startLine": 7 SNIPPET}}}]"#;
    let result =
        |more: &str, snippet: &str| format!("{{{more} {}}}", place.replace("SNIPPET", snippet));
    let ours = result(
        r#""partialFingerprints": {"keyfence/v1": "00112233445566778899aabbccddeeff"},"#,
        "",
    );
    let shown = result("", r#", "snippet": {"text": "one"}"#);
    let masked = result(
        r#""partialFingerprints": {"commitSha": "abcdef0"},"#,
        r#", "snippet": {"text": "REDACTED"}"#,
    );
    let text =
        format!(r#"{{"version": "2.1.0", "runs": [{{"results": [{ours}, {shown}, {masked}]}}]}}"#);
    let read = baseline("x.sarif", &text).unwrap();
    assert_eq!(read.fingerprints.len(), 1);
    assert!(read.knows_value(b"one"));
    assert_eq!(
        read.places[&(b"a b.py".to_vec(), 7)],
        [Some("abcdef0".to_owned())]
    );
}

#[test]
fn our_own_is_read_in_any_order() {
    let one = Fingerprint([1; 16]);
    let two = Fingerprint([2; 16]);
    let line = |path: &str| Line {
        id: "bybit".to_owned(),
        path: path.to_owned(),
        history: false,
    };
    let text = write(&[(one, line("a b.env")), (two, line("c.env"))].into());
    assert!(
        text.starts_with(HEADER) && text.ends_with(" bybit c.env\n"),
        "{text}"
    );
    let mut lines: Vec<&str> = text.lines().collect();
    lines.reverse();
    lines.push(lines[0]);
    let read = baseline("renamed.txt", &text).unwrap();
    assert_eq!(read.fingerprints.len(), 2);
    let read = baseline(NAME, &lines.join("\n")).unwrap();
    assert_eq!(read.fingerprints, [one, two].into());
    assert_eq!(
        Baseline::lines(text.as_bytes()).unwrap()[&one],
        line("a b.env")
    );
    assert!(refused(NAME, "# x\nzz\n").starts_with("keyfence.baseline:2: "));
    // One branch wrote it down from its files, the other from the history: the history keeps it.
    let mut both = line("c.env");
    both.history = true;
    let merged = format!("{text}{}", write(&[(two, both.clone())].into()));
    assert!(merged.ends_with(" bybit c.env (history)\n"), "{merged}");
    let read = Baseline::lines(merged.as_bytes()).unwrap();
    assert_eq!((&read[&one], &read[&two]), (&line("a b.env"), &both));
}

#[test]
fn what_is_none_is_refused() {
    assert!(refused("x.json", "{").contains("no JSON"));
    assert!(refused("x.json", "{}").contains("no report that keyfence knows"));
    assert!(refused("x", "hello world").contains("no fingerprint"));
}
