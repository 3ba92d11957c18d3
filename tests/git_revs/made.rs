//! Made-up histories.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsString;

use bstr::BString;
use gix::hash::Kind;
use gix::{ObjectId, oid};
use keyfence::git::commits::Links;
use keyfence::git::refs::{self, Refs};
use keyfence::git::revs::{CommitReader, Commits, Range, RangeError, View};
use keyfence::git::{Fault, Layout, Store};

use super::repo::{self, Repo};

/// Numbers that look random, the same on each run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most.max(1)
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// Whose clock says what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Clock {
    /// Each commit is younger than its parents.
    Right,
    /// Many have the same second.
    Coarse,
    /// Now and then one is far off.
    Skewed,
    /// Any date at all.
    Wild,
}

pub(crate) const CLOCKS: [Clock; 4] = [Clock::Right, Clock::Coarse, Clock::Skewed, Clock::Wild];

/// The parents, as earlier numbers, and the date of each commit: with merges, octopus merges and roots.
pub(crate) fn history(dice: &mut Dice, count: usize, clock: Clock) -> Vec<(Vec<usize>, i64)> {
    let mut out: Vec<(Vec<usize>, i64)> = Vec::new();
    for number in 0..count {
        let mut parents = Vec::new();
        let wanted = match dice.below(100) {
            0..=2 => 0,
            3..=74 => 1,
            75..=95 => 2,
            _ => 3 + dice.below(3),
        };
        for _ in 0..wanted.min(number) {
            // Mostly near, at times far back.
            let reach = if dice.chance(85) { 6 } else { 60 };
            let parent = number - 1 - dice.below(reach.min(number));
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
        let now = 1_500_000_000 + i64::try_from(number).unwrap() * 100;
        let date = match clock {
            Clock::Right => now,
            Clock::Coarse => now / 5_000 * 5_000,
            Clock::Skewed if dice.chance(8) => {
                now + i64::try_from(dice.below(2_000_000)).unwrap() - 1_000_000
            }
            Clock::Skewed => now,
            Clock::Wild => i64::try_from(dice.below(2_000_000_000)).unwrap(),
        };
        out.push((parents, date));
    }
    out
}

/// A history in memory, which counts what is read.
pub(crate) struct Memory {
    pub(crate) history: Vec<(Vec<usize>, i64)>,
    numbers: HashMap<ObjectId, usize>,
    pub(crate) absent: HashSet<usize>,
    pub(crate) read: RefCell<HashSet<usize>>,
}

impl Memory {
    pub(crate) fn new(history: Vec<(Vec<usize>, i64)>) -> Self {
        let numbers = (0..history.len())
            .map(|number| (id(number), number))
            .collect();
        Self {
            history,
            numbers,
            absent: HashSet::new(),
            read: RefCell::new(HashSet::new()),
        }
    }

    /// Everything that these reach, themselves included.
    pub(crate) fn reach(&self, from: &[usize]) -> BTreeSet<usize> {
        let mut out = BTreeSet::new();
        let mut open = from.to_vec();
        while let Some(number) = open.pop() {
            if out.insert(number) {
                open.extend(&self.history[number].0);
            }
        }
        out
    }

    pub(crate) fn number(&self, id: &oid) -> usize {
        self.numbers[id]
    }
}

impl CommitReader for Memory {
    fn commit(&self, id: &oid) -> Result<Option<Links>, Fault> {
        let number = self.numbers[id];
        self.read.borrow_mut().insert(number);
        let (parents, committed) = &self.history[number];
        Ok((!self.absent.contains(&number)).then(|| Links {
            tree: ObjectId::null(Kind::Sha1),
            parents: parents.iter().map(|parent| self::id(*parent)).collect(),
            committed: *committed,
        }))
    }
}

/// The id of a commit by its number: unlike its neighbours', as ids are.
pub(crate) fn id(number: usize) -> ObjectId {
    let mut hasher = gix::hash::hasher(Kind::Sha1);
    hasher.update(&number.to_le_bytes());
    hasher.try_finalize().unwrap()
}

/// Makes the history in a new repository `repo`; the ids by number.
pub(crate) fn import(repo: &Repo, history: &[(Vec<usize>, i64)]) -> Vec<String> {
    let mut stream = String::new();
    for (number, (parents, date)) in history.iter().enumerate() {
        stream.push_str("reset refs/heads/made\n");
        stream.push_str(&format!("commit refs/heads/made\nmark :{}\n", number + 1));
        stream.push_str(&format!("committer A <a@b> {date} +0000\n"));
        let message = format!("commit {number}");
        stream.push_str(&format!("data {}\n{message}\n", message.len()));
        for (at, parent) in parents.iter().enumerate() {
            let word = if at == 0 { "from" } else { "merge" };
            stream.push_str(&format!("{word} :{}\n", parent + 1));
        }
        stream.push('\n');
    }
    let import = ["fast-import", "--quiet", "--export-marks=marks"];
    repo.git_with("repo", &import, stream.as_bytes());
    let marks = std::fs::read_to_string(repo.path("repo/marks")).unwrap();
    let mut out = vec![String::new(); history.len()];
    for line in marks.lines() {
        let (mark, id) = line.split_once(' ').unwrap();
        out[mark[1..].parse::<usize>().unwrap() - 1] = id.to_owned();
    }
    out
}

/// A repository as ranges see it.
pub(crate) struct Opened {
    pub(crate) layout: Layout,
    pub(crate) refs: Refs,
    pub(crate) store: Store,
}

impl Opened {
    pub(crate) fn new(repo: &Repo, dir: &str) -> Self {
        Self::with(repo, dir, &repo::no_env)
    }

    pub(crate) fn with(repo: &Repo, dir: &str, env: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let layout = Layout::open(&repo.path(dir), env).unwrap();
        let (store, faults) = Store::open(&layout, env);
        assert_eq!(faults, []);
        let refs = refs::all(&layout);
        Self {
            layout,
            refs,
            store,
        }
    }

    pub(crate) fn view(&self) -> View<'_> {
        View {
            layout: &self.layout,
            refs: &self.refs,
            objects: &self.store,
        }
    }

    pub(crate) fn select(&self, words: &[&str]) -> Result<Range, RangeError> {
        let words: Vec<BString> = words.iter().map(|word| BString::from(*word)).collect();
        Range::select(self.view(), &words)
    }

    pub(crate) fn walk(&self, range: &Range) -> Commits {
        range.commits(&self.store, &self.layout.shallow)
    }

    /// The ids that words select, and nothing is missing.
    pub(crate) fn ids(&self, words: &[&str]) -> Vec<String> {
        let out = self.walk(&self.select(words).unwrap());
        assert!(out.faults.is_empty() && out.cut.is_empty(), "{words:?}");
        out.ids.iter().map(ToString::to_string).collect()
    }
}
