//! What the keys may do, where from, how many bots share one, and how old they are.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::Evidence;
use super::{Item, State};
use crate::date::DAY;
use crate::finding::{Finding, OriginKind};
use crate::report::text::count;
use crate::rule::Rule;

/// Days after which a key is due, unless its rule says otherwise.
const ROTATE: i64 = 90;

/// 1: scoped to read and trade.
pub(super) fn scope(evidence: &Evidence) -> Item {
    let item = Item::new(
        1,
        "keys-read-and-trade",
        "Keys may read and trade: withdrawals, transfers, margin loans and sub-account management are off",
    );
    let signs = evidence.tree.hygiene.iter().filter(|lapse| {
        matches!(
            lapse.check.id,
            "danger-withdraw-call" | "danger-loan-call" | "danger-transfer-call"
        )
    });
    let signs: Vec<String> = signs
        .map(|lapse| {
            let path = lapse.origin.as_ref().map(|origin| origin.display());
            let path = evidence.below(&path.unwrap_or_default());
            let line = lapse.line.map_or(String::new(), |line| format!(":{line}"));
            format!("{path}{line}: {}", lapse.title)
        })
        .collect();
    if signs.is_empty() {
        return item
            .saying("no call in the code needs more than reading and trading; what the keys may do, the exchange alone knows")
            .next("look at each key's rights, and switch off all but reading and trading")
            .then(pages(evidence));
    }
    item.state(State::Failed)
        .all(signs)
        .next("take the calls out, or run them elsewhere with a key of their own")
        .then(pages(evidence))
}

/// 2: bound to addresses.
pub(super) fn addresses(evidence: &Evidence) -> Item {
    Item::new(
        2,
        "keys-bound-to-ip",
        "Keys work from known IP addresses alone",
    )
    .saying("the exchange alone knows")
    .next("look at each key's list of trusted addresses, and enter those of the bot's machine")
    .then(pages(evidence))
}

/// 6: one key for each bot.
pub(super) fn reuse(evidence: &Evidence) -> Item {
    let item = Item::new(6, "one-key-per-bot", "Each bot has a key of its own");
    let trading = |finding: &&Finding| {
        matches!(
            finding.rule.domain,
            "exchange" | "broker" | "bot" | "wallet"
        )
    };
    let mut places: BTreeMap<_, (&Finding, BTreeSet<String>)> = BTreeMap::new();
    for report in [&evidence.tree, &evidence.local] {
        for finding in Evidence::leaks(report).filter(trading) {
            let entry = places
                .entry(finding.fingerprint)
                .or_insert((finding, BTreeSet::new()));
            for place in &finding.places {
                if matches!(place.origin.kind, OriginKind::File) {
                    entry.1.insert(evidence.below(&place.origin.display()));
                }
            }
        }
    }
    let shared: Vec<String> = places
        .values()
        .filter(|(_, paths)| paths.len() > 1)
        .map(|(finding, paths)| {
            let paths: Vec<&str> = paths.iter().map(String::as_str).take(5).collect();
            format!("{} stands in {}", finding.title(), paths.join(", "))
        })
        .collect();
    if places.is_empty() {
        return item
            .saying("no key stands in the files, so none can be compared; those of the environment are not here")
            .next("compare the keys of your bots where they run; give each one its own");
    }
    if shared.is_empty() {
        let keys = count(places.len() as u64, "key");
        return item
            .state(State::Passed)
            .saying(format!("{keys} in the files, each in one place"));
    }
    item.state(State::Failed)
        .all(shared)
        .next("make one key for each bot: when one leaks, only that one must go")
}

/// 7: rotated.
pub(super) fn age(evidence: &Evidence) -> Item {
    let item = Item::new(7, "rotated", "Keys are replaced every 90 days");
    let (mut old, mut young, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let present: BTreeSet<_> = [&evidence.tree, &evidence.local]
        .into_iter()
        .flat_map(Evidence::leaks)
        .map(|finding| finding.fingerprint)
        .collect();
    let mut known = BTreeSet::new();
    for finding in Evidence::leaks(&evidence.history) {
        let exposure = finding.exposure.as_ref();
        let in_head = exposure.is_some_and(|own| !own.in_head.is_empty());
        if !in_head && !present.contains(&finding.fingerprint) {
            continue;
        }
        let Some(first) = exposure.and_then(|own| own.first.as_ref()) else {
            continue;
        };
        known.insert(finding.fingerprint);
        let days = (evidence.now.saturating_sub(first.commit.time)) / DAY;
        let limit = finding.rule.remedy.rotate_days.map_or(ROTATE, i64::from);
        let text = format!(
            "{}: {days} days since it first stood in git",
            finding.title()
        );
        let list = if days > limit { &mut old } else { &mut young };
        list.push(text);
    }
    for report in [&evidence.tree, &evidence.local] {
        for finding in Evidence::leaks(report) {
            if !known.insert(finding.fingerprint) {
                continue;
            }
            let place = evidence.place(finding);
            let created = finding
                .identities
                .iter()
                .find(|(name, _)| *name == "created");
            match created.and_then(|(_, text)| day(text)) {
                Some(made) => {
                    let days = evidence.now / DAY - made;
                    let text = format!("{} at {place}: made {days} days ago", finding.title());
                    let list = if days > ROTATE { &mut old } else { &mut young };
                    list.push(text);
                }
                None => unknown.push(format!(
                    "{} at {place}: its age is not known",
                    finding.title()
                )),
            }
        }
    }
    match (old.is_empty(), unknown.is_empty(), young.is_empty()) {
        (false, ..) => item.state(State::Failed).all(old).next(
            "make a new key, put it where the bot reads it, and delete the old one at the exchange",
        ),
        (true, true, false) => item.state(State::Passed).all(young),
        (true, false, _) => item
            .all(unknown)
            .next("the exchange shows the day each key was made")
            .then(pages(evidence)),
        (true, true, true) => item
            .saying("no key is here; the exchange shows the day each one was made")
            .next("look there, and replace those older than 90 days")
            .then(pages(evidence)),
    }
}

/// 8: sub-accounts.
pub(super) fn sub_accounts(evidence: &Evidence) -> Item {
    let item = Item::new(
        8,
        "sub-account",
        "The bot trades in a sub-account that holds no more than it needs",
    );
    let marks = &evidence.marks.sub_accounts;
    let item = if marks.is_empty() {
        item.saying("nothing in code and settings speaks of a sub-account")
    } else {
        item.all(
            marks
                .iter()
                .map(|place| format!("{place} speaks of a sub-account")),
        )
        .saying("whether the key reaches no other one, the exchange alone knows")
    };
    item.next("make a sub-account for the bot, and its key there")
        .then(pages(evidence))
}

/// Where the owner looks: the pages of the exchanges that the code talks to, or keys were found of.
pub(super) fn pages(evidence: &Evidence) -> Vec<String> {
    let mut rules: BTreeMap<&str, &'static Rule> = evidence
        .marks
        .exchanges
        .iter()
        .map(|(name, (rule, _))| (*name, *rule))
        .collect();
    for finding in evidence.credentials() {
        if matches!(finding.rule.domain, "exchange" | "broker") {
            rules.insert(finding.rule.provider, finding.rule);
        }
    }
    rules
        .into_iter()
        .map(|(name, rule)| match rule.remedy.revoke.or(rule.page) {
            Some(page) => format!("{name}: {page}"),
            None => format!("{name}: the page of its API keys"),
        })
        .collect()
}

/// The days from 1970-01-01 to a date that begins `2024-05-01`.
fn day(text: &str) -> Option<i64> {
    let mut parts = text.get(..10)?.split('-');
    let day = crate::date::Day {
        year: parts.next()?.parse().ok()?,
        month: parts.next()?.parse().ok()?,
        day: parts.next()?.parse().ok()?,
    };
    day.days()
}
