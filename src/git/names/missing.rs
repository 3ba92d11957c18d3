//! What is named and absent.

use gix::ObjectId;
use gix::objs::Kind;

use super::Names;
use super::forest::NONE;
use super::history::History;
use super::objects::Objects;

/// An object that a commit, tag or tree names and the store lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The object.
    pub id: ObjectId,
    /// What it should be.
    pub kind: Kind,
    /// Where it should stand, when a tree names it: the first of its paths.
    pub path: Option<Vec<u8>>,
    /// A commit or tag that names it.
    pub by: Option<ObjectId>,
}

impl History {
    /// All that is named and absent, by id. In a partial clone these may be objects that a remote
    /// promised.
    pub fn missing(&self, names: &Names, objects: &dyn Objects) -> Vec<Missing> {
        let absent = (self.count..).zip(&self.absent);
        absent
            .map(|(number, absent)| Missing {
                id: absent.id,
                kind: absent.kind,
                path: names.of(number).next(),
                by: (absent.by != NONE).then(|| objects.id(absent.by)),
            })
            .collect()
    }
}
