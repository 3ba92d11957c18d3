//! The commits and annotated tags of a store, and what they name.

use super::forest::NONE;

/// One commit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// Its number in the store.
    pub number: u32,
    /// The object that is its tree, or [`NONE`] when the store has none of this id.
    pub tree: u32,
    /// Where its parents begin; they end where the next commit's begin.
    pub parents: u32,
    /// When it was committed, in seconds since 1970-01-01 UTC.
    pub committed: i64,
}

/// Every commit that could be read, in the order of their numbers in the store, and every tag.
#[derive(Debug, Default)]
pub struct Graph {
    pub(super) commits: Vec<Node>,
    /// Of all commits, as commits.
    pub(super) parents: Vec<u32>,
    /// Tag and target, both objects, by tag.
    pub(super) tags: Vec<(u32, u32)>,
}

impl Graph {
    /// How many commits there are.
    pub fn count(&self) -> usize {
        self.commits.len()
    }

    /// The commit that an object is; none when it is none, or could not be read.
    pub fn commit(&self, object: u32) -> Option<u32> {
        let at = self.commits.binary_search_by_key(&object, |c| c.number);
        at.ok().map(|at| at as u32)
    }

    /// The number in the store of a commit.
    pub fn number(&self, commit: u32) -> u32 {
        self.node(commit).map_or(NONE, |node| node.number)
    }

    /// The object that is a commit's tree, when the store has it.
    pub fn tree(&self, commit: u32) -> Option<u32> {
        let tree = self.node(commit)?.tree;
        (tree != NONE).then_some(tree)
    }

    /// When it was committed, in seconds since 1970-01-01 UTC.
    pub fn committed(&self, commit: u32) -> i64 {
        self.node(commit).map_or(0, |node| node.committed)
    }

    /// Those parents of a commit that the store has.
    pub fn parents(&self, commit: u32) -> &[u32] {
        let Some(node) = self.node(commit) else {
            return &[];
        };
        let end = self.node(commit + 1).map(|next| next.parents as usize);
        let end = end.unwrap_or(self.parents.len());
        let parents = self.parents.get(node.parents as usize..end);
        parents.unwrap_or_default()
    }

    /// What a tag names, when the object is a tag and the store has what it names.
    pub fn target(&self, tag: u32) -> Option<u32> {
        let at = self.tags.binary_search_by_key(&tag, |(tag, _)| *tag);
        at.ok().and_then(|at| Some(self.tags.get(at)?.1))
    }

    /// The objects that tags and commits name as their trees, or in place of one.
    pub(super) fn tops(&self) -> impl Iterator<Item = u32> {
        let of_tags = self.tags.iter().map(|(_, target)| *target);
        self.commits.iter().map(|node| node.tree).chain(of_tags)
    }

    fn node(&self, commit: u32) -> Option<&Node> {
        self.commits.get(commit as usize)
    }
}
