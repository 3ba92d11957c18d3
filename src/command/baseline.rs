//! `keyfence baseline`: what is found now is written down, or what is gone taken out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::Voice;
use crate::cli::{BaselineArgs, BaselineCommand, BaselineScan, ScanArgs};
use crate::config;
use crate::error::Error;
use crate::exit::Exit;
use crate::finding::{Finding, Fingerprint, Report};
use crate::git::is_git_dir;
use crate::output;
use crate::regular;
use crate::report::redact::Redactor;
use crate::report::text::count;
use crate::report::{escape, human};
use crate::scan;
use crate::settings::{Env, Settings};
use crate::suppress::baseline::{Baseline, Line, NAME, write};

/// The largest baseline that is written anew, in bytes.
const LARGEST: u64 = 64 << 20;

pub(super) fn run(args: &BaselineArgs, voice: Voice, env: Env<'_>) -> Result<Exit, Error> {
    match &args.command {
        Some(BaselineCommand::Prune(scan)) => prune(scan, voice, env),
        None => create(args, voice, env),
    }
}

fn create(args: &BaselineArgs, voice: Voice, env: Env<'_>) -> Result<Exit, Error> {
    let file = Place::of(&args.scan);
    let mut settings = settings(&args.scan, voice, env)?;
    let from = !args.from.is_empty();
    settings.baselines = args
        .from
        .iter()
        .map(|path| Baseline::load(path))
        .collect::<Result<_, _>>()?;
    let (report, known) = scan::run_known(&settings)?;
    let findings = if from { &known } else { &report.findings };
    let mut lines = file.lines()?;
    let before = lines.len();
    let redact = Redactor::new(&report);
    let mut unsure = 0;
    for finding in findings {
        unsure += u64::from(is_guessable(finding));
        let line = lines
            .entry(finding.fingerprint)
            .or_insert_with(|| line(finding, &redact));
        line.history |= args.scan.history;
    }
    let added = (lines.len() - before) as u64;
    let fresh = file.file.symlink_metadata().is_err();
    file.write(&lines)?;
    let mut text = format!(
        "{}: {} added, {} in all\n",
        file.shown(),
        count(added, "finding"),
        count(lines.len() as u64, "line")
    );
    if unsure > 0 {
        text.push_str(&format!(
            "note: {} known by place, since the value could be guessed: reported again when it moves\n",
            count(unsure, "finding")
        ));
    }
    if from && !report.findings.is_empty() {
        text.push_str(&format!(
            "note: {} not known to what --from names: `keyfence scan` lists them\n",
            match report.findings.len() {
                1 => "1 finding is".to_owned(),
                n => format!("{n} findings are"),
            }
        ));
    }
    text.push_str(&file.advice(&settings, fresh));
    if !voice.quiet {
        output::told(text.as_bytes())?;
    }
    Ok(told(&report, voice))
}

/// Takes out what nothing holds any more. What was written down from a history stays unless the history is asked,
/// and then what the files hold stays as well.
fn prune(args: &BaselineScan, voice: Voice, env: Env<'_>) -> Result<Exit, Error> {
    let file = Place::of(args);
    let mut found: BTreeSet<Fingerprint> = BTreeSet::new();
    for args in file.judges(args) {
        let mut settings = settings(&args, voice, env)?;
        settings.baselines = Vec::new();
        settings.min_confidence = crate::finding::Confidence::Possible;
        let report = scan::run(&settings)?;
        let exit = told(&report, voice);
        if exit != Exit::Clean {
            // What was not read may hold what seems gone.
            output::stderr(&format!(
                "{} stays as it is: not everything was read\n",
                file.shown()
            ));
            return Ok(exit);
        }
        found.extend(report.findings.iter().map(|f| f.fingerprint));
    }
    let mut lines = file.lines()?;
    let before = lines.len();
    let mut unasked = 0;
    lines.retain(|fingerprint, line| {
        let held = found.contains(fingerprint);
        let is_unasked = !held && line.history && !args.history;
        unasked += u64::from(is_unasked);
        held || is_unasked
    });
    let gone = (before - lines.len()) as u64;
    if gone > 0 {
        file.write(&lines)?;
    }
    if !voice.quiet {
        let (gone, left) = (count(gone, "finding"), count(lines.len() as u64, "line"));
        let mut text = format!("{}: {gone} taken out, {left} left\n", file.shown());
        if unasked > 0 {
            let stay = if unasked == 1 { "stays" } else { "stay" };
            text.push_str(&format!(
                "note: {} of the history {stay}: whether it still holds what they know, `keyfence baseline prune --history` looks\n",
                count(unasked, "line")
            ));
        }
        output::told(text.as_bytes())?;
    }
    Ok(Exit::Clean)
}

/// A scan as these arguments want it, all of whose findings count.
fn settings(args: &BaselineScan, voice: Voice, env: Env<'_>) -> Result<Settings, Error> {
    let scan = ScanArgs {
        paths: args.path.clone().into_iter().collect(),
        history: args.history,
        min_confidence: args.min_confidence.clone(),
        config: args.config.clone(),
        ..ScanArgs::default()
    };
    let mut settings = Settings::new(&scan, env)?;
    let bare = settings.roots.iter().find(|root| is_git_dir(root));
    if let Some(bare) = bare {
        return Err(Error::Usage {
            what: format!(
                "`{}` is a bare repository, which has no files of its own",
                escape::terminal(&bare.to_string_lossy())
            ),
            help: "add --history, to write down what the repository holds".to_owned(),
        });
    }
    settings.progress &= !voice.quiet;
    Ok(settings)
}

/// Tells what was not read.
fn told(report: &Report, voice: Voice) -> Exit {
    output::stderr(&human::gaps_plain(report, usize::MAX, voice.color.stderr()));
    match report.gaps.is_empty() {
        true => Exit::Clean,
        false => Exit::Incomplete,
    }
}

fn is_guessable(finding: &Finding) -> bool {
    finding
        .parts
        .first()
        .is_some_and(|part| scan::is_guessable(part.role))
}

fn line(finding: &Finding, redact: &Redactor) -> Line {
    let place = finding.places.first();
    let path = place
        .map(|place| place.origin.display())
        .unwrap_or_default();
    let path = path.strip_prefix("./").unwrap_or(&path);
    Line {
        id: finding.id.clone(),
        path: redact.text(path).into_owned(),
        history: false,
    }
}

/// Where a baseline stands.
struct Place {
    file: PathBuf,
    /// The top of the repository, where there is one.
    top: Option<PathBuf>,
}

impl Place {
    fn of(args: &BaselineScan) -> Self {
        let scanned = args.path.clone().unwrap_or_else(|| PathBuf::from("."));
        let top = config::top(&scanned);
        let beside = || match &top {
            Some(top) => top.join(NAME),
            None if scanned.is_dir() => scanned.join(NAME),
            None => PathBuf::from(NAME),
        };
        Self {
            file: args.output.clone().unwrap_or_else(beside),
            top,
        }
    }

    /// The scans that together say what is still there: the files and, where it is asked for, the history.
    fn judges(&self, args: &BaselineScan) -> Vec<BaselineScan> {
        // A baseline at the top stands for the whole repository, wherever in it one is.
        let whole = match &self.top {
            Some(top) if args.output.is_none() => Some(top.clone()),
            _ => args.path.clone(),
        };
        let files = BaselineScan {
            path: whole,
            history: false,
            ..args.clone()
        };
        match (args.history, &self.top) {
            (false, _) => vec![files],
            (true, Some(_)) => vec![files, args.clone()],
            // A bare repository has no files.
            (true, None) => vec![args.clone()],
        }
    }

    fn shown(&self) -> String {
        let file = match &self.top {
            Some(top) => self.file.strip_prefix(top).unwrap_or(&self.file),
            None => &self.file,
        };
        escape::terminal(&file.to_string_lossy()).into_owned()
    }

    /// The lines that are there.
    fn lines(&self) -> Result<BTreeMap<Fingerprint, Line>, Error> {
        let bytes = match regular::read(&self.file, LARGEST) {
            Ok(bytes) => bytes,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                return Ok(BTreeMap::new());
            }
            Err(cause) => {
                return Err(Error::Read {
                    path: self.file.clone(),
                    cause,
                });
            }
        };
        Baseline::lines(&bytes).map_err(|(line, what)| Error::Config {
            path: self.file.clone(),
            line,
            what,
            help: "this is no baseline of keyfence; write into another file with --output FILE, or read it with --from FILE"
                .to_owned(),
        })
    }

    fn write(&self, lines: &BTreeMap<Fingerprint, Line>) -> Result<(), Error> {
        output::project_file(&self.file, write(lines).as_bytes())
    }

    /// What else is to be done for it to count, and to merge.
    fn advice(&self, settings: &Settings, fresh: bool) -> String {
        let mut out = String::new();
        let name = self.shown();
        let whole = crate::platform::real(&self.file).unwrap_or_else(|_| self.file.clone());
        let named = settings.config_baselines.contains(&whole);
        if !named {
            out.push_str(&format!(
                "next: write `baseline = [\"{name}\"]` into keyfence.toml, or scan with `--baseline {name}`\n"
            ));
        }
        let attributes = self.top.as_ref().map(|top| top.join(".gitattributes"));
        let read = attributes
            .and_then(|file| regular::read(&file, LARGEST).ok())
            .unwrap_or_default();
        // Where the file was there before, git has it, or somebody decided otherwise.
        if self.top.is_some() && fresh {
            out.push_str(&format!(
                "next: git add {name}, and commit it: the hook and pull requests go by what git has\n"
            ));
        }
        if self.top.is_some() && !String::from_utf8_lossy(&read).contains("merge=union") {
            out.push_str(&format!(
                "next: write `{name} merge=union` into .gitattributes, and branches merge without a conflict\n"
            ));
        }
        out
    }
}
