//! Model-predictive control on the patient's own twin.
//!
//! At each visit the twin learns from all INRs; a dose is then judged by what it would do to each of the twins that are still
//! possible: every day until the next visit on that dose, and some days after it on the dose that the possible twin would need
//! (by then more will be known). A day costs its chance to be out of range. A dose is changed only when that is worth it.

use super::tablets::{STEP, nearest};
use super::twin_state::{Carry, Possible, TwinState};
use super::{Abstains, Chart, Conduct, Policy, Start};
use crate::dosing::rails::{
    self, HIGHEST_DAILY, HIGHEST_FIRST_WEEK, HOLD_INR, LARGEST_CHANGE, REFER_INR, Rail, Suggestion,
};
use crate::dosing::record::Record;
use crate::dosing::ttr::Range;
use crate::dosing::twin::calibration::Calibration;
use crate::dosing::twin::fit::Spreads;
use crate::dosing::twin::{CannotModel, Hamberg2010, Numbers, TwinModel};
use crate::knowledge::schema::Knowledge;

/// Name of the policy.
pub const NAME: &str = "mpc";
/// Name of the table of settings.
pub(crate) const TABLE: &str = "policy_mpc";
/// Days of the first week, in which the weekly change is free.
const FIRST_WEEK: usize = 7;
/// Standard normal deviate of a two-sided 90 % band, and of one of 99 %.
pub(super) const NINETY_PERCENT: f64 = 1.645;
const NINETY_NINE_PERCENT: f64 = 2.576;
/// Factor on the dose that would hold the range within which a dose is chosen.
const REASON: f64 = 2.0;

/// Weights of the cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Of the chance to be out of range.
    pub out_of_range: f64,
    /// Of the chance to be above 4.
    pub above_four: f64,
    /// Of the squared log distance from the middle.
    pub distance: f64,
    /// Spread of the log INR about a possible twin.
    pub blur: f64,
    /// Days after the next visit.
    pub tail: usize,
    /// Saving a day that makes a change worthwhile.
    pub worthwhile: f64,
}

/// The policy.
pub struct Predictive {
    model: Box<dyn TwinModel>,
    /// How people differ.
    pub calibration: Calibration,
    /// Spread of a log INR about the twin.
    pub inr: f64,
    /// Growth of an INR's variance a week, as a share.
    pub forget_per_week: f64,
    /// How an INR off the twin is carried into the forecast.
    pub carry: Carry,
    /// Largest first dose, as a multiple of the expected maintenance dose.
    pub largest_start: f64,
    /// The cost of a day.
    pub cost: Cost,
}

impl Predictive {
    /// The policy with the shipped settings.
    ///
    /// # Errors
    /// When a table lacks a number.
    pub fn of(knowledge: &Knowledge) -> Result<Self, CannotModel> {
        let numbers = Numbers::of(knowledge, TABLE)?;
        let cost = |name: &str| numbers.get("cost", name);
        Ok(Self {
            model: Box::new(Hamberg2010::of(knowledge)?),
            calibration: Calibration::of(knowledge)?,
            inr: numbers.get("twin", "inr")?,
            forget_per_week: numbers.get("twin", "forget_per_week")?,
            carry: Carry { share: numbers.get("carry", "share")?, days: numbers.get("carry", "days")? },
            largest_start: numbers.get("start", "largest")?,
            cost: Cost {
                out_of_range: cost("out_of_range")?,
                above_four: cost("above_four")?,
                distance: cost("distance")?,
                blur: cost("blur")?,
                tail: cost("tail")?.max(0.0) as usize,
                worthwhile: cost("worthwhile")?,
            },
        })
    }

    /// The twin of a patient before any INR.
    ///
    /// # Errors
    /// When the model lacks a fact.
    pub fn twin_state(&self, record: &Record) -> Result<TwinState<'_>, CannotModel> {
        let typical = self.model.parameters(&self.calibration.person(record).person)?;
        let spreads = Spreads { inr: self.inr, ..self.calibration.spreads };
        Ok(TwinState::new(self.model.as_ref(), typical, spreads, self.forget_per_week))
    }
}

impl Policy for Predictive {
    fn name(&self) -> &str {
        NAME
    }

    fn uses_genotypes(&self) -> bool {
        true
    }

    fn begin<'p>(&'p self, record: &'p Record, range: Range) -> Result<Box<dyn Conduct + 'p>, Abstains> {
        let state = self.twin_state(record);
        let state = state.map_err(|e| Abstains { policy: NAME.to_owned(), why: e.to_string() })?;
        let search = Search { cost: self.cost, range, carry_days: self.carry.days };
        Ok(Box::new(AtWork { policy: self, state, search, expected: None }))
    }
}

struct AtWork<'p> {
    policy: &'p Predictive,
    state: TwinState<'p>,
    search: Search,
    /// What was forecast for today at the last visit.
    expected: Option<Expected>,
}

impl Conduct for AtWork<'_> {
    fn start(&mut self, first_visit: usize) -> Start {
        let possible = self.state.possible(&[], self.search.middle(), None);
        let usual = possible.first().and_then(|p| p.maintenance).unwrap_or(HIGHEST_FIRST_WEEK);
        let highest = (usual * self.policy.largest_start).min(HIGHEST_FIRST_WEEK);
        let asked = Asked { days: first_visit, lowest: 0.0, highest, kept: None, inr: None };
        let asked = asked.within_reason(&possible);
        Start { loading: Vec::new(), daily: self.search.best(&possible, &asked).daily }
    }

    fn revise(&mut self, chart: &Chart<'_>) -> Result<Suggestion, Rail> {
        let expected = self.expected.take().filter(|e| e.day == chart.day);
        let learned = self.state.learn(chart.doses, chart.visits);
        learned.map_err(|_| Rail::Contradiction)?;
        if let (Some(expected), Some(inr)) = (expected, chart.inr()) {
            let (low, high) = expected.band(NINETY_NINE_PERCENT, self.policy.inr);
            rails::observed(inr, low, high).map_or(Ok(()), Err)?;
        }
        let today = chart.inr().map(|inr| (inr, self.policy.carry));
        let possible = self.state.possible(chart.doses, self.search.middle(), today);
        let asked = Asked::at(chart).within_reason(&possible);
        let best = self.search.best(&possible, &asked);
        let expected = Expected::of(&possible, chart.day, &asked, best.daily, best.hold, self.search.carry_days);
        let (low, high) = expected.band(NINETY_PERCENT, 0.0);
        rails::forecast(low, high).map_or(Ok(()), Err)?;
        self.expected = Some(expected);
        Ok(Suggestion { daily: best.daily, hold: best.hold as u8, ..chart.unchanged() })
    }
}

/// The INR of a day to come, over the possible twins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// The day.
    pub day: usize,
    /// Mean of the log INR.
    pub mean: f64,
    /// Its spread by what is not known of the patient.
    pub spread: f64,
}

impl Expected {
    /// What a dose leads to at the next visit.
    pub fn of(possible: &[Possible], today: usize, asked: &Asked, daily: f64, hold: usize, carry_days: f64) -> Self {
        let (mut mean, mut square) = (0.0, 0.0);
        for one in possible {
            let mut course = one.course.clone();
            (0..asked.days).for_each(|day| course.day(if day < hold { 0.0 } else { daily }));
            let log = course.inr().ln() + one.lift * (-(asked.days as f64) / carry_days).exp();
            mean += one.weight * log;
            square += one.weight * log * log;
        }
        Self { day: today + asked.days, mean, spread: (square - mean * mean).max(0.0).sqrt() }
    }

    /// Central band of so many standard deviations; `residual` widens it to a measured INR's.
    pub fn band(&self, deviations: f64, residual: f64) -> (f64, f64) {
        let width = deviations * self.spread.hypot(residual);
        ((self.mean - width).exp(), (self.mean + width).exp())
    }
}

/// What doses may be chosen from.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Days until the next visit.
    pub days: usize,
    /// mg/day.
    pub lowest: f64,
    /// mg/day.
    pub highest: f64,
    /// mg/day as it is now.
    pub kept: Option<f64>,
    /// Today's INR.
    pub inr: Option<f64>,
}

impl Asked {
    /// What the rails would let through at a visit.
    pub fn at(chart: &Chart<'_>) -> Self {
        let inr = chart.inr();
        let is_free = chart.day < FIRST_WEEK || inr.is_some_and(|inr| !(1.5..=HOLD_INR).contains(&inr));
        let most = if chart.day < FIRST_WEEK { HIGHEST_FIRST_WEEK } else { HIGHEST_DAILY };
        let (lowest, highest) = match is_free {
            true => (0.0, most),
            false => (chart.daily * (1.0 - LARGEST_CHANGE), (chart.daily * (1.0 + LARGEST_CHANGE)).min(most)),
        };
        Self { days: chart.next_visit.max(1), lowest, highest, kept: Some(chart.daily), inr }
    }
}

impl Asked {
    /// Whether the bounds, and not the search, ended the way to a wanted dose: the chosen one lies at a bound, and the wanted
    /// one beyond it.
    pub fn bounds_towards(&self, wanted: f64, chosen: f64) -> bool {
        (wanted < self.lowest && chosen <= self.lowest + STEP / 7.0)
            || (wanted > self.highest && chosen >= self.highest - STEP / 7.0)
    }

    /// Kept between half and twice the dose that would hold the range: a patient who misses the next visit stays on it. To bring
    /// an INR down faster doses are left out.
    #[must_use]
    pub fn within_reason(self, possible: &[Possible]) -> Self {
        let Some(usual) = possible.first().and_then(|p| p.maintenance) else { return self };
        Self {
            lowest: self.lowest.max(usual / REASON).min(self.highest),
            highest: self.highest.min(usual * REASON).max(self.lowest),
            ..self
        }
    }
}

/// A dose with what it costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Priced {
    /// mg/day.
    pub daily: f64,
    /// Doses left out first.
    pub hold: usize,
    /// Cost a day.
    pub cost: f64,
}

/// The search for a dose.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// Weights.
    pub cost: Cost,
    /// Therapeutic range.
    pub range: Range,
    /// Days in which what lifts an INR off its twin falls to a third.
    pub carry_days: f64,
}

impl Search {
    /// The INR that is aimed at: the middle of the range on the log scale.
    pub fn middle(&self) -> f64 {
        (self.range.low * self.range.high).sqrt()
    }

    /// The dose that costs least; the dose as it is where a change is not worth it.
    pub fn best(&self, possible: &[Possible], asked: &Asked) -> Priced {
        let holds = asked.inr.map_or(0, |inr| self.most_held(inr)).min(asked.days);
        let mut best: Option<Priced> = None;
        for hold in 0..=holds {
            let found = self.cheapest(possible, asked, hold);
            if best.is_none_or(|b| found.cost < b.cost - self.cost.worthwhile / 2.0) {
                best = Some(found);
            }
        }
        let kept = asked.kept.map(|daily| self.price(possible, asked, daily, 0));
        match (best, kept) {
            (Some(best), Some(kept)) if best.cost > kept.cost - self.cost.worthwhile => kept,
            (Some(best), _) => best,
            (None, _) => Priced { daily: asked.lowest, hold: 0, cost: f64::NAN },
        }
    }

    /// Doses that may be left out at once: one above the range, two from an INR of 5 on (Ansell et al., Chest 2008;133:160S,
    /// PMID 18574265). Without this bound the search leaves out dose after dose where the rails allow it no lower one, and the
    /// patient returns to a dose that was too high.
    fn most_held(&self, inr: f64) -> usize {
        match inr {
            _ if inr <= self.range.high => 0,
            _ if inr < REFER_INR => 1,
            _ => 2,
        }
    }

    /// Golden-section search over the daily dose.
    fn cheapest(&self, possible: &[Possible], asked: &Asked, hold: usize) -> Priced {
        const RATIO: f64 = 0.618_033_988_749_894_8;
        let (mut low, mut high) = (asked.lowest, asked.highest);
        let price = |daily: f64| self.price(possible, asked, daily, hold);
        let (mut a, mut b) = (price(high - RATIO * (high - low)), price(low + RATIO * (high - low)));
        while high - low > STEP / 3.0 {
            if a.cost <= b.cost {
                (high, b) = (b.daily, a);
                a = price(high - RATIO * (high - low));
            } else {
                (low, a) = (a.daily, b);
                b = price(low + RATIO * (high - low));
            }
        }
        let mut daily = nearest((low + high) / 2.0);
        if daily < asked.lowest {
            daily += STEP / 7.0;
        } else if daily > asked.highest {
            daily -= STEP / 7.0;
        }
        price(daily)
    }

    /// Cost a day of a dose.
    pub fn price(&self, possible: &[Possible], asked: &Asked, daily: f64, hold: usize) -> Priced {
        let mut total = 0.0;
        let kept = (-1.0 / self.carry_days).exp();
        for one in possible {
            let mut course = one.course.clone();
            let (mut sum, mut lift) = (0.0, one.lift);
            for day in 0..asked.days + self.cost.tail {
                let mg = match day {
                    _ if day < hold => 0.0,
                    _ if day < asked.days => daily,
                    _ => one.maintenance.unwrap_or(daily).clamp(0.0, HIGHEST_DAILY),
                };
                course.day(mg);
                lift *= kept;
                sum += self.day_cost(course.inr() * lift.exp());
            }
            total += one.weight * sum;
        }
        Priced { daily, hold, cost: total / (asked.days + self.cost.tail).max(1) as f64 }
    }

    fn day_cost(&self, inr: f64) -> f64 {
        let log = inr.ln();
        let above = |bound: f64| 1.0 / (1.0 + ((bound.ln() - log) * LOGISTIC / self.cost.blur).exp());
        let out = 1.0 - above(self.range.low) + above(self.range.high);
        let distance = log - self.middle().ln();
        self.cost.out_of_range * out + self.cost.above_four * above(HOLD_INR) + self.cost.distance * distance * distance
    }
}

/// The logistic function of this multiple is within 0.01 of the normal distribution.
const LOGISTIC: f64 = 1.702;
