//! What a course is judged by.

use serde::Serialize;

use crate::dosing::rails::HOLD_INR;
use crate::dosing::ttr::{LONGEST_GAP_DAYS, Range, Visit, rosendaal};

/// INR below which clots are feared.
const LOW: f64 = 1.5;
/// First day of the later part.
const LATER: usize = 15;
/// Time in range that counts as good control.
const GOOD: f64 = 0.65;

/// Names of the measures, in the order of [`Outcome::values`].
pub const MEASURES: [&str; 12] = [
    "ttr",
    "ttr_15_90",
    "rosendaal",
    "above_4",
    "below_1_5",
    "first_in_range_day",
    "good_control",
    "dose_changes",
    "held_doses",
    "visits",
    "referrals",
    "abstentions",
];

/// One patient's course under one policy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// By [`MEASURES`]: shares of days, days and counts.
    pub values: [f64; MEASURES.len()],
}

impl Outcome {
    /// A measure by its name; not a number where there is none.
    pub fn value(&self, measure: &str) -> f64 {
        let place = MEASURES.iter().position(|m| *m == measure);
        place.and_then(|p| self.values.get(p)).copied().unwrap_or(f64::NAN)
    }
}

/// What happened in a course.
#[derive(Clone, Debug, Default)]
pub struct Happened {
    /// True INR on day 0, 1, …, before the dose.
    pub inr: Vec<f64>,
    /// mg prescribed for day 0, 1, ….
    pub doses: Vec<f64>,
    /// Measured INRs.
    pub visits: Vec<Visit>,
    /// Changes of the daily dose.
    pub changes: usize,
    /// Doses left out on purpose.
    pub held: usize,
    /// Visits at which a physician was called.
    pub referrals: usize,
    /// Visits at which the policy would not speak, and usual care took over.
    pub abstentions: usize,
}

impl Happened {
    /// Measures a course in a range.
    pub fn measure(&self, range: Range) -> Outcome {
        let share = |from: usize, holds: &dyn Fn(f64) -> bool| {
            let days = self.inr.get(from..).unwrap_or_default();
            days.iter().filter(|inr| holds(**inr)).count() as f64 / days.len().max(1) as f64
        };
        let in_range = |inr: f64| range.contains(inr);
        let ttr = share(1, &in_range);
        let first = self.inr.iter().position(|inr| range.contains(*inr)).unwrap_or(self.inr.len());
        let rosendaal = rosendaal(&self.visits, range, Some(LONGEST_GAP_DAYS)).ok().and_then(|t| t.percent());
        Outcome {
            values: [
                ttr,
                share(LATER, &in_range),
                rosendaal.map_or(0.0, |[inside, ..]| inside / 100.0),
                share(1, &|inr| inr > HOLD_INR),
                share(1, &|inr| inr < LOW),
                first as f64,
                f64::from(u8::from(ttr >= GOOD)),
                self.changes as f64,
                self.held as f64,
                self.visits.len() as f64,
                self.referrals as f64,
                self.abstentions as f64,
            ],
        }
    }
}
