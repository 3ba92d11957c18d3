//! The expressions for rewriters of histories: secrets in plain text, for those who asked for them alone.
#![allow(clippy::unwrap_used)]

mod forge;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use forge::{context, finding, report, span, value};
use keyfence::finding::{Finding, OriginKind, Report};
use keyfence::report::replace_text::Expressions;
use keyfence::report::{Format, ReportContext};

/// A finding whose secret takes as many bytes as it has where it stands.
fn found(secret: &[u8]) -> Finding {
    finding(b"a.env", secret, value(99, 18).as_bytes())
}

fn lines(report: &Report) -> Vec<String> {
    let context = ReportContext {
        show_secrets: true,
        ..context(report)
    };
    let mut out = Vec::new();
    Format::ReplaceText
        .write(report, &context, &mut out)
        .unwrap();
    let text = String::from_utf8(out).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn left_out(report: &Report) -> Vec<String> {
    let all = Expressions::new(report).left_out;
    all.iter()
        .map(|line| line.split_once(": ").unwrap().1.to_owned())
        .collect()
}

#[test]
fn secrets_alone_each_once_the_longest_first() {
    let (a, b) = (value(1, 36), value(2, 40));
    let longer = format!("{a}x");
    let all = [&a, &b, &a, &longer].map(|secret| found(secret.as_bytes()));
    let expected = [&b, &longer, &a].map(|v| format!("literal:{v}==>***REMOVED***"));
    assert_eq!(lines(&report(all.to_vec())), expected);
    assert!(lines(&report(Vec::new())).is_empty());
}

#[test]
fn what_a_literal_would_misread_is_held_together() {
    let tricky = format!("regex:{}==>{}", value(3, 20), value(4, 20));
    let report = report(vec![found(tricky.as_bytes())]);
    assert_eq!(
        lines(&report),
        [format!("literal:{tricky}==>***REMOVED***")],
        "rewriters part a line at its last `==>`"
    );
}

#[test]
fn several_lines_are_a_regular_expression() {
    let (a, b) = (value(5, 64), value(6, 20));
    let secret = format!("-----X-----\n{a}\n{b}==");
    let mut with_cr = found(secret.as_bytes());
    // Two line ends more: the file has CRLF.
    with_cr.places[0].spans[0] = Some(span(4, 18, secret.len() as u32 + 2));
    let dashes = r"\x2d".repeat(5);
    let expected =
        format!(r"regex:{dashes}X{dashes}\r?\n[ \t]*{a}\r?\n[ \t]*{b}\x3d\x3d==>***REMOVED***");
    assert_eq!(
        lines(&report(vec![found(secret.as_bytes())])),
        std::slice::from_ref(&expected)
    );
    assert!(lines(&report(vec![with_cr])).contains(&expected));
    let regex = expected
        .strip_prefix("regex:")
        .and_then(|rest| rest.strip_suffix("==>***REMOVED***"))
        .unwrap();
    let regex = regex::Regex::new(regex).unwrap();
    for line_end in ["\n", "\r\n", "\n    "] {
        assert!(
            regex.is_match(&secret.replace('\n', line_end)),
            "{line_end:?}"
        );
    }
}

#[test]
fn a_key_is_found_with_its_last_line_end_and_without() {
    let key = format!("{}\n{}\n", value(11, 64), value(12, 20));
    let mut armor = found(key.as_bytes());
    armor.places[0].spans[0] = Some(span(1, 1, key.len() as u32 - 1));
    let mut indented = found(key.as_bytes());
    indented.places[0].spans[0] = Some(span(1, 1, key.len() as u32 + 3));
    assert_eq!(lines(&report(vec![armor.clone()])).len(), 1);
    assert!(left_out(&report(vec![armor])).is_empty());
    let report = report(vec![indented]);
    assert_eq!(lines(&report).len(), 1);
    assert!(left_out(&report)[0].contains("scan again after the rewrite"));
}

#[test]
fn an_encoded_value_is_replaced_as_it_stands() {
    let secret = format!("{}\n{}", value(7, 20), value(8, 21));
    let (encoded, quoted) = (STANDARD.encode(&secret), secret.replace('\n', "\\n"));
    let all = [&encoded, &quoted].map(|form| {
        let mut one = found(secret.as_bytes());
        one.places[0].spans[0] = Some(span(4, 18, form.len() as u32));
        one
    });
    let lines = lines(&report(all.to_vec()));
    assert!(
        lines.contains(&format!("literal:{encoded}==>***REMOVED***")),
        "{lines:?}"
    );
    assert!(
        lines.contains(&format!("literal:{quoted}==>***REMOVED***")),
        "{lines:?}"
    );
    // What is as long with `\\n` for its line end is as long with CRLF.
    assert!(
        lines.iter().any(|line| line.starts_with("regex:")),
        "{lines:?}"
    );
}

#[test]
fn what_would_destroy_a_repository_is_left_out_and_told() {
    let words = ["p4ss", "password", "administrator", "test_user_name"];
    let report = report(words.map(|word| found(word.as_bytes())).to_vec());
    assert!(lines(&report).is_empty(), "{:?}", lines(&report));
    let told = left_out(&report);
    assert_eq!(told.len(), words.len());
    let all = Expressions::new(&report).left_out.join("\n");
    assert!(
        all.contains("too short") && all.contains("like a word"),
        "{all}"
    );
    for word in ["p4ss", "administrator", "test_user_name"] {
        assert!(!all.contains(word), "what is left out is not shown: {all}");
    }
}

#[test]
fn what_cannot_be_replaced_is_told() {
    let secret = value(9, 36);
    let mut elsewhere = found(secret.as_bytes());
    elsewhere.places[0].spans[0] = Some(span(4, 18, 99));
    let mut packed = found(secret.as_bytes());
    packed.places[0].origin.members = vec![b"a.zip".as_slice().into()];
    let mut named = found(secret.as_bytes());
    named.places[0].origin.kind = OriginKind::Refs;
    for (finding, told) in [
        (elsewhere, "it stands there in another form than its value"),
        (packed, "it stands in an archive"),
        (named, "it stands in the name or the log of a ref"),
    ] {
        let report = report(vec![finding]);
        assert!(lines(&report).is_empty());
        assert_eq!(left_out(&report), [told]);
    }
}

#[test]
fn nothing_is_written_without_leave() {
    let report = report(vec![found(value(10, 36).as_bytes())]);
    let mut out = Vec::new();
    let written = Format::ReplaceText.write(&report, &context(&report), &mut out);
    assert!(written.is_err() && out.is_empty());
}
