//! What the process says to its caller.

use std::process::ExitCode;

use crate::finding::{Report, Severity};

/// The exit codes, the whole contract with scripts and hooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything was read and there is nothing to report.
    Clean = 0,
    /// Findings, or lapses of hygiene, at or above `--fail-on`.
    Findings = 1,
    /// Could not run: usage, configuration, a report that cannot be written.
    CannotRun = 2,
    /// Nothing to report, but something could not be read.
    Incomplete = 3,
}

impl Exit {
    /// The verdict on a scan. Findings outrank gaps; a gap is never "clean" unless that was asked
    /// for with `--allow-incomplete`. `fail_on` is none for `--fail-on none`.
    pub fn of(report: &Report, fail_on: Option<Severity>, allow_incomplete: bool) -> Self {
        let fails = |least| {
            report.findings.iter().any(|f| f.severity >= least)
                || report.hygiene.iter().any(|lapse| lapse.severity >= least)
        };
        if fail_on.is_some_and(fails) {
            Self::Findings
        } else if !report.gaps.is_empty() && !allow_incomplete {
            Self::Incomplete
        } else {
            Self::Clean
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
