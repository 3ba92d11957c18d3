//! The commits that a walk has met, by small numbers.

use std::collections::HashMap;

use gix::ObjectId;

use super::reader::CommitReader;
use crate::git::Fault;

/// A commit that a walk has met.
struct Node {
    id: ObjectId,
    /// When it was committed; 0 until it is read.
    time: i64,
    /// Where its parents stand in [`Graph::parents`].
    first: u32,
    count: u32,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Only named so far.
    Named,
    /// Read.
    Known,
    /// Not in the store, or not readable.
    Lost,
}

/// The commits that a walk has met.
pub(super) struct Graph<'a> {
    reader: &'a dyn CommitReader,
    /// Sorted.
    shallow: &'a [ObjectId],
    nodes: Vec<Node>,
    numbers: HashMap<ObjectId, u32>,
    parents: Vec<u32>,
    /// What is wrong with lost ones.
    faults: HashMap<u32, Fault>,
    /// The parents that commits of the shallow boundary have by their own word.
    cut: HashMap<u32, Vec<ObjectId>>,
}

impl<'a> Graph<'a> {
    pub(super) fn new(reader: &'a dyn CommitReader, shallow: &'a [ObjectId]) -> Self {
        Self {
            reader,
            shallow,
            nodes: Vec::new(),
            numbers: HashMap::new(),
            parents: Vec::new(),
            faults: HashMap::new(),
            cut: HashMap::new(),
        }
    }

    /// The number of a commit, a new one when it was not met yet.
    pub(super) fn number(&mut self, id: ObjectId) -> u32 {
        let nodes = &mut self.nodes;
        *self.numbers.entry(id).or_insert_with(|| {
            nodes.push(Node {
                id,
                time: 0,
                first: 0,
                count: 0,
                state: State::Named,
            });
            // Four thousand million nodes would take 200 GB.
            u32::try_from(nodes.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// The number of a commit that was met.
    pub(super) fn find(&self, id: &ObjectId) -> Option<u32> {
        self.numbers.get(id).copied()
    }

    /// How many were met.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn id(&self, number: u32) -> ObjectId {
        self.nodes[number as usize].id
    }

    pub(super) fn time(&self, number: u32) -> i64 {
        self.nodes[number as usize].time
    }

    /// The parents that are followed: of a commit that was not read, or is lost, or of the shallow
    /// boundary none.
    pub(super) fn parents(&self, number: u32) -> &[u32] {
        let node = &self.nodes[number as usize];
        let first = node.first as usize;
        &self.parents[first..first + node.count as usize]
    }

    /// Reads a commit if that was not done yet. Whether it is there.
    pub(super) fn read(&mut self, number: u32) -> bool {
        let node = &self.nodes[number as usize];
        if node.state != State::Named {
            return node.state == State::Known;
        }
        let id = node.id;
        let read = match self.reader.commit(&id) {
            Ok(Some(links)) => Ok(links),
            Ok(None) => Err(Fault::object(id, "the commit is not in the object store")),
            Err(fault) => Err(fault),
        };
        let links = match read {
            Ok(links) => links,
            Err(fault) => {
                self.faults.insert(number, fault);
                self.nodes[number as usize].state = State::Lost;
                return false;
            }
        };
        let first = self.parents.len();
        if self.shallow.binary_search(&id).is_ok() {
            self.cut.insert(number, links.parents);
        } else {
            for parent in links.parents {
                let parent = self.number(parent);
                self.parents.push(parent);
            }
        }
        let node = &mut self.nodes[number as usize];
        node.state = State::Known;
        node.time = links.committed;
        node.first = u32::try_from(first).unwrap_or(u32::MAX);
        node.count = u32::try_from(self.parents.len() - first).unwrap_or(u32::MAX);
        true
    }

    /// Whether a commit that was asked for is not there.
    pub(super) fn is_lost(&self, number: u32) -> bool {
        self.nodes[number as usize].state == State::Lost
    }

    /// The commits that are not there, with what is wrong, in the order in which they were met.
    pub(super) fn lost(&self) -> Vec<(u32, &Fault)> {
        let mut out: Vec<_> = self
            .faults
            .iter()
            .map(|(own, fault)| (*own, fault))
            .collect();
        out.sort_unstable_by_key(|(own, _)| *own);
        out
    }

    /// The commits of the shallow boundary that were met, with the parents that they name.
    pub(super) fn cut(&self) -> Vec<(u32, &[ObjectId])> {
        let mut out: Vec<_> = self.cut.iter().map(|(own, ids)| (*own, &**ids)).collect();
        out.sort_unstable_by_key(|(own, _)| *own);
        out
    }
}
