//! A finding at one file, as the reports for other systems list it.

use sha2::{Digest, Sha256};

use super::redact::Redactor;
use super::site::{At, held, is_gone, sites};
use super::text::cut;
use super::{ReportContext, escape};
use crate::finding::{CommitInfo, Finding, OriginKind, Place, Report, Span};
use crate::rule::Remedy;

/// The longest sentence: readers cut what is longer, and some refuse it.
const MOST_TEXT: usize = 2_000;

/// One finding at one of the files it stands in.
pub(super) struct Entry<'a> {
    pub(super) finding: &'a Finding,
    /// Whether it reaches `--fail-on`.
    pub(super) fails: bool,
    /// Path and members, masked; not escaped.
    pub(super) path: String,
    /// Whether the path is one of a file, on disk or in git.
    pub(super) is_file: bool,
    /// Where the part stands that is pointed at.
    pub(super) span: Option<Span>,
    /// The commit that has it there, or the first that had it.
    pub(super) commit: Option<&'a CommitInfo>,
    /// The parts, masked: `secret EKJV****vD, key S3o****`.
    pub(super) masked: String,
    /// The line it stands on, masked and escaped; empty when there is none.
    pub(super) line: String,
    /// What was found, why and what to do: one line, masked and escaped for a terminal.
    pub(super) sentence: String,
}

impl Entry<'_> {
    /// The line pointed at, from 1.
    pub(super) fn start_line(&self) -> u32 {
        self.span.map_or(1, |span| span.line.max(1))
    }

    /// The last line of what is pointed at.
    pub(super) fn end_line(&self) -> u32 {
        self.span
            .map_or(1, |span| span.end_line.max(span.line).max(1))
    }

    /// What was found, without anything of its place: `Bybit secret and key`.
    pub(super) fn title(&self) -> String {
        escape::terminal(&self.finding.title()).into_owned()
    }
}

/// The entries of a report in its order, a finding's files behind each other. There may be very many: each is made
/// when it is asked for.
pub(super) fn entries<'a>(
    report: &'a Report,
    context: &'a ReportContext<'_>,
    redact: &'a Redactor,
) -> impl Iterator<Item = Entry<'a>> {
    let all = report.findings.iter().flat_map(|finding| {
        let sites = sites(finding).into_iter();
        sites.map(move |site| Found {
            finding,
            place: site.place,
            at: site.at,
        })
    });
    all.map(|found| found.told(context, redact))
}

/// What is known before anything is masked.
struct Found<'a> {
    finding: &'a Finding,
    place: &'a Place,
    at: At<'a>,
}

impl<'a> Found<'a> {
    fn told(self, context: &ReportContext<'_>, redact: &Redactor) -> Entry<'a> {
        let finding = self.finding;
        let foreign = |text: &str| escape::terminal(&redact.text(text)).into_owned();
        let masked: Vec<String> = finding
            .parts
            .iter()
            .map(|part| format!("{} {}", part.name, foreign(&part.value.masked())))
            .collect();
        let masked = masked.join(", ");
        let first = finding.exposure.as_ref().and_then(|e| e.first.as_ref());
        let span = self.place.first_span().copied();
        let line = self
            .place
            .excerpts
            .iter()
            .find(|line| span.is_some_and(|span| span.line == line.line))
            .or_else(|| self.place.excerpts.first())
            .map(|line| foreign(&redact.excerpt(line).text))
            .unwrap_or_default();
        Entry {
            finding,
            fails: context
                .fail_on
                .is_some_and(|least| finding.severity >= least),
            path: redact.text(&self.place.origin.display()).into_owned(),
            is_file: !self.place.origin.path.is_empty()
                && self.place.origin.kind != OriginKind::Refs,
            span,
            commit: match self.at {
                At::Commit(commit) => Some(commit),
                _ => first.map(|sighting| &sighting.commit),
            },
            sentence: self.sentence(&masked, context, &foreign),
            masked,
            line,
        }
    }

    fn sentence(
        &self,
        masked: &str,
        context: &ReportContext<'_>,
        foreign: &dyn Fn(&str) -> String,
    ) -> String {
        let finding = self.finding;
        let mut out = format!(
            "{} leaked ({masked}){}; confidence {}",
            escape::terminal(&finding.title()),
            held(finding, self.at),
            finding.confidence.as_str()
        );
        if let Some(why) = finding.why.first() {
            out.push_str(&format!(": {}", foreign(why)));
        }
        out.push('.');
        for (name, value) in &finding.identities {
            out.push_str(&format!(" {name}: {}.", foreign(value)));
        }
        out.push_str(if is_gone(finding, context.source) {
            " It is in the history alone, and still valid until revoked"
        } else {
            " It stays valid until it is revoked"
        });
        match finding.rule.remedy.revoke {
            Some(url) => out.push_str(&format!(": {}", escape::terminal(url))),
            None => out.push('.'),
        }
        cut(&out, MOST_TEXT)
    }
}

/// What to do about a leak, a step a line.
pub fn steps(remedy: &Remedy) -> Vec<String> {
    let steps = (1..).zip(remedy.steps.iter());
    let mut out: Vec<String> = steps
        .map(|(n, step)| format!("{n}. {}", escape::terminal(step)))
        .collect();
    if let Some(url) = remedy.revoke {
        out.push(format!("Revoke it at {}", escape::terminal(url)));
    }
    out
}

/// An id that stays the same when the credential moves within its file, and differs for each file: 32
/// hexadecimal digits.
pub(super) fn identity(entry: &Entry<'_>) -> String {
    let mut hash = Sha256::new();
    hash.update(entry.finding.fingerprint.0);
    hash.update(entry.finding.rule.id);
    hash.update(b"\0");
    hash.update(&entry.path);
    let digits = hash.finalize();
    digits.iter().take(16).map(|b| format!("{b:02x}")).collect()
}
