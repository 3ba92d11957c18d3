//! A lapse of hygiene, as the reports for other systems list it: it is no finding, but it may be what fails a run.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::redact::Redactor;
use super::text::cut;
use super::{ReportContext, escape};
use crate::finding::{Origin, OriginKind, Report};
use crate::hygiene::Lapse;

/// The longest sentence.
const MOST_TEXT: usize = 2_000;

/// One lapse.
pub(super) struct Remark<'a> {
    pub(super) lapse: &'a Lapse,
    /// Whether it reaches `--fail-on`.
    pub(super) fails: bool,
    /// Where, masked and not escaped: `.gitignore` for what concerns the repository as a whole.
    pub(super) path: String,
    /// What is wrong, masked and escaped for a terminal.
    pub(super) title: String,
    /// What is wrong, why, and what to do: one line, masked and escaped for a terminal.
    pub(super) sentence: String,
    /// What to do, a step each, masked and escaped.
    pub(super) steps: Vec<String>,
    /// Which of those with the same check, file and title, from 1.
    nth: usize,
}

impl Remark<'_> {
    /// The line, from 1.
    pub(super) fn line(&self) -> u32 {
        self.lapse.line.unwrap_or(1).max(1)
    }

    /// An id that stays the same when the lines move, and differs for each lapse of a report: 32 hexadecimal digits.
    pub(super) fn identity(&self) -> String {
        let mut hash = Sha256::new();
        let nth = self.nth.to_string();
        for piece in [self.lapse.check.id, &self.path, &self.title, &nth] {
            hash.update(piece);
            hash.update(b"\0");
        }
        let digits = hash.finalize();
        digits.iter().take(16).map(|b| format!("{b:02x}")).collect()
    }
}

/// The lapses of a report, in its order.
pub(super) fn remarks<'a>(
    report: &'a Report,
    context: &ReportContext<'_>,
    redact: &Redactor,
) -> Vec<Remark<'a>> {
    let foreign = |text: &str| escape::terminal(&redact.text(text)).into_owned();
    let whole = Origin {
        path: b".gitignore"[..].into(),
        members: Vec::new(),
        kind: OriginKind::File,
    };
    let mut seen: HashMap<(&str, String, String), usize> = HashMap::new();
    let mut out = Vec::new();
    for lapse in &report.hygiene {
        let origin = lapse.origin.as_ref().unwrap_or(&whole);
        let steps: Vec<String> = lapse.steps.iter().map(|step| foreign(step)).collect();
        let title = foreign(&lapse.title);
        let mut sentence = format!("{title}.");
        for why in &lapse.why {
            sentence.push_str(&format!(" {}.", foreign(why)));
        }
        if !steps.is_empty() {
            sentence.push_str(&format!(" What to do: {}.", steps.join("; ")));
        }
        let path = redact.text(&origin.display()).into_owned();
        let same = seen
            .entry((lapse.check.id, path.clone(), title.clone()))
            .or_default();
        *same += 1;
        out.push(Remark {
            lapse,
            fails: context.fail_on.is_some_and(|least| lapse.severity >= least),
            path,
            title,
            sentence: cut(&sentence, MOST_TEXT),
            steps,
            nth: *same,
        });
    }
    out
}
