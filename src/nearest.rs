//! "Did you mean …?"

/// The candidate that is most similar to what was written, if one is similar: at most one slip,
/// two from five characters on, three from eight on, and so forth; or a candidate that begins or
/// ends with what was written. The first of equals.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let written: Vec<char> = written
        .to_lowercase()
        .replace('_', "-")
        .chars()
        .take(64)
        .collect();
    let allowed = (written.len().saturating_add(1) / 3).max(1);
    let within = |candidate: &str| {
        let text: String = written.iter().collect();
        text.len() >= 3 && (candidate.starts_with(&text) || candidate.ends_with(&text))
    };
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let slips = slips(&written, &candidate.chars().collect::<Vec<_>>());
            match slips <= allowed {
                true => Some((slips, candidate)),
                false if within(candidate) => Some((allowed + 1, candidate)),
                false => None,
            }
        })
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// The optimal string alignment distance: insertions, deletions, substitutions, and swaps of
/// neighbours.
fn slips(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (above[j] + usize::from(x != y))
                .min(above[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_forgiven_and_strangers_are_not() {
        let ids = ["binance", "bybit", "bitget", "okx", "private-key"];
        assert_eq!(nearest("bibyt", ids), Some("bybit"));
        assert_eq!(nearest("BINANCE", ids), Some("binance"));
        assert_eq!(nearest("private_key", ids), Some("private-key"));
        assert_eq!(nearest("priv", ids), Some("private-key"));
        assert_eq!(nearest("kraken", ids), None);
        assert_eq!(nearest("", ids), None);
    }
}
