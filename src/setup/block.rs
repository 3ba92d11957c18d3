//! The lines that belong to keyfence in somebody's file, between two marks, so that they can be found, and
//! taken out again.

/// The mark above.
const BEGIN: &str = "# >>> keyfence";
/// The mark below.
const END: &str = "# <<< keyfence";

/// Lines between the marks, each with this indentation.
pub fn marked(indent: &str, lines: &str) -> String {
    let inside = std::iter::once(BEGIN).chain(lines.lines()).chain([END]);
    inside
        .map(|line| format!("{indent}{line}").trim_end().to_owned() + "\n")
        .collect()
}

/// Whether the text has such lines.
pub fn is_in(text: &str) -> bool {
    range(text).is_some()
}

/// Whether the line is the mark below.
pub fn is_end(line: &str) -> bool {
    line.trim() == END
}

/// The text without them, however often they are in it.
pub fn without(text: &str) -> Option<String> {
    let mut left = None;
    let mut text = text.to_owned();
    while let Some((start, end)) = range(&text) {
        text.replace_range(start..end, "");
        left = Some(());
    }
    left.map(|()| text)
}

/// From the first mark's line to the end of the last one's.
fn range(text: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    let mut start = None;
    for line in text.split_inclusive('\n') {
        match line.trim() {
            BEGIN if start.is_none() => start = Some(at),
            END => {
                if let Some(start) = start {
                    return Some((start, at + line.len()));
                }
            }
            _ => {}
        }
        at += line.len();
    }
    None
}

/// The text with a line end behind it, where it has any text.
pub fn ended(text: &str) -> String {
    let end = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    format!("{text}{end}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out() {
        let text = "a\nb\n";
        let with = format!("a\n{}b\n", marked("  ", "x: 1\n\ny"));
        assert_eq!(
            with,
            "a\n  # >>> keyfence\n  x: 1\n\n  y\n  # <<< keyfence\nb\n"
        );
        assert!(is_in(&with) && !is_in(text));
        assert_eq!(without(&with).unwrap(), text);
        assert_eq!(
            without(&format!("{with}{}", marked("", "z"))).unwrap(),
            text
        );
        assert_eq!(without("# >>> keyfence\nx\n"), None, "half a block is none");
    }
}
