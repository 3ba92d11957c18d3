//! From a reader to the sink: whole, in windows, or unpacked.

use std::fs::{File, Metadata};
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Sink;
use super::archive::{self, Allowance, Kind};
use super::windows::{BUFFER, Head, Supply, pieces};
use crate::finding::{Gap, Origin, Stats};

/// How much a file may grow while it is read, in bytes.
const GROWTH: u64 = 16 << 20;

/// Feeds contents to the sink; each thread has its own.
pub(super) struct Feeder<'s> {
    pub(super) sink: &'s dyn Sink,
    archives: bool,
    /// Read buffers not in use: one for each archive in an archive.
    buffers: Vec<Vec<u8>>,
    pub(super) stats: Stats,
}

impl Drop for Feeder<'_> {
    fn drop(&mut self) {
        self.sink.count(self.stats);
    }
}

impl<'s> Feeder<'s> {
    /// With or without looking into archives.
    pub(super) fn new(sink: &'s dyn Sink, archives: bool) -> Self {
        Self {
            sink,
            archives,
            buffers: Vec::new(),
            stats: Stats::default(),
        }
    }

    /// Tells a gap.
    pub(super) fn gap(&self, origin: &Origin, what: impl Into<String>, help: Option<&str>) {
        self.sink.gap(Gap {
            origin: origin.clone(),
            what: what.into(),
            help: help.map(str::to_owned),
        });
    }

    /// Feeds an opened file.
    pub(super) fn file(&mut self, file: &File, metadata: &Metadata, origin: &Origin) {
        let size = metadata.len();
        let mut reader = file.take(size.saturating_add(GROWTH));
        let mut supply = Supply {
            reader: &mut reader,
            file: Some(file),
            size: Some(size),
            failure: None,
        };
        self.outer(&mut supply, origin);
    }

    /// Feeds a content that stands on its own: a file, or standard input.
    pub(super) fn outer(&mut self, supply: &mut Supply<'_>, origin: &Origin) {
        let size = supply.size;
        self.guarded(origin, |feeder| {
            feeder.content(supply, origin, &mut Allowance::new(size));
        });
    }

    /// Counts a file and feeds it. A fault of ours, or of a decoder, becomes a gap.
    fn guarded(&mut self, origin: &Origin, feed: impl FnOnce(&mut Self)) {
        self.stats.files += 1;
        let archives = self.archives;
        if catch_unwind(AssertUnwindSafe(|| feed(self))).is_err() {
            self.archives = archives;
            self.gap(
                origin,
                "a fault inside keyfence stopped the scan of this file",
                Some("please report it"),
            );
        }
    }

    /// Feeds text that is at hand: the target of a link.
    pub(super) fn bytes(&mut self, bytes: &[u8], origin: &Origin) {
        self.guarded(origin, |feeder| {
            let mut reader = bytes;
            feeder.plain(&mut reader, origin);
        });
    }

    /// Feeds a content of any depth.
    pub(super) fn content(
        &mut self,
        supply: &mut Supply<'_>,
        origin: &Origin,
        allowance: &mut Allowance,
    ) {
        let mut buffer = self.buffers.pop().unwrap_or_else(|| vec![0; BUFFER]);
        let head = supply.head(&mut buffer);
        self.begun(supply, head, &mut buffer, origin, allowance);
        if let Some(error) = supply.failure.take() {
            self.unread(&error, origin);
        }
        self.buffers.push(buffer);
    }

    fn begun(
        &mut self,
        supply: &mut Supply<'_>,
        head: Head,
        buffer: &mut [u8],
        origin: &Origin,
        allowance: &mut Allowance,
    ) {
        let begin = buffer.get(..head.have).unwrap_or_default();
        if self.archives
            && let Some(kind) = Kind::detect(begin, origin)
        {
            if !allowance.may_enter(kind) {
                self.gap(
                    origin,
                    "an archive inside too many others was not unpacked",
                    Some("unpack it and scan what it holds"),
                );
            } else if archive::unpack(self, kind, supply, begin, head.end, origin, allowance) {
                return;
            }
        }
        self.stats.bytes += pieces(supply, head, buffer, origin, self.sink);
    }

    /// Feeds a content inside an archive as it is, whatever it looks like.
    pub(super) fn plain(&mut self, reader: &mut dyn Read, origin: &Origin) {
        let archives = std::mem::replace(&mut self.archives, false);
        let mut supply = Supply::new(reader);
        self.content(&mut supply, origin, &mut Allowance::new(None));
        self.archives = archives;
    }

    /// Tells that a content could not be read to its end.
    pub(super) fn unread(&self, error: &std::io::Error, origin: &Origin) {
        let help = archive::is_limit(error).then_some("unpack it and scan what it holds");
        let what = match help {
            Some(_) => error.to_string(),
            None if origin.members.is_empty() => plain(error),
            None => format!("can't be unpacked: {error}"),
        };
        self.gap(origin, what, help);
    }
}

/// What the system says, without its number.
pub(super) fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text.get(..end).unwrap_or(&text).to_lowercase(),
        None => text,
    }
}
