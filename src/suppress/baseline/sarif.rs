//! Reports in SARIF 2.1.0: keyfence's by its fingerprint; others' by the value, where the report shows it, or
//! else by the place.

use serde_json::Value;

use super::{Baseline, Broken, hex, is_masked, line_of};
use crate::finding::Fingerprint;

pub(super) fn read(log: &Value, into: &mut Baseline) -> Result<(), Broken> {
    let runs = log.get("runs").and_then(Value::as_array);
    for run in runs.into_iter().flatten() {
        let results = run.get("results").and_then(Value::as_array);
        for result in results.into_iter().flatten() {
            read_result(result, into)?;
        }
    }
    Ok(())
}

fn read_result(result: &Value, into: &mut Baseline) -> Result<(), Broken> {
    let prints = result.get("partialFingerprints");
    let print = |name: &str| prints?.get(name)?.as_str();
    if let Some(print) = print("keyfence/v1").and_then(hex) {
        into.fingerprints.insert(Fingerprint(print));
        return Ok(());
    }
    let place = result.pointer("/locations/0/physicalLocation");
    let at = |path: &str| place.and_then(|place| place.pointer(path));
    // gitleaks writes the value itself here.
    let snippet = at("/region/snippet/text").and_then(Value::as_str);
    if let Some(value) =
        snippet.filter(|text| !is_masked(text) && !text.contains(char::is_whitespace))
    {
        into.add_value(value.as_bytes());
        return Ok(());
    }
    let uri = at("/artifactLocation/uri").and_then(Value::as_str);
    let (Some(uri), Some(line)) = (uri, line_of(at("/region/startLine"))) else {
        return Err(Broken::new("a result has no file and line"));
    };
    let commit = print("commitSha").filter(|id| !id.is_empty());
    into.add_place(&decoded(uri), line, commit);
    Ok(())
}

/// A relative URI as a path.
fn decoded(uri: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(uri.len());
    let mut rest = uri.strip_prefix("file://").unwrap_or(uri).as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digits = (*first == b'%').then(|| tail.get(..2)).flatten();
        let byte = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(byte) => {
                out.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}
