//! The expressions by which a rewriter of git histories finds the secrets, one a line:
//! `literal:VALUE==>***REMOVED***`, as `git filter-repo --replace-text` and `--replace-message` read
//! them (git-filter-repo(1)), and BFG's `--replace-text`.
//!
//! Such a file knows no comments: what could not be expressed is told beside it. One expression cannot
//! hold a line end, so a value of several lines is a regular expression; BFG, which reads line by
//! line, finds none of these.

use std::collections::BTreeSet;
use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::ReportContext;
use super::redact::encodings;
use super::text::count;
use crate::detect::random::randomness;
use crate::finding::{Finding, FoundPart, OriginKind, Report};

/// Shorter values stand in a repository by chance, and would go everywhere.
const LEAST: usize = 8;
/// A value as long as this is no word, even where it reads like text.
const LONG: usize = 24;

/// What a rewriter is told to replace, and what it cannot be told.
#[derive(Debug, Default)]
pub struct Expressions {
    lines: BTreeSet<Line>,
    /// What is left out, and why: in order, without values.
    pub left_out: Vec<String>,
}

/// The longest come first: a value that another one holds must not go before it.
type Line = (std::cmp::Reverse<usize>, Vec<u8>);

impl Expressions {
    /// Those of the secret parts of all findings that are listed.
    pub fn new(report: &Report) -> Self {
        let mut all = Self::default();
        for finding in &report.findings {
            for (at, part) in finding.parts.iter().enumerate() {
                if part.secret {
                    all.add(finding, at, part);
                }
            }
        }
        all.left_out.sort();
        all.left_out.dedup();
        all
    }

    fn add(&mut self, finding: &Finding, at: usize, part: &FoundPart) {
        let mut why = BTreeSet::new();
        if finding
            .places
            .iter()
            .all(|p| !matches!(p.spans.get(at), Some(Some(_))))
        {
            why.insert("it is not known where it stands");
        }
        for place in &finding.places {
            let Some(span) = place.spans.get(at).copied().flatten() else {
                if place.first_span().is_none() {
                    why.insert("it stands in a name");
                }
                continue;
            };
            if place.origin.kind == OriginKind::Refs {
                why.insert("it stands in the name or the log of a ref");
                continue;
            }
            if !place.origin.members.is_empty() {
                why.insert("it stands in an archive");
                continue;
            }
            let stored = usize::try_from(span.end.saturating_sub(span.start)).unwrap_or(usize::MAX);
            let (forms, reason) = forms(part.value.expose(), stored);
            let length = |form: &Vec<u8>| std::cmp::Reverse(form.len());
            self.lines
                .extend(forms.iter().map(|form| (length(form), expression(form))));
            why.extend(reason);
        }
        for why in why {
            self.left_out.push(format!(
                "{} of finding {}: {why}",
                part.name, finding.fingerprint
            ));
        }
    }

    /// How many expressions there are.
    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// What whoever uses the file must know: a few lines for standard error.
    pub fn notes(&self) -> Vec<String> {
        vec![
            format!(
                "the replace-text file holds {} in plain text: keep it out of the repository, and delete it after use",
                count(self.count() as u64, "expression")
            ),
            "git filter-repo takes it with --replace-text for files, and with --replace-message for messages".to_owned(),
            "rewriting history does not un-leak: revoke first; clones, forks and caches keep what was pushed".to_owned(),
        ]
    }
}

/// Writes the file.
///
/// # Errors
///
/// When the report may not show secrets, or what it is written to fails.
pub fn write(report: &Report, context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    if !context.show_secrets {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it would hold secrets in plain text, and --show-secrets is not given",
        ));
    }
    for (_, line) in Expressions::new(report).lines {
        out.write_all(&line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// How the value stands where it takes `stored` bytes: as it is, or in an encoding of just that
/// length; and what there is to tell. Of another length a rewriter would look for what is not there.
fn forms(value: &[u8], stored: usize) -> (Vec<Vec<u8>>, Option<&'static str>) {
    // A key in armour ends with a line end of its own, which is not part of the span.
    let line_end = |b: &u8| matches!(b, b'\n' | b'\r');
    let end = value
        .iter()
        .rposition(|b| !line_end(b))
        .map_or(0, |n| n + 1);
    let value = value.get(..end).unwrap_or_default();
    let mut forms = Vec::new();
    let mut told = None;
    if stored != value.len() {
        encodings(value, &mut forms);
        // Base64 may be padded where it stands.
        forms.extend([STANDARD.encode(value), URL_SAFE.encode(value)].map(String::into_bytes));
        forms.retain(|form| form.len() == stored);
        // One of each line end more is CRLF; more of them is indentation, or else something.
        let more = stored.saturating_sub(value.len());
        match value.iter().filter(|b| **b == b'\n').count() {
            0 => {}
            lines if more == lines => forms.push(value.to_vec()),
            lines if more > lines && forms.is_empty() => {
                forms.push(value.to_vec());
                told =
                    Some("its lines may be laid out in another way; scan again after the rewrite");
            }
            _ => {}
        }
    } else {
        forms.push(value.to_vec());
    }
    let refused = forms.iter().find_map(|form| match form.len() {
        0..LEAST => Some("it is too short: it would be replaced wherever it stands by chance"),
        LEAST..LONG if randomness(form) <= 0.0 => {
            Some("it reads like a word, which would be replaced everywhere")
        }
        _ => None,
    });
    match refused {
        Some(why) => (Vec::new(), Some(why)),
        None if forms.is_empty() => (
            forms,
            Some("it stands there in another form than its value"),
        ),
        None => (forms, told),
    }
}

fn expression(form: &[u8]) -> Vec<u8> {
    const REPLACEMENT: &[u8] = b"==>***REMOVED***";
    let mut out = Vec::with_capacity(form.len() + 32);
    if form.iter().any(|b| matches!(b, b'\n' | b'\r')) {
        out.extend_from_slice(b"regex:");
        for b in form {
            match b {
                // Either line end, and any indentation: the value's own need not be the file's.
                b'\n' => out.extend_from_slice(br"\r?\n[ \t]*"),
                b'\r' => {}
                b if b.is_ascii_alphanumeric() => out.push(*b),
                b => out.extend_from_slice(format!(r"\x{b:02x}").as_bytes()),
            }
        }
    } else {
        out.extend_from_slice(b"literal:");
        out.extend_from_slice(form);
    }
    out.extend_from_slice(REPLACEMENT);
    out
}
