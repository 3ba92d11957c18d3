//! The same credential in several places: one key per bot is the rule, so that one can be revoked without
//! stopping the others.
//!
//! A credential is used in as many places as there are different files that hold it now. Copies of a file
//! are no other place: a backup beside it (`.env.bak`, `config (1).json`), one in a folder of backups, and
//! the same path in an archive. What only an old version of a file holds is no place either.

use std::collections::{HashMap, HashSet};

use crate::finding::{Finding, Origin, OriginKind, Place, Report, Role};
use crate::settings::Source;

/// The places of each finding of a report.
#[derive(Debug)]
pub(super) struct Reuse<'r> {
    by_value: HashMap<&'r [u8], Vec<File>>,
}

/// A file that holds a credential.
#[derive(Clone, Debug)]
struct File {
    /// As reports show it.
    shown: String,
    /// The folders and the name, without what marks a copy.
    parts: Vec<String>,
    /// Whether it is a member of an archive: then the path in it alone counts.
    packed: bool,
}

impl<'r> Reuse<'r> {
    /// Reads a report.
    pub(super) fn of(report: &'r Report, source: &Source) -> Self {
        let history = matches!(source, Source::History { .. });
        // Of very many values nearly all stand in one file.
        let mut often: HashMap<&[u8], bool> = HashMap::new();
        for finding in &report.findings {
            let several = is_in_several(finding, history);
            for value in values(finding) {
                often
                    .entry(value)
                    .and_modify(|often| *often = true)
                    .or_insert(several);
            }
        }
        often.retain(|_, often| *often);
        let mut by_value: HashMap<&[u8], Known> = HashMap::new();
        for finding in &report.findings {
            let mut values = values(finding)
                .filter(|value| often.contains_key(value))
                .peekable();
            if values.peek().is_none() {
                continue;
            }
            let files = files(finding, history);
            for value in values {
                let known = by_value.entry(value).or_default();
                files.iter().for_each(|file| known.add(file));
            }
        }
        let several = by_value
            .into_iter()
            .filter(|(_, known)| known.files.len() > 1);
        Self {
            by_value: several.map(|(value, known)| (value, known.files)).collect(),
        }
    }

    /// The files that hold the same credential, this one's among them, in order; empty when there is but one.
    pub(super) fn files(&self, finding: &Finding) -> Vec<&str> {
        let most = values(finding)
            .filter_map(|value| self.by_value.get(value))
            .max_by_key(|files| files.len());
        let mut files: Vec<&str> = most
            .into_iter()
            .flatten()
            .map(|file| file.shown.as_str())
            .collect();
        files.sort_unstable();
        files
    }

    /// What is to be said of it; none when the credential has one place.
    pub(super) fn note(&self, finding: &Finding) -> Option<String> {
        const SHOWN: usize = 3;
        let files = self.files(finding);
        if files.is_empty() {
            return None;
        }
        let shown = files.iter().take(SHOWN).copied().collect::<Vec<_>>();
        let more = files.len() - shown.len();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        Some(format!(
            "used in {} places ({}{more}): give each bot a key of its own, so that one can be revoked alone",
            files.len(),
            shown.join(", "),
        ))
    }
}

/// Files that are no copies of each other.
#[derive(Debug, Default)]
struct Known {
    files: Vec<File>,
    /// The paths of those that are not packed.
    plain: HashSet<Vec<String>>,
    /// Which of them are packed.
    packed: Vec<usize>,
}

impl Known {
    fn add(&mut self, file: &File) {
        let is_copy = |at: &usize| self.files.get(*at).is_some_and(|own| own.is_copy_of(file));
        let known = match file.packed {
            true => self.files.iter().any(|own| own.is_copy_of(file)),
            // There may be very many.
            false => self.plain.contains(&file.parts) || self.packed.iter().any(is_copy),
        };
        if known {
            return;
        }
        match file.packed {
            true => self.packed.push(self.files.len()),
            false => _ = self.plain.insert(file.parts.clone()),
        }
        self.files.push(file.clone());
    }
}

/// Whether a finding may stand in more than one file now.
fn is_in_several(finding: &Finding, history: bool) -> bool {
    if history {
        let head = finding.exposure.as_ref().map(|e| e.in_head.len());
        return head.is_some_and(|count| count > 1);
    }
    fn file(place: &Place) -> (&[u8], &[std::sync::Arc<[u8]>]) {
        (&place.origin.path, &place.origin.members)
    }
    let mut places = finding.places.iter().map(file);
    let first = places.next();
    places.any(|place| Some(place) != first)
}

/// The values that make a credential the same: not what people choose beside a key.
fn values(finding: &Finding) -> impl Iterator<Item = &[u8]> {
    let own = finding
        .parts
        .iter()
        .filter(|part| part.secret && !matches!(part.role, Role::Passphrase | Role::Memo));
    own.map(|part| part.value.expose())
        .filter(|value| value.len() >= 8)
}

/// The files that hold a finding now.
fn files(finding: &Finding, history: bool) -> Vec<File> {
    if history {
        let head = finding.exposure.as_ref().map(|e| e.in_head.as_slice());
        return head
            .unwrap_or_default()
            .iter()
            .map(|(path, _)| File::new(path, &[], String::from_utf8_lossy(path).into_owned()))
            .collect();
    }
    finding
        .places
        .iter()
        .map(|place| &place.origin)
        .filter(|origin| is_file(origin))
        .map(|origin| File::new(&origin.path, &origin.members, origin.display()))
        .collect()
}

fn is_file(origin: &Origin) -> bool {
    matches!(
        origin.kind,
        OriginKind::File | OriginKind::Blob(_) | OriginKind::Staged(_)
    ) && !origin.path.is_empty()
}

impl File {
    fn new(path: &[u8], members: &[std::sync::Arc<[u8]>], shown: String) -> Self {
        let path = members.last().map_or(path, |member| member);
        let path = String::from_utf8_lossy(path).to_lowercase();
        let parts = path
            .split(['/', '\\'])
            .filter(|part| !part.is_empty() && *part != ".")
            .map(original)
            .filter(|part| {
                !matches!(
                    part.as_str(),
                    "" | "backup" | "backups" | "bak" | "old" | "archive" | "copy" | ".history"
                )
            })
            .collect();
        Self {
            shown,
            parts,
            packed: !members.is_empty(),
        }
    }

    /// Whether both are one file: of the same path, but for what marks a copy, or, where one is packed, of the
    /// same path as far as both tell.
    fn is_copy_of(&self, other: &Self) -> bool {
        if self.packed || other.packed {
            let (long, short) = if self.parts.len() >= other.parts.len() {
                (&self.parts, &other.parts)
            } else {
                (&other.parts, &self.parts)
            };
            return !short.is_empty() && long.ends_with(short);
        }
        self.parts == other.parts
    }
}

/// A name without what marks a copy: `config.json.bak`, `config (1).json`, `config-copy.json`,
/// `config.2024-05-01.json`.
fn original(name: &str) -> String {
    const MARKS: [&str; 14] = [
        ".bak", ".old", ".orig", ".save", ".backup", ".copy", "~", "-copy", " copy", "_copy",
        "-backup", "_backup", "_old", "-old",
    ];
    let hidden = usize::from(name.starts_with('.'));
    let (stem, ending) = match name.rfind('.') {
        Some(at) if at > hidden => name.split_at(at),
        _ => (name, ""),
    };
    let bare = |text: &str| {
        let mut text = text;
        loop {
            let shorter = MARKS
                .iter()
                .find_map(|mark| text.strip_suffix(mark))
                .or_else(|| numbered(text))
                .filter(|rest| !rest.is_empty());
            match shorter {
                Some(rest) => text = rest,
                None => return text.to_owned(),
            }
        }
    };
    let whole = bare(name);
    if whole == name {
        bare(stem) + ending
    } else {
        original(&whole)
    }
}

/// A name without `(1)` or a date behind it.
fn numbered(name: &str) -> Option<&str> {
    if let Some(rest) = name.strip_suffix(')') {
        let (head, number) = rest.rsplit_once('(')?;
        return number
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| head.trim_end());
    }
    let head = name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_'));
    let date = name.get(head.len()..)?;
    let digits = date.bytes().filter(u8::is_ascii_digit).count();
    (digits >= 8).then(|| head.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, member: Option<&str>) -> File {
        let members: Vec<std::sync::Arc<[u8]>> =
            member.into_iter().map(|m| m.as_bytes().into()).collect();
        File::new(path.as_bytes(), &members, String::new())
    }

    #[test]
    fn copies_are_known() {
        for (one, other) in [
            ("bots/a/.env", "bots/a/.env.bak"),
            ("bots/a/config.json", "bots/a/config (1).json"),
            ("bots/a/config.json", "bots/a/config.json.old"),
            ("bots/a/config.json", "bots/a/config-copy.json"),
            ("bots/a/config.json", "bots/a/config.2024-05-01.json"),
            ("bots/a/config.json", "backup/bots/a/config.json"),
            ("bots/a/config.json", "bots.bak/a/config.json~"),
        ] {
            assert!(file(one, None).is_copy_of(&file(other, None)), "{other}");
        }
        let packed = file("backup/all.zip", Some("a/config.json"));
        assert!(file("bots/a/config.json", None).is_copy_of(&packed));
        assert!(packed.is_copy_of(&file("other.tar", Some("bots/a/config.json"))));
    }

    #[test]
    fn very_many_files_are_told_apart() {
        let mut known = Known::default();
        for number in 0..30_000 {
            known.add(&file(&format!("bots/{number}/.env"), None));
            known.add(&file(&format!("backup/bots/{number}/.env.bak"), None));
        }
        assert_eq!(known.files.len(), 30_000);
        known.add(&file("old.zip", Some("bots/7/.env")));
        known.add(&file("old.zip", Some("bots/x/.env")));
        known.add(&file("bots/x/.env", None));
        assert_eq!(known.files.len(), 30_001);
    }

    #[test]
    fn other_files_are_not() {
        for (one, other) in [
            ("bots/a/.env", "bots/b/.env"),
            ("bots/a/.env", "bots/a/config.json"),
            ("config.json", "config2.json"),
            ("a/.env", ".env"),
        ] {
            assert!(!file(one, None).is_copy_of(&file(other, None)), "{other}");
        }
        let packed = file("all.zip", Some("b/config.json"));
        assert!(!file("bots/a/config.json", None).is_copy_of(&packed));
    }
}
