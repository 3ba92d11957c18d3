//! What leaked, what could leak next, and what must be revoked.

use super::evidence::Evidence;
use super::{Item, State};
use crate::finding::{CommitInfo, Finding, Severity};
use crate::hygiene::{FileState, Verdict};

/// 3: nothing in the code.
pub(super) fn code(evidence: &Evidence) -> Item {
    let item = Item::new(
        3,
        "no-secrets-in-code",
        "Secrets come from the environment or a vault, never from code",
    );
    let leaks: Vec<&Finding> = Evidence::leaks(&evidence.tree).collect();
    if !leaks.is_empty() {
        let told = leaks.iter().map(|own| {
            format!(
                "{}: {} ({})",
                evidence.place(own),
                own.title(),
                own.severity.as_str()
            )
        });
        return item
            .state(State::Failed)
            .all(told)
            .next("revoke them, then read them from the environment or a vault")
            .next("keyfence scan shows each with what to do");
    }
    if !evidence.tree.gaps.is_empty() {
        return item
            .saying("nothing was found, but not everything could be read")
            .next("keyfence scan names what was not read");
    }
    let files = evidence.tree.stats.files;
    item.state(State::Passed)
        .saying(format!("{files} files scanned, none holds a secret"))
}

/// 4: nothing in git.
pub(super) fn history(evidence: &Evidence) -> Item {
    let item = Item::new(4, "no-secrets-in-git", "No secret ever stood in git");
    let leaks: Vec<&Finding> = Evidence::leaks(&evidence.history).collect();
    if !leaks.is_empty() {
        return item
            .state(State::Failed)
            .all(leaks.iter().map(|own| exposed(own)))
            .next("revoke them: they stay in every clone, whatever is rewritten")
            .next("keyfence scan --history shows each with its commits");
    }
    if !evidence.history.gaps.is_empty() {
        return item
            .saying("nothing was found, but not everything could be read")
            .next("keyfence scan --history names what was not read");
    }
    let stats = &evidence.history.stats;
    item.state(State::Passed).saying(format!(
        "{} blobs and {} commits scanned, none holds a secret",
        stats.blobs, stats.commits
    ))
}

/// `Binance key and secret: 412 days, since commit 1a2b3c4d5e; still in HEAD`.
fn exposed(finding: &Finding) -> String {
    let mut out = finding.title();
    let Some(exposure) = &finding.exposure else {
        return out;
    };
    let short = |commit: &CommitInfo| commit.id.to_hex_with_len(10).to_string();
    if let Some(days) = exposure.days {
        let plural = if days == 1 { "" } else { "s" };
        out.push_str(&format!(": exposed {days} day{plural}"));
    }
    if let Some(first) = &exposure.first {
        let path = String::from_utf8_lossy(&first.path);
        let place = if path.is_empty() {
            "its message".to_owned()
        } else {
            format!("{path}:{}", first.line)
        };
        out.push_str(&format!(
            ", since commit {} ({place})",
            short(&first.commit)
        ));
    }
    if !exposure.in_head.is_empty() {
        out.push_str("; still in HEAD");
    } else if let Some(removed) = &exposure.removed {
        out.push_str(&format!("; taken out by {}", short(removed)));
    } else if !exposure.reachable {
        out.push_str("; no branch reaches it any more, the object is still there");
    }
    out
}

/// 5: `.gitignore`.
pub(super) fn gitignore(evidence: &Evidence) -> Item {
    let item = Item::new(
        5,
        "gitignore",
        ".gitignore covers what it must, in every clone",
    );
    let survey = &evidence.survey;
    if survey.is_covered() {
        let kinds = survey.coverage.iter().filter(|own| own.project.is_empty());
        return item.state(State::Passed).saying(format!(
            "{} kinds of secret files are covered",
            kinds.count()
        ));
    }
    let files = survey.files.iter().filter(|file| file.fails());
    let files = files.map(|file: &FileState| {
        let path = String::from_utf8_lossy(&file.path);
        format!("{path} is {}", file.answer.verdict.as_str())
    });
    let open = survey
        .coverage
        .iter()
        .filter(|own| own.answer.verdict != Verdict::Covered);
    let mut names: Vec<&str> = open.map(|own| &*own.kind.pattern).collect();
    names.dedup();
    let mut item = item.state(State::Failed).all(files);
    if !names.is_empty() {
        item = item.saying(format!("not covered: {}", names.join(" ")));
    }
    item.next("keyfence gitignore tells the deciding lines; with --fix it adds what is missing")
}

/// 9: revoked.
pub(super) fn revoked(evidence: &Evidence) -> Item {
    let item = Item::new(9, "leaked-keys-revoked", "Every leaked key is revoked");
    let mut leaks = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for report in [&evidence.history, &evidence.tree] {
        for finding in Evidence::leaks(report) {
            if seen.insert(finding.fingerprint) {
                leaks.push(finding);
            }
        }
    }
    if leaks.is_empty() {
        return match evidence.history.gaps.is_empty() && evidence.tree.gaps.is_empty() {
            true => item.state(State::Passed).saying("no leaked key is known"),
            false => item.saying("no leaked key is known, but not everything could be read"),
        };
    }
    leaks.sort_by_key(|own| std::cmp::Reverse(own.severity));
    let told = leaks.iter().map(|own| {
        let worst = if own.severity >= Severity::Critical {
            ", first"
        } else {
            ""
        };
        match own.rule.remedy.revoke.or(own.rule.page) {
            Some(page) => format!("{} ({}{worst}): {page}", own.title(), own.fingerprint),
            None => format!("{} ({}{worst})", own.title(), own.fingerprint),
        }
    });
    item.saying("whether they are revoked, the providers alone know")
        .all(told)
        .next("revoke each at its page; then name its fingerprint in keyfence.toml under [[ignore]], with the day as the reason")
}
