//! The store as a walk over all of its objects sees it.

use std::io::Read;

use gix::ObjectId;
use gix::hash::oid;
use gix::objs::Kind;

use super::Store;
use crate::git::Fault;
use crate::git::pack::Pack;
use crate::git::walk::Objects;

impl Objects for Store {
    fn hash(&self) -> gix::hash::Kind {
        self.hash()
    }

    fn packs(&self) -> &[Pack] {
        self.packs()
    }

    fn loose(&self) -> (Vec<ObjectId>, Vec<Fault>) {
        self.loose_ids()
    }

    fn header(&self, id: &oid) -> Result<Option<(Kind, u64)>, Fault> {
        self.header(id)
    }

    fn read(&self, id: &oid, most: u64) -> Result<Option<(Kind, Vec<u8>)>, Fault> {
        let object = self.read(id, most)?;
        Ok(object.map(|object| (object.kind, object.data)))
    }

    fn stream(
        &self,
        id: &oid,
        take: &mut dyn FnMut(Kind, u64, &mut dyn Read),
    ) -> Result<(), Fault> {
        match self.stream(id, take)? {
            true => Ok(()),
            false => Err(Fault::object(id, "it is gone")),
        }
    }
}
