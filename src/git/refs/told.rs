//! The faults of one reading, at most so many.

use std::path::Path;

use crate::error::reason;
use crate::git::Fault;

/// How many are told: a repository with a million broken refs has one fault, in effect.
const MOST: usize = 1000;

/// Collects faults.
#[derive(Default)]
pub(super) struct Told {
    faults: Vec<Fault>,
    more: usize,
}

impl Told {
    /// A file or directory is damaged, or not what it should be.
    pub(super) fn damaged(&mut self, path: &Path, what: impl Into<String>) {
        if self.faults.len() < MOST {
            self.faults.push(Fault::file(path, what));
        } else {
            self.more += 1;
        }
    }

    /// A file or directory can't be read.
    pub(super) fn unreadable(&mut self, path: &Path, error: &std::io::Error) {
        self.damaged(path, reason(error));
    }

    /// What is to be told, in order.
    pub(super) fn finish(mut self) -> Vec<Fault> {
        self.faults
            .sort_by(|a, b| (&a.file, &a.what).cmp(&(&b.file, &b.what)));
        if self.more > 0 {
            let what = format!("{} more refs or logs can't be read", self.more);
            self.faults.push(Fault::unnamed(what));
        }
        self.faults
    }
}
