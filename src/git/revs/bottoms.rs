//! Why a walk may end before all that the excluded commits reach was read.
//!
//! The *bottoms* of a range are those of its commits whose parents are all out. Whoever reaches a
//! commit of the range reaches a bottom too: go down from it within the range until that ends. Now
//! take a commit that every bottom reaches. It can't reach a commit of the range, or it would reach a
//! bottom that reaches it: a circle, and ids are hashes, so there are none. Nor can anything behind
//! it. So all that the excluded commits reach needs to be looked at only down to commits that every
//! bottom reaches: if none of it is in the range by then, none ever will be.
//!
//! Dates say only what to look at next. Where they are right, the walk ends about where the oldest
//! branch of the range left the rest, after as many commits as a search for merge bases reads; a
//! range at the tip of a straight history reads nothing more at all. Where they lie it takes longer,
//! and is right.
//!
//! Some ranges would make it read everything: with a commit that has no parents, or a branch that left
//! years ago. So after [`PATIENCE`] commits dates count: once all that is left to look at is older by
//! [`SLACK`] than every commit of the range, it is taken for what it seems to be. (git asks for no
//! slack, and for five commits of patience.) All that can come of it, when a clock of old was wrong by
//! more than that, is a commit too many in the range, never one too few: paint is never wrong.

use super::Range;
use super::difference::{Difference, Queue};
use super::graph::Graph;

/// With more bottoms than this no books are kept on who reaches what.
const MOST: usize = 4096;
/// How many commits are looked at before dates count.
const PATIENCE: usize = 4000;
/// How much older than the range a commit must be for its date to count, in seconds.
const SLACK: i64 = 30 * 86_400;

/// It waits in the queue, or did.
const QUEUED: u8 = 1;
/// It was taken from the queue.
const TAKEN: u8 = 2;
/// Every bottom reaches it.
const BELOW_ALL: u8 = 4;

/// Whether nothing that the excluded commits reach is in the range, for all that is known here. False
/// when something is: then paint is missing.
pub(super) fn proved(graph: &mut Graph<'_>, walk: &Difference, range: &Range) -> bool {
    let lowest = |graph: &Graph<'_>, number: u32| {
        let mut parents = graph.parents(number).iter();
        parents.all(|parent| !walk.is_inside(*parent) || graph.is_lost(*parent))
    };
    let bottoms: Vec<u32> = walk.reached().filter(|own| lowest(graph, *own)).collect();
    let Some(oldest) = walk.reached().map(|own| graph.time(own)).min() else {
        // An empty range.
        return true;
    };
    let mut proof = Proof {
        width: bottoms.len().div_ceil(64),
        bottoms: bottoms.len(),
        sure: oldest.saturating_sub(SLACK),
        flags: Vec::new(),
        slots: Vec::new(),
        used: 0,
        bits: Vec::new(),
        queue: Queue::default(),
        unsure: 0,
    };
    if bottoms.len() > MOST {
        // So that never all of them reach anything.
        (proof.width, proof.bottoms) = (0, usize::MAX);
    }
    for (bit, bottom) in bottoms.iter().enumerate() {
        let mut bits = vec![0_u64; proof.width];
        if let Some(word) = bits.get_mut(bit / 64) {
            *word |= 1 << (bit % 64);
        }
        for parent in graph.parents(*bottom).to_vec() {
            proof.give(graph, parent, &bits);
        }
    }
    for id in &range.excluded {
        let number = graph.number(*id);
        proof.give(graph, number, &[]);
    }
    proof.run(graph, walk)
}

struct Proof {
    /// How many words hold a bit for each bottom.
    width: usize,
    bottoms: usize,
    /// Commits older than this are taken for older than the range, in the end.
    sure: i64,
    flags: Vec<u8>,
    /// Where the bits of each commit stand.
    slots: Vec<u32>,
    /// How many there are.
    used: usize,
    /// Which bottoms reach each commit.
    bits: Vec<u64>,
    queue: Queue,
    /// How many wait in the queue of which it is not known that every bottom reaches them.
    unsure: usize,
}

impl Proof {
    fn run(&mut self, graph: &mut Graph<'_>, walk: &Difference) -> bool {
        let mut looked = 0_usize;
        while self.unsure > 0 {
            let Some(number) = self.queue.pop() else {
                break;
            };
            let at = number as usize;
            if self.flags[at] & (TAKEN | BELOW_ALL) == 0 {
                self.unsure -= 1;
                // All others that wait are older still.
                if looked > PATIENCE && graph.time(number) < self.sure {
                    return true;
                }
            }
            looked += 1;
            self.flags[at] |= TAKEN;
            let bits = self.bits_of(number).to_vec();
            for parent in graph.parents(number).to_vec() {
                if walk.is_inside(parent) && !graph.is_lost(parent) {
                    return false;
                }
                self.give(graph, parent, &bits);
            }
        }
        true
    }

    /// Notes which bottoms reach a commit, and puts it in the queue if it was not there; once more
    /// when it turns out that all of them do, so that those behind it know.
    fn give(&mut self, graph: &mut Graph<'_>, number: u32, bits: &[u64]) {
        let at = number as usize;
        if at >= self.flags.len() {
            self.flags.resize(graph.len().max(at + 1), 0);
            self.slots.resize(self.flags.len(), u32::MAX);
        }
        let before = self.flags[at];
        if before & BELOW_ALL != 0 {
            return;
        }
        if self.slots[at] == u32::MAX {
            self.slots[at] = u32::try_from(self.used).unwrap_or(u32::MAX);
            self.used += 1;
            self.bits.resize(self.used * self.width, 0);
        }
        let start = self.slots[at] as usize * self.width;
        let own = &mut self.bits[start..start + self.width];
        for (own, given) in own.iter_mut().zip(bits) {
            *own |= given;
        }
        let count: u32 = own.iter().map(|word| word.count_ones()).sum();
        let all = count as usize == self.bottoms;
        if all {
            self.flags[at] |= BELOW_ALL;
        }
        let waits = before & QUEUED != 0 && before & TAKEN == 0;
        if all && waits {
            self.unsure -= 1;
        } else if before & QUEUED == 0 || all && before & TAKEN != 0 {
            self.flags[at] |= QUEUED;
            if graph.read(number) {
                self.queue.push(graph.time(number), number);
                self.unsure += usize::from(!all);
            } else {
                self.flags[at] |= TAKEN;
            }
        }
    }

    fn bits_of(&self, number: u32) -> &[u64] {
        let start = self.slots[number as usize] as usize * self.width;
        &self.bits[start..start + self.width]
    }
}
