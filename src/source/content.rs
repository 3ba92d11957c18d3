//! From a reader to the sink: whole, in windows, or unpacked.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::archive::{self, Allowance, Closed, Kind};
use super::windows::{BEGIN, BUFFER, Head, Supply, WHOLE, pieces};
use super::{Piece, Sink};
use crate::decode::text::Encoding;
use crate::decode::wide::has_wide;
use crate::detect::{self, Reach, Since, Trace};
use crate::finding::{Gap, Origin, OriginKind, Stats};
use crate::git::lfs;
use crate::stretch::Stretch;

/// How much a file may grow while it is read, in bytes.
const GROWTH: u64 = 16 << 20;

/// Feeds contents to the sink; each thread has its own.
pub(super) struct Feeder<'s> {
    pub(super) sink: &'s dyn Sink,
    archives: bool,
    /// Buffers for begins of contents that are not in use: one for each archive in an archive.
    begins: Vec<Vec<u8>>,
    /// Those for contents, which archives that are unpacked from their begin on do without.
    buffers: Vec<Vec<u8>>,
    pub(super) stats: Stats,
    /// For which paths what was found in the content that was fed last holds.
    reach: Reach,
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
            begins: Vec::new(),
            buffers: Vec::new(),
            stats: Stats::default(),
            reach: Reach::Inert,
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
            whole: None,
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

    /// Feeds a content at hand, as it stands under each of its names: under the others only if that
    /// could change what is found. It counts once. `since` tells of the content that it was made from,
    /// what comes back of this one.
    pub(super) fn memory(
        &mut self,
        bytes: &[u8],
        origins: &[Origin],
        since: Option<Since<'_>>,
    ) -> Trace {
        let plain = self.is_plain(bytes);
        let mut taught = Trace::default();
        let mut reach = Reach::This;
        for (count, origin) in origins.iter().enumerate() {
            let notebook = detect::is_notebook(&origin.path);
            if reach < Reach::This && !notebook {
                continue;
            }
            let before = self.stats;
            self.reach = Reach::Inert;
            self.guarded(origin, |feeder| {
                if !plain || notebook || feeder.is_closed(bytes, origin) {
                    feeder.at_hand(bytes, origin);
                    return;
                }
                let since = match count {
                    0 => since,
                    // It is a version of itself.
                    _ => Some(Since {
                        base: &taught,
                        fresh: &[],
                        copied: &[Stretch {
                            at: 0,
                            from: 0,
                            length: bytes.len(),
                        }],
                    }),
                };
                taught = feeder.version(bytes, origin, since);
            });
            if count > 0 {
                self.stats = before;
            }
            reach = reach.min(self.reach);
        }
        taught
    }

    fn version(&mut self, bytes: &[u8], origin: &Origin, since: Option<Since<'_>>) -> Trace {
        self.stats.bytes += bytes.len() as u64;
        let (reach, taught) = self.sink.version(&whole(bytes, origin), since);
        self.reach = self.reach.max(reach);
        taught
    }

    /// What a version of a content teaches that taught [`Feeder::memory`] that it is inert, if it is inert as
    /// well, whatever its path unless it is a notebook's. Then it is read herewith.
    pub(super) fn stays_inert(&mut self, bytes: &[u8], since: Since<'_>) -> Option<Trace> {
        if !self.is_plain(bytes) {
            return None;
        }
        let trace = self.sink.stays_inert(bytes, since)?;
        self.stats.blobs += 1;
        self.stats.bytes += bytes.len() as u64;
        Some(trace)
    }

    /// Whether a content is handed out as it is, in one piece, under any name.
    fn is_plain(&self, bytes: &[u8]) -> bool {
        bytes.len() <= WHOLE
            && Encoding::detect(bytes) == Encoding::Utf8OrBytes
            && !has_wide(bytes)
            && !(self.archives
                && (Kind::may_be(bytes)
                    || Closed::detect(bytes).is_some()
                    || Closed::carried(bytes).is_some()
                    || Closed::ends(bytes).is_some()
                    || archive::is_pdf(bytes)
                    || Kind::is_carried(bytes, bytes)))
    }

    /// Whether a content at hand holds more than its bytes show.
    fn is_closed(&self, bytes: &[u8], origin: &Origin) -> bool {
        self.archives && Closed::of(bytes, origin).is_some()
    }

    /// Feeds the texts of a commit or tag, whatever they look like. They count as one.
    pub(super) fn texts(&mut self, texts: &[&[u8]], origin: &Origin) {
        self.guarded(origin, |feeder| {
            let archives = std::mem::replace(&mut feeder.archives, false);
            texts.iter().for_each(|text| feeder.at_hand(text, origin));
            feeder.archives = archives;
        });
    }

    /// Feeds a text that counts for nothing by itself, and says whether it may hold something: where
    /// nothing was looked for around a value, there is none.
    pub(super) fn aside(&mut self, text: &[u8], origin: &Origin) -> bool {
        let before = self.stats;
        self.reach = Reach::Inert;
        self.texts(&[text], origin);
        self.stats = before;
        self.reach == Reach::This
    }

    fn at_hand(&mut self, bytes: &[u8], origin: &Origin) {
        let archive = self.archives
            && (Kind::detect(bytes, origin).is_some()
                || Closed::of(bytes, origin).is_some()
                || archive::is_pdf(bytes)
                || Kind::is_carried(bytes, bytes));
        if archive || bytes.len() > BUFFER {
            let mut reader = bytes;
            let mut supply = Supply::new(&mut reader);
            let size = Some(bytes.len() as u64);
            supply.size = size;
            supply.whole = Some(bytes);
            let mut allowance = Allowance::new(size);
            self.content(&mut supply, origin, &mut allowance);
            // It was read as a program, in several pieces.
            if archive && bytes.len() > BUFFER && Kind::is_carried(bytes, bytes) {
                let (kind, supply) = (Kind::Zip, &mut supply);
                archive::unpack(self, kind, supply, bytes, true, origin, &mut allowance);
            }
            if archive {
                self.reach = Reach::This;
            }
            return;
        }
        self.stats.bytes += bytes.len() as u64;
        let reach = self.sink.piece(&whole(bytes, origin));
        self.reach = self.reach.max(reach);
    }

    /// Counts a content and feeds it. A fault of ours, or of a decoder, becomes a gap.
    fn guarded(&mut self, origin: &Origin, feed: impl FnOnce(&mut Self)) {
        match origin.kind {
            OriginKind::File | OriginKind::Link | OriginKind::Stdin => self.stats.files += 1,
            OriginKind::Blob(_) | OriginKind::Staged(_) => self.stats.blobs += 1,
            OriginKind::Commit(_) | OriginKind::Tag(_) => self.stats.messages += 1,
            OriginKind::Object(_) | OriginKind::Refs => {}
        }
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
        let mut begin = self.begins.pop().unwrap_or_else(|| vec![0; BEGIN]);
        let mut head = supply.head(&mut begin, 0);
        let read = begin.get(..head.have).unwrap_or_default();
        if origin.kind == OriginKind::File && head.end && lfs::pointer(read).is_some() {
            self.stats.pointers += 1;
        }
        let kind = Kind::detect(read, origin).filter(|_| self.archives);
        // A zip archive must be at hand as a whole, or be a file.
        let mut unpacked = kind.and_then(|kind| match (kind, supply.whole) {
            (_, Some(whole)) => {
                let mut nothing = io::empty();
                let mut rest = Supply::new(&mut nothing);
                Some(self.enter(kind, &mut rest, whole, true, origin, allowance))
            }
            (Kind::Zip, None) if !head.end => None,
            _ => Some(self.enter(kind, supply, read, head.end, origin, allowance)),
        });
        if unpacked != Some(true) {
            let mut large = None;
            if !head.end {
                let large = large.insert(self.buffers.pop().unwrap_or_else(|| vec![0; BUFFER]));
                large[..head.have].copy_from_slice(read);
                head = supply.head(large, head.have);
            }
            let buffer = large.as_mut().unwrap_or(&mut begin);
            if let (Some(kind), None) = (kind, unpacked) {
                let read = buffer.get(..head.have).unwrap_or_default();
                unpacked = Some(self.enter(kind, supply, read, head.end, origin, allowance));
            }
            if unpacked != Some(true) {
                self.begun(supply, head, buffer, kind.is_none(), origin, allowance);
            }
            self.buffers.extend(large);
        }
        if let Some(error) = supply.failure.take() {
            self.unread(&error, origin);
        }
        self.begins.push(begin);
    }

    /// Unpacks an archive whose begin was read. False when nothing of it was: it is read as it stands.
    fn enter(
        &mut self,
        kind: Kind,
        supply: &mut Supply<'_>,
        begin: &[u8],
        whole: bool,
        origin: &Origin,
        allowance: &mut Allowance,
    ) -> bool {
        if !allowance.may_enter(kind) {
            self.gap(
                origin,
                "an archive inside too many others was not unpacked",
                Some("unpack it and scan what it holds"),
            );
            return false;
        }
        archive::unpack(self, kind, supply, begin, whole, origin, allowance)
    }

    /// Feeds a content whose begin is in the buffer as it stands; `closed` says whether it may be an archive that
    /// can't be unpacked.
    fn begun(
        &mut self,
        supply: &mut Supply<'_>,
        head: Head,
        buffer: &mut [u8],
        closed: bool,
        origin: &Origin,
        allowance: &mut Allowance,
    ) {
        let begin = buffer.get(..head.have).unwrap_or_default();
        if self.archives
            && closed
            && let Some(closed) = Closed::of(begin, origin).or_else(|| match head.end {
                true => None,
                false => supply.ends(Closed::ends),
            })
        {
            let what = format!(
                "{} can't be unpacked; what it holds was not read",
                closed.what
            );
            self.gap(origin, what, Some(closed.help));
        }
        let carries = self.archives
            && Kind::is_program(begin)
            && allowance.may_enter(Kind::Zip)
            && match head.end {
                true => Kind::is_carried(begin, begin),
                false => supply
                    .ends(|end| Kind::is_carried(begin, end).then_some(()))
                    .is_some(),
            };
        let is_pdf = self.archives && archive::is_pdf(begin);
        let (bytes, reach) = pieces(supply, head, buffer, origin, self.sink);
        self.stats.bytes += bytes;
        self.reach = self.reach.max(reach);
        if is_pdf {
            self.pdf(supply, head, buffer, origin, allowance);
        }
        if carries {
            // One piece is still there; of more the file is read.
            let begin = buffer.get(..head.have).filter(|_| head.end);
            let begin = begin.unwrap_or_default();
            archive::unpack(self, Kind::Zip, supply, begin, head.end, origin, allowance);
        }
    }

    /// Feeds the streams of a PDF file that was read as it stands.
    fn pdf(
        &mut self,
        supply: &Supply<'_>,
        head: Head,
        buffer: &[u8],
        origin: &Origin,
        allowance: &mut Allowance,
    ) {
        let begin = buffer.get(..head.have).filter(|_| head.end);
        if let Some(whole) = begin.or(supply.whole) {
            self.streams(whole, origin, allowance);
        } else if let Some(mut file) = supply.file {
            match file.seek(SeekFrom::Start(0)) {
                Ok(_) => {
                    let size = supply.size.unwrap_or(u64::MAX);
                    self.streams(file.take(size.saturating_add(GROWTH)), origin, allowance);
                }
                Err(error) => self.unread(&error, origin),
            }
        } else {
            let what =
                "its streams were not unpacked: it is too large for a file inside of another";
            self.gap(origin, what, Some("unpack it and scan what it holds"));
        }
    }

    fn streams(&mut self, mut reader: impl Read, origin: &Origin, allowance: &mut Allowance) {
        if allowance.may_enter(Kind::Pdf) {
            let supply = &mut Supply::new(&mut reader);
            archive::unpack(self, Kind::Pdf, supply, &[], false, origin, allowance);
        } else {
            let what = "an archive inside too many others was not unpacked";
            self.gap(origin, what, Some("unpack it and scan what it holds"));
        }
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

/// A content in one piece.
fn whole<'a>(bytes: &'a [u8], origin: &'a Origin) -> Piece<'a> {
    Piece {
        bytes,
        offset: 0,
        first_line: 1,
        fresh_from: 0,
        last: true,
        encoding: Encoding::detect(bytes),
        origin,
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
