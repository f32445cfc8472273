//! One patient's INRs and doses by day, from a small table.
//!
//! Columns: `day` (a number, or a date as 2026-11-25), `inr`, and one of `dose_mg` (taken that day), `daily_mg` or
//! `weekly_mg` (from that day on). A row may have an INR, a dose, or both.

use std::path::Path;

use anyhow::{Context, Result, bail};
use pgx_rules::dosing::ttr::{Visit, check};
use serde::Serialize;

use super::fields::daily;
use super::table::is_missing;
use crate::therapies::date::Date;
use crate::tumour::table::Table;

/// mg/week below which a weekly dose is suspected to be one of a day: 1.5 mg a day, and almost nobody needs less.
const LOW_WEEKLY: f64 = 10.5;

/// What was measured and given.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct History {
    /// INRs by day, rising; day 0 is that of the first dose.
    pub visits: Vec<Visit>,
    /// Day and mg taken on it, rising, one entry a day up to the last INR.
    pub doses: Vec<(f64, f64)>,
    /// Oddities.
    pub warnings: Vec<String>,
}

impl History {
    /// Reads the table.
    ///
    /// # Errors
    /// When it cannot be read, is out of order, has two doses or two INRs on one day, or a value that cannot be.
    pub fn read(path: &Path) -> Result<Self> {
        let table = Table::read(path)?;
        let day = table.need("days", &["day", "date"])?;
        let inr = table.need("INRs", &["inr"])?;
        let found = ["dosemg", "dailymg", "weeklymg"].map(|name| table.find(&[name]));
        let kind = match found {
            [Some(column), None, None] => (column, Kind::OfTheDay),
            [None, Some(column), None] => (column, Kind::Daily),
            [None, None, Some(column)] => (column, Kind::Weekly),
            [None, None, None] => bail!("{}: no column dose_mg, daily_mg or weekly_mg", path.display()),
            _ => bail!("{}: several of dose_mg, daily_mg and weekly_mg; keep one", path.display()),
        };
        let mut read = Rows::default();
        for (line, row) in &table.rows {
            let cell = |column: usize| row.get(column).map_or("", String::as_str);
            let added = read.add(cell(day), cell(inr), cell(kind.0), kind.1);
            added.with_context(|| format!("{}, line {line}", path.display()))?;
        }
        read.finish(kind.1).with_context(|| path.display().to_string())
    }

    /// mg taken on a day, where it is stated.
    pub fn dose_on(&self, day: f64) -> Option<f64> {
        self.doses.iter().find(|(d, _)| *d == day).map(|(_, mg)| *mg)
    }

    /// Mean mg a day over the week before the last INR (its own day not counted), and days of it without a statement.
    pub fn daily_before(&self, today: f64) -> Option<(f64, usize)> {
        let first = self.doses.first()?.0;
        let from = (today - 7.0).max(first);
        let within: Vec<f64> = self.doses.iter().filter(|(d, _)| *d >= from && *d < today).map(|(_, mg)| *mg).collect();
        let days = (today - from).round().max(0.0) as usize;
        let mean = within.iter().sum::<f64>() / within.len() as f64;
        (!within.is_empty()).then_some((mean, days.saturating_sub(within.len())))
    }

    /// Days before `today` since the dose was another than the last one.
    pub fn since_change(&self, today: f64) -> f64 {
        let before: Vec<(f64, f64)> = self.doses.iter().filter(|(d, _)| *d < today).copied().collect();
        let Some(&(_, last)) = before.last() else { return 0.0 };
        let same = before.iter().rev().take_while(|(_, mg)| *mg == last).last();
        same.map_or(0.0, |(day, _)| today - day)
    }
}

/// What a dose cell says.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    OfTheDay,
    Daily,
    Weekly,
}

#[derive(Default)]
struct Rows {
    visits: Vec<Visit>,
    doses: Vec<(f64, f64)>,
    warnings: Vec<String>,
    /// Day number of the first date, where days are dates.
    first_date: Option<i64>,
    last_day: Option<f64>,
}

impl Rows {
    fn add(&mut self, day: &str, inr: &str, dose: &str, kind: Kind) -> Result<()> {
        let day = self.day(day)?;
        if let Some(before) = self.last_day
            && day < before
        {
            bail!("day {day} stands after day {before}: the history is out of order");
        }
        self.last_day = Some(day);
        if !is_missing(inr) {
            let Ok(inr) = inr.parse::<f64>() else { bail!("'{inr}' is no INR") };
            self.visits.push(Visit { day, inr });
        }
        if !is_missing(dose) {
            let mg = match kind {
                Kind::Weekly => self.weekly(dose)?,
                Kind::OfTheDay | Kind::Daily => daily(dose, &mut self.warnings)?,
            };
            if day.fract() != 0.0 {
                bail!("a dose on day {day}: doses are counted by whole days");
            }
            if self.doses.last().is_some_and(|(before, _)| *before == day) {
                bail!("two doses on day {day}: which one holds?");
            }
            self.doses.push((day, mg));
        }
        Ok(())
    }

    fn day(&mut self, text: &str) -> Result<f64> {
        if let Some(date) = Date::parse(text) {
            let number = date.number();
            return Ok((number - *self.first_date.get_or_insert(number)) as f64);
        }
        match text.parse::<f64>() {
            Ok(day) if day.is_finite() && self.first_date.is_none() => Ok(day),
            _ => bail!("'{text}' is no day; write a number, or all days as dates like 2026-11-25"),
        }
    }

    fn weekly(&mut self, text: &str) -> Result<f64> {
        let Ok(weekly) = text.parse::<f64>() else { bail!("'{text}' is no dose") };
        if !(0.0..=175.0).contains(&weekly) {
            bail!("{text} mg a week is more than anybody takes");
        }
        if weekly > 0.0 && weekly < LOW_WEEKLY {
            self.warnings.push(format!(
                "{text} mg a week is unusually little ({:.1} mg a day); is it the dose of a day?",
                weekly / 7.0
            ));
        }
        Ok(weekly / 7.0)
    }

    fn finish(self, kind: Kind) -> Result<History> {
        check(&self.visits)?;
        let last = self.visits.last().map_or(0.0, |v| v.day);
        let mut doses = self.doses;
        if kind != Kind::OfTheDay {
            doses = every_day(&doses, last);
        }
        // day 0 is that of the first dose
        let start = doses.first().map_or(0.0, |(day, _)| *day);
        let visits = self.visits.into_iter().map(|v| Visit { day: v.day - start, ..v }).collect();
        let doses = doses.into_iter().map(|(day, mg)| (day - start, mg)).collect();
        Ok(History { visits, doses, warnings: self.warnings })
    }
}

/// Doses that hold from a day on, one entry a day up to the last day.
fn every_day(stated: &[(f64, f64)], last: f64) -> Vec<(f64, f64)> {
    let mut doses = Vec::new();
    for (i, &(from, mg)) in stated.iter().enumerate() {
        let until = stated.get(i + 1).map_or(last.max(from + 1.0), |(next, _)| *next);
        let mut day = from;
        // a history of a hundred years is a wrong date
        while day < until && doses.len() < 36_600 {
            doses.push((day, mg));
            day += 1.0;
        }
    }
    doses
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn read(text: &str) -> Result<History> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), text)?;
        History::read(file.path())
    }

    #[test]
    fn days_and_dates_say_the_same_and_count_from_the_first_dose() {
        let days = read("day\tinr\tdose_mg\n3\t1.0\t5\n4\t\t5\n5\t\t2.5\n6\t1.4\t5\n").unwrap();
        let dates = "day\tinr\tdose_mg\n2026-11-25\t1.0\t5\n2026-11-26\t\t5\n2026-11-27\t\t2.5\n2026-11-28\t1.4\t5\n";
        assert_eq!(read(dates).unwrap(), days);
        assert_eq!(days.visits, [Visit { day: 0.0, inr: 1.0 }, Visit { day: 3.0, inr: 1.4 }]);
        assert_eq!((days.dose_on(2.0), days.dose_on(9.0)), (Some(2.5), None));
        assert_eq!(days.daily_before(3.0), Some((12.5 / 3.0, 0)));
        assert_eq!(days.since_change(3.0), 1.0);
    }

    #[test]
    fn a_dose_that_holds_from_a_day_on_fills_the_days_between() {
        let history = read("day\tinr\tweekly_mg\n0\t1.0\t35\n10\t2.0\t28\n20\t2.4\t\n").unwrap();
        assert_eq!(
            (history.dose_on(9.0), history.dose_on(10.0), history.dose_on(19.0)),
            (Some(5.0), Some(4.0), Some(4.0))
        );
        assert_eq!(history.daily_before(20.0), Some((4.0, 0)));
        assert_eq!(history.since_change(20.0), 10.0);
    }

    #[test]
    fn a_week_without_every_dose_is_counted_as_such() {
        let history = read("day\tinr\tdose_mg\n0\t1.0\t5\n7\t1.8\t5\n8\t\t5\n12\t2.1\t\n").unwrap();
        assert_eq!(history.daily_before(12.0), Some((5.0, 5)));
    }

    #[test]
    fn what_cannot_be_is_named_by_its_line() {
        for (rows, said) in [
            ("0\t1.0\t5\n4\t1.2\t\n2\t1.1\t5\n", "line 4: day 2 stands after day 4"),
            ("0\t\t5\n0\t\t2.5\n", "line 3: two doses on day 0"),
            ("0\t1.0\t5\n0\t1.1\t\n", "day 0 has two INRs"),
            ("0\t45\t5\n", "the INR of day 0 is 45"),
            ("0\t0\t5\n", "the INR of day 0 is 0"),
            ("0\t1.0\t35\n", "is it the dose of a week"),
            ("soon\t1.0\t5\n", "'soon' is no day"),
            ("2026-11-25\t1.0\t5\n3\t1.1\t5\n", "'3' is no day"),
        ] {
            let error = format!("{:#}", read(&format!("day\tinr\tdose_mg\n{rows}")).unwrap_err());
            assert!(error.contains(said), "{error}");
        }
        assert!(read("day\tinr\n0\t1\n").is_err());
    }

    #[test]
    fn a_weekly_dose_that_looks_daily_is_warned_about() {
        let history = read("day\tinr\tweekly_mg\n0\t1.0\t5\n7\t2.0\t\n").unwrap();
        assert!(history.warnings[0].contains("is it the dose of a day"), "{:?}", history.warnings);
    }
}
