//! Text from the scanned tree, made harmless for the place it is printed at.

use std::borrow::Cow;
use std::fmt::Write;

use crate::misread;

/// Whether a terminal or a reader could be fooled by the character: C0, DEL, C1, bidirectional
/// controls, line separators, invisible characters and tags. (Unicode technical report 36, and
/// CVE-2021-42574 for the bidirectional ones.)
pub fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f'
        | '\x7f'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// For a terminal or a log: unsafe characters become `\n`, `\x1b`, `\u{202e}`. `##[` and `##vso[`,
/// which some CI runners obey anywhere in a line, lose their meaning.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '#' if is_runner_command(&text[at..]) => {
                out.push_str("#\\#");
                rest.next();
            }
            // Writing to a String cannot fail.
            c if is_unsafe(c) && (c as u32) < 0x100 => _ = write!(out, "\\x{:02x}", c as u32),
            c if is_unsafe(c) => _ = write!(out, "\\u{{{:x}}}", c as u32),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The same for a word that stands where a name is expected. A longer one than any name may be a secret: it is
/// cut short.
pub fn word(text: &str) -> Cow<'_, str> {
    match misread::short(text) {
        Cow::Borrowed(text) => terminal(text),
        Cow::Owned(text) => Cow::Owned(terminal(&text).into_owned()),
    }
}

/// `##[command]` and `##vso[command]`.
fn is_runner_command(text: &str) -> bool {
    text.strip_prefix("##").is_some_and(|rest| {
        rest.trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .starts_with('[')
    })
}

/// For JSON already written by a serializer that leaves characters above U+007E as they are:
/// unsafe ones become `\u202e`, so that the text may be shown on a terminal, and runners' commands
/// lose their meaning. Outside of strings JSON has none of either.
pub fn json(text: &str) -> Cow<'_, str> {
    let outside_ascii = |c: char| c != '\n' && is_unsafe(c);
    // Of most texts all is told without a look at characters.
    let plain = |text: &str| {
        text.bytes()
            .fold(true, |all, b| all & matches!(b, b' '..=b'~' | b'\n'))
    };
    if (plain(text) || !text.contains(outside_ascii)) && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        if c == '#' && is_runner_command(&text[at..]) {
            out.push_str("#\\u0023");
            rest.next();
        } else if outside_ascii(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// How many columns a terminal gives the character: 0 for combining marks, 2 for East Asian wide
/// characters and emoji. An approximation by block (Unicode standard annex 11), for carets only.
pub fn width(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f | 0x1ab0..=0x1aff | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 => 2,
        0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 => 2,
        0x1f300..=0x1f64f | 0x1f680..=0x1f6ff | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_become_visible() {
        assert_eq!(
            terminal("a\x1b[2Jb\r\n\u{9b}\u{202e}\x7f"),
            "a\\x1b[2Jb\\r\\n\\x9b\\u{202e}\\x7f"
        );
        assert_eq!(terminal("plain ünïcode 鍵"), "plain ünïcode 鍵");
    }

    #[test]
    fn runner_commands_are_broken_up() {
        assert_eq!(
            terminal("x ##[error]y ##vso[task] ## heading"),
            "x #\\#[error]y #\\#vso[task] ## heading"
        );
        assert_eq!(
            json("\"###[x] ##vso[y] ## z\""),
            "\"##\\u0023[x] #\\u0023vso[y] ## z\""
        );
    }

    #[test]
    fn json_stays_the_same_value() {
        for text in ["a\u{9b}b", "\u{e0041}", "###[", "\u{feff}\u{200b}#"] {
            let written = serde_json::to_string(text).unwrap_or_default();
            let escaped = json(&written);
            assert!(!escaped.contains(is_unsafe), "{escaped}");
            assert_eq!(
                serde_json::from_str::<String>(&escaped).ok().as_deref(),
                Some(text)
            );
        }
    }
}
