//! The lines of a place, each part underlined and labelled.

use std::io::{self, Write};

use super::paint::Paint;
use crate::finding::{Excerpt, Place};
use crate::report::escape;

/// The width of the widest line number of these places.
pub(super) fn gutter<'a>(places: impl Iterator<Item = &'a Place>) -> usize {
    let last = places
        .flat_map(|p| &p.excerpts)
        .map(|e| e.line)
        .max()
        .unwrap_or(0);
    last.checked_ilog10().unwrap_or(0) as usize + 1
}

/// Writes the lines of a place; parts on the same line share it.
pub(super) fn write(
    excerpts: &[Excerpt],
    gutter: usize,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let bar = paint.frame("|");
    let mut before: Option<&Excerpt> = None;
    if !excerpts.is_empty() {
        writeln!(out, "{:gutter$} {bar}", "")?;
    }
    for excerpt in excerpts {
        let line = Line::new(&excerpt.text, excerpt.mark);
        if before.is_none_or(|b| b.line != excerpt.line || b.text != excerpt.text) {
            if before.is_some_and(|b| b.line.saturating_add(1) < excerpt.line) {
                writeln!(out, "{}", paint.frame("..."))?;
            }
            writeln!(
                out,
                "{} {bar} {}",
                paint.frame(&format!("{:gutter$}", excerpt.line)),
                line.text
            )?;
        }
        let carets = paint.mark(&format!("{} {}", "^".repeat(line.length), excerpt.label));
        writeln!(
            out,
            "{:gutter$} {bar} {:indent$}{carets}",
            "",
            "",
            indent = line.indent
        )?;
        before = Some(excerpt);
    }
    if !excerpts.is_empty() {
        writeln!(out, "{:gutter$} {bar}", "")?;
    }
    Ok(())
}

/// A line as the terminal shows it, and where the mark lies in it.
struct Line {
    text: String,
    indent: usize,
    length: usize,
}

impl Line {
    /// Escapes the text and moves the mark (in characters) to columns of the terminal.
    fn new(text: &str, (start, end): (u32, u32)) -> Self {
        let (mut shown, mut column, mut stop) = (String::new(), 0, 0);
        let mut indent = None;
        for (i, c) in (0u32..).zip(text.chars()) {
            if i == start {
                indent = Some(column);
            }
            let piece = match c {
                '\t' => "    ".to_owned(),
                c => escape::terminal(c.encode_utf8(&mut [0; 4])).into_owned(),
            };
            column += piece.chars().map(escape::width).sum::<usize>();
            shown.push_str(&piece);
            if i < end {
                stop = column;
            }
        }
        // A mark beyond the text stands at its end.
        let indent = indent.unwrap_or(column);
        // A runner's command spans several characters, so it is broken up here: after the mark
        // at most, since everything from the mark on is masked.
        let shown = escape::terminal(&shown).into_owned();
        Self {
            text: shown,
            indent,
            length: stop.saturating_sub(indent).max(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_follows_what_the_terminal_shows() {
        let line = Line::new("\t鍵=\x1b\u{301}abcd;", (5, 9));
        assert_eq!(line.text, "    鍵=\\x1b\u{301}abcd;");
        assert_eq!((line.indent, line.length), (11, 4));
        let line = Line::new("short", (90, 95));
        assert_eq!(line.length, 1, "a mark beyond the text still shows");
    }
}
