//! Nomograms: from the INRs so far to a change of the weekly dose and the next test, by a table of bands.
//!
//! The tables are data (`knowledge/dosing/aurora.toml`, `intermountain.toml`) and are for the range 2.0 to 3.0. A step is a
//! pure function of the INRs so far; what was held, and whether a band is met for the second time, is read from them.

use indexmap::IndexMap;
use serde::Serialize;
use thiserror::Error;

use super::ttr::{Range, Visit};
use crate::knowledge::schema::{DosingTable, Knowledge};

/// Names of the tables of nomograms.
pub const NOMOGRAMS: [&str; 2] = ["aurora", "intermountain"];

/// The range that the tables are made for.
pub const RANGE: Range = Range::USUAL;

/// Why a table is no nomogram.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("dosing/{table}.toml: {what}")]
pub struct BadNomogram {
    table: String,
    what: String,
}

/// A nomogram, ready to be asked often.
#[derive(Clone, Debug, PartialEq)]
pub struct Nomogram {
    /// Name of its table.
    pub name: String,
    bands: Vec<Band>,
    /// INR at or below which a held dose is taken up again, and days to the test after that.
    resume: (f64, f64),
    /// Days in range → days to the next test, rising; empty when the bands say it all.
    intervals: Vec<(f64, f64)>,
    start: Option<Start>,
}

/// How a nomogram begins, where it says so.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Start {
    days: f64,
    dose: f64,
    from_age: f64,
    dose_from_age: f64,
}

#[derive(Clone, Debug, PartialEq)]
struct Band {
    name: String,
    end: f64,
    includes_end: bool,
    change: f64,
    needs_second: bool,
    next_doses: [f64; 2],
    retest: f64,
    retest_repeated: f64,
    holds: bool,
}

/// What the nomogram says at a visit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step<'n> {
    /// The band that decided.
    pub band: &'n str,
    /// Change of the weekly dose, as a share of it: 0.1 is a tenth more.
    pub change: f64,
    /// Factors on the next two daily doses (after the change): 0 is none, 2 an extra one; 1 as usual.
    pub next_doses: [f64; 2],
    /// Days to the next test.
    pub retest: f64,
    /// Whether doses are held until the next test; the change then waits until they are taken up again.
    pub held: bool,
}

impl Nomogram {
    /// Reads a table of the knowledge base.
    ///
    /// # Errors
    /// When there is no such table, or it is no nomogram.
    pub fn of(knowledge: &Knowledge, name: &str) -> Result<Self, BadNomogram> {
        let error = |what: &str| BadNomogram { table: name.to_owned(), what: what.to_owned() };
        let table = knowledge.dosing.get(name).ok_or_else(|| error("there is no such table"))?;
        let mut bands: Vec<Band> = Vec::new();
        for (band, terms) in &table.equations {
            if !["start", "resume", "interval"].contains(&band.as_str()) {
                bands.push(Band::read(band, terms).ok_or_else(|| error("a band lacks change or retest"))?);
            }
        }
        bands.sort_by(|a, b| a.end.total_cmp(&b.end));
        if bands.last().is_none_or(|last| last.end.is_finite()) {
            return Err(error("no band covers the highest INRs"));
        }
        let resume = part(table, "resume", &["up_to", "retest"]).ok_or_else(|| error("resume lacks a bound"))?;
        let mut intervals: Vec<(f64, f64)> = Vec::new();
        for (days, interval) in table.equations.get("interval").into_iter().flatten() {
            intervals.push((days.parse().map_err(|_| error("interval: a key is no number of days"))?, *interval));
        }
        intervals.sort_by(|a, b| a.0.total_cmp(&b.0));
        let start = part(table, "start", &["days", "dose", "from_age", "dose_from_age"]);
        Ok(Self {
            name: name.to_owned(),
            bands,
            resume: match resume.as_slice() {
                [bound, retest] => (*bound, *retest),
                _ => return Err(error("resume lacks a bound")),
            },
            intervals,
            start: start.and_then(|found| match found.as_slice() {
                &[days, dose, from_age, dose_from_age] => Some(Start { days, dose, from_age, dose_from_age }),
                _ => None,
            }),
        })
    }

    /// Daily dose (mg) and number of days with which the nomogram begins; `None` where it says nothing.
    pub fn start(&self, age: f64) -> Option<(f64, f64)> {
        let start = self.start?;
        Some((if age < start.from_age { start.dose } else { start.dose_from_age }, start.days))
    }

    /// What to do after these INRs, the last of which is today's; `None` without any.
    pub fn step(&self, visits: &[Visit]) -> Option<Step<'_>> {
        let (today, earlier) = visits.split_last()?;
        let band = self.band(today.inr)?;
        if let Some(held) = self.open_hold(earlier) {
            let (bound, retest) = self.resume;
            return Some(match today.inr <= bound {
                true => Step { band: &held.name, change: held.change, next_doses: [1.0; 2], retest, held: false },
                false => held.hold(),
            });
        }
        if band.holds {
            return Some(band.hold());
        }
        let repeated = earlier.last().and_then(|v| self.band(v.inr)).is_some_and(|before| before.name == band.name);
        let change = if band.needs_second && !repeated { 0.0 } else { band.change };
        let retest = match RANGE.contains(today.inr) {
            true if !self.intervals.is_empty() => self.interval(visits),
            _ if repeated => band.retest_repeated,
            _ => band.retest,
        };
        Some(Step { band: &band.name, change, next_doses: band.next_doses, retest, held: false })
    }

    fn band(&self, inr: f64) -> Option<&Band> {
        self.bands.iter().find(|b| inr < b.end || (b.includes_end && inr <= b.end))
    }

    /// The band of a hold that no INR since has ended.
    fn open_hold(&self, earlier: &[Visit]) -> Option<&Band> {
        let mut open = None;
        for visit in earlier {
            match self.band(visit.inr) {
                Some(band) if band.holds => open = Some(band),
                _ if visit.inr <= self.resume.0 => open = None,
                _ => {}
            }
        }
        open
    }

    /// Days to the next test by the days in range without a break; the first day counts as one.
    fn interval(&self, visits: &[Visit]) -> f64 {
        let since = visits.iter().rev().take_while(|v| RANGE.contains(v.inr)).last().map_or(0.0, |v| v.day);
        let stable = visits.last().map_or(0.0, |v| v.day) - since + 1.0;
        self.intervals.iter().rev().find(|(days, _)| stable >= *days).map_or(1.0, |(_, interval)| *interval)
    }
}

impl Band {
    fn read(name: &str, terms: &IndexMap<String, f64>) -> Option<Self> {
        let get = |key: &str| terms.get(key).copied();
        let retest = get("retest")?;
        Some(Self {
            name: name.to_owned(),
            end: get("below").or(get("up_to")).unwrap_or(f64::INFINITY),
            includes_end: get("up_to").is_some(),
            change: get("change")?,
            needs_second: get("repeated") == Some(1.0),
            next_doses: [get("next_1").unwrap_or(1.0), get("next_2").unwrap_or(1.0)],
            retest,
            retest_repeated: get("retest_repeated").unwrap_or(retest),
            holds: get("hold") == Some(1.0),
        })
    }

    fn hold(&self) -> Step<'_> {
        Step { band: &self.name, change: 0.0, next_doses: self.next_doses, retest: self.retest, held: true }
    }
}

fn part(table: &DosingTable, name: &str, keys: &[&str]) -> Option<Vec<f64>> {
    let terms = table.equations.get(name)?;
    keys.iter().map(|key| terms.get(*key).copied()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::knowledge::embedded;

    fn nomogram(name: &str) -> Nomogram {
        Nomogram::of(embedded().unwrap(), name).unwrap()
    }

    fn visits(found: &[(f64, f64)]) -> Vec<Visit> {
        found.iter().map(|&(day, inr)| Visit { day, inr }).collect()
    }

    /// Change and days to the next test after these INRs.
    fn said(nomogram: &Nomogram, found: &[(f64, f64)]) -> (f64, f64) {
        let visits = visits(found);
        let step = nomogram.step(&visits).unwrap();
        (step.change, step.retest)
    }

    #[test]
    fn every_nomogram_is_there_and_covers_every_inr() {
        for name in NOMOGRAMS {
            let nomogram = nomogram(name);
            for inr in [0.5, 1.495, 1.599, 1.999, 2.0, 3.0, 3.005, 3.399, 4.0, 4.995, 5.0, 5.001, 20.0] {
                assert!(nomogram.step(&visits(&[(0.0, inr)])).is_some(), "{name} {inr}");
            }
            assert_eq!(nomogram.step(&[]), None);
        }
        assert!(Nomogram::of(embedded().unwrap(), "iwpc").is_err());
    }

    #[test]
    fn aurora_changes_by_band() {
        let aurora = nomogram("aurora");
        for (inr, change, retest) in [
            (1.49, 0.15, 7.0),
            (1.50, 0.10, 7.0),
            (1.80, 0.075, 7.0),
            (3.01, -0.075, 7.0),
            (3.40, -0.10, 7.0),
            (4.00, -0.125, 7.0),
            (5.00, -0.125, 7.0),
        ] {
            assert_eq!(said(&aurora, &[(10.0, inr)]), (change, retest), "{inr}");
        }
        let skipped = visits(&[(10.0, 4.5)]);
        assert_eq!(aurora.step(&skipped).unwrap().next_doses, [0.0, 0.0]);
        assert_eq!(aurora.start(64.0), Some((10.0, 2.0)));
        assert_eq!(aurora.start(65.0), Some((5.0, 2.0)));
    }

    #[test]
    fn aurora_holds_until_in_range_and_then_lowers_once() {
        let aurora = nomogram("aurora");
        let held = visits(&[(10.0, 5.5), (12.0, 3.5)]);
        assert!(aurora.step(&held[..1]).unwrap().held);
        let still = aurora.step(&held).unwrap();
        assert!(still.held && still.change == 0.0 && still.retest == 2.0, "{still:?}");
        assert_eq!(said(&aurora, &[(10.0, 5.5), (12.0, 3.5), (14.0, 2.9)]), (-0.15, 7.0));
        assert_eq!(said(&aurora, &[(10.0, 5.5), (12.0, 2.9), (19.0, 2.5)]).0, 0.0);
    }

    #[test]
    fn aurora_tests_less_often_the_longer_the_inr_is_in_range() {
        let aurora = nomogram("aurora");
        let mut run = vec![(0.0, 1.6), (5.0, 2.1)];
        assert_eq!(said(&aurora, &run), (0.0, 1.0));
        for (day, next) in [(6.0, 5.0), (11.0, 7.0), (18.0, 14.0), (32.0, 28.0)] {
            run.push((day, 2.5));
            assert_eq!(said(&aurora, &run), (0.0, next), "day {day}");
        }
    }

    #[test]
    fn intermountain_waits_for_a_second_value_near_the_range() {
        let intermountain = nomogram("intermountain");
        assert_eq!(said(&intermountain, &[(0.0, 1.9)]), (0.0, 14.0));
        assert_eq!(said(&intermountain, &[(0.0, 1.9), (14.0, 1.85)]), (0.05, 14.0));
        assert_eq!(said(&intermountain, &[(0.0, 3.2), (14.0, 3.1)]), (-0.05, 14.0));
        assert_eq!(said(&intermountain, &[(0.0, 3.2), (14.0, 1.9)]), (0.0, 14.0));
    }

    #[test]
    fn intermountain_boosts_and_skips_single_doses() {
        let intermountain = nomogram("intermountain");
        for (inr, change, first, retest) in
            [(1.5, 0.10, 2.0, 5.0), (1.7, 0.05, 1.5, 7.0), (3.5, -0.10, 0.5, 7.0), (4.5, -0.10, 0.0, 7.0)]
        {
            let seen = visits(&[(0.0, inr)]);
            let step = intermountain.step(&seen).unwrap();
            assert_eq!((step.change, step.next_doses[0], step.retest), (change, first, retest), "{inr}");
        }
        assert_eq!(said(&intermountain, &[(0.0, 1.5), (5.0, 1.4)]).1, 14.0);
        let held = visits(&[(0.0, 5.0), (2.0, 3.0)]);
        assert!(intermountain.step(&held[..1]).unwrap().held);
        assert_eq!(intermountain.step(&held).unwrap().change, -0.15);
    }
}
