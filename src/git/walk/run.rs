//! One walk over a census.

use std::sync::{Mutex, PoisonError};

use gix::objs::Kind;
use rayon::Scope;
use rayon::prelude::*;

use super::Visitor;
use super::census::Census;
use super::dive::{Branch, Dive};
use super::family::Bits;
use super::worker::Worker;
use crate::threads::within;

/// How many families make a task.
const BATCH: usize = 32;

/// What all threads of a walk share.
pub(super) struct Run<'env, V> {
    pub(super) census: &'env Census<'env>,
    pub(super) visitor: &'env V,
    kinds: &'env [Kind],
    only: Option<&'env (dyn Fn(u32) -> bool + Sync)>,
    /// What must be decoded, if not everything.
    needed: Option<Bits>,
    workers: Mutex<Vec<Worker>>,
}

impl Census<'_> {
    /// Hands every object of these kinds to the visitor, once; only those for which `only` is true
    /// when it is given, and no more is decoded than they need.
    ///
    /// Families are walked in the order in which they stand in the packs, large ones at any time, a base before
    /// what is made from it, on one thread in one go unless a large family is split. An object that can't be read
    /// is looked for in other places. If none has it, it is lost; what is made from it is lost too,
    /// unless another place has that.
    pub fn walk<V: Visitor>(
        &self,
        kinds: &[Kind],
        only: Option<&(dyn Fn(u32) -> bool + Sync)>,
        threads: usize,
        visitor: &V,
    ) {
        let mut run = Run {
            census: self,
            visitor,
            kinds,
            only,
            needed: None,
            workers: Mutex::default(),
        };
        run.needed = only.map(|only| run.need(only));
        let roots: Vec<u32> = self
            .families
            .roots()
            .filter(|root| run.takes(self.kind(*root)) && run.needs(*root))
            .collect();
        // What takes long is begun early: nothing else is left to do beside what is begun last.
        let (long, roots): (Vec<u32>, Vec<u32>) = roots
            .iter()
            .partition(|root| self.families.is_heavy(**root));
        let run = &run;
        within(threads, || {
            rayon::scope(|scope| {
                for root in long {
                    scope.spawn(move |scope| run.batch(&[root], scope));
                }
                roots
                    .par_chunks(BATCH)
                    .with_max_len(1)
                    .for_each(|batch| run.batch(batch, scope));
            });
        });
    }
}

impl<'env, V: Visitor> Run<'env, V> {
    /// Whether objects of this kind are looked for; one whose kind is unknown may be.
    pub(super) fn takes(&self, kind: Option<Kind>) -> bool {
        kind.is_none_or(|kind| self.kinds.contains(&kind))
    }

    /// Whether an object is to be handed out.
    pub(super) fn wants(&self, kind: Kind, number: u32) -> bool {
        self.kinds.contains(&kind) && self.is_asked(number)
    }

    /// Whether an object is asked for, whatever its kind.
    pub(super) fn is_asked(&self, number: u32) -> bool {
        self.only.is_none_or(|only| only(number))
    }

    /// The first of these children from a place on that must be decoded, and its place.
    pub(super) fn next(&self, children: &[u32], from: usize) -> Option<(usize, u32)> {
        let left = children.iter().enumerate().skip(from);
        left.map(|(at, child)| (at, *child))
            .find(|(_, child)| self.needs(*child))
    }

    /// Does a branch in a task of its own.
    pub(super) fn spawn<'run>(&'run self, scope: &Scope<'run>, branch: Branch<V::Note>) {
        scope.spawn(move |scope| {
            self.work(|worker| Dive::new(self, worker, scope).branch(&branch));
        });
    }

    fn batch<'run>(&'run self, roots: &[u32], scope: &Scope<'run>) {
        self.work(|worker| {
            let mut dive = Dive::new(self, worker, scope);
            for root in roots {
                dive.family(*root);
            }
        });
    }

    /// Does something with a worker that no other thread uses.
    fn work(&self, task: impl FnOnce(&mut Worker)) {
        let idle = || self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut worker = idle().pop().unwrap_or_default();
        task(&mut worker);
        idle().push(worker);
    }

    fn needs(&self, number: u32) -> bool {
        self.needed.as_ref().is_none_or(|needed| needed.has(number))
    }

    /// What is asked for, and all that it is made from.
    fn need(&self, only: &dyn Fn(u32) -> bool) -> Bits {
        let mut needed = Bits::new(self.census.len());
        for number in 0..u32::try_from(self.census.len()).unwrap_or(u32::MAX) {
            if !self.takes(self.census.kind(number)) || !only(number) {
                continue;
            }
            let mut at = number;
            while needed.set(at)
                && let Some(parent) = self.census.families.parent(at)
            {
                at = parent;
            }
        }
        needed
    }
}
