//! Lapses of hygiene, a few lines each.

use std::io::{self, Write};

use super::Human;
use crate::hygiene::Lapse;
use crate::report::text::cut;

/// Reasons told of one lapse.
const MOST: usize = 8;
/// A list of patterns is as long as it likes; a line is not.
const LONGEST: usize = 400;

impl Human<'_> {
    pub(super) fn lapse(&self, lapse: &Lapse, out: &mut dyn Write) -> io::Result<()> {
        let severity = self.paint.severity(
            lapse.severity,
            &format!("{}[{}]", lapse.severity.as_str(), lapse.check.id),
        );
        let title = cut(&self.foreign(&lapse.title), LONGEST);
        writeln!(out, "{severity}{}", self.paint.bold(&format!(": {title}")))?;
        if let Some(origin) = &lapse.origin {
            let line = lapse
                .line
                .map(|line| format!(":{line}"))
                .unwrap_or_default();
            writeln!(
                out,
                "  {} {}{line}",
                self.paint.frame("-->"),
                self.origin(origin)
            )?;
        }
        let facts = |name: &str, texts: &[String], out: &mut dyn Write| {
            for text in texts.iter().take(MOST) {
                let name = self.paint.bold(&format!("{name}:"));
                let text = cut(&self.foreign(text), LONGEST);
                writeln!(out, "   {} {name} {text}", self.paint.frame("="))?;
            }
            match texts.len().checked_sub(MOST) {
                Some(more @ 1..) => writeln!(out, "   = and {more} more"),
                _ => Ok(()),
            }
        };
        facts("why", &lapse.why, out)?;
        facts("do", &lapse.steps, out)
    }
}
