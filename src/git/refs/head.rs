//! Where `HEAD` leads, without reading every other ref: a hook has no time for that.

use bstr::ByteSlice;
use gix::ObjectId;

use super::follow::DEPTH;
use super::kind::per_worktree;
use super::loose::{link, whole};
use super::value::{self, Value, valid};
use crate::error::reason;
use crate::git::{Fault, Layout};
use crate::source::open;

/// The largest file of one ref, in bytes.
const LARGEST: u64 = 1 << 20;
/// The largest list of packed refs, in bytes: some ten million of them.
const LARGEST_PACKED: u64 = 1 << 30;

/// The object that `HEAD` leads to, as [`super::all`] tells it; none on a branch without commits.
///
/// # Errors
///
/// When `HEAD`, or what it names, can't be read or names nothing that could be a commit.
pub fn head(layout: &Layout) -> Result<Option<ObjectId>, Fault> {
    let mut name = b"HEAD".to_vec();
    for _ in 0..DEPTH {
        match one(layout, &name)? {
            Some(Value::Id(id)) => return Ok(Some(id)),
            Some(Value::Symbolic(next)) if valid(&next) && next.starts_with(b"refs/") => {
                name = next;
            }
            Some(Value::Symbolic(_)) => {
                return Err(fault(
                    layout,
                    b"HEAD",
                    "it names something that is no branch",
                ));
            }
            None if name == b"HEAD" => return Err(fault(layout, b"HEAD", "it is missing")),
            None => return Ok(None),
        }
    }
    let what = "symbolic refs name each other in a circle, or too many in a row";
    Err(fault(layout, b"HEAD", what))
}

/// What one ref says; none when there is no such ref. Loose ones count before packed ones.
fn one(layout: &Layout, name: &[u8]) -> Result<Option<Value>, Fault> {
    let path = place(layout, name);
    let read = if path.is_symlink() {
        link(&path, name).map_err(str::to_owned)
    } else if path.is_file() {
        whole(&path, LARGEST).and_then(|text| Ok(Value::parse(&text, layout.hash)?))
    } else if path.symlink_metadata().is_err() || path.is_dir() {
        return packed(layout, name);
    } else {
        Err("it is no regular file".to_owned())
    };
    read.map(Some).map_err(|what| Fault::file(path, what))
}

fn place(layout: &Layout, name: &[u8]) -> std::path::PathBuf {
    let own = name == b"HEAD" || per_worktree(name);
    let dir = if own {
        &layout.git_dir
    } else {
        &layout.common_dir
    };
    dir.join(name.to_path_lossy())
}

/// The ref's line in `packed-refs` (git-pack-refs(1)).
fn packed(layout: &Layout, name: &[u8]) -> Result<Option<Value>, Fault> {
    let path = layout.common_dir.join("packed-refs");
    let bytes = match open::small(&path, LARGEST_PACKED) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(Fault::file(path, "it is no regular file")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Fault::file(path, reason(&error))),
    };
    let found = memchr::memmem::find_iter(&bytes, name).find_map(|at| {
        let ends = bytes
            .get(at + name.len())
            .is_none_or(u8::is_ascii_whitespace);
        let start = bytes.get(..at)?.rfind_byte(b'\n').map_or(0, |end| end + 1);
        let before = bytes.get(start..at)?.strip_suffix(b" ")?;
        let whole = before.len() == layout.hash.len_in_hex() && ends;
        whole.then(|| value::id(before, layout.hash)).flatten()
    });
    Ok(found.filter(|id| !id.is_null()).map(Value::Id))
}

fn fault(layout: &Layout, name: &[u8], what: &str) -> Fault {
    Fault::file(place(layout, name), what)
}
