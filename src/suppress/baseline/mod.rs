//! Baselines: what was found before, as keyfence or another scanner wrote it down.
//!
//! One format a file. What an entry says is one of four things: a fingerprint, the hash of a value, a place,
//! or a pattern of paths. A place holds for what was there when the entry was written: it never hides what a
//! commit adds.

mod detect_secrets;
mod gitleaks;
mod native;
mod ripsecrets;
mod sarif;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

pub use native::{HEADER, Line, write};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::finding::Fingerprint;
use crate::gitignore::Patterns;
use crate::regular;

/// The largest file that is read, in bytes: a report of a hundred thousand findings.
const LARGEST: u64 = 256 << 20;

/// The name of keyfence's own baseline.
pub const NAME: &str = "keyfence.baseline";

/// What other scanners leave behind, by name: `init` looks for these.
pub const OTHERS: [&str; 4] = [
    ".gitleaksignore",
    ".betterleaksignore",
    ".secrets.baseline",
    ".secretsignore",
];

/// A baseline, read.
#[derive(Debug, Default)]
pub struct Baseline {
    /// The file.
    pub path: PathBuf,
    /// The directory it stands in, without links: its paths count from here.
    pub dir: PathBuf,
    /// Fingerprints of keyfence.
    pub fingerprints: HashSet<Fingerprint>,
    /// Hashes of values.
    values: Values,
    /// Places: a path and a line, with the beginning of a commit's id where it says one.
    pub places: HashMap<(Vec<u8>, u32), Vec<Option<String>>>,
    /// Paths that hold nothing to report.
    pub paths: Patterns,
}

#[derive(Debug, Default)]
struct Values {
    sha1: HashSet<[u8; 20]>,
    sha256: HashSet<[u8; 32]>,
}

/// What is wrong with a baseline.
#[derive(Debug)]
struct Broken {
    line: Option<usize>,
    what: String,
}

impl Broken {
    fn new(what: impl Into<String>) -> Self {
        Self {
            line: None,
            what: what.into(),
        }
    }
}

impl Baseline {
    /// Reads a baseline of any known format.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or its form is not known.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let bytes = regular::read(path, LARGEST).map_err(|cause| Error::Read {
            path: path.to_owned(),
            cause,
        })?;
        Self::read(path, &bytes)
    }

    /// The same for bytes that come from elsewhere, as from git's index, and would stand at `path`.
    ///
    /// # Errors
    ///
    /// When their form is not known.
    pub fn read(path: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let dir = path
            .parent()
            .filter(|dir| !dir.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut baseline = Self {
            path: path.to_owned(),
            dir: crate::platform::real(dir).unwrap_or_else(|_| dir.to_owned()),
            ..Self::default()
        };
        baseline.take(bytes).map_err(|broken| Error::Config {
            path: path.to_owned(),
            line: broken.line,
            what: broken.what,
            help: "a baseline is what `keyfence baseline` writes, a .gitleaksignore, .betterleaksignore, .secretsignore or \
                   .secrets.baseline, or a report of gitleaks, betterleaks or keyfence (JSON) or in SARIF"
                .to_owned(),
        })?;
        Ok(baseline)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if name == ".secretsignore" {
            ripsecrets::read(bytes, self);
            return Ok(());
        }
        match bytes.trim_ascii_start().first() {
            Some(b'{' | b'[') => self.take_json(bytes),
            _ if name == NAME || bytes.starts_with(HEADER.as_bytes()) => native::read(bytes, self),
            _ => gitleaks::read_ignore(bytes, self),
        }
    }

    fn take_json(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| Broken {
            line: Some(error.line()),
            what: format!("this is no JSON: {error}"),
        })?;
        if let Some(findings) = value.as_array() {
            return gitleaks::read_report(findings, self);
        }
        if value.get("runs").is_some() {
            return sarif::read(&value, self);
        }
        if value.get("tool").and_then(|tool| tool.get("name")) == Some(&"keyfence".into()) {
            return native::read_report(&value, self);
        }
        if let (Some(_), Some(findings)) = (
            value.get("schema_version"),
            value.get("findings").and_then(serde_json::Value::as_array),
        ) {
            return gitleaks::read_betterleaks_report(findings, self);
        }
        if value
            .get("results")
            .is_some_and(serde_json::Value::is_object)
        {
            return detect_secrets::read(&value, self);
        }
        Err(Broken::new("this JSON is no report that keyfence knows"))
    }

    /// Whether it knows the value.
    pub fn knows_value(&self, value: &[u8]) -> bool {
        (!self.values.sha256.is_empty() && self.values.sha256.contains(&sha256(value)))
            || (!self.values.sha1.is_empty()
                && sha1(value).is_some_and(|hash| self.values.sha1.contains(&hash)))
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.fingerprints.len()
            + self.values.sha1.len()
            + self.values.sha256.len()
            + self.places.values().map(Vec::len).sum::<usize>()
            + usize::from(!self.paths.is_empty())
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A value that a file holds in plain text is kept as its hash.
    fn add_value(&mut self, value: &[u8]) {
        self.values.sha256.insert(sha256(value));
    }

    fn add_place(&mut self, path: &[u8], line: u32, commit: Option<&str>) {
        let path = path.strip_prefix(b"./").unwrap_or(path).to_vec();
        let places = self.places.entry((path, line)).or_default();
        places.push(commit.map(str::to_ascii_lowercase));
    }
}

fn sha256(value: &[u8]) -> [u8; 32] {
    Sha256::digest(value).into()
}

/// detect-secrets hashes with SHA-1; a value made to collide is refused by the hasher.
fn sha1(value: &[u8]) -> Option<[u8; 20]> {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(value);
    hasher.try_finalize().ok()?.as_bytes().try_into().ok()
}

/// The bytes of so many hexadecimal digits.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N * 2 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut out = [0; N];
    for (byte, digits) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(out)
}

/// A line number of a report.
fn line_of(value: Option<&serde_json::Value>) -> Option<u32> {
    value?.as_u64()?.try_into().ok().filter(|line| *line > 0)
}

/// Whether a report shows its values masked.
fn is_masked(value: &str) -> bool {
    value.is_empty() || value == "REDACTED" || value.ends_with("...") || value.contains("***")
}

#[cfg(test)]
mod tests;
