//! `keyfence hook`: what git's hooks run, by themselves or through a hook manager.
//!
//! The index, the range or the message is read, never a file that a manager passes. What would leave the
//! machine with the commit blocks: a credential, and content that could not be read. The report says what to
//! do next. Everything goes to standard error, where git and the managers show it.

mod advice;
mod stage;

use stage::Stage;

use super::Voice;
use crate::cli::{HookArgs, ScanArgs};
use crate::date::now;
use crate::error::Error;
use crate::exit::Exit;
use crate::finding::Report;
use crate::output;
use crate::report::redact::Redactor;
use crate::report::{Clock, Format, ReportContext, human, summary};
use crate::scan;
use crate::settings::{Env, Settings, Source};

/// Gaps told one by one, unless all are asked for.
const GAPS_TOLD: usize = 20;

pub(super) fn run(args: &HookArgs, voice: Voice, env: Env<'_>) -> Result<Exit, Error> {
    let stage = Stage::of(args, env)?;
    let scan = ScanArgs {
        config: args.config.clone(),
        no_inline: args.no_inline,
        ..stage.scan()
    };
    let mut settings = Settings::new(&scan, env)?;
    settings.progress = false;
    settings.show_secrets = false;
    stage.adjust(&mut settings)?;
    let began = now(env);
    let mut report = scan::run(&settings)?;
    let waived = scan::waive(&mut report, &settings);
    let exit = Exit::of(&report, settings.fail_on, false);
    let context = ReportContext {
        exit,
        source: &settings.source,
        fail_on: settings.fail_on,
        min_confidence: settings.min_confidence,
        show_suppressed: false,
        show_secrets: false,
        summary: false,
        color: voice.color.stderr(),
        narrows: settings.narrows.as_deref(),
        clock: Clock {
            began,
            ended: now(env),
        },
    };
    let most = if voice.verbose { usize::MAX } else { GAPS_TOLD };
    let mut text = findings(&report, &context, &settings)?;
    text.push_str(&human::gaps(&report, &context, most, context.color));
    for told in waived {
        text.push_str(&format!("note: {told}\n"));
    }
    if !voice.quiet {
        if let Some(narrows) = &settings.narrows {
            text.push_str(&format!(
                "note: {}\n",
                crate::report::escape::terminal(narrows)
            ));
        }
        let redact = Redactor::new(&report);
        for note in &settings.notes {
            text.push_str(&format!("note: {}\n", redact.text(note)));
        }
        text.push_str(&format!("keyfence: {}\n", summary::line(&report, &context)));
    }
    text.push_str(&advice::of(&stage, &report, &settings, exit));
    output::stderr(&text);
    Ok(exit)
}

/// What a hook says that could not run: what git does next is no accident.
pub(super) fn could_not_run(args: &HookArgs) -> String {
    let stage = args.stage.as_deref().and_then(std::ffi::OsStr::to_str);
    let told = match stage {
        Some("pre-push") => "stopped this push",
        Some("pre-receive") => "refuses this push",
        _ => "stopped this commit",
    };
    format!("\nkeyfence {told}: it could not be looked at\n")
}

/// The findings and lapses that block; of the others people hear by their number.
fn findings(
    report: &Report,
    context: &ReportContext<'_>,
    settings: &Settings,
) -> Result<String, Error> {
    let blocks = |severity| settings.fail_on.is_some_and(|least| severity >= least);
    let mut text = Vec::new();
    let written = human::write_some(report, context, &blocks, &mut text);
    written.map_err(|cause| Error::Write {
        target: "standard error".to_owned(),
        cause,
    })?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// What is scanned, for the advice.
fn is_staged(settings: &Settings) -> bool {
    matches!(settings.source, Source::Staged { .. })
}

impl Stage {
    /// The scan's flags for this stage.
    fn scan(&self) -> ScanArgs {
        let mut scan = ScanArgs {
            format: vec![Format::Human.as_str().into()],
            ..ScanArgs::default()
        };
        match self {
            Self::PreCommit => scan.staged = true,
            Self::PrePush { remote, url, .. } => {
                let words = [remote, url].into_iter().flatten().cloned();
                scan.pre_push = Some(words.collect());
            }
            Self::PreReceive => scan.pre_receive = true,
            // The message is no file of the work tree; the name is what reports show.
            Self::CommitMsg { .. } => {
                scan.paths = vec!["-".into()];
                scan.stdin_name = Some(stage::MESSAGE.to_owned());
            }
        }
        scan
    }
}
