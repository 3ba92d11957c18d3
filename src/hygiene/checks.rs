//! The checks by their rule ids.

use super::lapse::Check;

/// A secret file is in git.
pub(super) static TRACKED: Check = Check {
    id: "hygiene-tracked-secret-file",
    title: "Secret file in git",
    about: "A file that holds secrets by its nature is in the index: whoever has the repository has it, and \
            .gitignore changes nothing about a file that git tracks. Take it out with `git rm --cached`, and \
            revoke what it held: it stays in the history.",
};

/// A secret file is staged, or comes in with commits.
pub(super) static ENTERING: Check = Check {
    id: "hygiene-secret-file-enters",
    title: "Secret file that comes into git",
    about: "A file that holds secrets by its nature is staged, or comes in with the commits that were scanned. Once \
            it is committed and pushed, whoever has the repository has it. Take it out with `git rm --cached`, and \
            let .gitignore cover it.",
};

/// A secret file would be committed by the next `git add .`.
pub(super) static UNCOVERED_FILE: Check = Check {
    id: "hygiene-uncovered-secret-file",
    title: "Secret file that .gitignore does not cover",
    about: "The file is there, and `git add .` would commit it: no rule that every clone has keeps it out. \
            `keyfence gitignore --fix` adds the missing lines.",
};

/// A secret file is kept out of git on this machine alone.
pub(super) static ONLY_HERE: Check = Check {
    id: "hygiene-only-here",
    title: "Secret file that git ignores on this machine alone",
    about: "What keeps the file out of git is not in git itself: .git/info/exclude, a file for all \
            repositories of this user, or a .gitignore that is not committed. In any other clone \
            `git add .` would commit such a file.",
};

/// Patterns of secret files are not covered.
pub(super) static UNCOVERED_PATTERN: Check = Check {
    id: "hygiene-uncovered-pattern",
    title: "Kinds of secret files that .gitignore does not cover",
    about: "No such file is there now; the day one is, `git add .` commits it. \
            `keyfence gitignore --fix` adds the missing lines.",
};

/// A secret file can be read by any user of the machine.
pub(super) static PERMISSIONS: Check = Check {
    id: "hygiene-loose-permissions",
    title: "Secret file that any user of the machine can read",
    about: "The permissions of the file let others than its owner and group read it. `chmod 600` it.",
};

/// All checks.
pub static CHECKS: &[&Check] = &[
    &TRACKED,
    &ENTERING,
    &UNCOVERED_FILE,
    &ONLY_HERE,
    &UNCOVERED_PATTERN,
    &PERMISSIONS,
];
