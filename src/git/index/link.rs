//! Split indexes: an index of few entries that says what it changes in a shared one (gitformat-index(5),
//! "Split index").

use gix::ObjectId;
use gix::hash::Kind;

use super::IndexError;
use super::entry::{Entry, Reader};

/// What a split index says about its shared one.
#[derive(Debug)]
pub(super) struct Link {
    /// The checksum of the shared index, after which its file is named.
    pub(super) shared: ObjectId,
    /// The shared entries that are not part of the index any more, in order.
    deleted: Vec<usize>,
    /// The shared entries that the first entries of the split index stand for, in order.
    replaced: Vec<usize>,
}

impl Link {
    /// Decodes the extension.
    pub(super) fn decode(body: &[u8], kind: Kind) -> Option<Self> {
        let mut reader = Reader { bytes: body, at: 0 };
        let shared = ObjectId::try_from(reader.take(kind.len_in_bytes())?).ok()?;
        let mut out = Self {
            shared,
            deleted: Vec::new(),
            replaced: Vec::new(),
        };
        if reader.at < body.len() {
            out.deleted = bits(&mut reader)?;
            out.replaced = bits(&mut reader)?;
        }
        (reader.at == body.len()).then_some(out)
    }

    /// The entries of the index as a whole, not yet in order, from those of the shared index and those of
    /// the split one.
    pub(super) fn join(
        &self,
        mut shared: Vec<Entry>,
        split: Vec<Entry>,
    ) -> Result<Vec<Entry>, IndexError> {
        let damaged = || IndexError::Damaged("it does not fit its shared index".to_owned());
        let mut split = split.into_iter();
        for at in &self.replaced {
            let entry = shared.get_mut(*at).ok_or_else(damaged)?;
            let new = split.next().ok_or_else(damaged)?;
            if !new.has_no_path() {
                return Err(damaged());
            }
            *entry = new.at_path_of(*entry);
        }
        if self.deleted.last().is_some_and(|at| *at >= shared.len()) {
            return Err(damaged());
        }
        let mut deleted = self.deleted.iter().peekable();
        let mut at = 0;
        shared.retain(|_| {
            let gone = deleted.next_if(|gone| **gone == at).is_some();
            at += 1;
            !gone
        });
        shared.extend(split);
        Ok(shared)
    }
}

/// The most bits that may be set: as many as an index has entries at most.
const MOST: usize = 1 << 24;

/// The set bits of an EWAH bitmap (gitformat-bitmap(5), appendix A), in order.
fn bits(reader: &mut Reader<'_>) -> Option<Vec<usize>> {
    let _size = reader.number()?;
    let words = reader.number()?;
    let body = reader.take(usize::try_from(words).ok()?.checked_mul(8)?)?;
    let _last_marker = reader.number()?;
    let mut body = Reader { bytes: body, at: 0 };
    let (mut out, mut at) = (Vec::new(), 0_usize);
    while body.at < body.bytes.len() {
        // A marker: the bit that a run of words has, the length of the run, and how many plain words
        // follow it.
        let marker = body.long()?;
        let run = usize::try_from(marker >> 1 & 0xffff_ffff).ok()?;
        let run = run.checked_mul(64)?;
        let end = at.checked_add(run)?;
        if marker & 1 == 1 {
            if out.len().checked_add(run)? > MOST {
                return None;
            }
            out.extend(at..end);
        }
        at = end;
        for _ in 0..marker >> 33 {
            let word = body.long()?;
            out.extend(
                (0..64)
                    .filter(|bit| word >> bit & 1 == 1)
                    .map(|bit| at + bit),
            );
            at = at.checked_add(64)?;
            if out.len() > MOST {
                return None;
            }
        }
    }
    Some(out)
}
