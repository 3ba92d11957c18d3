//! Why a range can't be told, and what to do about it.

use gix::ObjectId;
use gix::objs::Kind;
use thiserror::Error;

use crate::git::Fault;
use crate::report::escape;

/// An object that an abbreviated id may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its whole id.
    pub id: ObjectId,
    /// What it is, when it can be read.
    pub kind: Option<Kind>,
}

/// Why a range can't be told.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RangeError {
    /// A word is no revision.
    #[error("`{}` names no commit: {what}", shown(.word))]
    Word {
        /// The word.
        word: Vec<u8>,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Words only leave commits out.
    #[error("the range names only commits to leave out")]
    NoTip,
    /// No ref and no object is called so.
    #[error("no branch, tag or commit is called `{}`", shown(.name))]
    Unknown {
        /// The name.
        name: Vec<u8>,
        /// Whether the clone is shallow.
        shallow: bool,
    },
    /// A symbolic ref, such as `HEAD`, names a branch that has no commit.
    #[error("`{}` leads to no commit: the branch has none, or is gone", shown(.name))]
    Unborn {
        /// The name.
        name: Vec<u8>,
    },
    /// An abbreviated id fits several objects.
    #[error("the id `{}` is short for {} objects: {}", shown(.name), .candidates.len(), listed(.candidates))]
    Ambiguous {
        /// The abbreviated id.
        name: Vec<u8>,
        /// The objects, by id.
        candidates: Vec<Candidate>,
    },
    /// The object is not there.
    #[error("`{}` is the object {id}, which this repository does not hold{}", shown(.name), clone(*.shallow))]
    Absent {
        /// The name.
        name: Vec<u8>,
        /// The object.
        id: ObjectId,
        /// Whether the clone is shallow.
        shallow: bool,
    },
    /// The object is something else.
    #[error("`{}` is a {kind}, not a {wanted}", shown(.name))]
    Kind {
        /// The name.
        name: Vec<u8>,
        /// What it is.
        kind: Kind,
        /// What it should be.
        wanted: Kind,
    },
    /// The commit has no such parent.
    #[error("`{}` names a parent that commit {id} does not have{}", shown(.name), cut(*.shallow))]
    NoParent {
        /// The name.
        name: Vec<u8>,
        /// The commit.
        id: ObjectId,
        /// Whether its parents were left out of a shallow clone.
        shallow: bool,
    },
    /// The ref's log has no such line.
    #[error("`{}` asks for change {number} of a ref whose log holds {held}", shown(.name))]
    Log {
        /// The name.
        name: Vec<u8>,
        /// Which change, from 0 for the newest.
        number: usize,
        /// How many the log holds.
        held: usize,
    },
    /// An object or a log can't be read.
    #[error("`{}` can't be followed: {}", shown(.name), escape::terminal(&.fault.to_string()))]
    Read {
        /// The name.
        name: Vec<u8>,
        /// What can't be read.
        fault: Fault,
    },
    /// A line of standard input is not what git writes there.
    #[error("line {number} of standard input {what}")]
    Line {
        /// Which line, from 1.
        number: usize,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl RangeError {
    /// What the user can do; none where the message already says it.
    pub fn help(&self) -> Option<String> {
        let deepen = "fetch more of the history: `git fetch --unshallow`, or `fetch-depth: 0` where \
                      CI checks out";
        Some(match self {
            Self::Word { .. } => {
                "write a branch, a tag, HEAD, HEAD~3 or a commit's id; A..B for all that B reaches and A \
                 does not"
                    .to_owned()
            }
            // What forges give as the commit before the first push of a branch.
            Self::Absent { id, .. } if id.is_null() => {
                "the branch is new where it was pushed, and nothing stood before: name what it was made from, as in \
                 origin/main..HEAD, or scan the files, without --range"
                    .to_owned()
            }
            Self::NoTip => "add a commit to begin at, such as HEAD".to_owned(),
            Self::Unknown { shallow: true, .. }
            | Self::Absent { shallow: true, .. }
            | Self::NoParent { shallow: true, .. } => deepen.to_owned(),
            Self::Unknown { .. } => {
                "check the name with `git branch --all` and `git tag`; a branch of the remote's must \
                 be fetched, and is called origin/NAME"
                    .to_owned()
            }
            Self::Absent { .. } => "fetch it: `git fetch origin`".to_owned(),
            Self::Unborn { .. } => "make a commit first, or name another branch".to_owned(),
            Self::Ambiguous { .. } => "give more digits".to_owned(),
            Self::Kind { .. } => "name a commit, a branch or a tag of a commit".to_owned(),
            Self::NoParent { .. } => return None,
            Self::Log { .. } => "`git reflog` shows the changes that are held".to_owned(),
            Self::Read { .. } => "`git fsck` says more about a damaged repository".to_owned(),
            Self::Line { .. } => {
                "pipe in what git writes to its hook: `<local ref> <local id> <remote ref> <remote id>` \
                 to pre-push, `<old id> <new id> <ref>` to pre-receive"
                    .to_owned()
            }
        })
    }
}

fn shown(name: &[u8]) -> String {
    escape::terminal(&String::from_utf8_lossy(name)).into_owned()
}

fn clone(shallow: bool) -> &'static str {
    if shallow {
        ": it is a shallow clone"
    } else {
        ""
    }
}

fn cut(shallow: bool) -> &'static str {
    if shallow {
        ": a shallow clone left its parents out"
    } else {
        ""
    }
}

/// At most ten of them.
fn listed(candidates: &[Candidate]) -> String {
    let one = |own: &Candidate| match own.kind {
        Some(kind) => format!("{} ({kind})", own.id),
        None => own.id.to_string(),
    };
    let mut out: Vec<String> = candidates.iter().take(10).map(one).collect();
    if let Some(more) = candidates.len().checked_sub(10).filter(|more| *more > 0) {
        out.push(format!("and {more} more"));
    }
    out.join(", ")
}
