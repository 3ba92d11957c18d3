//! Where bytes come from.
//!
//! A source reads contents and hands them, in pieces of bounded size, to a [`Sink`]. Small contents
//! are one piece; larger ones are windows that overlap. Archives are handed out member by member.
//! What can't be read is told as a [`Gap`].

pub mod archive;
mod content;
mod directory;
mod gap;
mod history;
mod kept;
mod list;
mod message;
pub(crate) mod objects;
pub(crate) mod open;
mod stdin;
mod windows;
mod worktree;

use std::path::PathBuf;

use thiserror::Error;

use crate::decode::text::Encoding;
use crate::detect::{Reach, Since, Trace};
use crate::finding::{Gap, Origin, Stats};

pub use gap::Gaps;
pub use history::{History, Learned, REF_NAMES, scan as scan_history};
pub use list::{ListFormat, read_list};
pub use objects::{ObjectOptions, scan as scan_objects};
pub use stdin::scan as scan_stdin;
pub use windows::{OVERLAP, WHOLE, WINDOW};
pub use worktree::{WorktreeOptions, scan as scan_worktree};

/// A whole content, or a window of it.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// The bytes as they are stored. At most [`WHOLE`] and a few KiB.
    pub bytes: &'a [u8],
    /// Where they begin in the content. A multiple of four: whole code units in any encoding.
    pub offset: u64,
    /// The line of the first byte, from 1.
    pub first_line: u32,
    /// Bytes before this index were in the piece before as well: [`OVERLAP`] of them, or none.
    /// What ends there was seen whole.
    pub fresh_from: usize,
    /// Whether this is the content's last piece; it may be empty.
    pub last: bool,
    /// How the whole content is encoded, told by its begin.
    pub encoding: Encoding,
    /// Where the content stands.
    pub origin: &'a Origin,
}

/// What takes the contents. Called from many threads at once; the pieces of one content come in
/// order from one thread. Runs of zeros between pieces may be left out.
pub trait Sink: Sync {
    /// Takes a piece, and says for which paths what is found in it holds.
    fn piece(&self, piece: &Piece<'_>) -> Reach;

    /// Takes a piece that is a whole content, as it stands, of which more versions may come: with what its
    /// base taught, where that is known. What it teaches comes back.
    fn version(&self, piece: &Piece<'_>, since: Option<Since<'_>>) -> (Reach, Trace) {
        _ = since;
        (self.piece(piece), Trace::default())
    }

    /// What a content teaches that was made from an inert one ([`Reach::Inert`]) if it is inert as well, so
    /// that it need not be handed out. What is not told quickly is not told.
    fn stays_inert(&self, bytes: &[u8], since: Since<'_>) -> Option<Trace> {
        _ = (bytes, since);
        None
    }

    /// Takes note of something that was not read.
    fn gap(&self, gap: Gap);

    /// Adds to the counts. Called now and then, by each thread at its end at the latest. A directory
    /// that is left out as a whole counts as one ignored file.
    fn count(&self, stats: Stats);
}

/// Why a source can't be scanned at all.
#[derive(Debug, Error)]
pub enum SourceError {
    /// A path that the user gave can't be reached.
    #[error("{}: {source}", path.display())]
    Root {
        /// As given.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The list of paths to scan can't be read.
    #[error("the list of files {} can't be read: {source}", path.display())]
    List {
        /// The list's own path.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// No thread can be started.
    #[error("no thread can be started")]
    Threads,
}
