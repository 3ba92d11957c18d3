//! The walk itself: what the tips reach and the excluded commits don't.
//!
//! Commits are taken from a queue, the newest first, and what an excluded commit reaches is painted
//! *out*. Paint is never wrong: it follows links that are there. It may be missing, though, for as
//! long as excluded commits wait in the queue: when clocks lie, one that looks older than everything
//! may still reach a commit of the range. git goes on for five commits more and then takes its
//! chance. Here, once every commit of the range is expanded, [`bottoms::proved`] looks whether anything
//! that the excluded commits reach is in the range; if so, all that they reach is read, and painted.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use super::graph::Graph;
use super::{Commits, Range, bottoms};

/// It was met.
const SEEN: u8 = 1;
/// It was taken from the queue, and its parents were met.
const EXPANDED: u8 = 2;
/// An excluded commit reaches it.
const OUT: u8 = 4;

/// Commits by their dates, the newest first; of equal ones the one that was met first, as git does.
#[derive(Default)]
pub(super) struct Queue {
    heap: BinaryHeap<(i64, Reverse<u64>, u32)>,
    count: u64,
}

impl Queue {
    pub(super) fn push(&mut self, time: i64, number: u32) {
        self.heap.push((time, Reverse(self.count), number));
        self.count += 1;
    }

    pub(super) fn pop(&mut self) -> Option<u32> {
        Some(self.heap.pop()?.2)
    }
}

/// The state of a walk, and in the end its result.
pub(super) struct Difference {
    flags: Vec<u8>,
    queue: Queue,
    /// How many commits wait in the queue that nothing excluded is known to reach.
    waiting: usize,
    /// What was taken from the queue unpainted, in that order.
    taken: Vec<u32>,
}

impl Difference {
    /// Walks as far as the range needs.
    pub(super) fn walk(graph: &mut Graph<'_>, range: &Range) -> Self {
        let mut own = Self {
            flags: Vec::new(),
            queue: Queue::default(),
            waiting: 0,
            taken: Vec::new(),
        };
        for id in &range.excluded {
            let number = graph.number(*id);
            own.paint(graph, number);
        }
        for id in &range.tips {
            let number = graph.number(*id);
            own.meet(graph, number);
        }
        // Without excluded commits what is taken stays, and the first ones can be counted.
        let enough = range.last.filter(|_| range.excluded.is_empty());
        let mut counted = 0_usize;
        while own.waiting > 0 && enough.is_none_or(|enough| counted < enough) {
            let Some(number) = own.next(graph) else { break };
            let recent = range.since.is_none_or(|since| graph.time(number) >= since);
            counted += usize::from(recent && own.flags(number) & OUT == 0);
        }
        if !range.excluded.is_empty() && !bottoms::proved(graph, &own, range) {
            while own.next(graph).is_some() {}
        }
        own
    }

    /// Takes the newest commit from the queue and meets its parents.
    fn next(&mut self, graph: &mut Graph<'_>) -> Option<u32> {
        let number = self.queue.pop()?;
        *self.flags_mut(number) |= EXPANDED;
        let out = self.flags(number) & OUT != 0;
        if !out {
            self.waiting -= 1;
            self.taken.push(number);
        }
        for parent in graph.parents(number).to_vec() {
            if out {
                self.paint(graph, parent);
            } else {
                self.meet(graph, parent);
            }
        }
        Some(number)
    }

    /// Puts a commit in the queue if it never was there.
    fn meet(&mut self, graph: &mut Graph<'_>, number: u32) {
        if self.flags(number) & SEEN != 0 {
            return;
        }
        *self.flags_mut(number) |= SEEN;
        if !graph.read(number) {
            *self.flags_mut(number) |= EXPANDED;
            return;
        }
        self.queue.push(graph.time(number), number);
        if self.flags(number) & OUT == 0 {
            self.waiting += 1;
        }
    }

    /// Paints a commit and all that it is known to reach; the rest is painted when it is taken.
    fn paint(&mut self, graph: &mut Graph<'_>, number: u32) {
        let mut open = vec![number];
        while let Some(number) = open.pop() {
            let before = self.flags(number);
            if before & OUT != 0 {
                continue;
            }
            *self.flags_mut(number) |= OUT;
            if before & SEEN == 0 {
                self.meet(graph, number);
            } else if before & EXPANDED == 0 {
                self.waiting -= 1;
            } else {
                open.extend(graph.parents(number));
            }
        }
    }

    fn flags(&self, number: u32) -> u8 {
        self.flags.get(number as usize).copied().unwrap_or(0)
    }

    fn flags_mut(&mut self, number: u32) -> &mut u8 {
        let at = number as usize;
        if at >= self.flags.len() {
            self.flags.resize(at + 1, 0);
        }
        &mut self.flags[at]
    }

    /// Whether an excluded commit reaches it.
    pub(super) fn is_out(&self, number: u32) -> bool {
        self.flags(number) & OUT != 0
    }

    /// Whether it was taken, and nothing excluded is known to reach it.
    pub(super) fn is_inside(&self, number: u32) -> bool {
        self.flags(number) & (EXPANDED | OUT) == EXPANDED
    }

    /// What was taken and is not out, before dates and counts are asked, in the order of `git log`.
    pub(super) fn reached(&self) -> impl Iterator<Item = u32> {
        let taken = self.taken.iter().copied();
        taken.filter(|number| !self.is_out(*number))
    }

    /// The commits of the range, in the order of `git log`.
    pub(super) fn inside(&self, graph: &Graph<'_>, range: &Range) -> Vec<u32> {
        self.reached()
            .filter(|number| range.since.is_none_or(|since| graph.time(*number) >= since))
            .take(range.last.unwrap_or(usize::MAX))
            .collect()
    }

    /// Whether something that excluded commits reach is not there.
    pub(super) fn excluded_cut(&self, graph: &Graph<'_>) -> bool {
        let excluded = |number: u32| !self.is_inside(number);
        let lost = graph.lost();
        let mut cut = graph.cut().into_iter();
        lost.iter().any(|(number, _)| excluded(*number))
            || cut.any(|(number, ids)| excluded(number) && !self.all_met(graph, ids))
    }

    /// What of the range was not seen. Of a range of the last few commits, only what could have been
    /// among them: what lies behind those that came before the last; of one since a day, only what
    /// lies behind commits of that day or later.
    pub(super) fn gaps(&self, graph: &Graph<'_>, range: &Range, inside: &[u32], out: &mut Commits) {
        let full = range.last.is_some_and(|last| inside.len() >= last);
        let behind = if full {
            inside.split_last().map_or(inside, |(_, before)| before)
        } else {
            inside
        };
        let behind: HashSet<u32> = behind.iter().copied().collect();
        for (number, ids) in graph.cut() {
            if behind.contains(&number) && !self.all_met(graph, ids) {
                out.cut.push(graph.id(number));
            }
        }
        let mut named = HashSet::new();
        for number in &behind {
            named.extend(graph.parents(*number).iter().copied());
        }
        for (number, fault) in graph.lost() {
            let tip = range.tips.contains(&graph.id(number));
            if !self.is_out(number) && (tip || named.contains(&number)) {
                out.faults.push(fault.clone());
            }
        }
    }

    /// Whether the walk came to all these commits by other ways: a boundary before them hides nothing.
    fn all_met(&self, graph: &Graph<'_>, ids: &[gix::ObjectId]) -> bool {
        let inside = |number| self.is_inside(number) && !graph.is_lost(number);
        let met = |number| self.is_out(number) || inside(number);
        ids.iter().all(|id| graph.find(id).is_some_and(met))
    }
}
