//! Scans of a git repository: opened once, for whichever of its sources was asked for.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::objs::Kind;

use super::{git, history};
use crate::error::Error;
use crate::finding::{Report, RepositoryInfo};
use crate::git::refs;
use crate::git::revs::{self, Range, Update, View};
use crate::git::staged::committed_path;
use crate::git::{Fault, Layout, Store};
use crate::settings::{Commits, Settings, Source};
use crate::source::Gaps;

/// How much of a hook's standard input is read, in bytes: a million refs.
const LONGEST_INPUT: u64 = 256 << 20;

/// Scans what the settings say of the repository that holds `path`.
pub(super) fn run(settings: &Settings, path: &Path) -> Result<Report, Error> {
    let env = |name: &str| std::env::var_os(name);
    let layout = Layout::open(path, &env)?;
    let whole = matches!(settings.source, Source::History { .. });
    let (store, mut faults) = Store::open_checked(&layout, &env, whole);
    faults.splice(0..0, layout.faults.iter().cloned());
    let head = refs::head(&layout);
    let opened = Opened {
        settings,
        layout: &layout,
        store: &store,
        gaps: Gaps {
            promisor: layout.promisor || store.promisor(),
        },
        head: head.as_ref().ok().copied().flatten(),
    };
    let mut report = match &settings.source {
        Source::History { .. } => history::run(settings, &layout, opened.repository(), faults)?,
        Source::Range { commits, .. } => opened.range(commits, &faults)?,
        Source::Staged { .. } | Source::Worktree => {
            let mut report = opened.staged(&faults, &env)?;
            // Then all that is staged was taken for new.
            report
                .gaps
                .extend(head.err().map(|fault| opened.gaps.of(&fault)));
            report
        }
    };
    report.gaps.sort();
    report.gaps.dedup();
    report.repository = Some(RepositoryInfo {
        path: layout
            .work_tree
            .clone()
            .unwrap_or_else(|| layout.git_dir.clone()),
        head: opened.head,
    });
    Ok(report)
}

/// An opened repository.
struct Opened<'a> {
    settings: &'a Settings,
    layout: &'a Layout,
    store: &'a Store,
    gaps: Gaps,
    /// The commit that `HEAD` leads to, where there is one.
    head: Option<ObjectId>,
}

impl Opened<'_> {
    fn repository(&self) -> git::Repository<'_> {
        git::Repository {
            objects: self.store,
            gaps: self.gaps,
        }
    }

    fn staged(
        &self,
        faults: &[Fault],
        env: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Report, Error> {
        // Git gives its hooks the index that it is about to commit (githooks(5)).
        let named = env("GIT_INDEX_FILE").map(PathBuf::from);
        let path = committed_path(self.layout, named);
        let index = git::Index {
            path: &path,
            git_dir: &self.layout.git_dir,
            head: self.head,
        };
        let mut report = git::staged(self.settings, self.repository(), index)?;
        self.explain(&mut report, faults);
        Ok(report)
    }

    fn range(&self, commits: &Commits, faults: &[Fault]) -> Result<Report, Error> {
        let refs = refs::all(self.layout);
        let view = View {
            layout: self.layout,
            refs: &refs,
            objects: self.store,
        };
        let updates = select(view, commits)?;
        let mut unread = Vec::new();
        let mut ids = Vec::new();
        let mut notes: Vec<String> = Vec::new();
        for update in &updates {
            let found = update.range.commits(self.store, &self.layout.shallow);
            notes.extend(update.note.clone());
            if found.excluded_cut {
                notes.push(EXCLUDED_CUT.to_owned());
            }
            ids.extend(found.ids);
            unread.extend(found.faults);
            unread.extend(found.cut.into_iter().map(|id| Fault::object(id, SHALLOW)));
        }
        // Newest first within each update; a commit of several counts once.
        let mut known = HashSet::new();
        ids.retain(|id| known.insert(*id));
        let tags: Vec<ObjectId> = updates
            .iter()
            .flat_map(|update| &update.tags)
            .copied()
            .collect();
        let plain: Vec<(Kind, ObjectId)> =
            updates.iter().filter_map(|update| update.plain).collect();
        let commits = git::Commits {
            ids: &ids,
            tags: &tags,
            plain: &plain,
            head: self.head,
            shallow: &self.layout.shallow,
        };
        let mut report = git::range(self.settings, self.repository(), commits)?;
        report
            .gaps
            .extend(unread.iter().map(|fault| self.gaps.of(fault)));
        self.explain(&mut report, faults);
        notes.dedup();
        report.notes.splice(0..0, notes);
        Ok(report)
    }

    /// Why objects were missed, where some were: a pack that can't be read. What no object of the scan
    /// needed is no gap of it.
    fn explain(&self, report: &mut Report, faults: &[Fault]) {
        if !report.gaps.is_empty() {
            report
                .gaps
                .extend(faults.iter().map(|fault| self.gaps.of(fault)));
        }
    }
}

const SHALLOW: &str = "this is a shallow clone: what lies behind this commit was not fetched, and may \
                       belong to the range; `git fetch --unshallow` brings it";

const EXCLUDED_CUT: &str = "some commits that the range leaves out are not in this clone: what only they \
                            lead to counts as new";

/// The commits that were asked for.
fn select(view: View<'_>, commits: &Commits) -> Result<Vec<Update>, Error> {
    let range = match commits {
        Commits::Revisions(words) => Range::select(view, words)?,
        Commits::Since(moment) => Range::head(view)?.since(*moment),
        Commits::Last(count) => {
            Range::head(view)?.last(usize::try_from(count.get()).unwrap_or(usize::MAX))
        }
        Commits::PrePush { remote } => {
            let remote = remote.as_ref().map(|name| name.as_encoded_bytes());
            return Ok(revs::pre_push(view, &input()?, remote)?);
        }
        Commits::Push { remote, lines } => {
            let remote = remote.as_ref().map(|name| name.as_encoded_bytes());
            return Ok(revs::pre_push(view, lines, remote)?);
        }
        Commits::PreReceive => return Ok(revs::pre_receive(view, &input()?)?),
    };
    Ok(vec![Update {
        name: Vec::new(),
        range,
        tags: Vec::new(),
        plain: None,
        note: None,
    }])
}

/// Standard input, as git gives it to a hook.
fn input() -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let input = std::io::stdin().lock();
    input
        .take(LONGEST_INPUT + 1)
        .read_to_end(&mut out)
        .map_err(Error::Stdin)?;
    if out.len() as u64 > LONGEST_INPUT {
        return Err(Error::Stdin(std::io::ErrorKind::FileTooLarge.into()));
    }
    Ok(out)
}
