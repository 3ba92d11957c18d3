//! Code without its comments, and without what stands in its strings.

use std::ops::Range;

/// How a language writes comments and strings, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// `#` begins a comment, `"""` a text: Python, Ruby, shells.
    Hash,
    /// `//` and `/*` begin comments: JavaScript, Go, Rust, Java, C#, PHP.
    Slash,
}

/// A text in a language that bots are written in.
#[derive(Debug)]
pub(super) struct Code {
    /// Comments blanked; as long as the text.
    pub(super) text: Vec<u8>,
    /// Comments and the contents of strings blanked; as long as the text.
    pub(super) bare: Vec<u8>,
    /// How it is written.
    pub(super) family: Family,
}

/// The languages by the ending of the file's name.
const ENDINGS: &[(&[u8], Family)] = &[
    (b"py", Family::Hash),
    (b"pyw", Family::Hash),
    (b"ipynb", Family::Hash),
    (b"rb", Family::Hash),
    (b"sh", Family::Hash),
    (b"js", Family::Slash),
    (b"mjs", Family::Slash),
    (b"cjs", Family::Slash),
    (b"jsx", Family::Slash),
    (b"ts", Family::Slash),
    (b"mts", Family::Slash),
    (b"tsx", Family::Slash),
    (b"vue", Family::Slash),
    (b"go", Family::Slash),
    (b"rs", Family::Slash),
    (b"java", Family::Slash),
    (b"kt", Family::Slash),
    (b"scala", Family::Slash),
    (b"cs", Family::Slash),
    (b"fs", Family::Slash),
    (b"php", Family::Slash),
    (b"c", Family::Slash),
    (b"cc", Family::Slash),
    (b"cpp", Family::Slash),
    (b"swift", Family::Slash),
    (b"dart", Family::Slash),
];

impl Code {
    /// None for a file of another kind.
    pub(super) fn read(path: &[u8], text: &[u8]) -> Option<Self> {
        let dot = memchr::memrchr(b'.', path)?;
        let ending = path.get(dot + 1..)?;
        let (_, family) = ENDINGS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(ending))?;
        if ending.eq_ignore_ascii_case(b"ipynb") {
            return Some(notebook(text));
        }
        let php = ending.eq_ignore_ascii_case(b"php");
        let mut reader = Reader {
            text,
            code: Self {
                text: text.to_vec(),
                bare: text.to_vec(),
                family: *family,
            },
            php,
        };
        reader.all();
        Some(reader.code)
    }

    /// Whether the byte before `at`, blanks apart, is this one.
    pub(super) fn before(&self, at: usize) -> &[u8] {
        let head = self.bare.get(..at).unwrap_or_default();
        head.trim_ascii_end()
    }

    /// The line around an offset, without comments.
    pub(super) fn line(&self, at: usize) -> &[u8] {
        let head = self.text.get(..at).unwrap_or_default();
        let start = memchr::memrchr(b'\n', head).map_or(0, |n| n + 1);
        let rest = self.text.get(at..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(self.text.len(), |n| at + n);
        self.text.get(start..end).unwrap_or_default()
    }
}

/// In a notebook the code stands in strings, one a line; a comment there ends with its line.
fn notebook(text: &[u8]) -> Code {
    let mut out = text.to_vec();
    let mut at = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii_start().starts_with(b"\"#") {
            blank(&mut out, at..at + line.len());
        }
        at += line.len();
    }
    Code {
        bare: out.clone(),
        text: out,
        family: Family::Hash,
    }
}

/// Blanks a stretch but for its line breaks.
fn blank(bytes: &mut [u8], range: Range<usize>) {
    for byte in bytes.get_mut(range).into_iter().flatten() {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

struct Reader<'t> {
    text: &'t [u8],
    code: Code,
    php: bool,
}

impl Reader<'_> {
    fn at(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(b'\n')
    }

    fn all(&mut self) {
        let mut at = 0;
        while at < self.text.len() {
            at = self.step(at).max(at + 1);
        }
    }

    /// Reads what begins here; where it ends.
    fn step(&mut self, at: usize) -> usize {
        let hash = self.code.family == Family::Hash || self.php;
        match self.at(at) {
            b'#' if hash && self.opens_comment(at) => self.comment(at, self.line_end(at)),
            b'/' if self.code.family == Family::Slash && self.at(at + 1) == b'/' => {
                self.comment(at, self.line_end(at))
            }
            b'/' if self.code.family == Family::Slash && self.at(at + 1) == b'*' => {
                let rest = self.text.get(at + 2..).unwrap_or_default();
                let end = memchr::memmem::find(rest, b"*/").map_or(self.text.len(), |n| at + n + 4);
                self.comment(at, end)
            }
            quote @ (b'"' | b'\'') if self.code.family == Family::Hash => {
                let three = [quote; 3];
                if self.text.get(at..at + 3) == Some(&three) {
                    let rest = self.text.get(at + 3..).unwrap_or_default();
                    let end =
                        memchr::memmem::find(rest, &three).map_or(self.text.len(), |n| at + n + 6);
                    // A text of several lines says what code does, or is data.
                    self.comment(at, end)
                } else {
                    self.string(at, quote, false)
                }
            }
            b'`' if self.code.family == Family::Slash => self.string(at, b'`', true),
            quote @ (b'"' | b'\'') => self.string(at, quote, false),
            _ => at + 1,
        }
    }

    /// In a shell, `#` inside a word is none; in PHP `#[` is an attribute.
    fn opens_comment(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or(b'\n', |at| self.at(at));
        let attribute = self.php && self.at(at + 1) == b'[';
        !attribute && !matches!(before, b'$' | b'{' | b'\\' | b'&')
    }

    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(self.text.len(), |n| at + n)
    }

    fn comment(&mut self, at: usize, end: usize) -> usize {
        blank(&mut self.code.text, at..end);
        blank(&mut self.code.bare, at..end);
        end
    }

    /// A string's contents are blanked in `bare`. One that does not close on its line is none: a lifetime
    /// of Rust, an apostrophe.
    fn string(&mut self, open: usize, quote: u8, lines: bool) -> usize {
        let mut at = open + 1;
        while at < self.text.len() {
            match self.at(at) {
                b'\\' => at += 1,
                b'\n' if !lines => return open + 1,
                byte if byte == quote => {
                    blank(&mut self.code.bare, open + 1..at);
                    return at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        open + 1
    }
}
