//! Safety rails around every dose, whichever policy it comes from. Pure functions; each limit stands once, here.
//!
//! The limits are rules of this program, in the spirit of published practice (the control arm of EU-PACT started with
//! 10 mg, and with less from 75 years on: Pirmohamed et al., N Engl J Med 2013;369:2294). They are not a guideline. A policy
//! may be more careful; none may be less.

use std::fmt;

use serde::Serialize;

use super::ttr::{Range, Visit};

/// Youngest age that is dosed, years.
pub const ADULT_AGE: f64 = 18.0;
/// Highest daily dose, mg.
pub const HIGHEST_DAILY: f64 = 15.0;
/// Highest daily dose in the first week, and highest first dose, mg.
pub const HIGHEST_FIRST_WEEK: f64 = 10.0;
/// Highest first dose of a person who needs care, mg.
pub const HIGHEST_FIRST_CAREFUL: f64 = 5.0;
/// Length of the first week, days.
const FIRST_WEEK: f64 = 7.0;
/// Age from which the first dose is small, years.
const CAREFUL_AGE: f64 = 75.0;
/// Weight below which the first dose is small, kg.
const CAREFUL_WEIGHT: f64 = 50.0;
/// Largest change of the weekly dose at a visit, as a share of it.
pub const LARGEST_CHANGE: f64 = 0.20;
/// Rise of the INR after which the dose is not raised …
const STEEP_RISE: f64 = 0.5;
/// … when it took no longer than this, days.
const STEEP_DAYS: f64 = 2.0;
/// Days before a change of dose shows in the INR.
const EFFECT_DAYS: f64 = 2.0;
/// INR before the first dose from which the person is referred.
const RAISED_BASELINE: f64 = 1.5;
/// INR below which the weekly dose may change by more than [`LARGEST_CHANGE`].
const LOW_INR: f64 = 1.5;
/// INR above which one dose is held.
pub const HOLD_INR: f64 = 4.0;
/// INR from which doses are held until the next test, and the person is referred.
pub const REFER_INR: f64 = 5.0;
/// INR above which no program gives a dose.
pub const STOP_INR: f64 = 10.0;
/// Widest central 90 % band of a forecast that is acted on, INR units.
pub const WIDEST_FORECAST: f64 = 2.0;

/// A rail that was touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rail {
    /// Under 18 years.
    Minor,
    /// Pregnancy.
    Pregnancy,
    /// No therapeutic range is known.
    UnknownTarget,
    /// A mechanical valve, whose range depends on its kind and place, without a stated range.
    ValveWithoutRange,
    /// Bleeding.
    Bleeding,
    /// INR above 10.
    InrAboveTen,
    /// INR of 1.5 or more before the first dose.
    RaisedBaseline,
    /// The model's forecast is too wide to act on.
    WideForecast,
    /// The INR is one that the model did not think possible.
    UnexpectedInr,
    /// Facts that contradict each other.
    Contradiction,
    /// INR of 5 or more.
    InrFive,
    /// INR above 4.
    InrAboveFour,
    /// More than 10 mg a day in the first week.
    FirstWeekMaximum,
    /// More than 15 mg a day.
    DailyMaximum,
    /// A first dose above 10 mg.
    FirstDoseMaximum,
    /// A first dose above 5 mg at 75 years or more.
    FirstDoseAge,
    /// A first dose above 5 mg below 50 kg.
    FirstDoseWeight,
    /// A first dose above 5 mg with liver disease.
    FirstDoseLiver,
    /// A first dose above 5 mg with a genotype of high sensitivity.
    FirstDoseGenotype,
    /// A raise after a steep rise of the INR.
    SteepRise,
    /// A change before the last one can show.
    TooSoon,
    /// A change of the weekly dose by more than a fifth.
    LargeChange,
    /// A raise above the range.
    RaiseAboveRange,
    /// The next visit too far away.
    LateVisit,
}

/// What a rail does, gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// No dose from a program: a physician decides.
    Refuse,
    /// The suggestion holds until a physician has looked.
    Refer,
    /// The suggestion was changed.
    Limit,
}

impl Rail {
    /// What the rail does.
    pub fn effect(self) -> Effect {
        match self {
            Self::Minor
            | Self::Pregnancy
            | Self::UnknownTarget
            | Self::ValveWithoutRange
            | Self::Bleeding
            | Self::InrAboveTen
            | Self::RaisedBaseline
            | Self::WideForecast
            | Self::UnexpectedInr
            | Self::Contradiction => Effect::Refuse,
            Self::InrFive | Self::FirstWeekMaximum => Effect::Refer,
            _ => Effect::Limit,
        }
    }
}

impl fmt::Display for Rail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Minor => "under 18 years: the models are for adults, and no pediatric model has been verified here; refer",
            Self::Pregnancy => "pregnancy: warfarin harms the embryo; refer",
            Self::UnknownTarget => "no therapeutic range is known: state it",
            Self::ValveWithoutRange => "a mechanical valve without a stated range: the range depends on the valve; state it or refer",
            Self::Bleeding => "bleeding: no dose from a program; refer at once",
            Self::InrAboveTen => "INR above 10: stop, no dose from a program; refer at once",
            Self::RaisedBaseline => "INR of 1.5 or more before the first dose: find the cause first; refer",
            Self::WideForecast => "the forecast's 90 % band is wider than 2 INR units: too little is known; test again or refer",
            Self::UnexpectedInr => "the INR lies outside what the model thought possible (99 %): a missed or double dose, an interaction, or an error of the laboratory?",
            Self::Contradiction => "the input contradicts itself: no dose until it is settled",
            Self::InrFive => "INR of 5 or more: hold, test again within 1 to 2 days, refer",
            Self::InrAboveFour => "INR above 4: hold one dose, test again within 3 days",
            Self::FirstWeekMaximum => "limited to 10 mg a day in the first week; more needs a physician",
            Self::DailyMaximum => "limited to 15 mg a day",
            Self::FirstDoseMaximum => "first dose limited to 10 mg",
            Self::FirstDoseAge => "first dose limited to 5 mg: 75 years or older",
            Self::FirstDoseWeight => "first dose limited to 5 mg: under 50 kg",
            Self::FirstDoseLiver => "first dose limited to 5 mg: liver disease",
            Self::FirstDoseGenotype => "first dose limited to 5 mg: a genotype of high sensitivity",
            Self::SteepRise => "not raised: the INR rose by more than 0.5 within 2 days",
            Self::TooSoon => "not changed: the last change is less than 2 days old and cannot show yet",
            Self::LargeChange => "change of the weekly dose limited to 20 %",
            Self::RaiseAboveRange => "not raised: the INR is above the range",
            Self::LateVisit => "the next visit was brought forward",
        })
    }
}

/// What is known of the person. `None` is "not stated", which no rail reads as "no harm": the caller names it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Situation {
    /// Years.
    pub age: Option<f64>,
    /// Kilograms.
    pub weight: Option<f64>,
    /// Liver disease.
    pub liver_disease: Option<bool>,
    /// A genotype in the label's lowest dose band (highly sensitive).
    pub highly_sensitive: Option<bool>,
    /// Pregnancy.
    pub pregnant: Option<bool>,
    /// A mechanical heart valve.
    pub mechanical_valve: Option<bool>,
    /// Bleeding now.
    pub bleeding: Option<bool>,
    /// Therapeutic range, as stated.
    pub range: Option<Range>,
}

/// A dose after the rails.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limited {
    /// mg.
    pub mg: f64,
    /// Rails that were touched; empty when the dose is as asked.
    pub rails: Vec<Rail>,
}

/// Reasons to give no dose to this person at all.
pub fn refusals(person: &Situation) -> Vec<Rail> {
    let mut rails = Vec::new();
    if person.age.is_some_and(|age| age < ADULT_AGE) {
        rails.push(Rail::Minor);
    }
    if person.pregnant == Some(true) {
        rails.push(Rail::Pregnancy);
    }
    if person.range.is_none() {
        let valve = person.mechanical_valve == Some(true);
        rails.push(if valve { Rail::ValveWithoutRange } else { Rail::UnknownTarget });
    }
    if person.bleeding == Some(true) {
        rails.push(Rail::Bleeding);
    }
    rails
}

/// Reason to give no first dose at this INR.
pub fn baseline(inr: f64) -> Option<Rail> {
    (inr >= RAISED_BASELINE).then_some(Rail::RaisedBaseline)
}

/// The first dose, limited.
pub fn first_dose(person: &Situation, mg: f64) -> Limited {
    let mut rails = Vec::new();
    let mut limit = HIGHEST_FIRST_WEEK;
    let careful = [
        (person.age.is_some_and(|age| age >= CAREFUL_AGE), Rail::FirstDoseAge),
        (person.weight.is_some_and(|weight| weight < CAREFUL_WEIGHT), Rail::FirstDoseWeight),
        (person.liver_disease == Some(true), Rail::FirstDoseLiver),
        (person.highly_sensitive == Some(true), Rail::FirstDoseGenotype),
    ];
    for (holds, rail) in careful {
        if holds && mg > HIGHEST_FIRST_CAREFUL {
            limit = HIGHEST_FIRST_CAREFUL;
            rails.push(rail);
        }
    }
    if rails.is_empty() && mg > HIGHEST_FIRST_WEEK {
        rails.push(Rail::FirstDoseMaximum);
    }
    Limited { mg: mg.clamp(0.0, limit), rails }
}

/// What is asked for at a visit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// Mean mg a day from now on.
    pub daily: f64,
    /// Doses left out first.
    pub hold: u8,
    /// Days to the next visit.
    pub next_visit: f64,
}

/// A visit.
#[derive(Clone, Copy, Debug)]
pub struct Now<'a> {
    /// Day of therapy; the first dose is on day 0.
    pub day: f64,
    /// INRs so far, by day; the last is today's.
    pub visits: &'a [Visit],
    /// Mean mg a day so far; `None` in the first week, when there is no weekly dose to compare with.
    pub daily: Option<f64>,
    /// Days since the dose was last changed.
    pub since_change: f64,
    /// Therapeutic range.
    pub range: Range,
    /// Bleeding now.
    pub bleeding: bool,
}

/// A suggestion after the rails.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reviewed {
    /// What may be done; `None` when no program may say.
    pub suggestion: Option<Suggestion>,
    /// Rails that were touched.
    pub rails: Vec<Rail>,
}

/// Puts a policy's suggestion for a visit within the rails. Call [`refusals`] for the person first.
pub fn review(now: &Now<'_>, asked: Suggestion) -> Reviewed {
    let mut rails = Vec::new();
    let inr = now.visits.last().map(|v| v.inr);
    if now.bleeding {
        rails.push(Rail::Bleeding);
    }
    if inr.is_some_and(|inr| inr > STOP_INR) {
        rails.push(Rail::InrAboveTen);
    }
    if !rails.is_empty() {
        return Reviewed { suggestion: None, rails };
    }
    let mut allowed = asked;
    allowed.daily = change(now, asked.daily, &mut rails);
    let highest = if now.day < FIRST_WEEK { HIGHEST_FIRST_WEEK } else { HIGHEST_DAILY };
    if allowed.daily > highest {
        rails.push(if now.day < FIRST_WEEK { Rail::FirstWeekMaximum } else { Rail::DailyMaximum });
    }
    allowed.daily = allowed.daily.clamp(0.0, highest);
    let mut latest = longest_interval(now);
    match inr {
        Some(inr) if inr >= REFER_INR => {
            rails.push(Rail::InrFive);
            latest = latest.min(2.0);
            allowed.hold = allowed.hold.max(2);
        }
        Some(inr) if inr > HOLD_INR => {
            rails.push(Rail::InrAboveFour);
            latest = latest.min(3.0);
            allowed.hold = allowed.hold.max(1);
        }
        _ => {}
    }
    if allowed.next_visit > latest {
        allowed.next_visit = latest;
        rails.push(Rail::LateVisit);
    }
    Reviewed { suggestion: Some(allowed), rails }
}

/// The daily dose after the rails on changes.
fn change(now: &Now<'_>, daily: f64, rails: &mut Vec<Rail>) -> f64 {
    let (Some(before), Some(today)) = (now.daily, now.visits.last()) else { return daily };
    let is_high = today.inr > HOLD_INR;
    if now.since_change < EFFECT_DAYS && !is_high && daily != before {
        rails.push(Rail::TooSoon);
        return before;
    }
    if daily > before && today.inr > now.range.high {
        rails.push(Rail::RaiseAboveRange);
        return before;
    }
    if daily > before && rises_steeply(now.visits) {
        rails.push(Rail::SteepRise);
        return before;
    }
    let (low, high) = (before * (1.0 - LARGEST_CHANGE), before * (1.0 + LARGEST_CHANGE));
    let outside = daily < low || daily > high;
    if outside && today.inr >= LOW_INR && !is_high {
        rails.push(Rail::LargeChange);
        return daily.clamp(low, high);
    }
    daily
}

/// Whether the INR rose by more than 0.5 within two days.
pub fn rises_steeply(visits: &[Visit]) -> bool {
    match visits {
        [.., earlier, today] => today.day - earlier.day <= STEEP_DAYS && today.inr - earlier.inr > STEEP_RISE,
        _ => false,
    }
}

/// Longest time to the next visit, days: 3 until two INRs were in range, 7 in the first month, then 28.
pub fn longest_interval(now: &Now<'_>) -> f64 {
    let in_range = now.visits.iter().filter(|v| now.range.contains(v.inr)).count();
    match now.day {
        _ if in_range < 2 => 3.0,
        day if day < 28.0 => 7.0,
        _ => 28.0,
    }
}

/// Reason not to act on a forecast: its central 90 % band is too wide.
pub fn forecast(low: f64, high: f64) -> Option<Rail> {
    let is_narrow = high - low <= WIDEST_FORECAST; // false also for a band that is no number
    (!is_narrow).then_some(Rail::WideForecast)
}

/// Reason not to act on a model: the INR lies outside its central 99 % band.
pub fn observed(inr: f64, low: f64, high: f64) -> Option<Rail> {
    (!(low..=high).contains(&inr)).then_some(Rail::UnexpectedInr)
}

#[cfg(test)]
mod tests;
