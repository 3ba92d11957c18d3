//! Objects of a git repository, each named by who wants it.

use gix::ObjectId;
use gix::objs::Kind;
use rayon::prelude::*;

use super::Sink;
use super::content::Feeder;
use super::message::texts;
use super::windows::Supply;
use crate::finding::{Gap, Origin, OriginKind};
use crate::git::diff::LARGEST;
use crate::git::{Fault, Object, Store};

/// How objects are scanned.
#[derive(Clone, Copy, Debug)]
pub struct ObjectOptions {
    /// Whether to look into archives.
    pub archives: bool,
    /// Whether a remote promised what is absent.
    pub promisor: bool,
}

/// Scans the objects that these origins name: blobs, commits and tags. What can't be read is a gap. More
/// than a few are shared out among the threads of the current pool.
pub fn scan(store: &Store, origins: &[Origin], options: &ObjectOptions, sink: &dyn Sink) {
    let reader = Reader { store, options };
    if origins.len() <= FEW {
        let mut feeder = Feeder::new(sink, options.archives);
        for origin in origins {
            reader.feed(&mut feeder, origin);
        }
        return;
    }
    origins.par_iter().for_each_init(
        || Feeder::new(sink, options.archives),
        |feeder, origin| reader.feed(feeder, origin),
    );
}

/// So few objects are read on the caller's thread: to start others takes longer.
pub(crate) const FEW: usize = 4;

struct Reader<'a> {
    store: &'a Store,
    options: &'a ObjectOptions,
}

impl Reader<'_> {
    fn feed(&self, feeder: &mut Feeder<'_>, origin: &Origin) {
        let Some(id) = origin.kind.object() else {
            return;
        };
        // A blob that is too large to be held passes by; a delta of that size can't.
        if let Ok(Some((Kind::Blob, size))) = self.store.header(&id)
            && size > LARGEST
        {
            let streamed = self.store.stream(&id, &mut |_, size, data| {
                let mut supply = Supply::new(data);
                supply.size = Some(size);
                feeder.outer(&mut supply, origin);
            });
            if let Err(fault) = streamed {
                feeder.sink.gap(unread(origin, &fault));
            }
            return;
        }
        match self.store.read(&id, LARGEST) {
            Ok(Some(Object { kind, data })) => match kind {
                Kind::Blob => {
                    feeder.memory(&data, std::slice::from_ref(origin));
                }
                Kind::Commit | Kind::Tag => {
                    let texts: Vec<&[u8]> = texts(&data).map(|text| text.text).collect();
                    feeder.texts(&texts, origin);
                }
                Kind::Tree => feeder.gap(origin, "it is no file but a tree", None),
            },
            Ok(None) => feeder.sink.gap(missing(origin, id, self.options.promisor)),
            Err(fault) => feeder.sink.gap(unread(origin, &fault)),
        }
    }
}

/// An object that the store lacks.
pub(crate) fn missing(origin: &Origin, id: ObjectId, promisor: bool) -> Gap {
    let what = match origin.kind {
        OriginKind::Commit(_) => "commit",
        OriginKind::Tag(_) => "tag",
        OriginKind::Blob(_) | OriginKind::Staged(_) => "blob",
        _ => "object",
    };
    let (why, help) = if promisor {
        (
            "this is a partial clone, and it was not fetched",
            format!("`git cat-file -t {id}` fetches it; then scan again"),
        )
    } else {
        (
            "the repository is damaged",
            "`git fsck` shows what is; fetch it from another clone".to_owned(),
        )
    };
    Gap {
        origin: origin.clone(),
        what: format!("the {what} {id} is missing: {why}"),
        help: Some(help),
    }
}

fn unread(origin: &Origin, fault: &Fault) -> Gap {
    Gap {
        origin: origin.clone(),
        what: fault.what.clone(),
        help: None,
    }
}
