//! What of a repository could not be read, as reports tell it.

use std::sync::Arc;

use gix::objs::Kind;

use crate::finding::{Gap, Origin, OriginKind};
use crate::git::Fault;

/// Tells a fault. Where the object has a path, and its kind is known, these say where.
pub fn gap(fault: &Fault, path: Option<&Arc<[u8]>>, kind: Option<Kind>) -> Gap {
    let file = || {
        let path = fault.file.as_deref().map(std::path::Path::as_os_str);
        Arc::from(path.unwrap_or_default().as_encoded_bytes())
    };
    let (path, kind) = match (fault.id, kind) {
        (Some(id), Some(Kind::Blob)) => (path.cloned().unwrap_or_default(), OriginKind::Blob(id)),
        (Some(id), Some(Kind::Commit)) => (Arc::default(), OriginKind::Commit(id)),
        (Some(id), Some(Kind::Tag)) => (Arc::default(), OriginKind::Tag(id)),
        (Some(id), Some(Kind::Tree) | None) => (Arc::default(), OriginKind::Object(id)),
        (None, _) => (file(), OriginKind::File),
    };
    at(
        &Origin {
            path,
            members: Vec::new(),
            kind,
        },
        fault,
    )
}

/// The same where it is known what stands there.
pub(crate) fn at(origin: &Origin, fault: &Fault) -> Gap {
    let what = match (&fault.file, fault.id) {
        (Some(file), Some(_)) => format!("{} ({})", fault.what, file.display()),
        _ => fault.what.clone(),
    };
    Gap {
        origin: origin.clone(),
        what,
        help: None,
    }
}

/// Tells an object that the store lacks. In a partial clone a remote promised it, and nothing is fetched
/// here.
pub(crate) fn missing(mut gap: Gap, promisor: bool) -> Gap {
    let (why, help) = if promisor {
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
    gap.what = format!("{}: {why}", gap.what);
    gap.help = Some(help.to_owned());
    gap
}
