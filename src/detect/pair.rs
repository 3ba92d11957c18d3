//! Parts of one credential belong together: key, secret and passphrase within a few lines or in one
//! object are one finding.

use super::hit::Hit;
use super::place::Strength;
use crate::rule::{PartRef, Role, Set};

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
    groups.sort_unstable();
    groups
}
