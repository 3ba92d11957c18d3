//! The forms in which a value stands in a text: `«it|json»`, `«it|numbered»`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The Ethereum address of a private key in hex, in lower case.
fn address(key: &str) -> Option<String> {
    use k256::elliptic_curve::sec1::ToSec1Point as _;
    use sha3::{Digest as _, Keccak256};
    let bytes: Vec<u8> = (2..key.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(key.get(at..at + 2)?, 16).ok())
        .collect::<Option<_>>()?;
    let public = k256::SecretKey::from_slice(&bytes).ok()?.public_key();
    let digest = Keccak256::digest(&public.to_sec1_point(false).as_bytes()[1..]);
    let digits: String = digest[12..]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Some(format!("0x{digits}"))
}

/// A value in a form; none for an unknown one.
pub(crate) fn form(value: &str, name: &str) -> Option<String> {
    let words = || value.split(' ');
    let lines = || value.trim_end().lines();
    let numbered = |end: &'static str, between: &str| {
        let line = |(at, word): (usize, &str)| format!("{}{end}{word}", at + 1);
        words()
            .enumerate()
            .map(line)
            .collect::<Vec<_>>()
            .join(between)
    };
    Some(match name {
        "upper" => value.to_uppercase(),
        "title" => words()
            .map(|word| {
                let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
                format!("{}{rest}", first.to_uppercase())
            })
            .collect::<Vec<_>>()
            .join(" "),
        "bare" => value.trim_start_matches("0x").to_owned(),
        "trim" => value.trim().to_owned(),
        "json" => value.replace('"', "\\\"").replace('\n', "\\n"),
        "twice" => value.replace('"', "\\\"").replace('\n', "\\\\n"),
        "crlf" => value.replace('\n', "\\r\\n"),
        "space" => value.replace('\n', " "),
        "base64" => STANDARD.encode(value),
        "base64-lines" => {
            let text: Vec<char> = STANDARD.encode(format!("{value}\n")).chars().collect();
            let lines = text.chunks(76).map(|line| line.iter().collect::<String>());
            lines.collect::<Vec<_>>().join("\n    ")
        }
        "lines" => words().collect::<Vec<_>>().join("\n"),
        "numbered" => numbered(". ", "\n"),
        "numbered-line" => numbered(". ", " "),
        "numbered-paren" => numbered(") ", "\n"),
        "rows" => words()
            .collect::<Vec<_>>()
            .chunks(4)
            .map(|row| row.join(" "))
            .collect::<Vec<_>>()
            .join("\n"),
        "table" => numbered(" | ", " |\n| "),
        "list" => words().collect::<Vec<_>>().join("\n- "),
        "quoted" => words().collect::<Vec<_>>().join("\", \""),
        "quoted-lines" => words().collect::<Vec<_>>().join("\",\n    \""),
        "single" => words().collect::<Vec<_>>().join("', '"),
        "commas" => words().collect::<Vec<_>>().join(","),
        "dashes" => words().collect::<Vec<_>>().join("-"),
        "ideographic" => words().collect::<Vec<_>>().join("\u{3000}"),
        "joined" => words().collect(),
        "folded" => {
            let (head, tail) = value.split_at(words().take(6).map(|w| w.len() + 1).sum::<usize>());
            format!("{}\n  {tail}", head.trim_end())
        }
        "halves" => {
            let (head, tail) = value.split_at(words().take(6).map(|w| w.len() + 1).sum::<usize>());
            format!("{head}\" +\n    \"{tail}")
        }
        "indent" => lines().collect::<Vec<_>>().join("\n    "),
        "hash" => lines().collect::<Vec<_>>().join("\n# "),
        "diff" => lines().collect::<Vec<_>>().join("\n+"),
        "slashes" => lines().collect::<Vec<_>>().join("\n// "),
        "plus" => lines().collect::<Vec<_>>().join("\\n\" +\n    \""),
        "strings" => lines().collect::<Vec<_>>().join("\\n\"\n    \""),
        "array" => lines().collect::<Vec<_>>().join("\",\n    \""),
        "spaced" => value.replace(", ", ","),
        "wrapped" => {
            let numbers: Vec<_> = value.trim_matches(['[', ']']).split(", ").collect();
            let rows: Vec<_> = numbers.chunks(16).map(|row| row.join(", ")).collect();
            format!("[\n  {}\n]", rows.join(",\n  "))
        }
        "braces" => value.replace('[', "{").replace(']', "}"),
        "inside" => value.trim_matches(['[', ']']).to_owned(),
        "address" => address(value)?,
        "pretty" => {
            let value: serde_json::Value = serde_json::from_str(value).ok()?;
            serde_json::to_string_pretty(&value).ok()?
        }
        _ => return None,
    })
}
