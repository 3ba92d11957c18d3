//! Armour as it stands in files: a PEM or OpenPGP block, or a PuTTY key, also as a string literal.
//!
//! Between two lines of base64 may stand a line end, an escaped one, closing and opening quotes,
//! `+`, commas, an indentation, a comment's or a diff's mark. Anything else ends the block: prose
//! and code behind a header are not part of it (RFC 7468, RFC 9580 section 6, PuTTY appendix C).

/// What was read of an armour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Armor {
    /// The byte after its last one.
    pub end: usize,
    /// Whether its end is there: the `-----END …-----` line, or PuTTY's `Private-MAC`.
    pub closed: bool,
    /// Whether it says that it holds a private key.
    pub private: bool,
    /// How many characters of base64 it holds.
    pub body: usize,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
const PUTTY: &[u8] = b"PuTTY-User-Key-File-";
/// How the labels of OpenVPN's keys begin.
const OPENVPN: &[u8] = b"OpenVPN ";

/// The most bytes of an armour without an end.
const UNCLOSED: usize = 64 * 1024;
/// Where the end is missing, shorter stretches of base64 may be anything: lines have 64 to 76.
const LINE: usize = 48;
/// Shorter ones are rare in armour: last lines, checksums.
const SHORT: usize = 16;
/// The longest label of a header and the longest value of a field, in bytes.
const LABEL: usize = 64;
const VALUE: usize = 256;
/// The longest name of a field, in bytes.
const NAME: usize = 32;

/// Reads the armour whose header starts at `start` and writes it to `text` (emptied first) as it
/// would stand in a file of its own. None where no whole header stands there.
pub fn read(bytes: &[u8], start: usize, text: &mut Vec<u8>) -> Option<Armor> {
    text.clear();
    let mut reader = Reader {
        bytes,
        at: start,
        text,
        mark: mark_before(bytes, start),
        body: 0,
        kept: Kept::default(),
    };
    let rest = bytes.get(start..)?;
    if rest.starts_with(PUTTY) {
        let name = PUTTY.len() + 1;
        if rest.get(name) != Some(&b':') {
            return None;
        }
        reader.keep();
        let closed = reader.read(true);
        return Some(reader.finish(start, closed, true));
    }
    let label = label(rest.strip_prefix(BEGIN)?)?;
    reader.text.extend_from_slice(BEGIN);
    reader.text.extend_from_slice(label);
    reader.text.extend_from_slice(DASHES);
    reader.text.push(b'\n');
    reader.at = start + BEGIN.len() + label.len() + DASHES.len();
    reader.keep();
    let private =
        label.windows(11).any(|words| words == b"PRIVATE KEY") || label.starts_with(OPENVPN);
    let pgp = label.starts_with(b"PGP ");
    let closed = reader.read(false);
    let armor = reader.finish(start, closed, private);
    if pgp && !text.windows(2).any(|pair| pair == b"\n\n") {
        // OpenPGP wants an empty line before the data, which a literal may have lost.
        if let Some(line) = text.iter().position(|byte| *byte == b'\n') {
            text.insert(line, b'\n');
        }
    }
    Some(armor)
}

/// The label of a header, up to its dashes: in capitals but for OpenVPN's, one of which holds a dash.
fn label(rest: &[u8]) -> Option<&[u8]> {
    let openvpn = rest.starts_with(OPENVPN);
    let own = |byte: &u8| {
        byte.is_ascii_uppercase()
            || byte.is_ascii_digit()
            || *byte == b' '
            || openvpn && byte.is_ascii_lowercase()
    };
    let behind = |at: usize| rest.get(at..).is_some_and(|rest| rest.starts_with(DASHES));
    let length = (0..rest.len().min(LABEL)).find(|at| {
        let dash = openvpn && rest.get(*at) == Some(&b'-') && !behind(*at);
        !dash && !rest.get(*at).is_some_and(own)
    })?;
    let (label, rest) = rest.split_at_checked(length)?;
    (length > 0 && rest.starts_with(DASHES)).then_some(label)
}

/// What stands between the line's start and the header, if it may stand before each line: the mark
/// of a comment, a quotation or a diff.
fn mark_before(bytes: &[u8], start: usize) -> &[u8] {
    let head = bytes
        .get(start.saturating_sub(16)..start)
        .unwrap_or_default();
    let line = match head.iter().rposition(|byte| *byte == b'\n') {
        Some(at) => head.get(at + 1..).unwrap_or_default(),
        None if head.len() == start => head,
        None => return &[],
    };
    let is_mark = |byte: &u8| b" \t+-#/*>|;%".contains(byte);
    if line.iter().all(is_mark) && !line.trim_ascii().is_empty() {
        line
    } else {
        &[]
    }
}

/// The last place where the armour may end if its end is missing.
#[derive(Clone, Copy, Default)]
struct Kept {
    at: usize,
    text: usize,
    body: usize,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    text: &'a mut Vec<u8>,
    mark: &'a [u8],
    body: usize,
    kept: Kept,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn keep(&mut self) {
        self.kept = Kept {
            at: self.at,
            text: self.text.len(),
            body: self.body,
        };
    }

    /// Reads up to the end, and says whether it is there.
    fn read(&mut self, putty: bool) -> bool {
        let mut short = 0;
        let mut fields = false;
        loop {
            self.skip_glue();
            if self.rest().starts_with(END) && !putty {
                return self.read_end();
            }
            if let Some((name, value)) = self.read_field() {
                fields = true;
                if putty && matches!(name, b"Private-MAC" | b"Private-Hash") {
                    return !value.is_empty();
                }
                self.keep();
                continue;
            }
            let line = self.text.len();
            if fields && !putty {
                self.text.push(b'\n');
                fields = false;
            }
            let length = self.read_chunk();
            if length == 0 {
                self.text.truncate(line);
                return false;
            }
            self.body += length;
            self.text.push(b'\n');
            if length >= SHORT {
                short = 0;
            } else {
                short += 1;
            }
            if short > 2 {
                return false;
            }
            if length >= LINE {
                self.keep();
            }
        }
    }

    fn finish(self, start: usize, closed: bool, private: bool) -> Armor {
        if closed {
            return Armor {
                end: self.at,
                closed,
                private,
                body: self.body,
            };
        }
        // What follows the last whole line is not certain to belong to the block.
        let over = self.kept.at.saturating_sub(start.saturating_add(UNCLOSED));
        self.text.truncate(self.kept.text.saturating_sub(over));
        Armor {
            end: self.kept.at - over,
            closed,
            private,
            body: self.kept.body.saturating_sub(over),
        }
    }

    /// Steps over what may stand between two lines.
    fn skip_glue(&mut self) {
        while let Some(byte) = self.rest().first() {
            match byte {
                b'\n' => {
                    self.at += 1;
                    if self.rest().starts_with(self.mark) {
                        self.at += self.mark.len();
                    }
                }
                b' ' | b'\t' | b'\r' | b'"' | b'\'' | b'`' | b',' | b'.' | b'&' | b'#' | b'*'
                | b'|' | b'>' => self.at += 1,
                b'\\' => match escape(self.rest()) {
                    Some((b'\n' | b'\r' | b'\t' | b'"' | b'\'', length)) => self.at += length,
                    _ => return,
                },
                b'+' | b'/' | b'=' => {
                    let signs = self
                        .rest()
                        .iter()
                        .take(4)
                        .take_while(|b| b"+/=".contains(b))
                        .count();
                    let spaced = matches!(
                        self.rest().get(signs),
                        Some(b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'`')
                    );
                    if signs > 2 || !spaced {
                        return;
                    }
                    self.at += signs;
                }
                _ => return,
            }
        }
    }

    /// A run of base64, escaped characters of it included; its length.
    fn read_chunk(&mut self) -> usize {
        let before = self.text.len();
        loop {
            let rest = self.rest();
            let plain = rest.iter().take_while(|byte| is_base64(**byte)).count();
            self.text
                .extend_from_slice(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match escape(self.rest()) {
                Some((byte, length)) if is_base64(byte) => {
                    self.text.push(byte);
                    self.at += length;
                }
                _ => return self.text.len() - before,
            }
        }
    }

    /// A field such as `DEK-Info: AES-128-CBC,…`: its name and value.
    fn read_field(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let rest = self.rest();
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        let colon = rest.iter().take(NAME).position(|byte| !is_name(byte))?;
        let (name, value) = rest.split_at_checked(colon)?;
        let value = value.strip_prefix(b":")?;
        if !name.first().is_some_and(u8::is_ascii_uppercase) {
            return None;
        }
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r' | b'\\' | b'"' | b'\'' | b'`');
        let length = value
            .iter()
            .take(VALUE)
            .position(is_end)
            .unwrap_or(value.len().min(VALUE));
        let value = value.get(..length)?;
        self.at += colon + 1 + length;
        self.text.extend_from_slice(name);
        self.text.push(b':');
        self.text.extend_from_slice(value);
        self.text.push(b'\n');
        Some((name, value.trim_ascii()))
    }

    /// The closing line.
    fn read_end(&mut self) -> bool {
        let Some(label) = self.rest().strip_prefix(END).and_then(label) else {
            return false;
        };
        self.at += END.len() + label.len() + DASHES.len();
        self.text.extend_from_slice(END);
        self.text.extend_from_slice(label);
        self.text.extend_from_slice(DASHES);
        self.text.push(b'\n');
        true
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// The character that an escape sequence stands for, and the sequence's length: `\n`, `\\n` (a
/// literal within a literal), `\/`, `\u002b`, `\x0a`, a backslash at the line's end.
fn escape(bytes: &[u8]) -> Option<(u8, usize)> {
    let slashes = bytes
        .iter()
        .take(9)
        .take_while(|byte| **byte == b'\\')
        .count();
    if slashes == 0 || slashes > 8 {
        return None;
    }
    let hex = |from: usize, digits: usize| {
        let digits = std::str::from_utf8(bytes.get(from..from + digits)?).ok()?;
        u8::try_from(u32::from_str_radix(digits, 16).ok()?).ok()
    };
    let next = slashes + 1;
    match bytes.get(slashes)? {
        b'n' | b'\n' => Some((b'\n', next)),
        b'r' | b'\r' => Some((b'\r', next)),
        b't' => Some((b'\t', next)),
        byte @ (b'"' | b'\'' | b'/') => Some((*byte, next)),
        b'u' => Some((hex(next, 4)?, next + 4)),
        b'x' => Some((hex(next, 2)?, next + 2)),
        _ => None,
    }
}
