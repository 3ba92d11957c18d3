//! Puts together what the threads have read. Nothing of the order in which they did shows.

use std::sync::Arc;

use super::forest::{Entry, Forest, NONE, OWN, Run, Tree};
use super::graph::{Graph, Node};
use super::history::{Absent, History, Wrong};
use super::objects::Objects;
use super::part::{Part, Read, rank};
use super::words::Words;

/// Puts the parts together.
pub(super) fn merge(mut parts: Vec<Part>, objects: &dyn Objects) -> History {
    let count = objects.count() as u32;
    let absent = absent(&mut parts, count);
    let mut wrong = wrong(&mut parts, objects);
    wrong.sort_unstable();
    wrong.dedup();
    let graph = graph(&mut parts, count);
    History {
        forest: forest(parts, objects.count()),
        graph,
        absent,
        wrong,
        count,
    }
}

/// All absent objects, by id. The objects that the parts name are renumbered to fit.
fn absent(parts: &mut [Part], count: u32) -> Vec<Absent> {
    let mut all: Vec<Absent> = Vec::new();
    for part in &*parts {
        all.extend(part.absent.iter().map(|(id, absent)| Absent {
            id: *id,
            kind: absent.kind,
            by: absent.by,
        }));
    }
    all.sort_unstable_by_key(|absent| absent.id);
    all.dedup_by(|again, first| {
        let same = again.id == first.id;
        if same {
            first.by = first.by.min(again.by);
            first.kind = rank(first.kind, again.kind);
        }
        same
    });
    for part in parts {
        let mut renamed = vec![NONE; part.absent.len()];
        for (id, absent) in part.absent.drain() {
            let at = all.binary_search_by(|own| own.id.cmp(&id));
            if let (Some(slot), Ok(at)) = (renamed.get_mut(absent.local as usize), at) {
                *slot = count.saturating_add(at as u32);
            }
        }
        let rename = |object: &mut u32| {
            if let Some(local) = object.checked_sub(count).filter(|_| *object != NONE) {
                *object = renamed.get(local as usize).copied().unwrap_or(NONE);
            }
        };
        part.entries
            .iter_mut()
            .for_each(|entry| rename(&mut entry.object));
        part.commits
            .iter_mut()
            .for_each(|commit| rename(&mut commit.tree));
        part.parents.iter_mut().for_each(rename);
        part.tags.iter_mut().for_each(|(_, target)| rename(target));
    }
    all
}

/// What is wrong with commits, tags and trees.
fn wrong(parts: &mut [Part], objects: &dyn Objects) -> Vec<Wrong> {
    let mut out = Vec::new();
    for part in parts {
        for (number, what) in part.damaged.drain(..) {
            let id = objects.id(number);
            out.push(Wrong { id, what });
        }
        for (number, said) in part.misnamed.drain() {
            let id = objects.id(number);
            if let Some(is) = objects.kind(number) {
                let what = format!("it is a {is}, though something names it as a {said}");
                out.push(Wrong { id, what });
            }
        }
    }
    out
}

fn graph(parts: &mut [Part], count: u32) -> Graph {
    let mut graph = Graph::default();
    let mut read: Vec<(u32, usize, usize)> = Vec::new();
    for (at, part) in parts.iter_mut().enumerate() {
        let numbers = part.commits.iter().map(|commit| commit.number);
        read.extend(
            numbers
                .enumerate()
                .map(|(index, number)| (number, at, index)),
        );
        graph.tags.append(&mut part.tags);
    }
    read.sort_unstable();
    read.dedup_by_key(|(number, ..)| *number);
    graph.tags.sort_unstable();
    graph.tags.dedup_by_key(|(tag, _)| *tag);
    for &(number, part, index) in &read {
        let part = &parts[part];
        let commit = &part.commits[index];
        let end = part
            .commits
            .get(index + 1)
            .map(|next| next.parents as usize);
        let parents = commit.parents as usize..end.unwrap_or(part.parents.len());
        graph.commits.push(Node {
            number,
            tree: commit.tree,
            parents: graph.parents.len() as u32,
            committed: commit.time,
        });
        let parents = part.parents.get(parents).unwrap_or_default().iter();
        graph.parents.extend(parents.filter_map(|parent| {
            let at = read.binary_search_by_key(parent, |(number, ..)| *number);
            at.ok().map(|at| at as u32)
        }));
    }
    // Trees that the store lacks are told as absent.
    for node in &mut graph.commits {
        if node.tree >= count {
            node.tree = NONE;
        }
    }
    graph
}

fn forest(parts: Vec<Part>, count: usize) -> Forest {
    let mut words = Words::default();
    let mut entries: Vec<Entry> = Vec::new();
    let mut read: Vec<(Read, usize)> = Vec::new();
    let mut runs: Vec<Vec<Run>> = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        let before = entries.len() as u32;
        let names: Vec<u32> = (0..part.words.count() as u32)
            .map(|number| words.add(part.words.get(number)))
            .collect();
        let name = |name: u32| names.get(name as usize).copied().unwrap_or(0);
        let mut own = part.entries;
        for entry in &mut own {
            entry.name = name(entry.name);
        }
        // The first part stays where it is.
        if entries.is_empty() {
            entries = own;
        } else {
            entries.append(&mut own);
        }
        let mut own = part.runs;
        for run in own.iter_mut().filter(|run| run.at & OWN != 0) {
            run.at += before;
        }
        read.extend(part.trees.into_iter().map(|tree| (tree, at)));
        runs.push(own);
    }
    let (words, renamed) = words.sorted();
    for entry in &mut entries {
        entry.name = renamed.get(entry.name as usize).copied().unwrap_or(0);
    }
    read.sort_unstable_by_key(|(tree, _)| tree.number);
    read.dedup_by_key(|(tree, _)| tree.number);
    let mut forest = Forest {
        entries,
        words: Arc::new(words),
        of: vec![NONE; count],
        ..Forest::default()
    };
    for (at, (tree, _)) in read.iter().enumerate() {
        if let Some(slot) = forest.of.get_mut(tree.number as usize) {
            *slot = at as u32;
        }
    }
    forest.runs.reserve_exact(runs.iter().map(Vec::len).sum());
    for (tree, part) in &read {
        forest.trees.push(Tree {
            number: tree.number,
            base: forest.tree(tree.base).unwrap_or(NONE),
            runs: forest.runs.len() as u32,
            count: tree.count,
        });
        let own = runs
            .get(*part)
            .and_then(|runs| runs.get(tree.runs.0 as usize..tree.runs.1 as usize));
        forest.runs.extend_from_slice(own.unwrap_or_default());
    }
    forest
}
