//! The commits that names mean (gitrevisions(7)).

use bstr::ByteSlice;
use gix::ObjectId;
use gix::objs::Kind;

use super::logged::{Logged, logged};
use super::spec::{Name, Step};
use super::{Candidate, RangeError, View};
use crate::git::commits;
use crate::git::refs::Ref;

/// How many tags of tags are followed.
const DEEPEST: usize = 100;
/// The fewest digits of an abbreviated id.
const FEWEST: usize = 4;

/// Before and after a ref's name, in the order in which git tries them.
const PLACES: [(&[u8], &[u8]); 6] = [
    (b"", b""),
    (b"refs/", b""),
    (b"refs/tags/", b""),
    (b"refs/heads/", b""),
    (b"refs/remotes/", b""),
    (b"refs/remotes/", b"/HEAD"),
];

/// Finds what names mean.
pub(super) struct Names<'a> {
    view: View<'a>,
}

impl<'a> Names<'a> {
    pub(super) fn new(view: View<'a>) -> Self {
        Self { view }
    }

    /// The commit of a name; it is in the store, and is a commit.
    pub(super) fn commit(&self, name: &Name<'_>) -> Result<ObjectId, RangeError> {
        let mut id = self.base(name)?;
        for step in &name.steps {
            id = match *step {
                Step::Parent(number) => {
                    let own = self.peel(name, id, Some(Kind::Commit))?;
                    self.parent_of(name, own, number)?
                }
                Step::Ancestor(count) => {
                    let mut own = self.peel(name, id, Some(Kind::Commit))?;
                    for _ in 0..count {
                        own = self.parent_of(name, own, 1)?;
                    }
                    own
                }
                Step::Peel(kind) => self.peel(name, id, kind)?,
                Step::Exists => {
                    self.kind(name, id)?;
                    id
                }
            };
        }
        self.peel(name, id, Some(Kind::Commit))
    }

    /// The parents of a named commit, to begin at.
    pub(super) fn parents(&self, name: &Name<'_>) -> Result<Vec<ObjectId>, RangeError> {
        let id = self.commit(name)?;
        if self.is_shallow(&id) {
            return Err(self.no_parent(name, id));
        }
        self.written(name, id)
    }

    /// The parents of a named commit, to leave out: those of a shallow boundary too, which need not be
    /// there for that.
    pub(super) fn parents_out(&self, name: &Name<'_>) -> Result<Vec<ObjectId>, RangeError> {
        let id = self.commit(name)?;
        self.written(name, id)
    }

    /// Follows tags to a commit.
    pub(super) fn commit_of(&self, text: &[u8], id: ObjectId) -> Result<ObjectId, RangeError> {
        let name = Name {
            text,
            ..Name::head()
        };
        self.peel(&name, id, Some(Kind::Commit))
    }

    /// What an object is, and what it names if it is a tag.
    pub(super) fn kind_of(
        &self,
        text: &[u8],
        id: ObjectId,
    ) -> Result<(Kind, Option<ObjectId>), RangeError> {
        let name = Name {
            text,
            ..Name::head()
        };
        self.kind(&name, id)
    }

    fn base(&self, name: &Name<'_>) -> Result<ObjectId, RangeError> {
        if let Some(number) = name.change {
            return self.logged(name, number);
        }
        if let Some(id) = commits::id(name.base, self.view.layout.hash) {
            return Ok(id);
        }
        if let Some(found) = self.find_ref(name.base) {
            return Ok(found.target);
        }
        let names = |full: &[u8]| self.view.refs.dangling.iter().any(|own| own.name == full);
        if name.base == b"HEAD" || places(name.base).any(|full| names(&full)) {
            return Err(RangeError::Unborn {
                name: name.text.to_vec(),
            });
        }
        // `git describe` writes v1.0-3-g1234567.
        let described = name.base.rfind(b"-g").filter(|at| *at > 0);
        let described = described.and_then(|at| name.base.get(at + 2..));
        for digits in [Some(name.base), described].into_iter().flatten() {
            if let Some(id) = self.abbreviated(digits)? {
                return Ok(id);
            }
        }
        Err(RangeError::Unknown {
            name: name.base.to_vec(),
            shallow: !self.view.layout.shallow.is_empty(),
        })
    }

    fn find_ref(&self, name: &[u8]) -> Option<&Ref> {
        places(name).find_map(|full| self.view.refs.get(&full))
    }

    /// The object whose id begins with these digits. Of several the only one that is a commit, or a
    /// tag of one, is meant, as for git.
    fn abbreviated(&self, digits: &[u8]) -> Result<Option<ObjectId>, RangeError> {
        let plain = digits.len() >= FEWEST
            && digits.len() < self.view.layout.hash.len_in_hex()
            && digits.iter().all(u8::is_ascii_hexdigit);
        let Some(text) = digits.to_str().ok().filter(|_| plain) else {
            return Ok(None);
        };
        let found = self.view.objects.beginning_with(&text.to_ascii_lowercase());
        if let [] | [_] = *found {
            return Ok(found.first().copied());
        }
        let fits = |id: &&ObjectId| self.commit_of(digits, **id).is_ok();
        let mut commits = found.iter().filter(fits);
        match (commits.next(), commits.next()) {
            (Some(id), None) => Ok(Some(*id)),
            _ => Err(RangeError::Ambiguous {
                name: digits.to_vec(),
                candidates: found
                    .iter()
                    .map(|id| Candidate {
                        id: *id,
                        kind: self.kind_of(digits, *id).ok().map(|(kind, _)| kind),
                    })
                    .collect(),
            }),
        }
    }

    /// What a ref named before, by its log. Without a name it is the branch that `HEAD` is on.
    fn logged(&self, name: &Name<'_>, number: usize) -> Result<ObjectId, RangeError> {
        let refs = self.view.refs;
        let found = match name.base {
            b"" => {
                let head = refs.get(b"HEAD");
                let branch = head.and_then(|head| refs.get(head.symbolic.as_deref()?));
                branch.or(head)
            }
            base => self.find_ref(base),
        };
        let found = found.ok_or_else(|| RangeError::Unknown {
            name: name.base.to_vec(),
            shallow: false,
        })?;
        let mut log = logged(self.view.layout, &found.name, number);
        if let (Logged::None, Some(to)) = (&log, &found.symbolic) {
            log = logged(self.view.layout, to, number);
        }
        match log {
            Logged::Id(id) => Ok(id),
            Logged::Short(0) if number == 0 => Ok(found.target),
            Logged::Short(held) => Err(RangeError::Log {
                name: name.text.to_vec(),
                number,
                held,
            }),
            Logged::None => Err(RangeError::Log {
                name: name.text.to_vec(),
                number,
                held: 0,
            }),
            Logged::Fault(fault) => Err(RangeError::Read {
                name: name.text.to_vec(),
                fault,
            }),
        }
    }

    /// Follows tags to an object of the kind, or to one that is no tag.
    fn peel(
        &self,
        name: &Name<'_>,
        id: ObjectId,
        wanted: Option<Kind>,
    ) -> Result<ObjectId, RangeError> {
        let mut id = id;
        let mut last = Kind::Tag;
        for _ in 0..DEEPEST {
            let (kind, target) = self.kind(name, id)?;
            last = kind;
            match target {
                _ if Some(kind) == wanted => return Ok(id),
                Some(target) => id = target,
                None if wanted.is_none() => return Ok(id),
                None => break,
            }
        }
        Err(RangeError::Kind {
            name: name.text.to_vec(),
            kind: last,
            wanted: wanted.unwrap_or(Kind::Commit),
        })
    }

    fn parent_of(
        &self,
        name: &Name<'_>,
        id: ObjectId,
        number: usize,
    ) -> Result<ObjectId, RangeError> {
        let Some(index) = number.checked_sub(1) else {
            return Ok(id);
        };
        let parents = self.written(name, id)?;
        let parent = parents.get(index).filter(|_| !self.is_shallow(&id));
        parent.copied().ok_or_else(|| self.no_parent(name, id))
    }

    /// The parents that a commit names.
    fn written(&self, name: &Name<'_>, id: ObjectId) -> Result<Vec<ObjectId>, RangeError> {
        match self.view.objects.commit(&id) {
            Ok(Some(links)) => Ok(links.parents),
            Ok(None) => Err(self.absent(name, id)),
            Err(fault) => Err(RangeError::Read {
                name: name.text.to_vec(),
                fault,
            }),
        }
    }

    fn kind(&self, name: &Name<'_>, id: ObjectId) -> Result<(Kind, Option<ObjectId>), RangeError> {
        match self.view.objects.kind(&id) {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(self.absent(name, id)),
            Err(fault) => Err(RangeError::Read {
                name: name.text.to_vec(),
                fault,
            }),
        }
    }

    fn absent(&self, name: &Name<'_>, id: ObjectId) -> RangeError {
        RangeError::Absent {
            name: name.text.to_vec(),
            id,
            shallow: !self.view.layout.shallow.is_empty(),
        }
    }

    pub(super) fn no_parent(&self, name: &Name<'_>, id: ObjectId) -> RangeError {
        RangeError::NoParent {
            name: name.text.to_vec(),
            id,
            shallow: self.is_shallow(&id),
        }
    }

    fn is_shallow(&self, id: &ObjectId) -> bool {
        self.view.layout.shallow.binary_search(id).is_ok()
    }
}

fn places(name: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    PLACES
        .into_iter()
        .map(move |(before, after)| [before, name, after].concat())
}
