//! `keyfence scan`: settings, scan, reports, verdict.

use super::Voice;
use crate::cli::ScanArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::finding::Report;
use crate::output;
use crate::report::{Format, ReportContext, escape, human, summary};
use crate::scan;
use crate::settings::{Env, Settings};

/// Gaps told one by one on standard error, unless all are asked for.
const GAPS_TOLD: usize = 20;

pub(super) fn run(args: &ScanArgs, voice: Voice, env: Env<'_>) -> Result<Exit, Error> {
    let mut settings = Settings::new(args, env)?;
    settings.progress &= !voice.quiet;
    if voice.verbose {
        describe(&settings);
    }
    let report = scan::run(&settings)?;
    let exit = Exit::of(&report, settings.fail_on, settings.allow_incomplete);
    tell(&report, &settings, voice, exit)?;
    Ok(exit)
}

fn tell(report: &Report, settings: &Settings, voice: Voice, exit: Exit) -> Result<(), Error> {
    let context = ReportContext {
        exit,
        fail_on: settings.fail_on,
        min_confidence: settings.min_confidence,
        show_suppressed: settings.show_suppressed,
        show_secrets: settings.show_secrets,
        summary: !voice.quiet,
        color: false,
        narrows: settings.narrows.as_deref(),
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

/// What holds for this scan, on standard error.
fn describe(settings: &Settings) {
    let config = match &settings.config {
        Some(path) => escape::terminal(&path.to_string_lossy()).into_owned(),
        None => "none".to_owned(),
    };
    let mut text = format!("configuration: {config}\n");
    for file in &settings.rule_files {
        text.push_str(&format!(
            "rule file: {}\n",
            escape::terminal(&file.to_string_lossy())
        ));
    }
    output::stderr(&text);
}
