//! For people: the files that are there, then the patterns, then what leaked before.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Told, because, foreign, named, rule};
use crate::hygiene::{Answer, Content, Coverage, FileState, Leaked, Survey, Verdict};
use crate::report::commit::{by, dated};
use crate::report::human::paint::Paint;
use crate::report::redact::Redactor;
use crate::report::text::count;

/// Patterns named on one line.
const WIDTH: usize = 76;

pub(super) fn write(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let human = Human {
        paint: Paint(told.color),
        redact: told.redact(),
        survey: told.survey,
    };
    human.files(out)?;
    human.patterns(out)?;
    human.leaked(out)?;
    if told.advice {
        human.advice(out)?;
    }
    Ok(())
}

pub(super) fn paths(
    told: &Told<'_>,
    answers: &[(Vec<u8>, Answer)],
    out: &mut dyn Write,
) -> io::Result<()> {
    let human = Human {
        paint: Paint(told.color),
        redact: told.redact(),
        survey: told.survey,
    };
    for (path, answer) in answers {
        human.line(answer.verdict, path, &because(answer), out)?;
    }
    Ok(())
}

struct Human<'a> {
    paint: Paint,
    redact: Redactor,
    survey: &'a Survey,
}

impl Human<'_> {
    fn files(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.survey.files.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", self.paint.bold("Files that are there"))?;
        for file in &self.survey.files {
            let mut why = because(&file.answer);
            if file.answer.verdict == Verdict::Tracked {
                why = match &file.answer.deciding {
                    Some(own) => format!("in git, although {} ignores it", rule(own)),
                    None => "in git".to_owned(),
                };
            }
            if why.is_empty() {
                why = "no line of any .gitignore fits it".to_owned();
            }
            self.line(file.answer.verdict, &file.path, &why, out)?;
            self.facts(file, out)?;
        }
        writeln!(out)
    }

    fn facts(&self, file: &FileState, out: &mut dyn Write) -> io::Result<()> {
        if file.on_disk.is_none() {
            writeln!(out, "             = not on disk, but in the index")?;
        }
        if let Some(note) = file.content.note() {
            writeln!(out, "             = {note}")?;
        }
        for name in named(&self.survey.findings, &file.found) {
            let name = foreign(&self.redact, &name);
            writeln!(
                out,
                "             = holds: {name}; leaked already, revoke it"
            )?;
        }
        let secret = matches!(file.content, Content::Secret | Content::Blank);
        if secret && file.has_unknown_permissions() {
            writeln!(
                out,
                "             = who may read it was not checked: this system has no permission bits"
            )?;
        }
        if secret && file.is_readable_by_others() && file.answer.verdict != Verdict::Tracked {
            let mode = file.on_disk.as_ref().and_then(|own| own.mode);
            let mode = mode.unwrap_or_default();
            writeln!(
                out,
                "             = any user of this machine can read it ({mode:04o}); `chmod 600` it"
            )?;
        }
        Ok(())
    }

    fn patterns(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut projects: Vec<&[u8]> = Vec::new();
        for own in &self.survey.coverage {
            if !projects.contains(&&*own.project) {
                projects.push(&own.project);
            }
        }
        for project in projects {
            let title = match project {
                [] => "Patterns that are protected".to_owned(),
                dir => format!("Otherwise in {}", self.text(dir)),
            };
            writeln!(out, "{}", self.paint.bold(&title))?;
            let own = self
                .survey
                .coverage
                .iter()
                .filter(|own| own.project == project);
            let own: Vec<&Coverage> = own.collect();
            for verdict in [Verdict::Uncovered, Verdict::OnlyHere, Verdict::Covered] {
                let mut by_rule: BTreeMap<String, Vec<&str>> = BTreeMap::new();
                for one in own.iter().filter(|one| one.answer.verdict == verdict) {
                    let mut why = because(&one.answer);
                    if verdict == Verdict::Uncovered && !why.is_empty() {
                        why = format!("{} is taken back in by {why}", self.text(&one.path));
                    }
                    by_rule.entry(why).or_default().push(&one.kind.pattern);
                }
                for (why, patterns) in by_rule {
                    self.group(verdict, &patterns, &why, out)?;
                }
            }
            writeln!(out)?;
        }
        Ok(())
    }

    /// Patterns with one verdict for one reason.
    fn group(
        &self,
        verdict: Verdict,
        patterns: &[&str],
        why: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut lines = vec![String::new()];
        for pattern in patterns {
            let shown = foreign(&self.redact, pattern);
            match lines.last_mut() {
                Some(last) if last.is_empty() => *last = shown,
                Some(last) if last.len() + shown.len() < WIDTH => {
                    *last = format!("{last}  {shown}");
                }
                _ => lines.push(shown),
            }
        }
        for (at, line) in lines.iter().enumerate() {
            let word = if at == 0 { verdict.as_str() } else { "" };
            writeln!(out, "  {} {line}", self.word(verdict, word))?;
        }
        if !why.is_empty() {
            writeln!(out, "             = {}", foreign(&self.redact, why))?;
        }
        Ok(())
    }

    fn leaked(&self, out: &mut dyn Write) -> io::Result<()> {
        let told: Vec<&Leaked> = self
            .survey
            .leaked
            .iter()
            .filter(|file| !file.content.is_harmless() && file.content != Content::Empty)
            .collect();
        if told.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", self.paint.bold("Leaked before: in the history"))?;
        for file in told {
            let first = file.exposure.first.as_ref();
            let since = match first {
                Some(own) => {
                    let author = by(&own.commit, &|text| foreign(&self.redact, text));
                    format!("since {}{author}", dated(&own.commit))
                }
                None => "in what no commit reaches any more".to_owned(),
            };
            let gone = match (&file.exposure.removed, file.tracked) {
                (_, true) => "; still in the index".to_owned(),
                (Some(own), false) => format!("; taken out by {}", dated(own)),
                (None, false) => "; not in the index any more".to_owned(),
            };
            writeln!(out, "  {}  {since}{gone}", self.text(&file.path))?;
            if let Some(note) = file.content.note() {
                writeln!(out, "             = {note}")?;
            }
            for name in named(&self.survey.findings, &file.found) {
                let name = foreign(&self.redact, &name);
                writeln!(out, "             = held: {name}; revoke it")?;
            }
        }
        writeln!(out)
    }

    fn advice(&self, out: &mut dyn Write) -> io::Result<()> {
        let survey = self.survey;
        if survey.is_covered() {
            let kinds = survey.coverage.iter().filter(|own| own.project.is_empty());
            let kinds = count(kinds.count() as u64, "protected pattern");
            return writeln!(out, "{kinds}: all covered, in every clone");
        }
        let mut steps = Vec::new();
        let tracked = survey
            .files
            .iter()
            .filter(|file| file.answer.verdict == Verdict::Tracked && file.fails());
        for file in tracked {
            let leaked = match file.content {
                Content::Secret => "; what it held is leaked: revoke it",
                _ => ", before a secret comes in",
            };
            steps.push(format!(
                "git rm --cached -- {}   takes it out of git and leaves it on disk{leaked}",
                self.text(&quoted(&file.path))
            ));
        }
        let verdicts = || {
            let files = survey.files.iter().filter(|file| file.fails());
            let files = files.map(|file| file.answer.verdict);
            files.chain(survey.coverage.iter().map(|own| own.answer.verdict))
        };
        if verdicts().any(|own| own == Verdict::Uncovered || own == Verdict::OnlyHere) {
            steps.push(
                "keyfence gitignore --fix   adds the lines that are missing (--dry-run shows them)"
                    .to_owned(),
            );
            steps
                .push("git add .gitignore, and commit it: only then every clone has it".to_owned());
        }
        writeln!(out, "{}", self.paint.bold("What to do"))?;
        for (number, step) in (1..).zip(steps) {
            writeln!(out, "  {number}. {step}")?;
        }
        Ok(())
    }

    fn line(
        &self,
        verdict: Verdict,
        path: &[u8],
        why: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let word = self.word(verdict, verdict.as_str());
        let path = self.text(path);
        match why {
            "" => writeln!(out, "  {word} {path}"),
            why => writeln!(out, "  {word} {path}  ({})", foreign(&self.redact, why)),
        }
    }

    /// A verdict, in ten columns.
    fn word(&self, verdict: Verdict, word: &str) -> String {
        let padded = format!("{word:10}");
        match verdict {
            Verdict::Covered => self.paint.frame(&padded),
            Verdict::OnlyHere => self.paint.gap(&padded),
            Verdict::Uncovered | Verdict::Tracked => self.paint.mark(&padded),
        }
    }

    fn text(&self, bytes: &[u8]) -> String {
        foreign(&self.redact, &String::from_utf8_lossy(bytes))
    }
}

/// A path as a shell takes it.
fn quoted(path: &[u8]) -> Vec<u8> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-/+@".contains(byte);
    if !path.is_empty() && path.iter().all(plain) {
        return path.to_vec();
    }
    let mut out = vec![b'\''];
    for byte in path {
        if *byte == b'\'' {
            out.extend_from_slice(b"'\\'");
        }
        out.push(*byte);
    }
    out.push(b'\'');
    out
}
