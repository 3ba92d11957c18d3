//! `keyfence rules docs`: a page of each built-in rule, an index of them, and a page on signs of danger.
//!
//! The pages are made from the rules alone: the same rules give the same bytes.

mod index;
mod markdown;
mod page;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use crate::error::Error;
use crate::exit::Exit;
use crate::output;
use crate::report::{escape, text};
use crate::rule::Set;

/// The first line of every page, by which a later run knows what it may remove.
const MARK: &str = "<!-- Made by `keyfence rules docs` from the rule files: change those. -->";

/// Writes the pages that have changed into a directory, and removes those of rules that are gone.
pub(super) fn run(directory: &Path) -> Result<Exit, Error> {
    let pages = pages();
    let failed = |cause| Error::Write {
        target: format!("`{}`", escape::terminal(&directory.to_string_lossy())),
        cause,
    };
    std::fs::create_dir_all(directory).map_err(failed)?;
    let mut written = 0u64;
    for (name, text) in &pages {
        let path = directory.join(name);
        if read(&path).as_deref() != Some(text.as_bytes()) {
            output::file(&path, |out| out.write_all(text.as_bytes()))?;
            written += 1;
        }
    }
    let removed = remove_others(directory, &pages).map_err(failed)?;
    let all = text::count(pages.len() as u64, "page");
    output::stdout(format!("{all}: {written} written, {removed} removed\n").as_bytes())?;
    Ok(Exit::Clean)
}

/// Every page, by the name of its file.
fn pages() -> Vec<(String, String)> {
    let rules = Set::builtin().rules();
    let mut pages: Vec<(String, String)> = rules
        .iter()
        .map(|rule| (format!("{}.md", rule.id), page::of(rule)))
        .collect();
    pages.push(("README.md".to_owned(), index::of(rules)));
    pages.push(("danger.md".to_owned(), index::danger()));
    for (_, text) in &mut pages {
        *text = format!("{MARK}\n{text}");
    }
    pages
}

/// A file's bytes, if it can be read.
fn read(path: &Path) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

/// Removes the pages of earlier runs that this one does not make; other files stay.
fn remove_others(directory: &Path, pages: &[(String, String)]) -> std::io::Result<u64> {
    let made: BTreeSet<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    let mut removed = 0;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let known = name.to_str().is_none_or(|name| made.contains(name));
        if known || !entry.file_type()?.is_file() || !is_page(&entry.path()) {
            continue;
        }
        std::fs::remove_file(entry.path())?;
        removed += 1;
    }
    Ok(removed)
}

/// Whether a file begins as our pages do.
fn is_page(path: &Path) -> bool {
    let mut head = Vec::new();
    let opened = std::fs::File::open(path);
    let read = opened.and_then(|file| file.take(MARK.len() as u64).read_to_end(&mut head));
    read.is_ok() && head == MARK.as_bytes()
}
