//! `main@{1}`: what a ref named before, by its log.

use std::collections::VecDeque;

use gix::ObjectId;

use crate::git::refs;
use crate::git::{Fault, Layout};

/// What the log says.
pub(super) enum Logged {
    /// The object that the ref named.
    Id(ObjectId),
    /// The log holds only so many changes.
    Short(usize),
    /// It can't be read.
    Fault(Fault),
    /// There is no log.
    None,
}

/// The object that the ref of this full name named after the change of this number, counted back from
/// 0 for the newest. One more than the log holds is what it named before the oldest. Malformed lines
/// are passed over, as git does.
pub(super) fn logged(layout: &Layout, name: &[u8], number: usize) -> Logged {
    // The newest lines, as many as are asked for; a log is read from its oldest.
    let mut newest: VecDeque<(ObjectId, ObjectId)> = VecDeque::new();
    let mut held = 0_usize;
    let (found, faults) = refs::log(layout, name, &mut |entry| {
        held += 1;
        if newest.len() > number {
            newest.pop_front();
        }
        newest.push_back((entry.old, entry.new));
    });
    let before = newest.front().map(|(old, _)| *old);
    let id = if number < held {
        newest.front().map(|(_, new)| *new)
    } else if number == held {
        before
    } else {
        None
    };
    match id.filter(|id| !id.is_null()) {
        Some(id) => Logged::Id(id),
        None => match faults.into_iter().next() {
            Some(fault) => Logged::Fault(fault),
            None if found => Logged::Short(held),
            None => Logged::None,
        },
    }
}
