//! Days of the civil (Gregorian) calendar, without any clock, locale or time zone of the system.
//!
//! Days count from 1970-01-01. Inside, a year begins in March, so that a leap day ends it
//! (<https://howardhinnant.github.io/date_algorithms.html>).

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// From 0000-03-01 to 1970-01-01.
const TO_1970: i64 = 719_468;
/// Days of 400 years.
const ERA: i64 = 146_097;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The year, from 0 to 9999.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

impl Day {
    /// The day that is so many days after 1970-01-01; none outside of the years 0 to 9999.
    pub fn from_days(days: i64) -> Option<Self> {
        let days = days.checked_add(TO_1970)?;
        let era = days.div_euclid(ERA);
        let day_of_era = days.rem_euclid(ERA);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Some(Self {
            year: u16::try_from(year).ok().filter(|year| *year <= 9_999)?,
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
        })
    }

    /// How many days after 1970-01-01 it is; none when the calendar has no such day.
    pub fn days(self) -> Option<i64> {
        let (year, month, day) = (
            i64::from(self.year),
            i64::from(self.month),
            i64::from(self.day),
        );
        let year = year - i64::from(month <= 2);
        let month = if month > 2 { month - 3 } else { month + 9 };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * month + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * ERA + day_of_era - TO_1970;
        // 31 April and its like count on into the next month.
        (Self::from_days(days) == Some(self)).then_some(days)
    }
}

impl std::fmt::Display for Day {
    /// `2021-03-04`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// The day of a moment, as a clock shows it that stands `offset` seconds east of UTC: `2021-03-04`.
/// `seconds` count from 1970-01-01 UTC. A moment beyond the calendar is told by its number: `@1234`,
/// as git writes it.
pub fn day(seconds: i64, offset: i32) -> String {
    match local(seconds, offset) {
        Some((day, _)) => day.to_string(),
        None => format!("@{seconds}"),
    }
}

/// The same with the time and the offset: `2021-03-04T05:06:07+02:00` (RFC 3339); none beyond the
/// calendar, or where the offset is a day or more.
pub fn moment(seconds: i64, offset: i32) -> Option<String> {
    let (day, second) = local(seconds, offset)?;
    // RFC 3339 knows no seconds in an offset; git has none either.
    let minutes = offset / 60;
    if minutes.unsigned_abs() >= 24 * 60 {
        return None;
    }
    let sign = if offset < 0 { '-' } else { '+' };
    Some(format!(
        "{day}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
        second / 3_600,
        second / 60 % 60,
        second % 60,
        minutes.unsigned_abs() / 60,
        minutes.unsigned_abs() % 60
    ))
}

/// The moment, in seconds since 1970-01-01 UTC: that of `SOURCE_DATE_EPOCH`, where a build that must come out the
/// same each time sets it (<https://reproducible-builds.org/specs/source-date-epoch/>), or else the clock's.
pub fn now(env: &dyn Fn(&str) -> Option<std::ffi::OsString>) -> i64 {
    let set = env("SOURCE_DATE_EPOCH").and_then(|text| text.to_str()?.parse().ok());
    set.unwrap_or_else(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        })
    })
}

/// The day, and the second in it.
fn local(seconds: i64, offset: i32) -> Option<(Day, i64)> {
    // Minutes alone count, so that the moment and its offset agree.
    let local = seconds.checked_add(i64::from(offset / 60) * 60)?;
    let day = Day::from_days(local.div_euclid(DAY))?;
    Some((day, local.rem_euclid(DAY)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn days_are_civil() {
        for (days, shown) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
            (2_932_896, "9999-12-31"),
            (-719_528, "0000-01-01"),
        ] {
            let day = Day::from_days(days).unwrap();
            assert_eq!(day.to_string(), shown);
            assert_eq!(day.days(), Some(days));
        }
        assert_eq!(Day::from_days(2_932_897), None);
        assert_eq!(Day::from_days(-719_529), None);
        assert_eq!(Day::from_days(i64::MAX), None);
        for (year, month, day) in [
            (2021, 2, 29),
            (2021, 4, 31),
            (2021, 13, 1),
            (2021, 0, 1),
            (2021, 1, 0),
        ] {
            assert_eq!(Day { year, month, day }.days(), None);
        }
    }

    #[test]
    fn a_moment_is_told_by_the_clock_of_its_author() {
        assert_eq!(
            moment(1_614_834_367, 7_200).unwrap(),
            "2021-03-04T07:06:07+02:00"
        );
        assert_eq!(
            moment(1_614_834_367, -12_600).unwrap(),
            "2021-03-04T01:36:07-03:30"
        );
        assert_eq!(moment(-1, 0).unwrap(), "1969-12-31T23:59:59+00:00");
        assert_eq!(day(1_614_815_999, 3_600), "2021-03-04");
        assert_eq!(day(1_614_815_999, 0), "2021-03-03");
        assert_eq!(day(i64::MAX, i32::MAX), format!("@{}", i64::MAX));
        assert_eq!(day(i64::MIN, i32::MIN), format!("@{}", i64::MIN));
        assert_eq!(moment(0, i32::MAX), None);
    }
}
