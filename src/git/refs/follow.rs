//! Symbolic refs, followed to the objects that they lead to.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use bstr::ByteSlice;
use gix::ObjectId;

use super::told::Told;
use super::value::Value;
use super::worktrees::Worktrees;
use super::{Dangling, Ref};

/// How many names git reads on the way from one ref to an object (`SYMREF_MAXDEPTH`).
pub(super) const DEPTH: usize = 5;

/// What was read so far, by full name.
#[derive(Default)]
pub(super) struct Found {
    values: BTreeMap<Vec<u8>, Packed>,
    /// Further lines of files that name several objects.
    further: BTreeMap<Vec<u8>, Vec<ObjectId>>,
}

struct Packed {
    value: Value,
    peeled: Option<ObjectId>,
}

/// Where following a symbolic ref ended.
enum End {
    At(ObjectId, Option<ObjectId>),
    Nowhere(Vec<u8>),
    TooDeep,
}

impl Found {
    /// Adds a ref. The first of a name stays: loose refs are read before packed ones.
    pub(super) fn add(&mut self, name: Vec<u8>, value: Value, peeled: Option<ObjectId>) {
        if let Entry::Vacant(place) = self.values.entry(name) {
            place.insert(Packed { value, peeled });
        }
    }

    /// Adds the lines of a file that may name several objects.
    pub(super) fn add_all(&mut self, name: Vec<u8>, values: Vec<Value>) {
        let mut values = values.into_iter();
        let Some(first) = values.next() else { return };
        let further: Vec<ObjectId> = values
            .filter_map(|value| match value {
                Value::Id(id) => Some(id),
                Value::Symbolic(_) => None,
            })
            .collect();
        if !further.is_empty() {
            self.further.insert(name.clone(), further);
        }
        self.add(name, first, None);
    }

    /// All refs that lead to an object, and the symbolic ones that lead to no ref. A `HEAD` that names
    /// a branch without commits is neither, and no fault.
    pub(super) fn follow(&self, trees: &Worktrees, told: &mut Told) -> (Vec<Ref>, Vec<Dangling>) {
        let mut refs = Vec::new();
        let mut dangling = Vec::new();
        for (name, found) in &self.values {
            let one = |target, peeled, symbolic| Ref {
                name: name.clone(),
                target,
                peeled,
                symbolic,
            };
            match &found.value {
                Value::Id(id) => {
                    refs.push(one(*id, found.peeled, None));
                    for id in self.further.get(name).into_iter().flatten() {
                        refs.push(one(*id, None, None));
                    }
                }
                Value::Symbolic(to) => match self.end(name, to, trees) {
                    End::At(id, peeled) => refs.push(one(id, peeled, Some(to.clone()))),
                    End::Nowhere(_) if unborn(name, to) => {}
                    End::Nowhere(names) => dangling.push(Dangling {
                        name: name.clone(),
                        names,
                    }),
                    End::TooDeep => {
                        let what =
                            "symbolic refs name each other in a circle, or too many in a row";
                        let (tree, rest) = trees.home(name);
                        told.damaged(&tree.dir.join(rest.to_path_lossy()), what);
                    }
                },
            }
        }
        (refs, dangling)
    }

    fn end(&self, name: &[u8], to: &[u8], trees: &Worktrees) -> End {
        let mut tree = trees.home(name).0;
        let mut next = tree.full(to);
        for _ in 1..DEPTH {
            match self.values.get(&next) {
                None => return End::Nowhere(next),
                Some(found) => match &found.value {
                    Value::Id(id) => return End::At(*id, found.peeled),
                    Value::Symbolic(to) => {
                        tree = trees.home(&next).0;
                        next = tree.full(to);
                    }
                },
            }
        }
        End::TooDeep
    }
}

/// Whether this is a `HEAD` on a branch that has no commit yet.
fn unborn(name: &[u8], to: &[u8]) -> bool {
    super::RefKind::of(name) == super::RefKind::Head && to.starts_with(b"refs/heads/")
}
