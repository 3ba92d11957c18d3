//! What the hygiene checks find: no leak, but the way to one.

use std::cmp::Reverse;

use crate::finding::{Origin, Severity};

/// A check of the repository: what its lapses have in common, for the reports' list of rules.
#[derive(Debug, PartialEq, Eq)]
pub struct Check {
    /// The rule id: `hygiene-tracked-secret-file`. Every one begins with `hygiene-`.
    pub id: &'static str,
    /// What is wrong, in a few words: `Secret file in git`.
    pub title: &'static str,
    /// Why that matters, and what to do, in a sentence or two.
    pub about: &'static str,
}

/// One thing that a check found wrong.
///
/// The texts may hold names from the scanned tree: reports mask and escape them. They never hold a
/// secret's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// The check.
    pub check: &'static Check,
    /// How bad it is: `medium` and above fail a scan by default.
    pub severity: Severity,
    /// What is wrong here, in one line without a full stop.
    pub title: String,
    /// Where; none for the repository as a whole.
    pub origin: Option<Origin>,
    /// The line there, from 1.
    pub line: Option<u32>,
    /// How that is known: the deciding line, the call, the permissions.
    pub why: Vec<String>,
    /// What to do, in order.
    pub steps: Vec<String>,
}

impl Lapse {
    /// One without place, reasons and steps so far.
    pub fn new(check: &'static Check, severity: Severity, title: impl Into<String>) -> Self {
        Self {
            check,
            severity,
            title: title.into(),
            origin: None,
            line: None,
            why: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// The same at a place.
    #[must_use]
    pub fn at(mut self, origin: Origin, line: Option<u32>) -> Self {
        self.origin = Some(origin);
        self.line = line;
        self
    }

    /// The same with a reason.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why.push(why.into());
        self
    }

    /// The same with a further step to take.
    #[must_use]
    pub fn step(mut self, step: impl Into<String>) -> Self {
        self.steps.push(step.into());
        self
    }
}

/// Puts lapses in the one order of all reports: the worst first, then by check and place; each once.
pub fn sort(lapses: &mut Vec<Lapse>) {
    lapses.sort_by(|a, b| {
        let key = |lapse: &Lapse| (Reverse(lapse.severity), lapse.check.id);
        key(a)
            .cmp(&key(b))
            .then_with(|| (&a.origin, a.line, &a.title).cmp(&(&b.origin, b.line, &b.title)))
    });
    lapses.dedup();
}
