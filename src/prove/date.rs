//! Days of the civil calendar, for the moments that some tokens hold.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::date::Day;

/// Seconds from 1970 to now; none when the clock stands before 1970.
pub(super) fn now() -> Option<u64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(since.as_secs())
}

/// `2019-01-03`, in UTC, of a number of seconds since 1970; none beyond the year 9999.
pub(super) fn date(seconds: u64) -> Option<String> {
    let days = i64::try_from(seconds / 86_400).ok()?;
    Day::from_days(days).map(|day| day.to_string())
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
