//! Where a finding stands, as reports show it: of many versions of a file, one.
//!
//! A history holds a credential in each version of a file, and each version is a place. People want to
//! see the file once: as it stands in `HEAD`, or else where it came in.

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;

use super::commit::{dated, short};
use crate::finding::{CommitInfo, Exposure, Finding, Origin, OriginKind, Place, Sighting};
use crate::settings::Source;
use crate::source::REF_NAMES;

/// A file, a message or another content, and the place in it that is shown.
pub(super) struct Site<'a> {
    pub(super) place: &'a Place,
    /// Further places in the same content.
    pub(super) others: Vec<&'a Place>,
    pub(super) at: At<'a>,
}

/// Which version of a file a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At<'a> {
    /// A file as it is on disk, standard input, a ref: no version.
    Now,
    /// The index has it.
    Index,
    /// `HEAD` has it.
    Head,
    /// This commit has it.
    Commit(&'a CommitInfo),
    /// Which commit has it is not known; this object is it.
    Object(ObjectId),
}

/// Whether a history holds the credential and `HEAD` does not. A scan of a range or of the index does
/// not look at `HEAD`'s tree, and cannot tell.
pub(super) fn is_gone(finding: &Finding, source: &Source) -> bool {
    let absent = |exposure: &Exposure| exposure.in_head.is_empty();
    // What stands in the name of a ref is as much there as what HEAD holds.
    let named = |own: &Origin| own.kind == OriginKind::Refs && *own.path == *REF_NAMES;
    let in_objects = |place: &Place| !named(&place.origin);
    matches!(source, Source::History { .. })
        && finding.exposure.as_deref().is_some_and(absent)
        && finding.places.iter().any(in_objects)
}

/// Where git has it: ` in commit 1a2b3c4d5e of 2021-03-04`.
pub(super) fn held(finding: &Finding, at: At<'_>) -> String {
    let first = finding.exposure.as_ref().and_then(|e| e.first.as_ref());
    match (at, first) {
        (At::Now, _) => String::new(),
        (At::Index, _) => " in the index".to_owned(),
        (At::Commit(commit), _) => format!(" in {}", dated(commit)),
        (At::Head, Some(first)) => format!(" in HEAD, since {}", dated(&first.commit)),
        (At::Head, None) => " in HEAD".to_owned(),
        (At::Object(id), Some(first)) => {
            format!(" in object {}, since {}", short(id), dated(&first.commit))
        }
        (At::Object(id), None) => format!(" in object {}", short(id)),
    }
}

/// The sites of a finding: what `HEAD` holds first, then the first commit's, then the last one's, then
/// the others in their order.
pub(super) fn sites(finding: &Finding) -> Vec<Site<'_>> {
    let known = Known::new(finding.exposure.as_deref());
    let mut groups: Vec<Vec<&Place>> = Vec::new();
    let mut of_file = BTreeMap::new();
    for place in &finding.places {
        let origin = &place.origin;
        // All versions of a file are one; what has no path is known by its object.
        let object = match origin.kind {
            OriginKind::Blob(_) | OriginKind::Staged(_) if !origin.path.is_empty() => None,
            _ => origin.kind.object(),
        };
        let group = *of_file
            .entry((&origin.path, &origin.members, object))
            .or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
        if let Some(places) = groups.get_mut(group) {
            places.push(place);
        }
    }
    let mut sites: Vec<(u8, Site<'_>)> = groups
        .into_iter()
        .filter_map(|places| known.site(places))
        .collect();
    sites.sort_by_key(|(rank, _)| *rank);
    sites.into_iter().map(|(_, site)| site).collect()
}

/// What an exposure knows about places.
struct Known<'a> {
    sightings: Vec<&'a Sighting>,
    head: BTreeSet<(&'a [u8], u32)>,
}

impl<'a> Known<'a> {
    fn new(exposure: Option<&'a Exposure>) -> Self {
        let Some(exposure) = exposure else {
            return Self {
                sightings: Vec::new(),
                head: BTreeSet::new(),
            };
        };
        let head = exposure.in_head.iter();
        Self {
            sightings: [&exposure.first, &exposure.last]
                .into_iter()
                .flatten()
                .collect(),
            head: head.map(|(path, line)| (&**path, *line)).collect(),
        }
    }

    fn site(&self, places: Vec<&'a Place>) -> Option<(u8, Site<'a>)> {
        let (rank, at, place) = places
            .iter()
            .map(|place| {
                let (rank, at) = self.at(place);
                (rank, at, *place)
            })
            .min_by_key(|(rank, ..)| *rank)?;
        let same = |other: &&Place| {
            !std::ptr::eq(*other, place) && other.origin.kind.object() == place.origin.kind.object()
        };
        let others = places.into_iter().filter(same).collect();
        Some((rank, Site { place, others, at }))
    }

    /// Which version a place is, and how much people want to see that one (least is most).
    fn at(&self, place: &Place) -> (u8, At<'a>) {
        let id = match place.origin.kind {
            OriginKind::Staged(_) => return (0, At::Index),
            OriginKind::Blob(id) | OriginKind::Commit(id) | OriginKind::Tag(id) => id,
            OriginKind::File
            | OriginKind::Link
            | OriginKind::Stdin
            | OriginKind::Object(_)
            | OriginKind::Refs => {
                return (0, At::Now);
            }
        };
        let line = place.first_span().map_or(1, |span| span.line);
        if self.head.contains(&(&*place.origin.path, line)) {
            return (0, At::Head);
        }
        let seen = |sighting: &&Sighting| match place.origin.kind {
            OriginKind::Commit(id) => sighting.commit.id == id,
            _ => sighting.path == place.origin.path && sighting.line == line,
        };
        match (1..).zip(&self.sightings).find(|(_, s)| seen(s)) {
            Some((rank, sighting)) => (rank, At::Commit(&sighting.commit)),
            None => (u8::MAX, At::Object(id)),
        }
    }
}
