//! `--fix`: just the lines that `.gitignore` lacks, where they count.
//!
//! A plan is made on copies of the texts, and asked after each line whether it does what it should; nothing
//! is written but what the plan says.

mod diff;
mod text;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

pub use diff::diff;
pub use text::HEADING;

use super::ground::Ground;
use super::protected::{Protected, Protection, floating};
use super::survey::{Survey, concerns};
use super::verdict::Verdict;
use crate::error::Error;
use crate::gitignore::{Lookup, Patterns, Stack};
use crate::output;
use text::Text;

/// A `.gitignore` file that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Its path below the top.
    pub path: Vec<u8>,
    /// What it says now; none when it is not there.
    pub before: Option<Vec<u8>>,
    /// What it is to say.
    pub after: Vec<u8>,
    /// The lines that are new, headings and blank ones left out.
    pub added: Vec<Vec<u8>>,
    /// Whether every clone would still lack it after `git add .`: it is ignored itself.
    pub ignored: bool,
}

/// What is to change, and what no line can cure.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The files that change, by path.
    pub edits: Vec<Edit>,
    /// What stays uncovered, and why, one line each.
    pub left: Vec<String>,
}

impl Plan {
    /// Finds out which lines are missing where. Nothing is written.
    pub fn make(ground: &Ground, protection: &Protection, survey: &Survey) -> Self {
        let planner = Planner {
            ground,
            texts: RefCell::default(),
            asked: RefCell::default(),
            refused: RefCell::default(),
        };
        let before = planner.lookup();
        let mut unmet = Vec::new();
        for project in &survey.projects {
            let first = survey.projects.first() == Some(project);
            let kinds = protection.all().iter();
            for kind in kinds.filter(|kind| first || concerns(ground, project, kind)) {
                let goal = |probe: &Vec<u8>| super::walk::join(project, probe);
                let goals: Vec<Vec<u8>> = kind.probes.iter().map(goal).collect();
                planner.reach(project, kind, &goals, &before, &mut unmet);
            }
        }
        for file in &survey.files {
            if matches!(file.answer.verdict, Verdict::Uncovered | Verdict::OnlyHere)
                && file.fails()
                && !planner.is_covered(&file.path)
            {
                planner.exactly(&file.path, &mut unmet);
            }
        }
        let refused = planner.refused.into_inner();
        let mut left: Vec<String> = refused.into_iter().collect();
        left.extend(unmet);
        let texts = planner.texts.into_inner().into_iter();
        let edits = texts.filter_map(|(dir, text)| {
            let path = file_in(&dir);
            let edit = text.edit()?;
            Some(Edit {
                ignored: ground.listing.get(&path).is_none()
                    && before.verdict(&path, false).ignored,
                path,
                before: edit.before,
                after: edit.after,
                added: edit.added,
            })
        });
        Self {
            edits: edits.collect(),
            left,
        }
    }

    /// Writes the files, each whole or not at all; links are never written through.
    ///
    /// # Errors
    ///
    /// When one can't be written; those before it are.
    pub fn write(&self, ground: &Ground) -> Result<(), Error> {
        for edit in &self.edits {
            output::rewrite(
                &ground.full(&edit.path),
                edit.before.as_deref(),
                &edit.after,
            )?;
        }
        Ok(())
    }
}

struct Planner<'a> {
    ground: &'a Ground,
    /// The `.gitignore` files by directory, as they are to be; read when needed.
    texts: RefCell<BTreeMap<Vec<u8>, Text>>,
    /// The rules that the texts make, until one of them changes.
    asked: RefCell<Option<Rc<Lookup<'static>>>>,
    /// What can't be changed, and why.
    refused: RefCell<BTreeSet<String>>,
}

impl Planner<'_> {
    /// The rules as a clone would have them after `git add` of all texts as they are now.
    fn lookup(&self) -> Rc<Lookup<'static>> {
        if let Some(asked) = &*self.asked.borrow() {
            return Rc::clone(asked);
        }
        let mut patterns: BTreeMap<Vec<u8>, Arc<Patterns>> = BTreeMap::new();
        for dir in self.dirs() {
            if let Some(bytes) = self.text(&dir) {
                patterns.insert(dir, Arc::new(Patterns::parse(&bytes)));
            }
        }
        let read = move |dir: &[u8]| patterns.get(dir).cloned();
        let lookup = Rc::new(Lookup::new(Stack::default(), Box::new(read)));
        *self.asked.borrow_mut() = Some(Rc::clone(&lookup));
        lookup
    }

    /// All directories with a `.gitignore`, on disk or in the index, that matter.
    fn dirs(&self) -> BTreeSet<Vec<u8>> {
        let mut out: BTreeSet<Vec<u8>> = self.texts.borrow().keys().cloned().collect();
        out.insert(Vec::new());
        for listed in self.ground.listing.all() {
            if let Some([dir @ .., b'/']) = listed.path.strip_suffix(b".gitignore") {
                out.insert(dir.to_vec());
            }
        }
        out
    }

    /// What a directory's file is to say; none where there is none.
    fn text(&self, dir: &[u8]) -> Option<Vec<u8>> {
        let mut texts = self.texts.borrow_mut();
        if !texts.contains_key(dir) {
            self.asked.take();
            texts.insert(dir.to_vec(), Text::read(&self.ground.full(&file_in(dir))));
        }
        texts
            .get(dir)
            .and_then(|text| text.bytes().map(<[u8]>::to_vec))
    }

    fn is_covered(&self, path: &[u8]) -> bool {
        // The files of untracked directories on the way count as well.
        for slash in memchr::memchr_iter(b'/', path) {
            self.text(path.get(..slash).unwrap_or_default());
        }
        self.lookup().verdict(path, false).ignored
    }

    /// Makes sure that all goals are covered, by the kind's own pattern.
    fn reach(
        &self,
        project: &[u8],
        kind: &Protected,
        goals: &[Vec<u8>],
        before: &Lookup<'_>,
        unmet: &mut Vec<String>,
    ) {
        let missing = || goals.iter().find(|goal| !self.is_covered(goal));
        // At the top, then in each file below it that takes the path back in.
        let mut tried = BTreeSet::new();
        while let Some(goal) = missing() {
            let verdict = self.lookup().verdict(goal, false);
            let dir = match &verdict.deciding {
                Some(deciding) => deciding.dir.to_vec(),
                None => Vec::new(),
            };
            if !tried.insert(dir.clone()) {
                let shown = String::from_utf8_lossy(goal);
                unmet.push(format!("no line was found that covers {shown}"));
                return;
            }
            let mut lines = vec![floating(&kind.pattern).into_bytes()];
            let asked = |name: &Vec<u8>| super::walk::join(project, name);
            for (line, name) in kind.exceptions() {
                // What was meant for git stays so, and nothing else comes in.
                if !before.verdict(&asked(&name), false).ignored {
                    lines.push(line);
                }
            }
            if !self.add(&dir, &lines, goals) {
                return;
            }
        }
    }

    /// Makes sure that one file is covered, by a line for it alone.
    fn exactly(&self, path: &[u8], unmet: &mut Vec<String>) {
        let mut tried = BTreeSet::new();
        while !self.is_covered(path) {
            let verdict = self.lookup().verdict(path, false);
            let dir = verdict
                .deciding
                .map_or_else(Vec::new, |own| own.dir.to_vec());
            if !tried.insert(dir.clone()) || path.contains(&b'\n') {
                let shown = String::from_utf8_lossy(path);
                unmet.push(format!("no line was found that covers {shown}"));
                return;
            }
            let below = match dir.len() {
                0 => path,
                length => path.get(length + 1..).unwrap_or(path),
            };
            let line = [b"/", &*text::escaped(below)].concat();
            if !self.add(&dir, &[line], &[path.to_vec()]) {
                return;
            }
        }
    }

    /// Adds lines to a directory's file, where they cover the goals.
    fn add(&self, dir: &[u8], lines: &[Vec<u8>], goals: &[Vec<u8>]) -> bool {
        self.text(dir);
        let mut texts = self.texts.borrow_mut();
        let Some(text) = texts.get_mut(dir) else {
            return false;
        };
        if let Some(why) = text.refusal(self.ground.listing.get(&file_in(dir)).is_some()) {
            let file = String::from_utf8_lossy(&file_in(dir)).into_owned();
            self.refused.borrow_mut().insert(format!("{file}: {why}"));
            return false;
        }
        let kept = text.clone();
        text.insert(lines, true);
        drop(texts);
        self.asked.take();
        let overruled = |goal: &Vec<u8>| {
            let verdict = self.lookup().verdict(goal, false);
            !verdict.ignored && verdict.deciding.is_none_or(|own| *own.dir == *dir)
        };
        if !goals.iter().any(overruled) {
            return true;
        }
        // Something behind the section takes it back in: at the end nothing does.
        self.asked.take();
        let mut anew = kept;
        anew.insert(lines, false);
        self.texts.borrow_mut().insert(dir.to_vec(), anew);
        true
    }
}

/// The path of the file in a directory.
fn file_in(dir: &[u8]) -> Vec<u8> {
    super::walk::join(dir, b".gitignore")
}
