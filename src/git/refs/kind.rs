//! What a ref is, by its name.

/// What a ref is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefKind {
    /// `HEAD` of this or another worktree.
    Head,
    /// `refs/heads/…`
    Branch,
    /// `refs/remotes/…`
    Remote,
    /// `refs/tags/…`
    Tag,
    /// `refs/stash`
    Stash,
    /// `refs/notes/…`
    Note,
    /// What a forge keeps of pull and merge requests: `refs/pull/…`, `refs/merge-requests/…`,
    /// `refs/pull-requests/…`, `refs/changes/…`.
    Pull,
    /// `ORIG_HEAD`, `FETCH_HEAD` and their kin: what an operation left behind.
    Pseudo,
    /// Any other below `refs/`: `refs/bisect/…`, `refs/replace/…`, `refs/original/…`.
    Other,
}

const PULL: [&[u8]; 4] = [
    b"refs/pull/",
    b"refs/merge-requests/",
    b"refs/pull-requests/",
    b"refs/changes/",
];

impl RefKind {
    /// The kind of the ref with this full name.
    pub fn of(name: &[u8]) -> Self {
        let name = within_worktree(name);
        let begins = |with: &[u8]| name.starts_with(with);
        match name {
            b"HEAD" => Self::Head,
            b"refs/stash" => Self::Stash,
            _ if begins(b"refs/heads/") => Self::Branch,
            _ if begins(b"refs/remotes/") => Self::Remote,
            _ if begins(b"refs/tags/") => Self::Tag,
            _ if begins(b"refs/notes/") => Self::Note,
            _ if PULL.into_iter().any(begins) => Self::Pull,
            _ if begins(b"refs/") => Self::Other,
            _ => Self::Pseudo,
        }
    }
}

/// The name as git shows it.
pub(super) fn display(name: &[u8]) -> &[u8] {
    let short = [&b"refs/heads/"[..], b"refs/remotes/"]
        .into_iter()
        .find_map(|prefix| name.strip_prefix(prefix));
    match (short, RefKind::of(name)) {
        (Some(short), _) => short,
        (None, RefKind::Tag | RefKind::Stash) => name.strip_prefix(b"refs/").unwrap_or(name),
        (None, _) => name,
    }
}

/// Whether each worktree has a ref of this name for itself (git-worktree(1)).
pub(super) fn per_worktree(name: &[u8]) -> bool {
    !name.starts_with(b"refs/")
        || name.starts_with(b"refs/bisect/")
        || name.starts_with(b"refs/worktree/")
        || name.starts_with(b"refs/rewritten/")
}

/// The name without the worktree that it is said to be of.
fn within_worktree(name: &[u8]) -> &[u8] {
    if let Some(rest) = name.strip_prefix(b"main-worktree/") {
        return rest;
    }
    let slash = |rest: &[u8]| memchr::memchr(b'/', rest);
    name.strip_prefix(b"worktrees/")
        .and_then(|rest| rest.get(slash(rest)? + 1..))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_names() {
        for (name, kind, shown) in [
            ("HEAD", RefKind::Head, "HEAD"),
            ("worktrees/w/HEAD", RefKind::Head, "worktrees/w/HEAD"),
            ("main-worktree/HEAD", RefKind::Head, "main-worktree/HEAD"),
            (
                "worktrees/w/ORIG_HEAD",
                RefKind::Pseudo,
                "worktrees/w/ORIG_HEAD",
            ),
            ("refs/heads/a/b", RefKind::Branch, "a/b"),
            ("refs/remotes/origin/main", RefKind::Remote, "origin/main"),
            ("refs/tags/v1", RefKind::Tag, "tags/v1"),
            ("refs/stash", RefKind::Stash, "stash"),
            ("refs/notes/commits", RefKind::Note, "refs/notes/commits"),
            ("refs/pull/7/head", RefKind::Pull, "refs/pull/7/head"),
            (
                "refs/merge-requests/7/head",
                RefKind::Pull,
                "refs/merge-requests/7/head",
            ),
            ("refs/bisect/bad", RefKind::Other, "refs/bisect/bad"),
            ("FETCH_HEAD", RefKind::Pseudo, "FETCH_HEAD"),
            ("worktrees/", RefKind::Pseudo, "worktrees/"),
        ] {
            assert_eq!(RefKind::of(name.as_bytes()), kind, "{name}");
            assert_eq!(display(name.as_bytes()), shown.as_bytes());
        }
    }
}
