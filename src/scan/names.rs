//! Credentials in names: of directories and files, members of archives, refs, authors.
//!
//! What stands in a file is known by its finding, and masked wherever it shows. A name that holds a
//! credential is shown as well, and often nothing else holds that one: so whatever a report tells of
//! the scanned tree is read once, as text by itself, and what is found in it is masked.

use std::borrow::Cow;
use std::collections::HashSet;

use super::SCRATCH;
use crate::detect::{self, Found, Scratch};
use crate::error::Error;
use crate::finding::{CommitInfo, Confidence, Exposure, Hidden, Origin, Report, Secret};
use crate::report::redact::Redactor;
use crate::rule::{Need, Set};
use crate::settings::Settings;

/// No shorter name holds a credential.
pub(super) const SHORTEST: usize = 16;
/// No ending of a name is longer: `.properties`.
const LONGEST_ENDING: usize = 10;
/// Of longer texts so many bytes at the begin and at the end are read.
const LONGEST: usize = 1 << 16;

/// Adds what stands in the names that a report tells to what it masks.
///
/// # Errors
///
/// When a rule file is broken.
pub(super) fn hide(report: &mut Report, settings: &Settings) -> Result<(), Error> {
    let mut texts = Texts::default();
    report.told(&mut texts);
    let hidden = texts.values(settings.rules()?);
    report.hidden.extend(hidden);
    Ok(())
}

/// Texts that may be or hold names, each once.
#[derive(Default)]
pub struct Texts(HashSet<Vec<u8>>);

impl Texts {
    /// Adds a path, or a sentence that may hold one.
    pub fn add(&mut self, text: &[u8]) {
        if text.len() < SHORTEST || self.0.contains(text) {
            return;
        }
        for name in names(text) {
            if !self.0.contains(name) {
                self.0.insert(name.to_vec());
            }
        }
        self.0.insert(text.to_vec());
    }

    /// The values in them that are surely or likely credentials.
    pub fn values(&self, set: Set) -> Vec<Hidden> {
        let likely = |found: &Found| found.confidence >= Confidence::Likely;
        SCRATCH.with_borrow_mut(|scratch| {
            let all = self.0.iter();
            all.flat_map(|text| credentials(set, text, scratch))
                .filter(likely)
                .flat_map(hidden)
                .collect()
        })
    }
}

/// The names in a path or a sentence: what stands between slashes, and each word that has an ending.
fn names(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let parts = text.split(|byte| *byte == b'/');
    let apart = |byte: &u8| byte.is_ascii_whitespace() || b"`'\"()".contains(byte);
    let words = move |part| {
        let words = <[u8]>::split(part, apart);
        words.filter(|word| memchr::memchr(b'.', word).is_some())
    };
    parts
        .flat_map(move |part| std::iter::once(part).chain(words(part)))
        .filter(|name| name.len() >= SHORTEST)
}

/// What stands in a name, read as text by itself, with its endings and without.
fn credentials(set: Set, name: &[u8], scratch: &mut Scratch) -> Vec<Found> {
    let mut out = read(set, name, scratch);
    if memchr::memchr(b'/', name).is_some() {
        return out;
    }
    let mut stem = name;
    while let Some(shorter) = without_ending(stem) {
        stem = shorter;
        out.extend(read(set, stem, scratch));
    }
    out.extend(apart(set, stem, scratch));
    out
}

/// What stands in a name without its endings. In text a dot goes on with a word; in a name it begins an
/// ending, or parts words: the name is read with blanks for dots as well.
pub(super) fn in_stem(set: Set, name: &[u8], scratch: &mut Scratch) -> Vec<Found> {
    let mut stem = name;
    while let Some(shorter) = without_ending(stem) {
        stem = shorter;
    }
    let mut out = read(set, stem, scratch);
    out.extend(apart(set, stem, scratch));
    out
}

fn apart(set: Set, stem: &[u8], scratch: &mut Scratch) -> Vec<Found> {
    if memchr::memchr(b'.', stem).is_none() {
        return Vec::new();
    }
    let blank = |byte: &u8| if *byte == b'.' { b' ' } else { *byte };
    let words: Vec<u8> = stem.iter().map(blank).collect();
    read(set, &words, scratch)
}

/// A reason without the line that it names: in a file with very many findings most are the same but for that.
fn without_line(why: &str) -> &str {
    match why.rsplit_once(" on line ") {
        Some((text, line)) if line.bytes().all(|b| b.is_ascii_digit()) => text,
        _ => why,
    }
}

/// `a.tar` of `a.tar.gz`, then `a`.
fn without_ending(name: &[u8]) -> Option<&[u8]> {
    let dot = memchr::memrchr(b'.', name)?;
    let ending = name.get(dot + 1..)?;
    let plain = ending.len() <= LONGEST_ENDING && ending.iter().all(u8::is_ascii_alphanumeric);
    plain.then(|| name.get(..dot)).flatten()
}

fn read(set: Set, text: &[u8], scratch: &mut Scratch) -> Vec<Found> {
    let (begin, rest) = text.split_at(text.len().min(LONGEST));
    let end = rest.get(rest.len().saturating_sub(LONGEST)..);
    let mut out = Vec::new();
    for text in [begin, end.unwrap_or_default()] {
        if text.len() >= SHORTEST && !detect::is_inert(set, text, scratch) {
            out.extend(detect::detect(set, text, b"", &|_| true, scratch).found);
        }
    }
    out
}

fn hidden(found: Found) -> impl Iterator<Item = Hidden> {
    found.parts.into_iter().map(|part| Hidden {
        value: Secret::new(&part.value),
        secret: part.part.secret,
    })
}

/// Whether the value says by itself what it is, whatever stands around it.
pub(super) fn is_sure(found: &Found) -> bool {
    let by_shape = |part: &detect::FoundPart| part.part.need == Need::Nothing;
    found.confidence == Confidence::Certain
        || found.confidence >= Confidence::Likely && found.parts.iter().all(by_shape)
}

/// A message with what is surely a credential in it masked: a path that could not be opened, a setting.
pub fn masked(text: &[u8]) -> Cow<'_, [u8]> {
    let scratch = &mut Scratch::default();
    let sure: Vec<Hidden> = std::iter::once(text)
        .chain(names(text))
        .flat_map(|text| credentials(Set::builtin(), text, scratch))
        .filter(is_sure)
        .flat_map(hidden)
        .collect();
    if sure.is_empty() {
        return Cow::Borrowed(text);
    }
    let redact = Redactor::of(sure.iter().map(Hidden::parts));
    Cow::Owned(redact.bytes(text).into_owned())
}

impl Report {
    /// Hands out whatever reports tell of the scanned tree, but for lines of content.
    fn told(&self, texts: &mut Texts) {
        for finding in &self.findings {
            finding
                .places
                .iter()
                .for_each(|place| texts.origin(&place.origin));
            let why = finding.why.iter().map(|why| without_line(why));
            why.for_each(|why| texts.add(why.as_bytes()));
            finding.exposure.iter().for_each(|own| texts.exposure(own));
        }
        for suppressed in &self.suppressed {
            texts.origin(&suppressed.origin);
            texts.add(suppressed.detail.as_bytes());
        }
        for gap in &self.gaps {
            texts.origin(&gap.origin);
            texts.add(gap.what.as_bytes());
            gap.help.iter().for_each(|help| texts.add(help.as_bytes()));
        }
        for lapse in &self.hygiene {
            lapse.origin.iter().for_each(|origin| texts.origin(origin));
            texts.add(lapse.title.as_bytes());
            let said = lapse.why.iter().chain(&lapse.steps);
            said.for_each(|text| texts.add(text.as_bytes()));
        }
        self.notes
            .iter()
            .for_each(|note| texts.add(note.as_bytes()));
        if let Some(repository) = &self.repository {
            texts.add(&crate::platform::slashed(&repository.path));
        }
    }
}

impl Texts {
    fn origin(&mut self, origin: &Origin) {
        self.add(&origin.path);
        origin.members.iter().for_each(|member| self.add(member));
    }

    /// Adds what is told of a history.
    pub fn exposure(&mut self, exposure: &Exposure) {
        let sightings = [&exposure.first, &exposure.last].into_iter().flatten();
        for sighting in sightings {
            self.add(&sighting.path);
            self.commit(&sighting.commit);
        }
        exposure
            .removed
            .iter()
            .for_each(|commit| self.commit(commit));
        exposure.in_head.iter().for_each(|(path, _)| self.add(path));
        exposure
            .refs
            .iter()
            .for_each(|name| self.add(name.as_bytes()));
    }

    fn commit(&mut self, commit: &CommitInfo) {
        self.add(commit.author.as_bytes());
        self.add(commit.summary.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::without_line;

    #[test]
    fn reasons_differ_by_more_than_their_line() {
        for (why, text) in [
            ("held by `KEY` on line 12", "held by `KEY`"),
            ("held by ` on line x` on line 1", "held by ` on line x`"),
            ("held by ` on line x`", "held by ` on line x`"),
            ("by the path `a/b`", "by the path `a/b`"),
        ] {
            assert_eq!(without_line(why), text);
        }
    }
}
