//! The last guard: no value of a finding leaves in a path, a reason or a message either.
//!
//! Excerpts are masked where they are made. But a value may stand in a file's name, in the name of
//! an archive's member or in what somebody wrote beside it, plain or encoded: so every text from
//! the scanned tree passes here on its way out.

mod forms;

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use forms::Forms;

use super::{escape, uri};
use crate::finding::{Excerpt, Hidden, Report, mask};

/// Shorter values are words like any other; in a path they would hit what is no leak.
const MIN_LEN: usize = 8;
/// A part that does no harm is masked where it is long enough to be nothing else.
const MIN_LEN_HARMLESS: usize = 16;

/// Masks the values of a report's findings wherever they stand in a text.
pub struct Redactor(Forms);

impl Redactor {
    /// For reports that show values (`--show-secrets`): lets everything pass.
    pub fn open() -> Self {
        Self(Forms::default())
    }

    /// Knows all values of the report, plain and in the encodings that turn up in names and
    /// notes: base64, hex, percent, string escapes; of texts of several lines each line.
    pub fn new(report: &Report) -> Self {
        let parts = report.findings.iter().flat_map(|f| &f.parts);
        let parts = parts.map(|part| (part.value.expose(), part.secret));
        Self::of(parts.chain(report.hidden.iter().map(Hidden::parts)))
    }

    /// Knows these values; of each whether harm can be done with it.
    pub fn of<'v>(values: impl Iterator<Item = (&'v [u8], bool)>) -> Self {
        let mut all = Forms::default();
        let mut forms: Vec<Vec<u8>> = Vec::new();
        for (value, secret) in values {
            let least = if secret { MIN_LEN } else { MIN_LEN_HARMLESS };
            if value.len() >= least {
                encodings(value, &mut forms);
                forms.iter().for_each(|form| all.add(form));
                forms.clear();
            }
        }
        all.finish();
        Self(all)
    }

    /// The text with every known value masked.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(masked) => Cow::Owned(String::from_utf8_lossy(&masked).into_owned()),
        }
    }

    /// The same for a line to show; the mark moves along.
    pub fn excerpt(&self, excerpt: &Excerpt) -> Excerpt {
        let (start, end) = excerpt.mark;
        let at = |chars: u32| {
            let place = excerpt.text.char_indices().nth(chars as usize);
            place.map_or(excerpt.text.len(), |(at, _)| at)
        };
        let (head, rest) = excerpt.text.split_at(at(start));
        let (marked, tail) = rest.split_at(at(end.max(start)).saturating_sub(head.len()));
        let [head, marked, tail] = [head, marked, tail].map(|piece| self.text(piece));
        let length = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let start = length(&head);
        let mark = (start, start.saturating_add(length(&marked)));
        let text = format!("{head}{marked}{tail}");
        // A value that reaches over the mark's ends shows only in the whole.
        let text = self.text(&text).into_owned();
        Excerpt {
            line: excerpt.line,
            text,
            mark,
            label: excerpt.label,
        }
    }

    /// The same for text that may be no UTF-8.
    pub fn bytes<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        let mut out = Vec::new();
        let mut copied = 0;
        for found in self.0.find_in(text) {
            out.extend_from_slice(text.get(copied..found.start).unwrap_or_default());
            out.extend_from_slice(mask(text.get(found.clone()).unwrap_or_default()).as_bytes());
            copied = found.end;
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        out.extend_from_slice(text.get(copied..).unwrap_or_default());
        Cow::Owned(out)
    }
}

/// The forms a value may take in a text.
pub(super) fn encodings(value: &[u8], forms: &mut Vec<Vec<u8>>) {
    forms.push(value.to_vec());
    // Most forms of most values are the value itself, and there may be very many values.
    let mut other = |form: Vec<u8>| {
        if form != value {
            forms.push(form);
        }
    };
    for line in value
        .split(|b| *b == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| line.len() >= MIN_LEN_HARMLESS)
    {
        other(line.to_vec());
    }
    other(STANDARD_NO_PAD.encode(value).into_bytes());
    other(URL_SAFE_NO_PAD.encode(value).into_bytes());
    let digit = |half: u8| b"0123456789abcdef".get(usize::from(half)).copied();
    let halves = value.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let hex: Vec<u8> = halves.filter_map(digit).collect();
    other(hex.to_ascii_uppercase());
    other(hex);
    // Letters and digits stand for themselves in what follows.
    if value.iter().all(u8::is_ascii_alphanumeric) {
        return;
    }
    // What is left plain differs: RFC 3986, JavaScript's encodeURIComponent, forms, cautious ones.
    for plain in ["-._~", "-._~!'()*", "-._*", "-._~!$&'()*+,;=:@/", ""] {
        let percent = uri::encode_but(value, plain);
        other(lower_escapes(&percent).into_bytes());
        other(percent.into_bytes());
    }
    if let Ok(text) = std::str::from_utf8(value) {
        other(escape::terminal(text).into_owned().into_bytes());
        if let Ok(quoted) = serde_json::to_string(text) {
            other(quoted.trim_matches('"').as_bytes().to_vec());
        }
    }
}

/// `%2B` as `%2b`.
fn lower_escapes(percent: &str) -> String {
    let mut pieces = percent.split('%');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (escape, rest) = piece.split_at_checked(2).unwrap_or((piece, ""));
        out.push('%');
        out.push_str(&escape.to_ascii_lowercase());
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_moves_with_what_is_masked() {
        let value: String = ('a'..='t').collect();
        let known = Redactor::of([(value.as_bytes(), true)].into_iter());
        let text = format!("ü {value}; x = {value}!");
        let mark = (
            text.chars().count() as u32 - 21,
            text.chars().count() as u32 - 1,
        );
        let shown = known.excerpt(&Excerpt {
            line: 1,
            text,
            mark,
            label: "secret",
        });
        assert_eq!(shown.text, "ü abc****; x = abc****!");
        assert_eq!(shown.mark, (15, 22));
    }
}
