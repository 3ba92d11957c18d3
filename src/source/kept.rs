//! What Git LFS keeps is read in the place of its pointers: with their paths, and as long as the history has them.

use std::path::Path;
use std::sync::Arc;

use super::content::{Feeder, plain};
use crate::finding::{Origin, OriginKind};
use crate::git::lfs::{Kept, pointer};

impl Feeder<'_> {
    /// Feeds what a blob stands for, if it is a pointer, as it stands at the first of its places, and returns
    /// its name. What is not here is counted.
    pub(super) fn kept<'b>(
        &mut self,
        blob: &'b [u8],
        origins: &[Origin],
        kept: &Kept,
    ) -> Option<&'b str> {
        let name = pointer(blob)?;
        let origin = origins.first()?;
        match kept.open(name) {
            Ok(Some((file, metadata))) => self.file(&file, &metadata, origin),
            Ok(None) => self.stats.pointers += 1,
            Err(error) => self.gap(origin, plain(&error), Some("Git LFS keeps what it holds")),
        }
        Some(name)
    }

    /// Feeds what no pointer names, under its name in the git directory.
    pub(super) fn unnamed(&mut self, name: &str, kept: &Kept) {
        let (first, second) = (name.get(..2), name.get(2..4));
        let path = Path::new(".git/lfs/objects")
            .join(first.unwrap_or_default())
            .join(second.unwrap_or_default())
            .join(name);
        let origin = Origin {
            path: Arc::from(&*crate::platform::slashed(&path)),
            members: Vec::new(),
            kind: OriginKind::File,
        };
        match kept.open(name) {
            Ok(Some((file, metadata))) => self.file(&file, &metadata, &origin),
            Ok(None) => {}
            Err(error) => self.gap(&origin, plain(&error), None),
        }
    }
}
