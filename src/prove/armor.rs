//! Armour: the block between `-----BEGIN X-----` and `-----END X-----`, however a file writes it
//! (RFC 7468, RFC 9580): with CRLF, `\n` escapes, indentation, comment signs, or as quoted strings
//! put together.

use super::text::unbase64;

/// An armoured block with its lines cleaned.
pub(super) struct Armor {
    /// `RSA PRIVATE KEY`.
    pub(super) label: String,
    /// Lines such as `Proc-Type: 4,ENCRYPTED`.
    pub(super) headers: Vec<String>,
    /// The base64 between headers and end, in one piece.
    pub(super) body: String,
    /// The checksum that PGP writes behind `=`.
    pub(super) checksum: Option<String>,
    /// Whether the end line is there.
    pub(super) closed: bool,
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

impl Armor {
    /// The first block of a text. None when there is no begin line.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = unescape(text);
        let (_, rest) = text.split_once(BEGIN)?;
        let (label, rest) = rest.split_once("-----")?;
        let end = rest.find(END);
        let content = end.map_or(Some(rest), |end| rest.get(..end))?;
        // What stands before the end line stands before every line: indentation, a comment sign,
        // the plus of a patch.
        let prefix = content.rsplit('\n').next().filter(|_| end.is_some());
        let prefix = prefix.map(str::trim).unwrap_or_default();
        let is_sign = !prefix.contains(|c: char| c.is_alphanumeric());
        let prefix = if is_sign { prefix } else { "" };
        let mut armor = Self {
            label: label.trim().to_owned(),
            headers: Vec::new(),
            body: String::new(),
            checksum: None,
            closed: end.is_some(),
        };
        for line in content.split('\n').map(str::trim) {
            let line = line.strip_prefix(prefix).unwrap_or(line).trim();
            if line.contains(':') {
                armor.headers.push(line.to_owned());
            } else if let Some(sum) = line.strip_prefix('=').filter(|sum| sum.len() == 4) {
                armor.checksum = Some(sum.to_owned());
            } else {
                armor
                    .body
                    .extend(line.chars().filter(|c| !c.is_whitespace()));
            }
        }
        Some(armor)
    }

    /// The body's bytes.
    pub(super) fn decode(&self) -> Option<Vec<u8>> {
        unbase64(&self.body).filter(|bytes| !bytes.is_empty())
    }
}

/// The text with line ends in the place of their escapes, and without quotes and the signs that
/// put strings together.
fn unescape(text: &str) -> String {
    let text = text.replace("\\\\", "\\").replace("\\r", "");
    let text = text.replace("\\n", "\n").replace("\\t", " ");
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(['"', '\'', '`']) {
        let (before, quoted) = rest.split_at(at);
        clean.push_str(before);
        let behind = quoted.get(1..).unwrap_or_default();
        // From the end of one string to the start of the next there are blanks and one of these.
        let next = behind.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, '+' | '.' | '&' | ',' | '\\' | '(' | ')')
        });
        if next.starts_with(['"', '\'', '`']) {
            clean.push('\n');
            rest = next.get(1..).unwrap_or_default();
        } else {
            rest = behind;
        }
    }
    clean.push_str(rest);
    clean.replace('\\', "")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn block(line: fn(&str) -> String) -> String {
        let lines = [
            "-----BEGIN PRIVATE KEY-----",
            "QUJD",
            "REVG",
            "-----END PRIVATE KEY-----",
        ];
        lines.map(line).concat()
    }

    #[test]
    fn every_way_to_write_a_block_is_read() {
        let ways: [fn(&str) -> String; 9] = [
            |line| format!("{line}\n"),
            |line| format!("    {line}\r\n"),
            |line| format!("{line}\\n"),
            |line| format!("{line}\\\\n"),
            |line| format!("{line}\\r\\n"),
            |line| format!("\"{line}\\n\" +\n  "),
            |line| format!("  '{line}',\n"),
            |line| format!("# {line}\n"),
            |line| format!("+{line}\n"),
        ];
        for way in ways {
            let armor = Armor::parse(&block(way)).unwrap();
            assert_eq!(armor.label, "PRIVATE KEY");
            assert_eq!(armor.decode().unwrap(), b"ABCDEF", "{}", block(way));
            assert!(armor.closed && armor.headers.is_empty());
        }
        let one_line = block(|line| format!("{line} "));
        assert_eq!(
            Armor::parse(&one_line).unwrap().decode().unwrap(),
            b"ABCDEF"
        );
        let one_string = format!("key = \"{}\"", block(|line| format!("{line}\" \"")));
        assert_eq!(
            Armor::parse(&one_string).unwrap().decode().unwrap(),
            b"ABCDEF"
        );
    }

    #[test]
    fn headers_and_checksums_stand_apart() {
        let text = format!("{BEGIN}X-----\nProc-Type: 4,ENCRYPTED\n\nQUJD\n=abcd\n{END}X-----");
        let armor = Armor::parse(&text).unwrap();
        assert_eq!(armor.headers, ["Proc-Type: 4,ENCRYPTED"]);
        assert_eq!(armor.checksum.as_deref(), Some("abcd"));
        assert_eq!(armor.body, "QUJD");
    }
}
