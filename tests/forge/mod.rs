//! Reports made by hand for the tests of the reporters. Values are made from code.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::sync::{Arc, LazyLock};

use gix::ObjectId;

use keyfence::exit::Exit;
use keyfence::finding::{
    CommitInfo, Confidence, Excerpt, Exposure, Finding, Fingerprint, FoundPart, Gap, Origin,
    OriginKind, Place, Report, RepositoryInfo, Role, Rule, Secret, Severity, Sighting, Span, Stats,
    Suppressed, mask,
};
use keyfence::report::{Clock, Format, ReportContext};
use keyfence::rule::{Context, List, Remedy};
use keyfence::settings::Source;
use keyfence::suppress::Reason;

pub static RULE: Rule = Rule {
    id: "bybit",
    provider: "Bybit",
    domain: "exchange",
    file: "exchange/bybit.toml",
    page: Some("https://example.com/keys"),
    about: "An API key pair of the exchange; it may trade and withdraw.",
    context: Context {
        words: List(&[]),
        headers: List(&[]),
        hosts: List(&[]),
        calls: List(&[]),
        imports: List(&[]),
        files: List(&[]),
        testnet: List(&[]),
        not: List(&[]),
    },
    parts: List(&[]),
    within: 12,
    pair: Severity::Critical,
    testnet: Severity::Low,
    remedy: Remedy {
        revoke: Some("https://example.com/revoke"),
        steps: List(&["Delete the key.", "Look for orders that are not yours."]),
        rotate_days: Some(90),
    },
    samples: List(&[]),
    examples: List(&[]),
};

/// A made-up value: the same for the same seed.
pub fn value(seed: u64, length: usize) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..length)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            alphabet[(state >> 33) as usize % alphabet.len()] as char
        })
        .collect()
}

pub fn origin(path: &[u8]) -> Origin {
    Origin {
        path: Arc::from(path),
        members: Vec::new(),
        kind: OriginKind::File,
    }
}

pub fn span(line: u32, column: u32, length: u32) -> Span {
    Span {
        start: 0,
        end: length.into(),
        line,
        column,
        column_utf16: column,
        end_line: line,
        end_column: column + length,
        end_column_utf16: column + length,
    }
}

/// A secret and its key, both on lines of their own, at this path.
pub fn finding(path: &[u8], secret: &[u8], key: &[u8]) -> Finding {
    let part = |name, role, secret, value: &[u8]| FoundPart {
        name,
        role,
        secret,
        value: Secret::new(value),
        proved: None,
    };
    Finding {
        rule: &RULE,
        id: "bybit".to_owned(),
        severity: Severity::Critical,
        confidence: Confidence::Certain,
        testnet: false,
        parts: vec![
            part("secret", Role::Secret, true, secret),
            part("key", Role::Key, false, key),
        ],
        why: vec!["named by `BYBIT_API_KEY` on line 3".to_owned()],
        identities: Vec::new(),
        fingerprint: Fingerprint::of_value(secret),
        places: vec![place(path, secret, key)],
        exposure: None,
    }
}

pub fn place(path: &[u8], secret: &[u8], key: &[u8]) -> Place {
    let excerpt = |line, name: &str, value: &[u8], label| {
        let masked = mask(value);
        let start = name.chars().count() as u32 + 1;
        Excerpt {
            line,
            mark: (start, start + masked.chars().count() as u32),
            text: format!("{name}={masked}"),
            label,
        }
    };
    Place {
        origin: origin(path),
        spans: vec![
            Some(span(4, 18, secret.len() as u32)),
            Some(span(3, 15, key.len() as u32)),
        ],
        excerpts: vec![
            excerpt(3, "BYBIT_API_KEY", key, "key"),
            excerpt(4, "BYBIT_API_SECRET", secret, "secret"),
        ],
        line_hash: Some(format!("{:x}:1", 0xfeed_u32)),
        lead: 0,
    }
}

pub fn gap(path: &[u8], what: &str) -> Gap {
    Gap {
        origin: origin(path),
        what: what.to_owned(),
        help: Some("give yourself the right to read it".to_owned()),
    }
}

pub fn suppressed(path: &[u8], reason: Reason, detail: &str) -> Suppressed {
    Suppressed {
        rule: &RULE,
        part: "secret",
        reason,
        detail: detail.to_owned(),
        origin: origin(path),
        span: span(1, 1, 36),
    }
}

pub fn report(findings: Vec<Finding>) -> Report {
    Report {
        findings,
        stats: Stats {
            files: 12,
            members: 3,
            bytes: 45_678,
            ignored: 2,
            ..Stats::default()
        },
        ..Report::default()
    }
}

pub fn context(report: &Report) -> ReportContext<'static> {
    ReportContext {
        exit: Exit::of(report, Some(Severity::Medium), false),
        source: &Source::Worktree,
        fail_on: Some(Severity::Medium),
        min_confidence: Confidence::Likely,
        show_suppressed: true,
        show_secrets: false,
        summary: true,
        color: false,
        narrows: None,
        clock: Clock {
            began: 1_614_834_367,
            ended: 1_614_834_369,
        },
    }
}

pub fn written(format: Format, report: &Report, context: &ReportContext<'_>) -> String {
    let mut out = Vec::new();
    format.write(report, context, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The reports that people and programs read. The one that is left out holds nothing but values.
pub fn reports() -> impl Iterator<Item = Format> {
    Format::ALL
        .into_iter()
        .filter(|format| *format != Format::ReplaceText)
}

pub fn id(seed: u8) -> ObjectId {
    ObjectId::from_bytes_or_panic(&[seed; 20])
}

/// 2021-03-04 07:06:07 +0200, and a day later for each seed.
pub fn commit(seed: u8, author: &str) -> CommitInfo {
    let time = 1_614_834_367 + i64::from(seed) * 86_400;
    CommitInfo {
        id: id(seed),
        author: author.to_owned(),
        time,
        committed: time + 60,
        offset: 7_200,
        summary: "Add the bot".to_owned(),
    }
}

pub fn sighting(seed: u8, path: &[u8], line: u32) -> Sighting {
    Sighting {
        commit: commit(seed, "Ann <ann@example.com>"),
        path: Arc::from(path),
        line,
    }
}

/// A finding in three versions of a file: brought in on line 4, later on line 9, then removed.
pub fn gone(path: &[u8], secret: &[u8], key: &[u8]) -> Finding {
    let mut found = finding(path, secret, key);
    found.places = [(1, 4), (2, 9), (3, 7)]
        .map(|(seed, line)| {
            let mut place = place(path, secret, key);
            place.origin.kind = OriginKind::Blob(id(0x10 + seed));
            place.spans[0] = Some(span(line, 18, secret.len() as u32));
            place.excerpts[1].line = line;
            place
        })
        .to_vec();
    found.places.sort();
    found.exposure = Some(Box::new(Exposure {
        first: Some(sighting(1, path, 4)),
        last: Some(sighting(8, path, 9)),
        removed: Some(commit(9, "Bob <bob@example.com>")),
        refs: ["main", "origin/main", "v1.2"].map(str::to_owned).to_vec(),
        ref_count: 17,
        reachable: true,
        days: Some(8),
        versions: 3,
        ..Exposure::default()
    }));
    found
}

/// The report of a history scan.
pub fn history(findings: Vec<Finding>) -> Report {
    Report {
        stats: Stats {
            blobs: 46_427,
            messages: 26_749,
            commits: 26_749,
            bytes: 1_800_000_000,
            ..Stats::default()
        },
        repository: Some(RepositoryInfo {
            path: "/srv/a b".into(),
            head: Some(id(0x77)),
        }),
        ..report(findings)
    }
}

pub fn of_history(report: &Report) -> ReportContext<'static> {
    static HISTORY: LazyLock<Source> = LazyLock::new(|| Source::History { path: ".".into() });
    ReportContext {
        source: &HISTORY,
        ..context(report)
    }
}
