//! A text as it reads once escapes are resolved, with the way back to the original's offsets.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// A decoded text. What is not decoded is copied byte for byte, so the map is a list of stretches.
#[derive(Debug)]
pub struct Layer<'t> {
    /// The text.
    pub bytes: Cow<'t, [u8]>,
    /// Where each stretch begins, here and in the original; none for the original itself.
    map: Option<Vec<Stretch>>,
    /// Where each byte stands in the original, of a text that was held in base64 or in hex digits.
    places: Option<Vec<Stretch>>,
    /// Where that original came from, when it was decoded itself.
    under: Option<Arc<Under>>,
    /// Of a text's strings, where each stands.
    pieces: Vec<Piece>,
    /// What was resolved, for the reader; empty for the original.
    pub what: &'static str,
}

/// A string whose content is a part of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where its content begins in the layer.
    pub at: usize,
    /// Its first quote in the original.
    pub open: usize,
    /// Its last one.
    pub close: usize,
}

impl<'t> Layer<'t> {
    /// The original.
    pub fn original(bytes: &'t [u8]) -> Self {
        Self {
            bytes: Cow::Borrowed(bytes),
            map: None,
            places: None,
            under: None,
            pieces: Vec::new(),
            what: "",
        }
    }

    /// The text that was decoded from another layer's text, as a layer of its own: `places` says where each byte
    /// of it stands in that layer.
    pub fn decoded(bytes: Vec<u8>, places: &[Range<usize>], within: &Layer<'_>) -> Layer<'static> {
        let place = |span: &Range<usize>| {
            let span = within.origin_of(span);
            stretch(span.start, span.end)
        };
        Layer {
            bytes: Cow::Owned(bytes),
            map: None,
            places: Some(places.iter().map(place).collect()),
            under: None,
            pieces: Vec::new(),
            what: DECODED,
        }
    }

    /// The offset in the original of the byte at `at`.
    pub fn origin(&self, at: usize) -> usize {
        if let Some(places) = &self.places {
            return match places.get(at) {
                Some((start, _)) => *start as usize,
                None => places.last().map_or(0, |(_, end)| *end as usize),
            };
        }
        let mut at = match &self.map {
            Some(map) => mapped(map, at),
            None => return at,
        };
        let mut under = self.under.as_deref();
        while let Some(layer) = under {
            at = mapped(&layer.map, at);
            under = layer.under.as_deref();
        }
        at
    }

    /// The span in the original that a span of this text was decoded from.
    pub fn origin_of(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.origin(span.start);
        if span.is_empty() {
            return start..start;
        }
        if let Some(places) = &self.places {
            let last = places.get(span.end - 1).or(places.last());
            return start..last.map_or(start, |(_, end)| *end as usize);
        }
        start..self.origin(span.end - 1) + 1
    }
}

impl Layer<'_> {
    /// The strings that it is made of, in order, if it is the layer of a text's strings.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Whether it is the layer of the text's own strings.
    pub fn is_of_strings(&self) -> bool {
        self.what == STRINGS && !self.is_inner()
    }

    /// Whether it was decoded from another layer.
    pub fn is_inner(&self) -> bool {
        self.under.is_some()
    }

    /// What is the same here and in the original, ascending and as long as can be; none for the original, and
    /// for layers that were decoded from others.
    pub fn copied(&self, original: &[u8]) -> Vec<crate::stretch::Stretch> {
        let map = self.map.as_deref().filter(|_| self.under.is_none());
        let map = map.unwrap_or_default();
        let ends = map.iter().skip(1).map(|(here, _)| *here as usize);
        let ends = ends.chain([self.bytes.len()]);
        let mut out: Vec<crate::stretch::Stretch> = Vec::new();
        for ((here, origin), end) in map.iter().zip(ends) {
            let (at, from) = (*here as usize, *origin as usize);
            let length = end - at;
            // What a byte was written with may be another.
            if self.bytes.get(at..end) != original.get(from..from.saturating_add(length)) {
                continue;
            }
            match out.last_mut() {
                Some(last) if last.at + last.length == at && last.from + last.length == from => {
                    last.length += length;
                }
                _ => out.push(crate::stretch::Stretch { at, from, length }),
            }
        }
        out
    }
}

/// The way back from a layer that another one was decoded from.
#[derive(Debug)]
struct Under {
    map: Vec<Stretch>,
    under: Option<Arc<Under>>,
}

fn mapped(map: &[Stretch], at: usize) -> usize {
    let next = map.partition_point(|(here, _)| *here as usize <= at);
    match next.checked_sub(1).and_then(|last| map.get(last)) {
        Some((here, origin)) => *origin as usize + (at - *here as usize),
        None => 0,
    }
}

/// Where a stretch begins here, and in the original. Pieces are far smaller than 4 GiB, and a text full
/// of escapes has millions of stretches.
type Stretch = (u32, u32);

fn stretch(here: usize, origin: usize) -> Stretch {
    let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (short(here), short(origin))
}

/// Builds a layer by copying and replacing.
#[derive(Default)]
struct Builder {
    bytes: Vec<u8>,
    map: Vec<Stretch>,
    pieces: Vec<Piece>,
}

impl Builder {
    fn copy(&mut self, text: &[u8], span: Range<usize>) {
        if !span.is_empty() {
            self.map.push(stretch(self.bytes.len(), span.start));
            self.bytes.extend_from_slice(&text[span]);
        }
    }

    /// One decoded byte; its origin is the last byte it was written with, so that what ends with it
    /// covers the whole escape.
    fn put(&mut self, byte: u8, origin: usize) {
        self.map.push(stretch(self.bytes.len(), origin));
        self.bytes.push(byte);
    }

    fn layer(self, what: &'static str) -> Layer<'static> {
        Layer {
            bytes: Cow::Owned(self.bytes),
            map: Some(self.map),
            places: None,
            under: None,
            pieces: self.pieces,
            what,
        }
    }
}

/// How many encodings inside of each other are resolved: JSON in a string of JSON in a string, percent codes of
/// percent codes, base64 in base64.
pub const DEPTH: usize = 3;

/// How many bytes all layers inside of other layers may have: as many as the text, or this when it is short.
const BUDGET: usize = 1 << 20;

/// The layers of a text besides the original: slashes and letters that JSON escaped, percent codes,
/// and strings that hold text of their own (notebooks, recorded traffic, JSON in JSON); and those of
/// these layers, up to [`DEPTH`].
pub fn layers(text: &[u8], notebook: bool) -> Vec<Layer<'static>> {
    let mut out = Vec::new();
    let mut budget = text.len().max(BUDGET);
    for mut layer in first_layers(text, notebook) {
        let inner = inner_layers(&mut layer, 1, &mut budget);
        out.push(layer);
        out.extend(inner);
    }
    out
}

/// The layers inside of the layer of a text's strings: what [`layers`] gives besides it.
pub fn layers_of_strings(mut layer: Layer<'static>, text: usize) -> Vec<Layer<'static>> {
    inner_layers(&mut layer, 1, &mut text.max(BUDGET))
}

/// The layers inside of a layer that stands at a depth. What was in strings may be anything; in percent
/// codes only further percent codes are looked for, since all else stands in the layer above, too.
fn inner_layers(
    layer: &mut Layer<'static>,
    depth: usize,
    budget: &mut usize,
) -> Vec<Layer<'static>> {
    let inner = match layer.what {
        _ if depth >= DEPTH => Vec::new(),
        STRINGS => first_layers(&layer.bytes, false),
        PERCENT if Escapes::of(&layer.bytes).percent => vec![percent(&layer.bytes)],
        _ => Vec::new(),
    };
    if inner.is_empty() {
        return inner;
    }
    let under = Arc::new(Under {
        map: layer.map.clone().unwrap_or_default(),
        under: layer.under.clone(),
    });
    let mut out = Vec::new();
    for mut inner in inner {
        let Some(left) = budget.checked_sub(inner.bytes.len()) else {
            break;
        };
        *budget = left;
        inner.under = Some(under.clone());
        let deeper = inner_layers(&mut inner, depth + 1, budget);
        out.push(inner);
        out.extend(deeper);
    }
    out
}

const STRINGS: &str = "inside a string";
const PERCENT: &str = "percent-decoded";
const DECODED: &str = "decoded";

fn first_layers(text: &[u8], notebook: bool) -> Vec<Layer<'static>> {
    let mut out = Vec::new();
    let escapes = Escapes::of(text);
    if escapes.slashes {
        out.push(slashes(text));
    }
    if notebook || escapes.strings {
        let layer = strings(text, notebook);
        if !layer.bytes.is_empty() {
            out.push(layer);
        }
    }
    if escapes.percent {
        out.push(percent(text));
    }
    out
}

/// Which escapes a text holds that are worth a layer.
#[derive(Default)]
struct Escapes {
    slashes: bool,
    strings: bool,
    percent: bool,
}

impl Escapes {
    fn of(text: &[u8]) -> Self {
        let mut found = Self::default();
        for at in memchr::memchr2_iter(b'\\', b'%', text) {
            match text.get(at..).unwrap_or_default() {
                [b'\\', b'/', ..]
                | [b'\\', b'u', b'0', b'0', ..]
                | [b'\\', b'x', b'2' | b'3', ..] => found.slashes = true,
                [b'\\', b'"' | b'n', ..] => found.strings = true,
                [b'%', b'2', b'B' | b'F' | b'b' | b'f' | b'2' | b'5', ..]
                | [b'%', b'3', b'D' | b'd' | b'A', ..] => found.percent = true,
                // Letters need no code: who gives them some hides them.
                [b'%', code @ ..] if hides(code) => found.percent = true,
                _ => {}
            }
        }
        found
    }
}

/// Whether the rest of a percent code, and one behind it, stand for letters or digits.
fn hides(code: &[u8]) -> bool {
    let [a, b, b'%', c, d, ..] = *code else {
        return false;
    };
    [[a, b], [c, d]]
        .iter()
        .all(|digits| hex(Some(digits)).is_some_and(|byte| byte.is_ascii_alphanumeric()))
}

pub(super) fn hex(bytes: Option<&[u8]>) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(bytes?).ok()?, 16).ok()
}

/// The byte that an escape at `at` (its backslash) stands for, and the escape's length.
fn escape(text: &[u8], at: usize) -> Option<(u8, usize)> {
    let simple = |byte: u8| Some((byte, 2));
    match *text.get(at + 1)? {
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'u' if text.get(at + 2..at + 4) == Some(b"00") => hex(text.get(at + 4..at + 6))
            .filter(u8::is_ascii)
            .map(|byte| (byte, 6)),
        b'x' => hex(text.get(at + 2..at + 4))
            .filter(u8::is_ascii)
            .map(|byte| (byte, 4)),
        byte @ (b'"' | b'\'' | b'\\' | b'/') => simple(byte),
        _ => None,
    }
}

/// `\/`, `\u002B` and `\x2b` in place; every other escape stays.
pub fn slashes(text: &[u8]) -> Layer<'static> {
    replaced(text, slash_escapes(text), "unescaped")
}

/// `%2B` and the like in place.
pub fn percent(text: &[u8]) -> Layer<'static> {
    replaced(text, percent_codes(text), PERCENT)
}

/// A text with each of these stretches replaced by one byte.
fn replaced(
    text: &[u8],
    stretches: impl Iterator<Item = (Range<usize>, u8)>,
    what: &'static str,
) -> Layer<'static> {
    let mut out = Builder::default();
    let mut copied = 0;
    for (stretch, byte) in stretches {
        out.copy(text, copied..stretch.start);
        out.put(byte, stretch.end - 1);
        copied = stretch.end;
    }
    out.copy(text, copied..text.len());
    out.layer(what)
}

/// Where `\/`, `\u002B`, `\x2b` and the like stand, and for what.
pub fn slash_escapes(text: &[u8]) -> impl Iterator<Item = (Range<usize>, u8)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(found) = memchr::memchr(b'\\', &text[at..]) {
            at += found;
            match escape(text, at) {
                Some((byte, length))
                    if length > 2 && byte.is_ascii_graphic() || text.get(at + 1) == Some(&b'/') =>
                {
                    let start = at;
                    at += length;
                    return Some((start..at, byte));
                }
                // An escaped backslash is no beginning of another escape.
                _ => at = (at + 2).min(text.len()),
            }
        }
        None
    })
}

/// Where `%2B` and the like stand, and for what.
pub fn percent_codes(text: &[u8]) -> impl Iterator<Item = (Range<usize>, u8)> {
    memchr::memchr_iter(b'%', text).filter_map(|at| {
        let byte = hex(text.get(at + 1..at + 3)).filter(u8::is_ascii_graphic)?;
        Some((at..at + 3, byte))
    })
}

/// The content of double-quoted strings with escapes in them, each on lines of its own; of a notebook,
/// of all strings, as its cells are lists of lines.
pub fn strings(text: &[u8], all: bool) -> Layer<'static> {
    let mut out = Builder::default();
    let mut at = 0;
    // Before this stands no backslash: no string that closes there has an escape.
    let mut plain = 0;
    while let Some(found) = memchr::memchr(b'"', &text[at..]) {
        let open = at + found;
        if !all && open >= plain {
            let Some(next) = memchr::memchr(b'\\', &text[open..]) else {
                break;
            };
            plain = open + next;
            // No string reaches over a line's end without one.
            if let Some(line) = memchr::memrchr(b'\n', &text[open..plain]) {
                at = open + line + 1;
                continue;
            }
        }
        let (close, escapes) = match close(text, open) {
            Ok(closed) => closed,
            // The quotes in between are escaped ones: none of them opens a string that closes.
            Err(stopped) => {
                at = stopped;
                continue;
            }
        };
        if (escapes || all) && close - open > 2 {
            let at = out.bytes.len();
            out.pieces.push(Piece { at, open, close });
            decode(text, open + 1..close, &mut out);
            if out.bytes.last().is_some_and(|b| *b != b'\n') {
                out.put(b'\n', close);
            }
        }
        at = close + 1;
    }
    out.layer(STRINGS)
}

/// The quote that closes the string, on the same line, and whether there are escapes before it; or
/// where the line ends without one.
fn close(text: &[u8], open: usize) -> Result<(usize, bool), usize> {
    let mut at = open + 1;
    let mut escapes = false;
    while let Some(found) = memchr::memchr3(b'"', b'\\', b'\n', text.get(at..).unwrap_or_default())
    {
        at += found;
        match text[at] {
            b'"' => return Ok((at, escapes)),
            b'\n' => return Err(at),
            _ => {
                escapes = true;
                at += 2;
            }
        }
    }
    Err(text.len())
}

fn decode(text: &[u8], span: Range<usize>, out: &mut Builder) {
    let mut copied = span.start;
    let mut at = span.start;
    while let Some(found) = memchr::memchr(b'\\', &text[at..span.end]) {
        at += found;
        match escape(text, at) {
            Some((byte, length)) if at + length <= span.end => {
                out.copy(text, copied..at);
                out.put(byte, at + length - 1);
                at += length;
                copied = at;
            }
            _ => at = (at + 2).min(span.end),
        }
    }
    out.copy(text, copied..span.end);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn text(layer: &Layer<'_>) -> String {
        String::from_utf8(layer.bytes.to_vec()).unwrap()
    }

    #[test]
    fn escapes_resolve_and_map_back() {
        let original = br#"{"a":"x\/y\u002Bz"}"#;
        let layer = slashes(original);
        assert_eq!(text(&layer), r#"{"a":"x/y+z"}"#);
        let start = layer.bytes.iter().position(|b| *b == b'x').unwrap();
        assert_eq!(
            &original[layer.origin_of(&(start..start + 5))],
            br"x\/y\u002Bz"
        );
    }

    #[test]
    fn strings_in_strings_stand_on_lines_of_their_own() {
        let original = br#"["key = \"abc\"\n", "plain"]"#;
        let layer = strings(original, false);
        assert_eq!(text(&layer), "key = \"abc\"\n");
        let at = text(&layer).find("abc").unwrap();
        assert_eq!(&original[layer.origin_of(&(at..at + 3))], b"abc");
        assert_eq!(text(&strings(original, true)), "key = \"abc\"\nplain\n");
    }

    #[test]
    fn percent_codes_map_back() {
        let original = b"k=a%2Fb%3D&x=100%";
        let layer = percent(original);
        assert_eq!(text(&layer), "k=a/b=&x=100%");
        assert_eq!(&original[layer.origin_of(&(2..6))], b"a%2Fb%3D");
    }

    #[test]
    fn strings_in_strings_in_strings_map_back() {
        let inner = r#"{"key": "«"}"#;
        let quoted = |text: &str| format!("{{\"a\": {}}}", serde_json::to_string(text).unwrap());
        let value = "abcdefgh";
        let twice = quoted(&quoted(&inner.replace('«', value)));
        let all = layers(twice.as_bytes(), false);
        let deepest = all
            .iter()
            .find(|layer| layer.bytes.starts_with(b"{\"key\""));
        let layer = deepest.unwrap();
        let at = text(layer).find(value).unwrap();
        let span = layer.origin_of(&(at..at + value.len()));
        assert_eq!(&twice[span], value);
        // Four deep is one too many.
        let four = quoted(&quoted(&quoted(&quoted(inner))));
        let all = layers(four.as_bytes(), false);
        assert!(!all.iter().any(|layer| layer.bytes.starts_with(b"{\"key\"")));
    }

    #[test]
    fn percent_codes_of_percent_codes_map_back() {
        let original = b"k=a%252Fb";
        let all = layers(original, false);
        let layer = all.iter().find(|layer| text(layer) == "k=a/b").unwrap();
        assert_eq!(&original[layer.origin_of(&(2..5))], b"a%252Fb");
    }

    proptest::proptest! {
        #[test]
        fn every_decoded_byte_comes_from_inside_the_text(input in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), escaped in "[a\\\\\"/nu0-3%2FBx\n]{0,80}") {
            let mut bytes = input;
            bytes.extend_from_slice(escaped.as_bytes());
            for notebook in [false, true] {
                for layer in layers(&bytes, notebook) {
                    let mut last = 0;
                    for at in 0..layer.bytes.len() {
                        let origin = layer.origin(at);
                        proptest::prop_assert!(origin < bytes.len());
                        proptest::prop_assert!(origin >= last);
                        last = origin;
                    }
                }
            }
        }
    }
}
