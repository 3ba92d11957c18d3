//! For people: like a compiler's messages, a finding a paragraph.
//!
//! Nothing from the scanned tree starts a line, and everything from it is escaped.

mod excerpt;
mod exposure;
mod lapse;
pub(super) mod paint;

use std::io::{self, Write};

use paint::Paint;

use super::commit::{by, dated, short};
use super::redact::Redactor;
use super::reuse::Reuse;
use super::site::{At, is_gone, sites};
use super::text::count;
use super::{ReportContext, docs, escape, summary};
use crate::finding::{
    Confidence, Finding, Gap, Origin, OriginKind, Place, Report, Severity, Suppressed,
};
use crate::settings::Source;

/// Places shown with their lines; the others are named.
const PLACES_SHOWN: usize = 3;
/// Places named.
const PLACES_NAMED: usize = 20;

/// Writes the report.
pub fn write(report: &Report, context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let human = Human::new(report, context, context.color);
    write_some(report, context, &|_| true, out)?;
    if context.show_suppressed && !report.suppressed.is_empty() {
        for suppressed in &report.suppressed {
            writeln!(out, "{}", human.suppressed(suppressed))?;
        }
        writeln!(out)?;
    }
    if context.summary {
        if let Some(narrows) = context.narrows {
            writeln!(
                out,
                "{}: {}",
                human.paint.bold("note"),
                escape::terminal(narrows)
            )?;
        }
        for note in &report.notes {
            writeln!(out, "{}: {}", human.paint.bold("note"), human.foreign(note))?;
        }
        writeln!(out, "{}", summary::line(report, context))?;
    }
    Ok(())
}

/// Writes the findings and lapses of some severities alone.
pub fn write_some(
    report: &Report,
    context: &ReportContext<'_>,
    which: &dyn Fn(Severity) -> bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let human = Human::new(report, context, context.color);
    for finding in report.findings.iter().filter(|own| which(own.severity)) {
        human.finding(finding, out)?;
        writeln!(out)?;
    }
    let lapses = || report.hygiene.iter().filter(|own| which(own.severity));
    if lapses().next().is_some() {
        let title = "Hygiene: no leaks, but the way to them";
        writeln!(out, "{}", human.paint.bold(title))?;
        for lapse in lapses() {
            human.lapse(lapse, out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The lines on standard error that say what was not read: at most `most`, then how many more.
pub fn gaps(report: &Report, context: &ReportContext<'_>, most: usize, color: bool) -> String {
    // What is to be masked need not be gathered again for nothing: there may be very much.
    if report.gaps.is_empty() {
        return String::new();
    }
    let human = Human::new(report, context, color);
    let mut out = String::new();
    for gap in report.gaps.iter().take(most) {
        out.push_str(&human.gap(gap));
    }
    if let Some(more @ 1..) = report.gaps.len().checked_sub(most) {
        out.push_str(&format!(
            "{}: {more} more places were not read; --verbose lists all\n",
            human.paint.gap("not read")
        ));
    }
    out
}

/// The same for commands that write no report.
pub fn gaps_plain(report: &Report, most: usize, color: bool) -> String {
    let context = ReportContext {
        exit: crate::exit::Exit::Incomplete,
        source: &Source::Worktree,
        fail_on: None,
        min_confidence: Confidence::Likely,
        show_suppressed: false,
        show_secrets: false,
        summary: false,
        color,
        narrows: None,
        clock: super::Clock::default(),
    };
    gaps(report, &context, most, color)
}

struct Human<'a> {
    paint: Paint,
    redact: Redactor,
    reuse: Reuse<'a>,
    show_secrets: bool,
    source: &'a Source,
}

impl<'a> Human<'a> {
    fn new(report: &'a Report, context: &ReportContext<'a>, color: bool) -> Self {
        Self {
            paint: Paint(color),
            redact: context.redactor(report),
            reuse: Reuse::of(report, context.source),
            show_secrets: context.show_secrets,
            source: context.source,
        }
    }

    fn finding(&self, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        let severity = self.paint.severity(
            finding.severity,
            &format!("{}[{}]", finding.severity.as_str(), finding.id),
        );
        writeln!(
            out,
            "{severity}{}",
            self.paint.bold(&format!(": {}", finding.title()))
        )?;
        let places: Vec<(&Place, At<'_>)> = sites(finding)
            .into_iter()
            .flat_map(|site| {
                let others = site.others.into_iter().map(move |other| (other, site.at));
                std::iter::once((site.place, site.at)).chain(others)
            })
            .collect();
        let (shown, rest) = places.split_at(places.len().min(PLACES_SHOWN));
        let gutter = excerpt::gutter(shown.iter().map(|(place, _)| *place));
        for (place, at) in shown {
            writeln!(
                out,
                "{:gutter$}{} {}",
                "",
                self.paint.frame("-->"),
                self.at(place, *at)
            )?;
            let lines: Vec<_> = place
                .excerpts
                .iter()
                .map(|e| self.redact.excerpt(e))
                .collect();
            excerpt::write(&lines, gutter, self.paint, out)?;
        }
        let mut facts = Facts {
            gutter,
            paint: self.paint,
            out,
        };
        for (place, at) in rest.iter().take(PLACES_NAMED) {
            facts.say("also at", &self.at(place, *at))?;
        }
        if let Some(more @ 1..) = rest.len().checked_sub(PLACES_NAMED) {
            facts.say("also at", &count(more as u64, "more place"))?;
        }
        let first = finding.exposure.as_ref().and_then(|e| e.first.as_ref());
        let first_shown = first.is_some_and(|first| {
            let is_first = |at: &At<'_>| matches!(at, At::Commit(c) if c.id == first.commit.id);
            shown.iter().any(|(_, at)| is_first(at))
        });
        if let Some(exposure) = &finding.exposure {
            let whole = matches!(self.source, Source::History { .. });
            let told = exposure::facts(exposure, whole, first_shown, &|text| self.foreign(text));
            for (name, value) in told {
                facts.say(name, &value)?;
            }
        }
        self.facts(finding, &mut facts)
    }

    fn facts(&self, finding: &Finding, facts: &mut Facts<'_>) -> io::Result<()> {
        for why in &finding.why {
            facts.say("why", &self.foreign(why))?;
        }
        facts.say("confidence", &confidence(finding))?;
        for (name, value) in &finding.identities {
            facts.say(name, &self.foreign(value))?;
        }
        if let Some(note) = self.reuse.note(finding) {
            facts.say("reuse", &self.foreign(&note))?;
        }
        if self.show_secrets {
            for part in &finding.parts {
                facts.say(
                    part.name,
                    &escape::terminal(&String::from_utf8_lossy(part.value.expose())),
                )?;
            }
        }
        let remedy = &finding.rule.remedy;
        for (i, step) in remedy.steps.iter().enumerate() {
            facts.say(
                if i == 0 { "do now" } else { "" },
                &format!("{}. {step}", i + 1),
            )?;
        }
        if let Some(url) = remedy.revoke {
            facts.say("revoke", url)?;
        }
        if let Some(url) = docs::url(finding.rule) {
            facts.say("more", &url)?;
        }
        facts.say("fingerprint", &finding.fingerprint.to_string())?;
        if is_gone(finding, self.source) {
            facts.say("note", "only in history, but still valid until rotated")?;
        }
        Ok(())
    }

    fn suppressed(&self, suppressed: &Suppressed) -> String {
        let detail = match suppressed.detail.as_str() {
            "" => String::new(),
            detail => format!(" ({})", self.foreign(detail)),
        };
        format!(
            "{}: {} {} at {}:{}:{}{detail}",
            self.paint
                .bold(&format!("suppressed[{}]", suppressed.reason.as_str())),
            suppressed.rule.provider,
            suppressed.part,
            self.origin(&suppressed.origin),
            suppressed.span.line,
            suppressed.span.column,
        )
    }

    fn gap(&self, gap: &Gap) -> String {
        let help = gap
            .help
            .as_ref()
            .map(|help| format!("; {}", self.foreign(help)))
            .unwrap_or_default();
        format!(
            "{}: {}: {}{help}\n",
            self.paint.gap("not read"),
            self.origin(&gap.origin),
            self.foreign(&gap.what)
        )
    }

    /// `path:line:column` of the most secret part that stands there, and in which version.
    fn at(&self, place: &Place, at: At<'_>) -> String {
        let path = self.origin(&place.origin);
        let span = place.first_span();
        if matches!(
            place.origin.kind,
            OriginKind::Commit(_) | OriginKind::Tag(_)
        ) {
            let of = match at {
                At::Commit(commit) => {
                    format!(
                        "{}{}",
                        dated(commit),
                        by(commit, &|text| self.foreign(text))
                    )
                }
                _ => path,
            };
            return span.map_or(of.clone(), |span| format!("{of}: line {}", span.line));
        }
        let path = match span {
            Some(span) => format!("{path}:{}:{}", span.line, span.column),
            None => path,
        };
        match at {
            At::Now if place.origin.kind == OriginKind::Refs => {
                format!("{path} in the git directory")
            }
            At::Now => path,
            At::Index => format!("{path} in the index"),
            At::Head => format!("{path} in HEAD"),
            At::Commit(commit) => {
                format!(
                    "{path} in {}{}",
                    dated(commit),
                    by(commit, &|text| self.foreign(text))
                )
            }
            At::Object(_) if place.origin.path.is_empty() => path,
            At::Object(id) => format!("{path} in blob {}", short(id)),
        }
    }

    fn origin(&self, origin: &Origin) -> String {
        self.foreign(&origin.display())
    }

    /// Text from the scanned tree: masked and escaped.
    fn foreign(&self, text: &str) -> String {
        escape::terminal(&self.redact.text(text)).into_owned()
    }
}

/// How sure, and by which proof.
fn confidence(finding: &Finding) -> String {
    let mut proofs: Vec<&str> = finding
        .parts
        .iter()
        .filter_map(|p| p.proved.as_deref())
        .collect();
    proofs.dedup();
    let why = match (finding.confidence, proofs.is_empty()) {
        (_, false) => format!("proved: {}", proofs.join("; ")),
        (Confidence::Certain, true) => "nothing else has this shape".to_owned(),
        (Confidence::Likely, true) => "shape and context agree".to_owned(),
        (Confidence::Possible, true) => "a random value under a telling name".to_owned(),
    };
    format!("{} ({why})", finding.confidence.as_str())
}

/// The `= name: value` lines below an excerpt.
struct Facts<'a> {
    gutter: usize,
    paint: Paint,
    out: &'a mut dyn Write,
}

impl Facts<'_> {
    /// One fact; without a name it continues the one above.
    fn say(&mut self, name: &str, value: &str) -> io::Result<()> {
        let indent = self.gutter + 1;
        if name.is_empty() {
            return writeln!(self.out, "{:indent$}          {value}", "");
        }
        let sign = self.paint.frame("=");
        writeln!(
            self.out,
            "{:indent$}{sign} {} {value}",
            "",
            self.paint.bold(&format!("{name}:"))
        )
    }
}
