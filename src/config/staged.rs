//! The configuration that a commit would record.

use std::path::{Path, PathBuf};

use gix::ObjectId;

use super::{Config, NAME, of_repository, read};
use crate::error::Error;
use crate::git::staged::{committed_path, staged_at};
use crate::git::{Layout, Store};
use crate::platform;
use crate::report::escape;
use crate::settings::Env;
use crate::suppress::baseline::{self, Baseline};

/// The largest configuration that is read, in bytes; a larger one is refused when it is read.
const LARGEST: u64 = 16 << 20;
/// The same for a baseline.
const LARGEST_BASELINE: u64 = 256 << 20;

/// The `keyfence.toml` of the index that a hook judges, not the one on disk: what is not staged does not
/// come with the commit. None when the work tree has none at its top, or git does not track it.
///
/// # Errors
///
/// When the repository, the index, or the configuration can't be read, or it is broken.
pub fn staged(dir: &Path, env: Env<'_>) -> Result<Option<Config>, Error> {
    // Most have none: that must not cost a reading of the index.
    let Some(file) = of_repository(dir) else {
        return Ok(None);
    };
    let layout = Layout::open(dir, env)?;
    let named = env("GIT_INDEX_FILE").map(Into::into);
    let path = committed_path(&layout, named);
    let index = Index {
        path,
        layout: &layout,
    };
    let Some(id) = index.find(NAME.as_bytes())? else {
        return Ok(None);
    };
    let (store, _) = Store::open_checked(&layout, env, false);
    let found = store.read(&id, LARGEST);
    let broken = |what: String| Error::Config {
        path: file.clone(),
        line: None,
        what: format!("the staged version can't be read: {what}"),
        help: "stage it anew, or scan with --isolated".to_owned(),
    };
    let mut config = match found {
        Ok(Some(object)) => read(&file, object.data, true)?,
        Ok(None) => return Err(broken(format!("the blob {id} is missing"))),
        Err(fault) => return Err(broken(fault.what)),
    };
    for file in std::mem::take(&mut config.baseline_files) {
        let name = file.strip_prefix(&config.dir).unwrap_or(&file);
        let id = index.find(&platform::slashed(name))?;
        // What is not there yet hides nothing, and neither does what is not staged yet: no reason to stop anybody.
        if id.is_none() && name.ends_with(baseline::NAME) {
            if file.symlink_metadata().is_ok() {
                let name = escape::terminal(&name.to_string_lossy()).into_owned();
                config.notes.push(format!(
                    "{name} is not staged, and so hides nothing here: git add {name}"
                ));
            }
            config.baseline_files.push(file);
            continue;
        }
        let found = id.map(|id| store.read(&id, LARGEST_BASELINE)).transpose();
        let Ok(Some(Some(object))) = found else {
            return Err(Error::Config {
                path: file,
                line: None,
                what: "keyfence.toml names this baseline, and it is not staged, or can't be read there".to_owned(),
                help: "stage it with `git add`, or take it out of keyfence.toml".to_owned(),
            });
        };
        config.baselines.push(Baseline::read(&file, &object.data)?);
        config.baseline_files.push(file);
    }
    Ok(Some(config))
}

/// The index that a commit would record.
struct Index<'a> {
    path: PathBuf,
    layout: &'a Layout,
}

impl Index<'_> {
    /// The blob of a path; none when git does not track it.
    fn find(&self, name: &[u8]) -> Result<Option<ObjectId>, Error> {
        let (dir, hash) = (&self.layout.git_dir, self.layout.hash);
        staged_at(&self.path, dir, hash, name).map_err(|cause| Error::Index {
            path: self.path.clone(),
            cause,
        })
    }
}
