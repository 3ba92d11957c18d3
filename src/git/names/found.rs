//! Where each object was found.

use std::collections::HashSet;

use super::forest::NONE;

/// An object keeps this many paths at most: the shallowest, and of equally deep ones the first in the
/// order of their names from the top down.
pub const MOST_PATHS: usize = 16;

/// Finds gathered before what is doubled or too much is thrown out.
const MANY: usize = 1 << 20;

/// An object, and a directory and a name in it.
type Find = (u32, u32, u32);

/// Collects finds, in bounded memory.
#[derive(Debug)]
pub(super) struct Found {
    finds: Vec<Find>,
    objects: usize,
    many: usize,
    /// Paths left out, of objects that have too many: at least so many.
    capped: HashSet<u32>,
    /// Objects whose finds are not wanted any more.
    closed: Vec<bool>,
}

/// For each object its places: directory and name.
#[derive(Debug, Default)]
pub(super) struct Places {
    starts: Vec<u32>,
    places: Vec<(u32, u32)>,
    capped: HashSet<u32>,
}

impl Found {
    pub(super) fn new(objects: usize) -> Self {
        Self {
            finds: Vec::new(),
            objects,
            many: MANY,
            capped: HashSet::new(),
            closed: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, object: u32, directory: u32, name: u32) {
        if object == NONE
            || self
                .closed
                .get(object as usize)
                .is_some_and(|closed| *closed)
        {
            return;
        }
        self.finds.push((object, directory, name));
        if self.finds.len() > self.many {
            self.tidy();
            self.many = MANY.max(self.finds.len() * 2);
        }
    }

    /// From now on takes only objects that were not found so far.
    pub(super) fn close(&mut self) {
        self.closed = vec![false; self.objects];
        for (object, ..) in &self.finds {
            if let Some(closed) = self.closed.get_mut(*object as usize) {
                *closed = true;
            }
        }
    }

    /// Throws out what is doubled, and what is too much.
    fn tidy(&mut self) {
        self.finds.sort_unstable();
        self.finds.dedup();
        let mut last = NONE;
        let mut kept = 0;
        let capped = &mut self.capped;
        self.finds.retain(|(object, ..)| {
            kept = if *object == last { kept + 1 } else { 1 };
            last = *object;
            if kept > MOST_PATHS {
                capped.insert(*object);
            }
            kept <= MOST_PATHS
        });
    }

    /// The places of each object, in order.
    pub(super) fn places(mut self) -> Places {
        self.closed = Vec::new();
        self.tidy();
        let mut starts = vec![0u32; self.objects + 1];
        for (object, ..) in &self.finds {
            if let Some(count) = starts.get_mut(*object as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Places {
            starts,
            places: self
                .finds
                .into_iter()
                .map(|(_, dir, name)| (dir, name))
                .collect(),
            capped: self.capped,
        }
    }
}

impl Places {
    /// The places of an object.
    pub(super) fn of(&self, object: u32) -> &[(u32, u32)] {
        let at = object as usize;
        let range = match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(start), Some(end)) => *start as usize..*end as usize,
            _ => return &[],
        };
        self.places.get(range).unwrap_or_default()
    }

    /// Every object with each of its places.
    pub(super) fn all(&self) -> impl Iterator<Item = (u32, (u32, u32))> {
        let objects = 0..self.starts.len() as u32;
        objects.flat_map(|object| self.of(object).iter().map(move |place| (object, *place)))
    }

    /// Of how many objects some were left out.
    pub(super) fn capped(&self) -> usize {
        self.capped.len()
    }
}
