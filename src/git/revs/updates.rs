//! What a push sends or brings, as git tells it to its hooks (githooks(5)).

use std::collections::HashSet;

use bstr::ByteSlice;
use gix::ObjectId;
use gix::objs::Kind;

use super::names::Names;
use super::{Range, RangeError, View};
use crate::git::commits;
use crate::git::refs::RefKind;

/// How many tags of tags are followed.
const DEEPEST: usize = 100;

/// A ref that a push makes or moves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// The ref's full name where it is received.
    pub name: Vec<u8>,
    /// The commits that it adds there.
    pub range: Range,
    /// Annotated tags on the way from the ref to its object, outermost first.
    pub tags: Vec<ObjectId>,
    /// The tree or blob that the ref leads to, where it is no commit.
    pub plain: Option<(Kind, ObjectId)>,
    /// What to tell: that the old commit is not here, and what was done about it.
    pub note: Option<String>,
}

/// A line of either hook.
struct Line<'a> {
    old: ObjectId,
    new: ObjectId,
    name: &'a [u8],
}

/// The updates that a push would send: lines of `<local ref> <local id> <remote ref> <remote id>`.
/// `remote` is the remote's name, or its URL where it has none.
///
/// What is new to a branch is what its old commit does not reach. For a new branch, and where the old
/// commit is not here, that is all that is not reached by the remote's branches as they were last
/// seen (those of any remote when it is not told which), nor by the old commits of the other lines. A
/// remote of which nothing is known here is new to all of it. Deleted refs are no updates.
///
/// # Errors
///
/// When a line is malformed, or what is to be sent is not there.
pub fn pre_push(
    view: View<'_>,
    input: &[u8],
    remote: Option<&[u8]>,
) -> Result<Vec<Update>, RangeError> {
    let mut lines = Vec::new();
    for (number, line) in numbered(input) {
        // The local name may be any revision, with blanks in it.
        let mut words = line.rsplitn(4, |byte| *byte == b' ');
        let mut word = || words.next().filter(|word| !word.is_empty());
        let (old, name, new) = (word(), word(), word());
        let (Some(old), Some(name), Some(new), Some(_)) = (old, name, new, words.next()) else {
            return Err(malformed(number, "has not the four words that git writes"));
        };
        lines.push(Line {
            old: id(view, old, number)?,
            new: id(view, new, number)?,
            name,
        });
    }
    let prefix = match remote {
        Some(remote) => [b"refs/remotes/", remote, b"/"].concat(),
        None => b"refs/remotes/".to_vec(),
    };
    let known = view.refs.refs.iter();
    let known = known.filter(|own| own.name.starts_with(&prefix));
    let known = known.map(|own| own.target).collect();
    updates(
        view,
        &lines,
        known,
        "what the remote's branches do not reach",
    )
}

/// The updates that a push brings: lines of `<old id> <new id> <ref>`, as for the hooks `pre-receive`
/// and `post-receive`; the hook `update` has the same words as arguments.
///
/// What is new to a ref is what its old commit does not reach. For a new ref, and where the old commit
/// is not here, that is all that no ref reaches yet.
///
/// # Errors
///
/// When a line is malformed, or what was brought is not there.
pub fn pre_receive(view: View<'_>, input: &[u8]) -> Result<Vec<Update>, RangeError> {
    let mut lines = Vec::new();
    for (number, line) in numbered(input) {
        let words: Vec<&[u8]> = line.splitn_str(3, " ").collect();
        let [old, new, name] = *words else {
            return Err(malformed(number, "has not the three words that git writes"));
        };
        if name.is_empty() {
            return Err(malformed(number, "names no ref"));
        }
        lines.push(Line {
            old: id(view, old, number)?,
            new: id(view, new, number)?,
            name,
        });
    }
    // After the push (`post-receive`) its refs are there already, and must not hide what it brought.
    let moved: HashSet<(&[u8], ObjectId)> =
        lines.iter().map(|line| (line.name, line.new)).collect();
    let refs = view.refs.refs.iter();
    let known = refs
        .filter(|own| !matches!(own.kind(), RefKind::Pseudo | RefKind::Head))
        .filter(|own| {
            let names = own.symbolic.as_deref().unwrap_or(&own.name);
            !moved.contains(&(names, own.target)) && !moved.contains(&(&*own.name, own.target))
        })
        .map(|own| own.target)
        .collect();
    updates(view, &lines, known, "what no ref reaches")
}

/// The updates of the lines; `known` is what the receiving side has.
fn updates(
    view: View<'_>,
    lines: &[Line<'_>],
    mut known: Vec<ObjectId>,
    instead: &str,
) -> Result<Vec<Update>, RangeError> {
    let names = Names::new(view);
    known.extend(lines.iter().map(|line| line.old));
    // Neither an absent old commit nor a tag of a blob leaves anything out.
    let commit = |id: &ObjectId| names.commit_of(b"", *id).ok().filter(|_| !id.is_null());
    let mut known: Vec<ObjectId> = known.iter().filter_map(commit).collect();
    known.sort_unstable();
    known.dedup();
    let mut out = Vec::new();
    for line in lines {
        if line.new.is_null() {
            continue;
        }
        let mut update = Update {
            name: line.name.to_vec(),
            ..Update::default()
        };
        let mut id = line.new;
        for _ in 0..DEEPEST {
            match names.kind_of(line.name, id)? {
                (Kind::Tag, Some(target)) => {
                    update.tags.push(id);
                    id = target;
                }
                (Kind::Commit, _) => {
                    update.range.tips.push(id);
                    break;
                }
                (kind, _) => {
                    update.plain = Some((kind, id));
                    break;
                }
            }
        }
        if update.range.tips.is_empty() && update.plain.is_none() {
            return Err(RangeError::Kind {
                name: line.name.to_vec(),
                kind: Kind::Tag,
                wanted: Kind::Commit,
            });
        }
        if !update.range.tips.is_empty() {
            match commit(&line.old) {
                Some(old) => update.range.excluded.push(old),
                None => {
                    if !line.old.is_null() {
                        update.note = Some(format!(
                            "the old commit {} is not in this repository: {instead} counts as new",
                            line.old
                        ));
                    }
                    update.range.excluded.clone_from(&known);
                }
            }
        }
        out.push(update);
    }
    Ok(out)
}

/// The lines, with their numbers from 1; the last may lack its end.
fn numbered(input: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    (1..).zip(input.lines())
}

fn id(view: View<'_>, hex: &[u8], number: usize) -> Result<ObjectId, RangeError> {
    commits::id(hex, view.layout.hash)
        .ok_or_else(|| malformed(number, "holds a word that is no object id"))
}

fn malformed(number: usize, what: &'static str) -> RangeError {
    RangeError::Line { number, what }
}
