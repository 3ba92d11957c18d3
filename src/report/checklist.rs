//! The checklist: for people, as JSON, as Markdown for pull requests.

use std::io::{self, Write};

use serde_json::json;

use super::escape;
use super::human::paint::Paint;
use super::redact::Redactor;
use crate::finding::{Hidden, Severity};
use crate::hygiene::checklist::{Checklist, Evidence, Item, State};

/// The version of the JSON document.
const SCHEMA_VERSION: u32 = 1;
/// Gaps told.
const MOST_GAPS: usize = 20;

/// The ways to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// For people.
    Human,
    /// One document.
    Json,
    /// For a pull request.
    Markdown,
}

/// What is told.
pub struct Told<'a> {
    /// The list.
    pub list: &'a Checklist,
    /// What it was judged by: its values are masked wherever they stand.
    pub evidence: &'a Evidence,
    /// The exit code.
    pub exit: u8,
    /// Whether to colour.
    pub color: bool,
}

impl Told<'_> {
    /// Writes the list.
    pub fn write(&self, shape: Shape, out: &mut dyn Write) -> io::Result<()> {
        let reports = [
            &self.evidence.tree,
            &self.evidence.local,
            &self.evidence.history,
        ];
        let parts = reports
            .into_iter()
            .flat_map(|report| &report.findings)
            .flat_map(|finding| &finding.parts)
            .map(|part| (part.value.expose(), part.secret));
        let hidden = reports.into_iter().flat_map(|report| &report.hidden);
        let hidden = hidden.chain(&self.evidence.survey.names);
        let redact = Redactor::of(parts.chain(hidden.map(Hidden::parts)));
        match shape {
            Shape::Human => self.human(&redact, out),
            Shape::Json => self.json(&redact, out),
            Shape::Markdown => self.markdown(&redact, out),
        }
    }

    fn human(&self, redact: &Redactor, out: &mut dyn Write) -> io::Result<()> {
        let paint = Paint(self.color);
        let text = |text: &str| escape::terminal(&redact.text(text)).into_owned();
        for item in &self.list.items {
            let word = format!("{:9}", item.state.as_str());
            let word = match item.state {
                State::Passed => paint.severity(Severity::Info, &word),
                State::Failed => paint.severity(Severity::High, &word),
                State::Unknown => paint.gap(&word),
            };
            writeln!(out, "{:2}. {word}  {}", item.number, paint.bold(item.title))?;
            for one in &item.evidence {
                writeln!(out, "               {}", text(one))?;
            }
            for one in item.next.iter().filter(|_| item.state != State::Passed) {
                writeln!(out, "               {} {}", paint.frame("->"), text(one))?;
            }
        }
        writeln!(out)?;
        for gap in self.list.gaps.iter().take(MOST_GAPS) {
            writeln!(out, "{}: {}", paint.gap("not read"), text(gap))?;
        }
        writeln!(out, "{}", self.summary())
    }

    fn summary(&self) -> String {
        let count = |state| self.list.count(state);
        format!(
            "{} passed, {} failed, {} not known",
            count(State::Passed),
            count(State::Failed),
            count(State::Unknown)
        )
    }

    fn json(&self, redact: &Redactor, out: &mut dyn Write) -> io::Result<()> {
        let texts = |list: &[String]| -> Vec<String> {
            list.iter()
                .map(|one| redact.text(one).into_owned())
                .collect()
        };
        let item = |item: &Item| {
            json!({
                "number": item.number,
                "id": item.id,
                "title": item.title,
                "state": item.state.as_str(),
                "evidence": texts(&item.evidence),
                "next": texts(&item.next),
            })
        };
        let document = json!({
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "keyfence", "version": env!("CARGO_PKG_VERSION")},
            "root": redact.text(&self.evidence.ground.top.to_string_lossy()),
            "exit_code": self.exit,
            "passed": self.list.count(State::Passed),
            "failed": self.list.count(State::Failed),
            "not_known": self.list.count(State::Unknown),
            "items": self.list.items.iter().map(item).collect::<Vec<_>>(),
            "gaps": texts(&self.list.gaps),
        });
        let text = serde_json::to_string_pretty(&document)?;
        writeln!(out, "{}", escape::json(&text))
    }

    fn markdown(&self, redact: &Redactor, out: &mut dyn Write) -> io::Result<()> {
        let text = |text: &str| markdown(&escape::terminal(&redact.text(text)));
        writeln!(out, "## Security checklist\n\n{}\n", self.summary())?;
        for item in &self.list.items {
            let mark = if item.state == State::Passed {
                "x"
            } else {
                " "
            };
            writeln!(
                out,
                "- [{mark}] **{}. {}**: {}",
                item.number,
                item.title,
                item.state.as_str()
            )?;
            for one in &item.evidence {
                writeln!(out, "  - {}", text(one))?;
            }
            for one in item.next.iter().filter(|_| item.state != State::Passed) {
                writeln!(out, "  - next: {}", text(one))?;
            }
        }
        for gap in self.list.gaps.iter().take(MOST_GAPS) {
            writeln!(out, "\nNot read: {}", text(gap))?;
        }
        Ok(())
    }
}

/// Whether a byte of a URL is never markup.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b":/.-?=%+".contains(&byte)
}

/// Text that Markdown and HTML take as it is: nothing in it is markup, a link or a mention.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut links = text.starts_with("https://") || text.contains(": https://");
    for word in text.split_inclusive(' ') {
        // Pages of providers are ours, and stay links.
        if links && word.starts_with("https://") && word.trim_end().bytes().all(is_plain) {
            out.push_str(word);
            links = false;
            continue;
        }
        for c in word.chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '@' => out.push_str("&#64;"),
                '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '!' | '~' => {
                    out.push('\\');
                    out.push(c);
                }
                c => out.push(c),
            }
        }
    }
    out
}
