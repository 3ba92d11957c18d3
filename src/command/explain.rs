//! `keyfence explain`: why a finding fired, what would silence it, and what to do now; or what a rule looks for.

use std::path::PathBuf;

use super::Voice;
use super::rules::{load, show};
use crate::cli::{ExplainArgs, ScanArgs};
use crate::error::Error;
use crate::exit::Exit;
use crate::finding::{Confidence, Finding, Hidden, Place, Report};
use crate::nearest::nearest;
use crate::output;
use crate::report::redact::Redactor;
use crate::report::{Clock, ReportContext, escape, human};
use crate::rule::Severity;
use crate::scan;
use crate::settings::{Env, Settings};

/// The fewest digits of a fingerprint that are taken for one.
const FEWEST: usize = 6;

pub(super) fn run(args: &ExplainArgs, voice: Voice, env: Env<'_>) -> Result<Exit, Error> {
    let word = args.what.to_ascii_lowercase();
    let set = load(&args.config, env)?;
    if let Some(rule) = set.rules().iter().find(|rule| rule.id == word) {
        let text = format!("{}\n{}", show::text(rule), silence_rule(rule.id));
        output::stdout(text.as_bytes())?;
        return Ok(Exit::Clean);
    }
    let digits = word.bytes().all(|b| b.is_ascii_hexdigit());
    if !digits || !(FEWEST..=32).contains(&word.len()) {
        let near = nearest(&word, set.rules().iter().map(|rule| rule.id));
        return Err(Error::Usage {
            what: format!("`{}` is neither a rule nor a fingerprint", escape::terminal(&args.what)),
            help: match near {
                Some(near) => format!("did you mean `{near}`? a fingerprint is the last line of a finding"),
                None => "a fingerprint is the last line of a finding; `keyfence rules list` lists the rules".to_owned(),
            },
        });
    }
    let found = find(&word, args, env)?;
    let Some(found) = found else {
        return Err(Error::Usage {
            what: format!(
                "no finding here has the fingerprint {}",
                escape::terminal(&word)
            ),
            help: "name the directory, or --history for what only the history holds".to_owned(),
        });
    };
    output::stdout(found.told(voice)?.as_bytes())?;
    Ok(Exit::Clean)
}

/// A finding, and whether a plain scan would list it.
struct Found {
    settings: Settings,
    finding: Finding,
    /// What is masked besides.
    hidden: Vec<Hidden>,
    /// Why a plain scan leaves it out.
    silenced: Option<String>,
}

/// Looks for the finding where people meet one: in the files, in the index, in the history on request.
fn find(digits: &str, args: &ExplainArgs, env: Env<'_>) -> Result<Option<Found>, Error> {
    let path = args.path.clone().into_iter().collect::<Vec<PathBuf>>();
    let scan = |staged: bool| ScanArgs {
        paths: path.clone(),
        history: args.history,
        staged,
        config: args.config.clone(),
        min_confidence: Some(Confidence::Possible.as_str().to_owned()),
        no_inline: true,
        ..ScanArgs::default()
    };
    let fits = |finding: &Finding| finding.fingerprint.to_string().starts_with(digits);
    for staged in [false, true] {
        if staged && args.history {
            continue;
        }
        let mut settings = match Settings::new(&scan(staged), env) {
            Ok(settings) => settings,
            // There may be no repository, and so no index.
            Err(_) if staged => continue,
            Err(error) => return Err(error),
        };
        let plain = Settings::new(
            &ScanArgs {
                min_confidence: None,
                no_inline: false,
                ..scan(staged)
            },
            env,
        )?;
        settings.ignores.clear();
        settings.excludes.clear();
        settings.baselines.clear();
        settings.selection = crate::settings::Selection::default();
        let report = match scan::run(&settings) {
            Err(_) if staged => continue,
            report => report?,
        };
        if let Some(finding) = report.findings.into_iter().find(fits) {
            let silenced = silenced(&finding, &scan::run(&plain)?, &plain);
            return Ok(Some(Found {
                settings,
                finding,
                hidden: report.hidden,
                silenced,
            }));
        }
    }
    Ok(None)
}

fn silenced(finding: &Finding, plain: &Report, settings: &Settings) -> Option<String> {
    if plain
        .findings
        .iter()
        .any(|own| own.fingerprint == finding.fingerprint)
    {
        return None;
    }
    let there = |place: &Place, own: &crate::finding::Suppressed| {
        let mut spans = place.spans.iter().flatten();
        // A name has no line.
        let here = spans.any(|span| *span == own.span) || place.first_span().is_none();
        place.origin == own.origin && here
    };
    let by = plain
        .suppressed
        .iter()
        .find(|own| finding.places.iter().any(|place| there(place, own)));
    Some(match by {
        Some(by) if by.detail.is_empty() => by.reason.as_str().to_owned(),
        Some(by) => format!("{}: {}", by.reason.as_str(), by.detail),
        None if !settings.selection.allows(finding.rule.id) => {
            "its rule does not run here".to_owned()
        }
        None => format!(
            "its confidence is {}, and a plain scan lists {} and above",
            finding.confidence.as_str(),
            settings.min_confidence.as_str()
        ),
    })
}

impl Found {
    fn told(&self, voice: Voice) -> Result<String, Error> {
        let report = Report {
            findings: vec![self.finding.clone()],
            hidden: self.hidden.clone(),
            ..Report::default()
        };
        let context = ReportContext {
            exit: Exit::Findings,
            source: &self.settings.source,
            fail_on: self.settings.fail_on,
            min_confidence: Confidence::Possible,
            show_suppressed: false,
            show_secrets: false,
            summary: false,
            color: voice.color.stdout(),
            narrows: None,
            clock: Clock::default(),
        };
        let mut text = Vec::new();
        let written = human::write(&report, &context, &mut text);
        written.map_err(|cause| Error::Write {
            target: "standard output".to_owned(),
            cause,
        })?;
        let mut text = String::from_utf8_lossy(&text).into_owned();
        text.push_str(&self.reasons(&Redactor::new(&report)));
        Ok(text)
    }

    fn reasons(&self, redact: &Redactor) -> String {
        let finding = &self.finding;
        let foreign = |text: &str| escape::terminal(&redact.text(text)).into_owned();
        let mut out = String::from("Why it fired\n");
        out.push_str(&format!(
            "  rule        {}: {}\n",
            finding.rule.id,
            escape::terminal(finding.rule.about)
        ));
        for (n, why) in finding.why.iter().enumerate() {
            let name = if n == 0 { "context" } else { "" };
            out.push_str(&format!("  {name:11} {}\n", foreign(why)));
        }
        for part in &finding.parts {
            let proof = match &part.proved {
                Some(proof) => format!("proved: {}", escape::terminal(proof)),
                None => {
                    "its format has no proof that needs no network, or none is known".to_owned()
                }
            };
            out.push_str(&format!("  {:11} {}\n", part.name, proof));
        }
        out.push_str(&format!(
            "  confidence  {}\n",
            confidence(finding.confidence)
        ));
        out.push_str(&format!("  severity    {}\n", severity(finding)));
        let fails = self
            .settings
            .fail_on
            .is_some_and(|least| finding.severity >= least);
        let verdict = match (&self.silenced, fails) {
            (Some(by), _) => format!("silenced here by {}", foreign(by)),
            (None, true) => "a scan lists it and fails".to_owned(),
            (None, false) => "a scan lists it and passes".to_owned(),
        };
        out.push_str(&format!("  verdict     {verdict}\n"));
        out.push_str("\nWhat would silence it, if it is no secret\n");
        // A line of an old commit takes no comment any more.
        let gone = finding
            .exposure
            .as_ref()
            .is_some_and(|exposure| exposure.in_head.is_empty());
        if !gone {
            let rule = finding.rule.id;
            out.push_str(&format!(
                "  in the line    a comment: keyfence:allow({rule}) REASON\n"
            ));
        }
        let history = if gone { " --history" } else { "" };
        out.push_str(&format!(
            "  in a file      keyfence.toml: [[ignore]] with fingerprint = \"{}\" and a reason\n  \
             for all old    keyfence baseline{history}\n",
            finding.fingerprint
        ));
        out.push_str("\nWhat to do now, if it is one\n");
        for step in crate::report::steps(&finding.rule.remedy) {
            out.push_str(&format!("  {step}\n"));
        }
        if let Some(days) = finding.rule.remedy.rotate_days {
            out.push_str(&format!("  Replace such credentials every {days} days.\n"));
        }
        out
    }
}

fn confidence(confidence: Confidence) -> String {
    let means = match confidence {
        Confidence::Certain => "it is proved, or nothing else has its shape",
        Confidence::Likely => "its shape and what stands around it agree, or its pair is there",
        Confidence::Possible => {
            "a random value under a telling name; a scan counts it and does not list it"
        }
    };
    format!("{}: {means}", confidence.as_str())
}

fn severity(finding: &Finding) -> String {
    let means = match finding.severity {
        Severity::Critical => "it moves funds or owns the machine",
        Severity::High => "it trades or writes",
        Severity::Medium => "it reads private data, or is one half of a credential",
        Severity::Low => "a test net, or a public half",
        Severity::Info => "worth knowing, no leak",
    };
    format!("{}: {means}", finding.severity.as_str())
}

fn silence_rule(id: &str) -> String {
    format!(
        "to silence:\n  one value: a comment in its line: keyfence:allow({id}) REASON\n  \
         the rule: keyfence.toml: exclude-rules = [\"{id}\"], which each summary tells\n"
    )
}
