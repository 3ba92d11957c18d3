//! The order in which the commits of a range are handed out.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use gix::ObjectId;

use super::graph::Graph;

/// The newest first, each before all its ancestors; of equal dates the smaller id. So the order does
/// not depend on how the range was asked for.
pub(super) fn newest_first(graph: &Graph<'_>, inside: &[u32]) -> Vec<ObjectId> {
    // How many children of each are still to come.
    let mut children: HashMap<u32, u32> = inside.iter().map(|own| (*own, 0)).collect();
    for own in inside {
        for parent in graph.parents(*own) {
            if let Some(count) = children.get_mut(parent) {
                *count += 1;
            }
        }
    }
    let key = |own: u32| (graph.time(own), Reverse(graph.id(own)), own);
    let free = children.iter().filter(|(_, count)| **count == 0);
    let mut free: BinaryHeap<_> = free.map(|(own, _)| key(*own)).collect();
    let mut out = Vec::with_capacity(inside.len());
    while let Some((_, Reverse(id), own)) = free.pop() {
        out.push(id);
        for parent in graph.parents(own) {
            if let Some(count) = children.get_mut(parent) {
                *count -= 1;
                if *count == 0 {
                    free.push(key(*parent));
                }
            }
        }
    }
    out
}
