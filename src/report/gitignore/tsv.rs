//! `verdict TAB path` lines, for scripts.

use std::io::{self, Write};

use super::{Told, escape};
use crate::hygiene::Answer;

/// Files first, then the patterns with their projects: `covered TAB bots/a/*.key`.
pub(super) fn write(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let redact = told.redact();
    let mut line = |verdict: &str, path: &[u8]| line(told, verdict, &redact.bytes(path), out);
    for file in &told.survey.files {
        line(file.answer.verdict.as_str(), &file.path)?;
    }
    for own in &told.survey.coverage {
        let mut path = own.project.clone();
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(own.kind.pattern.as_bytes());
        line(own.answer.verdict.as_str(), &path)?;
    }
    for file in &told.survey.leaked {
        line("leaked-before", &file.path)?;
    }
    Ok(())
}

/// One line a path, as it was asked for.
pub(super) fn paths(
    told: &Told<'_>,
    answers: &[(Vec<u8>, Answer)],
    out: &mut dyn Write,
) -> io::Result<()> {
    let redact = told.redact();
    for (path, answer) in answers {
        line(told, answer.verdict.as_str(), &redact.bytes(path), out)?;
    }
    Ok(())
}

/// Raw bytes for a script, and harmless ones for a terminal.
fn line(told: &Told<'_>, verdict: &str, path: &[u8], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{verdict}\t")?;
    if told.terminal {
        let text = String::from_utf8_lossy(path);
        out.write_all(escape::terminal(&text).as_bytes())?;
    } else {
        out.write_all(path)?;
    }
    writeln!(out)
}
