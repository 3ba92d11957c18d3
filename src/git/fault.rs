//! What of a repository can't be read.

use std::path::PathBuf;

use gix::ObjectId;

/// Something of a repository that can't be read: a gap, which is told and never ends the scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The object, where one is known.
    pub id: Option<ObjectId>,
    /// The file or directory, where one is known.
    pub file: Option<PathBuf>,
    /// What is wrong with it, beginning in lower case. It may quote the repository: escape it.
    pub what: String,
    /// Whether it is not there at all.
    pub absent: bool,
}

impl Fault {
    /// Something that has no name.
    pub fn unnamed(what: impl Into<String>) -> Self {
        Self {
            id: None,
            file: None,
            what: what.into(),
            absent: false,
        }
    }

    /// A file or directory that can't be read.
    pub fn file(path: impl Into<PathBuf>, what: impl Into<String>) -> Self {
        Self::unnamed(what).within(path)
    }

    /// An object that can't be read.
    pub fn object(id: impl Into<ObjectId>, what: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::unnamed(what)
        }
    }

    /// An object that the store lacks.
    pub fn missing(id: impl Into<ObjectId>, what: impl Into<String>) -> Self {
        Self {
            absent: true,
            ..Self::object(id, what)
        }
    }

    /// The same, and the file in which the object stands.
    #[must_use]
    pub fn within(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(id) = &self.id {
            write!(f, "object {id}: ")?;
        }
        if let Some(file) = &self.file {
            write!(f, "{}: ", file.display())?;
        }
        f.write_str(&self.what)
    }
}
