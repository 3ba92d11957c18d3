//! `keyfence scan` as its user meets it, on trees that hold made-up credentials.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_types,
    missing_docs
)]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use keyfence::rule::{Set, forge};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// The text with its slots («bybit.secret») filled.
fn filled(text: &str) -> String {
    let set = Set::builtin();
    forge::fill(set, set.get("bybit").unwrap(), text).unwrap()
}

/// A tree of these files, slots filled.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, filled(text)).unwrap();
    }
    dir
}

/// What a run said, and its exit code.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }

    /// Rule, path and line of each place of each finding.
    fn places(&self) -> Vec<String> {
        let json = self.json();
        let findings = json["findings"].as_array().unwrap();
        let place = |f: &Value| {
            let places = f["places"].as_array().unwrap().clone();
            let id = f["id"].as_str().unwrap().to_owned();
            places
                .into_iter()
                .map(move |p| format!("{id} {}:{}", p["path"].as_str().unwrap(), p["line"]))
        };
        findings.iter().flat_map(place).collect()
    }
}

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keyfence"));
    command
        .current_dir(dir)
        .env_clear()
        .env("NO_COLOR", "1")
        .arg("scan")
        .args(args)
        .stdin(Stdio::null());
    command
}

fn scan(dir: &Path, args: &[&str]) -> Run {
    scan_fed(dir, args, "")
}

fn scan_fed(dir: &Path, args: &[&str], input: &str) -> Run {
    let mut child = command(dir, args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read it closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

const ENV: &str = "\
# the bot
BYBIT_API_KEY=«bybit.key»
BYBIT_API_SECRET=«bybit.secret»
";

const CODE: &str = "\
from pybit.unified_trading import HTTP

session = HTTP(
    api_key=\"«bybit.key»\",
    api_secret=\"«bybit.secret»\",
)
";

#[test]
fn one_finding_with_all_parts_and_places() {
    let dir = tree(&[("bot/.env", ENV), ("trade.py", CODE)]);
    let run = scan(dir.path(), &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let said = run.stdout.replace(&filled("«bybit.secret»"), "LEAK");
    insta::assert_snapshot!(said, @r#"
critical[bybit]: Bybit secret and key
 --> bot/.env:3:18
  |
2 | BYBIT_API_KEY=efJ****
  |               ^^^^^^^ key
3 | BYBIT_API_SECRET=0520****EH
  |                  ^^^^^^^^^^ secret
  |
 --> trade.py:5:17
  |
4 | api_key="efJ****",
  |          ^^^^^^^ key
5 | api_secret="0520****EH",
  |             ^^^^^^^^^^ secret
  |
  = why: held by `BYBIT_API_KEY` on line 2
  = why: held by `BYBIT_API_SECRET` on line 3
  = confidence: likely (shape and context agree)
  = reuse: used in 2 places (bot/.env, trade.py): give each bot a key of its own, so that one can be revoked alone
  = do now: 1. Delete the key now under Account > API; sub-account keys are listed under the sub-account.
            2. Look for withdrawals, transfers between the unified, funding and sub-accounts, open orders and positions, and new entries in the address book.
            3. Make a new key: read and trade for the products the bot uses, withdrawals and transfers off, bound to the bot's IP addresses (a key without an address lapses after 90 days), one key per bot.
            4. Hand it to the bot through the environment or a vault.
  = revoke: https://www.bybit.com/app/user/api-management
  = more: https://github.com/keyfence/keyfence/blob/main/docs/rules/bybit.md
  = fingerprint: f01a503453d6f75302e15e68e9ba411f

scanned 2 files (244 B): 1 finding (1 critical)
"#);
    assert_eq!(run.stderr, "");
}

#[test]
fn installed_packages_are_everybodys() {
    let pair = "BYBIT_API_KEY=«bybit.key»\nBYBIT_API_SECRET=«bybit.secret»\n";
    let dir = tree(&[
        ("web/node_modules/bybit-api/test/config.js", pair),
        (
            "lib/python3.12/site-packages/ccxt-4.4.dist-info/METADATA",
            pair,
        ),
    ]);
    let run = scan(dir.path(), &["--format", "json"]);
    assert_eq!((run.code, run.places().len()), (0, 0), "{}", run.stdout);
    assert!(run.json()["summary"]["suppressed_by_reason"]["path"].as_u64() > Some(0));
    let run = scan(dir.path(), &["--format", "json", "--dependencies"]);
    assert_eq!((run.code, run.places().len()), (1, 2), "{}", run.stdout);
    // Who names a package wants to know.
    for root in ["web/node_modules", "web/node_modules/bybit-api"] {
        let run = scan(dir.path(), &["--format", "json", root]);
        assert_eq!((run.code, run.places().len()), (1, 1), "{}", run.stdout);
    }
    // Nothing that a package manager put there.
    let own = tree(&[("node_modules/.env", pair)]);
    assert_eq!(scan(own.path(), &[]).code, 1);
}

/// Real ones, from the history of a bot: a list of tokens with their pictures, in one line, and a compiled
/// file named after an exchange.
#[test]
fn ids_in_urls_and_symbols_place_nothing() {
    let entry = r#"{"symbol":"A","logoURI":"https://arweave.net/«whitebit.key»","verified":true},"#;
    let other =
        r#"{"symbol":"B","logoURI":"https://arweave.net/«whitebit.secret»","verified":true},"#;
    let long: String = (0..300)
        .map(|n| format!("{{\"symbol\":\"T{n}\",\"name\":\"a token\"}},"))
        .collect();
    let list = format!("[{{\"url\":\"https://whitebit.com\"}},{long}{entry}{other}{long}]\n");
    let near = format!("import whitebit\nlogos = [{entry}{other}]\n");
    let compiled = "\0\0sym«whitebit.key»\0\0sym\0«whitebit.secret»\0\0";
    let dir = tree(&[
        ("tokens.json", &list),
        ("tokens.py", &near),
        ("build/whitebit/order_tracker.obj", compiled),
    ]);
    let run = scan(dir.path(), &["--format", "json"]);
    assert_eq!(run.places(), [""; 0], "{}", run.stdout);
    // The same two under names, or sent to the host, are a pair.
    let named = tree(&[(
        "a.py",
        "import whitebit\nkey = '«whitebit.key»'\nsecret = '«whitebit.secret»'\n",
    )]);
    assert_eq!(scan(named.path(), &[]).code, 1);
}

#[test]
fn a_clean_tree() {
    let dir = tree(&[("main.py", "print('no secrets')\n"), ("a/b.txt", "text\n")]);
    let run = scan(dir.path(), &[]);
    assert_eq!(run.code, 0);
    assert_eq!(run.stdout, "scanned 2 files (25 B): 0 findings\n");
    assert_eq!(run.stderr, "");
}

#[test]
fn standard_input_has_the_context_of_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let text = filled("key = «bybit.key»\nsecret = «bybit.secret»\n");
    let run = scan_fed(
        dir.path(),
        &["-", "--stdin-name", "conf/bybit.ini", "-f", "json"],
        &text,
    );
    assert_eq!(run.code, 1);
    assert_eq!(run.places(), ["bybit conf/bybit.ini:2"]);
    let run = scan_fed(dir.path(), &["-", "-f", "json"], "nothing\n");
    assert_eq!(run.code, 0);
}

#[test]
fn lists_of_files() {
    let dir = tree(&[(".env", ENV), ("other/.env", ENV), ("a.py", CODE)]);
    let run = scan_fed(
        dir.path(),
        &["--files-from", "-", "-f", "json"],
        "other/.env\r\n\n",
    );
    assert_eq!(run.places(), ["bybit other/.env:3"]);
    let run = scan_fed(
        dir.path(),
        &["--files-from", "-", "-0", "-f", "json"],
        "other/.env\0a.py\0",
    );
    assert_eq!(run.places(), ["bybit a.py:5", "bybit other/.env:3"]);
    let run = scan_fed(
        dir.path(),
        &["--files-from", "-", "-f", "json"],
        "gone.env\n",
    );
    assert_eq!(run.code, 3, "{}", run.stderr);
    let run = scan(dir.path(), &["--files-from", "no-list"]);
    assert_eq!(run.code, 2);
    // Between them stands what the system says.
    let said = run.stderr;
    assert!(said.starts_with("error: cannot read `no-list`: "), "{said}");
    assert!(said.ends_with("\nhelp: check the path\n"), "{said}");
}

#[test]
fn rules_are_chosen() {
    let dir = tree(&[(".env", ENV)]);
    let code = |args: &[&str]| scan(dir.path(), args).code;
    assert_eq!(code(&["--rule", "bybit"]), 1);
    assert_eq!(code(&["--rule", "okx,kraken"]), 0);
    assert_eq!(code(&["--exclude-rule", "bybit"]), 0);
    let run = scan(dir.path(), &["--rule", "bibyt"]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.stderr,
        "error: there is no rule `bibyt`\nhelp: did you mean `bybit`? `keyfence rules list` lists all\n"
    );
}

#[test]
fn severity_and_confidence_decide() {
    let pair = tree(&[(".env", ENV)]);
    let key = tree(&[(".env", "BYBIT_API_KEY=«bybit.key»\n")]);
    let code = |dir: &TempDir, args: &[&str]| scan(dir.path(), args).code;
    assert_eq!(code(&pair, &["--fail-on", "critical"]), 1);
    assert_eq!(code(&pair, &["--fail-on", "none"]), 0);
    assert_eq!(code(&key, &[]), 0);
    assert_eq!(code(&key, &["--fail-on", "low"]), 1);
    assert_eq!(code(&pair, &["--min-confidence", "certain"]), 0);
    let run = scan(key.path(), &["-f", "json"]);
    assert_eq!(run.json()["findings"][0]["severity"], "low");
}

#[test]
fn configured_suppressions_are_counted_and_listed() {
    let dir = tree(&[
        (".env", ENV),
        ("tests/fixtures/.env", "BYBIT_API_SECRET=«bybit.secret#2»\n"),
        ("old.env", "BYBIT_API_SECRET=«bybit.secret#3»\n"),
    ]);
    let json = scan(dir.path(), &["-f", "json"]).json();
    let all = json["findings"].as_array().unwrap();
    assert_eq!(all.len(), 3);
    let of = |path: &str| {
        let here = |f: &&Value| f["places"][0]["path"] == path;
        all.iter().find(here).unwrap()["fingerprint"]
            .as_str()
            .unwrap()
    };
    let config = format!(
        "[[exclude]]\npath = \"tests/fixtures/**\"\nreason = \"made up\"\n\
         [[ignore]]\nfingerprint = \"{}\"\nreason = \"revoked in May\"\n\
         [[ignore]]\npath = \"*.env\"\nrule = \"bybit\"\nvalue-regex = \"^{}\"\nreason = \"old\"\n",
        of(".env"),
        &filled("«bybit.secret#3»")[..6]
    );
    fs::write(dir.path().join("keyfence.toml"), config).unwrap();
    let run = scan(dir.path(), &["--show-suppressed"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    insta::assert_snapshot!(run.stdout, @r"
suppressed[ignore]: Bybit secret at .env:3:18 (revoked in May)
suppressed[ignore]: Bybit secret at old.env:1:18 (old)
suppressed[path]: Bybit secret at tests/fixtures/.env:1:18 (made up)

scanned 4 files (429 B): 0 findings; 3 suppressed (1 path, 2 ignore)
");
    assert_eq!(run.stderr, "");
    assert_eq!(scan(dir.path(), &["--isolated"]).code, 1);
}

#[test]
fn allow_comments_ours_and_theirs() {
    for marker in [
        "keyfence:allow",
        "keyfence:allow(bybit) test account",
        "gitleaks:allow",
        "pragma: allowlist secret",
    ] {
        let text = format!("BYBIT_API_SECRET=«bybit.secret» # {marker}\n");
        let dir = tree(&[(".env", &text)]);
        assert_eq!(scan(dir.path(), &[]).code, 0, "{marker}");
        assert_eq!(scan(dir.path(), &["--no-inline"]).code, 1, "{marker}");
        let shown = scan(dir.path(), &["--show-suppressed"]);
        assert!(
            shown.stdout.contains("suppressed[inline]"),
            "{}",
            shown.stdout
        );
        assert!(shown.stdout.contains("1 suppressed"), "{}", shown.stdout);
    }
    let text = "BYBIT_API_SECRET=«bybit.secret» # keyfence:allow(okx)\n";
    assert_eq!(scan(tree(&[(".env", text)]).path(), &[]).code, 1);
}

#[test]
fn several_reports_at_once_and_no_secret_in_any() {
    let dir = tree(&[(".env", ENV), ("trade.py", CODE)]);
    let run = scan(
        dir.path(),
        &[
            "-f",
            "human",
            "-f",
            "json=o.json",
            "-f",
            "jsonl=o.jsonl",
            "-f",
            "sarif=o.sarif",
        ],
    );
    assert_eq!(run.code, 1);
    let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    let secret = filled("«bybit.secret»");
    for text in [
        &run.stdout,
        &run.stderr,
        &read("o.json"),
        &read("o.jsonl"),
        &read("o.sarif"),
    ] {
        assert!(!text.contains(&secret[4..30]));
    }
    let sarif: Value = serde_json::from_str(&read("o.sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    let prints: Vec<_> = results.iter().map(|r| &r["partialFingerprints"]).collect();
    assert_eq!(prints[0]["keyfence/v1"], prints[1]["keyfence/v1"]);
    let report: Value = serde_json::from_str(
        &fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("report.schema.json"))
            .unwrap(),
    )
    .unwrap();
    let json: Value = serde_json::from_str(&read("o.json")).unwrap();
    assert!(jsonschema::is_valid(&report, &json));

    let shown = scan(dir.path(), &["-f", "json", "--show-secrets"]);
    assert!(shown.stdout.contains(&secret));
}

#[test]
fn what_can_not_be_read_is_told() {
    let dir = tree(&[("a.txt", "text\n")]);
    fs::write(dir.path().join("broken.zip"), b"PK\x03\x04 and no more").unwrap();
    let run = scan(dir.path(), &[]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("broken.zip"), "{}", run.stderr);
    assert_eq!(scan(dir.path(), &["--allow-incomplete"]).code, 0);
    fs::write(dir.path().join(".env"), filled(ENV)).unwrap();
    assert_eq!(scan(dir.path(), &[]).code, 1);
}

#[test]
fn a_reader_who_leaves_is_no_error() {
    let dir = tree(&[(".env", ENV)]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let run = command(dir.path(), &[]).stdout(writer).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    assert!(!String::from_utf8_lossy(&run.stderr).contains("error"));
}

#[cfg(target_os = "linux")] // the only one with a device that is always full
#[test]
fn a_full_disk_is_an_error() {
    let dir = tree(&[(".env", ENV)]);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let run = command(dir.path(), &[]).stdout(full).output().unwrap();
    assert_eq!(run.status.code(), Some(2));
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(
        said.contains("error: cannot write standard output"),
        "{said}"
    );
}

#[test]
fn a_published_value_is_one_under_every_rule() {
    let house = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/exchange/bitvavo.toml"),
    )
    .unwrap();
    let (rest, _) = house.split_once("[[example]]").unwrap();
    let value = filled("«hyperliquid.private-key»");
    let digits = value.trim_start_matches("0x");
    let hash: String = Sha256::digest(digits)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let own = rest
        .replace("id = \"bitvavo\"", "id = \"house\"")
        .replace("\"bitvavo\"", "\"housebank\"");
    let dir = tree(&[(
        ".env",
        "HYPERLIQUID_PRIVATE_KEY=«hyperliquid.private-key»\n",
    )]);
    assert_eq!(scan(dir.path(), &["-f", "json"]).places().len(), 1);
    let samples = format!("{own}\n[samples]\nsha256 = [\"{hash}\"]\n");
    fs::write(dir.path().join("house.toml"), samples).unwrap();
    fs::write(
        dir.path().join("keyfence.toml"),
        "rules = [\"house.toml\"]\n",
    )
    .unwrap();
    let run = scan(dir.path(), &["--show-suppressed", ".env"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stdout.starts_with("suppressed[sample]: "),
        "{}",
        run.stdout
    );
}

#[test]
fn own_rules_and_broken_ones() {
    let rule =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/exchange/bybit.toml"))
            .unwrap();
    let own = rule
        .replace("id = \"bybit\"", "id = \"house\"")
        .replace("\"bybit\"", "\"housebank\"");
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    write("house.toml", &own);
    write("keyfence.toml", "rules = [\"house.toml\"]\n");
    write(
        ".env",
        &filled("HOUSEBANK_API_KEY=«bybit.key»\nHOUSEBANK_SECRET=«bybit.secret»\n"),
    );
    assert_eq!(
        scan(dir.path(), &["-f", "json", ".env"]).places(),
        ["house .env:2"]
    );
    write("house.toml", &rule);
    let run = scan(dir.path(), &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .contains("there is a rule `bybit` already\nhelp: "),
        "{}",
        run.stderr
    );
    write("house.toml", &own.replace("[remedy]", "[remedies]"));
    let run = scan(dir.path(), &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .contains("unknown field `remedies`\nhelp: did you mean `remedy`?"),
        "{}",
        run.stderr
    );
}
