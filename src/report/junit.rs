//! JUnit XML for Jenkins, Bitbucket, Azure, CircleCI: a test case for each finding at a file, for each lapse
//! of hygiene and each gap, and one that passes when there is nothing to report.
//!
//! JUnit has no standard; the form is that of Apache Ant's task, whose schema Windy Road published
//! (`tests/schemas/junit.xsd`). What fails the run is a `failure`; findings below `--fail-on` pass as
//! `skipped`; what was not read is an `error`.

use std::io::{self, Write};

use super::entry::{Entry, entries, steps};
use super::redact::Redactor;
use super::remark::{Remark, remarks};
use super::{ReportContext, escape};
use crate::date::moment;
use crate::finding::{Gap, Report};

/// Writes the report.
pub fn write(report: &Report, context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let redact = Redactor::new(report);
    let entries: Vec<Entry<'_>> = entries(report, context, &redact).collect();
    let remarks = remarks(report, context, &redact);
    let failures = entries.iter().filter(|entry| entry.fails).count()
        + remarks.iter().filter(|remark| remark.fails).count();
    let found = entries.len() + remarks.len();
    let skipped = found - failures;
    let nothing = found == 0 && report.gaps.is_empty();
    let tests = found + report.gaps.len() + usize::from(nothing);
    let seconds = context.clock.ended.saturating_sub(context.clock.began);
    let time = moment(context.clock.began, 0).unwrap_or_default();
    let time = time.get(..19).unwrap_or("1970-01-01T00:00:00");
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites>")?;
    writeln!(
        out,
        "  <testsuite id=\"0\" package=\"keyfence\" name=\"keyfence\" hostname=\"localhost\" timestamp=\"{time}\" \
         tests=\"{tests}\" failures=\"{failures}\" errors=\"{}\" skipped=\"{skipped}\" time=\"{seconds}\">",
        report.gaps.len()
    )?;
    writeln!(out, "    <properties>")?;
    for (name, value) in [
        ("version", env!("CARGO_PKG_VERSION")),
        ("source", context.source.as_str()),
    ] {
        writeln!(out, "      <property name=\"{name}\" value=\"{value}\"/>")?;
    }
    writeln!(out, "    </properties>")?;
    for entry in &entries {
        case(entry, out)?;
    }
    for remark in &remarks {
        lapse(remark, out)?;
    }
    for gap in &report.gaps {
        not_read(gap, &redact, out)?;
    }
    if nothing {
        open("keyfence", "no leaked credentials", out)?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "    <system-out></system-out>")?;
    writeln!(out, "    <system-err></system-err>")?;
    writeln!(out, "  </testsuite>")?;
    writeln!(out, "</testsuites>")
}

fn open(class: &str, name: &str, out: &mut dyn Write) -> io::Result<()> {
    let (class, name) = (xml(class), xml(name));
    writeln!(
        out,
        "    <testcase classname=\"{class}\" name=\"{name}\" time=\"0\">"
    )
}

fn case(entry: &Entry<'_>, out: &mut dyn Write) -> io::Result<()> {
    let finding = entry.finding;
    let line = entry.start_line();
    open(
        &entry.path,
        &format!("{} on line {line}", entry.title()),
        out,
    )?;
    if entry.fails {
        writeln!(
            out,
            "      <failure type=\"{}\" message=\"{}\">",
            xml(&finding.id),
            xml(&format!(
                "{}: {}",
                finding.severity.as_str(),
                entry.sentence
            ))
        )?;
        writeln!(
            out,
            "{}",
            xml(&format!("{}:{line}: {}", entry.path, entry.line))
        )?;
        for step in steps(&finding.rule.remedy) {
            writeln!(out, "{}", xml(&step))?;
        }
        writeln!(out, "fingerprint {}</failure>", finding.fingerprint)?;
    } else {
        writeln!(out, "      <skipped/>")?;
    }
    writeln!(out, "    </testcase>")
}

fn lapse(remark: &Remark<'_>, out: &mut dyn Write) -> io::Result<()> {
    let line = remark.line();
    open(
        &remark.path,
        &format!("{} on line {line}", remark.title),
        out,
    )?;
    if remark.fails {
        let (check, severity) = (remark.lapse.check, remark.lapse.severity.as_str());
        writeln!(
            out,
            "      <failure type=\"{}\" message=\"{}\">{}</failure>",
            xml(check.id),
            xml(&format!("{severity}: {}", remark.sentence)),
            xml(check.about)
        )?;
    } else {
        writeln!(out, "      <skipped/>")?;
    }
    writeln!(out, "    </testcase>")
}

fn not_read(gap: &Gap, redact: &Redactor, out: &mut dyn Write) -> io::Result<()> {
    open(&redact.text(&gap.origin.display()), "not read", out)?;
    let help = gap.help.as_deref().unwrap_or_default();
    writeln!(
        out,
        "      <error type=\"not-read\" message=\"{}\">{}</error>",
        xml(&redact.text(&gap.what)),
        xml(&redact.text(help))
    )?;
    writeln!(out, "    </testcase>")
}

/// Text for XML 1.0: what it cannot hold, and what fools a terminal, is shown as an escape.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in escape::terminal(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // No characters of XML (section 2.2).
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
