//! `keyfence scan`: settings, scan, reports, verdict.

use bstr::ByteSlice;

use super::Voice;
use crate::cli::ScanArgs;
use crate::config::NAME;
use crate::date::{moment, now};
use crate::error::Error;
use crate::exit::Exit;
use crate::finding::Report;
use crate::output;
use crate::platform;
use crate::report::replace_text::Expressions;
use crate::report::text::{bytes, count};
use crate::report::{Clock, Format, ReportContext, escape, human, summary};
use crate::scan;
use crate::settings::{Commits, Env, Settings, Source};

/// Gaps told one by one on standard error, unless all are asked for.
const GAPS_TOLD: usize = 20;

pub(super) fn run(args: &ScanArgs, voice: Voice, env: Env<'_>) -> Result<Exit, Error> {
    let mut settings = Settings::new(args, env)?;
    settings.progress &= !voice.quiet;
    if voice.verbose {
        describe(&settings);
    }
    let began = now(env);
    let mut report = scan::run(&settings)?;
    if voice.verbose {
        looked_at(&report);
    }
    let waived = waive(&mut report, &mut settings);
    let exit = Exit::of(&report, settings.fail_on, settings.allow_incomplete);
    let clock = Clock {
        began,
        ended: now(env),
    };
    tell(&report, &settings, voice, exit, clock)?;
    let most = if voice.verbose { usize::MAX } else { GAPS_TOLD };
    for told in waived.iter().take(most).filter(|_| !voice.quiet) {
        output::stderr(&format!("note: {told}\n"));
    }
    Ok(exit)
}

/// Takes out the gaps at excluded paths, where nothing that is found counts either, and has the summary say so. What
/// commits hold may stand at other paths, too: there they stay.
fn waive(report: &mut Report, settings: &mut Settings) -> Vec<String> {
    if !matches!(settings.source, Source::Worktree | Source::Staged { .. }) {
        return Vec::new();
    }
    let waived = scan::waive(report, settings);
    if !waived.is_empty() {
        let what = count(waived.len() as u64, "place");
        let what = format!("excludes {what} that could not be read");
        settings.narrows = Some(match settings.narrows.take() {
            Some(narrows) => format!("{narrows}; it {what}"),
            None => format!("{NAME} {what}"),
        });
    }
    waived
}

fn tell(
    report: &Report,
    settings: &Settings,
    voice: Voice,
    exit: Exit,
    clock: Clock,
) -> Result<(), Error> {
    let context = ReportContext {
        exit,
        source: &settings.source,
        fail_on: settings.fail_on,
        min_confidence: settings.min_confidence,
        show_suppressed: settings.show_suppressed,
        show_secrets: settings.show_secrets,
        summary: !voice.quiet,
        color: false,
        narrows: settings.narrows.as_deref(),
        clock,
    };
    for target in &settings.targets {
        let to_stdout = target.file.is_none();
        let context = ReportContext {
            color: to_stdout && voice.color.stdout(),
            ..context.clone()
        };
        let write = |out: &mut dyn std::io::Write| target.format.write(report, &context, out);
        match &target.file {
            Some(file) => output::file(file, write)?,
            None => output::write_stdout(write)?,
        }
    }
    if settings
        .targets
        .iter()
        .any(|target| target.format == Format::ReplaceText)
    {
        expressions(&Expressions::new(report), voice);
    }
    let most = if voice.verbose { usize::MAX } else { GAPS_TOLD };
    output::stderr(&human::gaps(report, &context, most, voice.color.stderr()));
    if !voice.quiet
        && settings
            .targets
            .iter()
            .all(|t| t.format != Format::Human && t.file.is_some())
    {
        output::stderr(&format!("{}\n", summary::line(report, &context)));
    }
    Ok(())
}

/// What a rewriter's file does not hold, and what it does not do, on standard error.
fn expressions(expressions: &Expressions, voice: Voice) {
    let mut text = String::new();
    for left_out in &expressions.left_out {
        text.push_str(&format!("note: not sure to be replaced: {left_out}\n"));
    }
    if !platform::PRIVATE_FILES {
        text.push_str(
            "note: the file has the access list of its directory, which is not checked: it holds secrets in plain text\n",
        );
    }
    if !voice.quiet {
        for note in expressions.notes() {
            text.push_str(&format!("note: {note}\n"));
        }
    }
    output::stderr(&text);
}

/// What is scanned of a repository.
fn what(source: &Source) -> String {
    match source {
        Source::Worktree => "the files".to_owned(),
        Source::Staged { .. } => "the index".to_owned(),
        Source::History { .. } => "the whole history".to_owned(),
        Source::Range { commits, .. } => match commits {
            Commits::Revisions(words) => {
                let words: Vec<_> = words.iter().map(|word| word.to_str_lossy()).collect();
                format!("the commits `{}`", escape::terminal(&words.join(" ")))
            }
            Commits::Since(seconds) => {
                let since = moment(*seconds, 0).unwrap_or_else(|| format!("@{seconds}"));
                format!("the commits since {since}")
            }
            Commits::Last(count) => format!("the last {count} commits"),
            // A remote without a name goes by its URL, which may hold a password.
            Commits::PrePush { remote: Some(name) }
            | Commits::Push {
                remote: Some(name), ..
            } if !name.as_encoded_bytes().contains(&b'@') => {
                format!("the push to {}", escape::terminal(&name.to_string_lossy()))
            }
            Commits::PrePush { .. } | Commits::Push { .. } => "the push".to_owned(),
            Commits::PreReceive => "what is received".to_owned(),
        },
    }
}

/// What was looked at, on standard error.
fn looked_at(report: &Report) {
    let stats = &report.stats;
    let counts = [
        (stats.files, "file"),
        (stats.blobs, "blob"),
        (stats.messages, "message"),
        (stats.commits, "commit"),
        (stats.members, "archive member"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| count(*n, what))
        .collect();
    let mut text = String::new();
    if let Some(repository) = &report.repository {
        let head = match repository.head {
            Some(head) => format!("HEAD is {head}"),
            None => "HEAD is no commit yet".to_owned(),
        };
        let path = repository.path.to_string_lossy();
        text.push_str(&format!(
            "repository: {}; {head}\n",
            escape::terminal(&path)
        ));
    }
    text.push_str(&format!(
        "looked at: {}{}{}\n",
        counts.join(", "),
        if counts.is_empty() { "" } else { "; " },
        bytes(stats.bytes)
    ));
    output::stderr(&text);
}

/// What holds for this scan, on standard error.
fn describe(settings: &Settings) {
    let config = match &settings.config {
        Some(path) => escape::terminal(&path.to_string_lossy()).into_owned(),
        None => "none".to_owned(),
    };
    let mut text = match settings.source.path() {
        Some(path) => format!(
            "source: {} of the repository at {}\n",
            what(&settings.source),
            escape::terminal(&path.to_string_lossy())
        ),
        None => String::new(),
    };
    text.push_str(&format!("configuration: {config}\n"));
    for file in &settings.rule_files {
        text.push_str(&format!(
            "rule file: {}\n",
            escape::terminal(&file.to_string_lossy())
        ));
    }
    output::stderr(&text);
}
