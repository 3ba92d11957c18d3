//! What hangs on what: deltas and their bases.

use gix::objs::Kind;

/// No number: an object without a base.
pub(super) const NONE: u32 = u32::MAX;

/// What is known of an object's kind, in a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Sort {
    /// A delta that was not looked at.
    Unseen,
    /// A delta on the way to the root that is being looked for.
    Path,
    /// Without a root: its entry's header is damaged, its base is missing, or its bases lead in a
    /// circle.
    Lost,
    Commit,
    Tree,
    Blob,
    Tag,
}

impl From<Kind> for Sort {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Commit => Self::Commit,
            Kind::Tree => Self::Tree,
            Kind::Blob => Self::Blob,
            Kind::Tag => Self::Tag,
        }
    }
}

impl Sort {
    pub(super) fn kind(self) -> Option<Kind> {
        match self {
            Self::Unseen | Self::Path | Self::Lost => None,
            Self::Commit => Some(Kind::Commit),
            Self::Tree => Some(Kind::Tree),
            Self::Blob => Some(Kind::Blob),
            Self::Tag => Some(Kind::Tag),
        }
    }
}

/// A forest over all objects. Numbers in it are those of the census.
#[derive(Debug, Default)]
pub(super) struct Families {
    /// The base of each object.
    parents: Vec<u32>,
    sorts: Vec<Sort>,
    /// Where each object's children start in `children`, and at last its length.
    starts: Vec<u32>,
    /// The deltas on each object, the one with the most below it last.
    children: Vec<u32>,
    /// One bit for each object: that it and all below it are a lot of work.
    heavy: Bits,
}

impl Families {
    /// Builds the forest: the base of each object or `NONE`; what is known of each one's kind (deltas
    /// are unseen); the size of those without a base, in bytes; how many bytes make a branch heavy, in all
    /// its objects, and the most branches that are. A delta is taken to be as large as the root of its family:
    /// its own header does not tell.
    ///
    /// Bases that lead in a circle are cut at one place: that object is lost, and the root of the rest.
    pub(super) fn new(
        mut parents: Vec<u32>,
        mut sorts: Vec<Sort>,
        mut weights: Vec<u64>,
        heavy: u64,
        branches: u64,
    ) -> Self {
        root(&mut parents, &mut sorts, &mut weights);
        let total = weights
            .iter()
            .fold(0, |sum: u64, own| sum.saturating_add(*own));
        let heavy = heavy.max(total / branches.max(1));
        let mut starts = vec![0u32; parents.len() + 1];
        for parent in parents.iter().filter(|parent| **parent != NONE) {
            // Shifted by one: the sums below turn counts into starts.
            if let Some(count) = starts.get_mut(*parent as usize + 1) {
                *count += 1;
            }
        }
        let mut left = starts.clone();
        left.rotate_left(1);
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        weigh(&parents, &mut left, &mut weights);
        drop(left);
        let mut children = vec![0u32; sum as usize];
        let mut next = starts.clone();
        for (number, parent) in (0u32..).zip(&parents) {
            let Some(at) = next.get_mut(*parent as usize) else {
                continue;
            };
            if let Some(child) = children.get_mut(*at as usize) {
                *child = number;
            }
            *at += 1;
        }
        let weight = |number: &u32| weights.get(*number as usize).copied().unwrap_or(0);
        for range in starts.windows(2) {
            if let [from, to] = range
                && let Some(own) = children.get_mut(*from as usize..*to as usize)
                && let Some((at, _)) = own
                    .iter()
                    .enumerate()
                    .max_by_key(|(_, child)| weight(child))
                && let Some(behind) = own.get_mut(at..)
            {
                behind.rotate_left(1);
            }
        }
        let mut out = Self {
            parents,
            sorts,
            starts,
            children,
            heavy: Bits::new(weights.len()),
        };
        for (number, weight) in (0u32..).zip(&weights) {
            if *weight > heavy {
                out.heavy.set(number);
            }
        }
        out
    }

    /// The object that an object is a delta of.
    pub(super) fn parent(&self, number: u32) -> Option<u32> {
        let parent = self.parents.get(number as usize).copied();
        parent.filter(|parent| *parent != NONE)
    }

    /// What kind of objects the family is of; none when it is lost.
    pub(super) fn kind(&self, number: u32) -> Option<Kind> {
        self.sorts.get(number as usize)?.kind()
    }

    /// The deltas on an object.
    pub(super) fn children(&self, number: u32) -> &[u32] {
        let at = number as usize;
        match (self.starts.get(at), self.starts.get(at.wrapping_add(1))) {
            (Some(from), Some(to)) => self
                .children
                .get(*from as usize..*to as usize)
                .unwrap_or_default(),
            _ => &[],
        }
    }

    /// Whether what hangs on an object, with itself, is worth a task of its own.
    pub(super) fn is_heavy(&self, number: u32) -> bool {
        self.heavy.has(number)
    }

    /// The objects that are no deltas, or have lost their base.
    pub(super) fn roots(&self) -> impl Iterator<Item = u32> {
        let all = (0u32..).zip(&self.parents);
        all.filter(|(_, parent)| **parent == NONE)
            .map(|(number, _)| number)
    }
}

/// Tells each object's kind and weight from its root, and cuts circles.
fn root(parents: &mut [u32], sorts: &mut [Sort], weights: &mut [u64]) {
    let mut path = Vec::new();
    for number in 0..sorts.len() {
        path.clear();
        let mut at = number;
        let found = loop {
            match sorts.get_mut(at) {
                Some(sort @ Sort::Unseen) => {
                    *sort = Sort::Path;
                    path.push(at);
                    // Without a base it falls out of the list: lost.
                    at = parents
                        .get(at)
                        .map_or(usize::MAX, |parent| *parent as usize);
                }
                Some(sort @ Sort::Path) => {
                    *sort = Sort::Lost;
                    if let Some(parent) = parents.get_mut(at) {
                        *parent = NONE;
                    }
                    break Sort::Lost;
                }
                Some(sort) => break *sort,
                None => break Sort::Lost,
            }
        };
        let weight = weights.get(at).copied().unwrap_or(0);
        for at in &path {
            if let (Some(sort), Some(own)) = (sorts.get_mut(*at), weights.get_mut(*at)) {
                (*sort, *own) = (found, weight);
            }
        }
    }
}

/// Adds each object's weight to all that it hangs on; `left` holds how many children each has, and is
/// used up.
fn weigh(parents: &[u32], left: &mut [u32], weights: &mut [u64]) {
    for number in 0..parents.len() {
        // From each leaf up to the first object that has another branch still to come.
        let mut at = number;
        if left.get(at) != Some(&0) {
            continue;
        }
        loop {
            // Done: not to be started from again.
            if let Some(count) = left.get_mut(at) {
                *count = NONE;
            }
            let weight = weights.get(at).copied().unwrap_or(0);
            let Some(parent) = parents.get(at).map(|parent| *parent as usize) else {
                break;
            };
            let (Some(sum), Some(count)) = (weights.get_mut(parent), left.get_mut(parent)) else {
                break;
            };
            *sum = sum.saturating_add(weight);
            *count = count.saturating_sub(1);
            // One that comes later in the list would be started from there too, and no worse.
            if *count > 0 {
                break;
            }
            at = parent;
        }
    }
}

/// A set of numbers.
#[derive(Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// An empty set of numbers below `length`.
    pub(super) fn new(length: usize) -> Self {
        Self(vec![0; length.div_ceil(64)])
    }

    pub(super) fn has(&self, number: u32) -> bool {
        let word = self.0.get(number as usize / 64);
        word.is_some_and(|word| word & 1 << (number % 64) != 0)
    }

    /// Puts a number in. Whether it was not there.
    pub(super) fn set(&mut self, number: u32) -> bool {
        let Some(word) = self.0.get_mut(number as usize / 64) else {
            return false;
        };
        let before = *word;
        *word |= 1 << (number % 64);
        before != *word
    }
}
