//! A sink that keeps what it is given, for the tests of the sources.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use keyfence::decode::text::Encoding;
use keyfence::detect::Reach;
use keyfence::finding::{Gap, Stats};
use keyfence::source::{Piece, Sink, WorktreeOptions, scan_worktree};

/// One piece as it came.
pub(crate) struct Kept {
    pub(crate) bytes: Vec<u8>,
    pub(crate) offset: u64,
    pub(crate) first_line: u32,
    pub(crate) fresh_from: usize,
    pub(crate) last: bool,
    pub(crate) encoding: Encoding,
}

/// All that a scan handed out.
#[derive(Default)]
pub(crate) struct Collector {
    pub(crate) contents: Mutex<BTreeMap<String, Vec<Kept>>>,
    pub(crate) gaps: Mutex<Vec<Gap>>,
    pub(crate) stats: Mutex<Stats>,
    /// Keep no bytes, only sizes: for contents larger than memory.
    pub(crate) frugal: bool,
}

impl Sink for Collector {
    fn piece(&self, piece: &Piece<'_>) -> Reach {
        let mut contents = self.contents.lock().unwrap();
        contents
            .entry(piece.origin.display())
            .or_default()
            .push(Kept {
                bytes: if self.frugal {
                    Vec::new()
                } else {
                    piece.bytes.to_vec()
                },
                offset: piece.offset,
                first_line: piece.first_line,
                fresh_from: piece.fresh_from,
                last: piece.last,
                encoding: piece.encoding,
            });
        Reach::This
    }

    fn gap(&self, gap: Gap) {
        self.gaps.lock().unwrap().push(gap);
    }

    fn count(&self, stats: Stats) {
        let mut sum = self.stats.lock().unwrap();
        sum.files += stats.files;
        sum.members += stats.members;
        sum.bytes += stats.bytes;
        sum.ignored += stats.ignored;
    }
}

impl Collector {
    pub(crate) fn scan(root: &Path) -> Self {
        Self::scan_with(&[root.to_owned()], &WorktreeOptions::default())
    }

    pub(crate) fn scan_with(roots: &[PathBuf], options: &WorktreeOptions) -> Self {
        let out = Self::default();
        scan_worktree(roots, options, &out).unwrap();
        out
    }

    /// Paths below a directory that were handed out, in order.
    pub(crate) fn paths(&self, below: &Path) -> Vec<String> {
        let prefix = format!("{}/", below.display());
        let contents = self.contents.lock().unwrap();
        contents
            .keys()
            .map(|path| path.strip_prefix(&prefix).unwrap_or(path).to_owned())
            .collect()
    }

    /// The content of one origin, whose path ends so, put together from its pieces.
    pub(crate) fn content(&self, end: &str) -> Option<Vec<u8>> {
        let contents = self.contents.lock().unwrap();
        let (_, pieces) = contents.iter().find(|(path, _)| path.ends_with(end))?;
        let mut out = Vec::new();
        for piece in pieces {
            out.resize(usize::try_from(piece.offset).unwrap() + piece.fresh_from, 0);
            out.extend_from_slice(&piece.bytes[piece.fresh_from..]);
        }
        assert!(pieces.last().unwrap().last, "the last piece says so");
        Some(out)
    }

    /// Gaps as `path: what`, in order.
    pub(crate) fn gaps(&self) -> Vec<String> {
        let gaps = self.gaps.lock().unwrap();
        let mut out: Vec<_> = gaps
            .iter()
            .map(|gap| format!("{}: {}", gap.origin.display(), gap.what))
            .collect();
        out.sort();
        out
    }
}
