//! What of a repository could not be read, as reports tell it.

use std::sync::Arc;

use gix::objs::Kind;

use crate::finding::{Gap, Origin, OriginKind};
use crate::git::Fault;
use crate::platform;

/// Tells faults of one repository.
#[derive(Clone, Copy, Debug)]
pub struct Gaps {
    /// Whether a remote promised what is absent (gitformat-pack(5), "partial clone"). Nothing is fetched
    /// here.
    pub promisor: bool,
}

impl Gaps {
    /// Tells a fault.
    pub fn of(self, fault: &Fault) -> Gap {
        self.known(fault, None, None)
    }

    /// The same where the object has a path, or its kind is known.
    pub fn known(self, fault: &Fault, path: Option<&Arc<[u8]>>, kind: Option<Kind>) -> Gap {
        let file = || fault.file.as_deref();
        let (path, kind) = match (fault.id, kind) {
            (Some(id), Some(Kind::Blob)) => (path.cloned(), OriginKind::Blob(id)),
            (Some(id), Some(Kind::Commit)) => (None, OriginKind::Commit(id)),
            (Some(id), Some(Kind::Tag)) => (None, OriginKind::Tag(id)),
            (Some(id), Some(Kind::Tree) | None) => (None, OriginKind::Object(id)),
            (None, _) => (
                file().map(|file| Arc::from(&*platform::slashed(file))),
                OriginKind::File,
            ),
        };
        let origin = Origin {
            path: path.unwrap_or_default(),
            members: Vec::new(),
            kind,
        };
        self.at(origin, fault)
    }

    /// The same where it is known what stands there.
    pub fn at(self, origin: Origin, fault: &Fault) -> Gap {
        let mut what = match (&fault.file, fault.id) {
            (Some(file), Some(_)) => format!("{} ({})", fault.what, file.display()),
            _ => fault.what.clone(),
        };
        let mut help = None;
        if fault.absent {
            let (why, way) = if self.promisor {
                (
                    "this is a partial clone, and it was never fetched",
                    "`git fetch --refetch --no-filter` fetches everything; then scan again",
                )
            } else {
                (
                    "the repository is damaged",
                    "`git fsck` tells more; scan another clone",
                )
            };
            what = format!("{what}: {why}");
            help = Some(way.to_owned());
        }
        Gap { origin, what, help }
    }
}
