//! JSON that is written while it is made: of a report with very many findings only a few are held as text.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::escape;

/// How many bytes pass at once.
const ENOUGH: usize = 64 << 10;

/// Writes a document, indented, and a line end behind it.
///
/// # Errors
///
/// When it can't be written.
pub(super) fn pretty(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines {
        out,
        line: Vec::new(),
    };
    serde_json::to_writer_pretty(&mut lines, document)?;
    writeln!(lines)?;
    lines.flush()
}

/// A list whose items are made when they are written.
pub(super) struct Items<F>(pub(super) F);

impl<F, I> Serialize for Items<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// Escapes what passes, line by line: no string of JSON goes on beyond its line.
struct Lines<'w> {
    out: &'w mut dyn Write,
    line: Vec<u8>,
}

impl Lines<'_> {
    fn pass(&mut self, length: usize) -> io::Result<()> {
        let text = std::str::from_utf8(&self.line[..length]).map_err(io::Error::other)?;
        self.out.write_all(escape::json(text).as_bytes())?;
        self.line.drain(..length);
        Ok(())
    }
}

impl Write for Lines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if self.line.len() >= ENOUGH
            && bytes.contains(&b'\n')
            && let Some(end) = self.line.iter().rposition(|b| *b == b'\n')
        {
            self.pass(end + 1)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass(self.line.len())?;
        self.out.flush()
    }
}
