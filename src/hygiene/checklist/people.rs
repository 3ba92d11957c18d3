//! Whose keys they are: authors who are gone, and the second factor.

use super::evidence::{Evidence, mail};
use super::{Item, State};
use crate::date::DAY;

/// Days without a commit after which an author counts as gone.
const GONE: i64 = 90;

/// 11: people and machines.
pub(super) fn people(evidence: &Evidence) -> Item {
    let item = Item::new(
        11,
        "people-and-machines",
        "Keys of people who left are replaced, and the exchange account has a second factor",
    );
    let mut due = Vec::new();
    for finding in Evidence::leaks(&evidence.history) {
        let Some(exposure) = &finding.exposure else {
            continue;
        };
        let Some(first) = &exposure.first else {
            continue;
        };
        if exposure.in_head.is_empty() {
            continue;
        }
        let last = evidence.authors.get(&mail(&first.commit.author));
        let last = last.copied().unwrap_or(first.commit.time);
        let days = evidence.now.saturating_sub(last) / DAY;
        if days > GONE {
            due.push(format!(
                "{} was brought in by {}, whose last commit is {days} days old",
                finding.title(),
                first.commit.author
            ));
        }
    }
    let second = "look at the security settings of the exchange account: a second factor by app or hardware key, not by SMS";
    if due.is_empty() {
        return item
            .saying("no key here was brought in by an author who has not committed for 90 days")
            .saying("whether the exchange account has a second factor, the exchange alone knows")
            .next(second)
            .then(super::keys::pages(evidence));
    }
    item.state(State::Failed)
        .all(due)
        .next("replace these keys: who brought them in still has them")
        .next(second)
}
