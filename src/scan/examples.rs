//! Rules carry their examples; here they run through the whole pipeline.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::raw;
use crate::decode::text::Encoding;
use crate::detect::{self, Scratch};
use crate::finding::{Confidence, Finding, Origin, OriginKind};
use crate::rule::{Example, Expected, Rule, Set, forge};
use crate::source::Piece;

/// An example that does not hold, and how.
#[derive(Debug)]
pub struct Failure {
    /// The example.
    pub example: &'static Example,
    /// What was expected and what was found, in words.
    pub what: String,
}

/// Runs a rule's examples.
pub fn examples(set: &Set, rule: &'static Rule) -> Vec<Failure> {
    let failure = |example: &'static Example| {
        run(*set, rule, example)
            .err()
            .map(|what| Failure { example, what })
    };
    rule.examples.0.iter().filter_map(failure).collect()
}

fn run(set: Set, rule: &'static Rule, example: &'static Example) -> Result<(), String> {
    let text = forge::fill(set, rule, example.text)?;
    let found = scan(set, &text, example.path);
    let mut have: BTreeMap<(u32, String, String), &Finding> = BTreeMap::new();
    for finding in found.iter().filter(|f| f.confidence >= Confidence::Likely) {
        for (part, span) in finding.parts.iter().zip(&finding.places[0].spans) {
            let line = span.map_or(0, |s| s.line);
            have.insert(
                (line, finding.rule.id.to_owned(), part.name.to_owned()),
                finding,
            );
        }
    }
    let mut wrong = Vec::new();
    for expected in &*example.finds {
        let id = expected.rule.unwrap_or(rule.id);
        match have.remove(&(expected.line, id.to_owned(), expected.part.to_owned())) {
            None => wrong.push(format!(
                "line {}: {id} {} is not found",
                expected.line, expected.part
            )),
            Some(finding) => wrong.extend(differs(expected, finding)),
        }
    }
    wrong.extend(have.keys().map(|(line, id, part)| {
        format!("line {line}: {id} {part} is found, which is not expected")
    }));
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("; "))
    }
}

fn differs(expected: &Expected, finding: &Finding) -> Option<String> {
    let confidence = expected.confidence.filter(|c| *c != finding.confidence);
    let severity = expected.severity.filter(|s| *s != finding.severity);
    let mut said = Vec::new();
    if let Some(wanted) = confidence {
        said.push(format!(
            "confidence is {}, not {}",
            finding.confidence.as_str(),
            wanted.as_str()
        ));
    }
    if let Some(wanted) = severity {
        said.push(format!(
            "severity is {}, not {}",
            finding.severity.as_str(),
            wanted.as_str()
        ));
    }
    (!said.is_empty()).then(|| format!("line {}: {}", expected.line, said.join(", ")))
}

fn scan(set: Set, text: &str, path: &str) -> Vec<Finding> {
    let origin = Origin {
        path: Arc::from(path.as_bytes()),
        members: Vec::new(),
        kind: OriginKind::File,
    };
    let piece = Piece {
        bytes: text.as_bytes(),
        offset: 0,
        first_line: 1,
        fresh_from: 0,
        last: true,
        encoding: Encoding::Utf8OrBytes,
        origin: &origin,
    };
    let detected = detect::detect(
        set,
        piece.bytes,
        path.as_bytes(),
        &|_| true,
        &mut Scratch::default(),
    );
    raw::locate(detected, piece.bytes, &piece, &|at| at, true, false).findings
}
