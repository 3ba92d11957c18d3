#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::detect::anchor;
use crate::rule::Block;

fn hits(text: &[u8]) -> Vec<BlockHit> {
    let mut anchors = Anchors::default();
    anchor::find(text, &mut anchors);
    let mut out = Vec::new();
    blocks(text, &anchors, &mut out);
    out
}

/// The values that are found, checked for their kind.
fn values(block: Block, text: &str) -> Vec<Vec<u8>> {
    let hits = hits(text.as_bytes());
    assert!(
        hits.iter()
            .all(|hit| hit.block == block && hit.end <= text.len()),
        "{text}"
    );
    hits.into_iter().map(|hit| hit.value).collect()
}

/// Made-up bytes, the same each time.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::new();
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.push((state >> 32) as u8);
    }
    bytes
}

fn base64(length: usize, seed: u64) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    noise(length, seed)
        .iter()
        .map(|byte| char::from(DIGITS[usize::from(byte % 64)]))
        .collect()
}

fn list(bytes: &[u8], form: fn(&u8) -> String, separator: &str) -> String {
    bytes.iter().map(form).collect::<Vec<_>>().join(separator)
}

fn decimal(byte: &u8) -> String {
    byte.to_string()
}

fn hex(byte: &u8) -> String {
    format!("0x{byte:02x}")
}

#[test]
fn byte_lists_of_a_pair_and_of_a_seed() {
    for length in [32, 64] {
        let bytes = noise(length, 7);
        let (tight, loose) = (list(&bytes, decimal, ","), list(&bytes, decimal, ",\n    "));
        let (hex, go) = (list(&bytes, hex, ", "), list(&bytes, decimal, " "));
        for text in [
            format!("[{tight}]"),
            format!("{{\"key\": [\r\n    {loose}\r\n]}}\n"),
            format!("let key = vec![{tight},];"),
            format!("byte[] key = new byte[]{{ {hex} }};"),
            format!("const uint8_t key[] = {{\n\t{hex},\n}};"),
            format!("key = bytes([{tight}])"),
            format!("key = bytes(({loose},))"),
            format!("Uint8Array.from([{hex}])"),
            format!("private key: [{go}]"),
        ] {
            assert_eq!(values(Block::Bytes, &text), [bytes.as_slice()], "{text}");
        }
    }
}

#[test]
fn byte_lists_span_their_brackets() {
    let text = format!("x = [{}];", list(&noise(64, 3), decimal, ","));
    let hit = hits(text.as_bytes()).pop().unwrap();
    assert_eq!((hit.start, hit.end), (4, text.len() - 1));
}

#[test]
fn quoted_lists_are_pairs_only() {
    for (length, count) in [(64, 1), (32, 0)] {
        let text = format!("KEY=\"{}\"", list(&noise(length, 9), decimal, ","));
        assert_eq!(hits(text.as_bytes()).len(), count);
    }
}

#[test]
fn other_lists_are_no_keys() {
    let bytes = noise(64, 5);
    let ascending: Vec<u8> = (100..132).collect();
    let steps: Vec<u8> = (0..32u8).map(|at| at.wrapping_mul(29)).collect();
    let text = list(&bytes, decimal, ",");
    for list in [
        list(&bytes[..63], decimal, ","),
        list(&noise(65, 5), decimal, ","),
        format!("{text},1"),
        text.replacen(',', ",256,", 1)
            .rsplit_once(',')
            .unwrap()
            .0
            .to_owned(),
        list(&[0; 64], decimal, ","),
        list(&[200; 32], decimal, ", "),
        list(&ascending, decimal, ", "),
        list(&steps, decimal, ", "),
        list(
            &noise(32, 1)
                .iter()
                .map(|byte| byte % 128)
                .collect::<Vec<_>>(),
            hex,
            ", ",
        ),
        list(
            &noise(32, 1)
                .iter()
                .map(|byte| byte | 0xf1)
                .collect::<Vec<_>>(),
            hex,
            ", ",
        ),
    ] {
        assert!(hits(format!("[{list}]").as_bytes()).is_empty(), "{list}");
    }
    assert!(hits(format!("({text}]").as_bytes()).is_empty());
    assert!(hits(text.as_bytes()).is_empty());
}

fn pem(label: &str, seed: u64) -> Vec<String> {
    let mut lines = vec![format!("-----BEGIN {label}-----")];
    lines.extend((0..5).map(|line| base64(64, seed + line)));
    lines.push(format!("{}==", base64(10, seed)));
    lines.push(format!("-----END {label}-----"));
    lines
}

fn file(lines: &[String]) -> Vec<u8> {
    (lines.join("\n") + "\n").into_bytes()
}

#[test]
fn armour_in_every_way_to_hold_it() {
    let lines = pem("RSA PRIVATE KEY", 11);
    let expected = file(&lines);
    let slashes = lines.join("\\n").replace('/', "\\/");
    let plus = lines.join("\\r\\n").replace('+', "\\u002B");
    for text in [
        lines.join("\n"),
        lines.join("\r\n"),
        format!("key: |\n    {}\n", lines.join("\n    ")),
        format!("KEY=\"{}\\n\"", lines.join("\\n")),
        format!("{{\"key\": \"{slashes}\\n\"}}"),
        format!("{{\"key\": \"{plus}\\n\"}}"),
        format!("\"{{\\\"key\\\": \\\"{}\\\"}}\"", lines.join("\\\\n")),
        format!("KEY={}", lines.join(" ")),
        format!("String key = \"{}\";", lines.join("\\n\" +\n        \"")),
        format!("key = (\n  '{}'\n)", lines.join("\\n'\n  '")),
        format!(
            "k = \"\"\nk += \"{}\"",
            lines.join("\" & _\n").replace(" & _\n", "\\n\" + \"")
        ),
        format!("[\"{}\"].join(\"\\n\")", lines.join("\",\n  \"")),
        format!("echo '{}' \\\n", lines.join("' \\\n '")),
        format!("# {}", lines.join("\n# ")),
        format!("// {}", lines.join("\n// ")),
        format!("+{}", lines.join("\n+")),
        format!("-{}", lines.join("\n-")),
        format!("> {}", lines.join("\n> ")),
    ] {
        let found = values(Block::Armor, &text);
        let shown = found
            .first()
            .map(|value| String::from_utf8_lossy(value).into_owned());
        assert_eq!(found, [expected.as_slice()], "{text}\n{shown:?}");
    }
}

#[test]
fn armour_of_every_private_key() {
    for label in [
        "PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "EC PRIVATE KEY",
        "DSA PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "TENDERMINT PRIVATE KEY",
    ] {
        let lines = pem(label, 13);
        assert_eq!(values(Block::Armor, &lines.join("\n")), [file(&lines)]);
    }
    for label in [
        "CERTIFICATE",
        "PUBLIC KEY",
        "PGP MESSAGE",
        "PGP PUBLIC KEY BLOCK",
    ] {
        let text = pem(label, 13).join("\n");
        assert!(hits(text.as_bytes()).is_empty(), "{label}");
        let mut anchors = Anchors::default();
        anchor::find(text.as_bytes(), &mut anchors);
        assert_eq!(
            armor_spans(&anchors),
            [Run {
                start: 0,
                end: text.len()
            }]
        );
    }
}

#[test]
fn fields_of_armour_are_kept() {
    let mut lines = pem("RSA PRIVATE KEY", 17);
    lines.insert(1, "Proc-Type: 4,ENCRYPTED".to_owned());
    lines.insert(2, "DEK-Info: AES-128-CBC,0123".to_owned());
    lines.insert(3, String::new());
    for text in [
        lines.join("\n"),
        lines.join("\\n"),
        lines.join("\\n\" +\n\""),
    ] {
        assert_eq!(values(Block::Armor, &text), [file(&lines)]);
    }
    let mut lines = pem("PGP PRIVATE KEY BLOCK", 19);
    lines.insert(1, String::new());
    lines.insert(lines.len() - 1, format!("={}", base64(4, 1)));
    for text in [lines.join("\n"), lines.join("\\n")] {
        assert_eq!(values(Block::Armor, &text), [file(&lines)]);
    }
    lines.insert(1, "Version: GnuPG v2".to_owned());
    assert_eq!(values(Block::Armor, &lines.join("\n")), [file(&lines)]);
}

#[test]
fn putty_keys() {
    let head = [
        "PuTTY-User-Key-File-3: ssh-ed25519",
        "Encryption: none",
        "Comment: me@host, old laptop",
        "Public-Lines: 1",
    ];
    let mut lines: Vec<String> = head.map(str::to_owned).to_vec();
    lines.push(base64(64, 1));
    lines.push("Private-Lines: 1".to_owned());
    lines.push(base64(48, 2));
    lines.push(format!("Private-MAC: {}", "0f".repeat(32)));
    for text in [
        lines.join("\r\n") + "\r\nother: text",
        lines.join("\\n") + "\\n\"",
    ] {
        assert_eq!(values(Block::Armor, &text), [file(&lines)]);
    }
}

#[test]
fn armour_without_an_end() {
    let lines = pem("PRIVATE KEY", 23);
    let whole = lines[..6].join("\n");
    for rest in [
        "\nlet x = 1;\n",
        "\n...\n(cut)",
        "\n-----BEGIN CERTIFICATE-----\n",
        "",
    ] {
        let text = format!("{whole}{rest}");
        assert_eq!(values(Block::Armor, &text), [file(&lines[..6])], "{rest}");
    }
}

#[test]
fn headers_in_code_are_no_armour() {
    let token = base64(40, 3);
    for text in [
        format!("if s.contains(\"-----BEGIN PRIVATE KEY-----\") {{ return {token}; }}"),
        "x = \"-----BEGIN PRIVATE KEY-----\" + key + \"-----END PRIVATE KEY-----\"".to_owned(),
        "\"-----BEGIN PRIVATE KEY-----\", \"-----END PRIVATE KEY-----\"".to_owned(),
        "-----BEGIN PRIVATE KEY-----\n<your key here>\n-----END PRIVATE KEY-----".to_owned(),
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----".to_owned(),
        format!("\"-----BEGIN PRIVATE KEY-----\",\n\"{token}\",\n\"other thing here\"]"),
    ] {
        let mut anchors = Anchors::default();
        anchor::find(text.as_bytes(), &mut anchors);
        assert!(hits(text.as_bytes()).is_empty(), "{text}");
        let inside = |run: &Run| String::from_utf8_lossy(run.of(text.as_bytes())).contains(&token);
        assert!(!anchors.armor.iter().any(inside), "{text}");
    }
}

fn keystore() -> String {
    let cipher = "ab".repeat(32);
    format!(
        "{{\"version\":3,\"Crypto\":{{\"cipher\":\"aes-128-ctr\",\"ciphertext\":\"{cipher}\",\
         \"kdf\":\"scrypt\",\"kdfparams\":{{\"n\":8}},\"mac\":\"{cipher}\"}}}}"
    )
}

#[test]
fn key_files() {
    let keystore = keystore();
    let account = "{\"encoded\":\"x\",\"encoding\":{\"content\":[\"pkcs8\",\"sr25519\"]}}";
    let validator = "{\"address\":\"0F\",\"priv_key\":{\"type\":\"tendermint/PrivKeyEd25519\",\"value\":\"x\"}}";
    for file in [keystore.as_str(), account, validator] {
        for text in [
            file.to_owned(),
            format!("[{file},\n"),
            format!("wallets = {{\"a\": {file}, \"b\": {{}}}}"),
            format!("}}}} {file} {{"),
        ] {
            assert_eq!(values(Block::Keystore, &text), [file.as_bytes()], "{text}");
        }
        let escaped = file.replace('"', "\\\"");
        assert_eq!(
            values(Block::Keystore, &format!("\"{escaped}\"")),
            [escaped.as_bytes()]
        );
    }
    let two = format!("[{keystore},{keystore}]");
    assert_eq!(values(Block::Keystore, &two).len(), 2);
    let long = keystore.replacen(
        "\"version\"",
        &format!("\"x\":\"{}\",\"v\"", " ".repeat(70_000)),
        1,
    );
    let capped = |hit: &BlockHit| hit.value.len() <= 64 * 1024;
    assert!(hits(long.as_bytes()).iter().all(capped));
    for text in ["{\"kdfparams\":{}}", "use pkcs8::{Decode};", "kdfparams"] {
        assert!(hits(text.as_bytes()).is_empty());
    }
}

/// Twice the input takes no more than about twice the time, for the worst inputs known.
#[test]
fn floods_are_linear() {
    let line = base64(64, 5);
    let floods: [(&str, String); 10] = [
        ("headers", "-----BEGIN PRIVATE KEY-----\n".into()),
        (
            "headers with a line",
            format!("-----BEGIN PRIVATE KEY-----\n{line}\n"),
        ),
        ("half headers", "-----BEGIN ".into()),
        ("putty", "PuTTY-User-Key-File-2: x\n".into()),
        ("lines", format!("{line}\n")),
        ("objects", "{\"kdfparams\":".into()),
        ("closed objects", "{\"kdfparams\":1}}".into()),
        ("brackets", "[1,2,3,4,5,6,7,8,9,".into()),
        ("backslashes", "\\".into()),
        ("dashes", "-".into()),
    ];
    let time = |unit: &str, size: usize| {
        let head = "-----BEGIN PRIVATE KEY-----\\n{{\"kdfparams\":[";
        let text = format!("{head}{}", unit.repeat(size / unit.len()));
        let once = || {
            let start = std::time::Instant::now();
            hits(text.as_bytes());
            start.elapsed().as_secs_f64()
        };
        (0..3).map(|_| once()).fold(f64::MAX, f64::min)
    };
    for (name, unit) in floods {
        // Eight times the input: quadratic work would take 64 times as long. Another program may
        // disturb one measurement, not each of five.
        let is_linear = |_| time(&unit, 800_000) < time(&unit, 100_000) * 24.0 + 0.05;
        assert!((0..5).any(is_linear), "{name}");
    }
}

#[test]
fn nested_floods_report_little() {
    let object = "{\"kdfparams\":{\"ciphertext\":";
    let text = object.repeat(2_000) + &"}".repeat(4_000);
    let total: usize = hits(text.as_bytes())
        .iter()
        .map(|hit| hit.value.len())
        .sum();
    assert!(total <= text.len());
}

#[test]
fn debug_hides_the_value() {
    let mut text = String::new();
    let numbers = list(&noise(64, 2), decimal, ",");
    write!(text, "{:?}", hits(format!("[{numbers}]").as_bytes())).unwrap();
    assert!(text.contains("Bytes") && !text.contains("value"));
}

proptest! {
    /// No bytes make it panic, and spans lie within the input.
    #[test]
    fn hostile_bytes(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("-----BEGIN ".to_owned()),
                Just("-----BEGIN RSA PRIVATE KEY-----".to_owned()),
                Just("-----END RSA PRIVATE KEY-----".to_owned()),
                Just("PuTTY-User-Key-File-2:".to_owned()),
                Just("Private-MAC: 00".to_owned()),
                Just("{\"kdfparams\": {\"ciphertext\"".to_owned()),
                Just("\"pkcs8\"".to_owned()),
                Just("\\u00".to_owned()),
                "[\\\\\"'+\n{}\\[\\],: é]{1,8}",
                "[A-Za-z0-9+/]{1,90}",
                "(-?[0-9]{1,3},){1,70}",
            ],
            0..24,
        ),
        tail in proptest::collection::vec(any::<u8>(), 0..8),
    ) {
        let text = [parts.concat().into_bytes(), tail].concat();
        let mut anchors = Anchors::default();
        anchor::find(&text, &mut anchors);
        for pair in anchors.armor.windows(2) {
            prop_assert!(pair[0].end <= pair[1].start);
        }
        for hit in hits(&text) {
            prop_assert!(hit.start < hit.end && hit.end <= text.len());
        }
    }
}

#[test]
fn what_lies_in_a_list_does_not_part_it() {
    for (form, separator) in [
        (decimal as fn(&u8) -> String, ", "),
        (hex, ","),
        (decimal, "\n"),
    ] {
        let text = list(&noise(64, 5), form, separator);
        for start in 0..text.len() {
            for end in [start, start + 1, start + 40, text.len()] {
                let part = text.as_bytes().get(start..end.min(text.len()));
                assert!(
                    !parts_lists(part.unwrap_or_default()),
                    "{start}..{end}: {text}"
                );
            }
        }
    }
    for text in [
        "1, 2, 300, 4",
        "1 2 abc 4",
        "1, 2.5, 3",
        "x = 1",
        "0x12345, 0x1ff, 0x2",
    ] {
        assert!(parts_lists(text.as_bytes()), "{text}");
    }
    for text in ["300, 1, 2, 300", "abc 1 2 abc", " ", ""] {
        assert!(!parts_lists(text.as_bytes()), "{text}");
    }
}
