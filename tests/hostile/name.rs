//! Names of files that would like to be something else.

use std::fs;
use std::os::unix::ffi::OsStrExt;

use base64::Engine;

use crate::case::{Case, raw};
use crate::planted::{Pair, token};

const NAMES: &[&[u8]] = &[
    b"new\nline.env",
    b"forged.env:1:1\nerror[x]: y.env",
    b"car\rriage.env",
    b"tab\t.env",
    b"\x1b]0;title\x07.env",
    b"\x1b[2J\x1b[31mred.env",
    b"c1-\xc2\x9b31m.env",
    b"invalid-\xff\xfe.env",
    b"half-\xe2\x82.env",
    b"-rf.env",
    b"--output=x.env",
    b"--help",
    b"-",
    b"<img src=x onerror=alert(1)>.env",
    b"::error::forged.env",
    b"::set-output name=x::y.env",
    b"##[error]forged.env",
    b"##vso[task.complete result=Succeeded].env",
    b"\xe2\x80\xae\xe2\x81\xa6vne.exe.env",
    b"\xef\xbb\xbfmark.env",
    b"zero\xe2\x80\x8bwidth.env",
    b" leading and trailing .env ",
    b"back\\slash.env",
    b"quote\"'`$(touch owned).env",
    b"percent%2e%00.env",
    b"C:evil.env",
    b"~root.env",
    b"[link](javascript:alert(1)).env",
    b"{0}{1}%s%n.env",
    b"[[:alpha:]]*?.env",
    b"!negated.env",
    b"#comment.env",
    b"sp\xc2\xadhy.env",
    b"\xe2\x80\xa8separator.env",
];

#[test]
fn names_come_out_harmless() {
    let case = Case::new();
    for (number, name) in NAMES.iter().enumerate() {
        case.write(raw(name), Pair::new(&number.to_string()).dotenv());
    }
    let run = case.scan();
    for (number, name) in NAMES.iter().enumerate() {
        let pair = Pair::new(&number.to_string());
        run.found(&pair, &String::from_utf8_lossy(name), 2);
    }
    run.findings(NAMES.len()).complete();
    assert!(!case.root().join("owned").exists());
    // A name that is no UTF-8 is told exactly as well.
    let exact = base64::engine::general_purpose::STANDARD.encode(b"invalid-\xff\xfe.env");
    assert!(run.json().to_string().contains(&exact));
}

#[test]
fn names_in_a_gap_come_out_harmless() {
    let case = Case::new();
    for name in NAMES {
        let mut name = name.to_vec();
        name.extend(b".gz");
        case.write(raw(&name), b"\x1f\x8b\x08\x00broken");
    }
    let run = case.scan();
    assert_eq!(run.code(), 3, "{run}");
    assert_eq!(run.json()["gaps"].as_array().unwrap().len(), NAMES.len());
    run.clean();
}

#[test]
fn names_given_as_arguments() {
    for (number, name) in NAMES.iter().enumerate() {
        let pair = Pair::new(&number.to_string());
        let case = Case::new();
        case.write(raw(name), pair.dotenv());
        if *name == b"-" {
            continue; // standard input
        }
        let run = case.scan_with(&["--"], |command| {
            command.arg(raw(name));
        });
        run.found(&pair, &String::from_utf8_lossy(name), 2)
            .findings(1)
            .complete();
        let missing = case.scan_with(&["--"], |command| {
            command.arg(raw(&[name, &b".gone"[..]].concat()));
        });
        assert_eq!(missing.code(), 2, "{missing}");
        missing.clean();
    }
}

#[test]
fn names_from_a_list() {
    let case = Case::new();
    let list = case.beside().join("list");
    let mut text = Vec::new();
    for (number, name) in NAMES.iter().enumerate() {
        case.write(raw(name), Pair::new(&number.to_string()).dotenv());
        text.extend_from_slice(name);
        text.push(0);
    }
    text.extend(b"gone\0\0");
    fs::write(&list, text).unwrap();
    let run = case.scan_with(&["-0", "--files-from"], |command| {
        command.arg(&list);
    });
    for (number, name) in NAMES.iter().enumerate() {
        let pair = Pair::new(&number.to_string());
        run.found(&pair, &String::from_utf8_lossy(name), 2);
    }
    run.findings(NAMES.len()).gap("gone", "no such file");
}

#[test]
fn a_secret_in_a_name_is_masked() {
    let pair = Pair::new("named");
    let token = token(1);
    let case = Case::new();
    let name = format!("backup-{}/{}-{token}.env", pair.secret, pair.key);
    case.write(&name, format!("{}GITHUB_TOKEN={token}\n", pair.dotenv()));
    // A gap beside it, and an archive member, with the value in their names.
    case.write(format!("broken-{}.gz", pair.secret), b"\x1f\x8b\x08\x00!");
    let run = case.scan();
    run.findings(2).masked(&pair).without(&token).clean();
    assert_eq!(run.places(&pair.fingerprint()).len(), 1, "{run}");
    assert_eq!(run.code(), 1, "{run}");
}

#[test]
fn a_link_names_a_secret() {
    let pair = Pair::new("link");
    let case = Case::new();
    let target = format!(
        "x?binance_api_key={}&binance_secret={}",
        pair.key, pair.secret
    );
    std::os::unix::fs::symlink(raw(target.as_bytes()), case.root().join("link")).unwrap();
    let run = case.scan();
    run.found(&pair, "link", 1).complete();
}

#[test]
fn names_are_bytes() {
    // Every byte that a name may hold, one file each.
    let case = Case::new();
    let pair = Pair::new("bytes");
    for byte in (1..=255_u8).filter(|byte| *byte != b'/') {
        let name = [b'x', byte, b'.', b'e', b'n', b'v'];
        fs::write(case.root().join(raw(&name)), pair.dotenv()).unwrap();
    }
    let run = case.scan();
    run.findings(1).masked(&pair).complete();
    assert_eq!(run.places(&pair.fingerprint()).len(), 254, "{run}");
    assert!(raw(b"x").as_os_str().as_bytes() == b"x");
}
