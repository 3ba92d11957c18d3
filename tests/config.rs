//! `keyfence.toml`: what it may say, and what a bad one gets.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use keyfence::config::{Config, FIELDS, load};
use keyfence::error::Error;

fn read(text: &str) -> Result<Config, Error> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keyfence.toml");
    fs::write(&path, text).unwrap();
    fs::create_dir_all(dir.path().join("rules/mine")).unwrap();
    for file in ["b.toml", "mine/a.toml", "mine/note.md"] {
        fs::write(dir.path().join("rules").join(file), "").unwrap();
    }
    load(&path, true)
}

/// The error as the user reads it, without the directory.
fn refused(text: &str) -> String {
    let error = read(text).unwrap_err();
    let said = format!("{error}\n{}", error.help().unwrap());
    said[said.find("keyfence.toml").unwrap()..].to_owned()
}

const FULL: &str = r#"
rules = ["rules/**/*.toml"]
only-rules = ["bybit", "okx"]
exclude-rules = ["generic"]
fail-on = "none"
min-confidence = "certain"

[[exclude]]
path = "tests/fixtures/**"
reason = "made-up values"

[[ignore]]
fingerprint = "00112233445566778899aabbccddeeff"
reason = "revoked in May"

[[ignore]]
value-regex = "^demo-"
path = "docs/*.md"
rule = "bybit"
reason = "documentation"
"#;

#[test]
fn a_full_configuration() {
    let config = read(FULL).unwrap();
    let names: Vec<_> = config
        .rules
        .iter()
        .map(|p| p.strip_prefix(&config.dir).unwrap())
        .collect();
    assert_eq!(names, ["rules/b.toml", "rules/mine/a.toml"].map(Path::new));
    assert_eq!(config.fail_on, Some(None));
    assert!(config.excludes[0].path.is_match("tests/fixtures/a/b.env"));
    assert!(!config.excludes[0].path.is_match("src/tests/fixtures/a"));
    let ignore = &config.ignores[1];
    assert!(
        ignore.names_path(Some(Path::new("docs/a.md")))
            && !ignore.names_path(Some(Path::new("docs/sub/a.md")))
            && !ignore.names_path(None)
    );
    assert!(ignore.names_rule("bybit", "bybit-key") && !ignore.names_rule("okx", "okx"));
    assert!(ignore.value.as_ref().unwrap().is_match(b"demo-1"));
    let narrows = config.narrows().unwrap();
    assert_eq!(
        narrows,
        "keyfence.toml says fail-on none; min-confidence certain; only rules bybit, okx; rules left out: generic"
    );
    assert_eq!(read("").unwrap().narrows(), None);
}

#[test]
fn bad_ones_name_the_line_and_what_to_write() {
    let cases = [
        (
            "fail_on = 'low'",
            "keyfence.toml:1: unknown field `fail_on`\ndid you mean `fail-on`? fields here: ",
        ),
        (
            "\n\n[[ignore]]\nfingerprnt = 'x'",
            "keyfence.toml:4: unknown field `fingerprnt`\ndid you mean `fingerprint`?",
        ),
        (
            "\nfail-on = 'hgih'",
            "keyfence.toml:2: there is no severity `hgih`\ndid you mean `high`?",
        ),
        (
            "min-confidence = 'sure'",
            "keyfence.toml:1: there is no confidence `sure`\nwrite one of: possible, likely, certain",
        ),
        (
            "fail-on = 3",
            "keyfence.toml:1: invalid type: integer `3`, expected a string",
        ),
        (
            "rules = 'abc \" d'",
            "keyfence.toml:1: invalid type: string, expected a sequence",
        ),
        ("rules = [", "keyfence.toml:1: "),
        (
            "rules = ['none/*.toml']",
            "keyfence.toml:1: no file matches `none/*.toml`",
        ),
        (
            "rules = ['/etc/*.toml']",
            "keyfence.toml:1: a configuration found in the tree",
        ),
        (
            "rules = ['../x.toml']",
            "keyfence.toml:1: a configuration found in the tree",
        ),
        (
            "[[ignore]]\nreason = 'x'",
            "keyfence.toml:1: this ignore entry would ignore everything",
        ),
        (
            "[[ignore]]\nrule = 'x'\nreason = ' '",
            "keyfence.toml:3: the reason is empty",
        ),
        (
            "[[ignore]]\nrule = 'x'",
            "keyfence.toml:1: missing field `reason`",
        ),
        (
            "[[ignore]]\nfingerprint = 'abc'\nreason = 'x'",
            "keyfence.toml:2: this is no fingerprint",
        ),
        (
            "[[ignore]]\nvalue-regex = '('\nreason = 'x'",
            "keyfence.toml:2: this is no regular expression: unclosed group",
        ),
        (
            "[[exclude]]\npath = '{a'\nreason = 'x'",
            "keyfence.toml:2: this is no glob: ",
        ),
    ];
    for (text, expected) in cases {
        let said = refused(text);
        assert!(said.starts_with(expected), "{text}\n{said}");
    }
}

#[cfg(unix)] // elsewhere it depends on the machine's settings who may make links
#[test]
fn links_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keyfence.toml");
    fs::write(dir.path().join("target"), "").unwrap();
    std::os::unix::fs::symlink(dir.path().join("target"), &path).unwrap();
    assert!(
        load(&path, true)
            .unwrap_err()
            .to_string()
            .ends_with("it is a symbolic link")
    );
}

#[test]
fn hostile_files_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keyfence.toml");
    fs::write(&path, "#".repeat((1 << 20) + 1)).unwrap();
    assert!(
        load(&path, true)
            .unwrap_err()
            .to_string()
            .ends_with("it has more than 1048576 bytes")
    );
    fs::write(&path, b"fail-on = 'low'\n# \xff").unwrap();
    assert!(
        load(&path, true)
            .unwrap_err()
            .to_string()
            .ends_with("keyfence.toml:2: this is not UTF-8")
    );
    fs::write(&path, "\"\\u001b[2J\" = 1").unwrap();
    let said = load(&path, true).unwrap_err();
    assert!(!said.to_string().contains('\x1b') && !said.help().unwrap().contains('\x1b'));
}

#[test]
fn the_schema_knows_the_same_fields() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../keyfence.schema.json")).unwrap();
    let mut fields: Vec<&str> = schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut expected = FIELDS.to_vec();
    fields.sort_unstable();
    expected.sort_unstable();
    assert_eq!(fields, expected);
    // The reader's own list of fields, as its error tells it.
    let said = refused("zzzzzzzzz = 1");
    assert!(expected.iter().all(|field| said.contains(field)), "{said}");

    let validator = jsonschema::validator_for(&schema).unwrap();
    let valid = |text: &str| {
        validator
            .is_valid(&serde_json::to_value(toml::from_str::<toml::Value>(text).unwrap()).unwrap())
    };
    assert!(valid(FULL));
    assert!(!valid("fail_on = 'low'"));
    assert!(!valid("[[ignore]]\nreason = 'x'"));
}

#[test]
fn regular_expressions_have_room_together() {
    let entry = |n: usize| format!("[[ignore]]\nvalue-regex = '\\w{{60}}{n}'\nreason = 'r'\n");
    let few: String = (0..5).map(entry).collect();
    assert_eq!(read(&few).unwrap().ignores.len(), 5);
    // Each of them takes a megabyte and a half, and there is room for thousands in a file.
    let many: String = (0..1000).map(entry).collect();
    let said = refused(&many);
    assert!(said.contains("all together may take 32 MiB"), "{said}");
    let plain = |n: usize| format!("[[ignore]]\nvalue-regex = '^demo-{n}$'\nreason = 'r'\n");
    let plain: String = (0..1000).map(plain).collect();
    assert_eq!(read(&plain).unwrap().ignores.len(), 1000);
}
