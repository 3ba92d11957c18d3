//! Values in rows: CSV, SQL, Markdown tables. The column's heading is the value's name.

use std::ops::Range;

use super::text::{Text, is_quote};
use super::{Binding, NameKind};
use crate::detect::role::{self, Says};

/// How many rows above the headings may stand.
const ROWS: usize = 200;

/// The spans of a row's cells.
fn cells(text: &Text<'_>, row: Range<usize>, separator: u8) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = row.start;
    let mut at = row.start;
    while at < row.end {
        let byte = text.bytes[at];
        if byte == separator {
            out.push(bare(text, start..at));
            start = at + 1;
        } else if is_quote(byte) {
            at = text.string_end(at, row.end);
        }
        at += 1;
    }
    out.push(bare(text, start..row.end));
    out
}

/// How many cells a row has.
fn count(text: &Text<'_>, row: Range<usize>, separator: u8) -> usize {
    let line = text.slice(row.clone());
    // A separator in quotes is none.
    if line.iter().any(|byte| is_quote(*byte)) {
        return cells(text, row, separator).len();
    }
    memchr::memchr_iter(separator, line).count() + 1
}

/// A cell without blanks and quotes.
fn bare(text: &Text<'_>, cell: Range<usize>) -> Range<usize> {
    let mut cell = text.trim(cell);
    if cell.len() >= 2
        && is_quote(text.bytes[cell.start])
        && text.bytes[cell.end - 1] == text.bytes[cell.start]
    {
        cell.start += 1;
        cell.end -= 1;
    }
    cell
}

/// A row of comma-separated values: the headings are the first line of as many cells.
pub(super) fn csv(text: &Text<'_>, at: usize, index: usize, binding: &mut Binding) {
    separated(text, at, index, b',', binding);
}

/// A row of values with another separator (`;`, tab, `|`).
pub(super) fn separated(
    text: &Text<'_>,
    at: usize,
    index: usize,
    separator: u8,
    binding: &mut Binding,
) -> bool {
    let row = text.line_start(at)..text.line_end(at);
    let own = cells(text, row.clone(), separator);
    if own.len() < 2 {
        return false;
    }
    let mut headings = None;
    let mut above = row.start;
    for _ in 0..ROWS {
        let Some(line) = text.line_above(above) else {
            break;
        };
        if count(text, line.clone(), separator) != own.len() {
            break;
        }
        above = line.start;
        headings = Some(line);
    }
    let heading = headings.and_then(|line| cells(text, line, separator).get(index).cloned());
    let named = heading.is_some_and(|span| {
        let plausible =
            span.len() <= 40 && text.slice(span.clone()).iter().any(u8::is_ascii_alphabetic);
        if plausible {
            binding.push(span, NameKind::Holder);
        }
        plausible
    });
    siblings(text, &own, index, binding);
    binding.scope = row;
    named
}

/// A row of cells between tabs: a heading line of as many cells, or the columns of SQL's `COPY`.
pub(super) fn tabbed(text: &Text<'_>, at: usize, binding: &mut Binding) -> bool {
    let start = text.line_start(at);
    let index = text
        .slice(start..at)
        .iter()
        .filter(|b| **b == b'\t')
        .count();
    if index == 0 || text.slice(start..start + 1) == b"\t" {
        return false; // indentation
    }
    if separated(text, at, index, b'\t', binding) {
        binding.index.get_or_insert(index);
        return true;
    }
    let head = text.slice(text.low..start);
    let Some(copy) = memchr::memmem::rfind(head, b"COPY ") else {
        return false;
    };
    let (Some(open), Some(close)) = (
        memchr::memchr(b'(', &head[copy..]),
        memchr::memchr(b')', &head[copy..]),
    ) else {
        return false;
    };
    if open >= close {
        return false;
    }
    let columns = cells(
        text,
        text.low + copy + open + 1..text.low + copy + close,
        b',',
    );
    if let Some(column) = columns.get(index) {
        binding.index.get_or_insert(index);
        binding.push(column.clone(), NameKind::Holder);
        return true;
    }
    false
}

/// How many blanks part the cells of a row at least that no other sign parts.
pub(super) const GAP: usize = 2;

/// The cells of a row that blanks part: two of them or more, since one stands between words.
fn apart(text: &Text<'_>, row: Range<usize>) -> Vec<Range<usize>> {
    let row = text.trim(row);
    let mut out = Vec::new();
    let mut start = row.start;
    for at in memchr::memmem::find_iter(text.slice(row.clone()), b"  ").map(|at| row.start + at) {
        if at >= start {
            out.push(start..at);
            start = text.trim(at..row.end).start;
        }
    }
    out.push(start..row.end);
    out
}

/// A row of cells between blanks, under headings of which the value's says what it is for.
pub(super) fn spaced(text: &Text<'_>, at: usize, binding: &mut Binding) -> bool {
    let row = text.line_start(at)..text.line_end(at);
    let own = apart(text, row.clone());
    let Some(index) = own
        .iter()
        .position(|cell| cell.contains(&at))
        .filter(|index| *index > 0)
    else {
        return false;
    };
    let mut headings = Vec::new();
    let mut above = row.start;
    for _ in 0..ROWS {
        let Some(line) = text.line_above(above) else {
            break;
        };
        let cells = apart(text, line.clone());
        if cells.len() != own.len() {
            break;
        }
        above = line.start;
        headings = cells;
    }
    let Some(heading) = headings.get(index) else {
        return false;
    };
    let name = text.slice(heading.clone());
    if name.len() > 40 || role::of_name(name) == Says::Nothing {
        return false;
    }
    binding.push(heading.clone(), NameKind::Holder);
    binding.index.get_or_insert(index);
    siblings(text, &own, index, binding);
    binding.scope = row;
    true
}

fn siblings(text: &Text<'_>, cells: &[Range<usize>], index: usize, binding: &mut Binding) {
    for (number, cell) in cells.iter().enumerate().take(12) {
        if number != index
            && (2..=24).contains(&cell.len())
            && text.slice(cell.clone()).iter().any(u8::is_ascii_alphabetic)
        {
            binding.push(cell.clone(), NameKind::Sibling);
        }
    }
}

/// A cell of a Markdown table: the headings stand above the line of dashes; a table of two columns names
/// its rows in the first.
pub(super) fn markdown(text: &Text<'_>, at: usize, binding: &mut Binding) {
    let row = text.line_start(at)..text.line_end(at);
    let own = cells(text, row.clone(), b'|');
    let index = text
        .slice(row.start..at)
        .iter()
        .filter(|b| **b == b'|')
        .count();
    if own.len() < 3 || index >= own.len() {
        return;
    }
    let heading = heading(text, &row, index);
    let says = |span: &Range<usize>| role::of_name(text.slice(span.clone())) != Says::Nothing;
    let named = |span: &&Range<usize>| {
        let letters = text.slice((*span).clone()).iter();
        letters.filter(|b| b.is_ascii_alphabetic()).count() >= 3
    };
    let first = own
        .get(1)
        .filter(|first| index >= 2 && own.len() <= 5 && named(first));
    // `| Exchange | API key | API secret |`: a column of one kind of value names it before a row does that says nothing.
    if let Some(telling) = heading.as_ref().filter(|&span| says(span))
        && !first.is_some_and(says)
    {
        binding.push(telling.clone(), NameKind::Holder);
    }
    if let Some(first) = first {
        binding.push(strip_code(text, first.clone()), NameKind::Holder);
    }
    if let Some(heading) = heading {
        let kind = if binding.names.is_empty() {
            NameKind::Holder
        } else {
            NameKind::Enclosing
        };
        binding.push(heading, kind);
    }
    siblings(text, &own, index, binding);
    binding.scope = row;
}

/// The heading of a cell's column.
fn heading(text: &Text<'_>, row: &Range<usize>, index: usize) -> Option<Range<usize>> {
    let mut above = row.start;
    let mut last = None;
    for _ in 0..ROWS {
        let Some(line) = text.line_above(above) else {
            break;
        };
        if !text.slice(line.clone()).contains(&b'|') {
            break;
        }
        above = line.start;
        last = Some(line);
    }
    cells(text, last?, b'|').get(index).cloned()
}

fn strip_code(text: &Text<'_>, mut span: Range<usize>) -> Range<usize> {
    while !span.is_empty() && matches!(text.bytes[span.start], b'`' | b'*' | b'_') {
        span.start += 1;
    }
    while !span.is_empty() && matches!(text.bytes[span.end - 1], b'`' | b'*' | b'_') {
        span.end -= 1;
    }
    span
}

/// A value of `INSERT INTO t (a, b) VALUES ('…', '…')`; `open` is the parenthesis of the row or the
/// word `VALUES`. Names the column and adds the table and the row's other values.
pub(super) fn sql(text: &Text<'_>, open: usize, binding: &mut Binding) -> bool {
    let low = text.low.max(open.saturating_sub(4096));
    let head = text.slice(low..open);
    let lower = head.to_ascii_lowercase();
    let Some(values) = memchr::memmem::rfind(&lower, b"values") else {
        // The word itself may stand at `open`.
        return text
            .slice(open..(open + 6).min(text.high))
            .eq_ignore_ascii_case(b"values")
            && columns(text, open, binding);
    };
    columns(text, low + values, binding)
}

fn columns(text: &Text<'_>, values: usize, binding: &mut Binding) -> bool {
    let end = text.skip_space_back(values);
    if text.before(end) != Some(b')') {
        return false;
    }
    let Some(open) = text.bracket_back(end - 1, 4096) else {
        return false;
    };
    let names = cells(text, open + 1..end - 1, b',');
    let row = binding.scope.clone();
    let own = if text.bytes.get(row.start) == Some(&b'(') && row.len() > 2 {
        cells(text, row.start + 1..row.end - 1, b',')
    } else {
        Vec::new()
    };
    if let Some(name) = binding.index.and_then(|index| names.get(index)) {
        // `INSERT INTO settings (name, value) VALUES ('api_secret', '…')`: the row names its value itself.
        let named = is_one_of(text, name, VALUES)
            .then(|| names.iter().position(|name| is_one_of(text, name, NAMES)))
            .flatten();
        if let Some(own) = named.and_then(|index| own.get(index)) {
            binding.push(own.clone(), NameKind::Holder);
        }
        binding.push(bare(text, name.clone()), NameKind::Holder);
    }
    let table = text.name_back(text.skip_blanks_back(open));
    binding.push(unbracket(text, table), NameKind::Enclosing);
    siblings(text, &own, binding.index.unwrap_or(usize::MAX), binding);
    true
}

/// Columns that hold the value of what another column of the row names.
const VALUES: &[&str] = &[
    "value",
    "val",
    "setting_value",
    "option_value",
    "config_value",
    "content",
    "data",
];
/// Columns that name it.
const NAMES: &[&str] = &[
    "name",
    "key",
    "setting",
    "setting_name",
    "setting_key",
    "option_name",
    "config_key",
    "config_name",
    "param",
    "parameter",
    "variable",
    "property",
];

fn is_one_of(text: &Text<'_>, column: &Range<usize>, words: &[&str]) -> bool {
    let column = text.slice(bare(text, column.clone()));
    words
        .iter()
        .any(|word| column.eq_ignore_ascii_case(word.as_bytes()))
}

fn unbracket(text: &Text<'_>, span: Range<usize>) -> Range<usize> {
    if !span.is_empty() {
        return span;
    }
    let end = text.skip_blanks_back(span.end);
    let start = text.line_start(end);
    text.trim(start..end)
}
