//! A policy whose rule was learned: a small parametric rule whose weights were searched on simulated training patients so that
//! the time in range is long (the cross-entropy method, [`crate::dosing::trial::search`]).
//!
//! It keeps one number of the patient, the log factor `b` on the dose of the typical person with these facts. A visit moves `b`
//! by a learned gain on the surprise, log(measured INR / INR that `b` predicts); the next dose is the one that holds the target
//! for `b`, corrected for where the INR is now, with a learned dead band, first dose and rule for leaving out a dose.

use super::{Abstains, Chart, Conduct, Policy, Start};
use crate::dosing::rails::{HIGHEST_DAILY, HIGHEST_FIRST_WEEK, Rail, Suggestion};
use crate::dosing::record::Record;
use crate::dosing::ttr::Range;
use crate::dosing::twin::calibration::Calibration;
use crate::dosing::twin::fit::Twin;
use crate::dosing::twin::rule::Mesh;
use crate::dosing::twin::{CannotModel, Deviation, Hamberg2010, Numbers, TwinModel};
use crate::knowledge::schema::Knowledge;

/// Name of the policy.
pub const NAME: &str = "learned";
/// Name of the table of weights.
pub(crate) const TABLE: &str = "policy_learned";
/// Number of weights.
pub const WEIGHTS: usize = 10;
/// Their names, in order.
pub const WEIGHT_NAMES: [&str; WEIGHTS] =
    ["gain", "noise", "gain_later", "aim", "correction", "trust", "early", "start", "deadband", "hold"];
/// Days over which the first weight of time acts.
const MONTH: f64 = 30.0;
/// Days of the first week, which has a weight of its own.
const FIRST_WEEK: usize = 7;
/// Largest first dose as a multiple of the expected maintenance dose: about that of published loading schemes.
const LARGEST_START: f64 = 1.5;
/// Farthest that `b` is believed.
const BOUND: f64 = 2.5;

/// The policy.
pub struct Learned {
    model: Hamberg2010,
    calibration: Calibration,
    /// By [`WEIGHT_NAMES`].
    weights: [f64; WEIGHTS],
}

impl Learned {
    /// The policy as shipped.
    ///
    /// # Errors
    /// When a table lacks a number.
    pub fn of(knowledge: &Knowledge) -> Result<Self, CannotModel> {
        let numbers = Numbers::of(knowledge, TABLE)?;
        let mut weights = [0.0; WEIGHTS];
        for (weight, name) in weights.iter_mut().zip(WEIGHT_NAMES) {
            *weight = numbers.get("weights", name)?;
        }
        Self::with_weights(knowledge, weights)
    }

    /// The policy with other weights.
    ///
    /// # Errors
    /// When a table lacks a number.
    pub fn with_weights(knowledge: &Knowledge, weights: [f64; WEIGHTS]) -> Result<Self, CannotModel> {
        Ok(Self { model: Hamberg2010::of(knowledge)?, calibration: Calibration::of(knowledge)?, weights })
    }
}

impl Policy for Learned {
    fn name(&self) -> &str {
        NAME
    }

    fn uses_genotypes(&self) -> bool {
        true
    }

    fn begin<'p>(&'p self, record: &'p Record, range: Range) -> Result<Box<dyn Conduct + 'p>, Abstains> {
        let typical = self.model.parameters(&self.calibration.person(record).person);
        let typical = typical.map_err(|e| Abstains { policy: NAME.to_owned(), why: e.to_string() })?;
        let twin = Twin::new(&self.model, typical, self.calibration.spreads, Mesh::Coarse);
        let [clearance, ec50] = [self.calibration.spreads.clearance, self.calibration.spreads.ec50].map(|s| s * s);
        let share = clearance / (clearance + ec50);
        Ok(Box::new(AtWork { weights: &self.weights, twin, share, range, belief: 0.0 }))
    }
}

struct AtWork<'p> {
    weights: &'p [f64; WEIGHTS],
    twin: Twin<'p>,
    /// Part of `b` that is clearance, by the spreads between patients.
    share: f64,
    range: Range,
    /// `b`.
    belief: f64,
}

impl AtWork<'_> {
    fn deviation(&self) -> Deviation {
        Deviation { clearance: self.share * self.belief, ec50: (1.0 - self.share) * self.belief }
    }

    /// INR that is aimed at.
    fn target(&self) -> f64 {
        let [_, _, _, aim, ..] = *self.weights;
        (self.range.low * self.range.high).sqrt() * aim.exp()
    }

    /// mg/day that holds the target for `b`.
    fn maintenance(&self) -> f64 {
        let parameters = self.twin.parameters(self.deviation());
        let daily = self.twin.mechanism(self.deviation()).maintenance(&parameters, self.target());
        daily.unwrap_or(0.0)
    }
}

impl Conduct for AtWork<'_> {
    fn start(&mut self, _: usize) -> Start {
        let [.., start, _, _] = *self.weights;
        Start { loading: Vec::new(), daily: self.maintenance() * start.exp().min(LARGEST_START) }
    }

    fn revise(&mut self, chart: &Chart<'_>) -> Result<Suggestion, Rail> {
        let [gain, noise, later, _, correction, trust, early, _, deadband, hold] = *self.weights;
        let Some(measured) = chart.inr() else { return Ok(chart.unchanged()) };
        let mut course = self.twin.sensitive_course(self.deviation());
        for mg in chart.doses {
            course.day(*mg);
        }
        let predicted = course.course().inr();
        let [by_clearance, by_ec50] = course.slopes().map(|s| s / predicted);
        let slope = self.share * by_clearance + (1.0 - self.share) * by_ec50;
        let surprise = (measured / predicted).ln();
        let gain = (gain + later * chart.day as f64 / MONTH).exp() * slope / (slope * slope + noise.exp());
        let moved = gain * surprise;
        self.belief = (self.belief + moved).clamp(-BOUND, BOUND);
        // Where the INR is now: between the measured one and the one that the new belief predicts.
        let believed = (predicted.ln() + slope * moved).max(0.0);
        let now = trust * measured.ln() + (1.0 - trust) * believed;
        let early = if chart.day < FIRST_WEEK { early } else { 0.0 };
        let daily = self.maintenance() * (correction * (self.target().ln() - now) + early).exp();
        let most = if chart.day < FIRST_WEEK { HIGHEST_FIRST_WEEK } else { HIGHEST_DAILY };
        let daily = daily.clamp(0.0, most);
        let is_close = chart.daily > 0.0 && (daily / chart.daily).ln().abs() < deadband.exp();
        let kept = chart.unchanged();
        Ok(Suggestion {
            daily: if is_close { chart.daily } else { daily },
            hold: u8::from(measured > self.range.high * hold.max(0.0).exp()),
            ..kept
        })
    }
}
