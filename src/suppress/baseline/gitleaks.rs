//! `.gitleaksignore`, `.betterleaksignore`, and the JSON reports of gitleaks and betterleaks.
//!
//! gitleaks' README: a line is a finding's `Fingerprint`, `commit:file:rule:line`, or `file:rule:line` where
//! there was no commit; newer versions shorten the commit. betterleaks' "Migrating to Betterleaks v2": a line
//! is the SHA-256 of the secret's bytes, in 64 hexadecimal digits, as `match.fingerprint` has it; version 1
//! took gitleaks' lines. Rules have other names here: the place counts, not the rule.

use serde_json::Value;

use super::{Baseline, Broken, hex, is_masked, line_of};

pub(super) fn read_ignore(bytes: &[u8], into: &mut Baseline) -> Result<(), Broken> {
    let text = String::from_utf8_lossy(bytes);
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let digest = line.strip_prefix("sha256:").unwrap_or(line);
        if let Some(hash) = hex(digest) {
            into.values.sha256.insert(hash);
            continue;
        }
        let place = place(line).ok_or_else(|| Broken {
            line: Some(number),
            what: "this line is no fingerprint of gitleaks or betterleaks".to_owned(),
        })?;
        into.add_place(place.path.as_bytes(), place.line, place.commit);
    }
    Ok(())
}

struct Place<'a> {
    commit: Option<&'a str>,
    path: &'a str,
    line: u32,
}

/// `[commit:]file:rule:line`; a file's name may hold colons.
fn place(text: &str) -> Option<Place<'_>> {
    let (rest, line) = text.rsplit_once(':')?;
    let (rest, _rule) = rest.rsplit_once(':')?;
    let line = line.parse().ok().filter(|line| *line > 0)?;
    let is_commit =
        |text: &str| (7..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let (commit, path) = match rest.split_once(':') {
        Some((commit, path)) if is_commit(commit) && !path.is_empty() => (Some(commit), path),
        _ => (None, rest),
    };
    (!path.is_empty()).then_some(Place { commit, path, line })
}

/// A report of gitleaks: an array of findings with `File`, `StartLine`, `Commit` and `Secret`, which is
/// `REDACTED` where that was asked for.
pub(super) fn read_report(findings: &[Value], into: &mut Baseline) -> Result<(), Broken> {
    for finding in findings {
        let text = |name: &str| finding.get(name).and_then(Value::as_str);
        let secret = text("Secret").filter(|secret| !is_masked(secret));
        if let Some(secret) = secret {
            into.add_value(secret.as_bytes());
            continue;
        }
        let (Some(path), Some(line)) = (text("File"), line_of(finding.get("StartLine"))) else {
            return Err(Broken::new(
                "a finding has no File and StartLine, as gitleaks writes them",
            ));
        };
        into.add_place(
            path.as_bytes(),
            line,
            text("Commit").filter(|id| !id.is_empty()),
        );
    }
    Ok(())
}

/// A report of betterleaks, version 2: `findings` with `match`, which holds the value, masked on request, and its
/// fingerprint, and with `location`.
pub(super) fn read_betterleaks_report(
    findings: &[Value],
    into: &mut Baseline,
) -> Result<(), Broken> {
    for finding in findings {
        let text = |path: &str| finding.pointer(path).and_then(Value::as_str);
        let secret = text("/match/value").filter(|secret| !is_masked(secret));
        if let Some(secret) = secret {
            into.add_value(secret.as_bytes());
            continue;
        }
        if let Some(hash) = text("/match/fingerprint").and_then(hex) {
            into.values.sha256.insert(hash);
            continue;
        }
        let line = line_of(finding.pointer("/location/start_line"));
        let (Some(path), Some(line)) = (text("/location/path"), line) else {
            return Err(Broken::new(
                "a finding has neither match nor location, as betterleaks writes them",
            ));
        };
        into.add_place(path.as_bytes(), line, None);
    }
    Ok(())
}
