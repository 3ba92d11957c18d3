//! What a survey means for a scan: lapses, each with its severity.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::checks::{ONLY_HERE, PERMISSIONS, TRACKED, UNCOVERED_FILE, UNCOVERED_PATTERN};
use super::content::Content;
use super::ground::Ground;
use super::lapse::Lapse;
use super::survey::{Coverage, FileState, Survey};
use super::verdict::Verdict;
use crate::finding::{Finding, Origin, OriginKind, Severity};
use crate::git::tree::Mode;
use crate::gitignore::{Deciding, Patterns};
use crate::platform;

/// Files that are often in git with good reason, but not with credentials in them.
const WITH_SECRETS: &[(&str, &str)] = &[
    ("*.sql", "database dump"),
    ("*.sql.gz", "database dump"),
    ("*.dump", "database dump"),
    ("*.sqlite", "database"),
    ("*.sqlite3", "database"),
    ("*.db", "database"),
    ("*.rdb", "database dump"),
    ("*.bak", "backup"),
    ("config*.json", "bot configuration"),
    ("*config.json", "bot configuration"),
    ("**/user_data/*.json", "Freqtrade configuration"),
    ("config*.y*ml", "bot configuration"),
    ("conf_*.yml", "bot configuration"),
    ("settings*.json", "bot configuration"),
    ("config.py", "bot configuration"),
    ("settings.py", "bot configuration"),
];

/// What of a survey is worth a word in a scan of `root`, as it was given. `findings` are those of the scan:
/// they tell what stands in the files.
pub fn lapses(ground: &Ground, survey: &Survey, root: &Path, findings: &[Finding]) -> Vec<Lapse> {
    let teller = Teller {
        ground,
        root,
        held: by_path(findings),
    };
    let mut out = Vec::new();
    for file in &survey.files {
        teller.file(file, &mut out);
    }
    teller.with_secrets(survey, &mut out);
    let mut projects: BTreeMap<&[u8], Vec<&Coverage>> = BTreeMap::new();
    for own in &survey.coverage {
        if own.answer.verdict != Verdict::Covered {
            projects.entry(&own.project).or_default().push(own);
        }
    }
    for (project, uncovered) in projects {
        out.push(teller.patterns(project, &uncovered));
    }
    out
}

/// The findings of each path.
pub(super) fn by_path(findings: &[Finding]) -> BTreeMap<&[u8], Vec<&Finding>> {
    let mut out: BTreeMap<&[u8], Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        // What stands in a name stands not in the file.
        for place in finding
            .places
            .iter()
            .filter(|own| own.first_span().is_some())
        {
            let held = out.entry(&place.origin.path).or_default();
            if !held.iter().any(|own| std::ptr::eq(*own, finding)) {
                held.push(finding);
            }
        }
    }
    out
}

struct Teller<'a> {
    ground: &'a Ground,
    root: &'a Path,
    held: BTreeMap<&'a [u8], Vec<&'a Finding>>,
}

impl Teller<'_> {
    /// A path below the top as the scan names it.
    fn origin(&self, path: &[u8]) -> Origin {
        let below = path.strip_prefix(&*self.ground.prefix).unwrap_or(path);
        let root = platform::slashed(self.root);
        let mut out = &*root;
        while let Some(rest) = out.strip_prefix(b"./") {
            out = rest;
        }
        let mut whole = if out == b"." {
            Vec::new()
        } else {
            out.to_vec()
        };
        if !whole.is_empty() && !whole.ends_with(b"/") {
            whole.push(b'/');
        }
        whole.extend_from_slice(below);
        Origin {
            path: Arc::from(whole),
            members: Vec::new(),
            kind: OriginKind::File,
        }
    }

    fn file(&self, file: &FileState, out: &mut Vec<Lapse>) {
        let origin = self.origin(&file.path);
        let found = self.held.get(&*origin.path);
        let content = if found.is_some() {
            Content::Secret
        } else {
            file.content
        };
        if content.is_harmless() {
            return;
        }
        let filled = match content {
            Content::Secret => Severity::Medium,
            _ => Severity::Info,
        };
        let what = &file.kind.what;
        let shown = shell(&file.path);
        let why = file.answer.deciding.as_ref().map(line);
        match file.answer.verdict {
            Verdict::Tracked => {
                let severity = if is_for_tests(&file.path) {
                    filled.min(Severity::Low)
                } else {
                    filled
                };
                let mut lapse = Lapse::new(&TRACKED, severity, format!("{what} in git"))
                    .at(origin, None)
                    .step(format!(
                        "git rm --cached -- {shown}: out of git, and still on disk"
                    ));
                if let Some(why) = why {
                    lapse = lapse.because(format!("{why} ignores it, but it is in the index"));
                }
                if let Some(note) = content.note() {
                    lapse = lapse.because(note);
                }
                for finding in found.into_iter().flatten() {
                    lapse = lapse.because(format!("it holds: {}", finding.title()));
                }
                if content == Content::Secret {
                    lapse = lapse.step("revoke what it holds: it stays in the history");
                }
                out.push(lapse);
                // What git checks out has the permissions of any new file.
                return;
            }
            Verdict::Uncovered => {
                let severity = match content {
                    Content::Empty => Severity::Info,
                    _ => Severity::Medium,
                };
                let title = format!("{what} that .gitignore does not cover");
                let mut lapse =
                    Lapse::new(&UNCOVERED_FILE, severity, title).at(origin.clone(), None);
                if let Some(why) = why {
                    lapse = lapse.because(format!("{why} takes it back in"));
                }
                out.push(lapse.step("keyfence gitignore --fix"));
            }
            Verdict::OnlyHere => {
                let title = format!("{what} that git ignores on this machine alone");
                let mut lapse =
                    Lapse::new(&ONLY_HERE, Severity::Low, title).at(origin.clone(), None);
                let local = file.answer.local.map_or("", |local| local.as_str());
                if let Some(why) = why {
                    lapse = lapse.because(format!("{why} ignores it: {local}"));
                }
                out.push(lapse.step("keyfence gitignore --fix, and commit .gitignore"));
            }
            Verdict::Covered => {}
        }
        if file.is_readable_by_others() && content != Content::Empty {
            let mode = file.on_disk.as_ref().and_then(|own| own.mode);
            let mode = mode.unwrap_or_default();
            let title = format!("{what} that any user of this machine can read");
            out.push(
                Lapse::new(&PERMISSIONS, Severity::Low, title)
                    .at(origin, None)
                    .because(format!("its permissions are {mode:04o}"))
                    .step(format!("chmod 600 {shown}")),
            );
        }
    }

    /// Dumps and configurations in git that hold credentials.
    fn with_secrets(&self, survey: &Survey, out: &mut Vec<Lapse>) {
        if self.held.is_empty() {
            return;
        }
        let lines: Vec<&str> = WITH_SECRETS.iter().map(|(line, _)| *line).collect();
        let patterns = Patterns::parse(lines.join("\n").as_bytes());
        for listed in self.ground.listing.all() {
            if listed.mode != Mode::File || !listed.path.starts_with(&self.ground.prefix) {
                continue;
            }
            let Some(own) = patterns.last_match(&listed.path, false) else {
                continue;
            };
            let origin = self.origin(&listed.path);
            let known = survey.files.iter().any(|file| *file.path == *listed.path);
            let Some(found) = self.held.get(&*origin.path).filter(|_| !known) else {
                continue;
            };
            let worst = found.iter().map(|own| own.severity).max();
            if worst.is_none_or(|worst| worst < Severity::Medium) || is_for_tests(&listed.path) {
                continue;
            }
            let row = usize::try_from(own.line)
                .ok()
                .and_then(|line| line.checked_sub(1));
            let what = row
                .and_then(|row| WITH_SECRETS.get(row))
                .map_or("", |row| row.1);
            let mut lapse = Lapse::new(
                &TRACKED,
                Severity::Medium,
                format!("{what} with credentials in git"),
            )
            .at(origin, None);
            for finding in found {
                lapse = lapse.because(format!("it holds: {}", finding.title()));
            }
            let shown = shell(&listed.path);
            out.push(
                lapse
                    .step(format!("git rm --cached -- {shown}, and a line for it in .gitignore; or take the values out of it"))
                    .step("revoke what it holds: it stays in the history"),
            );
        }
    }

    /// One lapse for all patterns of a project.
    fn patterns(&self, project: &[u8], uncovered: &[&Coverage]) -> Lapse {
        let file = super::walk::join(project, b".gitignore");
        let mut title = format!("not covered by .gitignore: {}", names(uncovered));
        if !project.is_empty() {
            title = format!("{title} (in {})", String::from_utf8_lossy(project));
        }
        let deciding = uncovered
            .iter()
            .filter_map(|own| own.answer.deciding.as_ref());
        let here = deciding.clone().find(|own| own.path() == file);
        let mut lapse = Lapse::new(&UNCOVERED_PATTERN, Severity::Info, title)
            .at(self.origin(&file), Some(here.map_or(1, |own| own.line)));
        for own in uncovered {
            if let Some(deciding) = &own.answer.deciding {
                let verdict = own.answer.verdict.as_str();
                lapse = lapse.because(format!(
                    "{} is {verdict} by {}",
                    own.kind.pattern,
                    line(deciding)
                ));
            }
        }
        lapse.step("keyfence gitignore --fix adds the lines; `--dry-run` shows them")
    }
}

fn names(uncovered: &[&Coverage]) -> String {
    let names: Vec<&str> = uncovered.iter().map(|own| &*own.kind.pattern).collect();
    names.join(" ")
}

/// `.gitignore:12`: the text of the line may be anybody's.
fn line(deciding: &Deciding) -> String {
    let path = deciding.path();
    format!("{}:{}", String::from_utf8_lossy(&path), deciding.line)
}

/// Whether the path says that a file is there for tests or examples.
pub(super) fn is_for_tests(path: &[u8]) -> bool {
    const WORDS: [&[u8]; 9] = [
        b"test",
        b"tests",
        b"testdata",
        b"__tests__",
        b"fixtures",
        b"spec",
        b"examples",
        b"example",
        b"testing",
    ];
    path.split(|byte| *byte == b'/')
        .any(|part| WORDS.contains(&&*part.to_ascii_lowercase()))
}

/// A path for a command line that people copy.
pub(super) fn shell(path: &[u8]) -> String {
    let text = String::from_utf8_lossy(path);
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/+@".contains(c);
    if text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
