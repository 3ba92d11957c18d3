//! `.secrets.baseline` of detect-secrets: `results` holds by file the SHA-1 of each value.
//!
//! (detect-secrets' README, "Scanning secrets".) Of a private key it hashes the header alone: there the place
//! counts.

use serde_json::Value;

use super::{Baseline, Broken, hex, line_of};

pub(super) fn read(report: &Value, into: &mut Baseline) -> Result<(), Broken> {
    let files = report.get("results").and_then(Value::as_object);
    for (path, secrets) in files.into_iter().flatten() {
        for secret in secrets.as_array().into_iter().flatten() {
            let text = |name: &str| secret.get(name).and_then(Value::as_str);
            let hash = text("hashed_secret").and_then(hex);
            let hash = hash.ok_or_else(|| Broken::new("a secret has no `hashed_secret`"))?;
            match (text("type"), line_of(secret.get("line_number"))) {
                (Some("Private Key"), Some(line)) => into.add_place(path.as_bytes(), line, None),
                _ => {
                    into.values.sha1.insert(hash);
                }
            }
        }
    }
    Ok(())
}
