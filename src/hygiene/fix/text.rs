//! The text of a `.gitignore` file, and what is added to it.

use std::path::Path;

use crate::error::reason;
use crate::source::open;

/// What stands above the lines that were added.
pub const HEADING: &str = "# Secrets (keyfence gitignore --fix)";

/// A larger file is left alone, in bytes.
const LARGEST: u64 = 16 << 20;

/// The text of a `.gitignore` file.
#[derive(Clone, Debug)]
pub(super) struct Text {
    before: Option<Vec<u8>>,
    /// Why it can't be read or changed.
    refusal: Option<String>,
    /// What is added: where, and which lines.
    added: Vec<Vec<u8>>,
    after: Option<Vec<u8>>,
}

/// What changes in a file.
pub(super) struct Change {
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Vec<u8>,
    pub(super) added: Vec<Vec<u8>>,
}

impl Text {
    pub(super) fn read(path: &Path) -> Self {
        let mut refusal = None;
        let mut before = None;
        match path.symlink_metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => refusal = Some(reason(&error)),
            Ok(found) if found.is_symlink() => {
                refusal = Some(
                    "it is a symbolic link, which git does not follow; make it a file of its own"
                        .to_owned(),
                );
            }
            Ok(_) => match open::small(path, LARGEST) {
                Ok(Some(bytes)) if bytes.contains(&0) => {
                    refusal = Some(
                        "it is no plain text (UTF-16?), and git can't read it; save it as UTF-8"
                            .to_owned(),
                    );
                }
                Ok(Some(bytes)) => before = Some(bytes),
                Ok(None) => refusal = Some("it is no regular file".to_owned()),
                Err(error) => refusal = Some(reason(&error)),
            },
        }
        Self {
            after: before.clone(),
            before,
            refusal,
            added: Vec::new(),
        }
    }

    /// What it is to say; none where there is no such file.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        self.after.as_deref()
    }

    /// Why nothing can be added.
    pub(super) fn refusal(&self, tracked: bool) -> Option<String> {
        let gone = tracked && self.before.is_none() && self.refusal.is_none();
        self.refusal.clone().or_else(|| {
            gone.then(|| "it is in git, but not on disk; `git restore` it first".to_owned())
        })
    }

    /// What changes; none when nothing does.
    pub(super) fn edit(self) -> Option<Change> {
        (!self.added.is_empty()).then(|| Change {
            before: self.before,
            after: self.after.unwrap_or_default(),
            added: self.added,
        })
    }

    /// Adds lines that are not there yet: at the end of the section under the heading, where there is one
    /// and `in_section` says so, else at the end of the file.
    pub(super) fn insert(&mut self, lines: &[Vec<u8>], in_section: bool) {
        let mut text = self.after.take().unwrap_or_default();
        let end = line_end(&text);
        let place = in_section.then(|| section_end(&text)).flatten();
        let at = place.unwrap_or(text.len());
        let mut new = Vec::new();
        // What the section has already need not be said again.
        let known: Vec<Vec<u8>> = match place {
            Some(at) => section(&text, at),
            None => Vec::new(),
        };
        let lines: Vec<&Vec<u8>> = lines.iter().filter(|line| !known.contains(line)).collect();
        let (head, _) = text.split_at_checked(at).unwrap_or((&text, &[]));
        if !head.is_empty() && !head.ends_with(b"\n") {
            new.extend_from_slice(end);
        }
        if place.is_none() {
            if !head.is_empty() && !ends_blank(head) {
                new.extend_from_slice(end);
            }
            new.extend_from_slice(HEADING.as_bytes());
            new.extend_from_slice(end);
        }
        for line in &lines {
            new.extend_from_slice(line);
            new.extend_from_slice(end);
        }
        self.added.extend(lines.into_iter().cloned());
        text.splice(at..at, new);
        self.after = Some(text);
    }
}

/// The line end that the text uses more often.
fn line_end(text: &[u8]) -> &'static [u8] {
    let ends = memchr::memchr_iter(b'\n', text);
    let (mut all, mut with_return) = (0_usize, 0_usize);
    for at in ends {
        all += 1;
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        with_return += usize::from(before == Some(&b'\r'));
    }
    if with_return * 2 > all {
        b"\r\n"
    } else {
        b"\n"
    }
}

/// Whether the last line is blank.
fn ends_blank(text: &[u8]) -> bool {
    let line = text.strip_suffix(b"\n").unwrap_or(text);
    let last =
        memchr::memrchr(b'\n', line).map_or(line, |at| line.get(at + 1..).unwrap_or_default());
    last.trim_ascii().is_empty() || text.is_empty()
}

/// Where the last section under the heading ends: behind the line before the next blank one.
fn section_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut inside = false;
    let mut end = None;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.trim_ascii();
        if bare == HEADING.as_bytes() {
            inside = true;
        } else if bare.is_empty() {
            inside = false;
        }
        at += line.len();
        if inside {
            end = Some(at);
        }
    }
    end
}

/// The lines of the section that ends there.
fn section(text: &[u8], end: usize) -> Vec<Vec<u8>> {
    let head = text.get(..end).unwrap_or(text);
    let lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').collect();
    lines
        .iter()
        .rev()
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .take_while(|line| line.trim_ascii() != HEADING.as_bytes())
        .map(<[u8]>::to_vec)
        .collect()
}

/// A path as a pattern that fits it alone.
pub(super) fn escaped(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for byte in path {
        if b"*?[\\!#".contains(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    // Spaces at the end, and what git would take for a line end.
    let spaces = out.iter().rev().take_while(|byte| **byte == b' ').count();
    let start = out.len() - spaces;
    let tail: Vec<u8> = out.drain(start..).flat_map(|_| *b"\\ ").collect();
    out.extend(tail);
    if out.ends_with(b"\r") {
        out.pop();
        out.extend_from_slice(b"[\r]");
    }
    out
}
