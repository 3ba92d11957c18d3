//! Repositories with made-up credentials, and what scans of them tell.
#![allow(dead_code)]

#[path = "../git_store/repo.rs"]
pub(crate) mod repo;

use std::ffi::OsString;
use std::path::Path;

use bstr::BString;
use gix::ObjectId;
use keyfence::finding::{Finding, Report};
use keyfence::git::refs::Refs;
use keyfence::git::revs::{Range, View};
use keyfence::git::{Fault, Layout, Store, refs, staged};
use keyfence::rule::{Set, forge};
use keyfence::scan::git::{Commits, Index, Repository};
use keyfence::settings::Settings;
use keyfence::source::Gaps;
use repo::Repo;

/// The text with its slots («bybit.secret#2») filled.
pub(crate) fn filled(text: &str) -> String {
    let set = Set::builtin();
    forge::fill(set, set.get("bybit").unwrap(), text).unwrap()
}

/// Lines that hold the credential with this number.
pub(crate) fn pair(number: u32) -> String {
    filled(&format!(
        "BYBIT_API_KEY=«bybit.key#{number}»\nBYBIT_API_SECRET=«bybit.secret#{number}»\n"
    ))
}

/// Lines that hold nothing, all of them different.
pub(crate) fn lines(from: u32, to: u32) -> String {
    (from..to)
        .map(|n| format!("line number {n} of many\n"))
        .collect()
}

/// Settings of a scan; two threads.
pub(crate) fn settings() -> Settings {
    Settings {
        threads: Some(2),
        ..Settings::default()
    }
}

/// What a scan told: each finding with its rule, and each of its places with path and line.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) report: Report,
}

impl Told {
    /// `bybit a.env:2 b.env:9`, in order.
    pub(crate) fn found(&self) -> Vec<String> {
        let place = |finding: &Finding| {
            let places = finding.places.iter().map(|place| {
                let line = place.first_span().unwrap().line;
                format!(" {}:{line}", place.origin.display())
            });
            places.fold(finding.id.clone(), |all, place| all + &place)
        };
        self.report.findings.iter().map(place).collect()
    }

    /// What was not read.
    pub(crate) fn gaps(&self) -> Vec<String> {
        let gap = |gap: &keyfence::finding::Gap| format!("{}: {}", gap.origin.display(), gap.what);
        self.report.gaps.iter().map(gap).collect()
    }

    /// The only finding.
    pub(crate) fn only(&self) -> &Finding {
        match self.report.findings.as_slice() {
            [one] => one,
            all => panic!("{} findings: {:?}", all.len(), self.found()),
        }
    }

    /// The first line of the message of the commit that brought the only finding, and the place there.
    pub(crate) fn brought(&self) -> String {
        let exposure = self.only().exposure.as_ref().unwrap();
        let first = exposure.first.as_ref().unwrap();
        let path = String::from_utf8_lossy(&first.path);
        format!("{}: {path}:{}", first.commit.summary, first.line)
    }

    /// Where `HEAD` has the only finding.
    pub(crate) fn in_head(&self) -> Vec<String> {
        let exposure = self.only().exposure.as_ref().unwrap();
        let place = |(path, line): &(std::sync::Arc<[u8]>, u32)| {
            format!("{}:{line}", String::from_utf8_lossy(path))
        };
        exposure.in_head.iter().map(place).collect()
    }

    /// Nothing was found, and nothing was left unread.
    pub(crate) fn is_clean(&self) -> bool {
        self.report.findings.is_empty() && self.report.gaps.is_empty()
    }
}

/// Scans what is staged in the repository of a directory.
pub(crate) fn staged_in(dir: &Path, env: &dyn Fn(&str) -> Option<OsString>) -> Told {
    staged_with(dir, env, &settings())
}

/// The same with these settings.
pub(crate) fn staged_with(
    dir: &Path,
    env: &dyn Fn(&str) -> Option<OsString>,
    settings: &Settings,
) -> Told {
    let layout = Layout::open(dir, env).unwrap();
    let (store, faults) = Store::open(&layout, env);
    let named = env("GIT_INDEX_FILE").map(Into::into);
    let path = staged::index_path(&layout.git_dir, layout.work_tree.as_deref(), named);
    let index = Index {
        path: &path,
        git_dir: &layout.git_dir,
        head: head(&refs::all(&layout)),
    };
    let report = keyfence::scan::git::staged(settings, repository(&layout, &store, &faults), index);
    Told {
        report: report.unwrap(),
    }
}

fn head(refs: &Refs) -> Option<ObjectId> {
    refs.get(b"HEAD").map(|head| head.target)
}

/// Nothing of these repositories is damaged.
fn repository<'a>(layout: &Layout, store: &'a Store, faults: &[Fault]) -> Repository<'a> {
    assert_eq!(faults, []);
    Repository {
        objects: store,
        gaps: Gaps {
            promisor: layout.promisor || store.promisor(),
        },
    }
}

/// Scans what is staged in the work tree `repo`.
pub(crate) fn staged(repo: &Repo) -> Told {
    staged_in(&repo.path("repo"), &repo::no_env)
}

/// Scans the commits that git lists for these words, in the work tree `repo`.
pub(crate) fn range(repo: &Repo, words: &[&str]) -> Told {
    range_with(repo, words, &settings(), Commits::default())
}

/// The same with these settings, and with what else comes with the commits.
pub(crate) fn range_with(
    repo: &Repo,
    words: &[&str],
    settings: &Settings,
    plain: Commits<'_>,
) -> Told {
    let layout = Layout::open(&repo.path("repo"), &repo::no_env).unwrap();
    let (store, faults) = Store::open(&layout, &repo::no_env);
    let all = refs::all(&layout);
    let view = View {
        layout: &layout,
        refs: &all,
        objects: &store,
    };
    let words: Vec<_> = words.iter().map(|word| BString::from(*word)).collect();
    let range = Range::select(view, &words).unwrap();
    let ids = range.commits(&store, &layout.shallow).ids;
    let commits = Commits {
        ids: &ids,
        shallow: &layout.shallow,
        head: head(&all),
        ..plain
    };
    let report =
        keyfence::scan::git::range(settings, repository(&layout, &store, &faults), commits);
    Told {
        report: report.unwrap(),
    }
}
