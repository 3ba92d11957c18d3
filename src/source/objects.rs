//! Objects of a git repository, each named by who wants it.

use gix::objs::Kind;
use rayon::prelude::*;

use super::Sink;
use super::content::Feeder;
use super::gap::Gaps;
use super::message::texts;
use super::windows::Supply;
use crate::finding::{Origin, OriginKind};
use crate::git::diff::LARGEST;
use crate::git::lfs::Kept;
use crate::git::{Fault, Object, Store};

/// How objects are scanned.
#[derive(Clone, Copy, Debug)]
pub struct ObjectOptions {
    /// Whether to look into archives.
    pub archives: bool,
    /// How what can't be read is told.
    pub gaps: Gaps,
}

/// Scans the objects that these origins name: blobs, commits and tags. What can't be read is a gap. More
/// than a few are shared out among the threads of the current pool.
pub fn scan(store: &Store, origins: &[Origin], options: &ObjectOptions, sink: &dyn Sink) {
    let reader = Reader {
        store,
        options,
        kept: Kept::beside(store.loose_dirs()),
    };
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
    kept: Kept,
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
                self.unread(feeder, origin, &fault);
            }
            return;
        }
        match self.store.read(&id, LARGEST) {
            Ok(Some(Object { kind, data })) => match kind {
                Kind::Blob => {
                    let origins = std::slice::from_ref(origin);
                    feeder.memory(&data, origins, None);
                    feeder.kept(&data, origins, &self.kept);
                }
                Kind::Commit | Kind::Tag => {
                    let texts: Vec<&[u8]> = texts(&data).map(|text| text.text).collect();
                    feeder.texts(&texts, origin);
                }
                Kind::Tree => feeder.gap(origin, "it is no file but a tree", None),
            },
            Ok(None) => {
                let what = match origin.kind {
                    OriginKind::Commit(_) => "commit",
                    OriginKind::Tag(_) => "tag",
                    _ => "blob",
                };
                let what = format!("the {what} {id} is missing");
                self.unread(feeder, origin, &Fault::missing(id, what));
            }
            Err(fault) => self.unread(feeder, origin, &fault),
        }
    }

    fn unread(&self, feeder: &Feeder<'_>, origin: &Origin, fault: &Fault) {
        feeder.sink.gap(self.options.gaps.at(origin.clone(), fault));
    }
}
