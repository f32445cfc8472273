//! A suggestion for one patient by the twin, with what it rests on: the INR that it leads to and the one that the dose as it is
//! leads to, what moved it, what each INR taught, and the rails that it touched.

use serde::Serialize;
use thiserror::Error;

use super::predictive::{Asked, Expected, NINETY_PERCENT, Predictive, Priced, Search};
use super::twin_state::{Possible, TwinState};
use super::{Chart, predictive, tablets};
use crate::dosing::rails::{self, Now, Rail, Suggestion};
use crate::dosing::record::{Flag, Record};
use crate::dosing::ttr::Visit;
use crate::dosing::twin::CannotModel;
use crate::dosing::twin::fit::{CannotFit, History};
use crate::dosing::twin::forecast::{Lesson, Maintenance};

/// Longest time that is drawn ahead, days.
const AHEAD: usize = 21;
/// Standard normal deviate of a two-sided 99 % band.
const NINETY_NINE_PERCENT: f64 = 2.576;
/// First week of therapy, days.
const FIRST_WEEK: f64 = 7.0;

/// What is known of a treatment so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Treatment {
    /// mg taken on day 0 (the first dose), 1, … up to the day before today.
    pub doses: Vec<f64>,
    /// INRs after the first dose, by day; the last is today's.
    pub visits: Vec<Visit>,
    /// Mean mg a day as prescribed now.
    pub daily: f64,
    /// Days since the dose was changed.
    pub since_change: f64,
}

/// Why the twin says nothing.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum NoAdvice {
    /// The twin lacks a fact.
    #[error(transparent)]
    Model(#[from] CannotModel),
    /// The history contradicts itself.
    #[error(transparent)]
    Fit(#[from] CannotFit),
    /// There is no range to hold.
    #[error("no therapeutic range is known")]
    Range,
    /// There is no INR after the first dose.
    #[error("no INR after the first dose")]
    NoInr,
}

/// An INR of a day with its central 90 % band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Predicted {
    /// Days after the first dose.
    pub day: f64,
    /// INR.
    pub inr: f64,
    /// Of the person's true INR.
    pub low: f64,
    /// Of the person's true INR.
    pub high: f64,
}

/// mg/day that would hold the middle of the range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Held {
    /// mg/day.
    pub daily: f64,
    /// 90 % band.
    pub low: f64,
    /// 90 % band.
    pub high: f64,
}

/// What an INR taught.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Taught {
    /// Days after the first dose; `None` for what was known before the first INR.
    pub day: Option<f64>,
    /// As measured.
    pub inr: Option<f64>,
    /// Forecast from the INRs before, with the band of a measured one.
    pub forecast: Option<Predicted>,
    /// The dose for the range after it.
    pub maintenance: Option<Held>,
    /// Change of that dose by this INR, as a share.
    pub moved: Option<f64>,
    /// Change of that dose if this INR alone were left out, as a share.
    pub left_out: Option<f64>,
}

/// The twin's answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Advice {
    /// Name of the model.
    pub model: &'static str,
    /// Name of the policy.
    pub policy: &'static str,
    /// Log factors on clearance and EC50 against the typical person with these facts, with their spreads.
    pub deviations: [[f64; 2]; 2],
    /// Factors on the dose of the typical genotype and age by facts of the person: name and share.
    pub facts: Vec<(&'static str, f64)>,
    /// What was assumed.
    pub assumed: Vec<String>,
    /// What each INR taught, from before the first on.
    pub lessons: Vec<Taught>,
    /// The dose for the range now.
    pub maintenance: Option<Held>,
    /// What may be done; `None` where the twin abstains or no program may say.
    pub suggestion: Option<Suggestion>,
    /// mg on the next seven days, in tablets.
    pub week: Vec<f64>,
    /// Why the twin abstains.
    pub abstains: Option<Rail>,
    /// Rails that were touched.
    pub rails: Vec<Rail>,
    /// The INR at the next visit on the suggestion.
    pub with: Option<Predicted>,
    /// The INR at the next visit on the dose as it is.
    pub kept: Predicted,
    /// The twin's own course up to today.
    pub past: Vec<Predicted>,
    /// Days to come on the suggestion; empty without one.
    pub course_with: Vec<Predicted>,
    /// Days to come on the dose as it is.
    pub course_kept: Vec<Predicted>,
}

impl Predictive {
    /// What the twin suggests after the last INR.
    ///
    /// # Errors
    /// When a fact is missing, or the history cannot be used.
    pub fn advise(&self, record: &Record, treatment: &Treatment) -> Result<Advice, NoAdvice> {
        let range = record.therapeutic_range().ok_or(NoAdvice::Range)?;
        let today = treatment.visits.last().ok_or(NoAdvice::NoInr)?;
        let calibrated = self.calibration.person(record);
        let mut state = self.twin_state(record)?;
        let search = Search { cost: self.cost, range, carry_days: self.carry.days };
        let lessons = lessons(&state, treatment, search.middle())?;
        state.learn(&treatment.doses, &treatment.visits)?;
        let now = Now {
            day: today.day,
            visits: &treatment.visits,
            daily: (today.day >= FIRST_WEEK).then_some(treatment.daily),
            since_change: treatment.since_change,
            range,
            bleeding: record.flag(Flag::Bleeding) == Some(true),
        };
        let next_visit = rails::longest_interval(&now).max(1.0);
        let chart = Chart {
            day: treatment.doses.len(),
            doses: &treatment.doses,
            visits: &treatment.visits,
            daily: treatment.daily,
            next_visit: next_visit as usize,
        };
        let possible = state.possible(chart.doses, search.middle(), Some((today.inr, self.carry)));
        let allowed = Asked::at(&chart);
        let asked = allowed.within_reason(&possible);
        let best = search.best(&possible, &asked);
        let wanted = Suggestion { daily: best.daily, hold: best.hold as u8, next_visit };
        let mut reviewed = rails::review(&now, wanted);
        let maintenance = state.twin().maintenance(state.posterior(), search.middle()).map(Held::of);
        if maintenance.is_some_and(|held| now.daily.is_some() && allowed.bounds_towards(held.daily, best.daily)) {
            reviewed.rails.push(Rail::LargeChange);
        }
        let abstains = self.abstains(&lessons, &possible, &chart, &asked, &best, &search);
        let suggestion = reviewed.suggestion.filter(|_| abstains.is_none());
        let ahead = |daily: f64, hold: usize, days: usize| {
            let asked = Asked { days, ..asked };
            predicted(&Expected::of(&possible, chart.day, &asked, daily, hold, search.carry_days), days, today.day)
        };
        let course = |daily: f64, hold: usize| (0..=AHEAD).map(|days| ahead(daily, hold, days)).collect::<Vec<_>>();
        let held = |s: &Suggestion| usize::from(s.hold);
        let visit = |s: &Suggestion| ahead(s.daily, held(s), s.next_visit.round().max(1.0) as usize);
        let past = state.twin().forecast(state.posterior(), chart.doses);
        let [[cl, _], [_, ec50]] = state.posterior().covariance;
        let mode = state.posterior().mode;
        Ok(Advice {
            model: "hamberg2010",
            policy: predictive::NAME,
            deviations: [[mode.clearance, cl.sqrt()], [mode.ec50, ec50.sqrt()]],
            facts: calibrated.moved.iter().map(|(name, log)| (*name, log.exp() - 1.0)).collect(),
            assumed: calibrated.assumed,
            lessons,
            maintenance,
            week: suggestion.as_ref().map(week).unwrap_or_default(),
            with: suggestion.as_ref().map(visit),
            kept: ahead(treatment.daily, 0, asked.days),
            past: past
                .iter()
                .map(|f| Predicted { day: f.day, inr: f.inr, low: f.band().0, high: f.band().1 })
                .collect(),
            course_with: suggestion.as_ref().map(|s| course(s.daily, held(s))).unwrap_or_default(),
            course_kept: course(treatment.daily, 0),
            suggestion,
            abstains,
            rails: reviewed.rails,
        })
    }

    /// Why the twin would not act on what it knows.
    fn abstains(
        &self,
        lessons: &[Taught],
        possible: &[Possible],
        chart: &Chart<'_>,
        asked: &Asked,
        best: &Priced,
        search: &Search,
    ) -> Option<Rail> {
        let last = lessons.last()?;
        if let (Some(forecast), Some(inr)) = (last.forecast, last.inr) {
            // The band is one of 90 % of a measured INR on the log scale.
            let width = (forecast.high / forecast.inr).ln() / NINETY_PERCENT * NINETY_NINE_PERCENT;
            let unexpected = rails::observed(inr, forecast.inr / width.exp(), forecast.inr * width.exp());
            if unexpected.is_some() {
                return unexpected;
            }
        }
        let expected = Expected::of(possible, chart.day, asked, best.daily, best.hold, search.carry_days);
        let (low, high) = expected.band(NINETY_PERCENT, 0.0);
        rails::forecast(low, high)
    }
}

fn predicted(expected: &Expected, days: usize, today: f64) -> Predicted {
    let (low, high) = expected.band(NINETY_PERCENT, 0.0);
    Predicted { day: today + days as f64, inr: expected.mean.exp(), low, high }
}

/// Seven days of tablets, the doses that are left out first.
fn week(suggestion: &Suggestion) -> Vec<f64> {
    let pattern = tablets::pattern(suggestion.daily);
    pattern.iter().enumerate().map(|(day, mg)| if day < usize::from(suggestion.hold) { 0.0 } else { *mg }).collect()
}

fn lessons(state: &TwinState<'_>, treatment: &Treatment, target: f64) -> Result<Vec<Taught>, NoAdvice> {
    let history = History { doses: treatment.doses.clone(), observations: state.observations(&treatment.visits) };
    let found = state.twin().lessons(&history, target)?;
    let whole = found.last().and_then(|l| l.maintenance).map(|m| m.daily);
    let mut before: Option<f64> = None;
    let mut taught = Vec::with_capacity(found.len());
    for Lesson { day, inr, forecast, maintenance, without, .. } in found {
        let without = without.and_then(|p| state.twin().maintenance(&p, target)).map(|m| m.daily);
        let share = |from: Option<f64>, to: Option<f64>| from.zip(to).map(|(from, to)| to / from - 1.0);
        let daily = maintenance.map(|m| m.daily);
        taught.push(Taught {
            day,
            inr,
            forecast: forecast.map(|f| {
                let (low, high) = f.measured_band();
                Predicted { day: f.day, inr: f.inr, low, high }
            }),
            maintenance: maintenance.map(Held::of),
            moved: day.and_then(|_| share(before, daily)),
            left_out: share(whole, without),
        });
        before = daily;
    }
    Ok(taught)
}

impl Held {
    fn of(maintenance: Maintenance) -> Self {
        let (low, high) = maintenance.band();
        Self { daily: maintenance.daily, low, high }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::dosing::genotype::StarAlleles;
    use crate::dosing::iwpc::Race;
    use crate::dosing::record::Genotypes;
    use crate::dosing::ttr::Range;
    use crate::knowledge::embedded;

    fn record() -> Record {
        let knowledge = embedded().unwrap();
        Record {
            age: Some(67.0),
            weight: Some(80.0),
            race: Some(Race::White),
            range: Some(Range::USUAL),
            baseline_inr: Some(1.0),
            genotypes: Genotypes {
                vkorc1: Some(1),
                cyp2c9: Some(StarAlleles::read(knowledge, "*1/*2").unwrap()),
                ..Genotypes::default()
            },
            ..Record::default()
        }
    }

    fn treatment(inrs: &[(f64, f64)]) -> Treatment {
        let visits: Vec<Visit> = inrs.iter().map(|&(day, inr)| Visit { day, inr }).collect();
        let days = visits.last().unwrap().day as usize;
        Treatment { doses: vec![5.0; days], visits, daily: 5.0, since_change: days as f64 }
    }

    #[test]
    fn low_inrs_raise_the_dose_and_high_ones_lower_it() {
        let policy = Predictive::of(embedded().unwrap()).unwrap();
        let low = policy.advise(&record(), &treatment(&[(4.0, 1.1), (8.0, 1.3), (14.0, 1.5)])).unwrap();
        let high = policy.advise(&record(), &treatment(&[(4.0, 1.9), (8.0, 3.0), (14.0, 3.8)])).unwrap();
        let (up, down) = (low.suggestion.unwrap(), high.suggestion.unwrap());
        assert!(up.daily > 5.0 && down.daily < 5.0, "{up:?} {down:?}");
        assert!(low.with.unwrap().inr > low.kept.inr && high.with.unwrap().inr < high.kept.inr);
        assert!(low.maintenance.unwrap().daily > high.maintenance.unwrap().daily);
        assert!(high.rails.contains(&Rail::LargeChange), "a lower dose was wanted than a fifth less: {:?}", high.rails);
        assert_eq!((low.lessons.len(), low.week.len(), low.past.len()), (4, 7, 15));
        assert!(low.lessons[1..].iter().all(|l| l.moved.is_some() && l.left_out.is_some()));
        assert!(low.facts.iter().any(|(name, _)| *name == "ancestry"));
    }

    #[test]
    fn a_high_inr_is_brought_down_by_leaving_out_doses_and_not_by_a_dose_that_nobody_could_stay_on() {
        let policy = Predictive::of(embedded().unwrap()).unwrap();
        let found = policy.advise(&record(), &treatment(&[(3.0, 1.4), (6.0, 2.9), (9.0, 4.6)])).unwrap();
        let (suggestion, usual) = (found.suggestion.unwrap(), found.maintenance.unwrap().daily);
        assert!(suggestion.hold >= 1 && suggestion.daily > 0.45 * usual, "{suggestion:?} for {usual}");
        assert_eq!(found.week[0], 0.0);
    }

    #[test]
    fn an_inr_above_the_range_and_below_five_skips_at_most_one_dose() {
        let policy = Predictive::of(embedded().unwrap()).unwrap();
        for inr in [3.1, 3.3, 3.9] {
            let found = policy.advise(&record(), &treatment(&[(4.0, 2.1), (8.0, 3.0), (14.0, inr)])).unwrap();
            let suggestion = found.suggestion.unwrap();
            assert!(suggestion.hold <= 1 && suggestion.daily < 5.0, "INR {inr}: {suggestion:?}");
        }
    }

    #[test]
    fn an_inr_beyond_belief_or_beyond_ten_gives_no_suggestion() {
        let policy = Predictive::of(embedded().unwrap()).unwrap();
        let odd = policy.advise(&record(), &treatment(&[(4.0, 1.3), (8.0, 1.6), (10.0, 6.5)])).unwrap();
        assert_eq!((odd.abstains, odd.suggestion), (Some(Rail::UnexpectedInr), None));
        let stop = policy.advise(&record(), &treatment(&[(4.0, 2.5), (8.0, 5.5), (12.0, 11.0)])).unwrap();
        assert!(stop.suggestion.is_none() && stop.rails.contains(&Rail::InrAboveTen));
    }

    #[test]
    fn a_twin_without_genotypes_is_refused_by_name() {
        let policy = Predictive::of(embedded().unwrap()).unwrap();
        let unknown = Record { genotypes: Genotypes::default(), ..record() };
        let refused = policy.advise(&unknown, &treatment(&[(4.0, 1.3)])).unwrap_err();
        assert_eq!(refused.to_string(), "CYP2C9 is not stated");
    }
}
