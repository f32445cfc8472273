//! Days of the calendar: how old a release is.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// A day of the Gregorian calendar, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(i64);

impl Date {
    /// Reads `2021-02-25`; nothing when it is no day.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let shape = year.len() == 4 && month.len() == 2 && day.len() == 2 && parts.next().is_none();
        let (year, month, day): (i64, i64, i64) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        if !shape || year < 1 || !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
            return None;
        }
        let before: i64 = (1..month).map(|m| days_in(year, m)).sum();
        Some(Self(days_before(year) + before + day - 1 - days_before(1970)))
    }

    /// Today, in universal time.
    pub fn today() -> Self {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        Self(i64::try_from(seconds / 86_400).unwrap_or_default())
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> i64 {
        self.0
    }

    /// How long it is from this day to a later one, in words.
    pub fn age(self, today: Self) -> String {
        let days = today.0 - self.0;
        match days {
            ..0 => "not yet released on the day of this report".to_owned(),
            1 => "1 day old".to_owned(),
            0..60 => format!("{days} days old"),
            60..731 => format!("{} months old", days * 12 / 365),
            _ => format!("{:.1} years old", days as f64 / 365.25),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0 + days_before(1970);
        let mut year = rest / 366 + 1;
        while days_before(year + 1) <= rest {
            year += 1;
        }
        rest -= days_before(year);
        let mut month = 1;
        while month < 12 && rest >= days_in(year, month) {
            rest -= days_in(year, month);
            month += 1;
        }
        write!(f, "{year:04}-{month:02}-{:02}", rest + 1)
    }
}

/// Days from the start of year 1 to that of a year.
fn days_before(year: i64) -> i64 {
    let past = year - 1;
    365 * past + past / 4 - past / 100 + past / 400
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_day_comes_back_as_itself() {
        for text in ["1970-01-01", "2000-02-29", "2021-02-25", "2024-12-31", "2026-11-25"] {
            assert_eq!(Date::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Date::parse("1970-01-02").unwrap().0, 1);
        assert_eq!(Date::parse("2000-03-01").unwrap().0, 11_017); // as `date -d 2000-03-01 +%s` over 86400
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["2021-02-29", "2021-13-01", "2021-2-5", "yesterday", "2021-02-25-01", ""] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn age_is_said_in_the_unit_that_fits() {
        let age = |from: &str, to: &str| Date::parse(from).unwrap().age(Date::parse(to).unwrap());
        assert_eq!(age("2021-02-25", "2026-11-25"), "5.7 years old");
        assert_eq!(age("2026-01-01", "2026-11-01"), "9 months old");
        assert_eq!(age("2026-11-24", "2026-11-25"), "1 day old");
        assert!(age("2026-11-26", "2026-11-25").contains("not yet"));
    }
}
