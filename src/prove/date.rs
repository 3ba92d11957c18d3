//! Days of the civil calendar, for the moments that some tokens hold.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds from 1970 to now; none when the clock stands before 1970.
pub(super) fn now() -> Option<u64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(since.as_secs())
}

/// `2019-01-03`, in UTC, of a number of seconds since 1970; none beyond the year 9999.
///
/// Days count from 0000-03-01, so that a leap day ends its year
/// (<https://howardhinnant.github.io/date_algorithms.html#civil_from_days>).
pub(super) fn date(seconds: u64) -> Option<String> {
    if seconds > 253_402_300_799 {
        return None;
    }
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_civil() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_546_473_600, "2019-01-03"),
            (4_107_542_399, "2100-02-28"),
            (4_107_542_400, "2100-03-01"),
            (253_402_300_799, "9999-12-31"),
        ] {
            assert_eq!(date(seconds).as_deref(), Some(day));
        }
        assert_eq!(date(u64::MAX), None);
    }
}
