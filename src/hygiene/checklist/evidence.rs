//! What the list is judged by: scans of the files and of the history, and what stands in the code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::marks::Marks;
use crate::cli::ConfigArgs;
use crate::error::Error;
use crate::finding::{Finding, Report, Severity};
use crate::git::commits::Commit;
use crate::git::refs;
use crate::git::revs::Range;
use crate::hygiene::{Depth, Ground, Survey};
use crate::platform;
use crate::scan;
use crate::settings::{Env, Settings, Source};

/// The largest commit that is read, in bytes.
const LARGEST: u64 = 16 << 20;

/// All that the list is judged by.
#[derive(Debug)]
pub struct Evidence {
    /// The repository.
    pub ground: Ground,
    /// What stands in the files that git could commit, and signs of danger in them.
    pub tree: Report,
    /// What stands in the secret files on disk, whether git ignores them or not.
    pub local: Report,
    /// What stands in the history.
    pub history: Report,
    /// What `.gitignore` covers.
    pub survey: Survey,
    /// What the code says of exchanges, cloud bots and sub-accounts.
    pub(super) marks: Marks,
    /// When each author committed last, by mail address, in seconds since 1970-01-01 UTC.
    pub(super) authors: BTreeMap<String, i64>,
    /// Now, in seconds since 1970-01-01 UTC.
    pub(super) now: i64,
}

impl Evidence {
    pub(super) fn gather(dir: &Path, args: &ConfigArgs, env: Env<'_>) -> Result<Self, Error> {
        let ground = Ground::open(dir, env, true)?;
        let top = ground.top.clone();
        let settings = || -> Result<Settings, Error> { Settings::of_repository(&top, args, env) };
        let mut ground = ground;
        ground.prefix.clear();
        let history = scan::run(&settings()?)?;
        let mut of_files = settings()?;
        of_files.source = Source::Worktree;
        of_files.top = None;
        of_files.roots = vec![top.clone()];
        let tree = scan::run(&of_files)?;
        let protection = of_files.protection();
        let depth = Depth {
            contents: false,
            history: false,
        };
        let survey = Survey::take(&ground, &protection, &of_files, depth)?;
        of_files.roots = Vec::new();
        of_files.hygiene = false;
        let on_disk = survey.files.iter().filter(|file| file.on_disk.is_some());
        of_files.files = on_disk.map(|file| ground.full(&file.path)).collect();
        let local = scan::run(&of_files)?;
        let marks = Marks::read(&ground, of_files.rules()?);
        let authors = authors(&ground);
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Ok(Self {
            tree,
            local,
            history,
            survey,
            marks,
            authors,
            now: now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX)),
            ground,
        })
    }

    /// The leaks that count: keys that can do something.
    pub(super) fn leaks(report: &Report) -> impl Iterator<Item = &Finding> {
        report
            .findings
            .iter()
            .filter(|finding| finding.severity >= Severity::Medium)
    }

    /// Every credential that is known here, each once: from the files, the secret files, the history.
    pub(super) fn credentials(&self) -> Vec<&Finding> {
        let mut seen = BTreeSet::new();
        let all = [&self.history, &self.tree, &self.local];
        all.into_iter()
            .flat_map(Self::leaks)
            .filter(|finding| seen.insert(finding.fingerprint))
            .collect()
    }

    /// What could not be read.
    pub(super) fn gaps(&self) -> Vec<String> {
        let gaps = [&self.tree, &self.local, &self.history];
        let gaps = gaps.into_iter().flat_map(|report| &report.gaps);
        let mut out: Vec<String> = gaps
            .map(|gap| format!("{}: {}", self.below(&gap.origin.display()), gap.what))
            .chain(self.survey.faults.iter().map(ToString::to_string))
            .collect();
        out.sort();
        out.dedup();
        out
    }

    /// A path as people know it: from the top on.
    pub(super) fn below(&self, path: &str) -> String {
        let top = platform::slashed(&self.ground.top);
        let top = format!("{}/", String::from_utf8_lossy(&top));
        path.strip_prefix(&top).unwrap_or(path).to_owned()
    }

    /// Where a finding stands: `bot.py:12`.
    pub(super) fn place(&self, finding: &Finding) -> String {
        let Some(place) = finding.places.first() else {
            return String::new();
        };
        let path = self.below(&place.origin.display());
        match place.first_span() {
            Some(span) => format!("{path}:{}", span.line),
            None => path,
        }
    }
}

/// When each author committed last, in all that refs reach.
fn authors(ground: &Ground) -> BTreeMap<String, i64> {
    let refs = refs::all(&ground.layout);
    let mut tips: Vec<_> = refs
        .refs
        .iter()
        .map(|one| one.peeled.unwrap_or(one.target))
        .collect();
    tips.sort_unstable();
    tips.dedup();
    let range = Range {
        tips,
        ..Range::default()
    };
    let commits = range.commits(&ground.store, &ground.layout.shallow);
    let mut out: BTreeMap<String, i64> = BTreeMap::new();
    let mut mails: BTreeMap<String, String> = BTreeMap::new();
    for id in &commits.ids {
        let Ok(Some(object)) = ground.store.read(id, LARGEST) else {
            continue;
        };
        let Ok(commit) = Commit::parse(&object.data, ground.store.hash()) else {
            continue;
        };
        let author = commit.author.text();
        let mail = mails.entry(author).or_insert_with_key(|author| {
            // As it stands: in lower case no credential is known again.
            mail(&String::from_utf8_lossy(&scan::masked(author.as_bytes())))
        });
        let last = out.entry(mail.clone()).or_insert(i64::MIN);
        *last = (*last).max(commit.author.time);
    }
    out
}

/// The mail address of `Name <mail>`, in lower case; the name where there is none.
pub(super) fn mail(author: &str) -> String {
    let address = author
        .rsplit_once('<')
        .map(|(_, rest)| rest.trim_end_matches('>'));
    address
        .filter(|address| !address.is_empty())
        .unwrap_or(author)
        .to_ascii_lowercase()
}
