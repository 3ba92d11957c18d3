//! `keyfence gitignore`: does it keep the secrets out, for everyone?

use std::path::{Component, Path, PathBuf};

use super::Voice;
use crate::cli::GitignoreArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::hygiene::{Answer, Content, Depth, Ground, Plan, Protection, Survey, Verdict, diff};
use crate::output;
use crate::platform;
use crate::report::escape;
use crate::report::gitignore::{Shape, Told};
use crate::scan::Texts;
use crate::settings::{Env, Settings, listed};

/// A longer path is none of any system, in bytes.
const LONGEST: usize = 1 << 16;
/// Gaps told one by one.
const GAPS_TOLD: usize = 20;

pub(super) fn run(args: &GitignoreArgs, voice: Voice, env: Env<'_>) -> Result<Exit, Error> {
    let dir = args.path.clone().unwrap_or_else(|| PathBuf::from("."));
    if !dir.is_dir() {
        return Err(match dir.symlink_metadata() {
            Err(_) => Error::Missing(dir),
            Ok(_) => Error::Usage {
                what: format!(
                    "`{}` is no directory",
                    escape::terminal(&dir.to_string_lossy())
                ),
                help: "name a directory of the repository; single paths go to --paths".to_owned(),
            },
        });
    }
    let settings = Settings::of_repository(&dir, &args.config, env)?;
    let mut ground = Ground::open(&dir, env, true)?;
    let shape = Shape::of(&args.format);
    if let Some(list) = &args.paths {
        return paths(&ground, list, args.null, shape, &settings, voice);
    }
    ground.prefix.clear();
    let protection = settings.protection();
    let depth = Depth {
        contents: true,
        history: !args.no_history && !args.fix,
    };
    let survey = Survey::take(&ground, &protection, &settings, depth)?;
    gaps(&survey, voice);
    if args.fix {
        return fix(&ground, &protection, &survey, args.dry_run, voice);
    }
    let exit = if !survey.is_covered() {
        Exit::Findings
    } else if !survey.faults.is_empty() {
        Exit::Incomplete
    } else {
        Exit::Clean
    };
    let told = told(&ground, &survey, exit, voice);
    output::write_stdout(|out| told.write(shape, out))?;
    Ok(exit)
}

/// Answers for the paths of a list.
fn paths(
    ground: &Ground,
    list: &Path,
    null: bool,
    shape: Shape,
    settings: &Settings,
    voice: Voice,
) -> Result<Exit, Error> {
    let rules = ground.rules();
    let mut answers: Vec<(Vec<u8>, Answer)> = Vec::new();
    for path in listed(list, null)? {
        let asked = platform::slashed(&path).into_owned();
        let own = below_top(ground, &asked)?;
        answers.push((asked, rules.answer(&own)));
    }
    let covered = |(_, answer): &(_, Answer)| answer.verdict == Verdict::Covered;
    let exit = if !answers.iter().all(covered) {
        Exit::Findings
    } else if !ground.faults.is_empty() {
        Exit::Incomplete
    } else {
        Exit::Clean
    };
    let mut names = Texts::default();
    answers.iter().for_each(|(path, _)| names.add(path));
    let survey = Survey {
        faults: ground.faults.clone(),
        names: names.values(settings.rules()?),
        ..Survey::default()
    };
    gaps(&survey, voice);
    let told = told(ground, &survey, exit, voice);
    output::write_stdout(|out| told.paths(&answers, shape, out))?;
    Ok(exit)
}

fn told<'a>(ground: &'a Ground, survey: &'a Survey, exit: Exit, voice: Voice) -> Told<'a> {
    Told {
        ground,
        survey,
        exit: exit as u8,
        color: voice.color.stdout(),
        terminal: output::stdout_is_terminal(),
        advice: !voice.quiet,
    }
}

/// A path that was asked for, from the work tree's top on; a slash at its end stays.
fn below_top(ground: &Ground, asked: &[u8]) -> Result<Vec<u8>, Error> {
    let outside = |what: &str| Error::Usage {
        what: format!(
            "`{}` {what}",
            escape::terminal(&String::from_utf8_lossy(asked))
        ),
        help: "write paths below the directory that is checked".to_owned(),
    };
    if asked.len() > LONGEST {
        return Err(Error::Usage {
            what: format!("a path in the list has {} bytes", asked.len()),
            help: format!("paths have at most {LONGEST} bytes"),
        });
    }
    let path = PathBuf::from(platform::os(asked).into_owned());
    let mut parts: Vec<&[u8]> = Vec::new();
    let below;
    if path.is_absolute() {
        below = path
            .strip_prefix(&ground.top)
            .map_err(|_| outside("is not in the repository"))?
            .to_owned();
    } else {
        parts = ground.prefix.split(|byte| *byte == b'/').collect();
        parts.retain(|part| !part.is_empty());
        below = path;
    }
    for part in below.components() {
        match part {
            Component::Normal(name) => parts.push(name.as_encoded_bytes()),
            Component::ParentDir if parts.pop().is_some() => {}
            Component::CurDir => {}
            _ => return Err(outside("is not in the repository")),
        }
    }
    let mut out = parts.join(&b'/');
    if out.is_empty() {
        return Err(outside("is the repository itself"));
    }
    if asked.ends_with(b"/") {
        out.push(b'/');
    }
    Ok(out)
}

/// Adds the missing lines, or shows them.
fn fix(
    ground: &Ground,
    protection: &Protection,
    survey: &Survey,
    dry_run: bool,
    voice: Voice,
) -> Result<Exit, Error> {
    let plan = Plan::make(ground, protection, survey);
    let mut shown = Vec::new();
    for edit in &plan.edits {
        shown.extend(diff(edit));
    }
    if output::stdout_is_terminal() {
        let lines = shown.split_inclusive(|byte| *byte == b'\n').map(|line| {
            let text = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line));
            format!("{}\n", escape::terminal(&text))
        });
        shown = lines.collect::<String>().into_bytes();
    }
    if !dry_run {
        plan.write(ground)?;
    }
    output::told(&shown)?;
    let tracked: Vec<_> = survey
        .files
        .iter()
        .filter(|file| file.answer.verdict == Verdict::Tracked && file.fails())
        .collect();
    let name = |path: &[u8]| escape::terminal(&String::from_utf8_lossy(path)).into_owned();
    let mut text = String::new();
    if !voice.quiet {
        let files: Vec<String> = plan.edits.iter().map(|edit| name(&edit.path)).collect();
        match (files.is_empty(), dry_run) {
            (true, _) => text.push_str("no line is missing\n"),
            (false, true) => text.push_str("nothing was changed (--dry-run)\n"),
            (false, false) => text.push_str(&format!(
                "changed {}; now `git add {}`, and commit: only then every clone has it\n",
                files.join(", "),
                files.join(" ")
            )),
        }
    }
    for edit in plan.edits.iter().filter(|edit| edit.ignored) {
        let file = name(&edit.path);
        text.push_str(&format!(
            "note: {file} is itself ignored: `git add --force {file}`\n"
        ));
    }
    for file in &tracked {
        let leaked = match file.content {
            Content::Secret => "; what it held is leaked already: revoke it",
            _ => "",
        };
        let file = name(&file.path);
        text.push_str(&format!(
            "note: {file} is in git, whatever .gitignore says: `git rm --cached -- {file}` takes it out \
             and leaves it on disk{leaked}\n"
        ));
    }
    for left in &plan.left {
        text.push_str(&format!("note: {}\n", escape::terminal(left)));
    }
    output::stderr(&text);
    let done = tracked.is_empty() && plan.left.is_empty() && (!dry_run || plan.edits.is_empty());
    Ok(if done { Exit::Clean } else { Exit::Findings })
}

/// Tells what could not be read.
fn gaps(survey: &Survey, voice: Voice) {
    let most = if voice.verbose { usize::MAX } else { GAPS_TOLD };
    let redact = survey.redactor();
    let mut text = String::new();
    for fault in survey.faults.iter().take(most) {
        text.push_str(&format!(
            "not read: {}\n",
            escape::terminal(&redact.text(&fault.to_string()))
        ));
    }
    if let Some(more @ 1..) = survey.faults.len().checked_sub(most) {
        text.push_str(&format!(
            "not read: {more} more places; --verbose lists all\n"
        ));
    }
    output::stderr(&text);
}
