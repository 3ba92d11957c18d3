//! At which paths of a tree something stands.

use std::sync::Arc;

use super::timeline::Wanted;
use super::upward::Holding;
use crate::git::names::{All, Forest, LONGEST_PATH};

/// The first paths, in the tree's order, at which something stands that is wanted, each with its line: at
/// most so many. Only trees that hold one are entered.
pub(super) fn places(
    forest: &Forest,
    top: u32,
    holding: &Holding,
    wanted: &Wanted,
    most: usize,
) -> Vec<(Arc<[u8]>, u32)> {
    let mut found = Vec::new();
    if !holding.has(top) {
        return found;
    }
    let mut path: Vec<u8> = Vec::new();
    // The directories entered, and the length of each one's path.
    let mut open: Vec<(All<'_>, usize)> = vec![(forest.entries(top), 0)];
    while let Some((entries, length)) = open.last_mut() {
        if found.len() >= most {
            break;
        }
        path.truncate(*length);
        let Some(entry) = entries.next() else {
            open.pop();
            continue;
        };
        let line = wanted.line(entry);
        let below = forest.tree(entry.object).filter(|tree| holding.has(*tree));
        if line.is_none() && below.is_none() {
            continue;
        }
        path.extend_from_slice(forest.words.get(entry.name));
        if let Some(line) = line {
            found.push((path.as_slice().into(), line));
        } else if let Some(tree) = below
            && path.len() < LONGEST_PATH as usize
        {
            path.push(b'/');
            open.push((forest.entries(tree), path.len()));
        }
    }
    found
}
