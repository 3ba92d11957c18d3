//! The JSON report, as far as the examination needs it.

use serde_json::Value;

use crate::tree::number;

/// One reported credential.
#[derive(Debug)]
pub(crate) struct Reported {
    pub(crate) rule: String,
    /// The values of its parts.
    pub(crate) secrets: Vec<String>,
    /// The cases that it stands in.
    pub(crate) cases: Vec<usize>,
}

/// The findings at likely or above of a report (schema 1).
pub(crate) fn findings(json: &[u8]) -> Result<Vec<Reported>, String> {
    let report: Value = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let findings = report["findings"]
        .as_array()
        .ok_or("the report has no list of findings")?;
    findings
        .iter()
        .filter(|finding| finding["confidence"] != "possible")
        .map(|finding| {
            let rule = text(&finding["rule"]);
            Ok(Reported {
                rule: rule.ok_or("a finding has no rule")?,
                secrets: list(finding, "parts")
                    .iter()
                    .filter_map(|p| text(&p["secret"]))
                    .collect(),
                cases: list(finding, "places")
                    .iter()
                    .filter_map(|place| number(place["path"].as_str()?))
                    .collect(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read() {
        let json = br#"{"schema_version": 1, "findings": [
            {"rule": "okx", "confidence": "likely", "parts": [{"name": "key", "secret": "abc"}],
             "places": [{"kind": "worktree", "path": "w00007/.env", "line": 1, "column": 9}]},
            {"rule": "okx", "confidence": "possible", "parts": [], "places": []}]}"#;
        let findings = findings(json).unwrap();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].rule, "okx");
        assert_eq!(findings[0].secrets, ["abc"]);
        assert_eq!(findings[0].cases, [7]);
    }

    #[test]
    fn what_is_no_report_is_told() {
        assert!(findings(b"").is_err());
        assert!(findings(b"{}").is_err());
    }
}
