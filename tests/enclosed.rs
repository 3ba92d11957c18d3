//! A whole `.env`, JSON or YAML file that another file holds encoded, as Kubernetes, CI and shell scripts keep them:
//! what is found in it, and which parts belong together, is what is found in the file itself.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::indexing_slicing
)]

#[path = "ways/random.rs"]
#[allow(dead_code)]
mod random;

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use random::Random;

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ALNUM: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Made-up credentials, and files that hold them.
struct Files {
    env: String,
    json: String,
    yaml: String,
    secrets: Vec<String>,
}

fn files() -> Files {
    let mut random = Random::new("enclosed");
    let id = format!("AKIA{}", random.text(UPPER, 16));
    let secret = random.text(ALNUM, 40);
    let (key, hidden) = (random.text(ALNUM, 64), random.text(ALNUM, 64));
    let word = random.text(ALNUM, 20);
    Files {
        env: format!(
            "# production\nDEBUG=false\nAWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n\
             BINANCE_API_KEY={key}\nBINANCE_API_SECRET='{hidden}'\nDB_PASSWORD={word}\n"
        ),
        json: format!(
            "{{\n  \"aws_access_key_id\": \"{id}\",\n  \"aws_secret_access_key\": \"{secret}\",\n  \
             \"exchange\": {{\"name\": \"binance\", \"key\": \"{key}\", \"secret\": \"{hidden}\"}},\n  \
             \"db\": {{\"password\": \"{word}\"}}\n}}\n"
        ),
        yaml: format!(
            "aws:\n  aws_access_key_id: {id}\n  aws_secret_access_key: {secret}\nbinance:\n  \
             api_key: {key}\n  api_secret: {hidden}\ndb:\n  password: {word}\n"
        ),
        secrets: vec![secret, hidden, word],
    }
}

/// Base64 in lines.
fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let all = STANDARD.encode(text);
    let lines = all.as_bytes().chunks(width);
    let lines: Vec<&str> = lines
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    lines.join(&format!("\n{indent}"))
}

/// The ways to hold a file: a path, and what stands there.
fn ways(text: &str) -> Vec<(&'static str, String)> {
    let base64 = STANDARD.encode(text);
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let form = base64.replace('+', "%2B").replace('=', "%3D");
    let json = serde_json::json!({ "env": base64 }).to_string();
    vec![
        (
            "k8s/secret.yaml",
            format!("kind: Secret\nmetadata:\n  name: bot\ndata:\n  .env: {base64}\n"),
        ),
        (
            "block.yaml",
            format!("env: |\n  {}\nport: 443\n", wrapped(text, 64, "  ")),
        ),
        (
            ".github/workflows/ci.yml",
            format!("env:\n  ENV_FILE_B64: {base64}\n"),
        ),
        (
            "decode.sh",
            format!("echo \"{base64}\" | base64 -d > .env\n"),
        ),
        (
            "here.sh",
            format!("base64 -d > .env <<EOF\n{}\nEOF\n", wrapped(text, 76, "")),
        ),
        (
            "main.tf",
            format!("resource \"x\" \"y\" {{\n  user_data_base64 = \"{base64}\"\n}}\n"),
        ),
        (
            "url.env",
            format!("FILE={}\n", URL_SAFE_NO_PAD.encode(text)),
        ),
        ("twice.env", format!("FILE={}\n", STANDARD.encode(&base64))),
        ("hex.env", format!("FILE={hex}\n")),
        (
            "request.http",
            format!("POST /files\n\nname=.env&content={form}\n"),
        ),
        (
            "files.json",
            serde_json::json!({ "files": [{ "content": base64 }] }).to_string(),
        ),
        (
            "recorded.json",
            serde_json::json!({ "body": json }).to_string(),
        ),
    ]
}

/// What is found in a file: the rules with their parts.
fn found(root: &Path, path: &str, text: &str) -> Vec<String> {
    let file = root.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_keyfence"))
        .args(["scan", "--format", "json", "--no-hygiene", "--isolated"])
        .arg(&file)
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let mut all: Vec<String> = findings
        .iter()
        .map(|finding| {
            let parts = finding["parts"].as_array().unwrap();
            let mut names: Vec<&str> = parts.iter().map(|p| p["name"].as_str().unwrap()).collect();
            names.sort_unstable();
            format!("{} {}", finding["rule"].as_str().unwrap(), names.join("+"))
        })
        .collect();
    all.sort();
    all
}

#[test]
fn a_file_in_another_is_read_as_the_file_itself() {
    let directory = tempfile::tempdir().unwrap();
    let files = files();
    for (name, text) in [
        (".env", &files.env),
        ("settings.json", &files.json),
        ("settings.yaml", &files.yaml),
    ] {
        let plain = found(directory.path(), name, text);
        assert_eq!(plain.len(), 3, "{name}: {plain:?}");
        for (path, held) in ways(text) {
            // A form is text for people: a short password has another name there, or none.
            let mut expected = plain.clone();
            let mut own = found(directory.path(), path, &held);
            if path == "request.http" {
                expected.retain(|finding| !finding.contains("password"));
                own.retain(|finding| !finding.contains("password"));
            }
            assert_eq!(own, expected, "{name} in {path}");
        }
    }
}

#[test]
fn nothing_of_it_is_shown() {
    let directory = tempfile::tempdir().unwrap();
    let files = files();
    let (path, held) = ways(&files.env).swap_remove(2);
    let file = directory.path().join("ci.yml");
    fs::write(&file, held).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_keyfence"))
        .args(["scan", "--format", "json", "--format", "human=/dev/stderr"])
        .args(["--no-hygiene", "--isolated"])
        .arg(&file)
        .output()
        .unwrap();
    let shown = [output.stdout, output.stderr].concat();
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains("binance"), "{path}: {shown}");
    for secret in &files.secrets {
        assert!(!shown.contains(secret.as_str()));
        // Each of the three ways in which base64 may fall on the bytes.
        for skip in 0..3 {
            let whole = STANDARD.encode(&secret.as_bytes()[skip..]);
            assert!(!shown.contains(&whole[..16]), "{path}");
        }
    }
}
