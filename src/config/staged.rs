//! The configuration that a commit would record.

use std::path::Path;

use super::{Config, NAME, of_repository, read};
use crate::error::Error;
use crate::git::staged::{index_path, staged_at};
use crate::git::{Layout, Store};
use crate::settings::Env;

/// The largest configuration that is read, in bytes; a larger one is refused when it is read.
const LARGEST: u64 = 16 << 20;

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
    let path = index_path(&layout.git_dir, layout.work_tree.as_deref(), named);
    let id = staged_at(&path, &layout.git_dir, layout.hash, NAME.as_bytes())
        .map_err(|cause| Error::Index { path, cause })?;
    let Some(id) = id else {
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
    match found {
        Ok(Some(object)) => read(&file, object.data, true).map(Some),
        Ok(None) => Err(broken(format!("the blob {id} is missing"))),
        Err(fault) => Err(broken(fault.what)),
    }
}
