//! Text from rules as Markdown.

/// Text with the characters escaped that Markdown would take for its own.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if matches!(char, '\\' | '`' | '*' | '_' | '<' | '|' | '[' | ']') {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

/// Code between as many backticks as it needs.
pub(super) fn code(code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    format!("{fence}{pad}{code}{pad}{fence}")
}

/// Codes with commas between them: the first `most`, and how many more there are.
pub(super) fn codes(items: &[&str], most: usize) -> String {
    let mut shown: Vec<String> = items.iter().take(most).map(|item| code(item)).collect();
    if let Some(more @ 1..) = items.len().checked_sub(most) {
        shown.push(format!("and {more} more"));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(
            text("E*TRADE <a> [b](c) x_y"),
            r"E\*TRADE \<a> \[b\](c) x\_y"
        );
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(codes(&["a", "b", "c"], 2), "`a`, `b`, and 1 more");
    }
}
