//! The text of commits and annotated tags: the message, who wrote it, and headers that carry text.

use bstr::ByteSlice;

/// What stands in a commit or tag besides its links to other objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text<'a> {
    /// The header it stands in; none for the message itself.
    pub(super) header: Option<&'a [u8]>,
    /// The text, without the header's name.
    pub(super) text: &'a [u8],
}

impl Text<'_> {
    /// Whether it is the same in very many commits.
    pub(super) fn is_identity(&self) -> bool {
        matches!(self.header, Some(b"author" | b"committer" | b"tagger"))
    }
}

/// Headers that hold ids, names of encodings or signatures: nothing that a person wrote.
/// (gitformat-signature(5), git-commit-tree(1), git-mktag(1).)
const LINKS: [&[u8]; 7] = [
    b"tree",
    b"parent",
    b"object",
    b"type",
    b"encoding",
    b"gpgsig",
    b"gpgsig-sha256",
];

/// The texts in a commit or tag, the message last. Headers go on in lines that begin with a blank; the
/// first empty line ends them. Damaged objects are texts, too: what is no header is taken for the message.
pub(super) fn texts(data: &[u8]) -> impl Iterator<Item = Text<'_>> {
    let mut rest = Some(data);
    std::iter::from_fn(move || {
        loop {
            let now = rest?;
            let Some((name, value, after)) = header(now) else {
                rest = None;
                let text = now.strip_prefix(b"\n").unwrap_or(now);
                return Some(Text { header: None, text });
            };
            rest = Some(after);
            if LINKS.contains(&name) {
                continue;
            }
            let mut found = Text {
                header: Some(name),
                text: value,
            };
            if found.is_identity() {
                // The date behind the address differs each time.
                let end = value.rfind_byte(b'>').map_or(value.len(), |end| end + 1);
                found.text = value.get(..end).unwrap_or(value);
            }
            return Some(found);
        }
    })
}

/// Splits a header from what follows: its name, its value with all its lines, the rest.
fn header(data: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = data.find_byteset(b" \n")?;
    if data.get(space) != Some(&b' ') || space == 0 {
        return None;
    }
    let (name, value) = (data.get(..space)?, data.get(space + 1..)?);
    let mut end = value.find_byte(b'\n').unwrap_or(value.len());
    while value.get(end + 1) == Some(&b' ') {
        let line = value.get(end + 1..).unwrap_or_default();
        end += 1 + line.find_byte(b'\n').unwrap_or(line.len());
    }
    Some((
        name,
        value.get(..end)?,
        value.get(end + 1..).unwrap_or_default(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(data: &str) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        texts(data.as_bytes())
            .map(|t| (text(t.header.unwrap_or(b"")), text(t.text)))
            .collect()
    }

    #[test]
    fn links_signatures_and_dates_are_left_out() {
        let commit = "tree 12\nparent 34\nauthor A <a@x> 1 +0000\ncommitter B <b@x> 2 +0000\n\
                      gpgsig -----BEGIN\n abc\n -----END\nmergetag object 5\n type commit\n \n hello\n\
                      encoding latin1\n\nsubject\n\nbody\n";
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            all(commit),
            [
                pair("author", "A <a@x>"),
                pair("committer", "B <b@x>"),
                pair("mergetag", "object 5\n type commit\n \n hello"),
                pair("", "subject\n\nbody\n"),
            ]
        );
    }

    #[test]
    fn what_is_damaged_is_text() {
        for data in ["", "\n", "x", " y", "tree", "tree 1", "author", "\nm"] {
            assert!(all(data).iter().all(|(_, text)| text.len() <= data.len()));
            assert_eq!(all(data).last().map(|(name, _)| name.as_str()), Some(""));
        }
        assert_eq!(all("no header\n\nbut text").len(), 2);
    }
}
