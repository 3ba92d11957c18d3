//! Parts of one credential belong together: key, secret and passphrase within a few lines or in one
//! object are one finding.

use super::hit::Hit;
use super::place::Strength;
use crate::rule::{Need, PartRef, Role, Set};

/// The hits of one credential, by index.
pub(super) type Group = Vec<usize>;

/// Sorts hits by place, drops those that others claim more strongly, and joins the rest.
pub(super) fn pair(set: Set, hits: &mut Vec<Hit>) -> Vec<Group> {
    claim(hits);
    resolve(set, hits);
    join(set, hits)
}

/// Of hits that overlap, the strongest stays; of equals the first.
fn claim(hits: &mut Vec<Hit>) {
    hits.sort_by(|a, b| {
        (a.span.start, b.span.end, a.layer).cmp(&(b.span.start, a.span.end, b.layer))
    });
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits.drain(..) {
        let mut wins = true;
        while let Some(last) = kept.last() {
            if last.span.end <= hit.span.start {
                break;
            }
            if beats(&hit, last) {
                kept.pop();
            } else {
                wins = false;
                break;
            }
        }
        if wins {
            kept.push(hit);
        }
    }
    *hits = kept;
}

/// Whether a hit takes the span from one that overlaps it.
fn beats(hit: &Hit, other: &Hit) -> bool {
    let within = |a: &Hit, b: &Hit| {
        a.span.start >= b.span.start && a.span.end <= b.span.end && a.span.len() < b.span.len()
    };
    let told = |hit: &Hit| hit.strength >= Strength::Shape;
    let exact = |hit: &Hit| hit.claim().0;
    // A whole value with its prefix is more than what stands behind the prefix.
    if within(other, hit) && told(hit) && exact(hit) >= exact(other) {
        return true;
    }
    if within(hit, other) && told(other) && exact(other) >= exact(hit) {
        return false;
    }
    hit.claim() > other.claim()
}

fn slot(role: Role) -> u8 {
    match role {
        Role::Key | Role::Token => 0,
        Role::Secret | Role::PrivateKey | Role::Seed | Role::Password => 1,
        Role::Passphrase => 2,
        Role::Memo => 3,
        Role::Id => 4,
    }
}

/// Values that may be several parts (key and secret of one shape) take them in the order in which they stand.
fn resolve(set: Set, hits: &mut [Hit]) {
    let mut at = 0;
    while at < hits.len() {
        if hits[at].parts.len() < 2 {
            at += 1;
            continue;
        }
        let rule = hits[at].rule();
        let within = set.rules()[usize::from(rule)].within as usize;
        // The hits of this rule that stand together, ambiguous or not.
        let mut cluster = vec![at];
        let mut next = at + 1;
        while next < hits.len() && cluster.len() < 4 {
            let last = cluster[cluster.len() - 1];
            if hits[next].line > hits[last].line + within {
                break;
            }
            if hits[next].rule() == rule {
                cluster.push(next);
            }
            next += 1;
        }
        let mut free = hits[at].parts.clone();
        let settled: Vec<PartRef> = cluster
            .iter()
            .filter(|i| hits[**i].parts.len() == 1)
            .map(|i| hits[*i].parts[0])
            .collect();
        // A neighbour that is certainly one part leaves the other.
        if settled.len() == 1 && cluster.len() == 2 {
            free.retain(|p| !settled.contains(p));
        }
        let ambiguous: Vec<usize> = cluster
            .iter()
            .copied()
            .filter(|i| hits[*i].parts.len() > 1 && hits[*i].parts == hits[at].parts)
            .collect();
        if let [one] = ambiguous[..]
            && settled.is_empty()
        {
            // Alone, it may be either: the worse.
            let secret = free.iter().find(|p| set.part(**p).1.secret);
            hits[one].parts = vec![*secret.unwrap_or(&free[0])];
            at += 1;
            continue;
        }
        for (number, hit) in ambiguous.iter().enumerate() {
            let Some(part) = free
                .get(number % free.len().max(1))
                .or(hits[at].parts.first())
                .copied()
            else {
                continue;
            };
            hits[*hit].parts = vec![part];
        }
        at += 1;
    }
}

fn join(set: Set, hits: &[Hit]) -> Vec<Group> {
    let part = |hit: &Hit| hit.parts.first().map(|p| set.part(*p).1);
    let slot_of = |hit: &Hit| part(hit).map_or(9, |p| slot(p.role));
    let mut candidates: Vec<(usize, usize, usize)> = Vec::new();
    for (a, first) in hits.iter().enumerate() {
        if slot_of(first) != 0 {
            continue;
        }
        let within = set.rules()[usize::from(first.rule())].within as usize;
        // Its parts are credentials of their own.
        if within == 0 {
            continue;
        }
        // Only neighbours: hits are in order of place.
        let near = |b: usize| {
            hits[b].line.abs_diff(first.line)
                <= within.max(if hits[b].scope == first.scope { 200 } else { 0 })
        };
        let ahead = (a + 1..hits.len())
            .take(64)
            .take_while(|b| hits[*b].line.saturating_sub(first.line) <= 200);
        let behind = (0..a)
            .rev()
            .take(64)
            .take_while(|b| first.line.saturating_sub(hits[*b].line) <= 200);
        for b in ahead.chain(behind) {
            let second = &hits[b];
            if second.rule() != first.rule()
                || slot_of(second) != 1
                || !near(b)
                || second.value == first.value
            {
                continue;
            }
            let apart = second.line.abs_diff(first.line) * 4;
            let scope = if second.scope == first.scope { 0 } else { 100 };
            let order = if b > a { 0 } else { 1 };
            let net = if second.testnet == first.testnet {
                0
            } else {
                60
            };
            candidates.push((apart + scope + order + net, a, b));
        }
    }
    candidates.sort_unstable();
    let mut taken = vec![false; hits.len()];
    let mut groups: Vec<Group> = Vec::new();
    for (_, a, b) in candidates {
        if !taken[a] && !taken[b] {
            taken[a] = true;
            taken[b] = true;
            groups.push(vec![a, b]);
        }
    }
    for (at, _) in hits.iter().enumerate() {
        if !taken[at] {
            groups.push(vec![at]);
        }
    }
    attach(set, hits, &mut groups);
    groups.retain(|group| !group.is_empty());
    groups.sort_unstable();
    groups
}

/// Adds what is left to the nearest part of a credential that lacks its role: the token that a client was given
/// beside its key and secret, a customer's number.
fn attach(set: Set, hits: &[Hit], groups: &mut [Group]) {
    let mut group_of = vec![0; hits.len()];
    for (number, group) in groups.iter().enumerate() {
        for at in group {
            group_of[*at] = number;
        }
    }
    for at in 0..hits.len() {
        let own = group_of[at];
        let hit = &hits[at];
        if groups[own].len() > 1 || !hit.named || !depends(set, hit) {
            continue;
        }
        let lacks = |other: usize| {
            let mut members = groups[group_of[other]].iter();
            members.all(|member| !excludes(role(set, hit), role(set, &hits[*member])))
        };
        let ahead = (at + 1..hits.len()).take(NEIGHBOURS);
        let behind = (0..at).rev().take(NEIGHBOURS);
        let nearest = ahead
            .chain(behind)
            .filter(|other| group_of[*other] != own && hits[*other].rule() == hit.rule())
            .filter(|other| hits[*other].named && depends(set, &hits[*other]))
            .filter(|other| beside(set, hit, &hits[*other]) && lacks(*other))
            .min_by_key(|other| {
                let other = &hits[*other];
                let scope = usize::from(other.scope != hit.scope) * SCOPE;
                other.span.start.abs_diff(hit.span.start) + scope
            });
        if let Some(nearest) = nearest {
            let new = group_of[nearest];
            group_of[at] = new;
            groups[new].push(at);
            groups[own].clear();
        }
    }
}

/// How many hits either way are looked at.
const NEIGHBOURS: usize = 64;
/// How many bytes further away what stands in another scope counts.
const SCOPE: usize = 4000;
/// How far apart such parts may stand, in bytes: a line may hold a whole file.
const APART: usize = 4096;

fn role(set: Set, hit: &Hit) -> Option<Role> {
    hit.parts.first().map(|part| set.part(*part).1.role)
}

/// Whether a part belongs to others: what its shape alone tells, such as a personal token, is a credential of its own.
fn depends(set: Set, hit: &Hit) -> bool {
    let part = hit.parts.first().map(|part| set.part(*part).1);
    part.is_some_and(|part| part.need != Need::Nothing || !part.secret)
}

/// Whether one credential does not have parts of both roles: the same, or two ways to sign.
fn excludes(one: Option<Role>, other: Option<Role>) -> bool {
    let signs = |role| matches!(role, Some(Role::Secret | Role::PrivateKey | Role::Seed));
    one == other || signs(one) && signs(other)
}

fn beside(set: Set, one: &Hit, other: &Hit) -> bool {
    let within = set.rules()[usize::from(one.rule())].within as usize;
    within > 0
        && one.line.abs_diff(other.line) <= within
        && one.span.start.abs_diff(other.span.start) <= APART
        && one.value != other.value
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::detect::{Scratch, detect};
    use crate::rule::{Set, forge};

    /// The names of the parts of each finding in a text with slots.
    fn found(id: &str, path: &str, text: &str) -> Vec<Vec<&'static str>> {
        let set = Set::builtin();
        let rule = set.rules().iter().find(|rule| rule.id == id).unwrap();
        let text = forge::fill(set, rule, text).unwrap();
        let mut scratch = Scratch::default();
        let detected = detect(
            set,
            text.as_bytes(),
            path.as_bytes(),
            &|_| true,
            &mut scratch,
        );
        let parts = |found: &crate::detect::Found| {
            let mut names: Vec<_> = found.parts.iter().map(|part| part.part.name).collect();
            names.sort_unstable();
            names
        };
        detected.found.iter().map(parts).collect()
    }

    #[test]
    fn parts_of_other_roles_belong_to_the_pair() {
        let text = "TRADESTATION_CLIENT_ID=«id»\nTRADESTATION_CLIENT_SECRET=«secret»\nTRADESTATION_REFRESH_TOKEN=«refresh-token»\n";
        let parts = vec![vec!["id", "refresh-token", "secret"]];
        assert_eq!(found("tradestation", ".env", text), parts);
        let text = "MAILJET_API_KEY=«api-key»\nMAILJET_SECRET_KEY=«secret»\n";
        let parts = vec![vec!["api-key", "secret"]];
        assert_eq!(found("mailjet", ".env", text), parts);
    }

    #[test]
    fn two_ways_to_sign_are_two_credentials() {
        let text =
            "BYBIT_API_KEY=«key»\nBYBIT_API_SECRET=«secret»\nBYBIT_API_SECRET_2=«secret#2»\n";
        let parts = vec![vec!["key", "secret"], vec!["secret"]];
        assert_eq!(found("bybit", ".env", text), parts);
    }

    #[test]
    fn parts_that_are_credentials_of_their_own_stay_apart() {
        let text = "LINE_CHANNEL_SECRET=«channel-secret»\nLINE_CHANNEL_ACCESS_TOKEN=«channel-access-token»\n";
        let parts = vec![vec!["channel-secret"], vec!["channel-access-token"]];
        assert_eq!(found("line", ".env", text), parts);
    }

    #[test]
    fn in_base64_a_passphrase_belongs_to_its_pair() {
        let text = "apiVersion: v1\nkind: Secret\ndata:\n  OKX_API_KEY: «key|base64»\n  OKX_API_SECRET: «secret|base64»\n  OKX_PASSPHRASE: «passphrase|base64»\n";
        let parts = vec![vec!["key", "passphrase", "secret"]];
        assert_eq!(found("okx", "secret.yaml", text), parts);
    }

    #[test]
    fn a_passphrase_far_away_belongs_to_the_pair_that_it_names() {
        let lines = "  - name: none\n".repeat(20);
        for (name, names) in [
            ("OKX_PASSPHRASE", vec!["key", "passphrase", "secret"]),
            ("PASSPHRASE", vec!["key", "secret"]),
        ] {
            let text = format!(
                "OKX_API_KEY: «key»\nOKX_API_SECRET: «secret»\n{lines}{name}: «passphrase»\n"
            );
            let parts = found("okx", "secret.yaml", &text);
            assert!(parts.contains(&names), "{name}: {parts:?}");
        }
    }
}
