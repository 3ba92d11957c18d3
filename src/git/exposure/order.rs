//! All commits in one order, from the oldest to the newest.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::git::names::{Graph, Objects};

/// All commits, parents before their children; where that leaves a choice, first what was committed
/// first, then by id. So a wrong clock can make a commit younger than it is, but never older than what
/// it was made from. Where several lines of history go on side by side, their commits alternate by
/// date.
pub(super) fn order(graph: &Graph, objects: &dyn Objects) -> Vec<u32> {
    let count = graph.count() as u32;
    let mut dated: Vec<u32> = (0..count).collect();
    let id = |commit: &u32| objects.id(graph.number(*commit));
    dated.sort_unstable_by(|a, b| {
        let by_date = graph.committed(*a).cmp(&graph.committed(*b));
        by_date.then_with(|| id(a).cmp(&id(b)))
    });
    let mut rank = vec![0u32; dated.len()];
    for (at, commit) in (0..).zip(&dated) {
        if let Some(rank) = rank.get_mut(*commit as usize) {
            *rank = at;
        }
    }
    let rank = |commit: u32| rank.get(commit as usize).copied().unwrap_or(0);
    // From each commit to its children.
    let mut links: Vec<(u32, u32)> = (0..count)
        .flat_map(|child| graph.parents(child).iter().map(move |of| (*of, child)))
        .collect();
    links.sort_unstable();
    let mut waits: Vec<u32> = (0..count)
        .map(|commit| graph.parents(commit).len() as u32)
        .collect();
    let free = (0..count).filter(|commit| graph.parents(*commit).is_empty());
    let mut ready: BinaryHeap<Reverse<u32>> = free.map(|commit| Reverse(rank(commit))).collect();
    let mut order = Vec::with_capacity(dated.len());
    while let Some(Reverse(next)) = ready.pop() {
        let Some(&commit) = dated.get(next as usize) else {
            break;
        };
        order.push(commit);
        let from = links.partition_point(|(parent, _)| *parent < commit);
        let children = links.get(from..).unwrap_or_default().iter();
        for (_, child) in children.take_while(|(parent, _)| *parent == commit) {
            if let Some(waits) = waits.get_mut(*child as usize) {
                *waits -= 1;
                if *waits == 0 {
                    ready.push(Reverse(rank(*child)));
                }
            }
        }
    }
    // Commits that are their own ancestors: no hash allows it, an index that lies does.
    if order.len() < dated.len() {
        order.extend(dated.into_iter().filter(|commit| {
            let waits = waits.get(*commit as usize);
            waits.is_some_and(|waits| *waits > 0)
        }));
    }
    order
}
