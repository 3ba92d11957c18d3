//! An object store gives what ranges need.

use gix::objs::Kind;
use gix::{ObjectId, oid};

use super::reader::{CommitReader, Objects};
use crate::git::commits::{Commit, Links, Tag};
use crate::git::store::{Object, Store};
use crate::git::{Fault, pack::Pack};

/// The largest commit or tag that is read, in bytes.
const LARGEST: u64 = 64 << 20;
/// How many objects of one prefix are listed, of each pack.
const MOST: usize = 1000;

impl CommitReader for Store {
    fn commit(&self, id: &oid) -> Result<Option<Links>, Fault> {
        let Some(object) = self.read(id, LARGEST)? else {
            return Ok(None);
        };
        if object.kind != Kind::Commit {
            return Err(Fault::object(
                id,
                format!("it is a {}, not a commit", object.kind),
            ));
        }
        let commit = Commit::parse(&object.data, self.hash());
        let commit = commit.map_err(|why| Fault::object(id, why.to_string()))?;
        Ok(Some(commit.links()))
    }
}

impl Objects for Store {
    fn kind(&self, id: &oid) -> Result<Option<(Kind, Option<ObjectId>)>, Fault> {
        match self.header(id)? {
            Some((Kind::Tag, _)) => {}
            other => return Ok(other.map(|(kind, _)| (kind, None))),
        }
        let Some(Object { data, .. }) = self.read(id, LARGEST)? else {
            return Ok(None);
        };
        let tag = Tag::parse(&data, self.hash());
        let tag = tag.map_err(|why| Fault::object(id, why.to_string()))?;
        Ok(Some((Kind::Tag, Some(tag.target))))
    }

    fn beginning_with(&self, digits: &str) -> Vec<ObjectId> {
        let missing = self.hash().len_in_hex().saturating_sub(digits.len());
        let lowest = [digits, &"0".repeat(missing)].concat();
        let prefix = ObjectId::from_hex(lowest.as_bytes()).ok();
        let prefix = prefix.and_then(|id| gix::hash::Prefix::new(&id, digits.len()).ok());
        let Some(prefix) = prefix else {
            return Vec::new();
        };
        let (mut out, _) = self.loose_ids();
        out.retain(|id| prefix.cmp_oid(id).is_eq());
        for pack in self.packs() {
            let first = first(pack, |id| prefix.cmp_oid(id).is_gt());
            let fits = (first..pack.count()).map(|number| pack.id(number));
            let fits = fits.take_while(|id| prefix.cmp_oid(id).is_eq());
            out.extend(fits.take(MOST).map(oid::to_owned));
        }
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// The number of a pack's first object that does not lie before.
fn first(pack: &Pack, before: impl Fn(&oid) -> bool) -> u32 {
    let (mut low, mut high) = (0, pack.count());
    while low < high {
        let middle = low + (high - low) / 2;
        if before(pack.id(middle)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
