//! Reading the syntax of a git configuration file.
//!
//! The same grammar as git's own reader (git-config(1), "Syntax"): what git understands is
//! understood here, and what git refuses is told. Nothing is included from elsewhere. After damage
//! reading goes on with the next line, so that one bad line does not hide the object format.

/// One variable.
pub(in crate::git) struct Variable {
    /// The section's name, in lower case: `remote` of `[remote "origin"]`.
    pub(in crate::git) section: Vec<u8>,
    /// The subsection's name as written: `origin` of `[remote "origin"]`.
    pub(in crate::git) subsection: Option<Vec<u8>>,
    /// The variable's name, in lower case.
    pub(in crate::git) key: Vec<u8>,
    /// Its value; none when it stands without `=`, which means true.
    pub(in crate::git) value: Option<Vec<u8>>,
}

/// Hands out every variable, in order. Returns the first line, from 1, that is no configuration.
pub(in crate::git) fn read(bytes: &[u8], each: &mut dyn FnMut(&Variable)) -> Option<usize> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = Reader {
        bytes,
        at: 0,
        line: 1,
    };
    let mut damaged = None;
    let mut current = Variable {
        section: Vec::new(),
        subsection: None,
        key: Vec::new(),
        value: None,
    };
    while let Some(byte) = reader.peek() {
        let line = reader.line;
        let fine = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {
                reader.next();
                continue;
            }
            b'#' | b';' => {
                reader.skip_line();
                continue;
            }
            b'[' => reader.header(&mut current),
            byte if byte.is_ascii_alphabetic() => reader.variable(&mut current),
            _ => None,
        };
        match fine {
            Some(()) if byte != b'[' => each(&current),
            Some(()) => {}
            None => {
                damaged.get_or_insert(line);
                if reader.line == line {
                    reader.skip_line();
                }
            }
        }
    }
    damaged
}

/// Walks over the bytes; `\r\n` counts as `\n`.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// From 1.
    line: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        match self.bytes.get(self.at..)? {
            [b'\r', b'\n', ..] => Some(b'\n'),
            [byte, ..] => Some(*byte),
            [] => None,
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        let two = byte == b'\n' && self.bytes.get(self.at) == Some(&b'\r');
        self.at += 1 + usize::from(two);
        self.line += usize::from(byte == b'\n');
        Some(byte)
    }

    fn skip_line(&mut self) {
        while !matches!(self.next(), None | Some(b'\n')) {}
    }

    /// `[section]`, `[section.subsection]` or `[section "subsection"]`.
    fn header(&mut self, current: &mut Variable) -> Option<()> {
        // A broken header must not leave its variables to the section before.
        current.section.clear();
        current.subsection = None;
        self.next();
        let mut name = Vec::new();
        let subsection = loop {
            match self.next()? {
                b']' => break None,
                b' ' | b'\t' | b'\r' => break Some(self.quoted()?),
                byte if is_key(byte) || byte == b'.' => name.push(byte.to_ascii_lowercase()),
                _ => return None,
            }
        };
        if name.is_empty() && subsection.is_none() {
            return None;
        }
        let dot = memchr::memchr(b'.', &name).filter(|_| subsection.is_none());
        current.subsection = match dot {
            Some(dot) => {
                let rest = name.split_off(dot);
                Some(rest.get(1..)?.to_vec())
            }
            None => subsection,
        };
        current.section = name;
        Some(())
    }

    /// `"subsection"]`, after the white space.
    fn quoted(&mut self) -> Option<Vec<u8>> {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.next();
        }
        if self.peek()? != b'"' {
            return None;
        }
        self.next();
        let mut out = Vec::new();
        loop {
            let byte = match self.peek()? {
                b'\n' => return None,
                b'"' => break,
                b'\\' => {
                    self.next();
                    self.peek().filter(|byte| *byte != b'\n')?
                }
                byte => byte,
            };
            self.next();
            out.push(byte);
        }
        self.next();
        (self.next()? == b']').then_some(out)
    }

    /// `key`, `key = value`.
    fn variable(&mut self, current: &mut Variable) -> Option<()> {
        current.key.clear();
        current.value = None;
        while let Some(byte) = self.peek().filter(|byte| is_key(*byte)) {
            self.next();
            current.key.push(byte.to_ascii_lowercase());
        }
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.next();
        }
        match self.peek() {
            None | Some(b'\n') => {}
            Some(b'=') => {
                self.next();
                current.value = Some(self.value()?);
            }
            Some(_) => return None,
        }
        Some(())
    }

    /// The value up to the end of its line, which a backslash moves on to the next.
    fn value(&mut self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        // White space at the end, outside of quotes, does not belong to the value.
        let mut end = 0;
        let mut quoted = false;
        loop {
            let byte = match self.next() {
                None | Some(b'\n') if quoted => return None,
                None | Some(b'\n') => break,
                Some(byte) => byte,
            };
            match byte {
                b' ' | b'\t' | b'\r' if !quoted => {
                    if !out.is_empty() {
                        out.push(byte);
                    }
                    continue;
                }
                b'#' | b';' if !quoted => {
                    self.skip_line();
                    break;
                }
                b'"' => quoted = !quoted,
                b'\\' => match self.next() {
                    None | Some(b'\n') => {}
                    Some(b't') => out.push(b'\t'),
                    Some(b'b') => out.push(8),
                    Some(b'n') => out.push(b'\n'),
                    Some(byte @ (b'\\' | b'"')) => out.push(byte),
                    Some(_) => return None,
                },
                byte => out.push(byte),
            }
            end = out.len();
        }
        out.truncate(end);
        Some(out)
    }
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// What git takes for a boolean (git-config(1), "Values"); none when it is none.
pub(super) fn truth(value: Option<&[u8]>) -> Option<bool> {
    let Some(value) = value else {
        return Some(true);
    };
    let is = |words: &[&str]| {
        words
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
    };
    if is(&["true", "yes", "on"]) {
        Some(true)
    } else if is(&["false", "no", "off", ""]) {
        Some(false)
    } else {
        number(value).map(|number| number != 0)
    }
}

/// A number, without the unit that git allows for sizes.
pub(super) fn number(value: &[u8]) -> Option<i64> {
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> (Vec<String>, Option<usize>) {
        let mut out = Vec::new();
        let damaged = read(text.as_bytes(), &mut |variable| {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let mut name = text(&variable.section);
            if let Some(subsection) = &variable.subsection {
                name = format!("{name}.{}", text(subsection));
            }
            let value = variable.value.as_deref().map(text);
            out.push(format!("{name}.{}={value:?}", text(&variable.key)));
        });
        (out, damaged)
    }

    #[test]
    fn every_form_that_git_writes_or_reads() {
        let (found, damaged) = all("\u{feff}# c\r\n[Core]\r\n\tBare = false ; no\n bare\n\
             [remote \"O \\\"x\"] promisor=true\n[branch.Main] a = \" b # \" c  \n\
             d = one\\\n  two \\t\\\\ \n");
        assert_eq!(
            found,
            [
                "core.bare=Some(\"false\")",
                "core.bare=None",
                "remote.O \"x.promisor=Some(\"true\")",
                "branch.main.a=Some(\" b #  c\")",
                "branch.main.d=Some(\"one  two \\t\\\\\")",
            ]
        );
        assert_eq!(damaged, None);
    }

    #[test]
    fn damage_costs_its_own_line() {
        let (found, damaged) = all("[core]\n a = 1\n <<<<<<< x\n b = \"2\n c = 3\n[d\n e = 4\n");
        assert_eq!(
            found,
            ["core.a=Some(\"1\")", "core.c=Some(\"3\")", ".e=Some(\"4\")"]
        );
        assert_eq!(damaged, Some(3));
    }

    #[test]
    fn booleans_as_git_reads_them() {
        for (value, truth_of_it) in [
            ("TRUE", Some(true)),
            ("on", Some(true)),
            ("2", Some(true)),
            ("no", Some(false)),
            ("", Some(false)),
            ("0", Some(false)),
            ("perhaps", None),
        ] {
            assert_eq!(truth(Some(value.as_bytes())), truth_of_it, "{value}");
        }
        assert_eq!(truth(None), Some(true));
    }
}
