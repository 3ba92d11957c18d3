//! Where the configuration of a scan is found.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::git::is_git_dir;
use crate::platform;

/// The name of the configuration file.
pub const NAME: &str = "keyfence.toml";

/// The configuration for these roots: the first `keyfence.toml` from each root upwards to the top
/// of its repository (the directory that holds `.git`), or in the root alone outside of one.
/// Roots that would have different ones are an error: which should hold for the whole report?
pub fn discover(roots: &[PathBuf]) -> Result<Option<PathBuf>, Error> {
    let mut found: Option<Option<PathBuf>> = None;
    for root in roots {
        let here = of(root);
        match &found {
            Some(before) if *before != here => {
                return Err(Error::Usage {
                    what: "the paths given stand under different configurations".to_owned(),
                    help: "scan them one by one, or choose with --config FILE or --isolated"
                        .to_owned(),
                });
            }
            _ => found = Some(here),
        }
    }
    Ok(found.flatten())
}

/// The configuration of the repository that a directory belongs to, for what is scanned whole: the
/// `keyfence.toml` at the top of the work tree, whatever directory was named. A bare repository has none.
pub fn of_repository(dir: &Path) -> Option<PathBuf> {
    let file = top(dir)?.join(NAME);
    file.symlink_metadata().is_ok().then_some(file)
}

/// The top of the work tree that a directory belongs to, without links: the nearest that holds a `.git`.
/// None when a git directory is nearer: that of a bare repository, or a directory within `.git`.
pub fn top(dir: &Path) -> Option<PathBuf> {
    let dir = platform::real(dir).ok()?;
    let nearest = dir
        .ancestors()
        .find(|dir| dir.join(".git").symlink_metadata().is_ok() || is_git_dir(dir))?;
    (!is_git_dir(nearest)).then(|| nearest.to_owned())
}

fn of(root: &Path) -> Option<PathBuf> {
    let root = platform::real(root).ok()?;
    let start = if root.is_dir() {
        root.as_path()
    } else {
        root.parent()?
    };
    let top = start
        .ancestors()
        .find(|dir| dir.join(".git").symlink_metadata().is_ok())
        .unwrap_or(start);
    start
        .ancestors()
        .take_while(|dir| dir.starts_with(top))
        .map(|dir| dir.join(NAME))
        .find(|file| file.symlink_metadata().is_ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_search_ends_at_the_top_of_the_repository() {
        let dir = tempfile::tempdir().unwrap();
        let top = platform::real(dir.path()).unwrap();
        let repo = top.join("repo");
        fs::create_dir_all(repo.join("a/b")).unwrap();
        fs::write(top.join(NAME), "").unwrap();
        let root = [repo.join("a/b")];
        assert_eq!(
            discover(&root).unwrap(),
            None,
            "outside of a repository parents are not searched"
        );
        fs::create_dir(repo.join(".git")).unwrap();
        assert_eq!(
            discover(&root).unwrap(),
            None,
            "what stands above the repository is not its own"
        );
        fs::write(repo.join(NAME), "").unwrap();
        assert_eq!(discover(&root).unwrap(), Some(repo.join(NAME)));
        fs::write(repo.join("a/b").join(NAME), "").unwrap();
        assert_eq!(discover(&root).unwrap(), Some(repo.join("a/b").join(NAME)));
        assert!(discover(&[repo.join("a"), repo.join("a/b")]).is_err());
    }

    #[test]
    fn a_repository_has_one_at_its_top() {
        let dir = tempfile::tempdir().unwrap();
        let repo = platform::real(dir.path()).unwrap().join("repo");
        fs::create_dir_all(repo.join("a/b")).unwrap();
        fs::write(repo.join("a").join(NAME), "").unwrap();
        assert_eq!(top(&repo), None, "this is no repository");
        fs::create_dir_all(repo.join(".git/objects")).unwrap();
        fs::write(repo.join(".git/HEAD"), "").unwrap();
        assert_eq!(top(&repo.join("a/b")), Some(repo.clone()));
        assert_eq!(
            of_repository(&repo.join("a/b")),
            None,
            "what holds for a directory does not hold for the repository"
        );
        fs::write(repo.join(NAME), "").unwrap();
        assert_eq!(of_repository(&repo.join("a/b")), Some(repo.join(NAME)));
        assert_eq!(of_repository(&repo.join(".git/objects")), None);
        let bare = repo.join("fixtures/bare.git");
        fs::create_dir_all(bare.join("objects")).unwrap();
        fs::write(bare.join("HEAD"), "").unwrap();
        assert_eq!(
            of_repository(&bare.join("objects")),
            None,
            "a bare repository is not the one around it"
        );
    }
}
