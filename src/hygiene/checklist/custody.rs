//! Who else holds the keys.

use std::collections::BTreeMap;

use super::evidence::Evidence;
use super::{Item, State};

/// 10: third parties.
pub(super) fn third_parties(evidence: &Evidence) -> Item {
    let item = Item::new(
        10,
        "third-parties",
        "Nobody else holds the keys, or that was decided",
    );
    let mut told: BTreeMap<&str, String> = BTreeMap::new();
    for (name, (_, places)) in &evidence.marks.bots {
        let at = places.first().map(String::as_str).unwrap_or_default();
        told.insert(name, format!("{name} is configured at {at}"));
    }
    for finding in evidence.credentials() {
        if finding.rule.domain == "bot" {
            let place = evidence.place(finding);
            told.insert(
                finding.rule.provider,
                format!("credentials of {} at {place}", finding.rule.provider),
            );
        }
    }
    let hosted: Vec<String> = told
        .into_iter()
        .filter(|(name, _)| !is_own_machine(name))
        .map(|(_, text)| text)
        .collect();
    if hosted.is_empty() {
        return item
            .state(State::Passed)
            .saying("no cloud bot is configured, and none of their credentials is here");
    }
    item.all(hosted)
        .saying("a cloud bot holds exchange keys of yours: a decision to take")
        .next("give it keys that trade and nothing else, bound to its addresses, in a sub-account of their own; or take them back")
}

/// Bots that run where their owner runs them: nobody else gets a key.
fn is_own_machine(provider: &str) -> bool {
    const OWN: [&str; 9] = [
        "freqtrade",
        "hummingbot",
        "jesse",
        "octobot",
        "passivbot",
        "gunbot",
        "lumibot",
        "superalgos",
        "zenbot",
    ];
    let name = provider.to_ascii_lowercase();
    OWN.iter().any(|own| name.contains(own))
}
