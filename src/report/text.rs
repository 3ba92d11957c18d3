//! Numbers as people read them.

/// `1 file`, `1,234 files`.
pub fn count(n: u64, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {what}{plural}", number(n))
}

/// With a comma after every three digits.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `512 B`, `1.5 kB`, `2.0 GB`: powers of 1000.
pub fn bytes(n: u64) -> String {
    let units = ["kB", "MB", "GB", "TB", "PB", "EB"];
    let mut value = n as f64;
    let mut unit = "B";
    for next in units {
        // What would round to 1000.0 belongs to the next unit.
        if value < 999.95 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if unit == "B" {
        format!("{n} B")
    } else {
        format!("{value:.1} {unit}")
    }
}

/// At most so many characters; of a longer text the last is `…`.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let kept = text.chars().take(most.saturating_sub(1));
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(number),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0, 999, 1000, 1550, 999_960, 2_000_000_000].map(bytes),
            ["0 B", "999 B", "1.0 kB", "1.6 kB", "1.0 MB", "2.0 GB"]
        );
        assert_eq!(count(1, "file"), "1 file");
        assert_eq!(
            ["", "ünï", "ünïc"].map(|text| cut(text, 3)),
            ["", "ünï", "ün…"]
        );
    }
}
