//! Time in the therapeutic range: Rosendaal et al., Thromb Haemost 1993;69:236.
//!
//! INR is taken as linear between visits, and time is exact: a segment that crosses a bound is split where it does. The
//! usual day-by-day count differs by up to a day a segment. The figure falls when visits become rarer: compare at equal
//! or reported numbers of visits.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use thiserror::Error;

/// Longest gap that is interpolated by default, days (8 weeks; some centres take 42 days).
pub const LONGEST_GAP_DAYS: f64 = 56.0;

/// INRs below this, and above [`HIGHEST_INR`], are taken for errors of writing or of the laboratory.
pub const LOWEST_INR: f64 = 0.5;

/// Highest INR that is believed: coagulometers end well below.
pub const HIGHEST_INR: f64 = 20.0;

/// A therapeutic range of INR; both ends are inside.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Range {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Range {
    /// The range of most indications.
    pub const USUAL: Self = Self { low: 2.0, high: 3.0 };

    /// Whether an INR is inside, ends included.
    pub fn contains(self, inr: f64) -> bool {
        (self.low..=self.high).contains(&inr)
    }

    /// Middle of the range, which equations take as the target.
    pub fn target(self) -> f64 {
        f64::midpoint(self.low, self.high)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}-{:.1}", self.low, self.high)
    }
}

/// A text that is no range of INR.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("'{0}' is no range of INR; write it as 2.0-3.0, with both ends between 1 and 5")]
pub struct NotARange(String);

impl FromStr for Range {
    type Err = NotARange;

    fn from_str(text: &str) -> Result<Self, NotARange> {
        let error = || NotARange(text.to_owned());
        let (low, high) = text.split_once(['-', '–']).ok_or_else(error)?;
        let number = |part: &str| part.trim().parse::<f64>().map_err(|_| error());
        let (low, high) = (number(low)?, number(high)?);
        match (1.0..=5.0).contains(&low) && (1.0..=5.0).contains(&high) && low < high {
            true => Ok(Self { low, high }),
            false => Err(error()),
        }
    }
}

/// One measured INR.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Visit {
    /// Day, fractions allowed.
    pub day: f64,
    /// INR.
    pub inr: f64,
}

/// Why a history cannot be used.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum HistoryError {
    /// A value that no INR has.
    #[error(
        "the INR of day {day} is {inr}, which is outside {LOWEST_INR} to {HIGHEST_INR}: a slip of the pen, or another unit?"
    )]
    Inr {
        /// Day of the value.
        day: f64,
        /// The value.
        inr: f64,
    },
    /// A day that is no number.
    #[error("a day is no finite number")]
    Day,
    /// Days that go back.
    #[error("day {later} stands after day {earlier}: the history is out of order")]
    Order {
        /// The day that stands first.
        earlier: f64,
        /// The smaller day that follows it.
        later: f64,
    },
    /// A day with two values.
    #[error("day {0} has two INRs: which one holds?")]
    Twice(f64),
}

/// Checks that days rise and that every INR can be one.
///
/// # Errors
/// Names the first value that cannot be.
pub fn check(visits: &[Visit]) -> Result<(), HistoryError> {
    for visit in visits {
        if !visit.day.is_finite() {
            return Err(HistoryError::Day);
        }
        if !(LOWEST_INR..=HIGHEST_INR).contains(&visit.inr) {
            return Err(HistoryError::Inr { day: visit.day, inr: visit.inr });
        }
    }
    for pair in visits.windows(2) {
        if let [a, b] = pair {
            if b.day == a.day {
                return Err(HistoryError::Twice(a.day));
            }
            if b.day < a.day {
                return Err(HistoryError::Order { earlier: a.day, later: b.day });
            }
        }
    }
    Ok(())
}

/// Days of a history by where the INR was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct TimeInRange {
    /// Days inside.
    pub inside: f64,
    /// Days below.
    pub below: f64,
    /// Days above.
    pub above: f64,
    /// Days left out, in gaps longer than the longest that is interpolated.
    pub left_out: f64,
}

impl TimeInRange {
    /// Days that count.
    pub fn counted(&self) -> f64 {
        self.inside + self.below + self.above
    }

    /// Percent of the counted days inside, below, above; `None` when no day counts.
    pub fn percent(&self) -> Option<[f64; 3]> {
        let counted = self.counted();
        (counted > 0.0).then(|| [self.inside, self.below, self.above].map(|days| days / counted * 100.0))
    }
}

/// Time in range of a history. `longest_gap` in days; `None` interpolates every gap.
///
/// # Errors
/// As [`check`].
pub fn rosendaal(visits: &[Visit], range: Range, longest_gap: Option<f64>) -> Result<TimeInRange, HistoryError> {
    check(visits)?;
    let mut time = TimeInRange::default();
    for pair in visits.windows(2) {
        let [a, b] = pair else { continue };
        let days = b.day - a.day;
        if longest_gap.is_some_and(|longest| days > longest) {
            time.left_out += days;
            continue;
        }
        let [inside, below, above] = shares(a.inr.min(b.inr), a.inr.max(b.inr), range);
        time.inside += days * inside;
        time.below += days * below;
        time.above += days * above;
    }
    Ok(time)
}

/// Shares of a straight segment between two INRs that lie inside, below and above the range.
fn shares(low: f64, high: f64, range: Range) -> [f64; 3] {
    let rise = high - low;
    if rise <= 0.0 {
        return match low {
            inr if inr < range.low => [0.0, 1.0, 0.0],
            inr if inr > range.high => [0.0, 0.0, 1.0],
            _ => [1.0, 0.0, 0.0],
        };
    }
    let share = |from: f64, to: f64| ((to - from).max(0.0) / rise).min(1.0);
    [share(low.max(range.low), high.min(range.high)), share(low, high.min(range.low)), share(low.max(range.high), high)]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn history(days: &[f64], inrs: &[f64]) -> Vec<Visit> {
        days.iter().zip(inrs).map(|(&day, &inr)| Visit { day, inr }).collect()
    }

    #[test]
    fn a_segment_that_crosses_both_ends_is_split_in_three() {
        // 1.5 to 3.5 in 8 days: a quarter below, a half inside, a quarter above
        let time = rosendaal(&history(&[0.0, 8.0], &[1.5, 3.5]), Range::USUAL, None).unwrap();
        assert_eq!((time.below, time.inside, time.above), (2.0, 4.0, 2.0));
        assert_eq!(time.percent(), Some([50.0, 25.0, 25.0]));
    }

    #[test]
    fn both_ends_are_inside_and_a_falling_segment_counts_like_a_rising_one() {
        let flat = rosendaal(&history(&[0.0, 7.0, 14.0], &[3.0, 3.0, 2.0]), Range::USUAL, None).unwrap();
        assert_eq!(flat.percent(), Some([100.0, 0.0, 0.0]));
    }

    #[test]
    fn a_long_gap_is_left_out_and_not_counted() {
        let visits = history(&[0.0, 56.0, 113.0], &[2.5, 2.5, 4.0]);
        let time = rosendaal(&visits, Range::USUAL, Some(LONGEST_GAP_DAYS)).unwrap();
        assert_eq!((time.counted(), time.left_out), (56.0, 57.0));
        assert_eq!(rosendaal(&visits[1..], Range::USUAL, Some(56.0)).unwrap().percent(), None);
    }

    #[test]
    fn histories_that_cannot_be_are_named() {
        let said =
            |days: &[f64], inrs: &[f64]| rosendaal(&history(days, inrs), Range::USUAL, None).unwrap_err().to_string();
        assert!(said(&[0.0, 7.0], &[2.0, 45.0]).contains("INR of day 7 is 45"));
        assert!(said(&[0.0, 7.0], &[0.0, 2.0]).contains("INR of day 0 is 0"));
        assert!(said(&[7.0, 3.0], &[2.0, 2.0]).contains("day 3 stands after day 7"));
        assert!(said(&[7.0, 7.0], &[2.0, 2.1]).contains("day 7 has two INRs"));
        assert!(said(&[f64::NAN, 7.0], &[2.0, 2.1]).contains("no finite number"));
    }

    #[test]
    fn a_range_is_read_from_its_two_ends() {
        assert_eq!("2.5-3.5".parse::<Range>().unwrap(), Range { low: 2.5, high: 3.5 });
        for wrong in ["2.5", "3-2", "0-3", "2-45", "a-b"] {
            assert!(wrong.parse::<Range>().is_err(), "{wrong}");
        }
    }
}
