//! The date of `--since`.

use crate::date::{DAY, Day};

/// How a date may be written.
pub(super) const FORMS: &str =
    "2026-01-31, 2026-01-31T08:00, 2026-01-31T08:00:00+02:00, @1769817600 or \"2 weeks ago\"";

/// The moment that the words mean, in seconds since 1970-01-01 UTC, when it is `now`. A date without a
/// time begins at midnight; without an offset it is UTC, wherever the scan runs.
pub(super) fn parse(words: &str, now: i64) -> Option<i64> {
    let words = words.trim();
    if let Some(seconds) = words.strip_prefix('@') {
        return seconds.parse().ok();
    }
    ago(words, now).or_else(|| moment(words))
}

/// `2 weeks ago`, and `2.weeks.ago`, as git takes it; the last word may be left out.
fn ago(words: &str, now: i64) -> Option<i64> {
    let mut words = words.split([' ', '.']).filter(|word| !word.is_empty());
    let count: i64 = words.next()?.parse().ok().filter(|n| *n >= 0)?;
    let unit = match words.next()?.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3_600,
        "day" => DAY,
        "week" => 7 * DAY,
        _ => return None,
    };
    match (words.next(), words.next()) {
        (None | Some("ago"), None) => now.checked_sub(count.checked_mul(unit)?),
        _ => None,
    }
}

/// `YYYY-MM-DD`, then perhaps `T` or a blank, `HH:MM` or `HH:MM:SS`, then perhaps `Z` or `±HH:MM`.
fn moment(text: &str) -> Option<i64> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let day = Day {
        year: u16::try_from(year).ok()?,
        month: u8::try_from(month).ok()?,
        day: u8::try_from(day).ok()?,
    };
    let midnight = day.days()?.checked_mul(DAY)?;
    match time {
        Some(time) => midnight.checked_add(second(time)?),
        None => Some(midnight),
    }
}

/// The second of the day in UTC; with an offset it may lie outside of the day.
fn second(text: &str) -> Option<i64> {
    let (time, offset) = match text.find(['Z', '+', '-']) {
        Some(at) => {
            let (time, offset) = text.split_at(at);
            (time.trim_end(), self::offset(offset)?)
        }
        None => (text, 0),
    };
    let [hour, minute, second] = match numbers(time, ':', [2, 2]) {
        Some([hour, minute]) => [hour, minute, 0],
        None => numbers(time, ':', [2, 2, 2])?,
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(hour * 3_600 + minute * 60 + second - offset)
}

/// `Z`, `+02:00` or `-0330`, in seconds.
fn offset(text: &str) -> Option<i64> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("Z", "") => return Some(0),
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let [hours, minutes] = match numbers(digits, ':', [2, 2]) {
        Some(both) => both,
        None => {
            let [both] = numbers(digits, ':', [4])?;
            [both / 100, both % 100]
        }
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// Numbers of so many digits each, with a sign between them.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut out = [0; N];
    let mut words = text.split(between);
    for (number, digits) in out.iter_mut().zip(digits) {
        let word = words.next()?;
        if word.len() != digits || !word.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *number = word.parse().ok()?;
    }
    words.next().is_none().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        let noon = 1_614_859_200; // 2021-03-04 12:00 UTC
        for (words, seconds) in [
            ("2021-03-04", noon - DAY / 2),
            ("2021-03-04T12:00", noon),
            ("2021-03-04 12:00:07", noon + 7),
            ("2021-03-04T12:00Z", noon),
            ("2021-03-04T14:00:00+02:00", noon),
            ("2021-03-04 08:30:00 -0330", noon),
            (" @1614859200 ", noon),
            ("@-5", -5),
            ("0 days", noon),
            ("1 day ago", noon - DAY),
            ("2.weeks.ago", noon - 14 * DAY),
            ("90 minutes", noon - 5_400),
            ("3 hours ago", noon - 10_800),
        ] {
            assert_eq!(parse(words, noon), Some(seconds), "{words}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for words in [
            "",
            "@",
            "@x",
            "yesterday",
            "2021",
            "2021-3-4",
            "2021-02-29",
            "2021-03-04T",
            "2021-03-04T24:00",
            "2021-03-04T12",
            "2021-03-04T12:00+2",
            "2021-03-04T12:00+25:00",
            "-2 weeks",
            "2 moons",
            "2 weeks from now",
            "99999999999999999999 weeks",
            "9223372036854775807 weeks",
            "２０２１-03-04",
        ] {
            assert_eq!(parse(words, 0), None, "{words}");
        }
    }
}
