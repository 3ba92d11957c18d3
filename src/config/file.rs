//! What stands in the file, and the checks that turn it into a [`Config`].

use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;
use toml::Spanned;

use super::{Config, Exclude, Ignore, Protect};
use crate::error::Error;
use crate::finding::{Confidence, Fingerprint, Severity};
use crate::misread;
use crate::nearest::nearest;
use crate::platform;
use crate::regular;
use crate::report::escape;
use crate::suppress::baseline::{self, Baseline};

/// A configuration is short; what is longer is none.
const MAX_BYTES: u64 = 1 << 20;
/// What one regular expression may take when it is made ready, and all of a configuration, in bytes: a stranger's
/// may ask for much more in a few letters.
const LARGEST_REGEX: usize = 4 << 20;
const REGEXES: usize = 32 << 20;
/// Directories below the configuration that a glob of rule files may reach.
const MAX_DEPTH: usize = 16;

/// The fields a configuration may have.
pub const FIELDS: [&str; 9] = [
    "rules",
    "only-rules",
    "exclude-rules",
    "fail-on",
    "min-confidence",
    "baseline",
    "exclude",
    "ignore",
    "gitignore",
];

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    #[serde(default)]
    rules: Vec<Spanned<String>>,
    #[serde(default)]
    only_rules: Vec<String>,
    #[serde(default)]
    exclude_rules: Vec<String>,
    fail_on: Option<Spanned<String>>,
    min_confidence: Option<Spanned<String>>,
    #[serde(default)]
    baseline: Vec<Spanned<String>>,
    #[serde(default)]
    exclude: Vec<ExcludeEntry>,
    #[serde(default)]
    ignore: Vec<Spanned<IgnoreEntry>>,
    gitignore: Option<GitignoreEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct GitignoreEntry {
    built_in: Option<bool>,
    #[serde(default)]
    protect: Vec<Spanned<String>>,
    #[serde(default)]
    except: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ExcludeEntry {
    path: Spanned<String>,
    reason: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct IgnoreEntry {
    fingerprint: Option<Spanned<String>>,
    value_regex: Option<Spanned<String>>,
    path: Option<Spanned<String>>,
    rule: Option<String>,
    reason: Spanned<String>,
}

/// Reads and checks a configuration. One that was `discovered` in the scanned tree may name rule
/// files below its own directory only.
pub fn load(path: &Path, discovered: bool) -> Result<Config, Error> {
    let bytes = regular::read(path, MAX_BYTES).map_err(|cause| Error::Read {
        path: path.to_owned(),
        cause,
    })?;
    let mut config = read(path, bytes, discovered)?;
    config.baselines = config
        .baseline_files
        .iter()
        .map(|file| match Baseline::load(file) {
            // What is not there yet hides nothing.
            Err(Error::Read { cause, .. })
                if cause.kind() == std::io::ErrorKind::NotFound
                    && file.ends_with(baseline::NAME) =>
            {
                Ok(Baseline::default())
            }
            read => read,
        })
        .collect::<Result<_, _>>()?;
    Ok(config)
}

/// The same for a configuration whose bytes come from elsewhere, as from git's index, and would stand at
/// `path`; its directory must exist. The baselines that it names are not read.
pub fn read(path: &Path, bytes: Vec<u8>, discovered: bool) -> Result<Config, Error> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::Config {
            path: path.to_owned(),
            line: None,
            what: format!("it has more than {MAX_BYTES} bytes"),
            help: "check that it is a configuration".to_owned(),
        });
    }
    let text = String::from_utf8(bytes).map_err(|e| Error::Config {
        path: path.to_owned(),
        line: Some(
            1 + e.as_bytes()[..e.utf8_error().valid_up_to()]
                .iter()
                .filter(|b| **b == b'\n')
                .count(),
        ),
        what: "this is not UTF-8".to_owned(),
        help: "save the file as UTF-8".to_owned(),
    })?;
    let dir = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let dir = platform::real(dir).map_err(|cause| Error::Read {
        path: dir.to_owned(),
        cause,
    })?;
    Reader {
        path,
        dir: &dir,
        text: &text,
        discovered,
    }
    .read()
}

struct Reader<'a> {
    path: &'a Path,
    dir: &'a Path,
    text: &'a str,
    discovered: bool,
}

impl Reader<'_> {
    fn read(&self) -> Result<Config, Error> {
        let file: File = toml::from_str(self.text).map_err(|e| self.syntax(&e))?;
        let values = file.ignore.iter();
        let values = values.filter(|entry| entry.get_ref().value_regex.is_some());
        let room = (REGEXES / values.count().max(1)).min(LARGEST_REGEX);
        let mut rules = Vec::new();
        for glob in &file.rules {
            rules.extend(self.rule_files(glob)?);
        }
        rules.sort();
        rules.dedup();
        Ok(Config {
            path: self.path.to_owned(),
            dir: self.dir.to_owned(),
            rules,
            baseline_files: file
                .baseline
                .iter()
                .map(|name| self.beside(name))
                .collect::<Result<_, _>>()?,
            baselines: Vec::new(),
            notes: Vec::new(),
            only_rules: file.only_rules,
            exclude_rules: file.exclude_rules,
            excludes: file
                .exclude
                .iter()
                .map(|entry| self.exclude(entry))
                .collect::<Result<_, _>>()?,
            ignores: file
                .ignore
                .iter()
                .map(|entry| self.ignore(entry, room))
                .collect::<Result<_, _>>()?,
            fail_on: file
                .fail_on
                .as_ref()
                .map(|text| self.fail_on(text))
                .transpose()?,
            min_confidence: file
                .min_confidence
                .as_ref()
                .map(|text| self.min_confidence(text))
                .transpose()?,
            protect: match &file.gitignore {
                Some(entry) => self.protect(entry)?,
                None => Protect::default(),
            },
        })
    }

    fn protect(&self, entry: &GitignoreEntry) -> Result<Protect, Error> {
        let lines = |list: &[Spanned<String>]| {
            let lines = list.iter().map(|text| self.pattern(text));
            lines.collect::<Result<Vec<_>, _>>()
        };
        Ok(Protect {
            built_in: entry.built_in.unwrap_or(true),
            more: lines(&entry.protect)?,
            except: lines(&entry.except)?,
        })
    }

    /// A line of a `.gitignore` file that names files.
    fn pattern(&self, text: &Spanned<String>) -> Result<String, Error> {
        let line = text.get_ref();
        let odd = line.starts_with(['!', '#']) || line.contains(['\n', '\r', '\0']);
        if odd || line.trim_matches(['/', ' ', '*']).is_empty() {
            return Err(self.error(
                text,
                format!("`{}` names no files", escape::terminal(line)),
                "write one pattern as in a .gitignore file, without `!`: `*.vault`, `conf/keys.yml`",
            ));
        }
        Ok(line.clone())
    }

    fn exclude(&self, entry: &ExcludeEntry) -> Result<Exclude, Error> {
        Ok(Exclude {
            path: self.glob(&entry.path)?,
            reason: self.reason(&entry.reason)?,
        })
    }

    /// `room` is what its regular expression may take, in bytes.
    fn ignore(&self, spanned: &Spanned<IgnoreEntry>, room: usize) -> Result<Ignore, Error> {
        let entry = spanned.get_ref();
        if entry.fingerprint.is_none()
            && entry.value_regex.is_none()
            && entry.path.is_none()
            && entry.rule.is_none()
        {
            return Err(self.error(
                spanned,
                "this ignore entry would ignore everything".to_owned(),
                "give it a fingerprint, value-regex, path or rule",
            ));
        }
        Ok(Ignore {
            fingerprint: entry
                .fingerprint
                .as_ref()
                .map(|text| self.fingerprint(text))
                .transpose()?,
            value: entry
                .value_regex
                .as_ref()
                .map(|text| self.regex(text, room))
                .transpose()?,
            path: entry
                .path
                .as_ref()
                .map(|text| self.glob(text))
                .transpose()?,
            rule: entry.rule.clone(),
            reason: self.reason(&entry.reason)?,
        })
    }

    fn reason(&self, text: &Spanned<String>) -> Result<String, Error> {
        match text.get_ref().trim() {
            "" => Err(self.error(
                text,
                "the reason is empty".to_owned(),
                "say in a few words why this is no leak",
            )),
            reason => Ok(reason.to_owned()),
        }
    }

    fn fail_on(&self, text: &Spanned<String>) -> Result<Option<Severity>, Error> {
        let words = Severity::ALL.map(Severity::as_str);
        match text.get_ref().as_str() {
            "none" => Ok(None),
            word => match Severity::ALL.into_iter().find(|s| s.as_str() == word) {
                Some(severity) => Ok(Some(severity)),
                None => Err(self.word(text, "severity", words.into_iter().chain(["none"]))),
            },
        }
    }

    fn min_confidence(&self, text: &Spanned<String>) -> Result<Confidence, Error> {
        let found = Confidence::ALL
            .into_iter()
            .find(|c| c.as_str() == text.get_ref());
        found.ok_or_else(|| {
            self.word(
                text,
                "confidence",
                Confidence::ALL.into_iter().map(Confidence::as_str),
            )
        })
    }

    fn fingerprint(&self, text: &Spanned<String>) -> Result<Fingerprint, Error> {
        Fingerprint::parse(text.get_ref()).ok_or_else(|| {
            self.error(
                text,
                "this is no fingerprint".to_owned(),
                "copy the 32 hexadecimal digits from the finding's last line",
            )
        })
    }

    fn regex(&self, text: &Spanned<String>, room: usize) -> Result<Regex, Error> {
        let built = RegexBuilder::new(text.get_ref()).size_limit(room).build();
        built.map_err(|e| {
            if matches!(e, regex::Error::CompiledTooBig(_)) {
                return self.error(
                    text,
                    format!(
                        "this regular expression is too large: all together may take {} MiB",
                        REGEXES >> 20
                    ),
                    "repeat less, write [0-9A-Za-z_] for \\w, or name the fingerprints",
                );
            }
            let why = e.to_string();
            let why = why
                .lines()
                .last()
                .unwrap_or_default()
                .trim_start_matches("error: ")
                .to_owned();
            self.error(
                text,
                format!("this is no regular expression: {why}"),
                "see https://docs.rs/regex for the syntax",
            )
        })
    }

    fn glob(&self, text: &Spanned<String>) -> Result<GlobMatcher, Error> {
        let glob = GlobBuilder::new(text.get_ref())
            .literal_separator(true)
            .backslash_escape(true)
            .build();
        glob.map(|glob| glob.compile_matcher()).map_err(|e| {
            self.error(
                text,
                format!("this is no glob: {}", e.kind()),
                "write a path below this file's directory; `*` stands for a part of a name, `**` for any directories",
            )
        })
    }

    /// A file named by the configuration, which one found in the tree may name below its directory only.
    fn beside(&self, text: &Spanned<String>) -> Result<PathBuf, Error> {
        let outside = |c: Component| !matches!(c, Component::Normal(_) | Component::CurDir);
        let name = Path::new(text.get_ref());
        if name.as_os_str().is_empty() || (self.discovered && name.components().any(outside)) {
            return Err(self.error(
                text,
                "a configuration found in the tree may name files below its own directory only"
                    .to_owned(),
                "move the file there, or give it with --baseline FILE",
            ));
        }
        let inside = name.components().filter(|c| *c != Component::CurDir);
        Ok(self.dir.join(inside.collect::<PathBuf>()))
    }

    fn rule_files(&self, text: &Spanned<String>) -> Result<Vec<PathBuf>, Error> {
        let outside = |c: Component| !matches!(c, Component::Normal(_) | Component::CurDir);
        if self.discovered && Path::new(text.get_ref()).components().any(outside) {
            return Err(self.error(
                text,
                "a configuration found in the tree may name rules below its own directory only"
                    .to_owned(),
                "move the rules there, or give the configuration with --config FILE",
            ));
        }
        let pattern = self.dir.join(text.get_ref());
        let pattern = pattern
            .components()
            .filter(|c| *c != Component::CurDir)
            .collect::<PathBuf>();
        let special = |c: &Component| match c {
            Component::Normal(name) => name.to_string_lossy().contains(['*', '?', '[', '{']),
            _ => false,
        };
        let base: PathBuf = pattern.components().take_while(|c| !special(c)).collect();
        let mut found = Vec::new();
        if base == pattern {
            found.push(pattern);
        } else {
            let relative = platform::slashed(pattern.strip_prefix(&base).unwrap_or(&pattern));
            let relative = String::from_utf8_lossy(&relative).into_owned();
            let glob = self.glob(&Spanned::new(text.span(), relative))?;
            collect(&base, &base, &glob, 0, &mut found);
            found.sort();
        }
        if found.is_empty() {
            return Err(self.error(
                text,
                format!("no file matches `{}`", escape::terminal(text.get_ref())),
                "write the path of your rule files from this file's directory on, or take the line out",
            ));
        }
        Ok(found)
    }

    /// A word that is none of those allowed.
    fn word<'w>(
        &self,
        text: &Spanned<String>,
        kind: &str,
        words: impl Iterator<Item = &'w str> + Clone,
    ) -> Error {
        let what = format!("there is no {kind} `{}`", escape::word(text.get_ref()));
        let all = words.clone().collect::<Vec<_>>().join(", ");
        let help = match nearest(text.get_ref(), words) {
            Some(word) => format!("did you mean `{word}`? one of: {all}"),
            None => format!("write one of: {all}"),
        };
        self.error(text, what, &help)
    }

    fn error<T>(&self, at: &Spanned<T>, what: String, help: &str) -> Error {
        Error::Config {
            path: self.path.to_owned(),
            line: Some(self.line(at.span().start)),
            what,
            help: help.to_owned(),
        }
    }

    fn line(&self, offset: usize) -> usize {
        1 + self
            .text
            .bytes()
            .take(offset)
            .filter(|b| *b == b'\n')
            .count()
    }

    /// What the TOML reader found, with the field that was probably meant.
    fn syntax(&self, e: &toml::de::Error) -> Error {
        let (what, help) = misread::explain(e.message());
        let help =
            help.unwrap_or_else(|| "the README shows every field; the file is TOML".to_owned());
        Error::Config {
            path: self.path.to_owned(),
            line: e.span().map(|span| self.line(span.start)),
            what: escape::terminal(&what).into_owned(),
            help: escape::terminal(&help).into_owned(),
        }
    }
}

/// The files below `dir` whose path from `base` matches; links are not followed.
fn collect(base: &Path, dir: &Path, glob: &GlobMatcher, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth < MAX_DEPTH => {
                collect(base, &path, glob, depth + 1, found);
            }
            Ok(kind)
                if kind.is_file() && path.strip_prefix(base).is_ok_and(|p| glob.is_match(p)) =>
            {
                found.push(path);
            }
            _ => {}
        }
    }
}
