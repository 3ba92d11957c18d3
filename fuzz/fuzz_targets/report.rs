//! Any text at any path is scanned and told in each format: the JSON ones are JSON, no raw control characters come
//! out, and no value does.
#![no_main]

use keyfence::exit::Exit;
use keyfence::finding::Confidence;
use keyfence::report::{Clock, Format, ReportContext};
use keyfence::rule::{Set, forge};
use keyfence::settings::Settings;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &[u8], &[u8], u8)| {
    let (path, before, after, seed) = input;
    let set = Set::builtin();
    let rule = set.get("bybit").expect("the rule is there");
    let secret = forge::fill(set, rule, &format!("«secret#{seed}»")).expect("it is made");
    let mut text = before.to_vec();
    text.extend(format!("\nBYBIT_API_SECRET={secret}\n").bytes());
    text.extend_from_slice(after);
    let settings = Settings {
        text: Some((path.to_owned(), text)),
        archives: true,
        hygiene: false,
        threads: Some(1),
        min_confidence: Confidence::Possible,
        ..Settings::default()
    };
    let report = keyfence::scan::run(&settings).expect("it begins");
    for format in Format::ALL {
        if format == Format::ReplaceText {
            continue;
        }
        let context = ReportContext {
            exit: Exit::Findings,
            source: &settings.source,
            fail_on: settings.fail_on,
            min_confidence: settings.min_confidence,
            show_suppressed: true,
            show_secrets: false,
            summary: true,
            color: false,
            narrows: None,
            clock: Clock::default(),
        };
        let mut out = Vec::new();
        format.write(&report, &context, &mut out).expect("memory takes it");
        assert!(memchr::memmem::find(&out, secret.as_bytes()).is_none(), "{format:?}");
        let raw = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\n' | b'\t' | b'\r');
        assert!(!out.iter().any(raw), "{format:?}");
        let text = std::str::from_utf8(&out).expect("reports are UTF-8");
        match format {
            Format::Json | Format::Sarif | Format::Gitlab | Format::Codeclimate => {
                let _: serde::de::IgnoredAny = serde_json::from_str(text).expect("it is JSON");
            }
            Format::Jsonl => {
                for line in text.lines() {
                    let _: serde::de::IgnoredAny = serde_json::from_str(line).expect("it is JSON");
                }
            }
            _ => {}
        }
    }
});
