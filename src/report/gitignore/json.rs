//! One JSON document; `gitignore.schema.json` at the top of the repository says its form.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{Told, escape, is_foreign, named};
use crate::date::moment;
use crate::finding::CommitInfo;
use crate::gitignore::Deciding;
use crate::hygiene::{Answer, Verdict};
use crate::report::redact::Redactor;

/// The version of these documents.
const SCHEMA_VERSION: u32 = 1;

pub(super) fn write(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let redact = told.redact();
    let survey = told.survey;
    let files: Vec<Value> = survey
        .files
        .iter()
        .map(|file| {
            let mut said = placed(&file.path, &redact);
            judged(&mut said, &file.answer, &redact);
            said.insert("pattern".to_owned(), json!(file.kind.pattern));
            said.insert("what".to_owned(), json!(file.kind.what));
            said.insert("on_disk".to_owned(), json!(file.on_disk.is_some()));
            said.insert("fails".to_owned(), json!(file.fails()));
            said.insert("note".to_owned(), json!(file.content.note()));
            let mode = file.on_disk.as_ref().and_then(|own| own.mode);
            let mode = mode.map(|mode| format!("{mode:04o}"));
            said.insert("permissions".to_owned(), json!(mode));
            let found = named(&survey.findings, &file.found);
            said.insert("secrets".to_owned(), json!(found));
            Value::Object(said)
        })
        .collect();
    let patterns: Vec<Value> = survey
        .coverage
        .iter()
        .map(|own| {
            let mut said = Map::new();
            said.insert("pattern".to_owned(), json!(own.kind.pattern));
            said.insert("what".to_owned(), json!(own.kind.what));
            let project = String::from_utf8_lossy(&own.project);
            said.insert("project".to_owned(), json!(redact.text(&project)));
            let path = String::from_utf8_lossy(&own.path);
            said.insert("example".to_owned(), json!(redact.text(&path)));
            judged(&mut said, &own.answer, &redact);
            Value::Object(said)
        })
        .collect();
    let leaked: Vec<Value> = survey
        .leaked
        .iter()
        .map(|file| {
            let mut said = placed(&file.path, &redact);
            let exposure = &file.exposure;
            said.insert("pattern".to_owned(), json!(file.kind.pattern));
            said.insert("note".to_owned(), json!(file.content.note()));
            let found = named(&survey.findings, &file.found);
            said.insert("secrets".to_owned(), json!(found));
            said.insert("tracked".to_owned(), json!(file.tracked));
            let first = exposure
                .first
                .as_ref()
                .map(|own| commit(&own.commit, &redact));
            said.insert("first".to_owned(), json!(first));
            let removed = exposure.removed.as_ref().map(|own| commit(own, &redact));
            said.insert("removed".to_owned(), json!(removed));
            said.insert("days".to_owned(), json!(exposure.days));
            said.insert("reachable".to_owned(), json!(exposure.reachable));
            Value::Object(said)
        })
        .collect();
    let gaps: Vec<String> = survey
        .faults
        .iter()
        .map(|fault| redact.text(&fault.to_string()).into_owned())
        .collect();
    let document = json!({
        "schema_version": SCHEMA_VERSION,
        "tool": tool(),
        "root": redact.text(&told.ground.top.to_string_lossy()),
        "exit_code": told.exit,
        "covered": survey.is_covered(),
        "projects": survey.projects.len().saturating_sub(1),
        "files": files,
        "patterns": patterns,
        "leaked_before": leaked,
        "gaps": gaps,
    });
    finish(&document, out)
}

pub(super) fn paths(
    told: &Told<'_>,
    answers: &[(Vec<u8>, Answer)],
    out: &mut dyn Write,
) -> io::Result<()> {
    let redact = told.redact();
    let list: Vec<Value> = answers
        .iter()
        .map(|(path, answer)| {
            let mut said = placed(path, &redact);
            judged(&mut said, answer, &redact);
            Value::Object(said)
        })
        .collect();
    let document = json!({
        "schema_version": SCHEMA_VERSION,
        "tool": tool(),
        "root": told.ground.top.to_string_lossy(),
        "exit_code": told.exit,
        "paths": list,
    });
    finish(&document, out)
}

fn tool() -> Value {
    json!({"name": "keyfence", "version": env!("CARGO_PKG_VERSION")})
}

fn finish(document: &Value, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    writeln!(out, "{}", escape::json(&text))
}

/// A path, and its bytes where they are no UTF-8.
fn placed(path: &[u8], redact: &Redactor) -> Map<String, Value> {
    let mut said = Map::new();
    let text = String::from_utf8_lossy(path);
    said.insert("path".to_owned(), json!(redact.text(&text)));
    if std::str::from_utf8(path).is_err() {
        said.insert("path_base64".to_owned(), json!(STANDARD.encode(path)));
    }
    said
}

fn judged(said: &mut Map<String, Value>, answer: &Answer, redact: &Redactor) {
    said.insert("verdict".to_owned(), json!(answer.verdict.as_str()));
    let line = answer.deciding.as_ref().map(|own| rule(own, redact));
    said.insert("rule".to_owned(), json!(line));
    if answer.verdict == Verdict::OnlyHere {
        let why = answer.local.map(|local| local.as_str());
        said.insert("only_here".to_owned(), json!(why));
    }
    if let Some(own) = &answer.taken_back {
        said.insert("taken_back_here".to_owned(), rule(own, redact));
    }
}

fn rule(deciding: &Deciding, redact: &Redactor) -> Value {
    let text = |bytes: &[u8]| redact.text(&String::from_utf8_lossy(bytes)).into_owned();
    let pattern = (!is_foreign(deciding)).then(|| text(&deciding.text));
    json!({
        "file": text(&deciding.path()),
        "line": deciding.line,
        "pattern": pattern,
    })
}

fn commit(commit: &CommitInfo, redact: &Redactor) -> Value {
    json!({
        "commit": commit.id.to_string(),
        "author": redact.text(&commit.author),
        "date": moment(commit.time, commit.offset),
        "summary": redact.text(&commit.summary),
    })
}
