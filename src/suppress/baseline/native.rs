//! keyfence's own baseline, and its JSON report.
//!
//! A line is a fingerprint, what it is and where it was, and whether a history was asked. Lines are sorted, and hold
//! neither times nor line numbers: two branches that add some merge without a conflict where `.gitattributes` says
//! `keyfence.baseline merge=union`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Baseline, Broken, hex};
use crate::finding::Fingerprint;
use crate::report::escape;

/// The first line.
pub const HEADER: &str = "# keyfence baseline 1";

const ABOUT: &str = ": known findings, one a line, by fingerprint; the rest of a line is for people.
# `keyfence baseline` adds what is found now, `keyfence baseline prune` takes out what is gone; lines of the history
# go with --history alone.
";

/// The end of a line that was written down from a history: the files alone do not tell that it is gone.
const HISTORY: &str = " (history)";

/// What a line says beside the fingerprint, for people and for those who take lines out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is: `bybit`.
    pub id: String,
    /// Where it was when it was written down.
    pub path: String,
    /// Whether it stands for what a history holds, and not for what files hold alone.
    pub history: bool,
}

/// The text of a baseline.
pub fn write(lines: &BTreeMap<Fingerprint, Line>) -> String {
    let mut out = format!("{HEADER}{ABOUT}");
    for (fingerprint, line) in lines {
        let (id, path) = (escape::terminal(&line.id), escape::terminal(&line.path));
        out.push_str(format!("{fingerprint} {id} {path}").trim_end());
        out.push_str(if line.history { HISTORY } else { "" });
        out.push('\n');
    }
    out
}

pub(super) fn read(bytes: &[u8], into: &mut Baseline) -> Result<(), Broken> {
    into.fingerprints.extend(lines(bytes)?.into_keys());
    Ok(())
}

/// The lines of a baseline; a merge may have left them in any order, and twice.
fn lines(bytes: &[u8]) -> Result<BTreeMap<Fingerprint, Line>, Broken> {
    let mut out: BTreeMap<Fingerprint, Line> = BTreeMap::new();
    let text = String::from_utf8_lossy(bytes);
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (line, history) = match line.strip_suffix(HISTORY) {
            Some(line) => (line, true),
            None => (line, false),
        };
        let mut words = line.splitn(3, ' ');
        let Some(print) = words.next().and_then(hex) else {
            return Err(Broken {
                line: Some(number),
                what: "this line does not begin with a fingerprint of 32 hexadecimal digits"
                    .to_owned(),
            });
        };
        let mut word = || words.next().unwrap_or_default().to_owned();
        let line = Line {
            id: word(),
            path: word(),
            history,
        };
        let known = out.entry(Fingerprint(print)).or_insert(line);
        known.history |= history;
    }
    Ok(out)
}

impl Baseline {
    /// The lines of keyfence's own baseline, to be written anew.
    ///
    /// # Errors
    ///
    /// With the line that is none.
    pub fn lines(bytes: &[u8]) -> Result<BTreeMap<Fingerprint, Line>, (Option<usize>, String)> {
        lines(bytes).map_err(|broken| (broken.line, broken.what))
    }
}

/// keyfence's JSON report: `findings[].fingerprint`.
pub(super) fn read_report(report: &Value, into: &mut Baseline) -> Result<(), Broken> {
    let findings = report.get("findings").and_then(Value::as_array);
    let findings = findings.ok_or_else(|| Broken::new("this report has no findings"))?;
    for finding in findings {
        let print = finding.get("fingerprint").and_then(Value::as_str);
        let print = print
            .and_then(hex)
            .ok_or_else(|| Broken::new("a finding has no fingerprint"))?;
        into.fingerprints.insert(Fingerprint(print));
    }
    Ok(())
}
